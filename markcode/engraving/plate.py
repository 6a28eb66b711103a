"""What a machine makes of a mark, and of many on one plate: areas, lines and dots at their place.

Whole nanometres, y downwards; a mark's own corner is (0, 0), the upper left one of its face.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markcode.symbols.layers import BARS, DM, LAYERS, OUTLINE, QR, QUIET, TEXT

__all__ = [
    "BARS",
    "DM",
    "LAYERS",
    "OUTLINE",
    "QR",
    "QUIET",
    "TEXT",
    "Box",
    "Engraved",
    "Part",
    "Path",
    "Plate",
    "Point",
    "box_of",
    "rectangle",
    "shift_by",
]

Point = tuple[int, int]
Path = tuple[Point, ...]
"""Corners of a line; a closed one ends where it begins."""
Box = tuple[int, int, int, int]
"""Left, top, right, bottom."""


@dataclass(frozen=True)
class Part:
    """One thing that is marked: a character or drawn symbol, or the whole machine-readable symbol.

    ``areas`` are shapes to be filled, each of rings taken together by the even-odd rule (a ring
    does not repeat its first corner); ``lines`` are centre lines; ``dots`` the centres of dots.
    """

    layer: str
    name: str
    """The character, ``<NAME>`` of a drawn symbol, or the symbology."""
    areas: tuple[tuple[Path, ...], ...] = ()
    lines: tuple[Path, ...] = ()
    dots: tuple[Point, ...] = ()
    dot_nm: int = 0
    """Diameter of the dots."""
    line: int = 0
    """The struck line that a character stands in, counted from 1; 0 for a symbol."""

    def moved(self, dx: int, dy: int) -> Part:
        """Return the part at another place."""
        return self.placed(shift_by(dx, dy)) if dx or dy else self

    def placed(self, place: Callable[[Path], Path]) -> Part:
        """Return the part with ``place`` done to every point."""
        return Part(
            self.layer,
            self.name,
            tuple([tuple([place(ring) for ring in shape]) for shape in self.areas]),
            tuple([place(path) for path in self.lines]),
            place(self.dots),
            self.dot_nm,
            self.line,
        )

    def box(self, tool_nm: int) -> Box | None:
        """Return the bounds of what is marked with a line ``tool_nm`` wide; None for nothing."""
        boxes = [box_of(ring, 0) for shape in self.areas for ring in shape]
        boxes += [box_of(path, tool_nm) for path in self.lines]
        if self.dots:
            boxes.append(box_of(self.dots, self.dot_nm))
        return union(boxes)


@dataclass(frozen=True)
class Engraved:
    """One mark as it is made, within its own box."""

    row: int
    width_nm: int
    height_nm: int
    parts: tuple[Part, ...]
    """The characters line after line, then the symbol."""
    tool_nm: int
    """Width of the line that the tool leaves."""
    quiet: tuple[Path, ...] = ()
    """Quiet zones, as rings."""
    outline: tuple[Path, ...] = ()
    """The edge of the face, as rings; nothing where there is none."""

    def moved(self, dx: int, dy: int) -> Engraved:
        """Return the mark at another place of a plate, whose size it keeps."""
        if not dx and not dy:
            return self
        return self._placed(shift_by(dx, dy), self.width_nm, self.height_nm)

    def turned(self, degrees: int, dx: int = 0, dy: int = 0) -> Engraved:
        """Return the mark turned anticlockwise by 0, 90, 180 or 270 degrees, and then moved.

        Its width and height are those of the turned box.
        """
        wide, tall = self.width_nm, self.height_nm
        if degrees == 90:
            return self._placed(_map(0, 1, -1, 0, dx, wide + dy), tall, wide)
        if degrees == 180:
            return self._placed(_map(-1, 0, 0, -1, wide + dx, tall + dy), wide, tall)
        if degrees == 270:
            return self._placed(_map(0, -1, 1, 0, tall + dx, dy), tall, wide)
        return self.moved(dx, dy) if dx or dy else self

    def _placed(self, place: Callable[[Path], Path], wide: int, tall: int) -> Engraved:
        return Engraved(
            self.row,
            wide,
            tall,
            tuple(part.placed(place) for part in self.parts),
            self.tool_nm,
            tuple(place(ring) for ring in self.quiet),
            tuple(place(ring) for ring in self.outline),
        )

    def box(self) -> Box | None:
        """Return the bounds of what is marked; None where there is nothing."""
        return union([part.box(self.tool_nm) for part in self.parts])


@dataclass(frozen=True)
class Plate:
    """One drawing: a mark, or many at their places."""

    width_nm: int
    height_nm: int
    marks: tuple[Engraved, ...]
    """In the order in which they are marked, each at its place."""

    def parts(self) -> Iterator[Part]:
        """Yield every part, mark after mark."""
        for mark in self.marks:
            yield from mark.parts

    def box(self) -> Box | None:
        """Return the bounds of what is marked; None where there is nothing."""
        return union([mark.box() for mark in self.marks])


def rectangle(left: int, top: int, right: int, bottom: int) -> Path:
    """Return a rectangle as a ring, from its upper left corner."""
    return (left, top), (right, top), (right, bottom), (left, bottom)


def shift_by(dx: int, dy: int) -> Callable[[Path], Path]:
    """Return what moves points."""
    return lambda path: tuple([(x + dx, y + dy) for x, y in path])


def _map(a: int, b: int, c: int, d: int, dx: int, dy: int) -> Callable[[Path], Path]:
    """Return what makes (a x + b y + dx, c x + d y + dy) of points."""
    return lambda path: tuple((a * x + b * y + dx, c * x + d * y + dy) for x, y in path)


def box_of(points: Path, wide: int) -> Box:
    """Return the bounds of points that a tool ``wide`` makes, rounded outwards."""
    half = -(-wide // 2)
    xs, ys = zip(*points, strict=True)
    return min(xs) - half, min(ys) - half, max(xs) + half, max(ys) + half


def union(boxes: list[Box | None] | list[Box]) -> Box | None:
    """Return the bounds of all boxes together."""
    found = [box for box in boxes if box is not None]
    if not found:
        return None
    lefts, tops, rights, bottoms = zip(*found, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
