"""Rows of any number, read a few thousand at a time."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select

__all__ = ["any_text", "streamed"]

_AT_ONCE = 5_000


def streamed(connection: Connection, query: Select[Any]) -> Iterator[Sequence[Any]]:
    """Yield the rows of a query in lists, with a cursor that the server keeps."""
    options = {"yield_per": _AT_ONCE}
    yield from connection.execute(query, execution_options=options).partitions()


@contextlib.contextmanager
def any_text(connection: Connection) -> Iterator[None]:
    """Read a text that is no UTF-8 as bytes, so that its row can be named.

    SQLite keeps such a text too; PostgreSQL does not.
    """
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    before, driver.text_factory = driver.text_factory, _text
    try:
        yield
    finally:
        driver.text_factory = before


def _text(raw: bytes) -> str | bytes:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw
