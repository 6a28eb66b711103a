"""Delimited text without quotes, read as bytes: what most tables are, and the fast way through.

It gives the rows that `markcode.tables.delimited` gives, as chunks; a table that could be read in
another way by the rules of quoting (RFC 4180) is no plain one, and goes there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from markcode.arrow import Strings
from markcode.tables.chunks import Chunk
from markcode.tables.rows import Row, make_row

__all__ = ["PlainTable", "Watch"]

CHUNK = 2 << 20
"""Bytes read at a time."""
_LONGEST = 1 << 15
"""A line may not be twice as long: Python's own reader takes fields of 131,072 characters."""
_SPARE = 256
"""Bytes after a chunk, so that a window over its last field stays within."""
_LF, _CR = 0x0A, 0x0D


class Watch:
    """Looks at the bytes of a file as they pass, for what keeps it from being plain."""

    def __init__(self) -> None:
        self.is_plain = True
        self._before = b""

    def update(self, chunk: bytes) -> None:
        """Look at the next bytes."""
        if not self.is_plain:
            return
        # A CR and its LF may come apart.
        joined = self._before + chunk
        self._before = b"\r" if joined.endswith(b"\r") and chunk else b""
        seen = joined.removesuffix(self._before)
        self.is_plain = (
            b'"' not in seen
            and b"\0" not in seen
            and (b"\r" not in seen or seen.count(b"\r") == seen.count(b"\r\n"))
            and all(
                b"\n" in seen[at : at + _LONGEST] for at in range(0, len(seen) - _LONGEST, _LONGEST)
            )
        )


@dataclass(frozen=True)
class PlainTable:
    """A table of plain lines: UTF-8, no quote, no NUL, no lone CR, no line too long."""

    path: Path
    headers: tuple[str, ...]
    delimiter: str
    header_line: int
    """Number of the line that names the columns, from 1."""

    def chunks(self) -> Iterator[Chunk]:
        """Yield the records after the header; blank ones are left out and counted."""
        with self.path.open("rb") as stream:
            for _ in range(self.header_line):
                stream.readline()
            before = 1
            for block in _blocks(stream):
                lines = _Lines.of(block, ord(self.delimiter))
                chunk = self._chunk(lines, before)
                before += len(lines.ends)
                if len(chunk):
                    yield chunk

    def _chunk(self, lines: _Lines, before: int) -> Chunk:
        """Return the records of these lines; ``before`` records stand before them."""
        width = len(self.headers)
        is_right = lines.fields == width
        kept, odd = np.flatnonzero(is_right), list[Row]()
        starts, lengths = lines.cut(kept, width)
        filled = lengths.any(axis=0)
        if not filled.all():
            kept, starts, lengths = kept[filled], starts[:, filled], lengths[:, filled]
        if not is_right.all():
            for line in np.flatnonzero(~is_right).tolist():
                cells = lines.text(line).split(self.delimiter)
                if any(cells):
                    odd.append(make_row(before + 1 + line, self.headers, cells))
        numbers = before + 1 + kept
        if odd:
            nothing = np.zeros((width, len(odd)), np.int64)
            numbers = np.concatenate([numbers, [row.number for row in odd]])
            order = np.argsort(numbers, kind="stable")
            numbers = numbers[order]
            starts = np.concatenate([starts, nothing], axis=1)[:, order]
            lengths = np.concatenate([lengths, nothing], axis=1)[:, order]
        places = np.searchsorted(numbers, [row.number for row in odd]).tolist()
        columns = map(Strings, [lines.data] * width, starts, lengths)
        return Chunk(self.headers, numbers, tuple(columns), dict(zip(places, odd, strict=True)))


@dataclass(frozen=True)
class _Lines:
    """Whole lines, and where their fields end."""

    data: NDArray[np.uint8]
    marks: NDArray[np.intp]
    """Places of delimiters and ends of lines."""
    ends: NDArray[np.intp]
    """Which of the marks end a line."""
    fields: NDArray[np.intp]
    """Fields of each line."""

    @classmethod
    def of(cls, data: NDArray[np.uint8], delimiter: int) -> _Lines:
        marks = np.flatnonzero((data == delimiter) | (data == _LF))
        ends = np.flatnonzero(data[marks] == _LF)
        return cls(data, marks, ends, np.diff(ends, prepend=-1))

    def cut(
        self, lines: NDArray[np.intp], width: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where the fields of these lines start, and their lengths: [field, line]."""
        if len(lines) == len(self.fields):
            stops = np.ascontiguousarray(self.marks.reshape(-1, width).T)
        else:
            stops = self.marks[self.ends[lines] + np.arange(1 - width, 1)[:, None]]
        starts = np.empty_like(stops)
        starts[0] = self.starts[lines]
        np.add(stops[:-1], 1, out=starts[1:])
        lengths = stops - starts
        lengths[-1] -= self.data[np.maximum(stops[-1] - 1, 0)] == _CR
        return starts, lengths

    @cached_property
    def starts(self) -> NDArray[np.intp]:
        """Where each line starts."""
        found = np.zeros(len(self.ends), np.intp)
        found[1:] = self.marks[self.ends[:-1]] + 1
        return found

    def text(self, line: int) -> str:
        """Return a line without its end."""
        raw = self.data[int(self.starts[line]) : int(self.marks[self.ends[line]])].tobytes()
        return raw.removesuffix(b"\r").decode()


def _blocks(stream: BinaryIO) -> Iterator[NDArray[np.uint8]]:
    """Yield the rest of a file in blocks of whole lines, the last one ended if it is not."""
    rest = b""
    while read := stream.read(CHUNK):
        cut = read.rfind(b"\n") + 1
        if not cut:
            rest += read
            continue
        yield _padded(rest + read[:cut])
        rest = read[cut:]
    if rest:
        yield _padded(rest + b"\n")


def _padded(lines: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(lines + bytes(_SPARE), np.uint8)
