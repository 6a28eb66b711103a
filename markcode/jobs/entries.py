"""What the rows of a chunk enter into the files of a job: marks.csv, warnings, lines, drawings.

Proven rows come as columns, the others one by one; the bytes are the same either way, and stand in
the order of the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from markcode.arrow import Strings
from markcode.columns.encoding import Encoded
from markcode.columns.weave import weave
from markcode.equipment import Mark, Rendered, Writer
from markcode.equipment.mark import render_all
from markcode.jobs import bulk
from markcode.jobs.order import Options
from markcode.jobs.registration import NewMarks
from markcode.jobs.tables import (
    MARKS,
    REJECTED,
    WARNINGS,
    MarkColumns,
    finding_line,
    mark_line,
    packed,
)
from markcode.model import NO_ELEMENTS, Finding, Marking
from markcode.symbols.datamatrix import encode_many
from markcode.writing import Slot

if TYPE_CHECKING:
    import polars as pl

    from markcode.jobs.rows import ArmChunk
    from markcode.symbols.datamatrix.columns.batch import SymbolBatch

__all__ = ["Entries", "Hashes", "Made", "Tally"]

Hashes = tuple[Slot, NDArray[np.uint64], NDArray[np.int64]]
"""Slot, hashes and the rows that they are of."""


_MOST_TAILS = 10_000
"""Lines of findings that are remembered."""


@dataclass
class Tally:
    """Counts of some rows, and the serials of the first and last of their marks."""

    rows: int = 0
    marks: int = 0
    warned: int = 0
    duplicates: int = 0
    first_serial: str | None = None
    last_serial: str | None = None
    achieved: Mapping[str, int] = NO_ELEMENTS
    """Sizes that whole dots give."""

    def add(self, other: Tally) -> None:
        """Add the counts of the rows that follow."""
        self.rows += other.rows
        self.marks += other.marks
        self.warned += other.warned
        self.duplicates += other.duplicates
        self.first_serial = self.first_serial or other.first_serial
        self.last_serial = other.last_serial if other.marks else self.last_serial
        self.achieved = other.achieved or self.achieved


@dataclass
class Made:
    """What a chunk came to."""

    read: int
    """Rows of the chunk."""
    selected: int = 0
    """Those of them that the job is of."""
    tally: Tally = field(default_factory=Tally)
    appended: dict[str, bulk.Buffer] = field(default_factory=dict)
    """What is added to the end of each file."""
    files: list[tuple[str, bytes]] = field(default_factory=list)
    """Files of their own, in the order of the rows."""
    frame: pl.DataFrame | None = None
    """The marks as rows for Parquet."""
    rejections: list[tuple[int, str, Finding]] = field(default_factory=list)
    """Row, column and finding of each rejection."""
    hashes: list[Hashes] = field(default_factory=list)
    arms: ArmChunk | None = None
    """The chunk itself, where the entries wait until its marks are registered."""
    repeats: Mapping[int, Sequence[Finding]] = field(default_factory=dict)
    """What was known of its rows."""
    marks: list[NewMarks] = field(default_factory=list)
    """What is to be registered."""
    held: Entries | None = None
    """The entries that wait, so that nothing above is filled yet."""

    def finish(self) -> None:
        """Put the entries that have waited into the result."""
        if self.held is not None:
            self.held.finish(self)
            self.held = None


class Entries:
    """The entries of one chunk.

    ``column_of`` says under which header a finding stands; ``tails`` remembers lines of findings
    from one chunk to the next.
    """

    def __init__(
        self,
        options: Options,
        writer: Writer,
        columns: MarkColumns,
        column_of: Callable[[Finding], str],
        tails: dict[int, tuple[Finding, bytes]],
    ) -> None:
        self._options, self._writer, self._columns = options, writer, columns
        self._column_of = column_of
        self._tails = tails
        self._lines: dict[str, bulk.Lines] = {}
        self._proven: list[tuple[Encoded, NDArray[np.int64], SymbolBatch | None]] = []
        self._single: list[tuple[int, int, Marking]] = []
        self._drawn: dict[int, tuple[Mark, Rendered]] = {}
        self._rejections: dict[int, list[tuple[int, str, Finding]]] = {}
        self._serials: dict[int, str | None] = {}
        self._tally = Tally()

    # -- proven rows -------------------------------------------------------------------------

    def add(self, encoded: Encoded, numbers: NDArray[np.int64]) -> NDArray[np.intp]:
        """Add proven rows; ``numbers`` are the record numbers of the whole chunk.

        Returns the rows that the machine or the symbol cannot take: these were not added.
        """
        symbols = None
        if self._options.symbol == "datamatrix" and (
            self._writer.is_columnar or self._options.modules
        ):
            symbols = encode_many(encoded.payload, shape=self._options.shape, errors="null")
        fit = self._fit(encoded, numbers, symbols)
        kept = np.flatnonzero(fit)
        taken = encoded.take(kept)
        if symbols is not None and len(kept) < len(fit):
            symbols = symbols.take(kept)
        if len(kept):
            self._proven.append((taken, numbers[taken.rows], symbols))
        return encoded.rows[~fit]

    def _fit(
        self, encoded: Encoded, numbers: NDArray[np.int64], symbols: SymbolBatch | None
    ) -> NDArray[np.bool_]:
        """Return which rows the symbol and the machine can take."""
        if not self._writer.is_columnar or (symbols is None and self._options.symbol is not None):
            return self._rendered(encoded, numbers)
        fit = np.ones(len(encoded.rows), np.bool_)
        if symbols is not None:
            fit &= symbols.has_symbol
        row = bulk.in_rows(self._writer)
        for number in range(len(self._writer.heads) if row is None else row.columns):
            if number >= len(encoded.shape.lines):
                return np.zeros(len(encoded.rows), np.bool_)
            forbidden = "" if row is None else row.forbidden
            fit &= bulk.is_plain_value(bulk.struck_lines(encoded, number), forbidden)
        return fit

    def _rendered(self, encoded: Encoded, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Render each mark; return which could be."""
        fit = np.zeros(len(encoded.rows), np.bool_)
        options = self._options
        marks = bulk.marks_of(encoded, numbers, options.symbol, options.shape)
        made = {at: mark for at, mark in enumerate(marks) if mark is not None}
        rendered = render_all(self._writer, made.values())
        for (at, mark), result in zip(made.items(), rendered, strict=True):
            if isinstance(result, Rendered):
                self._drawn[int(encoded.rows[at])] = mark, result
                fit[at] = True
        return fit

    def _enter(
        self, encoded: Encoded, numbers: NDArray[np.int64], symbols: SymbolBatch | None
    ) -> None:
        rows = encoded.rows
        names = None
        if self._columns.has_file:
            drawn = [self._drawn[row][1].name or "" for row in rows.tolist()]
            names = Strings.joined([name.encode() for name in drawn])
        self._put(MARKS, rows, bulk.mark_lines(encoded, numbers, self._columns, names, symbols))
        row = bulk.in_rows(self._writer)
        for number, name in enumerate(self._writer.heads):
            if row is not None:
                added = bulk.row_lines(encoded, row.columns, row.separator)
            elif self._writer.is_columnar:
                struck = bulk.struck_lines(encoded, number)
                added = weave([struck, b"\r\n"], len(rows))
            else:
                lines = (self._drawn[at][1].lines for at in rows.tolist())
                added = Strings.joined([files.get(name, b"") for files in lines])
            self._put(name, rows, added)
        lists, which = bulk.warnings_of(encoded)
        warned = np.flatnonzero(np.array([bool(each) for each in lists])[which])
        if len(warned):
            told = bulk.warning_lines(numbers[warned], lists, which[warned], self._tail)
            self._put(WARNINGS, rows[warned], told)
        self._tally.rows += len(rows)
        self._tally.marks += len(rows)
        self._tally.warned += len(warned)
        for at in (0, len(rows) - 1):
            self._serials[int(rows[at])] = encoded.value_at("serial", at) or None

    def _tail(self, finding: Finding) -> bytes:
        """Return the line of a finding but for its row number; few findings are many rows'."""
        # The object itself is kept, so that its id stays its own.
        known = self._tails.get(id(finding))
        if known is None:
            line = finding_line(None, self._column_of(finding), finding, self._options.language)
            if len(self._tails) > _MOST_TAILS:
                self._tails.clear()
            known = self._tails[id(finding)] = finding, line
        return known[1]

    def _put(self, name: str, rows: NDArray[np.intp], lines: Strings) -> None:
        self._lines.setdefault(name, bulk.Lines()).columns.append((rows, lines))

    # -- single rows -------------------------------------------------------------------------

    def add_single(
        self,
        at: int,
        number: int,
        made: tuple[Marking, Mark, Rendered] | None,
        findings: Sequence[Finding],
    ) -> None:
        """Add the row at an index of the chunk: its mark and warnings, or its faults."""
        self._tally.rows += 1
        name = REJECTED if made is None else WARNINGS
        told = [(number, self._column_of(finding), finding) for finding in findings]
        if told:
            language = self._options.language
            lines = (finding_line(row, column, f, language) for row, column, f in told)
            self._put_single(name, at, b"".join(lines))
        if made is None:
            self._rejections[at] = told
            self._tally.duplicates += any(
                f.code.startswith("duplicate.") and f.severity == "error" for f in findings
            )
            return
        marking, mark, rendered = made
        self._tally.marks += 1
        self._tally.warned += bool(findings)
        self._serials[at] = marking.parsed.firearm.serial
        self._drawn[at] = mark, rendered
        self._single.append((at, number, marking))

    def _enter_single(self, at: int, number: int, marking: Marking) -> None:
        mark, rendered = self._drawn[at]
        line = mark_line(self._columns, number, marking, rendered.name or "", mark.symbol)
        self._put_single(MARKS, at, line)
        for line_file, data in rendered.lines.items():
            self._put_single(line_file, at, data)

    def _put_single(self, name: str, at: int, data: bytes) -> None:
        self._lines.setdefault(name, bulk.Lines()).single[at] = data

    def proven(self) -> Iterator[tuple[Encoded, NDArray[np.int64]]]:
        """Yield the proven rows that were added, with their record numbers."""
        return ((encoded, numbers) for encoded, numbers, _ in self._proven)

    # -- together ----------------------------------------------------------------------------

    def finish(self, made: Made) -> None:
        """Put everything into the result, in the order of the rows."""
        for at, (mark, rendered) in sorted(self._drawn.items()):
            collected = self._writer.collect(mark, rendered)
            self._drawn[at] = mark, collected
            self._tally.achieved = collected.achieved or self._tally.achieved
            if collected.file is not None:
                made.files.append(collected.file)
        for proven in self._proven:
            self._enter(*proven)
        for single in self._single:
            self._enter_single(*single)
        serials = [serial for _, serial in sorted(self._serials.items()) if serial]
        if serials:
            self._tally.first_serial, self._tally.last_serial = serials[0], serials[-1]
        made.tally = self._tally
        made.appended = {name: lines.in_order() for name, lines in self._lines.items()}
        if self._options.equipment == "parquet" and MARKS in made.appended:
            made.frame = self._frame(made.appended[MARKS])
        made.rejections = [told for _, rows in sorted(self._rejections.items()) for told in rows]

    def _frame(self, lines: bulk.Buffer) -> pl.DataFrame:
        """Return the marks as they stand in marks.csv, with the symbols if asked."""
        import polars as pl

        names = self._columns.names
        types = {name: pl.Int64 if name == "row" else pl.String for name in names}
        frame = pl.read_csv(bytes(lines), has_header=False, schema=types)
        if not self._options.modules:
            return frame
        tables = [
            symbols.table().with_columns(pl.Series(_AT, encoded.rows, dtype=pl.Int64))
            for encoded, _, symbols in self._proven
            if symbols is not None
        ]
        single = [(at, self._drawn[at][0].symbol) for at, _, _ in self._single]
        packed_ones = {
            "symbol": [f"{s.rows}x{s.columns}" if s else None for _, s in single],
            "modules": [packed(s) if s else None for _, s in single],
            _AT: [at for at, _ in single],
        }
        schema = {"symbol": pl.String, "modules": pl.Binary, _AT: pl.Int64}
        tables.append(pl.DataFrame(packed_ones, schema=schema))
        return frame.hstack(pl.concat(tables).sort(_AT).drop(_AT))


_AT = "at"
