"""Equipment ``hpgl``: HP-GL for plotters, engravers and programs that read ``.plt``.

40 plotter units are a millimetre; each place is rounded by itself, from the lower left corner of
the drawing, so that errors do not add up (standards/equipment.md 5.2). Pen 1 draws the text, pen 2
the symbols; areas are drawn as closed lines.
"""

from __future__ import annotations

from collections.abc import Iterator

from markcode.engraving.plate import TEXT, Part, Path, Plate, Point
from markcode.equipment.plates import PlateWriter
from markcode.equipment.setup import Setup

__all__ = ["document", "open_hpgl"]

_UNIT_NM = 25_000


def open_hpgl(setup: Setup) -> PlateWriter:
    """Return the writer."""
    return PlateWriter(setup, "plt", document)


def document(plate: Plate) -> bytes:
    """Return the drawing as HP-GL, one instruction a line."""
    return "".join(_instructions(plate)).encode("ascii")


def _instructions(plate: Plate) -> Iterator[str]:
    yield "IN;PA;\n"
    pen = 0
    for part in plate.parts():
        wanted = 1 if part.layer == TEXT else 2
        if wanted != pen:
            yield f"SP{wanted};\n"
            pen = wanted
        yield from _part(part, plate.height_nm)
    yield "PU;SP0;\n"


def _part(part: Part, height_nm: int) -> Iterator[str]:
    for shape in part.areas:
        for ring in shape:
            yield _line((*ring, ring[0]), height_nm)
    for path in part.lines:
        yield _line(path, height_nm)
    for dot in part.dots:
        yield f"PU{_place(dot, height_nm)};PD;\n"


def _line(path: Path, height_nm: int) -> str:
    first, *others = (_place(point, height_nm) for point in path)
    return f"PU{first};PD{','.join(others)};\n"


def _place(point: Point, height_nm: int) -> str:
    x, y = point
    return f"{_units(x)},{_units(height_nm - y)}"


def _units(length_nm: int) -> int:
    return (2 * length_nm + _UNIT_NM) // (2 * _UNIT_NM)
