"""The face of the arm that a mark has to fit on.

On a cylinder, a reader sees only so much of a symbol at once: it may extend around it by 16 % of
the diameter, about 5 % of the circumference (standards/equipment.md 6.1, CV1). That is counted
without the quiet zone, which has to be on the face like all else. Text has only to be on the face.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from markcode import lengths
from markcode.engraving.plate import Engraved, rectangle
from markcode.errors import SymbolError

__all__ = ["CURVED_PERCENT", "Face", "least_cylinder"]

CURVED_PERCENT = 16
"""Of the diameter, that a symbol may extend around a cylinder."""
_PI = (314_159_265, 100_000_000)
"""No more than pi."""

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

    def __post_init__(self) -> None:
        around = self._around_nm
        if self.size_nm is not None and around is not None and self.size_nm[1] > around:
            raise SymbolError(
                f"a face {lengths.to_text(self.size_nm[1])} high does not go on a cylinder that is "
                f"{lengths.to_text(around)} around: its height is measured around the cylinder"
            )

    @property
    def room_nm(self) -> tuple[int | None, int | None]:
        """The most that goes along and across the face; None for no end."""
        return self.size_nm or (None, self._around_nm)

    @property
    def across_nm(self) -> int | None:
        """The most that a symbol, without its quiet zone, extends around a cylinder."""
        diameter = self.cylinder_nm
        return None if diameter is None else diameter * CURVED_PERCENT // 100

    @property
    def _around_nm(self) -> int | None:
        return None if self.cylinder_nm is None else self.cylinder_nm * _PI[0] // _PI[1]

    def turned(self, wide: int, tall: int) -> tuple[int, int]:
        """Return the width and height that a box has once it is turned."""
        return (tall, wide) if self.turn % 180 else (wide, tall)

    def put(self, mark: Engraved) -> Engraved:
        """Return a mark turned, in the middle of the face and with its edge, if it has a size."""
        if self.size_nm is None:
            return mark.turned(self.turn)
        (wide, tall), (along, across) = self.size_nm, self.turned(mark.width_nm, mark.height_nm)
        turned = mark.turned(self.turn, (wide - along) // 2, (tall - across) // 2)
        edge = rectangle(0, 0, wide, tall)
        return replace(turned, width_nm=wide, height_nm=tall, outline=(edge,))


def least_cylinder(across_nm: int, around_nm: int) -> int:
    """Return the least diameter for a symbol ``across_nm`` and a face ``around_nm`` around it."""
    return max(-(-across_nm * 100 // CURVED_PERCENT), -(-around_nm * _PI[1] // _PI[0]))
