"""Pictures of marks: real sizes, closed outlines, whole dots, glyphs that differ."""

from __future__ import annotations

import io
import itertools
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from markcode import Payload
from markcode.errors import SymbolError, UnreadableImage
from markcode.reading import read
from markcode.symbols import Symbol, drawing, glyphs, layout, make, names, png, raster, svg

LINES = ["CO INDU 26 07", "01238 09 R"]
MARK = "CO INDU 26 07 01238 09 R"
HEIGHT = 1_587_500
MODULE = 400_000
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
NS = "{http://www.w3.org/2000/svg}"


def symbol(name: str = "datamatrix") -> Symbol:
    if name == "gs1-128":
        return make(name, Payload("010952123454321321ABC\x1d422170", gs1=True))
    return make(name, "CO 26" if name == "micro-qr" else MARK)


def svg_of(name: str = "datamatrix") -> str:
    made = drawing.draw(LINES, symbol(name), height_nm=HEIGHT, module_nm=MODULE)
    return svg.to_svg(made, title="row 2")


def paths(text: str) -> list[list[list[tuple[int, int]]]]:
    """Return the rings of each path in nanometres, read by rules of our own."""
    result = []
    for path in ElementTree.fromstring(text).iter(f"{NS}path"):
        rings = [ring for ring in (path.get("d") or "").split("M") if ring]
        assert all(ring.endswith("Z") for ring in rings)
        result.append([[nanometres(at) for at in ring[:-1].split("L")] for ring in rings])
    return result


def nanometres(point: str) -> tuple[int, int]:
    x, y = (round(float(value) * 1_000_000) for value in point.split(" "))
    return (x, y)


def dots(picture: png.Picture) -> NDArray[np.bool_]:
    """Return the dark dots of a picture."""
    return ~np.asarray(Image.open(io.BytesIO(picture.bytes)))


# Glyphs


def test_the_alphabet() -> None:
    assert set(glyphs.alphabet()) == set(LETTERS + " -./*&+():,'#")
    assert glyphs.is_drawable("SMITH & CO.")
    assert not glyphs.is_drawable("Smith")


@pytest.mark.parametrize("char", LETTERS)
def test_a_letter_is_just_as_high_as_the_em(char: str) -> None:
    ys = [y for ring in glyphs.glyph(char).rings for _, y in ring]
    assert (min(ys), max(ys)) == (0, glyphs.EM)


def test_proportions() -> None:
    widths = {char: glyphs.glyph(char).width / glyphs.EM for char in LETTERS if char != "I"}
    assert min(widths.values()) >= 0.60
    assert max(widths.values()) <= 0.70
    assert glyphs.SPACING >= 0.2 * glyphs.EM


@pytest.mark.parametrize("char", glyphs.alphabet().strip())
def test_outlines_do_not_overlap(char: str) -> None:
    shape = glyphs.glyph(char)
    rings = [[(x / 100, y / 100) for x, y in ring] for ring in shape.rings]
    covers = np.sum([raster.fill([ring], 75, 101) for ring in rings], axis=0)
    merged = raster.fill(rings, 75, 101)
    # A dot is in no ring, in one and inked, or in an outer ring and its hole and bare.
    assert (covers <= 2).all()
    assert ((covers == 1) == merged).all()
    assert merged.any()
    for ring in shape.rings:
        assert len(ring) >= 3
        assert ring[0] != ring[-1]


def ink(char: str) -> NDArray[np.bool_]:
    """Return a character of 1.6 mm at 1000 dpi, in the middle of a cell."""
    bitmap = png._bitmap(char, 63)
    cell = np.zeros((63, 64), np.bool_)
    left = (64 - bitmap.shape[1]) // 2
    cell[:, left : left + bitmap.shape[1]] = bitmap
    return cell


def difference(one: str, other: str) -> float:
    """Return the part of the larger glyph that differs, with the glyphs laid on one another."""
    a, b = ink(one), ink(other)
    least = min(np.count_nonzero(a ^ np.roll(b, shift, 1)) for shift in range(-8, 9))
    return float(least / max(np.count_nonzero(a), np.count_nonzero(b)))


@pytest.mark.parametrize("pair", ["0O", "0Q", "0D", "1I", "5S", "2Z", "8B", "38", "7Z", "OD"])
def test_look_alikes_look_different(pair: str) -> None:
    assert difference(*pair) >= 0.30


def test_no_two_glyphs_are_close() -> None:
    chars = glyphs.alphabet().strip()
    nearest = min((difference(a, b), a, b) for a, b in itertools.combinations(chars, 2))
    assert nearest[0] >= 0.14, nearest


