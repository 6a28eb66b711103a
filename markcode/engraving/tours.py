"""Shorter tours: 2-opt and 3-opt over near neighbours, for many tours at once.

A tour begins at a given node, visits every other node once and ends where it likes. The tours of a
batch lie one behind the other in flat arrays: first the node where a tour begins, then those to
visit, then one for the open end, which is no place and is as near to every node as can be. What is
found for a tour does not depend on the others of the batch.

Results are the same on every machine: lengths are whole units of 1/1024 nm held in float64, made by
operations that IEEE 754 rounds correctly (difference, product, sum, square root, rounding), so that
gains are exact; what gains the same is decided by place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["UNITS_PER_NM", "Nodes", "improve", "lengths", "near", "totals"]

UNITS_PER_NM = 1024
Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.intp]

_REACH = 2.1
"""Nodes are neighbours up to so many times the middle move of a tour: two dots away on a grid."""
_CROWD = 24
"""Most nodes looked at in one row of the mesh about a node: more lie there only on a heap."""


@dataclass(frozen=True, eq=False)
class Nodes:
    """The nodes of many tours: places in nanometres, and where each tour's nodes begin."""

    x: Floats
    y: Floats
    first: Ints
    """The node where each tour begins; the last before the next tour's is its open end."""
    mate: Ints | None = None
    """For each node the other end of its stroke, or the node itself; the two stay together."""

    @property
    def last(self) -> Ints:
        """The open end of each tour."""
        return np.append(self.first[1:], len(self.x)) - 1

    @property
    def tour(self) -> Ints:
        """The tour of each node."""
        return np.repeat(np.arange(len(self.first)), self.last - self.first + 1)


def lengths(x: Floats, y: Floats, a: Ints, b: Ints) -> Floats:
    """Return the ways from the nodes ``a`` to ``b``, in whole units of 1/1024 nm."""
    dx = x[a] - x[b]
    dy = y[a] - y[b]
    way: Floats = np.rint(np.sqrt(dx * dx + dy * dy) * UNITS_PER_NM)
    return way


def _moves(nodes: Nodes, order: Ints) -> Floats:
    """Return the way from each position to the next; none to an open end and from it."""
    way = np.zeros(len(order))
    way[:-1] = lengths(nodes.x, nodes.y, order[:-1], order[1:])
    way[nodes.last] = way[nodes.last - 1] = 0
    return way


def totals(nodes: Nodes, order: Ints) -> Floats:
    """Return the length of each tour, in units; the way along a stroke is no part of it."""
    way = _moves(nodes, order)
    if nodes.mate is not None:
        way[_joined(nodes.mate, order)] = 0
    sums: Floats = np.add.reduceat(way, nodes.first)
    return sums


def _joined(mate: Ints, order: Ints) -> Ints:
    """Return the positions from which a stroke leads to the next."""
    alone = mate[order[:-1]] == order[:-1]
    return np.flatnonzero((mate[order[:-1]] == order[1:]) & ~alone)


@dataclass(frozen=True, eq=False)
class Near:
    """The neighbours of each node: those of ``n`` are ``node[begin[n]:begin[n + 1]]``."""

    begin: Ints
    node: Ints
    way: Floats

    def of(self, nodes: Ints) -> tuple[Ints, Ints]:
        """Return each pair of a node and a neighbour: the index in ``nodes``, that in ``node``."""
        return _ranges(self.begin[nodes], self.begin[nodes + 1] - self.begin[nodes])


def _ranges(begin: Ints, count: Ints) -> tuple[Ints, Ints]:
    """Return, for each whole number of the ranges, which range it is of, and the number."""
    which = np.repeat(np.arange(len(count)), count)
    before = np.cumsum(count) - count
    return which, np.arange(len(which)) + (begin - before)[which]


