"""The edges of an area: how far places are from them, and where a tool stands inside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from markcode.engraving.plate import Path, Point

__all__ = [
    "LINK_NM",
    "SLACK_NM",
    "Area",
    "Corners",
    "Edges",
    "Floats",
    "blocks",
    "clearance",
    "corners_of",
    "distance",
    "is_left",
    "path_of",
]

Area = tuple[Path, ...]
"""Rings taken together by the even-odd rule."""
Floats = NDArray[np.float64]
SLACK_NM = 1.0
"""By which the tool may reach over the edge, so that what is as wide as the tool has a middle."""
_AT_ONCE = 1 << 17
"""Pairs of a thing and an edge that are compared together."""
LINK_NM = 2_000
"""By which the way from one line to the next may cut a corner."""


@dataclass(frozen=True, eq=False)
class Edges:
    """The edges of an area: where each begins, and how far it goes."""

    x: Floats
    y: Floats
    across: Floats
    down: Floats

    @classmethod
    @lru_cache(maxsize=8)  # what is done with an area asks for them again
    def of(cls, area: Area) -> Edges:
        """Return the edges of an area."""
        return cls.along([(*ring, ring[0]) for ring in area])

    @classmethod
    def along(cls, paths: Sequence[Path]) -> Edges:
        """Return the straight parts of lines."""
        begin = np.array([p for path in paths for p in path[:-1]], np.float64).reshape(-1, 2)
        end = np.array([p for path in paths for p in path[1:]], np.float64).reshape(-1, 2)
        real = (begin != end).any(axis=1)
        (x, y), (across, down) = begin[real].T, (end - begin)[real].T
        return cls(x, y, across, down)

    @cached_property
    def has_slants(self) -> bool:
        """Whether one is neither level nor upright."""
        return bool(((self.across != 0) & (self.down != 0)).any())

    @property
    def length(self) -> Floats:
        """The length of each edge."""
        found: Floats = np.hypot(self.across, self.down)
        return found

    def contain(self, x: Floats, y: Floats) -> NDArray[np.bool_]:
        """Return which points lie in the area."""
        below = y[..., None] < self.y, y[..., None] < self.y + self.down
        crossed = below[0] != below[1]
        slope = np.divide(
            self.across, self.down, out=np.zeros_like(self.across), where=self.down != 0
        )
        at = self.x + (y[..., None] - self.y) * slope
        inside: NDArray[np.bool_] = (crossed & (at > x[..., None])).sum(axis=-1) % 2 == 1
        return inside


class Corners(NamedTuple):
    """The corners of a ring: where they are, and where the tool stands half its width inside."""

    x: Floats
    y: Floats
    inner_x: Floats
    inner_y: Floats


def corners_of(ring: Path, edges: Edges, radius: float) -> Corners:
    """Return the corners of a ring, of which each edge is moved half the tool into the area."""
    own = Edges.of((ring,))
    side = np.where(is_left(edges, own), 1, -1) * radius / own.length
    # Each edge as a line a x + b y = c.
    a, b = own.down, -own.across
    c = a * own.x + b * own.y + own.length**2 * side
    before = np.roll(np.arange(len(a)), 1)
    cross = a[before] * b - a * b[before]
    turns = np.abs(cross) > 1e-9 * own.length * own.length[before]
    safe = np.where(turns, cross, 1)
    x = np.where(turns, (c[before] * b - c * b[before]) / safe, own.x + own.down * side)
    y = np.where(turns, (a[before] * c - a * c[before]) / safe, own.y - own.across * side)
    return Corners(own.x, own.y, x, y)


def is_left(edges: Edges, of: Edges) -> NDArray[np.bool_]:
    """Return whether the area lies at the left of each edge, seen with y upwards."""
    step = 2.0 / of.length
    x = of.x + of.across / 2 + of.down * step
    y = of.y + of.down / 2 - of.across * step
    return edges.contain(x, y)


def distance(edges: Edges, x: Floats, y: Floats) -> Floats:
    """Return how far each point is from the nearest edge."""
    square = edges.length**2
    nearest = np.empty(len(x))
    for at in blocks(len(x), edges):
        dx, dy = x[at, None] - edges.x, y[at, None] - edges.y
        along = np.clip((dx * edges.across + dy * edges.down) / square, 0, 1)
        dx -= along * edges.across
        dy -= along * edges.down
        nearest[at] = np.hypot(dx, dy).min(axis=1)
    return nearest


def blocks(count: int, edges: Edges) -> Iterator[slice]:
    """Yield slices of so many things, each of which is compared with every edge in little room."""
    step = max(1, _AT_ONCE // max(1, len(edges.x)))
    for start in range(0, count, step):
        yield slice(start, start + step)


def clearance(edges: Edges, one: Point, other: Point) -> float:
    """Return how near the straight way between two places comes to a corner; 0 if it crosses an
    edge.

    With how far its ends are from the edges, that tells how far the whole of it is.
    """
    across, down = other[0] - one[0], other[1] - one[1]
    dx, dy = edges.x - one[0], edges.y - one[1]
    aside = across * dy - down * dx
    beyond = aside + across * edges.down - down * edges.across
    if (parts := (aside < 0) != (beyond < 0)).any():
        turn = edges.down * dx - edges.across * dy
        ends = edges.down * (dx - across) - edges.across * (dy - down)
        if (parts & ((turn < 0) != (ends < 0))).any():
            return 0.0
    along = np.clip((dx * across + dy * down) / (across**2 + down**2), 0, 1)
    return float(np.sqrt(((dx - along * across) ** 2 + (dy - along * down) ** 2).min()))


def path_of(x: Floats, y: Floats) -> Path:
    return tuple(zip(np.rint(x).astype(int).tolist(), np.rint(y).astype(int).tolist(), strict=True))
