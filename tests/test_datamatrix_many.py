"""Data Matrix of whole columns: equal to the scalar encoder, never larger than zint's, readable."""

from __future__ import annotations

import pickle
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import datamatrix_mass as mass
import datamatrix_payloads as payloads
import datamatrix_zint as zints
from markcode import Payload
from markcode.errors import SymbolError
from markcode.symbols import Symbol
from markcode.symbols.datamatrix import RECTANGLES, SQUARES, columns, encode, encode_many
from markcode.symbols.datamatrix.columns import SymbolBatch
from markcode.symbols.datamatrix.columns.batch import SIZES
from markcode.symbols.datamatrix.columns.machine import CLASS_OF, PLACES, At, Machine, automaton
from markcode.symbols.datamatrix.sizes import BY_NAME, SHAPES, Shape


def scalar(payload: Payload | str | bytes | None, **options: str) -> Symbol | None:
    """Return what `encode` makes, or None where it refuses."""
    if payload is None:
        return None
    try:
        return encode(payload, **options)  # type: ignore[arg-type]
    except SymbolError:
        return None


def expect_equal(drawn: list[Payload], batch: SymbolBatch, **options: str) -> None:
    assert len(batch) == len(drawn)
    for payload, symbol in zip(drawn, batch, strict=True):
        assert symbol == scalar(payload, **options), payload


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("count", "most"), [(1500, 12), (1000, 60), (150, 249), (15, 800)])
def test_equal_to_the_scalar(count: int, most: int, shape: Shape) -> None:
    rng = random.Random(f"{shape} {most}")
    drawn = [payloads.payload(rng, most) for _ in range(count)]
    expect_equal(drawn, encode_many(drawn, shape=shape, errors="null"), shape=shape)


@pytest.mark.parametrize("kind", payloads.KINDS)
def test_every_kind_and_length_equals_the_scalar(kind: str) -> None:
    rng = random.Random(kind)
    drawn = [Payload(payloads.text(rng, length, kind)) for length in range(1, 130)]
    expect_equal(drawn, encode_many(drawn, errors="null"))


@pytest.mark.parametrize("size", [*SQUARES, *RECTANGLES, "8x48", "26x64"])
def test_one_size_equals_the_scalar(size: str) -> None:
    rng = random.Random(size)
    drawn = [payloads.payload(rng, min(2 * BY_NAME[size].data, 240)) for _ in range(25)]
    batch = encode_many(drawn, size=size, errors="null")
    assert {symbol is None for symbol in batch} >= {False}
    expect_equal(drawn, batch, size=size)


_CHARACTERS = st.sampled_from([*"AZ09 az-.*>\r\x1d\x1e^_`@\x00\x7f\xe9\xc1\xff\u0416\ud800"])
_TEXTS = st.text(_CHARACTERS, max_size=40) | st.text(max_size=20)
_MESSAGES = _TEXTS.map("[)>\x1e06\x1d{}\x1e\x04".format)
_ROWS = st.lists(
    _TEXTS
    | _MESSAGES
    | st.binary(max_size=40)
    | st.builds(Payload, _TEXTS, gs1=st.just(True))
    | st.builds(Payload, st.binary(max_size=3), gs1=st.booleans())
    | st.none(),
    max_size=25,
)


@given(_ROWS, st.sampled_from([*SHAPES]))
@example(["[)>\x1e05\x1d\x1e\x04", "[)>\x1e05\x1d\x1e\x04A"], "square")
def test_any_rows_equal_the_scalar(rows: list[Payload | str | bytes | None], shape: Shape) -> None:
    batch = encode_many(rows, shape=shape, errors="null")
    assert [*batch] == [scalar(row, shape=shape) for row in rows]


