"""`markcode ledger init`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_runner import process, run
from ledgers import Ticking
from markcode.ledger import Ledger, database
from markcode.ledger.ledger import stations
from markcode.ledger.schema import ENTRY


def test_a_new_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("ledger", "init", "--station", "MVD-1", "--about", "Montevideo")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == "markcode.db: a new ledger, kept by the station MVD-1"
    with Ledger("markcode.db", Ticking()) as ledger, ledger.reading() as connection:
        assert ledger.station == "MVD-1"
        (row,) = connection.execute(ENTRY.select())
        assert (row.kind, json.loads(row.data)) == ("station", {"about": "Montevideo"})


def test_a_station_is_added_once(ledger_place: str) -> None:
    shown = database.shown(ledger_place)
    environment = {"MARKCODE_LEDGER": ledger_place, "MARKCODE_STATION": "MVD-1"}
    assert "a new ledger" in run("ledger", "init", **environment).out
    assert run("ledger", "init", **environment).out == (
        f"{shown}: the station MVD-1 is there already; nothing was added\n"
    )
    ran = run("ledger", "init", ledger_place, "--station", "PTY-1")
    assert ran.out.startswith(f"{shown}: the station PTY-1 was added\n")
    ran = run("ledger", "init", ledger_place)
    assert (ran.status, ran.err) == (0, "")
    ran = run("ledger", "init", ledger_place, "--station", "PTY-1", "--json")
    assert json.loads(ran.out) == {
        "ledger": shown,
        "station": "PTY-1",
        "made": False,
        "added": False,
        "version": "0001",
        "backup": None,
        "role": None,
    }
    with Ledger(ledger_place, Ticking()) as ledger, ledger.reading() as connection:
        assert stations(connection) == ["MVD-1", "PTY-1"]
        assert ledger.station == ("MVD-1" if database.sqlite_file(ledger_place) else None)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("a.db",), "a.db: there is no ledger; to make one, name the station that keeps it"),
        (("a.db", "--station", "mvd"), "a station cannot be called 'mvd'"),
        (("a.db", "--migrate"), "--migrate and --backup FILE.db go together"),
        (("oracle://h/d", "--station", "A"), "a ledger cannot be kept in oracle"),
        (("none/a.db", "--station", "A"), "there is no folder"),
    ],
)
def test_wrong_use_is_one_line_and_makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("ledger", "init", *arguments)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert said in ran.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("same", [True, False])
def test_several_at_the_same_instant(ledger_place: str, same: bool) -> None:
    names = ["MVD-1"] * 3 if same else [f"MVD-{number}" for number in range(1, 4)]
    ran = [process("ledger", "init", ledger_place, "--station", name) for name in names]
    out = [child.communicate() for child in ran]
    assert [child.returncode for child in ran] == [0] * 3, out
    assert sum(b"a new ledger" in said for said, _ in out) == 1
    with Ledger(ledger_place, Ticking()) as ledger, ledger.reading() as connection:
        assert stations(connection) == sorted(set(names))


@pytest.mark.parametrize("command", ["init", "backup", "restore"])
def test_help_fits_the_screen(command: str) -> None:
    ran = run("ledger", command, "--help")
    assert max(map(len, ran.out.splitlines())) <= 80