@pytest.mark.parametrize("height", [8, 9, 13, 20, 38, 64, 126])
def test_a_letter_fills_its_height_in_dots(height: int) -> None:
    for char in LETTERS:
        bitmap = png._bitmap(char, height)
        assert bitmap[0].any(), char
        assert bitmap[-1].any(), char


# Drawing


@pytest.mark.parametrize("height", [1_587_500, 1_600_000, 1_587_501, 3_000_001])
def test_the_full_height_is_what_was_asked(height: int) -> None:
    for char in LETTERS:
        (shape,) = drawing.draw([char], height_nm=height, module_nm=MODULE).shapes
        ys = [y for ring in shape for _, y in ring]
        assert max(ys) - min(ys) == height


def test_a_character_without_a_glyph_is_named_with_its_place() -> None:
    with pytest.raises(SymbolError, match="line 2, column 3: 'a' cannot be drawn; there are A-Z"):
        drawing.draw(["CO", "INa"], height_nm=HEIGHT, module_nm=MODULE)
    for char in "a\n\t\xd1\u0660\u0391{":
        with pytest.raises(SymbolError, match="line 1, column 1: "):
            drawing.draw([char], height_nm=HEIGHT, module_nm=MODULE)


@pytest.mark.parametrize("lines", [[], [""], ["  "]])
def test_nothing_to_draw(lines: list[str]) -> None:
    with pytest.raises(SymbolError, match="neither text nor a symbol"):
        drawing.draw(lines, height_nm=HEIGHT, module_nm=MODULE)


@pytest.mark.parametrize("name", names())
def test_a_symbol_alone_has_its_own_size(name: str) -> None:
    made = drawing.draw([], symbol(name), height_nm=HEIGHT, module_nm=MODULE)
    assert (made.width_nm, made.height_nm) == symbol(name).size_nm(MODULE)


@pytest.mark.parametrize("name", names())
def test_outlines_of_a_symbol_are_its_modules(name: str) -> None:
    made = symbol(name)
    tall = made.row_height_nm(MODULE)
    rings = [[(x / MODULE, y / tall) for x, y in ring] for ring in drawing.outlines(made, MODULE)]
    assert (raster.fill(rings, made.columns, made.rows) == made.modules).all()
    corners = [corner for ring in rings for corner in ring]
    assert all(x == int(x) and y == int(y) for x, y in corners)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=2, max_size=6))
def test_outlines_of_any_modules(rows: list[list[bool]]) -> None:
    made = Symbol("datamatrix", np.array(rows), 1, Payload("A"))
    rings = drawing.outlines(made, 1)
    assert (raster.fill(rings, 4, len(rows)) == made.modules).all()
    # Shared sides are gone: no border has dark on both hands.
    border = sum(
        abs(x1 - x0) + abs(y1 - y0)
        for ring in rings
        for (x0, y0), (x1, y1) in itertools.pairwise([*ring, ring[0]])
    )
    padded = np.pad(made.modules, 1).astype(int)
    assert border == np.abs(np.diff(padded, axis=0)).sum() + np.abs(np.diff(padded, axis=1)).sum()


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("arrangement", ["beside", "under"])
def test_text_keeps_out_of_the_quiet_zone(name: str, arrangement: layout.Arrangement) -> None:
    made = symbol(name)
    placed = layout.arrange(LINES, made, height=HEIGHT, module=MODULE, arrangement=arrangement)
    assert placed.symbol_at is not None
    aside, above = (zone * MODULE for zone in made.margins)
    x, y = placed.symbol_at
    wide, tall = made.size_nm(MODULE)
    assert x >= aside
    assert y >= above
    assert x - aside + wide <= placed.width
    assert y - above + tall <= placed.height
    for char in placed.characters:
        right = char.x + glyphs.glyph(char.char).width * HEIGHT // glyphs.EM
        assert char.x >= x - aside + wide or char.y >= y - above + tall
        assert right <= placed.width
        assert char.y + HEIGHT <= placed.height


def test_lines_and_characters_keep_apart() -> None:
    placed = layout.arrange(LINES, None, height=HEIGHT, module=MODULE)
    for a, b in itertools.pairwise(placed.characters):
        if a.y == b.y:
            room = b.x - a.x - glyphs.glyph(a.char).width * HEIGHT / glyphs.EM
            assert room >= 0.2 * HEIGHT
        else:
            assert b.y - a.y >= 1.5 * HEIGHT


# SVG


