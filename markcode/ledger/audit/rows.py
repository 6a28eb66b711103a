"""The look-ups beside the entries: two sorted streams, compared row by row in both directions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, select

from markcode.ledger.audit.report import Fault
from markcode.ledger.audit.streams import streamed
from markcode.ledger.refs import Ref
from markcode.ledger.schema import CLAIM, MARK, SERIAL
from markcode.model import Elements

__all__ = ["Stored"]


class _Codes(NamedTuple):
    """The codes of what may be wrong with a row of one table."""

    unknown: str
    edited: str
    missing: str
    inserted: str


_CODES: Mapping[str, _Codes] = {
    MARK.name: _Codes("mark.unknown", "mark.edited", "mark.missing", "mark.inserted"),
    SERIAL.name: _Codes("serial.unknown", "serial.edited", "serial.missing", "serial.inserted"),
    CLAIM.name: _Codes("claim.unknown", "claim.edited", "claim.missing", "claim.inserted"),
}


class Stored:
    """The rows of one look-up table, in the order of the entries that they belong to."""

    def __init__(self, connection: Connection, table: Table) -> None:
        self._codes = _CODES[table.name]
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
        return Fault(self._codes.unknown, ref)

    def _differences(self, ref: Ref, expected: list[Any], found: list[Any]) -> Iterator[Fault]:
        for row in list(expected):
            if row in found:
                found.remove(row)
                expected.remove(row)
        edited = min(len(expected), len(found))
        for wanted, there in zip(expected, found, strict=False):
            pairs = [pair for pair in zip(there, wanted, strict=True) if pair[0] != pair[1]]
            stored, entered = (_shown(values) for values in zip(*pairs, strict=True))
            yield Fault(self._codes.edited, ref, Elements(stored=stored, entered=entered))
        for wanted in expected[edited:]:
            yield Fault(self._codes.missing, ref, Elements(entered=_shown(wanted)))
        for there in found[edited:]:
            yield Fault(self._codes.inserted, ref, Elements(stored=_shown(there)))


def _is_before(place: tuple[Any, Any], ref: Ref) -> bool:
    """Return whether a row stands before an entry; SQLite puts numbers before texts."""
    return (_rank(place[0]), _rank(place[1])) < (_rank(ref[0]), _rank(ref[1]))


def _rank(value: Any) -> tuple[int, Any]:
    if isinstance(value, str):
        return 1, value
    return (2, value) if isinstance(value, bytes) else (0, value)


def _shown(row: Iterable[Any]) -> str:
    """Return what a row says, or a part of it."""
    return ", ".join(map(repr, row))
