"""Events as they stand in a table: one row is one event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from markcode.ledger.events import Details, Event, EventRefused, photo_hash
from markcode.ledger.refs import Ref
from markcode.model import Elements, Finding
from markcode_cli.ledger.marks import one_mark

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from markcode.tables import CellFault, Row, Table

__all__ = ["DETAILS", "events_of"]

DETAILS = tuple(one.name for one in fields(Details) if one.name not in ("extra", "corrects", "arm"))
"""Details that are text; each may be a column."""
_REFS = {"corrects": "corrects", "same_arm_as": "arm"}
_CODES = {"same_arm_as": "arm"}


def events_of(
    connection: Connection, table: Table, given: Mapping[str, str]
) -> Iterator[tuple[int, Event | EventRefused]]:
    """Yield the row number and the event of each row, or why it is none.

    ``given`` is what a row without that cell has.
    """
    for row in table.rows():
        try:
            yield row.number, _event(connection, table, row, given)
        except EventRefused as fault:
            yield row.number, fault


def _event(connection: Connection, table: Table, row: Row, given: Mapping[str, str]) -> Event:
    for fault in row.faults:
        raise EventRefused(fault.column or "", fault.code, _told(fault))
    cells = {name.strip().casefold(): name for name, value in row.values.items() if value.strip()}
    said = {**given, **{key: row.values[name].strip() for key, name in cells.items()}}
    mark, kind = said.pop("mark", ""), said.pop("kind", "")
    for column, value in (("mark", mark), ("kind", kind)):
        if not value:
            raise EventRefused(column, "event.missing", f"{column} is missing")
    texts = {name: said.pop(name) for name in DETAILS if name in said}
    if "photo" in texts:
        texts["photo"] = _photo(table.path, texts["photo"])
    refs = {
        name: _ref(connection, column, said.pop(column))
        for column, name in _REFS.items()
        if column in said
    }
    extra = {cells.get(key, key): value for key, value in said.items()}
    return Event(
        _ref(connection, "mark", mark),
        kind,
        Details(**texts, extra=extra, corrects=refs.get("corrects"), arm=refs.get("arm")),
    )


def _ref(connection: Connection, column: str, typed: str) -> Ref:
    from markcode.errors import MarkcodeError

    try:
        return Ref.found(typed) or (
            Ref.parse(typed) if column == "corrects" else one_mark(connection, typed)
        )
    except MarkcodeError as fault:
        raise EventRefused(column, f"event.{_CODES.get(column, column)}", str(fault)) from fault


def _photo(table: Path, text: str) -> str:
    """Return the hash of a picture, given that hash or a file beside the table."""
    if len(text) == 64 and not set(text) - set("0123456789abcdef"):
        return text
    try:
        return photo_hash(table.parent / text)
    except OSError as fault:
        raise EventRefused("photo", "event.photo", f"{text}: {fault.strerror or fault}") from fault


def _told(fault: CellFault) -> str:
    """Return what is wrong with a cell."""
    params = {**fault.params, "column": fault.column or ""}
    return Finding(fault.code, "error", None, None, Elements(params)).message("en")
