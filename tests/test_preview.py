"""`markcode preview`: one mark with its dimensions, opened and read by other programs."""

from __future__ import annotations

import io
import itertools
import re
from pathlib import Path

import numpy as np
import pytest
import resvg_py
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps

from cli_runner import run
from markcode import equipment, get_format, lengths, symbols
from markcode.engraving.dimensions import Draughtsman, Span
from markcode.engraving.engraver import Engraver, Style, plate_of
from markcode.engraving.face import Face
from markcode.engraving.plate import Plate
from markcode.engraving.preview import Facts, preview
from markcode.engraving.scene import Dot, Fill, Line, Scene, dashes
from markcode.errors import InvalidMark, ProfileError, SymbolError
from markcode.jobs.order import Options
from markcode.jobs.preview import Preview, preview_of
from markcode.jobs.rows import Arm, arm_of
from markcode.symbols.raster import MAX_DOTS

MM = lengths.NM_PER_MM
TEXT = "CO INDU 26 07 01238 09 R"
PROFILE = ("--format", "mosaic-0530", "--check", "iso7064-mod37-36")
ARM = {
    "country": "CO",
    "manufacturer": "INDU",
    "year": "2026",
    "model": "07",
    "serial": "01238",
    "calibre": "09",
}
SET = tuple(part for name, value in ARM.items() for part in ("--set", f"{name}={value}"))
MARK = (*PROFILE, *SET)


def pixels(data: bytes, dpi: int = 60) -> NDArray[np.uint8]:
    """Return a PNG, or an SVG as resvg draws it, as grey values."""
    if data.startswith(b"<?xml"):
        data = bytes(resvg_py.svg_to_bytes(svg_string=data.decode("ascii"), dpi=dpi))
    return np.array(Image.open(io.BytesIO(data)).convert("L"))


def decoded(picture: NDArray[np.uint8]) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def made(**options: object) -> Preview:
    fmt = get_format("mosaic-0530", check="iso7064-mod37-36")
    chosen = {"equipment": "svg", "symbol": "datamatrix", **options}
    return preview_of(fmt, "manufacture", Options(**chosen), arm())  # type: ignore[arg-type]


def arm(**changes: str) -> Arm:
    fmt = get_format("mosaic-0530", check="iso7064-mod37-36")
    return arm_of(1, fmt.rule("manufacture"), {**ARM, **changes})


@pytest.mark.parametrize("suffix", ["svg", "png"])
@pytest.mark.parametrize("symbol", ["datamatrix", "qr", "code128", "code39"])
def test_the_symbol_of_the_drawing_is_read(tmp_path: Path, symbol: str, suffix: str) -> None:
    out = tmp_path / f"mark.{suffix}"
    options = ("--symbol", symbol, "--equipment", "svg", "--setting", "text=stroke")
    ran = run("preview", *MARK, *options, "--module", "0.5mm", "--out", out)
    assert ran.status == 0, ran.err
    assert decoded(pixels(out.read_bytes())) == [TEXT]
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


@pytest.mark.parametrize("turn", ["0", "90", "180", "270"])
@pytest.mark.parametrize("shape", ["square", "rectangle", "dmre"])
def test_shapes_and_turns_are_read(tmp_path: Path, shape: str, turn: str) -> None:
    out = tmp_path / "mark.svg"
    size = "60x12mm" if turn in ("0", "180") else "12x60mm"
    options = ("--symbol", "datamatrix", "--equipment", "svg", "--shape", shape)
    ran = run("preview", *MARK, *options, "--face", size, "--rotate", turn, "--out", out)
    assert ran.status == 0, ran.err
    assert decoded(pixels(out.read_bytes())) == [TEXT]


@pytest.mark.parametrize("dot", [60, 80, 105])
def test_dots_are_read_once_they_are_grown(dot: int) -> None:
    shown = made(settings={"cells": "dots", "text": "dots-5x7", "dot": f"{dot}%"})
    (mark,) = shown.plate.marks
    (ring,) = mark.quiet
    left, top, *_ = shown.scene.box()
    read = {"png": False, "svg": False}
    for dpi, kind in itertools.product((30, 40, 60), read):
        scene = shown.scene
        data = scene.to_png(10, dpi) if kind == "png" else scene.to_svg(10).encode("ascii")
        dots = dpi * 10 / 25_400_000
        x, y, side = (round(nm * dots) for nm in (ring[0][0] - left, ring[0][1] - top, 8 * MM))
        # The dashes around the quiet zone would grow too.
        cut = Image.fromarray(pixels(data, dpi)).crop((x + 3, y + 3, x + side - 3, y + side - 3))
        for width in (1, 3, 5, 7):
            grown = ImageOps.expand(cut.filter(ImageFilter.MinFilter(width)), 10 * width, 255)
            found = decoded(np.array(grown))
            assert found in ([], [TEXT])
            read[kind] |= bool(found)
    assert all(read.values())


