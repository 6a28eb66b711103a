"""The whole life of an arm: its marks and numbers side by side, and all that happened to it.

An arm is the marks that are about one first mark, and those that events `SAME_ARM` join to these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from markcode.errors import LedgerError
from markcode.ledger.chain import Entry, entry_of
from markcode.ledger.events import SAME_ARM
from markcode.ledger.folding import match_key
from markcode.ledger.jobs import is_written
from markcode.ledger.kinds import State, kind
from markcode.ledger.refs import Ref
from markcode.ledger.schema import ENTRY, of_kind
from markcode.ledger.states import corrects, states

__all__ = ["Happening", "Job", "Life", "Mark", "Number", "life"]


@dataclass(frozen=True)
class Job:
    """The job that a mark was issued to."""

    ref: Ref
    hash: str
    order: str | None
    format: str
    event: str
    written: bool
    """Whether its folder was completed."""

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {**vars(self), "ref": str(self.ref)}


@dataclass(frozen=True)
class Number:
    """A number that an arm bears, in its three forms."""

    mark: Ref
    """The mark that it was recorded with."""
    kind: str
    """maker, importer or scheme."""
    stamped: str
    typed: str
    match: str
    holder: str
    """Whose number it is; parts are joined by U+001F."""

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {**vars(self), "mark": str(self.mark), "holder": self.holder.split("\x1f")}


@dataclass(frozen=True)
class Mark:
    """One mark of an arm."""

    ref: Ref
    time: str
    """When it was issued, or registered."""
    state: State
    content: Mapping[str, Any]
    """What its entry says."""
    job: Job | None

    @property
    def text(self) -> str:
        """As struck, lines joined by LF."""
        return "\n".join(self.content["lines"])

    @property
    def numbers(self) -> Iterator[Number]:
        """Its numbers."""
        for which, stamped, typed, holder in self.content.get("serials") or ():
            same = stamped if typed is None else typed
            yield Number(self.ref, which, stamped, same, match_key(stamped), holder)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        said = {name: self.content.get(name) for name in ("row", "payload", "check", "elements")}
        return {
            "mark": str(self.ref),
            "text": self.text,
            "lines": list(self.content["lines"]),
            "state": str(self.state),
            "station": self.ref.station,
            "time": self.time,
            "job": None if self.job is None else self.job.to_dict(),
            **said,
        }


@dataclass(frozen=True)
class Happening:
    """One event, and whether it was corrected."""

    ref: Ref
    time: str
    kind: str
    about: Ref
    content: Mapping[str, Any]
    corrected_by: Ref | None = None

    def to_dict(self, language: str = "en") -> dict[str, Any]:
        """Return it as JSON has it."""
        by = self.corrected_by
        return {
            "entry": str(self.ref),
            "time": self.time,
            "station": self.ref.station,
            "kind": self.kind,
            "label": kind(self.kind).label(language),
            "mark": str(self.about),
            "details": dict(self.content),
            "corrected_by": None if by is None else str(by),
        }


@dataclass(frozen=True)
class Life:
    """All that a ledger knows of the arm that bears a mark."""

    asked: Ref
    marks: tuple[Mark, ...]
    """The first mark first, then in the order of recording."""
    events: tuple[Happening, ...]
    """In the order of recording, with those that were corrected."""
    conflicts: tuple[Entry, ...]
    """Conflicts about its marks that nobody has decided yet."""

    @property
    def mark(self) -> Mark:
        """The mark that was asked for."""
        return next(mark for mark in self.marks if mark.ref == self.asked)

    @property
    def numbers(self) -> list[Number]:
        """All numbers of the arm, those of its first mark first."""
        return [number for mark in self.marks for number in mark.numbers]

    @cached_property
    def reported(self) -> Happening | None:
        """The event by which the arm is missing, such as lost or stolen; None if it is not."""
        missing = None
        for event in self.events:
            says = None if event.corrected_by is not None else kind(event.kind).reported
            if says is not None:
                missing = event if says else None
        return missing

    def to_dict(self, language: str = "en") -> dict[str, Any]:
        """Return it as JSON has it; only labels are in a language."""
        reported = self.reported
        return {
            "mark": str(self.asked),
            "state": str(self.mark.state),
            "reported": None if reported is None else reported.to_dict(language),
            "marks": [mark.to_dict() for mark in self.marks],
            "numbers": [number.to_dict() for number in self.numbers],
            "events": [event.to_dict(language) for event in self.events],
            "conflicts": [
                {"entry": str(one.ref), "about": str(one.about), **one.content}
                for one in self.conflicts
            ],
        }


def life(connection: Connection, mark: Ref) -> Life:
    """Return the life of the arm that bears a mark. Raises `LedgerError` for what is no mark."""
    entry = entry_of(connection, mark)
    if entry.kind != "issued":
        told = "" if entry.about is None else f" about {entry.about}"
        raise LedgerError(f"{mark} is no mark, but an entry of the kind {entry.kind}{told}")
    entries, happened = _arm(connection, entry)
    known = states(connection, entries)
    jobs: dict[str, Job] = {}
    marks = tuple(
        Mark(ref, one.time, known[ref], one.content, _job(connection, one, jobs))
        for ref, one in entries.items()
    )
    return Life(mark, marks, tuple(happened), tuple(_conflicts(connection, list(entries))))


def _arm(connection: Connection, first: Entry) -> tuple[dict[Ref, Entry], list[Happening]]:
    """Return the marks of an arm, and its events in the order of recording."""
    marks: dict[Ref, Entry] = {}
    events: list[Happening] = []
    waiting = [first]
    while waiting:
        entry = waiting.pop()
        if entry.ref in marks:
            continue
        marks[entry.ref] = entry
        about = list(_entries(connection, _about([entry.ref])))
        own = _happenings(one for one in about if not kind(one.kind).ledger)
        events += own
        waiting += (one for one in about if one.kind == "issued")
        joined = [event.content["arm"] for event in own if _joins(event)]
        joined += map(str, _joined_to(connection, entry.ref))
        joined += [] if entry.about is None else [str(entry.about)]
        waiting += _marks(connection, filter(None, map(Ref.found, joined)))
    ordered = sorted(marks.values(), key=lambda one: (one.about is not None, one.time, one.ref))
    events.sort(key=lambda event: (event.time, event.ref))
    return {one.ref: one for one in ordered}, events


def _joins(event: Happening) -> bool:
    return event.kind == SAME_ARM and event.corrected_by is None and "arm" in event.content


def _joined_to(connection: Connection, mark: Ref) -> Iterator[Ref]:
    """Yield the marks that events which still count join to this one."""
    names = ENTRY.c.data.contains(f'"arm":"{mark}"', autoescape=True)
    found = _entries(connection, and_(of_kind(SAME_ARM), names))
    for other in {one.about for one in found if one.about is not None}:
        about = _entries(connection, _about([other]))
        own = _happenings(one for one in about if not kind(one.kind).ledger)
        if any(_joins(event) and event.content["arm"] == str(mark) for event in own):
            yield other


def _happenings(entries: Iterable[Entry]) -> list[Happening]:
    """Return the events of one mark, each with what corrects it."""
    found = list(entries)
    by = {corrects(entry.data): entry.ref for entry in found}
    return [
        Happening(entry.ref, entry.time, entry.kind, entry.about, entry.content, by.get(entry.ref))
        for entry in found
        if entry.about is not None
    ]


def _conflicts(connection: Connection, marks: list[Ref]) -> Iterator[Entry]:
    """Yield the open conflicts about some marks, or with them: each two entries once."""
    held = (ENTRY.c.data.contains(f'"holder":"{ref}"', autoescape=True) for ref in marks)
    found = _entries(connection, and_(of_kind("conflict"), or_(_about(marks), *held)))
    pairs: dict[frozenset[str], list[Entry]] = {}
    for conflict in found:
        # Ledgers that merge each other find the same two, each from its own side.
        sides = frozenset((str(conflict.about), str(conflict.content["holder"])))
        pairs.setdefault(sides, []).append(conflict)
    for same in pairs.values():
        decided = and_(ENTRY.c.kind == "resolved", _about(one.ref for one in same))
        if next(_entries(connection, decided), None) is None:
            yield same[0]


def _job(connection: Connection, mark: Entry, known: dict[str, Job]) -> Job | None:
    name = str(mark.content.get("job"))
    ref = Ref.found(name)
    if ref is None:
        return None
    if name not in known:
        said = entry_of(connection, ref).content
        known[name] = Job(
            ref,
            said["job"],
            said.get("order"),
            said["format"],
            said["event"],
            is_written(connection, ref),
        )
    return known[name]


def _about(refs: Iterable[Ref]) -> ColumnElement[bool]:
    return or_(
        *(and_(ENTRY.c.about_station == ref.station, ENTRY.c.about_seq == ref.seq) for ref in refs)
    )


def _marks(connection: Connection, refs: Iterable[Ref]) -> Iterator[Entry]:
    for ref in refs:
        own = and_(ENTRY.c.station == ref.station, ENTRY.c.seq == ref.seq)
        yield from _entries(connection, and_(own, ENTRY.c.kind == "issued"))


def _entries(connection: Connection, condition: ColumnElement[bool]) -> Iterator[Entry]:
    query = select(ENTRY).where(condition).order_by(ENTRY.c.time, ENTRY.c.station, ENTRY.c.seq)
    return map(Entry.of, connection.execute(query).all())
