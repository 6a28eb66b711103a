"""Any order of the ledger's operations, on two ledgers that merge, beside plain Python sets."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import Connection, select

from ledgers import make
from markcode import get_format
from markcode.errors import LedgerError
from markcode.jobs.registration import KeyColumns, NewMarks, Order
from markcode.ledger import Ledger
from markcode.ledger.audit import audit
from markcode.ledger.backup import backup, restore
from markcode.ledger.chain import Entry
from markcode.ledger.claims import Claim, claim, slot_number
from markcode.ledger.jobs import JobKnown
from markcode.ledger.merging import merge
from markcode.ledger.refs import Ref
from markcode.ledger.registering import JobRegister
from markcode.ledger.schema import CLAIM, ENTRY
from markcode.ledger.series import Series, define, draw, take_block
from markcode.ledger.states import State, states_between

FORMAT = get_format("mosaic-0530")
KEY = ("country", "manufacturer", "serial", "model", "calibre")
SLOT = slot_number(f"{FORMAT.name} {'+'.join(KEY)}")
STATIONS = ("A-1", "B-2")
SERIES = "S"

_sides = st.sampled_from(STATIONS)
_serials = st.lists(st.sampled_from("1234567"), min_size=1, max_size=3, unique=True)


@dataclass
class Side:
    """What one ledger must hold."""

    place: str
    ledger: Ledger
    marks: dict[Ref, str] = field(default_factory=dict)
    """Serial of each mark."""
    claims: dict[str, Ref] = field(default_factory=dict)
    clashes: set[tuple[Ref, Ref]] = field(default_factory=set)
    """Later entry and holder."""
    struck: set[Ref] = field(default_factory=set)
    void: set[Ref] = field(default_factory=set)
    blocks: list[tuple[str, int]] = field(default_factory=list)
    """Station and number, in order."""
    drawn: set[int] = field(default_factory=set)

    def take(self, other: Side) -> None:
        """Take what another ledger knows and this one does not, station by station in order."""
        for ref, serial in sorted(other.marks.items()):
            if ref in self.marks:
                continue
            self.marks[ref] = serial
            holder = self.claims.setdefault(serial, ref)
            if holder != ref:
                self.clashes.add((ref, holder))
        self.clashes |= other.clashes
        self.struck |= other.struck
        self.void |= other.void
        self.blocks = max(self.blocks, other.blocks, key=len)
        self.drawn |= other.drawn

    def left(self, station: str) -> list[int]:
        """Numbers in a station's blocks that are not drawn, as this ledger knows."""
        return [n for name, n in self.blocks if name == station and n not in self.drawn]


