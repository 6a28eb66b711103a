"""What goes wrong with a database is one line that names the place, and nothing half is kept."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import IntegrityError

from ledgers import Ticking, make, new_database, unprivileged
from markcode.errors import LedgerError, LedgerUnreachable
from markcode.ledger import Ledger, bulk, claims, database, places
from markcode.ledger.chain import head
from markcode.ledger.refs import Ref
from markcode.ledger.schema import CLAIM, ENTRY


def opened(place: str | Path, station: str | None = "MVD-1", busy: float = 0.2) -> Ledger:
    return Ledger(str(place), Ticking(), station, busy=busy)


def count(ledger: Ledger) -> int:
    with ledger.reading() as connection:
        return connection.execute(select(func.count()).select_from(ENTRY)).scalar_one()


def one_line(fault: pytest.ExceptionInfo[LedgerError], where: str | Path) -> str:
    said = str(fault.value)
    assert "\n" not in said
    assert said.startswith(f"{where}: ")
    return said


def test_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make("100% of them?.db").close()
    with opened("100% of them?.db", None) as ledger:
        assert (ledger.station, count(ledger)) == ("MVD-1", 1)
    assert [file.name for file in tmp_path.iterdir()] == ["100% of them?.db"]
    make("sqlite:///markcode.db").close()
    assert (tmp_path / "markcode.db").exists()


@pytest.mark.parametrize("place", ["postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_one_driver_for_postgresql(place: str) -> None:
    assert database.engine_of(place).url.drivername == "postgresql+psycopg"


def test_one_driver_for_sqlite(tmp_path: Path) -> None:
    place = f"sqlite+aiosqlite:///{tmp_path / 'markcode.db'}"
    assert database.engine_of(place).url.drivername == "sqlite"


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("mysql://me:secret@h/d", "a ledger cannot be kept in mysql"),
        ("postgresql://me:secret@h:port/d", "is no URL of a ledger"),
        ("what://me:secret@h", "a ledger cannot be kept in what"),
        ("sqlite://", "in memory would be lost"),
        ("", "the name of the ledger is empty"),
        ("sqlite:///x.db?mode=ro", "takes no options"),
    ],
)
def test_what_is_no_place(place: str, said: str) -> None:
    with pytest.raises(LedgerError, match=said) as fault:
        opened(place)
    assert "secret" not in str(fault.value)


def test_paths_of_windows() -> None:
    from pathlib import PureWindowsPath

    class Absolute(PureWindowsPath):
        def absolute(self) -> Absolute:
            return self

    def uri(path: str) -> str:
        given: Any = Absolute(path)
        return places.sqlite_uri(given, mode="rw")

    assert uri(r"C:\arms\a b.db") == "file:///C:/arms/a%20b.db?mode=rw"
    assert uri(r"\\server\arms\a.db") == "file:////server/arms/a.db?mode=rw"


def test_no_file_is_made_by_opening(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger; make one with") as fault:
        opened(tmp_path / "none.db")
    one_line(fault, tmp_path / "none.db")
    with pytest.raises(LedgerError, match="there is no folder"):
        opened(tmp_path / "none" / "none.db")
    assert not list(tmp_path.iterdir())


def foreign(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE entry (n)")


@pytest.mark.parametrize(
    ("made", "opening", "making"),
    [
        (lambda file: file.write_text("a line of text\n" * 99), "no SQLite file", "no SQLite file"),
        (lambda file: file.mkdir(), "this is a folder", "this is a folder"),
        (foreign, "there is no ledger", "of another program"),
    ],
)
def test_what_is_no_ledger(tmp_path: Path, made: Any, opening: str, making: str) -> None:
    file = tmp_path / "other.db"
    made(file)
    before = file.read_bytes() if file.is_file() else b""
    with pytest.raises(LedgerError, match=opening) as fault:
        opened(file)
    one_line(fault, file)
    with pytest.raises(LedgerError, match=making) as fault:
        make(file)
    one_line(fault, file)
    assert before == (file.read_bytes() if file.is_file() else b"")


def test_an_empty_file_becomes_a_ledger(tmp_path: Path) -> None:
    file = tmp_path / "empty.db"
    file.touch()
    with pytest.raises(LedgerError, match="there is no ledger"):
        opened(file)
    with make(file) as ledger:
        assert count(ledger) == 1


def test_a_damaged_file(tmp_path: Path) -> None:
    with make(tmp_path / "a.db") as ledger, ledger.writing() as chain:
        chain.append_many("seen", ['{"note":"' + "x" * 500 + '"}'] * 500)
    with (tmp_path / "a.db").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 100_000)
    with (
        pytest.raises(LedgerError, match="the file is damaged") as fault,
        opened(tmp_path / "a.db"),
    ):
        pass
    one_line(fault, tmp_path / "a.db")


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that other users can enter, and that only its owner may write."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        Path(folder).chmod(0o755)


unix = pytest.mark.skipif(os.name == "nt", reason="permissions of Unix")


@unix
@pytest.mark.parametrize("folder_mode", [0o555, 0o777])
def test_a_ledger_that_can_only_be_read(public: Path, folder_mode: int) -> None:
    file = public / "a.db"
    make(file).close()
    file.chmod(0o444)
    public.chmod(folder_mode)
    with unprivileged(), opened(file, None) as ledger:
        assert count(ledger) == 1
        told = pytest.raises(LedgerError, match="can be read but not written")
        with told as fault, ledger.writing() as chain:
            chain.append("seen", {})
        one_line(fault, file)
        assert count(ledger) == 1


@unix
def test_what_a_killed_writer_left_is_not_passed_over(public: Path) -> None:
    with make(public / "a.db") as ledger, ledger.writing() as chain:
        chain.append("seen", {})
    with opened(public / "a.db") as ledger, ledger.writing() as chain:
        chain.append("seen", {})
        with opened(public / "a.db") as other:
            assert count(other) == 2
    with opened(public / "a.db") as ledger:
        assert count(ledger) == 3  # opens the -wal file
        for end in ("", "-wal"):
            shutil.copy(public / f"a.db{end}", public / f"b.db{end}")
    if not (public / "b.db-wal").stat().st_size:
        (public / "b.db-wal").write_bytes(b"\0" * 32)
    public.chmod(0o555)
    with unprivileged(), pytest.raises(LedgerUnreachable, match="ends in -wal"):
        opened(public / "b.db")


@unix
def test_a_file_that_may_not_be_read(public: Path) -> None:
    make(public / "a.db").close()
    (public / "a.db").chmod(0o000)
    public.chmod(0o555)
    with unprivileged(), pytest.raises(LedgerUnreachable, match="cannot be opened") as fault:
        opened(public / "a.db")
    one_line(fault, public / "a.db")


def test_another_writer_is_waited_for(ledger_place: str) -> None:
    with make(ledger_place) as first, opened(ledger_place) as second:
        with first.writing() as chain:
            chain.append("seen", {})
            told = pytest.raises(LedgerUnreachable, match="held the ledger for too long")
            with told as fault, second.writing():
                pass
            one_line(fault, database.shown(ledger_place))
            assert count(second) == 1
        with opened(ledger_place, busy=30) as third:
            with first.writing() as chain:
                thread = threading.Thread(target=append, args=(third,))
                thread.start()
                chain.append("seen", {})
            thread.join()
        assert count(second) == 4


def append(ledger: Ledger) -> None:
    with ledger.writing() as chain:
        chain.append("seen", {})


def test_a_locked_file_cannot_be_read(tmp_path: Path) -> None:
    file = tmp_path / "a.db"
    make(file).close()
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerUnreachable, match="held the ledger for too long"):
            opened(file)


def fill(ledger: Ledger) -> None:
    with ledger.writing() as chain:
        for _ in range(1_000):
            chain.append_many("seen", ['{"note":"' + "x" * 500 + '"}'] * 100)


def test_a_full_database(tmp_path: Path) -> None:
    with make(tmp_path / "a.db") as ledger:
        sqlalchemy.event.listen(
            ledger.engine, "begin", lambda c: c.exec_driver_sql("PRAGMA max_page_count = 50")
        )
        with pytest.raises(LedgerError, match="the disk is full") as fault:
            fill(ledger)
        one_line(fault, tmp_path / "a.db")
        assert count(ledger) == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes, where one may be made."""
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True
        )
    except OSError:
        pytest.skip("there is no mount")
    if made.returncode:
        pytest.skip("only root can mount")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk(small_disk: Path) -> None:
    with make(small_disk / "a.db") as ledger:
        append(ledger)
        with pytest.raises(LedgerError, match="the disk is full") as fault:
            fill(ledger)
        one_line(fault, small_disk / "a.db")
        assert count(ledger) == 2
    with opened(small_disk / "a.db") as ledger:
        append(ledger)
        assert count(ledger) == 3


