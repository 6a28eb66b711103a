"""Equipment ``hpgl``: HP-GL for plotters, engravers and programs that read ``.plt``.

40 plotter units are a millimetre; each place is rounded by itself, from the lower left corner of
the drawing, so that errors do not add up (standards/equipment.md 5.2). Pen 1 draws the text, pen 2
the symbols. Only these instructions: IN VS PA SP PU PD.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from markcode.engraving.plate import TEXT, Plate
from markcode.engraving.toolpath import ToolPaths
from markcode.equipment.plates import PlateWriter
from markcode.equipment.setup import Setup
from markcode.equipment.traced import Traced, writer_of

__all__ = ["document", "open_hpgl"]

_UNIT_NM = 25_000
_MOST = 16
"""Places of one instruction: a plotter's buffer may be short."""


def open_hpgl(setup: Setup) -> PlateWriter:
    """Return the writer."""
    return writer_of(setup, "plt", _Drawings(setup.settings))


def document(plate: Plate, settings: Mapping[str, Any]) -> bytes:
    """Return the drawing, one instruction a line. Raises `SymbolError` for what no pen can fill."""
    return _Drawings(settings).one(plate)


class _Drawings(Traced):
    """The drawings of one plotter."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__(settings)
        speed = f"VS{settings['speed']};\n" if "speed" in settings else ""
        self._head = f"IN;\n{speed}PA;\n"

    def texts(self, plate: Plate, ways: ToolPaths) -> Iterator[str]:
        yield self._head
        pen = 0
        for mark in plate.marks:
            for part in mark.parts:
                wanted = 1 if part.layer == TEXT else 2
                made = self.part(part, mark.tool_nm, plate.height_nm, ways)
                if made and wanted != pen:
                    yield f"SP{wanted};\n"
                    pen = wanted
                yield made
        yield "PU;\nSP0;\n"

    def stroke(self, places: list[str]) -> str:
        first, *others = places
        if not others:
            return f"PU{first};\nPD;\nPU;\n"
        starts = range(0, len(others), _MOST)
        drawn = [f"PD{','.join(others[start : start + _MOST])};\n" for start in starts]
        return f"PU{first};\n{''.join(drawn)}PU;\n"

    def place(self, x: int, y: int) -> str:
        return f"{_units(x)},{_units(y)}"


@lru_cache(maxsize=1 << 16)  # a drawing has thousands of places, many of them alike
def _units(length_nm: int) -> int:
    return (2 * length_nm + _UNIT_NM) // (2 * _UNIT_NM)
