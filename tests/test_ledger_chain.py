"""The chain of a station, in SQLite and in PostgreSQL."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import select

from ledgers import make
from markcode.errors import LedgerError
from markcode.ledger.chain import Entry
from markcode.ledger.refs import Ref
from markcode.ledger.schema import ENTRY


def entries(place: str) -> list[Entry]:
    with make(place) as ledger, ledger.reading() as connection:
        return [Entry.of(row) for row in connection.execute(select(ENTRY).order_by(*ENTRY.c[:2]))]


def test_each_entry_follows_the_one_before(ledger_place: str) -> None:
    with make(ledger_place) as ledger, ledger.writing() as chain:
        first = chain.append("seen", {"note": "it's \\ a tab\t, Ñ"})
        chain.append_many("seen", ['{"n": "\\n\\t\\\\"}'] * 30, [first] * 30)
    prev = bytes(32)
    found = entries(ledger_place)
    assert [entry.seq for entry in found] == list(range(1, 33))
    for entry in found:
        about = "" if entry.about is None else f"MVD-1/{entry.about.seq}"
        said = "\x1f".join(("MVD-1", str(entry.seq), entry.kind, entry.time, about, entry.data))
        assert entry.prev == prev
        assert entry.hash == hashlib.sha256(prev + said.encode()).digest()
        prev = entry.hash
    assert found[1].content == {"note": "it's \\ a tab\t, Ñ"}
    assert found[-1].about == first == Ref("MVD-1", 2)


def test_nothing_is_kept_of_what_fails(ledger_place: str) -> None:
    with make(ledger_place) as ledger:
        with pytest.raises(RuntimeError), ledger.writing() as chain:
            chain.append("seen", {})
            raise RuntimeError
        with ledger.writing() as chain:
            assert chain.next == 2


def test_a_station_that_is_not_there_cannot_write(ledger_place: str) -> None:
    told = pytest.raises(LedgerError, match="no station is called PTY-9; there are: MVD-1")
    with make(ledger_place) as ledger:
        ledger.station = "PTY-9"
        with told, ledger.writing():
            pass


@pytest.mark.parametrize("name", ["", "mvd", "A/B", "-A", "A-", "A" * 33, "MÑ"])
def test_names_of_stations(name: str, ledger_place: str) -> None:
    with pytest.raises(LedgerError, match="a station cannot be called"):
        make(ledger_place, name)
