"""The order in which the parts of a mark are made, so that the tool travels little.

Marks keep the order of the table, and characters that of reading, line after line, so that an
operator can follow, and what a stopped mark lacks is its end. The symbol comes first where it is
nearer to the corner at which the mark begins than the text is, else last. Within a part, dots,
strokes and areas are put into an order of short ways, which begins at the end of the part before;
the first part begins at the lower left corner of the mark.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Generic, TypeVar

from markcode.engraving.plate import TEXT, Engraved, Part, Path, Point, box_of
from markcode.engraving.travel import order_many, order_strokes_many, walked

__all__ = ["ORDERS", "Ordering"]

ORDERS = ("short", "rows")
"""Short ways; or rows from the top, each from the left."""
_MOST = 1 << 14
"""Characters whose order is remembered."""
_Item = TypeVar("_Item")


class Ordering:
    """Puts the parts of marks into order.

    The result for a mark depends neither on the others nor on those before.
    """

    def __init__(self, order: str = "short") -> None:
        self._is_short = order == "short"
        self._dots = _Known(_ordered_dots)
        self._lines = _Known(_ordered_lines)
        self._areas = _Known(_ordered_areas)

    def ordered(self, marks: Sequence[Engraved]) -> list[Engraved]:
        """Return the marks with the dots, strokes and areas of each part in order.

        Some hundreds of marks at a time take much less time than one by one.
        """
        if not self._is_short:
            return list(marks)
        marks = [_nearest_first(mark) for mark in marks]
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
        """Return parts in order, each made coming from its start."""
        corners = [_corner(part) for part in parts]
        own = [part.moved(-x, -y) for part, (x, y) in zip(parts, corners, strict=True)]
        begins = [(x - u, y - v) for (x, y), (u, v) in zip(starts, corners, strict=True)]
        kept = [part.layer == TEXT for part in parts]
        made = zip(
            own,
            corners,
            self._areas.of([part.areas for part in own], begins, kept),
            self._lines.of([part.lines for part in own], begins, kept),
            self._dots.of([part.dots for part in own], begins, kept),
            strict=True,
        )
        return [
            replace(part, areas=areas, lines=lines, dots=dots).moved(*corner)
            for part, corner, areas, lines, dots in made
        ]


def _nearest_first(mark: Engraved) -> Engraved:
    """Return a mark whose symbol comes first if it is nearer to the lower left corner."""
    texts = tuple(part for part in mark.parts if part.layer == TEXT)
    symbols = tuple(part for part in mark.parts if part.layer != TEXT)
    if not texts or not symbols or _away(symbols[0], mark) >= _away(texts[0], mark):
        return mark
    return replace(mark, parts=(*symbols, *texts))


def _away(part: Part, mark: Engraved) -> int:
    """Return how far a part is from the lower left corner of the mark, squared."""
    box = part.box(0)
    return 0 if box is None else box[0] ** 2 + (mark.height_nm - box[3]) ** 2


class _Known(Generic[_Item]):
    """Finds orders, many at once, and remembers those of characters."""

    def __init__(
        self,
        find: Callable[[Sequence[tuple[_Item, ...]], Sequence[Point]], list[tuple[_Item, ...]]],
    ) -> None:
        self._find = find
        self._known: dict[tuple[tuple[_Item, ...], Point], tuple[_Item, ...]] = {}

    def of(
        self, given: Sequence[tuple[_Item, ...]], starts: Sequence[Point], kept: Sequence[bool]
    ) -> list[tuple[_Item, ...]]:
        """Return each of those given in order."""
        found = list(given)
        keys = dict(enumerate(zip(given, starts, strict=True)))
        keys = {at: key for at, key in keys.items() if len(key[0]) > 1}
        once = {key: at for at, key in keys.items() if kept[at] and key not in self._known}
        asked = [*once.values(), *(at for at in keys if not kept[at])]
        made = self._find([given[at] for at in asked], [starts[at] for at in asked])
        new = dict(zip(once, made, strict=False))
        for at, key in keys.items():
            if kept[at]:
                found[at] = new[key] if key in new else self._known[key]
        for at, order in zip(asked[len(once) :], made[len(once) :], strict=True):
            found[at] = order
        if len(self._known) + len(new) > _MOST:
            self._known = {}
        self._known.update(new)
        return found


def _ordered_dots(
    batch: Sequence[tuple[Point, ...]], starts: Sequence[Point]
) -> list[tuple[Point, ...]]:
    orders = order_many(batch, starts)
    return [tuple(dots[at] for at in order) for dots, order in zip(batch, orders, strict=True)]


def _ordered_lines(
    batch: Sequence[tuple[Path, ...]], starts: Sequence[Point]
) -> list[tuple[Path, ...]]:
    orders = order_strokes_many(batch, starts)
    return [
        tuple(map(tuple, walked(lines, visits)))
        for lines, visits in zip(batch, orders, strict=True)
    ]


def _ordered_areas(
    batch: Sequence[tuple[tuple[Path, ...], ...]], starts: Sequence[Point]
) -> list[tuple[tuple[Path, ...], ...]]:
    orders = order_many([[_middle(area) for area in areas] for areas in batch], starts)
    return [tuple(areas[at] for at in order) for areas, order in zip(batch, orders, strict=True)]


def _middle(area: tuple[Path, ...]) -> Point:
    left, top, right, base = box_of(tuple(point for ring in area for point in ring), 0)
    return (left + right) // 2, (top + base) // 2


def _corner(part: Part) -> Point:
    """Return a place that moves with the part, from which its places are counted."""
    if part.dots:
        return part.dots[0]
    if part.lines:
        return part.lines[0][0]
    return part.areas[0][0][0] if part.areas else (0, 0)


def _end(part: Part, start: Point) -> Point:
    """Return where the tool is when the part is made; of areas, a corner of the last."""
    if part.dots:
        return part.dots[-1]
    if part.lines:
        return part.lines[-1][-1]
    return part.areas[-1][-1][0] if part.areas else start
