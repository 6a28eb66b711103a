"""What a ledger holds, in numbers.

Nearly all entries are marks, and no query here reads these: `registered` says how many of them a
job has, their state follows from the events about them, and a chain has as many entries as the
number of its last. All figures are exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Connection,
    Subquery,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    type_coerce,
)

from markcode.ledger import database
from markcode.ledger.chain import Entry
from markcode.ledger.conflicts import conflicts
from markcode.ledger.kinds import State, known
from markcode.ledger.ledger import Ledger, stations
from markcode.ledger.refs import Ref
from markcode.ledger.schema import ENTRY, of_kind
from markcode.ledger.series import Series, every_series, usage
from markcode.ledger.states import corrects, states

__all__ = ["ChainLength", "OpenJob", "SeriesUse", "Statistics", "statistics"]

_REGISTERED, _JOB, _MARK, _LATER = (
    ENTRY.alias(name) for name in ("registered", "job", "mark", "later")
)
_STEPS = {name: found.state for name, found in known().items() if found.state and name != "issued"}
"""What each kind of event makes of a mark."""
_EFFECTS = {state.value[0]: state for state in State}
_CORRECTS = ENTRY.c.data.contains('"corrects":')
_DIGITS = 10**18
"""Added to the number of an entry, it has 19 digits: then texts stand in the order of numbers."""


@dataclass(frozen=True)
class ChainLength:
    """The entries of one station."""

    station: str
    entries: int
    first: str
    """When the first was written: UTC, ISO 8601."""
    last: str


@dataclass(frozen=True)
class OpenJob:
    """A job whose folder is not known to stand complete."""

    job: str
    name: str | None
    format: str
    time: str


@dataclass(frozen=True)
class SeriesUse:
    """How much of a series of numbers is used."""

    series: str
    numbers: int
    """All that it holds."""
    granted: int
    """In blocks of stations."""
    used: int
    """Drawn for jobs."""
    left: int
    """Not drawn yet."""


@dataclass(frozen=True)
class Statistics:
    """The figures of a ledger."""

    arms: int
    marks: int
    formats: dict[str, int]
    """Marks by format; so the next two."""
    stations: dict[str, int]
    years: dict[str, int]
    """By the year in which they were issued."""
    states: dict[str, int]
    series: list[SeriesUse]
    open_jobs: list[OpenJob]
    conflicts: dict[str, int]
    """Those that are open, and those resolved."""
    chains: list[ChainLength]
    bytes: int
    """What the database takes on the disk."""

    def to_dict(self) -> dict[str, Any]:
        """Return them for JSON."""
        return asdict(self)


def statistics(ledger: Ledger) -> Statistics:
    """Return the figures of a ledger, all of one moment."""
    with ledger.reading() as connection:
        marks, formats, by_station, years = _marks(connection)
        found, further = _states(connection, marks)
        return Statistics(
            arms=marks - further - _joined(connection),
            marks=marks,
            formats=formats,
            stations=by_station,
            years=years,
            states=found,
            series=[_use(connection, one) for one in every_series(connection)],
            open_jobs=_open_jobs(connection),
            conflicts=_conflicts(connection),
            chains=list(_chains(connection)),
            bytes=_bytes(connection, ledger.place),
        )


def _marks(
    connection: Connection,
) -> tuple[int, dict[str, int], dict[str, int], dict[str, int]]:
    """Return how many marks there are, and how many of each format, station and year."""
    said = _Json(connection)
    year = func.substr(_REGISTERED.c.time, 1, 4)
    format_name = said.text(_JOB, "format")
    query = (
        select(
            format_name, _REGISTERED.c.station, year, func.sum(said.number(_REGISTERED, "marks"))
        )
        .join_from(_REGISTERED, _JOB, _is_about(_REGISTERED, _JOB))
        .where(of_kind("registered", _REGISTERED))
        .group_by(format_name, _REGISTERED.c.station, year)
    )
    formats: Counter[str] = Counter()
    by_station: Counter[str] = Counter()
    years: Counter[str] = Counter()
    for name, station, when, marks in connection.execute(query):
        formats[name] += int(marks)
        by_station[station] += int(marks)
        years[when] += int(marks)
    return formats.total(), _sorted(formats), _sorted(by_station), _sorted(years)


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def _states(connection: Connection, marks: int) -> tuple[dict[str, int], int]:
    """Return how many marks are in each state, and how many are further marks of an arm."""
    counts: Counter[State] = Counter()
    further = 0
    each = _by_mark()
    letter = func.substr(each.c.last, func.length(each.c.last))
    query = select(each.c.odd, each.c.void, letter, func.count(), func.sum(each.c.further))
    for odd, void, effect, of_marks, of_arm in connection.execute(
        query.group_by(each.c.odd, each.c.void, letter)
    ):
        further += int(of_arm)
        if not odd and effect is not None:
            counts[State.VOID if void else _EFFECTS[effect]] += of_marks
    counts.update(states(connection, _corrected(connection)).values())
    counts[State.STRUCK] += _found_struck(connection)
    counts[State.ISSUED] = marks - sum(n for state, n in counts.items() if state != State.ISSUED)
    return {state.value: counts[state] for state in State}, further


def _by_mark() -> Subquery:
    """Return the query for every mark that something was written about.

    What came last of that and changed the state ends with a letter of `_EFFECTS`. Beside it:
    whether it was made void, which is final; whether an event takes back another, so that the
    state is not as simple as that; and how many marks of the same arm followed.
    """
    letters = {name: state.value[0] for name, state in _STEPS.items()}
    separator = literal("\x1f")
    number = cast(ENTRY.c.seq + _DIGITS, Text)
    order = ENTRY.c.time + separator + ENTRY.c.station + separator + number
    about = (ENTRY.c.about_station, ENTRY.c.about_seq)
    return (
        select(
            *about,
            func.max(order + case(letters, value=ENTRY.c.kind)).label("last"),
            func.max(case((ENTRY.c.kind == "void", 1), else_=0)).label("void"),
            func.max(case((_CORRECTS, 1), else_=0)).label("odd"),
            func.sum(case((ENTRY.c.kind == "issued", 1), else_=0)).label("further"),
        )
        .where(
            ENTRY.c.about_seq.is_not(None), or_(ENTRY.c.kind.in_(["issued", *_STEPS]), _CORRECTS)
        )
        .group_by(*about)
        .subquery()
    )


def _corrected(connection: Connection) -> list[Ref]:
    """Return the marks about which one event takes back another."""
    about = (ENTRY.c.about_station, ENTRY.c.about_seq)
    query = select(*about).where(
        ENTRY.c.kind != literal_column("'issued'"), _CORRECTS, about[1].is_not(None)
    )
    return [Ref(*row) for row in connection.execute(query.distinct())]


def _found_struck(connection: Connection) -> int:
    """Return how many marks were struck when they were recorded, and nothing changed since."""
    said = _Json(connection)
    first, last = (said.number(_REGISTERED, key) for key in ("first", "last"))
    on = (_MARK.c.station == _REGISTERED.c.station) & (_MARK.c.seq == first)
    ranges = (
        select(_REGISTERED.c.station, first, last)
        .join_from(_REGISTERED, _MARK, on)
        .where(of_kind("registered", _REGISTERED), _MARK.c.data.contains('"struck":true'))
    )
    total = 0
    for station, begin, end in connection.execute(ranges).all():
        changed = select(func.count(ENTRY.c.about_seq.distinct())).where(
            ENTRY.c.about_station == station,
            ENTRY.c.about_seq.between(begin, end),
            or_(ENTRY.c.kind.in_(_STEPS), _CORRECTS),
        )
        total += end - begin + 1 - connection.execute(changed).scalar_one()
    return total


def _use(connection: Connection, series: Series) -> SeriesUse:
    stations = usage(connection, series.name).values()
    used = sum(one.drawn for one in stations)
    numbers = series.last - series.first + 1
    granted = sum(one.granted for one in stations)
    return SeriesUse(series.name, numbers, granted, used, numbers - used)


def _open_jobs(connection: Connection) -> list[OpenJob]:
    said = _Json(connection)
    written = select(_LATER.c.seq).where(_is_about(_LATER, _JOB), _LATER.c.kind == "written")
    query = (
        select(
            _JOB.c.station,
            _JOB.c.seq,
            said.text(_JOB, "order"),
            said.text(_JOB, "format"),
            _JOB.c.time,
        )
        .where(of_kind("job", _JOB), ~written.exists())
        .order_by(_JOB.c.time, _JOB.c.station, _JOB.c.seq)
    )
    return [
        OpenJob(str(Ref(station, seq)), *rest) for station, seq, *rest in connection.execute(query)
    ]


def _conflicts(connection: Connection) -> dict[str, int]:
    return {
        name: len(conflicts(connection, decided=decided))
        for name, decided in (("open", False), ("resolved", True))
    }


def _chains(connection: Connection) -> Iterator[ChainLength]:
    for station in stations(connection):
        own = select(ENTRY.c.seq, ENTRY.c.time).where(ENTRY.c.station == station)
        first, last = (
            connection.execute(own.order_by(order).limit(1)).one()
            for order in (ENTRY.c.seq, ENTRY.c.seq.desc())
        )
        yield ChainLength(station, last.seq, first.time, last.time)


def _joined(connection: Connection) -> int:
    """Return by how many there are fewer arms, since marks turned out to be on the same."""
    corrected = {str(ref) for ref in _taken_back(connection)}
    same: dict[Ref, Ref] = {}

    def named(ref: Ref) -> Ref:
        while ref in same:
            ref = same[ref]
        return ref

    for entry in map(Entry.of, connection.execute(select(ENTRY).where(of_kind("same-arm")))):
        other = Ref.found(entry.content.get("arm", ""))
        if entry.about is None or other is None or str(entry.ref) in corrected:
            continue
        one, other = (named(_first_mark(connection, ref)) for ref in (entry.about, other))
        if one != other:
            same[one] = other
    return len(same)


def _taken_back(connection: Connection) -> Iterator[Ref]:
    """Yield the events of marks of which one is said to be on another's arm that do not count."""
    joined = ENTRY.alias("joined")
    query = (
        select(ENTRY.c.data)
        .join_from(
            joined,
            ENTRY,
            and_(
                ENTRY.c.about_station == joined.c.about_station,
                ENTRY.c.about_seq == joined.c.about_seq,
            ),
        )
        .where(of_kind("same-arm", joined), _CORRECTS)
    )
    yield from filter(None, map(corrects, connection.execute(query).scalars()))


