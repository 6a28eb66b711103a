"""A job or a table of marks, read again: every mark against its data, every file as it was.

Results come one at a time, in the order of the marks, so that memory does not grow with them.
"""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import markcode
from markcode import equipment as machines
from markcode import notation
from markcode.equipment.declaration import OURS
from markcode.equipment.text import file_name
from markcode.errors import JobError, TableError
from markcode.jobs.files import Drawings, LineFiles, Listing, read_modules, unlisted
from markcode.jobs.manifest import MANIFEST, JobFile, is_inside, read_manifest
from markcode.jobs.marks import Stated, verify_stated, with_findings
from markcode.jobs.order import Progress, head_findings
from markcode.jobs.tables import MARKS, SYMBOL_COLUMNS, MarkColumns, payload_of
from markcode.model import Elements, Finding, Report, Verdict
from markcode.symbols.sheets import MOST_CELLS
from markcode.tables import Row, Table, open_table, resolve_columns

if TYPE_CHECKING:
    from markcode.format import Format

__all__ = [
    "Job",
    "Verified",
    "is_job",
    "mark_cells",
    "stated_mark",
    "verify_job",
    "verify_table",
]

_LINE = re.compile(r"line_[1-9][0-9]?")


@dataclass(frozen=True)
class Verified:
    """What was found about one mark, or about one file of a job."""

    row: int | None
    """Row of the table that holds the mark, or that it was made from; None for a whole file."""
    file: str | None
    """The file of the job, or the drawing of the mark."""
    report: Report

    def to_dict(self, language: str = "en") -> dict[str, Any]:
        """Return the report as in contracts.md section 6, with ``row`` and ``file``."""
        return {"row": self.row, "file": self.file, **self.report.to_dict(language)}


def is_job(path: Path) -> bool:
    """Return whether a path is meant as a job and not as a table: a folder."""
    return path.is_dir()


@dataclass(frozen=True)
class Job:
    """A job folder and what its manifest says. Raises `JobError` for what is none."""

    folder: Path
    unwritten: Mapping[str, Any] | None = None
    """The head of the manifest, while the job is being made."""

    @cached_property
    def head(self) -> Mapping[str, Any]:
        """The manifest without its list of files."""
        return read_manifest(self.folder)[0] if self.unwritten is None else self.unwritten

    def files(self) -> Iterator[JobFile]:
        """Yield what the manifest says of each file."""
        return read_manifest(self.folder)[1]

    def entry(self, key: str, *kinds: type) -> Any:
        """Return one entry of the manifest, which must be of one of ``kinds``."""
        value = self.head.get(key)
        if not isinstance(value, kinds):
            raise JobError(f"{self.folder / MANIFEST}: {key} is {value!r}: this is not a whole job")
        return value

    @cached_property
    def fmt(self) -> Format:
        """The profile that the job was made with. Raises `ProfileError`, `TableError` too."""
        profile = self.entry("profile", dict)
        try:
            codes = {
                element: self._copy(entry["file"]) for element, entry in profile["codes"].items()
            }
            name = profile["format"]
            return markcode.get_format(
                self._copy(name) if name.endswith(".toml") else name,
                check=profile["check"],
                check_over=profile["check_over"],
                codes=codes,
                options={**profile["options"]},
            )
        except (KeyError, TypeError, AttributeError) as fault:
            raise JobError(
                f"{self.folder / MANIFEST}: the profile is {profile!r}: this is not a whole job"
            ) from fault

    @cached_property
    def kind(self) -> str:
        """The kind of event that was marked."""
        return str(self.entry("event", str))

    def columns(self) -> MarkColumns:
        """Return the columns of marks.csv."""
        equipment = self.entry("equipment", str)
        symbol = self.entry("symbol", str, type(None))
        modules = equipment == "csv" and self.head.get("modules") is True
        has_file = _has_file(self, equipment)
        return MarkColumns.of(self.fmt, self.kind, symbol, has_file, modules)

    def _copy(self, name: str) -> Path:
        if not is_inside(name):
            raise JobError(f"{self.folder / MANIFEST}: {name!r} is no file of this job")
        path = self.folder / name
        if path.exists() and not path.is_file():
            raise JobError(f"{path}: this is no regular file: this is not a whole job")
        return path


