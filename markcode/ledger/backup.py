"""A ledger copied whole, while stations write: to a SQLite file, and from it to a new ledger.

A copy is a ledger like the other, with the same entries under the same hashes.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, select

from markcode.errors import LedgerError
from markcode.ledger import bulk, chain, database, versions
from markcode.ledger.ledger import Ledger, stations
from markcode.ledger.places import sqlite_file, url_of

__all__ = ["backup", "copy_to", "restore"]

_ROWS = 20_000
"""Rows that are copied in one piece."""


def backup(ledger: Ledger, out: Path) -> dict[str, int]:
    """Copy a ledger to a new SQLite file, as it stands at one instant.

    Stations may write meanwhile. The file is there whole or not at all. Returns the number of the
    last entry of each station. Raises `LedgerError`, also where ``out`` exists.
    """
    return copy_to(ledger.engine, out)


def restore(source: Path, place: str) -> dict[str, int]:
    """Make a ledger at a new place from a backup, or from any SQLite ledger.

    Returns the number of the last entry of each station. Raises `LedgerError`, also where a ledger
    or another file is there already; then nothing was changed.
    """
    file = sqlite_file(place)
    with _engine(str(source)) as engine:
        if file is not None:
            return copy_to(engine, file)
        with database.reading(engine) as old, _engine(place) as server:
            with database.writing(server) as new:
                chain.hold(new, "ledger")
                if versions.is_ledger(new):
                    raise LedgerError(
                        f"{database.shown(place)}: there is a ledger already; restore into an "
                        "empty database"
                    )
                versions.migrate(new, versions.version_of(old))
                _copy_rows(old, new)
                versions.migrate(new)
            return _ends(old)


def copy_to(engine: Engine, out: Path) -> dict[str, int]:
    """Do what `backup` does, from an engine; the ledger may be of an older version."""
    with database.reading(engine) as connection:
        version = versions.version_of(connection)
        with _placed(out) as part:
            if engine.dialect.name == "sqlite":
                _copy_file(connection, part, out)
            else:
                _copy_server(connection, version, part)
        return _ends(connection)


def _copy_file(connection: Connection, part: Path, out: Path) -> None:
    source = connection.connection.driver_connection
    assert isinstance(source, sqlite3.Connection)
    with (
        database.translated(url_of(str(out))),
        contextlib.closing(sqlite3.connect(part, isolation_level=None)) as target,
    ):
        # One step, so that it is the state of one instant; nobody has to wait for it.
        source.backup(target)
        # One file is all there is, and can be read from a medium that cannot be written.
        target.execute("PRAGMA journal_mode = DELETE")


def _copy_server(connection: Connection, version: str, part: Path) -> None:
    part.touch()
    with _engine(str(part)) as engine, database.writing(engine) as target:
        versions.migrate(target, version)
        _copy_rows(connection, target)
    with contextlib.closing(sqlite3.connect(part, isolation_level=None)) as target_file:
        target_file.execute("PRAGMA journal_mode = DELETE")


def _copy_rows(old: Connection, new: Connection) -> None:
    """Copy the rows of all tables, of whatever version, in the order of their keys."""
    metadata = MetaData()
    metadata.reflect(new)
    for table in metadata.sorted_tables:
        if table.name == versions.TABLE:
            continue
        names = table.columns.keys()
        query = select(table).order_by(*table.primary_key)
        rows = old.execute(query, execution_options={"yield_per": _ROWS})
        for part in rows.partitions():
            columns = zip(*part, strict=True)
            bulk.insert(new, table, dict(zip(names, columns, strict=True)))


def _ends(connection: Connection) -> dict[str, int]:
    return {name: chain.head(connection, name)[0] for name in stations(connection)}


@contextlib.contextmanager
def _engine(place: str) -> Iterator[Engine]:
    engine = database.engine_of(place)
    try:
        yield engine
    finally:
        engine.dispose()


@contextlib.contextmanager
def _placed(out: Path) -> Iterator[Path]:
    """Give a path for a file in the making, which takes its place at the end, on the disk."""
    if out.exists():
        raise LedgerError(f"{out}: there is a file of that name already; name a new one")
    try:
        with tempfile.TemporaryDirectory(
            prefix=f".{out.name}.", suffix=".part", dir=out.absolute().parent
        ) as folder:
            part = Path(folder) / "copy"
            yield part
            _sync(part)
            # Whoever came first has the name; nothing is replaced.
            out.open("xb").close()
            part.replace(out)
        if os.name != "nt":
            _sync(out.absolute().parent)
    except FileExistsError as fault:
        raise LedgerError(f"{out}: there is a file of that name now; name a new one") from fault
    except OSError as fault:
        raise LedgerError(f"{out}: the copy could not be written: {fault.strerror}") from fault


def _sync(path: Path) -> None:
    """Put a file, or the names in a folder, on the disk."""
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
