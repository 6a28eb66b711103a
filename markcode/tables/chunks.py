"""Tables in chunks of columns: what the kernels over columns take.

A chunk is a run of records with its cells as bytes, column by column. Rows that are not as they
should be (a field too many, a cell that a spreadsheet has spoiled) stand in it with their faults.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from markcode.arrow import Strings
from markcode.tables.rows import Row

if TYPE_CHECKING:
    pass

__all__ = ["Chunk", "of_rows"]

ROWS = 20_000
"""Rows of a chunk that is made of single rows."""


@dataclass(frozen=True)
class Chunk:
    """Some records, in order."""

    headers: tuple[str, ...]
    numbers: NDArray[np.int64]
    """Record number of each row; the header is row 1."""
    columns: tuple[Strings, ...]
    """The cells, by header; empty where absent, and where the row has a fault."""
    odd: Mapping[int, Row] = field(default_factory=dict)
    """Rows with faults, by their index in the chunk."""

    def __len__(self) -> int:
        return len(self.numbers)

    def row(self, index: int) -> Row:
        """Return one row."""
        if index in self.odd:
            return self.odd[index]
        cells = (_text(column, index) for column in self.columns)
        return Row(int(self.numbers[index]), dict(zip(self.headers, cells, strict=True)))

    def part(self, begin: int, end: int) -> Chunk:
        """Return the rows from one index up to another."""
        rows = slice(begin, end)
        columns = tuple(column.take(rows) for column in self.columns)
        odd = {at - begin: row for at, row in self.odd.items() if begin <= at < end}
        return Chunk(self.headers, self.numbers[rows], columns, odd)


def of_rows(headers: tuple[str, ...], rows: Iterable[Row]) -> Iterator[Chunk]:
    """Yield single rows as chunks."""
    rows = iter(rows)
    while some := list(islice(rows, ROWS)):
        odd = {at: row for at, row in enumerate(some) if row.faults}
        yield Chunk(
            headers,
            np.array([row.number for row in some], np.int64),
            tuple(
                Strings.joined([b"" if row.faults else row.values[header].encode() for row in some])
                for header in headers
            ),
            odd,
        )


def _text(column: Strings, index: int) -> str:
    start = int(column.starts[index])
    return column.data[start : start + int(column.lengths[index])].tobytes().decode()
