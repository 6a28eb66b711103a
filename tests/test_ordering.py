"""The order in which the parts of a mark are made."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markcode.engraving.ordering import Ordering
from markcode.engraving.plate import DM, TEXT, Engraved, Part, Path, Point
from plates import drawn_marks, plate

POINT: st.SearchStrategy[Point] = st.tuples(*[st.integers(0, 3_000)] * 2)
STYLES = (
    {"text": "dots-5x7", "cells": "dots"},
    {"text": "dots-9x13", "cells": "cells"},
    {"text": "stroke", "cells": "dots"},
    {"text": "outline", "cells": "cells"},
)


def laid_out(style: dict[str, str], count: int = 3) -> list[Engraved]:
    return [plate("hpgl", style, [mark]).marks[0] for mark in drawn_marks("datamatrix", count)]


def travelled(mark: Engraved) -> float:
    """Return the way from the lower left corner to and between dots and lines."""
    here: Point = (0, mark.height_nm)
    way = 0.0
    for part in mark.parts:
        for line in [*part.lines, *((dot,) for dot in part.dots)]:
            way += math.dist(here, line[0])
            here = line[-1]
    return way


def undirected(line: Path) -> tuple[Point, ...]:
    """Return a line that is the same whichever way it is walked, and wherever a ring begins."""
    return tuple(sorted(set(line)))


@pytest.mark.parametrize("style", STYLES)
def test_the_same_is_made_part_by_part_in_the_order_of_reading(style: dict[str, str]) -> None:
    for before, after in zip(laid_out(style), Ordering().ordered(laid_out(style)), strict=True):
        assert before.parts[-1].name == after.parts[0].name == "datamatrix"
        again = (*after.parts[1:], after.parts[0])
        assert [part.name for part in before.parts] == [part.name for part in again]
        for one, other in zip(before.parts, again, strict=True):
            assert sorted(one.dots) == sorted(other.dots)
            assert sorted(one.areas) == sorted(other.areas)
            assert sorted(map(undirected, one.lines)) == sorted(map(undirected, other.lines))
        assert (before.row, before.quiet, before.box()) == (after.row, after.quiet, after.box())


@pytest.mark.parametrize("style", STYLES[:3])
def test_ways_get_shorter(style: dict[str, str]) -> None:
    for before, after in zip(laid_out(style), Ordering().ordered(laid_out(style)), strict=True):
        assert travelled(after) < 0.85 * travelled(before)


def test_a_part_begins_near_the_end_of_the_part_before() -> None:
    """A row of dots is struck from whichever side is nearer."""
    row = tuple((x * 100, 0) for x in range(5))
    parts = [Part(TEXT, "-", dots=row).moved(number * 600, 0) for number in range(3)]
    parts.append(Part(DM, "datamatrix", dots=row).moved(0, -300))
    (made,) = Ordering().ordered([Engraved(2, 3_000, 1_000, tuple(parts), 0)])
    starts = [(part.dots[0][0], part.dots[-1][0]) for part in made.parts]
    assert starts == [(0, 400), (600, 1_000), (1_200, 1_600), (400, 0)]


@pytest.mark.parametrize(("left", "is_first"), [(0, True), (2_900, False)])
def test_the_symbol_comes_first_where_it_is_nearer(left: int, is_first: bool) -> None:
    text = Part(TEXT, "-", dots=((1_000, 500), (1_100, 500)))
    symbol = Part(DM, "datamatrix", dots=((left, 900), (left, 500)))
    (made,) = Ordering().ordered([Engraved(2, 3_000, 1_000, (text, symbol), 0)])
    assert [part.layer for part in made.parts] == ([DM, TEXT] if is_first else [TEXT, DM])


def test_rows_are_left_as_they_are_laid_out() -> None:
    marks = laid_out(STYLES[0])
    assert Ordering("rows").ordered(marks) == marks


@given(st.lists(st.lists(POINT, unique=True, max_size=8), min_size=1, max_size=4), st.data())
def test_a_mark_is_ordered_the_same_wherever_it_stands(
    batch: list[list[Point]], data: st.DataObject
) -> None:
    layers = [data.draw(st.sampled_from([TEXT, DM])) for _ in batch]
    parts = tuple(
        Part(layer, "A", dots=tuple(dots)) for layer, dots in zip(layers, batch, strict=True)
    )
    mark = Engraved(2, 3_000, 3_000, parts, 0)
    other = Engraved(3, 3_000, 3_000, parts[::-1], 0)
    alone = Ordering().ordered([mark])
    known = Ordering()
    assert known.ordered([other, mark])[1:] == alone
    assert known.ordered([mark, other, mark])[::2] == alone * 2


def test_what_is_remembered_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("markcode.engraving.ordering._MOST", 2)
    ordering = Ordering()
    for number in range(6):
        part = Part(TEXT, "-", dots=((0, 0), (100 + number, 0), (50, 70)))
        made = ordering.ordered([Engraved(2, 200, 100, (part,), 0)])
        assert sorted(made[0].parts[0].dots) == sorted(part.dots)
        assert len(ordering._points._known) <= 2
