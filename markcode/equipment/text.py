"""Equipment ``text``: plain text, one file a struck line and one value a line (contracts.md 8).

Line k of each file belongs to mark k. CR LF ends every value, the last one too; no header, no
byte-order mark, ASCII only. These machines know no quotes, so a value that would need them, or that
a spreadsheet on the way would take for a formula, refuses the row.
"""

from __future__ import annotations

from markcode.equipment.mark import EachAlone, Mark, Rendered, refused

__all__ = ["FORMULA", "TextWriter", "file_name"]

FORMULA = "=+-@"
"""A spreadsheet takes what begins with one of these for a formula."""


def file_name(line: int) -> str:
    """Return the name of the file of a line, counted from 1."""
    return f"line_{line}.txt"


class TextWriter(EachAlone):
    """Writes each line of a mark to the file of that line."""

    has_file = False

    def __init__(self, lines: int) -> None:
        self.line_files = tuple(file_name(number) for number in range(1, lines + 1))

    def render(self, mark: Mark) -> Rendered:
        """Return one value for each file. Raises `InvalidMark`."""
        values = [*mark.lines, *[""] * (len(self.line_files) - len(mark.lines))]
        numbered = zip(self.line_files, values, range(1, len(values) + 1), strict=True)
        return Rendered({name: _value(text, number) for name, text, number in numbered})


def _value(text: str, number: int) -> bytes:
    reason = _fault(text)
    if reason is not None:
        raise refused("text", reason, text, line=number)
    return text.encode("ascii") + b"\r\n"


def _fault(text: str) -> str | None:
    """Return why the machine cannot take a value; None if it can."""
    if not text:
        return "absent"
    if text[0] in FORMULA:
        return "formula"
    if any(char < " " or char == "\x7f" for char in text):
        return "control"
    if not text.isascii():
        return "not_ascii"
    return None
