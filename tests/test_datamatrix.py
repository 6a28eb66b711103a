"""Our own Data Matrix: the smallest size, zint's and zxing-cpp's opinion of it, its own decoder."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest
import zxingcpp
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

import datamatrix_payloads as payloads
import datamatrix_reference as reference
import datamatrix_zint as zints
from markcode import Payload
from markcode.errors import SymbolError
from markcode.reading.scan import interpret
from markcode.symbols import Symbol, datamatrix, zxing
from markcode.symbols.datamatrix import placement, sizes
from markcode.symbols.datamatrix.codewords import PAD, codewords, mask_pad
from markcode.symbols.datamatrix.content import content
from markcode.symbols.datamatrix.encodation import Plan, plan
from markcode.symbols.datamatrix.modes import Mode, Run
from markcode.symbols.datamatrix.placement import codewords_of
from markcode.symbols.datamatrix.programme import Programme
from markcode.symbols.datamatrix.sizes import BY_NAME, EXTENSIONS, SHAPES, Shape, Size

GS1 = "[01]09521234543213[21]A1[422]170"
EMPTY = [f"[)>\x1e{number}\x1d\x1e\x04" for number in ("05", "06")]


def size_of(symbol: Symbol) -> Size:
    return BY_NAME[f"{symbol.rows}x{symbol.columns}"]


def scanned(symbol: Symbol) -> zxingcpp.Barcode:
    """Read a symbol with zxing-cpp alone."""
    picture = zxing.bitmap(symbol.modules, 1)
    (found,) = zxing.read(picture, ("DataMatrix",), pure=True)
    return found


def expect_arrival(payload: Payload, symbol: Symbol) -> None:
    """Hold what zxing-cpp and our own decoder read against what went in."""
    read = scanned(symbol)
    pieces = zxing.segments(read)
    assert b"".join(piece.data for piece in pieces) == payloads.bytes_of(payload)
    plain, gs1 = ("]d7", "]d8") if size_of(symbol) in EXTENSIONS else ("]d1", "]d2")
    assert read.symbology_identifier == (gs1 if payload.gs1 else plain)
    assert interpret(read).payload == payload
    if isinstance(payload.data, str) and not payload.data.isascii():
        beyond = {piece.eci for piece in pieces if not piece.data.isascii()}
        assert beyond == {3 if all(char <= "\xff" for char in payload.data) else 26}
    assert datamatrix.decode(symbol.modules) == payload


# The smallest size ----------------------------------------------------------------------------


def drawn(seed: str, count: int, most: int) -> list[Payload]:
    rng = random.Random(seed)
    made = (payloads.payload(rng, most) for _ in range(2 * count))
    return [payload for payload in made if isinstance(payload.data, str)][:count]


@pytest.mark.parametrize(("count", "most"), [(3000, 12), (600, 40), (8, 200)])
def test_no_encodation_reaches_a_smaller_size(count: int, most: int) -> None:
    for payload in drawn("reference", count, most):
        what = content(payload)
        reached = reference.every_cost(what.body, len(what.prefix))
        for shape, capacities in (
            (sizes.SQUARES, reference.SQUARES),
            (sizes.RECTANGLES, reference.RECTANGLES),
        ):
            fits = (c for c in capacities if reference.holds(what.body, reached, c))
            made = plan(what, shape)
            assert (made and made.size.data) == next(fits, None), payload
        # With room to spare it is the least cost of all.
        least = reached[-1]["ascii", 0]
        programme = Programme(what.body, len(what.prefix), [*Mode])
        assert programme.ascii == (least & -least).bit_length() - 1


def test_what_is_counted_is_what_is_written() -> None:
    for payload in drawn("counted", 1500, 60):
        what = content(payload)
        programme = Programme(what.body, len(what.prefix), [*Mode])
        large = Plan(sizes.SQUARES[-1], programme.runs(Mode.ASCII, 0, len(what.body)))
        found = codewords(what, large)[programme.ascii :]
        pads = [PAD, *map(mask_pad, range(programme.ascii + 2, large.size.data + 1))]
        assert list(found) == pads, payload


def test_long_runs_of_bytes_reach_the_smallest_size() -> None:
    rng = random.Random("long runs")
    lengths = (244, 246, 247, 248, 249, 250, 251, 274, 275, 276, 277, 278, 360, 366)
    # Digits that fill 64 x 64 behind a run of just 250 bytes, and two more.
    ends = [(length, "A1") for length in lengths] + [(250, "1" * 50), (250, "1" * 52)]
    # Two short runs take a codeword of length less than one long run across the digits.
    ends += [(200, "1234" + "\xe9" * count + "12") for count in (60, 71)]
    for length, end in ends:
        text = "".join(rng.choices("\xe9\xff\x80\xbd", k=length)) + end
        what = content(Payload(text))
        made = plan(what, sizes.SQUARES)
        assert made is not None
        least = reference.capacity(what.body, len(what.prefix), reference.SQUARES)
        assert made.size.data == least, length
        expect_arrival(Payload(text), datamatrix.encode(text))


@pytest.mark.parametrize("kind", payloads.KINDS)
def test_the_shortcut_chooses_what_the_whole_programme_does(kind: str) -> None:
    rng = random.Random(kind)
    for number in range(400):
        text = payloads.text(rng, rng.randrange(1, 70 if number % 50 else 400), kind)
        for gs1 in (False, True) if text.isascii() and text[0] != "\x1d" else (False,):
            what = content(Payload(text, gs1))
            for shape in SHAPES.values():
                assert plan(what, shape) == plan(what, shape, shortcut=False), (text, gs1)


@pytest.mark.parametrize(
    "text",
    ["A", "12", "ABCDEF12", "a" * 9, "\xe9" * 9, "@A1^B2?C3+D4", "\r*>" * 4, *EMPTY],
)
def test_codewords_fill_the_symbol(text: str) -> None:
    what = content(Payload(text))
    for size in BY_NAME.values():
        made = plan(what, (size,))
        if made is not None:
            assert len(codewords(what, made)) == size.data


# Codewords -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "size", "expected"),
    [
        # ISO/IEC 16022:2006 annex O; table C.1 and 5.2.5.2, where AIM is 91 11; annex B.
        ("123456", "10x10", "142 164 186"),
        ("AIMAIMAIM", "14x14", "230 91 11 91 11 91 11 254"),
        ("A", "10x10", "66 129 70"),
        (b"\xe9", "10x10", "231 45 170"),
        # Worked out by hand: one character of ASCII without an unlatch; FNC1; upper shift.
        ("AIMAIMAIM-", "14x14", "230 91 11 91 11 91 11 46"),
        (Payload("21A\x1d10", gs1=True), "14x14", "232 151 66 232 140 129 161 56"),
        ("\xe9", "12x12", "241 4 235 106 129"),
        # zint/zint backend/tests/test_dmatrix.c.
        ("@A1^B2?C3+D", "8x32", "240 0 28 94 11 47 195 206 177 31"),
        (">*\r>*\r>*\r", "14x14", "238 12 169 12 169 12 169 254"),
        ("[)>\x1e05\x1dA\x1e\x04", "10x10", "236 66 129"),
    ],
)
def test_codewords_that_are_known(payload: Payload | str | bytes, size: str, expected: str) -> None:
    symbol = datamatrix.encode(payload, size=size)
    found = codewords_of(symbol.modules, BY_NAME[size])[: BY_NAME[size].data]
    assert " ".join(map(str, found)) == expected


@pytest.mark.parametrize(
    ("text", "mode", "size", "expected"),
    [
        # By hand from 5.2.5.2, 5.2.7, 5.2.8 and 5.2.9: two values and a pad; just full; EDIFACT
        # up to two codewords before the end, up to one, and with its unlatch.
        ("AIMAI", Mode.C40, "12x12", "230 91 11 90 241"),
        ("aimai", Mode.TEXT, "12x12", "239 91 11 90 241"),
        ("AIM", Mode.X12, "10x10", "238 91 11"),
        ("AIM", Mode.X12, "12x12", "238 91 11 254 129"),
        ("DATA", Mode.EDIFACT, "12x12", "240 16 21 1 129"),
        ("DATADAT", Mode.EDIFACT, "14x14", "240 16 21 1 16 21 31 129"),
        ("DATA", Mode.EDIFACT, "14x14", "240 16 21 1 124 129 161 56"),
        ("DATAD", Mode.EDIFACT, "8x18", "240 16 21 1 69"),
        ("DATA" * 3, Mode.EDIFACT, "16x16", "240 16 21 1 16 21 1 16 21 1 129 147"),
        ("DATA" * 3 + "D", Mode.EDIFACT, "16x16", "240 16 21 1 16 21 1 16 21 1 69 129"),
        ("A", Mode.BASE256, "10x10", "231 45 2"),
    ],
)
def test_runs_end_as_the_standard_says(text: str, mode: Mode, size: str, expected: str) -> None:
    what = content(Payload(text))
    planned = Plan(BY_NAME[size], (Run(mode, 0, len(text)),))
    found = codewords(what, planned)
    assert " ".join(map(str, found)) == expected
    symbol = Symbol("datamatrix", placement.modules(found, planned.size), 1, Payload(text))
    assert scanned(symbol).bytes == text.encode("ascii")


def test_digits_behind_edifact_without_an_unlatch_are_paired_from_the_left() -> None:
    what, size = content(Payload("DATA" * 3 + "123")), BY_NAME["16x16"]
    runs = (Run(Mode.EDIFACT, 0, 12), Run(Mode.ASCII, 12, 15))
    assert codewords(what, Plan(size, runs))[-2:] == bytes((130 + 12, ord("3") + 1))


def test_of_an_odd_number_of_digits_the_last_stands_alone() -> None:
    what = content(Payload("123"))
    found = codewords(what, Plan(BY_NAME["10x10"], (Run(Mode.ASCII, 0, 3),)))
    assert found == bytes((130 + 12, ord("3") + 1, PAD))


def test_beside_zint() -> None:
    """Never larger; and alike in every module where the text is encoded in the same way."""
    rng = random.Random("zint")
    counts: Counter[str] = Counter()
    for number in range(3000):
        kind = rng.choice([*payloads.KINDS, None, None])
        text = payloads.text(rng, rng.randrange(1, 80 if number % 10 else 600), kind)
        if number % 7 == 0:
            text = f"[)>\x1e06\x1d{text}\x1e\x04"
        ours, theirs = datamatrix.encode(text), zints.encode(text)
        assert theirs is not None
        size, modules = theirs
        assert size_of(ours).data <= size.data, text
        counts[compared(ours, size, modules)] += 1
    assert counts["alike"] > 1000
    assert counts["smaller"] >= 5


@pytest.mark.parametrize("size", BY_NAME)
def test_beside_zint_in_every_size(size: str) -> None:
    rng = random.Random(size)
    alike = 0
    for number in range(12):
        most = 2 * BY_NAME[size].data
        kind = ("digits", "mark", "both cases", "punctuation")[number % 4]
        text = payloads.text(rng, rng.randrange(1, max(most // (number + 1), 2)) + 1, kind)
        theirs = zints.encode(text, size)
        if theirs is None:
            continue
        ours = datamatrix.encode(text, size=size)
        alike += compared(ours, *theirs) == "alike"
    assert alike


def compared(ours: Symbol, size: Size, modules: NDArray[np.bool_]) -> str:
    """Return how zint's symbol compares; the same encodation must make the same modules."""
    if size_of(ours).data < size.data:
        return "smaller"
    assert size_of(ours) == size
    mine, others = (codewords_of(m, size)[: size.data] for m in (ours.modules, modules))
    if zints.encodation(mine) != zints.encodation(others):
        return "other"
    assert mine == others
    assert np.array_equal(ours.modules, modules)
    return "alike"


