"""Long texts put together from a table of short pieces, by whole columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = ["Pieces", "Table", "join", "table", "texts"]

Table = NDArray[np.uint64]
"""Pieces of one width, filled up with NUL: pieces x words of 8 bytes."""


def table(pieces: Sequence[str]) -> Table:
    """Return a table of pieces of ASCII text without NUL.

    >>> join(table(["h0.4", "v-1.25", "z"]), np.array([0, 1, 2]))
    b'h0.4v-1.25z'
    """
    words = -(-max(map(len, pieces)) // 8)
    padded = np.array(pieces, dtype=f"S{8 * words}")
    return padded.view(np.uint64).reshape(len(pieces), words)


def join(pieces: Table, numbers: NDArray[np.int64]) -> bytes:
    """Return the pieces with these numbers, one after another."""
    return _packed(pieces.take(numbers, axis=0))


def texts(pieces: Table, numbers: NDArray[np.int64], bounds: NDArray[np.int64]) -> list[str]:
    """Return the same cut into texts: ``bounds`` are where each begins, then the end of the last.

    >>> texts(table(["h1", "v2"]), np.array([0, 1, 1]), np.array([0, 1, 3]))
    ['h1', 'v2v2']
    """
    chosen = pieces.take(numbers, axis=0)
    return [_packed(chosen[start:end]).decode("ascii") for start, end in pairwise(bounds.tolist())]


def _packed(chosen: Table) -> bytes:
    return chosen.tobytes().translate(None, b"\0")


class Pieces:
    """A table in the making."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def add(self, pieces: Iterable[str]) -> int:
        """Return the number of the first of these pieces; the others follow it."""
        first = len(self._pieces)
        self._pieces += pieces
        return first

    def constant(self, text: str, count: int) -> list[NDArray[np.int64]]:
        """Return the columns, ``count`` high, that give ``text``, cut into short pieces."""
        cut = [text[at : at + 16] for at in range(0, len(text), 16)]
        first = self.add(cut)
        return [np.full(count, first + number) for number in range(len(cut))]

    def table(self) -> Table:
        """Return the table."""
        return table(self._pieces)
