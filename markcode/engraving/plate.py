"""What a machine makes of a mark, and of many on one plate: areas, lines and dots at their place.

Whole nanometres, y downwards; a mark's own corner is (0, 0), the upper left one of its face.
"""

from __future__ import annotations

from collections.abc import Iterator
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
        if not dx and not dy:
            return self

        def shift(path: Path) -> Path:
            return tuple([(x + dx, y + dy) for x, y in path])

        return Part(
            self.layer,
            self.name,
            tuple([tuple([shift(ring) for ring in shape]) for shape in self.areas]),
            tuple([shift(path) for path in self.lines]),
            shift(self.dots),
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

        def shift(ring: Path) -> Path:
            return tuple((x + dx, y + dy) for x, y in ring)

        return Engraved(
            self.row,
            self.width_nm,
            self.height_nm,
            tuple(part.moved(dx, dy) for part in self.parts),
            self.tool_nm,
            tuple(shift(ring) for ring in self.quiet),
            tuple(shift(ring) for ring in self.outline),
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