def test_what_the_automaton_leaves_out_makes_no_difference() -> None:
    """Costs that are left out as hopeless would never have been taken."""
    small = Machine(with_x12=False, with_base256=False)
    whole = Machine(with_x12=False, with_base256=False, most=90)
    compared = (At.ASCII, At.PAIR, At.C40, At.TEXT, At.EDIFACT)
    todo = [(0, 0)]
    pairs = {*todo}
    while todo and len(pairs) < 4000:
        of_small, of_whole = todo.pop(0)
        for char in b"A0 a-":
            one, small_state = small.transition(of_small, CLASS_OF[char])
            other, whole_state = whole.transition(of_whole, CLASS_OF[char])
            assert small.next[one] >> Machine.COST == whole.next[other] >> Machine.COST
            assert small.ends[one] == whole.ends[other]
            assert small.edifact[small_state] == whole.edifact[whole_state]
            for place in compared:
                assert small.before[one * PLACES + place] == whole.before[other * PLACES + place]
            pair = (small_state, whole_state)
            if pair not in pairs:
                pairs.add(pair)
                todo.append(pair)


def test_symbols_are_read_by_another_program() -> None:
    for size in ("10x10", "18x18", "26x26", "32x32", "52x52", "8x32", "16x48"):
        for batch in mass.batches(size, 60):
            assert not mass.misread(batch)


def test_never_larger_than_zints() -> None:
    rng = random.Random("zint")
    texts = [payloads.text(rng, rng.randrange(1, 60)) for _ in range(600)]
    texts = [text for text in texts if text.isascii()]
    for text, size in zip(texts, encode_many(texts).sizes, strict=True):
        theirs = zints.encode(text)
        assert theirs is not None
        assert SIZES[size].rows <= theirs[0].rows, text


COLUMN = ["ABC", None, "A much longer text of a row", "", "\xe9t\xe9", "\u0416", "12345678"]


@pytest.mark.parametrize(
    "column",
    [
        COLUMN,
        tuple(COLUMN),
        pl.Series(COLUMN),
        pl.Series(["x", *COLUMN, "y"])[1:-1],
        pa.array(COLUMN),
        pa.chunked_array([COLUMN[:3], COLUMN[3:]]),
        pa.array(COLUMN, pa.large_string()),
    ],
)
def test_columns_of_every_make(column: object) -> None:
    batch = encode_many(column, errors="null")
    assert batch == encode_many(COLUMN, errors="null")
    assert [*batch] == [scalar(row) for row in COLUMN]
    assert batch.payloads[0] == Payload("ABC")


@pytest.mark.parametrize("make", [list, pl.Series, pa.array])
def test_columns_of_bytes(make: type) -> None:
    rows = [b"\x00\xff", None, bytes(range(200))]
    assert [*encode_many(make(rows), errors="null")] == [scalar(row) for row in rows]


def test_columns_of_gs1() -> None:
    rows = ["010952123454321321A1\x1d422170", "0109521234543213"]
    batch = encode_many(pl.Series(rows), gs1=True)
    assert [*batch] == [encode(Payload(row, gs1=True)) for row in rows]
    assert encode_many(rows, gs1=True) == batch


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["A", None], "row 1: null"),
        (["A", "B", ""], "row 2: there is nothing"),
        (["A" * 4000], "row 0: the payload of 4000 characters does not fit"),
        ([Payload("\xe9", gs1=True)], "row 0: column 1: '\xe9' does not stand in GS1"),
        (["A"] * 70_000 + ["A\ud800"], "row 70000: column 2: half of a surrogate pair"),
        (["A", 5], "row 1: a symbol holds text or bytes, not 5"),
        ("AB", "'AB' is one payload, not a column"),
    ],
)
def test_a_row_without_symbol_is_named(rows: list[str], message: str) -> None:
    with pytest.raises(SymbolError, match="^" + message):
        encode_many(rows)


