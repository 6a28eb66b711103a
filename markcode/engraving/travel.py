"""In which order a stylus or a laser visits dots and strokes, so that it travels little.

Points are (x, y) in whole nanometres. The mark is the same in any order; only the time is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from markcode.engraving import tours
from markcode.engraving.strips import Grid
from markcode.engraving.tours import Ints, Nodes

__all__ = ["Path", "Point", "order_dots", "order_many", "travel_nm"]

Point: TypeAlias = tuple[int, int]
Path: TypeAlias = Sequence[Point]

_ORIGIN: Point = (0, 0)
_TOGETHER = 30_000
"""Dots that are ordered at once: what fits into the caches of a processor."""


def order_dots(dots: Sequence[Point], start: Point = _ORIGIN) -> list[int]:
    """Return the indexes of the dots in the order to strike them, coming from ``start``.

    >>> order_dots([(0, 0), (2, 0), (0, 1), (2, 1), (1, 0)])
    [0, 4, 1, 3, 2]
    """
    return order_many([dots], [start])[0]


def order_many(
    batch: Sequence[Sequence[Point]], starts: Sequence[Point] | None = None
) -> list[list[int]]:
    """Return the order of the dots of each mark, as `order_dots` would, but much faster."""
    begins = [_ORIGIN] * len(batch) if starts is None else list(starts)
    orders: list[list[int]] = []
    at = 0
    while at < len(batch):
        end, dots = at + 1, len(batch[at])
        while end < len(batch) and dots + len(batch[end]) <= _TOGETHER:
            dots += len(batch[end])
            end += 1
        orders += _ordered(batch[at:end], begins[at:end])
        at = end
    return orders


def _ordered(batch: Sequence[Sequence[Point]], starts: Sequence[Point]) -> list[list[int]]:
    nodes = _nodes(batch, starts)
    order = _shortest(nodes)
    return [
        (order[first + 1 : last] - first - 1).tolist()
        for first, last in zip(nodes.first, nodes.last, strict=True)
    ]


def _nodes(batch: Sequence[Sequence[Point]], starts: Sequence[Point]) -> Nodes:
    """Return the nodes of the marks: where it starts, the dots, the open end."""
    rows = [
        np.array([start, *dots, start], np.float64)
        for start, dots in zip(starts, batch, strict=True)
    ]
    counts = np.array([len(row) for row in rows], np.intp)
    places = np.concatenate(rows)
    return Nodes(places[:, 0].copy(), places[:, 1].copy(), np.cumsum(counts) - counts)


def _shortest(nodes: Nodes) -> Ints:
    """Return the shortest order of each tour: of two that are improved, and the simple ones."""
    given = np.arange(len(nodes.x))
    dots = np.delete(given, np.append(nodes.first, nodes.last))
    grid = Grid(nodes.tour[dots], nodes.x[dots], nodes.y[dots])

    def whole(order: Ints) -> Ints:
        all_nodes = given.copy()
        all_nodes[dots] = dots[order]
        return all_nodes

    strips = [whole(grid.strips()), whole(grid.upright_strips())]
    near = tours.near(nodes, strips[0])
    orders = [tours.improve(nodes, near, order) for order in strips]
    orders += map(whole, (grid.boustrophedon(), grid.upright_boustrophedon(), grid.reading()))
    orders.append(given)
    sums = np.stack([tours.totals(nodes, order) for order in orders])
    shortest: Ints = np.choose(sums.argmin(axis=0)[nodes.tour], orders)
    return shortest


def travel_nm(points: Sequence[Point], start: Point = _ORIGIN) -> int:
    """Return the length of the straight moves from ``start`` through the points, in nanometres."""
    places = np.array([start, *points], np.float64)
    each = np.arange(len(places))
    way = tours.lengths(places[:, 0], places[:, 1], each[:-1], each[1:])
    return (sum(map(int, way)) + tours.UNITS_PER_NM // 2) // tours.UNITS_PER_NM