def test_svg_of_one_letter() -> None:
    made = drawing.draw(["I"], height_nm=1_600_000, module_nm=MODULE)
    head, path, end, rest = svg.to_svg(made).split("\n")
    assert head == (
        '<svg xmlns="http://www.w3.org/2000/svg" version="1.1" '
        'width="1.312mm" height="2.4mm" viewBox="0 0 1.312 2.4">'
    )
    assert path.startswith('<path fill="#000000" fill-rule="evenodd" stroke="none" d="M')
    assert path.endswith('Z"/>')
    assert (end, rest) == ("</svg>", "")


@pytest.mark.parametrize("name", names())
def test_svg_is_closed_filled_paths_of_the_drawing(name: str) -> None:
    text = svg_of(name)
    root = ElementTree.fromstring(text)
    assert {child.tag for child in root} == {f"{NS}title", f"{NS}path"}
    for path in root.iter(f"{NS}path"):
        assert path.get("fill-rule") == "evenodd"
        assert path.get("stroke") == "none"
        assert re.fullmatch(r"(M[0-9. L]+Z)+", path.get("d") or "")
    made = drawing.draw(LINES, symbol(name), height_nm=HEIGHT, module_nm=MODULE)
    assert paths(text) == [[list(ring) for ring in shape] for shape in made.shapes]
    assert root.get("width") == f"{made.width_nm / 1e6:.6f}".rstrip("0").rstrip(".") + "mm"
    assert "e" not in "".join(path.get("d") or "" for path in root.iter(f"{NS}path"))


def test_svg_title_is_escaped() -> None:
    made = drawing.draw(["A"], height_nm=HEIGHT, module_nm=MODULE)
    text = svg.to_svg(made, title="a<b & \x1d")
    assert ElementTree.fromstring(text)[0].text == "a<b & {GS}"


def test_svg_is_the_same_every_time() -> None:
    assert svg_of() == svg_of()


@pytest.mark.parametrize("name", names())
def test_svg_is_read_back(name: str) -> None:
    (scan,) = read(raster.rasterise_svg(svg_of(name), 600))
    assert (scan.symbology, scan.payload) == (name, symbol(name).payload)


@pytest.mark.parametrize("name", names())
def test_another_program_draws_the_svg_alike(name: str) -> None:
    resvg = pytest.importorskip("resvg_py")
    rendered = bytes(resvg.svg_to_bytes(svg_string=svg_of(name), dpi=600, background="white"))
    picture = Image.open(io.BytesIO(rendered)).convert("L")
    (scan,) = read(picture)
    assert (scan.symbology, scan.payload) == (name, symbol(name).payload)
    ours = raster.rasterise_svg(svg_of(name), 600)
    assert abs(ours.width - picture.width) <= 1
    size = (min(ours.width, picture.width), min(ours.height, picture.height))
    corner = (0, 0, *size)
    unlike = (np.asarray(ours.crop(corner)) < 128) ^ (np.asarray(picture.crop(corner)) < 128)
    assert unlike.mean() < 0.02


def test_fill_by_even_odd() -> None:
    outer, inner = [(0, 0), (5, 0), (5, 5), (0, 5)], [(1, 1), (4, 1), (4, 4), (1, 4)]
    filled = raster.fill([outer, inner], 6, 6)
    assert filled.astype(int).tolist() == [
        [1, 1, 1, 1, 1, 0],
        [1, 0, 0, 0, 1, 0],
        [1, 0, 0, 0, 1, 0],
        [1, 0, 0, 0, 1, 0],
        [1, 1, 1, 1, 1, 0],
        [0, 0, 0, 0, 0, 0],
    ]
    beyond = [(-9.0, -9.0), (99.0, -9.0), (99.0, 99.0), (-9.0, 99.0)]
    assert raster.fill([beyond], 3, 2).all()
    assert not raster.fill([], 3, 2).any()


HEAD = '<svg xmlns="http://www.w3.org/2000/svg" '


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "damaged"),
        ("<svg", "damaged"),
        ("<a/>", "no SVG"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><svg/>', "document type"),
        (HEAD + 'width="9" height="9" viewBox="0 0 9 9"/>', "not in millimetres"),
        (HEAD + 'width="9mm" height="9mm" viewBox="0 0 90 90"/>', "not in millimetres"),
        (HEAD + 'width="9999999mm" height="9mm" viewBox="0 0 9999999 9"/>', "too many"),
        (HEAD + 'width="9mm" height="9mm" viewBox="0 0 9 9"><rect/></svg>', "does not write"),
        (HEAD + 'width="9mm" height="9mm" viewBox="0 0 9 9"><path/></svg>', "does not write"),
        (
            HEAD + 'width="9mm" height="9mm" viewBox="0 0 9 9">'
            '<path fill-rule="evenodd" d="M0 0C1 1 2 2 3 3Z"/></svg>',
            "commands that markcode does not write",
        ),
    ],
)
def test_other_svg_is_refused(text: str, reason: str) -> None:
    with pytest.raises(UnreadableImage, match=reason):
        raster.rasterise_svg(text, 600)


