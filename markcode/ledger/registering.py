"""The ledger's side of one batch: every mark is an entry before a machine can have it.

It does what `markcode.jobs.registration.Register` says. The job gets its entry with the first thing
that is written for it; each chunk of marks is one transaction. So whatever kills the batch, every
number is unissued or issued to a named job.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain as chained
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from markcode.errors import LedgerError
from markcode.jobs.registration import KeyColumns, NewMarks, Order
from markcode.ledger import jobs, series
from markcode.ledger.chain import Chain, entry_of, hold
from markcode.ledger.claims import Claim, claim
from markcode.ledger.doubts import Doubts
from markcode.ledger.issuing import drafted, enter
from markcode.ledger.ledger import Ledger
from markcode.ledger.numbers import Numbers, issued_elements, slot_name
from markcode.ledger.refs import Ref
from markcode.ledger.resuming import Resumed
from markcode.ledger.states import State
from markcode.model import Finding

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from markcode.format import Format
    from markcode.ledger.plans import Series

__all__ = ["JobRegister", "series_check"]


_BEING_MADE = (
    "job {} is being made by someone else at this moment; when they are done, --resume makes the "
    "files of what is left"
)


class _Borne(Exception):
    """A number that is about to be issued is on an arm already."""


class JobRegister:
    """One job, in a ledger that is open for its station.

    ``series_name`` is the series that serials are drawn from. With ``dry_run`` nothing is
    written, and a series that is not in the ledger yet is given as ``undefined``. ``struck`` marks
    were found on arms: nothing is to be made of them.
    """

    def __init__(
        self,
        ledger: Ledger,
        fmt: Format,
        kind: str,
        *,
        series_name: str | None = None,
        order_name: str | None = None,
        resume: bool = False,
        dry_run: bool = False,
        struck: bool = False,
        undefined: Series | None = None,
    ) -> None:
        self._ledger, self._fmt = ledger, fmt
        self._numbers = Numbers(fmt.rule(kind))
        self._series, self._order_name, self._undefined = series_name, order_name, undefined
        self._resume, self._dry_run, self._struck = resume, dry_run, struck
        self._slots = _slots(fmt, kind, series_name is not None)
        self._ref: Ref | None = None
        self._entries = 0
        """Entries about the job that this run knows of."""
        self._known = Resumed()
        self._doubts = Doubts(fmt.name, self._numbers, issues=series_name is not None)
        self._free: deque[int] = deque()
        """Numbers that were drawn for the job and not used, in order."""
        self._expected = 1
        self._told = 0
        """Numbers that a dry run was told of."""
        self._drawn_rows, self._drawn_numbers = array("q"), array("q")
        self.first = 1
        """The least number of the series."""

    def begin(self, order: Order) -> None:
        """Look the job up. Raises `jobs.JobKnown` for one that is known and not to be resumed."""
        self._order = order
        with self._ledger.reading() as connection:
            if self._series is not None:
                found = self._undefined or series.series_named(connection, self._series)
                found.refuse_other_check(series_check(self._fmt))
                self.first = found.first
            self._ref = jobs.known(connection, order.job)
            if self._ref is not None and not self._resume:
                raise _known(connection, self._ref, order.job)
            if self._ref is None:
                if self._resume:
                    raise LedgerError(
                        "the ledger knows no such job: --resume goes on with a job of the same "
                        "table, options and version; leave it out to begin one"
                    )
                return
            self._known = Resumed.of(connection, self._ref)
            self._entries = jobs.entries_about(connection, self._ref)
            if self._series is not None:
                drawn = series.drawn_for(connection, self._ref)
                self._free += _numbers(self._known.rest_of(drawn))
        self._doubts.job = self._ref

    @property
    def is_resumed(self) -> bool:
        """Whether the job was ordered before, so that its folder may make way."""
        return self._resume

    @property
    def following(self) -> int:
        """The number after the greatest of the series that the job has."""
        newest = self._drawn_numbers[-1] if self._drawn_numbers else 0
        return max(newest, self._known.last_number, self.first - 1) + 1

    @property
    def left_out(self) -> NDArray[np.int64]:
        """Rows that must not be marked again, ascending: all whose mark is not merely issued."""
        return self._known.left_out

    def serials(self) -> Mapping[int, str]:
        """Return the serials that rows of the job have already, by row."""
        return self._known.serials

    # -- numbers -----------------------------------------------------------------------------

    def expect(self, rows: int) -> None:
        """Say how many rows will yet ask for a number, so that no more are drawn than these."""
        self._expected = rows

    def peek(self, ahead: int) -> int:
        """Return the number of the series that is next after so many others, drawn for this job."""
        while len(self._free) <= ahead:
            self._draw(max(self._expected, ahead + 1 - len(self._free)))
        return self._free[ahead]

    def take(self, row: int, skipped: int) -> None:
        """Use up so many numbers for nothing, and one for a row; rows come in their order."""
        for _ in range(skipped):
            self._free.popleft()
        self._drawn_rows.append(row)
        self._drawn_numbers.append(self._free.popleft())
        self._expected = max(self._expected - 1, 0)

    def _draw(self, count: int) -> None:
        assert self._series is not None
        if self._dry_run:
            self._told += count
            asked = self._undefined or self._series
            with self._ledger.reading() as connection:
                given = series.peek(connection, self._ledger.writer, asked, self._told)
            self._free += list(_numbers(given))[-count:]
            return
        with self._writing() as (chain, job):
            given = series.draw(chain, self._series, count, job)
        self._free += _numbers(given)

    # -- marks -------------------------------------------------------------------------------

    def doubts(self, marks: Iterable[NewMarks], *, held: bool) -> dict[int, list[Finding]]:
        """Return what the ledger knows against some marks, by row.

        Warnings, and with ``held`` the errors of unique keys that others have.
        """
        new, old = [], []
        for some in marks:
            new.append(self._issued(self._known.new(some)))
            old.append(self._known.old(some))
        with self._ledger.reading() as connection:
            found = self._doubts.about(connection, filter(len, new), held)
            # What is issued is not refused any more, but the new folder warns as the lost one did.
            for row, told in self._doubts.about(connection, filter(len, old), False).items():
                found[row] = [finding for finding in told if finding.severity == "warning"]
            return found

    def enter(self, marks: Sequence[NewMarks]) -> bool:
        """Register marks, all or none; False where another station has just taken one of them."""
        if len(self._known.rows):
            with self._ledger.reading() as connection:
                self._known.compare(connection, marks)
        new = [self._issued(some) for some in map(self._known.new, marks) if len(some)]
        if not new:
            return True
        try:
            with self._writing() as (chain, job):
                self._refuse_borne(chain.connection, new)
                drafts = drafted(
                    new,
                    self._fmt.name,
                    self._numbers,
                    job,
                    self._slots,
                    self._series_numbers(new),
                    self._struck,
                )
                enter(chain, drafts, job, self._doubts.links(drafts.rows))
        except (IntegrityError, _Borne):
            return False
        return True

    def confirm(self) -> None:
        """Raise `LedgerError` where marks of the job may be on arms by now that were not before."""
        if self._ref is None or self._struck:
            return
        with self._ledger.reading() as connection:
            self._refuse_others(connection, self._ref)
            states = jobs.counts(connection, self._ref)
        changed = sum(states.values()) - states[State.ISSUED] - self._known.left_count
        if changed:
            raise LedgerError(
                f"job {self._order.job[:12]}: while its files were made, it was recorded that "
                f"{changed} of its marks are no longer merely issued; no folder was written: make "
                "it with --resume, which leaves these out"
            )

    def written(self, marks: int, rejected: int, manifest: str | None) -> None:
        """Record that the job is complete; ``manifest`` is the SHA-256 of its folder's, if any."""
        said = {"manifest": manifest, "marks": marks, "rejected": rejected, "resumed": self._resume}
        with self._writing() as (chain, job):
            chain.append("written", said, job)

    @property
    def job(self) -> Ref:
        """The entry of the job, once something was written for it."""
        assert self._ref is not None
        return self._ref

    @property
    def entry(self) -> Mapping[str, Any]:
        """What the manifest says of the ledger: the job's name there."""
        return {} if self._ref is None else {"job": str(self._ref), **self._known.told()}

    def _refuse_borne(self, connection: Connection, marks: Sequence[NewMarks]) -> None:
        """Raise `_Borne` where a number of a series was typed for an arm since it was looked for.

        No unique key tells of that: a typed number may be on several models.
        """
        if self._series is not None:
            doubts = self._doubts.about(connection, marks, False).values()
            if any(finding.severity == "error" for found in doubts for finding in found):
                raise _Borne

    @contextmanager
    def _writing(self) -> Iterator[tuple[Chain, Ref]]:
        """Give the chain for one transaction, and the job, which nobody else makes meanwhile."""
        with self._ledger.writing() as chain:
            job = self._opened(chain)
            yield chain, job
            entries = jobs.entries_about(chain.connection, job)
        self._ref = self._doubts.job = job
        self._entries = entries

    def _refuse_others(self, connection: Connection, job: Ref) -> None:
        """Raise `jobs.JobKnown` where another run has gone on with the job since this one began."""
        if jobs.entries_about(connection, job) != self._entries:
            raise jobs.JobKnown(_BEING_MADE.format(self._order.job[:12]))

    def _opened(self, chain: Chain) -> Ref:
        """Return the job's entry, written if it is not there."""
        if self._ref is not None:
            hold(chain.connection, f"job {self._ref}")
            self._refuse_others(chain.connection, self._ref)
            return self._ref
        order = self._order
        said = {
            "job": order.job,
            "order": self._order_name,
            "format": order.format,
            "event": order.event,
            "table": order.table,
            "version": order.version,
            "options": dict(order.options),
            "slots": list(self._slots),
        }
        job = chain.append(jobs.JOB, said)
        try:
            claim(chain.connection, Claim(jobs.JOB, order.job), job)
        except IntegrityError as fault:
            raise jobs.JobKnown(_BEING_MADE.format(order.job[:12])) from fault
        return job

    def _issued(self, marks: NewMarks) -> NewMarks:
        """Return marks with the keys that their numbers have because they are of a series."""
        if self._series is None:
            return marks
        keys = {
            frozenset(key.elements): dict(zip(key.elements, key.parts, strict=True))
            for key in marks.keys
            if not key.is_text
        }
        more = [
            KeyColumns(("duplicate.key", "error", slot), elements, False, parts)
            for slot, elements, parts in self._numbers.issued(keys)
        ]
        return replace(marks, keys=(*marks.keys, *more))

    def _series_numbers(self, marks: Iterable[NewMarks]) -> dict[int, int]:
        """Return the number of the series that each row has."""
        if self._series is None:
            return {}
        found = {}
        for some in marks:
            for row in some.rows:
                at = bisect_left(self._drawn_rows, row)
                if at < len(self._drawn_rows) and self._drawn_rows[at] == row:
                    found[row] = self._drawn_numbers[at]
        return found


