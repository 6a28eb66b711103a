"""Empty ledgers to time: SQLite files, and databases of a PostgreSQL server of our own."""

from __future__ import annotations

import atexit
import datetime
import itertools
from contextlib import ExitStack
from functools import cache

from benchmarks import scratch
from ledgers import new_database, postgres
from markcode.ledger import Ledger

__all__ = ["DATABASES", "STATION", "clock", "new_ledger"]

DATABASES = ("SQLite", "PostgreSQL")
STATION = "MVD-1"
_numbers = itertools.count(1)


def clock() -> datetime.datetime:
    """Return the time now."""
    return datetime.datetime.now(datetime.UTC)


def new_ledger(database: str) -> Ledger:
    """Return a new ledger in one of `DATABASES`, open for `STATION`."""
    if database == "SQLite":
        place = str(scratch.folder() / f"ledger-{next(_numbers)}.db")
    else:
        place = new_database(_server())
    return Ledger.create(place, clock, STATION)


@cache
def _server() -> str:
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(postgres())
