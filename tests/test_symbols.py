"""Payload -> modules: known answers, read-back by zxing-cpp itself, refusals."""

from __future__ import annotations

import pickle
import subprocess
import sys
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import zxingcpp
from hypothesis import example, given, settings
from hypothesis import strategies as st

from markcode import Payload
from markcode.errors import SymbolError
from markcode.symbols import Symbol, datamatrix, linear, make, names, qr, zxing

MESSAGE_06 = "[)>\x1e06\x1d17V0CVA5\x1d1P1234\x1dS674A36458\x1e\x04"
MESSAGE_05 = "[)>\x1e05\x1d800400000123\x1e\x04"
MESSAGE_12 = "[)>\x1e12\x1dMFR 0CVA5\x1dSER 674A36458\x1e\x04"
MARK = "CO INDU 26 07 01238 09 R"
GS1 = Payload("010952123454321321ABC\x1d422170", gs1=True)

# ISO/IEC 16022:2006 figure O.1: "123456" in 10 x 10 modules.
ISO_16022_ANNEX_O = """
1010101010
1100101101
1100000100
1100011101
1100001000
1000001111
1110110000
1111011001
1001110100
1111111111
"""

# ISO/IEC 16022:2006 table 7: what a square holds of digits and of upper-case alphanumerics.
CAPACITY = [
    ("10x10", 6, 3),
    ("12x12", 10, 6),
    ("14x14", 16, 10),
    ("16x16", 24, 16),
    ("18x18", 36, 25),
    ("20x20", 44, 31),
    ("22x22", 60, 43),
    ("24x24", 72, 52),
    ("26x26", 88, 64),
    ("32x32", 124, 91),
    ("36x36", 172, 127),
    ("40x40", 228, 169),
    ("44x44", 288, 214),
    ("52x52", 408, 304),
    ("104x104", 1632, 1222),
    ("144x144", 3116, 2335),
]


def rows_of(figure: str) -> list[list[int]]:
    return [[int(module) for module in row] for row in figure.split()]


def size(symbol: Symbol) -> str:
    return f"{symbol.rows}x{symbol.columns}"


def scanned(symbol: Symbol) -> zxingcpp.Barcode:
    """Read a symbol with zxing-cpp alone, at three dots a module."""
    tall = 3 if not symbol.is_linear else 40
    modules = np.pad(symbol.modules.repeat(tall, 0).repeat(3, 1), 3 * symbol.quiet_zone)
    image = np.where(modules, 0, 255).astype(np.uint8)
    # Without this, Code 39 is taken for full ASCII.
    kinds = [zxingcpp.BarcodeFormat[name] for name in ("Code39Std", "Code128", "QRCode")]
    kinds += [zxingcpp.BarcodeFormat[name] for name in ("MicroQRCode", "DataMatrix")]
    found = zxingcpp.read_barcodes(
        image, zxingcpp.BarcodeFormats(kinds), text_mode=zxingcpp.TextMode.Plain
    )
    assert len(found) == 1
    return found[0]


def test_names() -> None:
    assert names() == ("datamatrix", "qr", "micro-qr", "code128", "code39", "gs1-128")


def test_data_matrix_of_the_standard() -> None:
    assert datamatrix.encode("123456").modules.astype(int).tolist() == rows_of(ISO_16022_ANNEX_O)


def test_data_matrix_size_of_a_published_message() -> None:
    # ANSI MH10.8.17-2017 table B.1 B7, as in zint's test_dmatrix.c: 16 x 16.
    assert size(datamatrix.encode("[)>\x1e06\x1d25S0614141MH80312\x1e\x04")) == "16x16"


