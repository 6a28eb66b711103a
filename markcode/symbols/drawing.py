"""A mark as closed outlines at its real size, in nanometres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markcode.symbols.emblems import Emblem
from markcode.symbols.glyphs import EM, Ring, glyph
from markcode.symbols.layout import Arrangement, arrange
from markcode.symbols.symbol import Symbol

__all__ = ["Drawing", "Ring", "Shape", "draw", "outlines"]

Shape = tuple[Ring, ...]
"""Rings to be filled together by the even-odd rule: holes are rings too."""


@dataclass(frozen=True)
class Drawing:
    """Filled shapes that do not overlap, y downwards from the upper left corner."""

    width_nm: int
    height_nm: int
    shapes: tuple[Shape, ...]


def draw(
    lines: Sequence[str],
    symbol: Symbol | None = None,
    *,
    height_nm: int,
    module_nm: int,
    arrangement: Arrangement | None = None,
    emblems: Mapping[str, Emblem] | None = None,
) -> Drawing:
    """Return the lines of a mark and its symbol together.

    ``height_nm`` is the full height of a character's outline, as 27 CFR 478.92(a)(1) measures it,
    not that of its centre line; ``module_nm`` the side of a module or the width of the thinnest
    bar. One shape a character or emblem, in reading order, then one for the symbol. The layout is
    that of `markcode.symbols.layout.arrange`; ``emblems`` gives outlines of drawn symbols by name
    (`markcode.symbols.emblems`). Raises `SymbolError`.
    """
    layout = arrange(
        lines,
        symbol,
        height=height_nm,
        module=module_nm,
        arrangement=arrangement,
        emblems=emblems,
    )
    shapes = [
        _moved(_scaled(placed.char, placed.emblem, height_nm), placed.x, placed.y)
        for placed in layout.characters
    ]
    if symbol is not None and layout.symbol_at is not None:
        shapes.append(_moved(outlines(symbol, module_nm), *layout.symbol_at))
    return Drawing(layout.width, layout.height, tuple(shapes))


def outlines(symbol: Symbol, module_nm: int) -> Shape:
    """Return the edges of the dark areas; the first module's corner is (0, 0).

    Dark modules that share a side are one area, so that a laser hatches across them without a
    seam. Areas that only touch at a corner stay apart.
    """
    tall = symbol.row_height_nm(module_nm)
    return tuple(tuple((x * module_nm, y * tall) for x, y in ring) for ring in _borders(symbol))


def _borders(symbol: Symbol) -> list[list[tuple[int, int]]]:
    """Return the borders of the dark areas in modules, with the dark on the right hand."""
    ahead = _border_steps(symbol)
    rings: list[list[tuple[int, int]]] = []
    while ahead:
        start = next(iter(ahead))
        at, step = start, ahead[start][0]
        ring: list[tuple[int, int]] = []
        while True:
            # At a corner of two dark modules, turn right: stay with the module just walked along.
            right = (-step[1], step[0])
            turn = right if right in ahead[at] else ahead[at][0]
            if turn != step or not ring:
                ring.append(at)
            ahead[at].remove(turn)
            if not ahead[at]:
                del ahead[at]
            at, step = (at[0] + turn[0], at[1] + turn[1]), turn
            if at == start:
                break
        rings.append(ring)
    return rings


def _border_steps(symbol: Symbol) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """Return, for each corner (x, y), the unit steps along a border that start there."""
    import numpy as np

    dark = np.pad(symbol.modules, 1)
    inner = dark[1:-1, 1:-1]
    sides = (
        (dark[:-2, 1:-1], (0, 0), (1, 0)),
        (dark[1:-1, 2:], (1, 0), (0, 1)),
        (dark[2:, 1:-1], (1, 1), (-1, 0)),
        (dark[1:-1, :-2], (0, 1), (0, -1)),
    )
    steps: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for neighbour, corner, step in sides:
        for row, column in np.argwhere(inner & ~neighbour).tolist():
            steps.setdefault((column + corner[0], row + corner[1]), []).append(step)
    return steps


@lru_cache(maxsize=1024)
def _scaled(char: str, emblem: Emblem | None, height_nm: int) -> Shape:
    """Return the outline of a character or emblem; its full height is just ``height_nm``."""
    half = EM // 2
    return tuple(
        tuple(((x * height_nm + half) // EM, (y * height_nm + half) // EM) for x, y in ring)
        for ring in (emblem or glyph(char)).rings
    )


def _moved(shape: Shape, dx: int, dy: int) -> Shape:
    return tuple(tuple((x + dx, y + dy) for x, y in ring) for ring in shape)
