"""A copy of a ledger is whole, row for row, also while stations write."""

from __future__ import annotations

import multiprocessing
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from cli_runner import run
from ledgers import Ticking, make, new_database
from markcode.errors import LedgerError
from markcode.ledger import Ledger, backup, bulk, restore
from markcode.ledger.backup import backup as copied
from markcode.ledger.chain import START, Entry, entry_hash
from markcode.ledger.refs import Ref
from markcode.ledger.schema import CLAIM, ENTRY, MARK, METADATA, SERIAL

STATIONS = ("MVD-1", "MVD-2", "PTY-1", "PTY-2")


def rows(place: str | Path) -> dict[str, list[Any]]:
    with Ledger(str(place), Ticking()) as ledger, ledger.reading() as connection:
        return {
            name: [tuple(row) for row in connection.execute(select(table).order_by(*table.columns))]
            for name, table in METADATA.tables.items()
        }


def filled(place: str, marks: int = 25) -> None:
    """Make a ledger with rows in all tables, and texts that are hard to copy."""
    with make(place) as ledger, ledger.writing() as chain:
        first = chain.append_many("issued", ['{"note":"Ñ \\\\ \\t"}'] * marks)
        numbers = list(range(first, first + marks))
        odd = [f"\\{n}\t'Ñ\n\"\\N" for n in numbers]
        own: dict[str, Any] = {"station": ["MVD-1"] * marks, "seq": numbers}
        bulk.insert(chain.connection, MARK, {"fold": odd, **own, "text": odd})
        parts: dict[str, Any] = {"stamped": odd, "typed": odd, "match": odd}
        serial = {"fold": odd, "holder": odd, **own, "kind": ["maker"] * marks, **parts}
        bulk.insert(chain.connection, SERIAL, serial)
        slot = [2**47 + 1] * marks
        bulk.insert(chain.connection, CLAIM, {"slot": slot, "value": odd, **own})
        chain.append("seen", {}, Ref("MVD-1", first))


