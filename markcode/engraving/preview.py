"""One mark as the machine makes it, with its dimensions: a drawing for people.

The module and the height of the text stand on the sides where the symbol and the text are; what is
marked, how far that is from the edges, and the size of the face stand on the others. The quiet zone
is dashed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from markcode.engraving.dimensions import Draughtsman, Span
from markcode.engraving.plate import Box, Engraved, Part, Path, Plate, Point, box_of, rectangle
from markcode.engraving.scene import Dot, Fill, Line, Scene, Shape, dashes
from markcode.lengths import to_text

__all__ = ["Facts", "Way", "picture", "preview"]

_MARKED, _FACE, _EDGE = "#14161a", "#f1f3f5", "#868e96"
_QUIET, _DIMENSIONS, _TRAVEL = "#e8590c", "#1864ab", "#c2255c"
_SMALL = 36
"""Texts are as high as this part of the drawing's longer side."""
_SHOWN_NM = 10_000
"""Distances are rounded to it; the sizes that were ordered are exact."""

Side = Literal["left", "top", "right", "bottom"]
_EDGES: dict[Side, int] = {"left": 0, "top": 1, "right": 2, "bottom": 3}


@dataclass(frozen=True)
class Way:
    """What the tool does, where it is told each line; else areas are shown as they are filled."""

    strokes: Sequence[Path]
    """Lines that it follows, or single points that it strikes, in their order."""
    tool_nm: int
    dot_nm: int
    has_travel: bool = False
    """Whether the moves between them are drawn, from the lower left corner on."""


@dataclass(frozen=True)
class Facts:
    """What the drawing tells of a mark beside its places; lengths in nanometres."""

    height_nm: int
    module_nm: int
    turn: int = 0
    """Of the mark on its face."""
    captions: Sequence[Sequence[str]] = ()
    """Lines under the drawing, in pieces that stay together where a line is broken."""
    way: Way | None = None