def verify_job(
    job: Job, as_of: datetime.date | None = None, progress: Progress | None = None
) -> Iterator[Verified]:
    """Yield what is wrong with the files of a job, and the report on each of its marks.

    The report on a drawing says that its letters were not read. Raises `JobError` for what is no
    whole job.
    """
    progress = progress or (lambda done, total: None)
    columns = job.columns()
    expected = job.entry("counts", dict).get("marks")
    line_count = columns.lines if job.entry("equipment", str) == "text" else 0
    count = 0
    for finding in head_findings(job.head):
        yield _about(MANIFEST, finding)
    with ExitStack() as stack:
        required = (MARKS, *map(file_name, range(1, line_count + 1)))
        listing = Listing(job.folder, required, stack)
        for number, (name, fault) in enumerate(listing.compare(job.files()), start=1):
            progress(number, None)
            if fault is not None:
                yield _about(name, fault)
        if not (job.folder / MARKS).is_file():
            return
        lines = LineFiles(job.folder, line_count, stack)
        drawings = Drawings(job.folder, _endings(job.entry("equipment", str)), _grid(job))
        last = 0
        for stated, cells in _stated_marks(job.folder / MARKS, columns, stack):
            report = verify_stated(job.fmt, job.kind, stated, as_of)
            findings = lines.compare(stated.lines)
            file = cells.get("file", "")
            if columns.has_modules:
                size, packed = (cells[name] for name in SYMBOL_COLUMNS)
                findings += read_modules(size, packed, stated.payload)
            if stated.row <= last:
                params = Elements(row=stated.row, after=last)
                findings.append(Finding("row.order", params=params))
            last = stated.row
            if columns.has_file:
                if file not in listing:
                    findings.append(unlisted(file))
                findings += drawings.compare(file, stated.payload)
            count += 1
            progress(count, expected if isinstance(expected, int) else None)
            yield Verified(stated.row, file or None, with_findings(report, findings))
        for name, finding in lines.rest():
            yield _about(name, finding)
    if count != expected:
        params = Elements(file=MARKS, expected=expected, found=count)
        yield _about(MARKS, Finding("count.mismatch", params=params))


def _has_file(job: Job, equipment: str) -> bool:
    """Return whether marks.csv names the drawing of each mark."""
    declared = machines.find(equipment)
    if declared is not None and declared.provider == OURS:
        return declared.is_drawn
    # A writer of another package may do as it likes, and perhaps is not installed here.
    with (job.folder / MARKS).open("rb") as stream:
        return b"file" in stream.readline().rstrip(b"\n").split(b",")


def _endings(equipment: str) -> set[str]:
    """Return the endings of the files of an equipment; none where it is not installed here."""
    declared = machines.find(equipment)
    return set() if declared is None else {Path(name).suffix for name in declared.files} - {""}


def _grid(job: Job) -> tuple[int, int]:
    """Return the columns and rows of marks on each drawing."""
    match job.head.get("grid", [1, 1]):
        case [int(columns), int(rows)] if 0 < columns * rows <= MOST_CELLS and rows > 0:
            return columns, rows
        case other:
            raise JobError(f"{job.folder / MANIFEST}: grid is {other!r}: this is not a whole job")


def _about(name: str, finding: Finding) -> Verified:
    """Return a finding about a whole file as a result."""
    verdict: Verdict = "invalid" if finding.severity == "error" else "suspect"
    return Verified(None, name, Report(name, verdict, (finding,)))


def _stated_marks(
    path: Path, columns: MarkColumns, stack: ExitStack
) -> Iterator[tuple[Stated, Mapping[str, str]]]:
    """Yield each mark of marks.csv with its cells."""
    names = columns.names
    for cells in mark_cells(path, columns, stack):
        of = dict(zip(names, cells, strict=True))
        try:
            yield stated_mark(columns, of), {n: of[n] for n in (*SYMBOL_COLUMNS, "file") if n in of}
        except notation.NotationError as fault:
            raise JobError(f"{path}, row {cells[0]}: damaged: {fault}") from fault


