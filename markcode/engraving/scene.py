"""A picture of filled areas, lines and dots in colours, as SVG or PNG.

Lengths are nanometres, y downwards; what is drawn later lies on top. There are no letters but those
that are drawn as lines, so that the picture is the same with every program.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, hypot
from typing import TYPE_CHECKING

from markcode.engraving.plate import Box, Path, Point, box_of, union
from markcode.errors import SymbolError
from markcode.lengths import mm

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["Dot", "Fill", "Line", "Scene", "Shape", "dashes"]

_FINER = (4, 2, 1)
"""Dots of the raster for each dot of a PNG, across and down: the most for which it is not too
large."""
_NM_PER_INCH = 25_400_000


@dataclass(frozen=True)
class Fill:
    """An area, of rings taken together by the even-odd rule."""

    rings: tuple[Path, ...]
    colour: str
    """As in HTML: #rrggbb."""

    def box(self) -> Box:
        """Return the bounds."""
        return box_of(tuple(point for ring in self.rings for point in ring), 0)


@dataclass(frozen=True)
class Line:
    """A line with round ends."""

    points: Path
    width: int
    colour: str

    def box(self) -> Box:
        """Return the bounds."""
        return box_of(self.points, self.width)


@dataclass(frozen=True)
class Dot:
    """A filled circle."""

    centre: Point
    diameter: int
    colour: str

    def box(self) -> Box:
        """Return the bounds."""
        return box_of((self.centre,), self.diameter)


Shape = Fill | Line | Dot


@dataclass(frozen=True)
class Scene:
    """A picture, with ``margin`` around what it shows, on white."""

    shapes: Sequence[Shape]
    margin: int

    def box(self) -> Box:
        """Return the bounds, margin included. Raises `SymbolError` for a scene of nothing."""
        bounds = union([shape.box() for shape in self.shapes])
        if bounds is None:
            raise SymbolError("there is nothing to draw")
        left, top, right, bottom = bounds
        margin = self.margin
        return left - margin, top - margin, right + margin, bottom + margin

    def to_svg(self, scale: int = 1) -> str:
        """Return the picture as SVG, ``scale`` times as large as it is, in millimetres."""
        left, top, right, bottom = self.box()
        wide, tall = right - left, bottom - top
        lines = [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{mm(wide * scale)}mm" '
            f'height="{mm(tall * scale)}mm" '
            f'viewBox="{mm(left)} {mm(top)} {mm(wide)} {mm(tall)}">',
            f'<rect x="{mm(left)}" y="{mm(top)}" width="{mm(wide)}" height="{mm(tall)}" '
            'fill="#ffffff"/>',
            *map(_element, self.shapes),
            "</svg>",
        ]
        return "\n".join(lines) + "\n"

    def to_png(self, scale: int, dpi: int) -> bytes:
        """Return the picture as PNG, ``scale`` times as large as it is at ``dpi`` dots an inch.

        Raises `SymbolError` for one of too many dots.
        """
        from PIL import Image

        from markcode.symbols.raster import MAX_DOTS

        left, top, right, bottom = self.box()
        per_nm = scale * dpi / _NM_PER_INCH
        width, height = (max(1, round(nm * per_nm)) for nm in (right - left, bottom - top))
        fit = [finer for finer in _FINER if width * height * finer**2 <= MAX_DOTS]
        if not fit:
            raise SymbolError(
                f"a picture of {width} x {height} dots is too large: lower the scale or the dots "
                "an inch"
            )
        finer = fit[0]
        raster = Image.new("RGB", (width * finer, height * finer), "#ffffff")
        for shape in self.shapes:
            _paint(raster, shape, (left, top), per_nm * finer)
        stream = io.BytesIO()
        small = raster.resize((width, height), Image.Resampling.BOX)
        small.save(stream, "PNG", dpi=(dpi, dpi))
        return stream.getvalue()


def dashes(points: Path, dash: int) -> Iterator[Path]:
    """Yield pieces of a line ``dash`` long, with as much room between them; corners have ink."""
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        length = max(abs(x1 - x0), abs(y1 - y0))
        count = max(1, length // dash // 2) * 2 + 1
        steps = [
            (x0 + (x1 - x0) * step // count, y0 + (y1 - y0) * step // count)
            for step in range(count + 1)
        ]
        for start in range(0, count, 2):
            yield steps[start], steps[start + 1]


def _element(shape: Shape) -> str:
    if isinstance(shape, Dot):
        x, y = shape.centre
        radius = mm(shape.diameter // 2)
        return f'<circle cx="{mm(x)}" cy="{mm(y)}" r="{radius}" fill="{shape.colour}"/>'
    if isinstance(shape, Fill):
        path = "".join(f"{_steps(ring)}Z" for ring in shape.rings)
        return f'<path d="{path}" fill="{shape.colour}" fill-rule="evenodd"/>'
    return (
        f'<path d="{_steps(shape.points)}" fill="none" stroke="{shape.colour}" '
        f'stroke-width="{mm(shape.width)}" stroke-linecap="round" stroke-linejoin="round"/>'
    )


def _steps(points: Path) -> str:
    return "M" + "L".join(f"{mm(x)} {mm(y)}" for x, y in points)


XY = tuple[float, float]


def _paint(raster: Image, shape: Shape, corner: Point, per_nm: float) -> None:
    from PIL import ImageDraw

    def at(point: Point) -> XY:
        return (point[0] - corner[0]) * per_nm, (point[1] - corner[1]) * per_nm

    if isinstance(shape, Fill):
        _fill(raster, [[at(point) for point in ring] for ring in shape.rings], shape.colour)
        return
    points = [shape.centre] if isinstance(shape, Dot) else shape.points
    width = shape.diameter if isinstance(shape, Dot) else shape.width
    # A line is seen however thin it is.
    radius = max(width * per_nm, 1) / 2
    places = [at(point) for point in points]
    for start, end in itertools.pairwise(places):
        _fill(raster, [_rectangle(start, end, radius)], shape.colour)
    draw = ImageDraw.Draw(raster)
    for x, y in places:
        draw.ellipse((x - radius, y - radius, x + radius - 1, y + radius - 1), shape.colour)


def _fill(raster: Image, rings: Sequence[Sequence[XY]], colour: str) -> None:
    """Fill the dots whose centres lie inside, so that areas that touch have no seam."""
    from PIL import Image

    from markcode.symbols.raster import fill

    xs, ys = zip(*(point for ring in rings for point in ring), strict=True)
    left, top = floor(min(xs)), floor(min(ys))
    inner = [[(x - left, y - top) for x, y in ring] for ring in rings]
    inside = fill(inner, ceil(max(xs)) - left, ceil(max(ys)) - top)
    if inside.size:
        raster.paste(colour, (left, top), Image.fromarray(inside))


def _rectangle(start: XY, end: XY, radius: float) -> list[XY]:
    """Return the corners of a straight line that is twice ``radius`` wide."""
    along, down = end[0] - start[0], end[1] - start[1]
    length = hypot(along, down) or 1
    dx, dy = -down * radius / length, along * radius / length
    return [
        (start[0] + dx, start[1] + dy),
        (end[0] + dx, end[1] + dy),
        (end[0] - dx, end[1] - dy),
        (start[0] - dx, start[1] - dy),
    ]
