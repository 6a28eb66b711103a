"""Equipment `dxf`: opened by ezdxf, measured from its entities, and read back by zxing-cpp."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise, product
from math import ceil
from typing import NamedTuple

import numpy as np
import pytest
from ezdxf.document import Drawing
from ezdxf.entities.circle import Circle
from ezdxf.entities.line import Line
from ezdxf.entities.lwpolyline import LWPolyline
from ezdxf.entities.point import Point
from ezdxf.entities.polyline import Polyline
from ezdxf.filemanagement import read as read_dxf
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from markcode.engraving.plate import Plate
from markcode.equipment import Mark
from markcode.equipment.dxf import document as dxf_of
from markcode.errors import InvalidMark, UnreadableImage
from markcode.reading import read
from markcode.symbols import make, raster
from markcode.symbols.sheets import Grid
from plates import CELLS, GRIDS, TEXTS, decodable, drawn_marks, plate, styles
from writers import writer

STYLES = list(styles())
LAYER_OF = {"datamatrix": "DM", "qr": "QR", "micro-qr": "QR", "code128": "BARS"}
TOLERANCE_MM = 0.000_002
DOTS_PER_MM = 25
CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-/.()*+#★ "


class Drawn(NamedTuple):
    """One entity as ezdxf reads it, in millimetres, y upwards."""

    layer: str
    kind: str
    points: tuple[tuple[float, float], ...]
    radius: float = 0.0


def opened(data: bytes) -> Drawing:
    """Return what ezdxf reads without its recover mode, which must need no mending."""
    document = read_dxf(io.StringIO(data.decode("ascii")))
    auditor = document.audit()
    assert not auditor.errors
    assert not auditor.fixes
    return document


def drawn(document: Drawing) -> list[Drawn]:
    return [_drawn(entity) for entity in document.modelspace()]


def _drawn(entity: object) -> Drawn:
    if isinstance(entity, LWPolyline):
        points = tuple((x, y) for x, y in entity.get_points("xy"))
        return Drawn(entity.dxf.layer, "ring" if entity.closed else "line", points)
    if isinstance(entity, Polyline):
        assert {vertex.dxf.layer for vertex in entity.vertices} == {entity.dxf.layer}
        points = tuple((place.x, place.y) for place in entity.points())
        return Drawn(entity.dxf.layer, "ring" if entity.is_closed else "line", points)
    if isinstance(entity, Line):
        ends = (entity.dxf.start, entity.dxf.end)
        return Drawn(entity.dxf.layer, "line", tuple((end.x, end.y) for end in ends))
    if isinstance(entity, Circle):
        centre = entity.dxf.center
        return Drawn(entity.dxf.layer, "circle", ((centre.x, centre.y),), entity.dxf.radius)
    assert isinstance(entity, Point), entity
    return Drawn(entity.dxf.layer, "point", ((entity.dxf.location.x, entity.dxf.location.y),))


def laid_out(of: Plate, dots: str = "circle") -> Iterator[Drawn]:
    """Yield what a drawing of the plate must hold, in the order of marking."""

    def up(points: tuple[tuple[int, int], ...]) -> tuple[tuple[float, float], ...]:
        return tuple((x / 1e6, (of.height_nm - y) / 1e6) for x, y in points)

    for part in of.parts():
        for ring in (ring for shape in part.areas for ring in shape):
            yield Drawn(part.layer, "ring", up(ring))
        for line in part.lines:
            is_closed = line[0] == line[-1]
            yield Drawn(part.layer, *(("ring", up(line[:-1])) if is_closed else ("line", up(line))))
        for dot in part.dots:
            radius = part.dot_nm / 2e6 if dots == "circle" else 0.0
            yield Drawn(part.layer, dots, up((dot,)), radius)


def assert_alike(found: list[Drawn], expected: list[Drawn]) -> None:
    assert [(one.layer, one.kind, len(one.points)) for one in found] == [
        (one.layer, one.kind, len(one.points)) for one in expected
    ]
    for one, other in zip(found, expected, strict=True):
        for place, wanted in zip(one.points, other.points, strict=True):
            assert place == pytest.approx(wanted, abs=TOLERANCE_MM)
        assert one.radius == pytest.approx(other.radius, abs=TOLERANCE_MM)


def marked(found: list[Drawn]) -> list[Drawn]:
    return [one for one in found if one.layer not in ("QUIET", "OUTLINE")]


def bounds(found: list[Drawn], of: Plate) -> tuple[float, float, float, float]:
    """Return left, bottom, right and top of what a tool makes that follows the entities."""
    tool = {part.layer: of.marks[0].tool_nm / 2e6 for part in of.parts() if part.lines}
    dot = {part.layer: part.dot_nm / 2e6 for part in of.parts() if part.dots}
    lefts, bottoms, rights, tops = [], [], [], []
    for one in found:
        half = dot[one.layer] if one.kind == "point" else one.radius or tool.get(one.layer, 0.0)
        xs, ys = zip(*one.points, strict=True)
        lefts.append(min(xs) - half)
        bottoms.append(min(ys) - half)
        rights.append(max(xs) + half)
        tops.append(max(ys) + half)
    return min(lefts), min(bottoms), max(rights), max(tops)


def box_mm(of: Plate) -> tuple[float, float, float, float]:
    box = of.box()
    assert box is not None
    left, top, right, bottom = box
    return left / 1e6, (of.height_nm - bottom) / 1e6, right / 1e6, (of.height_nm - top) / 1e6


@cache
def plates(number: int, is_plate: bool) -> Plate:
    style, symbol = STYLES[number]
    return plate("dxf", style, drawn_marks(symbol), GRIDS[1] if is_plate else None)


ALL = [
    pytest.param(number, is_plate, id=f"{'-'.join(style.values())}-{symbol}-{is_plate}")
    for (number, (style, symbol)), is_plate in product(enumerate(STYLES), (False, True))
]


@pytest.mark.parametrize(("number", "is_plate"), ALL)
def test_what_is_laid_out_is_drawn_in_its_order(number: int, is_plate: bool) -> None:
    of = plates(number, is_plate)
    document = opened(dxf_of(of))
    header = document.header
    assert (document.dxfversion, header["$INSUNITS"], header["$MEASUREMENT"]) == ("AC1015", 4, 1)
    assert tuple(header["$EXTMIN"])[:2] == (0, 0)
    assert tuple(header["$EXTMAX"])[:2] == (of.width_nm / 1e6, of.height_nm / 1e6)
    found = drawn(document)
    assert_alike(marked(found), list(laid_out(of)))
    assert bounds(marked(found), of) == pytest.approx(box_mm(of), abs=0.001)
    symbol = STYLES[number][1]
    used = {"TEXT"} if symbol is None else {"TEXT", LAYER_OF[symbol], "QUIET"}
    assert {one.layer for one in found} == used
    handles = [entity.dxf.handle for entity in document.modelspace()]
    assert len({*handles}) == len(handles)
    assert max(int(handle, 16) for handle in handles) < int(header["$HANDSEED"], 16)


@pytest.mark.parametrize(("number", "is_plate"), ALL)
def test_r12_draws_the_same(number: int, is_plate: bool) -> None:
    of = plates(number, is_plate)
    document = opened(dxf_of(of, version="r12"))
    assert document.dxfversion == "AC1009"
    assert tuple(document.header["$EXTMAX"])[:2] == (of.width_nm / 1e6, of.height_nm / 1e6)
    assert drawn(document) == drawn(opened(dxf_of(of)))
    kinds = {entity.dxftype() for entity in document.modelspace()}
    assert kinds <= {"LINE", "POLYLINE", "CIRCLE", "POINT"}


@pytest.mark.parametrize("version", ["r2000", "r12"])
@pytest.mark.parametrize("is_plate", [False, True])
def test_dots_are_points_if_wanted(is_plate: bool, version: str) -> None:
    style = {"text": "dots-9x13", "cells": "dots", "dot": "90%"}
    of = plate("dxf", style, drawn_marks("datamatrix"), GRIDS[1] if is_plate else None)
    document = opened(dxf_of(of, version="r12" if version == "r12" else "r2000", dots="point"))
    assert_alike(marked(drawn(document)), list(laid_out(of, "point")))
    # A program may show points at the size of the dots.
    assert (document.header["$PDMODE"], document.header["$PDSIZE"]) == (33, 0.36)


def test_what_is_for_reference_is_off_and_last() -> None:
    of = plate("dxf", {"cells": "cells"}, drawn_marks("qr"), GRIDS[1])
    edge = ((0, 0), (30_000_000, 0), (30_000_000, 8_000_000), (0, 8_000_000))
    of = replace(of, marks=tuple(replace(mark, outline=(edge,)) for mark in of.marks))
    document = opened(dxf_of(of))
    layers = {layer.dxf.name: layer for layer in document.layers}
    assert [name for name in layers if layers[name].is_off()] == ["QUIET", "OUTLINE"]
    found = drawn(document)
    assert [one.layer for one in found[-6:]] == ["QUIET", "OUTLINE"] * 3
    assert len(marked(found)) == len(found) - 6
    # The quiet zone of a QR code of 21 modules of 0.4 mm is four modules wide.
    xs, ys = zip(*found[-6].points, strict=True)
    assert (max(xs) - min(xs), max(ys) - min(ys)) == pytest.approx((11.6, 11.6))
    assert drawn(opened(dxf_of(of, reference=False))) == marked(found)


# Read back


def inked(found: list[Drawn], of: Plate) -> Image.Image:
    """Return a picture of the entities, hatched by even-odd, dots by Pillow."""
    width, height = (round(side * DOTS_PER_MM / 1e6) for side in (of.width_nm, of.height_nm))
    dark = np.zeros((height, width), dtype=np.bool_)
    dots = Image.new("L", (width, height), 255)
    pen = ImageDraw.Draw(dots)
    for one in found:
        places = [(DOTS_PER_MM * x, height - DOTS_PER_MM * y) for x, y in one.points]
        if one.kind == "ring":
            for (x0, y0), (x1, y1) in pairwise([*places, places[0]]):
                for row in range(ceil(min(y0, y1) - 0.5), ceil(max(y0, y1) - 0.5)):
                    x = x0 + (row + 0.5 - y0) * (x1 - x0) / (y1 - y0)
                    dark[row, max(0, ceil(x - 0.5)) :] ^= True
        elif one.kind == "circle":
            ((x, y),), radius = places, one.radius * DOTS_PER_MM
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), 0)
        else:
            pen.line(places, 0, 2)
    return Image.fromarray(np.where(dark, 0, np.asarray(dots)).astype(np.uint8))


@pytest.mark.parametrize("symbol", ["datamatrix", "qr", "code128"])
@pytest.mark.parametrize("cells", CELLS)
def test_symbols_are_read_by_other_programs(cells: str, symbol: str) -> None:
    if (symbol, cells) == ("code128", "dots"):
        return  # refused: bars cannot be made of dots
    (mark, *_) = drawn_marks(symbol)
    of = plate("dxf", {"text": "stroke", "cells": cells, "dot": "60%"}, [mark])
    picture = inked(marked(drawn(opened(dxf_of(of)))), of)
    scans = read(decodable(picture, 7 if cells == "dots" else 1))
    assert [scan.text for scan in scans] == [mark.lines[0]]


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("$PDSIZE", "$PDMODE", "POINT"),
        ("POINT", "SPLINE", "SPLINE"),
        (" 70\n0\n 43\n0\n", " 70\n0\n", "LWPOLYLINE"),
        ("AcDbLine\n 10\n", "AcDbLine\n 10\n-", "LINE"),
    ],
)
def test_other_dxf_is_refused(old: str, new: str, kind: str) -> None:
    of = plate("dxf", {"text": "stroke", "cells": "dots"}, drawn_marks("datamatrix"))
    text = dxf_of(of, dots="point").decode("ascii")
    raster.rasterise_dxf(text, 600)
    assert old in text
    with pytest.raises(UnreadableImage, match=f"holds a {kind} that markcode does not write"):
        raster.rasterise_dxf(text.replace(old, new, 1), 600)


# As a job writes them


@pytest.mark.parametrize("grid", GRIDS)
@pytest.mark.parametrize("symbol", [None, "datamatrix", "qr", "code128"])
def test_both_ways_of_drawing_filled_outlines_agree(symbol: str | None, grid: Grid | None) -> None:
    """`markcode.symbols.dxf` draws them in bulk, and the plate of the same marks one by one."""
    marks = drawn_marks(symbol, 4 if grid else 1)
    by_plate = drawn(opened(dxf_of(plate("dxf", {}, marks, grid))))
    in_bulk = drawn(opened(written("dxf", {}, marks, grid)[1]))
    assert in_bulk == by_plate
    if grid:
        assert written("dxf-sheet", {}, marks, grid)[1] == written("dxf", {}, marks, grid)[1]


def written(
    name: str, style: dict[str, str], marks: list[Mark], grid: Grid | None = None
) -> tuple[str, bytes]:
    """Return the name and content of the one file that a job of these marks has."""
    job = writer(name, style, lines=2, grid=grid)
    files = [job.collect(mark, job.render(mark)).file for mark in marks] + [job.finish().file]
    (file,) = (file for file in files if file is not None)
    return file


@pytest.mark.parametrize(
    ("style", "grid", "name"),
    [
        ({}, None, "drawings/00000002.dxf"),
        ({"text": "stroke"}, None, "drawings/00000002.dxf"),
        ({"version": "r12"}, None, "drawings/00000002_mm.dxf"),
        ({"version": "r12"}, Grid(2, 1), "sheets/00000001_mm.dxf"),
        ({"cells": "dots"}, Grid(2, 1), "sheets/00000001.dxf"),
    ],
)
def test_a_file_without_a_unit_says_it_in_its_name(
    style: dict[str, str], grid: Grid | None, name: str
) -> None:
    marks = drawn_marks("datamatrix", 2 if grid else 1)
    file = written("dxf", style, marks, grid)
    assert file[0] == name
    assert file == written("dxf", style, marks, grid)
    assert opened(file[1]).dxfversion == ("AC1009" if "version" in style else "AC1015")


@pytest.mark.parametrize("style", [{}, {"text": "stroke"}])
def test_layers_for_reference_can_be_left_out(style: dict[str, str]) -> None:
    marks = drawn_marks("datamatrix", 1)
    assert "QUIET" in {one.layer for one in drawn(opened(written("dxf", style, marks)[1]))}
    without = written("dxf", {**style, "reference": "no"}, marks)[1]
    assert b"QUIET" not in without
    assert {one.layer for one in drawn(opened(without))} == {"TEXT", "DM"}


@pytest.mark.parametrize("style", [{}, {"text": "stroke"}, {"cells": "dots"}])
def test_what_cannot_be_drawn_is_refused(style: dict[str, str]) -> None:
    job = writer("dxf", style)
    with pytest.raises(InvalidMark, match="'a' cannot be drawn"):
        job.render(Mark(2, ("a",)))
    if style.get("cells") == "dots":
        with pytest.raises(InvalidMark, match="cells=cells"):
            job.render(Mark(2, ("A",), make("code128", "A")))


@given(
    lines=st.lists(
        st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-/.()*+#★ ", max_size=12),
        min_size=1,
        max_size=3,
    ).filter(lambda lines: any(line.strip() for line in lines)),
    text=st.sampled_from(TEXTS),
    cells=st.sampled_from(CELLS),
    dot=st.integers(60, 105),
    tool=st.integers(1, 2000),
    has_symbol=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_any_mark_has_its_true_size(
    lines: list[str], text: str, cells: str, dot: int, tool: int, has_symbol: bool
) -> None:
    style = {"text": text, "cells": cells, "dot": f"{dot}%", "tool": f"{tool}um"}
    mark = Mark(2, tuple(lines), make("datamatrix", "A1") if has_symbol else None)
    of = plate("dxf", style, [mark])
    found = marked(drawn(opened(dxf_of(of))))
    assert_alike(found, list(laid_out(of)))
    assert bounds(found, of) == pytest.approx(box_mm(of), abs=0.001)
    assert drawn(opened(dxf_of(of, version="r12", reference=False))) == found
