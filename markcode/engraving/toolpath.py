"""The way of a tool over a mark: which lines it follows and where it strikes a dot.

One way serves the files, the pictures and the time that a mark takes.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from markcode.engraving.contours import circle, contours, disc, reached, tips
from markcode.engraving.edges import Edges
from markcode.engraving.hatching import Area, hatched
from markcode.engraving.plate import TEXT, Engraved, Part, Path, Point
from markcode.engraving.travel import order_strokes_many, walked
from markcode.errors import SymbolError
from markcode.lengths import mm

__all__ = ["Stroke", "ToolPaths", "Tooling", "refuse_unmakeable", "tool_path"]

_REACHED = 0.75
"""Part of its edge that the tool must reach from within a letter; the tips of a star are less. Of
a symbol it must reach every module."""

_LEAST_NM = 10_000
"""The shortest burn."""
_SAME_NM = 5_000
"""Dots up to about twice as far apart are one."""


class Stroke(NamedTuple):
    """A line that the tool follows without leaving the metal, or one dot: a single point."""

    layer: str
    points: Path


@dataclass(frozen=True, kw_only=True)
class Tooling:
    """How a tool makes areas, lines and dots; lengths in nanometres."""

    areas: Literal["edges", "hatch", "none"] = "edges"
    """Along their edges, filled with lines, or not at all."""
    spacing_nm: int = 50_000
    """Between the lines of a filling."""
    contour: bool = False
    """Whether a filled area is also gone around."""
    dots: Literal["point", "circle", "disc"] = "point"
    """Struck, gone around, or filled with circles."""
    step_nm: int = 0
    """Between the dots by which a line is struck; 0 for a tool that follows it."""
    burns: bool = False
    """Whether it marks only while it moves."""
    is_short: bool = True
    """Whether the lines of an area are walked in an order of short ways."""

    @classmethod
    def of_settings(cls, settings: Mapping[str, Any]) -> Tooling:
        """Return what the settings of a drawing say.

        Those are ``machine`` and ``step`` of a needle, ``fill`` or ``machine`` of a tool that fills
        areas, ``hatch`` and ``contour`` of the filling, ``dots`` and ``order``.
        """
        is_short = settings.get("order") != "rows"
        machine = settings.get("machine")
        if machine in ("needle-z", "needle-pulse"):
            return cls(areas="none", step_nm=settings["step"], is_short=is_short)
        burns = machine == "laser"
        return cls(
            areas="hatch" if burns or settings.get("fill") == "hatch" else "edges",
            dots="disc" if burns else settings.get("dots", "point"),
            burns=burns,
            spacing_nm=settings.get("hatch", cls.spacing_nm),
            contour=settings.get("contour") == "yes",
            is_short=is_short,
        )


class ToolPaths:
    """The ways of a tool over the parts of many marks; those over symbols are found together."""

    def __init__(self, marks: Sequence[Engraved], tooling: Tooling) -> None:
        self._tooling = tooling
        wanted = {
            (_from_corner(area), mark.tool_nm): None
            for mark in marks
            for part in mark.parts
            if part.layer != TEXT and tooling.areas != "none"
            for area in part.areas
        }
        self._made = dict(zip(wanted, _made_many(list(wanted), tooling), strict=True))

    def over(self, part: Part, tool_nm: int) -> Iterator[Path]:
        """Yield the ways over a part. Raises `SymbolError` for what the tool cannot make."""
        _refuse_dots(part, tool_nm, self._tooling)
        for area in part.areas:
            own = _from_corner(area)
            _refuse_area(own, part, tool_nm, self._tooling)
            made = self._made.get((own, tool_nm))
            for path in _made(own, tool_nm, self._tooling) if made is None else made:
                yield _moved(path, *area[0][0])
        yield from _along(part.lines, self._tooling)
        for dot in part.dots:
            yield _dot(dot, part, tool_nm, self._tooling)


def tool_path(mark: Engraved, tooling: Tooling) -> Iterator[Stroke]:
    """Yield what the tool does for a mark, part by part.

    Raises `SymbolError` for what the tool cannot make.
    """
    ways = ToolPaths([mark], tooling)
    for part in mark.parts:
        for path in ways.over(part, mark.tool_nm):
            yield Stroke(part.layer, path)


def refuse_unmakeable(mark: Engraved, tooling: Tooling) -> None:
    """Raise `SymbolError` for what the tool cannot make."""
    for part in mark.parts:
        _refuse_dots(part, mark.tool_nm, tooling)
        for area in part.areas:
            _refuse_area(_from_corner(area), part, mark.tool_nm, tooling)


@lru_cache(maxsize=128)  # a letter is the same wherever it stands
def _made(area: Area, tool_nm: int, tooling: Tooling) -> tuple[Path, ...]:
    """Return the lines that make an area, in order from its first corner on."""
    return _made_many([(area, tool_nm)], tooling)[0]


def _made_many(areas: Sequence[tuple[Area, int]], tooling: Tooling) -> list[tuple[Path, ...]]:
    """Return the same of many areas, each with the width of the tool."""
    made = [_lines_of(area, tool_nm, tooling) for area, tool_nm in areas]
    if not tooling.is_short:
        return made
    many = [at for at, paths in enumerate(made) if len(paths) > 1]
    visits = order_strokes_many([made[at] for at in many], [areas[at][0][0][0] for at in many])
    for at, order in zip(many, visits, strict=True):
        made[at] = tuple(map(tuple, walked(made[at], order)))
    return made


def _lines_of(area: Area, tool_nm: int, tooling: Tooling) -> tuple[Path, ...]:
    """Return the lines that make an area, in any order."""
    if tooling.areas == "edges":
        return tuple((*ring, ring[0]) for ring in area)
    paths = hatched(area, tool_nm=tool_nm, spacing_nm=tooling.spacing_nm)
    paths += tips(area, tool_nm=tool_nm)
    if tooling.contour:
        paths += contours(area, tool_nm=tool_nm)
    elif Edges.of(area).has_slants:
        paths += contours(area, tool_nm=tool_nm, beside=paths)
    return tuple(map(_moving, paths)) if tooling.burns else paths


def _refuse_dots(part: Part, tool_nm: int, tooling: Tooling) -> None:
    """Raise `SymbolError` for dots that the tool cannot make."""
    if part.dots and tooling.dots == "disc" and part.dot_nm < tool_nm + _LEAST_NM:
        raise SymbolError(
            f"a tool of {mm(tool_nm)} mm is too wide for dots of {mm(part.dot_nm)} mm: give its "
            "true width, --setting tool=..., or make the dots larger"
        )


def _refuse_area(area: Area, part: Part, tool_nm: int, tooling: Tooling) -> None:
    """Raise `SymbolError` for an area, from its corner on, that the tool cannot make."""
    is_text = part.layer == TEXT
    if tooling.areas == "none":
        way = "text=dots-5x7" if is_text else "cells=dots"
        raise SymbolError(
            f"a needle strikes dots, and {part.name} is made of areas: say --setting {way}"
        )
    if tooling.areas == "edges":
        return
    # Where a laser has no room to move, it does not burn.
    room = tool_nm + _LEAST_NM if tooling.burns else tool_nm
    if reached(area, tool_nm=room) < (_REACHED if is_text else 1):
        other = "text=stroke or " if is_text else ""
        raise SymbolError(
            f"a tool of {mm(tool_nm)} mm is too wide to fill {part.name}: give its true width, "
            f"--setting tool=..., or choose {other}larger sizes"
        )


def _moving(path: Path) -> Path:
    """Return a path on which the tool moves: a mere point is drawn out to a short line."""
    (x, y), *others = path
    if any(max(abs(u - x), abs(v - y)) >= _LEAST_NM for u, v in others):
        return path
    return (x - _LEAST_NM // 2, y), (x + _LEAST_NM // 2, y)


def _along(lines: Sequence[Path], tooling: Tooling) -> Iterator[Path]:
    """Yield the ways along lines."""
    if tooling.step_nm:
        # Where lines meet, the needle strikes once.
        dots = _chains(lines, tooling.step_nm)
        yield from ((dot,) for dot in _once(dots, min(_SAME_NM, tooling.step_nm // 8)))
    else:
        yield from map(_moving, lines) if tooling.burns else lines


def _from_corner(area: Area) -> Area:
    left, top = area[0][0]
    return tuple([_moved(ring, -left, -top) for ring in area])


def _dot(dot: Point, part: Part, tool_nm: int, tooling: Tooling) -> Path:
    if tooling.dots == "point":
        return (dot,)
    if tooling.dots == "circle":
        return _moved(circle(part.dot_nm // 2), *dot)
    return _moved(disc(part.dot_nm, tool_nm=tool_nm, spacing_nm=tooling.spacing_nm), *dot)


def _chains(lines: Iterable[Path], step_nm: int) -> Iterator[Point]:
    """Yield dots along lines, evenly and no further apart than the step, corners among them."""
    for line in lines:
        yield line[0]
        for (x0, y0), (x1, y1) in itertools.pairwise(line):
            length = math.hypot(x1 - x0, y1 - y0)
            steps = max(1, math.ceil(length / step_nm))
            for step in range(1, steps + 1):
                yield x0 + (x1 - x0) * step // steps, y0 + (y1 - y0) * step // steps


def _once(dots: Iterable[Point], side_nm: int) -> Iterator[Point]:
    """Yield the dots that do not stand in or beside a square of this side that has one already."""
    taken: set[Point] = set()
    for x, y in dots:
        column, row = x // side_nm, y // side_nm
        around = itertools.product((column - 1, column, column + 1), (row - 1, row, row + 1))
        if taken.isdisjoint(around):
            taken.add((column, row))
            yield x, y


def _moved(path: Path, dx: int, dy: int) -> Path:
    return tuple([(x + dx, y + dy) for x, y in path])