def series_check(fmt: Format) -> str | None:
    """Return the check system with which a profile wants each serial to end."""
    return fmt.check.name if fmt.check is not None and fmt.check_over == "serial" else None


def _numbers(ranges: Iterable[series.Range]) -> Iterator[int]:
    return chained.from_iterable(range(first, last + 1) for first, last in ranges)


def _slots(fmt: Format, kind: str, issues: bool) -> tuple[str, ...]:
    """Return the names of all slots in which marks of one event can claim something.

    With ``issues``, their numbers are of a series.
    """
    rule = fmt.rule(kind)
    keys = [unique.elements for unique in rule.unique if unique.severity == "error"]
    named = [slot_name(fmt.name, elements, False) for elements in keys]
    if fmt.declaration.syntax is not None and not rule.unique:
        return (slot_name(fmt.name, ("uii",), True),)
    if issues:
        present = [element.name for element in rule.elements]
        owned = ((name, holder) for name, _, holder in Numbers(rule).of(present) if holder)
        named += [
            slot_name(fmt.name, issued_elements(holder, name), False) for name, holder in owned
        ]
    return (*named, slot_name(fmt.name, (), True))


def _known(connection: Connection, ref: Ref, job: str) -> jobs.JobKnown:
    entry = entry_of(connection, ref)
    found = sorted(jobs.counts(connection, ref).items())
    states = ", ".join(f"{count} {state}" for state, count in found if count)
    complete = "" if jobs.is_written(connection, ref) else "; its folder was not completed"
    return jobs.JobKnown(
        f"job {job[:12]} is in the ledger already: {ref}, ordered {entry.time} at {entry.station}; "
        f"marks: {states or 'none yet'}{complete}. Take --resume to make the files of those that "
        "are neither struck nor unknown, or --new-order NAME to order new ones"
    )
