"""Columns of text as bytes: what other programs give, and what they get back."""

from __future__ import annotations

import gc
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markcode import arrow_c
from markcode.arrow import Strings, chosen
from markcode.errors import ElementError

# No lone surrogates: no UTF-8 holds them, so no Arrow column does.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
ROWS = st.lists(st.none() | TEXTS | st.text("AB01", min_size=10, max_size=14), max_size=20)
TYPES = [pa.string(), pa.large_string(), pa.string_view()]
MIXED = [
    "AB1",
    None,
    "a longer text of a row",
    "",
    "é" * 20,
    "x\0y",
    "twelve bytes",
    "thirteen byte",
]

by_type = pytest.mark.parametrize("kind", TYPES, ids=str)


class TestIn:
    @by_type
    @given(data=st.data())
    def test_pyarrow(self, kind: Any, data: st.DataObject) -> None:
        chunks = data.draw(st.lists(ROWS, max_size=3))
        first, last = sorted(data.draw(st.tuples(*[st.integers(0, 25)] * 2)))
        column = pa.chunked_array([pa.array(rows, kind) for rows in chunks], kind)
        rows = [text for chunk in chunks for text in chunk]
        assert Strings.of(column).texts() == rows
        assert Strings.of(column[first:last]).texts() == rows[first:last]
        for array, own in zip(column.chunks, chunks, strict=True):
            assert Strings.of(array[first:last]).texts() == own[first:last]

    @given(data=st.data())
    def test_polars(self, data: st.DataObject) -> None:
        chunks = data.draw(st.lists(ROWS, min_size=1, max_size=3))
        first, last = sorted(data.draw(st.tuples(*[st.integers(0, 25)] * 2)))
        series = pl.concat([pl.Series(rows, dtype=pl.String) for rows in chunks], rechunk=False)
        rows = [text for chunk in chunks for text in chunk]
        assert Strings.of(series).texts() == rows
        assert Strings.of(series[first:last]).texts() == rows[first:last]

    def test_duckdb(self) -> None:
        text = "case when i % 3 > 0 then repeat('x' || i, i % 7) end"
        answer = duckdb.connect().sql(f"select {text} as t from range(5000) r(i)")
        assert answer is not None
        found = answer.to_arrow_table()["t"]
        rows = [f"x{i}" * (i % 7) if i % 3 else None for i in range(5000)]
        assert Strings.of(found).texts() == rows

    @by_type
    def test_nothing_in_it(self, kind: Any) -> None:
        for column in (pa.chunked_array([], kind), pa.array([], kind), pa.array(["a"], kind)[:0]):
            empty = Strings.of(column)
            assert len(empty) == 0 and empty.texts() == []
            assert empty.matrix(3).shape == (0, 3)
            assert len(empty.compact()) == 0

    @by_type
    def test_only_nulls(self, kind: Any) -> None:
        column = Strings.of(pa.array([None, None], kind))
        assert column.texts() == [None, None]
        assert column.lengths.tolist() == [0, 0]

    def test_bytes_under_a_null_do_not_count(self) -> None:
        bits, offsets, data = (
            pa.py_buffer(b) for b in (b"\x05", np.array([0, 1, 4, 5], np.int32), b"axyzb")
        )
        array = pa.Array.from_buffers(pa.string(), 3, [bits, offsets, data])
        column = Strings.of(array)
        assert column.texts() == ["a", None, "b"]
        assert column.lengths.tolist() == [1, 0, 1]
        assert column.matrix(1).tobytes() == b"a\0b"

    def test_no_nulls_no_mask(self) -> None:
        assert Strings.of(pa.array(["a", None, "b"])[2:]).valid is None
        assert Strings.of(pl.Series(["a"])).valid is None

    @by_type
    def test_a_slice_does_not_copy_the_column(self, kind: Any) -> None:
        column = pa.array(["a text of twenty-five bytes"] * 10_000, kind)
        assert len(Strings.of(column[5000:5010]).data) < 1000

    def test_scattered_rows_do_not_copy_the_column(self) -> None:
        column = pa.array([f"a text of {i:020}" for i in range(10_000)], pa.string_view())
        mixed = [*range(0, 10_000, 500), 9_999]
        series = pl.Series(column).gather(mixed)
        found = Strings.of(series)
        assert found.texts() == series.to_list()
        assert len(found.data) < 3_000

    def test_text_in_several_buffers(self) -> None:
        parts = [
            pl.Series([f"{name} a text of its own buffer {i}" for i in range(9)]) for name in "abc"
        ]
        series = pl.concat(parts).rechunk().gather([26, 0, 13, 14, 1])
        assert Strings.of(series).texts() == series.to_list()

    @pytest.mark.parametrize(
        ("column", "message"),
        [
            (pa.array([1, 2]), "format 'l' where text is expected"),
            (pa.array([b"x"]), "format 'z' where text is expected"),
            (pl.Series([1.5]), "format 'g' where text is expected"),
            (pl.DataFrame({"a": ["x"]}), r"format '\+s' where text is expected"),
            (pa.array(["x"]).dictionary_encode(), r"format 'i \(dictionary\)' where text"),
            (["x"], "no column of Arrow data: list"),
            ("x", "no column of Arrow data: str"),
        ],
        ids=str,
    )
    def test_what_is_no_text_is_refused_in_one_line(self, column: Any, message: str) -> None:
        with pytest.raises(ElementError, match=message) as caught:
            Strings.of(column)
        assert "\n" not in str(caught.value)

    def test_a_stream_that_breaks_off(self) -> None:
        def batches() -> Iterator[Any]:
            yield pa.record_batch({"t": ["x"]})
            raise RuntimeError("the disk is gone")

        reader = pa.RecordBatchReader.from_batches(pa.schema({"t": pa.string()}), batches())
        with pytest.raises(ElementError, match=r"broke off: .*the disk is gone"):
            Strings.of(reader)