@pytest.mark.parametrize(("square", "digits", "upper"), CAPACITY)
def test_data_matrix_holds_what_the_standard_says(square: str, digits: int, upper: int) -> None:
    assert size(datamatrix.encode("1" * digits, size=square)) == square
    assert size(datamatrix.encode("1" * digits)) == square
    assert size(datamatrix.encode("A" * upper)) == square
    for too_many in ("1" * (digits + 1), "A" * (upper + 1)):
        with pytest.raises(SymbolError, match="does not fit"):
            datamatrix.encode(too_many, size=square)


def test_data_matrix_is_square_unless_asked() -> None:
    sizes = {size(datamatrix.encode(("A1B2C3D4E5" * 12)[:length])) for length in range(1, 110)}
    assert sizes <= set(datamatrix.SQUARES)


def test_data_matrix_rectangles_are_those_of_the_older_standard() -> None:
    made = [datamatrix.encode("1" * length, shape="rectangle") for length in range(1, 99)]
    assert list(dict.fromkeys(map(size, made))) == list(datamatrix.RECTANGLES)
    with pytest.raises(SymbolError, match=r"does not fit any rectangle .* does is 32x32"):
        datamatrix.encode("1" * 99 + "A", shape="rectangle")


@pytest.mark.parametrize("wanted", ["18x18", "26x26", "144x144", "12x36", "16x48"])
def test_data_matrix_meets_a_size(wanted: str) -> None:
    symbol = datamatrix.encode(MARK, size=wanted)
    assert size(symbol) == wanted
    assert scanned(symbol).text == MARK


def test_data_matrix_names_the_smallest_size_that_does() -> None:
    with pytest.raises(SymbolError, match="does not fit 16x16; the smallest that does is 18x18"):
        datamatrix.encode(MARK, size="16x16")
    with pytest.raises(SymbolError, match="does not fit 8x32; the smallest that does is 12x36"):
        datamatrix.encode(MARK, size="8x32")
    with pytest.raises(SymbolError, match="does not fit any Data Matrix"):
        datamatrix.encode("A" * 2336)


@pytest.mark.parametrize("wanted", ["8x63", "18", "18X18", "", "17x17", "18x18 "])
def test_data_matrix_refuses_a_size_that_is_none(wanted: str) -> None:
    with pytest.raises(SymbolError, match="is no size of a Data Matrix; there are 10x10 "):
        datamatrix.encode(MARK, size=wanted)


def test_data_matrix_of_gs1() -> None:
    read = scanned(datamatrix.encode(GS1))
    assert read.symbology_identifier == "]d2"
    assert read.bytes == b"010952123454321321ABC\x1d422170"


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (Payload("21A\xe9", gs1=True), "column 4: '\xe9' does not stand in GS1 elements"),
        (Payload("\x1d0109521234543213", gs1=True), "an element is empty"),
        (Payload(b"21A", gs1=True), "GS1 data are text, not bytes"),
    ],
)
def test_data_matrix_refuses_gs1(payload: Payload, reason: str) -> None:
    with pytest.raises(SymbolError, match=reason):
        datamatrix.encode(payload)


@pytest.mark.parametrize("message", [MESSAGE_05, MESSAGE_06, MESSAGE_12])
@pytest.mark.parametrize("name", ["datamatrix", "qr", "code128"])
def test_envelopes_arrive_byte_for_byte(name: str, message: str) -> None:
    read = scanned(make(name, message))
    assert (read.text, read.bytes) == (message, message.encode())


@pytest.mark.parametrize("name", ["datamatrix", "qr", "code128"])
def test_every_ascii_character_arrives(name: str) -> None:
    every = "".join(map(chr, range(128)))
    assert scanned(make(name, every)).bytes == every.encode()
    for char in every:
        assert scanned(make(name, f"A{char}B")).bytes == f"A{char}B".encode()


@pytest.mark.parametrize("name", ["datamatrix", "qr"])
def test_every_byte_arrives(name: str) -> None:
    assert scanned(make(name, bytes(range(256)))).bytes == bytes(range(256))


