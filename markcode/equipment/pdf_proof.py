"""Equipment ``pdf-proof``: every mark at its true size on paper, with its row and text below.

The marks of a page stand in a grid that is as fine as the largest of them allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markcode.engraving.plate import Engraved
from markcode.equipment.mark import Mark
from markcode.equipment.paper import BOLD, CODE, Paper
from markcode.equipment.pdf_pages import LineUp, PageWriter, wrapped
from markcode.equipment.plates import engraver_of
from markcode.equipment.setup import Setup
from markcode.lengths import NM_PER_MM, mm

__all__ = ["ProofWriter", "open_proof"]

_GAP_NM = 5 * NM_PER_MM
_NARROWEST_NM = 30 * NM_PER_MM
"""Of a cell, so that the text below a small mark is not broken into many lines."""
_SIZE, _STEP_NM = 6.5, 2_700_000
"""Of the text below a mark: points, and nanometres from line to line."""


class _Item(NamedTuple):
    made: Engraved
    lines: tuple[str, ...]


class _Cells(NamedTuple):
    """The grid of a page."""

    width: int
    height: int
    text: int
    """Height of the text below a mark."""


class ProofWriter(PageWriter[_Item]):
    """Lays out proof sheets."""

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup, "proof")
        self._engraver = engraver_of(setup)

    def item(self, mark: Mark) -> _Item:
        """Return the mark as it is made, and its text as struck."""
        made = self._engraver.engrave(mark.row, mark.drawn_lines, mark.symbol)
        return _Item(made, mark.lines)

    def fits(self, items: Sequence[_Item]) -> bool:
        """Return whether a grid for the largest of the items has room for all."""
        cells = self._cells(items)
        columns, rows = self._columns(cells), (self.height + _GAP_NM) // cells.height
        return columns > 0 and len(items) <= columns * rows

    def too_large(self, item: _Item) -> str:
        """Return how large the mark is, and how large it may be."""
        cells = self._cells([item])
        return (
            f"the mark is {mm(item.made.width_nm)} x {mm(item.made.height_nm)} mm, and with its "
            f"text {mm(cells.height - _GAP_NM)} mm high; the page has room for {mm(self.width)} x "
            f"{mm(self.height)} mm"
        )

    def draw(self, paper: Paper, items: Sequence[_Item]) -> None:
        """Draw the marks from left to right and then downwards."""
        cells = self._cells(items)
        columns = self._columns(cells)
        for index, item in enumerate(items):
            down, across = divmod(index, columns)
            left = self.left + across * cells.width
            top = self.top + down * cells.height
            paper.engrave(item.made.parts, item.made.tool_nm, (left, top))
            for ring in item.made.outline:
                edge = tuple((left + x, top + y) for x, y in ring)
                paper.ring(edge, dashed=True)
            below = LineUp(paper, left, top + cells.height - _GAP_NM - cells.text)
            below.line(self.words("row", row=item.made.row), _SIZE, BOLD, _STEP_NM)
            for line in self._text(item, cells.width):
                below.line(line, _SIZE, CODE, _STEP_NM)

    def _columns(self, cells: _Cells) -> int:
        return (self.width + _GAP_NM) // cells.width

    def _cells(self, items: Sequence[_Item]) -> _Cells:
        width = max(_NARROWEST_NM, *(item.made.width_nm for item in items)) + _GAP_NM
        tallest = max(item.made.height_nm for item in items)
        text = (1 + max(len(self._text(item, width)) for item in items)) * _STEP_NM
        return _Cells(width, tallest + text + _GAP_NM, text)

    def _text(self, item: _Item, width: int) -> list[str]:
        return [part for line in item.lines for part in wrapped(line, width - _GAP_NM, _SIZE, CODE)]


def open_proof(setup: Setup) -> ProofWriter:
    """Return the writer. Raises `SymbolError` for a bad outline, `MissingExtra`."""
    return ProofWriter(setup)