def test_gs1_beside_zint() -> None:
    for bracketed in (GS1, "[8004]9521AB12", "[01]09521234543213[10]A-7[21]b9[422]170"):
        data = "".join(
            # Data of these have no predefined length: FNC1 ends them.
            ai + value + "\x1d" * (ai not in ("01", "422"))
            for ai, value in (part.split("]") for part in bracketed[1:].split("["))
        )
        ours = datamatrix.encode(Payload(data.removesuffix("\x1d"), gs1=True))
        theirs = zints.encode_gs1(bracketed)
        assert theirs is not None
        assert compared(ours, *theirs) == "alike"


def test_what_is_smaller_than_zints_is_listed_and_read() -> None:
    listed = list(zints.smaller(1500))
    assert len(listed) >= 5
    for found in listed:
        assert found.ours.data < found.zints.data
        expect_arrival(Payload(found.text), datamatrix.encode(found.text))


# What other programs read -----------------------------------------------------------------------


@pytest.mark.parametrize("size", BY_NAME)
def test_payloads_of_every_size_arrive(size: str) -> None:
    """Random payloads that fill this size, as nearly as their kind allows."""
    rng = random.Random(size)
    count = 200 if BY_NAME[size].data < 50 else 60 if BY_NAME[size].data < 150 else 12
    read = 0
    while read < count:
        payload = payloads.payload(rng, 2 + int(BY_NAME[size].data * rng.choice((0.5, 1, 1.5, 2))))
        try:
            symbol = datamatrix.encode(payload, size=size)
        except SymbolError as refused:
            assert "does not fit" in str(refused)
            continue
        expect_arrival(payload, symbol)
        read += 1


