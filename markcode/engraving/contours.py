"""The edges of areas half the tool inside, tips, and dots as discs: what lines do not fill."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from markcode.engraving.edges import (
    LINK_NM,
    SLACK_NM,
    Area,
    Edges,
    Floats,
    corners_of,
    distance,
    is_left,
    path_of,
)
from markcode.engraving.plate import Path, Point

__all__ = ["circle", "contours", "disc", "reached", "tips"]

_SHARP = 1.5
"""A tip is sharp if the tool stays so many times half its width away: below some 84 degrees."""
_CORNERS = 16
"""Of a circle: it is 1.9 % of its radius smaller between two of them."""


def contours(area: Area, *, tool_nm: int, beside: Sequence[Path] | None = None) -> tuple[Path, ...]:
    """Return the edge of an area half the tool inside, as far as the tool can be there.

    With ``beside`` only where those lines leave it bare, as in a slanting part hardly wider than
    the tool. A path is closed where it goes all around.
    """
    edges = Edges.of(area)
    walked = None if beside is None else Edges.along(beside)
    found: list[Path] = []
    for ring in area:
        corners = corners_of(ring, edges, tool_nm / 2)
        x, y = corners.inner_x, corners.inner_y
        ahead = np.roll(np.arange(len(x)), -1)
        is_free = _are_free(edges, x, y, tool_nm / 2)
        is_free &= is_free[ahead]
        is_free &= _are_free(edges, (x + x[ahead]) / 2, (y + y[ahead]) / 2, tool_nm / 2)
        if walked is not None:
            is_free &= _are_bare(walked, x, y, tool_nm / 2)
        found += _stretches(path_of(x, y), is_free.tolist())
    return tuple(found)


def tips(area: Area, *, tool_nm: int) -> tuple[Path, ...]:
    """Return a line into each sharp tip of an area, which the tool cannot fill from within.

    A tip is then blunt, but no shorter than it should be; at its end it is as wide as the tool.
    """
    edges = Edges.of(area)
    radius = tool_nm / 2
    found: list[Path] = []
    for ring in area:
        x, y, inner_x, inner_y = corners_of(ring, edges, radius)
        away = np.hypot(inner_x - x, inner_y - y)
        free = distance(edges, inner_x, inner_y) >= radius - SLACK_NM
        for at in np.flatnonzero(free & (away > _SHARP * radius)):
            part = radius / away[at]
            end_x = x[at] + (inner_x[at] - x[at]) * part
            end_y = y[at] + (inner_y[at] - y[at]) * part
            found.append(path_of(np.array([inner_x[at], end_x]), np.array([inner_y[at], end_y])))
    return tuple(found)


@lru_cache(maxsize=512)
def reached(area: Area, *, tool_nm: int) -> float:
    """Return which part of its edge, from 0 to 1, the tool can reach from within the area."""
    edges = Edges.of(area)
    radius, length = tool_nm / 2, edges.length
    left = is_left(edges, edges)
    inward = np.where(left, 1, -1) * radius / length
    x = edges.x + edges.across / 2 + edges.down * inward
    y = edges.y + edges.down / 2 - edges.across * inward
    free = distance(edges, x, y) >= radius * 0.99
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


def _are_free(edges: Edges, x: Floats, y: Floats, radius: float) -> NDArray[np.bool_]:
    """Return where the tool may stand."""
    free: NDArray[np.bool_] = distance(edges, x, y) >= radius - LINK_NM
    return free & edges.contain(x, y)


def _are_bare(walked: Edges, x: Floats, y: Floats, radius: float) -> NDArray[np.bool_]:
    """Return which sides of a ring have a place that the tool does not pass over elsewhere."""
    across, down = np.roll(x, -1) - x, np.roll(y, -1) - y
    if not len(walked.x):
        return np.ones(len(x), np.bool_)
    # Looked at every quarter of the radius: what lies between is not bare either.
    counts = np.ceil(4 * np.hypot(across, down) / radius).astype(np.intp) + 1
    side = np.repeat(np.arange(len(x)), counts)
    part = (np.arange(len(side)) - (np.cumsum(counts) - counts)[side]) / np.maximum(
        1, counts[side] - 1
    )
    away = distance(walked, x[side] + part * across[side], y[side] + part * down[side])
    bare: NDArray[np.bool_] = np.bincount(side, weights=away > 7 / 8 * radius, minlength=len(x)) > 0
    return bare


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
