"""Equipment ``pdf-scan``: marks as symbols that an operator scans into the machine.

For controllers that take their text from a bar-code reader (standards/equipment.md 2.5). Each row
has the text in letters, a Code 128 and a Data Matrix of the same content, side by side: a reader
takes the one that it can.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markcode import notation
from markcode.engraving.engraver import Engraver, Style
from markcode.engraving.plate import Engraved
from markcode.equipment.mark import Mark
from markcode.equipment.paper import BOLD, CODE_BOLD, PLAIN, Paper
from markcode.equipment.pdf_pages import LineUp, PageWriter, wrapped
from markcode.equipment.setup import Setup
from markcode.errors import ProfileError, SymbolError
from markcode.lengths import NM_PER_MM, mm
from markcode.model import Payload
from markcode.symbols import make

__all__ = ["SEPARATORS", "ScanWriter", "open_scan"]

SEPARATORS = {"none": "", "space": " ", "tab": "\t", "cr": "\r", "lf": "\n", "crlf": "\r\n"}
"""What stands between two lines of a mark in one symbol."""

_NUMBER_NM = 17 * NM_PER_MM
"""Width of the column of numbers."""
_GAP_NM = 7 * NM_PER_MM
"""Between two rows of symbols, and between two symbols."""
_SIZE, _STEP_NM = 10, 4 * NM_PER_MM


class _Row(NamedTuple):
    """One content to be scanned."""

    text: tuple[str, ...]
    """In letters, as many lines as it needs."""
    bars: Engraved
    cells: Engraved
    height: int


class _Item(NamedTuple):
    row: int
    rows: tuple[_Row, ...]

    @property
    def height(self) -> int:
        return sum(row.height + _GAP_NM for row in self.rows)


class ScanWriter(PageWriter[_Item]):
    """Lays out scan sheets. Raises `ProfileError` for a payload where there is no symbol."""

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup, "scan")
        chosen = setup.settings
        self._content, self._bars_nm = chosen["content"], chosen["bars"]
        if self._content == "payload" and setup.symbol is None:
            raise ProfileError(
                f"--equipment {setup.name} --setting content=payload scans what the symbol of a "
                "mark holds: say --symbol, or content=text"
            )
        self._separator = SEPARATORS[chosen["separator"]] if "separator" in chosen else None
        self._bars = _engraver(chosen["x"])
        self._cells = _engraver(chosen["cell"])

    def item(self, mark: Mark) -> _Item:
        """Return the symbols of a mark. Raises `SymbolError` for what does not go into them."""
        return _Item(mark.row, tuple(self._row(mark.row, what) for what in self._contents(mark)))

    def _contents(self, mark: Mark) -> Iterator[Payload]:
        if self._content == "payload":
            assert mark.symbol is not None
            yield mark.symbol.payload
        elif self._separator is not None:
            yield Payload(self._separator.join(line for line in mark.lines if line))
        else:
            yield from (Payload(line) for line in mark.lines if line)

    def _row(self, row: int, what: Payload) -> _Row:
        linear = "gs1-128" if what.gs1 else "code128"
        bars = self._bars.engrave(row, (), make(linear, what, bar_height_nm=self._bars_nm))
        cells = self._cells.engrave(row, (), make("datamatrix", what))
        room = self.width - _NUMBER_NM
        for made, setting in ((bars, "x"), (cells, "cell")):
            if made.width_nm > room:
                raise SymbolError(
                    f"the symbol is {mm(made.width_nm)} mm wide, and the page has room for "
                    f"{mm(room)} mm: choose a smaller --setting {setting}"
                )
        shown = notation.FNC1 * what.gs1 + notation.escape(what.data)
        text = tuple(wrapped(shown, room - _quiet(bars), _SIZE, CODE_BOLD))
        tall = len(text) * _STEP_NM + 2 * NM_PER_MM
        if self._are_beside(bars, cells):
            return _Row(text, bars, cells, tall + max(bars.height_nm, cells.height_nm))
        return _Row(text, bars, cells, tall + bars.height_nm + _GAP_NM + cells.height_nm)

    def _are_beside(self, bars: Engraved, cells: Engraved) -> bool:
        return _NUMBER_NM + bars.width_nm + _GAP_NM + cells.width_nm <= self.width

    def fits(self, items: Sequence[_Item]) -> bool:
        """Return whether there is room for all items below one another."""
        return sum(item.height for item in items) - _GAP_NM <= self.height

    def too_large(self, item: _Item) -> str:
        """Return how high the symbols of the mark are, and how high they may be."""
        return (
            f"the symbols of the mark are {mm(item.height - _GAP_NM)} mm high together, and the "
            f"page has room for {mm(self.height)} mm"
        )

    def draw(self, paper: Paper, items: Sequence[_Item]) -> None:
        """Draw the marks below one another, with a line between them."""
        y = self.top
        for index, item in enumerate(items):
            if index:
                edge = y - _GAP_NM // 2
                paper.line((self.left, edge), (self.left + self.width, edge))
            for number, row in enumerate(item.rows, start=1):
                numbers = LineUp(paper, self.left, y)
                numbers.line(str(item.row), 11, BOLD, _STEP_NM)
                if len(item.rows) > 1:
                    said = self.words("part", number=number, count=len(item.rows))
                    numbers.line(said, 7, PLAIN, _STEP_NM)
                self._draw_row(paper, row, y)
                y += row.height + _GAP_NM

    def _draw_row(self, paper: Paper, row: _Row, top: int) -> None:
        left, right = self.left + _NUMBER_NM, self.left + self.width
        text = LineUp(paper, left + _quiet(row.bars), top)
        for line in row.text:
            text.line(line, _SIZE, CODE_BOLD, _STEP_NM)
        y = text.y + 2 * NM_PER_MM
        paper.engrave(row.bars.parts, 0, (left, y))
        if not self._are_beside(row.bars, row.cells):
            y += row.bars.height_nm + _GAP_NM
        paper.engrave(row.cells.parts, 0, (right - row.cells.width_nm, y))


def _quiet(bars: Engraved) -> int:
    """Return the width of the quiet zone at the left of the bars."""
    box = bars.box()
    return 0 if box is None else box[0]


def _engraver(module_nm: int) -> Engraver:
    return Engraver(height_nm=module_nm, module_nm=module_nm, style=Style())


def open_scan(setup: Setup) -> ScanWriter:
    """Return the writer. Raises `ProfileError`, `MissingExtra`."""
    return ScanWriter(setup)
