"""Series of numbers, and who was given which: blocks for stations, draws for jobs.

A station takes blocks of a series and draws the numbers of its jobs from them, so that it can work
off-line for days. A series that has an owner is granted by that station alone; of one without, each
station takes blocks itself. Numbers are given out in order and none is ever given back: one that
was drawn and not marked is accounted for, not issued again. A series is never changed.

The claims of blocks and draws are keyed by series and number, so that the end of what is taken is
found at once, however much that is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select

from markcode.errors import LedgerError
from markcode.ledger.chain import Chain, Entry, entry_of, hold
from markcode.ledger.claims import Claim, claim, holder, slot_number
from markcode.ledger.lookups import number_value
from markcode.ledger.plans import Series
from markcode.ledger.refs import Ref, check_station
from markcode.ledger.schema import CLAIM, ENTRY

__all__ = [
    "Range",
    "Series",
    "Taken",
    "Usage",
    "blocks",
    "define",
    "draw",
    "drawn",
    "drawn_for",
    "every_series",
    "next_free",
    "peek",
    "series_named",
    "take_block",
    "usage",
]

_SERIES, _BLOCK, _DRAWN = "series", "block", "drawn"
"""Kinds of entries, and the slots of what they claim."""
_AFTER_ALL = 10**20 - 1


class Range(NamedTuple):
    """Numbers that follow each other, both ends included."""

    first: int
    last: int

    @property
    def size(self) -> int:
        """How many they are."""
        return self.last - self.first + 1


class Taken(NamedTuple):
    """Numbers that one entry gives: a block to a station, or a draw to a job."""

    ref: Ref
    about: Ref | None
    """The series of a block, the job of a draw."""
    station: str
    numbers: Range

    @classmethod
    def of(cls, entry: Entry) -> Taken:
        """Return what the entry of a block or a draw gives."""
        said = entry.content
        station = said.get("station", entry.station)
        return cls(entry.ref, entry.about, station, Range(said["first"], said["last"]))


@dataclass
class Usage:
    """How many numbers of a series a station was granted, and drew."""

    granted: int = 0
    drawn: int = 0

    @property
    def left(self) -> int:
        """How many it can draw without another block."""
        return self.granted - self.drawn


def define(chain: Chain, series: Series) -> Ref:
    """Write a series down and return its entry; the one that is there, if it says the same.

    Raises `LedgerError` if the name is taken by another series.
    """
    connection, named = chain.connection, Claim(_SERIES, series.name)
    hold(connection, f"series {series.name}")
    taken = holder(connection, named)
    if taken is None:
        ref = chain.append(_SERIES, series.data)
        claim(connection, named, ref)
        return ref
    there = entry_of(connection, taken).content
    other = [
        f"{key} {there[key]} and not {value}"
        for key, value in series.data.items()
        if there[key] != value
    ]
    if other:
        raise LedgerError(
            f"series {series.name} is there already ({taken}), with {', '.join(other)}; a series "
            "is never changed: take another name"
        )
    return taken


def series_named(connection: Connection, name: str) -> Series:
    """Return a series. Raises `LedgerError` where there is none of that name."""
    return _found(connection, name)[1]


def every_series(connection: Connection) -> list[Series]:
    """Return all series, by name."""
    query = _claimed(_SERIES)
    return [Series.read(Entry.of(row).content) for row in connection.execute(query)]


def take_block(chain: Chain, name: str, size: int, station: str | None = None) -> Range:
    """Give a station, by default the own, the next numbers of a series that are in no block.

    Raises `LedgerError` where the series is another station's, or has not so many left.
    """
    station = chain.station if station is None else check_station(station)
    if size < 1:
        raise LedgerError(f"a block of {size} numbers was asked for: it holds 1 or more")
    ref, series = _found(chain.connection, name)
    if not _may_grant(series, chain.station):
        raise LedgerError(
            f"series {name} is {series.owner}'s, and {chain.station} cannot grant its numbers: "
            f"ask for `markcode ledger block {name} --size {size} --for {station}` there"
        )
    hold(chain.connection, f"series {name}")
    block = _next_block(chain.connection, series, size)
    data = {"series": name, **block._asdict(), "station": station}
    made = chain.append(_BLOCK, data, ref)
    claim(chain.connection, _key(_BLOCK, name, block.first), made)
    return block


def draw(chain: Chain, name: str, count: int, job: Ref) -> list[Range]:
    """Give a job the next numbers of the own station's blocks, and return them in order.

    Takes a block of what is missing, where the station may. Raises `LedgerError` where it may not,
    or the series has run out.
    """
    _, series = _found(chain.connection, name)
    given, missing = _from_blocks(chain.connection, chain.station, name, count)
    if missing:
        _refuse_missing(series, chain.station, count, missing)
        given.append(take_block(chain, name, missing))
    for numbers in given:
        made = chain.append(_DRAWN, {"series": name, **numbers._asdict()}, job)
        claim(chain.connection, _key(_DRAWN, name, numbers.first), made)
    return given


def peek(connection: Connection, station: str, series: str | Series, count: int) -> list[Range]:
    """Return what `draw` would give now, and write nothing. Raises `LedgerError` as it does.

    A series that is not defined yet is given itself.
    """
    series = series_named(connection, series) if isinstance(series, str) else series
    given, missing = _from_blocks(connection, station, series.name, count)
    if missing:
        _refuse_missing(series, station, count, missing)
        given.append(_next_block(connection, series, missing))
    return given


def drawn_for(connection: Connection, job: Ref) -> list[Range]:
    """Return the numbers that a job has drawn, in order."""
    about = (ENTRY.c.about_station == job.station) & (ENTRY.c.about_seq == job.seq)
    query = select(ENTRY).where(about, ENTRY.c.kind == _DRAWN).order_by(*ENTRY.c[:2])
    return [Taken.of(Entry.of(row)).numbers for row in connection.execute(query)]


def blocks(connection: Connection, name: str) -> list[Taken]:
    """Return the blocks of a series, in the order of their numbers."""
    return _taken(connection, _of_series(_BLOCK, name))


def drawn(connection: Connection, name: str) -> list[Taken]:
    """Return the draws of a series, in the order of their numbers."""
    return _taken(connection, _of_series(_DRAWN, name))


def usage(connection: Connection, name: str) -> dict[str, Usage]:
    """Return what each station was granted of a series and has drawn, by its name."""
    found: dict[str, Usage] = {}
    for block in blocks(connection, name):
        found.setdefault(block.station, Usage()).granted += block.numbers.size
    for one in drawn(connection, name):
        found.setdefault(one.station, Usage()).drawn += one.numbers.size
    return dict(sorted(found.items()))


def next_free(connection: Connection, series: Series) -> int:
    """Return the first number after all blocks."""
    block = _last(connection, _of_series(_BLOCK, series.name))
    return series.first if block is None else block.numbers.last + 1


def _next_block(connection: Connection, series: Series, size: int) -> Range:
    first = next_free(connection, series)
    left = series.last - first + 1
    if size > left:
        raise LedgerError(
            f"series {series.name} has run out: {size} more numbers are needed, and of "
            f"{series.first} to {series.last} only {left} are in no block; define another series"
        )
    return Range(first, first + size - 1)


def _from_blocks(
    connection: Connection, station: str, name: str, count: int
) -> tuple[list[Range], int]:
    """Return the next numbers of a station's blocks, and how many are missing to ``count``."""
    if count < 1:
        raise LedgerError(f"{count} numbers of series {name} were asked for: take 1 or more")
    begin, block = _undrawn(connection, station, name)
    given: list[Range] = []
    for _, _, granted_to, numbers in _taken(connection, _of_series(_BLOCK, name, since=block)):
        first = max(numbers.first, begin)
        if granted_to == station and count and first <= numbers.last:
            given.append(Range(first, min(numbers.last, first + count - 1)))
            count -= given[-1].size
    return given, count