@pytest.mark.parametrize("many", [1, 100])
def test_a_row_that_is_there_is_the_callers_to_mend(ledger_place: str, many: int) -> None:
    columns: dict[str, list[Any]] = {
        "slot": [1] * many,
        "value": [f"v{number}" for number in range(many)],
        "station": ["MVD-1"] * many,
        "seq": [1] * many,
    }
    with make(ledger_place) as ledger:
        with ledger.writing() as chain:
            bulk.insert(chain.connection, CLAIM, columns)
        with pytest.raises(IntegrityError), ledger.writing() as chain:
            chain.append("seen", {})
            bulk.insert(chain.connection, CLAIM, columns)
        with ledger.writing() as chain, pytest.raises((IntegrityError, psycopg.Error)):
            bulk.insert(chain.connection, CLAIM, columns)
        assert count(ledger) == 1


def test_one_can_go_on_after_a_claim_that_is_taken(ledger_place: str) -> None:
    made = claims.Claim("series", "A")
    with make(ledger_place) as ledger, ledger.writing() as chain:
        claims.claim(chain.connection, made, Ref("MVD-1", 1))
        with pytest.raises(IntegrityError), chain.connection.begin_nested():
            claims.claim(chain.connection, made, Ref("MVD-1", 1))
        assert chain.append("seen", {}).seq == 2


# PostgreSQL


