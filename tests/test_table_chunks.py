"""A table in chunks has the rows that it has one by one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markcode.errors import TableError
from markcode.tables import Row, Table, open_table, plain
from markcode.tables.chunks import Chunk

CELLS = st.text("ab0 -ñ☆\t", max_size=4)


@st.composite
def delimited(draw: st.DrawFn) -> bytes:
    """Text of lines, most with as many fields as the header; some with quotes or a lone CR."""
    delimiter = draw(st.sampled_from(",;|"))
    width = draw(st.integers(1, 4))
    header = delimiter.join(("serial", "country", "model", "x")[:width])
    lines = ["" for _ in range(draw(st.integers(0, 1)))] + [header]
    for _ in range(draw(st.integers(0, 12))):
        fields = draw(st.sampled_from([width, width, width, width, 1, width + 1]))
        cells = draw(st.lists(CELLS, min_size=fields, max_size=fields))
        if draw(st.integers(0, 9)) == 0:
            cells[0] = draw(st.sampled_from(['"q"', 'a"b', '"x,\ny"', "a\rb"]))
        lines.append(delimiter.join(cells))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    text = end.join(lines) + draw(st.sampled_from(["", end, end + end, "\r"]))
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode()


def rows_of(chunks: Iterator[Chunk]) -> list[Row]:
    return [chunk.row(at) for chunk in chunks for at in range(len(chunk))]


def outcome(table: Table) -> tuple[object, object]:
    """Return the rows by each way, or what each is refused with."""
    ways: tuple[Callable[[], list[Row]], ...] = (
        lambda: list(table.rows()),
        lambda: rows_of(table.chunks()),
    )
    found: list[object] = []
    for way in ways:
        try:
            found.append(way())
        except TableError as fault:
            found.append(str(fault))
    return found[0], found[1]


@given(raw=delimited(), block=st.sampled_from([7, 20, 64, 1 << 20]))
def test_chunks_of_delimited_text_are_its_rows(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes, block: int
) -> None:
    path = tmp_path_factory.mktemp("t") / "arms.csv"
    path.write_bytes(raw)
    try:
        table = open_table(path)
    except TableError:
        return  # no table at all
    before = plain.CHUNK
    plain.CHUNK = block
    try:
        one_by_one, in_chunks = outcome(table)
    finally:
        plain.CHUNK = before
    assert in_chunks == one_by_one


def test_a_plain_table_is_read_as_bytes(tmp_path: Path) -> None:
    path = tmp_path / "arms.csv"
    path.write_bytes(b"serial,country\r\nA1,CO\r\n\r\nA2\r\n,\r\nA3,PE")
    table = open_table(path)
    assert table._read_chunks is not None
    chunk, last = table.chunks()
    assert last.row(0).values == {"serial": "A3", "country": "PE"}
    assert [*chunk.numbers.tolist(), *last.numbers.tolist()] == [2, 4, 6]
    assert [chunk.row(at).values["serial"] for at in range(2)] == ["A1", "A2"]
    assert [fault.code for fault in chunk.row(1).faults] == ["row.fields"]
    assert rows_of(iter([chunk.part(0, 1)])) == [chunk.row(0)]


@pytest.mark.parametrize(
    "raw", [b'a\n"b"\n', b"a\rb\n", b"a\nb\r", b"a\n" + b"x" * 140_000 + b"\n"]
)
def test_other_tables_are_read_by_the_rules_of_quoting(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "arms.csv"
    path.write_bytes(raw)
    assert open_table(path)._read_chunks is None


def test_other_kinds_of_table_come_in_chunks_too(tmp_path: Path) -> None:
    path = tmp_path / "arms.jsonl"
    path.write_text("\n".join(json.dumps({"serial": f"A{n}", "year": n}) for n in range(50)))
    table = open_table(path)
    assert rows_of(table.chunks()) == list(table.rows())


def test_cr_and_lf_may_come_apart() -> None:
    watch = plain.Watch()
    for piece in (b"a\r", b"\nb\r", b"\n", b""):
        watch.update(piece)
    assert watch.is_plain
    watch = plain.Watch()
    for piece in (b"a\r", b"b\n", b""):
        watch.update(piece)
    assert not watch.is_plain