class TestRows:
    @given(rows=ROWS, width=st.integers(0, 50) | st.integers(255, 258))
    def test_matrix(self, rows: list[str | None], width: int) -> None:
        encoded = [(text or "").encode()[:width].ljust(width, b"\0") for text in rows]
        column = Strings.of(pl.Series(rows, dtype=pl.String))
        assert column.matrix(width).shape == (len(rows), width)
        assert column.matrix(width).tobytes() == b"".join(encoded)
        assert column.compact().matrix(width).tobytes() == b"".join(encoded)

    @given(rows=ROWS, width=st.integers(1, 50) | st.integers(255, 258))
    def test_matrix_of_ends(self, rows: list[str | None], width: int) -> None:
        encoded = [(text or "").encode()[-width:].rjust(width, b"\0") for text in rows]
        column = Strings.of(pl.Series(rows, dtype=pl.String))
        assert column.matrix(width, right=True).tobytes() == b"".join(encoded)
        packed = column.take(slice(None, None, -1)).compact()
        assert packed.matrix(width, right=True).tobytes() == b"".join(encoded[::-1])

    @given(rows=ROWS.filter(bool), data=st.data())
    def test_take(self, rows: list[str | None], data: st.DataObject) -> None:
        column = Strings.of(pl.Series(rows, dtype=pl.String))
        index = data.draw(st.lists(st.integers(0, len(rows) - 1)))
        mask = np.isin(np.arange(len(rows)), index)
        taken = column.take(np.array(index, np.int64))
        assert np.shares_memory(taken.data, column.data)
        assert taken.texts() == [rows[i] for i in index]
        assert column.take(mask).texts() == [rows[i] for i in sorted(set(index))]
        assert column.take(slice(1, 4)).texts() == rows[1:4]

    @given(rows=ROWS, data=st.data())
    def test_compact(self, rows: list[str | None], data: st.DataObject) -> None:
        index = data.draw(st.permutations(range(len(rows))))
        packed = Strings.of(pl.Series(rows, dtype=pl.String)).take(np.array(index, int)).compact()
        assert packed.data.tobytes() == "".join(rows[i] or "" for i in index).encode()
        assert packed.texts() == [rows[i] for i in index]

    def test_compact_of_a_long_row_among_short_ones(self) -> None:
        rows = ["a"] * 100 + ["long " * 100] + ["b"] * 100
        packed = Strings.of(pl.Series(rows)).compact()
        assert packed.texts() == rows and len(packed.data) == 700

    def test_very_long_rows(self) -> None:
        rows = ["long" * 100_000, "longer" * 70_000, "x"]
        column = Strings.of(pl.Series(rows)).take(np.array([1, 0]))
        assert column.compact().data.tobytes() == (rows[1] + rows[0]).encode()
        for right in (False, True):
            assert column.matrix(300, right).tobytes() == b"".join(
                row[-300:].encode() if right else row[:300].encode() for row in rows[1::-1]
            )

    def test_compact_of_many_rows(self) -> None:
        rows = [str(at) * (at % 3) for at in range(150_000)]
        packed = Strings.of(pl.Series(rows)).take(slice(None, None, -1)).compact()
        assert packed.texts() == rows[::-1]

    def test_packed(self) -> None:
        data = np.frombuffer(b"abcde", np.uint8)
        column = Strings.packed(data, np.array([2, 0, 3], np.uint8), np.array([True, False, True]))
        assert column.texts() == ["ab", None, "cde"]
        assert column.compact().data.tobytes() == b"abcde"
        assert column.matrix(4).tobytes() == b"ab\0\0\0\0\0\0cde\0"