def test_a_copy_is_equal_row_for_row(
    ledger_place: str, postgres_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "_ROWS", 7)
    filled(ledger_place)
    with Ledger(ledger_place, Ticking()) as ledger:
        assert copied(ledger, tmp_path / "copy.db") == {"MVD-1": 27}
    before = rows(ledger_place)
    assert [len(table) for table in before.values()][:4] == [27, 25, 25, 25]
    again, server = tmp_path / "again.db", new_database(postgres_server)
    for place in (f"sqlite:///{again}", server):
        assert restore(tmp_path / "copy.db", place) == {"MVD-1": 27}
        assert rows(place) == before
    assert rows(tmp_path / "copy.db") == before
    assert sorted(file.name for file in tmp_path.glob("*.db*")) in (
        ["again.db", "copy.db"],
        ["again.db", "copy.db", "ledger.db"],
    )
    with sqlite3.connect(tmp_path / "copy.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        # One file that can be read from a medium that cannot be written.
        assert connection.execute("PRAGMA journal_mode").fetchall() == [("delete",)]
    connection.close()


def test_one_can_go_on_in_a_restored_ledger(ledger_place: str, tmp_path: Path) -> None:
    filled(f"sqlite:///{tmp_path / 'old.db'}")
    restore(tmp_path / "old.db", ledger_place)
    with Ledger(ledger_place, Ticking(), "MVD-1") as ledger, ledger.writing() as chain:
        assert chain.append("seen", {}).seq == 28


def write(place: str, station: str, end: Any) -> None:
    with Ledger(place, Ticking(), station) as ledger:
        while not end.is_set():
            with ledger.writing() as chain:
                first = chain.append_many("issued", ["{}"] * 150)
                numbers = list(range(first, first + 150))
                texts = [f"{station} {number}" for number in numbers]
                own: dict[str, Any] = {"station": [station] * 150, "seq": numbers}
                bulk.insert(chain.connection, MARK, {"fold": texts, **own, "text": texts})


def test_copies_while_four_processes_write(ledger_place: str, tmp_path: Path) -> None:
    for station in STATIONS:
        make(ledger_place, station).close()
    processes = multiprocessing.get_context("spawn")
    end = processes.Event()
    writers = [processes.Process(target=write, args=(ledger_place, s, end)) for s in STATIONS]
    for writer in writers:
        writer.start()
    try:
        with Ledger(ledger_place, Ticking()) as ledger:
            while count(ledger) < 900:
                time.sleep(0.05)
            made = [copied(ledger, tmp_path / f"{number}.db") for number in range(3)]
    finally:
        end.set()
        for writer in writers:
            writer.join()
    assert [writer.exitcode for writer in writers] == [0] * 4
    whole = rows(ledger_place)
    assert made[0] != made[-1]
    for number, ends in enumerate(made):
        found = rows(tmp_path / f"{number}.db")
        # What stands in it is what the ledger had up to an entry of each station, in all tables.
        assert found["entry"] == [row for row in whole["entry"] if row[1] <= ends[row[0]]]
        assert found["mark"] == [row for row in whole["mark"] if row[2] <= ends[row[1]]]
        for station in STATIONS:
            assert whole_chain([Entry.of(row) for row in found["entry"] if row[0] == station])


def count(ledger: Ledger) -> int:
    with ledger.reading() as connection:
        return connection.execute(select(func.count()).select_from(ENTRY)).scalar_one()


def whole_chain(entries: list[Entry]) -> bool:
    prev = START
    for number, e in enumerate(entries, start=1):
        own = entry_hash(prev, e.station, number, e.kind, e.time, e.about, e.data)
        if (e.seq, e.prev, e.hash) != (number, prev, own):
            return False
        prev = own
    return bool(entries)


def test_nothing_is_replaced(ledger_place: str, postgres_server: str, tmp_path: Path) -> None:
    make(ledger_place).close()
    make(tmp_path / "source.db").close()
    (tmp_path / "there.db").write_text("mine")
    with Ledger(ledger_place, Ticking()) as ledger:
        with pytest.raises(LedgerError, match="a file of that name"):
            copied(ledger, tmp_path / "there.db")
        with pytest.raises(LedgerError, match="could not be written: No such file"):
            copied(ledger, tmp_path / "none" / "there.db")
    with pytest.raises(LedgerError, match=r"a file of that name|a ledger already"):
        restore(tmp_path / "source.db", ledger_place)
    with pytest.raises(LedgerError, match="a file of that name"):
        restore(tmp_path / "source.db", str(tmp_path / "there.db"))
    assert (tmp_path / "there.db").read_text() == "mine"
    assert not list(tmp_path.glob(".*"))


def test_what_is_no_backup(ledger_place: str, tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("a line of text\n" * 99)
    for name, said in (("text.db", "no SQLite file"), ("none.db", "there is no ledger")):
        with pytest.raises(LedgerError, match=said) as fault:
            restore(tmp_path / name, ledger_place)
        assert str(fault.value).startswith(f"{tmp_path / name}: ")
    with make(ledger_place) as ledger:
        assert count(ledger) == 1


def test_a_restore_that_fails_leaves_nothing(
    postgres_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(f"sqlite:///{tmp_path / 'a.db'}")
    place = new_database(postgres_server)

    def full(*_: object) -> None:
        raise OSError("broken")

    with monkeypatch.context() as patched:
        patched.setattr(bulk, "insert", full)
        with pytest.raises(OSError, match="broken"):
            restore(tmp_path / "a.db", place)
    with pytest.raises(LedgerError, match="there is no ledger"):
        Ledger(place, Ticking())


def test_on_the_command_line(ledger_place: str, tmp_path: Path) -> None:
    filled(ledger_place)
    copy, new = tmp_path / "copy.db", tmp_path / "new.db"
    ran = run("ledger", "backup", copy, "--ledger", ledger_place)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == f"{copy}: 27 entries, up to MVD-1/27"
    ran = run("ledger", "restore", copy, new)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == f"{new}: 27 entries, up to MVD-1/27"
    assert rows(new) == rows(ledger_place)
    ran = run("ledger", "backup", copy, "--ledger", ledger_place)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"markcode: {copy}: there is a file of that name already; name a new one\n"
    ran = run("ledger", "restore", copy, new, "--json")
    assert (ran.status, ran.out) == (2, "")
    ran = run("ledger", "backup", tmp_path / "2.db", "--ledger", ledger_place, "--json")
    assert ran.out == f'{{"backup": "{tmp_path / "2.db"}", "stations": {{"MVD-1": 27}}}}\n'
