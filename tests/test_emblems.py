"""Drawn symbols: the star's geometry, outlines of one's own, hostile ones, emblems in marks."""

from __future__ import annotations

import importlib.util
import io
import itertools
import json
import math
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from markcode.errors import SymbolError
from markcode.reading import read
from markcode.symbols import drawing, emblems, glyphs, layout, make, png, raster, svg
from markcode.symbols.emblems import Emblem, emblem, emblem_from_paths, pieces

HEIGHT = 2_000_000
MODULE = 400_000
ROOT = Path(__file__).parents[1]
SHIELD = ["M 0 0 L 60 0 L 60 50 L 30 100 L 0 50 Z", "M 30 20 L 45 50 L 30 75 L 15 50 Z"]
OWN = {"OWN": emblem_from_paths(SHIELD)}
MARKS = [
    ["★KE POL 000123"],
    ["<ECOWAS> CI PN 000123"],
    ["<ARMS> KE 2026 000123"],
    ["EU", "AT <ENTITY> 19"],
    ["<OWN><DE-BM> 19", "000123★"],
]
DRAWN = ["★", "<ECOWAS>", "<ARMS>", "<DE-BM>", "<I>", f"<{'W-0' * 8}>", "<OWN>"]


def shape_of(piece: str) -> Emblem:
    shape = emblem(piece, OWN)
    assert shape is not None
    return shape


def inside(shape: Emblem, scale: int = 100) -> NDArray[np.bool_]:
    """Return how an emblem fills a box 100 dots high."""
    rings = [[(x / scale, y / scale) for x, y in ring] for ring in shape.rings]
    return raster.fill(rings, shape.width // scale + 1, glyphs.EM // scale + 1)


def paths_of(shape: Emblem, step: int = 1) -> list[str]:
    """Return the rings as paths, written here and not by markcode."""
    return [
        "M " + " L ".join(f"{step * x - 7} {step * y + 3}" for x, y in ring) + " Z"
        for ring in shape.rings
    ]


def dots(picture: png.Picture) -> NDArray[np.bool_]:
    return ~np.asarray(Image.open(io.BytesIO(picture.bytes)))


# Pieces


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", []),
        ("CO 26", ["C", "O", " ", "2", "6"]),
        ("★*", ["★", "*"]),
        ("A<STAR>B", ["A", "<STAR>", "B"]),
        ("<A><0-9>", ["<A>", "<0-9>"]),
        ("<<A>>", ["<", "<A>", ">"]),
        ("<a>", ["<", "a", ">"]),
        ("<>", ["<", ">"]),
        ("<A B>", ["<", "A", " ", "B", ">"]),
        ("<\u0391>", ["<", "\u0391", ">"]),
        (f"<{'A' * 24}>", [f"<{'A' * 24}>"]),
        (f"<{'A' * 25}>", ["<", *"A" * 25, ">"]),
        ("A\n", ["A", "\n"]),
    ],
)
def test_pieces(line: str, expected: list[str]) -> None:
    assert list(pieces(line)) == expected


@given(st.text(alphabet="<>A-0★ a\n", max_size=40))
def test_pieces_lose_nothing(line: str) -> None:
    assert "".join(pieces(line)) == line


def test_characters_are_no_emblems() -> None:
    assert all(emblem(char) is None for char in glyphs.alphabet() + "<>\n")


@pytest.mark.parametrize("line", ["A <B", "A <b>", "A <>", "A >", f"A <{'A' * 25}>"])
def test_brackets_that_hold_no_name_are_named_with_their_place(line: str) -> None:
    with pytest.raises(SymbolError, match=r"line 2, column 3: .*drawn symbols such as <STAR>"):
        drawing.draw(["CO", line], height_nm=HEIGHT, module_nm=MODULE)


def test_the_column_of_a_fault_counts_characters() -> None:
    with pytest.raises(SymbolError, match="line 1, column 9: 'a' "):
        drawing.draw(["<ECOWAS>a"], height_nm=HEIGHT, module_nm=MODULE)


# Our own emblems


