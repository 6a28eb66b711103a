"""Equipment ``pdf``: what is marked, at its true size, on a page as large as the drawing.

Areas are filled by the even-odd rule, lines are as wide as the tool, dots are filled circles.
Neither the quiet zone nor the edge of the face is drawn: what is on the page is marked.
"""

from __future__ import annotations

from markcode.engraving.plate import Plate
from markcode.equipment.paper import Paper
from markcode.equipment.plates import PlateWriter
from markcode.equipment.setup import Setup
from markcode.errors import SymbolError
from markcode.lengths import NM_PER_MM, mm

__all__ = ["document", "open_pdf"]

_MOST_NM = 5_080 * NM_PER_MM
"""Side of the largest page: 14,400 units of a 72nd of an inch (ISO 32000-1, annex C)."""


def open_pdf(setup: Setup) -> PlateWriter:
    """Return the writer. Raises `SymbolError` for a bad outline, `MissingExtra`."""
    return PlateWriter(setup, "pdf", document)


def document(plate: Plate) -> bytes:
    """Return the drawing as a PDF file of one page. Raises `MissingExtra`, `SymbolError`."""
    if max(plate.width_nm, plate.height_nm) > _MOST_NM:
        raise SymbolError(
            f"a page of {mm(plate.width_nm)} x {mm(plate.height_nm)} mm is larger than a PDF can be"
        )
    rows = [mark.row for mark in plate.marks]
    title = f"{rows[0]}" if len(rows) == 1 else f"{rows[0]}-{rows[-1]}"
    paper = Paper((plate.width_nm, plate.height_nm), title)
    for mark in plate.marks:
        paper.engrave(mark.parts, mark.tool_nm)
    paper.next_page()
    return paper.content()
