"""Modules -> codewords -> content: damage that is mended, damage that is not, faulty streams."""

from __future__ import annotations

import random
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import datamatrix_payloads as payloads
from markcode import Payload
from markcode.errors import SymbolError
from markcode.symbols import datamatrix, zxing
from markcode.symbols.datamatrix import placement
from markcode.symbols.datamatrix.correction import correction
from markcode.symbols.datamatrix.decoding import decode
from markcode.symbols.datamatrix.repair import repaired
from markcode.symbols.datamatrix.sizes import BY_NAME, Size
from markcode.symbols.eci import Segment

SIZES = pytest.mark.parametrize("size", BY_NAME.values(), ids=BY_NAME)


def filled(size: Size, seed: str) -> tuple[str, NDArray[np.bool_]]:
    """Return a text that fills half of a symbol or more, and the symbol's modules."""
    text = payloads.text(random.Random(seed), size.data // 2 + 1, "both cases")
    return text, datamatrix.encode(text, size=size.name).modules


def damaged(
    modules: NDArray[np.bool_], size: Size, places: Iterable[int], rng: random.Random
) -> NDArray[np.bool_]:
    """Return the modules with one or more bits wrong in each of these codewords."""
    whole = modules.copy()
    where = placement.places(size)
    for codeword in places:
        wrong = rng.randrange(1, 256)
        for bit in range(8):
            if wrong >> (7 - bit) & 1:
                whole[where == 8 * codeword + bit] ^= True
    return whole


def chosen(size: Size, each: int, rng: random.Random) -> list[int]:
    """Return so many codewords of each block."""
    blocks = [range(block, size.codewords, size.blocks) for block in range(size.blocks)]
    return [place for block in blocks for place in rng.sample(block, each)]


@SIZES
def test_the_promised_errors_are_mended(size: Size) -> None:
    rng = random.Random(size.name)
    promised = size.correction // size.blocks // 2
    for errors in (1, promised):
        text, modules = filled(size, size.name)
        broken = damaged(modules, size, chosen(size, errors, rng), rng)
        assert not np.array_equal(broken, modules)
        assert datamatrix.decode(broken) == Payload(text)
        (read,) = zxing.read(zxing.bitmap(broken, 1, 3), ("DataMatrix",), pure=True)
        assert read.bytes == text.encode("ascii")


@SIZES
def test_erasures_cost_half_as_much_as_errors(size: Size) -> None:
    rng = random.Random(size.name)
    count = size.correction // size.blocks
    text, modules = filled(size, size.name)
    lost = chosen(size, count, rng)
    assert datamatrix.decode(damaged(modules, size, lost, rng), lost) == Payload(text)
    # Some are known, some not, and some of the known are right all the same.
    broken: list[int] = []
    known: list[int] = []
    for block in range(size.blocks):
        places = rng.sample(range(block, size.codewords, size.blocks), count)
        erasures = count - 2 * (count // 3)
        known += places[:erasures]
        broken += places[1 : erasures + count // 3]
    assert datamatrix.decode(damaged(modules, size, broken, rng), known) == Payload(text)


@SIZES
def test_one_error_too_many_is_told(size: Size) -> None:
    rng = random.Random(size.name)
    count = size.correction // size.blocks
    _, modules = filled(size, size.name)
    for _ in range(20 if size.data < 100 else 2):
        block = rng.choice([range(b, size.codewords, size.blocks) for b in range(size.blocks)])
        broken = damaged(modules, size, rng.sample(block, count // 2 + 1), rng)
        with pytest.raises(SymbolError, match=r"has more errors than|^codeword"):
            datamatrix.decode(broken)
        lost = rng.sample(block, count + 1)
        with pytest.raises(SymbolError, match=f"more errors than its {count} codewords"):
            datamatrix.decode(damaged(modules, size, lost, rng), lost)


@given(st.data())
def test_any_mendable_damage_is_mended(data: st.DataObject) -> None:
    size = BY_NAME[data.draw(st.sampled_from(("10x10", "14x14", "8x32", "24x64")))]
    codewords = data.draw(st.binary(min_size=size.data, max_size=size.data))
    whole = bytearray(codewords + correction(codewords, size))
    places = data.draw(st.permutations(range(size.codewords)))
    erased = data.draw(st.integers(0, size.correction))
    wrong = data.draw(st.integers(0, (size.correction - erased) // 2))
    for place in places[: erased + wrong]:
        whole[place] ^= data.draw(st.integers(0, 255))
    assert repaired(bytes(whole), size, places[:erased])[: size.data] == codewords


def test_what_is_no_symbol() -> None:
    with pytest.raises(SymbolError, match="17x17 modules are no Data Matrix; there are 10x10 "):
        datamatrix.decode(np.zeros((17, 17), np.bool_))
    with pytest.raises(SymbolError, match="3 modules are no Data Matrix"):
        datamatrix.decode(np.zeros(3, np.bool_))
    with pytest.raises(SymbolError, match="10x10 has 8 codewords, not 7"):
        repaired(bytes(7), BY_NAME["10x10"])
    with pytest.raises(SymbolError, match="codeword 1 of 3: 0 has no meaning here"):
        datamatrix.decode(np.zeros((10, 10), np.bool_))


def stream(codewords: str) -> bytes:
    return bytes(map(int, codewords.split()))


@pytest.mark.parametrize(
    ("codewords", "payload"),
    [
        ("142 164 186", "123456"),
        # ECI by one, two and three codewords; what the last two are nobody has assigned.
        ("241 27 235 79 235 42 129", "\u03a9"),
        ("241 131 140 66 129", b"A"),
        ("241 192 1 1 66 129", b"A"),
        # FNC1 leads, stands within C40 (2, 27), behind, and where it leads nothing.
        ("232 230 91 11 10 135 254 232 129", Payload("AIM\x1dA\x1d", gs1=True)),
        ("232 232 129", Payload("\x1d", gs1=True)),
        ("66 67 232 68", "AB\x1dC"),
        # One codeword that is left is ASCII, or an unlatch; a last Shift 1 is a pad.
        ("230 91 11 66", "AIMA"),
        ("230 91 11 254", "AIM"),
        ("238 91 11 254 129", "AIM"),
        ("239 91 11 129", "aim"),
        ("230 89 177 254", "AA"),
        # Two codewords that are left behind EDIFACT are ASCII.
        ("240 16 21 1 66 67", "DATAAB"),
        ("240 124 66 129", "A"),
        ("231 45 2", b"A"),
        ("66 231 194 152", "AA"),
        ("237 129 70", "[)>\x1e06\x1d\x1e\x04"),
        ("237 241 27 235 79 235 42", "[)>\x1e06\x1d\u03a9\x1e\x04"),
    ],
)
def test_streams(codewords: str, payload: Payload | str | bytes) -> None:
    expected = payload if isinstance(payload, Payload) else Payload(payload)
    assert decode(stream(codewords)).payload == expected


@pytest.mark.parametrize(
    ("codewords", "fault"),
    [
        ("0", "codeword 1 of 1: 0 has no meaning here"),
        ("66 242", "codeword 2 of 2: 242 has no meaning here"),
        ("66 254", "codeword 2 of 2: an unlatch in ASCII"),
        ("66 236", "codeword 2 of 2: a macro stands in first position only"),
        ("66 232 129", "codeword 2 of 3: FNC1 in second position"),
        ("233 1 1 1", "codeword 1 of 4: one of several symbols"),
        ("234 66", "codeword 1 of 2: a message that programs the reader"),
        ("66 129 71", "codeword 3 of 3: 71 where a pad 70 belongs"),
        ("235", "codeword 2 of 1: the symbol ends where another codeword is needed"),
        ("235 200", "codeword 2 of 2: 200 cannot stand behind an upper shift"),
        ("241 0 66", "codeword 2 of 3: this designates no ECI"),
        ("241 128 255 66", "codeword 2 of 4: this designates no ECI"),
        ("241 208 1 1 66", "codeword 2 of 5: this designates no ECI"),
        ("230 255 255", "codeword 2 of 3: these two codewords are no three values"),
        ("238 0 0", "codeword 2 of 3: these two codewords are no three values"),
        ("230 89 178 254", "codeword 3 of 4: a shift has no character behind it"),
        ("230 10 161 254", "codeword 2 of 4: value 28 has no meaning here"),
        ("230 10 242 169 60", "codeword 4 of 5: value 27 has no meaning here"),
        ("231 49 66", "codeword 2 of 3: 5 bytes are announced, more than there are"),
        ("231 0 0", "codeword 2 of 3: .* bytes are announced, more than there are"),
        ("231", "codeword 2 of 1: the symbol ends"),
    ],
)
def test_faulty_streams_are_refused_by_position(codewords: str, fault: str) -> None:
    with pytest.raises(SymbolError, match=fault):
        decode(stream(codewords))


@given(st.binary(min_size=1, max_size=40))
def test_any_stream_is_read_or_refused(data: bytes) -> None:
    try:
        assert isinstance(decode(data).payload, Payload)
    except SymbolError as fault:
        assert str(fault).startswith("codeword ")


def test_what_the_symbol_declares() -> None:
    read = datamatrix.read(datamatrix.encode("\xe9").modules)
    assert read.segments == (Segment(3, b"\xe9"),)
    assert (read.is_gs1, read.is_binary) == (False, False)
    assert datamatrix.read(datamatrix.encode(b"CO").modules).is_binary