def test_the_star_is_regular() -> None:
    star = shape_of("★")
    (ring,) = star.rings
    assert len(ring) == 10
    # A regular pentagram of this height: the outer circle, and the inner one by the golden ratio.
    radius = glyphs.EM / (1 + math.cos(math.pi / 5))
    golden = (1 + math.sqrt(5)) / 2
    centre = (star.width / 2, radius)
    distances = [math.dist(centre, corner) for corner in ring]
    assert distances[::2] == pytest.approx([radius] * 5, abs=1.5)
    assert distances[1::2] == pytest.approx([radius / golden**2] * 5, abs=1.5)
    tips = [math.degrees(math.atan2(x - centre[0], centre[1] - y)) for x, y in ring[::2]]
    assert sorted(tips) == pytest.approx([-144, -72, 0, 72, 144], abs=0.02)
    assert star.width == pytest.approx(2 * radius * math.sin(math.radians(72)), abs=1.5)


def test_the_star_is_one_star() -> None:
    assert emblem("★") == emblem("<STAR>")
    replaced = emblem("★", {"STAR": OWN["OWN"]})
    assert replaced == OWN["OWN"]
    assert emblem("<STAR>", {"STAR": OWN["OWN"]}) == replaced


@pytest.mark.parametrize("piece", DRAWN)
def test_an_emblem_is_as_high_as_a_letter(piece: str) -> None:
    shape = shape_of(piece)
    xs, ys = zip(*[corner for ring in shape.rings for corner in ring], strict=True)
    assert (min(xs), max(xs)) == (0, shape.width)
    assert (min(ys), max(ys)) == (0, glyphs.EM)
    assert all(type(value) is int for value in xs + ys)


@pytest.mark.parametrize("piece", DRAWN)
def test_outlines_do_not_overlap(piece: str) -> None:
    shape = shape_of(piece)
    covers = np.sum([inside(Emblem(shape.width, (ring,))) for ring in shape.rings], axis=0)
    # Rings lie within one another or apart: at most the hole of a letter in the hole of a frame.
    assert covers.max() <= 4
    assert ((covers % 2 == 1) == inside(shape)).all()
    for ring in shape.rings:
        assert len(set(ring)) == len(ring) >= 3
    for one, other in itertools.combinations(shape.rings, 2):
        assert not any(touching(a, b) for a in sides(one) for b in sides(other))


Side = tuple[tuple[int, int], tuple[int, int]]


def sides(ring: glyphs.Ring) -> list[Side]:
    return list(itertools.pairwise([*ring, ring[0]]))


def touching(one: Side, other: Side) -> bool:
    """Return whether two sides meet, in whole numbers."""
    for axis in (0, 1):
        a, b = sorted(at[axis] for at in one), sorted(at[axis] for at in other)
        if a[1] < b[0] or b[1] < a[0]:
            return False

    def turn(side: Side, at: tuple[int, int]) -> int:
        (x0, y0), (x1, y1) = side
        cross = (x1 - x0) * (at[1] - y0) - (y1 - y0) * (at[0] - x0)
        return (cross > 0) - (cross < 0)

    return turn(one, other[0]) * turn(one, other[1]) <= 0 and (
        turn(other, one[0]) * turn(other, one[1]) <= 0
    )


def ink(shape: Emblem, height: int = 47) -> NDArray[np.bool_]:
    """Return 2 mm at 600 dpi, in the middle of a wide cell."""
    bitmap = png._bitmap("?", height, shape)
    cell = np.zeros((height, 3 * height), np.bool_)
    left = (cell.shape[1] - bitmap.shape[1]) // 2
    cell[:, left : left + bitmap.shape[1]] = bitmap
    return cell


@pytest.mark.parametrize("piece", ["★", "<ECOWAS>", "<ARMS>", "<O>", "<A>"])
def test_an_emblem_looks_like_no_character(piece: str) -> None:
    drawn = ink(shape_of(piece))
    for char in glyphs.alphabet().strip():
        other = ink(glyphs.glyph(char))
        unlike = min(np.count_nonzero(drawn ^ np.roll(other, by, 1)) for by in range(-8, 9))
        assert unlike >= 0.3 * max(drawn.sum(), other.sum()), char


