"""What may be recorded of a mark: no code on two parts, none struck twice, none used again.

These are the rules of re-marking (docs/ledger.md): a code is marked on one part only; a rejected
mark is made again on the same part, with operator and reason, or is void, and void is final; while
it is not known whether one mark was struck, none other of the job is begun at that machine; what a
reader read is the code. With what has become of a mark an event goes, its kind declares
(``kinds.toml``); this is the one place that holds them, whoever records.
"""

from __future__ import annotations

import contextlib
import datetime
from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from markcode.ledger.chain import Chain, Entry, hold
from markcode.ledger.codes import difference
from markcode.ledger.details import SAME_ARM, Details, Event
from markcode.ledger.jobs import in_doubt, jobs_of
from markcode.ledger.kinds import Kind, State, event_kind, kind
from markcode.ledger.refs import Ref, in_lots
from markcode.ledger.refused import EventRefused
from markcode.ledger.schema import ENTRY
from markcode.ledger.states import Happened, History, Standing, histories

__all__ = ["hold_jobs", "refusals"]

_EASTERNMOST = datetime.timedelta(hours=14)
"""How far the calendar is ahead of UTC where a day begins first."""
_WESTERNMOST = datetime.timedelta(hours=12)
"""How far it is behind where a day begins last."""
_APART = datetime.timedelta(minutes=5)
"""How far the clocks of a machine and of a station may be apart."""


def refusals(chain: Chain, events: Sequence[Event]) -> dict[int, EventRefused]:
    """Return why events cannot be recorded, by their places in the list.

    Refused are: a mark that is not there; a kind that is no name, or the ledger's own; a time in
    the future, or before the mark was issued; what the rules of re-marking forbid; the correction
    of what is no event of that mark; and `SAME_ARM` without another mark. Each event is judged
    after those before it, of which the refused ones count for nothing.
    """
    judge = _Judge(chain, events)
    faults = ((at, judge(event)) for at, event in enumerate(events))
    return {at: fault for at, fault in faults if fault is not None}


def hold_jobs(chain: Chain, marks: Iterable[Ref]) -> dict[Ref, Ref]:
    """Return the jobs of some marks, and hold them: no other station records of them meanwhile.

    Two stations do not judge the same mark at the same instant, and what is read of a mark after
    this holds to the end of the transaction.
    """
    found = jobs_of(chain.connection, marks)
    for job in sorted(set(found.values())):
        hold(chain.connection, f"events of {job}")
    return found