STYLED = (
    ("outline", "outline"),
    ("stroke", "cells"),
    ("dots-5x7", "dots"),
    ("dots-9x13", "outline"),
)


@pytest.mark.parametrize(("text", "cells"), STYLED)
def test_both_drawings_show_the_same(text: str, cells: str) -> None:
    scene = made(settings={"cells": cells, "text": text}, face=Face((50 * MM, 10 * MM))).scene
    one, other = pixels(scene.to_png(10, 60)), pixels(scene.to_svg(10).encode("ascii"))
    assert np.abs(np.array(one.shape) - other.shape).max() <= 1
    common = tuple(slice(0, min(pair)) for pair in zip(one.shape, other.shape, strict=True))
    apart = np.abs(one[common].astype(int) - other[common])
    # Two rasterisers differ at the edges, by a part of a dot.
    assert (apart > 128).mean() < 0.002


@pytest.mark.parametrize(("text", "cells"), STYLED)
def test_what_is_drawn_is_what_the_job_makes(text: str, cells: str) -> None:
    shown = made(settings={"cells": cells, "text": text}, face=Face((30 * MM, 60 * MM), 90))
    (mark,) = shown.plate.marks
    fills = {shape.rings for shape in shown.scene.shapes if isinstance(shape, Fill)}
    lines = {shape.points for shape in shown.scene.shapes if isinstance(shape, Line)}
    dots = {
        (shape.centre, shape.diameter) for shape in shown.scene.shapes if isinstance(shape, Dot)
    }
    for part in mark.parts:
        assert fills >= set(part.areas)
        assert lines >= set(part.lines)
        assert dots >= {(dot, part.dot_nm) for dot in part.dots}
    assert shown.rendered.file is not None


def test_the_drawing_is_as_large_as_the_scale_says() -> None:
    scene = made().scene
    left, top, right, bottom = scene.box()
    svg = scene.to_svg(7)
    assert f'width="{lengths.mm(7 * (right - left))}mm"' in svg
    assert f'height="{lengths.mm(7 * (bottom - top))}mm"' in svg
    image = Image.open(io.BytesIO(scene.to_png(7, 100)))
    assert image.width == round((right - left) * 700 / 25_400_000)
    assert image.info["dpi"] == pytest.approx((100, 100), abs=0.01)


def test_the_same_mark_makes_the_same_bytes() -> None:
    one, other = made().scene, made().scene
    assert one.to_svg(10) == other.to_svg(10)
    assert one.to_png(10, 60) == other.to_png(10, 60)


def shown_lengths(scene: Scene, colour: str = "#1864ab") -> list[tuple[int, str]]:
    """Return every length between two arrowheads that point away from or at each other."""
    tips = [
        shape.rings[0][0]
        for shape in scene.shapes
        if isinstance(shape, Fill) and shape.colour == colour
    ]
    pairs = zip(tips[::2], tips[1::2], strict=True)
    return [
        (abs(x1 - x0) + abs(y1 - y0), "across" if y0 == y1 else "down")
        for (x0, y0), (x1, y1) in pairs
    ]


def test_the_dimensions_of_a_mark_on_a_face() -> None:
    shown = made(settings={"text": "stroke"}, face=Face((50 * MM, 10 * MM)))
    (mark,) = shown.plate.marks
    box = mark.box()
    assert box is not None
    expected = [
        (400_000, "across"),  # the module
        (1_600_000, "down"),  # the text
        (box[0], "across"),
        (box[2] - box[0], "across"),
        (50 * MM - box[2], "across"),
        (50 * MM, "across"),
        (box[1], "down"),
        (box[3] - box[1], "down"),
        (10 * MM - box[3], "down"),
        (10 * MM, "down"),
    ]
    assert sorted(shown_lengths(shown.scene)) == sorted(expected)


