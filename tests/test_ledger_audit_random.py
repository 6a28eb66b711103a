"""Any one thing that is changed in any ledger is found, and named."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ledgers import make
from markcode.ledger import Ledger
from markcode.ledger.audit import audit
from markcode.ledger.chain import Entry, entry_hash
from markcode.ledger.refs import Ref
from tampering import Clerk, Tamperer, settle_triggers

COLUMNS = ("kind", "time", "about_station", "about_seq", "data", "prev", "hash", "station", "seq")
ROW_COLUMNS = {
    "mark": ("fold", "text", "station", "seq"),
    "serial": ("fold", "holder", "kind", "stamped", "typed", "match", "station", "seq"),
    "claim": ("slot", "value", "station", "seq"),
}
NUMBERS = ("seq", "about_seq", "slot")
AT = "WHERE station = ? AND seq = ?"


class Somebody:
    """Changes one thing, and says which entries may be named for it."""

    def __init__(self, ledger: Ledger, choose: random.Random) -> None:
        self.tamperer, self.choose = Tamperer(ledger), choose
        self.station = choose.choice(["MVD-1", "PTY-2"])
        self.entries = self.tamperer.entries(self.station)

    def value(self, column: str) -> object:
        """Return what no column held before."""
        if column in NUMBERS:
            return self.choose.choice([self.choose.randint(30, 60), 10_000, -7])
        forged = self.choose.choice(["forged", "", "{}", "Ñ\x1f"])
        return forged.encode() * 3 if column in ("prev", "hash") else f"{forged}!"

    def edit_entry(self) -> set[str]:
        entry, column = self.choose.choice(self.entries), self.choose.choice(COLUMNS)
        value = self.value(column)
        self.tamperer.sql(f"UPDATE entry SET {column} = ? {AT}", value, *entry.ref)
        moved = {"station": f"{value}/{entry.seq}", "seq": f"{self.station}/{value}"}
        return {str(entry.ref), moved.get(column, str(entry.ref))}

    def replace_entry(self) -> set[str]:
        entry = self.choose.choice(self.entries[:-1])
        data = json.dumps({**entry.content, "row": 999})
        own = entry_hash(
            entry.prev, self.station, entry.seq, entry.kind, entry.time, entry.about, data
        )
        self.tamperer.sql(f"UPDATE entry SET data = ?, hash = ? {AT}", data, own, *entry.ref)
        return {str(entry.ref)}

    def delete_entry(self) -> set[str]:
        entry = self.choose.choice(self.entries[:-1])
        self.tamperer.sql(f"DELETE FROM entry {AT}", *entry.ref)
        return {str(entry.ref)}

    def put_entry_in(self) -> set[str]:
        place = self.choose.choice(self.entries)
        for entry in reversed(self.entries[place.seq - 1 :]):
            self.tamperer.sql(f"UPDATE entry SET seq = seq + 1 {AT}", *entry.ref)
        own = entry_hash(place.prev, self.station, place.seq, "inspected", "", None, "{}")
        forged = self.choose.choice([own, b"forged"])
        self.tamperer.sql(
            "INSERT INTO entry VALUES (?, ?, 'inspected', '', NULL, NULL, '{}', ?, ?)",
            *(*place.ref, place.prev, forged),
        )
        return {str(place.ref)}

    def swap_entries(self) -> set[str]:
        one, other = self.choose.sample(self.entries, 2)
        for seq, to in ((one.seq, 0), (other.seq, one.seq), (0, other.seq)):
            self.tamperer.sql(f"UPDATE entry SET seq = ? {AT}", to, self.station, seq)
        return {str(one.ref), str(other.ref)}

    def edit_row(self) -> set[str]:
        table = self.choose.choice(list(ROW_COLUMNS))
        column, entry = self.choose.choice(ROW_COLUMNS[table]), self.entry_of(table)
        value = self.value(column)
        which = self.one_of(table, entry)
        self.tamperer.sql(f"UPDATE {table} SET {column} = ? {which}", value, *entry.ref)
        moved = {"station": f"{value}/{entry.seq}", "seq": f"{self.station}/{value}"}
        return {str(entry.ref), moved.get(column, str(entry.ref))}

    def delete_row(self) -> set[str]:
        table = self.choose.choice(list(ROW_COLUMNS))
        entry = self.entry_of(table)
        self.tamperer.sql(f"DELETE FROM {table} {self.one_of(table, entry)}", *entry.ref)
        return {str(entry.ref)}

    def put_row_in(self) -> set[str]:
        ref = Ref(self.station, self.choose.randint(1, len(self.entries) + 2))
        rows = {
            "mark": ("forged", *ref, "forged"),
            "serial": ("forged", "", *ref, "maker", "forged", "forged", "forged"),
            "claim": (1, "forged", *ref),
        }
        table, row = self.choose.choice(list(rows.items()))
        places = ", ".join("?" * len(row))
        self.tamperer.sql(f"INSERT INTO {table} VALUES ({places})", *row)
        return {str(ref)}

    def entry_of(self, table: str) -> Entry:
        """Return an entry that has rows in a look-up."""
        kinds = ("issued",) if table != "claim" else ("issued", "job")
        return self.choose.choice([entry for entry in self.entries if entry.kind in kinds])

    def one_of(self, table: str, entry: Entry) -> str:
        """Return the condition for one row of those that an entry has in a look-up."""
        if table == "serial":
            return f"{AT} AND kind = '{self.choose.choice(['maker', 'importer'])}'"
        if table == "claim" and entry.kind == "issued":
            return f"{AT} AND value LIKE '{self.choose.choice(['CO_INDU%', 'COINDU%'])}'"
        return AT


TAMPERINGS: list[Callable[[Somebody], set[str]]] = [
    Somebody.edit_entry,
    Somebody.replace_entry,
    Somebody.delete_entry,
    Somebody.put_entry_in,
    Somebody.swap_entries,
    Somebody.edit_row,
    Somebody.delete_row,
    Somebody.put_row_in,
]


def write(place: Path, jobs: list[tuple[bool, int, int]]) -> None:
    """Make a ledger of two stations with some jobs, and with events of their marks."""
    with make(place) as here, make(place, "PTY-2") as there:
        settle_triggers(here)
        clerks = [Clerk(here), Clerk(there)]
        for clerk in clerks:
            clerk.series(f"S-{clerk.ledger.station}")
        for number, (is_there, marks, events) in enumerate([*jobs, (False, 1, 1), (True, 1, 1)]):
            clerk = clerks[is_there]
            texts = [(f"{number}A{mark}", f"{number}-{mark}") for mark in range(marks)]
            draw = (f"S-{clerk.ledger.station}", 1 + number * 10) if events else None
            job = clerk.job(texts, draw)
            for mark in range(events):
                clerks[mark % 2].event("marked", Ref(job.station, job.seq + 3 + mark % marks))


@given(
    jobs=st.lists(st.tuples(st.booleans(), st.integers(1, 4), st.integers(0, 3)), max_size=3),
    tampering=st.sampled_from(TAMPERINGS),
    choose=st.randoms(use_true_random=False),
)
def test_one_change_is_found_and_named(
    jobs: list[tuple[bool, int, int]],
    tampering: Callable[[Somebody], set[str]],
    choose: random.Random,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "ledger.db"
        write(place, jobs)
        with make(place) as ledger:
            assert audit(ledger).is_clean
            allowed = tampering(Somebody(ledger, choose))
            report = audit(ledger)
    assert report.faults
    assert {str(fault.ref) for fault in report.faults} <= allowed
