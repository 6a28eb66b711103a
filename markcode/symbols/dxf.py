"""DXF for laser and CAM programs: R2000 (AC1015), millimetres, closed polylines on two layers.

Every border of a dark area is one closed LWPOLYLINE, that of a hole too: hatched by the even-odd
rule they are the mark. The origin is the lower left corner, y upwards, and every decimal is exact.
``dxf_frame.txt`` holds all that stands around the polylines: one object a line, its groups (code
and value) between bars, as the DXF Reference of AutoCAD 2000 orders them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from itertools import chain

from markcode.lengths import mm
from markcode.symbols.drawing import scaled
from markcode.symbols.emblems import Emblem
from markcode.symbols.layout import Arrangement
from markcode.symbols.sheets import Cell, Grid, Mark, Sheet, lay_out
from markcode.symbols.symbol import Stack, stacks

__all__ = ["SYMBOL", "TEXT", "to_dxf", "to_dxf_sheet"]

SYMBOL = "SYMBOL"
"""Layer of the symbols."""
TEXT = "TEXT"
"""Layer of the letters."""

_FIRST_HANDLE = 0x100
"""The frame has the handles below."""


def to_dxf(
    mark: Mark,
    *,
    height_nm: int,
    module_nm: int,
    arrangement: Arrangement | None = None,
    emblems: Mapping[str, Emblem] | None = None,
) -> bytes:
    """Return one mark as a drawing of its own size. Raises `SymbolError`.

    The arguments are those of `markcode.symbols.drawing.draw`.
    """
    sheet = lay_out(
        [mark],
        Grid(1, 1, gap_nm=0),
        height=height_nm,
        module=module_nm,
        arrangement=arrangement,
        emblems=emblems,
    )
    return _document(sheet)


def to_dxf_sheet(
    marks: Sequence[Mark],
    grid: Grid,
    *,
    height_nm: int,
    module_nm: int,
    arrangement: Arrangement | None = None,
    emblems: Mapping[str, Emblem] | None = None,
) -> bytes:
    """Return a sheet of marks, mark after mark, its letters before its symbol.

    Raises `SymbolError`.
    """
    sheet = lay_out(
        marks,
        grid,
        height=height_nm,
        module=module_nm,
        arrangement=arrangement,
        emblems=emblems,
    )
    return _document(sheet)


def _document(sheet: Sheet) -> bytes:
    letters, handle = [], _FIRST_HANDLE
    for cell in sheet.cells:
        text, handle = _letters(cell, sheet.height, sheet.text_height, handle)
        letters.append(text)
    symbols: dict[int, str] = {}
    for stack in stacks([cell.symbol for cell in sheet.cells]):
        at = [_symbol_at(sheet.cells[number]) for number in stack.numbers]
        drawn, handle = _symbols(stack, at, sheet.height, sheet.module, handle)
        symbols.update(zip(stack.numbers, drawn, strict=True))
    entities = [text + symbols.get(number, "") for number, text in enumerate(letters)]
    before, after = _frame()
    sizes = {"width": mm(sheet.width), "height": mm(sheet.height), "seed": f"{handle:X}"}
    return "".join([before.format(**sizes), *entities, after]).encode("ascii")


@cache
def _frame() -> tuple[str, str]:
    """Return what stands before the polylines, with names for sizes in it, and after them."""
    file = resources.files("markcode.symbols") / "dxf_frame.txt"
    before, after = file.read_text(encoding="utf-8").split("{entities}\n")
    before = before.replace("{symbol}", SYMBOL).replace("{text}", TEXT)
    return _groups(before), _groups(after)


def _groups(text: str) -> str:
    groups = (group.split(" ", 1) for line in text.splitlines() for group in line.split("|"))
    return "".join(f"{code:>3}\n{value}\n" for code, value in groups)


def _head(layer: str) -> tuple[str, str]:
    """Return what stands in a polyline before its handle, and from there to its points' number."""
    return (
        _groups("0 LWPOLYLINE") + "  5\n",
        f"\n{_groups(f'100 AcDbEntity|8 {layer}|100 AcDbPolyline')} 90\n",
    )


_CLOSED = "\n 70\n1\n"


# Letters, one by one


