"""Marks issued in bulk, beside the plain insert of the very same rows without a hash.

Both go into tables that grow round by round, each in a database of its own. The plain insert gets
what ours has just written, read back and in the same order, hashes and JSON ready: it is only the
cost of the database.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Table, func, select

from benchmarks.ledger import marks
from benchmarks.ledger.places import DATABASES, STATION, new_ledger
from benchmarks.work import Contest, Peer, Ran, Target, Work
from markcode.jobs.registration import Order
from markcode.ledger import Ledger, bulk, database
from markcode.ledger.registering import JobRegister
from markcode.ledger.schema import CLAIM, ENTRY, LOOKUPS

__all__ = ["works"]

_PEER = "plain insert"
_RATE, _SHARE = 50_000, 0.7
_ROWS, _QUICK_ROWS = 100_000, 20_000
_AT_ONCE = 25_000
"""Marks of one transaction of ours, as a batch has them."""
_SERIALS = {"running": marks.running_serials, "random": marks.random_serials}
_TABLES = (ENTRY, *LOOKUPS)

_Columns = Mapping[str, Sequence[Any]]


def works(quick: bool) -> Iterator[Work]:
    """Give a work for each database and kind of serials."""
    rows = _QUICK_ROWS if quick else _ROWS
    for place, (serials, make) in itertools.product(DATABASES, _SERIALS.items()):
        # What the issue asks for is said of makers' running serials.
        targets = (Target("times", _SHARE, _PEER), Target("rate", _RATE))
        yield Work(
            name=f"{place} {serials}",
            what=f"{rows:,} marks of {len(marks.MAKERS)} makers with {serials} serials "
            f"registered to a job in {place}, {_AT_ONCE:,} a transaction: JSON, hash chain, "
            "look-ups, unique keys and commit. Beside it, the rows of all tables that this wrote, "
            "ready in memory, inserted in as many transactions into the same tables with the same "
            "indexes (COPY in PostgreSQL, one prepared statement in SQLite).",
            rows=rows,
            make=partial(_contest, place, make, rows),
            targets=targets if serials == "running" else (),
        )


def _contest(place: str, serials: Callable[[int, int], list[str]], rows: int) -> Contest:
    ours, plain = new_ledger(place), new_ledger(place)
    first = itertools.count(0, rows)
    written: list[dict[Table, _Columns]] = []

    def issue() -> Ran:
        begin = next(first)
        chunks = [
            marks.some(begin + at, some)
            for at, some in zip(
                range(0, rows, _AT_ONCE), _chunks(serials(begin, rows)), strict=True
            )
        ]
        with ours.writing() as chain:
            after = chain.next
        start = time.perf_counter()
        register = JobRegister(ours, marks.profile(), marks.KIND)
        register.begin(_order(begin))
        done = [register.enter([chunk]) for chunk in chunks]
        seconds = time.perf_counter() - start
        if not all(done):
            raise ValueError("marks were refused")
        written[:] = _written(ours, after, rows)
        return Ran(seconds)

    def insert() -> Ran:
        start = time.perf_counter()
        for tables in written:
            with database.writing(plain.engine) as connection:
                for table, columns in tables.items():
                    bulk.insert(connection, table, columns)
        return Ran(time.perf_counter() - start)

    def notes() -> Iterator[str]:
        counts = [_counts(ledger) for ledger in (ours, plain)]
        if counts[0] != counts[1]:
            raise ValueError(f"not the same rows: {counts[0]} and {counts[1]}")
        told = ", ".join(f"{count:,} {name}" for name, count in counts[0].items())
        yield f"Rows in each of the two at the end: {told}."
        for ledger in (ours, plain):
            ledger.close()

    return Contest(issue, {_PEER: Peer(insert, "the same driver")}, notes)


def _order(number: int) -> Order:
    fmt = marks.profile()
    return Order(f"{number:064x}", fmt.name, marks.KIND, None, "benchmark", {})


def _chunks(texts: list[str]) -> list[list[str]]:
    return [texts[at : at + _AT_ONCE] for at in range(0, len(texts), _AT_ONCE)]


def _written(ledger: Ledger, after: int, rows: int) -> list[dict[Table, _Columns]]:
    """Return the rows of all tables from an entry on, as columns, a transaction each."""
    with ledger.reading() as connection:
        last = connection.execute(select(func.max(ENTRY.c.seq))).scalar_one()
        registered = select(ENTRY.c.seq).where(ENTRY.c.kind == "registered", ENTRY.c.seq >= after)
        ends = list(connection.execute(registered.order_by(ENTRY.c.seq)).scalars())
        if len(ends) != -(-rows // _AT_ONCE) or ends[-1] != last:
            raise ValueError(f"{len(ends)} transactions were written, to entry {ends[-1:]}")
        found = []
        for begin, end in zip([after, *(end + 1 for end in ends)], ends, strict=False):
            found.append({table: _columns(connection, table, begin, end) for table in _TABLES})
        return found


def _columns(connection: Connection, table: Table, begin: int, end: int) -> _Columns:
    """Return rows in the order in which they were inserted."""
    order = [table.c.slot, table.c.seq] if table is CLAIM else [table.c.seq]
    query = select(table).where(table.c.station == STATION, table.c.seq.between(begin, end))
    rows = connection.execute(query.order_by(*order)).all()
    return dict(zip(table.columns.keys(), map(list, zip(*rows, strict=True)), strict=True))


def _counts(ledger: Ledger) -> dict[str, int]:
    with ledger.reading() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in _TABLES
        }
