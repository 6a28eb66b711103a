"""What a table is made of: rows of text by header, and the faults of their cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markcode.errors import TableError
from markcode.model import NO_ELEMENTS, Elements
from markcode.tables import files

if TYPE_CHECKING:
    from markcode.tables.chunks import Chunk

__all__ = ["CellFault", "Row", "Table", "make_headers", "make_row", "without_surrogates"]

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class CellFault:
    """Why a cell, or the row as a whole, cannot be taken as it stands."""

    column: str | None
    """The header; None for the row as a whole."""
    code: str
    """``cell.numeric`` (params ``value``, and ``reason`` json where it is no spreadsheet's),
    ``cell.date`` ``cell.formula`` ``cell.type`` (``value``),
    ``cell.encoding``, ``row.fields`` (params ``found``, ``expected``), ``row.syntax`` (``reason``).
    """
    params: Mapping[str, Any] = NO_ELEMENTS


@dataclass(frozen=True)
class Row:
    """One record: its number (the header is row 1) and its text by header, empty where absent."""

    number: int
    values: dict[str, str]
    faults: tuple[CellFault, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table whose header was read; its rows are read anew by each call of `rows`."""

    path: Path
    headers: tuple[str, ...]
    sha256: str
    """Of the file as it was opened, in hexadecimal."""
    _read: Callable[[], Iterator[Row]] = field(repr=False)
    _stamp: tuple[int, int] = field(repr=False)
    _read_chunks: Callable[[], Iterator[Chunk]] | None = field(default=None, repr=False)
    """A faster way to the same rows, where there is one."""

    def rows(self) -> Iterator[Row]:
        """Yield the rows in order; blank ones are left out and counted.

        Raises `TableError` where the file cannot be read on, or is no longer the one opened.
        """
        self._check_unchanged()
        yield from self._read()
        self._check_unchanged()

    def chunks(self) -> Iterator[Chunk]:
        """Yield the same rows as columns, many at a time. Raises as `rows` does."""
        from markcode.tables import chunks

        self._check_unchanged()
        if self._read_chunks is not None:
            yield from self._read_chunks()
        else:
            yield from chunks.of_rows(self.headers, self._read())
        self._check_unchanged()

    def _check_unchanged(self) -> None:
        files.check(self.path)
        if files.stamp(self.path) != self._stamp:
            raise TableError(f"{self.path}: the file was changed while it was read; start again")


def make_headers(path: Path, cells: Iterable[str]) -> tuple[str, ...]:
    """Return the headers with white space made single; a cell without text is ``column N``.

    Raises `TableError` where one occurs twice.
    """
    headers: list[str] = []
    for number, cell in enumerate(cells, start=1):
        header = " ".join(without_surrogates(cell).split()) or f"column {number}"
        if header in headers:
            raise TableError(
                f"{path}: the header {header!r} stands over columns {headers.index(header) + 1} "
                f"and {number}; rename one of them"
            )
        headers.append(header)
    return tuple(headers)


def make_row(
    number: int, headers: tuple[str, ...], cells: list[str], faults: Iterable[CellFault] = ()
) -> Row:
    """Return the row of ``cells``; more or fewer than headers, or undecodable text, is a fault."""
    found = list(faults)
    if len(cells) != len(headers):
        sizes = Elements(found=len(cells), expected=len(headers))
        found.append(CellFault(None, "row.fields", sizes))
        cells = (cells + [""] * len(headers))[: len(headers)]
    for at, cell in enumerate(cells):
        if not cell.isascii() and _SURROGATE.search(cell):
            found.append(CellFault(headers[at], "cell.encoding"))
            cells[at] = without_surrogates(cell)
    return Row(number, dict(zip(headers, cells, strict=True)), tuple(found))


def without_surrogates(text: str) -> str:
    """Return ``text`` with U+FFFD for each byte or escape that is no character."""
    return _SURROGATE.sub("\ufffd", text)