# PNG


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("dpi", [203, 300, 600, 1000])
def test_png_has_whole_dots_for_each_module(name: str, dpi: int) -> None:
    made = symbol(name)
    picture = png.to_png(LINES, made, height_nm=HEIGHT, module_nm=MODULE, dpi=dpi)
    module = round(MODULE * dpi / 25_400_000)
    assert picture.achieved_module_nm == module * 25_400_000 // dpi
    dark = dots(picture)
    assert dark.shape == (picture.height_px, picture.width_px)
    exact = made.modules.repeat(module, 1)
    bars = -(-made.row_height_nm(MODULE) * dpi // 25_400_000)
    exact = exact.repeat(bars if made.is_linear else module, 0)
    left, top = made.quiet_zone * module, 0
    if name in ("code128", "code39", "gs1-128"):
        left = int(np.flatnonzero(dark[0])[0])
    else:
        top = (picture.height_px - exact.shape[0] + 1) // 2
    assert (dark[top : top + exact.shape[0], left : left + exact.shape[1]] == exact).all()
    (scan,) = read(Image.open(io.BytesIO(picture.bytes)))
    assert (scan.symbology, scan.payload) == (name, made.payload)


@pytest.mark.parametrize("dpi", [200, 300, 600, 1016, 2540])
@pytest.mark.parametrize("height", [1_587_500, 1_600_000, 2_000_001])
def test_png_text_is_never_lower_than_asked(dpi: int, height: int) -> None:
    picture = png.to_png(["H8"], None, height_nm=height, module_nm=MODULE, dpi=dpi)
    rows = np.flatnonzero(dots(picture).any(1))
    inked = int(rows[-1] - rows[0] + 1)
    assert inked * 25_400_000 >= height * dpi
    assert height <= picture.achieved_height_nm < height + 25_400_000 / dpi
    per_metre = round(Image.open(io.BytesIO(picture.bytes)).info["dpi"][0] / 0.0254)
    assert inked * 1_000_000_000 >= height * per_metre


def test_png_says_its_resolution_and_is_one_bit() -> None:
    picture = png.to_png(LINES, symbol(), height_nm=HEIGHT, module_nm=MODULE, dpi=600)
    image = Image.open(io.BytesIO(picture.bytes))
    assert image.mode == "1"
    assert image.info == {"dpi": pytest.approx((600, 600), abs=0.01)}
    assert picture.dpi == 600
    again = png.to_png(LINES, symbol(), height_nm=HEIGHT, module_nm=MODULE, dpi=600)
    assert again == picture


def test_png_without_text_or_without_symbol() -> None:
    only = png.to_png([], symbol(), height_nm=HEIGHT, module_nm=MODULE, dpi=600)
    assert (only.width_px, only.achieved_height_nm) == (20 * 9, 0)
    text = png.to_png(["A"], None, height_nm=HEIGHT, module_nm=MODULE, dpi=600)
    assert text.achieved_module_nm == 0


def test_png_refuses_what_cannot_be_seen() -> None:
    with pytest.raises(SymbolError, match="has 1 dots and needs at least 2"):
        png.to_png([], symbol(), height_nm=HEIGHT, module_nm=100_000, dpi=300)
    with pytest.raises(SymbolError, match="7 dots high and needs at least 8"):
        png.to_png(["A"], None, height_nm=HEIGHT, module_nm=MODULE, dpi=100)
    with pytest.raises(SymbolError, match="too many: lower the dpi"):
        png.to_png(LINES, symbol(), height_nm=HEIGHT, module_nm=MODULE, dpi=99_999)
    for dpi in (0, -1, 300.0, True):
        with pytest.raises(SymbolError, match="dpi is a whole number"):
            png.to_png(LINES, None, height_nm=HEIGHT, module_nm=MODULE, dpi=dpi)  # type: ignore[arg-type]


def test_contact_sheet(tmp_path: Path) -> None:
    pictures = [
        png.to_png(LINES, symbol(name), height_nm=HEIGHT, module_nm=MODULE, dpi=300)
        for name in ("datamatrix", "qr", "micro-qr")
    ]
    path = tmp_path / "sheet.png"
    sheet = png.contact_sheet([*pictures, pictures[0].bytes], ["ROW 2", "ROW 3"], columns=2)
    path.write_bytes(sheet)
    found = sorted(scan.symbology for scan in read(path))
    assert found == ["datamatrix", "datamatrix", "micro-qr", "qr"]
    with pytest.raises(SymbolError, match="no pictures"):
        png.contact_sheet([])
