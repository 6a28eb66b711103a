"""Equipment ``gcode``: the moves of a laser or of a needle, as G-code.

Millimetres from the lower left corner of the plate, y upwards, each place rounded by itself to a
micrometre. Only these words: G0 G1 G4 G21 G90 G94, M2 M3 M4 M5, X Y Z F S P. Comments are in
parentheses, and plain ASCII (standards/equipment.md 5.2).

A laser burns on the move alone: with M4, GRBL's power follows the speed, and is none at rest. So
areas and dots are filled with lines. A needle strikes one dot after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, Protocol

from markcode.engraving.plate import Path, Plate
from markcode.engraving.toolpath import Tooling, refuse_unmakeable, tool_path
from markcode.equipment.plates import PlateWriter
from markcode.equipment.setup import Setup

__all__ = ["document", "open_gcode"]

_UNIT_NM = 1_000
_HEAD = ("G21", "G90", "G94")
_SECONDS = {"seconds": 1, "milliseconds": 1000}
"""What a second is in the unit of ``G4 P``."""


def open_gcode(setup: Setup) -> PlateWriter:
    """Return the writer."""
    return PlateWriter(
        setup,
        "gcode",
        partial(document, settings=setup.settings),
        refuse=partial(refuse_unmakeable, tooling=Tooling.of_settings(setup.settings)),
    )


def document(plate: Plate, settings: Mapping[str, Any]) -> bytes:
    """Return the program of a plate. Raises `SymbolError` for what the machine cannot make."""
    return "".join(f"{line}\n" for line in _lines(plate, settings)).encode("ascii")


def _lines(plate: Plate, settings: Mapping[str, Any]) -> Iterator[str]:
    machine = _MACHINES[settings["machine"]](settings)
    way = Tooling.of_settings(settings)
    wide, tall = _millimetres(plate.width_nm), _millimetres(plate.height_nm)
    yield f"(markcode, {settings['machine']}, {wide} x {tall} mm)"
    yield from _HEAD
    yield from machine.begin
    for mark in plate.marks:
        yield f"(row {mark.row})"
        for stroke in tool_path(mark, way):
            yield from machine.make(_places(stroke.points, plate.height_nm))
    yield from machine.end
    yield "M2"


def _places(points: Path, height_nm: int) -> list[str]:
    """Return the places as words, without those that repeat the one before."""
    places: list[str] = []
    for x, y in points:
        place = f"X{_millimetres(x)} Y{_millimetres(height_nm - y)}"
        if not places or place != places[-1]:
            places.append(place)
    return places


@lru_cache(maxsize=1 << 16)  # a program has tens of thousands of places, many of them alike
def _millimetres(length_nm: int) -> str:
    units = (2 * length_nm + _UNIT_NM) // (2 * _UNIT_NM)
    sign, units = "-" if units < 0 else "", abs(units)
    return f"{sign}{units // 1000}.{units % 1000:03}"


class _Machine(Protocol):
    """How one machine makes a line or a dot."""

    @property
    def begin(self) -> Sequence[str]:
        """What stands before the first stroke."""
        ...

    @property
    def end(self) -> Sequence[str]:
        """What stands after the last."""
        ...

    def make(self, places: Sequence[str]) -> Iterator[str]:
        """Yield the lines that make a stroke."""
        ...


class _Laser:
    """The power is 0 on every way between strokes, though GRBL's laser mode sees to that too."""

    begin = ("M4 S0",)
    end = ("M5", "G4 P0.1")

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._burn = f"F{settings['feed']} S{settings['power']}"

    def make(self, places: Sequence[str]) -> Iterator[str]:
        first, *others = places
        yield f"G0 {first} S0"
        for place, words in zip(others, (f" {self._burn}", *[""] * len(others)), strict=False):
            yield f"G1 {place}{words}"


class _NeedleZ:
    """The needle goes down to the depth and up again, standing still aside."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._up = f"G0 Z{_millimetres(settings['clearance'])}"
        self._down = f"G1 Z{_millimetres(-settings['depth'])} F{settings['plunge']}"
        self.begin = self.end = (self._up,)

    def make(self, places: Sequence[str]) -> Iterator[str]:
        (place,) = places
        yield f"G0 {place}"
        yield self._down
        yield self._up


class _NeedlePulse:
    """An output strikes the needle while the machine stands still."""

    begin = ("M5",)

    def __init__(self, settings: Mapping[str, Any]) -> None:
        second = _SECONDS[settings["dwell_unit"]]
        self._on = f"M3 S{settings['output']}"
        self._wait = f"G4 P{_number(settings['strike'] * second)}"
        self.end = (f"G4 P{_number(100 * second)}",)

    def make(self, places: Sequence[str]) -> Iterator[str]:
        (place,) = places
        yield f"G0 {place}"
        yield self._on
        yield self._wait
        yield "M5"


def _number(thousandths: int) -> str:
    """Return thousandths as a decimal number: 20 is 0.02."""
    whole, part = divmod(thousandths, 1000)
    return f"{whole}.{part:03}".rstrip("0") if part else str(whole)


_MACHINES: Mapping[str, Callable[[Mapping[str, Any]], _Machine]] = {
    "laser": _Laser,
    "needle-z": _NeedleZ,
    "needle-pulse": _NeedlePulse,
}