def test_without_a_face_the_mark_itself_is_measured() -> None:
    shown = made(settings={"text": "dots-5x7", "cells": "dots"}, module_nm=500_000)
    box = shown.plate.box()
    assert box is not None
    pitch = -(-1_600_000 // 6)
    assert sorted(shown_lengths(shown.scene)) == sorted(
        [
            (500_000, "across"),
            (6 * pitch, "down"),
            (box[2] - box[0], "across"),
            (box[3] - box[1], "down"),
        ]
    )


@given(
    st.integers(2 * MM, 90 * MM),
    st.integers(2 * MM, 90 * MM),
    st.sampled_from([0, 90, 180, 270]),
    st.sampled_from([None, "datamatrix", "code128"]),
    st.sampled_from(["A", "-", "<ARMS>", "CO INDU 26"]),
)
@settings(max_examples=60, deadline=None)
def test_any_mark_can_be_drawn(
    wide: int, tall: int, turn: int, name: str | None, text: str
) -> None:
    symbol = None if name is None else symbols.make(name, "A1")
    maker = Engraver(
        height_nm=1_600_000,
        module_nm=300_000,
        style=Style(text="stroke"),
        face=Face((wide, tall), turn),
    )
    try:
        mark = maker.engrave(2, [text], symbol)
    except SymbolError:
        return
    facts = Facts(1_600_000, 300_000, turn, [["EQUIPMENT", "x" * 90], ["ß"]])
    scene = preview(plate_of([mark], None), facts)
    assert pixels(scene.to_svg(1).encode("ascii")).size
    left, top, right, bottom = scene.box()
    assert left < 0 and top < 0 and right > wide and bottom > tall


@pytest.mark.parametrize("cells", ["outline", "cells", "dots"])
def test_the_module_is_that_of_the_first_column(cells: str) -> None:
    shown = made(settings={"cells": cells})
    (mark,) = shown.plate.marks
    corners = [point for ring in mark.quiet for point in ring]
    first = min(x for x, _ in corners) + 400_000
    heads = [s for s in shown.scene.shapes if isinstance(s, Fill) and s.colour == "#1864ab"]
    tips = {head.rings[0][0][0] for head in heads if head.rings[0][0][1] < 0}
    assert tips == {first, first + 400_000}


def test_extension_lines_keep_out_of_the_symbol_and_its_quiet_zone() -> None:
    for turn, size in itertools.product(
        (0, 90, 180, 270), ((60, 60), (45, 45), (12, 60), (60, 12))
    ):
        face = Face((size[0] * MM, size[1] * MM), turn)
        try:
            shown = made(settings={"text": "stroke"}, face=face)
        except InvalidMark:
            continue
        (mark,) = shown.plate.marks
        (ring,) = mark.quiet
        (left, top), (right, bottom) = ring[0], ring[0]
        for x, y in ring:
            left, top, right, bottom = min(left, x), min(top, y), max(right, x), max(bottom, y)
        lines = [s for s in shown.scene.shapes if isinstance(s, Line) and s.colour == "#1864ab"]
        for line in lines:
            (x0, y0), (x1, y1) = line.points[0], line.points[-1]
            crosses = min(x0, x1) < right and max(x0, x1) > left
            assert not (crosses and min(y0, y1) < bottom and max(y0, y1) > top), (turn, size, line)


def test_a_row_of_a_table_is_drawn(tmp_path: Path) -> None:
    source = tmp_path / "arms.csv"
    rows = [
        "Country,Maker,Year,Model,Serial,Calibre",
        "CO,INDU,2026,07,1,09",
        "CO,INDU,2026,07,2,09",
    ]
    source.write_text("\n".join(rows) + "\n", encoding="utf-8")
    options = (*PROFILE, "--map", "manufacturer=Maker", "--symbol", "datamatrix")
    out = tmp_path / "mark.png"
    for row, serial in ((2, "1"), (3, "2")):
        ran = run("preview", source, *options, "--row", str(row), "--out", out)
        assert ran.status == 0, ran.err
        (text,) = decoded(pixels(out.read_bytes()))
        assert text.split(" ")[4] == serial
    ran = run("preview", source, *options, "--row", "4", "--out", out)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"markcode: {source}: there is no row 4; the header is row 1\n"
    constant = ("--set", "calibre=12", "--row", "2", "--out", out)
    assert run("preview", source, *options, *constant).status == 0
    assert decoded(pixels(out.read_bytes()))[0].split(" ")[5] == "12"


@pytest.mark.parametrize("name", ["csv", "text"])
def test_equipment_with_letters_of_its_own_is_told_of(tmp_path: Path, name: str) -> None:
    out = tmp_path / "mark.png"
    ran = run("preview", *MARK, "--symbol", "datamatrix", "--equipment", name, "--out", out)
    assert (ran.status, ran.out) == (0, "")
    told = ran.err.splitlines()[1]
    assert told.startswith(f"markcode: {name} makes no drawing") and repr(TEXT) in told
    assert decoded(pixels(out.read_bytes())) == [TEXT]


FOLLOWED = {
    "laser": ("gcode", {"machine": "laser", "power": "600", "tool": "0.05mm"}),
    "needle": (
        "gcode",
        {
            "machine": "needle-pulse",
            "dwell_unit": "seconds",
            "text": "stroke",
            "cells": "dots",
            "dot": "105%",
        },
    ),
    "edges": ("hpgl", {"tool": "0.05mm"}),
    "hatch": ("hpgl", {"tool": "0.05mm", "fill": "hatch"}),
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_tool_is_shown_on_its_way(name: str) -> None:
    machine, chosen = FOLLOWED[name]
    shown = made(equipment=machine, settings=chosen)
    read = decoded(pixels(shown.scene.to_png(10, 40)))
    # The edges of a symbol alone are not read, and the preview says so before the machine does.
    assert read == ([] if name == "edges" else [TEXT])
    assert shown.rendered.file is not None
    program = shown.rendered.file[1].decode("ascii")
    marked = [s for s in shown.scene.shapes if getattr(s, "colour", "") == "#14161a"]
    strikes = {
        "laser": program.count("\nG0 "),
        "needle": program.count("\nM3 "),
        "edges": len(re.findall("PU[0-9]", program)),
        "hatch": len(re.findall("PU[0-9]", program)),
    }
    assert len(marked) == strikes[name]


def test_the_moves_between_are_drawn_if_asked() -> None:
    machine, chosen = FOLLOWED["needle"]
    fmt = get_format("mosaic-0530", check="iso7064-mod37-36")
    options = Options(equipment=machine, symbol="datamatrix", settings=chosen)
    shown = preview_of(fmt, "manufacture", options, arm(), has_travel=True)
    dots = [shape.centre for shape in shown.scene.shapes if isinstance(shape, Dot)]
    moves = [
        shape.points
        for shape in shown.scene.shapes
        if isinstance(shape, Line) and shape.colour == "#c2255c"
    ]
    begin = (0, shown.plate.height_nm)
    assert moves == list(itertools.pairwise([begin, *dots]))
    for name in ("svg", "csv"):
        with pytest.raises(ProfileError, match="--travel"):
            preview_of(fmt, "manufacture", Options(equipment=name), arm(), has_travel=True)


@pytest.mark.parametrize("name", equipment.names())
def test_every_equipment_has_a_preview(tmp_path: Path, name: str) -> None:
    chosen = equipment.get(name)
    needed: list[str] = []
    taken: dict[str, str] = {}
    for setting in chosen.settings:
        if setting.default is not None:
            if setting.counts(taken):
                taken[setting.name] = setting.default
        elif not setting.optional and setting.counts(taken):
            typed = {"length": "0.1mm", "text": "90x30mm"}
            value = setting.values[0] if setting.values else typed.get(setting.kind, "1")
            taken[setting.name] = value
            needed += ["--setting", f"{setting.name}={value}"]
    out = tmp_path / "mark.svg"
    ran = run(
        "preview", *MARK, "--equipment", name, *needed, "--symbol", "datamatrix", "--out", out
    )
    assert ran.status == 0, ran.err
    assert pixels(out.read_bytes()).min() < 60


@pytest.mark.parametrize("lang", ["en", "es", "pt", "fr"])
def test_what_does_not_fit_is_no_drawing(tmp_path: Path, lang: str) -> None:
    out = tmp_path / "mark.png"
    options = ("--equipment", "hpgl", "--symbol", "datamatrix", "--face", "20x8mm", "--lang", lang)
    ran = run("preview", *MARK, *options, "--out", out)
    assert (ran.status, ran.out) == (1, "")
    assert "20 x 8 mm" in ran.err and ran.err.count("\n") == 1
    assert not out.exists()
    # What is proposed is taken.
    proposed = re.search(r"--face (\S+mm)", ran.err)
    assert proposed is not None
    ran = run("preview", *MARK, *options[:-3], proposed[1], "--out", out)
    assert ran.status == 0 and out.exists()


def test_a_mark_that_the_format_refuses_is_no_drawing(tmp_path: Path) -> None:
    out = tmp_path / "mark.png"
    ran = run("preview", *PROFILE, *SET, "--set", "type=X", "--out", out)
    assert ran.status == 2
    changed = [part.replace("country=CO", "country=ZZ") for part in SET]
    ran = run("preview", *PROFILE, *changed, "--out", out)
    assert (ran.status, ran.out) == (1, "")
    assert "country" in ran.err and not out.exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--out", "mark.pdf"], "ends in .svg or .png"),
        (["--out", "mark"], "ends in .svg or .png"),
        (["--out", "nowhere/mark.png"], "nowhere"),
        (["--out", "mark.png", "--row", "2"], "go with a table"),
        (["--out", "mark.png", "--map", "model=M"], "go with a table"),
        (["--out", "mark.png", "--scale", "0"], "--scale"),
        (["--out", "mark.png", "--dpi", "9"], "--dpi"),
        (["--out", "mark.png", "--scale", "100", "--dpi", "1200"], "too large"),
        (["--out", "mark.png", "--equipment", "laser"], "laser"),
        (["--out", "mark.png", "--equipment", "hpgl", "--setting", "tool"], "--setting"),
        (["--out", "mark.png", "--equipment", "hpgl", "--setting", "tool=thin"], "tool"),
        (["--out", "mark.png", "--symbol", "aztec"], "aztec"),
        (["--out", "mark.png", "--height", "big"], "not a length"),
        (["--out", "mark.png", "--module", "0mm", "--symbol", "qr"], "module"),
        (["--out", "mark.png", "--equipment", "csv", "--face", "30x8mm"], "for drawings"),
        (["--out", "mark.png", "--event", "theft"], "theft"),
    ],
)
def test_odd_values_are_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("preview", *MARK, *options)
    assert (ran.status, ran.out) == (2, "")
    assert told in ran.err and ran.err.count("\n") == 1, ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_table_without_a_row_is_asked_for_one(tmp_path: Path) -> None:
    ran = run("preview", tmp_path / "arms.csv", *PROFILE, "--out", "mark.png")
    assert (ran.status, ran.out) == (2, "")
    assert "--row" in ran.err and ran.err.count("\n") == 1


