"""Equipment ``text``: plain text, one file a struck line and one value a line (contracts.md 8).

Line k of each file belongs to mark k. CR LF ends every value, the last one too; no header, no
byte-order mark, ASCII only. These machines know no quotes, so a value that would need them, or that
a spreadsheet on the way would take for a formula, refuses the row.
"""

from __future__ import annotations

from collections.abc import Sequence

from markcode.equipment.mark import EachAlone, Mark, Rendered, refuse_values
from markcode.equipment.payloads import machine_payload
from markcode.equipment.setup import Setup
from markcode.equipment.values import Values

__all__ = ["BOM", "TextWriter", "file_name", "open_text"]

BOM = b"\xef\xbb\xbf"
"""How a file in ``utf-8-sig`` begins."""


def file_name(line: int) -> str:
    """Return the name of the file of a line, counted from 1."""
    return f"line_{line}.txt"


class TextWriter(EachAlone):
    """Writes each line of a mark to the file of that line: ``names`` in their order.

    ``payload`` is the name of one more file, for what the symbol holds.
    """

    def __init__(
        self, setup: Setup, names: Sequence[str], values: Values, payload: str | None = None
    ) -> None:
        self._setup, self._values, self._payload = setup, values, payload
        head = BOM if values.alphabet == "utf-8-sig" else b""
        self.heads = dict.fromkeys((*names, *([payload] if payload else [])), head)
        # Lines that are put together from columns are ASCII, whatever else the file may hold.
        self.is_columnar = payload is None

    def render(self, mark: Mark) -> Rendered:
        """Return one value for each file. Raises `InvalidMark`."""
        refuse_values(self._setup, mark, self._values)
        texts = list(mark.lines)
        if self._payload is not None:
            texts.append(machine_payload(self._setup, mark, self._values))
        encoding = self._values.alphabet.removesuffix("-sig")
        values = (f"{text}\r\n".encode(encoding) for text in texts)
        return Rendered(dict(zip(self.heads, values, strict=True)))


def open_text(setup: Setup) -> TextWriter:
    """Return the writer."""
    values = setup.equipment.values
    assert values is not None
    return TextWriter(setup, [file_name(number) for number in range(1, setup.lines + 1)], values)
