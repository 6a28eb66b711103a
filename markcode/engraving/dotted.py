"""Dots along the lines of a drawn symbol."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from math import isqrt

from markcode.engraving.font import Path, Point, scaled

__all__ = ["dotted"]

_NEAREST = (2, 3)
"""Two dots of one emblem stand at least this part of the pitch from one another."""


def dotted(paths: Sequence[Path], height: int, pitch: int) -> tuple[Point, ...]:
    """Return dots along the lines of an emblem that is ``height`` high, row by row.

    Corners and ends have dots; between them the dots stand evenly, at about ``pitch``. A line
    shorter than that is one dot. Where lines run close to one another, the dots of the later one
    that would stand within two thirds of the pitch of a dot are left out: the metal is marked
    there already.
    """
    sides = [side for path in paths for side in _sides(scaled(path, height), pitch)]
    nearest = (pitch * _NEAREST[0] // _NEAREST[1]) ** 2
    dots: list[Point] = []
    corners = (end for side in sides for end in (side[0], side[-1]))
    for x, y in itertools.chain(corners, *(_evenly(side, pitch) for side in sides)):
        if all((x - x0) ** 2 + (y - y0) ** 2 >= nearest for x0, y0 in dots):
            dots.append((x, y))
    return tuple(sorted(dots, key=lambda at: at[::-1]))


def _sides(path: Path, pitch: int) -> Iterator[Path]:
    """Yield the parts of a line between its corners, ends, and highest and lowest points."""
    xs, ys = zip(*path, strict=True)
    if max(max(xs) - min(xs), max(ys) - min(ys)) < pitch:
        middle = ((min(xs) + max(xs)) // 2, (min(ys) + max(ys)) // 2)
        yield (middle, middle)
        return
    if path[0] == path[-1]:
        highest = ys.index(min(ys))
        path = (*path[highest:-1], *path[: highest + 1])
        ys = tuple(y for _, y in path)
    marks = {0, len(path) - 1, ys.index(min(ys)), ys.index(max(ys))}
    marks |= {at for at in range(1, len(path) - 1) if _is_corner(*path[at - 1 : at + 2])}
    for start, end in itertools.pairwise(sorted(marks)):
        yield path[start : end + 1]


def _is_corner(before: Point, at: Point, after: Point) -> bool:
    """Return whether a line turns by more than 30 degrees."""
    ax, ay, bx, by = at[0] - before[0], at[1] - before[1], after[0] - at[0], after[1] - at[1]
    along = ax * bx + ay * by
    return along <= 0 or 4 * along * along < 3 * (ax * ax + ay * ay) * (bx * bx + by * by)


def _evenly(path: Path, pitch: int) -> Iterator[Point]:
    """Yield points that part a line into equal lengths of about ``pitch``; not its last point."""
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
