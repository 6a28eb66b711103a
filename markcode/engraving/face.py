"""The face of the arm that a mark has to fit on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markcode import lengths
from markcode.errors import SymbolError

__all__ = ["Face"]

_SIDES = re.compile(r"([0-9.]+)x([0-9.]+)mm")


@dataclass(frozen=True)
class Face:
    """A face, or only a turn or a curve; lengths in nanometres.

    >>> Face.parse("30x8mm", "90", "12mm")
    Face(size_nm=(30000000, 8000000), turn=90, cylinder_nm=12000000)
    """

    size_nm: tuple[int, int] | None = None
    """Width and height of a flat face, or of the part of a cylinder that the machine reaches; on a
    cylinder the width is along its axis. None: as large as the mark."""
    turn: int = 0
    """Degrees by which the mark is turned on the face, anticlockwise: 0, 90, 180 or 270."""
    cylinder_nm: int | None = None
    """Diameter of a cylinder; None for a flat face."""

    @classmethod
    def parse(cls, size: str | None, turn: str | None, cylinder: str | None) -> Face | None:
        """Return what was typed, or None where nothing was. Raises `SymbolError`."""
        if size is None and turn is None and cylinder is None:
            return None
        size_nm, diameter = None, None
        if size is not None:
            sides = _SIDES.fullmatch(size)
            if sides is None:
                raise SymbolError(f"{size!r} is no face: write width x height, such as 30x8mm")
            size_nm = (lengths.parse(f"{sides[1]}mm"), lengths.parse(f"{sides[2]}mm"))
            if not min(size_nm):
                raise SymbolError(f"a face of {size} has no room for a mark")
        if turn is not None and turn not in ("0", "90", "180", "270"):
            raise SymbolError(f"{turn!r} is no turn: a mark is turned by 0, 90, 180 or 270 degrees")
        if cylinder is not None:
            diameter = lengths.parse(cylinder)
            if not diameter:
                raise SymbolError(f"a cylinder of {cylinder} has no room for a mark")
        return cls(size_nm, int(turn or 0), diameter)