def _first_mark(connection: Connection, mark: Ref) -> Ref:
    """Return the first mark of an arm, by which the arm is named."""
    query = select(ENTRY.c.about_station, ENTRY.c.about_seq).where(
        ENTRY.c.station == mark.station, ENTRY.c.seq == mark.seq, ENTRY.c.about_seq.is_not(None)
    )
    row = connection.execute(query).first()
    return mark if row is None else Ref(*row)


def _bytes(connection: Connection, place: str) -> int:
    file = database.sqlite_file(place)
    if file is None:
        size = func.pg_database_size(func.current_database())
        return int(connection.execute(select(size)).scalar_one())
    parts = (file, file.with_name(file.name + "-wal"))
    return sum(part.stat().st_size for part in parts if part.exists())


def _is_about(one: Any, other: Any) -> ColumnElement[bool]:
    return and_(one.c.about_station == other.c.station, one.c.about_seq == other.c.seq)


class _Json:
    """Values of the data of entries, in SQL."""

    def __init__(self, connection: Connection) -> None:
        # SQLite reads the text as JSON where it is asked to; a cast would make a number of it.
        self._as = type_coerce if connection.dialect.name == "sqlite" else cast

    def text(self, table: Any, key: str) -> ColumnElement[str]:
        value: ColumnElement[str] = self._as(table.c.data, JSON())[key].as_string()
        return value

    def number(self, table: Any, key: str) -> ColumnElement[int]:
        return cast(self.text(table, key), BigInteger)