def near(nodes: Nodes, order: Ints) -> Near:
    """Return the neighbours of every node but the open ends, from a mesh over each tour."""
    way = _moves(nodes, order)
    ranked = way[np.lexsort((way, nodes.tour))]
    reach = np.maximum(ranked[(nodes.first + nodes.last) // 2], UNITS_PER_NM) * _REACH
    places = np.flatnonzero(np.isin(np.arange(len(order)), nodes.last, invert=True))
    tour = nodes.tour[places]
    across, down = (
        np.floor(axis[places] * UNITS_PER_NM / reach[tour]).astype(np.int64)
        for axis in (nodes.x, nodes.y)
    )
    across -= across.min() - 1
    down -= down.min() - 1
    width, height = across.max() + 2, down.max() + 2
    mesh = (tour * height + down) * width + across
    ranking = np.argsort(mesh, kind="stable")
    ranked_mesh = mesh[ranking]
    rows = (mesh[:, None] + np.array([-width, 0, width])).ravel()
    begin = np.searchsorted(ranked_mesh, rows - 1, "left")
    count = np.minimum(np.searchsorted(ranked_mesh, rows + 1, "right") - begin, _CROWD)
    which, rank = _ranges(begin, count)
    one, other = places[which // 3], places[ranking[rank]]
    between = lengths(nodes.x, nodes.y, one, other)
    kept = np.flatnonzero((between <= reach[tour[which // 3]]) & (one != other))
    one, other, between = one[kept], other[kept], between[kept]
    counts = np.bincount(one, minlength=len(order))
    return Near(np.append(0, np.cumsum(counts)), other, between)


# A tour is cut after the positions p < q < r. The nodes beside the cuts are numbered 0 to 5 in the
# order of the tour; between them lie the sections A = p+1..q and B = q+1..r. These are the ways to
# join the three parts anew so that every cut is closed by another pair.
_SWAPPED, _A_TURNED, _B_TURNED, _BOTH_TURNED, _REVERSED = range(1, 6)
_JOINS = {
    _SWAPPED: ((0, 3), (4, 1), (2, 5)),
    _A_TURNED: ((0, 3), (4, 2), (1, 5)),
    _B_TURNED: ((0, 4), (3, 1), (2, 5)),
    _BOTH_TURNED: ((0, 2), (1, 4), (3, 5)),
}


def _kinds() -> NDArray[np.int8]:
    """Return which way it is when the numbers t2 and t3 are joined, then t3's mate t4 and t5."""
    kinds = np.zeros((6, 6, 6), np.int8)
    for kind, joins in _JOINS.items():
        partner = {one: other for pair in joins for one, other in (pair, pair[::-1])}
        for t2 in range(6):
            t3 = partner[t2]
            kinds[t2, t3, partner[t3 ^ 1]] = kind
    return kinds


_KINDS = _kinds()

_PARTS: dict[int, Callable[[Ints, Ints], tuple[Ints, Ints]]] = {
    _SWAPPED: lambda a, b: (b, a),
    _A_TURNED: lambda a, b: (b, a[::-1]),
    _B_TURNED: lambda a, b: (b[::-1], a),
    _BOTH_TURNED: lambda a, b: (a[::-1], b[::-1]),
    _REVERSED: lambda a, b: (a[::-1], b),
}
"""The sections A and B as they follow one another after the change."""


class _Changes(NamedTuple):
    """Changes that make a tour shorter, one a row."""

    gain: Floats
    base: Ints
    """The node from which the change was found."""
    p: Ints
    q: Ints
    r: Ints
    kind: NDArray[np.int8]


class _Change(NamedTuple):
    """One change of a tour: where it is cut, and how it is joined anew."""

    p: int
    q: int
    r: int
    kind: int

    def width(self) -> int:
        """Return how many positions the change moves."""
        return self.r - self.p

    def goes_with(self, other: _Change) -> bool:
        """Return whether both can be made: apart, or one within a section of the other."""
        return (
            self.r < other.p
            or other.r < self.p
            or self._is_within(other)
            or other._is_within(self)
        )

    def _is_within(self, other: _Change) -> bool:
        return (other.p < self.p and self.r < other.q) or (other.q < self.p and self.r < other.r)


class _Start(NamedTuple):
    """The first half of changes: a cut beside ``t2`` (``side`` 0 behind it, 1 before), and what is
    gained when the node is joined to its neighbour ``t3``.
    """

    side: int
    cut: Ints
    gain: Floats
    t2: Ints
    t3: Ints


def improve(nodes: Nodes, near: Near, order: Ints) -> Ints:
    """Return the order with every tour as short as 2-opt and 3-opt over neighbours make it."""
    search = _Search(nodes, near, order)
    for depth in (2, 3):
        search.run(depth)
    return search.order


class _Search:
    """One search: the tours as they are, and the nodes about which something may be found."""

    def __init__(self, nodes: Nodes, near: Near, order: Ints) -> None:
        self.nodes, self.near = nodes, near
        self.order = order.copy()
        self.tour, self.last = nodes.tour, nodes.last
        self.is_place = np.ones(len(order))
        self.is_place[self.last] = 0
        self._measure()

    def _measure(self) -> None:
        self.position = np.empty_like(self.order)
        self.position[self.order] = np.arange(len(self.order))
        self.way = _moves(self.nodes, self.order)
        # What must not be cut: between two tours, and along a stroke.
        self.way[self.last] = -np.inf
        if self.nodes.mate is not None:
            self.way[_joined(self.nodes.mate, self.order)] = -np.inf

    def run(self, depth: int) -> None:
        """Change the tours until nothing more is found with so many cuts."""
        base = np.flatnonzero(self.is_place)
        while len(base):
            found = _Changes(*map(np.concatenate, zip(*self._found(base, depth), strict=True)))
            chosen, left = _choose(found, self.tour)
            touched = self._apply(chosen)
            base = np.unique(np.array(touched + left, np.intp))
            base = base[self.is_place[base] > 0]

    def _length(self, a: Ints, b: Ints) -> Floats:
        """Return the ways; to an open end it is none."""
        way: Floats = lengths(self.nodes.x, self.nodes.y, a, b) * self.is_place[b]
        return way

    def _found(self, base: Ints, depth: int) -> Iterator[_Changes]:
        """Yield what makes tours shorter, from joining a node to a neighbour nearer than one of
        the two beside it in the tour.
        """
        yield self._other_ends(base)
        which, pair = self.near.of(base)
        t2, t3, joined = base[which], self.near.node[pair], self.near.way[pair]
        for side in (0, 1):  # the cut is behind the node, or before it
            cut = self.position[t2] - side
            gain = self.way[cut] - joined
            good = np.flatnonzero(gain > 0)
            start = _Start(side, cut[good], gain[good], t2[good], t3[good])
            yield self._two(start)
            if depth == 3:
                for other in (0, 1):
                    yield from self._three(start, other)

    def _other_ends(self, base: Ints) -> _Changes:
        """Return what is shorter when the rest of the tour from a node on is walked backwards."""
        p, q = self.position[base], self.last[self.tour[base]] - 1
        gain = self.way[p] - self._length(base, self.order[q])
        good = np.flatnonzero(gain > 0)
        return _reversals(gain[good], base[good], p[good], q[good])

    def _two(self, start: _Start) -> _Changes:
        """Return what is shorter when a section between two cuts is walked backwards."""
        cut = self.position[start.t3] - start.side
        closing = self._length(
            self.order[start.cut + 1 - start.side], self.order[cut + 1 - start.side]
        )
        gain = start.gain + self.way[cut] - closing
        good = np.flatnonzero(gain > 0)
        one, other = start.cut[good], cut[good]
        return _reversals(
            gain[good], start.t2[good], np.minimum(one, other), np.maximum(one, other)
        )

    def _three(self, start: _Start, side: int) -> Iterator[_Changes]:
        """Yield what is shorter with three cuts; the second is on this side of ``start.t3``."""
        second = self.position[start.t3] - side
        gain = start.gain + self.way[second]
        t4 = self.order[second + 1 - side]
        good = np.flatnonzero((gain > 0) & (second != start.cut))
        which, pair = self.near.of(t4[good])
        which = good[which]
        gain = gain[which] - self.near.way[pair]
        good = np.flatnonzero(gain > 0)
        which, gain, t5 = which[good], gain[good], self.near.node[pair[good]]
        t1 = self.order[start.cut[which] + 1 - start.side]
        for third_side in (0, 1):
            third = self.position[t5] - third_side
            closing = self._length(t1, self.order[third + 1 - third_side])
            closed = gain + self.way[third] - closing
            good = np.flatnonzero(closed > 0)
            cuts = np.stack([start.cut[which[good]], second[which[good]], third[good]])
            place = (cuts[:, None] > cuts).sum(axis=1)
            kind = np.where(
                place.sum(axis=0) == 3,  # three different cuts
                _KINDS[
                    2 * place[0] + start.side, 2 * place[1] + side, 2 * place[2] + third_side
                ],
                0,
            )
            real = np.flatnonzero(kind)
            good = good[real]
            p, q, r = np.sort(cuts[:, real], axis=0)
            yield _Changes(closed[good], start.t2[which[good]], p, q, r, kind[real])

    def _apply(self, changes: list[_Change]) -> list[int]:
        """Make the changes, inner ones first, and return the nodes beside their cuts."""
        touched: list[int] = []
        for change in sorted(changes, key=_Change.width):
            p, q, r, kind = change
            touched += self.order[[p, p + 1, q, q + 1, r, r + 1]].tolist()
            a, b = self.order[p + 1 : q + 1], self.order[q + 1 : r + 1]
            self.order[p + 1 : r + 1] = np.concatenate(_PARTS[kind](a, b))
        if changes:
            self._measure()
        return touched


def _reversals(gain: Floats, base: Ints, p: Ints, q: Ints) -> _Changes:
    """Return the changes that walk the sections p+1..q backwards."""
    return _Changes(gain, base, p, q, q, np.full(len(p), _REVERSED, np.int8))


def _choose(found: _Changes, tour: Ints) -> tuple[list[_Change], list[int]]:
    """Return the changes to make together, the best first, and the nodes whose change must wait.

    Of each node only its best change is looked at.
    """
    ranked = np.lexsort((found.kind, found.r, found.q, found.p, -found.gain, found.base))
    base = found.base[ranked]
    ranked = ranked[np.append(True, base[1:] != base[:-1])[: len(base)]]
    tours = tour[found.base[ranked]]
    best = np.lexsort((found.p[ranked], -found.gain[ranked], tours))
    ranked, tours = ranked[best], tours[best]
    rows = zip(*(column[ranked].tolist() for column in found[1:]), strict=True)
    chosen: list[_Change] = []
    waiting: list[int] = []
    taken: list[_Change] = []
    current = -1
    for number, (node, *cuts) in zip(tours.tolist(), rows, strict=True):
        if number != current:
            current = number
            chosen += taken
            taken = []
        change = _Change(*cuts)
        if all(change.goes_with(other) for other in taken):
            taken.append(change)
        else:
            waiting.append(node)
    return chosen + taken, waiting