class _Judge:
    def __init__(self, chain: Chain, events: Sequence[Event]) -> None:
        named = {event.mark for event in events}
        named |= {event.details.arm for event in events if event.details.arm is not None}
        telling = {event.mark for event in events if _tells(event)}
        self._chain, self._connection = chain, chain.connection
        self._jobs = hold_jobs(chain, telling)
        self._histories = histories(chain.connection, named)
        starting = {event.mark for event in events if kind(event.kind).starts}
        begun = {self._jobs[mark] for mark in starting if mark in self._jobs}
        self._doubts = {job: in_doubt(chain.connection, job) for job in begun}
        self._machines = _machines(chain.connection, self._doubts.values())
        timed = {event.mark for event in events if event.details.moment is not None}
        self._times = _times(chain.connection, timed)
        self._texts = _entries(chain.connection, (e.mark for e in events if e.details.reader_text))
        self._now = datetime.datetime.fromisoformat(chain.time)
        self._latest = (self._now + _EASTERNMOST).date().isoformat()
        self._kinds: dict[str, Kind] = {}
        self._next = chain.next

    def __call__(self, event: Event) -> EventRefused | None:
        try:
            self._check(event)
        except EventRefused as fault:
            return fault
        self._note(event)
        return None

    def _check(self, event: Event) -> None:
        found = self._kind(event.kind)
        mark, details = event.mark, event.details
        history = self._histories.get(mark)
        if history is None:
            raise EventRefused("mark", "event.mark", value=str(mark))
        if details.corrects is not None:
            _check_correction(self._connection, mark, details.corrects)
        self._check_arm(event)
        standing = history.standing(details.corrects)
        if standing.state is State.VOID and (found.state is State.STRUCK or found.after):
            raise EventRefused("kind", "event.void", mark=str(mark), kind=event.kind)
        self._check_future(details)
        if found.after is not None or found.state is not None:
            _check_issued(mark, details, history)
            self._check_order(mark, details, history)
        if found.after is not None:
            _check_standing(mark, found, standing)
            self._check_others(event, found, standing)
            _check_needs(mark, found, details)
            self._check_reader(event, found)

    def _kind(self, name: str) -> Kind:
        found = self._kinds.get(name)
        if found is None:
            found = self._kinds[name] = event_kind(name)
        return found

    def _check_arm(self, event: Event) -> None:
        other = event.details.arm
        if (other is not None) != (event.kind == SAME_ARM):
            raise EventRefused("arm", "event.arm", kind=SAME_ARM)
        if other == event.mark or (other is not None and other not in self._histories):
            raise EventRefused("arm", "event.arm", value=str(other), reason="mark")

    def _check_future(self, details: Details) -> None:
        moment = details.moment
        is_future = details.date > self._latest if moment is None else moment > self._now + _APART
        if is_future:
            raise EventRefused("date", "event.date", value=_when(details), reason="future")

    def _check_order(self, mark: Ref, details: Details, history: History) -> None:
        """Raise `EventRefused` for what happened before an event that counts already.

        A file that is taken once more must not put its refused rows behind what followed on them.
        """
        moment, times = details.moment, self._times.get(mark, [])
        if moment is None or not times or times[-1].moment <= moment:
            return
        wrong = {details.corrects, *(event.corrects for event in history.events)}
        for last, ref, machine in reversed(times):
            apart = datetime.timedelta() if machine == _machine(details.machine) else _APART
            if moment < last - apart and ref not in wrong:
                raise EventRefused(
                    "date",
                    "event.date",
                    value=_when(details),
                    mark=str(mark),
                    last=f"{last:%Y-%m-%d %H:%M:%SZ}",
                    reason="order",
                )

    def _check_others(self, event: Event, found: Kind, standing: Standing) -> None:
        """Raise `EventRefused` while it is not known whether another mark of the job is struck."""
        job = self._jobs.get(event.mark)
        if not found.starts or standing.state is State.UNKNOWN or job is None:
            return
        own = _machine(event.details.machine)
        for other, doubts in self._doubts[job].items():
            # A machine that was not named may be any.
            machines = {self._machines.get(ref, "") for ref in doubts}
            if other != event.mark and (not own or machines & {own, ""}):
                raise EventRefused(
                    "kind", "event.blocked", mark=str(event.mark), kind=event.kind, other=str(other)
                )

    def _check_reader(self, event: Event, found: Kind) -> None:
        read = event.details.reader_text
        if not read or found.state is not State.STRUCK:
            return
        wrong = difference(self._texts[event.mark].content, read)
        if wrong is not None:
            raise EventRefused(
                "reader_text",
                "event.not_verified",
                mark=str(event.mark),
                kind=event.kind,
                position=wrong.position,
                expected=wrong.expected,
                found=read,
            )

    def _note(self, event: Event) -> None:
        """Let an event count for those after it."""
        found, corrected = self._kind(event.kind), event.details.corrects
        ref = Ref(self._chain.station, self._next)
        self._next += 1
        machine, moment = _machine(event.details.machine), event.details.moment
        if moment is not None:
            insort(self._times.setdefault(event.mark, []), _Time(moment, ref, machine))
        if found.state is None and corrected is None:
            return
        history = self._histories[event.mark]
        history.add(Happened(self._chain.time, ref, event.kind, corrected))
        job = self._jobs.get(event.mark)
        doubts = None if job is None else self._doubts.get(job)
        if doubts is not None:
            self._machines[ref] = machine
            doubts[event.mark] = history.standing().doubts
            if not doubts[event.mark]:
                del doubts[event.mark]


def _tells(event: Event) -> bool:
    """Return whether an event says anything of what has become of its mark."""
    found = kind(event.kind)
    return bool(found.after or found.state or event.details.corrects)