def test_dashes_begin_and_end_with_ink() -> None:
    pieces = list(dashes(((0, 0), (100, 0), (100, 50)), 10))
    assert pieces[0][0] == (0, 0) and pieces[-1][-1] == (100, 50)
    assert all(abs(x1 - x0) + abs(y1 - y0) <= 12 for (x0, y0), (x1, y1) in pieces)
    assert any(piece[-1] == (100, 0) for piece in pieces)


def test_a_text_is_as_wide_as_it_says() -> None:
    pen = Draughtsman(1_000_000, "#000000")
    for text in ("0.4 MM", "MODULE 0.4 mm", "18X18"):
        xs = [x for line in pen.text(text, (0, 0)) for x, _ in line.points]
        assert min(xs) >= 0 and max(xs) <= pen.width(text) + 10
        ends = [x for line in pen.text(text, (0, 0), "end") for x, _ in line.points]
        assert max(ends) <= 10


def test_arrows_come_from_outside_where_there_is_no_room() -> None:
    pen = Draughtsman(1_000_000, "#000000")
    for last, is_inside in ((9_000_000, True), (1_000_000, False)):
        shapes = list(pen.across(Span(0, last, 0, 5_000_000, "1 MM")))
        first, second = (shape.rings[0] for shape in shapes if isinstance(shape, Fill))
        assert (first[0], second[0]) == ((0, 5_000_000), (last, 5_000_000))
        assert (first[1][0] > 0) == is_inside
        assert (second[1][0] < last) == is_inside


