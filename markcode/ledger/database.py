"""Where a ledger is kept: one SQLite file, or a PostgreSQL database that many stations share."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from markcode.errors import LedgerError, MissingExtra

__all__ = ["engine_of", "reading", "shown", "sqlite_file", "writing"]

_BUSY_SECONDS = 60
"""How long a writer waits for another."""
_CACHE_KIB = 65_536
_WRITES = "markcode_writes"


def engine_of(place: str) -> Engine:
    """Return the engine of a ledger, given as a URL or as the path of a SQLite file.

    Raises `LedgerError` for what is neither.
    """
    url = _url(place)
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        return create_engine(url, isolation_level="READ COMMITTED", pool_pre_ping=True)
    except ModuleNotFoundError as fault:
        raise MissingExtra("psycopg", "ledger") from fault


def shown(place: str) -> str:
    """Return the place without its password, for messages."""
    return _url(place).render_as_string(hide_password=True)


def sqlite_file(place: str) -> Path | None:
    """Return the file of a ledger that is kept in SQLite."""
    url = _url(place)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def _url(place: str) -> URL:
    if "://" not in place:
        return URL.create("sqlite", database=place)
    try:
        url = make_url(place)
        backend = url.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError) as fault:
        raise LedgerError(f"{place!r} is no URL of a ledger") from fault
    if backend not in ("sqlite", "postgresql"):
        raise LedgerError(
            f"a ledger cannot be kept in {backend}: take sqlite:///FILE or "
            "postgresql+psycopg://USER@HOST/DATABASE"
        )
    if backend == "sqlite" and url.database in (None, "", ":memory:"):
        raise LedgerError("a ledger in memory would be lost: name a file, as sqlite:///markcode.db")
    return url.set(drivername="postgresql+psycopg") if backend == "postgresql" else url


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # Transactions begin where we say (below), not where the driver guesses.
    connection.isolation_level = None
    cursor = connection.cursor()
    # WAL: readers and one writer do not wait for each other. FULL: what was committed is on the
    # disk, whatever happens to the machine.
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer that began as a reader could not go on if another had written meanwhile.
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees one state of the ledger throughout."""
    level = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with engine.connect().execution_options(**level) as connection, connection.begin():
        yield connection


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection for one transaction, which is on the disk when the block is left."""
    with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
        yield connection
