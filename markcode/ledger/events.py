"""Events in the life of a mark, put on record: each is a new entry, and none is ever changed.

An entry that was wrong is corrected by a further event that names it.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from markcode.errors import LedgerError
from markcode.ledger.chain import Chain, entry_of, to_json
from markcode.ledger.claims import slot_number
from markcode.ledger.jobs import JOB, about
from markcode.ledger.kinds import Kind, State, event_kind, kind
from markcode.ledger.refs import Ref
from markcode.ledger.refused import EventRefused
from markcode.ledger.schema import CLAIM, ENTRY
from markcode.ledger.states import states
from markcode.model import NO_ELEMENTS

__all__ = [
    "SAME_ARM",
    "Details",
    "Event",
    "EventRefused",
    "job_named",
    "marks_of_job",
    "photo_hash",
    "record",
    "record_many",
    "refusals",
]

SAME_ARM = "same-arm"
"""The kind of event that says that two marks are of one arm."""

_SHA256 = re.compile("[0-9a-f]{64}")
_JOB = re.compile("[0-9a-f]{8,64}")
_EASTERNMOST = datetime.timedelta(hours=14)
"""How far the calendar is ahead of UTC where a day begins first."""


def _check_text(name: str, value: str) -> None:
    if not name or not name.isprintable():
        raise EventRefused("extra", "event.value", value=name, reason="detail")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise EventRefused(name, "event.value", field=name, value=value) from None


def _is_day(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


@dataclass(frozen=True)
class Details:
    """What is said of an event: what is empty was not said.

    Raises `EventRefused` for what cannot be such a detail.
    """

    date: str = ""
    """When it happened: a day, as 2026-11-25."""
    place: str = ""
    authority: str = ""
    operator: str = ""
    document: str = ""
    """Reference to a document."""
    photo: str = ""
    """SHA-256 of a picture, in hexadecimal (`photo_hash`)."""
    note: str = ""
    extra: Mapping[str, str] = field(default=NO_ELEMENTS)
    """Anything further, by a name of one's own."""
    corrects: Ref | None = None
    """An event of the same mark that was wrong, and no longer counts."""
    arm: Ref | None = None
    """With the kind `SAME_ARM`: a mark that is on the same arm."""

    def __post_init__(self) -> None:
        for name, value in (*self._texts(), *self.extra.items()):
            _check_text(name, value)
        taken = {one.name for one in fields(self)} & set(self.extra)
        if taken:
            name = min(taken)
            raise EventRefused(name, "event.value", field=name, reason="own")
        if self.date and not _is_day(self.date):
            raise EventRefused("date", "event.date", value=self.date)
        if self.photo and _SHA256.fullmatch(self.photo) is None:
            raise EventRefused("photo", "event.value", value=self.photo, reason="photo")

    def _texts(self) -> Iterator[tuple[str, str]]:
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, str):
                yield one.name, value

    def content(self) -> dict[str, Any]:
        """Return what an entry says: only what was given.

        >>> Details(date="2026-11-25", corrects=Ref("MVD-1", 7)).content()
        {'date': '2026-11-25', 'corrects': 'MVD-1/7'}
        """
        said: dict[str, Any] = {name: value for name, value in self._texts() if value}
        if self.extra:
            said["extra"] = dict(self.extra)
        refs = {"corrects": self.corrects, "arm": self.arm}
        return said | {name: str(ref) for name, ref in refs.items() if ref is not None}

    @cached_property
    def json(self) -> str:
        """What an entry says, as JSON."""
        return to_json(self.content())


NO_DETAILS = Details()


class Event(NamedTuple):
    """Something that happened to a mark, or to the arm that bears it."""

    mark: Ref
    kind: str
    details: Details = NO_DETAILS