def test_the_star_is_heavier_than_the_asterisk() -> None:
    assert ink(shape_of("★")).sum() > 1.5 * ink(glyphs.glyph("*")).sum()


def test_a_frame_holds_the_characters_of_its_name() -> None:
    shape = shape_of("<B8>")
    outer, inner, *letters = shape.rings
    assert len(letters) == len(glyphs.glyph("B").rings) + len(glyphs.glyph("8").rings)
    xs, ys = zip(*[corner for ring in letters for corner in ring], strict=True)
    assert min(x for x, _ in inner) < min(xs)
    assert max(x for x, _ in inner) > max(xs)
    assert min(y for _, y in inner) < min(ys) < max(ys) < max(y for _, y in inner)
    assert min(xs) + max(xs) == pytest.approx(shape.width, abs=2)
    assert min(ys) + max(ys) == glyphs.EM
    assert 0.6 * glyphs.EM <= max(ys) - min(ys) <= 0.7 * glyphs.EM
    # The stroke of the frame is the same on all sides, however long the name is.
    for of in (shape, shape_of("<DE-BM>")):
        outside, hole = ([x for x, _ in ring] for ring in of.rings[:2])
        assert min(hole) - min(outside) == max(outside) - max(hole) == 800
    assert max(x for x, _ in outer) == shape.width


# Outlines of one's own


def test_an_outline_is_scaled_to_the_em() -> None:
    shape = emblem_from_paths(["M-10 -20L 30 -20 L30 60L-10 60 Z  M 0 0\nL 10 0 L 10 10 Z"])
    assert shape == Emblem(
        5_000,
        (
            ((0, 0), (5_000, 0), (5_000, 10_000), (0, 10_000)),
            ((1_250, 2_500), (2_500, 2_500), (2_500, 3_750)),
        ),
    )


def test_corners_that_stand_on_one_another_are_one() -> None:
    shape = emblem_from_paths(["M 0 0 L 8 0 L 8 0 L 8 8 L 0 0 Z"])
    assert shape.rings == (((10_000, 0), (10_000, 10_000), (0, 0)),)


@pytest.mark.parametrize("piece", DRAWN)
@pytest.mark.parametrize("step", [1, 3])
def test_our_emblems_survive_as_paths(piece: str, step: int) -> None:
    assert emblem_from_paths(paths_of(shape_of(piece), step)) == shape_of(piece)
    joined = emblem_from_paths([" ".join(paths_of(shape_of(piece), step))])
    assert joined == shape_of(piece)


@given(st.data())
def test_any_polygons_survive_as_paths(data: st.DataObject) -> None:
    width = data.draw(st.integers(500, 200_000), "width")
    corner = st.tuples(st.integers(0, width), st.integers(0, glyphs.EM))
    rings = data.draw(st.lists(st.lists(corner, min_size=3, max_size=8, unique=True), max_size=5))
    for ring in rings:
        (x0, y0), (x1, y1) = ring[:2]
        assume(any((x1 - x0) * (y - y0) != (y1 - y0) * (x - x0) for x, y in ring))
    box = [(0, 0), (width, 0), (width, glyphs.EM), (0, glyphs.EM)]
    shape = Emblem(width, tuple(tuple(ring) for ring in [box, *rings]))
    assert emblem_from_paths(paths_of(shape)) == shape


BOX = "M 0 0 L 9 0 L 9 9 L 0 9 Z"


