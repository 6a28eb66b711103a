"""The version of a ledger's tables, and the way from one version to the next.

A version is a revision of Alembic, numbered 0001, 0002 ...; the steps stand in
`markcode.ledger.migrations`. Both databases change their tables inside a transaction, so a ledger
is never left between two versions.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table

from markcode.errors import LedgerError
from markcode.ledger.faults import NO_LEDGER
from markcode.ledger.places import shown

__all__ = ["HEAD", "TABLE", "check", "is_ledger", "migrate", "version_of"]

HEAD = "0001"
"""The version that this markcode reads and writes."""
TABLE = "ledger_version"
"""Where a ledger keeps its version."""
_STEPS = (Path(__file__).parent / "migrations",)
_NUMBER = select(table(TABLE, column("version_num")).c.version_num)


def is_ledger(connection: Connection) -> bool:
    """Whether a database holds a ledger. Raises `LedgerError` if another program's tables do."""
    tables = inspect(connection).get_table_names()
    if TABLE in tables:
        return True
    if tables and connection.dialect.name == "sqlite":
        raise LedgerError(
            f"{shown(connection.engine.url)}: the file is a database of another program; give the "
            "ledger a file of its own"
        )
    return False


def version_of(connection: Connection) -> str:
    """Return the version of a ledger. Raises `LedgerError` if there is none, or a newer one."""
    found = connection.execute(_NUMBER).scalar()
    where = shown(connection.engine.url)
    if found is None:
        raise LedgerError(f"{where}: {NO_LEDGER.format(where=where)}")
    # SQLite keeps anything in any column.
    found = str(found)
    if found > HEAD:
        raise LedgerError(
            f"{where}: the ledger is of version {found}, and this markcode knows versions up to "
            f"{HEAD}: install a newer markcode"
        )
    return found


def check(connection: Connection) -> None:
    """Raise `LedgerError` unless the ledger is of the version that this markcode works on."""
    found = version_of(connection)
    if found != HEAD:
        where = shown(connection.engine.url)
        postgres = connection.dialect.name == "postgresql"
        how = " --migrate --backup FILE.db" if postgres else ""
        raise LedgerError(
            f"{where}: the ledger is of version {found}, and this markcode works on version "
            f"{HEAD}: bring it there with `markcode ledger init {where}{how}`, which makes a "
            "backup first"
        )


def migrate(connection: Connection, to: str | None = None) -> None:
    """Bring a ledger, or an empty database, to a version (`HEAD`), as part of a transaction."""
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    context = MigrationContext.configure(connection, opts={"version_table": TABLE})
    script = ScriptDirectory(_STEPS[0], version_locations=_STEPS)
    target, found = to or HEAD, context.get_current_revision()
    if found == target:
        return
    steps = script.iterate_revisions(target, found or "base")
    with Operations.context(context):
        for step in reversed(list(steps)):
            step.module.upgrade()
    context.stamp(script, target)