def mark_cells(path: Path, columns: MarkColumns, stack: ExitStack) -> Iterator[list[str]]:
    """Yield the cells of each mark of marks.csv; ``stack`` closes it. Raises `JobError`."""
    stream: TextIO = stack.enter_context(path.open(encoding="utf-8", newline=""))
    reader = csv.reader(stream, strict=True)
    names = columns.names
    try:
        header = next(reader, [])
        if header != names:
            raise JobError(
                f"{path}: the columns are {', '.join(header)} and must be {', '.join(names)}"
            )
        for cells in reader:
            if len(cells) != len(names) or re.fullmatch("[0-9]{1,15}", cells[0]) is None:
                raise JobError(f"{path}, line {reader.line_num}: this is no row of marks.csv")
            yield cells
    except (csv.Error, UnicodeDecodeError) as fault:
        raise JobError(f"{path}, after line {reader.line_num}: damaged: {fault}") from fault


def stated_mark(columns: MarkColumns, cells: Mapping[str, str]) -> Stated:
    """Return what the cells of a row of marks.csv say. Raises `NotationError`."""
    lines = [notation.unescape(cells[f"line_{number}"]) for number in range(1, columns.lines + 1)]
    while lines and not lines[-1]:
        lines.pop()
    return Stated(
        row=int(cells["row"]),
        lines=tuple(lines),
        elements={e.name: notation.unescape(cells[e.name]) for e in columns.elements},
        payload=payload_of(cells["payload"]) if columns.has_payload else None,
        check=cells["check"] if columns.has_check else None,
        is_struck=True,
    )


def verify_table(
    path: Path,
    fmt: Format | None,
    *,
    event: str | None = None,
    mark_column: str | None = None,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    as_of: datetime.date | None = None,
    progress: Progress | None = None,
) -> Iterator[Verified]:
    """Yield the report on each mark of a table, which must agree with the elements beside it.

    The marks are in ``mark_column``, else the column ``mark``, else ``line_1``, ``line_2`` ...
    Without a format each mark is recognised for itself, and not compared. Raises `TableError`.
    """
    table = open_table(path, encoding=encoding)
    marks = _mark_columns(table, mark_column)
    kind = None if fmt is None else event or fmt.events[0]
    of: Mapping[str, str] = {}
    if fmt is not None:
        free = [header for header in table.headers if header not in marks]
        wanted = {element.name: element.owner for element in fmt.elements(kind)}
        attributes = {element.name: element.attribute for element in fmt.elements(kind)}
        of = resolve_columns(free, wanted, columns or {}, attributes=attributes).of
    for number, row in enumerate(table.rows(), start=1):
        if progress is not None:
            progress(number, None)
        yield Verified(row.number, None, _table_report(fmt, kind, row, marks, of, as_of))


def _mark_columns(table: Table, asked: str | None) -> list[str]:
    if asked is not None:
        if asked in table.headers:
            return [asked]
        wanted = f"no column {asked!r} to verify"
    else:
        if "mark" in table.headers:
            return ["mark"]
        lines = [header for header in table.headers if _LINE.fullmatch(header)]
        if lines:
            return sorted(lines, key=lambda header: int(header.removeprefix("line_")))
        wanted = "no column mark or line_1 to verify"
    raise TableError(
        f"{table.path}: {wanted}; the columns are {', '.join(table.headers)}: "
        "name that of the marks with --mark-column"
    )


def _table_report(
    fmt: Format | None,
    kind: str | None,
    row: Row,
    marks: list[str],
    of: Mapping[str, str],
    as_of: datetime.date | None,
) -> Report:
    used = {*marks, *of.values()}
    faults = [
        Finding(fault.code, "error", None, None, Elements({**fault.params, "column": fault.column}))
        for fault in row.faults
        if fault.column is None or fault.column in used
    ]
    lines = [_typed(row.values[header]) for header in marks]
    while lines and not lines[-1]:
        lines.pop()
    # An empty cell says nothing of its element, unlike one in a job.
    elements = {name: row.values[header] for name, header in of.items() if row.values[header]}
    stated = Stated(row.number, tuple(lines), elements)
    if fmt is None or kind is None:
        report = markcode.verify(stated.text, as_of=as_of)
    else:
        report = verify_stated(fmt, kind, stated, as_of)
    return with_findings(report, faults)


def _typed(cell: str) -> str:
    """Return the mark that a cell stands for; as it stands where it is not in our notation."""
    try:
        return notation.unescape(cell)
    except notation.NotationError:
        return cell
