"""Columns and fixed text put together, row by row: `CO` + ` ` + maker + ` ` + serial ...

Each row is first laid out in a record of fixed width, padded with zero bytes, which are then
squeezed out: one path for any number of columns, and no work for each row.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from markcode.arrow import Strings

__all__ = ["Piece", "constant", "digits", "weave"]

Piece = bytes | Strings
"""What stands in every row alike, or a column of text without NUL."""

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
    lengths = np.zeros(rows, np.int64)
    for piece in pieces:
        lengths += len(piece) if isinstance(piece, bytes) else piece.lengths
    width = sum(map(_width, pieces))
    step = max(1, _BLOCK // max(width, 1))
    parts = [
        _laid_out(pieces, start, min(start + step, rows), width) for start in range(0, rows, step)
    ]
    data = parts[0] if len(parts) == 1 else np.concatenate([np.empty(0, np.uint8), *parts])
    return Strings.packed(data, lengths)


def _width(piece: Piece) -> int:
    if isinstance(piece, bytes):
        return len(piece)
    return int(piece.lengths.max()) if len(piece) else 0


def _laid_out(pieces: Sequence[Piece], start: int, stop: int, width: int) -> NDArray[np.uint8]:
    record = np.empty((stop - start, width), np.uint8)
    at, padded = 0, False
    for piece in pieces:
        wide = _width(piece)
        if not wide:
            continue
        if isinstance(piece, bytes):
            record[:, at : at + wide] = np.frombuffer(piece, np.uint8)
        else:
            part = piece.take(slice(start, stop))
            record[:, at : at + wide] = part.matrix(wide)
            padded = padded or int(part.lengths.min()) < wide
        at += wide
    flat = record.ravel()
    # Two passes over the bytes, each twice as fast as one selection by the mask.
    return flat.take(np.flatnonzero(flat != 0)) if padded else flat


def constant(values: Sequence[bytes], codes: NDArray[np.integer]) -> Strings:
    """Return the column that has in each row the value of its code, without copying any."""
    lengths = np.array([len(value) for value in values], np.int64)
    starts = np.cumsum(lengths) - lengths
    data = np.frombuffer(b"".join(values) + bytes(64), np.uint8)
    return Strings(data, starts[codes], lengths[codes])


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