@pytest.mark.parametrize(
    ("paths", "reason"),
    [
        ([], "has no path"),
        ([""], "path 1 of the outline is empty"),
        ([BOX, " \t"], "path 2 of the outline is empty"),
        (BOX, "a list of paths, not one text"),
        ([7], "path 1 of the outline is 7, not text"),
        ([BOX, "M 0 0 L 9 0 L 9 9"], "path 2 .*character 18: the last polygon is open"),
        (["M 0 0 L 9 0 L 9 9 M 1 1 L 2 2 L 3 1 Z"], "character 19: M stands in an open polygon"),
        (["L 9 0 L 9 9 L 0 9 Z"], "character 1: L comes before M"),
        ([f"{BOX} L 1 1 Z"], "character 27: L comes before M"),
        ([f"{BOX}Z"], "Z comes before M"),
        (["Z"], "Z comes before M"),
        (["M 0 0 L 9 9 Z"], "a polygon of 2 corners has no area"),
        (["M 0 0 Z"], "a polygon of 1 corners has no area"),
        (["M 0 0 L 9 9 L 18 18 Z"], "polygon 1 of the outline has no area"),
        ([BOX, "M 1 1 L 1 1 L 1 1 Z"], "polygon 2 of the outline has no area"),
        ([BOX.replace("9", "999999"), "M 1 1 L 2 1 L 2 2 Z"], "polygon 2 .* has no area"),
        (["M 5 0 L 5 9 L 5 4 Z"], "0 wide and 9 high"),
        (["M 0 5 L 9 5 L 4 5 Z"], "9 wide and 0 high"),
        (["M 3 3 L 3 3 L 3 3 Z"], "0 wide and 0 high"),
        (["M 0 0 L 21 0 L 21 1 Z"], "21 wide and 1 high; .* 20 times"),
        (["M 0 0 L 1 0 L 1 21 Z"], "1 wide and 21 high; .* 20 times"),
        (["m 0 0 l 9 0 l 0 9 z"], "character 1: 'm 0 0 l 9 0 l 0 ' is neither M x y nor"),
        (["M 0 0 l 9 0 L 9 9 Z"], "character 7: "),
        (["M 0 0 H 9 V 9 Z"], "character 7: 'H 9 V 9 Z' is neither"),
        (["M 0 0 C 1 1 2 2 3 3 Z"], "character 7: 'C "),
        (["M 0 0 A 5 5 0 0 1 9 9 Z"], "character 7: 'A "),
        (["M 0 0 9 0 9 9 Z"], "character 7: '9 0 "),
        (["M 0,0 L 9,0 L 9,9 Z"], "character 1: 'M 0,0"),
        (["M 0 0 L 9.5 0 L 9 9 Z"], "character 7: 'L 9.5"),
        (["M 0 0 L 9 0.5 L 9 9 Z"], "character 7: 'L 9 0.5"),
        (["M 0 0 L 1e3 0 L 9 9 Z"], "character 7: 'L 1e3"),
        (["M 0 0 L +9 0 L 9 9 Z"], "character 7: "),
        (["M 0 0 L \u0669 0 L 9 9 Z"], "character 7: "),
        (["M 0 0\u00a0L 9 0 L 9 9 Z"], "character 6: "),
        (["M 0 0 L 9 0 L 9 9 Z<script/>"], "character 20: '<script/>' "),
        (["M 0 0 L 1000001 0 L 9 9 Z"], "character 7: 'L 1000001 0' is beyond 1,000,000"),
        (["M 0 0 L 9 -1000001 L 9 9 Z"], "beyond 1,000,000"),
        (["M 0 0 L 9 " + "9" * 9_999 + " Z"], "character 7: "),
        ([BOX] * 65, "more than 64 polygons"),
        ([BOX * 65], "more than 64 polygons"),
        (["M 0 0" + " L 5 9" * 2_000 + " Z"], "more than 2,000 corners"),
        (["M 0 0" + " L 5 9" * 1_500 + " L 9 0 Z"] * 2, "path 2 .*more than 2,000 corners"),
        (["M" + " " * 200_000], "character 1: 'M "),
    ],
)
def test_hostile_outlines_are_refused(paths: list[str], reason: str) -> None:
    with pytest.raises(SymbolError, match=reason):
        emblem_from_paths(paths)


def test_the_bounds_themselves_are_allowed() -> None:
    wide = emblem_from_paths(["M -1000000 0 L 1000000 0 L 1000000 1000000 Z"])
    assert wide.width == 20_000
    assert emblem_from_paths(["M 0 0 L 20 0 L 20 1 Z"]).width == 200_000
    assert emblem_from_paths(["M 0 0 L 1 0 L 1 20 Z"]).width == 500
    assert len(emblem_from_paths([BOX] * 64).rings) == 64
    zigzag = "".join(f" L {x} {5 + x % 2}" for x in range(1_998))
    (ring,) = emblem_from_paths([f"M 0 0{zigzag} L 1998 1998 Z"]).rings
    assert len(ring) == 2_000


