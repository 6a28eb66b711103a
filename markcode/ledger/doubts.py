"""What a ledger knows against marks that are to be issued, and of which arms they are.

A unique key that another mark has is an error. A number that another arm of the same holder has is
a warning where these arms differ; where they agree in all that both state, they are one arm, and
the new mark is entered as one of that arm. A number that we have issued, or are about to, is an
error on any other arm.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, select

from markcode.jobs.registration import KeyColumns, NewMarks
from markcode.ledger.claims import SEPARATOR, claim_value, held, listed_pairs, pieces
from markcode.ledger.folding import fold
from markcode.ledger.issuing import NumberColumn, number_columns
from markcode.ledger.numbers import Numbers, slot_name
from markcode.ledger.refs import Ref
from markcode.ledger.schema import ENTRY, SERIAL
from markcode.model import Elements, Finding

__all__ = ["Doubts"]

_DESCRIBING = ("manufacturer", "country", "model", "calibre", "type")
"""Elements in which two records of one arm agree, where both state them."""


class Doubts:
    """Asks about the marks of one job; remembers to which arms they belong.

    With ``issues``, their numbers are of a series.
    """

    def __init__(self, format_name: str, numbers: Numbers, issues: bool = False) -> None:
        self._format, self._numbers, self._issues = format_name, numbers, issues
        self._arms: dict[int, Ref] = {}
        self.job: Ref | None = None
        """The job itself: what it has issued is no doubt."""

    def links(self, rows: Sequence[int]) -> list[Ref | None] | None:
        """Return the arm of each row that is another mark's too; None if no row has one."""
        if not self._arms:
            return None
        found = [self._arms.get(row) for row in rows]
        self._arms.clear()
        return found if any(found) else None

    def about(
        self, connection: Connection, marks: Iterable[NewMarks], claims: bool
    ) -> dict[int, list[Finding]]:
        """Return what is known against marks, by row: warnings, and with ``claims`` errors."""
        found: dict[int, list[Finding]] = {}
        for some in marks:
            for row, finding in self._repeated(connection, some):
                found.setdefault(row, []).append(finding)
            if claims:
                for row, finding in self._taken(connection, some):
                    found.setdefault(row, []).append(finding)
        return found

    def _taken(self, connection: Connection, marks: NewMarks) -> Iterable[tuple[int, Finding]]:
        """Yield rows whose unique key is another mark's."""
        told: set[tuple[int, Ref]] = set()
        for key in marks.keys:
            if key.slot[1] != "error":
                continue
            values = list(map(claim_value, zip(*key.parts, strict=True)))
            name = slot_name(self._format, key.slot[2], key.is_text)
            taken = held(connection, name, values)
            for row, value in zip(marks.rows, values, strict=True):
                ref = taken.get(value)
                if ref is not None and (row, ref) not in told:
                    told.add((row, ref))
                    yield row, _finding("duplicate.key", "error", key, value, ref)

    def _repeated(self, connection: Connection, marks: NewMarks) -> Iterable[tuple[int, Finding]]:
        """Yield rows whose number another arm of the same holder has, and note those of one arm."""
        warned = [key for key in marks.keys if key.slot[1] == "warning"]
        for column in number_columns(self._numbers, marks):
            if column.kind != "maker":
                continue  # numbers of schemes and importers are unique keys
            keys = [key for key in warned if column.element in key.elements]
            for at, ref, content in _bearers(connection, column):
                if self.job is None or content.get("job") != str(self.job):
                    yield from self._compared(marks, at, keys, ref, content)

    def _compared(
        self,
        marks: NewMarks,
        at: int,
        keys: Sequence[KeyColumns],
        ref: Ref,
        content: Mapping[str, Any],
    ) -> Iterable[tuple[int, Finding]]:
        """Compare one mark with another that bears its number; ``keys`` are those of the number."""
        row = marks.rows[at]
        mine = {name: values[at] for name, values in marks.elements.items()}
        theirs = {name: str(value) for name, value in content["elements"].items()}
        differing = [key for key in keys if self._issues or self._differ(key, mine, theirs)]
        is_issued = self._issues or content.get("number") is not None
        for key in differing[:1]:
            value = claim_value([part[at] for part in key.parts])
            if is_issued:
                yield row, _finding("duplicate.key", "error", key, value, ref)
            else:
                yield row, _finding("duplicate.serial", "warning", key, value, ref)
        if not differing and _agree(mine, theirs):
            self._arms[row] = Ref.parse(content["arm"]) if "arm" in content else ref

    def _differ(self, key: KeyColumns, mine: Mapping[str, str], theirs: Mapping[str, str]) -> bool:
        """Return whether two arms differ in what makes a repeat a finding."""
        distinct = self._numbers.distinct(key.slot)
        return any(not mine.get(n) or mine.get(n) != theirs.get(n) for n in distinct)


def _agree(mine: Mapping[str, str], theirs: Mapping[str, str]) -> bool:
    """Return whether two records are of one arm: a maker stated by both, and nothing different."""
    both = [name for name in _DESCRIBING if mine.get(name) and theirs.get(name)]
    return "manufacturer" in both and all(mine[name] == theirs[name] for name in both)


def _bearers(
    connection: Connection, column: NumberColumn
) -> Iterable[tuple[int, Ref, dict[str, Any]]]:
    """Yield marks that bear one of some numbers, with its place in the column and their content."""
    folded = list(zip(map(fold, column.stamped), column.holders, strict=True))
    rows = [row for piece in pieces(folded) for row in _serials(connection, piece)]
    if not rows:
        return
    places: dict[tuple[str, str], list[int]] = {}
    for at, number in enumerate(zip(column.stamped, column.holders, strict=True)):
        places.setdefault(number, []).append(at)
    for stamped, holder, station, seq, about_station, about_seq, data in rows:
        content = json.loads(data)
        if about_seq is not None:
            content["arm"] = str(Ref(about_station, about_seq))
        for at in places.get((stamped, holder), ()):
            yield at, Ref(station, seq), content


def _serials(connection: Connection, folded: Sequence[tuple[str, str]]) -> Sequence[Any]:
    """Return the numbers on record that look like given ones of the same holder."""
    given = listed_pairs(connection, folded)
    query = (
        select(
            *(SERIAL.c.stamped, SERIAL.c.holder, ENTRY.c.station, ENTRY.c.seq),
            *(ENTRY.c.about_station, ENTRY.c.about_seq, ENTRY.c.data),
        )
        .join(given, and_(given.c.one == SERIAL.c.fold, given.c.other == SERIAL.c.holder))
        .join(ENTRY, and_(ENTRY.c.station == SERIAL.c.station, ENTRY.c.seq == SERIAL.c.seq))
    )
    return connection.execute(query).all()


def _finding(code: str, severity: Any, key: KeyColumns, value: str, ref: Ref) -> Finding:
    params = Elements(
        elements=key.elements,
        value=tuple(value.split(SEPARATOR)),
        reason="ledger",
        entry=str(ref),
    )
    return Finding(code, severity, None, None, params)
