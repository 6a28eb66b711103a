"""Rows that say the same, found without sorting."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from markcode.arrow import Strings

__all__ = ["distinct", "words"]

_WORD = 8
_ODD = np.uint64(0x9E3779B97F4A7C15)
"""2^64 divided by the golden ratio: a product with it spreads over the upper bits."""
_SLOT_BITS = 14
_ROUNDS = 64


def words(texts: Strings) -> NDArray[np.uint64]:
    """Return the rows as words of eight bytes, padded with zeros: [words, rows]."""
    width = int(texts.lengths.max()) if len(texts) else 0
    matrix = texts.matrix(-(-max(width, 1) // _WORD) * _WORD)
    return np.ascontiguousarray(matrix.view("<u8").T)


def distinct(
    columns: Sequence[NDArray[np.uint64]],
) -> tuple[NDArray[np.intp], NDArray[np.int32]] | None:
    """Return a row for each different combination, and for each row which of these it is like.

    ``columns`` are numbers, row by row, of at least one row. None where there are too many
    combinations to be worth it.
    """
    count = len(columns[0])
    columns = [column for column in columns if not (column == column[0]).all()]
    if not columns:
        return np.zeros(1, np.intp), np.zeros(count, np.int32)
    mixed = np.zeros(count, np.uint64)
    for column in columns:
        mixed = (mixed ^ column) * _ODD
        mixed ^= mixed >> np.uint64(29)
    like = np.full(count, -1, np.int32)
    open_rows = np.arange(count)
    first: list[NDArray[np.intp]] = []
    total = 0
    for _ in range(_ROUNDS):
        mixed = mixed * _ODD
        slots = (mixed[open_rows] >> np.uint64(64 - _SLOT_BITS)).astype(np.intp)
        owner = np.full(1 << _SLOT_BITS, -1, np.intp)
        owner[slots] = open_rows
        held = owner[slots]
        same = np.ones(len(open_rows), np.bool_)
        for column in columns:
            same &= column[open_rows] == column[held]
        used = np.flatnonzero(owner >= 0)
        number = np.zeros(1 << _SLOT_BITS, np.int32)
        number[used] = total + np.arange(len(used), dtype=np.int32)
        like[open_rows[same]] = number[slots[same]]
        first.append(owner[used])
        total += len(used)
        open_rows = open_rows[~same]
        if not len(open_rows):
            return np.concatenate(first), like
    return None
