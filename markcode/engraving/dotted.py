"""Dots along the edges of an outline."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from math import isqrt

from markcode.engraving.font import Path, Point
from markcode.symbols.glyphs import EM, Ring

__all__ = ["dotted"]

_NEAREST = (2, 3)
"""Two dots of one emblem stand at least this part of the pitch from one another."""


def dotted(rings: Sequence[Ring], height: int, pitch: int) -> tuple[Point, ...]:
    """Return dots along the rings of an emblem that is ``height`` high, row by row.

    The corners have dots; between them the dots stand evenly, at about ``pitch``. Where edges run
    close to one another, the dots of the later one that would stand within two thirds of the
    pitch of a dot are left out: the metal is marked there already.
    """
    half = EM // 2
    paths = [
        [
            tuple(((x * height + half) // EM, (y * height + half) // EM) for x, y in path)
            for path in _between_corners(ring)
        ]
        for ring in rings
    ]
    sides = list(itertools.chain.from_iterable(paths))
    nearest = (pitch * _NEAREST[0] // _NEAREST[1]) ** 2
    dots: list[Point] = []
    corners = (side[0] for side in sides)
    for x, y in itertools.chain(corners, *(_evenly(side, pitch) for side in sides)):
        if all((x - x0) ** 2 + (y - y0) ** 2 >= nearest for x0, y0 in dots):
            dots.append((x, y))
    return tuple(sorted(dots, key=lambda at: at[::-1]))


def _between_corners(ring: Ring) -> Iterator[Path]:
    """Yield the parts of a ring from corner to corner; its highest and lowest points are two."""
    count, heights = len(ring), [y for _, y in ring]
    corners = {heights.index(min(heights)), heights.index(max(heights))}
    for at, here in enumerate(ring):
        if _is_corner(ring[at - 1], here, ring[(at + 1) % count]):
            corners.add(at)
    starts = sorted(corners)
    for start, end in itertools.pairwise([*starts, starts[0] + count]):
        yield tuple(ring[at % count] for at in range(start, end + 1))


def _is_corner(before: Point, at: Point, after: Point) -> bool:
    """Return whether a ring turns by more than 30 degrees."""
    ax, ay, bx, by = at[0] - before[0], at[1] - before[1], after[0] - at[0], after[1] - at[1]
    along = ax * bx + ay * by
    return along <= 0 or 4 * along * along < 3 * (ax * ax + ay * ay) * (bx * bx + by * by)


def _evenly(path: Path, pitch: int) -> Iterator[Point]:
    """Yield points that part a path into equal lengths of about ``pitch``; not its last point."""
    lengths = [
        isqrt((x1 - x0) ** 2 + (y1 - y0) ** 2) for (x0, y0), (x1, y1) in itertools.pairwise(path)
    ]
    total = sum(lengths)
    parts = max(1, (2 * total + pitch) // (2 * pitch))
    passed, leg = 0, 0
    for number in range(parts):
        wanted = total * number // parts
        while passed + lengths[leg] < wanted:
            passed += lengths[leg]
            leg += 1
        (x0, y0), (x1, y1), length = path[leg], path[leg + 1], max(1, lengths[leg])
        rest = wanted - passed
        yield x0 + (x1 - x0) * rest // length, y0 + (y1 - y0) * rest // length