@pytest.mark.parametrize(
    ("text", "declared", "data"),
    [
        ("CO 26", None, b"CO 26"),
        ("\xe9 \xff", 3, b"\xe9 \xff"),
        ("\xc3\xa9", 3, b"\xc3\xa9"),  # is UTF-8 for a reader that guesses
        ("\x80\x9f", 3, b"\x80\x9f"),
        ("".join(map(chr, range(256))), 3, bytes(range(256))),
        ("\u03a9", 26, "\u03a9".encode()),
        ("\u0416\u0417 \\000026", 26, "\u0416\u0417 \\000026".encode()),
    ],
)
def test_data_matrix_declares_the_characters(text: str, declared: int, data: bytes) -> None:
    symbol = datamatrix.encode(text)
    (barcode,) = zxing.read(zxing.bitmap(symbol.modules, 1), ("DataMatrix",))
    assert zxing.segments(barcode) == (zxing.Segment(declared, data),)
    assert scanned(symbol).text == text


def test_an_envelope_beyond_ascii_is_utf_8_after_its_head() -> None:
    # zxing-cpp alone would choose ISO/IEC 8859-7 for this.
    text = "[)>\x1e06\x1d\u03a9\x1e\x04"
    symbol = datamatrix.encode(text)
    (barcode,) = zxing.read(zxing.bitmap(symbol.modules, 1), ("DataMatrix",))
    head, body = zxing.segments(barcode)
    assert (head.data, body.eci) == (b"[)>\x1e06\x1d", 26)
    assert scanned(symbol).bytes == text.encode()


@pytest.mark.parametrize("text", ["\xe9", "\u03a9", "\u70b9\u8317", "a\\b\u0416", "\xc3\xa9"])
def test_qr_declares_text_beyond_ascii(text: str) -> None:
    symbol = qr.encode(text)
    (barcode,) = zxing.read(zxing.bitmap(symbol.modules, 4), ("QRCode",))
    assert zxing.segments(barcode) == (zxing.Segment(26, text.encode()),)
    assert scanned(symbol).text == text


def test_qr_takes_bytes_for_bytes() -> None:
    assert scanned(qr.encode(b"\x93\x5f\xe4\xaa")).bytes == b"\x93\x5f\xe4\xaa"  # not Kanji


def test_qr_error_level_is_at_least_what_was_asked() -> None:
    assert scanned(make("qr", MARK, error="H")).ec_level == "H"
    assert scanned(make("qr", MARK * 3, error="L")).ec_level == "L"
    with pytest.raises(SymbolError, match="one of L M Q H, not 'X'"):
        make("qr", MARK, error="X")
    with pytest.raises(SymbolError, match="L, M and Q, not H"):
        make("micro-qr", "A", error="H")


def test_micro_qr() -> None:
    symbol = make("micro-qr", "CO 26\x1d1")
    assert (symbol.rows, symbol.quiet_zone) == (15, 2)
    assert scanned(symbol).bytes == b"CO 26\x1d1"
    with pytest.raises(SymbolError, match="column 2: '\xe9' is not ASCII and Micro QR has no ECI"):
        make("micro-qr", "A\xe9")
    with pytest.raises(SymbolError, match=r"does not fit a Micro QR Code.*; use datamatrix, or qr"):
        make("micro-qr", "A" * 40)


def test_code_128_of_a_published_example() -> None:
    # "PJJ123C" in code set A: start 103, these values, check 54 (en.wikipedia.org/wiki/Code_128).
    assert linear._code_words(list("PJJ123C")) == (103, 48, 42, 42, 17, 18, 19, 35)
    bars = "".join(str(int(bar)) for bar in linear.code128("PJJ123C").modules[0])
    assert bars.startswith("11010000100")
    assert bars[-24:] == "11101011000" + "1100011101011"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("123456", 1 + 3),
        ("12345", 1 + 4),
        ("A123456", 1 + 1 + 1 + 3),
        ("99123456", 1 + 4),  # python-barcode loses this 99
        ("1234\x1d5678", 1 + 2 + 2 + 1 + 2),
    ],
)
def test_code_128_is_short(text: str, words: int) -> None:
    symbol = linear.code128(text)
    assert symbol.columns == 11 * (words + 1) + 13
    assert scanned(symbol).text == text


