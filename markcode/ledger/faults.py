"""What a database says when it cannot do something, as one line that tells how to mend it."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnection

from markcode.errors import LedgerError, LedgerUnreachable
from markcode.ledger.places import shown, sqlite_file

__all__ = ["NO_LEDGER", "mended"]

NO_LEDGER = "there is no ledger; make one with `markcode ledger init {where}`"
_DAMAGED = "the file is damaged; put the last backup in its place (`markcode ledger restore`)"
_HELD = "somebody else has held the ledger for too long; try again when they are done"
_FULL = "the disk is full; make room and run this again: nothing of this step was kept"
_REFUSED = "the ledger refused it ({said}); what was written there is never changed"
_LOST = (
    "the connection was lost ({said}); nothing of this step was kept: run it again when the "
    "database can be reached"
)
_UNKNOWN = (
    "the connection was lost while the step was being kept, so it may stand in the ledger or not: "
    "look before you run it again (`markcode ledger audit`; a job: `--resume`)"
)
_UNREACHABLE = (
    "the database cannot be reached ({said}); see to its address, the name of the database, user "
    "and password, and that it runs"
)

_RAISES = "exec_stmt_raise"
"""Where PostgreSQL is when a trigger refuses something, under whatever SQLSTATE."""

_Kind = type[LedgerError]

# The first one that the name begins with is taken: https://sqlite.org/rescode.html
_SQLITE: tuple[tuple[str, _Kind, str], ...] = (
    ("SQLITE_NOTADB", LedgerError, "this is no ledger, and no SQLite file at all"),
    ("SQLITE_CORRUPT", LedgerError, _DAMAGED),
    ("SQLITE_BUSY", LedgerUnreachable, _HELD),
    ("SQLITE_LOCKED", LedgerUnreachable, _HELD),
    ("SQLITE_FULL", LedgerError, _FULL),
    ("SQLITE_IOERR_SHMSIZE", LedgerError, _FULL),
    (
        "SQLITE_READONLY",
        LedgerError,
        "the file, or its folder, can be read but not written; see to its permissions, or take "
        "another place",
    ),
    (
        "SQLITE_CANTOPEN",
        LedgerUnreachable,
        "the file cannot be opened; see to the permissions of the file and its folder (if both can "
        "only be read, copy them with the file that ends in -wal to where they can be written)",
    ),
    ("SQLITE_CONSTRAINT_TRIGGER", LedgerError, _REFUSED),
    ("SQLITE_IOERR", LedgerUnreachable, "the disk could not be read or written ({said})"),
)

# By SQLSTATE, PostgreSQL's appendix A; a class is its first two characters.
_POSTGRES: tuple[tuple[str, _Kind, str], ...] = (
    ("42P01", LedgerError, NO_LEDGER),
    (
        "42P07",
        LedgerError,
        "another program has a table here ({said}); give the ledger a database of its own",
    ),
    (
        "42501",
        LedgerError,
        "this user may not do that ({said}); the owner of the ledger grants it with "
        "`markcode ledger init URL --grant ROLE`",
    ),
    ("25006", LedgerError, "this server can only be read; write to the main one ({said})"),
    ("53100", LedgerError, _FULL),
    ("55P03", LedgerUnreachable, _HELD),
    ("40", LedgerUnreachable, "another station was in the way ({said}); run it again"),
    ("57014", LedgerUnreachable, "the server gave up ({said}); run it again"),
    ("57", LedgerUnreachable, _LOST),
    ("08", LedgerUnreachable, _LOST),
    ("3D000", LedgerUnreachable, _UNREACHABLE),
    ("28", LedgerUnreachable, _UNREACHABLE),
    ("53", LedgerUnreachable, "the server has no more room ({said}); try again later"),
)


def mended(url: URL, fault: BaseException, *, committing: bool = False) -> Exception | None:
    """Return the error to raise in place of a fault of the database at ``url``; None for others.

    A row that is there already stays ``sqlalchemy.exc.IntegrityError``, also where the driver
    itself told of it.
    """
    if isinstance(fault, NoConnection):
        return LedgerUnreachable(f"{shown(url)}: too much is asked of it at once; try again")
    if isinstance(fault, UnicodeEncodeError):
        wrong = fault.object[fault.start : fault.end]
        return LedgerError(f"{shown(url)}: {wrong!r} is no text, and cannot be kept")
    original = fault.orig if isinstance(fault, DBAPIError) else fault
    if url.get_backend_name() == "sqlite":
        if isinstance(original, sqlite3.Error):
            return _of_sqlite(url, fault, original)
    elif _is_of_psycopg(original):
        return _of_postgres(url, fault, original, committing)
    return None


def _of_sqlite(url: URL, fault: BaseException, original: sqlite3.Error) -> Exception:
    file = sqlite_file(url)
    assert file is not None
    name = getattr(original, "sqlite_errorname", "")
    if name == "SQLITE_CANTOPEN" and file.is_dir():
        return LedgerError(f"{file}: this is a folder; name the file of the ledger")
    nowhere = name.startswith("SQLITE_CANTOPEN") and not file.exists()
    if nowhere and not file.absolute().parent.is_dir():
        return LedgerError(f"{file}: there is no folder {file.absolute().parent}")
    if nowhere or (name == "SQLITE_ERROR" and str(original).startswith("no such table")):
        return LedgerError(f"{file}: {NO_LEDGER.format(where=file)}")
    if isinstance(original, sqlite3.IntegrityError) and name != "SQLITE_CONSTRAINT_TRIGGER":
        return _integrity(fault)
    return _worded(str(file), str(original), name, _SQLITE)


def _is_of_psycopg(original: BaseException | None) -> bool:
    import psycopg

    return isinstance(original, psycopg.Error)


def _of_postgres(url: URL, fault: BaseException, original: Any, committing: bool) -> Exception:
    import psycopg

    state: str = original.sqlstate or ""
    where, said = shown(url), _last_line(original)
    if original.diag.source_function == _RAISES:
        return LedgerError(f"{where}: {_REFUSED.format(said=said)}")
    if isinstance(original, psycopg.IntegrityError):
        return _integrity(fault)
    lost = isinstance(original, psycopg.OperationalError) and not state
    if committing and (lost or state[:2] in ("08", "57")):
        return LedgerUnreachable(f"{where}: {_UNKNOWN}")
    if lost:
        begun = isinstance(fault, DBAPIError) and not fault.connection_invalidated
        text = _UNREACHABLE if begun else _LOST
        return LedgerUnreachable(f"{where}: {text.format(said=said)}")
    return _worded(where, said, state, _POSTGRES)


def _worded(
    where: str, said: str, name: str, wordings: tuple[tuple[str, _Kind, str], ...]
) -> LedgerError:
    for start, kind, text in wordings:
        if name.startswith(start):
            return kind(f"{where}: {text.format(said=said, where=where)}")
    return LedgerError(f"{where}: the database says: {said}")


def _integrity(fault: BaseException) -> Exception:
    if isinstance(fault, Exception) and not isinstance(fault, IntegrityError):
        return IntegrityError(None, None, fault)
    assert isinstance(fault, IntegrityError)
    return fault


def _last_line(original: Any) -> str:
    """Return what the server said; of a failed connection the last reason, which is the nearest."""
    text = str(original.diag.message_primary or original).strip()
    # Lines that are set in say no reason: they ask or advise.
    lines = [line for line in text.splitlines() if not line[:1].isspace()]
    return " ".join(lines[-1].removeprefix("- ").split()) if lines else type(original).__name__
