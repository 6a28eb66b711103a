"""Drawn symbols in a line of a mark: the star, stand-ins for logos and arms, entity symbols.

In a line, ``★`` (U+2605) is a star and ``<NAME>``, a name of A-Z, 0-9 and hyphen, is one emblem;
every other character has its glyph. The instruments ask for these symbols and give no outline:

- ``STAR``: a regular five-pointed star, which differs from the character ``*``;
- ``ECOWAS``: rays in a ring, of our own drawing, standing in for the logo of the Community;
- ``ARMS``: a shield with a chevron, standing in for a coat of arms;
- any other name: its characters in a frame, for the symbol of an entity or an agency.

An authority's own outline takes the place of each: ``[symbol.NAME] outline`` in a format file, or
``emblems`` of `markcode.symbols.drawing.draw`, with `emblem_from_paths`.
``scripts/make_emblems.py`` draws the stand-ins.

>>> pieces("★KE <DE-BM> 1")
('★', 'K', 'E', ' ', '<DE-BM>', ' ', '1')
>>> emblem("★") == emblem("<STAR>"), emblem("*")
(True, None)
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources

from markcode.symbols.glyphs import EM, SPACING, Glyph, Ring, glyph
from markcode.symbols.paths import emblem_from_paths

__all__ = ["STAR", "Emblem", "emblem", "emblem_from_paths", "framed_name", "pieces"]

STAR = "★"
"""A star within a line; the same as ``<STAR>``."""

Emblem = Glyph
"""The outline of a drawn symbol, in the em of the glyphs and as high as a capital letter."""

_PIECE = re.compile(r"<[0-9A-Z-]{1,24}>|.", re.DOTALL)
_LETTER = 6_200
"""Height of a letter within a frame; the frame and the room around the letters share the rest."""
_MARGIN = (EM - _LETTER) // 2


def pieces(line: str) -> tuple[str, ...]:
    """Return what is drawn one after another: characters, and emblems such as ``<ECOWAS>``."""
    return tuple(_PIECE.findall(line))


def emblem(piece: str, emblems: Mapping[str, Emblem] | None = None) -> Emblem | None:
    """Return the outline of a piece of a line, or None for a character.

    ``emblems`` gives outlines by name; they come before ours.
    """
    if piece != STAR and len(piece) == 1:
        return None
    name = "STAR" if piece == STAR else piece[1:-1]
    return (emblems or {}).get(name) or _drawn()["emblems"].get(name) or _framed(name)


def framed_name(piece: str, drawn: Emblem) -> str | None:
    """Return the name that stands in a frame if that is all that ``drawn`` shows.

    None for a piece with a drawing of its own, ours or an authority's.

    >>> framed_name("<DE-BM>", _framed("DE-BM")), framed_name("★", _drawn()["emblems"]["STAR"])
    ('DE-BM', None)
    """
    name = piece[1:-1]
    if not name or name in _drawn()["emblems"] or drawn != _framed(name):
        return None
    return name


@cache
def _drawn() -> Mapping[str, Mapping[str, Emblem]]:
    """Return our own outlines: ``emblems``, and the ``parts`` of others."""
    file = resources.files("markcode.symbols") / "emblems.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    return {
        group: {
            name: Emblem(
                entry["width"], tuple(tuple((x, y) for x, y in ring) for ring in entry["rings"])
            )
            for name, entry in content[group].items()
        }
        for group in ("emblems", "parts")
    }


@lru_cache(maxsize=256)
def _framed(name: str) -> Emblem:
    """Return the characters of ``name``, smaller, in a frame."""
    frame = _drawn()["parts"]["FRAME"]
    shapes = [glyph(char) for char in name]
    text_width = _small(sum(shape.width + SPACING for shape in shapes) - SPACING)
    longer = max(0, text_width + 2 * _MARGIN - frame.width)
    # Only the straight middle of the frame grows: its corners keep their shape.
    rings: list[Ring] = [
        tuple((x + longer if 2 * x > frame.width else x, y) for x, y in ring)
        for ring in frame.rings
    ]
    left, offset = (frame.width + longer - text_width) // 2, 0
    for shape in shapes:
        rings += [
            tuple((left + _small(offset + x), _MARGIN + _small(y)) for x, y in ring)
            for ring in shape.rings
        ]
        offset += shape.width + SPACING
    return Emblem(frame.width + longer, tuple(rings))


def _small(value: int) -> int:
    return (value * _LETTER + EM // 2) // EM
