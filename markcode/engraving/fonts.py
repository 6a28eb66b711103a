"""The fonts that a mark can be made with: outlines to fill, strokes to follow, dots to strike.

All are drawn by hand for markcode and have the same characters: ``scripts/make_glyphs.py`` makes
outlines and strokes from the same lines, ``dots-5x7.txt`` and ``dots-9x13.txt`` hold the dots.
``docs/pictures/glyphs.png`` shows them as struck.

>>> font("stroke").width("A", None), font("dots-5x7").pitch_nm(1_587_500)
(6136, 264584)
"""

from __future__ import annotations

from markcode.engraving.dots import DOTS
from markcode.engraving.font import Font, Path, Point, Ring, Shape
from markcode.engraving.outlines import OUTLINE
from markcode.engraving.strokes import STROKE
from markcode.errors import SymbolError

__all__ = ["FONTS", "Font", "Path", "Point", "Ring", "Shape", "font"]

_FONTS = {made.name: made for made in (OUTLINE, STROKE, *DOTS)}

FONTS = tuple(_FONTS)
"""Names of the ways to make text."""


def font(name: str) -> Font:
    """Return a font by its name. Raises `SymbolError` for an unknown one."""
    found = _FONTS.get(name)
    if found is None:
        raise SymbolError(f"there is no font {name!r}; there are {', '.join(FONTS)}")
    return found
