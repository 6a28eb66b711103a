"""Many marks on one sheet: a grid of cells, each mark in the upper left corner of its own.

>>> grid = Grid.parse("10x20", "26x9.5mm")
>>> grid.cells, grid.pitch_nm
(200, (26000000, 9500000))
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from markcode import lengths
from markcode.errors import SymbolError
from markcode.symbols.emblems import Emblem
from markcode.symbols.layout import Arrangement, Layout, arrange
from markcode.symbols.symbol import Symbol

__all__ = ["MOST_CELLS", "Cell", "Grid", "Mark", "Sheet", "lay_out"]

MOST_CELLS = 10_000
"""More than this on one sheet is taken for a mistake."""

Mark = tuple[Sequence[str], Symbol | None]
"""The lines of a mark, and its symbol."""

_GRID = re.compile(r"([1-9][0-9]{0,3})x([1-9][0-9]{0,3})")
_PITCH = re.compile(r"([0-9.]+)x([0-9.]+)mm")


@dataclass(frozen=True)
class Grid:
    """The cells of a sheet: how many side by side, how many below one another, how far apart."""

    columns: int = 10
    rows: int = 20
    pitch_nm: tuple[int, int] | None = None
    """From one cell to the next: (to the right, down). None: the largest mark and ``gap_nm``."""
    gap_nm: int = 2_000_000
    """Room between the largest mark of a sheet and the next ones, where no pitch is given."""

    @classmethod
    def parse(cls, grid: str | None, pitch: str | None = None) -> Grid:
        """Return what ``COLUMNSxROWS`` and ``WIDTHxHEIGHTmm`` say. Raises `SymbolError`."""
        columns, rows = cls.columns, cls.rows
        if grid is not None:
            size = _GRID.fullmatch(grid)
            if size is None:
                raise SymbolError(f"{grid!r} is no grid: write columns x rows, such as 10x20")
            columns, rows = int(size[1]), int(size[2])
        if pitch is None:
            return cls(columns, rows)
        sides = _PITCH.fullmatch(pitch)
        if sides is None:
            raise SymbolError(f"{pitch!r} is no pitch: write width x height, such as 26x9.5mm")
        width, height = (lengths.parse(f"{side}mm") for side in sides.groups())
        if not width or not height:
            raise SymbolError(f"a pitch of {pitch} leaves no room for a mark")
        return cls(columns, rows, (width, height))

    def __post_init__(self) -> None:
        if min(self.columns, self.rows) < 1 or self.cells > MOST_CELLS:
            raise SymbolError(
                f"a sheet has 1 to {MOST_CELLS} marks, not {self.columns} x {self.rows}"
            )

    @property
    def cells(self) -> int:
        """The most marks that go on one sheet."""
        return self.columns * self.rows


class Cell(NamedTuple):
    """One mark of a sheet, and the upper left corner of its layout."""

    x: int
    y: int
    layout: Layout
    symbol: Symbol | None


@dataclass(frozen=True)
class Sheet:
    """Where everything stands, in whole units: nanometres, or dots of a picture."""

    width: int
    height: int
    text_height: int
    module: int
    cells: tuple[Cell, ...]


def lay_out(
    marks: Sequence[Mark],
    grid: Grid,
    *,
    height: int,
    module: int,
    unit_nm: Fraction = Fraction(1),
    arrangement: Arrangement | None = None,
    emblems: Mapping[str, Emblem] | None = None,
) -> Sheet:
    """Return the sheet of ``marks``, from left to right and then downwards.

    ``height`` and ``module`` are in the unit of the sheet, which is ``unit_nm`` large. A sheet has
    room for the whole grid, however few its marks are. Raises `SymbolError` for more marks than
    cells, for a mark larger than the pitch, and as `markcode.symbols.layout.arrange` does.
    """
    if len(marks) > grid.cells:
        raise SymbolError(
            f"{len(marks)} marks are too many for a sheet of {grid.columns} x {grid.rows}"
        )
    known: dict[Hashable, Layout] = {}
    layouts = []
    for lines, symbol in marks:
        # Most marks without letters are alike.
        key = (*lines, None if symbol is None else symbol.size)
        if key not in known:
            known[key] = arrange(
                lines,
                symbol,
                height=height,
                module=module,
                arrangement=arrangement,
                emblems=emblems,
            )
        layouts.append(known[key])
    sizes = (
        max((layout.width for layout in layouts), default=0),
        max((layout.height for layout in layouts), default=0),
    )
    if grid.pitch_nm is None:
        gap = -(-grid.gap_nm // unit_nm)
        across, down = (Fraction(size + gap) for size in sizes)
    else:
        across, down = (side / unit_nm for side in grid.pitch_nm)
    if sizes[0] > across or sizes[1] > down:
        needs = " x ".join(lengths.mm(int(size * unit_nm)) for size in sizes)
        given = " x ".join(lengths.mm(int(side * unit_nm)) for side in (across, down))
        raise SymbolError(f"a mark of {needs} mm does not fit a pitch of {given} mm")
    lefts = [int(column * across) for column in range(grid.columns)]
    tops = [int(row * down) for row in range(grid.rows)]
    cells = tuple(
        Cell(lefts[index % grid.columns], tops[index // grid.columns], layout, symbol)
        for index, (layout, (_, symbol)) in enumerate(zip(layouts, marks, strict=True))
    )
    return Sheet(int(grid.columns * across), int(grid.rows * down), height, module, cells)
