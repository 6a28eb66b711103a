"""Shorter tours: 2-opt and 3-opt over near neighbours, for many tours at once.

In each round the nodes about which something may be found look for changes that make their tour
shorter; those that go together are made. What is found for a tour does not depend on the others of
the batch, and what gains the same is decided by place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from markcode.engraving.tours import Floats, Ints, Near, Nodes, lengths, ranges

__all__ = ["improve"]

_COMPARED = 200
"""Most changes of a tour that are looked at together, the best; the others wait."""

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

_PARTS = np.zeros((3, 6), bool)
"""By kind: whether section A comes first after the change, whether A is turned, whether B is."""
_PARTS[0, [_BOTH_TURNED, _REVERSED]] = True
_PARTS[1, [_A_TURNED, _BOTH_TURNED, _REVERSED]] = True
_PARTS[2, [_B_TURNED, _BOTH_TURNED]] = True


class _Changes(NamedTuple):
    """Changes that make a tour shorter, one a row."""

    gain: Floats
    base: Ints
    """The node from which the change was found."""
    p: Ints
    q: Ints
    r: Ints
    kind: NDArray[np.int8]

    def at(self, rows: Ints) -> _Changes:
        """Return some of the rows."""
        return _Changes(
            self.gain[rows],
            self.base[rows],
            self.p[rows],
            self.q[rows],
            self.r[rows],
            self.kind[rows],
        )


class _Start(NamedTuple):
    """The first half of changes: a cut beside ``t2`` (``side`` 0 behind it, 1 before), and what is
    gained when the node is joined to its neighbour ``t3``.
    """

    side: int
    cut: Ints
    gain: Floats
    t2: Ints
    t3: Ints


def improve(nodes: Nodes, near: Near, order: Ints, wanted: NDArray[np.bool_] | None = None) -> Ints:
    """Return the order with every tour as short as 2-opt and 3-opt over neighbours make it.

    With ``wanted`` only the tours whose nodes are; the others stay.
    """
    search = _Search(nodes, near, order, wanted)
    for depth in (2, 3):
        search.run(depth)
    return search.order


class _Search:
    """One search: the tours as they are, and the nodes about which something may be found."""

    def __init__(
        self, nodes: Nodes, near: Near, order: Ints, wanted: NDArray[np.bool_] | None
    ) -> None:
        self.nodes, self.near = nodes, near
        self.order = order.copy()
        self.tour, self.last = nodes.tour, nodes.last
        self.is_place = np.ones(len(order))
        self.is_place[self.last] = 0
        self.is_wanted = self.is_place > 0 if wanted is None else (self.is_place > 0) & wanted
        self.way = np.empty(len(order))
        self.position = np.empty_like(self.order)
        self._measure(np.arange(len(order)))

    def _measure(self, at: Ints) -> None:
        """Measure the ways from these positions on."""
        here, following = self.order[at], self.order[(at + 1) % len(self.order)]
        way = self._length(here, following)
        # What must not be cut: between two tours, and along a stroke.
        way[self.is_place[here] == 0] = -np.inf
        way[self.nodes.is_stroke(here, following)] = -np.inf
        self.way[at] = way
        self.position[here] = at

    def run(self, depth: int) -> None:
        """Change the tours until nothing more is found with so many cuts."""
        base = np.flatnonzero(self.is_wanted)
        while len(base):
            found = _Changes(*map(np.concatenate, zip(*self._found(base, depth), strict=True)))
            best = _best(found, self.tour)
            again = np.zeros(len(self.order), bool)
            again[best.base] = True
            self._apply(_compatible(best, self.tour), again)
            base = np.flatnonzero(again & self.is_wanted)

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
            # Where two of the cuts are one, no kind joins these numbers.
            kind = _KINDS[2 * place[0] + start.side, 2 * place[1] + side, 2 * place[2] + third_side]
            real = np.flatnonzero(kind)
            good = good[real]
            p, q, r = np.sort(cuts[:, real], axis=0)
            yield _Changes(closed[good], start.t2[which[good]], p, q, r, kind[real])

    def _apply(self, changes: _Changes, touched: NDArray[np.bool_]) -> None:
        """Make the changes, inner ones first, and tell which nodes stand beside their cuts."""
        cuts = np.concatenate([changes.p, changes.q, changes.r])
        touched[self.order[cuts]] = touched[self.order[cuts + 1]] = True
        for level in _levels(changes, self.tour):
            to, origin = _sources(level)
            self.order[to] = self.order[origin]
            self._measure(np.append(to, level.p))


def _reversals(gain: Floats, base: Ints, p: Ints, q: Ints) -> _Changes:
    """Return the changes that walk the sections p+1..q backwards."""
    return _Changes(gain, base, p, q, q, np.full(len(p), _REVERSED, np.int8))


def _best(found: _Changes, tour: Ints) -> _Changes:
    """Return the best change of each node, tour by tour, the best first."""
    ranked = np.lexsort((-found.gain, found.base))
    base = found.base[ranked]
    ranked = ranked[np.append(True, base[1:] != base[:-1])[: len(base)]]
    ranked = ranked[np.lexsort((-found.gain[ranked], tour[found.base[ranked]]))]
    return found.at(ranked)


def _pairs(changes: _Changes, tour: Ints) -> tuple[Ints, Ints]:
    """Return every pair of changes of one tour, the better one first; they are in that order."""
    tours = tour[changes.base]
    each = np.arange(len(tours))
    end = np.searchsorted(tours, tours, "right")
    return ranges(each + 1, end - each - 1)


def _is_within(changes: _Changes, inner: Ints, outer: Ints) -> NDArray[np.bool_]:
    """Tell whether one change lies inside a section of the other, which only moves it."""
    p, q, r = changes.p[outer], changes.q[outer], changes.r[outer]
    low, high = changes.p[inner], changes.r[inner]
    within: NDArray[np.bool_] = ((p < low) & (high < q)) | ((q < low) & (high < r))
    return within


def _compatible(changes: _Changes, tour: Ints) -> _Changes:
    """Return those that can be made together: the best, the next that goes with it, and so on."""
    tours = tour[changes.base]
    rank = np.arange(len(tours)) - np.searchsorted(tours, tours)
    changes = changes.at(np.flatnonzero(rank < _COMPARED))
    better, worse = _pairs(changes, tour)
    apart = (changes.r[better] < changes.p[worse]) | (changes.r[worse] < changes.p[better])
    nested = _is_within(changes, better, worse) | _is_within(changes, worse, better)
    clash = np.flatnonzero(~apart & ~nested)
    better, worse = better[clash], worse[clash]
    is_open = np.ones(len(changes.p), bool)
    chosen = np.zeros(len(changes.p), bool)
    while len(worse):
        is_best = is_open.copy()
        is_best[worse] = False
        chosen |= is_best
        is_open &= ~is_best
        is_open[worse[is_best[better]]] = False
        left = np.flatnonzero(is_open[better] & is_open[worse])
        better, worse = better[left], worse[left]
    return changes.at(np.flatnonzero(chosen | is_open))


def _levels(changes: _Changes, tour: Ints) -> Iterator[_Changes]:
    """Yield the changes by how deep they lie in others, the innermost first."""
    one, other = _pairs(changes, tour)
    inner = np.append(one[_is_within(changes, one, other)], other[_is_within(changes, other, one)])
    depth = np.bincount(inner, minlength=len(changes.p))
    for level in range(depth.max(initial=-1), -1, -1):
        yield changes.at(np.flatnonzero(depth == level))


def _sources(changes: _Changes) -> tuple[Ints, Ints]:
    """Return the positions that the changes fill, and from which position each is filled."""
    which, to = ranges(changes.p + 1, changes.r - changes.p)
    p, q, r, kind = (column[which] for column in changes[2:])
    offset = to - p - 1
    ahead, a_turned, b_turned = _PARTS[:, kind]
    before = np.where(ahead, q - p, r - q)  # how long the section is that comes first
    is_first = offset < before
    offset = np.where(is_first, offset, offset - before)
    is_a = is_first == ahead
    low, high = np.where(is_a, p + 1, q + 1), np.where(is_a, q, r)
    return to, np.where(np.where(is_a, a_turned, b_turned), high - offset, low + offset)