class TestOut:
    TAKERS: tuple[Callable[[Strings], Any], ...] = (
        lambda column: column.to_series(),
        lambda column: pl.Series("name", column),
        lambda column: pa.array(column),
        lambda column: pa.chunked_array([pa.array(column)]),
    )

    @pytest.mark.parametrize("taker", TAKERS)
    @given(rows=ROWS)
    def test_what_came_in_goes_out(
        self, taker: Callable[[Strings], Any], rows: list[str | None]
    ) -> None:
        column = Strings.of(pl.Series(rows, dtype=pl.String))
        assert [_text(value) for value in taker(column)] == rows

    def test_duckdb_and_pyarrow_know_the_type(self) -> None:
        column = Strings.of(pl.Series(MIXED))
        assert pa.array(column).type == pa.large_string()
        assert pa.field("t", pa.large_string()).type == pa.DataType._import_from_c_capsule(
            column.__arrow_c_schema__()
        )
        con = duckdb.connect()
        con.register("marks", pa.table({"t": pa.array(column)}))
        assert con.execute("select t from marks where t is not null").fetchall() == [
            (text,) for text in MIXED if text is not None
        ]
        pa.array(column).validate(full=True)

    def test_the_series_has_the_name(self) -> None:
        series = Strings.of(pl.Series(["a"])).to_series("serial")
        assert series.name == "serial" and series.dtype == pl.String


def _text(value: Any) -> str | None:
    text: str | None = value.as_py() if isinstance(value, pa.Scalar) else value
    return text


class TestLifetimes:
    def test_the_giver_may_go(self) -> None:
        series = pl.Series([f"a text of its own, number {i}" for i in range(1000)])
        rows, column = series.to_list(), Strings.of(series)
        del series
        gc.collect()
        assert column.texts() == rows

    def test_the_column_may_go_while_others_hold_its_bytes(self) -> None:
        rows = [f"a text of its own, number {i}" for i in range(1000)]
        column = Strings.of(pl.Series(rows))
        taken, series = pa.array(column), column.to_series()
        assert len(arrow_c._held) == 2
        del column
        gc.collect()
        assert taken.to_pylist() == series.to_list() == rows
        del taken, series
        assert not arrow_c._held

    def test_capsules_that_nobody_takes(self) -> None:
        capsules = Strings.of(pl.Series(MIXED)).__arrow_c_array__()
        assert arrow_c._held
        del capsules
        assert not arrow_c._held

    def test_a_capsule_is_taken_once(self) -> None:
        schema, array = Strings.of(pl.Series(MIXED)).__arrow_c_array__()
        assert pa.Array._import_from_c_capsule(schema, array).to_pylist() == MIXED
        with pytest.raises(ValueError, match="released"):
            pa.Array._import_from_c_capsule(schema, array)

    def test_what_outlives_the_module(self) -> None:
        """The interpreter ends while others still hold columns and capsules of ours."""
        lines = (
            "import numpy, polars, markcode.arrow",
            "column = markcode.arrow.Strings.of(polars.Series(['a text of its own', None]))",
            "polars.kept = numpy.kept = [column.to_series(), column.__arrow_c_array__()]",
        )
        ended = subprocess.run(
            [sys.executable, "-c", "\n".join(lines)], check=False, capture_output=True, text=True
        )
        assert (ended.returncode, ended.stderr) == (0, "")

    def test_memory_does_not_grow(self) -> None:
        """A thousand conversions; of each column, one that stayed would be 50 kB or more."""
        givers = [pl.Series(MIXED * 500), *(pa.array(MIXED * 500, kind) for kind in TYPES)]
        givers.append(pa.chunked_array([givers[1], givers[1]]))

        def convert(times: int) -> None:
            for giver in givers * times:
                column = Strings.of(giver)
                column.to_series()
                pa.array(column)
                column.__arrow_c_array__()
                assert len(Strings.of(column)) == len(giver)
            with pytest.raises(ElementError):
                Strings.of(pa.array([1]))

        convert(1)
        of_arrow = pa.total_allocated_bytes()
        tracemalloc.start()
        convert(200)
        gc.collect()
        used = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert used < 400_000
        assert pa.total_allocated_bytes() == of_arrow
        assert not arrow_c._held


class TestChosen:
    @given(codes=st.lists(st.integers(0, 3)), data=st.data())
    def test_texts_by_number(self, codes: list[int], data: st.DataObject) -> None:
        texts = ["", "é", "AB", "twelve bytes"]
        valid = data.draw(st.none() | st.lists(st.booleans(), min_size=len(codes)))
        mask = None if valid is None else np.array(valid[: len(codes)], np.bool_)
        series = chosen(np.array(codes, np.int32), texts, mask, "check")
        kept = [True] * len(codes) if valid is None else valid
        assert series.name == "check" and series.dtype == pl.String
        assert series.to_list() == [
            texts[code] if keep else None for code, keep in zip(codes, kept, strict=False)
        ]
        assert (series + "!").to_list() == [
            texts[code] + "!" if keep else None for code, keep in zip(codes, kept, strict=False)
        ]

    def test_a_text_that_no_view_holds(self) -> None:
        with pytest.raises(ValueError, match="longer than 12 bytes: 'thirteen"):
            chosen(np.zeros(1, np.int32), ["A", "thirteen byte."])

    def test_nothing_is_held_on_to(self) -> None:
        series = chosen(np.zeros(10, np.int32), ["A"])
        assert arrow_c._held
        del series
        assert not arrow_c._held
