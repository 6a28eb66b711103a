"""The borders of the dark areas of many symbols of one size, found all at once.

A border is a closed ring of corners, horizontal and vertical edges in turn, with the dark on the
right hand (y downwards). Dark modules that share a side are one area; where two areas, or two parts
of one, only touch at a corner, the border turns right and so stays with the module it walks along.
A ring is told by its horizontal edges alone: the vertical ones join the end of each to the start
of the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = ["Borders", "borders"]

Ints = NDArray[np.int64]

# Given back at once. An array of this size makes the allocator of the C library (glibc) keep freed
# memory at hand. It would return and fetch the pages of every intermediate result, which takes as
# long as half of the work.
np.empty(1 << 24, dtype=np.uint8)


@dataclass(frozen=True)
class Borders:
    """Horizontal edges in the order in which they are walked, in modules from the upper left.

    Rings stand one after another, and those of a symbol together.
    """

    start: Ints
    """Column of the corner where each edge starts."""
    end: Ints
    """Column of the corner where it ends."""
    y: Ints
    """Row of both corners."""
    rings: Ints
    """Number of the first edge of each ring, and then the number of all edges."""
    symbols: Ints
    """Number of the first ring of each symbol, and then the number of all rings."""

    def corners(self) -> list[list[tuple[int, int]]]:
        """Return the corners (x, y) of each ring."""
        x = np.stack([self.start, self.end], axis=1).ravel().tolist()
        points = list(zip(x, self.y.repeat(2).tolist(), strict=True))
        bounds = (2 * self.rings).tolist()
        return [points[a:b] for a, b in pairwise(bounds)]


# The four modules around a corner are a number: 8 upper left, 4 upper right, 2 lower left, 1 lower
# right. Where borders turn there, each turn joins one horizontal edge to one vertical one. Two
# diagonal modules (6 and 9) make two turns at one corner.
_TURNS = np.zeros((16, 2), dtype=np.bool_)
"""Whether a horizontal edge that ends there lies to the left, and to the right, of the corner."""
_TURNS[[2, 7, 8, 13, 6, 9], 0] = True
_TURNS[[1, 4, 11, 14, 6, 9], 1] = True
_CROSSES = np.zeros(16, dtype=np.int64)
"""1 where the edge to the left is joined to the one below, the edge to the right to that above."""
_CROSSES[[2, 13, 4, 11, 6]] = 1
_IS_TOP = np.zeros(16, dtype=np.bool_)
"""Whether the edge to the right has the dark below it, and so is walked to the right."""
_IS_TOP[[1, 9, 11]] = True
_PINCH = 9
"""The code of a corner where one edge to the left starts and one to the right."""
_STEP_BITS = 24
"""No ring has more edges than this many bits can count."""


def borders(stack: NDArray[np.bool_]) -> Borders:
    """Return the borders of ``stack``: symbols x rows x columns, True where dark.

    The rings of a symbol are in the order of the first of their corners, in reading order, at which
    an edge to the right starts; a ring starts at this corner.
    """
    count, rows, columns = stack.shape
    dark = np.zeros((count, rows + 2, columns + 2), dtype=np.uint8)
    dark[:, 1:-1, 1:-1] = stack
    beside = 2 * dark[:, :, :-1] + dark[:, :, 1:]
    codes = 4 * beside[:, :-1] + beside[:, 1:]
    # The ends of the horizontal edges in reading order: two a corner, left edge before right edge.
    turns = _TURNS.view(np.uint16).ravel().take(codes).ravel().view(np.bool_)
    ends = np.flatnonzero(turns)
    corners = ends >> 1
    around = codes.ravel().take(corners)
    is_top = _IS_TOP.take(around[::2])
    following = _following(ends ^ _CROSSES.take(around), codes.shape, is_top)
    order, rings = _walk(following, is_top, around == _PINCH)
    wide, tall = columns + 1, rows + 1
    row, x = np.divmod(corners, wide)
    swap = ~is_top
    left, right = x[::2], x[1::2]
    rows_of = row[::2].take(order)
    of_symbol = np.searchsorted(rows_of[rings[:-1]], tall * np.arange(count + 1))
    return Borders(
        np.where(swap, right, left).take(order),
        np.where(swap, left, right).take(order),
        rows_of % tall,
        rings,
        of_symbol,
    )


def _following(places: Ints, shape: tuple[int, ...], is_top: NDArray[np.bool_]) -> Ints:
    """Return the number of the horizontal edge that follows each one.

    ``places`` has a place for each end of a horizontal edge, as for the end of the vertical edge
    that is joined there: two a corner, upper edge before lower edge.
    """
    count, tall, wide = shape
    # Both ends of a corner are moved as one number when the columns become rows.
    at = np.zeros(2 * count * tall * wide, dtype=np.int32)
    at[places] = np.arange(1, len(places) + 1, dtype=np.int32)
    pairs = at.view(np.int64).reshape(count, tall, wide).transpose(0, 2, 1)
    down_columns = np.ascontiguousarray(pairs).ravel().view(np.int32)
    ends = down_columns.take(np.flatnonzero(down_columns.astype(np.bool_))).astype(np.int64) - 1
    # A horizontal edge has the numbers 2 k (left end) and 2 k + 1 (right end).
    edges = ends >> 1
    upper, lower = edges[::2], edges[1::2]
    is_down = (ends[::2] & 1) == is_top.take(upper)
    above = np.where(is_down, upper, lower)
    following = np.empty(len(is_top), dtype=np.int64)
    following[above] = upper + lower - above
    return following


def _walk(
    following: Ints, is_top: NDArray[np.bool_], at_pinch: NDArray[np.bool_]
) -> tuple[Ints, Ints]:
    """Return the edges ring after ring, and the bounds of the rings among them."""
    count = len(following)
    edges = np.arange(count)
    # An edge to the right ranks by its place. One to the left comes first in a ring only where an
    # edge to the right starts as well, the next in reading order, and ranks just after that one.
    rank = np.where(is_top, 2 * edges, np.where(at_pinch[1::2], 2 * edges + 3, 2 * count + 3))
    # The least rank of the ring and the steps to the edge that has it, as one number: each round
    # looks twice as far ahead as the one before, for all edges at once.
    least, ahead, steps = rank << _STEP_BITS, following, 1
    while True:
        lower = np.minimum(least, least.take(ahead) + steps)
        if np.array_equal(lower, least):
            break
        least, ahead, steps = lower, ahead.take(ahead), 2 * steps
    ring, steps_to_first = least >> _STEP_BITS, least & ((1 << _STEP_BITS) - 1)
    is_first = steps_to_first == 0
    firsts = np.flatnonzero(is_first)
    lengths = np.zeros(2 * count + 4, dtype=np.int64)
    lengths[rank[firsts]] = steps_to_first[following[firsts]] + 1
    ends = np.cumsum(lengths)
    place = ends.take(ring) - np.where(is_first, lengths.take(ring), steps_to_first)
    order = np.empty(count, dtype=np.int64)
    order[place] = edges
    # A ring ends where it comes back to its first corner, even if it would go on from there.
    parted = firsts[(is_top & at_pinch[::2])[firsts]]
    is_first[parted[ring[parted] == ring[parted - 1]] - 1] = True
    return order, np.append(np.flatnonzero(is_first[order]), count)
