"""Tours through places, many at once: their lengths, and which places are near to which.

A tour begins at a given node, visits every other node once and ends where it likes. The tours of a
batch lie one behind the other in flat arrays: first the node where a tour begins, then those to
visit, then one for the open end, which is no place and is as near to every node as can be.

Results are the same on every machine: lengths are whole units of 1/1024 nm held in float64, made by
operations that IEEE 754 rounds correctly (difference, product, sum, square root, rounding), so that
sums and gains of them are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["UNITS_PER_NM", "Floats", "Ints", "Near", "Nodes", "lengths", "near", "ranges", "totals"]

UNITS_PER_NM = 1024
Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.intp]

_CROWD = 24
"""Most nodes looked at in one row of the mesh about a node: more lie there only on a heap."""
_SQUARES = 30_000
"""Most squares across a mesh: a batch of them is counted in 64 bits."""


@dataclass(frozen=True, eq=False)
class Nodes:
    """The nodes of many tours: places in nanometres, and where each tour's nodes begin."""

    x: Floats
    y: Floats
    first: Ints
    """The node where each tour begins; the last before the next tour's is its open end."""
    mate: Ints | None = None
    """For each node the other end of its stroke, or the node itself; the two stay together."""

    @cached_property
    def last(self) -> Ints:
        """The open end of each tour."""
        return np.append(self.first[1:], len(self.x)) - 1

    @cached_property
    def tour(self) -> Ints:
        """The tour of each node."""
        return np.repeat(np.arange(len(self.first)), self.last - self.first + 1)

    def is_stroke(self, a: Ints, b: Ints) -> NDArray[np.bool_]:
        """Tell of pairs of nodes whether they are the ends of one stroke."""
        if self.mate is None:
            return np.zeros(len(a), bool)
        joined: NDArray[np.bool_] = (self.mate[a] == b) & (a != b)
        return joined


def lengths(x: Floats, y: Floats, a: Ints, b: Ints) -> Floats:
    """Return the ways from the nodes ``a`` to ``b``, in whole units of 1/1024 nm."""
    dx = x[a] - x[b]
    dy = y[a] - y[b]
    way: Floats = np.rint(np.sqrt(dx * dx + dy * dy) * UNITS_PER_NM)
    return way


def totals(nodes: Nodes, order: Ints) -> Floats:
    """Return the length of each tour, in units; the way along a stroke is no part of it."""
    sums: Floats = np.add.reduceat(_moves(nodes, order, along_strokes=0), nodes.first)
    return sums


def _moves(nodes: Nodes, order: Ints, along_strokes: float) -> Floats:
    """Return the way from each position to the next; none to an open end and from it."""
    here, following = order[:-1], order[1:]
    way = np.zeros(len(order))
    way[:-1] = lengths(nodes.x, nodes.y, here, following)
    way[:-1][nodes.is_stroke(here, following)] = along_strokes
    way[nodes.last] = way[nodes.last - 1] = 0
    return way


@dataclass(frozen=True, eq=False)
class Near:
    """The neighbours of each node: those of ``n`` are ``node[begin[n]:begin[n + 1]]``."""

    begin: Ints
    node: Ints
    way: Floats

    def of(self, nodes: Ints) -> tuple[Ints, Ints]:
        """Return each pair of a node and a neighbour: the index in ``nodes``, that in ``node``."""
        return ranges(self.begin[nodes], self.begin[nodes + 1] - self.begin[nodes])


def ranges(begin: Ints, count: Ints) -> tuple[Ints, Ints]:
    """Return, for each whole number of the ranges, which range it is of, and the number."""
    which = np.repeat(np.arange(len(count)), count)
    before = np.cumsum(count) - count
    return which, np.arange(len(which)) + (begin - before)[which]


def near(nodes: Nodes, order: Ints, reach: float) -> Near:
    """Return the neighbours of every node but the open ends, from a mesh over each tour.

    They are the nodes as near as ``reach`` times the middle move of the tour.
    """
    way = _moves(nodes, order, along_strokes=np.inf)
    ranked = way[np.lexsort((way, nodes.tour))]
    moves = np.add.reduceat(np.isfinite(way).astype(np.intp), nodes.first)
    radius = np.maximum(ranked[nodes.first + moves // 2], UNITS_PER_NM) * reach
    is_place = np.ones(len(order), bool)
    is_place[nodes.last] = False
    places = np.flatnonzero(is_place)
    tour = nodes.tour[places]
    across, down = (_squares(axis, nodes, radius)[places] for axis in (nodes.x, nodes.y))
    width, height = across.max() + 2, down.max() + 2
    mesh = (tour * height + down) * width + across
    ranking = np.argsort(mesh, kind="stable")
    ranked_mesh = mesh[ranking]
    rows = (mesh[:, None] + np.array([-width, 0, width])).ravel()
    begin = np.searchsorted(ranked_mesh, rows - 1, "left")
    count = np.minimum(np.searchsorted(ranked_mesh, rows + 1, "right") - begin, _CROWD)
    which, rank = ranges(begin, count)
    one, other = places[which // 3], places[ranking[rank]]
    between = lengths(nodes.x, nodes.y, one, other)
    kept = np.flatnonzero((between <= radius[tour[which // 3]]) & (one != other))
    one, other, between = one[kept], other[kept], between[kept]
    counts = np.bincount(one, minlength=len(order))
    return Near(np.append(0, np.cumsum(counts)), other, between)


def _squares(axis: Floats, nodes: Nodes, radius: Floats) -> NDArray[np.int64]:
    """Return in which square of its tour's mesh each node lies, from 1; a side is a radius long."""
    low = np.minimum.reduceat(axis, nodes.first)
    high = np.maximum.reduceat(axis, nodes.first)
    side = np.maximum(radius / UNITS_PER_NM, (high - low) / _SQUARES)
    squares: NDArray[np.int64] = ((axis - low[nodes.tour]) / side[nodes.tour]).astype(np.int64) + 1
    return squares
