"""Dimension lines, as in a technical drawing: arrows, extension lines, and the length.

Texts are upright, in single strokes; letters are capitals, for there are no others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from markcode.engraving.fonts import font
from markcode.engraving.plate import Point
from markcode.engraving.scene import Fill, Line
from markcode.symbols.glyphs import is_drawable

__all__ = ["Draughtsman", "Span"]

_FONT = font("stroke")
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Span:
    """A length between two places on an axis, ``text`` beside it.

    ``reach`` is where the extension lines begin, ``at`` where the dimension line lies, both on the
    other axis. ``outside`` is the side for the text if there is too little room between: -1 before
    the first place, 1 after the second.
    """

    first: int
    last: int
    reach: int
    at: int
    text: str
    outside: int = 1


@dataclass(frozen=True)
class Draughtsman:
    """Draws dimensions whose texts are ``height`` high, in nanometres."""

    height: int
    colour: str

    @property
    def arrow(self) -> int:
        """Length of an arrowhead."""
        return self.height * 7 // 10

    @property
    def _pen(self) -> int:
        return max(1, self.height // 12)

    def width(self, text: str) -> int:
        """Return how wide a text is."""
        units = sum(
            _FONT.space if char == " " else _FONT.width(char, None) for char in drawable(text)
        )
        units += _FONT.spacing * max(0, len(text) - 1)
        return units * self.height // _FONT.em

    def text(self, text: str, at: Point, anchor: Anchor = "start") -> Iterator[Line]:
        """Yield a text; ``at`` is the middle of its height, at its start, middle or end."""
        shift = {"start": 0, "middle": self.width(text) // 2, "end": self.width(text)}[anchor]
        x, y = at[0] - shift, at[1] - self.height // 2
        for char in drawable(text):
            wide = _FONT.space
            if char != " ":
                wide = _FONT.width(char, None)
                for stroke in _FONT.shape(char, None, self.height).strokes:
                    points = tuple((x + dx, y + dy) for dx, dy in stroke)
                    yield Line(points, self._pen, self.colour)
            x += (wide + _FONT.spacing) * self.height // _FONT.em

    def across(self, span: Span) -> Iterator[Fill | Line]:
        """Yield the dimension of a width; the text stands above the line."""
        yield from self._arrows(span, lambda along, off: (along, off))
        wide, at = self.width(span.text), (span.first + span.last) // 2
        above = span.at - self.height
        if wide <= span.last - span.first:
            yield from self.text(span.text, (at, above), "middle")
        elif span.outside > 0:
            yield from self.text(span.text, (span.last + self.arrow, above))
        else:
            yield from self.text(span.text, (span.first - self.arrow, above), "end")

    def down(self, span: Span) -> Iterator[Fill | Line]:
        """Yield the dimension of a height; the text stands on the side away from the mark."""
        yield from self._arrows(span, lambda along, off: (off, along))
        sign = 1 if span.at > span.reach else -1
        anchor: Anchor = "start" if sign > 0 else "end"
        x, y = span.at + sign * self.height // 2, (span.first + span.last) // 2
        if 3 * self.height > 2 * (span.last - span.first):
            beyond = 2 * self.arrow
            y = span.last + beyond if span.outside > 0 else span.first - beyond
        yield from self.text(span.text, (x, y), anchor)

    def _arrows(self, span: Span, place: Callable[[int, int], Point]) -> Iterator[Fill | Line]:
        """Yield extension lines, dimension line and arrowheads; ``place`` is (along, off) -> x, y.

        Where there is no room between, the arrows come from outside.
        """
        over = self.height // 2 if span.at > span.reach else -self.height // 2
        for along in (span.first, span.last):
            ends = place(along, span.reach), place(along, span.at + over)
            yield Line(ends, self._pen // 2, self.colour)
        inwards = span.last - span.first < 3 * self.arrow
        tail = 2 * self.arrow if inwards else 0
        ends = place(span.first - tail, span.at), place(span.last + tail, span.at)
        yield Line(ends, self._pen // 2, self.colour)
        for tip, way in ((span.first, 1), (span.last, -1)):
            back = tip + (way if not inwards else -way) * self.arrow
            half = self.arrow // 5
            corners = (
                place(tip, span.at),
                place(back, span.at - half),
                place(back, span.at + half),
            )
            yield Fill((corners,), self.colour)


def drawable(text: str) -> str:
    """Return a text in capitals, with a point for what there is no letter of."""
    return "".join(char if is_drawable(char) else "." for char in text.upper())
