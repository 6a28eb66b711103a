"""Long texts put together from a table of short pieces, by whole columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = ["Table", "join", "table"]

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


def texts(
    pieces: Table, numbers: NDArray[np.int64], bounds: NDArray[np.int64]
) -> list[str]:
    """Return the same cut into texts: ``bounds`` are where each begins, then the end of the last.

    >>> texts(table(["h1", "v2"]), np.array([0, 1, 1]), np.array([0, 1, 3]))
    ['h1', 'v2v2']
    """
    chosen = pieces.take(numbers, axis=0)
    return [_packed(chosen[start:end]).decode("ascii") for start, end in pairwise(bounds.tolist())]


def _packed(chosen: Table) -> bytes:
    return chosen.tobytes().translate(None, b"\0")
