"""What an SVG file is made of: its size in millimetres, and a group in one colour for each layer.

Programs for lasers make a layer of their own of each colour (standards/equipment.md 3.3, 5.2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markcode.lengths import mm
from markcode.symbols.layers import BARS, DM, LAYERS, OUTLINE, QR, QUIET, REFERENCE, TEXT

__all__ = ["COLOURS", "document", "head", "path_data"]

COLOURS: Mapping[str, str] = {
    TEXT: "#000000",
    **dict.fromkeys((DM, QR, BARS), "#0000FF"),
    QUIET: "#F36926",
    OUTLINE: "#0C96D9",
}
"""From the palette of LightBurn; the last two are those of its tool layers, which mark nothing."""
_FILLED = 'fill="{}" fill-rule="evenodd" stroke="none"'
_THIN = 'fill="none" stroke="{}" stroke-width="0.05"'


def document(width_nm: int, height_nm: int, layers: Mapping[str, Sequence[str]]) -> str:
    """Return a file with the elements of each layer in a group; those of ``LAYERS`` come in order.

    What is marked is filled by the even-odd rule, what is for reference is a thin line.
    """
    lines = [head(width_nm, height_nm)]
    for layer in LAYERS:
        if layers.get(layer):
            style = (_THIN if layer in REFERENCE else _FILLED).format(COLOURS[layer])
            lines += [f'<g id="{layer}" {style}>', *layers[layer], "</g>"]
    return "\n".join([*lines, "</svg>", ""])


def head(width_nm: int, height_nm: int) -> str:
    """Return how a file begins: one user unit is one millimetre."""
    wide, tall = mm(width_nm), mm(height_nm)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" version="1.1" '
        f'width="{wide}mm" height="{tall}mm" viewBox="0 0 {wide} {tall}">'
    )


def path_data(rings: Sequence[Sequence[tuple[int, int]]]) -> str:
    """Return closed rings as absolute M, L and Z."""
    written = ("L".join([f"{mm(x)} {mm(y)}" for x, y in ring]) for ring in rings)
    return "".join(f"M{ring}Z" for ring in written)