@given(st.lists(st.text(alphabet="MLZ 019-.,m\n", max_size=60), max_size=4))
def test_any_text_is_an_emblem_or_a_symbol_error(paths: list[str]) -> None:
    try:
        shape = emblem_from_paths(paths)
    except SymbolError:
        return
    assert max(y for ring in shape.rings for _, y in ring) == glyphs.EM


def test_an_outline_too_fine_for_the_picture_is_refused() -> None:
    hair = emblem_from_paths(["M 0 0 L 9999 9990 L 9999 9999 Z"])
    with pytest.raises(SymbolError, match="<HAIR> is too fine to show with 8 dots"):
        png.to_png(
            ["A<HAIR>"], None, height_nm=HEIGHT, module_nm=1, dpi=100, emblems={"HAIR": hair}
        )


# Layout


@pytest.mark.parametrize("grid", [1, 100_000])
def test_an_emblem_stands_in_a_line_as_one_character(grid: int) -> None:
    placed = layout.arrange(
        ["A<OWN>★ <DE-BM>B"], None, height=HEIGHT, module=MODULE, grid=grid, emblems=OWN
    )
    assert [one.char for one in placed.characters] == ["A", "<OWN>", "★", "<DE-BM>", "B"]
    spacing = glyphs.SPACING * HEIGHT / glyphs.EM
    space = glyphs.SPACE * HEIGHT / glyphs.EM + spacing
    for left, right in itertools.pairwise(placed.characters):
        shape = left.emblem or glyphs.glyph(left.char)
        room = right.x - left.x - shape.width * HEIGHT / glyphs.EM
        expected = spacing + (space if left.char == "★" else 0)
        assert expected <= room < expected + 4 * grid
    last = placed.characters[-1]
    end = last.x + glyphs.glyph("B").width * HEIGHT / glyphs.EM
    assert end <= placed.width
    assert {one.y for one in placed.characters} == {placed.characters[0].y}


@pytest.mark.parametrize("piece", DRAWN)
@pytest.mark.parametrize("height", [1_587_500, 2_000_001])
def test_the_full_height_is_what_was_asked(piece: str, height: int) -> None:
    (shape,) = drawing.draw([piece], height_nm=height, module_nm=MODULE, emblems=OWN).shapes
    ys = [y for ring in shape for _, y in ring]
    assert max(ys) - min(ys) == height
    assert len(shape) == len(shape_of(piece).rings)


@pytest.mark.parametrize("piece", DRAWN)
def test_a_line_of_an_emblem_alone_can_be_drawn(piece: str) -> None:
    picture = png.to_png([piece], None, height_nm=HEIGHT, module_nm=1, dpi=600, emblems=OWN)
    assert picture.achieved_height_nm >= HEIGHT
    assert dots(picture).any()


# Marks


def payload(lines: list[str]) -> str:
    return " ".join(lines).replace("★", "*")


def svg_of(lines: list[str]) -> str:
    made = drawing.draw(
        lines,
        make("datamatrix", payload(lines)),
        height_nm=HEIGHT,
        module_nm=MODULE,
        emblems=OWN,
    )
    return svg.to_svg(made, title=" ".join(lines))


@pytest.mark.parametrize("lines", MARKS)
def test_svg_has_one_closed_path_for_each_piece(lines: list[str]) -> None:
    root = ElementTree.fromstring(svg_of(lines))
    drawn = [piece for line in lines for piece in pieces(line) if piece != " "]
    found = root.findall("{http://www.w3.org/2000/svg}path")
    assert len(found) == len(drawn) + 1
    for path, piece in zip(found, drawn, strict=False):
        shape = emblem(piece, OWN) or glyphs.glyph(piece)
        outline = path.get("d") or ""
        assert outline.count("M") == outline.count("Z") == len(shape.rings)


