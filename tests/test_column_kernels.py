"""Kernels over columns say just what the scalar functions say, for many rows of many kinds."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from markcode import Event, Format, ProfileError, get_format, list_formats
from markcode.arrow import Strings
from markcode.columns import arms
from markcode.columns import marks as column_of_marks
from markcode.columns.distinct import distinct
from markcode.columns.encoding import EncodeKernel
from markcode.columns.verifying import VerifyKernel
from markcode.columns.weave import constant, digits, weave
from markcode.strategies import sample

STRANGE = '\n\r\t\x00\x1d -*/.:,"{}Oo0l1é０ОА星\U0001f52b'
OWN_FORMATS = Path(__file__).parents[1] / "examples" / "formats"
ROWS = 150


def every_profile() -> Iterator[tuple[str, str, dict[str, Any]]]:
    checked: tuple[dict[str, Any], ...] = (
        {"check": "iso7064-mod37-36", "check_over": "serial"},
        {"check": "gs1-pair", "check_over": "mark"},
        {"check": "iso7064-mod1271-36", "check_over": "mark"},
    )
    for name in (*list_formats(), *map(str, sorted(OWN_FORMATS.glob("*.toml")))):
        for profile in ({}, *checked):
            try:
                fmt = get_format(name, **profile)
            except ProfileError:
                continue  # this format takes no such check
            for kind in fmt.events:
                yield name, kind, profile
    yield "mosaic-0530", "manufacture", {"options": {"separator": "slash"}}
    yield "mosaic-0530", "manufacture", {"options": {"separator": "line"}}
    yield "mosaic-0530", "manufacture", {"check": "code39-mod43", "check_over": "mark"}
    yield "mosaic-0530", "manufacture", {"check": "iso7064-mod37-36", "check_over": "mark"}
    yield "mosaic-0530", "import", {"options": {"year_window": "none"}}


PROFILES = list(every_profile())
every = pytest.mark.parametrize(
    ("name", "kind", "profile"),
    PROFILES,
    ids=["-".join((Path(n).name, k, *map(str, p.values()))) for n, k, p in PROFILES],
)


def spoiled(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text) + 1)
    kind = rng.randrange(5)
    if kind == 0:
        return text[:at] + rng.choice(STRANGE) + text[at:]
    if kind == 1:
        return text[:at] + rng.choice(STRANGE) + text[at + 1 :]
    if kind == 2:
        return text[:at] + text[at + 1 :]
    return text.lower() if kind == 3 else text * rng.choice((1, 1, 9))


def table(fmt: Format, kind: str, seed: int, rows: int) -> dict[str, list[str | None]]:
    """Return arms whose cells are exchanged among them, and some of them spoiled."""
    rng = random.Random(seed)
    drawn = [sample(fmt, rng.randrange, kind) for _ in range(12)]
    rule = fmt.rule(kind)
    columns: dict[str, list[str | None]] = {element.name: [] for element in rule.elements}
    for _ in range(rows):
        own = rng.choice(drawn)
        fresh = sample(fmt, rng.randrange, kind) if rng.random() < 0.4 else own
        for element in rule.elements:
            # Most rows keep what goes together, such as a serial and its check.
            source = rng.choice(drawn) if rng.random() < 0.03 else fresh
            value = element.of(*source)
            text = None if value is None else str(value)
            if text is not None and rng.random() < 0.05:
                text = spoiled(text, rng)
            columns[element.name].append(None if rng.random() < 0.02 else text)
    return columns


def row_by_row(
    fmt: Format, kind: str, columns: Mapping[str, list[str | None]], accept: bool
) -> pl.DataFrame:
    rule = fmt.rule(kind)
    rows = range(len(next(iter(columns.values()))))
    return arms._scalar_frame(fmt, rule, list(rows), columns, {}, accept)


@every
def test_a_column_of_arms_is_encoded_as_row_by_row(
    name: str, kind: str, profile: dict[str, Any]
) -> None:
    fmt = get_format(name, **profile)
    for seed in range(2):
        columns = table(fmt, kind, seed, ROWS)
        frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
        made = fmt.encode_column(frame, kind, accept_provisional=seed == 0)
        assert made.rows() == row_by_row(fmt, kind, columns, accept=seed == 0).rows()


def marks(fmt: Format, kind: str, seed: int) -> list[str | None]:
    """Return marks and payloads, some of them spoiled."""
    rng = random.Random(seed)
    made = fmt.encode_column(pl.DataFrame(table(fmt, kind, seed, 60)), kind, True)
    found: list[str | None] = [None, ""]
    for text in (*made["text"], *made["payload"]):
        if text is not None:
            found += [text, spoiled(text, rng), text.replace(" ", "\n"), text.replace("\n", " ")]
    return found


@every
def test_a_column_of_marks_is_verified_as_row_by_row(
    name: str, kind: str, profile: dict[str, Any]
) -> None:
    fmt = get_format(name, **profile)
    rule = fmt.rule(kind)
    texts = marks(fmt, kind, 3)
    for as_of, pedantic in ((None, False), (datetime.date(2020, 5, 1), True)):
        told = [
            None
            if text is None
            else column_of_marks._told(rule, fmt.verify(text, kind, as_of, pedantic))
            for text in texts
        ]
        rows = fmt.verify_column(texts, kind, as_of, pedantic).rows()
        assert [None if row[0] is None else row for row in rows] == told
    valid = [None if text is None else fmt.is_valid(text, kind) for text in texts]
    assert fmt.is_valid_column(texts, kind).to_list() == valid


def test_most_good_marks_are_proven() -> None:
    for name, kind in (("mosaic-0530", "manufacture"), ("recsa", "state-owned"), ("es-28", None)):
        fmt = get_format(name)
        rule = fmt.rule(kind)
        made = fmt.encode_column(pl.DataFrame(table(fmt, rule.kind, 5, 1000)), rule.kind)
        texts = made["text"].drop_nulls()
        proven = VerifyKernel(fmt, rule, None, False).verify(Strings.of(texts))
        assert sum(len(part.rows) for part in proven) > 0.6 * len(texts)


PROVEN = {
    ("mosaic-0530", "manufacture"): 0.4,
    ("recsa", "state-owned"): 0.4,
    ("us-478-92", "manufacture"): 0.2,
    ("es-28", "manufacture"): 0.2,
}


@pytest.mark.parametrize(("name", "kind"), PROVEN)
def test_most_good_rows_are_proven(name: str, kind: str) -> None:
    # Otherwise the test above would compare the scalar function with itself.
    fmt = get_format(name)
    columns = table(fmt, kind, 1, 2000)
    kernel = EncodeKernel(fmt, fmt.rule(kind), list(columns), {}, False)
    cells = {
        name: Strings.of(pl.Series(values, dtype=pl.String)) for name, values in columns.items()
    }
    proven = sum(len(encoded.rows) for encoded in kernel.encode(cells))
    assert proven > PROVEN[name, kind] * 2000


def test_the_data_of_an_event_hold_for_all_rows() -> None:
    fmt = get_format("mosaic-0530")
    frame = pl.DataFrame({"serial": ["A1", None, "A 2"]})
    event = Event("import", country="CO", year=2026)
    made = fmt.encode_column(frame, event)
    assert made["text"].to_list() == ["CO 26 A1", "CO 26", None]


def test_a_record_batch_in_and_a_record_batch_out() -> None:
    fmt = get_format("mosaic-0530", check="iso7064-mod37-36")
    columns = table(fmt, "manufacture", 9, 300)
    batch = pa.RecordBatch.from_pydict(columns, schema=pa.schema(dict.fromkeys(columns, pa.utf8())))
    made = fmt.encode_column(batch)
    assert made.rows() == row_by_row(fmt, "manufacture", columns, accept=False).rows()
    (out,) = pa.RecordBatchReader.from_stream(made).read_all().to_batches()
    assert out.column("text").to_pylist() == made["text"].to_list()
    relation = duckdb.from_arrow(pa.Table.from_batches([batch]))
    assert fmt.encode_column(relation.to_arrow_table()).equals(made)
    marks = pa.array(made["text"].to_list())
    assert fmt.verify_column(marks).equals(fmt.verify_column(made["text"].to_list()))


def test_whole_numbers_are_years() -> None:
    fmt = get_format("mosaic-0530")
    frame = pl.DataFrame({"country": ["CO"] * 3, "year": [2026, 12345, -1], "serial": ["A1"] * 3})
    made = fmt.encode_column(frame, "import")
    assert made["text"].to_list() == ["CO 26 A1", None, None]


def test_weaving_equals_joining() -> None:
    rng = random.Random(3)
    one = ["".join(rng.choices("ABC", k=rng.randrange(9))) for _ in range(5000)]
    other = [str(rng.randrange(10 ** rng.randrange(1, 10))) for _ in range(5000)]
    columns = Strings.of(pl.Series(one)), digits(np.array(list(map(int, other))))
    codes = np.arange(5000) % 3
    third = constant([b"", b"x", b"yz"], codes)
    woven = weave([b"<", columns[0], b"|", columns[1], third, b">"], 5000)
    ends = ["", "x", "yz"] * 1667
    assert woven.texts() == [f"<{a}|{b}{c}>" for a, b, c in zip(one, other, ends, strict=False)]
    assert weave([b"a"], 0).texts() == []
    assert weave([], 3).texts() == ["", "", ""]


@pytest.mark.parametrize("spread", [1, 7, 900, 40_000])
def test_rows_that_are_alike_are_found(spread: int) -> None:
    rng = np.random.default_rng(spread)
    columns = [rng.integers(0, spread, 30_000).astype(np.uint64) for _ in range(2)]
    columns.append(np.full(30_000, 5, np.uint64))
    found = distinct(columns)
    assert found is not None
    first, like = found
    for column in columns:
        assert (column[first][like] == column).all()
    pairs = set(zip(columns[0].tolist(), columns[1].tolist(), strict=True))
    assert len(first) == len(pairs)
