"""A ledger made, a station added to it, and an older ledger brought to the version of today."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine

from markcode.errors import LedgerError
from markcode.ledger import backup, database, versions
from markcode.ledger.chain import Chain, head, hold
from markcode.ledger.ledger import Clock, written
from markcode.ledger.refs import check_station
from markcode.ledger.schema import LEDGER

__all__ = ["Founded", "found", "migrate"]


@dataclass(frozen=True)
class Founded:
    """What `found` did."""

    made: bool
    """Whether the ledger is new."""
    added: bool
    """Whether the station is."""
    version: str
    """The version that the ledger had before; that of today for a new one."""
    backup: Path | None
    """The copy that was made before an older ledger was changed."""


def found(
    place: str,
    clock: Clock,
    station: str | None,
    about: str = "",
    *,
    backup_to: Path | None = None,
) -> Founded:
    """Make a ledger, or add a station to the one that is there; of processes at once, one does it.

    An older ledger is brought to the version of today first, as `migrate` says. Without a station
    nothing else is done to a ledger, and none is made. Raises `LedgerError`.
    """
    if station is not None:
        check_station(station)
    file = database.sqlite_file(place)
    if station is None and file is not None and not file.exists():
        raise _no_station(place)
    with _engine(place) as engine:
        with database.reading(engine) as connection:
            is_new = not versions.is_ledger(connection)
            version = versions.HEAD if is_new else versions.version_of(connection)
        if is_new and station is None:
            raise _no_station(place)
        copy = None if is_new else migrate(engine, backup_to)
        if station is None:
            return Founded(False, False, version, copy)
        with database.writing(engine) as connection:
            hold(connection, "ledger")
            made = not versions.is_ledger(connection)
            if made:
                _make(connection, station)
            added = head(connection, station)[0] == 0
            if added:
                Chain(connection, station, written(clock())).append("station", {"about": about})
        return Founded(made, added, version, copy)


def _no_station(place: str) -> LedgerError:
    return LedgerError(
        f"{database.shown(place)}: there is no ledger; to make one, name the station that keeps it "
        "with --station or MARKCODE_STATION"
    )


def _make(connection: Connection, station: str) -> None:
    versions.migrate(connection)
    if connection.dialect.name == "sqlite":
        connection.execute(LEDGER.insert().values(station=station))


def migrate(engine: Engine, backup_to: Path | None = None) -> Path | None:
    """Bring an older ledger to the version of today, and return the copy that was made before.

    None where nothing was to do. The copy of a SQLite ledger stands beside it if nothing is said;
    for PostgreSQL it must be said. Raises `LedgerError`.
    """
    with database.reading(engine) as connection:
        if versions.version_of(connection) == versions.HEAD:
            return None
        if backup_to is None and engine.dialect.name != "sqlite":
            versions.check(connection)
    with database.writing(engine) as connection:
        hold(connection, "ledger")
        version = versions.version_of(connection)
        if version == versions.HEAD:
            return None
        copy = backup_to or _beside(engine)
        # Nobody writes now, and others can read.
        backup.copy_to(engine, copy)
        versions.migrate(connection)
        return copy


def _beside(engine: Engine) -> Path:
    """Return the first free name of a copy of a SQLite file."""
    file = database.sqlite_file(engine.url)
    assert file is not None
    start = f"{file.name}.before-{versions.HEAD}"
    names = itertools.chain([start], (f"{start}.{number}" for number in itertools.count(2)))
    return next(
        path for path in (file.with_name(f"{name}.db") for name in names) if not path.exists()
    )


@contextlib.contextmanager
def _engine(place: str) -> Iterator[Engine]:
    engine = database.engine_of(place, new=True)
    try:
        yield engine
    finally:
        engine.dispose()