def photo_hash(path: str | Path) -> str:
    """Return the SHA-256 of a picture: the ledger keeps that, not the picture."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def record(chain: Chain, mark: Ref, kind: str, details: Details = NO_DETAILS) -> Ref:
    """Record one event and return the name of its entry. Raises `EventRefused`."""
    return record_many(chain, [Event(mark, kind, details)])[0]


def record_many(chain: Chain, events: Sequence[Event]) -> list[Ref]:
    """Record events and return the names of their entries, in order: all of them, or none.

    Raises `EventRefused` for the first that `refusals` finds.
    """
    for fault in refusals(chain, events).values():
        raise fault
    recorded: list[Ref] = []
    for name, run in groupby(events, attrgetter("kind")):
        some = list(run)
        datas = [event.details.json for event in some]
        first = chain.append_many(name, datas, [event.mark for event in some])
        recorded += (Ref(chain.station, seq) for seq in range(first, first + len(some)))
    return recorded


def refusals(chain: Chain, events: Sequence[Event]) -> dict[int, EventRefused]:
    """Return why events cannot be recorded, by their places in the list.

    Refused are: a mark that is not there; a kind that is no name, or the ledger's own; a date in
    the future; the marking of a mark that is void; the correction of what is no event of that mark;
    and `SAME_ARM` without another mark.
    """
    judge = _Judge(chain, events)
    faults = ((at, judge(event)) for at, event in enumerate(events))
    return {at: fault for at, fault in faults if fault is not None}


class _Judge:
    def __init__(self, chain: Chain, events: Sequence[Event]) -> None:
        named = {event.mark for event in events}
        named |= {event.details.arm for event in events if event.details.arm is not None}
        self._connection = chain.connection
        self._states = states(chain.connection, named)
        now = datetime.datetime.fromisoformat(chain.time)
        self._latest = (now + _EASTERNMOST).date().isoformat()
        self._kinds: dict[str, Kind] = {}

    def __call__(self, event: Event) -> EventRefused | None:
        try:
            self._check(event)
        except EventRefused as fault:
            return fault
        return None

    def _check(self, event: Event) -> None:
        found = self._kind(event.kind)
        mark, details = event.mark, event.details
        state = self._states.get(mark)
        if state is None:
            raise EventRefused("mark", "event.mark", value=str(mark))
        if state is State.VOID and found.state in (State.STRUCK, State.UNKNOWN):
            raise EventRefused("kind", "event.void", mark=str(mark), kind=event.kind)
        if details.date > self._latest:
            raise EventRefused("date", "event.date", value=details.date, reason="future")
        if details.corrects is not None:
            _check_correction(self._connection, mark, details.corrects)
        self._check_arm(event)
        if found.state is State.VOID:
            self._states[mark] = State.VOID

    def _kind(self, name: str) -> Kind:
        found = self._kinds.get(name)
        if found is None:
            found = self._kinds[name] = event_kind(name)
        return found

    def _check_arm(self, event: Event) -> None:
        other = event.details.arm
        if (other is not None) != (event.kind == SAME_ARM):
            raise EventRefused("arm", "event.arm", kind=SAME_ARM)
        if other == event.mark or (other is not None and other not in self._states):
            raise EventRefused("arm", "event.arm", value=str(other), reason="mark")


def _check_correction(connection: Connection, mark: Ref, corrected: Ref) -> None:
    query = select(ENTRY.c.kind, ENTRY.c.about_station, ENTRY.c.about_seq).where(
        ENTRY.c.station == corrected.station, ENTRY.c.seq == corrected.seq
    )
    row = connection.execute(query).first()
    if row is None or (row.about_station, row.about_seq) != mark or kind(row.kind).ledger:
        raise EventRefused("corrects", "event.corrects", value=str(corrected), mark=str(mark))


def job_named(connection: Connection, text: str) -> Ref:
    """Return a job, given its entry, its hash, or the beginning of that (8 digits or more).

    Raises `LedgerError` where there is none, or more than one.
    """
    ref = Ref.found(text)
    if ref is not None:
        entry = entry_of(connection, ref)
        if entry.kind != JOB:
            raise LedgerError(f"{ref} is no job, but an entry of the kind {entry.kind}")
        return ref
    if _JOB.fullmatch(text) is None:
        raise LedgerError(
            f"{text!r} names no job: give its entry, such as MVD-1/3, or 8 or more digits of its "
            "hash, as they stand in manifest.json"
        )
    query = select(CLAIM.c.station, CLAIM.c.seq).where(
        CLAIM.c.slot == slot_number(JOB), CLAIM.c.value >= text, CLAIM.c.value < text + "g"
    )
    rows = connection.execute(query.limit(2)).all()
    if len(rows) != 1:
        number = "no job has" if not rows else "several jobs have"
        raise LedgerError(f"{number} a hash that begins with {text}")
    return Ref(*rows[0])


def marks_of_job(connection: Connection, job: Ref) -> Iterator[Ref]:
    """Yield the marks of a job, in the order in which they were issued."""
    for entry in about(connection, job, "registered"):
        said = entry.content
        yield from (Ref(entry.station, seq) for seq in range(said["first"], said["last"] + 1))
