"""Our own SVG and DXF read back as pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from markcode.errors import UnreadableImage
from markcode.symbols.filling import MAX_DOTS, Ink, Points, fill
from markcode.symbols.layers import LAYERS, REFERENCE

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["MAX_DOTS", "fill", "rasterise_dxf", "rasterise_svg"]

_SVG = "{http://www.w3.org/2000/svg}"
_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,9})?"
_LENGTH = re.compile(rf"({_NUMBER})mm")
_STEP = re.compile(rf"([MLml])(-?{_NUMBER}) (-?{_NUMBER})|([hv])(-?{_NUMBER})|[Zz]")
_LINE = re.compile(rf"M{_NUMBER} {_NUMBER}(?:L{_NUMBER} {_NUMBER})+Z?")
_PLACE = re.compile(rf"({_NUMBER}) ({_NUMBER})")

_EXTENT = re.compile(rf"\$EXTMAX\n 10\n({_NUMBER})\n 20\n({_NUMBER})\n")
_POINT_SIZE = re.compile(rf"\$PDSIZE\n 40\n({_NUMBER})\n")
_SECTION = re.compile(r"  2\nENTITIES\n(.*?)  0\nENDSEC\n", re.DOTALL)
_NEXT_ENTITY = re.compile(r"  0\n(?!VERTEX|SEQEND)")
_HEAD = r"(?:  5\n[0-9A-F]{1,16}\n100\nAcDbEntity\n)?  8\n([A-Z]{1,16})\n(?:100\n\w+\n)?"
_AT = rf" 10\n({_NUMBER})\n 20\n({_NUMBER})\n"
_CORNERS = rf"((?: 10\n{_NUMBER}\n 20\n{_NUMBER}\n)+)"
_ENTITIES = {
    kind: re.compile(f"{kind}\n{_HEAD}{groups}")
    for kind, groups in {
        "LWPOLYLINE": rf" 90\n[0-9]{{1,9}}\n 70\n(1\n|0\n 43\n0\n){_CORNERS}",
        "POLYLINE": r" 66\n1\n 10\n0\n 20\n0\n 30\n0\n 70\n([01]\n)"
        rf"((?:  0\nVERTEX\n  8\n[A-Z]{{1,16}}\n 10\n{_NUMBER}\n 20\n{_NUMBER}\n 30\n0\n)+)"
        r"  0\nSEQEND\n  8\n[A-Z]{1,16}\n",
        "LINE": rf"{_AT} 30\n0\n 11\n({_NUMBER})\n 21\n({_NUMBER})\n 31\n0\n",
        "CIRCLE": rf"{_AT} 30\n0\n 40\n({_NUMBER})\n",
        "POINT": rf"{_AT} 30\n0\n",
    }.items()
}
_CORNER = re.compile(_AT)


def rasterise_svg(svg_text: str, dpi: int) -> Image:
    """Return a grey picture of an SVG that markcode wrote.

    This reads what is marked, as a laser program would, and only our own subset of SVG: not the
    layers for reference. Raises `UnreadableImage` for anything else.
    """
    root = _root(svg_text)
    width, height = (_length(root.get(side, ""), side) for side in ("width", "height"))
    ink = Ink()
    for element in root:
        if element.tag == f"{_SVG}title":
            continue
        if element.tag != f"{_SVG}g":
            _draw(element, element.get("fill-rule"), ink)
        elif element.get("id") not in LAYERS:
            raise _foreign(element)
        elif element.get("id") not in REFERENCE:
            for child in element:
                _draw(child, element.get("fill-rule"), ink)
    return ink.picture(width, height, dpi)


def _draw(element: ElementTree.Element, rule: str | None, ink: Ink) -> None:
    """Add an element that is filled by ``rule`` to what is dark."""
    kind = element.tag.removeprefix(_SVG)
    if kind == "path" and element.get("fill") == "none":
        width = _number(element, "stroke-width")
        ink.lines += [(line, width) for line in _lines(element.get("d", ""))]
    elif kind == "path" and rule == "evenodd":
        ink.rings += _rings(element.get("d", ""))
    elif kind == "rect":
        x, y, wide, tall = (_number(element, name) for name in ("x", "y", "width", "height"))
        ink.rings.append([(x, y), (x + wide, y), (x + wide, y + tall), (x, y + tall)])
    elif kind == "circle":
        x, y, radius = (_number(element, name) for name in ("cx", "cy", "r"))
        ink.dots.append((x, y, radius))
    else:
        raise _foreign(element)


def _foreign(element: ElementTree.Element) -> UnreadableImage:
    return UnreadableImage(f"the SVG holds a {element.tag!r} that markcode does not write")


def _number(element: ElementTree.Element, name: str) -> float:
    text = element.get(name, "")
    if re.fullmatch(_NUMBER, text) is None:
        raise _foreign(element)
    return float(text)


def rasterise_dxf(dxf_text: str, dpi: int) -> Image:
    """Return a grey picture of a DXF that markcode wrote, hatched by even-odd.

    Layers for reference are not in it. Raises `UnreadableImage` for anything else.
    """
    dxf_text = dxf_text.replace("\r\n", "\n")
    extent, section = _EXTENT.search(dxf_text), _SECTION.search(dxf_text)
    if extent is None or section is None:
        raise UnreadableImage("the file is no DXF as markcode writes it")
    width, height = float(extent[1]), float(extent[2])
    size = _POINT_SIZE.search(dxf_text)
    radius = float(size[1]) / 2 if size is not None else 0.0
    ink = Ink()
    for entity in _NEXT_ENTITY.split(section[1])[1:]:
        kind = entity.partition("\n")[0]
        match = _ENTITIES[kind].fullmatch(entity) if kind in _ENTITIES else None
        if match is None or (kind == "POINT" and not radius):
            raise UnreadableImage(f"the DXF holds a {kind} that markcode does not write")
        if match[1] not in REFERENCE:
            _ADD[kind](match, height, radius, ink)
    return ink.picture(width, height, dpi)


def _add_polyline(match: re.Match[str], height: float, radius: float, ink: Ink) -> None:
    points = [(float(x), height - float(y)) for x, y in _CORNER.findall(match[3])]
    if match[2].startswith("1"):
        ink.rings.append(points)
    else:
        ink.lines.append((points, 0.0))


def _add_line(match: re.Match[str], height: float, radius: float, ink: Ink) -> None:
    x, y, to_x, to_y = map(float, match.groups()[1:])
    ink.lines.append(([(x, height - y), (to_x, height - to_y)], 0.0))


def _add_circle(match: re.Match[str], height: float, radius: float, ink: Ink) -> None:
    x, y, radius = map(float, match.groups()[1:])
    ink.dots.append((x, height - y, radius))


def _add_point(match: re.Match[str], height: float, radius: float, ink: Ink) -> None:
    ink.dots.append((float(match[2]), height - float(match[3]), radius))


_ADD: Mapping[str, Callable[[re.Match[str], float, float, Ink], None]] = {
    "LWPOLYLINE": _add_polyline,
    "POLYLINE": _add_polyline,
    "LINE": _add_line,
    "CIRCLE": _add_circle,
    "POINT": _add_point,
}
"""What makes ink of an entity, given the height of the drawing and the radius of its points."""


def _lines(path: str) -> list[Points]:
    """Return the lines of a path of M, L and Z."""
    found = list(_LINE.finditer(path))
    if "".join(line[0] for line in found) != path:
        raise UnreadableImage("a path of the SVG has commands that markcode does not write")
    lines = []
    for line in found:
        points = [(float(x), float(y)) for x, y in _PLACE.findall(line[0])]
        lines.append([*points, points[0]] if line[0].endswith("Z") else points)
    return list[Points](lines)


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
