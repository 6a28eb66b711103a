"""A table of arms in, a job for the machine out: the main job.

The table is read twice. The first pass collects the unique keys of every row and, where serials are
ours to issue, gives each row its number; the second one makes the marks and writes them. Memory
does not grow with the rows, and no clock or random number gets into any file: the same input,
options and version give the same bytes (contracts.md section 8).

A row with a fault is rejected and listed, the others go on. A row that is rejected anyway still
counts as a bearer of its number when duplicates are looked for, unless its cells cannot be told
from each other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markcode import equipment
from markcode.cells import unexplained
from markcode.equipment import Mark, Rendered, symbol_of
from markcode.errors import InvalidMark, JobError, TableError
from markcode.jobs.duplicates import Duplicates, scratch
from markcode.jobs.folder import JobFolder, NoFolder, check_free
from markcode.jobs.numbering import Numbering
from markcode.jobs.order import (
    Options,
    Progress,
    Summary,
    choices,
    height_nm,
    job_hash,
    manifest_head,
    refuse_undrawable,
    refuse_unfit,
)
from markcode.jobs.rows import Arm, Arms
from markcode.jobs.tables import FindingTable, MarkColumns, MarkTable
from markcode.model import NO_ELEMENTS, Finding, Marking

if TYPE_CHECKING:
    from markcode.format import Format

__all__ = ["Options", "Progress", "Summary", "run"]


def run(
    source: Path,
    fmt: Format,
    options: Options,
    out: Path | None = None,
    progress: Progress | None = None,
    on_rejected: Callable[[int, str, Finding], None] | None = None,
) -> Summary:
    """Make the job of a table. ``out`` may be left out for a dry run alone.

    ``on_rejected`` is given row, column and finding of every rejection as it is made. Raises
    `TableError`, `ProfileError`, `SerialError` or `JobError` before anything is written, for what
    cannot be a job at all.
    """
    if not options.dry_run and out is None:
        raise JobError("a job needs a folder: name a new or empty one with --out")
    if out is not None:
        check_free(out)
    try:
        with closing(scratch()) as database:
            folder = NoFolder() if options.dry_run or out is None else JobFolder(out, database)
            batch = _Batch(source, fmt, options, database, progress or (lambda done, total: None))
            batch.first_pass()
            with folder:
                return batch.second_pass(folder, on_rejected or (lambda row, column, finding: None))
    except sqlite3.Error as fault:
        raise JobError(f"the scratch file for finding duplicates failed: {fault}") from fault


_Made = tuple[Marking, Mark, Rendered]


def _add(folder: JobFolder | NoFolder, rendered: Rendered) -> None:
    """Put what a writer gives into the job."""
    for name, data in rendered.lines.items():
        folder.append(name, data)
    if rendered.file is not None:
        folder.add(*rendered.file)


class _Batch:
    """One run over one table."""

    def __init__(
        self,
        source: Path,
        fmt: Format,
        options: Options,
        database: sqlite3.Connection,
        progress: Progress,
    ) -> None:
        self._source = source
        self._fmt = fmt
        self._options = options
        self._progress = progress
        self._kind = options.event or fmt.events[0]
        refuse_unfit(fmt, self._kind, options)
        self._writer = equipment.writer(
            options.equipment,
            lines=fmt.line_count(self._kind),
            height_nm=height_nm(fmt, options.height_nm),
            module_nm=options.module_nm,
            dpi=options.dpi,
            emblems=fmt.declaration.emblems,
            grid=options.grid,
        )
        refuse_undrawable(self._writer, fmt.line_count(self._kind), options)
        self._columns = MarkColumns.of(fmt, self._kind, options.symbol, self._writer.has_file)
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
        self._numbering: Numbering | None = None
        if options.serials is not None:
            self._numbering = Numbering(
                database,
                fmt,
                self._kind,
                options.serials,
                options.first,
                lambda arm: self._make(arm)[0],
            )
        self._total = 0
        self._achieved: Mapping[str, int] = NO_ELEMENTS

    def _records(self) -> Iterator[Arm]:
        return islice(self._arms, self._options.limit)

    def first_pass(self) -> None:
        """Look for duplicates in the whole table, and give the rows their numbers."""
        for read, arm in enumerate(self._records(), start=1):
            if self._numbering is not None:
                arm = self._numbering.issue(arm)
            if not arm.is_misaligned:
                self._duplicates.add(arm.row, self._fmt.keys(arm.firearm, arm.event))
            if self._selects(arm.row):
                self._total += 1
            self._progress(read, None)
        self._duplicates.finish()
        if not self._total:
            which = "no rows" if self._options.rows is None else "no such rows"
            raise TableError(f"{self._source}: the table has {which}, so there is no job to make")

    def second_pass(
        self, folder: JobFolder | NoFolder, on_rejected: Callable[[int, str, Finding], None]
    ) -> Summary:
        """Make the marks and write the job."""
        tally = _Tally()
        marks = MarkTable(folder, self._columns)
        rejected = FindingTable(folder, "rejected.csv", self._options.language)
        warnings = FindingTable(folder, "warnings.csv", self._options.language)
        for name in self._writer.line_files:
            folder.append(name, b"")
        for arm in self._records():
            if not self._selects(arm.row):
                continue
            made, findings = self._judge(arm)
            tally.add(made is not None, findings)
            table = rejected if made is None else warnings
            for finding in findings:
                column = self._arms.column(finding)
                table.write(arm.row, column, finding)
                if made is None:
                    on_rejected(arm.row, column, finding)
            if made is not None:
                marking, mark, rendered = made
                rendered = self._writer.collect(mark, rendered)
                tally.serial(marking.parsed.firearm.serial)
                self._achieved = rendered.achieved
                marks.write(arm.row, marking, rendered)
                _add(folder, rendered)
            self._progress(tally.rows, self._total)
        _add(folder, self._writer.finish())
        summary = self._summary(tally)
        if summary.written:
            for name, data in self._fmt.source_files().items():
                folder.add(name, data)
            folder.commit(manifest_head(self._arms.sha256, self._chosen(), summary))
        return summary

    def _chosen(self) -> dict[str, Any]:
        return choices(self._fmt, self._kind, self._options, self._arms.columns)

    def _selects(self, row: int) -> bool:
        if self._options.rows is None:
            return True
        first, last = self._options.rows
        return first <= row and (last is None or row <= last)

    def _make(self, arm: Arm) -> _Made:
        """Return the mark of an arm, and what the machine gets. Raises `InvalidMark`."""
        marking = self._fmt.encode(
            arm.firearm, arm.event, accept_provisional=self._options.accept_provisional
        )
        symbol = None
        if self._options.symbol is not None:
            symbol = symbol_of(self._options.symbol, marking.payload)
        mark = Mark(arm.row, marking.lines, symbol, marking.drawn)
        return marking, mark, self._writer.render(mark)

    def _judge(self, arm: Arm) -> tuple[_Made | None, list[Finding]]:
        """Return the mark and its warnings, or nothing and the faults."""
        if self._numbering is not None:
            arm = self._numbering.tried(arm)
        if arm.is_misaligned:
            return None, list(arm.findings)
        findings = [*arm.findings, *self._duplicates.of(arm.row)]
        made = None
        try:
            made = self._make(arm)
            findings.extend(made[0].findings)
        except InvalidMark as fault:
            findings.extend(unexplained(arm.findings, fault.findings))
        errors = [finding for finding in findings if finding.severity == "error"]
        if errors or made is None:
            return None, errors
        return made, [finding for finding in findings if finding.severity == "warning"]

    def _summary(self, tally: _Tally) -> Summary:
        serials = None
        plan = self._options.serials
        if self._numbering is not None and plan is not None:
            serials = {
                "first": tally.first_serial,
                "last": tally.last_serial,
                "next": self._numbering.next,
                "skipped": self._numbering.skipped,
                "pattern": plan.pattern,
                "alphabet": plan.alphabet,
            }
        options = self._options
        return Summary(
            rows=tally.rows,
            marks=tally.marks,
            rejected=tally.rows - tally.marks,
            warned=tally.warned,
            duplicates=tally.duplicates,
            serials=serials,
            achieved=self._achieved,
            job=job_hash(self._arms.sha256, self._chosen()),
            written=not options.dry_run and not (options.strict and tally.marks < tally.rows),
            unused=self._arms.unused,
            replaced=self._arms.replaced,
        )


@dataclass
class _Tally:
    """Counts of one run."""

    rows: int = 0
    marks: int = 0
    warned: int = 0
    duplicates: int = 0
    first_serial: str | None = None
    last_serial: str | None = None

    def add(self, marked: bool, findings: list[Finding]) -> None:
        self.rows += 1
        self.marks += marked
        self.warned += marked and bool(findings)
        self.duplicates += not marked and any(
            finding.code.startswith("duplicate.") and finding.severity == "error"
            for finding in findings
        )

    def serial(self, serial: str | None) -> None:
        self.first_serial = self.first_serial or serial
        self.last_serial = serial
