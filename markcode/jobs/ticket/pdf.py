"""The ticket of a job on paper: what the text says, and a picture of one mark at 1:1 and larger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from markcode.engraving.plate import Box, Engraved, Part
from markcode.equipment.paper import BOLD, CODE, PAGES, PLAIN, Paper
from markcode.equipment.pdf_pages import MARGIN_NM, scale_bar, words_in, wrapped
from markcode.jobs.ticket.parts import RESULTS, RULES, Row, Section, Ticket
from markcode.lengths import NM_PER_MM

__all__ = ["to_pdf"]

_PAGE = PAGES["a4"]
_WIDTH_NM = _PAGE[0] - 2 * MARGIN_NM
_FOOT_NM = 8 * NM_PER_MM
_LABEL_NM = 34 * NM_PER_MM
_GAP_NM = 6 * NM_PER_MM
_SIZE, _CODE_SIZE, _STEP_NM = 8.5, 8, 3_900_000
_LARGER = tuple(map(Fraction, (5, 4, 3, 2)))
"""Scales of the second picture of the mark: the first that the page allows."""
_SMALLER = tuple(Fraction(1, part) for part in (2, 3, 5, 10, 20))
"""Scales of the only picture, where the page does not allow the mark at its size."""
_CAPTION_NM, _STRIP_GAP_NM = 6 * NM_PER_MM, 4 * NM_PER_MM
_MOST_PICTURE_NM = 178 * NM_PER_MM
"""So that there is room on its page for what is filled in."""
_BOX_NM = 12 * NM_PER_MM
_IN_A_ROW = 5


class _Strip(NamedTuple):
    """A piece of a mark."""

    parts: tuple[Part, ...]
    box: Box

    @property
    def width_nm(self) -> int:
        return self.box[2] - self.box[0]

    @property
    def height_nm(self) -> int:
        return self.box[3] - self.box[1]

    def with_piece(self, piece: _Strip) -> _Strip:
        """Return the strip with another piece at its right."""
        return _Strip((*self.parts, *piece.parts), _union(self.box, piece.box))


class _Picture(NamedTuple):
    """A mark at a scale, in pieces below one another where it is too wide for the page."""

    scale: Fraction
    strips: tuple[_Strip, ...]

    @property
    def width_nm(self) -> int:
        return int(max((strip.width_nm for strip in self.strips), default=0) * self.scale)

    @property
    def height_nm(self) -> int:
        gaps = _STRIP_GAP_NM * (len(self.strips) - 1)
        return int(sum(strip.height_nm for strip in self.strips) * self.scale) + gaps


def to_pdf(ticket: Ticket) -> bytes:
    """Return the ticket as a PDF file. Raises `MissingExtra`."""
    return _Sheets(ticket).made()


class _Sheets:
    """Writes the ticket from top to bottom, on as many pages as it needs."""

    def __init__(self, ticket: Ticket) -> None:
        self._ticket = ticket
        self._words = ticket.words
        self._paper = Paper(_PAGE, f"{ticket.words('title')} {ticket.job}")
        self._y = 0

    def made(self) -> bytes:
        """Return the file."""
        self._begin()
        for section in self._ticket.sections:
            if section.rows:
                self._section(section)
        if self._ticket.picture is not None:
            self._pictures(self._ticket.picture)
        self._result()
        self._rules()
        self._end()
        return self._paper.content()

    # -- pages -------------------------------------------------------------------------------

    def _begin(self) -> None:
        right = MARGIN_NM + _WIDTH_NM
        self._y = MARGIN_NM + 4 * NM_PER_MM
        self._paper.text((MARGIN_NM, self._y), self._words("title"), 14, BOLD)
        self._paper.text((right, self._y), self._ticket.job, 11, CODE, "right")
        self._y += 2 * NM_PER_MM
        self._paper.line((MARGIN_NM, self._y), (right, self._y), 200_000)

    def _end(self) -> None:
        words = words_in(self._words.language)
        foot = _PAGE[1] - MARGIN_NM
        scale_bar(self._paper, (MARGIN_NM, foot), words)
        page = words("page", page=self._paper.pages + 1)
        self._paper.text((MARGIN_NM + _WIDTH_NM, foot), page, 7, PLAIN, "right")
        self._paper.next_page()

    def _need(self, height_nm: int) -> None:
        """Go to the next page where that much does not fit on this one."""
        if self._y + height_nm > _PAGE[1] - MARGIN_NM - _FOOT_NM:
            self._end()
            self._begin()

    def _title(self, text: str, with_nm: int) -> None:
        """Write the title of a section, on one page with what comes next."""
        self._need(8 * NM_PER_MM + with_nm)
        self._y += 7 * NM_PER_MM
        self._paper.text((MARGIN_NM, self._y), text, 10, BOLD)
        self._y += 1_200_000

    # -- sections ----------------------------------------------------------------------------

    def _section(self, section: Section) -> None:
        self._title(section.title, 2 * _STEP_NM)
        for row in section.rows:
            self._row(row)

    def _row(self, row: Row) -> None:
        left, size = MARGIN_NM + _LABEL_NM, _CODE_SIZE if row.is_code else _SIZE
        font = CODE if row.is_code else PLAIN
        room = _WIDTH_NM - _LABEL_NM
        lines = [part for line in row.lines for part in wrapped(line, room, size, font)]
        label = wrapped(row.label, _LABEL_NM - NM_PER_MM, _SIZE)
        self._need(max(len(lines), len(label)) * _STEP_NM)
        top = self._y
        for number, text in enumerate(label, start=1):
            self._paper.text((MARGIN_NM, top + number * _STEP_NM), text, _SIZE)
        for text in lines:
            self._y += _STEP_NM
            self._paper.text((left, self._y), text, size, font)
        self._y = top + max(len(lines), len(label)) * _STEP_NM

    # -- pictures ----------------------------------------------------------------------------

    def _pictures(self, made: Engraved) -> None:
        """Draw the mark at its size and larger, beside one another or below."""
        true = _first(made, (Fraction(1),))
        both = (true, _first(made, _LARGER)) if true else (_first(made, _SMALLER),)
        shown = [picture for picture in both if picture is not None]
        if not shown:
            return
        title = self._words("section.picture", row=made.row)
        if not self._ticket.is_drawn:
            title = f"{title} ({self._words('picture.machine')})"
        is_beside = sum(p.width_nm for p in shown) + _GAP_NM * len(shown) <= _WIDTH_NM
        heights = [_CAPTION_NM + picture.height_nm for picture in shown]
        self._title(title, max(heights) if is_beside else heights[0])
        left, top = MARGIN_NM, self._y
        for picture, height in zip(shown, heights, strict=True):
            if not is_beside:
                self._need(height)
                top = self._y
            self._picture(picture, made.tool_nm, left, top)
            self._y = max(self._y, top + height)
            left += (picture.width_nm + _GAP_NM) * is_beside

    def _picture(self, picture: _Picture, tool_nm: int, left: int, top: int) -> None:
        scale, y = picture.scale, top + _CAPTION_NM
        caption = f"{scale.numerator}:{scale.denominator}"
        self._paper.text((left, y - 2 * NM_PER_MM), caption, _SIZE, BOLD)
        for strip in picture.strips:
            at = left - int(strip.box[0] * scale), y - int(strip.box[1] * scale)
            self._paper.engrave(strip.parts, tool_nm, at, float(scale))
            y += int(strip.height_nm * scale) + _STRIP_GAP_NM

    # -- what is filled in -------------------------------------------------------------------

    def _result(self) -> None:
        rows = -(-len(RESULTS) // _IN_A_ROW)
        self._title(self._words("section.result"), rows * _BOX_NM + 2 * NM_PER_MM)
        self._y += NM_PER_MM
        wide = _WIDTH_NM // _IN_A_ROW
        for number, name in enumerate(RESULTS):
            down, across = divmod(number, _IN_A_ROW)
            left, top = MARGIN_NM + across * wide, self._y + down * _BOX_NM
            right, bottom = left + wide, top + _BOX_NM
            ring = ((left, top), (right, top), (right, bottom), (left, bottom))
            self._paper.ring(ring, 150_000)
            label = self._words(f"result.{name}")
            self._paper.text((left + NM_PER_MM, top + 3 * NM_PER_MM), label, 7)
        self._y += rows * _BOX_NM

    def _rules(self) -> None:
        rules = list(self._rule_lines())
        self._title(self._words("section.rules"), len(rules) * _STEP_NM)
        for text, is_first in rules:
            self._y += _STEP_NM
            indent = 0 if is_first else 4 * NM_PER_MM
            self._paper.text((MARGIN_NM + indent, self._y), text, _SIZE)

    def _rule_lines(self) -> Iterator[tuple[str, bool]]:
        for number in range(1, RULES + 1):
            text = f"{number}. {self._words(f'rule.{number}')}"
            for at, line in enumerate(wrapped(text, _WIDTH_NM - 4 * NM_PER_MM, _SIZE)):
                yield line, at == 0


def _first(made: Engraved, scales: Sequence[Fraction]) -> _Picture | None:
    """Return the mark at the first scale that the page allows."""
    pictures = (_strips(made, scale) for scale in scales)
    return next((picture for picture in pictures if picture is not None), None)


def _strips(made: Engraved, scale: Fraction) -> _Picture | None:
    """Return a mark in pieces that fit the width of the page, cut where nothing is marked.

    None where no such cut can be found, where the mark has several lines, which nobody could read
    in pieces, or where the pieces are higher together than the page allows.
    """
    room = _WIDTH_NM // scale
    placed = [(part, box) for part in made.parts if (box := part.box(made.tool_nm)) is not None]
    strips: list[_Strip] = []
    for piece in _pieces(placed):
        if strips and piece.box[2] - strips[-1].box[0] <= room:
            strips[-1] = strips[-1].with_piece(piece)
        else:
            strips.append(piece)
    picture = _Picture(scale, tuple(strips))
    fits = picture.width_nm <= _WIDTH_NM and picture.height_nm <= _MOST_PICTURE_NM
    is_readable = len(strips) == 1 or (strips and max(part.line for part in made.parts) <= 1)
    return picture if fits and is_readable else None


def _pieces(placed: Sequence[tuple[Part, Box]]) -> Iterator[_Strip]:
    """Yield what stands over or under one another together, from left to right."""
    parts: list[Part] = []
    bounds: Box | None = None
    for part, box in sorted(placed, key=lambda item: item[1][0]):
        if bounds is not None and box[0] > bounds[2]:
            yield _Strip(tuple(parts), bounds)
            parts, bounds = [], None
        parts.append(part)
        bounds = box if bounds is None else _union(bounds, box)
    if bounds is not None:
        yield _Strip(tuple(parts), bounds)


def _union(one: Box, other: Box) -> Box:
    lefts, tops, rights, bottoms = zip(one, other, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
