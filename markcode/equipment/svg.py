"""Equipment ``svg``: drawings for programs that take layers by colour (standards/equipment.md 5.2).

One group and one colour for each layer: text black, symbols blue. Areas are filled paths or
rectangles, dots are circles, and what the tool follows is a line as wide as the tool.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from markcode.engraving.plate import OUTLINE, QUIET, TEXT, Part, Path, Plate
from markcode.equipment.plates import PlateWriter, is_filled
from markcode.equipment.sheets import open_filled
from markcode.lengths import mm
from markcode.symbols.svg_file import COLOURS, path_data
from markcode.symbols.svg_file import document as svg_file

if TYPE_CHECKING:
    from markcode.equipment.mark import Writer
    from markcode.equipment.setup import Setup

__all__ = ["document", "open_svg"]


def open_svg(setup: Setup) -> Writer:
    """Return the writer. Raises `SymbolError` for an outline of a drawn symbol that is none."""
    reference = setup.settings["reference"] == "yes"
    if is_filled(setup) and not reference:
        return open_filled(setup)
    return PlateWriter(setup, "svg", partial(document, reference=reference))


def document(plate: Plate, *, reference: bool = False) -> bytes:
    """Return the drawing as SVG 1.1: one user unit is one millimetre, every decimal is exact.

    With ``reference`` the quiet zones and the edge of the face are thin lines in other colours.
    """
    layers: dict[str, list[str]] = {}
    for mark in plate.marks:
        for part in mark.parts:
            layers.setdefault(part.layer, []).extend(_elements(part, mark.tool_nm))
        if reference:
            for layer, rings in ((QUIET, mark.quiet), (OUTLINE, mark.outline)):
                layers.setdefault(layer, []).extend(_filled([ring]) for ring in rings)
    return svg_file(plate.width_nm, plate.height_nm, layers).encode("ascii")


def _elements(part: Part, tool_nm: int) -> Iterator[str]:
    for shape in part.areas:
        yield _rectangle(*shape) if part.layer != TEXT and _is_rectangle(shape) else _filled(shape)
    if part.lines:
        data = "".join(map(_line_data, part.lines))
        yield (
            f'<path fill="none" stroke="{COLOURS[part.layer]}" stroke-width="{mm(tool_nm)}" '
            f'stroke-linecap="round" stroke-linejoin="round" d="{data}"/>'
        )
    radius = mm((part.dot_nm + 1) // 2)
    for x, y in part.dots:
        yield f'<circle cx="{mm(x)}" cy="{mm(y)}" r="{radius}"/>'


def _filled(rings: Sequence[Path]) -> str:
    return f'<path d="{path_data(rings)}"/>'


def _line_data(path: Path) -> str:
    """Return a line; one that ends where it begins is closed, so that its corners are all alike."""
    if len(path) > 2 and path[0] == path[-1]:
        return path_data([path[:-1]])
    # A line of one point is a dot of the tool: some readers draw nothing without a step.
    points = path if len(path) > 1 else path * 2
    return "M" + "L".join([f"{mm(x)} {mm(y)}" for x, y in points])


def _is_rectangle(shape: tuple[Path, ...]) -> bool:
    """Return whether a shape is one ring around a rectangle, along the axes."""
    if len(shape) != 1 or len(shape[0]) != 4:
        return False
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = shape[0]
    across_first = (y0, x1, y2, x3) == (y1, x2, y3, x0)
    down_first = (x0, y1, x2, y3) == (x1, y2, x3, y0)
    return across_first or down_first


def _rectangle(ring: Path) -> str:
    xs, ys = zip(*ring, strict=True)
    left, top = min(xs), min(ys)
    return (
        f'<rect x="{mm(left)}" y="{mm(top)}" '
        f'width="{mm(max(xs) - left)}" height="{mm(max(ys) - top)}"/>'
    )
