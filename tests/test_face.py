"""Marks on faces: what fits lies within the face, what is refused says what would fit."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from cli_runner import run
from markcode import lengths, symbols
from markcode.engraving.engraver import Engraver, Style, plate_of
from markcode.engraving.face import Face
from markcode.engraving.fitting import LEAST_MODULE_NM
from markcode.engraving.plate import TEXT, Box, Engraved, union
from markcode.engraving.preview import Facts, preview
from markcode.engraving.scene import Dot, Fill, Line, Scene
from markcode.errors import Misfit, SymbolError
from markcode.reading import read
from markcode.symbols import Symbol, zxing
from markcode.symbols.layout import arrange
from markcode.symbols.raster import rasterise_svg

MM = lengths.NM_PER_MM
PAYLOAD = "CO INDU 26 07 01238 09 R"
"""18 x 18 modules as a square, 12 x 36 as a rectangle."""
SQUARE = symbols.make("datamatrix", PAYLOAD)
PROFILE = ("--format", "mosaic-0530", "--check", "iso7064-mod37-36")
HEADER = "country,manufacturer,year,model,serial,calibre"

STYLES = st.builds(
    Style,
    text=st.sampled_from(["outline", "stroke", "dots-5x7", "dots-9x13"]),
    cells=st.sampled_from(["outline", "cells", "dots"]),
    tool_nm=st.integers(10_000, 2 * MM),
    dot_nm=st.integers(50_000, 600_000),
)
LINES = st.lists(st.text("AB0159-<>★ ", max_size=9).filter(str.strip), min_size=1, max_size=3)
FACES = st.builds(
    Face,
    st.none() | st.tuples(st.integers(MM, 60 * MM), st.integers(MM, 60 * MM)),
    st.sampled_from([0, 90, 180, 270]),
    st.none() | st.integers(20 * MM, 120 * MM),
)
SYMBOLS = st.sampled_from(
    [
        None,
        SQUARE,
        symbols.make("datamatrix", PAYLOAD, shape="rectangle"),
        symbols.make("datamatrix", "1", shape="dmre"),
        symbols.make("qr", PAYLOAD),
        symbols.make("code128", "A1"),
    ]
)


def engraver(face: Face | None, module_nm: int = 400_000, **style: Any) -> Engraver:
    return Engraver(height_nm=1_600_000, module_nm=module_nm, style=Style(**style), face=face)


def on(face: Face | None, lines: Sequence[str] = ("CO INDU 26", "01238"), **more: Any) -> Engraved:
    symbol = more.pop("symbol", SQUARE)
    return engraver(face, **more).engrave(2, lines, symbol)


def bounds(rings: Sequence[Sequence[tuple[int, int]]]) -> Box:
    points = [point for ring in rings for point in ring]
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def is_within(inner: Box, outer: Box) -> bool:
    return all(a >= b for a, b in zip(inner[:2], outer[:2], strict=True)) and all(
        a <= b for a, b in zip(inner[2:], outer[2:], strict=True)
    )


def is_apart(one: Box, other: Box) -> bool:
    return (
        one[2] <= other[0] or one[3] <= other[1] or other[2] <= one[0] or other[3] <= one[1]
    )  # left, above, right, below


@settings(max_examples=300, deadline=None)
@given(LINES, SYMBOLS, STYLES, FACES, st.integers(800_000, 3 * MM), st.integers(200_000, 600_000))
def test_what_fits_lies_within_the_face_with_its_quiet_zone(
    lines: list[str],
    symbol: Symbol | None,
    style: Style,
    face: Face,
    height_nm: int,
    module_nm: int,
) -> None:
    # AS9132 has dots of at most 105 % of the module.
    style = replace(style, dot_nm=min(style.dot_nm, module_nm * 105 // 100))
    maker = Engraver(height_nm=height_nm, module_nm=module_nm, style=style, face=face)
    try:
        made = maker.engrave(2, lines, symbol)
    except (Misfit, SymbolError):
        assume(False)
        raise
    whole = (0, 0, made.width_nm, made.height_nm)
    if face.size_nm is not None:
        assert (made.width_nm, made.height_nm) == face.size_nm
        assert bounds(made.outline) == whole
    else:
        assert made.outline == ()
    box = made.box()
    assert box is not None and is_within(box, whole)
    text = union([part.box(made.tool_nm) for part in made.parts if part.layer == TEXT])
    if symbol is not None:
        quiet = bounds(made.quiet)
        assert is_within(quiet, whole)
        assert text is None or is_apart(text, quiet)
        (drawn,) = (part.box(0) for part in made.parts if part.layer != TEXT)
        assert drawn is not None and is_within(drawn, quiet)
        if face.cylinder_nm is not None and style.cells != "dots":
            assert (drawn[3] - drawn[1]) * 100 <= 16 * face.cylinder_nm


SIZE = re.compile(r"--(shape|module|rotate|face|cylinder) (\S+)")


def asked(options: str) -> dict[str, str]:
    """Return what a proposal says, as one would type it."""
    return {match[1]: match[2] for match in SIZE.finditer(options)}


def remade(
    lines: Sequence[str], symbol: Symbol | None, style: Style, face: Face, module: int, words: str
) -> Engraved:
    """Return the mark made as a proposal says."""
    typed = asked(words)
    if "shape" in typed:
        assert symbol is not None
        symbol = symbols.make("datamatrix", symbol.payload, shape=typed["shape"])
        assert f"({symbol.rows}x{symbol.columns})" in words
    size = None if face.size_nm is None else f"{'x'.join(map(lengths.mm, face.size_nm))}mm"
    diameter = None if face.cylinder_nm is None else f"{lengths.mm(face.cylinder_nm)}mm"
    turn = typed.get("rotate", str(face.turn))
    wanted = Face.parse(typed.get("face", size), turn, typed.get("cylinder", diameter))
    module_nm = lengths.parse(typed["module"]) if "module" in typed else module
    maker = Engraver(height_nm=1_600_000, module_nm=module_nm, style=style, face=wanted)
    return maker.engrave(2, lines, symbol)


@settings(max_examples=200, deadline=None)
@given(LINES, SYMBOLS, STYLES, FACES, st.sampled_from([240_000, 330_000, 400_000, 600_000]))
def test_what_is_proposed_fits(
    lines: list[str], symbol: Symbol | None, style: Style, face: Face, module_nm: int
) -> None:
    maker = Engraver(height_nm=1_600_000, module_nm=module_nm, style=style, face=face)
    if style.cells == "dots" and symbol is not None and symbol.is_linear:
        return
    try:
        maker.engrave(2, lines, symbol)
    except Misfit as fault:
        fits = fault.params["fits"]
    except SymbolError:
        return
    else:
        return
    assert fits, "a larger face is always proposed"
    for words in fits:
        remade(lines, symbol, style, face, module_nm, words)
        typed = asked(words)
        if set(typed) == {"module"}:
            smaller = lengths.parse(typed["module"])
            assert LEAST_MODULE_NM <= smaller < module_nm
            larger = smaller + 50_000
            if larger < module_nm:
                with pytest.raises(Misfit):
                    remade(lines, symbol, style, face, larger, "")
        if set(typed) == {"cylinder"} and symbol is not None and face.size_nm is not None:
            less = lengths.parse(typed["cylinder"]) - 100_000
            with pytest.raises(SymbolError):
                remade(lines, symbol, style, replace(face, cylinder_nm=less), module_nm, "")
        if set(typed) == {"face"} and face.cylinder_nm is None:
            wide, tall = (lengths.parse(f"{side}mm") for side in typed["face"][:-2].split("x"))
            for size in ((wide - 100_000, tall), (wide, tall - 100_000)):
                with pytest.raises(Misfit):
                    remade(lines, symbol, style, replace(face, size_nm=size), module_nm, "")


def test_the_curve_holds_to_the_nanometre() -> None:
    # 18 modules of 0.4 mm are 7.2 mm, which is 16 % of 45 mm.
    assert on(Face(cylinder_nm=45 * MM)).height_nm == 8 * MM
    with pytest.raises(Misfit) as caught:
        on(Face(cylinder_nm=45 * MM - 1))
    assert caught.value.reason == "cylinder"
    assert caught.value.params["fits"] == (
        "--module 0.35mm",
        "--shape rectangle (12x36)",
        "--cylinder 45mm",
    )
    assert "7.2 mm around a cylinder" in str(caught.value)


def test_what_a_face_has_never_looks_like_enough() -> None:
    made = engraver(None, text="stroke").engrave(2, ["A"], SQUARE)
    assert (made.width_nm, made.height_nm) == (9_781_760, 8_000_000)
    face = Face((made.width_nm - 1, made.height_nm))
    with pytest.raises(Misfit, match=r"needs 9\.79 x 8 mm / .* has 9\.78 x 8 mm"):
        engraver(face, text="stroke").engrave(2, ["A"], SQUARE)


def test_a_turned_rectangle_lies_across_the_cylinder() -> None:
    rectangle = symbols.make("datamatrix", PAYLOAD, shape="rectangle")
    # 12 rows of 0.4 mm are 4.8 mm, 36 columns 14.4 mm: 16 % of 30 and of 90 mm.
    for turn, diameter in ((0, 30), (180, 30), (90, 90), (270, 90)):
        assert on(Face(None, turn, diameter * MM), symbol=rectangle).parts
        with pytest.raises(Misfit):
            on(Face(None, turn, diameter * MM - 1), symbol=rectangle)


def test_text_has_only_to_be_on_the_face_of_a_cylinder() -> None:
    text = ["1234567890" * 3]
    wide = on(None, text, symbol=None).width_nm
    around = Face(None, 90, wide * 100 // 314 + 100_000)
    assert on(around, text, symbol=None).height_nm == wide
    with pytest.raises(Misfit, match="the mark needs"):
        on(Face(None, 90, wide * 100 // 315), text, symbol=None)


@pytest.mark.parametrize(
    ("style", "told"),
    [
        ({"text": "stroke", "tool_nm": 800_000}, "a tool of 0.8 mm"),
        ({"text": "dots-5x7", "dot_nm": 900_000}, "a dot of 0.9 mm"),
    ],
)
def test_letters_whose_lines_run_together_are_refused(style: dict[str, Any], told: str) -> None:
    """The bars of an E are half its height apart."""
    with pytest.raises(SymbolError, match=told):
        engraver(None, **style).engrave(2, ["E"], SQUARE)
    assert engraver(None, **style).engrave(2, [" "], SQUARE).parts
    narrower = {key: 700_000 if key != "text" else value for key, value in style.items()}
    assert engraver(None, **narrower).engrave(2, ["E"], SQUARE).parts


def test_the_symbol_stands_at_the_left_then_above() -> None:
    beside = on(Face((40 * MM, 8 * MM)))
    above = on(Face((16 * MM, 20 * MM)))
    for made, is_left in ((beside, True), (above, False)):
        quiet = bounds(made.quiet)
        text = union([part.box(0) for part in made.parts if part.layer == TEXT])
        assert text is not None
        assert (quiet[2] <= text[0]) == is_left
        assert (quiet[3] <= text[1]) == (not is_left)


def test_lines_are_centred_on_a_face() -> None:
    made = on(Face((40 * MM, 30 * MM)), ["CO INDU 26", "1"], symbol=None)
    boxes = [
        union([part.box(0) for part in made.parts if part.line == number]) for number in (1, 2)
    ]
    middles = [(box[0] + box[2]) // 2 for box in boxes if box is not None]
    assert abs(middles[0] - 20 * MM) < 2 and abs(middles[1] - 20 * MM) < 2


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turn_is_anticlockwise_as_pillow_turns_a_picture(turn: int) -> None:
    def picture(face: Face | None) -> Image.Image:
        made = engraver(face, text="stroke").engrave(2, ["CO 12"], SQUARE)
        shapes: list[Dot | Fill | Line] = [
            Fill(
                (
                    (
                        (0, 0),
                        (made.width_nm, 0),
                        (made.width_nm, made.height_nm),
                        (0, made.height_nm),
                    ),
                ),
                "#ffffff",
            )
        ]
        for part in made.parts:
            shapes += [Fill(area, "#000000") for area in part.areas]
            shapes += [Line(line, 100_000, "#000000") for line in part.lines]
        return Image.open(io.BytesIO(Scene(shapes, 0).to_png(1, 1016))).convert("L")

    plain = np.array(picture(Face()).rotate(turn, expand=True), np.int16)
    turned = np.array(picture(Face(turn=turn)), np.int16)
    assert abs(plain.shape[0] - turned.shape[0]) <= 1
    common = tuple(slice(0, min(pair)) for pair in zip(plain.shape, turned.shape, strict=True))
    assert (np.abs(plain[common] - turned[common]) > 128).mean() < 0.01


def test_a_square_symbol_is_read_after_each_turn(tmp_path: Path) -> None:
    for turn in (0, 90, 180, 270):
        made = on(Face((30 * MM, 30 * MM), turn))
        scene = preview(plate_of([made], None), Facts(1_600_000, 400_000, turn))
        path = tmp_path / f"{turn}.png"
        path.write_bytes(scene.to_png(10, 60))
        assert [reading.payload.data for reading in read(path)] == [PAYLOAD]


def test_a_face_higher_than_the_cylinder_is_round_is_refused() -> None:
    assert Face((10 * MM, 37_699_111), 0, 12 * MM).size_nm
    with pytest.raises(SymbolError, match=r"37\.699111"):
        Face((10 * MM, 37_699_112), 0, 12 * MM)


def test_the_smallest_face_is_the_one_that_grows_least() -> None:
    lines = ["CO INDU 26 07", "01238 09 R"]
    sizes = [
        (made.width, made.height)
        for made in (
            arrange(lines, SQUARE, height=1_600_000, module=400_000, arrangement="beside"),
            arrange(lines, SQUARE, height=1_600_000, module=400_000, arrangement="under"),
        )
    ]
    assert sizes == [(24_726_080, 8_000_000), (16_726_080, 12_800_000)]
    # Room that is there counts for nothing: 60 x 7 mm need only be a millimetre higher.
    proposed = {(20, 8): "24.8x8mm", (10, 12): "16.8x12.8mm", (60, 7): "24.8x8mm"}
    for (wide, tall), options in proposed.items():
        with pytest.raises(Misfit) as caught:
            on(Face((wide * MM, tall * MM)), lines)
        assert caught.value.params["fits"][-1] == f"--face {options}"


def test_without_a_face_a_mark_is_laid_out_as_ever() -> None:
    for symbol in (SQUARE, symbols.make("code128", "A1"), None):
        made = engraver(None).engrave(2, ["CO 26", "1"], symbol)
        usual = arrange(["CO 26", "1"], symbol, height=1_600_000, module=400_000)
        assert (made.width_nm, made.height_nm) == (usual.width, usual.height)
        corners = [bounds(part.areas[0])[:2] for part in made.parts if part.layer == TEXT]
        placed = [(char.x, char.y) for char in usual.characters]
        assert all(
            0 <= x - at_x <= 100_000 and 0 <= y - at_y <= 100_000
            for (x, y), (at_x, at_y) in zip(corners, placed, strict=True)
        )


def job(folder: Path, *args: str, out: str = "job") -> Any:
    source = folder / "arms.csv"
    rows = ["CO,INDU,2026,07,01238,09", "CO,INDUMILINDUMIL,2026,07,0123456789012,09"]
    text = "\n".join([HEADER, *rows, "CO,INDU,2026,07,01239,09", ""])
    if "--serials" in args:
        text = re.sub(r",[^,]+(?=,[^,]+\n)", "", text)
    source.write_text(text, encoding="utf-8")
    return run("batch", source, *PROFILE, *args, "--out", folder / out)


@pytest.mark.parametrize("lang", ["en", "es", "pt", "fr"])
def test_rows_that_do_not_fit_are_rejected_and_the_others_go_on(tmp_path: Path, lang: str) -> None:
    ran = job(
        tmp_path,
        *("--equipment", "hpgl", "--symbol", "datamatrix", "--face", "41x8mm", "--lang", lang),
    )
    assert ran.status == 1
    with (tmp_path / "job" / "rejected.csv").open(encoding="utf-8", newline="") as stream:
        (rejected,) = csv.DictReader(stream)
    assert (rejected["row"], rejected["code"]) == ("3", "equipment.value")
    assert "41 x 8 mm" in rejected["message"] and "--face " in rejected["message"]
    with (tmp_path / "job" / "marks.csv").open(encoding="utf-8", newline="") as stream:
        assert [mark["row"] for mark in csv.DictReader(stream)] == ["2", "4"]
    head = json.loads((tmp_path / "job" / "manifest.json").read_text(encoding="utf-8"))
    assert head["face"] == {"size_nm": [41 * MM, 8 * MM], "turn": 0, "cylinder_nm": None}


def test_a_face_for_no_mark_rejects_each_row_with_what_would_fit(tmp_path: Path) -> None:
    ran = job(tmp_path, "--equipment", "hpgl", "--symbol", "datamatrix", "--face", "3x3mm")
    assert ran.status == 1
    with (tmp_path / "job" / "rejected.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 3
    for row in rows:
        proposed = asked(row["message"])
        assert re.fullmatch(r"[0-9.]+x[0-9.]+mm\.?", proposed["face"])


@pytest.mark.parametrize("one_by_one", [False, True])
@pytest.mark.parametrize("shape", ["rectangle", "dmre"])
@pytest.mark.parametrize("kind", ["svg", "png", "csv"])
def test_a_job_of_rectangles(tmp_path: Path, kind: str, shape: str, one_by_one: bool) -> None:
    more = ["--modules"] if kind == "csv" else []
    # Numbers are given to one row after another; other rows are made as whole columns.
    more += ["--serials", "A{6}"] if one_by_one else []
    ran = job(tmp_path, "--equipment", kind, "--symbol", "datamatrix", "--shape", shape, *more)
    assert ran.status == 0
    folder = tmp_path / "job"
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["shape"] == shape
    assert run("verify", "--input", folder).status == 0
    with (folder / "marks.csv").open(encoding="utf-8", newline="") as stream:
        marks = list(csv.DictReader(stream))
    for mark in marks:
        expected = symbols.make("datamatrix", mark["payload"], shape=shape)
        assert expected.rows < expected.columns
        if kind == "csv":
            assert mark["symbol"] == f"{expected.rows}x{expected.columns}"
        else:
            (seen,) = zxing.read(np.asarray(picture_of(folder / mark["file"])))
            assert zxing.modules_of(seen).shape == expected.modules.shape


def picture_of(path: Path) -> Image.Image:
    if path.suffix == ".svg":
        return rasterise_svg(path.read_text(encoding="utf-8"), 600)
    return Image.open(path).convert("L")


def test_the_shape_is_part_of_the_job_only_where_it_is_no_square(tmp_path: Path) -> None:
    hashes = {}
    for shape in (None, "square", "rectangle"):
        more = () if shape is None else ("--shape", shape)
        name = str(shape)
        assert (
            job(tmp_path, "--equipment", "svg", "--symbol", "datamatrix", *more, out=name)[0] == 0
        )
        head = json.loads((tmp_path / name / "manifest.json").read_text(encoding="utf-8"))
        hashes[shape] = head["job"]
        assert ("shape" in head) == (shape == "rectangle")
    assert hashes[None] == hashes["square"] != hashes["rectangle"]


@pytest.mark.parametrize("cells", ["dots", "cells"])
@pytest.mark.parametrize("module", ["0.249mm", "0.25mm"])
def test_small_dots_are_told_of(tmp_path: Path, cells: str, module: str) -> None:
    options = ("--equipment", "hpgl", "--symbol", "datamatrix", "--setting", f"cells={cells}")
    ran = job(tmp_path, *options, "--module", module)
    assert ran.status == 0
    is_told = (cells, module) == ("dots", "0.249mm")
    assert ran.err.count("small for dots") == is_told
    assert ran.err.count("\n") == is_told


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--face", "30x8"], "write width x height"),
        (["--face", "0x8mm"], "no room"),
        (["--face", "30x-8mm"], "write width x height"),
        (["--face", "30x8x2mm"], "write width x height"),
        (["--face", "1.5.5x8mm"], "not a length"),
        (["--face", "٣x8mm"], "write width x height"),
        (["--face", "1e3x8mm"], "write width x height"),
        (["--face", "0.0000001x8mm"], "nanometre"),
        (["--face", "30x40mm", "--cylinder", "12mm"], "around"),
        (["--rotate", "45"], "turned by 0, 90"),
        (["--rotate", "-90"], "turned by 0, 90"),
        (["--rotate", "090"], "turned by 0, 90"),
        (["--cylinder", "0mm"], "no room"),
        (["--cylinder", "12"], "not a length"),
        (["--cylinder", "-12mm"], "not a length"),
        (["--shape", "round"], "round"),
        (["--shape", "rectangle"], "--symbol datamatrix"),
        (["--shape", "rectangle", "--symbol", "qr"], "only one shape"),
        (["--equipment", "csv", "--face", "30x8mm"], "for drawings"),
        (["--equipment", "csv", "--symbol", "datamatrix", "--shape", "dmre"], "does not draw"),
    ],
)
def test_odd_values_are_one_line(tmp_path: Path, options: list[str], told: str) -> None:
    equipment = [] if "--equipment" in options else ["--equipment", "hpgl"]
    ran = job(tmp_path, *equipment, *options)
    assert (ran.status, ran.out) == (2, "")
    assert told in ran.err and ran.err.count("\n") == 1, ran.err
    assert not (tmp_path / "job").exists()
