"""Equipment `gcode`: programs run by the interpreter of the tests, measured and read back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

import true_size
from markcode.engraving.plate import DM, TEXT, Engraved, Part, Plate, Point
from markcode.equipment import Mark, Rendered
from markcode.equipment.duration import seconds
from markcode.equipment.gcode import document
from markcode.equipment.mark import render_all
from markcode.errors import InvalidMark, JobError, ProfileError, SymbolError
from markcode.symbols import make
from markcode.symbols.sheets import Grid
from plates import GRIDS, drawn_marks, plate
from plotters import Spoilt, Trace, plot_gcode
from rasters import Canvas, Picture
from writers import setup, writer

LASER = {"machine": "laser", "power": "600"}
DOTS = {"text": "dots-5x7", "cells": "dots"}
NEEDLE_Z = {"machine": "needle-z", "depth": "0.1mm", **DOTS}
NEEDLE_PULSE = {"machine": "needle-pulse", "dwell_unit": "seconds", **DOTS}
WAYS = {
    "laser": LASER,
    "laser, contour": {**LASER, "contour": "yes", "cells": "cells"},
    "laser, strokes": {**LASER, "text": "stroke"},
    "laser, dots": {**LASER, **DOTS},
    "needle-z": NEEDLE_Z,
    "needle-pulse": NEEDLE_PULSE,
    "needle, strokes": {**NEEDLE_PULSE, "text": "stroke", "step": "0.08mm"},
}
TOOL_MM, DOT_MM = 0.1, 0.32


def resolved(settings: Mapping[str, str]) -> Mapping[str, object]:
    return setup("gcode", dict(settings)).settings


def made(settings: Mapping[str, str], marks: list[Mark], grid: Grid | None = None) -> bytes:
    """Return the first program of a job of these marks."""
    opened = writer("gcode", dict(settings), lines=2, grid=grid)
    files = []
    for mark in marks:
        rendered = opened.collect(mark, opened.render(mark))
        files.append(rendered.file)
    files.append(opened.finish().file)
    return next(file[1] for file in files if file is not None)


def run(program: bytes, settings: Mapping[str, str]) -> Trace:
    return plot_gcode(program, is_needle=settings["machine"] != "laser")


@cache
def traced(way: str, at: int, symbol: str | None = "datamatrix") -> tuple[Trace, Plate]:
    """Return what the machine does for a mark, or for a plate of marks, and the plate."""
    marks, grid = drawn_marks(symbol), GRIDS[at]
    trace = run(made(WAYS[way], marks, grid), WAYS[way])
    return trace, plate("gcode", WAYS[way], marks, grid)


# -- known answers, written by hand from standards/equipment.md 5.2 ----------------------------

SQUARE = ((500_000, 500_000), (800_000, 500_000), (800_000, 700_000), (500_000, 700_000))
TINY = Part(TEXT, "L", lines=(((1_000_000, 500_000), (1_000_000, 1_500_400)),))
FILLED = Part(DM, "datamatrix", areas=((SQUARE,),))
DOTTED = Part(DM, "datamatrix", dots=((300_000, 1_700_000), (700_000, 1_700_000)), dot_nm=320_000)


def tiny(*parts: Part) -> Plate:
    return Plate(2_000_000, 2_000_000, (Engraved(7, 2_000_000, 2_000_000, parts, 100_000),))


def test_a_laser_follows_lines_and_fills_areas() -> None:
    program = document(tiny(TINY, FILLED), resolved({**LASER, "feed": "1000"}))
    assert program.decode("ascii").splitlines() == [
        "(markcode, laser, 2.000 x 2.000 mm)",
        "G21",
        "G90",
        "G94",
        "M4 S0",
        "(row 7)",
        "G0 X1.000 Y1.500 S0",
        "G1 X1.000 Y0.500 F1000 S600",
        "G0 X0.550 Y1.450 S0",
        "G1 X0.750 Y1.450 F1000 S600",
        "G1 X0.750 Y1.400",
        "G1 X0.550 Y1.400",
        "G1 X0.550 Y1.350",
        "G1 X0.750 Y1.350",
        "M5",
        "G4 P0.1",
        "M2",
    ]


def test_a_contour_goes_around_half_the_tool_inside() -> None:
    program = document(tiny(FILLED), resolved({**LASER, "contour": "yes", "order": "rows"}))
    assert program.decode("ascii").splitlines()[-8:-3] == [
        "G0 X0.550 Y1.450 S0",
        "G1 X0.750 Y1.450 F1200 S600",
        "G1 X0.750 Y1.350",
        "G1 X0.550 Y1.350",
        "G1 X0.550 Y1.450",
    ]


def test_a_needle_on_the_z_axis_carries_the_depth() -> None:
    program = document(tiny(DOTTED), resolved({**NEEDLE_Z, "depth": "76.2um", "clearance": "2mm"}))
    assert program.decode("ascii").splitlines() == [
        "(markcode, needle-z, 2.000 x 2.000 mm)",
        "G21",
        "G90",
        "G94",
        "G0 Z2.000",
        "(row 7)",
        "G0 X0.300 Y0.300",
        "G1 Z-0.076 F200",
        "G0 Z2.000",
        "G0 X0.700 Y0.300",
        "G1 Z-0.076 F200",
        "G0 Z2.000",
        "G0 Z2.000",
        "M2",
    ]


@pytest.mark.parametrize(
    ("unit", "dwell", "end"), [("seconds", "0.02", "0.1"), ("milliseconds", "20", "100")]
)
def test_a_needle_at_an_output_dwells_in_the_unit_of_the_controller(
    unit: str, dwell: str, end: str
) -> None:
    program = document(tiny(DOTTED), resolved({**NEEDLE_PULSE, "dwell_unit": unit}))
    strike = ["M3 S1000", f"G4 P{dwell}", "M5"]
    assert program.decode("ascii").splitlines()[4:] == [
        *["M5", "(row 7)"],
        *["G0 X0.300 Y0.300", *strike, "G0 X0.700 Y0.300", *strike],
        *[f"G4 P{end}", "M2"],
    ]


def test_each_place_is_rounded_by_itself() -> None:
    """Steps of 0.4005 mm would be 2 um off after four if each were rounded."""
    dots = tuple((400_500 * number, 0) for number in range(5))
    program = document(tiny(Part(DM, "datamatrix", dots=dots)), resolved(NEEDLE_Z))
    assert re.findall(rb"X([0-9.]+)", program) == [b"0.000", b"0.401", b"0.801", b"1.202", b"1.602"]


# -- what a machine does ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "symbol"),
    # Its dots are of two widths if there is a symbol: the true sizes are looked at below.
    [pair for pair in product(WAYS, ["datamatrix", None]) if pair[0] != "needle, strokes"]
    + [("needle, strokes", None)],
)
@pytest.mark.parametrize("at", range(len(GRIDS)))
def test_what_is_marked_ends_where_the_plate_says(way: str, at: int, symbol: str | None) -> None:
    trace, of = traced(way, at, symbol)
    box = of.box()
    assert box is not None
    left, top, right, bottom = (side / 1e6 for side in box)
    expected = (left, of.height_nm / 1e6 - bottom, right, of.height_nm / 1e6 - top)
    dot = TOOL_MM if way == "needle, strokes" else DOT_MM
    assert trace.box(TOOL_MM, dot) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("at", range(len(GRIDS)))
def test_everything_happens_on_the_plate(way: str, at: int) -> None:
    trace, of = traced(way, at)
    ends = [end for move in trace.travels for end in move]
    for x, y in [*trace.places(), *ends]:
        assert 0 <= x <= of.width_nm / 1e6
        assert 0 <= y <= of.height_nm / 1e6


@pytest.mark.parametrize("number", range(len(true_size.CASES)))
def test_the_symbol_and_every_letter_are_read_from_what_is_marked(number: int) -> None:
    found = true_size.look("gcode", true_size.CASES[number], 3, 3 * number)
    assert found.faults == []
    assert (found.decoded, found.read) == (found.marks, found.lines)
    assert found.off_mm <= 0.02


def test_the_settings_arrive() -> None:
    trace = run(made({**LASER, "power": "321", "feed": "777"}, drawn_marks("qr")), LASER)
    assert (trace.powers, trace.feeds) == ({321.0}, {777.0})
    trace = run(made({**NEEDLE_Z, "depth": "0.25mm"}, drawn_marks("qr")), NEEDLE_Z)
    assert trace.depths == {0.25}
    trace = run(made({**NEEDLE_PULSE, "strike": "35"}, drawn_marks(None)), NEEDLE_PULSE)
    assert trace.dwelt == pytest.approx(0.035 * len(trace.dots) + 0.1)


def test_a_needle_strikes_each_dot_of_the_plate_once() -> None:
    trace, of = traced("needle-z", 1)
    struck = sorted((round(x * 1e6), round(of.height_nm - y * 1e6)) for x, y in trace.dots)
    laid = sorted(dot for part in of.parts() for dot in part.dots)
    assert len(struck) == len(laid) == len(set(struck))
    assert np.abs(np.array(struck) - np.array(laid)).max() <= 500


def test_strokes_are_struck_as_a_chain_of_dots() -> None:
    part = Part(TEXT, "L", lines=(((0, 0), (0, 1_000_000), (500_000, 1_000_000), (0, 0)),))
    settings = {**NEEDLE_PULSE, "step": "0.3mm"}
    dots = run(document(tiny(part), resolved(settings)), settings).dots
    assert dots[:5] == [(0, 2), (0, 1.75), (0, 1.5), (0, 1.25), (0, 1)]
    assert dots[5:7] == [(0.25, 1), (0.5, 1)]
    # The closed line ends before the dot where it began.
    assert len(dots) == len(set(dots)) == 5 + 2 + 3


@pytest.mark.parametrize("line", [((700_000, 900_000),), ((700_000, 900_000), (700_300, 900_000))])
def test_a_laser_moves_even_for_a_line_that_is_but_a_place(line: tuple[Point, ...]) -> None:
    """It burns only while it moves."""
    dot = Part(TEXT, ".", lines=(line,))
    (burnt,) = run(document(tiny(dot), resolved(LASER)), LASER).lines
    assert burnt == [pytest.approx((0.695, 1.1)), pytest.approx((0.705, 1.1))]


@pytest.mark.parametrize("char", ["B", "E", "H", "T", "8", "*", "<ARMS>"])
@pytest.mark.parametrize("step", ["0.01mm", "0.1mm", "0.5mm"])
def test_where_strokes_meet_the_needle_strikes_once(char: str, step: str) -> None:
    settings = {**NEEDLE_PULSE, "text": "stroke", "step": step}
    dots = np.array(run(made(settings, [Mark(2, (char,))]), settings).dots)
    away = np.hypot(*(dots[:, None] - dots).T)
    np.fill_diagonal(away, np.inf)
    least = min(0.005, float(step[:-2]) / 8)
    assert away.min() > least - 0.001
    # Nor is a line left bare.
    assert away.min(axis=0).max() <= float(step[:-2]) + 3 * least + 0.001


# -- areas --------------------------------------------------------------------------------------


def filled(of: Plate) -> Picture:
    """Return the areas of a plate, filled by the even-odd rule."""
    canvas = Canvas(of.width_nm / 1e6, of.height_nm / 1e6)
    for part in of.parts():
        for area in part.areas:
            for ring in area:
                canvas.ring([(x / 1e6, y / 1e6) for x, y in ring])
    return canvas.dark


def grown(picture: Picture, pixels: int) -> Picture:
    image = Image.fromarray(picture.astype(np.uint8) * 255)
    return np.asarray(image.filter(ImageFilter.MaxFilter(2 * pixels + 1))) > 0


@pytest.mark.parametrize("contour", ["no", "yes"])
@pytest.mark.parametrize("cells", ["outline", "cells"])
def test_what_is_burnt_is_the_area_true_to_size(cells: str, contour: str) -> None:
    settings = {**LASER, "cells": cells, "contour": contour}
    for mark in drawn_marks("datamatrix"):
        of = plate("gcode", settings, [mark])
        wide, tall = of.width_nm / 1e6, of.height_nm / 1e6
        burnt = run(made(settings, [mark]), settings).picture(wide, tall, TOOL_MM, DOT_MM)
        area = filled(of)
        # No more than 0.02 mm beyond the edge, but for the tips of the star, as wide as the tool.
        assert not (burnt & ~grown(area, 4 if mark.row == 3 else 2)).any()
        # No bare spot further from a line than 0.03 mm; where an edge is nearly level and nothing
        # goes around it, hardly further than the lines are from each other.
        assert not (area & ~grown(burnt, 3 if contour == "yes" else 6)).any()
        assert np.count_nonzero(burnt & area) > 0.97 * np.count_nonzero(area)


def test_a_contour_leaves_out_where_the_tool_does_not_fit() -> None:
    """Two squares, joined by a neck that is half as wide as the tool."""
    half = [(200_000, 200_000), (900_000, 200_000), (900_000, 525_000)]
    half += [(1_100_000, 525_000), (1_100_000, 200_000), (1_800_000, 200_000)]
    ring = (*half, *((x, 1_100_000 - y) for x, y in half[::-1]))
    part = Part(TEXT, "8", areas=((ring,),))
    settings = {**LASER, "contour": "yes"}
    trace = run(document(tiny(part), resolved(settings)), settings)
    burnt = trace.picture(2, 2, TOOL_MM, DOT_MM)
    area = filled(tiny(part))
    assert not (burnt & ~grown(area, 2)).any()
    assert not burnt[:, 97:103].any()
    area[:, 90:110] = False
    assert not (area & ~grown(burnt, 3)).any()


@st.composite
def areas(draw: st.DrawFn) -> Part:
    """A triangle or a rectangle, perhaps with a hole in it and an island in the hole."""
    place, side = st.integers(100_000, 1_000_000), st.integers(300_000, 900_000)
    x, y = draw(place), draw(place)
    u, v = x + draw(side), y + draw(side)
    if draw(st.booleans()):
        return Part(DM, "datamatrix", areas=((((x, y), (u, y), (u, v)),),))
    rings = []
    for _ in range(draw(st.integers(1, 3))):
        ring = ((x, y), (u, y), (u, v), (x, v))
        rings.append(ring[:: draw(st.sampled_from([1, -1]))])
        edge = draw(st.integers(0, 200_000))
        x, y, u, v = x + edge, y + edge, u - edge, v - edge
        if min(u - x, v - y) < 50_000:
            break
    return Part(DM, "datamatrix", areas=(tuple(rings),))


@given(areas(), st.sampled_from(["no", "yes"]))
def test_any_area_is_burnt_no_further_than_its_edge(part: Part, contour: str) -> None:
    settings = {**LASER, "contour": contour}
    try:
        program = document(tiny(part), resolved(settings))
    except SymbolError:  # it is narrower than the tool
        assume(False)
    burnt = run(program, settings).picture(2, 2, TOOL_MM, DOT_MM)
    # Half the tool where a tip is sharp.
    assert not (burnt & ~grown(filled(tiny(part)), 6)).any()


@st.composite
def marks(draw: st.DrawFn) -> Engraved:
    """A mark of any dots, lines and areas."""
    point: st.SearchStrategy[Point] = st.tuples(*[st.integers(60_000, 1_940_000)] * 2)
    parts = draw(
        st.lists(
            st.one_of(
                areas(),
                st.lists(point, unique=True, min_size=1, max_size=12).map(
                    lambda dots: Part(TEXT, "A", dots=tuple(dots), dot_nm=320_000)
                ),
                st.lists(
                    st.lists(point, unique=True, min_size=2, max_size=4).map(tuple),
                    min_size=1,
                    max_size=4,
                ).map(lambda lines: Part(TEXT, "A", lines=tuple(lines))),
            ),
            min_size=1,
            max_size=4,
        )
    )
    return Engraved(2, 2_000_000, 2_000_000, tuple(parts), 100_000)


@given(marks(), st.sampled_from(["laser", "needle-z", "needle-pulse"]), st.booleans())
def test_no_program_spoils_the_part(mark: Engraved, machine: str, is_short: bool) -> None:
    """Power is off on every move between, the needle stands still while it is down."""
    settings = {"laser": LASER, "needle-z": NEEDLE_Z, "needle-pulse": NEEDLE_PULSE}[machine]
    settings = {**settings, "order": "short" if is_short else "rows"}
    if machine != "laser":
        mark = replace(mark, parts=tuple(replace(part, areas=()) for part in mark.parts))
    try:
        program = document(Plate(2_000_000, 2_000_000, (mark,)), resolved(settings))
    except SymbolError:
        assume(False)
    trace = run(program, settings)
    assert set(re.findall(rb"[GM][0-9]+", program)) <= {
        *[b"G0", b"G1", b"G4", b"G21", b"G90", b"G94", b"M2", b"M3", b"M4", b"M5"]
    }
    assert all(min(place) >= -0.11 and max(place) <= 2.11 for place in trace.places())


@pytest.mark.parametrize(
    "fault",
    [
        b"G21\nG90\nG94\nM4 S600\nG0 X1.000 Y1.000\nM5\nM2\n",
        b"G21\nG90\nG94\nM4 S0\nG1 X1.000 Y1.000\nM5\nM2\n",
        b"G90\nG94\nM4 S0\nG0 X1.000 Y1.000\nM5\nM2\n",
        b"G21\nG90\nG94\nG0 Z1.000\nG1 Z-0.100 F200\nG0 X1.000\nG0 Z1.000\nM2\n",
        b"G21\nG90\nG94\nG0 Z-0.100\nG0 Z1.000\nM2\n",
        b"G21\nG90\nG94\nM4 S0\nM2\n",
        b"G21\nG90\nG94\nM5\n",
        b"G21 ; millimetres\nG90\nG94\nM5\nM2\n",
        b"G2 X1.000 Y1.000 I1 J0\nM5\nM2\n",
    ],
)
def test_the_interpreter_knows_a_bad_program(fault: bytes) -> None:
    with pytest.raises(Spoilt):
        plot_gcode(fault)


# -- order and time -----------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
def test_short_ways_are_no_longer_than_rows(way: str) -> None:
    for mark in drawn_marks("datamatrix"):
        short, rows = (
            run(made({**WAYS[way], "order": order}, [mark]), WAYS[way])
            for order in ("short", "rows")
        )
        assert short.travelled < rows.travelled
        assert short.walked == pytest.approx(rows.walked, abs=0.001)
        assert len(short.dots) == len(rows.dots)


@pytest.mark.parametrize("way", ["laser", "needle-z"])
def test_the_marks_of_a_plate_keep_the_order_of_the_table(way: str) -> None:
    program = made(WAYS[way], drawn_marks("datamatrix", 4), GRIDS[1])
    assert re.findall(rb"\(row ([0-9]+)\)", program) == [b"2", b"3", b"4", b"5"]
    # Each is made whole before the next is begun: 63.5 mm to the right of it, or below.
    cells: list[tuple[int, int]] = []
    for line in program.decode("ascii").splitlines():
        found = re.match(r"G[01] X([0-9.]+) Y([0-9.]+)", line)
        if found is not None:
            cell = int(float(found[1]) // 63.5), int(float(found[2]) // 25.4)
            cells += [cell] if cells[-1:] != [cell] else []
    assert cells == [(0, 1), (1, 1), (0, 0), (1, 0)]


@pytest.mark.parametrize("way", WAYS)
def test_a_program_does_not_depend_on_the_marks_beside_it(way: str) -> None:
    every = drawn_marks("datamatrix", 5)
    together = list(render_all(writer("gcode", dict(WAYS[way]), lines=2), every))
    alone = [writer("gcode", dict(WAYS[way]), lines=2).render(mark) for mark in every]
    again = writer("gcode", dict(WAYS[way]), lines=2)
    backwards = [again.render(mark) for mark in every[::-1]][::-1]
    assert together == alone == backwards


@pytest.mark.parametrize("way", WAYS)
def test_the_time_is_that_of_the_moves(way: str) -> None:
    settings = {**WAYS[way], "travel_speed": "40"}
    (mark,) = drawn_marks("datamatrix", 1)
    job = setup("gcode", settings, lines=2)
    trace = run(made(settings, [mark]), settings)
    taken = trace.travelled / 40 + trace.walked / (1200 / 60)
    if settings["machine"] == "needle-z":
        taken += len(trace.dots) * (1.1 / (200 / 60) + 1.1 / 40)
    if settings["machine"] == "needle-pulse":
        taken += len(trace.dots) * 0.020
    told = seconds(job, plate("gcode", settings, [mark]).marks[0])
    assert told is not None
    assert float(told) == pytest.approx(taken, rel=0.001)
    assert seconds(setup("gcode", dict(WAYS[way]), lines=2), _engraved(way, mark)) is None


def _engraved(way: str, mark: Mark) -> Engraved:
    return plate("gcode", WAYS[way], [mark]).marks[0]


# -- what cannot be made ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({}, "machine"),
        ({"machine": "laser"}, "power"),
        ({"machine": "needle-z"}, "depth"),
        ({"machine": "needle-pulse"}, "dwell_unit"),
    ],
)
def test_what_nobody_can_guess_must_be_said(settings: dict[str, str], missing: str) -> None:
    with pytest.raises(ProfileError, match=f"needs --setting {missing}="):
        writer("gcode", settings)


@pytest.mark.parametrize("grid", GRIDS)
@pytest.mark.parametrize(
    ("settings", "symbol", "detail"),
    [
        ({**NEEDLE_Z, "text": "outline"}, None, "say --setting text=dots-5x7"),
        ({**NEEDLE_Z, "cells": "outline"}, "datamatrix", "say --setting cells=dots"),
        ({**NEEDLE_Z, "cells": "cells"}, "code128", "say --setting cells=dots"),
        (NEEDLE_Z, "code128", "the bars of code128 cannot be made of dots"),
        ({**LASER, "tool": "0.3mm"}, None, "a tool of 0.3 mm is too wide to fill K"),
        ({**LASER, **DOTS, "tool": "0.315mm"}, None, "too wide for dots of 0.32 mm"),
        ({**LASER, "text": "stroke", "tool": "0.4mm"}, "datamatrix", "too wide to fill datamatrix"),
    ],
)
def test_what_the_machine_cannot_make_is_refused(
    settings: dict[str, str], symbol: str | None, detail: str, grid: Grid | None
) -> None:
    opened = writer("gcode", settings, lines=2, grid=grid)
    for mark in drawn_marks(symbol, 1):
        with pytest.raises(InvalidMark) as refusal:
            opened.render(mark)
        assert detail in refusal.value.findings[0].params["detail"]


def test_a_symbol_whose_narrow_bars_have_no_room_for_the_tool_is_refused() -> None:
    """Though most of the edges are those of wide bars."""
    settings = {**LASER, "text": "stroke", "tool": "0.245mm"}
    bars = make("code128", f"{10 * 7919 % 100_000:05}")
    mark = Mark(2, ("A",), bars)
    writer("gcode", settings, symbol="code128").render(mark)
    with pytest.raises(InvalidMark, match="too wide to fill code128"):
        writer("gcode", settings, symbol="code128", module_nm=250_000).render(mark)


def test_a_plate_is_too_small_for_a_mark() -> None:
    grid = Grid(2, 2, (5_000_000, 5_000_000))
    with pytest.raises((InvalidMark, JobError), match=r"does not fit a pitch of 5 x 5 mm"):
        made(LASER, drawn_marks("datamatrix"), grid)


def test_refusals_stand_at_their_marks() -> None:
    good = drawn_marks(None, 3)
    bad = Mark(9, ("E~",), None)
    results = list(render_all(writer("gcode", LASER, lines=2), [good[0], bad, good[1]]))
    assert [isinstance(result, Rendered) for result in results] == [True, False, True]
