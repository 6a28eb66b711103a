"""CSV and its relatives: fields between commas, semicolons, tabs or bars (RFC 4180)."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import NamedTuple

from markcode.errors import TableError
from markcode.reference import labels
from markcode.tables.files import TextFile
from markcode.tables.rows import Row, make_headers, make_row

__all__ = ["Delimited"]

_DELIMITERS = ",;\t|"
_SAMPLE = 20


class Delimited:
    """A table of text; a delimiter that is not given is found out from its first records."""

    def __init__(self, file: TextFile, delimiter: str | None = None) -> None:
        self._file = file
        self.delimiter = _sniff(file) if delimiter is None else delimiter
        with closing(_records(file, self.delimiter)) as records:
            first = next(records, None)
        if first is None:
            raise TableError(f"{file.path}: is empty; its first line must name the columns")
        self.headers = make_headers(file.path, first.cells)
        self.header_line = first.line
        """Number of the line that names the columns, from 1."""

    def rows(self) -> Iterator[Row]:
        """Yield the records after the header. Raises `TableError` at a quote that never closes."""
        with closing(_records(self._file, self.delimiter)) as records:
            next(records)
            for record in records:
                yield make_row(record.number, self.headers, record.cells)


class _Record(NamedTuple):
    """One record that is not blank."""

    number: int
    """The first being 1."""
    line: int
    """In which it begins."""
    cells: list[str]


def _records(file: TextFile, delimiter: str) -> Generator[_Record]:
    """Yield the records that are not blank with their numbers, the first being 1.

    Blank records after the first count, so that the number is the row that a spreadsheet shows.
    """
    with file.lines() as lines:
        # strict: text after a closing quote means that quotes are out of step.
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        number = 0
        while True:
            lines.start_record()
            line = lines.number + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise TableError(
                    f"{file.path}: row {number + 1}, which begins in line {line}: "
                    f"{_explain(str(error))}"
                ) from None
            if not number and _is_hint(cells, line):
                # The rows of the spreadsheet that this came from begin after it.
                continue
            if any(cells):
                number += 1
                yield _Record(number, line, cells)
            elif number:
                number += 1


def _is_hint(cells: list[str], line: int) -> bool:
    """Return whether this is the first line in which Excel names its delimiter: ``sep=;``."""
    first, *others = cells or [""]
    is_named = re.fullmatch(f"sep=[{_DELIMITERS}]?", first, re.IGNORECASE) is not None
    return line == 1 and is_named and not any(others)


def _explain(reason: str) -> str:
    if "end of data" in reason:
        return 'a quote (") opens a field and never closes'
    if "expected after" in reason:
        return (
            'text follows a closing quote ("): an earlier quote is left open, '
            "or a quote inside a field is not doubled"
        )
    if "field limit" in reason:
        return 'a field is too long; is a quote (") left open?'
    return reason


def _sniff(file: TextFile) -> str:
    """Return the delimiter under which the header makes most sense.

    That is: it names most known columns, most of the first records have as many fields, it has
    most fields. Quotes are respected, since each delimiter is tried by really reading with it.
    """
    return max(_DELIMITERS, key=lambda delimiter: _fit(file, delimiter))


def _fit(file: TextFile, delimiter: str) -> tuple[int, int, int]:
    sample: list[list[str]] = []
    try:
        with closing(_records(file, delimiter)) as records:
            sample.extend(record.cells for record in itertools.islice(records, _SAMPLE + 1))
    except TableError:
        pass  # what was read before counts
    if not sample:
        return (-1, 0, 0)
    header = sample[0]
    known = sum(labels.element_of(cell) is not None for cell in header)
    if len(header) == 1:
        return (known, 0, 1)
    return (known, sum(len(cells) == len(header) for cells in sample[1:]), len(header))
