"""Pages of a PDF file, in nanometres from the upper left corner of each, as all else here.

The marks are written as PDF operators (ISO 32000-1, 8.2) in millimetres with four decimals, a tenth
of a micrometre, so that they have their true size; reportlab makes the file of them. The same pages
give the same bytes: there is no date, no random number and no name of a program or machine but ours
in the file.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from markcode.engraving.plate import Part, Path, Point
from markcode.errors import MissingExtra
from markcode.lengths import NM_PER_MM

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

__all__ = [
    "BOLD",
    "CODE",
    "CODE_BOLD",
    "HAIRLINE_NM",
    "PAGES",
    "PLAIN",
    "Paper",
    "require_reportlab",
    "text_width",
]

PLAIN, BOLD, CODE, CODE_BOLD = "Helvetica", "Helvetica-Bold", "Courier", "Courier-Bold"
"""Fonts that every reader of PDF has."""
PAGES = {"a4": (210 * NM_PER_MM, 297 * NM_PER_MM), "letter": (215_900_000, 279_400_000)}
"""Width and height of sheets of paper, by name."""
HAIRLINE_NM = 50_000
"""Width of thin lines (standards/equipment.md 5.2)."""

_POINTS_PER_MM = 72 / 25.4
_KAPPA = 0.552_285
"""Share of the radius at which a curve that is a quarter of a circle has its handles."""


class Paper:
    """A PDF file in the making, page after page.

    Raises `MissingExtra` where reportlab is not installed.
    """

    def __init__(self, size_nm: tuple[int, int], title: str) -> None:
        canvas_of = require_reportlab().Canvas
        from reportlab.pdfbase.pdfdoc import PDFZCompress

        self._file = io.BytesIO()
        self._height_nm = size_nm[1]
        self._canvas: Canvas = canvas_of(
            self._file,
            pagesize=tuple(map(_points, size_nm)),
            invariant=1,
            pageCompression=0,
        )
        # Compressed, but not written as letters too, which takes longer than all the rest.
        self._canvas._doc.defaultStreamFilters = [PDFZCompress]
        self._canvas.setProducer("markcode")
        self._canvas.setCreator("markcode")
        self._canvas.setAuthor("")
        self._canvas.setSubject("")
        self._canvas.setTitle(title)
        self.pages = 0
        """How many are complete."""

    def engrave(
        self, parts: Iterable[Part], tool_nm: int, at: Point = (0, 0), scale: float = 1
    ) -> None:
        """Draw what is marked, with its own corner (0, 0) at a place of the page."""
        size = f"{_POINTS_PER_MM * scale:.6f}"
        x, y = _points(at[0]), _points(self._height_nm - at[1])
        lines = [f"q {size} 0 0 -{size} {x:.6f} {y:.6f} cm", f"{tool_nm / NM_PER_MM:.4f} w 1 J 1 j"]
        for part in parts:
            lines += _operators(part)
        self._canvas.addLiteral("\n".join([*lines, "Q"]))

    def text(
        self,
        at: Point,
        text: str,
        size: float,
        font: str = PLAIN,
        align: Literal["left", "right", "middle"] = "left",
    ) -> None:
        """Write a line of text ``size`` points high; ``at`` is on its base line."""
        x, y = _points(at[0]), _points(self._height_nm - at[1])
        self._canvas.setFont(font, size)
        known = _known(text)
        if align == "right":
            self._canvas.drawRightString(x, y, known)
        elif align == "middle":
            self._canvas.drawCentredString(x, y, known)
        else:
            self._canvas.drawString(x, y, known)

    def line(
        self, start: Point, end: Point, wide_nm: int = HAIRLINE_NM, *, dashed: bool = False
    ) -> None:
        """Draw a straight line."""
        self._pen(wide_nm, dashed)
        self._canvas.line(*self._place(start), *self._place(end))

    def ring(self, ring: Path, wide_nm: int = HAIRLINE_NM, *, dashed: bool = False) -> None:
        """Draw a closed line."""
        for start, end in zip(ring, (*ring[1:], ring[0]), strict=True):
            self.line(start, end, wide_nm, dashed=dashed)

    def grey(self, left: int, top: int, right: int, bottom: int, share: float = 0.92) -> None:
        """Fill a rectangle with grey; 1 is white."""
        x, y = self._place((left, bottom))
        self._canvas.setFillGray(share)
        self._canvas.rect(x, y, _points(right - left), _points(bottom - top), stroke=0, fill=1)
        self._canvas.setFillGray(0)

    def next_page(self) -> None:
        """End the page."""
        self._canvas.showPage()
        self.pages += 1

    def content(self) -> bytes:
        """Return the file, whose last page is complete."""
        self._canvas.save()
        return self._file.getvalue()

    def _place(self, point: Point) -> tuple[float, float]:
        return _points(point[0]), _points(self._height_nm - point[1])

    def _pen(self, wide_nm: int, dashed: bool) -> None:
        self._canvas.setLineWidth(_points(wide_nm))
        self._canvas.setDash([2, 2] if dashed else [])


def text_width(text: str, size: float, font: str = PLAIN) -> int:
    """Return the width of a line of text in nanometres."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    points = float(stringWidth(_known(text), font, size))
    return round(points / _POINTS_PER_MM * NM_PER_MM)


def require_reportlab() -> Any:
    """Return reportlab's canvas module. Raises `MissingExtra`."""
    try:
        from reportlab.pdfgen import canvas
    except ImportError as fault:
        raise MissingExtra("reportlab", "equipment") from fault
    return canvas


def _points(length_nm: int) -> float:
    return length_nm * _POINTS_PER_MM / NM_PER_MM


def _known(text: str) -> str:
    r"""Return the text with ``\u0141`` for a letter that the fonts lack, never another."""
    return text.encode("cp1252", "backslashreplace").decode("cp1252")


def _operators(part: Part) -> Iterator[str]:
    for shape in part.areas:
        for ring in shape:
            yield _path(ring) + "h"
        yield "f*"
    for path in part.lines:
        closed = path[0] == path[-1] and len(path) > 2
        yield _path(path) + ("s" if closed else "S")
    if part.dots:
        # The same circle again and again, moved: that is what compresses well.
        circle = _circle(part.dot_nm)
        for x, y in part.dots:
            yield f"q 1 0 0 1 {x / NM_PER_MM:.4f} {y / NM_PER_MM:.4f} cm {circle} Q"


def _path(path: Path) -> str:
    places = [length / NM_PER_MM for point in path for length in point]
    return ("%.4f %.4f m " + "%.4f %.4f l " * (len(path) - 1)) % tuple(places)


@lru_cache(maxsize=16)
def _circle(wide_nm: int) -> str:
    """Return a filled circle around (0, 0), as four curves."""
    r = wide_nm / 2 / NM_PER_MM
    k = r * _KAPPA
    quarters = (
        *((r, k, k, r, 0, r), (-k, r, -r, k, -r, 0)),
        *((-r, -k, -k, -r, 0, -r), (k, -r, r, -k, r, 0)),
    )
    curves = " ".join(("%.4f " * 6 + "c") % quarter for quarter in quarters)
    return f"{r:.4f} 0 m {curves} f"
