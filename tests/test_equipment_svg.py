"""Equipment `svg`: drawn by resvg, measured from its dots, and read back by zxing-cpp."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from functools import cache
from itertools import product
from xml.etree import ElementTree

import numpy as np
import pytest
import resvg_py
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from markcode.engraving.engraver import plate_of
from markcode.engraving.face import Face
from markcode.engraving.plate import Plate
from markcode.equipment import Mark
from markcode.equipment.plates import engraver_of
from markcode.equipment.svg import document as svg_of
from markcode.errors import UnreadableImage
from markcode.reading import read
from markcode.symbols import make, raster
from markcode.symbols.sheets import Grid
from plates import CELLS, GRIDS, TEXTS, decodable, drawn_marks, plate, styles
from writers import setup, writer

STYLES = list(styles())
COLOURS = {
    "TEXT": "#000000",
    "DM": "#0000FF",
    "QR": "#0000FF",
    "BARS": "#0000FF",
    "QUIET": "#F36926",
    "OUTLINE": "#0C96D9",
}
SVG = "{http://www.w3.org/2000/svg}"
FINE_DPI = 2540
"""A hundredth of a millimetre a dot."""


def rendered(data: bytes, dpi: int) -> Image.Image:
    png = resvg_py.svg_to_bytes(svg_string=data.decode("ascii"), dpi=dpi, background="white")
    return Image.open(io.BytesIO(bytes(png))).convert("L")


def bounds_mm(picture: Image.Image) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of the dots that are more dark than light."""
    rows, columns = (np.asarray(picture) < 128).nonzero()
    edges = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    left, top, right, bottom = (float(edge) * 25.4 / FINE_DPI for edge in edges)
    return left, top, right, bottom


def box_mm(of: Plate) -> tuple[float, float, float, float]:
    box = of.box()
    assert box is not None
    left, top, right, bottom = (side / 1e6 for side in box)
    return left, top, right, bottom


@cache
def plates(number: int, is_plate: bool) -> Plate:
    style, symbol = STYLES[number]
    return plate("svg", style, drawn_marks(symbol), GRIDS[1] if is_plate else None)


def assert_plain(data: bytes, of: Plate) -> ElementTree.Element:
    """Hold what every laser program must be able to read: no texts, transforms or pixels."""
    root = ElementTree.fromstring(data)
    width, height = (f"{side / 1e6:.6f}".rstrip("0").rstrip(".") for side in size(of))
    assert root.get("viewBox") == f"0 0 {width} {height}"
    assert (root.get("width"), root.get("height")) == (f"{width}mm", f"{height}mm")
    assert {element.tag for element in root.iter()} <= {
        f"{SVG}{name}" for name in ("svg", "g", "path", "rect", "circle")
    }
    for element in root.iter():
        assert not {"transform", "style", "class"} & {*element.attrib}
        assert not any("px" in value for value in element.attrib.values())
    for group in root:
        style = "stroke" if group.get("id") in ("QUIET", "OUTLINE") else "fill"
        assert group.get(style) == COLOURS[group.get("id", "")]
    assert len({group.get("id") for group in root}) == len(root)
    return root


def size(of: Plate) -> tuple[int, int]:
    return of.width_nm, of.height_nm


ALL = [
    pytest.param(number, is_plate, id=f"{'-'.join(style.values())}-{symbol}-{is_plate}")
    for (number, (style, symbol)), is_plate in product(enumerate(STYLES), (False, True))
]


@pytest.mark.parametrize(("number", "is_plate"), ALL)
def test_every_style_is_plain_and_holds_all_parts(number: int, is_plate: bool) -> None:
    of = plates(number, is_plate)
    root = assert_plain(svg_of(of), of)
    groups = {group.get("id"): list(group) for group in root}
    assert [*groups] == list(dict.fromkeys(part.layer for part in of.parts()))
    for layer, elements in groups.items():
        parts = [part for part in of.parts() if part.layer == layer]
        strokes = [one for one in elements if one.get("fill") == "none"]
        circles = [one for one in elements if one.tag == f"{SVG}circle"]
        assert len(circles) == sum(len(part.dots) for part in parts)
        assert "".join(one.get("d", "") for one in strokes).count("M") == sum(
            len(part.lines) for part in parts
        )
        filled = len(elements) - len(strokes) - len(circles)
        assert filled == sum(len(part.areas) for part in parts)
        is_cells = STYLES[number][0]["cells"] == "cells" and layer != "TEXT"
        assert sum(one.tag == f"{SVG}rect" for one in elements) == (filled if is_cells else 0)


@pytest.mark.parametrize("number", range(len(STYLES)))
def test_a_mark_has_its_true_size(number: int) -> None:
    of = plates(number, False)
    picture = rendered(svg_of(of), FINE_DPI)
    assert bounds_mm(picture) == pytest.approx(box_mm(of), abs=0.02)


