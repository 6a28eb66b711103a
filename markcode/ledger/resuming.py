"""A job that the ledger knows already: which rows have marks, and which may be made again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from markcode.errors import LedgerError
from markcode.jobs.registration import NewMarks
from markcode.ledger import jobs
from markcode.ledger.refs import Ref
from markcode.ledger.schema import ENTRY
from markcode.ledger.series import Range
from markcode.ledger.states import State

__all__ = ["Resumed"]

_NONE = np.empty(0, np.int64)


@dataclass(frozen=True)
class Resumed:
    """The marks that a job has already; without any for a job that is new."""

    rows: NDArray[np.int64] = field(default_factory=lambda: _NONE)
    """Record numbers, ascending."""
    refs: Sequence[Ref] = ()
    """The mark of each."""
    left_out: NDArray[np.int64] = field(default_factory=lambda: _NONE)
    """Rows whose mark may be on an arm, or may never be: struck, unknown, rejected, void."""
    states: Mapping[State, int] = field(default_factory=dict)
    serials: Mapping[int, str] = field(default_factory=dict)
    """By row, where they were drawn from a series."""
    last_number: int = 0
    """The greatest number of the series that a mark has."""

    @classmethod
    def of(cls, connection: Connection, job: Ref) -> Resumed:
        """Return what the ledger knows of a job."""
        rows: list[int] = []
        refs: list[Ref] = []
        left_out: list[int] = []
        states: Counter[State] = Counter()
        serials: dict[int, str] = {}
        last = 0
        for mark in jobs.marks_of(connection, job):
            rows.append(mark.row)
            refs.append(mark.ref)
            states[mark.state] += 1
            if mark.state != State.ISSUED:
                left_out.append(mark.row)
            number = mark.content.get("number")
            if number is not None:
                serials[mark.row] = mark.content["elements"]["serial"]
                last = max(last, number)
        order = np.argsort(np.array(rows, np.int64), kind="stable")
        return cls(
            np.array(rows, np.int64)[order],
            [refs[at] for at in order.tolist()],
            np.unique(np.array(left_out, np.int64)),
            states,
            serials,
            last,
        )

    @property
    def left_count(self) -> int:
        """How many marks are not merely issued."""
        return sum(n for state, n in self.states.items() if state != State.ISSUED)

    def told(self) -> dict[str, Any]:
        """Return what the manifest says of the marks that were left out."""
        left = {str(s): n for s, n in sorted(self.states.items()) if n and s != State.ISSUED}
        return {"left_out": left} if left else {}

    def rest_of(self, drawn: Iterable[Range]) -> list[Range]:
        """Return the numbers that were drawn for the job after the last that a mark has.

        Those before it that no mark has were passed over, and would be again.
        """
        ranges = (Range(max(first, self.last_number + 1), last) for first, last in drawn)
        return [range_ for range_ in ranges if range_.first <= range_.last]

    def new(self, marks: NewMarks) -> NewMarks:
        """Return the marks of rows that have none yet."""
        if not len(self.rows):
            return marks
        return marks.take(np.flatnonzero(~self._has(marks)).tolist())

    def old(self, marks: NewMarks) -> NewMarks:
        """Return the marks of rows that have one already."""
        return marks.take(np.flatnonzero(self._has(marks)).tolist())

    def _has(self, marks: NewMarks) -> NDArray[np.bool_]:
        return np.isin(np.array(marks.rows, np.int64), self.rows)

    def compare(self, connection: Connection, marks: Iterable[NewMarks]) -> None:
        """Raise `LedgerError` for a row whose mark would not be the one that was issued for it."""
        for some in marks:
            given = dict(zip(some.rows, some.texts(), strict=True))
            found = np.flatnonzero(np.isin(self.rows, np.array(some.rows, np.int64))).tolist()
            issued = _texts(connection, [self.refs[at] for at in found])
            for at in found:
                row, ref = int(self.rows[at]), self.refs[at]
                if issued.get(ref) != given[row]:
                    raise LedgerError(
                        f"row {row}: the mark would be {given[row]!r}, but {ref} was issued for "
                        f"it: {issued.get(ref)!r}; order the job anew with --new-order NAME"
                    )


def _texts(connection: Connection, refs: Sequence[Ref]) -> dict[Ref, str]:
    """Return the texts of marks that were issued about one after another."""
    found: dict[Ref, str] = {}
    for station in {ref.station for ref in refs}:
        wanted = {ref.seq for ref in refs if ref.station == station}
        query = select(ENTRY.c.seq, ENTRY.c.data).where(
            ENTRY.c.station == station, ENTRY.c.seq.between(min(wanted), max(wanted))
        )
        for seq, data in connection.execute(query):
            if seq in wanted:
                found[Ref(station, seq)] = "\n".join(json.loads(data)["lines"])
    return found
