"""Equipment ``gcode``: the moves of a laser or of a needle, as G-code.

Millimetres from the lower left corner of the plate, y upwards, each place rounded by itself to a
micrometre. Only these words: G0 G1 G4 G21 G90 G94, M2 M3 M4 M5, X Y Z F S P. Comments are in
parentheses, and plain ASCII (standards/equipment.md 5.2).

A laser burns on the move alone: with M4, GRBL's power follows the speed, and is none at rest. So
areas and dots are filled with lines. A needle strikes one dot after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

from markcode.engraving.plate import Plate
from markcode.engraving.toolpath import ToolPaths
from markcode.equipment.plates import PlateWriter
from markcode.equipment.setup import Setup
from markcode.equipment.traced import Traced, writer_of

__all__ = ["document", "open_gcode"]

_UNIT_NM = 1_000
_HEAD = ("G21", "G90", "G94")
_SECONDS = {"seconds": 1, "milliseconds": 1000}
"""What a second is in the unit of ``G4 P``."""


def open_gcode(setup: Setup) -> PlateWriter:
    """Return the writer."""
    return writer_of(setup, "gcode", _Programs(setup.settings))


def document(plate: Plate, settings: Mapping[str, Any]) -> bytes:
    """Return the program of a plate. Raises `SymbolError` for what the machine cannot make."""
    return _Programs(settings).one(plate)


class _Programs(Traced):
    """The programs of one machine."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__(settings)
        self._name = settings["machine"]
        self._machine = _MACHINES[self._name](settings)

    def texts(self, plate: Plate, ways: ToolPaths) -> Iterator[str]:
        wide, tall = _millimetres(plate.width_nm), _millimetres(plate.height_nm)
        yield f"(markcode, {self._name}, {wide} x {tall} mm)\n"
        yield _lines(_HEAD)
        yield _lines(self._machine.begin)
        for mark in plate.marks:
            yield f"(row {mark.row})\n"
            for part in mark.parts:
                yield self.part(part, mark.tool_nm, plate.height_nm, ways)
        yield _lines(self._machine.end)
        yield "M2\n"

    def stroke(self, places: list[str]) -> str:
        return self._machine.make(places)

    def place(self, x: int, y: int) -> str:
        return f"X{_millimetres(x)} Y{_millimetres(y)}"


def _lines(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


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

    def make(self, places: list[str]) -> str:
        """Return the lines that make a stroke."""
        ...


class _Laser:
    """The power is 0 on every way between strokes, though GRBL's laser mode sees to that too."""

    begin = ("M4 S0",)
    end = ("M5", "G4 P0.1")

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._burn = f" F{settings['feed']} S{settings['power']}"

    def make(self, places: list[str]) -> str:
        first, *others = places
        if not others:
            return f"G0 {first} S0\n"
        others[0] += self._burn
        return f"G0 {first} S0\nG1 " + "\nG1 ".join(others) + "\n"


class _NeedleZ:
    """The needle goes down to the depth and up again, standing still aside."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        up = f"G0 Z{_millimetres(settings['clearance'])}"
        down = f"G1 Z{_millimetres(-settings['depth'])} F{settings['plunge']}"
        self.begin = self.end = (up,)
        self._strike = _lines((down, up))

    def make(self, places: list[str]) -> str:
        (place,) = places
        return f"G0 {place}\n{self._strike}"


class _NeedlePulse:
    """An output strikes the needle while the machine stands still."""

    begin = ("M5",)

    def __init__(self, settings: Mapping[str, Any]) -> None:
        second = _SECONDS[settings["dwell_unit"]]
        wait = f"G4 P{_number(settings['strike'] * second)}"
        self._strike = _lines((f"M3 S{settings['output']}", wait, "M5"))
        self.end = (f"G4 P{_number(100 * second)}",)

    def make(self, places: list[str]) -> str:
        (place,) = places
        return f"G0 {place}\n{self._strike}"


def _number(thousandths: int) -> str:
    """Return thousandths as a decimal number: 20 is 0.02."""
    whole, part = divmod(thousandths, 1000)
    return f"{whole}.{part:03}".rstrip("0") if part else str(whole)


_MACHINES: Mapping[str, Callable[[Mapping[str, Any]], _Machine]] = {
    "laser": _Laser,
    "needle-z": _NeedleZ,
    "needle-pulse": _NeedlePulse,
}
