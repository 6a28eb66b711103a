"""A mark as closed outlines at its real size, in nanometres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markcode.symbols.emblems import Emblem
from markcode.symbols.glyphs import EM, Ring, glyph
from markcode.symbols.layout import Arrangement, arrange
from markcode.symbols.symbol import Symbol

__all__ = ["Drawing", "Ring", "Shape", "draw", "moved", "outlines", "quiet_zone", "scaled"]

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
        moved(scaled(placed.char, placed.emblem, height_nm), placed.x, placed.y)
        for placed in layout.characters
    ]
    if symbol is not None and layout.symbol_at is not None:
        shapes.append(moved(outlines(symbol, module_nm), *layout.symbol_at))
    return Drawing(layout.width, layout.height, tuple(shapes))


def outlines(symbol: Symbol, module_nm: int) -> Shape:
    """Return the edges of the dark areas; the first module's corner is (0, 0).

    Dark modules that share a side are one area, so that a laser hatches across them without a
    seam. Areas that only touch at a corner stay apart.
    """
    from markcode.symbols.borders import borders

    tall = symbol.row_height_nm(module_nm)
    return tuple(
        tuple((x * module_nm, y * tall) for x, y in ring)
        for ring in borders(symbol.modules[None]).corners()
    )


def quiet_zone(symbol: Symbol, at: tuple[int, int], module_nm: int) -> Ring:
    """Return the edge of the room that a symbol needs; the first module's corner is ``at``."""
    aside, above = (zone * module_nm for zone in symbol.margins)
    wide, tall = symbol.size_nm(module_nm)
    left, top = at[0] - aside, at[1] - above
    right, bottom = left + wide, top + tall
    return (left, top), (right, top), (right, bottom), (left, bottom)


@lru_cache(maxsize=1024)
def scaled(char: str, emblem: Emblem | None, height_nm: int) -> Shape:
    """Return the outline of a character, or ``emblem``; its full height is just ``height_nm``."""
    half = EM // 2
    return tuple(
        tuple(((x * height_nm + half) // EM, (y * height_nm + half) // EM) for x, y in ring)
        for ring in (emblem or glyph(char)).rings
    )


def moved(shape: Shape, dx: int, dy: int) -> Shape:
    """Return a shape moved by (dx, dy)."""
    return tuple(tuple((x + dx, y + dy) for x, y in ring) for ring in shape)
