"""What a font is: ways to make a character of a given height, by lines, dots or areas."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from markcode.errors import SymbolError
from markcode.symbols.emblems import Emblem
from markcode.symbols.glyphs import EM, Ring, is_drawable, undrawable

__all__ = ["Font", "Path", "Point", "Ring", "Shape", "must_be_drawable", "scaled"]

Point = tuple[int, int]
"""Nanometres or units of an em, x to the right and y downwards."""

Path = tuple[Point, ...]
"""Points that a tool passes in one stroke; closed if the last one equals the first."""


@dataclass(frozen=True)
class Shape:
    """What a tool makes, in nanometres, y downwards from the upper left corner of the box.

    ``rings`` are areas, filled together by the even-odd rule; ``strokes`` are the centre lines of
    grooves; ``dots`` the centres of dots. Strokes and dots have the width of the tool.
    """

    rings: tuple[Ring, ...] = ()
    strokes: tuple[Path, ...] = ()
    dots: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Font(ABC):
    """A way to make text.

    The height of a character is what 27 CFR 478.92(a)(1)(v) measures, between the ends of the
    *bottoms* of the impression: the centre lines of a groove or the centres of dots, so that the
    tool adds its own width around them.
    """

    name: str
    em: int
    """Units of that height."""
    space: int
    """Width of the space between words, in units; ``spacing`` stands on each side of it."""
    spacing: int
    """Room between the boxes of two characters, in units; at least a fifth of the height."""

    @abstractmethod
    def width(self, piece: str, emblem: Emblem | None) -> int:
        """Return the width in units of the box of a character, or of ``emblem`` for its piece.

        Raises `SymbolError` for a character that there is not.
        """

    @abstractmethod
    def shape(self, piece: str, emblem: Emblem | None, height_nm: int) -> Shape:
        """Return a character, or ``emblem``, at its true size with its box's corner at (0, 0).

        Capitals, digits and emblems are ``height_nm`` high, or by less than a nanometre a dot
        higher where dots need a whole pitch. Raises `SymbolError` for a character that there is
        not.
        """

    def pitch_nm(self, height_nm: int) -> int | None:
        """Return the distance of two dots for text of that height; None for a font without."""
        return None


def must_be_drawable(piece: str) -> None:
    """Raise `SymbolError` for a character that has no glyph."""
    if not is_drawable(piece):
        raise SymbolError(undrawable(piece))


def scaled(path: Path, height_nm: int) -> Path:
    """Return a line given in units of the em of the glyphs at its true size."""
    half = EM // 2
    return tuple(((x * height_nm + half) // EM, (y * height_nm + half) // EM) for x, y in path)
