"""Areas filled with lines, as a laser burns them, true to size.

The centre of the tool goes where a disc of its width lies within the area (the area inset by half
the tool), so that what is burnt ends at the edge of the area and not beyond it.

>>> hatched((((0, 0), (1000, 0), (1000, 300), (0, 300)),), tool_nm=100, spacing_nm=100)
(((50, 50), (950, 50), (950, 150), (50, 150), (50, 250), (950, 250)),)
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from markcode.engraving.plate import Path, Point

__all__ = ["Area", "contours", "disc", "hatched", "reached", "tips"]

Area = tuple[Path, ...]
"""Rings taken together by the even-odd rule."""
_Floats = NDArray[np.float64]
_Runs = tuple[NDArray[np.intp], _Floats, _Floats]
_SLACK_NM = 1.0
"""By which the tool may reach over the edge, so that what is as wide as the tool has a middle."""
_SHARP = 1.5
"""A tip is sharp if the tool stays so many times half its width away: below some 84 degrees."""
_LINK_NM = 2_000
"""By which the way from one line to the next may cut a corner."""
_CORNERS = 16
"""Of a circle: it is 1.9 % of its radius smaller between two of them."""


@dataclass(frozen=True, eq=False)
class _Edges:
    """The edges of an area: where each begins, and how far it goes."""

    x: _Floats
    y: _Floats
    across: _Floats
    down: _Floats

    @classmethod
    def of(cls, area: Area) -> _Edges:
        begin = np.array([point for ring in area for point in ring], np.float64)
        end = np.array([point for ring in area for point in (*ring[1:], ring[0])], np.float64)
        real = (begin != end).any(axis=1)
        (x, y), (across, down) = begin[real].T, (end - begin)[real].T
        return cls(x, y, across, down)

    @property
    def length(self) -> _Floats:
        """The length of each edge."""
        found: _Floats = np.hypot(self.across, self.down)
        return found

    def contain(self, x: _Floats, y: _Floats) -> NDArray[np.bool_]:
        """Return which points lie in the area."""
        below = y[..., None] < self.y, y[..., None] < self.y + self.down
        crossed = below[0] != below[1]
        slope = np.divide(
            self.across, self.down, out=np.zeros_like(self.across), where=self.down != 0
        )
        at = self.x + (y[..., None] - self.y) * slope
        inside: NDArray[np.bool_] = (crossed & (at > x[..., None])).sum(axis=-1) % 2 == 1
        return inside


class _Run(NamedTuple):
    """Where the tool may go along a line."""

    left: int
    right: int
    y: int

    def overlaps(self, other: _Run) -> bool:
        """Return whether a part of one lies above the other."""
        return self.left <= other.right and other.left <= self.right

    def beside(self, end: Point, other: _Run) -> Point:
        """Return the end that is on the same side as ``end`` is of ``other``."""
        return (self.left if end[0] == other.left else self.right), self.y


def hatched(area: Area, *, tool_nm: int, spacing_nm: int) -> tuple[Path, ...]:
    """Return lines that fill an area, no further than ``spacing_nm`` from one another.

    The lines lie horizontally; neighbours that lie over one another are walked to and fro as one
    path. A line runs along every level edge, half the tool inside, and one at every peak. Nothing
    is returned for what is narrower than the tool (`reached`), as a sharp tip is (`tips`).
    """
    edges = _Edges.of(area)
    levels = _levels(area, edges, tool_nm / 2, spacing_nm)
    if not len(levels):
        return ()
    runs = _runs(edges, levels, tool_nm / 2 - _SLACK_NM)
    return _joined(edges, levels, runs, tool_nm / 2, spacing_nm)


def contours(area: Area, *, tool_nm: int) -> tuple[Path, ...]:
    """Return the edge of an area half the tool inside, as far as the tool can be there.

    A path is closed where it goes all around.
    """
    edges = _Edges.of(area)
    found: list[Path] = []
    for ring in area:
        corners = _corners(ring, edges, tool_nm / 2)
        x, y = corners.inner_x, corners.inner_y
        ahead = np.roll(np.arange(len(x)), -1)
        is_free = _are_free(edges, x, y, tool_nm / 2)
        is_free &= is_free[ahead]
        is_free &= _are_free(edges, (x + x[ahead]) / 2, (y + y[ahead]) / 2, tool_nm / 2)
        found += _stretches(_path(x, y), is_free.tolist())
    return tuple(found)


def tips(area: Area, *, tool_nm: int) -> tuple[Path, ...]:
    """Return a line into each sharp tip of an area, which the tool cannot fill from within.

    A tip is then blunt, but no shorter than it should be; at its end it is as wide as the tool.
    """
    edges = _Edges.of(area)
    radius = tool_nm / 2
    found: list[Path] = []
    for ring in area:
        x, y, inner_x, inner_y = _corners(ring, edges, radius)
        away = np.hypot(inner_x - x, inner_y - y)
        free = _distance(edges, inner_x, inner_y) >= radius - _SLACK_NM
        for at in np.flatnonzero(free & (away > _SHARP * radius)):
            part = radius / away[at]
            end_x = x[at] + (inner_x[at] - x[at]) * part
            end_y = y[at] + (inner_y[at] - y[at]) * part
            found.append(_path(np.array([inner_x[at], end_x]), np.array([inner_y[at], end_y])))
    return tuple(found)


@lru_cache(maxsize=512)
def reached(area: Area, *, tool_nm: int) -> float:
    """Return which part of its edge, from 0 to 1, the tool can reach from within the area."""
    edges = _Edges.of(area)
    radius, length = tool_nm / 2, edges.length
    left = _is_left(edges, edges)
    inward = np.where(left, 1, -1) * radius / length
    x = edges.x + edges.across / 2 + edges.down * inward
    y = edges.y + edges.down / 2 - edges.across * inward
    free = _distance(edges, x, y) >= radius * 0.99
    return float(length[free].sum() / length.sum())


@lru_cache(maxsize=64)
def disc(diameter_nm: int, *, tool_nm: int, spacing_nm: int) -> Path:
    """Return one path that fills a disc about (0, 0): circles, each around the next.

    It is empty for a disc that is no wider than the tool.
    """
    outer = (diameter_nm - tool_nm) // 2
    if outer <= 0:
        return ()
    turns = max(1, math.ceil((outer - tool_nm / 2) / spacing_nm) + 1)
    inner = min(outer, tool_nm // 2)
    radii = [outer - (outer - inner) * turn / max(1, turns - 1) for turn in range(turns)]
    path: list[Point] = []
    for radius in radii:
        path += circle(round(radius))
    return tuple(path)


@lru_cache(maxsize=64)
def circle(radius_nm: int) -> Path:
    """Return a circle about (0, 0) as a closed path."""
    angles = [2 * math.pi * corner / _CORNERS for corner in range(_CORNERS)]
    ring = [(round(radius_nm * math.cos(a)), round(radius_nm * math.sin(a))) for a in angles]
    return (*ring, ring[0])


def _levels(area: Area, edges: _Edges, radius: float, spacing: int) -> _Floats:
    """Return where the lines lie: along level edges, at the peaks, and evenly between."""
    level = edges.y[edges.down == 0]
    peaks = (_peaks(ring, edges, radius) for ring in area)
    keys: _Floats = np.unique(np.concatenate([level - radius, level + radius, *peaks]))
    top, bottom = edges.y.min() + radius, edges.y.max() - radius
    keys = keys[(keys >= top - _SLACK_NM) & (keys <= bottom + _SLACK_NM)]
    if len(keys) < 2:
        return keys
    kept = [keys[0]]
    for key in keys[1:-1]:
        if min(key - kept[-1], keys[-1] - key) >= spacing / 8:
            kept.append(key)
    kept.append(keys[-1])
    parts = [
        np.linspace(one, other, max(1, math.ceil((other - one) / spacing - 1e-6)), endpoint=False)
        for one, other in itertools.pairwise(kept)
    ]
    return np.concatenate([*parts, kept[-1:]])


def _peaks(ring: Path, edges: _Edges, radius: float) -> _Floats:
    """Return the highest and lowest places of the tool along a ring that has slanting edges.

    They are moved from the peak, where there is no room for a line, to where there is.
    """
    own = _Edges.of((ring,))
    if not ((own.across != 0) & (own.down != 0)).any():
        return np.empty(0)
    found = _corners(ring, edges, radius)
    y = found.inner_y
    before, after = y - np.roll(y, 1), y - np.roll(y, -1)
    free = _distance(edges, found.inner_x, y) >= radius - _SLACK_NM
    high, low = free & (before < 0) & (after < 0), free & (before > 0) & (after > 0)
    return np.concatenate([y[high] + _LINK_NM, y[low] - _LINK_NM])


def _runs(edges: _Edges, levels: _Floats, radius: float) -> _Runs:
    """Return where the tool may go: the number of the line, from, to; line by line from the left.

    Along a line that is where no edge is nearer than the radius, as far as it lies in the area.
    """
    near, far = _covered(edges, levels[:, None], radius)
    order = np.argsort(near, axis=1)
    near = np.take_along_axis(near, order, axis=1)
    reach = np.maximum.accumulate(np.take_along_axis(far, order, axis=1), axis=1)
    line, gap = np.nonzero((near[:, 1:] > reach[:, :-1]) & np.isfinite(near[:, 1:]))
    left, right = reach[line, gap] + _SLACK_NM, near[line, gap + 1] - _SLACK_NM
    inside = edges.contain((left + right) / 2, levels[line])
    return line[inside], left[inside], right[inside]


def _covered(edges: _Edges, level: _Floats, radius: float) -> tuple[_Floats, _Floats]:
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


def _stretch(slope: _Floats, least: _Floats, most: _Floats) -> tuple[_Floats, _Floats]:
    """Return for which p ``least <= slope * p <= most``."""
    flat = np.abs(slope) < 1e-12
    safe = np.where(flat, 1, slope)
    one, other = least / safe, most / safe
    holds = (least <= 0) & (most >= 0)
    low = np.where(flat, np.where(holds, -np.inf, np.inf), np.minimum(one, other))
    high = np.where(flat, np.where(holds, np.inf, -np.inf), np.maximum(one, other))
    return low, high


def _joined(
    edges: _Edges, levels: _Floats, runs: _Runs, radius: float, spacing: int
) -> tuple[Path, ...]:
    """Return the runs as paths; the way from one to the next is burnt where it may be."""
    rows: list[list[_Run]] = [[] for _ in levels]
    for number, left, right in zip(*(axis.tolist() for axis in runs), strict=True):
        rows[number].append(_Run(round(left), round(right), round(float(levels[number]))))
    paths: list[list[Point]] = []
    before: list[tuple[_Run, list[Point]]] = []
    for row in rows:
        now: list[tuple[_Run, list[Point]]] = []
        taken: set[int] = set()
        for run in row:
            path: list[Point] = []
            for at, (other, walked) in enumerate(before):
                end = walked[-1]
                if at in taken or not run.overlaps(other):
                    continue
                start = run.beside(end, other)
                if _is_free(edges, end, start, radius, 4 * spacing):
                    taken.add(at)
                    path = walked
                    break
            ends: list[Point] = [(run.left, run.y), (run.right, run.y)]
            if path:
                path += ends if start == ends[0] else ends[::-1]
            else:
                path = ends
                paths.append(path)
            now.append((run, path))
        before = now
    return tuple(map(tuple, paths))


def _is_free(edges: _Edges, one: Point, other: Point, radius: float, most: int) -> bool:
    """Return whether the tool stays in the area on the way from one line to the next."""
    across, down = other[0] - one[0], other[1] - one[1]
    if not across:
        return True
    if abs(across) > most:
        return False
    part = np.array([0.25, 0.5, 0.75])
    away = _distance(edges, one[0] + part * across, one[1] + part * down)
    return bool((away >= radius - _LINK_NM).all())


def _is_left(edges: _Edges, of: _Edges) -> NDArray[np.bool_]:
    """Return whether the area lies at the left of each edge, seen with y upwards."""
    step = 2.0 / of.length
    x = of.x + of.across / 2 + of.down * step
    y = of.y + of.down / 2 - of.across * step
    return edges.contain(x, y)


def _distance(edges: _Edges, x: _Floats, y: _Floats) -> _Floats:
    """Return how far each point is from the nearest edge."""
    dx, dy = x[:, None] - edges.x, y[:, None] - edges.y
    along = (dx * edges.across + dy * edges.down) / edges.length**2
    along = np.clip(along, 0, 1)
    away = np.hypot(dx - along * edges.across, dy - along * edges.down)
    nearest: _Floats = away.min(axis=1)
    return nearest


def _are_free(edges: _Edges, x: _Floats, y: _Floats, radius: float) -> NDArray[np.bool_]:
    """Return where the tool may stand."""
    free: NDArray[np.bool_] = _distance(edges, x, y) >= radius - _LINK_NM
    return free & edges.contain(x, y)


def _stretches(corners: Path, is_free: list[bool]) -> list[Path]:
    """Return the sides of a ring that are free, those that follow each other as one path.

    Side ``n`` goes from corner ``n`` to the next.
    """
    if all(is_free):
        return [(*corners, corners[0])]
    start = is_free.index(False)
    ring, free = corners[start:] + corners[:start], is_free[start:] + is_free[:start]
    paths: list[list[Point]] = []
    for at in range(1, len(ring)):
        if free[at]:
            if not free[at - 1]:
                paths.append([ring[at]])
            paths[-1].append(ring[(at + 1) % len(ring)])
    return [tuple(path) for path in paths]


class _Corners(NamedTuple):
    """The corners of a ring: where they are, and where the tool stands half its width inside."""

    x: _Floats
    y: _Floats
    inner_x: _Floats
    inner_y: _Floats


def _corners(ring: Path, edges: _Edges, radius: float) -> _Corners:
    """Return the corners of a ring, of which each edge is moved half the tool into the area."""
    own = _Edges.of((ring,))
    side = np.where(_is_left(edges, own), 1, -1) * radius / own.length
    # Each edge as a line a x + b y = c.
    a, b = own.down, -own.across
    c = a * own.x + b * own.y + own.length**2 * side
    before = np.roll(np.arange(len(a)), 1)
    cross = a[before] * b - a * b[before]
    turns = np.abs(cross) > 1e-9 * own.length * own.length[before]
    safe = np.where(turns, cross, 1)
    x = np.where(turns, (c[before] * b - c * b[before]) / safe, own.x + own.down * side)
    y = np.where(turns, (a[before] * c - a * c[before]) / safe, own.y - own.across * side)
    return _Corners(own.x, own.y, x, y)


def _path(x: _Floats, y: _Floats) -> Path:
    return tuple(zip(np.rint(x).astype(int).tolist(), np.rint(y).astype(int).tolist(), strict=True))
