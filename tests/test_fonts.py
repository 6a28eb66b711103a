"""Fonts for metal: true heights, room between characters, glyphs that differ once struck."""

from __future__ import annotations

import importlib.util
import io
import itertools
import json
import math
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

import markcode.engraving
from markcode.engraving import dots as dot_fonts
from markcode.engraving import strokes as stroke_font
from markcode.engraving.fonts import FONTS, Font, Shape, font
from markcode.engraving.struck import struck
from markcode.errors import SymbolError
from markcode.symbols import drawing, emblems, glyphs
from unlike import HEIGHT, TOOL, Ink, distance, ink

ROOT = Path(__file__).parents[1]
DATA = Path(markcode.engraving.__file__).parent
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FULL = LETTERS + "0123456789#/()"
CHARS = glyphs.alphabet().strip()
DOT_FONTS = ("dots-5x7", "dots-9x13")
LINE_FONTS = ("stroke", *DOT_FONTS)

OWN = emblems.emblem_from_paths(
    ["M 0 0 L 60 0 L 60 50 L 30 100 L 0 50 Z", "M 30 20 L 45 50 L 30 75 L 15 50 Z"]
)
EMBLEMS = ("★", "<STAR>", "<ECOWAS>", "<ARMS>", "<DE-BM>", "<ENTITY>", "<OWN>")


def drawn(piece: str) -> emblems.Emblem | None:
    return emblems.emblem(piece, {"OWN": OWN})


def points(shape: Shape) -> list[tuple[int, int]]:
    return [*itertools.chain(*shape.rings, *shape.strokes), *shape.dots]


def made_height(made: Font, height_nm: int) -> int:
    """Return the height of a capital: dots need whole pitches."""
    pitch = made.pitch_nm(height_nm)
    return height_nm if pitch is None else pitch * made.em


# The interface


def test_the_names() -> None:
    assert FONTS == ("outline", "stroke", "dots-5x7", "dots-9x13")
    assert [font(name).name for name in FONTS] == list(FONTS)
    with pytest.raises(SymbolError, match="no font 'ocr-b'; there are outline, stroke, dots-5x7"):
        font("ocr-b")


@pytest.mark.parametrize("name", FONTS)
@pytest.mark.parametrize("char", ["a", "É", "_", "★", "<STAR>"])
def test_a_character_without_a_glyph_is_refused(name: str, char: str) -> None:
    made = font(name)
    told = f"{char!r} cannot be drawn; there are A-Z, 0-9"
    with pytest.raises(SymbolError, match=told):
        made.width(char, None)
    with pytest.raises(SymbolError, match=told):
        made.shape(char, None, HEIGHT)


def test_all_fonts_have_the_same_characters() -> None:
    assert set(stroke_font._glyphs()) == set(CHARS)
    for name in DOT_FONTS:
        assert set(dot_fonts._glyphs(name)) == {*CHARS, "★"}
    for name, char in itertools.product(FONTS, CHARS):
        assert points(font(name).shape(char, None, HEIGHT))
    assert set(CHARS) >= set("-/.()*+#&:,'") | set(FULL)


@pytest.mark.parametrize("name", FONTS)
def test_a_space_is_room_only(name: str) -> None:
    made = font(name)
    assert made.width(" ", None) == made.space > 0
    assert made.shape(" ", None, HEIGHT) == Shape()


def test_each_font_makes_one_kind_of_thing() -> None:
    for char in CHARS:
        outline, stroke, *dotted = (font(name).shape(char, None, HEIGHT) for name in FONTS)
        assert outline == Shape(rings=drawing.scaled(char, None, HEIGHT))
        assert stroke == Shape(strokes=stroke.strokes)
        assert all(shape == Shape(dots=shape.dots) for shape in dotted)


# Sizes


@given(st.sampled_from(FONTS), st.sampled_from(LETTERS + "0123456789"), st.integers(1, 50_000_000))
def test_the_height_is_never_below_what_was_asked(name: str, char: str, height: int) -> None:
    made = font(name)
    ys = [y for _, y in points(made.shape(char, None, height))]
    assert min(ys) == 0
    assert max(ys) == made_height(made, height)
    assert height <= max(ys) < height + (made.em if name in DOT_FONTS else 1)


