"""Filling polygons with dots, and reading our own SVG and DXF back that way."""

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

__all__ = ["MAX_DOTS", "fill", "rasterise_dxf", "rasterise_svg"]

MAX_DOTS = 80_000_000
"""More than this in one picture is taken for a mistake or an attack."""

Points = Sequence[tuple[float, float]]

_SVG = "{http://www.w3.org/2000/svg}"
_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,9})?"
_LENGTH = re.compile(rf"({_NUMBER})mm")
_EXTENT = re.compile(rf"\$EXTMAX\n 10\n({_NUMBER})\n 20\n({_NUMBER})\n")
_ENTITIES = re.compile(r"  2\nENTITIES\n(.*?)  0\nENDSEC\n", re.DOTALL)
_POLYLINE = re.compile(
    r"LWPOLYLINE\n  5\n[0-9A-F]{1,16}\n100\nAcDbEntity\n  8\n[A-Z]{1,16}\n100\nAcDbPolyline\n"
    rf" 90\n[0-9]{{1,9}}\n 70\n1\n((?: 10\n{_NUMBER}\n 20\n{_NUMBER}\n)+)"
)
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
    root = _root(svg_text)
    width, height = (_length(root.get(side, ""), side) for side in ("width", "height"))
    rings: list[Points] = []
    for element in root:
        if element.tag == f"{_SVG}title":
            continue
        if element.tag != f"{_SVG}path" or element.get("fill-rule") != "evenodd":
            raise UnreadableImage(f"the SVG holds a {element.tag!r} that markcode does not write")
        rings += _rings(element.get("d", ""))
    return _picture(rings, width, height, dpi)


def rasterise_dxf(dxf_text: str, dpi: int) -> Image:
    """Return a grey picture of a DXF that `markcode.symbols.dxf` wrote, hatched by even-odd.

    Raises `UnreadableImage` for anything else.
    """
    dxf_text = dxf_text.replace("\r\n", "\n")
    extent, entities = _EXTENT.search(dxf_text), _ENTITIES.search(dxf_text)
    if extent is None or entities is None:
        raise UnreadableImage("the file is no DXF as markcode writes it")
    width, height = float(extent[1]), float(extent[2])
    rings: list[Points] = []
    for polyline in entities[1].split("  0\n")[1:]:
        match = _POLYLINE.fullmatch(polyline)
        if match is None:
            kind = polyline.partition("\n")[0]
            raise UnreadableImage(f"the DXF holds a {kind} that markcode does not write")
        numbers = match[1].split("\n")
        rings.append(
            [
                (float(x), height - float(y))
                for x, y in zip(numbers[1::4], numbers[3::4], strict=True)
            ]
        )
    return _picture(rings, width, height, dpi)


def _picture(rings: Iterable[Points], width: float, height: float, dpi: int) -> Image:
    """Return a picture of rings in millimetres."""
    import numpy as np
    from PIL import Image

    wide, tall = (max(1, -int(-side * dpi // 25.4)) for side in (width, height))
    if wide * tall > MAX_DOTS:
        raise UnreadableImage(f"{wide} x {tall} dots at {dpi} dpi are too many for a drawing")
    scale = dpi / 25.4
    dark = fill(([(x * scale, y * scale) for x, y in ring] for ring in rings), wide, tall)
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


def _length(length: str, side: str) -> float:
    match = _LENGTH.fullmatch(length)
    if match is None:
        raise UnreadableImage(f"the {side} of the SVG is {length!r}, not millimetres")
    return float(match[1])


def _rings(path: str) -> list[Points]:
    """Return the rings of a path of M, L and Z, or of the same in steps: m, l, h, v and z."""
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
            x, y = rings[-1][0]
            continue
        rings[-1].append((x, y))
    if at != len(path) or is_open:
        raise UnreadableImage("a path of the SVG has commands that markcode does not write")
    return list[Points](rings)