def test_wrong_options() -> None:
    with pytest.raises(SymbolError, match="'17x17' is no size"):
        encode_many(["A"], size="17x17")
    with pytest.raises(SymbolError, match="shape is"):
        encode_many(["A"], shape="round")  # type: ignore[arg-type]
    with pytest.raises(SymbolError, match="errors is"):
        encode_many(["A"], errors="ignore")  # type: ignore[arg-type]


def test_the_bits_are_laid_out_as_documented() -> None:
    batch = encode_many(["CO INDU 26 07 01238 09 R", None, "A1"], errors="null")
    assert batch.sizes[1] == 255
    assert [len(batch.packed(row)) for row in range(3)] == [41, 0, 13]
    modules = encode("CO INDU 26 07 01238 09 R").modules
    for row in range(18):
        for column in range(18):
            number = row * 18 + column
            is_set = bool(batch.packed(0)[number // 8] & 0x80 >> number % 8)
            assert is_set == modules[row, column]
    assert batch.packed(0)[40] & 0x0F == 0


def test_slices_pickles_and_tables() -> None:
    rng = random.Random(5)
    rows = [payloads.text(rng, rng.randrange(1, 40)) for _ in range(300)]
    rows[7] = None  # type: ignore[call-overload]
    batch = encode_many(rows, errors="null")
    part = batch[5:200:3]
    assert part == encode_many(rows[5:200:3], errors="null")
    assert part != batch[5:197:3]
    assert batch[-1] == batch[299]
    with pytest.raises(IndexError):
        batch[300]
    again = pickle.loads(pickle.dumps(part))
    assert again == part
    assert len(pickle.dumps(part)) < len(pickle.dumps(batch))
    table = batch.table()
    assert table["symbol"][7] is None
    assert table["modules"][7] is None
    for index, (name, packed) in enumerate(table.iter_rows()):
        if (symbol := batch[index]) is not None:
            assert name == f"{symbol.rows}x{symbol.columns}"
            assert packed == np.packbits(symbol.modules).tobytes()
    for name in batch.size_names:
        found = batch.modules_of(name)
        for row, modules in zip(batch.rows_of(name), found, strict=True):
            assert (modules == encode(rows[row]).modules).all()
    assert batch.modules_of("144x144").shape == (0, 144, 144)
    assert len(encode_many([])) == 0
    assert encode_many([]).table().shape == (0, 2)


def test_chunks_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(6)
    rows = [payloads.payload(rng, 30) for _ in range(500)]
    whole = encode_many(rows, errors="null")
    monkeypatch.setattr(columns, "CHUNK", 64)
    assert encode_many(rows, errors="null") == whole
    parts = [*columns.stream(columns.chunks(iter(rows), 100), errors="null")]
    assert [len(part) for part in parts] == 5 * [64, 36]
    assert [symbol for part in parts for symbol in part] == [*whole]


def test_threads_do_not_disturb_each_other() -> None:
    automaton.cache_clear()
    rng = random.Random(7)
    halves = [[payloads.payload(rng, 50) for _ in range(3000)] for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda rows: encode_many(rows, errors="null"), halves))
    for rows, batch in zip(halves, found, strict=True):
        assert batch == encode_many(rows, errors="null")


_MEMORY = """
import resource
import numpy as np
from markcode.arrow import Strings
from markcode.symbols.datamatrix import encode_many
digits = np.random.default_rng(1).integers(48, 58, 20_000_000, dtype=np.uint8)
digits[::5] += 17
column = Strings.packed(digits, np.full(1_000_000, 20))
encode_many(column.take(slice(1000)))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
batch = encode_many(column)
assert len(batch) == 1_000_000
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no getrusage")
def test_a_million_symbols_stay_small() -> None:
    """The result is 41 + 9 bytes a row, its payload 20 and its place 16; the rest is passing."""
    ran = subprocess.run(
        [sys.executable, "-c", _MEMORY], capture_output=True, text=True, check=True
    )
    kilobytes = int(ran.stdout) / (1024 if sys.platform == "darwin" else 1)
    assert kilobytes < 300_000
