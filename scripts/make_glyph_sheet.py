"""Draw the sheet that shows every font as struck: ``docs/pictures/glyphs.png``.

The characters are 1.6 mm high and the tool is 0.2 mm wide, all much enlarged: letters, digits,
signs, drawn symbols, and the pairs that must be told apart. Names of fonts are outlines.

Run ``python scripts/make_glyph_sheet.py`` after a change of a glyph, with markcode installed;
``--check`` only tells whether the picture is up to date.
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

from markcode.engraving.fonts import FONTS, Font, Shape, font
from markcode.engraving.struck import struck
from markcode.symbols import emblems

SHEET = Path(__file__).parents[1] / "docs" / "pictures" / "glyphs.png"

HEIGHT_NM = 1_600_000
TOOL_NM = 200_000
MARGIN_NM = 400_000
DPI = 1524
"""60 dots of the picture to a millimetre of the mark."""

ROWS = (
    "ABCDEFGHIJKLM",
    "NOPQRSTUVWXYZ",
    "0123456789",
    "-/.()*+#&:,'",
    "★<ECOWAS><ARMS><DE-BM>",
    "0O 1I 1L 5S 8B 2Z",
    "G6 0D OQ UV MN CG",
)

Ink = NDArray[np.bool_]


def line(made: Font, text: str) -> tuple[Shape, int]:
    """Return a line of text as one shape, and its width in nanometres."""
    rings, strokes, dots, at = [], [], [], 0
    unit = (made.pitch_nm(HEIGHT_NM) or 0) * made.em or HEIGHT_NM
    for piece in emblems.pieces(text):
        drawn = emblems.emblem(piece)
        shape, left = made.shape(piece, drawn, HEIGHT_NM), at * unit // made.em
        rings += [tuple((x + left, y) for x, y in ring) for ring in shape.rings]
        strokes += [tuple((x + left, y) for x, y in path) for path in shape.strokes]
        dots += [(x + left, y) for x, y in shape.dots]
        at += made.width(piece, drawn) + made.spacing
    return Shape(tuple(rings), tuple(strokes), tuple(dots)), (at - made.spacing) * unit // made.em


def row(made: Font, text: str) -> Ink:
    """Return the picture of a line of text."""
    shape, width = line(made, text)
    return struck(shape, (width, HEIGHT_NM), tool_nm=TOOL_NM, dpi=DPI, margin_nm=MARGIN_NM)


def stacked(pictures: list[Ink], axis: int) -> Ink:
    """Return pictures below one another (axis 0) or side by side (1)."""
    size = max(picture.shape[1 - axis] for picture in pictures)
    room = [(0, 0), (0, 0)]
    padded = []
    for picture in pictures:
        room[1 - axis] = (0, size - picture.shape[1 - axis])
        padded.append(np.pad(picture, room))
    return np.concatenate(padded, axis)


def panel(name: str) -> Ink:
    """Return one font: its name and its rows."""
    title = row(font("outline"), name.upper())[::2, ::2]
    return stacked([title, *(row(font(name), text) for text in ROWS)], 0)


def sheet() -> bytes:
    """Return the sheet, two fonts beside one another."""
    panels = [panel(name) for name in FONTS]
    width = max(picture.shape[1] for picture in panels)
    panels = [np.pad(picture, [(0, 0), (0, width - picture.shape[1])]) for picture in panels]
    ink = stacked([stacked(panels[at : at + 2], 1) for at in range(0, len(panels), 2)], 0)
    file = io.BytesIO()
    Image.fromarray(~ink).save(file, "PNG", optimize=True)
    return file.getvalue()


def same_picture(one: bytes, other: bytes) -> bool:
    """Return whether two files show the same; compression may differ."""
    pictures = [Image.open(io.BytesIO(data)).convert("1") for data in (one, other)]
    return pictures[0].size == pictures[1].size and not ImageChops.difference(*pictures).getbbox()


def main() -> int:
    """Write the picture, or compare it."""
    parser = argparse.ArgumentParser(description="Draw the sheet of glyphs as struck.")
    parser.add_argument("--check", action="store_true", help="compare only")
    if parser.parse_args().check:
        return 0 if same_picture(SHEET.read_bytes(), sheet()) else 1
    SHEET.write_bytes(sheet())
    return 0


if __name__ == "__main__":
    sys.exit(main())