@pytest.mark.parametrize("cells", CELLS)
def test_a_plate_has_its_true_size(cells: str) -> None:
    marks = drawn_marks("datamatrix", 4)
    of = plate("svg", {"text": "stroke", "cells": cells}, marks, Grid(2, 2))
    assert bounds_mm(rendered(svg_of(of), FINE_DPI)) == pytest.approx(box_mm(of), abs=0.02)


@pytest.mark.parametrize("symbol", ["datamatrix", "qr", "code128"])
@pytest.mark.parametrize("cells", CELLS)
@pytest.mark.parametrize("dot", ["60%", "80%", "105%"])
def test_symbols_are_read_by_other_programs(cells: str, symbol: str, dot: str) -> None:
    if (symbol, cells) == ("code128", "dots"):
        return  # refused: bars cannot be made of dots
    marks = drawn_marks(symbol)
    of = plate("svg", {"text": "stroke", "cells": cells, "dot": dot}, marks, GRIDS[1])
    sides = {"60%": 7, "80%": 5, "105%": 5}
    picture = rendered(svg_of(of), 600)
    scans = read(decodable(picture, sides[dot] if cells == "dots" else 1))
    assert sorted(scan.text for scan in scans) == [mark.lines[0] for mark in marks]


@pytest.mark.parametrize("number", range(len(STYLES)))
def test_we_see_what_resvg_sees(number: int) -> None:
    """On a plate of whole dots, to a dot; what is for reference we do not see."""
    style, symbol = STYLES[number]
    of = plate("svg", style, drawn_marks(symbol, 1), Grid(1, 1, (63_500_000, 25_400_000)))
    ours = raster.rasterise_svg(svg_of(of, reference=True).decode("ascii"), 600)
    other = rendered(svg_of(of), 600)
    assert ours.size == other.size
    for one, grown in ((ours, decodable(other, 3)), (other, decodable(ours, 3))):
        assert not ((np.asarray(one) < 128) & (grown >= 128)).any()


def test_what_is_for_reference_is_thin_and_of_its_own_colour() -> None:
    of = plate("svg", {"cells": "cells"}, drawn_marks("qr"), GRIDS[1])
    edge = ((0, 0), (30_000_000, 0), (30_000_000, 8_000_000), (0, 8_000_000))
    of = replace(of, marks=tuple(replace(mark, outline=(edge,)) for mark in of.marks))
    root = assert_plain(svg_of(of, reference=True), of)
    assert [group.get("id") for group in root] == ["TEXT", "QR", "QUIET", "OUTLINE"]
    for group in root[2:]:
        assert (group.get("fill"), group.get("stroke-width"), len(group)) == ("none", "0.05", 3)
    assert [group.get("id") for group in assert_plain(svg_of(of), of)] == ["TEXT", "QR"]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_cells_are_rectangles_however_the_mark_is_turned(turn: int) -> None:
    engraver = engraver_of(setup("svg", {"cells": "cells"}, lines=2, face=Face(turn=turn)))
    (mark, *_) = drawn_marks("datamatrix")
    of = plate_of([engraver.engrave(2, mark.lines, mark.symbol)], None)
    data = svg_of(of)
    text, cells = assert_plain(data, of)
    assert {element.tag for element in text} == {f"{SVG}path"}
    assert {element.tag for element in cells} == {f"{SVG}rect"}
    assert mark.symbol is not None
    assert len(cells) == mark.symbol.modules.sum()
    assert bounds_mm(rendered(data, FINE_DPI)) == pytest.approx(box_mm(of), abs=0.02)
    assert [scan.text for scan in read(rendered(data, 600))] == [mark.lines[0]]


def test_lines_are_as_wide_as_the_tool() -> None:
    of = plate("svg", {"text": "stroke", "tool": "0.25mm"}, [Mark(2, ("I",))])
    (element,) = assert_plain(svg_of(of), of)[0]
    assert element.get("stroke-width") == "0.25"
    assert (element.get("stroke-linecap"), element.get("stroke-linejoin")) == ("round", "round")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('id="DM"', 'id="DM2"', "holds a .*g' that markcode does not write"),
        ("<circle", "<ellipse", "holds a .*ellipse' that markcode does not write"),
        ('r="0.16"', 'r="-0.16"', "holds a .*circle' that markcode does not write"),
        ('r="0.16"', 'r="900000"', "wide is too large for a mark"),
        ('stroke-width="0.1"', 'stroke-width="77"', "wide is too large for a mark"),
        ('d="M', 'd="M1 1M', "commands that markcode does not write"),
    ],
)
def test_other_svg_is_refused(old: str, new: str, reason: str) -> None:
    style = {"text": "stroke", "cells": "dots"}
    text = svg_of(plate("svg", style, drawn_marks("datamatrix"))).decode("ascii")
    assert old in text
    with pytest.raises(UnreadableImage, match=reason):
        raster.rasterise_svg(text.replace(old, new, 1), 600)


