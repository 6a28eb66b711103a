"""Outlines that somebody else drew: polygons written as in SVG, in whole numbers.

>>> emblem_from_paths(["M 0 0 L 40 0 L 20 50 Z"])
Glyph(width=8000, rings=(((0, 0), (8000, 0), (4000, 10000)),))
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markcode.errors import SymbolError
from markcode.symbols.glyphs import EM, Glyph, Ring

__all__ = ["MAX_COORDINATE", "MAX_POINTS", "MAX_SUBPATHS", "emblem_from_paths"]

MAX_SUBPATHS = 64
MAX_POINTS = 2_000
MAX_COORDINATE = 1_000_000
_MAX_RATIO = 20
"""An emblem is at most so many times as wide as high, or as high as wide."""

_EXPECTED = "a polygon is written M x y L x y L x y Z"
_BLANKS = " \t\r\n"
_NUMBER = "-?[0-9]{1,18}"
_STEP = re.compile(rf"([ML])[ \t\r\n]*({_NUMBER})[ \t\r\n]+({_NUMBER})(?![0-9.])|Z")
_SHOWN = 16


def emblem_from_paths(paths: Sequence[str]) -> Glyph:
    """Return the emblem that ``paths`` draw, made as high as a capital letter.

    Each path is one or more closed polygons ``M x y L x y L x y Z``, y downwards, in whole numbers
    of any unit from -1,000,000 to 1,000,000; all of them together are filled by the even-odd rule,
    so a ring within a ring is a hole. There are at most 64 polygons with 2,000 corners. Raises
    `SymbolError` for every other command, a polygon left open or without an area, and an outline
    more than 20 times as wide as high or as high as wide.
    """
    if isinstance(paths, str):
        raise SymbolError("an outline is a list of paths, not one text: put it into brackets")
    rings: list[Ring] = []
    corners = 0
    for number, path in enumerate(paths, start=1):
        if type(path) is not str:
            raise SymbolError(f"path {number} of the outline is {path!r}, not text")
        for ring in _polygons(path, f"path {number} of the outline", MAX_POINTS - corners):
            rings.append(ring)
            corners += len(ring)
            if len(rings) > MAX_SUBPATHS:
                raise SymbolError(f"the outline has more than {MAX_SUBPATHS} polygons: simplify it")
    if not rings:
        raise SymbolError(f"the outline has no path; {_EXPECTED}")
    return _fitted(rings)


def _polygons(path: str, where: str, room: int) -> Iterator[Ring]:
    """Yield the polygons of one path, which together have at most ``room`` corners."""
    ring: list[tuple[int, int]] = []
    at = -1
    for at, command, point in _steps(path, where):
        if (command == "M") == bool(ring):
            reason = "stands in an open polygon: close that with Z" if ring else "comes before M"
            raise _fault(where, at, f"{command} {reason}")
        if command == "Z":
            if len(ring) < 3:
                raise _fault(
                    where, at, f"a polygon of {len(ring)} corners has no area: 3 are needed"
                )
            yield tuple(ring)
            ring = []
            continue
        if not room:
            raise _fault(
                where, at, f"the outline has more than {MAX_POINTS:,} corners: simplify it"
            )
        room -= 1
        ring.append(point)
    if at < 0:
        raise SymbolError(f"{where} is empty; {_EXPECTED}")
    if ring:
        raise _fault(where, len(path), "the last polygon is open: close it with Z")


def _steps(path: str, where: str) -> Iterator[tuple[int, str, tuple[int, int]]]:
    """Yield place, command and corner of each step of a path; Z has the corner (0, 0)."""
    at = _after_blanks(path, 0)
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            shown = path[at : at + _SHOWN]
            raise _fault(where, at, f"{shown!r} is neither M x y nor L x y in whole numbers, nor Z")
        point = (int(step[2] or 0), int(step[3] or 0))
        if max(map(abs, point)) > MAX_COORDINATE:
            raise _fault(where, at, f"{step[0]!r} is beyond {MAX_COORDINATE:,}: use a larger unit")
        yield at, step[1] or "Z", point
        at = _after_blanks(path, step.end())


def _fault(where: str, at: int, reason: str) -> SymbolError:
    return SymbolError(f"{where}, character {at + 1}: {reason}")


def _after_blanks(path: str, at: int) -> int:
    while at < len(path) and path[at] in _BLANKS:
        at += 1
    return at


def _fitted(rings: Sequence[Ring]) -> Glyph:
    """Return the rings with the upper left corner at (0, 0), one em high."""
    xs = [x for ring in rings for x, _ in ring]
    ys = [y for ring in rings for _, y in ring]
    left, top = min(xs), min(ys)
    wide, high = max(xs) - left, max(ys) - top
    if min(wide, high) * _MAX_RATIO < max(wide, high) or not high:
        raise SymbolError(
            f"the outline is {wide} wide and {high} high; neither may be more than "
            f"{_MAX_RATIO} times the other"
        )

    def scaled(value: int) -> int:
        return (2 * value * EM + high) // (2 * high)

    fitted = []
    for number, ring in enumerate(rings, start=1):
        corners = _simple([(scaled(x - left), scaled(y - top)) for x, y in ring])
        if not _has_area(corners):
            raise SymbolError(
                f"polygon {number} of the outline has no area once the whole is a capital letter "
                "high: leave it out or make it larger"
            )
        fitted.append(corners)
    return Glyph(scaled(wide), tuple(fitted))


def _simple(ring: Sequence[tuple[int, int]]) -> Ring:
    """Return the ring without corners that stand upon the one before."""
    return tuple(at for number, at in enumerate(ring) if at != ring[number - 1])


def _has_area(ring: Ring) -> bool:
    """Return whether the corners do not all stand on one straight line."""
    if len(ring) < 3:
        return False
    (x0, y0), (x1, y1) = ring[:2]
    return any((x1 - x0) * (y - y0) != (y1 - y0) * (x - x0) for x, y in ring[2:])
