"""A ledger is only added to: the database itself refuses everything else.

`add_triggers` makes triggers that refuse to change, delete or empty the tables, whoever asks, the
owner included. In PostgreSQL, stations should also log in as a role that may do no more than read
and add (`grant`): an owner could drop the triggers. Who has the file of a SQLite ledger can do so
too; that, the audit finds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import DDL, Connection, Table, column, func, inspect, or_, select
from sqlalchemy import table as table_of
from sqlalchemy.schema import ExecutableDDLElement

from markcode.errors import LedgerError
from markcode.ledger import versions
from markcode.ledger.schema import TABLES

__all__ = ["REFUSAL", "add_triggers", "drop_triggers", "grant"]

REFUSAL = "markcode: a ledger is only added to"
"""What the database says to who tries."""

_ACTIONS = ("UPDATE", "DELETE")
_FORBIDDEN = "UPDATE, DELETE, TRUNCATE, TRIGGER"
"""What lets a role of PostgreSQL change entries, or take the triggers away."""
_FUNCTION = "markcode_refuse"


def add_triggers(connection: Connection) -> None:
    """Make the database refuse to change or delete rows of the ledger's tables."""
    for statement in _made(connection.dialect.name):
        connection.execute(statement)


def drop_triggers(connection: Connection) -> None:
    """Take the triggers away: for a migration that must rebuild a table, within its transaction."""
    for statement in _dropped(connection.dialect.name):
        connection.execute(statement)


def grant(connection: Connection, role: str) -> None:
    """Let a role of PostgreSQL read and add, and nothing else.

    Whatever it could do with these tables before is taken from it, and from everybody (PUBLIC).
    The transaction must be rolled back when this raises. Raises `LedgerError` if there is no such
    role, if it could change entries in another way (as owner of the tables, superuser, member of
    another role), or if this is no PostgreSQL.
    """
    if connection.dialect.name != "postgresql":
        raise LedgerError(
            f"roles are of PostgreSQL, and this ledger is kept in {connection.dialect.name}"
        )
    roles = table_of("pg_roles", column("rolname"))
    if connection.execute(select(roles).where(roles.c.rolname == role)).first() is None:
        raise LedgerError(f"there is no role {role!r} in this PostgreSQL: CREATE ROLE makes one")
    schema = str(connection.execute(select(func.current_schema())).scalar_one())
    driver: Any = connection.connection.driver_connection
    for statement in _granted(schema, role, inspect(connection).has_table(versions.TABLE)):
        driver.execute(statement)
    if _may_do_more(connection, schema, role):
        raise LedgerError(
            f"the role {role!r} could still change what is written: it owns the tables, is a "
            "superuser, or is a member of a role that may; take one that is none of these"
        )


def _made(dialect: str) -> Iterator[ExecutableDDLElement]:
    if dialect == "postgresql":
        yield _ddl(
            f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'insufficient_privilege'; END$$"
        )
    for table in TABLES:
        if dialect == "postgresql":
            # For a statement, not for each row: TRUNCATE has none, and it costs nothing.
            yield _ddl(
                "CREATE TRIGGER %(table)s_refuse BEFORE UPDATE OR DELETE OR TRUNCATE "
                f"ON %(fullname)s FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()",
                table,
            )
            # ALWAYS: also in a session that calls itself a replica.
            yield _ddl("ALTER TABLE %(fullname)s ENABLE ALWAYS TRIGGER %(table)s_refuse", table)
            continue
        for action in _ACTIONS:
            yield _ddl(
                f"CREATE TRIGGER %(table)s_refuse_{action.lower()} BEFORE {action} "
                f"ON %(fullname)s BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
                table,
            )


def _dropped(dialect: str) -> Iterator[ExecutableDDLElement]:
    for table in TABLES:
        if dialect == "postgresql":
            yield _ddl("DROP TRIGGER IF EXISTS %(table)s_refuse ON %(fullname)s", table)
            continue
        for action in _ACTIONS:
            yield _ddl(f"DROP TRIGGER IF EXISTS %(table)s_refuse_{action.lower()}", table)
    if dialect == "postgresql":
        yield _ddl(f"DROP FUNCTION IF EXISTS {_FUNCTION}()")


def _ddl(statement: str, about: Table | None = None) -> ExecutableDDLElement:
    """Return a statement; the table that it is about fills its places."""
    make: Any = DDL
    made: ExecutableDDLElement = make(statement)
    return made if about is None else made.against(about)


def _granted(schema: str, role: str, has_versions: bool) -> Iterator[Any]:
    """Yield the statements that give a role what it may do, and take the rest."""
    from psycopg.sql import SQL, Identifier

    names = {"schema": Identifier(schema), "role": Identifier(role)}
    for name in (*(table.name for table in TABLES), *([versions.TABLE] if has_versions else [])):
        allowed = SQL("SELECT" if name == versions.TABLE else "SELECT, INSERT")
        on = {"table": Identifier(schema, name), "allowed": allowed, **names}
        yield SQL("REVOKE ALL ON TABLE {table} FROM PUBLIC, {role}").format(**on)
        yield SQL("GRANT {allowed} ON TABLE {table} TO {role}").format(**on)
    yield SQL("REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC").format(**names)
    yield SQL("REVOKE ALL ON SCHEMA {schema} FROM {role}").format(**names)
    yield SQL("GRANT USAGE ON SCHEMA {schema} TO {role}").format(**names)


def _may_do_more(connection: Connection, schema: str, role: str) -> bool:
    """Return whether a role can change what is written, by whatever way it came to that."""
    owners = table_of("pg_tables", column("schemaname"), column("tablename"), column("tableowner"))
    name = owners.c.tablename
    quoted = func.quote_ident(schema).concat(".").concat(func.quote_ident(name))
    owns = func.pg_has_role(role, owners.c.tableowner, "MEMBER")
    changes = func.has_table_privilege(role, quoted, _FORBIDDEN)
    more = select(func.bool_or(or_(owns, changes))).where(
        owners.c.schemaname == schema, name.in_([table.name for table in TABLES])
    )
    return bool(connection.execute(more).scalar())
