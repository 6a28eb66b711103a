"""Areas filled with lines: the tool stays within the area, and comes everywhere."""

from __future__ import annotations

import itertools
import math
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markcode.engraving.contours import circle, contours, disc, reached, tips
from markcode.engraving.fonts import font
from markcode.engraving.hatching import Area, hatched
from markcode.engraving.plate import TEXT, Engraved, Part, Path, Point
from markcode.engraving.toolpath import Tooling, tool_path
from markcode.symbols import make
from markcode.symbols.drawing import outlines
from markcode.symbols.emblems import emblem

STAIRS: Area = (
    ((0, 0), (1_000, 0), (1_000, 300), (850, 300), (850, 700), (150, 700), (150, 300), (0, 300)),
)
SHAPES: dict[str, tuple[Area, int]] = {
    **{char: (font("outline").shape(char, None, 16_000).rings, 1_000) for char in "A8OS/#"},
    "stairs": (STAIRS, 100),
    "symbol": (outlines(make("datamatrix", "KE001"), 1_000), 250),
}


def enlarged(name: str) -> tuple[Area, int]:
    """Return a shape of millimetres, and the width of the tool."""
    area, tool = SHAPES[name]
    return tuple(tuple((x * 1_000, y * 1_000) for x, y in ring) for ring in area), tool * 1_000


def from_edge(area: Area, x: float, y: float) -> float:
    """Return how far a place is from the nearest edge of an area."""
    return min(
        to_line(*side, x, y) for ring in area for side in itertools.pairwise((*ring, ring[0]))
    )


def to_line(start: Point, end: Point, x: float, y: float) -> float:
    """Return how far a place is from a straight line."""
    (x0, y0), (x1, y1) = start, end
    dx, dy = x1 - x0, y1 - y0
    along = ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy or 1)
    along = min(max(along, 0), 1)
    return math.hypot(x - x0 - along * dx, y - y0 - along * dy)


