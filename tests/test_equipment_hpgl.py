"""Equipment `hpgl`: drawings plotted by the tests' own plotter, measured and read back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

import true_size
from markcode.engraving.plate import DM, TEXT, Engraved, Part, Path, Plate
from markcode.equipment import Mark
from markcode.equipment.duration import seconds
from markcode.equipment.hpgl import document
from markcode.equipment.mark import render_all
from markcode.symbols.sheets import Grid
from plates import GRIDS, drawn_marks, plate
from plotters import Spoilt, Trace, plot_hpgl
from writers import setup, writer

DOTS = {"text": "dots-5x7", "cells": "dots"}
WAYS: dict[str, dict[str, str]] = {
    "outline": {},
    "hatch": {"fill": "hatch", "cells": "cells"},
    "stroke": {"text": "stroke"},
    "points": DOTS,
    "circles": {**DOTS, "dots": "circle"},
}


def resolved(settings: Mapping[str, str]) -> Mapping[str, object]:
    return setup("hpgl", dict(settings)).settings


def made(settings: Mapping[str, str], marks: list[Mark], grid: Grid | None = None) -> bytes:
    """Return the first drawing of a job of these marks."""
    opened = writer("hpgl", dict(settings), lines=2, grid=grid)
    files = [opened.collect(mark, opened.render(mark)).file for mark in marks]
    return next(file[1] for file in [*files, opened.finish().file] if file is not None)


@cache
def traced(way: str, at: int) -> tuple[Trace, Plate]:
    marks, grid = drawn_marks("datamatrix"), GRIDS[at]
    return plot_hpgl(made(WAYS[way], marks, grid)), plate("hpgl", WAYS[way], marks, grid)


def tiny(*parts: Part) -> Plate:
    return Plate(2_000_000, 2_000_000, (Engraved(7, 2_000_000, 2_000_000, parts, 100_000),))


LINE = Part(TEXT, "L", lines=(((1_000_000, 500_000), (1_000_000, 1_512_499), (0, 2_000_000)),))
SQUARE: Path = ((500_000, 500_000), (800_000, 500_000), (800_000, 700_000), (500_000, 700_000))
AREA = Part(DM, "datamatrix", areas=((SQUARE,),))
DOT = Part(DM, "datamatrix", dots=((300_000, 1_700_000),), dot_nm=320_000)


def test_a_drawing_written_by_hand() -> None:
    """40 units a millimetre from the lower left corner (standards/equipment.md 5.2)."""
    assert document(tiny(LINE, AREA, DOT), resolved({"speed": "5"})).decode("ascii") == (
        "IN;\nVS5;\nPA;\n"
        "SP1;\nPU40,60;\nPD40,20,0,0;\nPU;\n"
        "SP2;\nPU20,60;\nPD32,60,32,52,20,52,20,60;\nPU;\n"
        "PU12,12;\nPD;\nPU;\n"
        "PU;\nSP0;\n"
    )


def test_areas_are_hatched_half_the_tool_inside() -> None:
    lines = document(tiny(AREA), resolved({"fill": "hatch", "tool": "0.1mm"})).decode().split("\n")
    # From 0.55 to 0.75 mm, at 1.45, 1.4 and 1.35 mm.
    assert lines[3:6] == ["PU22,58;", "PD30,58,30,56,22,56,22,54,30,54;", "PU;"]


def test_no_instruction_is_long() -> None:
    line = tuple((25_000 * number, 0) for number in range(50))
    drawing = document(tiny(Part(TEXT, "L", lines=(line,))), resolved({}))
    assert max(map(len, drawing.split(b"\n"))) < 200
    assert drawing.count(b"PD") == 4
    assert plot_hpgl(drawing).lines == [[(number / 40, 2.0) for number in range(50)]]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("at", range(len(GRIDS)))
def test_what_is_drawn_ends_where_the_plate_says(way: str, at: int) -> None:
    trace, of = traced(way, at)
    box = of.box()
    assert box is not None
    left, top, right, bottom = (side / 1e6 for side in box)
    # What is filled, or gone around, ends at the middle of the line.
    edges = way in ("outline", "circles")
    pen = 0.0 if edges else 0.1
    found = list(trace.box(pen, 0.32))
    if way == "stroke":  # but its symbol is outlines
        symbol = [path for path, number in zip(trace.lines, trace.pens, strict=True) if number == 2]
        found[0] = min(x for path in symbol for x, _ in path)
        found[1] = min(found[1] + 0.05, min(y for path in symbol for _, y in path))
        found[3] = max(y for path in symbol for _, y in path)
    expected = (left, of.height_nm / 1e6 - bottom, right, of.height_nm / 1e6 - top)
    assert found == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("number", range(len(true_size.CASES)))
def test_the_symbol_and_every_letter_are_read_from_what_is_drawn(number: int) -> None:
    found = true_size.look("hpgl", true_size.CASES[number], 3, 3 * number)
    assert found.faults == []
    assert (found.decoded, found.read) == (found.marks, found.lines)


@pytest.mark.parametrize("way", WAYS)
def test_pen_1_draws_the_text_and_pen_2_the_symbol(way: str) -> None:
    trace, of = traced(way, 0)
    edge = min(x for x, _ in _of_pen(trace, 1))
    assert max(x for x, _ in _of_pen(trace, 2)) < edge
    texts = [part for part in of.parts() if part.layer == TEXT]
    boxes = [part.box(0) for part in texts]
    assert edge == pytest.approx(min(box[0] for box in boxes if box) / 1e6, abs=0.25)


def _of_pen(trace: Trace, pen: int) -> list[tuple[float, float]]:
    lines = zip(trace.lines, trace.pens, strict=True)
    dots = zip(trace.dots, trace.dot_pens, strict=True)
    found = [place for path, own in lines if own == pen for place in path]
    return [*found, *(dot for dot, own in dots if own == pen)]


@given(
    st.lists(
        st.lists(st.tuples(*[st.integers(0, 2_000_000)] * 2), min_size=1, max_size=40).map(tuple),
        min_size=1,
        max_size=5,
    )
)
def test_any_line_is_drawn_in_whole_units(lines: list[Path]) -> None:
    drawing = document(tiny(Part(TEXT, "A", lines=tuple(lines))), resolved({}))
    assert re.fullmatch(rb"(?:(?:IN|PA|SP|PU|PD)[0-9,]*;\n)*", drawing)
    trace = plot_hpgl(drawing)
    for line in lines:
        first = (line[0][0] / 1e6, 2 - line[0][1] / 1e6)
        starts = [path[0] for path in trace.lines] + trace.dots
        assert any(start == pytest.approx(first, abs=0.0126) for start in starts)
    assert len(trace.lines) + len(trace.dots) == len(lines)


@pytest.mark.parametrize("way", WAYS)
def test_short_ways_are_no_longer_than_rows(way: str) -> None:
    for mark in drawn_marks("datamatrix"):
        short, rows = (
            plot_hpgl(made({**WAYS[way], "order": order}, [mark])) for order in ("short", "rows")
        )
        assert short.travelled < rows.travelled
        assert short.walked == pytest.approx(rows.walked, rel=0.001)


@pytest.mark.parametrize("way", WAYS)
def test_a_drawing_does_not_depend_on_the_marks_beside_it(way: str) -> None:
    every = drawn_marks("datamatrix", 4)
    together = list(render_all(writer("hpgl", WAYS[way], lines=2), every))
    assert together == [writer("hpgl", WAYS[way], lines=2).render(mark) for mark in every]


def test_the_time_is_that_of_the_moves() -> None:
    (mark,) = drawn_marks("datamatrix", 1)
    told = {"travel_speed": "100", "speed": "2", "strike_time": "50"}
    for way in ("outline", "points"):
        settings = {**WAYS[way], **told}
        trace = plot_hpgl(made(settings, [mark]))
        (engraved,) = plate("hpgl", settings, [mark]).marks
        taken = trace.travelled / 100 + trace.walked / 20 + len(trace.dots) * 0.05
        time = seconds(setup("hpgl", settings, lines=2), engraved)
        assert time is not None
        assert float(time) == pytest.approx(taken, rel=0.01)
        for name in ("travel_speed", "speed" if way == "outline" else "strike_time"):
            unsaid = {key: value for key, value in settings.items() if key != name}
            assert seconds(setup("hpgl", unsaid, lines=2), engraved) is None


@pytest.mark.parametrize(
    "fault",
    [
        b"IN;\nPA;\nSP1;\nPU0,0;\nPD4,4;\n",
        b"IN;\nPA;\nPU0,0;\nPD4,4;\nPU;\nSP0;\n",
        b"IN;\nSP1;\nPU0,0;\nPD4,4;\nPU;\nSP0;\n",
        b"IN;\nPA;\nSP1;\nPU0.5,0;\nPU;\nSP0;\n",
        b"IN;\nPA;\nSP1;\nCI4;\nPU;\nSP0;\n",
    ],
)
def test_the_plotter_knows_a_bad_drawing(fault: bytes) -> None:
    with pytest.raises(Spoilt):
        plot_hpgl(fault)