class Stations(RuleBasedStateMachine):
    """The owner of a series and another station, each with a ledger of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="machine-"))
        self.numbers = itertools.count(1)
        self.sides: dict[str, Side] = {}

    def teardown(self) -> None:
        for side in self.sides.values():
            side.ledger.close()
        shutil.rmtree(self.folder)

    def new_place(self) -> str:
        return f"sqlite:///{self.folder / f'{next(self.numbers)}.db'}"

    @initialize()
    def found(self) -> None:
        for station in STATIONS:
            place = self.new_place()
            self.sides[station] = Side(place, make(place, station))
        with self.sides["A-1"].ledger.writing() as chain:
            define(chain, Series.of(SERIES, "N{6}", "digits", owner="A-1"))
        self.merge("B-2")

    @rule(station=_sides, serials=_serials, order=st.integers(1, 8))
    def issue(self, station: str, serials: list[str], order: int) -> None:
        """All marks of a job are issued, or none."""
        side = self.sides[station]
        register = JobRegister(side.ledger, FORMAT, "manufacture", order_name=str(order))
        before = self.entries(side)
        try:
            register.begin(Order(f"{station}-{order}", FORMAT.name, "manufacture", None, "1", {}))
        except JobKnown:
            assert any(e.content.get("job") == f"{station}-{order}" for e in before.values())
            return
        is_free = not side.claims.keys() & serials
        assert register.enter([marks(serials)]) is is_free
        made = {ref: e for ref, e in self.entries(side).items() if ref not in before}
        assert bool(made) is is_free
        for ref, entry in made.items():
            if entry.kind == "issued":
                side.marks[ref] = entry.content["elements"]["serial"]
                side.claims[side.marks[ref]] = ref

    @rule(station=_sides, size=st.integers(1, 5))
    def block(self, station: str, size: int) -> None:
        side = self.sides["A-1"]
        with side.ledger.writing() as chain:
            first, last = take_block(chain, SERIES, size, station)
        assert first == len(side.blocks) + 1
        side.blocks += [(station, n) for n in range(first, last + 1)]

    @rule(station=_sides, count=st.integers(1, 6))
    def draw(self, station: str, count: int) -> None:
        side = self.sides[station]
        free = side.left(station)
        missing = max(0, count - len(free))
        if missing and station != "A-1":
            with (
                pytest.raises(LedgerError, match="A-1 can grant more"),
                side.ledger.writing() as chain,
            ):
                draw(chain, SERIES, count, Ref(station, 1))
            return
        with side.ledger.writing() as chain:
            name = f"{station}-draws-{chain.next}"
            job = chain.append("job", {"job": name, "order": None, "slots": []})
            claim(chain.connection, Claim("job", name), job)
            ranges = draw(chain, SERIES, count, job)
        numbers = [n for first, last in ranges for n in range(first, last + 1)]
        new = range(len(side.blocks) + 1, len(side.blocks) + 1 + missing)
        side.blocks += [(station, n) for n in new]
        assert numbers == [*free, *new][:count]
        assert not any(set(numbers) & other.drawn for other in self.sides.values())
        side.drawn |= set(numbers)

    @precondition(lambda self: any(side.marks for side in self.sides.values()))
    @rule(station=_sides, void=st.booleans(), which=st.integers(0, 99))
    def event(self, station: str, void: bool, which: int) -> None:
        side = self.sides[station]
        known = sorted(side.marks)
        if known:
            mark = known[which % len(known)]
            with side.ledger.writing() as chain:
                chain.append("void" if void else "marked", {"date": "2026-11-25"}, mark)
            (side.void if void else side.struck).add(mark)

    @rule(into=_sides)
    def merge(self, into: str) -> None:
        (source,) = set(STATIONS) - {into}
        side, other = self.sides[into], self.sides[source]
        done = merge(side.ledger, other.place)
        assert not done.refused
        side.take(other)

    @rule(station=_sides)
    def reopen(self, station: str) -> None:
        side = self.sides[station]
        side.ledger.close()
        side.ledger = make(side.place, station)

    @rule(station=_sides)
    def restore(self, station: str) -> None:
        """Go on from the backup, elsewhere."""
        side = self.sides[station]
        copy = self.folder / f"{next(self.numbers)}.db"
        backup(side.ledger, copy)
        side.ledger.close()
        side.place = self.new_place()
        restore(copy, side.place)
        side.ledger = make(side.place, station)

    @invariant()
    def ledgers_hold_what_they_must(self) -> None:
        for side in self.sides.values():
            entries = self.entries(side)
            issued = {ref: e for ref, e in entries.items() if e.kind == "issued"}
            found = {ref: e.content["elements"]["serial"] for ref, e in issued.items()}
            assert found == side.marks
            with side.ledger.reading() as connection:
                rows = connection.execute(select(CLAIM).where(CLAIM.c.slot == SLOT)).all()
                held = {row.value.split("\x1f")[2]: Ref(row.station, row.seq) for row in rows}
                assert len(held) == len(rows)
                assert held == side.claims
                self.states_are_right(side, connection)
            numbers = [
                n
                for e in entries.values()
                if e.kind == "drawn"
                for n in range(e.content["first"], e.content["last"] + 1)
            ]
            assert len(set(numbers)) == len(numbers)
            assert set(numbers) == side.drawn

    def states_are_right(self, side: Side, connection: Connection) -> None:
        for ref in side.marks:
            found = states_between(connection, ref.station, ref.seq, ref.seq).get(ref.seq)
            if ref in side.void:
                assert found == State.VOID
            elif ref in side.struck:
                assert found == State.STRUCK
            else:
                assert found in (None, State.ISSUED)

    @invariant()
    def audits_find_nothing(self) -> None:
        for side in self.sides.values():
            report = audit(side.ledger)
            assert report.faults == report.doubts == []
            named = {frozenset((str(c.about), c.holder)) for c in report.conflicts}
            assert named == {frozenset((str(a), str(b))) for a, b in side.clashes}

    def entries(self, side: Side) -> dict[Ref, Entry]:
        with side.ledger.reading() as connection:
            rows = connection.execute(select(ENTRY).order_by(*ENTRY.c[:2]))
            return {entry.ref: entry for entry in map(Entry.of, rows)}


def marks(serials: list[str]) -> NewMarks:
    """Return marks with these serials, alike in all else."""
    elements = {"country": "CO", "manufacturer": "INDU", "model": "07", "calibre": "09"}
    columns = {name: [value] * len(serials) for name, value in elements.items()}
    columns["serial"] = serials
    return NewMarks(
        rows=range(2, len(serials) + 2),
        lines=[[f"CO INDU 26 07 {serial} 09" for serial in serials]],
        checks=[None] * len(serials),
        payloads=None,
        elements=columns,
        keys=[KeyColumns(("duplicate.key", "error", KEY), KEY, False, [columns[n] for n in KEY])],
    )


TestStations = Stations.TestCase
TestStations.settings = settings(
    settings(), max_examples=max(10, settings().max_examples // 10), stateful_step_count=20
)