def places(path: Path, parts: int = 8) -> list[tuple[float, float]]:
    """Return places along a path."""
    return [
        (x0 + (x1 - x0) * part / parts, y0 + (y1 - y0) * part / parts)
        for (x0, y0), (x1, y1) in itertools.pairwise(path)
        for part in range(parts + 1)
    ]


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("way", ["lines", "contour"])
def test_the_tool_stays_half_its_width_from_every_edge(name: str, way: str) -> None:
    area, tool = enlarged(name)
    paths = (
        hatched(area, tool_nm=tool, spacing_nm=tool // 2)
        if way == "lines"
        else contours(area, tool_nm=tool)
    )
    assert paths
    for x, y in {place for path in paths for place in places(path, 4)}:
        assert from_edge(area, x, y) > tool / 2 - 3_000


@pytest.mark.parametrize("name", SHAPES)
def test_lines_lie_no_further_apart_than_asked(name: str) -> None:
    area, tool = enlarged(name)
    levels = {y for path in hatched(area, tool_nm=tool, spacing_nm=tool // 2) for _, y in path}
    ys = [y for ring in area for _, y in ring]
    lines = sorted(levels)
    # At the top and at the bottom too: half the tool inside, or where it comes to in a round end.
    assert lines[0] == pytest.approx(min(ys) + tool // 2, abs=12_000)
    assert lines[-1] == pytest.approx(max(ys) - tool // 2, abs=12_000)
    assert max(b - a for a, b in itertools.pairwise(lines)) <= tool // 2 + 1


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("times", [0.9, 2.7, 9])
def test_wide_hatches_do_not_burn_the_way_across_a_gap(name: str, times: float) -> None:
    """Where lines lie far apart, the way from one to the next may lead over bare metal."""
    area, tool = enlarged(name)
    paths = hatched(area, tool_nm=tool, spacing_nm=round(tool * times))
    for path in paths:
        for leg in itertools.pairwise(path):
            parts = math.ceil(4 * math.dist(*leg) / tool)
            assert all(from_edge(area, *at) > tool / 2 - 4_000 for at in places(leg, parts))


ARMS: Area = (
    (
        *((0, 0), (500_000, 0), (500_000, -100_000), (700_000, -100_000), (700_000, 8_000)),
        *((1_200_000, 8_000), (1_200_000, 111_000), (700_000, 111_000), (700_000, 400_000)),
        *((500_000, 400_000), (500_000, 103_000), (0, 103_000)),
    ),
)
"""An arm to each side, hardly wider than a tool of 0.1 mm, the right one a little lower."""


@pytest.mark.parametrize("spacing", [50_000, 100_000, 1_000_000])
def test_each_of_two_arms_has_a_line(spacing: int) -> None:
    ends = [x for path in hatched(ARMS, tool_nm=100_000, spacing_nm=spacing) for x, _ in path]
    assert min(ends) == pytest.approx(50_000, abs=10)
    assert max(ends) == pytest.approx(1_150_000, abs=10)


@pytest.mark.parametrize("spacing", [400, 1_000])
def test_lines_that_are_all_but_the_same_are_one(spacing: int) -> None:
    bar = (((0, 0), (9_000, 0), (9_000, 110), (0, 110), (0, 108), (-1, 108), (-1, 2), (0, 2)),)
    assert len({y for path in hatched(bar, tool_nm=100, spacing_nm=spacing) for _, y in path}) == 2


@pytest.mark.parametrize("char", ["S", "8", "O", "<ECOWAS>"])
@pytest.mark.parametrize("spacing", [100_000, 250_000])
def test_what_the_tool_can_reach_is_not_left_bare(char: str, spacing: int) -> None:
    """Level lines far apart miss the slanting parts that are hardly wider than the tool."""
    area = font("outline").shape(char, emblem(char), 1_600_000).rings
    tool = 100_000 if char == "<ECOWAS>" else 170_000
    mark = Engraved(2, 2_000_000, 2_000_000, (Part(TEXT, char, (area,)),), tool)
    way = Tooling(areas="hatch", spacing_nm=spacing)
    lines = [
        (one, other)
        for stroke in tool_path(mark, way)
        for one, other in itertools.pairwise(stroke.points)
    ]
    edge = {place for path in contours(area, tool_nm=tool) for place in places(path, 4)}
    assert all(min(to_line(*leg, *at) for leg in lines) < tool / 2 + 500 for at in edge)


def test_a_line_runs_along_every_level_edge() -> None:
    (shape,), tool = STAIRS, 100
    levels = {y for path in hatched((shape,), tool_nm=tool, spacing_nm=70) for _, y in path}
    assert {50, 250, 350, 650} <= levels


def test_what_is_as_wide_as_the_tool_is_one_line() -> None:
    bar = (((0, 0), (1_000, 0), (1_000, 100), (0, 100)),)
    assert hatched(bar, tool_nm=100, spacing_nm=50) == (((50, 50), (950, 50)),)
    assert hatched(bar, tool_nm=104, spacing_nm=50) == ()


def test_how_much_of_the_edge_the_tool_reaches() -> None:
    square = (((0, 0), (1_000_000, 0), (1_000_000, 1_000_000), (0, 1_000_000)),)
    assert reached(square, tool_nm=100_000) == 1
    assert reached(square, tool_nm=1_100_000) == 0
    bar = ((1_000_000, 400_000), (2_000_000, 400_000), (2_000_000, 600_000), (1_000_000, 600_000))
    both = (*square, bar)
    # The bar of 1 x 0.2 mm has 2.4 mm of the edge, the square 4 mm.
    assert reached(both, tool_nm=300_000) == pytest.approx(4 / 6.4, abs=0.2)


def test_a_tip_is_as_long_as_it_should_be() -> None:
    """The angle at the right is 2 atan(1/4); the tool ends at the corner."""
    area = (((0, 0), (4_000, 1_000), (0, 2_000)),)
    found = tips(area, tool_nm=200)
    ends = [end for path in found for end in path]
    assert max(x for x, _ in ends) == 4_000 - 100
    assert {y for x, y in ends if x > 3_000} == {1_000}
    square = (((0, 0), (1_000, 0), (1_000, 1_000), (0, 1_000)),)
    assert tips(square, tool_nm=200) == ()


@given(
    st.integers(120_000, 2_000_000),
    st.integers(10_000, 100_000),
    st.integers(10_000, 90_000),
)
def test_a_disc_is_filled_and_no_larger(wide: int, tool: int, spacing: int) -> None:
    path = disc(wide, tool_nm=tool, spacing_nm=min(spacing, tool))
    reach = [math.hypot(x, y) + tool / 2 for x, y in path]
    assert max(reach) == pytest.approx(wide / 2, abs=2)
    # Circles from the edge to the middle, no further apart than the lines.
    radii = sorted({round(math.hypot(x, y), -1) for x, y in path})
    assert min(radii) <= tool / 2 + 10
    assert all(b - a <= min(spacing, tool) + 20 for a, b in itertools.pairwise(radii))


def test_a_disc_no_wider_than_the_tool_has_no_path() -> None:
    assert disc(100, tool_nm=100, spacing_nm=50) == ()
    assert circle(50)[0] == circle(50)[-1] == (50, 0)


def test_fine_lines_over_a_large_symbol_take_little_memory() -> None:
    area = outlines(make("qr", "KE0012345"), 400_000)
    tracemalloc.start()
    hatched(area, tool_nm=20_000, spacing_nm=2_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000_000
