"""In which order a laser walks strokes, from which end, and where it enters closed ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from markcode.engraving import tours
from markcode.engraving.shortening import improve
from markcode.engraving.tours import Floats, Ints, Nodes

__all__ = ["Visit", "ordered"]

Points = Sequence[tuple[int, int]]

_REACH = 4.0
"""How far neighbours are apart, in middle moves. Tried: 2.1 to 10."""
_ROUNDS = 4
"""How often order and entries are improved in turn, at most; mostly two rounds are enough."""


class Visit(NamedTuple):
    """A stroke in the order of travel, and at which of its points it is entered.

    An open stroke is entered at its first point or at its last, and then walked backwards; a closed
    one (the last point is the first) at any point but the last, and walked round from there.
    """

    stroke: int
    entry: int

    def walk(self, stroke: Points) -> list[tuple[int, int]]:
        """Return the points of the stroke as they are walked."""
        points = list(stroke)
        if self.entry == 0:
            return points
        if points[0] == points[-1]:
            return points[self.entry : -1] + points[: self.entry + 1]
        return points[::-1]


def ordered(batch: Sequence[Sequence[Points]], starts: Points) -> list[list[Visit]]:
    """Return the order of the strokes of each mark; every stroke has a point."""
    marks = [_Mark(strokes, start) for strokes, start in zip(batch, starts, strict=True)]
    going = [mark for mark in marks if len(mark.entries) > 1]
    for mark in marks:
        mark.enter(np.arange(len(mark.entries)))
        mark.enter(mark.greedy())
    for _ in range(_ROUNDS):
        if not going:
            break
        going = [
            mark for mark, order in zip(going, _improved(going), strict=True) if mark.enter(order)
        ]
    return [mark.visits for mark in marks]


class _Mark:
    """The strokes of one mark: where each can be entered and is left then, and the best order."""

    def __init__(self, strokes: Sequence[Points], start: tuple[int, int]) -> None:
        self.start = np.array([start], np.float64)
        self.entries = [_entries(np.array(stroke, np.float64)) for stroke in strokes]
        self.is_closed = [stroke[0] == stroke[-1] for stroke in strokes]
        self.sizes = [len(stroke) for stroke in strokes]
        self.length = np.inf
        self.order = np.arange(0)
        self.chosen = np.arange(0)

    @property
    def visits(self) -> list[Visit]:
        """The strokes in the best order so far."""
        return [
            Visit(stroke, entry if self.is_closed[stroke] else entry * (self.sizes[stroke] - 1))
            for stroke, entry in zip(self.order.tolist(), self.chosen.tolist(), strict=True)
        ]

    def exits(self, stroke: int) -> Floats:
        """Return where the stroke is left, for each entry."""
        entries = self.entries[stroke]
        return entries if self.is_closed[stroke] else entries[::-1]

    def greedy(self) -> Ints:
        """Return the order that always goes on with the nearest stroke."""
        if not self.entries:
            return np.arange(0)
        places = np.concatenate(self.entries)
        leaves = np.concatenate([self.exits(stroke) for stroke in range(len(self.entries))])
        owner = np.repeat(np.arange(len(self.entries)), [len(each) for each in self.entries])
        is_done = np.zeros(len(places), bool)
        order = []
        here = self.start
        for _ in self.entries:
            way = np.where(is_done, np.inf, _ways(here, places)[0])
            nearest = int(way.argmin())
            order.append(owner[nearest])
            is_done |= owner == owner[nearest]
            here = leaves[nearest : nearest + 1]
        return np.array(order)

    def enter(self, order: Ints) -> bool:
        """Choose the best entries for the order; keep both and return True if that is shorter."""
        before, leave = np.zeros(1), self.start
        origins = []
        for stroke in order.tolist():
            way = before[:, None] + _ways(leave, self.entries[stroke])
            origins.append(way.argmin(axis=0))
            before, leave = way.min(axis=0), self.exits(stroke)
        length = float(before.min())
        if length >= self.length:
            return False
        entry = int(before.argmin())
        chosen = []
        for origin in reversed(origins):
            chosen.append(entry)
            entry = int(origin[entry])
        self.length, self.order, self.chosen = length, order, np.array(chosen[::-1], np.intp)
        return True


def _entries(points: Floats) -> Floats:
    """Return where a stroke can be entered: at both ends, or anywhere if it is closed."""
    if (points[0] == points[-1]).all():
        return points[: max(1, len(points) - 1)]
    return points[[0, -1]]


def _ways(a: Floats, b: Floats) -> Floats:
    """Return the way from each place of ``a`` to each of ``b``."""
    places = np.concatenate([a, b])
    one, other = np.arange(len(a))[:, None], len(a) + np.arange(len(b))
    return tours.lengths(places[:, 0], places[:, 1], one, other)


def _improved(marks: Sequence[_Mark]) -> list[Ints]:
    """Return the strokes of each mark in a shorter order.

    A stroke is two nodes that stay together: where it is entered now, and where it is left.
    """
    places: list[Floats] = []
    mates: list[Ints] = []
    first = []
    count = 0
    for mark in marks:
        ends = [
            side[entry]
            for stroke, entry in zip(mark.order.tolist(), mark.chosen.tolist(), strict=True)
            for side in (mark.entries[stroke], mark.exits(stroke))
        ]
        places.append(np.concatenate([mark.start, ends, mark.start]))
        alone = np.arange(count, count + len(ends) + 2)
        mate = alone.copy()
        mate[1:-1:2], mate[2:-1:2] = alone[2:-1:2], alone[1:-1:2]
        mates.append(mate)
        first.append(count)
        count += len(alone)
    x, y = np.concatenate(places).T.copy()
    nodes = Nodes(x, y, np.array(first, np.intp), np.concatenate(mates))
    given = np.arange(count)
    better = improve(nodes, tours.near(nodes, given, _REACH), given)
    return [
        mark.order[(better[begin + 1 : end : 2] - begin - 1) // 2]
        for mark, begin, end in zip(marks, nodes.first, nodes.last, strict=True)
    ]
