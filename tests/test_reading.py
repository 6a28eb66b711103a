"""Picture -> payload: published symbols, every kind of picture, and what is no picture."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from markcode import Payload
from markcode.errors import UnreadableImage
from markcode.reading import pictures, read
from markcode.symbols import datamatrix, drawing, make, png, svg, zxing

# HIBC/PAS section 2.2, as in zint's backend/tests/test_dmatrix.c.
HIBC = """
10101010101010 10011001010101 11101000011010 10001100011101 11101100101100 10100001101111
10010001010110 10000001011001 11100000010100 11011010100101 10111110101110 11110000101101
10010010000100 11111111111111
"""
# ANSI MH10.8.17-2017 table B.1 B7, from the same file.
MH10 = """
1010101010101010 1101000010101111 1011100001011100 1011010001010101 1110000110111010
1101010011011111 1000010001111100 1101100111110101 1100101101001100 1010100000001111
1001100010010100 1001000000000101 1011110011000010 1110101111010101 1010101010001010
1111111111111111
"""


def picture_of(figure: str, scale: int = 4) -> NDArray[np.uint8]:
    modules = np.array([[module == "1" for module in row] for row in figure.split()])
    return zxing.bitmap(modules, 2, scale)


def mark_png(data: str = "CO 26") -> bytes:
    return png.to_png([], datamatrix.encode(data), height_nm=1, module_nm=400_000, dpi=300).bytes


def mark_image(data: str = "CO 26") -> Image.Image:
    return Image.open(io.BytesIO(mark_png(data))).convert("L")


@pytest.mark.parametrize(
    ("figure", "text"),
    [(HIBC, "+/EO5232013"), (MH10, "[)>\x1e06\x1d25S0614141MH80312\x1e\x04")],
)
def test_published_symbols(figure: str, text: str) -> None:
    (scan,) = read(picture_of(figure))
    assert (scan.text, scan.bytes, scan.payload) == (text, text.encode(), Payload(text))
    assert (scan.symbology, scan.symbology_identifier) == ("datamatrix", "]d1")
    assert scan.error_correction_unused == 1.0


def test_control_characters_are_not_rewritten() -> None:
    text = "".join(map(chr, range(128)))
    (scan,) = read(picture_rows("datamatrix", text))
    assert (scan.text, scan.bytes) == (text, text.encode())


def picture_rows(name: str, data: str | bytes | Payload) -> NDArray[np.uint8]:
    symbol = make(name, data)
    return zxing.bitmap(symbol.modules, symbol.quiet_zone, 3)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("datamatrix", "A\\B \xe9"),
        ("datamatrix", "\xc3\xa9"),
        ("datamatrix", "\x80\xff"),
        ("datamatrix", "\u0416\u0417"),
        ("datamatrix", b"CO"),
        ("datamatrix", bytes(range(256))),
        ("qr", "\xc3\xa9\\000026"),
        ("qr", "\u70b9\u8317"),
        ("qr", b"\xff\x00"),
        ("micro-qr", b"\xff\x00"),
        ("micro-qr", "12345"),
        ("code128", "a\x1db"),
        ("code39", "CO/INDU"),
    ],
)
def test_the_payload_comes_back(name: str, data: str | bytes) -> None:
    (scan,) = read(picture_rows(name, data))
    assert (scan.symbology, scan.payload) == (name, Payload(data))


def test_undeclared_bytes_stay_bytes() -> None:
    (scan,) = read(picture_rows("qr", "\u03a9".encode()))
    assert (scan.text, scan.payload) == ("\u03a9", Payload("\u03a9".encode()))
    (scan,) = read(picture_rows("qr", b"\xe9"))
    assert (scan.text, scan.payload) == ("\xe9", Payload(b"\xe9"))


def test_gs1() -> None:
    payload = Payload("010952123454321321ABC\x1d422170", gs1=True)
    (scan,) = read(picture_rows("gs1-128", payload))
    assert (scan.symbology, scan.symbology_identifier) == ("gs1-128", "]C1")
    assert (scan.payload, scan.is_gs1) == (payload, True)
    assert scan.error_correction_unused is None


def test_gs1_data_matrix() -> None:
    payload = Payload("010952123454321321ABC\x1d422170", gs1=True)
    (scan,) = read(picture_rows("datamatrix", payload))
    assert (scan.symbology, scan.symbology_identifier) == ("datamatrix", "]d2")
    assert (scan.payload, scan.is_gs1) == (payload, True)


def test_damage_is_told() -> None:
    symbol = datamatrix.encode("CO INDU 26 07 01238 09 R")
    modules = symbol.modules.copy()
    modules[8:10, 8:10] ^= True
    (scan,) = read(zxing.bitmap(modules, 2, 4))
    assert scan.text == "CO INDU 26 07 01238 09 R"
    assert scan.error_correction_unused is not None
    assert 0 < scan.error_correction_unused < 1


def test_corners_run_round_the_symbol() -> None:
    image = Image.new("L", (300, 200), 255)
    image.paste(mark_image(), (100, 50))
    (scan,) = read(image)
    (left, top), _, (right, bottom), _ = scan.corners
    assert scan.corners == ((left, top), (right, top), (right, bottom), (left, bottom))
    module = 5
    assert abs(left - 100 - module) <= 1
    assert abs(top - 50 - module) <= 1
    assert abs(right - left - 12 * module) <= 2


def test_a_photograph_is_read_as_it_is_shown(tmp_path: Path) -> None:
    image = Image.new("L", (300, 200), 255)
    image.paste(mark_image(), (200, 20))
    turned = image.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown a quarter turn to the right
    turned.save(tmp_path / "photo.jpg", exif=exif, quality=95)
    (scan,) = read(tmp_path / "photo.jpg")
    assert scan.corners[0] == pytest.approx((205, 25), abs=2)


@pytest.mark.parametrize("turn", [0, 90, 180, 270, 12])
def test_turned_and_inverted(turn: int) -> None:
    image = mark_image().resize((240, 240)).rotate(turn, expand=True, fillcolor=255)
    assert [scan.text for scan in read(image)] == ["CO 26"]
    inverted = Image.eval(mark_image(), lambda grey: 255 - grey)
    assert [scan.text for scan in read(inverted)] == ["CO 26"]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I", "F", "I;16"])
def test_every_mode_of_picture(mode: str) -> None:
    image = mark_image()
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image).astype(np.uint16) * 16)
    else:
        image = image.convert(mode)
    assert [scan.text for scan in read(image)] == ["CO 26"]


def test_transparent_paper_is_white() -> None:
    ink = np.zeros((*np.asarray(mark_image()).shape, 4), np.uint8)
    ink[..., 3] = 255 - np.asarray(mark_image())
    assert [scan.text for scan in read(Image.fromarray(ink))] == ["CO 26"]
    assert [scan.text for scan in read(ink)] == ["CO 26"]


def test_arrays() -> None:
    grey = np.asarray(mark_image())
    for array in (
        grey,
        grey > 128,
        grey[:, :, None],
        np.dstack([grey] * 3),
        grey[:, ::-1][:, ::-1],
    ):
        assert [scan.text for scan in read(array)] == ["CO 26"]


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((0, 0), np.uint8),
        np.zeros(9, np.uint8),
        np.zeros((9, 9), np.float64),
        np.zeros((9, 9, 2), np.uint8),
        np.zeros((9, 9, 3, 1), np.uint8),
    ],
)
def test_arrays_that_are_no_picture(array: NDArray[Any]) -> None:
    with pytest.raises(UnreadableImage, match="array is"):
        read(array)


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp", "gif", "jpg"])
def test_files(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"mark.{suffix}"
    mark_image().save(path)
    assert [scan.text for scan in read(path)] == ["CO 26"]
    assert [scan.text for scan in read(str(path))] == ["CO 26"]


def test_our_svg(tmp_path: Path) -> None:
    path = tmp_path / "mark.SVG"
    made = drawing.draw(
        ["CO 26"], datamatrix.encode("CO 26"), height_nm=1_600_000, module_nm=400_000
    )
    path.write_text(svg.to_svg(made), encoding="utf-8")
    assert [scan.text for scan in read(path)] == ["CO 26"]
    path.write_text("<svg/>", encoding="utf-8")
    with pytest.raises(UnreadableImage, match="no SVG"):
        read(path)


def test_no_symbol() -> None:
    assert read(np.full((200, 300), 255, np.uint8)) == []
    assert read(np.zeros((1, 1), np.uint8)) == []
    noise = np.random.default_rng(9).integers(0, 256, (200, 200), np.uint8)
    assert read(noise) == []


def test_several_symbols() -> None:
    image = Image.new("L", (300, 100), 255)
    image.paste(mark_image("ONE"), (10, 10))
    image.paste(mark_image("TWO"), (150, 10))
    assert sorted(scan.text for scan in read(image)) == ["ONE", "TWO"]


def test_what_is_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    for content in (b"", b"serial,year\n", b"\x89PNG\r\n\x1a\n", mark_png()[:60], b"<svg/>"):
        path.write_bytes(content)
        with pytest.raises(UnreadableImage) as caught:
            read(path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)
    path.with_suffix(".svg").write_bytes(b"\xff\xfe")
    for missing in (tmp_path / "none.png", tmp_path, path.with_suffix(".svg")):
        with pytest.raises(UnreadableImage, match="cannot be read"):
            read(missing)
    with pytest.raises(UnreadableImage, match="a path, a Pillow image or an array, not 3"):
        read(3)  # type: ignore[arg-type]


def test_a_picture_that_grows_without_bound_is_refused(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    for side in (9_000, 12_000, 60_000):  # ours, Pillow's warning, Pillow's error
        head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
        path = tmp_path / "bomb.png"
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", b"") + chunk(b"IEND", b""))
        with pytest.raises(UnreadableImage, match="more than 80 million dots"):
            read(path)
    wide = np.broadcast_to(np.zeros((1, 1), np.uint8), (9_000, 9_000))
    with pytest.raises(UnreadableImage, match="80 million"):
        pictures.grey(wide)


def test_a_scan_as_json() -> None:
    (scan,) = read(picture_of(MH10))
    as_json = scan.to_dict()
    assert as_json["text"] == "[)>{RS}06{GS}25S0614141MH80312{RS}{EOT}"
    assert bytes.fromhex(as_json["bytes"]) == scan.bytes
    assert list(as_json) == [
        "text",
        "bytes",
        "symbology",
        "symbology_identifier",
        "gs1",
        "corners",
        "error_correction_unused",
    ]
