"""How a ledger's place is named: as a URL, or as the path of a SQLite file."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from markcode.errors import LedgerError

__all__ = ["shown", "sqlite_file", "sqlite_uri", "url_of"]

_SECRETS = ("password", "sslpassword")
"""Parameters of a PostgreSQL URL that nobody may see."""


def url_of(place: str) -> URL:
    """Return the URL of a place. Raises `LedgerError` for what is none."""
    if not place:
        raise LedgerError(f"the name of the ledger is empty: {_FORMS}")
    if "://" not in place:
        return URL.create("sqlite", database=place)
    try:
        url = make_url(place)
        backend = url.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError):
        # What stands behind the name of the driver may hold a password.
        raise LedgerError(
            f"{place.partition('://')[0]}://... is no URL of a ledger: {_FORMS}"
        ) from None
    if backend == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise LedgerError(f"a ledger cannot be kept in {backend}: {_FORMS}")
    if "?" in place:
        raise LedgerError(f"{place}: a SQLite file takes no options; give a name with ? as a path")
    if url.database in (None, "", ":memory:"):
        raise LedgerError("a ledger in memory would be lost: name a file, as sqlite:///markcode.db")
    return url.set(drivername="sqlite")


_FORMS = "take sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE"


def shown(place: str | URL) -> str:
    """Return a place for messages: the file, or the URL without what is secret.

    >>> shown("sqlite:///markcode.db")
    'markcode.db'
    >>> shown("postgresql://mark:secret@db.example/arms?sslpassword=secret")
    'postgresql+psycopg://mark:***@db.example/arms'
    """
    url = url_of(place) if isinstance(place, str) else place
    file = sqlite_file(url)
    if file is not None:
        return str(file)
    return url.difference_update_query(_SECRETS).render_as_string(hide_password=True)


def sqlite_file(place: str | URL) -> Path | None:
    """Return the file of a ledger that is kept in SQLite."""
    url = url_of(place) if isinstance(place, str) else place
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def sqlite_uri(file: Path, **options: str) -> str:
    """Return a file as the URI that SQLite takes, with its options.

    >>> sqlite_uri(Path("/srv/50% of arms?.db"), mode="rw")
    'file:///srv/50%25%20of%20arms%3F.db?mode=rw'
    """
    path = file.absolute().as_posix()
    # The path of a drive begins with its letter, all others with a slash.
    root = "file://" if path.startswith("/") else "file:///"
    asked = "&".join(f"{name}={value}" for name, value in options.items())
    return f"{root}{quote(os.fsencode(path), safe='/:')}?{asked}"
