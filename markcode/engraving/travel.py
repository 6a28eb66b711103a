"""In which order a stylus or a laser visits dots and strokes, so that it travels little.

Points are (x, y) in whole nanometres. The mark is the same in any order; only the time is not. An
order is at most a few per cent longer than the best that is known, never longer than the order
given, that of reading and to and fro by rows or columns, and the same on every machine and in any
batch. Memory grows with the dots, not with their pairs; 10,000 dots take less than a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import TypeAlias

import numpy as np

from markcode.engraving import stroke_travel, tours
from markcode.engraving.shortening import improve
from markcode.engraving.strips import Grid
from markcode.engraving.stroke_travel import Visit
from markcode.engraving.tours import Ints, Nodes
from markcode.errors import JobError

__all__ = [
    "Path",
    "Point",
    "Speeds",
    "Visit",
    "between_nm",
    "length_nm",
    "order_dots",
    "order_many",
    "order_strokes",
    "order_strokes_many",
    "seconds",
    "travel_nm",
    "walked",
]

Point: TypeAlias = tuple[int, int]
Path: TypeAlias = Sequence[Point]

_ORIGIN: Point = (0, 0)
_REACH = 2.1
"""How far neighbours are apart, in middle moves: on a grid dots two rows away are neighbours."""
_FEW = 64
"""Dots of a letter: of these it matters more which strips are improved, and takes little time."""
_TOGETHER = 30_000
"""Dots that are ordered at once: what fits into the caches of a processor."""


def order_dots(dots: Sequence[Point], start: Point = _ORIGIN) -> list[int]:
    """Return the indexes of the dots in the order to strike them, coming from ``start``.

    >>> order_dots([(0, 0), (2, 0), (0, 1), (2, 1), (1, 0)])
    [0, 2, 4, 1, 3]
    """
    return order_many([dots], [start])[0]


def order_many(
    batch: Sequence[Sequence[Point]], starts: Sequence[Point] | None = None
) -> list[list[int]]:
    """Return the order of the dots of each mark, as `order_dots` would, but much faster."""
    begins = _begins(batch, starts)
    orders = [list(range(len(dots))) for dots in batch]
    for part in _parts([len(dots) if len(dots) > 1 else 0 for dots in batch]):
        found = _ordered([batch[at] for at in part], [begins[at] for at in part])
        for at, order in zip(part, found, strict=True):
            orders[at] = order
    return orders


def order_strokes(strokes: Sequence[Path], start: Point = _ORIGIN) -> list[Visit]:
    """Return the strokes in the order to walk them, and where each is entered (see `Visit`).

    An open stroke, of at least one point, may be walked either way; a closed one, whose last point
    is its first, is entered at any corner.

    >>> order_strokes([[(9, 0), (5, 0)], [(0, 0), (4, 0)]])
    [Visit(stroke=1, entry=0), Visit(stroke=0, entry=1)]
    """
    return order_strokes_many([strokes], [start])[0]


def order_strokes_many(
    batch: Sequence[Sequence[Path]], starts: Sequence[Point] | None = None
) -> list[list[Visit]]:
    """Return the order of the strokes of each mark, as `order_strokes` would, but faster."""
    begins = _begins(batch, starts)
    orders: list[list[Visit]] = [[] for _ in batch]
    for part in _parts([2 * len(strokes) for strokes in batch]):
        found = stroke_travel.ordered([batch[at] for at in part], [begins[at] for at in part])
        for at, order in zip(part, found, strict=True):
            orders[at] = order
    return orders


def _begins(batch: Sequence[object], starts: Sequence[Point] | None) -> Sequence[Point]:
    if starts is None:
        return [_ORIGIN] * len(batch)
    if len(starts) != len(batch):
        raise JobError(f"{len(batch)} marks and {len(starts)} starts: give one for each mark")
    return starts


def _parts(sizes: Sequence[int]) -> Iterator[list[int]]:
    """Yield the indexes of the marks that are ordered together; what is empty needs no order."""
    part: list[int] = []
    together = 0
    for at, size in enumerate(sizes):
        if part and together + size > _TOGETHER:
            yield part
            part, together = [], 0
        if size:
            part.append(at)
            together += size
    if part:
        yield part


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
    """Return the shortest order of each tour: strips that are improved, or a simple one.

    Of two kinds of strips the shorter is improved, where there are few dots both are.
    """
    given = np.arange(len(nodes.x))
    dots = np.delete(given, np.append(nodes.first, nodes.last))
    grid = Grid(nodes.tour[dots], nodes.x[dots], nodes.y[dots])

    def whole(order: Ints) -> Ints:
        all_nodes = given.copy()
        all_nodes[dots] = dots[order]
        return all_nodes

    strips = [whole(grid.strips()), whole(grid.upright_strips())]
    near = tours.near(nodes, strips[0], _REACH)
    sums = [tours.totals(nodes, order) for order in strips]
    is_first = sums[0] <= sums[1]
    few = nodes.last - nodes.first <= _FEW
    orders = [
        improve(nodes, near, order, (is_shorter | few)[nodes.tour])
        for order, is_shorter in zip(strips, (is_first, ~is_first), strict=True)
    ]
    orders += map(whole, (grid.boustrophedon(), grid.upright_boustrophedon(), grid.reading()))
    orders.append(given)
    sums = [tours.totals(nodes, order) for order in orders]
    shortest: Ints = np.choose(np.stack(sums).argmin(axis=0)[nodes.tour], orders)
    return shortest


def walked(strokes: Sequence[Path], visits: Sequence[Visit]) -> list[list[Point]]:
    """Return the strokes as they are walked, one after the other.

    >>> walked([[(9, 0), (5, 0)], [(0, 0), (4, 0)]], [Visit(1, 0), Visit(0, 1)])
    [[(0, 0), (4, 0)], [(5, 0), (9, 0)]]
    """
    return [visit.walk(strokes[visit.stroke]) for visit in visits]


def travel_nm(points: Sequence[Point], start: Point = _ORIGIN) -> int:
    """Return the length of the straight moves from ``start`` through the points, in nanometres.

    >>> travel_nm([(3, 4), (3, 10)])
    11
    """
    return _sum_nm([start, *points], slice(None))


def length_nm(strokes: Sequence[Path]) -> int:
    """Return the length of the strokes themselves, in nanometres."""
    return sum(_sum_nm(stroke, slice(None)) for stroke in strokes)


def between_nm(strokes: Sequence[Path], start: Point = _ORIGIN) -> int:
    """Return the length of the moves from ``start`` to strokes and between them, as walked."""
    ends = [start, *(end for stroke in strokes for end in (stroke[0], stroke[-1]))]
    return _sum_nm(ends, slice(None, None, 2))


def _sum_nm(points: Sequence[Point], moves: slice) -> int:
    """Return the length of these moves between points that follow each other, rounded."""
    x, y = np.array(points, np.float64).reshape(-1, 2).T
    each = np.arange(len(x))
    way = tours.lengths(x, y, each[:-1], each[1:])[moves]
    return (sum(map(int, way)) + tours.UNITS_PER_NM // 2) // tours.UNITS_PER_NM


@dataclass(frozen=True)
class Speeds:
    """How fast a machine moves and marks, in whole numbers.

    Starting and stopping takes more time than this says: it is a lower estimate.
    """

    travel_nm_s: int
    """Speed of a move without a mark, in nanometres a second: 100 mm/s is 100_000_000."""
    marking_nm_s: int = 0
    """Speed along a stroke; 0 for a machine that makes dots only."""
    dot_us: int = 0
    """Microseconds that a dot takes: the dwell, and the needle down and up."""

    def __post_init__(self) -> None:
        if self.travel_nm_s <= 0:
            raise JobError(f"travel_nm_s is {self.travel_nm_s}: a speed is more than nothing")
        if self.marking_nm_s < 0 or self.dot_us < 0:
            raise JobError("marking_nm_s and dot_us cannot be less than nothing")


def seconds(speeds: Speeds, travel: int, marked: int = 0, dots: int = 0) -> Decimal:
    """Return how long a path takes, in seconds, rounded up to a millisecond.

    ``travel`` is the length of the moves and ``marked`` that of the strokes, in nanometres. Raises
    `JobError` for strokes without a marking speed.

    >>> seconds(Speeds(100_000_000, dot_us=20_000), travel=65_000_000, dots=164)
    Decimal('3.930')
    """
    if marked and not speeds.marking_nm_s:
        raise JobError("marking_nm_s is 0: strokes need a marking speed")
    time = Fraction(travel, speeds.travel_nm_s) + Fraction(dots * speeds.dot_us, 1_000_000)
    if marked:
        time += Fraction(marked, speeds.marking_nm_s)
    return Decimal(ceil(time * 1000)).scaleb(-3)
