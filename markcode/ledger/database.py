"""Where a ledger is kept: one SQLite file, or a PostgreSQL database that many stations share.

All use of a database goes through `reading` and `writing`. Whatever goes wrong in it leaves them as
`LedgerError`, or `LedgerUnreachable` where trying again may help, and nothing of the block is kept.
One fault passes as it is, for who writes can mend it: ``sqlalchemy.exc.IntegrityError``, a row that
is there already, on both databases.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

from markcode.errors import MissingExtra
from markcode.ledger import faults
from markcode.ledger.places import shown, sqlite_file, sqlite_uri, url_of

__all__ = [
    "BUSY_SECONDS",
    "engine_of",
    "reading",
    "shown",
    "sqlite_file",
    "translated",
    "writing",
]

BUSY_SECONDS = 60.0
"""How long one waits for another."""
_CACHE_KIB = 65_536
_WRITES = "markcode_writes"
_PAUSE = 0.01


def engine_of(place: str, busy: float = BUSY_SECONDS, *, new: bool = False) -> Engine:
    """Return the engine of a ledger, given as a URL or as the path of a SQLite file.

    ``busy`` is how long one waits for another, in seconds. A SQLite file is made only if it is to
    be ``new``. Raises `LedgerError` for what is neither URL nor path.
    """
    url = url_of(place)
    file = sqlite_file(url)
    if file is not None:
        engine = create_engine(url, creator=_opener(file, busy, new))
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        engine = create_engine(
            url,
            isolation_level="READ COMMITTED",
            pool_pre_ping=True,
            connect_args=_postgres_settings(url),
        )
    except ModuleNotFoundError as fault:
        raise MissingExtra("psycopg", "ledger") from fault
    event.listen(engine, "connect", _waiting_at_most(busy))
    return engine


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees one state of the ledger throughout."""
    level = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with (
        translated(engine.url),
        engine.connect().execution_options(**level) as connection,
        connection.begin(),
    ):
        yield connection


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection for one transaction, which is on the disk when the block is left."""
    committing = False
    try:
        with engine.connect().execution_options(**{_WRITES: True}) as connection:
            if engine.dialect.name == "sqlite":
                _use_wal(connection)
            with connection.begin():
                yield connection
                committing = True
    except Exception as fault:
        _raise_mended(engine.url, fault, committing=committing)


@contextlib.contextmanager
def translated(url: URL) -> Iterator[None]:
    """Raise what the database at ``url`` says against the block as an error of the ledger."""
    try:
        yield
    except Exception as fault:
        _raise_mended(url, fault)


def _raise_mended(url: URL, fault: Exception, *, committing: bool = False) -> None:
    told = faults.mended(url, fault, committing=committing)
    if told is None or told is fault:
        raise fault
    raise told from fault


def _opener(file: Path, busy: float, new: bool) -> Callable[[], sqlite3.Connection]:
    """Return what opens a SQLite file, and makes it only if it is ``new``."""

    def opened(**options: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            sqlite_uri(file, **options),
            uri=True,
            timeout=busy,
            check_same_thread=False,
            # Transactions begin where we say (`_begin_sqlite`), not where the driver guesses.
            isolation_level=None,
        )
        try:
            # FULL: what was committed is on the disk, whatever happens to the machine.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            # With it, INSERT OR REPLACE does not get past the triggers that forbid to delete.
            connection.execute("PRAGMA recursive_triggers = ON")
            connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def connect() -> sqlite3.Connection:
        try:
            return opened(mode="rwc" if new else "rw")
        except sqlite3.OperationalError as fault:
            unwritable = fault.sqlite_errorname.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY"))
            if new or not unwritable or not _is_at_rest(file):
                raise
            # On a medium that can only be read nobody can leave word that he is reading; and
            # nobody writes.
            return opened(mode="ro", immutable="1")

    return connect


def _is_at_rest(file: Path) -> bool:
    """Whether all of a ledger stands in its file: no writer is there, nor was one killed."""
    beside = file.with_name(f"{file.name}-wal")
    return file.is_file() and not (beside.exists() and beside.stat().st_size)


def _use_wal(connection: Connection) -> None:
    """Let readers and one writer not wait for each other, from now on, in this file."""
    raw: Any = connection.connection.driver_connection
    if raw.execute("PRAGMA journal_mode").fetchone() == ("wal",):
        return
    (busy,) = raw.execute("PRAGMA busy_timeout").fetchone()
    end = time.monotonic() + busy / 1000
    while True:
        try:
            raw.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as fault:
            # SQLite itself does not wait here.
            if not fault.sqlite_errorname.startswith("SQLITE_BUSY") or time.monotonic() > end:
                raise
            time.sleep(_PAUSE)


def _begin_sqlite(connection: Connection) -> None:
    # A writer that began as a reader could not go on if another had written meanwhile.
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgres_settings(url: URL) -> dict[str, Any]:
    """Return settings by which a server that is gone is noticed; the user's own go before."""
    settings: dict[str, Any] = {
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
    }
    if "PGCONNECT_TIMEOUT" not in os.environ:
        settings["connect_timeout"] = 10
    return {name: value for name, value in settings.items() if name not in url.query}


def _waiting_at_most(busy: float) -> Callable[[Any, Any], None]:
    def prepare(connection: Any, _record: Any) -> None:
        connection.execute(
            "SELECT set_config('lock_timeout', %s, false)", (str(round(busy * 1000)),)
        )
        connection.commit()

    return prepare