def _undrawn(connection: Connection, station: str, name: str) -> tuple[int, int]:
    """Return the number after a station's last draw, and where the block begins that it is in."""
    own = _of_series(_DRAWN, name).where(CLAIM.c.station == station)
    draw = _last(connection, own)
    if draw is None:
        return 0, 0
    block = _last(connection, _of_series(_BLOCK, name, until=draw.numbers.first))
    return draw.numbers.last + 1, 0 if block is None else block.numbers.first


def _refuse_missing(series: Series, station: str, count: int, missing: int) -> None:
    """Raise `LedgerError` where a station may not take the block that it needs."""
    if not _may_grant(series, station):
        raise LedgerError(
            f"series {series.name}: {count} numbers are needed, and {count - missing} are left to "
            f"{station}; {series.owner} can grant more: `markcode ledger block {series.name} "
            f"--size {missing} --for {station}` there"
        )


def _may_grant(series: Series, station: str) -> bool:
    return series.owner is None or series.owner == station


def _found(connection: Connection, name: str) -> tuple[Ref, Series]:
    ref = holder(connection, Claim(_SERIES, name))
    if ref is None:
        there = ", ".join(series.name for series in every_series(connection)) or "none yet"
        raise LedgerError(
            f"no series is called {name!r}; there are: {there}; define one with `markcode ledger "
            "series NAME --pattern PATTERN`"
        )
    return ref, Series.read(entry_of(connection, ref).content)


def _key(slot: str, name: str, number: int) -> Claim:
    return Claim(slot, number_value(name, number))


def _of_series(slot: str, name: str, since: int = 0, until: int = _AFTER_ALL) -> Select[Any]:
    """Return the query for blocks or draws that begin between two numbers, in their order."""
    begin, end = (_key(slot, name, number).value for number in (since, until))
    return _claimed(slot).where(CLAIM.c.value >= begin, CLAIM.c.value <= end)


def _claimed(slot: str) -> Select[Any]:
    """Return the query for the entries that have the claims of a slot, by their values."""
    on = (ENTRY.c.station == CLAIM.c.station) & (ENTRY.c.seq == CLAIM.c.seq)
    query = select(ENTRY).join_from(CLAIM, ENTRY, on)
    return query.where(CLAIM.c.slot == slot_number(slot)).order_by(CLAIM.c.value)


def _taken(connection: Connection, query: Select[Any]) -> list[Taken]:
    return [Taken.of(Entry.of(row)) for row in connection.execute(query)]


def _last(connection: Connection, query: Select[Any]) -> Taken | None:
    backwards = query.order_by(None).order_by(CLAIM.c.value.desc()).limit(1)
    return next(iter(_taken(connection, backwards)), None)
