"""Equipment ``text``: plain text, one file a struck line and one value a line (contracts.md 8).

Line k of each file belongs to mark k. CR LF ends every value, the last one too; no header, no
byte-order mark, ASCII only. These machines know no quotes, so a value that would need them, or that
a spreadsheet on the way would take for a formula, refuses the row.
"""

from __future__ import annotations

from markcode.equipment.mark import EachAlone, Mark, Rendered, refuse_values
from markcode.equipment.setup import Setup

__all__ = ["TextWriter", "file_name", "open_text"]


def file_name(line: int) -> str:
    """Return the name of the file of a line, counted from 1."""
    return f"line_{line}.txt"


class TextWriter(EachAlone):
    """Writes each line of a mark to the file of that line."""

    is_columnar = True

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self.heads = {file_name(number): b"" for number in range(1, setup.lines + 1)}

    def render(self, mark: Mark) -> Rendered:
        """Return one value for each file. Raises `InvalidMark`."""
        refuse_values(self._setup, mark)
        values = (line.encode("ascii") + b"\r\n" for line in mark.lines)
        return Rendered(dict(zip(self.heads, values, strict=True)))


def open_text(setup: Setup) -> TextWriter:
    """Return the writer."""
    return TextWriter(setup)
