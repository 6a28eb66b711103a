"""Which number each row of a batch gets, when the serials are ours to issue.

Numbers go to the rows in order. A row whose data cannot be marked takes none; a candidate that the
format cannot take as a serial, or whose check is doubtful (`serials.is_doubtful`), is skipped and
counted. The serials are kept in the scratch database, so the second pass gives the same ones, and
so does the job of a part of the rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from markcode.errors import CheckError, InvalidMark, TableError
from markcode.jobs.rows import Arm
from markcode.jobs.serials import SerialError, Serials, is_doubtful
from markcode.model import Finding

if TYPE_CHECKING:
    from markcode.format import Format
    from markcode.model import Marking

__all__ = ["MOST_SKIPPED", "Counter", "Counting", "Numbering"]

MOST_SKIPPED = 100_000
"""Candidates that may be skipped in a row before we say that none will do."""
_LOOKED_AT = 1_000
"""Candidates of which one must be a good serial before any row is read."""


class Counter(Protocol):
    """Where numbers come from, one after another."""

    @property
    def first(self) -> int:
        """The least number that may come."""

    def expect(self, rows: int) -> None:
        """Say how many rows will yet ask, so that no more are reserved than these."""

    def peek(self, ahead: int) -> int:
        """Return the number that is next after so many others."""

    def take(self, row: int, skipped: int) -> None:
        """Use up so many numbers for nothing, and one for a row; rows come in their order."""


class Counting:
    """Numbers from ``first`` on, which nobody else knows of."""

    def __init__(self, first: int) -> None:
        self.first = self._next = first

    def expect(self, rows: int) -> None:
        """Reserve nothing."""

    def peek(self, ahead: int) -> int:
        """Return the number that is next after so many others."""
        return self._next + ahead

    def take(self, row: int, skipped: int) -> None:
        """Use up so many numbers, and one more."""
        self._next += skipped + 1


NO_SERIALS: Mapping[int, str] = {}


class Numbering:
    """The numbers of one batch. ``make`` tries a mark, and raises `InvalidMark`.

    Rows in ``given`` have a serial already: those of a job that is resumed.

    Raises `SerialError` for a plan whose serials no arm could bear.
    """

    def __init__(
        self,
        database: sqlite3.Connection,
        fmt: Format,
        kind: str,
        plan: Serials,
        counter: Counter,
        make: Callable[[Arm], Marking],
        given: Mapping[int, str] = NO_SERIALS,
    ) -> None:
        self._database = database
        self._database.execute("CREATE TABLE tried (line INTEGER PRIMARY KEY, serial TEXT)")
        self._check = fmt.check if fmt.check_over == "serial" else None
        self._field = fmt.rule(kind).element("serial").type
        self._plan = plan
        self._make = make
        self._counter = counter
        self._given = given
        self.next = counter.first
        """The number to begin the next batch with."""
        self.skipped = 0
        self._refuse_strange(fmt.name)
        self._sample = self._first_good(counter.first)
        """A serial that shows what is wrong with a row; it is not issued."""

    def sample(self, arm: Arm) -> Arm:
        """Return an arm with a serial that is not issued, to see whether it can be marked at all.

        Raises `TableError` for an arm that has a serial already.
        """
        self._refuse_given(arm)
        return _with_serial(arm, self._sample)

    def issue(self, arm: Arm) -> Arm:
        """Return the arm of the first pass with its serial, or as it is if it cannot be marked.

        Raises `SerialError` when the numbers have run out, `TableError` for an arm that has a
        serial already.
        """
        self._refuse_given(arm)
        if arm.findings:
            self._keep(_with_serial(arm, self._sample))
            return arm
        if arm.row in self._given:
            known = _with_serial(arm, self._given[arm.row])
            self._keep(known)
            return known
        for skipped in range(MOST_SKIPPED + 1):
            number = self._counter.peek(skipped)
            try:
                numbered = self._try(arm, number)
            except _Unfit as unfit:
                self._keep(unfit.arm)
                return arm
            if numbered is not None:
                self._counter.take(arm.row, skipped)
                self.skipped += skipped
                self.next = number + 1
                self._keep(numbered)
                return numbered
        raise SerialError(
            f"row {arm.row}: {MOST_SKIPPED} serials one after another would have a check "
            "character that is easily misread or that a serial cannot hold; choose another "
            "check system"
        )

    def tried(self, arm: Arm) -> Arm:
        """Return the arm of the second pass with the serial that it got, or was refused with.

        A refused one is not used up: it only shows again what is wrong with the row.
        """
        (serial,) = self._database.execute(
            "SELECT serial FROM tried WHERE line = ?", (arm.row,)
        ).fetchone()
        return _with_serial(arm, serial)

    def _refuse_given(self, arm: Arm) -> None:
        if arm.firearm.serial is not None:
            raise TableError(
                f"row {arm.row} has the serial {arm.firearm.serial!r} already: serials are given "
                "or generated, so leave out --serials, or the column"
            )

    def _keep(self, arm: Arm) -> None:
        self._database.execute("INSERT INTO tried VALUES (?, ?)", (arm.row, arm.firearm.serial))

    def _try(self, arm: Arm, number: int) -> Arm | None:
        """Return the arm with the serial of a number; None if the number must be skipped.

        Raises `_Unfit` for an arm that cannot be marked with it.
        """
        try:
            serial = self._serial(number)
        except SerialError:
            # A row that cannot be marked anyway needs no number.
            self._mark(_with_serial(arm, self._sample))
            raise
        if self._field.fault(serial) is not None:
            return None
        numbered = _with_serial(arm, serial)
        return None if is_doubtful(self._mark(numbered).check) else numbered

    def _mark(self, arm: Arm) -> Marking:
        try:
            return self._make(arm)
        except InvalidMark as fault:
            raise _Unfit(arm) from fault

    def _serial(self, number: int) -> str:
        """Return the serial of a number, with its check. Raises `SerialError`."""
        serial = self._plan.text(number)
        return serial if self._check is None else self._check.append(serial)

    def _refuse_strange(self, format_name: str) -> None:
        """Raise `SerialError` for characters that no serial, or no check, may have."""
        plan, field = self._plan, self._field
        characters = plan.prefix + plan.alphabet
        strange = [char for char in characters if char not in field.characters]
        if strange:
            raise SerialError(
                f"serials {plan.pattern}: a serial of {format_name} cannot hold {strange[0]!r}; it "
                f"has {field.doc}"
            )
        if self._check is None:
            return
        strange = [char for char in characters if char not in self._check.alphabet]
        if strange:
            raise SerialError(
                f"serials {plan.pattern} cannot have a check character: {self._check.name} does "
                f"not know {strange[0]!r}; take other characters"
            )

    def _first_good(self, first: int) -> str:
        """Return the first serial that the format can take. Raises `SerialError`."""
        fault = None
        for number in range(first, max(first, min(self._plan.last, first + _LOOKED_AT)) + 1):
            try:
                serial = self._serial(number)
            except CheckError as refused:
                raise SerialError(
                    f"serials {self._plan.pattern} cannot have a check character: {refused}; "
                    "choose another check system"
                ) from refused
            found = self._field.fault(serial)
            if found is None:
                return serial
            fault = fault or found
        assert fault is not None
        reason = Finding(fault.code, "error", "serial", None, fault.params).message()
        raise SerialError(f"serials {self._plan.pattern}: no such serial fits the format: {reason}")


class _Unfit(Exception):
    """An arm cannot be marked with the serial that it has here."""

    def __init__(self, arm: Arm) -> None:
        self.arm = arm
        super().__init__(arm.row)


def _with_serial(arm: Arm, serial: str) -> Arm:
    return replace(arm, firearm=replace(arm.firearm, serial=serial))
