"""The year: every arm made in the United States in 2023, marked, with its Data Matrix."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from benchmarks import arms, child, scratch
from benchmarks.work import Contest, Ran, Target, Work

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["looked_at", "make", "works"]

_QUICK_ROWS = 200_000
_MOST_SECONDS, _MOST_MEMORY = 40, 1e9
_READ_BACK = 1_000
_DOTS, _QUIET_ZONE = 4, 2
"""Dots a module, and modules around a symbol, of the pictures that are read."""
_OPTIONS = (
    *("--format", "mosaic-0530", "--check", "iso7064-mod37-36"),
    *("--equipment", "parquet", "--symbol", "datamatrix", "--modules"),
)


def works(quick: bool) -> Iterator[Work]:
    """Give the one work."""
    rows = _QUICK_ROWS if quick else arms.made_in_2023()
    yield Work(
        name="the year, quick" if quick else "the year",
        what=f"`markcode batch INPUT {' '.join(_OPTIONS)}` on a CSV file of {rows:,} arms, shared "
        "among the makers as each made them in 2023, in a process of its own, without its start. "
        f"{_READ_BACK:,} random symbols are then read by zxing-cpp: each must hold its payload.",
        rows=rows,
        make=partial(_contest, rows),
        targets=() if quick else (Target("seconds", _MOST_SECONDS), Target("peak", _MOST_MEMORY)),
        rounds=1,
    )


def make(source: str, out: str) -> None:
    """Make the job by the command line. Raises `ValueError` unless every row has its mark."""
    from markcode_cli.main import markcode

    try:
        markcode.main(["batch", source, *_OPTIONS, "--out", out])
    except SystemExit as end:
        if end.code:
            raise ValueError(f"markcode batch ended with {end.code}") from end


def _contest(rows: int) -> Contest:
    table = arms.write(scratch.folder() / "year.csv", rows)
    job = scratch.folder() / "year"

    def call() -> Ran:
        shutil.rmtree(job, ignore_errors=True)
        return child.run(f"{__name__}:make", os.fspath(table), os.fspath(job))

    return Contest(call, notes=partial(looked_at, job, rows))


def looked_at(job: Path, rows: int) -> Iterator[str]:
    """Say what the job holds, once it is proved. Raises `ValueError` for what is not as it should.

    The symbols are drawn from their packed bits here, by what is documented of these alone.
    """
    manifest: dict[str, Any] = json.loads((job / "manifest.json").read_text(encoding="utf-8"))
    counts = manifest["counts"]
    if counts["marks"] != rows:
        raise ValueError(f"the manifest counts {counts}, not {rows} marks")
    parts = pl.scan_parquet(job / "parquet" / "*.parquet")
    chosen = random.Random(rows).sample(range(rows), _READ_BACK)
    symbols = (
        parts.with_row_index("n")
        .filter(pl.col("n").is_in(chosen))
        .select("payload", "symbol", "modules")
        .collect()
    )
    if len(symbols) != _READ_BACK:
        raise ValueError(f"{len(symbols)} symbols were found of {_READ_BACK} rows")
    for payload, symbol, modules in symbols.iter_rows():
        read = _read(_picture(symbol, modules))
        if read != [payload]:
            raise ValueError(f"a symbol of {payload!r} is read as {read}")
    of_size = parts.group_by("symbol").len().sort("symbol").collect().rows()
    size = sum(path.stat().st_size for path in (job / "parquet").iterdir())
    yield (
        f"manifest of job {manifest['job'][:12]}: "
        + ", ".join(f"{name} {count:,}" for name, count in counts.items())
        + f"; {len(manifest['files'])} files, {size / 1e9:.2f} GB of Parquet"
    )
    yield "symbols: " + ", ".join(f"{count:,} of {symbol}" for symbol, count in of_size)
    yield f"{_READ_BACK:,} random symbols read by zxing-cpp, every payload right"


def _picture(symbol: str, modules: bytes) -> NDArray[np.uint8]:
    rows, columns = map(int, symbol.split("x"))
    bits = np.unpackbits(np.frombuffer(modules, np.uint8), count=rows * columns)
    light = np.pad(1 - bits.reshape(rows, columns), _QUIET_ZONE, constant_values=1)
    picture: NDArray[np.uint8] = np.kron(light, np.full((_DOTS, _DOTS), 255, np.uint8))
    return picture


def _read(picture: NDArray[np.uint8]) -> list[str]:
    import zxingcpp

    form = zxingcpp.BarcodeFormat.DataMatrix
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats([form]))
    return [barcode.text for barcode in found]
