"""Equipment ``xlsx``: a workbook with the sheet ``codes``, one row a mark, and the sheet ``job``.

Every cell is text (type and number format), so that a leading zero stays and nothing becomes a
number, a date, a formula or a link (standards/equipment.md 7). The rows go to the disk as they
come; the same marks give the same bytes. No sheet says how many marks there are.
"""

from __future__ import annotations

import datetime
import io
import re
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from markcode.equipment.mark import EachAlone, Mark, Rendered, refuse_values, refused
from markcode.equipment.payloads import machine_payload, wants_payload
from markcode.equipment.setup import Setup
from markcode.errors import MissingExtra

__all__ = ["MOST_MARKS", "WorkbookWriter", "open_xlsx"]

MOST_MARKS = 1_048_575
"""Marks of one workbook: the rows of a sheet, less a header."""
_ALL_CELLS = "A1:XFD1048576"
_CREATED = datetime.datetime(1980, 1, 1)
_LITERAL_ESCAPE = re.compile("_x[0-9A-Fa-f]{4}_")
"""ECMA-376 part 1, 22.9.2.19: stands for a character, and some readers do not know how to say it
literally."""
_SAFE = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def open_xlsx(setup: Setup) -> WorkbookWriter:
    """Return the writer. Raises `MissingExtra` without XlsxWriter."""
    if find_spec("xlsxwriter") is None:
        raise MissingExtra("xlsxwriter", "equipment")
    return WorkbookWriter(setup)


class WorkbookWriter(EachAlone):
    """Writes rows into a workbook; when it holds ``most`` marks, into the next one.

    One workbook is ``codes.xlsx``, several are ``codes-00001.xlsx`` and so on.
    """

    def __init__(self, setup: Setup, most: int = MOST_MARKS) -> None:
        self._setup, self._most = setup, most
        self._with_payload = wants_payload(setup)
        self._has_header = setup.settings["header"] == "yes"
        self._columns = [f"line_{number}" for number in range(1, setup.lines + 1)]
        self._columns += ["payload"] * self._with_payload
        self._book: _Workbook | None = None
        self._number = 1

    def render(self, mark: Mark) -> Rendered:
        """Return the cells of a mark. Raises `InvalidMark`."""
        refuse_values(self._setup, mark)
        cells = list(mark.lines)
        values = self._setup.equipment.values
        if self._with_payload and values is not None:
            cells.append(machine_payload(self._setup, mark, values))
        for line, cell in enumerate(cells, start=1):
            escape = _LITERAL_ESCAPE.search(cell)
            if escape is not None:
                reason = "character" if line <= self._setup.lines else "payload"
                place = {"line": line, "character": escape[0], "column": escape.start() + 1}
                raise refused(self._setup.name, reason, cell, **place)
        return Rendered(made=cells)

    def collect(self, mark: Mark, rendered: Rendered) -> Rendered:
        """Put the cells into the workbook; return the one before, if that was full."""
        full = None
        if self._book is not None and self._book.marks == self._most:
            full = self._closed(self._book, f"codes-{self._number:05}.xlsx")
            self._number += 1
        if self._book is None:
            self._book = _Workbook(self._columns if self._has_header else None)
        self._book.add(rendered.made)
        return Rendered(file=full)

    def finish(self) -> Rendered:
        """Return the last workbook, which is there without a mark, too."""
        book = self._book or _Workbook(self._columns if self._has_header else None)
        name = "codes.xlsx" if self._number == 1 else f"codes-{self._number:05}.xlsx"
        last = self._closed(book, name)
        self._number = 1
        return Rendered(file=last)

    def _closed(self, book: _Workbook, name: str) -> tuple[str, bytes]:
        facts = {
            "workbook": str(self._number),
            "columns": " ".join(self._columns),
            "header": "yes" if self._has_header else "no",
            "symbol": self._setup.symbol or "none",
        }
        self._book = None
        return name, book.closed(facts)


class _Workbook:
    """One workbook in the making, whose rows wait in a temporary folder."""

    def __init__(self, header: Sequence[str] | None) -> None:
        import xlsxwriter

        folder = tempfile.mkdtemp(prefix="markcode-")
        self._bytes = io.BytesIO()
        self._book = xlsxwriter.Workbook(self._bytes, {**_SAFE, "tmpdir": folder})
        self._discard = weakref.finalize(self, _discard, self._book, folder)
        self._book.set_properties({"created": _CREATED})
        self._text = self._book.add_format({"num_format": "@"})
        self._codes = self._sheet("codes")
        self._row = 0
        self.marks = 0
        self._first: Sequence[str] = ()
        self._last: Sequence[str] = ()
        if header is not None:
            self._write(header)

    def add(self, cells: Sequence[str]) -> None:
        """Add the row of a mark."""
        self._first = self._first or cells
        self._last = cells
        self.marks += 1
        self._write(cells)

    def closed(self, facts: dict[str, str]) -> bytes:
        """Return the whole file, with ``facts`` and the first and last mark on the sheet ``job``.

        An operator compares these two with what the machine is about to mark.
        """
        job = self._sheet("job")
        for row, (name, value) in enumerate(facts.items()):
            job.write_string(row, 0, name, self._text)
            job.write_string(row, 1, value, self._text)
        for row, (name, cells) in enumerate(
            (("first", self._first), ("last", self._last)), start=len(facts)
        ):
            for column, cell in enumerate((name, *cells)):
                job.write_string(row, column, cell, self._text)
        self._book.close()
        self._discard()
        return self._bytes.getvalue()

    def _sheet(self, name: str) -> Any:
        sheet = self._book.add_worksheet(name)
        sheet.ignore_errors({"number_stored_as_text": _ALL_CELLS})
        return sheet

    def _write(self, cells: Sequence[str]) -> None:
        for column, cell in enumerate(cells):
            self._codes.write_string(self._row, column, cell, self._text)
        self._row += 1


def _discard(book: Any, folder: str) -> None:
    """Remove what a workbook has on the disk, closed or not."""
    for sheet in book.worksheets():
        sheet.row_data_fh.close()
    shutil.rmtree(folder, ignore_errors=True)