def _check_issued(mark: Ref, details: Details, history: History) -> None:
    """Raise `EventRefused` for what happened before there was such a mark."""
    moment, issued = details.moment, datetime.datetime.fromisoformat(history.issued)
    earliest = (issued - _WESTERNMOST).date().isoformat()
    is_before = "" < details.date < earliest if moment is None else moment < issued - _APART
    if is_before:
        raise EventRefused(
            "date",
            "event.date",
            value=_when(details),
            mark=str(mark),
            issued=history.issued,
            reason="before",
        )


def _check_standing(mark: Ref, found: Kind, standing: Standing) -> None:
    """Raise `EventRefused` where an event of this kind does not go with what the mark is."""
    assert found.after is not None
    if standing.known not in found.after:
        code = "event.rejected" if standing.known is State.REJECTED else "event.struck"
        if found.after == {State.REJECTED}:
            code = "event.not_rejected"
        raise EventRefused("kind", code, mark=str(mark), kind=found.name)
    if standing.state is State.UNKNOWN and found.starts and found.state is not State.STRUCK:
        raise EventRefused("kind", "event.unknown", mark=str(mark), kind=found.name)


def _check_needs(mark: Ref, found: Kind, details: Details) -> None:
    for name in found.needs:
        if not getattr(details, name).strip():
            raise EventRefused(name, "event.unexplained", mark=str(mark), kind=found.name)


def _check_correction(connection: Connection, mark: Ref, corrected: Ref) -> None:
    query = select(ENTRY.c.kind, ENTRY.c.about_station, ENTRY.c.about_seq).where(
        ENTRY.c.station == corrected.station, ENTRY.c.seq == corrected.seq
    )
    row = connection.execute(query).first()
    if row is None or (row.about_station, row.about_seq) != mark or kind(row.kind).ledger:
        raise EventRefused("corrects", "event.corrects", value=str(corrected), mark=str(mark))


def _when(details: Details) -> str:
    return f"{details.date} {details.time}".strip()


class _Time(NamedTuple):
    """When an event happened."""

    moment: datetime.datetime
    ref: Ref
    machine: str


def _times(connection: Connection, marks: Iterable[Ref]) -> dict[Ref, list[_Time]]:
    """Return when what is on record of some marks happened, as far as that is said, in order."""
    found: dict[Ref, list[_Time]] = {}
    for station, some in in_lots(marks):
        query = select(ENTRY).where(
            ENTRY.c.about_station == station,
            ENTRY.c.about_seq.in_(some),
            ENTRY.c.data.contains('"time":'),
        )
        for entry in map(Entry.of, connection.execute(query)):
            said = entry.content
            if entry.about is not None and isinstance(said.get("time"), str):
                day, time = said.get("date"), said["time"][:8]
                with contextlib.suppress(ValueError):
                    moment = datetime.datetime.fromisoformat(f"{day}T{time}+00:00")
                    machine = _machine(str(said.get("machine", "")))
                    insort(found.setdefault(entry.about, []), _Time(moment, entry.ref, machine))
    return found


def _machine(name: str) -> str:
    """Return the name of a machine as it is compared: people do not always write it alike."""
    return " ".join(name.split()).casefold()


def _machines(
    connection: Connection, doubts: Iterable[Mapping[Ref, tuple[Ref, ...]]]
) -> dict[Ref, str]:
    """Return at which machine each of some events left a mark in doubt, as far as it is said."""
    events = (ref for of_job in doubts for refs in of_job.values() for ref in refs)
    said = _entries(connection, events)
    return {ref: _machine(str(entry.content.get("machine", ""))) for ref, entry in said.items()}


def _entries(connection: Connection, refs: Iterable[Ref]) -> dict[Ref, Entry]:
    """Return some entries by their names, those left out that are not there."""
    found: dict[Ref, Entry] = {}
    for station, some in in_lots(refs):
        query = select(ENTRY).where(ENTRY.c.station == station, ENTRY.c.seq.in_(some))
        found |= {entry.ref: entry for entry in map(Entry.of, connection.execute(query))}
    return found
