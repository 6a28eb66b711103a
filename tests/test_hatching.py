"""Areas filled with lines: the tool stays within the area, and comes everywhere."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markcode.engraving.contours import circle, contours, disc, reached, tips
from markcode.engraving.fonts import font
from markcode.engraving.hatching import Area, hatched
from markcode.engraving.plate import Path
from markcode.symbols import make
from markcode.symbols.drawing import outlines

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
    nearest = math.inf
    for ring in area:
        for (x0, y0), (x1, y1) in itertools.pairwise((*ring, ring[0])):
            dx, dy = x1 - x0, y1 - y0
            along = ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy)
            along = min(max(along, 0), 1)
            nearest = min(nearest, math.hypot(x - x0 - along * dx, y - y0 - along * dy))
    return nearest


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
