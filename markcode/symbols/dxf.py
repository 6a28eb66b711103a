"""DXF for laser and CAM programs: R2000 (AC1015), millimetres, closed polylines in layers.

Every border of a dark area is one closed LWPOLYLINE, that of a hole too: hatched by the even-odd
rule they are the mark. The origin is the lower left corner, y upwards, and every decimal is exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain

from markcode.lengths import mm
from markcode.symbols.drawing import quiet_zone, scaled
from markcode.symbols.dxf_file import CLOSED, FIRST_HANDLE, document, head
from markcode.symbols.emblems import Emblem
from markcode.symbols.layers import QUIET, TEXT, layer_of
from markcode.symbols.layout import Arrangement
from markcode.symbols.sheets import Cell, Grid, Mark, Sheet, lay_out
from markcode.symbols.symbol import Stack, stacks

__all__ = ["to_dxf", "to_dxf_sheet"]


def to_dxf(
    mark: Mark,
    *,
    height_nm: int,
    module_nm: int,
    arrangement: Arrangement | None = None,
    emblems: Mapping[str, Emblem] | None = None,
    quiet: bool = False,
) -> bytes:
    """Return one mark as a drawing of its own size. Raises `SymbolError`.

    The arguments are those of `markcode.symbols.drawing.draw`; ``quiet`` as for a sheet.
    """
    sheet = lay_out(
        [mark],
        Grid(1, 1, gap_nm=0),
        height=height_nm,
        module=module_nm,
        arrangement=arrangement,
        emblems=emblems,
    )
    return _document(sheet, quiet)


def to_dxf_sheet(
    marks: Sequence[Mark],
    grid: Grid,
    *,
    height_nm: int,
    module_nm: int,
    arrangement: Arrangement | None = None,
    emblems: Mapping[str, Emblem] | None = None,
    quiet: bool = False,
) -> bytes:
    """Return a sheet of marks, mark after mark, its letters before its symbol.

    With ``quiet`` the quiet zones of all symbols follow, on a layer that is off. Raises
    `SymbolError`.
    """
    sheet = lay_out(
        marks,
        grid,
        height=height_nm,
        module=module_nm,
        arrangement=arrangement,
        emblems=emblems,
    )
    return _document(sheet, quiet)


def _document(sheet: Sheet, quiet: bool) -> bytes:
    letters, handle, layers = [], FIRST_HANDLE, set[str]()
    for cell in sheet.cells:
        text, handle = _letters(cell, sheet.height, sheet.text_height, handle)
        letters.append(text)
    if any(letters):
        layers.add(TEXT)
    symbols: dict[int, str] = {}
    for stack in stacks([cell.symbol for cell in sheet.cells]):
        at = [_symbol_at(sheet.cells[number]) for number in stack.numbers]
        drawn, handle = _symbols(stack, at, sheet.height, sheet.module, handle)
        symbols.update(zip(stack.numbers, drawn, strict=True))
        layers.add(layer_of(stack.first))
    entities = [text + symbols.get(number, "") for number, text in enumerate(letters)]
    if quiet:
        zones, handle = _quiet_zones(sheet, handle)
        entities += zones
        layers.update([QUIET] if zones else ())
    size = sheet.width, sheet.height
    return document(entities, size_nm=size, layers=layers, handle=handle)


def _polyline(layer: str) -> tuple[str, str]:
    """Return what stands in a polyline before its handle, and from there to its points' number."""
    before, middle = head("LWPOLYLINE", "AcDbPolyline", layer)
    return before, f"{middle} 90\n"


def _quiet_zones(sheet: Sheet, handle: int) -> tuple[list[str], int]:
    """Return a polyline around each symbol, and the next handle."""
    before, middle = _polyline(QUIET)
    zones = []
    for cell in sheet.cells:
        if cell.symbol is None or cell.layout.symbol_at is None:
            continue
        ring = quiet_zone(cell.symbol, _symbol_at(cell), sheet.module)
        points = "".join([f" 10\n{mm(x)}\n 20\n{mm(sheet.height - y)}\n" for x, y in ring])
        zones.append(f"{before}{handle:X}{middle}{len(ring)}{CLOSED}{points}")
        handle += 1
    return zones, handle


# Letters, one by one


def _letters(cell: Cell, sheet_height: int, height_nm: int, handle: int) -> tuple[str, int]:
    """Return the polylines of the letters of a mark, and the next handle."""
    before, middle = _polyline(TEXT)
    polylines = []
    for placed in cell.layout.characters:
        xs = _across(placed.char, placed.emblem, height_nm, cell.x + placed.x)
        ys = _up(placed.char, placed.emblem, height_nm, sheet_height - cell.y - placed.y)
        for ring_xs, ring_ys in zip(xs, ys, strict=True):
            points = "".join(chain.from_iterable(zip(ring_xs, ring_ys, strict=True)))
            count = len(ring_xs)
            polylines.append(f"{before}{handle:X}{middle}{count}{CLOSED}{points}")
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
    before, middle = _polyline(layer_of(stack.first))
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
    counts = pieces.add(f"{2 * number}{CLOSED}" for number in range(int(edges.max()) + 1))
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
