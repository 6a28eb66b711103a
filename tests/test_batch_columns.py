"""A batch made from columns gives the files that one made row by row gives, to the byte."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from batch_cases import CASES, files, table
from markcode import ProfileError, batch, get_format
from markcode.batch import Options
from markcode.columns.encoding import EncodeKernel
from markcode.jobs import Job, repeats, verify_job
from markcode.jobs.repeats import Repeats
from markcode.symbols import datamatrix, zxing
from markcode.tables import plain


@pytest.mark.parametrize(
    ("name", "kind", "profile", "options"),
    CASES,
    ids=[f"{n}-{k}-{'-'.join(map(str, (*p.values(), *o)))}" for n, k, p, o in CASES],
)
def test_the_files_are_those_of_single_rows(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    kind: str,
    profile: dict[str, Any],
    options: dict[str, Any],
) -> None:
    source = tmp_path / "arms.csv"
    table(source, name, kind, profile)
    fmt = get_format(name, **profile)
    order = Options(event=kind, **options)
    monkeypatch.setattr(plain, "CHUNK", 1500)
    made = batch.run(source, fmt, order, tmp_path / "columns")
    assert made.marks
    monkeypatch.setattr(EncodeKernel, "is_able", False)
    monkeypatch.setattr(plain, "CHUNK", 1 << 20)
    assert batch.run(source, fmt, order, tmp_path / "rows") == made
    assert files(tmp_path / "columns") == files(tmp_path / "rows")


def test_a_proven_row_that_repeats_is_found(tmp_path: Path) -> None:
    rows = [f"CO,INDU,2026,07,{number:05},09" for number in range(60_000)]
    rows[51_000] = rows[17]
    source = tmp_path / "arms.csv"
    source.write_text("country,manufacturer,year,model,serial,calibre\n" + "\n".join(rows))
    made = batch.run(source, get_format("mosaic-0530"), Options(), tmp_path / "job")
    assert (made.rows, made.rejected, made.duplicates) == (60_000, 2, 2)
    with (tmp_path / "job" / "rejected.csv").open() as stream:
        assert [line[0] for line in csv.reader(stream)] == ["row", "19", "51002"]


def test_texts_that_differ_only_in_where_they_are_cut_are_found(tmp_path: Path) -> None:
    source = tmp_path / "arms.csv"
    arms = ["CO,INDU,2026,07,01234,09", "CO,INDU,2026,070,1234,09", "CO,INDU,2026,08,01235,09"]
    source.write_text("country,manufacturer,year,model,serial,calibre\n" + "\n".join(arms))
    made = batch.run(source, get_format("mosaic-0530"), Options(), tmp_path / "job")
    assert (made.rejected, made.duplicates) == (2, 2)


@pytest.mark.parametrize("at_once", [1 << 23, 1_000])
def test_repeats_are_found_in_several_passes(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(repeats, "_AT_ONCE", at_once)
    monkeypatch.setattr(repeats, "_BLOCK", 700)
    rng = np.random.default_rng(4)
    hashes = rng.integers(0, 2**64, 6_000, dtype=np.uint64)
    hashes[5_000] = hashes[10]
    hashes[[7, 8, 9]] = hashes[4_000]
    with Repeats() as found:
        for start in range(0, 6_000, 900):
            part = slice(start, start + 900)
            found.add("one", hashes[part], np.arange(6_000)[part])
        found.add("other", hashes[:5], np.arange(100, 105))
        assert found.rows().tolist() == [7, 8, 9, 10, 4_000, 5_000]


def test_rows_that_are_all_the_same_are_all_listed(tmp_path: Path) -> None:
    source = tmp_path / "arms.csv"
    arm = "CO,INDU,2026,07,01234,09\n"
    source.write_text("country,manufacturer,year,model,serial,calibre\n" + arm * 3_000)
    made = batch.run(source, get_format("mosaic-0530"), Options(), tmp_path / "job")
    assert (made.rows, made.marks, made.duplicates) == (3_000, 0, 3_000)


def test_parquet_holds_the_marks_and_their_symbols(tmp_path: Path) -> None:
    source = tmp_path / "arms.csv"
    table(source, "mosaic-0530", "manufacture", {})
    options = Options(equipment="parquet", symbol="datamatrix", modules=True)
    made = batch.run(source, get_format("mosaic-0530"), options, tmp_path / "job")
    frame = pl.read_parquet(tmp_path / "job" / "parquet" / "*.parquet")
    marks = pl.read_csv(tmp_path / "job" / "marks.csv", infer_schema=False)
    assert frame.height == made.marks
    assert frame.drop("symbol", "modules").cast(pl.String).equals(marks)
    for payload, size, packed in frame.select("payload", "symbol", "modules").iter_rows():
        rows, columns = map(int, size.split("x"))
        bits = np.unpackbits(np.frombuffer(packed, np.uint8), count=rows * columns)
        read = zxing.read(zxing.bitmap(bits.reshape(rows, columns).astype(bool), 1), pure=True)
        assert zxing.segments(read[0])[0].data.decode() == payload


def test_marks_csv_holds_the_modules_if_asked(tmp_path: Path) -> None:
    source = tmp_path / "arms.csv"
    table(source, "mosaic-0530", "manufacture", {})
    fmt = get_format("mosaic-0530")
    options = Options(symbol="datamatrix", modules=True)
    batch.run(source, fmt, options, tmp_path / "job")
    with (tmp_path / "job" / "marks.csv").open() as stream:
        for line in csv.DictReader(stream):
            symbol = datamatrix.encode(line["payload"])
            assert line["symbol"] == f"{symbol.rows}x{symbol.columns}"
            assert bytes.fromhex(line["modules"]) == np.packbits(symbol.modules).tobytes()
    assert all(result.report.ok for result in verify_job(Job(tmp_path / "job")))


@pytest.mark.parametrize(
    ("digits", "code"),
    [("00" * 50, "symbol.unread"), ("aa", "symbol.unread"), ("other", "payload.mismatch")],
)
def test_wrong_modules_are_found(tmp_path: Path, digits: str, code: str) -> None:
    source = tmp_path / "arms.csv"
    source.write_text(
        "country,manufacturer,year,model,serial,calibre\n"
        "CO,INDU,2026,07,01238,09\nCO,INDU,2026,07,01239,09\n"
    )
    options = Options(symbol="datamatrix", modules=True)
    batch.run(source, get_format("mosaic-0530"), options, tmp_path / "job")
    marks = tmp_path / "job" / "marks.csv"
    first, second = (line.rpartition(",")[2] for line in marks.read_text().splitlines()[1:])
    wrong = first if digits == "other" else digits
    marks.write_text(marks.read_text().replace(second, wrong))
    reports = [r.report for r in verify_job(Job(tmp_path / "job")) if r.row is not None]
    assert [[f.code for f in report.findings if f.severity == "error"] for report in reports] == [
        [],
        [code],
    ]


def test_modules_go_into_tables_alone(tmp_path: Path) -> None:
    source = tmp_path / "arms.csv"
    table(source, "mosaic-0530", "manufacture", {})
    drawn = Options(equipment="svg", symbol="datamatrix", modules=True)
    for options in (Options(modules=True), drawn):
        with pytest.raises(ProfileError, match="--modules puts the modules"):
            batch.run(source, get_format("mosaic-0530"), options, tmp_path / "job")
