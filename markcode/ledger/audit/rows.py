"""The look-ups beside the entries: two sorted streams, compared row by row in both directions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table, select

from markcode.ledger.audit.report import Fault
from markcode.ledger.audit.streams import streamed
from markcode.ledger.refs import Ref

__all__ = ["Stored"]


class Stored:
    """The rows of one look-up table, in the order of the entries that they belong to."""

    def __init__(self, connection: Connection, table: Table) -> None:
        self.name = table.name
        names = table.columns.keys()
        self._at = (names.index("station"), names.index("seq"))
        query = select(*table.c).order_by(table.c.station, table.c.seq)
        self._rows = (row for rows in streamed(connection, query) for row in rows)
        self._head: Any = None
        self._advance()

    def _advance(self) -> None:
        self._head = next(self._rows, None)
        if self._head is not None:
            station, seq = self._at
            self._place = (self._head[station], self._head[seq])

    def compare(self, ref: Ref, expected: Sequence[Any]) -> Iterator[Fault]:
        """Yield how the rows of an entry differ from those it must have.

        Entries are given in order; rows of entries before this one, that were not given, belong to
        none.
        """
        while self._head is not None and self._place != ref and _is_before(self._place, ref):
            yield self._unknown()
        found = []
        while self._head is not None and self._place == ref:
            found.append(tuple(self._head))
            self._advance()
        if len(expected) != len(found) or any(map(_differ, expected, found)):
            yield from self._differences(ref, list(map(tuple, expected)), found)

    def rest(self) -> Iterator[Fault]:
        """Yield the rows after the last entry: they belong to none."""
        while self._head is not None:
            yield self._unknown()

    def _unknown(self) -> Fault:
        ref = Ref(*self._place)
        self._advance()
        text = f"{self.name} has a row of {ref}, which is no entry"
        return Fault(f"{self.name}.unknown", ref, text)

    def _differences(self, ref: Ref, expected: list[Any], found: list[Any]) -> Iterator[Fault]:
        for row in list(expected):
            if row in found:
                found.remove(row)
                expected.remove(row)
        edited = min(len(expected), len(found))
        for wanted, there in zip(expected, found, strict=False):
            text = f"{self.name} row of {ref} was edited: {_shown(there, wanted)}"
            yield Fault(f"{self.name}.edited", ref, text)
        for wanted in expected[edited:]:
            text = f"{self.name} row of {ref} was deleted: {_shown(wanted)}"
            yield Fault(f"{self.name}.missing", ref, text)
        for there in found[edited:]:
            text = f"{self.name} row of {ref} was put in: {_shown(there)}"
            yield Fault(f"{self.name}.inserted", ref, text)


def _differ(one: Any, other: Any) -> bool:
    return tuple(one) != tuple(other)


def _is_before(place: tuple[Any, Any], ref: Ref) -> bool:
    """Return whether a row stands before an entry; SQLite puts numbers before texts."""
    return (_rank(place[0]), _rank(place[1])) < (_rank(ref[0]), _rank(ref[1]))


def _rank(value: Any) -> tuple[int, Any]:
    if isinstance(value, str):
        return 1, value
    return (2, value) if isinstance(value, bytes) else (0, value)


def _shown(row: Sequence[Any], wanted: Sequence[Any] | None = None) -> str:
    """Return what a row says; of an edited one, what differs."""
    if wanted is None:
        return ", ".join(map(repr, row))
    pairs = zip(row, wanted, strict=True)
    return ", ".join(f"{there!r} instead of {must!r}" for there, must in pairs if there != must)
