"""A table of arms in, a job for the machine out: the main job.

The table is read in chunks, and the work on each (`markcode.jobs.making`) is done by as many
threads as there are cores. While the marks are made, the hashes of their unique keys go to disk;
only if some of these are equal, the rows are compared by their texts and the marks made again, with
the duplicates left out. Where making a mark is dear, or serials are ours to issue, the first
reading makes none. Memory does not grow with the rows, and no clock or random number gets into any
file: the same input, options and version give the same bytes (contracts.md section 8).

A row with a fault is rejected and listed, the others go on. A row that is rejected anyway still
counts as a bearer of its number when duplicates are looked for, unless its cells cannot be told
from each other.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from itertools import starmap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import markcode
from markcode.errors import JobError, TableError
from markcode.jobs.duplicates import Duplicates, scratch
from markcode.jobs.entries import Made, Tally
from markcode.jobs.folder import JobFolder, NoFolder, check_free
from markcode.jobs.making import Maker
from markcode.jobs.numbering import Counting, Numbering
from markcode.jobs.order import (
    Options,
    Progress,
    Summary,
    choices,
    job_hash,
    manifest_head,
    refuse_undrawable,
    refuse_unfit,
    setup,
)
from markcode.jobs.parts import Parts
from markcode.jobs.registration import Order, Register
from markcode.jobs.repeats import Repeats
from markcode.jobs.rows import ArmChunk, Arms
from markcode.jobs.tables import FINDINGS_HEADER, MARKS, REJECTED, WARNINGS, MarkColumns, csv_line
from markcode.jobs.workers import in_order, in_processes, keep_freed_memory
from markcode.model import Finding

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from markcode.format import Format

__all__ = ["Options", "Progress", "Summary", "run"]

OnRejected = Callable[[int, str, Finding], None]
"""Called with row, column and finding of a rejection."""
_Task = tuple[ArmChunk, Mapping[int, Sequence[Finding]], bool]
"""A chunk, what is known of its rows, and whether files are to be made."""


def run(
    source: Path,
    fmt: Format,
    options: Options,
    out: Path | None = None,
    progress: Progress | None = None,
    on_rejected: OnRejected | None = None,
    processes: bool = False,
    register: Register | None = None,
) -> Summary:
    """Make the job of a table. ``out`` may be left out for a dry run, or to register marks alone.

    With a ``register``, every mark is entered there before it is written to any file; see
    `markcode.ledger.registering`.

    ``on_rejected`` is given row, column and finding of every rejection as it is made. With
    ``processes``, others may be started for the rows of a long table that only Python can judge
    one by one: then the main module of the program must be importable. Raises
    `TableError`, `ProfileError`, `SerialError` or `JobError` before anything is written, for what
    cannot be a job at all.
    """
    progress = progress or (lambda done, total: None)
    if not options.dry_run and out is None and register is None:
        raise JobError("a job needs a folder: name a new or empty one with --out")
    if out is not None and register is None:
        check_free(out)
    keep_freed_memory()
    try:
        with closing(scratch()) as database, Repeats() as repeats:
            batch = _Batch(source, fmt, options, database, progress, processes, register)
            if register is not None:
                return batch.registered(repeats, database, out, on_rejected)
            folder = _folder(options, out, database)
            at_once = batch.is_cheap and on_rejected is None
            if at_once:
                with folder:
                    tally = batch.scan(folder, repeats, write=True)
                    rows = repeats.rows()
                    if len(rows):
                        batch.compare(rows)
                        folder.clear()
                        tally = batch.write(folder, None)
                    else:
                        progress(tally.rows, tally.rows)
                    return batch.finish(folder, tally)
            batch.scan(folder, repeats, write=False)
            rows = repeats.rows()
            if len(rows):
                batch.compare(rows)
            with folder:
                return batch.finish(folder, batch.write(folder, on_rejected))
    except sqlite3.Error as fault:
        raise JobError(f"the scratch file for finding duplicates failed: {fault}") from fault


def _folder(
    options: Options, out: Path | None, database: sqlite3.Connection, replaces: str | None = None
) -> JobFolder | NoFolder:
    if options.dry_run or out is None:
        return NoFolder()
    return JobFolder(out, database, replaces)


_LONG = 2 << 20
"""Bytes of a table: some ten thousand rows, and seconds of work."""


_AT_ONCE = 512
"""Rows whose files are in memory together, where there is more than text to each."""


class _Batch:
    """One run over one table."""

    def __init__(
        self,
        source: Path,
        fmt: Format,
        options: Options,
        database: sqlite3.Connection,
        progress: Progress,
        processes: bool,
        register: Register | None,
    ) -> None:
        self._source = source
        self._register = register
        self._processes = processes
        self._fmt = fmt
        self._options = options
        self._progress = progress
        self._kind = options.event or fmt.events[0]
        refuse_unfit(fmt, self._kind, options)
        if options.ticket:
            from markcode.equipment.paper import require_reportlab

            require_reportlab()
        self._setup = setup(fmt, self._kind, options)
        self._writer = self._setup.equipment.open(self._setup)
        refuse_undrawable(self._writer, self._setup)
        self._columns = MarkColumns.of(
            fmt,
            self._kind,
            options.symbol,
            self._writer.has_file,
            options.modules and options.equipment == "csv",
        )
        self._repeated: NDArray[np.uint32] | None = None
        self._enters = False
        """Whether marks are entered into the register, or only compared with it."""
        self._total = 0
        self._arms = Arms(
            source,
            fmt,
            self._kind,
            options.columns,
            options.constants,
            options.encoding,
            without_serial=options.serials is not None,
        )
        self._duplicates = Duplicates(database)
        self._maker = Maker(fmt, self._kind, options, self._arms, self._writer, self._columns)
        if register is not None:
            register.begin(self._order())
            self._maker.left_out = register.left_out
        self._numbering: Numbering | None = None
        if options.serials is not None:
            self._numbering = Numbering(
                database,
                fmt,
                self._kind,
                options.serials,
                Counting(options.first or 1) if register is None else register,
                lambda arm: self._maker.mark(arm)[0],
                {} if register is None else register.serials(),
            )
        self.is_cheap = self._writer.is_columnar and options.serials is None
        """Whether marks may be made twice."""

    def scan(self, folder: JobFolder | NoFolder, repeats: Repeats, *, write: bool) -> Tally:
        """Read the whole table: hash its unique keys, give numbers; write the marks if asked."""
        tally, read, selected = Tally(), 0, 0
        if write:
            self._begin(folder)
        for made in self._worked(write=write, issue=True):
            read += made.read
            selected += made.selected
            for slot, hashes, rows in made.hashes:
                repeats.add(slot, hashes, rows)
            if write:
                self._put(folder, made)
                tally.add(made.tally)
            self._progress(read, None)
        if write:
            self._end(folder)
        self._total = selected
        if not self._total:
            self._refuse_nothing_left()
            which = "no rows" if self._options.rows is None else "no such rows"
            raise TableError(f"{self._source}: the table has {which}, so there is no job to make")
        return tally

    def _refuse_nothing_left(self) -> None:
        """Raise `JobError` for a job that is resumed and has no mark left to be made."""
        if len(self._maker.left_out):
            raise JobError(
                "nothing is left to mark of this job: each of its marks is struck, unknown, "
                "rejected or void, as `markcode ledger show` tells"
            )

    def compare(self, rows: NDArray[np.uint32]) -> None:
        """Compare the rows that may be repeats by their texts."""
        for chunk in self._chunks():
            for at in np.flatnonzero(np.isin(chunk.numbers, rows)).tolist():
                arm = self._arms.arm(chunk.chunk, at)
                if self._numbering is not None:
                    arm = self._numbering.tried(arm)
                self._duplicates.add(arm.row, self._fmt.keys(arm.firearm, arm.event))
        self._duplicates.finish()
        self._repeated = rows

    def registered(
        self,
        repeats: Repeats,
        database: sqlite3.Connection,
        out: Path | None,
        on_rejected: OnRejected | None,
    ) -> Summary:
        """Make the job, or only look at it, with every mark in the register before its files."""
        assert self._register is not None
        replaces = self._order().job if self._register.is_resumed else None
        if out is not None:
            check_free(out, replaces)
        self.scan(NoFolder(), repeats, write=False)
        rows = repeats.rows()
        if len(rows):
            self.compare(rows)
        if self._options.strict or self._options.dry_run:
            tally = self.write(NoFolder(), on_rejected)
            if self._options.dry_run or tally.marks < tally.rows:
                return self._summary(tally)
            if self._repeated is not None:
                self._duplicates.rewind()
        with _folder(self._options, out, database, replaces) as folder:
            self._enters = True
            tally = self.write(folder, on_rejected)
            if not tally.marks:
                self._refuse_nothing_left()
            return self.finish(folder, tally)

    def write(
        self,
        folder: JobFolder | NoFolder,
        on_rejected: OnRejected | None,
    ) -> Tally:
        """Make the marks and write them, repeats left out."""
        tally = Tally()
        self._begin(folder)
        for made in self._worked(write=True, issue=False):
            if self._register is not None:
                made = self._entered(self._register, made)
            made.finish()
            self._put(folder, made)
            tally.add(made.tally)
            if on_rejected is not None:
                for rejection in made.rejections:
                    on_rejected(*rejection)
            self._progress(tally.rows, self._total)
        self._end(folder)
        return tally

    def _entered(self, register: Register, made: Made) -> Made:
        """Return the chunk with what the ledger says against its rows, the others registered."""
        doubts = register.doubts(made.marks, held=not self._enters)
        while True:
            if doubts:
                made = self._again(made, doubts)
            if not self._enters or register.enter(made.marks):
                return made
            more = register.doubts(made.marks, held=True)
            if not any(finding.severity == "error" for found in more.values() for finding in found):
                raise JobError(
                    "the ledger refuses marks of this job as issued, but has none like them: "
                    "audit it with `markcode ledger audit`"
                )
            doubts |= more

    def finish(self, folder: JobFolder | NoFolder, tally: Tally) -> Summary:
        """Commit the job, if there is to be one, and return what became of the rows."""
        summary = self._summary(tally)
        if summary.written:
            for name, data in self._fmt.source_files().items():
                folder.add(name, data)
            ledger = {} if self._register is None else self._register.entry
            ticket = self._options.ticket
            head = manifest_head(self._arms.sha256, self._chosen(), summary, ledger, ticket=ticket)
            if ticket and isinstance(folder, JobFolder):
                self._add_tickets(folder, head)
            if self._register is not None:
                self._register.confirm()
            folder.commit(head)
            if self._register is not None:
                self._register.written(summary.marks, summary.rejected, folder.manifest or None)
        return summary

    def _add_tickets(self, folder: JobFolder, head: Mapping[str, Any]) -> None:
        """Add the tickets, which say what else is in the folder."""
        from markcode.jobs.inspection import Job
        from markcode.jobs.ticket import ticket_files

        path, files = folder.read()
        # As the manifest will be read again, so that the ticket is the same then.
        for name, data in ticket_files(Job(path, json.loads(json.dumps(head))), files):
            folder.add(name, data)

    def _begin(self, folder: JobFolder | NoFolder) -> None:
        # Marks may be written twice: first only to see whether all of them can be made.
        self._writer = self._maker.writer = self._setup.equipment.open(self._setup)
        self._headed: set[str] = set()
        self._parts = Parts()
        folder.append(MARKS, csv_line(self._columns.names))
        for name, head in self._writer.heads.items():
            folder.append(name, head)

    def _end(self, folder: JobFolder | NoFolder) -> None:
        """Add what is complete only after the last mark."""
        rest = self._writer.finish()
        for name, data in rest.lines.items():
            folder.append(name, data)
        for file in (*([rest.file] if rest.file is not None else []), *self._parts.rest()):
            folder.add(*file)

    def _put(self, folder: JobFolder | NoFolder, made: Made) -> None:
        for name, data in made.appended.items():
            if name in (REJECTED, WARNINGS) and name not in self._headed:
                # There is no such file without a finding.
                self._headed.add(name)
                folder.append(name, FINDINGS_HEADER)
            folder.append(name, data)
        for name, data in made.files:
            folder.add(name, data)
        if made.frame is not None:
            for name, data in self._parts.add(made.frame):
                folder.add(name, data)

    def _chunks(self) -> Iterator[ArmChunk]:
        """Yield the chunks of the table, to the last record that counts."""
        left = self._options.limit
        for chunk in self._arms.chunks():
            count = len(chunk.numbers) if left is None else min(left, len(chunk.numbers))
            step = count if self._writer.is_columnar else _AT_ONCE
            for begin in range(0, count, step or 1):
                yield chunk.part(begin, min(begin + step, count))
            if left is not None:
                left -= count
                if left <= 0:
                    return

    def _worked(self, *, write: bool, issue: bool) -> Iterator[Made]:
        """Yield what each chunk comes to, in order."""
        tasks = ((chunk, self._findings(chunk), write) for chunk in self._chunks())
        make = self._maker.make
        if self._register is not None and write:
            make = partial(make, hold=True)
        if self._numbering is not None:
            # Serials are given out row by row, by one hand.
            number = self._numbering.issue if issue else self._numbering.tried
            return (make(*self._expected(task), number) for task in tasks)
        if self._register is not None:
            return in_order(make, tasks)
        if not self._writer.is_columnar:
            # Marks are collected in their order, by one hand; and it is Python that renders them.
            return starmap(self._maker.make, tasks)
        if self._processes and not self._maker.has_kernel and self._is_long:
            return in_processes(self._maker, "make", tasks)
        return in_order(self._maker.make, tasks)

    def _expected(self, task: _Task) -> _Task:
        """Tell the register how many numbers the rows of a chunk may ask for."""
        if self._register is not None:
            given = self._register.serials()
            self._register.expect(sum(row not in given for row in task[0].numbers.tolist()))
        return task

    def _again(self, made: Made, doubts: Mapping[int, Sequence[Finding]]) -> Made:
        """Make a chunk again, with more findings about its rows."""
        assert made.arms is not None
        rows = {*made.repeats, *doubts}
        findings = {row: [*made.repeats.get(row, ()), *doubts.get(row, ())] for row in rows}
        number = None if self._numbering is None else self._numbering.tried
        again = self._maker.make(made.arms, findings, True, number, hold=True)
        again.repeats = made.repeats
        return again

    @property
    def _is_long(self) -> bool:
        """Whether the table is worth the start of processes."""
        return self._source.stat().st_size > _LONG

    def _findings(self, chunk: ArmChunk) -> dict[int, Sequence[Finding]]:
        """Return the findings about repeats, by row."""
        if self._repeated is None:
            return {}
        rows = chunk.numbers[np.isin(chunk.numbers, self._repeated)].tolist()
        found = {row: self._duplicates.of(row) for row in rows}
        return {row: findings for row, findings in found.items() if findings}

    def _order(self) -> Order:
        """Return the job as the ledger keeps it."""
        chosen = self._chosen()
        return Order(
            job=job_hash(self._arms.sha256, chosen),
            format=self._fmt.name,
            event=self._kind,
            table=self._arms.sha256,
            version=markcode.__version__,
            options=chosen,
        )

    def _chosen(self) -> dict[str, Any]:
        return choices(self._fmt, self._kind, self._options, self._setup, self._arms.columns)

    def _summary(self, tally: Tally) -> Summary:
        register = self._register
        serials = None
        plan = self._options.serials
        if self._numbering is not None and plan is not None:
            serials = {
                "first": tally.first_serial,
                "last": tally.last_serial,
                "next": self._numbering.next if register is None else register.following,
                "skipped": self._numbering.skipped,
                "pattern": plan.pattern,
                "alphabet": plan.alphabet,
            }
            if self._options.series is not None:
                serials["series"] = self._options.series
        options = self._options
        return Summary(
            rows=tally.rows,
            marks=tally.marks,
            rejected=tally.rows - tally.marks,
            warned=tally.warned,
            duplicates=tally.duplicates,
            serials=serials,
            achieved=tally.achieved,
            job=job_hash(self._arms.sha256, self._chosen()),
            written=not options.dry_run and not (options.strict and tally.marks < tally.rows),
            unused=self._arms.unused,
            replaced=self._arms.replaced,
        )
