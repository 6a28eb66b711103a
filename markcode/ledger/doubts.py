"""What a ledger knows against marks that are to be issued, and of which arms they are.

A unique key that another mark has is an error. A number that another arm of the same holder has is
a warning where these arms differ; where they agree in all that both state, they are one arm, and
the new mark is entered as one of that arm. A number that we have issued, or are about to, is an
error on any other arm.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from typing import Any

from sqlalchemy import Connection, and_, select

from markcode.jobs.duplicates import NAMED
from markcode.jobs.registration import KeyColumns, NewMarks
from markcode.ledger.claims import SEPARATOR, claim_value, held, listed_pairs, pieces
from markcode.ledger.folding import fold
from markcode.ledger.issuing import NumberColumn, number_columns
from markcode.ledger.numbers import Numbers, slot_name
from markcode.ledger.refs import Ref
from markcode.ledger.schema import ENTRY, SERIAL
from markcode.model import Elements, Finding, Severity

__all__ = ["Doubts"]

_ISSUED: tuple[str, Severity] = ("duplicate.key", "error")
_TRANSCRIBED: tuple[str, Severity] = ("duplicate.serial", "warning")
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
            told: Counter[int] = Counter()
            elements = cache(partial(_elements, marks))
            for at, ref, content in _bearers(connection, column):
                if self.job is not None and content.get("job") == str(self.job):
                    continue
                key = self._repeated_key(elements(at), keys, content["elements"])
                if key is None:
                    self._note_arm(marks.rows[at], elements(at), ref, content)
                    continue
                # One number may be on thousands of models; what bars a mark is always told.
                is_issued = self._issues or content.get("number") is not None
                if is_issued or told[at] < NAMED:
                    told[at] += 1
                    value = claim_value([part[at] for part in key.parts])
                    said = _ISSUED if is_issued else _TRANSCRIBED
                    yield marks.rows[at], _finding(*said, key, value, ref)

    def _repeated_key(
        self, mine: Mapping[str, str], keys: Sequence[KeyColumns], theirs: Mapping[str, str]
    ) -> KeyColumns | None:
        """Return the key in which one arm repeats another's number though they are not one arm."""
        return next((key for key in keys if self._issues or self._differ(key, mine, theirs)), None)

    def _note_arm(
        self, row: int, mine: Mapping[str, str], ref: Ref, content: Mapping[str, Any]
    ) -> None:
        if _agree(mine, content["elements"]):
            self._arms[row] = Ref.parse(content["arm"]) if "arm" in content else ref

    def _differ(self, key: KeyColumns, mine: Mapping[str, str], theirs: Mapping[str, str]) -> bool:
        """Return whether two arms differ in what makes a repeat a finding."""
        distinct = self._numbers.distinct(key.slot)
        return any(not mine.get(n) or mine.get(n) != theirs.get(n) for n in distinct)


def _elements(marks: NewMarks, at: int) -> Mapping[str, str]:
    """Return what one mark says."""
    return {name: values[at] for name, values in marks.elements.items()}


def _agree(mine: Mapping[str, str], theirs: Mapping[str, str]) -> bool:
    """Return whether two records are of one arm: a maker stated by both, and nothing different."""
    both = [name for name in _DESCRIBING if mine.get(name) and theirs.get(name)]
    return "manufacturer" in both and all(mine[name] == theirs[name] for name in both)


def _bearers(
    connection: Connection, column: NumberColumn
) -> Iterable[tuple[int, Ref, dict[str, Any]]]:
    """Yield marks that bear one of some numbers, with its place in the column and their content."""
    folded = dict.fromkeys(zip(map(fold, column.stamped), column.holders, strict=True))
    rows = [row for piece in pieces(list(folded)) for row in _serials(connection, piece)]
    if not rows:
        return
    places: dict[tuple[str, str], list[int]] = {}
    for at, number in enumerate(zip(column.stamped, column.holders, strict=True)):
        places.setdefault(number, []).append(at)
    for stamped, holder, station, seq, about_station, about_seq, data in rows:
        if (stamped, holder) not in places:
            continue
        content = json.loads(data)
        said = content["elements"].items()
        content["elements"] = {name: str(value) for name, value in said}
        if about_seq is not None:
            content["arm"] = str(Ref(about_station, about_seq))
        for at in places[stamped, holder]:
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
        .order_by(SERIAL.c.station, SERIAL.c.seq)
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