def _letters(cell: Cell, sheet_height: int, height_nm: int, handle: int) -> tuple[str, int]:
    """Return the polylines of the letters of a mark, and the next handle."""
    before, middle = _head(TEXT)
    polylines = []
    for placed in cell.layout.characters:
        xs = _across(placed.char, placed.emblem, height_nm, cell.x + placed.x)
        ys = _up(placed.char, placed.emblem, height_nm, sheet_height - cell.y - placed.y)
        for ring_xs, ring_ys in zip(xs, ys, strict=True):
            points = "".join(chain.from_iterable(zip(ring_xs, ring_ys, strict=True)))
            count = len(ring_xs)
            polylines.append(f"{before}{handle:X}{middle}{count}{_CLOSED}{points}")
            handle += 1
    return "".join(polylines), handle


@lru_cache(maxsize=1 << 12)
def _across(
    char: str, emblem: Emblem | None, height_nm: int, left: int
) -> tuple[tuple[str, ...], ...]:
    """Return the x of each corner of each ring."""
    return tuple(
        tuple(f" 10\n{mm(left + x)}\n" for x, _ in ring) for ring in scaled(char, emblem, height_nm)
    )


@lru_cache(maxsize=1 << 11)
def _up(char: str, emblem: Emblem | None, height_nm: int, top: int) -> tuple[tuple[str, ...], ...]:
    """Return the y of each corner of each ring; ``top`` is upwards, as they are."""
    return tuple(
        tuple(f" 20\n{mm(top - y)}\n" for _, y in ring) for ring in scaled(char, emblem, height_nm)
    )


# Symbols, all of one size at once


def _symbol_at(cell: Cell) -> tuple[int, int]:
    x, y = cell.layout.symbol_at or (0, 0)
    return cell.x + x, cell.y + y


def _symbols(
    stack: Stack, at: Sequence[tuple[int, int]], sheet_height: int, module_nm: int, handle: int
) -> tuple[list[str], int]:
    """Return the polylines of each symbol, and the next handle; ``at`` is where each stands."""
    import numpy as np

    from markcode.symbols.borders import borders
    from markcode.symbols.tokens import Pieces, texts

    found = borders(stack.modules)
    _, rows, columns = stack.modules.shape
    tall = stack.first.row_height_nm(module_nm)
    edges = np.diff(found.rings)
    count = len(edges)
    pieces = Pieces()
    before, middle = _head(SYMBOL)
    lefts, left = np.unique([x for x, _ in at], return_inverse=True)
    tops, top = np.unique([y for _, y in at], return_inverse=True)
    across = pieces.add(
        f" 10\n{mm(x + column * module_nm)}\n"
        for x in lefts.tolist()
        for column in range(columns + 1)
    )
    up = pieces.add(
        f" 20\n{mm(sheet_height - y - row * tall)}\n"
        for y in tops.tolist()
        for row in range(rows + 1)
    )
    handles = handle + np.arange(count)
    high = pieces.add(f"{number:X}" for number in range(int(handles[-1] >> 8) + 1))
    low = pieces.add(f"{number:02X}" for number in range(256))
    counts = pieces.add(f"{2 * number}{_CLOSED}" for number in range(int(edges.max()) + 1))
    head = np.column_stack(
        [
            *pieces.constant(before, count),
            high + (handles >> 8),
            low + (handles & 255),
            *pieces.constant(middle, count),
            counts + edges,
        ]
    )
    of_symbol = np.repeat(np.arange(len(at)), np.diff(found.rings[found.symbols]))
    x = across + left[of_symbol] * (columns + 1)
    y = up + top[of_symbol] * (rows + 1) + found.y
    corners = np.column_stack([x + found.start, y, x + found.end, y])
    # The heads stand before the corners of their rings.
    width = head.shape[1]
    numbers = np.empty(head.size + corners.size, dtype=np.int64)
    heads_at = 4 * found.rings[:-1] + width * np.arange(count)
    numbers[heads_at[:, None] + np.arange(width)] = head
    corners_at = 4 * np.arange(len(x)) + width * (np.repeat(np.arange(count), edges) + 1)
    numbers[corners_at[:, None] + np.arange(4)] = corners
    bounds = 4 * found.rings[found.symbols] + width * found.symbols
    return texts(pieces.table(), numbers, bounds), handle + count
