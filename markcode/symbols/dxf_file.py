"""What a DXF file is made of: all that stands around the entities, and the groups of each.

``dxf_frame.txt`` (R2000) and ``dxf_frame_r12.txt`` hold the frame: one object a line, its groups
(code and value) between bars, as the DXF Reference of AutoCAD orders them. R12 has no place for a
unit, no handles and no LWPOLYLINE.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib import resources
from itertools import count
from typing import Literal

from markcode.lengths import mm
from markcode.symbols.layers import BARS, DM, LAYERS, OUTLINE, QR, QUIET, REFERENCE, TEXT

__all__ = ["CLOSED", "FIRST_HANDLE", "Entities", "Version", "document", "groups", "head"]

Version = Literal["r2000", "r12"]
Point = tuple[int, int]

FIRST_HANDLE = 0x100
"""The frame has the handles below."""
CLOSED = "\n 70\n1\n"
"""What follows the number of corners of a closed polyline."""
# An open line says that it has no width: its tool's is not drawn.
_OPEN = "\n 70\n0\n 43\n0\n"

_COLOURS = {TEXT: 7, DM: 5, QR: 5, BARS: 5, QUIET: 8, OUTLINE: 9}
"""Of the AutoCAD Color Index: 7 is black or white, 5 blue, 8 and 9 grey."""
_FIRST_LAYER = 0x40
_FRAMES = {"r2000": "dxf_frame.txt", "r12": "dxf_frame_r12.txt"}
_LAYER = {
    "r2000": "0 LAYER|5 {handle:X}|330 1|100 AcDbSymbolTableRecord|100 AcDbLayerTableRecord"
    "|2 {name}|70 0|62 {colour}|6 Continuous|370 -3\n",
    "r12": "0 LAYER|2 {name}|70 0|62 {colour}|6 CONTINUOUS\n",
}
_POINTS = "9 $PDMODE|70 33\n9 $PDSIZE|40 {}\n"
"""Points are shown as circles of that diameter."""


def document(
    entities: Iterable[str],
    *,
    size_nm: tuple[int, int],
    layers: Iterable[str],
    version: Version = "r2000",
    handle: int = FIRST_HANDLE,
    point_nm: int = 0,
) -> bytes:
    """Return a file of ``entities``, in their order.

    ``size_nm`` is the width and height of the drawing, ``layers`` are those with something on them,
    ``handle`` is the first free one, and points are shown ``point_nm`` wide.
    """
    wanted = set(layers)
    used = tuple(layer for layer in LAYERS if layer in wanted)
    before, after = _frame(version, used, point_nm)
    width, height = map(mm, size_nm)
    sizes = {"width": width, "height": height, "seed": f"{handle:X}"}
    return "".join([before.format(**sizes), *entities, after]).encode("ascii")


@cache
def _frame(version: Version, layers: tuple[str, ...], point_nm: int) -> tuple[str, str]:
    """Return what stands before the entities, with names for sizes in it, and after them."""
    file = resources.files("markcode.symbols") / _FRAMES[version]
    before, after = file.read_text(encoding="utf-8").split("{entities}\n")
    entry = _LAYER[version]
    drawn = "".join(
        entry.format(handle=_FIRST_LAYER + number, name=layer, colour=_colour(layer))
        for number, layer in enumerate(layers)
    )
    # The table says how many layers it has: these, and layer 0.
    before = before.replace("{layers}\n", drawn).replace("{layer_count}", str(len(layers) + 1))
    points = _POINTS.format(mm(point_nm)) if point_nm else ""
    return groups(before.replace("{points}\n", points)), groups(after)


def _colour(layer: str) -> int:
    """Return the colour, which is negative for a layer that is off."""
    return -_COLOURS[layer] if layer in REFERENCE else _COLOURS[layer]


def groups(text: str) -> str:
    """Return the lines of a file for objects whose groups stand between bars."""
    pairs = (group.split(" ", 1) for line in text.splitlines() for group in line.split("|"))
    return "".join(f"{code:>3}\n{value}\n" for code, value in pairs)


@cache
def head(kind: str, subclass: str, layer: str) -> tuple[str, str]:
    """Return what stands in an entity of R2000 before its handle, and from there on."""
    common = groups(f"100 AcDbEntity|8 {layer}|100 {subclass}")
    return f"{groups(f'0 {kind}')}  5\n", f"\n{common}"


class Entities:
    """Entities in the making: y upwards from ``height_nm``, handles from `FIRST_HANDLE`."""

    def __init__(self, version: Version, height_nm: int) -> None:
        self.texts: list[str] = []
        self.layers: set[str] = set()
        self._height_nm = height_nm
        self._handles = count(FIRST_HANDLE)
        self._begin: Callable[[str, str, str], str] = self._r2000
        self._polyline = self._light_polyline
        if version == "r12":
            self._begin, self._polyline = self._r12, self._heavy_polyline

    @property
    def next_handle(self) -> int:
        """The first handle that is free; asked once, at the end."""
        return next(self._handles)

    def ring(self, layer: str, ring: Sequence[Point]) -> None:
        """Add a closed line, whose first corner is not repeated."""
        self.texts.append(self._polyline(layer, ring, True))

    def line(self, layer: str, points: Sequence[Point]) -> None:
        """Add a line; it is closed if it ends where it begins."""
        if len(points) == 1:
            self.point(layer, points[0])
        elif len(points) == 2:
            (x, y), (to_x, to_y) = points
            end = f" 11\n{mm(to_x)}\n 21\n{mm(self._height_nm - to_y)}\n 31\n0\n"
            self.texts.append(f"{self._begin('LINE', 'AcDbLine', layer)}{self._at(x, y)}{end}")
        elif points[0] == points[-1]:
            self.ring(layer, points[:-1])
        else:
            self.texts.append(self._polyline(layer, points, False))

    def circle(self, layer: str, centre: Point, diameter_nm: int) -> None:
        """Add a circle."""
        begin = self._begin("CIRCLE", "AcDbCircle", layer)
        # Half of a nanometre is rounded up, as everywhere.
        self.texts.append(f"{begin}{self._at(*centre)} 40\n{mm((diameter_nm + 1) // 2)}\n")

    def point(self, layer: str, place: Point) -> None:
        """Add a point."""
        self.texts.append(f"{self._begin('POINT', 'AcDbPoint', layer)}{self._at(*place)}")

    def _r2000(self, kind: str, subclass: str, layer: str) -> str:
        self.layers.add(layer)
        before, after = head(kind, subclass, layer)
        return f"{before}{next(self._handles):X}{after}"

    def _r12(self, kind: str, subclass: str, layer: str) -> str:
        self.layers.add(layer)
        return f"  0\n{kind}\n  8\n{layer}\n"

    def _at(self, x: int, y: int) -> str:
        return f" 10\n{mm(x)}\n 20\n{mm(self._height_nm - y)}\n 30\n0\n"

    def _light_polyline(self, layer: str, points: Sequence[Point], is_closed: bool) -> str:
        top = self._height_nm
        corners = "".join([f" 10\n{mm(x)}\n 20\n{mm(top - y)}\n" for x, y in points])
        begin = self._begin("LWPOLYLINE", "AcDbPolyline", layer)
        return f"{begin} 90\n{len(points)}{CLOSED if is_closed else _OPEN}{corners}"

    def _heavy_polyline(self, layer: str, points: Sequence[Point], is_closed: bool) -> str:
        begin = self._begin("POLYLINE", "AcDb2dPolyline", layer)
        vertex = self._begin("VERTEX", "AcDb2dVertex", layer)
        corners = "".join([f"{vertex}{self._at(x, y)}" for x, y in points])
        end = self._begin("SEQEND", "", layer)
        closed = int(is_closed)
        return f"{begin} 66\n1\n 10\n0\n 20\n0\n 30\n0\n 70\n{closed}\n{corners}{end}"
