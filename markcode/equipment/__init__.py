"""What a machine takes: each writer turns one mark into the files, or lines of files, of a job.

A writer is pure: it returns bytes by file name, and the batch puts them into the job. What cannot
be given to the machine refuses the row with the finding ``equipment.value``; nothing is altered to
fit.

>>> writer("text", lines=1).render(Mark(812, ("CO 27",))).lines
{'line_1.txt': b'CO 27\\r\\n'}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markcode.equipment.csv import CsvWriter
from markcode.equipment.drawings import DrawingWriter
from markcode.equipment.mark import Mark, Rendered, Writer, refused, symbol_of
from markcode.equipment.text import TextWriter
from markcode.errors import JobError
from markcode.model import NO_ELEMENTS

__all__ = ["DRAWN", "NAMES", "Mark", "Rendered", "Writer", "refused", "symbol_of", "writer"]

DRAWN = ("svg", "png")
"""Equipment that gets a drawing of each mark."""
NAMES = ("csv", "text", *DRAWN)


def writer(
    name: str,
    *,
    lines: int,
    height_nm: int = 0,
    module_nm: int = 0,
    dpi: int = 0,
    emblems: Mapping[str, Sequence[str]] = NO_ELEMENTS,
) -> Writer:
    """Return the writer of an equipment. Raises `JobError` for an unknown name.

    ``lines`` is the most lines that a mark has; heights and modules are in nanometres and, like
    ``dpi`` and ``emblems`` (outlines of drawn symbols, as paths by name), used by drawings alone.
    """
    if name == "csv":
        return CsvWriter()
    if name == "text":
        return TextWriter(lines)
    if name in DRAWN:
        return DrawingWriter(name, height_nm, module_nm, dpi, emblems)
    raise JobError(f"no equipment is called {name!r}; there are: {', '.join(NAMES)}")
