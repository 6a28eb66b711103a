"""The look-ups beside the entries: two sorted streams, compared row by row in both directions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from operator import itemgetter
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
        self._place_of = itemgetter(names.index("station"), names.index("seq"))
        query = select(*table.c).order_by(table.c.station, table.c.seq)
        self._rows: Iterator[Any] = chain.from_iterable(streamed(connection, query))
        self._advance()

    def _advance(self) -> None:
        self._head: Any = next(self._rows, None)
        self._place = None if self._head is None else self._place_of(self._head)

    def compare(
        self, ref: Ref, expected: Sequence[Any], may: Sequence[Any] = ()
    ) -> Iterable[Fault]:
        """Return how the rows of an entry differ from those it must have; it ``may`` have others.

        Entries are given in order; rows of entries before this one, that were not given, belong to
        none.
        """
        strange: list[Fault] = []
        while self._place is not None and self._place != ref and _is_before(self._place, ref):
            strange.append(self._unknown(self._place))
        found = []
        while self._place == ref:
            found.append(tuple(self._head))
            self._advance()
        if may:
            found = [row for row in found if row not in may]
        # The rows of one entry come in any order, and none comes twice.
        if len(expected) != len(found) or (found != expected and set(found) != set(expected)):
            strange += self._differences(ref, list(map(tuple, expected)), found)
        return strange

    def rest(self) -> Iterator[Fault]:
        """Yield the rows after the last entry: they belong to none."""
        while self._place is not None:
            yield self._unknown(self._place)

    def _unknown(self, place: tuple[Any, Any]) -> Fault:
        ref = Ref(*place)
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