@pytest.mark.parametrize("lines", MARKS)
def test_the_symbol_beside_emblems_is_read_back(lines: list[str]) -> None:
    (scan,) = read(raster.rasterise_svg(svg_of(lines), 600))
    assert (scan.symbology, scan.text) == ("datamatrix", payload(lines))
    for dpi in (300, 600):
        picture = png.to_png(
            lines,
            make("datamatrix", payload(lines)),
            height_nm=HEIGHT,
            module_nm=MODULE,
            dpi=dpi,
            emblems=OWN,
        )
        (scan,) = read(Image.open(io.BytesIO(picture.bytes)))
        assert (scan.symbology, scan.text) == ("datamatrix", payload(lines))


@pytest.mark.parametrize("lines", MARKS)
def test_another_program_draws_the_svg_alike(lines: list[str]) -> None:
    resvg = pytest.importorskip("resvg_py")
    rendered = bytes(resvg.svg_to_bytes(svg_string=svg_of(lines), dpi=600, background="white"))
    theirs = Image.open(io.BytesIO(rendered)).convert("L")
    (scan,) = read(theirs)
    assert scan.text == payload(lines)
    ours = raster.rasterise_svg(svg_of(lines), 600)
    size = (min(ours.width, theirs.width), min(ours.height, theirs.height))
    assert abs(ours.width - theirs.width) <= 1
    unlike = (np.asarray(ours.crop((0, 0, *size))) < 128) ^ (
        np.asarray(theirs.crop((0, 0, *size))) < 128
    )
    assert unlike.mean() < 0.01


@pytest.mark.parametrize("piece", DRAWN)
def test_another_program_fills_an_emblem_as_our_png_does(piece: str) -> None:
    resvg = pytest.importorskip("resvg_py")
    # 25.4 mm at 100 dpi: the letters are 100 dots high in both, so that dots can be compared.
    height = 25_400_000
    made = drawing.draw([piece], height_nm=height, module_nm=1, emblems=OWN)
    rendered = bytes(resvg.svg_to_bytes(svg_string=svg.to_svg(made), dpi=100, background="white"))
    theirs = np.asarray(Image.open(io.BytesIO(rendered)).convert("L")) < 128
    ours = dots(png.to_png([piece], None, height_nm=height, module_nm=1, dpi=100, emblems=OWN))
    rows, columns = (min(a, b) for a, b in zip(ours.shape, theirs.shape, strict=True))
    unlike = ours[:rows, :columns] ^ theirs[:rows, :columns]
    assert unlike.sum() <= 0.03 * ours.sum()


def test_an_outline_given_replaces_ours() -> None:
    plain = drawing.draw(["<ECOWAS>"], height_nm=HEIGHT, module_nm=MODULE)
    given_one = {"ECOWAS": OWN["OWN"]}
    other = drawing.draw(["<ECOWAS>"], height_nm=HEIGHT, module_nm=MODULE, emblems=given_one)
    assert plain != other
    own = drawing.draw(["<OWN>"], height_nm=HEIGHT, module_nm=MODULE, emblems=OWN)
    assert other == own
    # The drawing of one caller does not stay for the next.
    assert drawing.draw(["<ECOWAS>"], height_nm=HEIGHT, module_nm=MODULE) == plain
    pictures = [
        png.to_png(["<ECOWAS>"], None, height_nm=HEIGHT, module_nm=1, dpi=600, emblems=outlines)
        for outlines in (None, given_one, None)
    ]
    assert pictures[0] == pictures[2] != pictures[1]


# The script


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "make_emblems", ROOT / "scripts" / "make_emblems.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_data_file_is_what_the_script_draws(script: ModuleType) -> None:
    file = Path(emblems.__file__).with_name("emblems.json")
    assert json.loads(script.render()) == json.loads(file.read_text(encoding="utf-8"))


def test_the_sheet_is_up_to_date(script: ModuleType) -> None:
    sheet = script.sheet()
    assert sheet == script.sheet()
    assert script.same_picture(sheet, (ROOT / "docs" / "pictures" / "emblems.png").read_bytes())
