"""Filling polygons with dots, and reading our own SVG back that way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from markcode.errors import UnreadableImage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

__all__ = ["MAX_DOTS", "fill", "rasterise_svg"]

MAX_DOTS = 80_000_000
"""More than this in one picture is taken for a mistake or an attack."""

Points = Sequence[tuple[float, float]]

_SVG = "{http://www.w3.org/2000/svg}"
_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,9})?"
_LENGTH = re.compile(rf"({_NUMBER})mm")
_STEP = re.compile(rf"([MLml])(-?{_NUMBER}) (-?{_NUMBER})|([hv])(-?{_NUMBER})|[Zz]")


def fill(rings: Iterable[Points], width: int, height: int) -> NDArray[np.bool_]:
    """Return the dots, rows by columns, whose centres lie inside ``rings`` by the even-odd rule.

    The rings are in dots: the dot in the corner has its centre at (0.5, 0.5).
    """
    import numpy as np

    paths = [np.asarray(ring, dtype=np.float64) for ring in rings]
    # Crossing an edge from the left flips inside and outside, for all dots further right.
    flips = np.zeros((height, width + 1), dtype=np.uint8)
    if not paths:
        return flips[:, :-1].astype(np.bool_)
    x0, y0 = np.concatenate(paths).T
    x1, y1 = np.concatenate([np.roll(path, -1, axis=0) for path in paths]).T
    first = np.clip(np.ceil(np.minimum(y0, y1) - 0.5), 0, height).astype(np.int64)
    beyond = np.clip(np.ceil(np.maximum(y0, y1) - 0.5), 0, height).astype(np.int64)
    crossed = beyond - first
    # One entry for each edge and each row of dots whose centres it crosses.
    edge = np.repeat(np.arange(len(x0)), crossed)
    rows = np.arange(len(edge)) - np.repeat(np.cumsum(crossed) - crossed - first, crossed)
    slope = (x1 - x0)[edge] / (y1 - y0)[edge]
    x = x0[edge] + (rows + 0.5 - y0[edge]) * slope
    columns = np.clip(np.ceil(x - 0.5), 0, width).astype(np.int64)
    np.bitwise_xor.at(flips, (rows, columns), 1)
    inside: NDArray[np.bool_] = np.bitwise_xor.accumulate(flips, axis=1)[:, :-1].astype(np.bool_)
    return inside


def rasterise_svg(svg_text: str, dpi: int) -> Image:
    """Return a grey picture of an SVG that `markcode.symbols.svg` wrote.

    This reads what is drawn, as a laser program would, and only our own subset of SVG, sheets
    included. Raises
    `UnreadableImage` for anything else.
    """
    import numpy as np
    from PIL import Image

    root = _root(svg_text)
    width, height = (_dots(root.get(side, ""), side, dpi) for side in ("width", "height"))
    if width * height > MAX_DOTS:
        raise UnreadableImage(f"{width} x {height} dots at {dpi} dpi are too many for an SVG")
    rings: list[Points] = []
    for element in root:
        if element.tag == f"{_SVG}title":
            continue
        if element.tag != f"{_SVG}path" or element.get("fill-rule") != "evenodd":
            raise UnreadableImage(f"the SVG holds a {element.tag!r} that markcode does not write")
        rings += _rings(element.get("d", ""), dpi)
    dark = fill(rings, width, height)
    return Image.fromarray(np.where(dark, 0, 255).astype(np.uint8))


def _root(svg_text: str) -> ElementTree.Element:
    # Entities can grow without bound; markcode writes none.
    if "<!" in svg_text:
        raise UnreadableImage("the SVG has a document type or a comment; markcode writes neither")
    try:
        root = ElementTree.fromstring(svg_text)
    except (ElementTree.ParseError, ValueError) as error:
        raise UnreadableImage(f"the SVG is damaged: {error}") from None
    if root.tag != f"{_SVG}svg":
        raise UnreadableImage(f"the file is XML but no SVG: its root is {root.tag!r}")
    sizes = [(_LENGTH.fullmatch(root.get(side, "")) or [""])[0] for side in ("width", "height")]
    if root.get("viewBox") != f"0 0 {sizes[0][:-2]} {sizes[1][:-2]}":
        raise UnreadableImage("the SVG is not in millimetres as markcode writes it")
    return root


def _dots(length: str, side: str, dpi: int) -> int:
    match = _LENGTH.fullmatch(length)
    if match is None:
        raise UnreadableImage(f"the {side} of the SVG is {length!r}, not millimetres")
    return max(1, -int(-float(match[1]) * dpi // 25.4))


def _rings(path: str, dpi: int) -> list[Points]:
    """Return the rings of a path of M, L and Z, or of the same in steps: m, l, h, v and z."""
    scale = dpi / 25.4
    rings: list[list[tuple[float, float]]] = []
    x = y = 0.0
    at, is_open = 0, False
    for step in _STEP.finditer(path):
        command, across, down, side, length = step.groups()
        starts = command in ("M", "m")
        if step.start() != at or starts == is_open:
            break
        at, is_open = step.end(), command is not None or side is not None
        if starts:
            rings.append([])
        if side == "h":
            x += float(length)
        elif side == "v":
            y += float(length)
        elif command in ("m", "l"):
            x, y = x + float(across), y + float(down)
        elif command is not None:
            x, y = float(across), float(down)
        else:
            x, y = (value / scale for value in rings[-1][0])
            continue
        rings[-1].append((x * scale, y * scale))
    if at != len(path) or is_open:
        raise UnreadableImage("a path of the SVG has commands that markcode does not write")
    return list[Points](rings)