def test_the_least_height_of_the_law() -> None:
    # 27 CFR 478.92(a)(1)(v): 1/16 inch between the bottoms; 1.5875 mm / 6 = 0.264583... mm.
    assert font("dots-5x7").pitch_nm(1_587_500) == 264_584
    assert font("dots-9x13").pitch_nm(1_587_500) == 132_292
    assert font("stroke").pitch_nm(1_587_500) is font("outline").pitch_nm(1_587_500) is None


@pytest.mark.parametrize("name", FONTS)
@pytest.mark.parametrize("piece", [*CHARS, *EMBLEMS])
def test_everything_stands_in_its_box(name: str, piece: str) -> None:
    made = font(name)
    unit = made_height(made, HEIGHT)
    xs, ys = zip(*points(made.shape(piece, drawn(piece), HEIGHT)), strict=True)
    assert min(xs) >= 0
    assert max(xs) <= made.width(piece, drawn(piece)) * unit / made.em + 0.5
    assert min(ys) >= 0
    assert max(ys) <= unit
    if piece in FULL or piece in EMBLEMS:
        assert (min(ys), max(ys)) == (0, unit)


@pytest.mark.parametrize("name", FONTS)
def test_proportions(name: str) -> None:
    made = font(name)
    for char in LETTERS.replace("I", ""):
        assert 0.55 <= made.width(char, None) / made.em <= 0.75, char
    assert made.spacing >= 0.2 * made.em
    # Between grooves or dots of 0.2 mm a fifth of the height stays bare.
    tool = 0 if name == "outline" else TOOL / HEIGHT
    assert made.spacing / made.em - tool >= 0.2
    assert made.space >= made.spacing / 2


@pytest.mark.parametrize("name", DOT_FONTS)
@pytest.mark.parametrize("piece", [*CHARS, "★"])
def test_dots_stand_on_one_grid(name: str, piece: str) -> None:
    made = font(name)
    pitch = made.pitch_nm(HEIGHT)
    assert pitch is not None
    found = made.shape(piece, drawn(piece), HEIGHT).dots
    assert len(set(found)) == len(found)
    assert all(x % pitch == y % pitch == 0 for x, y in found)
    assert list(found) == sorted(found, key=lambda at: (at[1], at[0]))


# Strokes


