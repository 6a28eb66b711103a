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

from markcode.engraving.plate import TEXT, Engraved, Part, Path, Point, box_of, shift_by
from markcode.engraving.travel import order_many, order_strokes_many, walked

__all__ = ["ORDERS", "Ordering"]

ORDERS = ("short", "rows")
"""Short ways; or rows from the top, each from the left."""
_MOST = 1 << 14
"""Characters whose order is remembered."""
_Item = TypeVar("_Item")
_Order = TypeVar("_Order")


class Ordering:
    """Puts the parts of marks into order.

    The result for a mark depends neither on the others nor on those before.
    """

    def __init__(self, order: str = "short") -> None:
        self._is_short = order == "short"
        self._points = _Known(order_many)
        self._lines = _Known(order_strokes_many)

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
        found = list(parts)
        many = [at for at, part in enumerate(parts) if _has_choice(part)]
        if not many:
            return found
        some = [parts[at] for at in many]
        kept = [part.layer == TEXT for part in some]
        areas, lines, dots, begins = zip(
            *[_from_corner(parts[at], starts[at]) for at in many], strict=True
        )
        made = zip(
            many,
            some,
            self._points.of(areas, begins, kept),
            self._lines.of(lines, begins, kept),
            self._points.of(dots, begins, kept),
            strict=True,
        )
        for at, part, areas_order, visits, dots_order in made:
            found[at] = replace(
                part,
                areas=tuple([part.areas[number] for number in areas_order]),
                lines=tuple(map(tuple, walked(part.lines, visits))),
                dots=tuple([part.dots[number] for number in dots_order]),
            )
        return found


def _from_corner(part: Part, start: Point) -> tuple[Path, tuple[Path, ...], Path, Point]:
    """Return the middles of areas, the lines, the dots and the start as seen from the corner."""
    x, y = _corner(part)
    shift = shift_by(-x, -y)
    middles = tuple(map(_middle, part.areas))
    return (
        shift(middles),
        tuple(map(shift, part.lines)),
        shift(part.dots),
        (start[0] - x, start[1] - y),
    )


def _has_choice(part: Part) -> bool:
    """Return whether there is more than one of anything."""
    return max(len(part.areas), len(part.lines), len(part.dots)) > 1


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


class _Known(Generic[_Item, _Order]):
    """Finds orders, many at once, and remembers those of characters."""

    def __init__(
        self, find: Callable[[Sequence[Sequence[_Item]], Sequence[Point]], list[list[_Order]]]
    ) -> None:
        self._find = find
        self._known: dict[tuple[tuple[_Item, ...], Point], list[_Order]] = {}

    def of(
        self, given: Sequence[tuple[_Item, ...]], starts: Sequence[Point], kept: Sequence[bool]
    ) -> list[list[_Order]]:
        """Return the order of each of those given; those kept are remembered."""
        keys = list(zip(given, starts, strict=True))
        once = {key: at for at, key in enumerate(keys) if kept[at] and key not in self._known}
        asked = [*once.values(), *(at for at, is_kept in enumerate(kept) if not is_kept)]
        made = self._find([given[at] for at in asked], [starts[at] for at in asked])
        new = dict(zip(once, made, strict=False))
        others = dict(zip(asked[len(once) :], made[len(once) :], strict=True))
        found = [
            others[at] if at in others else new[key] if key in new else self._known[key]
            for at, key in enumerate(keys)
        ]
        if len(self._known) + len(new) > _MOST:
            self._known = {}
        self._known.update(new)
        return found


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