def test_code_39_pattern_and_alphabet() -> None:
    star, letter = "100010111011101", "111010100010111"  # ISO/IEC 16388 table 1, wide 3:1
    bars = "".join(str(int(bar)) for bar in linear.code39("A").modules[0])
    assert bars == f"{star}0{letter}0{star}"
    every = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
    assert scanned(linear.code39(every)).text == every
    with pytest.raises(SymbolError, match="column 3: 'd' is not in the alphabet of Code 39"):
        linear.code39("COdE")
    with pytest.raises(SymbolError, match="column 1: '\\*'"):
        linear.code39("*A")


def test_code_39_check_character() -> None:
    # By hand from ISO/IEC 16388 annex A: 12 + 24 + 13 + 14 + 3 + 9 = 75, 75 mod 43 = 32 = W.
    assert scanned(linear.code39("CODE39", check=True)).text == "CODE39W"
    assert scanned(linear.code39("CODE39")).text == "CODE39"


def test_gs1_128() -> None:
    read = scanned(make("gs1-128", GS1))
    assert read.symbology_identifier == "]C1"
    assert read.bytes == b"010952123454321321ABC\x1d422170"


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ("0109521234543213", "give Payload"),
        (Payload("(01)09521234543213", gs1=True), "without the brackets"),
        (Payload("\x1d0109521234543213", gs1=True), "an element is empty"),
        (Payload("21A\x1d", gs1=True), "an element is empty"),
        (Payload("21A B", gs1=True), "column 4: ' '"),
        (Payload("21A\x1e", gs1=True), "column 4"),
        (Payload("91" + "A" * 47, gs1=True), "48 characters at most, not 49"),
    ],
)
def test_gs1_128_refuses(payload: Payload | str, reason: str) -> None:
    with pytest.raises(SymbolError, match=reason):
        make("gs1-128", payload)


@pytest.mark.parametrize("name", ["qr", "micro-qr", "code128", "code39"])
def test_others_refuse_gs1(name: str) -> None:
    with pytest.raises(SymbolError, match="gs1-128"):
        make(name, GS1)


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("payload", ["", b"", Payload(""), 3, None])
def test_nothing_is_refused(name: str, payload: Any) -> None:
    with pytest.raises(SymbolError, match=r"empty|text or bytes"):
        make(name, payload)


@pytest.mark.parametrize("name", ["datamatrix", "qr", "code128", "code39"])
def test_half_a_surrogate_pair_is_refused(name: str) -> None:
    with pytest.raises(SymbolError, match="column 2"):
        make(name, "A\ud800")


def test_unknown_names() -> None:
    with pytest.raises(SymbolError, match="no symbology 'aztec'; known are datamatrix, qr, "):
        make("aztec", MARK)
    with pytest.raises(SymbolError, match="qr has no option 'size'; it has error"):
        make("qr", MARK, size="18x18")
    with pytest.raises(SymbolError, match="'square', 'rectangle' or 'dmre', not 'round'"):
        make("datamatrix", MARK, shape="round")


def test_sizes_in_nanometres() -> None:
    assert make("datamatrix", MARK).size_nm(400_000) == (8_000_000, 8_000_000)
    assert make("datamatrix", "1234", size="8x18").size_nm(250_000) == (5_000_000, 2_500_000)
    assert make("qr", "A").size_nm(400_000) == (11_600_000, 11_600_000)
    bars = make("code39", "A")
    assert (bars.is_linear, bars.columns) == (True, 47)
    assert bars.size_nm(250_000) == (16_750_000, 5_000_000)
    assert bars.size_nm(1_000_000) == (67_000_000, 7_050_000)  # 15 % of the bars
    assert make("code39", "A", bar_height_nm=8).size_nm(250_000) == (16_750_000, 8)
    with pytest.raises(SymbolError, match="whole number of nm"):
        make("code128", "A", bar_height_nm=0)