@pytest.mark.parametrize("char", [char for char in CHARS if char not in ".:"])
def test_strokes_are_the_middle_of_the_outlines(char: str) -> None:
    # The pen of the outlines is 120 of 1000 units wide, its centre line 880 high.
    large, pen = 8_800_000, 1_200_000
    lines, area = font("stroke").shape(char, None, large), font("outline").shape(char, None, 10**7)
    left = min(x for x, _ in points(lines)) - min(x for x, _ in points(area)) - pen // 2
    moved = Shape(
        strokes=tuple(tuple((x - left, y + pen // 2) for x, y in path) for path in lines.strokes)
    )
    one, other = (struck(s, (8 * 10**6, 10**7), tool_nm=pen, dpi=254) for s in (moved, area))
    assert np.count_nonzero(one ^ other) <= 0.03 * np.count_nonzero(other)


@pytest.mark.parametrize("piece", [*CHARS, *EMBLEMS])
def test_a_stroke_goes_somewhere(piece: str) -> None:
    for path in font("stroke").shape(piece, drawn(piece), HEIGHT).strokes:
        assert len(path) >= 2
        assert all(one != other for one, other in itertools.pairwise(path))


def burned_twice(shape: Shape, step: int = 8_000) -> int:
    """Return the length in nanometres over which strokes run along one another."""
    at, turn, run, path_of = [], [], [], []
    for number, path in enumerate(shape.strokes):
        passed = 0.0
        for (x0, y0), (x1, y1) in itertools.pairwise(path):
            length = math.dist((x0, y0), (x1, y1))
            for part in np.arange(step / 2, length, step) / length:
                at.append((x0 + (x1 - x0) * part, y0 + (y1 - y0) * part))
                turn.append(((x1 - x0) / length, (y1 - y0) / length))
                run.append(passed + part * length)
                path_of.append(number)
            passed += length
    place, heading, along, path_no = (np.array(part) for part in (at, turn, run, path_of))
    near = (np.abs(place[:, None] - place[None]) ** 2).sum(2) < (step / 2) ** 2
    parallel = np.abs(heading @ heading.T) > 0.98
    elsewhere = (np.abs(along[:, None] - along[None]) > 5 * step) | (
        path_no[:, None] != path_no[None]
    )
    return int((near & parallel & elsewhere).any(1).sum()) * step


@pytest.mark.parametrize("char", CHARS)
def test_no_stroke_runs_along_another(char: str) -> None:
    shape = font("stroke").shape(char, None, HEIGHT)
    # The two rings of 8 touch, which cannot be avoided: a fifteenth of the height for each.
    assert burned_twice(shape) <= HEIGHT / 7.5
    again = Shape(strokes=(*shape.strokes, shape.strokes[0][:2]))
    assert burned_twice(again) > burned_twice(shape)


@pytest.mark.parametrize("char", "OD80")
def test_round_strokes_are_closed(char: str) -> None:
    path = font("stroke").shape(char, None, HEIGHT).strokes[0]
    assert path[0] == path[-1]


# Emblems


def test_each_ring_of_an_outline_is_one_closed_stroke() -> None:
    shape = font("stroke").shape("<OWN>", OWN, HEIGHT)
    rings = font("outline").shape("<OWN>", OWN, HEIGHT).rings
    assert [path[:-1] for path in shape.strokes] == list(rings)
    assert all(path[0] == path[-1] for path in shape.strokes)


@pytest.mark.parametrize("name", DOT_FONTS)
@pytest.mark.parametrize("height", [1_600_000, 3_000_001, 12_000_000])
def test_dots_stand_along_the_rings_evenly(name: str, height: int) -> None:
    made = font(name)
    pitch = made.pitch_nm(height)
    assert pitch is not None
    triangle = emblems.emblem_from_paths(["M 0 0 L 100 0 L 100 100 L 0 100 Z"])
    found = made.shape("<BOX>", triangle, height).dots
    side = made.em * pitch
    # A square as high as a capital: a dot at each corner, and one pitch from dot to dot.
    steps = range(made.em)
    edge = {(n * pitch, 0) for n in steps} | {(side, n * pitch) for n in steps}
    edge |= {(side - x, side - y) for x, y in edge}
    assert set(found) == edge
    assert len(found) == len(edge)


@pytest.mark.parametrize("name", DOT_FONTS)
@pytest.mark.parametrize("piece", ["<ECOWAS>", "<ARMS>", "<OWN>"])
def test_dots_of_an_emblem_keep_apart(name: str, piece: str) -> None:
    made = font(name)
    pitch = made.pitch_nm(HEIGHT)
    assert pitch is not None
    found = made.shape(piece, drawn(piece), HEIGHT).dots
    apart = [math.dist(a, b) for a, b in itertools.combinations(found, 2)]
    assert min(apart) >= pitch * 2 // 3
    # No gap is wider than the room that two dots left out would take.
    nearest = [min(math.dist(a, b) for b in found if b != a) for a in found]
    assert max(nearest) <= 2 * pitch or piece == "<ECOWAS>"


@pytest.mark.parametrize("name", DOT_FONTS)
def test_an_edge_close_to_another_has_no_dots_of_its_own(name: str) -> None:
    made = font(name)
    box, hair = "M 0 0 L 100 0 L 100 100 L 0 100 Z", "M 2 2 L 98 2 L 98 98 L 2 98 Z"
    one, two = (emblems.emblem_from_paths(paths) for paths in ([box], [box, hair]))
    assert made.shape("<BOX>", two, HEIGHT) == made.shape("<BOX>", one, HEIGHT)


@pytest.mark.parametrize("name", DOT_FONTS)
def test_corners_of_an_outline_have_dots(name: str) -> None:
    made = font(name)
    height = made_height(made, HEIGHT)
    found = set(made.shape("<OWN>", OWN, HEIGHT).dots)
    outer = drawing.scaled("<OWN>", OWN, height)[0]
    assert set(outer) <= found


def test_a_star_is_a_star_in_every_font() -> None:
    for name in FONTS:
        made = font(name)
        shapes = {made.shape(piece, drawn(piece), HEIGHT) for piece in ("★", "<STAR>")}
        assert len(shapes) == 1
        assert shapes != {made.shape("*", None, HEIGHT)}
        assert distance(ink(shapes.pop()), ink(made.shape("*", None, HEIGHT))) > 0.3


@pytest.mark.parametrize("name", FONTS)
@pytest.mark.parametrize("piece", ["★", "<ECOWAS>", "<ARMS>", "<DE-BM>"])
def test_an_outline_given_replaces_ours(name: str, piece: str) -> None:
    made = font(name)
    assert made.shape(piece, OWN, HEIGHT) == made.shape("<OWN>", OWN, HEIGHT)
    assert made.width(piece, OWN) == made.width("<OWN>", OWN)
    assert made.shape(piece, drawn(piece), HEIGHT) != made.shape("<OWN>", OWN, HEIGHT)


def test_a_name_in_a_frame_is_single_strokes_and_one_line_around() -> None:
    made = font("stroke")
    frame, *letters = made.shape("<DE-BM>", drawn("<DE-BM>"), HEIGHT).strokes
    outlines = font("outline").shape("<DE-BM>", drawn("<DE-BM>"), HEIGHT).rings
    assert frame == (*outlines[0], outlines[0][0])
    single = [made.shape(char, None, HEIGHT).strokes for char in "DE-BM"]
    assert [len(path) for path in letters] == [len(path) for paths in single for path in paths]
    xs, ys = zip(*itertools.chain(*letters), strict=True)
    assert (min(ys) + max(ys)) / 2 == pytest.approx(HEIGHT / 2, abs=200)
    assert (min(xs) + max(xs)) / 2 == pytest.approx(max(x for x, _ in frame) / 2, abs=200)
    # Half a groove's width and more stays bare between the letters and the frame.
    assert min(*xs, *ys) >= 1.5 * TOOL


@pytest.mark.parametrize("name", DOT_FONTS)
def test_a_name_in_a_frame_is_characters_of_5_by_7(name: str) -> None:
    height = 2_400_000  # both pitches are whole
    found = set(font(name).shape("<H1>", drawn("<H1>"), height).dots)
    pitch = height // 12
    small = font("dots-5x7")
    at, letters = 3, set[tuple[int, int]]()
    for char in "H1":
        dots = small.shape(char, None, 6).dots
        letters |= {((at + x) * pitch, (3 + y) * pitch) for x, y in dots}
        at += small.width(char, None) + small.spacing
    assert letters < found
    wide = (at - small.spacing + 3) * pitch
    frame = found - letters
    round_corners = {(x, y) for x in (pitch, wide - pitch) for y in (pitch, height - pitch)}
    assert {
        (x, y) for x, y in frame if x not in (0, wide) and y not in (0, height)
    } == round_corners
    assert {y for x, y in frame if 2 * pitch <= x <= wide - 2 * pitch} == {0, height}
    assert {x for x, y in frame if 2 * pitch <= y <= height - 2 * pitch} == {0, wide}


# Told apart

ISSUE = ["0O", "1I", "1L", "IL", "5S", "8B", "2Z", "G6"]
OTHERS = ["0D", "0Q", "UV", "17", "68", "KX", "38", "4A"]
LEAST = 0.30
"""Of the areas of two look-alikes a third differs at least, however they are laid over another."""
LEAST_ANY = {"outline": 0.14, "stroke": 0.14, "dots-5x7": 0.21, "dots-9x13": 0.21}
"""What any two letters or digits keep; O and Q, P and R, C and G differ by one stroke."""


@cache
def ink_of(name: str, char: str) -> Ink:
    return ink(font(name).shape(char, None, HEIGHT))


@pytest.mark.parametrize("name", FONTS)
@pytest.mark.parametrize("pair", ISSUE + OTHERS)
def test_look_alikes_are_told_apart(name: str, pair: str) -> None:
    one, other = (ink_of(name, char) for char in pair)
    assert distance(one, other) >= LEAST


@pytest.mark.parametrize("name", FONTS)
def test_no_two_characters_are_close(name: str) -> None:
    nearest = min(
        (distance(ink_of(name, one), ink_of(name, other)), one, other)
        for one, other in itertools.combinations(LETTERS + "0123456789", 2)
    )
    assert nearest[0] >= LEAST_ANY[name], nearest


def plain_zero(name: str) -> Shape:
    """Return a 0 as many fonts draw it: an O that is narrower, or rounder."""
    made = font(name).shape("O", None, HEIGHT)
    if name == "outline":
        return Shape(rings=tuple(tuple((x * 12 // 13, y) for x, y in r) for r in made.rings))
    if name == "stroke":
        return Shape(strokes=font(name).shape("0", None, HEIGHT).strokes[:1])
    corners = set[tuple[int, int]]()
    for end in (0, max(y for _, y in made.dots)):
        row = [(x, y) for x, y in made.dots if y == end]
        corners |= {min(row), max(row)}
    return Shape(dots=tuple(dot for dot in made.dots if dot not in corners))


@pytest.mark.parametrize("name", FONTS)
def test_a_zero_without_its_slash_would_fail(name: str) -> None:
    assert distance(ink(plain_zero(name)), ink_of(name, "O")) < LEAST


@pytest.mark.parametrize("name", LINE_FONTS)
def test_a_one_that_is_a_stem_would_fail(name: str) -> None:
    one = font(name).shape("1", None, HEIGHT)
    if one.strokes:
        stem = Shape(strokes=(one.strokes[0][1:],))
    else:
        columns = [x for x, _ in one.dots]
        stem = Shape(dots=tuple(at for at in one.dots if at[0] == max(columns, key=columns.count)))
    assert distance(ink(stem), ink_of(name, "I")) < 0.1


def test_shifts_and_sizes_do_not_hide_a_likeness() -> None:
    letter = font("stroke").shape("O", None, HEIGHT)
    moved = Shape(strokes=tuple(tuple((x + 90_000, y) for x, y in p) for p in letter.strokes))
    assert distance(ink(letter), ink(letter)) == 0
    assert distance(ink(letter), ink(moved)) < 0.1
    assert distance(ink(letter), ink(Shape(dots=((0, 0),)))) > 0.9


# Struck


def area(shape: Shape, tool: int) -> float:
    """Return the marked area in square millimetres."""
    marked = struck(shape, (4 * 10**6, 4 * 10**6), tool_nm=tool, dpi=2540, margin_nm=10**6)
    return np.count_nonzero(marked) / 100**2


def test_marked_areas() -> None:
    path = ((0, 0), (3_000_000, 4_000_000))
    assert area(Shape(dots=((10**6, 10**6),)), 10**6) == pytest.approx(math.pi / 4, rel=0.01)
    assert area(Shape(strokes=(path,)), 400_000) == pytest.approx(2 + math.pi * 0.04, rel=0.01)
    ring = ((0, 0), (2 * 10**6, 0), (2 * 10**6, 3 * 10**6))
    assert area(Shape(rings=(ring,)), 400_000) == pytest.approx(3, rel=0.01)
    assert area(Shape(), 400_000) == 0


def svg_of(shape: Shape, tool: int) -> str:
    """Return strokes and dots as an SVG of 2 by 2 mm, written by rules of our own."""
    paths = [*shape.strokes, *((dot, dot) for dot in shape.dots)]
    lines = "".join("M" + "L".join(f"{x / 1e6:.6f} {y / 1e6:.6f}" for x, y in p) for p in paths)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="2mm" height="2mm" viewBox="-.2 -.2 2 2">'
        f'<path d="{lines}" fill="none" stroke="#000" stroke-width="{tool / 1e6}" '
        'stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )


@pytest.mark.parametrize("name", LINE_FONTS)
@pytest.mark.parametrize("char", "A8&.")
def test_another_program_strikes_alike(name: str, char: str) -> None:
    resvg = pytest.importorskip("resvg_py")
    shape = font(name).shape(char, None, HEIGHT)
    rendered = bytes(
        resvg.svg_to_bytes(svg_string=svg_of(shape, TOOL), dpi=2540, background="white")
    )
    theirs: NDArray[np.bool_] = np.asarray(Image.open(io.BytesIO(rendered)).convert("L")) < 128
    ours = struck(shape, (HEIGHT, HEIGHT), tool_nm=TOOL, dpi=2540, margin_nm=200_000)
    rows, columns = (min(a, b) for a, b in zip(ours.shape, theirs.shape, strict=True))
    unlike = ours[:rows, :columns] ^ theirs[:rows, :columns]
    assert np.count_nonzero(unlike) <= 0.03 * np.count_nonzero(ours)


# The scripts


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_strokes_are_what_the_script_draws() -> None:
    pytest.importorskip("shapely", reason="scripts/make_glyphs.py needs it")
    made = script("make_glyphs")
    text = made.content(made.stroke_glyph)
    assert text == (DATA / "strokes.json").read_text(encoding="utf-8")


def test_the_strokes_of_emblems_are_what_the_script_draws() -> None:
    text = (DATA / "emblems.json").read_text(encoding="utf-8")
    assert json.loads(script("make_emblems").render_strokes()) == json.loads(text)


def test_the_sheet_is_up_to_date() -> None:
    made = script("make_glyph_sheet")
    sheet = made.sheet()
    assert sheet == made.sheet()
    assert made.same_picture(sheet, (ROOT / "docs" / "pictures" / "glyphs.png").read_bytes())
