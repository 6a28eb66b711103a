"""What a machine takes: each writer turns one mark into the files, or lines of files, of a job.

A writer is pure: it returns bytes by file name, and the batch puts them into the job. What cannot
be given to the machine refuses the row with the finding ``equipment.value``; nothing is altered to
fit.

>>> writer("text", lines=1).render(Mark(812, ("CO 27",))).lines
{'line_1.txt': b'CO 27\\r\\n'}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from markcode.equipment.drawings import DrawingWriter
from markcode.equipment.mark import Mark, Rendered, Writer, refused, symbol_of
from markcode.equipment.sheets import SheetWriter
from markcode.equipment.table import TableWriter
from markcode.equipment.text import TextWriter
from markcode.errors import JobError
from markcode.model import NO_ELEMENTS

if TYPE_CHECKING:
    from markcode.symbols.sheets import Grid

__all__ = [
    "DRAWN",
    "HEEDS",
    "NAMES",
    "SHEETS",
    "TABLES",
    "Mark",
    "Rendered",
    "Writer",
    "refused",
    "symbol_of",
    "writer",
]

_DRAWING = ("height", "module")
_SHEET = (*_DRAWING, "grid", "pitch")

HEEDS: Mapping[str, tuple[str, ...]] = {
    "csv": (),
    "parquet": (),
    "text": (),
    "svg": _DRAWING,
    "png": (*_DRAWING, "dpi"),
    "dxf": _DRAWING,
    "svg-sheet": _SHEET,
    "png-sheet": (*_SHEET, "dpi"),
    "dxf-sheet": _SHEET,
}
"""The sizes that each equipment heeds."""
NAMES = tuple(HEEDS)
TABLES = ("csv", "parquet")
"""Equipment that takes tables alone."""
DRAWN = ("svg", "png", "dxf")
"""Equipment that gets a drawing of each mark."""
SHEETS = tuple(name for name, heeded in HEEDS.items() if "grid" in heeded)
"""Equipment that gets drawings of many marks."""


def writer(
    name: str,
    *,
    lines: int,
    height_nm: int = 0,
    module_nm: int = 0,
    dpi: int = 0,
    emblems: Mapping[str, Sequence[str]] = NO_ELEMENTS,
    grid: Grid | None = None,
) -> Writer:
    """Return the writer of an equipment. Raises `JobError` for an unknown name.

    ``lines`` is the most lines that a mark has; heights and modules are in nanometres and, like
    ``dpi`` and ``emblems`` (outlines of drawn symbols, as paths by name), used by drawings alone.
    ``grid`` is that of sheets, 10 x 20 if none is given.
    """
    if name in TABLES:
        return TableWriter()
    if name == "text":
        return TextWriter(lines)
    if name in DRAWN:
        return DrawingWriter(name, height_nm, module_nm, dpi, emblems)
    if name in SHEETS:
        from markcode.symbols.sheets import Grid

        return SheetWriter(name, height_nm, module_nm, dpi, emblems, grid or Grid())
    raise JobError(f"no equipment is called {name!r}; there are: {', '.join(NAMES)}")