@pytest.mark.parametrize("text", EMPTY)
def test_an_empty_message_arrives(text: str) -> None:
    expect_arrival(Payload(text), datamatrix.encode(text))


@pytest.mark.parametrize("length", [1, 249, 250, 251, 278, 279, 499, 500, 1555, 1556])
def test_bytes_of_every_length_arrive(length: int) -> None:
    data = bytes(at * 7 % 256 for at in range(length))
    symbol = datamatrix.encode(data)
    expect_arrival(Payload(data), symbol)
    # codes.md 4.1: what a size holds in Base 256 that runs to the symbol's end.
    assert size_of(symbol).data >= length + 2 + (length > 249 and size_of(symbol).data > length + 2)


def test_shapes() -> None:
    text = "CO INDU 26 07 01238 09 R"
    assert [size_of(datamatrix.encode(text, shape=shape)).name for shape in SHAPES] == [
        *("18x18", "12x36", "8x48")
    ]
    with pytest.raises(SymbolError, match="'square', 'rectangle' or 'dmre', not 'round'"):
        datamatrix.encode(text, shape="round")  # type: ignore[arg-type]
    with pytest.raises(SymbolError, match="does not fit 8x32; the smallest that does is 12x36"):
        datamatrix.encode(text, size="8x32")
    with pytest.raises(SymbolError, match="does not fit 8x48; the smallest that does is 8x96"):
        datamatrix.encode("A" * 50, size="8x48")
    with pytest.raises(SymbolError, match="any dmre Data Matrix; the smallest that does is 44x44"):
        datamatrix.encode("A" * 200, shape="dmre")