def test_a_symbol_is_a_value() -> None:
    symbol = datamatrix.encode(MARK)
    assert symbol.modules.dtype == np.bool_
    with pytest.raises(ValueError, match="read-only"):
        symbol.modules[0, 0] = False
    copy = pickle.loads(pickle.dumps(symbol))
    assert copy == symbol
    assert hash(copy) == hash(symbol)
    assert not copy.modules.flags.writeable
    assert symbol != datamatrix.encode(MARK, size="20x20")
    assert symbol.modules[:, 0].all()  # no quiet zone in the modules
    with pytest.raises(SymbolError, match="rows by columns"):
        Symbol("datamatrix", np.zeros(3, np.bool_), 1, Payload("A"))


def test_the_same_payload_gives_the_same_symbol() -> None:
    for name in ("qr", "micro-qr", "datamatrix", "code128", "code39"):
        assert make(name, MARK[:10]) == make(name, MARK[:10])
    assert make("gs1-128", GS1) == make("gs1-128", GS1)


EMPTY = """
from markcode.symbols import datamatrix, zxing
for number in ("05", "06"):
    message = f"[)>\\x1e{number}\\x1d\\x1e\\x04"
    for content in (message, message.encode()):
        symbol = datamatrix.encode(content)
        (barcode,) = zxing.read(zxing.bitmap(symbol.modules, 1), ("DataMatrix",))
        print(symbol.rows, barcode.bytes == message.encode())
"""


def test_an_empty_envelope_arrives() -> None:
    # In a process of its own: it crashed the writer of zxing-cpp.
    child = subprocess.run(
        [sys.executable, "-c", EMPTY], capture_output=True, text=True, timeout=60, check=False
    )
    assert child.stderr == ""
    assert child.stdout.split() == ["10", "True", "16", "True"] * 2
    assert child.returncode == 0


def test_a_symbol_that_reads_otherwise_is_refused() -> None:
    other = qr.encode("OTHER").modules
    with pytest.raises(SymbolError, match="did not read back"):
        zxing.confirm("QRCode", other, 4, ("]Q1",), zxing.Segment(None, MARK.encode()))


def test_a_symbol_that_declares_other_characters_is_refused() -> None:
    modules = datamatrix.encode("\xe9").modules
    zxing.confirm("DataMatrix", modules, 1, ("]d1",), zxing.Segment(3, b"\xe9"))
    for wrong in (zxing.Segment(None, b"\xe9"), zxing.Segment(26, b"\xe9")):
        with pytest.raises(SymbolError, match="did not read back"):
            zxing.confirm("DataMatrix", modules, 1, ("]d1",), wrong)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=60), st.binary(max_size=60)))
@example("\\000003")
@example("[)>\x1e06\x1d\x1e")
def test_any_payload_arrives_or_is_refused(data: str | bytes) -> None:
    for name in ("datamatrix", "qr", "code128"):
        try:
            symbol = make(name, data)
        except SymbolError:
            text = data if isinstance(data, str) else data.decode("latin-1")
            assert not text or name == "code128" or any("\ud800" <= c <= "\udfff" for c in text)
            continue
        read = scanned(symbol)
        assert read.bytes == data if isinstance(data, bytes) else read.text == data


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(codec="ascii"), min_size=1, max_size=40))
def test_code_128_is_never_longer_than_in_one_code_set(text: str) -> None:
    words = len(linear._code_words(list(text)))
    switches = sum(a.islower() != b.islower() for a, b in pairwise(text))
    assert words <= 1 + len(text) + 2 * switches + 2 * sum(c < " " for c in text)
    assert scanned(linear.code128(text)).bytes == text.encode()
