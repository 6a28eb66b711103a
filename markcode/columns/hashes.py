"""Hashes of columns of text, to find rows that may say the same.

Equal texts have equal hashes; different ones rarely do, and whoever uses them compares the texts
themselves in the end. The hash is a polynomial in the bytes modulo 2^64, so that of several texts
one after another can be had from theirs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from markcode.arrow import Strings
from markcode.columns.weave import ByCode, constant

__all__ = ["Hashed", "hash_column", "joined", "mixed"]

_BASE = 0x9E3779B97F4A7C55
_ODD = np.uint64(0xD6E8FEB86659FD93)


def _powers(count: int) -> NDArray[np.uint64]:
    factors = np.full(count, _BASE, np.uint64)
    factors[0] = 1
    return np.cumprod(factors, dtype=np.uint64)


_POWERS = _powers(1 << 14)
"""Far more than a mark has bytes; what a cell has beyond them does not enter its hash."""
_WIDE = 256
"""Bytes of a text above which it is hashed by itself: it would widen the matrix for all."""


class Hashed:
    """A column of texts as their hashes and lengths in bytes."""

    __slots__ = ("lengths", "values")

    def __init__(self, values: NDArray[np.uint64], lengths: NDArray[np.int64]) -> None:
        self.values = values
        self.lengths = lengths


def hash_column(texts: Strings | ByCode) -> Hashed:
    """Return the hashes of a column: the sum of each byte times a power of its place.

    Of a text that is the same in every row, one hash.
    """
    if isinstance(texts, ByCode):
        few = len(set(texts.values)) == 1
        own = hash_column(constant(texts.values[:1] if few else texts.values, None))
        return own if few else Hashed(own.values[texts.codes], own.lengths[texts.codes])
    wide = texts.lengths > _WIDE
    short = Strings(texts.data, texts.starts, texts.lengths * ~wide) if wide.any() else texts
    width = int(short.lengths.max(initial=0))
    values = np.zeros(len(texts), np.uint64)
    for place, column in enumerate(np.ascontiguousarray(short.matrix(width).T)):
        values += column * _POWERS[place]
    for row in np.flatnonzero(wide).tolist():
        start, length = int(texts.starts[row]), min(int(texts.lengths[row]), len(_POWERS))
        values[row] = (texts.data[start : start + length] * _POWERS[:length]).sum()
    return Hashed(values, texts.lengths)


def joined(columns: Sequence[Hashed], rows: int) -> NDArray[np.uint64]:
    """Return the hashes of the columns' texts one after another."""
    values, lengths = np.zeros(rows, np.uint64), np.zeros(1, np.int64)
    for column in columns:
        values += column.values * _POWERS[lengths]
        lengths = lengths + column.lengths
    return _spread(values)


def mixed(columns: Sequence[Hashed], rows: int) -> NDArray[np.uint64]:
    """Return a hash of the columns' texts, each for itself."""
    values = np.zeros(rows, np.uint64)
    for column in columns:
        values = _spread(values ^ column.values ^ column.lengths.astype(np.uint64))
    return values


def _spread(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the values so mixed that every bit depends on all."""
    values = (values ^ (values >> np.uint64(32))) * _ODD
    spread: NDArray[np.uint64] = values ^ (values >> np.uint64(29))
    return spread