def test_a_symbol_is_the_same_every_time() -> None:
    for shape in SHAPES:
        made = {datamatrix.encode("CO 26", shape=shape) for _ in range(3)}
        assert len(made) == 1


ANY_TEXT = st.one_of(
    st.text(max_size=80),
    st.text(st.characters(codec="ascii"), max_size=80),
    st.text(st.sampled_from("0123456789ABCDEFabc -*>\r@\xe9"), max_size=80),
)


@given(
    st.one_of(
        ANY_TEXT.map(Payload),
        ANY_TEXT.map(lambda text: Payload(f"[)>\x1e06\x1d{text}\x1e\x04")),
        ANY_TEXT.map(lambda text: Payload(text, gs1=True)),
        st.binary(max_size=80).map(Payload),
    ),
    st.sampled_from([*SHAPES]),
)
@example(Payload("[)>\x1e06\x1d\x1e"), "square")
@example(Payload("\\000003"), "square")
@example(Payload("21A\x1d\x1d\x1d", gs1=True), "dmre")
def test_any_payload_arrives_or_is_refused(payload: Payload, shape: Shape) -> None:
    try:
        symbol = datamatrix.encode(payload, shape=shape)
    except SymbolError as refused:
        text = payload.data if isinstance(payload.data, str) else ""
        expected = {
            "is empty": not payload.data,
            "half of a surrogate pair": any("\ud800" <= char <= "\udfff" for char in text),
            "does not stand in GS1 elements": payload.gs1 and not text.isascii(),
            "an element is empty": payload.gs1 and text.startswith("\x1d"),
            "does not fit": shape != "square",
        }
        assert any(reason in str(refused) and due for reason, due in expected.items()), refused
        return
    expect_arrival(payload, symbol)
