"""Drawings that a tool follows stroke by stroke: what G-code and HP-GL have in common."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from markcode.engraving.plate import TEXT, Part, Path, Plate
from markcode.engraving.toolpath import Tooling, ToolPaths, refuse_unmakeable
from markcode.equipment.plates import PlateWriter
from markcode.equipment.setup import Setup

__all__ = ["Traced", "writer_of"]


class Traced(ABC):
    """Writes the files of one job; what it writes for a character is remembered."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._tooling = Tooling.of_settings(settings)
        self._character = lru_cache(maxsize=1024)(self._part)

    @abstractmethod
    def texts(self, plate: Plate, ways: ToolPaths) -> Iterator[str]:
        """Yield what the file of a plate holds."""

    @abstractmethod
    def stroke(self, places: list[str]) -> str:
        """Return what makes a line, or a dot where there is only one place."""

    @abstractmethod
    def place(self, x: int, y: int) -> str:
        """Return how a place is written: nanometres from the lower left corner, y upwards."""

    def one(self, plate: Plate) -> bytes:
        """Return the file of a plate. Raises `SymbolError` for what the tool cannot make."""
        return self.many([plate])[0]

    def many(self, plates: Sequence[Plate]) -> list[bytes]:
        """Return the file of each plate. Raises `SymbolError`."""
        ways = ToolPaths([mark for plate in plates for mark in plate.marks], self._tooling)
        return ["".join(self.texts(plate, ways)).encode("ascii") for plate in plates]

    def part(self, part: Part, tool_nm: int, height_nm: int, ways: ToolPaths) -> str:
        """Return what makes one part of a plate that is ``height_nm`` high."""
        if part.layer == TEXT:
            return self._character(part, tool_nm, height_nm)
        return self._part(part, tool_nm, height_nm, ways)

    def _part(self, part: Part, tool_nm: int, height_nm: int, ways: ToolPaths | None = None) -> str:
        ways = ways or ToolPaths([], self._tooling)
        return "".join(
            [self.stroke(self._places(path, height_nm)) for path in ways.over(part, tool_nm)]
        )

    def _places(self, points: Path, height_nm: int) -> list[str]:
        """Return the places as they are written, without those that repeat the one before."""
        places = [self.place(x, height_nm - y) for x, y in points]
        return [place for place, _ in itertools.groupby(places)]


def writer_of(setup: Setup, suffix: str, traced: Traced) -> PlateWriter:
    """Return the writer of a job, which refuses at once what the tool cannot make."""
    return PlateWriter(
        setup,
        suffix,
        traced.one,
        refuse=partial(refuse_unmakeable, tooling=Tooling.of_settings(setup.settings)),
        documents=traced.many,
    )
