"""Characters as dots, 5 by 7 and 9 by 13, drawn by hand in ``dots-*.txt``.

The unit is the pitch of the dots, so that every dot of a line of text stands on one grid.

>>> DOTS[0].pitch_nm(1_587_500), DOTS[0].shape("-", None, 1_587_500).dots
(264584, ((0, 793752), (264584, 793752), (529168, 793752), (793752, 793752)))
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from markcode.engraving.dotted import dotted
from markcode.engraving.emblem_lines import lines
from markcode.engraving.font import Font, Point, Shape, must_be_drawable
from markcode.symbols.emblems import STAR, Emblem, emblem, framed_name
from markcode.symbols.glyphs import EM

__all__ = ["DOTS", "DotFont"]

_FRAME_STEPS = 12
"""Height of a frame in the pitch of the characters of 5 by 7 within it."""
_FRAME_ROOM = 3
"""From the frame to those characters, on all sides."""


@dataclass(frozen=True)
class _Glyph:
    """One character or emblem: the width of its box and its dots, ``steps`` to its height."""

    width: int
    dots: tuple[Point, ...]
    steps: int


class DotFont(Font):
    """Dots to strike; the height is from the centre of the first dot to that of the last.

    The pitch is rounded up, so that the height is never below what was asked: it is ``em``
    pitches, less than ``em`` nanometres more. The star has dots of its own, a name in a frame
    characters of 5 by 7, in the frame at half the pitch where 5 by 7 is the font itself. Other
    emblems have dots along their lines (`markcode.engraving.emblem_lines`).
    """

    def width(self, piece: str, emblem: Emblem | None) -> int:
        """Return the width in pitches: from the first to the last column, and bearings."""
        return _width(self, piece, emblem)

    def shape(self, piece: str, emblem: Emblem | None, height_nm: int) -> Shape:
        """Return the dots of a character, row by row."""
        return _shape(self, piece, emblem, height_nm)

    def pitch_nm(self, height_nm: int) -> int:
        """Return the distance of two dots: the height by the number of steps, rounded up."""
        return -(-height_nm // self.em)


# A column or three stay bare, a third of the height from centre to centre.
DOTS = (
    DotFont("dots-5x7", em=6, space=2, spacing=2),
    DotFont("dots-9x13", em=12, space=4, spacing=4),
)


@lru_cache(maxsize=1024)
def _width(font: DotFont, piece: str, drawn: Emblem | None) -> int:
    if drawn is None:
        glyph = _character(font, piece)
    elif (own := _own(font, piece, drawn)) is None:
        return -(-drawn.width * font.em // EM)
    else:
        glyph = own
    return -(-glyph.width * font.em // glyph.steps)


@lru_cache(maxsize=1024)
def _shape(font: DotFont, piece: str, drawn: Emblem | None, height_nm: int) -> Shape:
    pitch = font.pitch_nm(height_nm)
    height = font.em * pitch
    if drawn is None:
        glyph = _character(font, piece)
    elif (own := _own(font, piece, drawn)) is None:
        return Shape(dots=dotted(lines(piece, drawn), height, pitch))
    else:
        glyph = own
    return Shape(dots=_on_grid(glyph.dots, height, glyph.steps))


def _character(font: DotFont, char: str) -> _Glyph:
    if char == " ":
        return _Glyph(font.space, (), font.em)
    must_be_drawable(char)
    return _glyphs(font.name)[char]


def _own(font: DotFont, piece: str, drawn: Emblem) -> _Glyph | None:
    """Return the dots of the star or of a name in a frame; None for another outline."""
    if drawn == emblem(STAR):
        return _glyphs(font.name)[STAR]
    name = framed_name(piece, drawn)
    return None if name is None else _framed(name)


def _on_grid(dots: tuple[Point, ...], height: int, steps: int) -> tuple[Point, ...]:
    half = steps // 2
    return tuple(((x * height + half) // steps, (y * height + half) // steps) for x, y in dots)


@cache
def _glyphs(font: str) -> Mapping[str, _Glyph]:
    """Return the characters of a data file: blocks of a line of names and of rows of dots."""
    file = resources.files("markcode.engraving") / f"{font}.txt"
    text = file.read_text(encoding="utf-8").partition("\n\n")[2]
    return dict(glyph for block in text.split("\n\n") for glyph in _block(block))


def _block(block: str) -> Iterator[tuple[str, _Glyph]]:
    names, *rows = (line.split() for line in block.splitlines())
    for name, bitmap in zip(names, zip(*rows, strict=True), strict=True):
        dots = tuple(
            (x, y) for y, row in enumerate(bitmap) for x, mark in enumerate(row) if mark == "#"
        )
        yield name, _Glyph(len(bitmap[0]) - 1, dots, len(bitmap) - 1)


@cache
def _framed(name: str) -> _Glyph:
    """Return the characters of ``name`` in a frame with round corners, on a grid of 13 rows."""
    text: list[Point] = []
    small, left = DOTS[0], _FRAME_ROOM
    for char in name:
        glyph = _character(small, char)
        text += [(left + x, _FRAME_ROOM + y) for x, y in glyph.dots]
        left += glyph.width + small.spacing
    right = left - small.spacing + _FRAME_ROOM
    across = [(x, y) for x in range(2, right - 1) for y in (0, _FRAME_STEPS)]
    down = [(x, y) for y in range(2, _FRAME_STEPS - 1) for x in (0, right)]
    corners = [(x, y) for x in (1, right - 1) for y in (1, _FRAME_STEPS - 1)]
    dots = sorted([*across, *down, *corners, *text], key=lambda at: at[::-1])
    return _Glyph(right, tuple(dots), _FRAME_STEPS)
