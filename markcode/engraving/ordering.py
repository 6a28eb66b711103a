"""The order in which the parts of a mark are made, so that the tool travels little.

Marks keep the order of the table, and the parts of a mark that of reading: characters line after
line, then the symbol, so that an operator can follow, and what is missing of a mark that was
stopped is its end. Within a part, dots, strokes and areas are put into a short order that begins
near the end of the part before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from markcode.engraving.plate import TEXT, Engraved, Part, Path, Point, box_of
from markcode.engraving.travel import order_many

__all__ = ["ORDERS", "Ordering"]

ORDERS = ("short", "rows")
"""Short ways; or rows from the top, each from the left."""
_MOST = 1 << 16
"""Characters of which the order is remembered."""
_Places = tuple[Point, ...]


class Ordering:
    """Puts the parts of marks into a short order; what was found for a character is remembered.

    The result for a mark does not depend on the others, nor on those before.
    """

    def __init__(self, order: str = "short") -> None:
        self._is_short = order == "short"
        self._known: dict[tuple[_Places, Point], list[int]] = {}

    def ordered(self, marks: Sequence[Engraved]) -> list[Engraved]:
        """Return the marks with the dots, strokes and areas of each part in order.

        Many marks at a time take much less time than one by one.
        """
        if not self._is_short:
            return list(marks)
        parts: list[list[Part]] = [[] for _ in marks]
        ends: list[Point] = [(0, mark.height_nm) for mark in marks]
        for number in range(max((len(mark.parts) for mark in marks), default=0)):
            have = [at for at, mark in enumerate(marks) if number < len(mark.parts)]
            found = self._parts([marks[at].parts[number] for at in have], [ends[at] for at in have])
            for at, part in zip(have, found, strict=True):
                parts[at].append(part)
                ends[at] = _end(part, ends[at])
        return [replace(mark, parts=tuple(own)) for mark, own in zip(marks, parts, strict=True)]

    def _parts(self, parts: Sequence[Part], starts: Sequence[Point]) -> list[Part]:
        """Return parts in order, each of which is made coming from its start."""
        dots = self._orders([part.dots for part in parts], parts, starts)
        areas = self._orders([_middles(part) for part in parts], parts, starts)
        return [
            replace(
                part,
                dots=tuple(part.dots[at] for at in dot_order),
                areas=tuple(part.areas[at] for at in area_order),
                lines=_lines(part, start),
            )
            for part, start, dot_order, area_order in zip(parts, starts, dots, areas, strict=True)
        ]

    def _orders(
        self, places: Sequence[_Places], parts: Sequence[Part], starts: Sequence[Point]
    ) -> list[Sequence[int]]:
        """Return the order of the places of each part."""
        found: list[Sequence[int]] = [range(len(own)) for own in places]
        many = [at for at, own in enumerate(places) if len(own) > 1]
        keys = {at: _key(places[at], starts[at]) for at in many if parts[at].layer == TEXT}
        texts = {key: at for at, key in keys.items() if key not in self._known}
        symbols = [at for at in many if at not in keys]
        asked = [*texts.values(), *symbols]
        if asked:
            made = order_many([places[at] for at in asked], [starts[at] for at in asked])
            if len(self._known) + len(texts) > _MOST:
                self._known.clear()
            self._known.update(zip(texts, made, strict=False))
            found_new = dict(zip(asked, made, strict=True))
        for at in many:
            found[at] = self._known[keys[at]] if at in keys else found_new[at]
        return found


def _key(places: _Places, start: Point) -> tuple[_Places, Point]:
    """Return what the order depends on: where everything is, seen from the first place."""
    left, top = places[0]
    return tuple((x - left, y - top) for x, y in places), (start[0] - left, start[1] - top)


def _middles(part: Part) -> _Places:
    boxes = (box_of(tuple(point for ring in area for point in ring), 0) for area in part.areas)
    return tuple(((left + right) // 2, (top + base) // 2) for left, top, right, base in boxes)


def _lines(part: Part, start: Point) -> tuple[Path, ...]:
    if len(part.lines) < 2:
        return part.lines
    return part.lines


def _end(part: Part, start: Point) -> Point:
    """Return where the tool is when the part is made."""
    if part.dots:
        return part.dots[-1]
    if part.lines:
        return part.lines[-1][-1]
    return part.areas[-1][-1][0] if part.areas else start
