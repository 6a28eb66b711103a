"""Versions of the tables: the steps give what the schema says; newer refused, older brought up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, inspect, select, text

from ledgers import Ticking, make
from markcode.errors import LedgerError
from markcode.ledger import Ledger, backup, database, found, founding, versions
from markcode.ledger.schema import ENTRY, METADATA

STEP = """
import sqlalchemy
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_table("extra", sqlalchemy.Column("n", sqlalchemy.BigInteger, primary_key=True))
    {fault}
"""


def opened(place: str | Path) -> Ledger:
    return Ledger(str(place), Ticking(), "MVD-1")


def test_the_version_is_that_of_the_newest_step() -> None:
    script = ScriptDirectory(versions._STEPS[0], version_locations=versions._STEPS)
    assert script.get_current_head() == versions.HEAD


def test_the_steps_give_the_tables_of_the_schema(ledger_place: str) -> None:
    with make(ledger_place) as ledger, ledger.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": versions.TABLE, "compare_server_default": True}
        )
        assert compare_metadata(context, METADATA) == []


SHAPES = {
    "sqlite": "SELECT name, replace(replace(sql, char(10), ''), char(9), '') FROM sqlite_master "
    "WHERE sql IS NOT NULL AND tbl_name <> 'ledger_version' AND type <> 'trigger' ORDER BY name",
    "postgresql": "SELECT relname, attnum, attname, format_type(atttypid, atttypmod), attnotnull, "
    "collname, pg_get_indexdef(pg_class.oid) FROM pg_class JOIN pg_attribute ON attrelid = "
    "pg_class.oid LEFT JOIN pg_collation ON attcollation = pg_collation.oid WHERE relnamespace = "
    "'public'::regnamespace AND attnum > 0 AND NOT starts_with(relname, 'ledger_version') "
    "ORDER BY relname, attnum",
}


def test_to_the_letter_also_where_alembic_does_not_look(
    ledger_place: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Collations, conditions of indexes, tables without a row number."""
    make(ledger_place).close()
    if database.sqlite_file(ledger_place):
        other = f"sqlite:///{tmp_path / 'other.db'}"
    else:
        from ledgers import new_database

        other = new_database(request.getfixturevalue("postgres_server"))
    shapes = []
    for place in (ledger_place, other):
        engine = sqlalchemy.create_engine(place)
        with engine.begin() as connection:
            METADATA.create_all(connection)
            shapes.append(connection.exec_driver_sql(SHAPES[engine.dialect.name]).all())
        engine.dispose()
    assert shapes[0] == shapes[1]
    assert len(shapes[0]) >= len(METADATA.tables)


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let this markcode know a version 0002, whose step may hold a fault."""

    def known(fault: str = "") -> None:
        steps = tmp_path / "steps"
        steps.mkdir(exist_ok=True)
        (steps / "v0002_extra.py").write_text(STEP.format(fault=fault), encoding="utf-8")
        monkeypatch.setattr(versions, "_STEPS", (*versions._STEPS[:1], steps))
        monkeypatch.setattr(versions, "HEAD", "0002")

    return known


def version(place: str) -> tuple[str, bool]:
    """Return the version of a ledger, and whether it has the table of 0002."""
    engine = sqlalchemy.create_engine(place)
    with engine.connect() as connection:
        number = connection.execute(text("SELECT version_num FROM ledger_version")).scalar_one()
        extra = inspect(connection).has_table("extra")
    engine.dispose()
    return number, extra


def test_a_newer_ledger_is_refused(
    ledger_place: str, next_version: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    opens = make(ledger_place)
    next_version()
    with database.writing(opens.engine) as connection:
        versions.migrate(connection)
    monkeypatch.setattr(versions, "HEAD", "0001")
    told = r"of version 0002, and this markcode knows versions up to 0001: install a newer"
    for use in (
        lambda: opened(ledger_place),
        lambda: make(ledger_place),
        lambda: opens.reading().__enter__(),
        lambda: opens.writing().__enter__(),
    ):
        with pytest.raises(LedgerError, match=told):
            use()
    opens.close()
    assert version(ledger_place) == ("0002", True)


def test_an_older_sqlite_ledger_is_brought_up_after_a_backup(
    tmp_path: Path, next_version: Callable[..., None]
) -> None:
    place = f"sqlite:///{tmp_path / 'a.db'}"
    make(place).close()
    next_version()
    with opened(place) as ledger:
        with pytest.raises(LedgerError, match=r"version 0001.* version 0002.* ledger init"):
            ledger.reading().__enter__()
        with ledger.writing() as chain:
            chain.append("seen", {})
        with ledger.reading() as connection:
            assert connection.execute(select(func.count()).select_from(ENTRY)).scalar() == 2
    assert version(place) == ("0002", True)
    assert version(f"sqlite:///{tmp_path / 'a.db.before-0002.db'}") == ("0001", False)
    assert sorted(file.name for file in tmp_path.glob("*.db*")) == ["a.db", "a.db.before-0002.db"]


def test_init_brings_an_older_sqlite_ledger_up(
    tmp_path: Path, next_version: Callable[..., None]
) -> None:
    place = f"sqlite:///{tmp_path / 'a.db'}"
    make(place).close()
    next_version()
    done = found(place, Ticking(), None)
    copy = tmp_path / "a.db.before-0002.db"
    assert (done.made, done.added, done.version, done.backup) == (False, False, "0001", copy)
    assert found(place, Ticking(), "MVD-1").backup is None


def test_an_older_server_is_brought_up_only_when_told(
    postgres_server: str, tmp_path: Path, next_version: Callable[..., None]
) -> None:
    from ledgers import new_database

    place = new_database(postgres_server)
    make(place).close()
    next_version()
    with opened(place) as ledger:
        told = pytest.raises(LedgerError, match=r"ledger init .* --migrate --backup FILE.db")
        with told, ledger.writing():
            pass
    with pytest.raises(LedgerError, match=r"--migrate --backup FILE\.db"):
        found(place, Ticking(), "MVD-2")
    assert version(place) == ("0001", False)
    assert found(place, Ticking(), None, backup_to=tmp_path / "b.db").backup == tmp_path / "b.db"
    assert version(place) == ("0002", True)
    assert version(f"sqlite:///{tmp_path / 'b.db'}") == ("0001", False)


def test_a_step_that_fails_leaves_the_ledger_as_it_was(
    ledger_place: str, tmp_path: Path, next_version: Callable[..., None]
) -> None:
    make(ledger_place).close()
    next_version("raise RuntimeError")
    engine = database.engine_of(ledger_place)
    with pytest.raises(RuntimeError):
        founding.migrate(engine, tmp_path / "1.db")
    assert version(ledger_place) == ("0001", False)
    next_version()
    assert founding.migrate(engine, tmp_path / "2.db") == tmp_path / "2.db"
    assert version(ledger_place) == ("0002", True)
    engine.dispose()


def test_an_older_backup_is_restored_and_brought_up(
    postgres_server: str, tmp_path: Path, next_version: Callable[..., None]
) -> None:
    from ledgers import new_database

    make(tmp_path / "a.db").close()
    next_version()
    place = new_database(postgres_server)
    assert backup.restore(tmp_path / "a.db", place) == {"MVD-1": 1}
    assert version(place) == ("0002", True)


def fails(connection: Connection) -> None:
    raise RuntimeError


def test_a_ledger_is_made_whole_or_not_at_all(
    ledger_place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(founding, "head", fails)
        with pytest.raises(TypeError):
            make(ledger_place)
    with pytest.raises(LedgerError, match="there is no ledger"):
        opened(ledger_place)
    make(ledger_place).close()
