"""A ledger is only added to: what the database itself refuses."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy
from sqlalchemy import delete, select, update

from ledgers import make
from markcode.errors import LedgerError
from markcode.ledger import Ledger, database, roles, versions
from markcode.ledger.audit import audit
from markcode.ledger.schema import ENTRY, TABLES
from tampering import Clerk, settle_triggers


@pytest.fixture
def guarded(ledger_place: str) -> Iterator[Ledger]:
    """A ledger with a mark, whose tables have their triggers."""
    with make(ledger_place) as ledger:
        settle_triggers(ledger)
        clerk = Clerk(ledger)
        clerk.job([("A1", "serial-1")])
        yield ledger


@pytest.mark.parametrize("name", [table.name for table in TABLES])
def test_nobody_changes_or_deletes(guarded: Ledger, name: str) -> None:
    table = next(table for table in TABLES if table.name == name)
    statements = [update(table).values(station="X"), delete(table)]
    with database.reading(guarded.engine) as connection:
        before = connection.execute(select(table)).all()
    assert before or name == "ledger"  # Only in SQLite it has a row.
    for statement in statements:
        with (
            pytest.raises(LedgerError, match=roles.REFUSAL),
            database.writing(guarded.engine) as connection,
        ):
            connection.execute(statement)
    with database.reading(guarded.engine) as connection:
        assert connection.execute(select(table)).all() == before


def test_a_row_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    with make(file) as ledger:
        settle_triggers(ledger)
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA recursive_triggers = ON")
    with pytest.raises(sqlite3.IntegrityError, match=roles.REFUSAL):
        connection.execute("INSERT OR REPLACE INTO entry SELECT * FROM entry")
    connection.close()


def test_triggers_can_be_taken_away_for_a_migration(guarded: Ledger) -> None:
    with database.writing(guarded.engine) as connection:
        roles.drop_triggers(connection)
        connection.execute(update(ENTRY).values(kind="x"))
        roles.add_triggers(connection)
    with (
        pytest.raises(LedgerError, match=roles.REFUSAL),
        database.writing(guarded.engine) as connection,
    ):
        connection.execute(delete(ENTRY))


class Restricted:
    """A PostgreSQL ledger, and a role that was granted what a station needs."""

    def __init__(self, server: str) -> None:
        from ledgers import new_database

        self.place = new_database(server)
        self.owner = make(self.place)
        settle_triggers(self.owner)
        self.role = f"Station-{uuid.uuid4().hex[:8]}"  # A name that must be quoted.
        self.sql(f'CREATE ROLE "{self.role}" LOGIN')
        with database.writing(self.owner.engine) as connection:
            roles.grant(connection, self.role)
        url = sqlalchemy.make_url(self.place).set(username=self.role)
        self.restricted_place = url.render_as_string(hide_password=False)

    def sql(self, statement: str, place: str | None = None) -> None:
        """Run a statement, as the owner or as the role."""
        url = sqlalchemy.make_url(place or self.place).set(drivername="postgresql")
        text = url.render_as_string(hide_password=False)
        with psycopg.connect(text, autocommit=True) as connection:
            connection.execute(statement.encode())


@pytest.fixture(scope="module")
def restricted(postgres_server: str) -> Iterator[Restricted]:
    made = Restricted(postgres_server)
    yield made
    made.owner.close()


def test_a_restricted_role_issues_and_reads(restricted: Restricted) -> None:
    with Ledger(restricted.restricted_place, restricted.owner.clock, "MVD-1") as ledger:
        Clerk(ledger).job([(f"A{n}", f"serial-{n}") for n in range(40)])
        report = audit(ledger)
    assert report.is_clean
    assert report.states == {"issued": 40}


@pytest.mark.parametrize("table", [table.name for table in TABLES])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {0} SET station = 'X'",
        "DELETE FROM {0}",
        "TRUNCATE {0}",
        "DROP TABLE {0}",
        "ALTER TABLE {0} DISABLE TRIGGER ALL",
        "ALTER TABLE {0} DISABLE TRIGGER {0}_refuse",
        "DROP TRIGGER {0}_refuse ON {0}",
        "CREATE TRIGGER t BEFORE INSERT ON {0} EXECUTE FUNCTION markcode_refuse()",
        "ALTER TABLE {0} ADD COLUMN more text",
        "ALTER TABLE {0} OWNER TO CURRENT_USER",
        "CREATE INDEX more ON {0} (station)",
        "GRANT UPDATE ON {0} TO CURRENT_USER; UPDATE {0} SET station = 'X'",
        "CREATE TABLE {0}_more (a int)",
        "DROP FUNCTION markcode_refuse CASCADE",
        "CREATE OR REPLACE FUNCTION markcode_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RETURN NULL; END'",
        "INSERT INTO {0} SELECT * FROM {0} ON CONFLICT DO NOTHING; LOCK {0}; DELETE FROM {0}",
    ],
)
def test_a_restricted_role_does_nothing_else(
    restricted: Restricted, table: str, statement: str
) -> None:
    with pytest.raises(psycopg.Error) as told:
        restricted.sql(statement.format(table), restricted.restricted_place)
    assert told.value.sqlstate == "42501"  # insufficient_privilege


@pytest.mark.parametrize("table", [table.name for table in TABLES])
@pytest.mark.parametrize(
    "statement", ["UPDATE {0} SET station = 'X'", "DELETE FROM {0}", "TRUNCATE {0}"]
)
def test_the_owner_is_refused_by_the_triggers(
    restricted: Restricted, table: str, statement: str
) -> None:
    with pytest.raises(psycopg.Error, match=roles.REFUSAL):
        restricted.sql(f"SET session_replication_role = replica; {statement.format(table)}")


def test_what_a_role_had_before_is_taken_from_it(restricted: Restricted) -> None:
    restricted.sql(f'GRANT ALL ON entry TO "{restricted.role}"')
    restricted.sql(f'GRANT UPDATE (text) ON mark TO "{restricted.role}"')
    restricted.sql("GRANT DELETE ON claim TO PUBLIC")
    with database.writing(restricted.owner.engine) as connection:
        roles.grant(connection, restricted.role)
    for statement in (
        "UPDATE entry SET data = ''",
        "UPDATE mark SET text = ''",
        "DELETE FROM claim",
    ):
        with pytest.raises(psycopg.Error, match="permission denied"):
            restricted.sql(statement, restricted.restricted_place)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE {0} SET version_num = '9'", "DELETE FROM {0}", "INSERT INTO {0} VALUES (9)"],
)
def test_a_restricted_role_only_reads_the_version(restricted: Restricted, statement: str) -> None:
    with pytest.raises(psycopg.Error, match="permission denied"):
        restricted.sql(statement.format(versions.TABLE), restricted.restricted_place)


def grant(restricted: Restricted, role: str) -> None:
    with database.writing(restricted.owner.engine) as connection:
        roles.grant(connection, role)


def test_roles_that_could_change_entries_all_the_same_are_refused(restricted: Restricted) -> None:
    restricted.sql(f'CREATE ROLE "{restricted.role}-2" LOGIN IN ROLE pg_write_all_data')
    superuser = sqlalchemy.make_url(restricted.place).username
    assert superuser is not None
    for role in (f"{restricted.role}-2", superuser):
        with pytest.raises(LedgerError, match="could still change what is written"):
            grant(restricted, role)


def test_no_such_role(restricted: Restricted) -> None:
    with pytest.raises(LedgerError, match="there is no role '\"; DROP TABLE entry; --'"):
        grant(restricted, '"; DROP TABLE entry; --')


def test_sqlite_has_no_roles(tmp_path: Path) -> None:
    with make(tmp_path / "ledger.db") as ledger:
        told = pytest.raises(LedgerError, match="this ledger is kept in sqlite")
        with told, database.writing(ledger.engine) as connection:
            roles.grant(connection, "station")
