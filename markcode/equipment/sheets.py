"""Equipment ``svg-sheet``, ``png-sheet`` and ``dxf-sheet``: many marks on one drawing.

So are ``svg`` and ``dxf`` with a grid, as long as all is filled outlines.

The sheets stand in the folder ``sheets``, numbered from 1; each is filled from left to right and
then downwards, in the order of the marks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from markcode.equipment.drawings import DrawingWriter, achieved, sizes, undrawable
from markcode.equipment.mark import NO_FILES, Mark, Rendered, Writer
from markcode.errors import JobError, SymbolError

if TYPE_CHECKING:
    from markcode.equipment.setup import Setup
    from markcode.symbols.sheets import Grid
    from markcode.symbols.sheets import Mark as SymbolMark

__all__ = ["SheetWriter", "file_name", "open_filled", "open_sheet"]


def file_name(number: int, kind: str, note: str = "") -> str:
    """Return the name of a sheet.

    >>> file_name(1, "svg")
    'sheets/00000001.svg'
    """
    return f"sheets/{number:08}{note}.{kind}"


class SheetWriter:
    """Keeps marks until a sheet is full; ``equipment`` is ``svg-sheet`` and the like.

    Sizes are in nanometres, ``emblems`` and ``reference`` as for
    `markcode.equipment.drawings.DrawingWriter`.
    """

    has_file = True
    heads: Mapping[str, bytes] = NO_FILES
    is_columnar = False

    def __init__(
        self,
        equipment: str,
        height_nm: int,
        module_nm: int,
        dpi: int,
        emblems: Mapping[str, Sequence[str]],
        grid: Grid,
        *,
        reference: bool = False,
    ) -> None:
        self._equipment = equipment
        self._reference = reference
        self._kind = equipment.removesuffix("-sheet")
        self._dpi = dpi
        self._grid = grid
        self._sizes = sizes(height_nm, module_nm, emblems)
        self._marks: list[Mark] = []
        self._number = 1

    def render(self, mark: Mark) -> Rendered:
        """Return the sizes of the mark. Raises `InvalidMark` for what a sheet cannot show."""
        drawn = [(mark.drawn_lines, mark.symbol)]
        try:
            if self._kind == "png":
                from markcode.symbols.png import sheet_size

                empty = sheet_size(drawn, self._grid, dpi=self._dpi, **self._sizes)
                return Rendered(achieved=achieved(empty, mark))
            from markcode.symbols.sheets import lay_out

            lay_out(
                drawn,
                self._grid,
                height=self._sizes["height_nm"],
                module=self._sizes["module_nm"],
                emblems=self._sizes["emblems"],
            )
        except SymbolError as fault:
            raise undrawable(self._equipment, mark, fault) from fault
        return Rendered()

    def collect(self, mark: Mark, rendered: Rendered) -> Rendered:
        """Return the name of the mark's sheet and, if it is now full, the sheet.

        Raises `JobError` for a sheet that the largest of its marks make too large.
        """
        name = file_name(self._number, self._kind)
        self._marks.append(mark)
        file = self._sheet() if len(self._marks) == self._grid.cells else None
        return Rendered(name=name, file=file, achieved=rendered.achieved)

    def finish(self) -> Rendered:
        """Return the last sheet, if there are marks for it."""
        return Rendered(file=self._sheet() if self._marks else None)

    def _sheet(self) -> tuple[str, bytes]:
        drawn = [(mark.drawn_lines, mark.symbol) for mark in self._marks]
        name = file_name(self._number, self._kind)
        try:
            sheet = name, self._draw(drawn)
        except SymbolError as fault:
            raise JobError(f"{name}: {fault}; choose a smaller --grid") from fault
        self._marks.clear()
        self._number += 1
        return sheet

    def _draw(self, drawn: Sequence[SymbolMark]) -> bytes:
        if self._kind == "png":
            from markcode.symbols.png import to_png_sheet

            return to_png_sheet(drawn, self._grid, dpi=self._dpi, **self._sizes).bytes
        if self._kind == "svg":
            from markcode.symbols.svg import to_svg_sheet

            return to_svg_sheet(drawn, self._grid, **self._sizes, layered=True).encode("utf-8")
        from markcode.symbols.dxf import to_dxf_sheet

        return to_dxf_sheet(drawn, self._grid, **self._sizes, quiet=self._reference)


def open_sheet(setup: Setup) -> Writer:
    """Return the writer of an equipment that is always sheets. Raises `SymbolError`."""
    return open_filled(setup, reference=setup.name == "dxf-sheet")


def open_filled(setup: Setup, *, reference: bool = False) -> Writer:
    """Return the writer of filled outlines: a drawing a mark, or sheets where there is a grid.

    Raises `SymbolError` for an outline of a drawn symbol that is none.
    """
    about = (setup.name, setup.height_nm, setup.module_nm, setup.dpi, setup.emblems)
    if setup.grid is None:
        return DrawingWriter(*about, reference=reference)
    return SheetWriter(*about, setup.grid, reference=reference)
