"""Columns and fixed text put together, row by row: `CO` + ` ` + maker + ` ` + serial ...

Each row is first laid out in a record of fixed width, padded with zero bytes, which are then
squeezed out: one path for any number of columns, and no work for each row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from markcode.arrow import Strings

__all__ = ["ByCode", "Piece", "constant", "digits", "weave"]


@dataclass(frozen=True, eq=False)
class ByCode:
    """Text of which there are few: each row has that of its code."""

    values: tuple[bytes, ...]
    codes: NDArray[np.int32]

    def column(self) -> Strings:
        """Return the text of each row."""
        return constant(self.values, self.codes)


Piece = bytes | ByCode | Strings
"""What stands in every row alike, or by the code of the row, or a column; all without NUL."""

_MERGED = 256
"""Texts by code of which there are more are not put together with their neighbours."""

_BLOCK = 1 << 18
"""Bytes of records laid out at a time: what stays in a core's own cache."""
_GROUP = 4
"""Decimal digits that one look-up gives."""


def weave(pieces: Sequence[Piece], rows: int) -> Strings:
    """Return the column of the pieces' concatenations.

    >>> import numpy as np
    >>> serials = Strings.packed(np.frombuffer(b"A1B22", np.uint8), np.array([2, 3]))
    >>> weave([b"<", serials, b">"], 2).texts()
    ['<A1>', '<B22>']
    """
    pieces = _merged(pieces)
    lengths = np.zeros(rows, np.int64)
    for piece in pieces:
        lengths += len(piece) if isinstance(piece, bytes) else piece.lengths
    widths = [_width(piece) for piece in pieces]
    width = sum(widths)
    fixed = np.zeros(width, np.uint8)
    varying = []
    at = 0
    for piece, wide in zip(pieces, widths, strict=True):
        if isinstance(piece, bytes):
            fixed[at : at + wide] = np.frombuffer(piece, np.uint8)
        elif wide:
            varying.append((slice(at, at + wide), piece.reader(wide)))
        at += wide
    is_even = bool((lengths == width).all())
    step = max(1, _BLOCK // max(width, 1))
    data = np.empty(int(lengths.sum()), np.uint8)
    scratch = np.empty((min(step, rows), width), np.uint8)
    done = 0
    for start in range(0, rows if width else 0, step):
        count = min(step, rows - start)
        record = scratch[:count]
        if is_even:
            record = data[start * width : (start + count) * width].reshape(count, width)
        record[:] = fixed
        for place, read in varying:
            record[:, place] = read(slice(start, start + count))
        if not is_even:
            flat = record.ravel()
            # Two passes over the bytes, each twice as fast as one selection by the mask.
            kept = np.flatnonzero(flat != 0)
            flat.take(kept, out=data[done : done + len(kept)], mode="clip")
            done += len(kept)
    return Strings.packed(data, lengths)


def _merged(pieces: Sequence[Piece]) -> list[bytes | Strings]:
    """Return the pieces with neighbours put together where that makes no more of them."""
    found: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, ByCode) and len(set(piece.values)) == 1:
            piece = piece.values[0]
        both = _together(found[-1], piece) if found else None
        if both is None:
            found.append(piece)
        else:
            found[-1] = both
    return [piece.column() if isinstance(piece, ByCode) else piece for piece in found]


def _together(one: Piece, other: Piece) -> bytes | ByCode | None:
    if isinstance(one, Strings) or isinstance(other, Strings):
        return None
    if isinstance(one, bytes) and isinstance(other, bytes):
        return one + other
    coded = other if isinstance(one, bytes) else one
    assert isinstance(coded, ByCode)
    if len(coded.values) > _MERGED:
        return None
    if isinstance(one, ByCode) and isinstance(other, ByCode):
        if one.codes is not other.codes:
            return None
        values = tuple(a + b for a, b in zip(one.values, other.values, strict=True))
    elif isinstance(one, bytes):
        values = tuple(one + value for value in coded.values)
    else:
        assert isinstance(other, bytes)
        values = tuple(value + other for value in coded.values)
    return ByCode(values, coded.codes)


def _width(piece: bytes | Strings) -> int:
    if isinstance(piece, bytes):
        return len(piece)
    return int(piece.lengths.max()) if len(piece) else 0


def constant(values: Sequence[bytes], codes: NDArray[np.integer] | None) -> Strings:
    """Return the column that has in each row the value of its code, without copying any.

    Without codes, the values themselves, one a row.
    """
    column = Strings.joined(values)
    return column if codes is None else column.take(codes)


_DIGITS = np.array([f"{number:04}".encode() for number in range(10**_GROUP)]).view(np.uint8)


def digits(numbers: NDArray[np.int64]) -> Strings:
    """Return whole numbers, none negative, in decimal digits.

    >>> import numpy as np
    >>> digits(np.array([0, 7, 12345])).texts()
    ['0', '7', '12345']
    """
    most = int(numbers.max()) if len(numbers) else 0
    groups = -(-len(str(most)) // _GROUP)
    width = groups * _GROUP
    words = np.empty((len(numbers), groups), "V4")
    table, rest = _DIGITS.view("V4"), numbers
    for group in range(groups - 1, 0, -1):
        rest, part = np.divmod(rest, 10**_GROUP)
        words[:, group] = table[part]
    words[:, 0] = table[rest]
    lengths = np.ones(len(numbers), np.int64)
    for power in range(1, len(str(most))):
        lengths += numbers >= 10**power
    starts = np.arange(1, len(numbers) + 1) * width - lengths
    return Strings(words.view(np.uint8).ravel(), starts, lengths)
