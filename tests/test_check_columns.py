"""Check characters of whole columns: the kernels give what the scalar gives, row for row."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from markcode import checks
from markcode.arrow import Strings
from markcode.checks import CheckSystem
from markcode.checks.columns import check_codes
from markcode.checks.kernels import WIDEST
from markcode.errors import CheckError

SYSTEMS = [checks.get(name) for name in checks.names()]
each_system = pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)


def scalar(system: CheckSystem, text: str | None) -> str | None:
    try:
        return None if text is None else system.compute(text)
    except CheckError:
        return None


def texts(system: CheckSystem) -> st.SearchStrategy[str]:
    """Good payloads of every length beside what is refused: foreign, zero and wide characters."""
    alphabet = st.sampled_from(system.alphabet)
    good = st.text(alphabet, max_size=30) | st.text(alphabet, min_size=60, max_size=70)
    nearly = st.text(alphabet | st.sampled_from("\0 a:@[`{/é\u0661\U0001f52b"), max_size=8)
    return good | nearly | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def columns(system: CheckSystem) -> st.SearchStrategy[list[str | None]]:
    return st.lists(st.none() | texts(system) | texts(system).map(lambda t: _appended(system, t)))


def _appended(system: CheckSystem, text: str) -> str:
    return text + (scalar(system, text) or "")


@each_system
@settings(max_examples=30)
@given(data=st.data())
def test_any_column(system: CheckSystem, data: st.DataObject) -> None:
    rows = data.draw(columns(system))
    first, last = sorted(data.draw(st.tuples(*[st.integers(0, len(rows))] * 2)))
    series = pl.Series(rows, dtype=pl.String)
    computed = [scalar(system, text) for text in rows]
    valid = [None if text is None else system.is_valid(text) for text in rows]
    kinds: Sequence[Any] = (rows, series, pa.array(rows, pa.string()), pa.chunked_array([series]))
    for column in kinds:
        assert system.compute_column(column).to_list() == computed
        assert system.is_valid_column(column).to_list() == valid
    part = slice(first, last)
    assert system.compute_column(series[part]).to_list() == computed[part]
    assert system.is_valid_column(series[part]).to_list() == valid[part]


@each_system
@settings(max_examples=30)
@given(data=st.data())
def test_payload_in_several_columns(system: CheckSystem, data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 4))
    rows = data.draw(st.lists(st.tuples(*[st.none() | texts(system)] * count), max_size=30))
    parts = [
        Strings.of(pl.Series([row[at] for row in rows], dtype=pl.String)) for at in range(count)
    ]
    codes, ok = check_codes(system, parts)
    assert codes.dtype == np.int32 and ok.dtype == np.bool_
    found = [system.written[code] if good else None for code, good in zip(codes, ok, strict=True)]
    whole = [None if None in row else "".join(map(str, row)) for row in rows]
    assert found == [scalar(system, text) for text in whole]
    assert not codes[~ok].any()


@each_system
def test_more_rows_than_a_block(system: CheckSystem) -> None:
    """Every length that there is, in turn, over several blocks."""
    alphabet = system.alphabet * 3
    rows = [alphabet[at % 7 :][: at % 68] for at in range(40_000)]
    expected = {text: scalar(system, text) for text in set(rows)}
    assert system.compute_column(rows).to_list() == [expected[text] for text in rows]


@each_system
@pytest.mark.parametrize("length", [WIDEST - 1, WIDEST, WIDEST + 1, 10 * WIDEST])
def test_about_the_widest_and_far_beyond(system: CheckSystem, length: int) -> None:
    for character in (system.alphabet[0], system.alphabet[-1]):
        text = character * length
        assert system.compute_column([text, character]).to_list() == [
            scalar(system, text),
            scalar(system, character),
        ]
        marked = _appended(system, text)
        assert system.is_valid_column([marked]).to_list() == [system.is_valid(marked)]


def test_a_system_of_no_known_family_goes_row_by_row() -> None:
    class Last(CheckSystem):
        def _value(self, values: bytes) -> int:
            return values[-1]

    system = Last(
        name="last",
        title="Last character",
        source="",
        alphabet="AB",
        check_alphabet="AB",
        detects=frozenset(),
        rates={},
    )
    assert system.compute_column(["AAB", "BA", "", "C", None]).to_list() == [
        "B",
        "A",
        None,
        None,
        None,
    ]
    assert system.is_valid_column(["AABB", "BAB", None]).to_list() == [True, False, None]


@pytest.mark.parametrize("name", checks.names())
@pytest.mark.parametrize("length", [0, 1, 4, 7])
def test_columns_of_one_length_and_texts_that_all_rows_have(name: str, length: int) -> None:
    system, drawn = checks.get(name), random.Random(length)
    texts = [
        "".join(drawn.choices(system.alphabet, k=length or drawn.randrange(1, 9)))
        for _ in range(200)
    ]
    column = Strings.of(pl.Series(texts)).evened()
    first, second = system.alphabet[1:3], system.alphabet[3]
    codes, ok = check_codes(system, [first.encode(), column, second.encode(), column])
    for text, code, is_ok in zip(texts, codes.tolist(), ok.tolist(), strict=True):
        whole = first + text + second + text
        if system.max_payload is None or len(whole) <= system.max_payload:
            assert (is_ok, system.written[code]) == (True, system.compute(whole))
        else:
            assert not is_ok
    codes, ok = check_codes(system, [first.encode()], rows=3)
    assert {system.written[code] for code in codes.tolist()} == {system.compute(first)}
