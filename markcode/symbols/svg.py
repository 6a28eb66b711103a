"""SVG for laser programs: millimetres, closed filled paths, no strokes, no text, no transforms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from markcode import notation
from markcode.lengths import mm
from markcode.symbols.drawing import Drawing, moved, scaled
from markcode.symbols.emblems import Emblem
from markcode.symbols.layers import TEXT, layer_of
from markcode.symbols.layout import Arrangement, arrange
from markcode.symbols.sheets import Grid, Mark, lay_out
from markcode.symbols.svg_file import document, head, path_data
from markcode.symbols.symbol import Stack, Symbol, stacks

if TYPE_CHECKING:
    from markcode.symbols.tokens import Table

__all__ = ["to_svg", "to_svg_sheet", "to_svgs"]


def to_svg(drawing: Drawing, *, title: str | None = None) -> str:
    """Return ``drawing`` as SVG 1.1: one user unit is one millimetre, every decimal is exact.

    Each shape is one ``<path>`` of absolute M, L and Z. ``title`` becomes the ``<title>``, with
    control characters by name. The same drawing gives the same bytes.
    """
    paths = (path_data(shape) for shape in drawing.shapes)
    return _document(drawing.width_nm, drawing.height_nm, paths, title)


def to_svgs(
    marks: Sequence[Mark],
    *,
    height_nm: int,
    module_nm: int,
    arrangement: Arrangement | None = None,
    emblems: Mapping[str, Emblem] | None = None,
    layered: bool = False,
) -> list[str]:
    """Return what `to_svg` makes of the drawing of each mark, many at a time.

    The arguments are those of `markcode.symbols.drawing.draw`; ``layered`` puts letters and symbol
    into groups of a colour each (`markcode.symbols.svg_file`). Some hundreds of marks a call are
    fastest. Raises `SymbolError`.
    """
    layouts = [
        arrange(
            lines,
            symbol,
            height=height_nm,
            module=module_nm,
            arrangement=arrangement,
            emblems=emblems,
        )
        for lines, symbol in marks
    ]
    outlines: dict[int, str] = {}
    for stack in stacks([symbol for _, symbol in marks], [layout.symbol_at for layout in layouts]):
        outlines.update(zip(stack.numbers, _outlines(stack, module_nm), strict=True))
    documents = []
    for number, (layout, (_, symbol)) in enumerate(zip(layouts, marks, strict=True)):
        paths: list[_Layered] = [
            (None, _character(placed.char, placed.emblem, height_nm, placed.x, placed.y))
            for placed in layout.characters
        ]
        if number in outlines:
            paths.append((symbol, outlines[number]))
        documents.append(_together(layout.width, layout.height, paths, layered))
    return documents


def to_svg_sheet(
    marks: Sequence[Mark],
    grid: Grid,
    *,
    height_nm: int,
    module_nm: int,
    arrangement: Arrangement | None = None,
    emblems: Mapping[str, Emblem] | None = None,
    layered: bool = False,
) -> str:
    """Return a sheet of marks as SVG 1.1, in millimetres, every decimal exact.

    For each mark there is one path for its letters, if it has any, then one for its symbol. Each
    begins where it stands and goes on in steps (``l``, ``h``, ``v``), which are alike for all
    places and so written fast. ``layered`` is that of `to_svgs`. Raises `SymbolError`.
    """
    sheet = lay_out(
        marks,
        grid,
        height=height_nm,
        module=module_nm,
        arrangement=arrangement,
        emblems=emblems,
    )
    outlines: dict[int, _Steps] = {}
    for stack in stacks([symbol for _, symbol in marks]):
        outlines.update(zip(stack.numbers, _outline_steps(stack, module_nm), strict=True))
    paths: list[_Layered] = []
    for number, cell in enumerate(sheet.cells):
        if cell.layout.characters:
            letters = (
                _from(
                    cell.x + placed.x,
                    cell.y + placed.y,
                    _glyph_steps(placed.char, placed.emblem, height_nm),
                )
                for placed in cell.layout.characters
            )
            paths.append((None, "".join(letters)))
        if cell.layout.symbol_at is not None and number in outlines:
            x, y = cell.layout.symbol_at
            paths.append((cell.symbol, _from(cell.x + x, cell.y + y, outlines[number])))
    return _together(sheet.width, sheet.height, paths, layered)


_Layered = tuple[Symbol | None, str]
"""A path of the symbol, or of letters where there is none."""


def _together(width: int, height: int, paths: Sequence[_Layered], layered: bool) -> str:
    if not layered:
        return _document(width, height, (path for _, path in paths))
    layers: dict[str, list[str]] = {}
    for symbol, path in paths:
        layer = TEXT if symbol is None else layer_of(symbol)
        layers.setdefault(layer, []).append(f'<path d="{path}"/>')
    return document(width, height, layers)


def _document(width: int, height: int, paths: Iterable[str], title: str | None = None) -> str:
    titles = [] if title is None else [f"<title>{escape(notation.escape(title))}</title>"]
    drawn = (
        f'<path fill="#000000" fill-rule="evenodd" stroke="none" d="{path}"/>' for path in paths
    )
    return "\n".join([head(width, height), *titles, *drawn, "</svg>", ""])


# Whole paths


@lru_cache(maxsize=1 << 13)
def _character(char: str, emblem: Emblem | None, height_nm: int, x: int, y: int) -> str:
    """Return the path of a character whose box has its upper left corner at (x, y)."""
    return path_data(moved(scaled(char, emblem, height_nm), x, y))


def _outlines(stack: Stack, module_nm: int) -> list[str]:
    """Return the path of each symbol, with the corner of its first module at the stack's place."""
    import numpy as np

    from markcode.symbols.borders import borders
    from markcode.symbols.tokens import texts

    found = borders(stack.modules)
    _, rows, columns = stack.modules.shape
    tall = stack.first.row_height_nm(module_nm)
    points = _points(rows, columns, module_nm, tall, *stack.place)
    corners = np.stack([found.start, found.end], axis=1) + (found.y * (columns + 1))[:, None]
    corners[found.rings[:-1], 0] += (rows + 1) * (columns + 1)
    written = texts(points, corners.ravel(), 2 * found.rings[found.symbols])
    return [f"{text[1:]}Z" for text in written]


