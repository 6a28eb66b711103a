"""Many rows put into a table at once: COPY in PostgreSQL, one prepared statement in SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy.exc
from sqlalchemy import Connection, Dialect, Table

__all__ = ["insert", "same"]

_AT_ONCE = 2_000
"""Rows that are given to COPY in one piece."""


def same(value: Any, count: int) -> list[Any]:
    """Return a column that holds one value."""
    return [value] * count


def insert(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows, given as columns of equal length that stand in the order of the table.

    Raises ``sqlalchemy.exc.IntegrityError`` for a row that is there already.
    """
    values = list(columns.values())
    if not values[0]:
        return
    # Several by one statement would go through a pipeline, which logs each row that is refused.
    if connection.dialect.name == "postgresql" and len(values[0]) > 1:
        _copy(connection, table, list(columns), values)
        return
    statement = _statement(connection.dialect, table, tuple(columns))
    connection.exec_driver_sql(statement, list(zip(*values, strict=True)))


@lru_cache
def _statement(dialect: Dialect, table: Table, names: tuple[str, ...]) -> str:
    """Return the statement with a place for each column, in their order."""
    kind: Any = type(dialect)
    positional = kind(paramstyle="qmark" if dialect.name == "sqlite" else "format")
    return str(table.insert().compile(dialect=positional, column_keys=list(names)))


def _copy(
    connection: Connection, table: Table, names: list[str], values: list[Sequence[Any]]
) -> None:
    from psycopg import IntegrityError, sql

    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    driver: Any = connection.connection.driver_connection
    lines = list(map("\t".join, zip(*map(_cells, values), strict=True)))
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for start in range(0, len(lines), _AT_ONCE):
                copy.write("\n".join(lines[start : start + _AT_ONCE]) + "\n")
    except IntegrityError as fault:
        # COPY does not go through SQLAlchemy: its faults are made the same as those that do.
        raise sqlalchemy.exc.IntegrityError(str(statement), None, fault) from fault


_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
"""In the text form of COPY; the backslash comes first."""


def _cells(column: Sequence[Any]) -> Iterable[str]:
    """Return a column as the text form of COPY has it."""
    first = next((value for value in column if value is not None), None)
    if isinstance(first, bytes):
        return ["\\\\x" + value.hex() for value in column]
    if isinstance(first, int):
        return ["\\N" if value is None else str(value) for value in column]
    if first is None:
        return ["\\N"] * len(column)
    # By whole columns: most hold nothing to escape, and the others one character.
    whole = "".join(filter(None, column))
    for character, escaped in _ESCAPES.items():
        if character in whole:
            column = [text and text.replace(character, escaped) for text in column]
    return ["\\N" if text is None else text for text in column] if None in column else column
