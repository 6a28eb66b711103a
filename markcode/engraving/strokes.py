"""Characters as single strokes: the centre lines of the outlines (scripts/make_glyphs.py).

>>> STROKE.shape("L", None, 1_600_000).strokes
(((0, 0), (0, 1600000), (890880, 1600000)),)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from markcode.engraving.emblem_lines import lines
from markcode.engraving.font import Font, Path, Shape, must_be_drawable, scaled
from markcode.symbols.emblems import Emblem, framed_name
from markcode.symbols.glyphs import EM

__all__ = ["STROKE", "StrokeFont"]

_IN_FRAME = 5_500
"""Height of the strokes of a letter within a frame, in units of the em."""


@dataclass(frozen=True)
class _Glyph:
    """One character: its width and its strokes, in units."""

    width: int
    strokes: tuple[Path, ...]


class StrokeFont(Font):
    """Lines to follow; the height is that of the centre lines, to which the tool adds its width.

    An emblem has the lines of `markcode.engraving.emblem_lines`; a name in a frame is one line
    around letters of single strokes.
    """

    def width(self, piece: str, emblem: Emblem | None) -> int:
        """Return the width in units: from the first to the last centre line, and bearings."""
        if emblem is not None:
            return emblem.width
        return self.space if piece == " " else _glyph(piece).width

    def shape(self, piece: str, emblem: Emblem | None, height_nm: int) -> Shape:
        """Return the strokes of a character; the first and last y are 0 and ``height_nm``."""
        return _shape(piece, emblem, height_nm)


# Room enough that a fifth of the height stays bare between grooves of 0.25 mm at 1.6 mm.
STROKE = StrokeFont("stroke", em=EM, space=3_200, spacing=3_600)


@cache
def _glyphs() -> Mapping[str, _Glyph]:
    file = resources.files("markcode.engraving") / "strokes.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    return {
        char: _Glyph(
            entry["width"], tuple(tuple((x, y) for x, y in path) for path in entry["strokes"])
        )
        for char, entry in content["glyphs"].items()
    }


def _glyph(char: str) -> _Glyph:
    must_be_drawable(char)
    return _glyphs()[char]


@lru_cache(maxsize=1024)
def _shape(piece: str, emblem: Emblem | None, height_nm: int) -> Shape:
    paths: Iterable[Path]
    if emblem is not None:
        paths = _emblem(piece, emblem)
    else:
        paths = () if piece == " " else _glyph(piece).strokes
    return Shape(strokes=tuple(scaled(path, height_nm) for path in paths))


def _emblem(piece: str, drawn: Emblem) -> Iterator[Path]:
    """Yield the strokes of an emblem, in units."""
    name = framed_name(piece, drawn)
    if name is None:
        yield from lines(piece, drawn)
    else:
        edge = drawn.rings[0]
        yield (*edge, edge[0])
        yield from _in_frame(name, drawn.width)


def _in_frame(name: str, width: int) -> Iterator[Path]:
    """Yield the strokes of the letters of ``name`` in the middle of a frame."""
    glyphs = [_glyph(char) for char in name]
    text_width = sum(glyph.width + STROKE.spacing for glyph in glyphs) - STROKE.spacing
    left, top = (width - text_width * _IN_FRAME // EM) // 2, (EM - _IN_FRAME) // 2
    offset = 0
    for glyph in glyphs:
        for path in glyph.strokes:
            moved = tuple((x + offset, y) for x, y in path)
            yield tuple((left + x, top + y) for x, y in scaled(moved, _IN_FRAME))
        offset += glyph.width + STROKE.spacing
