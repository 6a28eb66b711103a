"""What has become of a mark: its events, put together in the order in which they were recorded.

A mark is issued; each event of a kind that says so (`kinds.Kind.state`) changes that, until one
makes it void. An event that another one corrects does not count.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, reduce
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    Text,
    and_,
    any_,
    bindparam,
    case,
    func,
    null,
    or_,
    select,
    union_all,
)

from markcode.ledger.kinds import State, kind, known
from markcode.ledger.refs import Ref, in_lots
from markcode.ledger.schema import ENTRY

__all__ = [
    "Happened",
    "History",
    "Standing",
    "State",
    "corrects",
    "counting",
    "folded",
    "histories",
    "standing",
    "standings_between",
    "states",
    "states_between",
]

_AT_ONCE = 10_000
_ASKED = 20_000
"""Marks that one statement asks for by their numbers."""
_ORDER = (ENTRY.c.time, ENTRY.c.station, ENTRY.c.seq)
_CORRECTS = ENTRY.c.data.contains('"corrects":')
_STRUCK = ENTRY.c.data.contains('"struck":true')


class Happened(NamedTuple):
    """An event, as far as it matters for the state: in the order of recording."""

    time: str
    ref: Ref
    kind: str
    corrects: Ref | None = None


def counting(events: Iterable[Happened], correcting: Ref | None = None) -> list[Happened]:
    """Return the events of one mark that no other corrects, in the order of recording.

    ``correcting`` is one more that does not count. What corrects and is itself corrected corrects
    still.
    """
    found = sorted(events)
    corrected = {event.corrects for event in found} | {correcting}
    return [event for event in found if event.ref not in corrected]


class Standing(NamedTuple):
    """What has become of a mark."""

    state: State
    known: State
    """The same, but where that is unknown: what it was before the doubt."""
    doubts: tuple[Ref, ...] = ()
    """The events that left it unknown: each of them, for they may be of several machines."""

    def after(self, event: Happened) -> Standing:
        """Return what has become of the mark with one more event that counts."""
        state = kind(event.kind).state
        if state is None or self.state is State.VOID:
            return self
        if state is State.UNKNOWN:
            return Standing(state, self.known, (*self.doubts, event.ref))
        return Standing(state, state)


def standing(
    events: Iterable[Happened], start: State = State.ISSUED, correcting: Ref | None = None
) -> Standing:
    """Return what the events of one mark have made of it, and what it was before a doubt."""
    return reduce(Standing.after, counting(events, correcting), Standing(start, start))


def folded(events: Iterable[Happened], start: State = State.ISSUED) -> State:
    """Return the state that the events of one mark have made of it.

    >>> first, second = Ref("MVD-1", 7), Ref("MVD-1", 9)
    >>> started, marked = Happened("", first, "started"), Happened("", second, "marked")
    >>> str(folded([started])), str(folded([marked, started]))
    ('unknown', 'struck')
    """
    return standing(events, start).state


@dataclass
class History:
    """What has happened to one mark, as far as it matters for the state."""

    issued: str = ""
    """When its entry was written."""
    start: State = State.ISSUED
    events: list[Happened] = field(default_factory=list)
    _standing: Standing | None = field(default=None, init=False, repr=False, compare=False)

    def standing(self, correcting: Ref | None = None) -> Standing:
        """Return what has become of the mark, or would have without one of its events."""
        if correcting is not None:
            return standing(self.events, self.start, correcting)
        if self._standing is None:
            self.events.sort()
            self._standing = standing(self.events, self.start)
        return self._standing

    def add(self, event: Happened) -> None:
        """Let one more event count."""
        told, last = self._standing, self.events[-1:]
        # Only what comes last of all, and corrects nothing, leaves all before as it was.
        is_next = told is not None and event.corrects is None and last < [event]
        self.events.append(event)
        self._standing = told.after(event) if told is not None and is_next else None


def states(connection: Connection, refs: Iterable[Ref]) -> dict[Ref, State]:
    """Return the states of some marks; an entry that is no mark is left out."""
    found = histories(connection, refs).items()
    return {ref: folded(history.events, history.start) for ref, history in found}


def histories(connection: Connection, refs: Iterable[Ref]) -> dict[Ref, History]:
    """Return what has happened to some marks; an entry that is no mark is left out."""
    found: dict[Ref, History] = {}
    is_array = connection.dialect.name == "postgresql"
    for station, some in in_lots(refs, _ASKED):
        given = {"of_station": station, "seqs": some if is_array else json.dumps(some)}
        for seq, rows in _of_marks(connection.execute(_of_some(is_array), given)):
            if any(row.kind == "issued" for row in rows):
                found[Ref(station, seq)] = _told(rows)
    return found


def states_between(connection: Connection, station: str, first: int, last: int) -> dict[int, State]:
    """Return the states of the marks of a station from one number to another, by their numbers.

    Those that nothing has happened to are left out: they are issued. One statement for all.
    """
    found = standings_between(connection, station, first, last)
    return {seq: standing.state for seq, standing in found}


def standings_between(
    connection: Connection, station: str, first: int, last: int
) -> Iterator[tuple[int, Standing]]:
    """Yield number and standing of the marks of `states_between`."""
    given = {"of_station": station, "first": first, "last": last}
    for seq, rows in _of_marks(connection.execute(_of_range(), given)):
        yield seq, _told(rows).standing()


# Statements are put together once: that would take longer than the database takes to answer.
@cache
def _of_some(is_array: bool) -> CompoundSelect[Any]:
    """Return the history of some marks: one value to bind, however many they are."""

    def among(column: ColumnElement[int]) -> ColumnElement[bool]:
        if is_array:
            return column == any_(bindparam("seqs", type_=ARRAY(BigInteger())))
        each = func.json_each(bindparam("seqs", type_=Text())).table_valued("value")
        return column.in_(select(each.c.value))

    return _history(among(ENTRY.c.seq), among(ENTRY.c.about_seq))


@cache
def _of_range() -> CompoundSelect[Any]:
    """Return the history of a range of marks, those left out that nothing happened to."""

    def between(column: ColumnElement[int]) -> ColumnElement[bool]:
        first, last = (bindparam(name, type_=BigInteger()) for name in ("first", "last"))
        return column.between(first, last)

    history = _history(and_(between(ENTRY.c.seq), _STRUCK), between(ENTRY.c.about_seq))
    return history.execution_options(yield_per=_AT_ONCE)


@cache
def _steps() -> tuple[str, ...]:
    """Return the kinds of events that change a state."""
    return tuple(name for name, found in known().items() if found.state and not found.ledger)


def _history(own: ColumnElement[bool], about: ColumnElement[bool]) -> CompoundSelect[Any]:
    """Return some marks of a station, and what changed or corrects the state of some.

    The conditions choose the marks, and what is about them; the station is bound as ``of_station``.
    """
    station = bindparam("of_station", type_=ENTRY.c.station.type)

    # Only what corrects something, or was struck from the start, has to be read.
    def columns(mark: ColumnElement[int], read: ColumnElement[bool]) -> list[ColumnElement[Any]]:
        data = case((read, ENTRY.c.data), else_=null()).label("data")
        return [mark.label("mark"), *_ORDER, ENTRY.c.kind, data]

    events = select(*columns(ENTRY.c.about_seq, _CORRECTS)).where(
        ENTRY.c.about_station == station, about, or_(ENTRY.c.kind.in_(_steps()), _CORRECTS)
    )
    marks = select(*columns(ENTRY.c.seq, _STRUCK)).where(
        ENTRY.c.station == station, ENTRY.c.kind == "issued", own
    )
    return union_all(events, marks).order_by("mark")


def _of_marks(rows: Iterable[Row[Any]]) -> Iterator[tuple[int, list[Row[Any]]]]:
    for mark, some in groupby(rows, itemgetter(0)):
        yield mark, list(some)


def _told(rows: Iterable[Any]) -> History:
    history = History()
    for _, time, station, seq, name, data in rows:
        if name == "issued":
            history.issued = time
            # Marks that were found on arms, struck by others, are struck from the start.
            history.start = State.STRUCK if data is not None else history.start
        else:
            history.events.append(Happened(time, Ref(station, seq), name, corrects(data)))
    return history


def corrects(data: str | None) -> Ref | None:
    """Return the entry that an event corrects, from its JSON; None if it corrects none.

    What makes no sense corrects nothing: an audit names it.
    """
    try:
        said = None if data is None else json.loads(data)
    except (ValueError, RecursionError):
        return None
    named = said.get("corrects") if isinstance(said, dict) else None
    return Ref.found(named) if isinstance(named, str) else None