# As a job writes them


def written(
    name: str, style: dict[str, str], marks: list[Mark], grid: Grid | None = None
) -> tuple[str, bytes]:
    """Return the name and content of the one file that a job of these marks has."""
    job = writer(name, style, lines=2, grid=grid)
    files = [job.collect(mark, job.render(mark)).file for mark in marks] + [job.finish().file]
    (file,) = (file for file in files if file is not None)
    return file


@pytest.mark.parametrize("symbol", [None, "datamatrix", "qr", "code128"])
def test_both_ways_of_drawing_filled_outlines_agree(symbol: str | None) -> None:
    """`markcode.symbols.svg` draws them in bulk, and the plate of the same marks one by one."""
    marks = drawn_marks(symbol, 1)
    assert written("svg", {}, marks)[1] == svg_of(plate("svg", {}, marks))


@pytest.mark.parametrize("symbol", [None, "datamatrix", "qr", "code128"])
@pytest.mark.parametrize("grid", [Grid(2, 2), GRIDS[1]])
def test_both_ways_of_drawing_a_plate_agree(symbol: str | None, grid: Grid) -> None:
    marks = drawn_marks(symbol, 4)
    name, in_bulk = written("svg", {}, marks, grid)
    assert name == "sheets/00000001.svg"
    assert written("svg-sheet", {}, marks, grid) == (name, in_bulk)
    by_plate = svg_of(plate("svg", {}, marks, grid))
    assert places(in_bulk) == places(by_plate)


def places(data: bytes) -> dict[str, list[tuple[int, int]]]:
    """Return the corners of the paths of each layer, in nanometres, in the order of marking."""
    found: dict[str, list[tuple[int, int]]] = {}
    for group in ElementTree.fromstring(data):
        corners = found.setdefault(group.get("id", ""), [])
        for path in group:
            corners += _corners(path.get("d", ""))
    return found


def _corners(path: str) -> list[tuple[int, int]]:
    corners, x, y, first = list[tuple[int, int]](), 0, 0, (0, 0)
    for command, numbers in re.findall(r"([A-Za-z])([-0-9. ]*)", path):
        values = [round(float(number) * 1e6) for number in numbers.split()]
        match command:
            case "M" | "L":
                x, y = values
            case "m" | "l":
                x, y = x + values[0], y + values[1]
            case "h":
                x += values[0]
            case "v":
                y += values[0]
            case _:
                x, y = first
                continue
        if command in "Mm":
            first = (x, y)
        corners.append((x, y))
    return corners


@pytest.mark.parametrize(
    ("style", "grid"),
    [
        ({}, None),
        ({"text": "dots-9x13", "cells": "dots"}, None),
        ({"cells": "cells"}, Grid(2, 1)),
        ({"reference": "yes"}, Grid(2, 1)),
    ],
)
def test_the_same_marks_give_the_same_bytes(style: dict[str, str], grid: Grid | None) -> None:
    marks = drawn_marks("datamatrix", 2 if grid else 1)
    name, data = written("svg", style, marks, grid)
    assert name == ("sheets/00000001.svg" if grid else "drawings/00000002.svg")
    assert (name, data) == written("svg", style, marks, grid)
    assert (b'id="QUIET"' in data) == ("reference" in style)


@given(
    lines=st.lists(
        st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-/.()*+#★ ", max_size=8), min_size=1
    ).filter(lambda lines: any(line.strip() for line in lines)),
    text=st.sampled_from(TEXTS),
    cells=st.sampled_from(CELLS),
    dot=st.integers(60, 105),
    tool=st.integers(50, 500),
    has_symbol=st.booleans(),
)
@settings(max_examples=25, deadline=None)
def test_any_mark_has_its_true_size(
    lines: list[str], text: str, cells: str, dot: int, tool: int, has_symbol: bool
) -> None:
    style = {"text": text, "cells": cells, "dot": f"{dot}%", "tool": f"{tool}um"}
    mark = Mark(2, tuple(lines[:3]), make("datamatrix", "A1") if has_symbol else None)
    if not any(line.strip() for line in mark.lines):
        mark = replace(mark, lines=("A",))
    of = plate("svg", style, [mark])
    data = svg_of(of)
    assert_plain(data, of)
    assert bounds_mm(rendered(data, FINE_DPI)) == pytest.approx(box_mm(of), abs=0.02)
