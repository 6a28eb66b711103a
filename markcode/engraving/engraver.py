"""From the lines and the symbol of a mark to what a machine makes, at its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markcode.engraving.face import Face
from markcode.engraving.fitting import Design, lay_out
from markcode.engraving.fonts import Font, font
from markcode.engraving.plate import TEXT, Engraved, Part, Path, Plate, rectangle
from markcode.errors import SymbolError
from markcode.lengths import mm
from markcode.symbols.drawing import outlines, quiet_zone
from markcode.symbols.emblems import Emblem
from markcode.symbols.layers import layer_of
from markcode.symbols.layout import Layout, Placed
from markcode.symbols.sheets import Grid
from markcode.symbols.symbol import Symbol

__all__ = ["CELLS", "Engraver", "Style", "plate_of"]

CELLS = ("outline", "cells", "dots")
"""How the dark modules of a symbol are made: one area where they touch, squares, or dots."""


@dataclass(frozen=True, kw_only=True)
class Style:
    """How text and symbols are made; lengths in nanometres."""

    text: str = "outline"
    """A name of `markcode.engraving.fonts.FONTS`."""
    cells: str = "outline"
    """One of `CELLS`."""
    tool_nm: int = 100_000
    """Width of the line that the tool leaves."""
    dot_nm: int = 0
    """Diameter of the dots that the needle leaves, of text and of symbol."""

    @property
    def pen_nm(self) -> int:
        """Width that the tool adds to the lines or dots of text."""
        if self.text == "outline":
            return 0
        return self.tool_nm if self.text == "stroke" else self.dot_nm

    @classmethod
    def of_settings(cls, settings: Mapping[str, Any], module_nm: int) -> Style:
        """Return what the settings ``text``, ``cells``, ``tool`` and ``dot`` say.

        ``dot`` is in per cent of the module, as AS9132 counts it (standards/equipment.md 6.1).
        """
        return cls(
            text=settings.get("text", cls.text),
            cells=settings.get("cells", cls.cells),
            tool_nm=settings.get("tool", cls.tool_nm),
            dot_nm=module_nm * settings.get("dot", 0) // 100,
        )


class Engraver:
    """Lays out marks of one job: the same sizes, style and face for all."""

    def __init__(
        self,
        *,
        height_nm: int,
        module_nm: int,
        style: Style,
        face: Face | None = None,
        emblems: Mapping[str, Emblem] | None = None,
    ) -> None:
        self._height_nm, self._module_nm = height_nm, module_nm
        self._style, self._face, self._emblems = style, face, emblems
        self._font = font(style.text)
        pitch = self._font.pitch_nm(height_nm)
        if pitch is not None:
            # Letters of whole pitches, so that all dots of a line stand on one grid.
            self._height_nm = pitch * self._font.em

    def engrave(self, row: int, lines: Sequence[str], symbol: Symbol | None) -> Engraved:
        """Return the mark in its box or on its face.

        Raises `SymbolError` for what cannot be made, `markcode.errors.Misfit` for what does not fit
        on the face, with the sizes that would.
        """
        if any(line.strip(" ") for line in lines):
            self._refuse_blots()
        layout = lay_out(self._design(lines, symbol))
        parts = list(_text(layout, lines, self._font, self._height_nm, self._style.dot_nm))
        quiet: tuple[Path, ...] = ()
        if symbol is not None and layout.symbol_at is not None:
            parts.append(_symbol(symbol, layout.symbol_at, self._module_nm, self._style))
            quiet = (quiet_zone(symbol, layout.symbol_at, self._module_nm),)
        made = Engraved(row, layout.width, layout.height, tuple(parts), self._style.tool_nm, quiet)
        return made if self._face is None else self._face.put(made)

    def _refuse_blots(self) -> None:
        """Raise `SymbolError` for text whose lines run together: the bars of an E, for one."""
        pen = self._style.pen_nm
        if 2 * pen >= self._height_nm:
            what, mend = (
                ("a tool", "--setting tool=... smaller")
                if self._style.text == "stroke"
                else ("a dot", "--module or --setting dot=... smaller")
            )
            raise SymbolError(
                f"{what} of {mm(pen)} mm leaves nothing bare within letters of "
                f"{mm(self._height_nm)} mm, of which it must be less than half: choose {mend}, or "
                "larger letters"
            )

    def _design(self, lines: Sequence[str], symbol: Symbol | None) -> Design:
        return Design(
            lines=tuple(lines),
            symbol=symbol,
            height_nm=self._height_nm,
            module_nm=self._module_nm,
            font=self._font,
            pen_nm=self._style.pen_nm,
            emblems=self._emblems,
            face=self._face,
        )


def _text(
    layout: Layout, lines: Sequence[str], face: Font, height_nm: int, dot_nm: int
) -> list[Part]:
    tops = sorted({placed.y for placed in layout.characters})
    written = [number for number, line in enumerate(lines, start=1) if line.strip(" ")]
    number_of = dict(zip(tops, written, strict=True))
    return [
        _character(face.name, placed, height_nm, dot_nm, number_of[placed.y])
        for placed in layout.characters
    ]


@lru_cache(maxsize=4096)  # most characters stand where they stood in the mark before
def _character(name: str, placed: Placed, height_nm: int, dot_nm: int, line: int) -> Part:
    shape = font(name).shape(placed.char, placed.emblem, height_nm)
    areas = (shape.rings,) if shape.rings else ()
    part = Part(TEXT, placed.char, areas, shape.strokes, shape.dots, dot_nm, line)
    return part.moved(placed.x, placed.y)


def _symbol(symbol: Symbol, at: tuple[int, int], module_nm: int, style: Style) -> Part:
    layer = layer_of(symbol)
    if style.cells == "outline":
        areas: tuple[tuple[Path, ...], ...] = (outlines(symbol, module_nm),)
        return Part(layer, symbol.symbology, areas).moved(*at)
    if style.cells == "cells":
        return Part(layer, symbol.symbology, _cells(symbol, module_nm)).moved(*at)
    if symbol.is_linear:
        raise SymbolError(
            f"the bars of {symbol.symbology} cannot be made of dots: take cells=cells"
        )
    half = module_nm // 2
    dots = tuple(
        (column * module_nm + half, row * module_nm + half)
        for row, column in zip(*(axis.tolist() for axis in symbol.modules.nonzero()), strict=True)
    )
    return Part(layer, symbol.symbology, dots=dots, dot_nm=style.dot_nm).moved(*at)


def _cells(symbol: Symbol, module_nm: int) -> tuple[tuple[Path, ...], ...]:
    """Return a square for each dark module, or a rectangle for each bar."""
    tall = symbol.row_height_nm(module_nm)
    if symbol.is_linear:
        return tuple((ring,) for ring in outlines(symbol, module_nm))
    rows, columns = (axis.tolist() for axis in symbol.modules.nonzero())
    return tuple(
        (rectangle(x * module_nm, y * tall, (x + 1) * module_nm, (y + 1) * tall),)
        for y, x in zip(rows, columns, strict=True)
    )


def plate_of(marks: Sequence[Engraved], grid: Grid | None) -> Plate:
    """Return a plate of marks from left to right and then downwards, or just one mark.

    A plate has room for the whole grid. Raises `SymbolError` for a mark larger than the pitch.
    """
    if grid is None:
        (mark,) = marks
        return Plate(mark.width_nm, mark.height_nm, (mark,))
    widest = max(mark.width_nm for mark in marks)
    tallest = max(mark.height_nm for mark in marks)
    across, down = grid.pitch_nm or (widest + grid.gap_nm, tallest + grid.gap_nm)
    if widest > across or tallest > down:
        raise SymbolError(
            f"a mark of {mm(widest)} x {mm(tallest)} mm does not fit a pitch of "
            f"{mm(across)} x {mm(down)} mm"
        )
    placed = tuple(
        mark.moved(index % grid.columns * across, index // grid.columns * down)
        for index, mark in enumerate(marks)
    )
    return Plate(grid.columns * across, grid.rows * down, placed)
