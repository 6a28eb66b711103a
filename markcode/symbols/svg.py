"""SVG for laser programs: millimetres, closed filled paths, no strokes, no text, no transforms."""

from __future__ import annotations

from xml.sax.saxutils import escape

from markcode import notation
from markcode.symbols.drawing import Drawing, Shape

__all__ = ["to_svg"]


def to_svg(drawing: Drawing, *, title: str | None = None) -> str:
    """Return ``drawing`` as SVG 1.1: one user unit is one millimetre, every decimal is exact.

    Each shape is one ``<path>`` of absolute M, L and Z. ``title`` becomes the ``<title>``, with
    control characters by name. The same drawing gives the same bytes.
    """
    width, height = _mm(drawing.width_nm), _mm(drawing.height_nm)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" version="1.1" '
        f'width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}">'
    )
    titles = [] if title is None else [f"<title>{escape(notation.escape(title))}</title>"]
    paths = [
        f'<path fill="#000000" fill-rule="evenodd" stroke="none" d="{_path(shape)}"/>'
        for shape in drawing.shapes
    ]
    return "\n".join([head, *titles, *paths, "</svg>", ""])


def _path(shape: Shape) -> str:
    rings = ("L".join(f"{_mm(x)} {_mm(y)}" for x, y in ring) for ring in shape)
    return "".join(f"M{ring}Z" for ring in rings)


def _mm(nanometres: int) -> str:
    """Return exact decimal millimetres; `lengths.mm` in a form for tens of thousands of corners."""
    whole, part = divmod(nanometres, 1_000_000)
    return f"{whole}.{part:06d}".rstrip("0") if part else str(whole)
