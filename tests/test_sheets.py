"""Many marks on one drawing: true sizes, one place for each, read back by other programs."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from typing import TypedDict

import numpy as np
import pytest
from ezdxf import bbox
from ezdxf.document import Drawing
from ezdxf.entities.lwpolyline import LWPolyline
from ezdxf.filemanagement import read as read_dxf
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw

from markcode import Payload
from markcode.errors import LengthError, SymbolError, UnreadableImage
from markcode.reading import read
from markcode.symbols import Symbol, drawing, dxf, layers, make, names, png, raster, sheets, svg
from markcode.symbols.layout import Arrangement
from markcode.symbols.sheets import Grid, Mark

HEIGHT, MODULE, DPI = 1_587_500, 400_000, 600


class Sizes(TypedDict):
    height_nm: int
    module_nm: int


SIZES: Sizes = {"height_nm": HEIGHT, "module_nm": MODULE}
GRID = Grid(3, 2)


@cache
def marks(count: int = 5, name: str = "datamatrix") -> tuple[Mark, ...]:
    """Return marks of two sizes of symbol, and of no symbol for the third of five."""
    texts = [f"KE POL {number:04d}" + " 9X19 2026" * (number % 2) for number in range(count)]
    return tuple(
        ((text[:6], text[7:]), None if number == 2 else make(name, text))
        for number, text in enumerate(texts)
    )


def payloads(of: tuple[Mark, ...]) -> list[str]:
    return sorted(str(symbol.payload.data) for _, symbol in of if symbol is not None)


def scanned(picture: Image.Image | NDArray[np.uint8]) -> list[str]:
    return sorted(scan.text for scan in read(picture))


def svg_text(grid: Grid = GRID) -> str:
    return svg.to_svg_sheet(marks(), grid, **SIZES)


def drawn(of: tuple[Mark, ...]) -> list[drawing.Drawing]:
    return [drawing.draw(lines, symbol, **SIZES) for lines, symbol in of]


# Places


def test_a_mark_stands_in_the_upper_left_corner_of_its_cell() -> None:
    grid = Grid(3, 2, (30_000_000, 12_500_000))
    sheet = sheets.lay_out(marks(), grid, height=HEIGHT, module=MODULE)
    places = [(cell.x, cell.y) for cell in sheet.cells]
    assert places == [
        *[(0, 0), (30_000_000, 0), (60_000_000, 0)],
        *[(0, 12_500_000), (30_000_000, 12_500_000)],
    ]
    assert (sheet.width, sheet.height) == (90_000_000, 25_000_000)


def test_without_a_pitch_the_largest_mark_and_a_gap_make_it() -> None:
    sheet = sheets.lay_out(marks(), GRID, height=HEIGHT, module=MODULE)
    widest = max(made.width_nm for made in drawn(marks()))
    tallest = max(made.height_nm for made in drawn(marks()))
    assert (sheet.width, sheet.height) == (3 * (widest + 2_000_000), 2 * (tallest + 2_000_000))


@pytest.mark.parametrize(
    ("grid", "reason"),
    [
        (Grid(2, 2), "5 marks are too many for a sheet of 2 x 2"),
        (Grid(3, 2, (20_000_000, 5_000_000)), "mm does not fit a pitch of 20 x 5 mm"),
    ],
)
def test_what_does_not_fit_is_refused(grid: Grid, reason: str) -> None:
    for make_sheet in (svg.to_svg_sheet, dxf.to_dxf_sheet):
        with pytest.raises(SymbolError, match=reason):
            make_sheet(marks(), grid, **SIZES)
    with pytest.raises(SymbolError, match=r"too many|does not fit"):
        png.to_png_sheet(marks(), grid, **SIZES, dpi=DPI)


@pytest.mark.parametrize(
    ("grid", "pitch"),
    [
        *[("10", None), ("0x2", None), ("2x0", None), ("ax2", None), ("10x20x30", None)],
        *[("1001x1000", None), ("2x2", "9mm"), ("2x2", "9x9"), ("2x2", "9x0mm"), (None, "x9mm")],
    ],
)
def test_no_grid(grid: str | None, pitch: str | None) -> None:
    with pytest.raises((SymbolError, LengthError)):
        Grid.parse(grid, pitch)


# SVG


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 22),
    st.integers(1, 22),
    st.sampled_from([400_000, 423_333, 1_000_001]),
    st.sampled_from([None, "beside", "under"]),
    st.integers(0, 1 << 32),
)
def test_svg_in_bulk_is_svg_one_by_one(
    rows: int, columns: int, module: int, arrangement: Arrangement | None, seed: int
) -> None:
    dark = np.random.default_rng(seed).random((3, rows, columns)) < 0.5
    dark[:, 0, 0] = True
    made = [Symbol("datamatrix", modules, 1, Payload("A")) for modules in dark]
    of = [*[(["A 1", "B8"], symbol) for symbol in made], ([], made[0]), (["Q"], None)]
    chosen: Sizes = {"height_nm": HEIGHT, "module_nm": module}
    one_by_one = [
        svg.to_svg(drawing.draw(lines, symbol, **chosen, arrangement=arrangement))
        for lines, symbol in of
    ]
    assert svg.to_svgs(of, **chosen, arrangement=arrangement) == one_by_one


@pytest.mark.parametrize("name", names())
def test_svg_in_bulk_of_each_symbology(name: str) -> None:
    content: dict[str, str | Payload] = {
        "micro-qr": "CO 26",
        "gs1-128": Payload("010952123454321321ABC", gs1=True),
    }
    mark = (("CO 26",), make(name, content.get(name, "CO INDU 26")))
    assert svg.to_svgs([mark, mark], **SIZES) == [svg.to_svg(drawn((mark,))[0])] * 2


def test_a_sheet_of_svg_shows_what_each_drawing_shows() -> None:
    picture = np.asarray(raster.rasterise_svg(svg_text(Grid(3, 2, (27_940_000, 12_700_000))), DPI))
    assert picture.shape[0] - 2 * 300 in (0, 1)  # a last dot may be begun
    assert picture.shape[1] - 3 * 660 in (0, 1)
    for number, made in enumerate(drawn(marks())):
        single = np.asarray(raster.rasterise_svg(svg.to_svg(made), DPI))
        y, x = 300 * (number // 3), 660 * (number % 3)
        cell = picture[y : y + single.shape[0], x : x + single.shape[1]]
        assert (cell != single).mean() < 0.0005, "only dots with their centre on an edge may differ"


def test_a_sheet_of_svg_is_read_by_other_programs() -> None:
    resvg = pytest.importorskip("resvg_py")
    rendered = bytes(resvg.svg_to_bytes(svg_string=svg_text(), dpi=DPI, background="white"))
    assert scanned(Image.open(io.BytesIO(rendered)).convert("L")) == payloads(marks())
    assert scanned(raster.rasterise_svg(svg_text(), DPI)) == payloads(marks())


def test_a_sheet_of_svg_has_closed_paths_only_and_exact_places() -> None:
    text = svg.to_svg_sheet(marks(), Grid(3, 2, (30_000_001, 12_500_000)), **SIZES)
    assert 'width="90.000003mm" height="25mm"' in text
    path_starts = [line.split('d="M')[1].split(" ")[0] for line in text.splitlines()[1:-1]]
    # Letters then symbol of each mark, and the third mark has no symbol.
    assert len(path_starts) == 9
    assert float(path_starts[3]) == pytest.approx(30.000001 + 0.4, abs=1e-9)
    for path in text.split('d="')[1:]:
        d = path.split('"')[0]
        assert d.count("M") + d.count("m") == d.count("z")
        assert d.endswith("z")


def test_a_sheet_of_two_hundred() -> None:
    of = marks(200)
    picture = png.to_png_sheet(of, Grid(10, 20), **SIZES, dpi=300)
    assert scanned(Image.open(io.BytesIO(picture.bytes))) == payloads(of)


# PNG


@pytest.mark.parametrize("dpi", [300, 600, 1016])
@pytest.mark.parametrize("name", ["datamatrix", "code128"])
def test_a_sheet_of_png_shows_what_each_picture_shows(dpi: int, name: str) -> None:
    of = marks(5, name)
    picture = png.to_png_sheet(of, Grid(2, 3, (130_000_000, 25_000_001)), **SIZES, dpi=dpi)
    dots = np.array(Image.open(io.BytesIO(picture.bytes)))
    assert dots.shape == (picture.height_px, picture.width_px)
    shown = 0
    for number, (lines, symbol) in enumerate(of):
        single = png.to_png(lines, symbol, **SIZES, dpi=dpi)
        x = number % 2 * 130_000_000 * dpi // 25_400_000
        y = number // 2 * 25_000_001 * dpi // 25_400_000
        cell = dots[y : y + single.height_px, x : x + single.width_px]
        assert (cell == np.asarray(Image.open(io.BytesIO(single.bytes)))).all()
        shown += int((~cell).sum())
    assert shown == (~dots).sum()
    assert picture.achieved_module_nm == single.achieved_module_nm
    assert picture.achieved_height_nm == single.achieved_height_nm


def test_a_png_is_what_pillow_writes() -> None:
    """Same dots, same mode and resolution, and nothing else in it."""
    picture = png.to_png(("A1",), marks()[0][1], **SIZES, dpi=DPI)
    ours = Image.open(io.BytesIO(picture.bytes))
    file = io.BytesIO()
    per_metre = DPI * 1_000_000_000 // 25_400_000
    ours.save(file, "PNG", dpi=(per_metre * 0.0254, per_metre * 0.0254))
    theirs = Image.open(file)
    assert (ours.mode, ours.size, ours.info) == (theirs.mode, theirs.size, theirs.info)
    assert ours.tobytes() == theirs.tobytes()
    Image.open(io.BytesIO(picture.bytes)).verify()


def test_a_sheet_of_too_many_dots_is_refused() -> None:
    with pytest.raises(SymbolError, match="dots are too many"):
        png.sheet_size(marks(), Grid(100, 100), **SIZES, dpi=DPI)


def test_the_size_of_a_sheet_is_known_before_it_is_drawn() -> None:
    picture = png.to_png_sheet(marks(), GRID, **SIZES, dpi=DPI)
    size = png.sheet_size(marks(), GRID, **SIZES, dpi=DPI)
    assert (size.width_px, size.height_px) == (picture.width_px, picture.height_px)
    assert size.bytes == b""


# DXF


def opened(data: bytes) -> Drawing:
    """Return what ezdxf reads, which must need no mending."""
    document = read_dxf(io.StringIO(data.decode("ascii")))
    auditor = document.audit()
    assert not auditor.errors
    assert not auditor.fixes
    return document


def polylines(document: Drawing, layer: str) -> list[list[tuple[float, float]]]:
    """Return the corners of each closed polyline of a layer; there is nothing but those."""
    result = []
    for entity in document.modelspace():
        assert isinstance(entity, LWPolyline)
        assert entity.closed
        if entity.dxf.layer == layer:
            result.append([(x, y) for x, y in entity.get_points("xy")])
    return result


def even_odd(rings: list[list[tuple[float, float]]], width: float, height: float) -> Image.Image:
    """Return a picture at 20 dots a millimetre, filled by Pillow."""
    size = (round(20 * width), round(20 * height))
    picture = Image.new("1", size, 1)
    for ring in rings:
        one = Image.new("1", size, 0)
        # Pillow fills to the last dot included.
        ImageDraw.Draw(one).polygon([(20 * x - 0.5, 20 * (height - y) - 0.5) for x, y in ring], 1)
        picture = ImageChops.logical_xor(picture, one)
    return picture.convert("L")


def dxf_of(of: tuple[Mark, ...] = marks(), grid: Grid = GRID) -> bytes:
    return dxf.to_dxf_sheet(of, grid, **SIZES)


def test_dxf_says_its_version_unit_and_size() -> None:
    document = opened(dxf_of(grid=Grid(3, 2, (30_000_001, 12_500_000))))
    assert document.dxfversion == "AC1015"
    assert document.header["$INSUNITS"] == 4
    assert document.header["$MEASUREMENT"] == 1
    assert tuple(document.header["$EXTMAX"])[:2] == (90.000003, 25)
    assert {layer.dxf.name for layer in document.layers} >= {layers.DM, layers.TEXT}


def test_dxf_has_a_closed_polyline_for_each_border() -> None:
    document = opened(dxf_of())
    of_symbols = [drawing.outlines(symbol, MODULE) for _, symbol in marks() if symbol is not None]
    assert len(polylines(document, layers.DM)) == sum(map(len, of_symbols))
    letters = [
        made.shapes[: len("".join(lines).replace(" ", ""))]
        for made, (lines, _) in zip(drawn(marks()), marks(), strict=True)
    ]
    assert len(polylines(document, layers.TEXT)) == sum(
        len(s) for shapes in letters for s in shapes
    )


def test_dxf_of_one_mark_is_its_drawing_upside_down() -> None:
    lines, symbol = marks()[1]
    made = drawing.draw(lines, symbol, **SIZES)
    document = opened(dxf.to_dxf((lines, symbol), **SIZES))
    found = [
        [(round(x * 1e6), made.height_nm - round(y * 1e6)) for x, y in ring]
        for layer in (layers.TEXT, layers.DM)
        for ring in polylines(document, layer)
    ]
    assert found == [list(ring) for shape in made.shapes for ring in shape]


def test_dxf_has_its_real_size() -> None:
    for lines, symbol in marks():
        document = opened(dxf.to_dxf((lines, symbol), **SIZES))
        made = drawing.draw(lines, symbol, **SIZES)
        corners = [corner for shape in made.shapes for ring in shape for corner in ring]
        box = bbox.extents(document.modelspace())
        left, right = min(x for x, _ in corners) / 1e6, max(x for x, _ in corners) / 1e6
        top, bottom = min(y for _, y in corners) / 1e6, max(y for _, y in corners) / 1e6
        assert (box.extmin.x, box.extmax.x) == pytest.approx((left, right), abs=0.001)
        assert (box.extmin.y, box.extmax.y) == pytest.approx(
            (made.height_nm / 1e6 - bottom, made.height_nm / 1e6 - top), abs=0.001
        )


@pytest.mark.parametrize(
    ("name", "layer"), [("datamatrix", "DM"), ("qr", "QR"), ("code128", "BARS")]
)
def test_dxf_is_read_by_other_programs(name: str, layer: str) -> None:
    of = marks(5, name)
    document = opened(dxf_of(of))
    width, height = document.header["$EXTMAX"][:2]
    symbols = even_odd(polylines(document, layer), width, height)
    assert scanned(symbols) == payloads(of)
    assert scanned(raster.rasterise_dxf(dxf_of(of).decode("ascii"), DPI)) == payloads(of)


def test_dxf_shows_what_svg_shows() -> None:
    ours = np.asarray(raster.rasterise_dxf(dxf_of().decode("ascii"), DPI))
    other = np.asarray(raster.rasterise_svg(svg_text(), DPI))
    assert ours.shape == other.shape
    assert (ours != other).mean() < 0.0005


def test_dxf_handles_are_all_different() -> None:
    document = opened(dxf_of(marks(120), Grid(10, 12)))
    handles = [entity.dxf.handle for entity in document.modelspace()]
    assert len(set(handles)) == len(handles)
    assert max(int(handle, 16) for handle in handles) < int(document.header["$HANDSEED"], 16)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda text: "", "no DXF as markcode writes it"),
        (lambda text: text.replace("$EXTMAX", "$LIMMAX"), "no DXF as markcode writes it"),
        (lambda text: text.replace("LWPOLYLINE", "CIRCLE", 1), "holds a CIRCLE that markcode"),
        (lambda text: text.replace(" 70\n1\n 10", " 70\n0\n 10", 1), "holds a LWPOLYLINE that"),
        (
            lambda text: text.replace("$EXTMAX\n 10\n", "$EXTMAX\n 10\n99999"),
            "too many for a drawing",
        ),
    ],
)
def test_other_dxf_is_refused(change: Callable[[str], str], reason: str) -> None:
    with pytest.raises(UnreadableImage, match=reason):
        raster.rasterise_dxf(change(dxf_of().decode("ascii")), DPI)


@pytest.mark.parametrize(
    "path", ["M0 0L1 1", "M0 0L1 1ZL2 2Z", "L1 1Z", "M0 0M1 1Z", "M0 0h1 2z", "z"]
)
def test_paths_that_are_not_closed_rings_are_refused(path: str) -> None:
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="9mm" height="9mm" viewBox="0 0 9 9">'
    with pytest.raises(UnreadableImage, match="does not write"):
        raster.rasterise_svg(f'{head}<path fill-rule="evenodd" d="{path}"/></svg>', 600)


def test_sheets_are_the_same_every_time() -> None:
    assert svg_text() == svg_text()
    assert dxf_of() == dxf_of()
    first, second = (png.to_png_sheet(marks(), GRID, **SIZES, dpi=DPI) for _ in range(2))
    assert first == second
