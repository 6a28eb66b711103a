"""Equipment ``hpgl``: HP-GL for plotters, engravers and programs that read ``.plt``.

40 plotter units are a millimetre; each place is rounded by itself, from the lower left corner of
the drawing, so that errors do not add up (standards/equipment.md 5.2). Pen 1 draws the text, pen 2
the symbols. Only these instructions: IN VS PA SP PU PD.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from markcode.engraving.plate import TEXT, Path, Plate
from markcode.engraving.toolpath import Tooling, refuse_unmakeable, tool_path
from markcode.equipment.plates import PlateWriter
from markcode.equipment.setup import Setup

__all__ = ["document", "open_hpgl"]

_UNIT_NM = 25_000
_MOST = 16
"""Places of one instruction: a plotter's buffer may be short."""


def open_hpgl(setup: Setup) -> PlateWriter:
    """Return the writer."""
    return PlateWriter(
        setup,
        "plt",
        partial(document, settings=setup.settings),
        refuse=partial(refuse_unmakeable, tooling=Tooling.of_settings(setup.settings)),
    )


def document(plate: Plate, settings: Mapping[str, Any]) -> bytes:
    """Return the drawing, one instruction a line. Raises `SymbolError` for what no pen can fill."""
    return "".join(f"{line};\n" for line in _instructions(plate, settings)).encode("ascii")


def _instructions(plate: Plate, settings: Mapping[str, Any]) -> Iterator[str]:
    yield "IN"
    if "speed" in settings:
        yield f"VS{settings['speed']}"
    yield "PA"
    pen, way = 0, Tooling.of_settings(settings)
    for mark in plate.marks:
        for stroke in tool_path(mark, way):
            wanted = 1 if stroke.layer == TEXT else 2
            if wanted != pen:
                yield f"SP{wanted}"
                pen = wanted
            yield from _stroke(_places(stroke.points, plate.height_nm))
    yield "PU"
    yield "SP0"


def _stroke(places: Sequence[str]) -> Iterator[str]:
    """Yield the instructions of a line, or of a dot where there is no more than a place."""
    first, *others = places
    yield f"PU{first}"
    if not others:
        yield "PD"
    for start in range(0, len(others), _MOST):
        yield f"PD{','.join(others[start : start + _MOST])}"
    yield "PU"


def _places(points: Path, height_nm: int) -> list[str]:
    """Return the places in plotter units, without those that repeat the one before."""
    places: list[str] = []
    for x, y in points:
        place = f"{_units(x)},{_units(height_nm - y)}"
        if not places or place != places[-1]:
            places.append(place)
    return places


def _units(length_nm: int) -> int:
    return (2 * length_nm + _UNIT_NM) // (2 * _UNIT_NM)