@pytest.fixture
def admin(postgres_server: str) -> Iterator[Connection]:
    engine = sqlalchemy.create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def role(admin: Connection) -> Iterator[str]:
    """A role that needs a password, and has no rights."""
    admin.execute(text("CREATE ROLE locked LOGIN PASSWORD 'right'"))
    access = admin.execute(text("SHOW hba_file")).scalar_one()
    lines = "local all locked scram-sha-256", "local all all trust"
    copied = f"COPY (SELECT unnest(ARRAY['{lines[0]}', '{lines[1]}'])) TO '{access}'"
    admin.execute(text(copied))
    admin.execute(text("SELECT pg_reload_conf()"))
    yield "locked"
    admin.execute(text("DROP OWNED BY locked"))
    admin.execute(text("DROP ROLE locked"))


def of(place: str, **parts: Any) -> str:
    return sqlalchemy.make_url(place).set(**parts).render_as_string(hide_password=False)


def test_servers_that_cannot_be_reached(postgres_server: str, role: str) -> None:
    place = new_database(postgres_server)
    for wrong, said in (
        (of(place, username=role, password="secret"), "password authentication failed"),
        (of(place, database="nowhere"), 'database "nowhere" does not exist'),
        (of(place, username="nobody"), 'role "nobody" does not exist'),
        ("postgresql://u:secret@127.0.0.1:1/d", "[Rr]efused"),
        ("postgresql://u@127.0.0.1:1/d?password=secret", "[Rr]efused"),
    ):
        with pytest.raises(LedgerUnreachable, match=said) as fault:
            opened(wrong)
        assert "secret" not in one_line(fault, database.shown(wrong))


def test_a_database_without_a_ledger(postgres_server: str) -> None:
    with pytest.raises(LedgerError, match="there is no ledger; make one"):
        opened(new_database(postgres_server))


def test_a_role_without_rights(postgres_server: str, role: str, admin: Connection) -> None:
    place = new_database(postgres_server)
    mine = of(place, username=role, password="right")
    make(place).close()
    with pytest.raises(LedgerError, match="permission denied for table ledger_version") as fault:
        opened(mine)
    one_line(fault, database.shown(mine))


def test_another_programs_table(postgres_server: str) -> None:
    place = new_database(postgres_server)
    engine = sqlalchemy.create_engine(place)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE mark (n int)"))
    engine.dispose()
    with pytest.raises(LedgerError, match=r'another program has a table here .*"mark"'):
        make(place)
    with pytest.raises(LedgerError, match="there is no ledger"):
        opened(place)


@pytest.mark.parametrize("many", [1, 100])
def test_a_connection_lost_in_the_middle(
    postgres_server: str, admin: Connection, many: int
) -> None:
    place = new_database(postgres_server)
    with make(place) as ledger:
        told = pytest.raises(LedgerUnreachable, match=r"the connection was lost .*nothing of this")
        with told as fault, ledger.writing() as chain:
            chain.append("seen", {})
            end_session(admin, chain.connection)
            chain.append_many("seen", ["{}"] * many)
        one_line(fault, database.shown(place))
        # The next use connects again.
        append(ledger)
        assert count(ledger) == 2


def test_a_connection_lost_at_the_end_leaves_a_doubt(
    postgres_server: str, admin: Connection
) -> None:
    with make(new_database(postgres_server)) as ledger:
        told = pytest.raises(LedgerUnreachable, match="it may stand in the ledger or not")
        with told, ledger.writing() as chain:
            chain.append("seen", {})
            end_session(admin, chain.connection)


def end_session(admin: Connection, connection: Connection) -> None:
    pid = connection.execute(select(func.pg_backend_pid())).scalar_one()
    assert admin.execute(select(func.pg_terminate_backend(pid, 5_000))).scalar_one()


def test_what_a_trigger_refuses(ledger_place: str) -> None:
    with make(ledger_place) as ledger:
        refusing(ledger)
        told = pytest.raises(LedgerError, match=r"the ledger refused it \(never changed")
        with told as fault, ledger.writing() as chain:
            chain.append("seen", {})
            chain.connection.execute(ENTRY.update().values(kind="other"))
        one_line(fault, database.shown(ledger_place))
        assert count(ledger) == 1


def refusing(ledger: Ledger) -> None:
    statements = (
        (
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN RAISE EXCEPTION 'never changed'; END$$",
            "CREATE TRIGGER a BEFORE UPDATE ON entry EXECUTE FUNCTION refuse()",
        )
        if ledger.engine.dialect.name == "postgresql"
        else (
            "CREATE TRIGGER a BEFORE UPDATE ON entry BEGIN "
            "SELECT RAISE(ABORT, 'never changed'); END",
        )
    )
    with database.writing(ledger.engine) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_what_is_no_text_cannot_be_kept(ledger_place: str) -> None:
    with make(ledger_place) as ledger:
        refused = pytest.raises(LedgerError, match=r"'\\udcff' is no text, and cannot be kept")
        with refused, ledger.writing() as chain:
            chain.append("inspected", {"note": "\udcff"})
        with ledger.reading() as connection:
            assert head(connection, "MVD-1")[0] == 1
