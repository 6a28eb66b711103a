"""Equipment ``hpgl``: HP-GL for plotters, engravers and programs that read ``.plt``.

40 plotter units are a millimetre; each place is rounded by itself, from the lower left corner of
the drawing, so that errors do not add up (standards/equipment.md 5.2). Pen 1 draws the text, pen 2
the symbols. Only these instructions: IN VS PA SP PU PD.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from markcode.engraving.plate import TEXT, Part, Path, Plate
from markcode.engraving.toolpath import Tooling, ToolPaths, refuse_unmakeable
from markcode.equipment.plates import PlateWriter
from markcode.equipment.setup import Setup

__all__ = ["document", "open_hpgl"]

_UNIT_NM = 25_000
_MOST = 16
"""Places of one instruction: a plotter's buffer may be short."""


def open_hpgl(setup: Setup) -> PlateWriter:
    """Return the writer."""
    drawings = _Drawings(setup.settings)
    return PlateWriter(
        setup,
        "plt",
        lambda plate: drawings.of([plate])[0],
        refuse=partial(refuse_unmakeable, tooling=Tooling.of_settings(setup.settings)),
        documents=drawings.of,
    )


def document(plate: Plate, settings: Mapping[str, Any]) -> bytes:
    """Return the drawing, one instruction a line. Raises `SymbolError` for what no pen can fill."""
    return _Drawings(settings).of([plate])[0]


class _Drawings:
    """Writes drawings; what it writes for a character is remembered."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        speed = f"VS{settings['speed']};\n" if "speed" in settings else ""
        self._head = f"IN;\n{speed}PA;\n"
        self._tooling = Tooling.of_settings(settings)
        self._character = lru_cache(maxsize=1024)(self._part)

    def of(self, plates: Sequence[Plate]) -> list[bytes]:
        """Return the drawing of each plate. Raises `SymbolError`."""
        ways = ToolPaths([mark for plate in plates for mark in plate.marks], self._tooling)
        return ["".join(self._texts(plate, ways)).encode("ascii") for plate in plates]

    def _texts(self, plate: Plate, ways: ToolPaths) -> Iterator[str]:
        yield self._head
        pen = 0
        for mark in plate.marks:
            for part in mark.parts:
                wanted = 1 if part.layer == TEXT else 2
                if part.layer == TEXT:
                    made = self._character(part, mark.tool_nm, plate.height_nm)
                else:
                    made = self._part(part, mark.tool_nm, plate.height_nm, ways)
                if made and wanted != pen:
                    yield f"SP{wanted};\n"
                    pen = wanted
                yield made
        yield "PU;\nSP0;\n"

    def _part(self, part: Part, tool_nm: int, height_nm: int, ways: ToolPaths | None = None) -> str:
        ways = ways or ToolPaths([], self._tooling)
        return "".join([_stroke(_places(path, height_nm)) for path in ways.over(part, tool_nm)])


def _stroke(places: Sequence[str]) -> str:
    """Return the instructions of a line, or of a dot where there is no more than a place."""
    first, *others = places
    if not others:
        return f"PU{first};\nPD;\nPU;\n"
    starts = range(0, len(others), _MOST)
    drawn = [f"PD{','.join(others[start : start + _MOST])};\n" for start in starts]
    return f"PU{first};\n{''.join(drawn)}PU;\n"


def _places(points: Path, height_nm: int) -> list[str]:
    """Return the places in plotter units, without those that repeat the one before."""
    places = [f"{_units(x)},{_units(height_nm - y)}" for x, y in points]
    return [place for place, _ in itertools.groupby(places)]


@lru_cache(maxsize=1 << 16)  # a drawing has thousands of places, many of them alike
def _units(length_nm: int) -> int:
    return (2 * length_nm + _UNIT_NM) // (2 * _UNIT_NM)
