"""Where the characters and the symbol of a mark stand, in whole units of any length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from markcode.errors import SymbolError
from markcode.symbols.emblems import Emblem, emblem, pieces
from markcode.symbols.glyphs import EM, SPACE, SPACING, glyph
from markcode.symbols.symbol import Symbol

__all__ = ["Arrangement", "Layout", "Metrics", "Placed", "arrange"]

Arrangement = Literal["beside", "under"]


class Metrics(Protocol):
    """How wide the characters of a font are, in units of which the height has ``em``."""

    @property
    def em(self) -> int:
        """Units of the height."""
        ...

    @property
    def space(self) -> int:
        """Width of the space between words."""
        ...

    @property
    def spacing(self) -> int:
        """Room between two characters."""
        ...

    def width(self, piece: str, emblem: Emblem | None) -> int:
        """Return the width of a character, or of the drawn symbol ``emblem``."""
        ...


class _Outlines:
    em, space, spacing = EM, SPACE, SPACING

    def width(self, piece: str, emblem: Emblem | None) -> int:
        return (emblem or glyph(piece)).width


class Placed(NamedTuple):
    """One character or emblem with the upper left corner of its box."""

    char: str
    x: int
    y: int
    emblem: Emblem | None = None
    """What is drawn, if it is not a character that has a glyph."""


@dataclass(frozen=True)
class Layout:
    """The whole mark: its size, its characters, the corner of the symbol's first module."""

    width: int
    height: int
    characters: tuple[Placed, ...]
    symbol_at: tuple[int, int] | None


def arrange(
    lines: Sequence[str],
    symbol: Symbol | None,
    *,
    height: int,
    module: int,
    grid: int = 1,
    arrangement: Arrangement | None = None,
    emblems: Mapping[str, Emblem] | None = None,
    metrics: Metrics | None = None,
    room: int | None = None,
    centred: bool = False,
) -> Layout:
    """Return the layout of ``lines`` of characters ``height`` high and of ``symbol``.

    ``metrics`` are those of another font than the outlines; ``room`` is what stays free around the
    text, where a quarter of the height is not enough; ``centred`` lines stand in the middle of the
    longest also beside a symbol.

    An emblem within a line (`markcode.symbols.emblems`) is one character, as high as the others;
    ``emblems`` gives outlines by name.

    The lines stand at the right of a matrix symbol and below a linear one, unless ``arrangement``
    says otherwise. Places are multiples of ``grid``, and so must ``height`` and ``module`` be. A
    quarter of the height stays free around the text, and the quiet zone around the symbol; half
    the height stands between lines. Raises `SymbolError` for a character without a glyph and for
    nothing to draw.
    """
    if height < 1 or module < 1:
        raise SymbolError("the height of the text and the module must be more than nothing")
    if symbol is None and not any(line.strip(" ") for line in lines):
        raise SymbolError("there is neither text nor a symbol to draw")

    def up(value: int) -> int:
        return -(-value // grid) * grid

    rows = [
        _line(line, number, height, grid, emblems, metrics or _Outlines())
        for number, line in enumerate(lines, start=1)
    ]
    pad, pitch = up(max(height // 4, room or 0)), height + up(height // 2)
    text_width = max((width for width, _ in rows), default=0)
    text_height = height + pitch * (len(rows) - 1) if rows else 0
    if symbol is None:
        symbol_width = symbol_height = aside = above = 0
    else:
        symbol_width, symbol_height = symbol.size_nm(module)
        aside, above = (zone * module for zone in symbol.margins)
        if not rows:
            return Layout(symbol_width, symbol_height, (), (aside, above))
    if arrangement is None:
        arrangement = "under" if symbol is not None and symbol.is_linear else "beside"
    if arrangement == "beside" or symbol is None:
        left = symbol_width + pad
        width, tall = left + text_width + pad, max(symbol_height, text_height + 2 * pad)
        symbol_x, symbol_y = 0, up((tall - symbol_height) // 2)
        starts, text_y = [left] * len(rows), up((tall - text_height) // 2)
        if centred:
            starts = [left + up((text_width - line_width) // 2) for line_width, _ in rows]
    else:
        width = max(symbol_width, text_width + 2 * pad)
        tall = symbol_height + text_height + 2 * pad
        symbol_x, symbol_y = up((width - symbol_width) // 2), 0
        starts = [up((width - line_width) // 2) for line_width, _ in rows]
        text_y = symbol_height + pad
    characters = tuple(
        Placed(char, start + x, text_y + pitch * number, drawn)
        for number, (start, (_, row)) in enumerate(zip(starts, rows, strict=True))
        for char, x, drawn in row
    )
    corner = (symbol_x + aside, symbol_y + above) if symbol is not None else None
    return Layout(up(width), up(tall), characters, corner)


def _line(
    text: str,
    number: int,
    height: int,
    grid: int,
    emblems: Mapping[str, Emblem] | None,
    metrics: Metrics,
) -> tuple[int, list[tuple[str, int, Emblem | None]]]:
    """Return the width of a line and what stands in it: character, left side, what is drawn."""
    x, row, width, column = 0, list[tuple[str, int, Emblem | None]](), 0, 1
    for piece in pieces(text):
        drawn = emblem(piece, emblems)
        if drawn is None:
            glyph(piece, number, column)
        if piece != " ":
            row.append((piece, x, drawn))
        wide = metrics.space if piece == " " else metrics.width(piece, drawn)
        width = x + -(-wide * height // (metrics.em * grid)) * grid
        x = width + -(-metrics.spacing * height // (metrics.em * grid)) * grid
        column += len(piece)
    return width, row
