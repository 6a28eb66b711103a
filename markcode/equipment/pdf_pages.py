"""Pages for people, filled with marks one after another: what ``pdf-proof`` and ``pdf-scan`` share.

The files stand in the folder ``sheets``, numbered from 1, and hold as many pages as the setting
``pages`` says; no more than that is kept in memory. Every page has a head that names the format and
counts, and a bar of 50 mm that shows whether it was printed at its true size.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

from markcode.equipment.drawings import undrawable
from markcode.equipment.mark import NO_FILES, Mark, Rendered, refuse_values
from markcode.equipment.paper import BOLD, HAIRLINE_NM, PAGES, PLAIN, Paper, text_width
from markcode.equipment.setup import Setup
from markcode.equipment.sheets import file_name
from markcode.errors import SymbolError
from markcode.lengths import NM_PER_MM
from markcode.words import Words

__all__ = ["MARGIN_NM", "LineUp", "PageWriter", "profile_text", "scale_bar", "words_in", "wrapped"]

Item = TypeVar("Item")
"""What is kept of a mark until its page is full."""

MARGIN_NM = 12 * NM_PER_MM
_HEAD_NM, _FOOT_NM = 21 * NM_PER_MM, 9 * NM_PER_MM
_BAR_MM = 50
_RULE_NM = 200_000


def words_in(language: str) -> Words:
    """Return the words of the pages."""
    return Words(language, "markcode.equipment")


class PageWriter(ABC, Generic[Item]):
    """Fills pages from top to bottom; ``kind`` is ``proof`` or ``scan``."""

    has_file = True
    heads: Mapping[str, bytes] = NO_FILES
    is_columnar = False

    def __init__(self, setup: Setup, kind: str) -> None:
        self._setup, self._kind = setup, kind
        self.words = words_in(setup.language)
        self._size = PAGES[setup.settings["page"]]
        self._most = setup.settings["pages"]
        self._paper = self._sheet()
        self._items: list[Item] = []
        self._rows: list[int] = []
        self._files = self._pages = self._marks = 0

    @abstractmethod
    def item(self, mark: Mark) -> Item:
        """Return what a page shows of a mark. Raises `SymbolError` or `InvalidMark`."""

    @abstractmethod
    def fits(self, items: Sequence[Item]) -> bool:
        """Return whether there is room for the items on one page."""

    @abstractmethod
    def too_large(self, item: Item) -> str:
        """Return why an item does not fit a page by itself."""

    @abstractmethod
    def draw(self, paper: Paper, items: Sequence[Item]) -> None:
        """Draw the items of a page, within `left`, `top`, `width` and `height`."""

    @property
    def left(self) -> int:
        """The left edge of the room for items."""
        return MARGIN_NM

    @property
    def top(self) -> int:
        """The upper edge of the room for items."""
        return MARGIN_NM + _HEAD_NM

    @property
    def width(self) -> int:
        """The width of the room for items."""
        return self._size[0] - 2 * MARGIN_NM

    @property
    def height(self) -> int:
        """The height of the room for items."""
        return self._size[1] - 2 * MARGIN_NM - _HEAD_NM - _FOOT_NM

    def render(self, mark: Mark) -> Rendered:
        """Return what a page will show of the mark. Raises `InvalidMark`."""
        refuse_values(self._setup, mark)
        try:
            item = self.item(mark)
            if not self.fits([item]):
                raise SymbolError(self.too_large(item))
        except SymbolError as fault:
            raise undrawable(self._setup.name, mark, fault) from fault
        return Rendered(made=item)

    def collect(self, mark: Mark, rendered: Rendered) -> Rendered:
        """Return the name of the file that shows the mark, and the file before if it is full."""
        full = None
        if self._items and not self.fits([*self._items, rendered.made]):
            self._end_page()
            full = self._end_file() if self._paper.pages == self._most else None
        self._items.append(rendered.made)
        self._rows.append(mark.row)
        return Rendered(name=file_name(self._files + 1, "pdf"), file=full)

    def finish(self) -> Rendered:
        """Return the last file, if there are marks for it."""
        if self._items:
            self._end_page()
        return Rendered(file=self._end_file() if self._paper.pages else None)

    def _end_file(self) -> tuple[str, bytes]:
        self._files += 1
        made = file_name(self._files, "pdf"), self._paper.content()
        self._paper = self._sheet()
        return made

    def _sheet(self) -> Paper:
        return Paper(self._size, self.words(self._kind))

    def _end_page(self) -> None:
        self._pages += 1
        self._head()
        self.draw(self._paper, self._items)
        foot = self._size[1] - MARGIN_NM
        scale_bar(self._paper, (self.left, foot), self.words)
        self._paper.next_page()
        self._items.clear()
        self._rows.clear()

    def _head(self) -> None:
        paper, right = self._paper, self.left + self.width
        y = MARGIN_NM + 4 * NM_PER_MM
        paper.text((self.left, y), self.words(self._kind), 14, BOLD)
        page = self.words("page", page=self._pages)
        paper.text((right, y), page, 10, PLAIN, "right")
        first, self._marks = self._marks + 1, self._marks + len(self._items)
        counts = self.words(
            "counts",
            rows=_span(self._rows[0], self._rows[-1]),
            marks=_span(first, self._marks),
        )
        y += 5 * NM_PER_MM
        room = self.width - text_width(counts, 9) - 4 * NM_PER_MM
        said = profile_text(self._setup.profile, self._setup.event, self.words)
        paper.text((self.left, y), cut(said, room, 9), 9)
        paper.text((right, y), counts, 9, PLAIN, "right")
        for line in wrapped(self.words(f"{self._kind}.note"), self.width, 8)[:2]:
            y += 3_600_000
            paper.text((self.left, y), line, 8)
        y = MARGIN_NM + _HEAD_NM - 2 * NM_PER_MM
        paper.line((self.left, y), (right, y), _RULE_NM)


class LineUp:
    """Text in lines, each below the one before."""

    def __init__(self, paper: Paper, left: int, top: int) -> None:
        self._paper, self._left, self.y = paper, left, top

    def line(self, text: str, size: float, font: str, step_nm: int) -> None:
        """Write a line and go on below it."""
        self.y += step_nm
        self._paper.text((self._left, self.y), text, size, font)


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def profile_text(profile: Mapping[str, Any], event: str, words: Words) -> str:
    """Return a profile on one line: format, event, check and options."""
    parts = [profile["format"], event] if profile else [event]
    if profile.get("check"):
        parts.append(words(f"check.{profile['check_over']}", name=profile["check"]))
    parts += [f"{name}={value}" for name, value in profile.get("options", {}).items()]
    return ", ".join(part for part in parts if part)


def scale_bar(paper: Paper, at: tuple[int, int], words: Words) -> None:
    """Draw a bar of 50 mm with a tick every 10 mm, whose left end stands at a place."""
    x, y = at
    end, wide = x + _BAR_MM * NM_PER_MM, 2 * HAIRLINE_NM
    paper.line((x, y), (end, y), wide)
    for tick in range(0, _BAR_MM + 1, 10):
        tall = 2 * NM_PER_MM if tick % _BAR_MM == 0 else NM_PER_MM
        # Those at the ends stand within the 50 mm.
        place = min(max(x + tick * NM_PER_MM, x + wide // 2), end - wide // 2)
        paper.line((place, y - tall), (place, y), wide)
    paper.text((x + (_BAR_MM + 3) * NM_PER_MM, y), words("scale"), 7)


def cut(text: str, room_nm: int, size: float, font: str = PLAIN) -> str:
    """Return the text, its end replaced by ``...`` where it is too long for the room."""
    if text_width(text, size, font) <= room_nm:
        return text
    while text and text_width(f"{text}...", size, font) > room_nm:
        text = text[:-1]
    return f"{text}..."


@lru_cache(maxsize=4096)
def wrapped(text: str, room_nm: int, size: float, font: str = PLAIN) -> tuple[str, ...]:
    """Return the text in lines that fit the room; a word longer than a line is split."""
    lines, line = list[str](), ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if text_width(longer, size, font) <= room_nm:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while text_width(line, size, font) > room_nm:
            fit = _fit(line, room_nm, size, font)
            lines.append(line[:fit])
            line = line[fit:]
    return (*lines, line)


def _fit(text: str, room_nm: int, size: float, font: str) -> int:
    """Return how many characters fit the room; at least one."""
    fit = len(text)
    while fit > 1 and text_width(text[:fit], size, font) > room_nm:
        fit -= 1
    return fit
