"""Rows of any number, read a few thousand at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select

__all__ = ["streamed"]

_AT_ONCE = 5_000


def streamed(connection: Connection, query: Select[Any]) -> Iterator[Sequence[Any]]:
    """Yield the rows of a query in lists, with a cursor that the server keeps."""
    options = {"yield_per": _AT_ONCE}
    yield from connection.execute(query, execution_options=options).partitions()