def preview(plate: Plate, facts: Facts) -> Scene:
    """Return the drawing of a plate of one mark. Raises `SymbolError` for one without a mark."""
    (mark,) = plate.marks
    pen = Draughtsman(max(mark.width_nm, mark.height_nm) // _SMALL + 1, _DIMENSIONS)
    shapes = [
        *_face(mark, pen.height),
        *_made(mark, facts.way, pen.height),
        *_Sheet(mark, facts, pen).dimensions(),
    ]
    bounds = Scene(shapes, 0).box()
    shapes += _captions(facts.captions, bounds, replace(pen, colour=_EDGE))
    return Scene(shapes, 2 * pen.height)


def picture(plate: Plate) -> Scene:
    """Return all marks of a plate as they are made, without dimensions."""
    unit = max(plate.width_nm, plate.height_nm) // (2 * _SMALL) + 1
    edge = rectangle(0, 0, plate.width_nm, plate.height_nm)
    shapes: list[Shape] = [Line((*edge, edge[0]), unit // 16 + 1, _EDGE)]
    for mark in plate.marks:
        shapes += _face(mark, unit)
        shapes += _made(mark, None, unit)
    return Scene(shapes, unit)


def _face(mark: Engraved, unit: int) -> Iterator[Shape]:
    for ring in mark.outline:
        yield Fill((ring,), _FACE)
        yield Line((*ring, ring[0]), unit // 16 + 1, _EDGE)
    for ring in mark.quiet:
        for dash in dashes((*ring, ring[0]), unit // 3 + 1):
            yield Line(dash, unit // 16 + 1, _QUIET)


def _made(mark: Engraved, way: Way | None, unit: int) -> Iterator[Shape]:
    if way is not None:
        for stroke in way.strokes:
            if len(stroke) > 1:
                yield Line(stroke, way.tool_nm, _MARKED)
            else:
                yield Dot(stroke[0], way.dot_nm, _MARKED)
        if way.has_travel:
            at = (0, mark.height_nm)
            for stroke in way.strokes:
                yield Line((at, stroke[0]), unit // 20 + 1, _TRAVEL)
                at = stroke[-1]
        return
    for part in mark.parts:
        yield from (Fill(area, _MARKED) for area in part.areas)
        yield from (Line(line, mark.tool_nm, _MARKED) for line in part.lines)
        yield from (Dot(dot, part.dot_nm, _MARKED) for dot in part.dots)


@dataclass
class _Sheet:
    """The dimensions of one mark, set out around its face side by side.

    ``levels`` is how much of each side is taken already.
    """

    mark: Engraved
    facts: Facts
    pen: Draughtsman

    def __post_init__(self) -> None:
        unit = self.pen.height
        self.made = self.mark.box() or (0, 0, self.mark.width_nm, self.mark.height_nm)
        whole = (0, 0, self.mark.width_nm, self.mark.height_nm)
        self.face = whole if self.mark.outline else self.made
        self.text = _box(point for part in self.mark.parts if part.line for point in _points(part))
        self.symbol = _box(point for ring in self.mark.quiet for point in ring)
        self._taken = {"left": unit, "right": unit, "top": 2 * unit, "bottom": 2 * unit}

    def dimensions(self) -> Iterator[Shape]:
        """Yield all dimensions; those that belong to one thing come before those of the whole."""
        text, symbol = self.text, self.symbol
        stands = None if text is None or symbol is None else _side(symbol, text)
        if symbol is not None:
            yield from self._module("bottom" if stands == "bottom" else "top", symbol)
        if text is not None and self.facts.turn % 180:
            yield from self._text("bottom" if stands == "top" else "top")
        elif text is not None:
            yield from self._text("left" if stands == "right" else "right")
        yield from self._whole("top" if stands == "bottom" else "bottom", 0)
        yield from self._whole("right" if stands == "right" else "left", 1)

    def _module(self, side: Side, symbol: Box) -> Iterator[Shape]:
        part = next(part for part in self.mark.parts if not part.line)
        left = min(x for x, _ in _points(part))
        if part.dots:
            left -= self.facts.module_nm // 2
        reach = symbol[1] if side == "top" else symbol[3]
        text = f"MODULE {to_text(self.facts.module_nm)}"
        yield from self._draw(side, [(left, left + self.facts.module_nm, 1)], reach, text)

    def _text(self, side: Side) -> Iterator[Shape]:
        """Yield the height of the first line of text, between the middles of strokes or dots."""
        first = min(part.line for part in self.mark.parts if part.line)
        parts = (part for part in self.mark.parts if part.line == first)
        box = _box(point for part in parts for point in _points(part))
        assert box is not None
        axis = 0 if side in ("top", "bottom") else 1
        near, far = box[axis], box[axis + 2]
        # A line of hyphens or points alone does not show the height.
        if 10 * (far - near) >= 9 * self.facts.height_nm:
            reach = box[_EDGES[side]]
            text = f"TEXT {to_text(self.facts.height_nm)}"
            yield from self._draw(side, [(near, far, -1)], reach, text)

    def _whole(self, side: Side, axis: int) -> Iterator[Shape]:
        """Yield what is marked and its distances to the edges, and then the face."""
        made, face = self.made, self.face
        reach = face[_EDGES[side]]
        marked = (made[axis], made[axis + 2], 1)
        if not self.mark.outline:
            yield from self._draw(side, [marked], reach)
            return
        spans = [(face[axis], made[axis], -1), (made[axis + 2], face[axis + 2], 1)]
        if axis == 0 and self.pen.width(_shown(*marked[:2])) > marked[1] - marked[0]:
            # Its text stands outside, where those of the edges would be.
            yield from self._draw(side, [marked], reach)
        else:
            spans.insert(1, marked)
        yield from self._draw(side, [span for span in spans if span[0] < span[1]], reach)
        yield from self._draw(side, [(face[axis], face[axis + 2], 1)], reach)

    def _draw(
        self, side: Side, spans: Sequence[tuple[int, int, int]], reach: int, text: str = ""
    ) -> Iterator[Shape]:
        """Yield spans on one line, and take its room from the side."""
        unit, taken = self.pen.height, self._taken[side]
        texts = [text or _shown(first, last) for first, last, _ in spans]
        is_flat = side in ("top", "bottom")
        sign = 1 if side in ("right", "bottom") else -1
        off = taken + 2 * unit
        at = self.face[_EDGES[side]] + sign * off
        for (first, last, outside), shown in zip(spans, texts, strict=True):
            span = Span(first, last, reach, at, shown, outside)
            yield from self.pen.across(span) if is_flat else self.pen.down(span)
        self._taken[side] = off + (unit if is_flat else max(map(self.pen.width, texts)))


def _side(box: Box, other: Box) -> Side:
    """Return on which side of another box one stands."""
    if box[2] <= other[0]:
        return "left"
    if box[3] <= other[1]:
        return "top"
    return "right" if box[0] >= other[2] else "bottom"


def _shown(first: int, last: int) -> str:
    """Return a distance as text, rounded."""
    return to_text((last - first + _SHOWN_NM // 2) // _SHOWN_NM * _SHOWN_NM)


def _box(points: Iterable[Point]) -> Box | None:
    found = tuple(points)
    return box_of(found, 0) if found else None


def _points(part: Part) -> list[Point]:
    rings = [point for area in part.areas for ring in area for point in ring]
    return [*rings, *(point for line in part.lines for point in line), *part.dots]


def _captions(captions: Sequence[Sequence[str]], bounds: Box, pen: Draughtsman) -> Iterator[Line]:
    """Yield the lines of text under the drawing, broken where they would be wider than it."""
    left, _, right, bottom = bounds
    y = bottom + pen.height
    for pieces in captions:
        line = ""
        for piece in pieces:
            longer = f"{line} - {piece}" if line else piece
            if line and pen.width(longer) > right - left:
                y += 2 * pen.height
                yield from pen.text(line, (left, y))
                longer = piece
            line = longer
        y += 2 * pen.height
        yield from pen.text(line, (left, y))
