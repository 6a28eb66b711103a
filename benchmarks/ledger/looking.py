"""Marks looked for among millions, as `markcode ledger find` does, with the plans."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from sqlalchemy import text

from benchmarks.ledger import marks
from benchmarks.ledger.places import DATABASES, new_ledger
from markcode.jobs.registration import Order
from markcode.ledger import Ledger
from markcode.ledger.finding import find, plan
from markcode.ledger.places import sqlite_file
from markcode.ledger.registering import JobRegister

__all__ = ["Asked", "Filled", "look"]

_AT_ONCE = 100_000
_TIMES = 200
_EXACT, _BEGINNING = 0.001, 0.05
"""Seconds that a look-up may take, by the median."""


@dataclass(frozen=True)
class Asked:
    """One way to look, and how long it took."""

    name: str
    example: str
    found: int
    """Marks that each gave."""
    seconds: float
    """Median."""
    slow: float
    """All but one in twenty took no longer."""
    bound: float
    plan: Sequence[str]

    @property
    def met(self) -> bool:
        """Whether the median is within the bound."""
        return self.seconds < self.bound


@dataclass(frozen=True)
class Filled:
    """A ledger with many marks."""

    database: str
    arms: int
    seconds: float
    """How long it took to issue them."""
    bytes: int
    """On the disk, with all indexes."""
    asked: Sequence[Asked]


def look(arms: int) -> Iterator[Filled]:
    """Fill a ledger in each database, and look into it."""
    for database in DATABASES:
        with new_ledger(database) as ledger:
            seconds = _fill(ledger, arms)
            if database == "PostgreSQL":
                with ledger.engine.begin() as connection:
                    connection.exec_driver_sql("ANALYZE")
            yield Filled(database, arms, seconds, _bytes(ledger), list(_asked(ledger, arms)))


def _fill(ledger: Ledger, arms: int) -> float:
    """Issue marks with running serials; return the seconds that it took, their making left out."""
    register = JobRegister(ledger, marks.profile(), marks.KIND)
    register.begin(Order("fill", marks.profile().name, marks.KIND, None, "benchmark", {}))
    seconds = 0.0
    for first in range(0, arms, _AT_ONCE):
        count = min(_AT_ONCE, arms - first)
        some = marks.some(first, marks.running_serials(first, count))
        start = time.perf_counter()
        if not register.enter([some]):
            raise ValueError("marks were refused")
        seconds += time.perf_counter() - start
    return seconds


def _bytes(ledger: Ledger) -> int:
    file = sqlite_file(ledger.place)
    if file is not None:
        with ledger.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return file.stat().st_size
    with ledger.reading() as connection:
        size = text("SELECT pg_database_size(current_database())")
        return int(connection.execute(size).scalar_one())


def _asked(ledger: Ledger, arms: int) -> Iterator[Asked]:
    # Spread over all arms, in no order, so that few of their pages are at hand.
    wanted = [(at * 7_919_993 + 17) % arms for at in range(_TIMES)]
    exact = [str(marks.some(arm, marks.running_serials(arm, 1)).lines[0][0]) for arm in wanted]
    # A mark without its last digits, calibre and check: some tens of arms.
    begun = [mark[: -len("00 09 5")] + "*" for mark in exact]
    for name, queries, bound in (
        ("exact mark", exact, _EXACT),
        ("fixed beginning", begun, _BEGINNING),
    ):
        times, counts = [], []
        with ledger.reading() as connection:
            for query in queries:
                start = time.perf_counter()
                counts.append(len(list(find(connection, query))))
                times.append(time.perf_counter() - start)
        if min(counts) < 1 or (name == "exact mark" and max(counts) > 1):
            raise ValueError(f"{name}: {min(counts)} to {max(counts)} marks were found")
        with ledger.reading() as connection:
            told = plan(connection, queries[0])
        slow = sorted(times)[int(len(times) * 0.95)]
        yield Asked(name, queries[0], max(counts), median(times), slow, bound, told)