@lru_cache(maxsize=16)
def _points(rows: int, columns: int, module_nm: int, tall: int, left: int, top: int) -> Table:
    """Return ``L`` and ``ZM`` to every corner, row by row."""
    from markcode.symbols.tokens import table

    xs = [mm(left + x * module_nm) for x in range(columns + 1)]
    ys = [mm(top + y * tall) for y in range(rows + 1)]
    return table([f"{command}{x} {y}" for command in ("L", "ZM") for y in ys for x in xs])


# Paths that begin somewhere and go on in steps

_Steps = tuple[int, int, str]
"""The first corner, and the rest of the path from there."""


def _from(x: int, y: int, steps: _Steps) -> str:
    """Return the path of an outline whose origin is at (x, y)."""
    first_x, first_y, rest = steps
    return f"M{mm(x + first_x)} {mm(y + first_y)}{rest}"


@lru_cache(maxsize=1024)
def _glyph_steps(char: str, emblem: Emblem | None, height_nm: int) -> _Steps:
    rest = []
    outline = scaled(char, emblem, height_nm)
    from_x, from_y = outline[0][0]
    for number, ring in enumerate(outline):
        start_x, start_y = ring[0]
        if number:
            rest.append(f"m{mm(start_x - from_x)} {mm(start_y - from_y)}")
        for (x, y), (to_x, to_y) in pairwise(ring):
            rest.append(f"l{mm(to_x - x)} {mm(to_y - y)}")
        rest.append("z")
        from_x, from_y = start_x, start_y
    return (*outline[0][0], "".join(rest))


def _outline_steps(stack: Stack, module_nm: int) -> list[_Steps]:
    """Return the steps of each symbol, from the corner of its first module."""
    import numpy as np

    from markcode.symbols.borders import borders
    from markcode.symbols.tokens import texts

    found = borders(stack.modules)
    _, rows, columns = stack.modules.shape
    tall = stack.first.row_height_nm(module_nm)
    pieces, middle = _step_pieces(rows, columns, module_nm, tall)
    firsts = found.rings[:-1]
    # A horizontal step and the vertical one after it are one piece; a ring closes with none.
    down = np.diff(found.y, append=0)
    down[found.rings[1:] - 1] = 0
    steps = middle + (found.end - found.start) * (2 * rows + 1) + down
    # From each ring to the next, and from a symbol to another: the latter is left out.
    across, down = (np.diff(corner[firsts], prepend=0) for corner in (found.start, found.y))
    moves = 3 * middle + 1 + across * (2 * rows + 1) + down
    moves[found.symbols[:-1]] = middle
    bounds = found.rings[found.symbols] + found.symbols
    written = texts(pieces, np.insert(steps, firsts, moves), bounds)
    corners = found.rings[found.symbols[:-1]]
    xs, ys = (found.start[corners] * module_nm).tolist(), (found.y[corners] * tall).tolist()
    return list(zip(xs, ys, written, strict=True))


@lru_cache(maxsize=8)
def _step_pieces(rows: int, columns: int, module_nm: int, tall: int) -> tuple[Table, int]:
    """Return all pairs of steps, then all moves to another ring, and the number of no step.

    A pair has the number of no step + modules to the right * (2 rows + 1) + modules down.
    """
    from markcode.symbols.tokens import table

    across = [mm(x * module_nm) for x in range(-columns, columns + 1)]
    down = [mm(y * tall) for y in range(-rows, rows + 1)]
    vertical = [f"v{y}" if y != "0" else "z" for y in down]
    steps = [f"h{x}{y}" for x in across for y in vertical]
    middle = len(steps) // 2
    steps[middle] = ""
    return table([*steps, *(f"m{x} {y}" for x in across for y in down)]), middle
