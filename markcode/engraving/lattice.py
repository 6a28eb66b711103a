"""Areas of whole cells, as symbols are: where a tool may go along lines, cell by cell.

What is found is what the edges alone tell, but much sooner.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from markcode.engraving.edges import SLACK_NM, Edges, Floats

__all__ = ["Lattice", "Runs"]

Runs = tuple[NDArray[np.intp], Floats, Floats]
"""Where a tool may go: the number of the line, from, to; line by line from the left."""


@dataclass(frozen=True, eq=False)
class Lattice:
    """An area of cells, none of them smaller than the tool; lengths in nanometres."""

    dark: NDArray[np.bool_]
    """Which cells belong to the area, rows by columns, with a bare cell on each side."""
    left: float
    top: float
    wide: int
    tall: int

    @classmethod
    def of(cls, edges: Edges, tool_nm: float) -> Lattice | None:
        """Return the area as cells; None if it is none of such cells."""
        if edges.has_slants:
            return None
        left, top = float(edges.x.min()), float(edges.y.min())
        x, y = (edges.x - left).astype(np.int64), (edges.y - top).astype(np.int64)
        wide, tall = int(np.gcd.reduce(x)), int(np.gcd.reduce(y))
        if min(wide, tall) < tool_nm:
            return None
        column, row = x // wide, y // tall
        # By the even-odd rule, every corner turns all cells at its right and below over.
        turns = np.zeros((row.max() + 2, column.max() + 2), np.int64)
        np.add.at(turns, (row + 1, column + 1), 1)
        dark = turns.cumsum(axis=0).cumsum(axis=1) % 2 == 1
        sides = sum(int((dark[a] != dark[b]).sum()) for a, b in _NEIGHBOURS)
        if sides != np.abs(edges.across).sum() / wide + np.abs(edges.down).sum() / tall:
            return None  # an edge between two cells of the area
        return cls(dark, left, top, wide, tall)

    def runs(self, levels: Floats, radius: float) -> Runs:
        """Return where a disc may stand on each level without coming nearer to an edge."""
        row = np.clip((levels - self.top) // self.tall, 0, len(self.dark) - 3).astype(np.intp) + 1
        above = levels - self.top - (row - 1) * self.tall
        below = self.tall - above
        # Only one border of the row can be near, for no row is lower than the disc.
        beside = row - (above <= radius) + (below <= radius)
        away = np.minimum(np.minimum(above, below), radius)
        own = self.dark[row]
        free = own & self.dark[beside]
        # A free run ends at the side of a cell of this row, or at the corner of one beside.
        corner: Floats = np.sqrt(radius**2 - away**2)
        line, first = np.nonzero(free[:, 1:] & ~free[:, :-1])
        last = np.nonzero(free[:, :-1] & ~free[:, 1:])[1]
        near: Floats = np.where(own[line, first], corner[line], radius)
        far: Floats = np.where(own[line, last + 1], corner[line], radius)
        left, right = self.left + first * self.wide + near, self.left + last * self.wide - far
        room = left < right
        return line[room], left[room] + SLACK_NM, right[room] - SLACK_NM


_ALL, _AHEAD, _BEHIND = slice(None), slice(1, None), slice(None, -1)
_NEIGHBOURS = (((_ALL, _AHEAD), (_ALL, _BEHIND)), ((_AHEAD, _ALL), (_BEHIND, _ALL)))
