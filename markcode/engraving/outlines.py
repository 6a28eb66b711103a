"""Characters as filled outlines, the same that the drawings show."""

from __future__ import annotations

from markcode.engraving.font import Font, Shape, must_be_drawable
from markcode.symbols.drawing import scaled
from markcode.symbols.emblems import Emblem
from markcode.symbols.glyphs import EM, SPACE, SPACING, glyph

__all__ = ["OUTLINE", "OutlineFont"]


class OutlineFont(Font):
    """Areas to fill; the height is that of the whole outline."""

    def width(self, piece: str, emblem: Emblem | None) -> int:
        """Return the width in units."""
        if emblem is None:
            must_be_drawable(piece)
        return (emblem or glyph(piece)).width

    def shape(self, piece: str, emblem: Emblem | None, height_nm: int) -> Shape:
        """Return the rings of a character."""
        if emblem is None:
            must_be_drawable(piece)
        return Shape(rings=scaled(piece, emblem, height_nm))


OUTLINE = OutlineFont("outline", em=EM, space=SPACE, spacing=SPACING)