def test_too_large_a_picture_is_refused() -> None:
    scene = Scene([Dot((0, 0), 100 * MM, "#000000")], 0)
    most = int(25.4 / 100 * MAX_DOTS**0.5)
    for dpi in (most // 2, most // 2 + 10):
        image = Image.open(io.BytesIO(scene.to_png(1, dpi)))
        assert image.width == round(100 / 25.4 * dpi)
        assert image.getpixel((image.width // 2, 2)) == (0, 0, 0)
    with pytest.raises(SymbolError, match="too large"):
        scene.to_png(1, most + 1)


def test_a_plate_of_many_marks_has_no_preview() -> None:
    with pytest.raises(ValueError, match="unpack"):
        preview(Plate(1, 1, ()), Facts(1, 1))


def test_a_scan_sheet_shows_no_mark_as_it_is_made(tmp_path: Path) -> None:
    ran = run("preview", *MARK, "--equipment", "pdf-scan", "--out", tmp_path / "mark.svg")
    assert ran.status == 0
    assert "pdf-scan makes no drawing of the mark" in ran.err and repr(TEXT) in ran.err
    shape = ("--symbol", "datamatrix", "--shape", "dmre")
    ran = run("preview", *MARK, "--equipment", "pdf-scan", *shape, "--out", tmp_path / "x.svg")
    assert ran.status == 2 and "it has no --shape" in ran.err
    assert not (tmp_path / "x.svg").exists()
