"""Areas filled with lines, as a laser burns them, true to size.

The centre of the tool goes where a disc of its width lies within the area (the area inset by half
the tool), so that what is burnt ends at the edge of the area and not beyond it.

>>> hatched((((0, 0), (1000, 0), (1000, 300), (0, 300)),), tool_nm=100, spacing_nm=100)
(((50, 50), (950, 50), (950, 150), (50, 150), (50, 250), (950, 250)),)
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from markcode.engraving.edges import (
    LINK_NM,
    SLACK_NM,
    Area,
    Edges,
    Floats,
    blocks,
    clearance,
    corners_of,
    distance,
)
from markcode.engraving.lattice import Lattice, Runs
from markcode.engraving.plate import Path, Point

__all__ = ["Area", "hatched"]


_Span = tuple[int, int]
"""Where the tool may go along a line: from, to."""


def hatched(area: Area, *, tool_nm: int, spacing_nm: int) -> tuple[Path, ...]:
    """Return lines that fill an area, no further than ``spacing_nm`` from one another.

    The lines lie horizontally; neighbours that lie over one another are walked to and fro as one
    path. A line runs along every level edge, half the tool inside, and one at every peak. Nothing
    is returned for what is narrower than the tool, as a sharp tip is (see
    `markcode.engraving.contours`).
    """
    edges = Edges.of(area)
    levels = _levels(area, edges, tool_nm / 2, spacing_nm)
    if not len(levels):
        return ()
    runs = _runs(edges, levels, tool_nm / 2 - SLACK_NM)
    return _joined(edges, levels, runs, tool_nm / 2, spacing_nm)


def _levels(area: Area, edges: Edges, radius: float, spacing: int) -> Floats:
    """Return where the lines lie: along level edges, at the peaks, and evenly between."""
    level = edges.y[edges.down == 0]
    slanting = area if edges.has_slants else ()
    peaks = (_peaks(ring, edges, radius) for ring in slanting)
    keys: Floats = np.unique(np.concatenate([level - radius, level + radius, *peaks]))
    top, bottom = edges.y.min() + radius, edges.y.max() - radius
    keys = keys[(keys >= top - SLACK_NM) & (keys <= bottom + SLACK_NM)]
    if len(keys) < 2:
        return keys
    kept = _unlike(edges, keys, radius, min(spacing / 8, radius / 4))
    parts = [
        np.linspace(one, other, max(1, math.ceil((other - one) / spacing - 1e-6)), endpoint=False)
        for one, other in itertools.pairwise(kept)
    ]
    return np.concatenate([*parts, kept[-1:]])


def _unlike(edges: Edges, keys: Floats, radius: float, near: float) -> Floats:
    """Return the levels without those whose lines are those of one near by, give or take ``near``.

    The first and the last stay.
    """
    if (np.diff(keys) >= near).all():
        return keys
    number, left, right = _runs(edges, keys, radius - SLACK_NM)
    first = np.searchsorted(number, np.arange(len(keys) + 1))
    runs = [np.stack([left[a:b], right[a:b]]) for a, b in itertools.pairwise(first)]

    def is_like(one: int, other: int) -> bool:
        return (
            abs(keys[one] - keys[other]) < near
            and runs[one].shape == runs[other].shape
            and bool((np.abs(runs[one] - runs[other]) < near).all())
        )

    last = len(keys) - 1
    kept = [0]
    for at in range(1, last):
        if not is_like(at, kept[-1]) and not is_like(at, last):
            kept.append(at)
    unlike: Floats = keys[[*kept, last]]
    return unlike


def _peaks(ring: Path, edges: Edges, radius: float) -> Floats:
    """Return the highest and lowest places of the tool along a ring that has slanting edges.

    They are moved from the peak, where there is no room for a line, to where there is.
    """
    own = Edges.of((ring,))
    if not own.has_slants:
        return np.empty(0)
    found = corners_of(ring, edges, radius)
    y = found.inner_y
    before, after = y - np.roll(y, 1), y - np.roll(y, -1)
    free = distance(edges, found.inner_x, y) >= radius - SLACK_NM
    high, low = free & (before < 0) & (after < 0), free & (before > 0) & (after > 0)
    return np.concatenate([y[high] + LINK_NM, y[low] - LINK_NM])


def _runs(edges: Edges, levels: Floats, radius: float) -> Runs:
    """Return where the tool may go: the number of the line, from, to; line by line from the left.

    Along a line that is where no edge is nearer than the radius, as far as it lies in the area.
    """
    lattice = Lattice.of(edges, 2 * radius)
    if lattice is not None:
        return lattice.runs(levels, radius)
    made = [(at.start, _some_runs(edges, levels[at], radius)) for at in blocks(len(levels), edges)]
    line, left, right = zip(*(runs for _, runs in made), strict=True)
    number = [start + own for (start, _), own in zip(made, line, strict=True)]
    return np.concatenate(number), np.concatenate(left), np.concatenate(right)


def _some_runs(edges: Edges, levels: Floats, radius: float) -> Runs:
    """Return the runs of some hundreds of lines."""
    near, far = _covered(edges, levels[:, None], radius)
    order = np.argsort(near, axis=1)
    near = np.take_along_axis(near, order, axis=1)
    reach = np.maximum.accumulate(np.take_along_axis(far, order, axis=1), axis=1)
    line, gap = np.nonzero((near[:, 1:] > reach[:, :-1]) & np.isfinite(near[:, 1:]))
    left, right = reach[line, gap] + SLACK_NM, near[line, gap + 1] - SLACK_NM
    inside = edges.contain((left + right) / 2, levels[line])
    return line[inside], left[inside], right[inside]


def _covered(edges: Edges, level: Floats, radius: float) -> tuple[Floats, Floats]:
    """Return for each line and edge from where to where the line is nearer than the radius.

    That is a stretch without a hole, for what is near to an edge is convex; from infinity to minus
    infinity where there is none.
    """
    length = edges.length
    along, aside = edges.across / length, edges.down / length
    over = level - edges.y
    near, far = np.full(over.shape, np.inf), np.full(over.shape, -np.inf)
    for x, y in ((edges.x, edges.y), (edges.x + edges.across, edges.y + edges.down)):
        inside = radius**2 - (level - y) ** 2
        half = np.sqrt(np.maximum(inside, 0))
        near = np.where(inside >= 0, np.minimum(near, x - half), near)
        far = np.where(inside >= 0, np.maximum(far, x + half), far)
    # The band beside the edge: 0 <= p along <= length and -radius <= p across <= radius.
    first = _stretch(along, -over * aside, length - over * aside)
    second = _stretch(-aside, -radius - over * along, radius - over * along)
    left = edges.x + np.maximum(first[0], second[0])
    right = edges.x + np.minimum(first[1], second[1])
    band = left <= right
    return (
        np.where(band, np.minimum(near, left), near),
        np.where(band, np.maximum(far, right), far),
    )


def _stretch(slope: Floats, least: Floats, most: Floats) -> tuple[Floats, Floats]:
    """Return for which p ``least <= slope * p <= most``."""
    flat = np.abs(slope) < 1e-12
    safe = np.where(flat, 1, slope)
    one, other = least / safe, most / safe
    holds = (least <= 0) & (most >= 0)
    low = np.where(flat, np.where(holds, -np.inf, np.inf), np.minimum(one, other))
    high = np.where(flat, np.where(holds, np.inf, -np.inf), np.maximum(one, other))
    return low, high


def _joined(
    edges: Edges, levels: Floats, runs: Runs, radius: float, spacing: int
) -> tuple[Path, ...]:
    """Return the runs as paths; the way from one to the next is burnt where it may be."""
    rows: list[list[_Span]] = [[] for _ in levels]
    number, left, right = (np.rint(axis).astype(np.int64).tolist() for axis in runs)
    for at, one, other in zip(number, left, right, strict=True):
        rows[at].append((one, other))
    heights = np.rint(levels).astype(np.int64).tolist()
    paths: list[list[Point]] = []
    before: list[_Span] = []
    walked: list[list[Point]] = []
    for row, y, is_plain in zip(rows, heights, _are_plain(edges, levels), strict=True):
        if is_plain and row == before:
            starts = [path[-1][0] for path in walked]
        else:
            is_free = partial(_is_free, edges, radius=radius, most=4 * spacing, is_plain=is_plain)
            found = _taken_up(row, y, list(zip(before, walked, strict=True)), is_free)
            walked, starts = [path for path, _ in found], [x for _, x in found]
            paths += [path for path in walked if not path]
        for span, path, x in zip(row, walked, starts, strict=True):
            path.append((x, y))
            path.append((sum(span) - x, y))
        before = row
    return tuple(map(tuple, paths))


def _taken_up(
    row: Sequence[_Span],
    y: int,
    before: Sequence[tuple[_Span, list[Point]]],
    is_free: Callable[[Point, Point], bool],
) -> list[tuple[list[Point], int]]:
    """Return for each run of a line the path that it goes on with, and where it then begins.

    That is the first path free of those whose last run lies over it, taken up on the side where it
    has ended; or an empty one.
    """
    found: list[tuple[list[Point], int]] = []
    taken: set[int] = set()
    first = 0
    for left, right in row:
        while first < len(before) and before[first][0][1] < left:
            first += 1
        path, x = list[Point](), left
        for at, (other, walked) in enumerate(before[first:], start=first):
            if other[0] > right:
                break
            end = walked[-1]
            start = left if end[0] == other[0] else right
            if at not in taken and is_free(end, (start, y)):
                taken.add(at)
                path, x = walked, start
                break
        found.append((path, x))
    return found


def _are_plain(edges: Edges, levels: Floats) -> list[bool]:
    """Return whether every upright way from the line before to each line is free.

    That is so where no corner lies between the two lines and no edge slants.
    """
    corners = np.sort(edges.y)
    between = np.searchsorted(corners, levels[1:] - SLACK_NM) - np.searchsorted(
        corners, levels[:-1] + SLACK_NM
    )
    return [True, *((between <= 0) & (not edges.has_slants)).tolist()]


def _is_free(
    edges: Edges, one: Point, other: Point, *, radius: float, most: int, is_plain: bool
) -> bool:
    """Return whether the tool stays in the area on the way from one line to the next."""
    if one == other or (is_plain and one[0] == other[0]):
        return True
    if abs(other[0] - one[0]) > most:
        return False
    return clearance(edges, one, other) >= radius - LINK_NM
