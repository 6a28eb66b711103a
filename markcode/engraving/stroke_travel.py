"""In which order a laser walks strokes, from which end, and where it enters closed ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from markcode.engraving import tours
from markcode.engraving.shortening import improve
from markcode.engraving.tours import Floats, Ints, Nodes, lengths, ranges

__all__ = ["Visit", "ordered"]

Points = Sequence[tuple[int, int]]

_REACH = 3.0
"""How far neighbours are apart, in middle moves. Tried: 2.1 to 10."""
_ROUNDS = 2
"""How often order and entries are improved in turn, at most; four are 0.2 % shorter."""


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


class _Tour(NamedTuple):
    """The way through the strokes of a mark: the entries in the order of travel."""

    length: float
    entries: Ints


def ordered(batch: Sequence[Sequence[Points]], starts: Points) -> list[list[Visit]]:
    """Return the order of the strokes of each mark: at least one, and of at least one point.

    What is found for a mark does not depend on the others.
    """
    strokes = _Strokes.of(batch, starts)
    every = list(range(len(batch)))
    given = [np.arange(one, other) for one, other in pairwise(strokes.first.tolist())]
    both = strokes.entered(every * 2, [*given, *strokes.greedy()])
    best = [
        min(pair, key=lambda tour: tour.length)
        for pair in zip(both[: len(batch)], both[len(batch) :], strict=True)
    ]
    going = [mark for mark in every if len(given[mark]) > 1]
    for _ in range(_ROUNDS):
        if not going:
            break
        orders = strokes.improved(going, [best[mark].entries for mark in going])
        tried = dict(zip(going, strokes.entered(going, orders), strict=True))
        going = [mark for mark, tour in tried.items() if tour.length < best[mark].length]
        for mark in going:
            best[mark] = tried[mark]
    return [
        strokes.visits(mark, [len(stroke) for stroke in own], tour.entries)
        for mark, (own, tour) in enumerate(zip(batch, best, strict=True))
    ]


@dataclass(frozen=True, eq=False)
class _Strokes:
    """The strokes of many marks, one behind the other, and where each can be entered.

    An entry is a number: the entries of stroke ``n`` are ``count[n]`` from ``begin[n]`` on. Where a
    mark starts is a stroke too, of one entry; these stand behind all others.
    """

    x: Floats
    y: Floats
    leave: Ints
    """For each entry the one at whose place the stroke is then left."""
    owner: Ints
    """The stroke of each entry."""
    begin: Ints
    count: Ints
    first: Ints
    """The first stroke of each mark, and then the first start."""

    @classmethod
    def of(cls, batch: Sequence[Sequence[Points]], starts: Points) -> _Strokes:
        entries = [_entries(stroke) for strokes in batch for stroke in strokes]
        entries += [[start] for start in starts]
        is_open = [stroke[0] != stroke[-1] for strokes in batch for stroke in strokes]
        places = np.array([place for own in entries for place in own], np.float64)
        count = np.array([len(own) for own in entries], np.intp)
        begin = np.cumsum(count) - count
        leave = np.arange(len(places))
        one = begin[np.flatnonzero(is_open)]
        leave[one], leave[one + 1] = one + 1, one
        first = np.cumsum([0, *map(len, batch)])
        owner = np.repeat(np.arange(len(count)), count)
        return cls(places[:, 0].copy(), places[:, 1].copy(), leave, owner, begin, count, first)

    def visits(self, mark: int, sizes: Sequence[int], entries: Ints) -> list[Visit]:
        """Return a tour as the strokes of its mark are counted, which have so many points."""
        owner = self.owner[entries]
        at = entries - self.begin[owner]
        stroke = owner - self.first[mark]
        backwards = (at > 0) & (self.leave[entries] != entries)
        at = np.where(backwards, np.array(sizes)[stroke] - 1, at)
        return list(map(Visit, stroke.tolist(), at.tolist()))

    def greedy(self) -> list[Ints]:
        """Return for each mark the order that always goes on with the nearest stroke."""
        starts = self.begin[self.first[-1] :]
        here = starts.copy()
        left = np.arange(starts[0])
        mark = np.repeat(np.arange(len(starts)), np.diff(self.first))[self.owner[left]]
        is_done = np.zeros(len(self.count), bool)
        marks, strokes = [], []
        while len(left):
            way = lengths(self.x, self.y, self.leave[here[mark]], left)
            count = np.bincount(mark)
            entry = left[_least(way, count[count > 0])]
            strokes.append(self.owner[entry])
            marks.append(np.flatnonzero(count))
            here[marks[-1]] = entry
            is_done[strokes[-1]] = True
            kept = np.flatnonzero(~is_done[self.owner[left]])
            left, mark = left[kept], mark[kept]
        by_mark = np.argsort(np.concatenate(marks), kind="stable")
        return np.split(np.concatenate(strokes)[by_mark], self.first[1:-1])

    def entered(self, marks: Sequence[int], orders: Sequence[Ints]) -> list[_Tour]:
        """Return the shortest tour of each mark that visits its strokes in the order."""
        sizes = np.array([len(order) for order in orders])
        table = np.zeros((len(orders), sizes.max() + 1), np.intp)
        table[:, 0] = self.first[-1] + np.array(marks)
        for row, order in zip(table, orders, strict=True):
            row[1 : len(order) + 1] = order
        # From step to step: the entries of all orders, the way to each, where those of each begin.
        entries, way = self.begin[table[:, 0]], np.zeros(len(orders))
        at = np.arange(len(orders))
        chosen, total = np.zeros(len(orders), np.intp), np.zeros(len(orders))
        steps = []
        for step in range(1, table.shape[1]):
            rows = np.flatnonzero(sizes >= step)
            before, stroke = table[rows, step - 1], table[rows, step]
            size = self.count[stroke]
            row, entry = ranges(self.begin[stroke], size)
            origins = self.count[before][row]
            pair, origin = ranges(at[rows][row], origins)
            whole = way[origin] + lengths(self.x, self.y, self.leave[entries[origin]], entry[pair])
            least = _least(whole, origins)
            entries, way = entry, whole[least]
            at[rows] = np.cumsum(size) - size
            if (sizes == step).any():  # an order ends here
                chosen[rows] = _least(way, size)
                total[rows] = way[chosen[rows]]
            steps.append((rows, entry, origin[least]))
        for step, (rows, entry, origin) in reversed(list(enumerate(steps, start=1))):
            table[rows, step] = entry[chosen[rows]]
            chosen[rows] = origin[chosen[rows]]
        return [
            _Tour(length, row[1 : size + 1])
            for length, row, size in zip(total.tolist(), table, sizes.tolist(), strict=True)
        ]

    def improved(self, marks: Sequence[int], found: Sequence[Ints]) -> list[Ints]:
        """Return the strokes of each mark in a shorter order than that of the tour found.

        A stroke is two nodes that stay together: where it is entered now, and where it is left.
        """
        starts = self.begin[self.first[-1] + np.array(marks)][:, None]
        places = [
            np.concatenate([start, np.stack([own, self.leave[own]], axis=1).ravel(), start])
            for start, own in zip(starts, found, strict=True)
        ]
        count = np.array([len(own) for own in places])
        first = np.cumsum(count) - count
        flat = np.concatenate(places)
        given = np.arange(len(flat))
        inside = given - np.repeat(first, count)
        mate = given + np.where(inside % 2 == 1, 1, -1)
        ends = np.append(first, first + count - 1)
        mate[ends] = ends
        nodes = Nodes(self.x[flat], self.y[flat], first, mate)
        better = improve(nodes, tours.near(nodes, given, _REACH), given)
        return [
            self.owner[flat[better[begin + 1 : end : 2]]]
            for begin, end in zip(nodes.first, nodes.last, strict=True)
        ]


def _entries(stroke: Points) -> Points:
    """Return where a stroke can be entered: at both ends, or anywhere if it is closed."""
    if stroke[0] == stroke[-1]:
        return stroke[: max(1, len(stroke) - 1)]
    return [stroke[0], stroke[-1]]


def _least(values: Floats, counts: Ints) -> Ints:
    """Return the place of the least value, the first of them, among each so many values."""
    begin = np.cumsum(counts) - counts
    least = np.minimum.reduceat(values, begin)
    found = np.flatnonzero(values == np.repeat(least, counts))
    places: Ints = found[np.searchsorted(found, begin)]
    return places
