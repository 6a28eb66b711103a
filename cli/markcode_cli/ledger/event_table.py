"""Events as they stand in a table: one row is one event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from markcode.errors import TableError
from markcode.ledger.events import Details, Event, EventRefused, photo_hash
from markcode.ledger.kinds import named
from markcode.ledger.refs import Ref
from markcode.messages import LANGUAGES
from markcode.reference import labels
from markcode_cli.ledger.marks import one_mark

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from markcode.tables import Row, Table

__all__ = ["DETAILS", "EventTable"]

DETAILS = tuple(one.name for one in fields(Details) if one.name not in ("extra", "corrects", "arm"))
"""Details that are text; each may be a column."""


class EventTable:
    """A table of events, whose columns may be named in each of the languages.

    Raises `TableError` where two columns hold the same.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self.columns: dict[str, str] = {}
        """The header of each detail; a detail of one's own is called as its header."""
        for header in table.headers:
            name = labels.element_of(header, labels.EVENTS) or header.strip()
            other = self.columns.setdefault(name, header)
            if other != header:
                raise TableError(
                    f"{table.path}: the columns {other!r} and {header!r} could each be the "
                    f"{name} of an event; leave one of them out, or call it something else"
                )

    def events(
        self, connection: Connection, given: Mapping[str, str]
    ) -> Iterator[tuple[int, Event | EventRefused]]:
        """Yield the row number and the event of each row, or why it is none.

        ``given`` is what a row without that cell has.
        """
        for row in self._table.rows():
            try:
                yield row.number, self._event(connection, row, given)
            except EventRefused as fault:
                yield row.number, fault

    def _event(self, connection: Connection, row: Row, given: Mapping[str, str]) -> Event:
        for fault in row.faults:
            column = fault.column or ""
            raise EventRefused(column, fault.code, **{**fault.params, "column": column})
        cells = {name: row.values[header].strip() for name, header in self.columns.items()}
        said = {**given, **{name: value for name, value in cells.items() if value}}
        mark, kind = _required(said, "mark"), _required(said, "kind")
        texts = {name: said.pop(name) for name in DETAILS if name in said}
        if "photo" in texts:
            texts["photo"] = _photo(self._table.path, texts["photo"])
        corrected, arm = said.pop("corrects", None), said.pop("arm", None)
        details = Details(
            **texts,
            extra=said,
            corrects=None if corrected is None else _entry(corrected),
            arm=None if arm is None else _mark(connection, arm, "arm"),
        )
        return Event(_mark(connection, mark, "mark"), named(kind), details)


def _required(said: dict[str, str], name: str) -> str:
    value = said.pop(name, "")
    if not value:
        called = {language: labels.label(name, language, labels.EVENTS) for language in LANGUAGES}
        raise EventRefused(name, "event.missing", column=called)
    return value


def _entry(typed: str) -> Ref:
    ref = Ref.found(typed)
    if ref is None:
        raise EventRefused("corrects", "event.corrects", value=typed, reason="entry")
    return ref


def _mark(connection: Connection, typed: str, field: str) -> Ref:
    return Ref.found(typed) or one_mark(connection, typed, field, f"event.{field}")


def _photo(table: Path, text: str) -> str:
    """Return the hash of a picture, given that hash or a file beside the table."""
    if len(text) == 64 and not set(text) - set("0123456789abcdef"):
        return text
    try:
        return photo_hash(table.parent / text)
    except OSError as fault:
        detail = fault.strerror or str(fault)
        raise EventRefused("photo", "event.photo", value=text, detail=detail) from fault
