"""The whole job, a table of arms in and a job folder out, beside polars copying the same table."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import polars as pl

from benchmarks import arms, child, scratch
from benchmarks.work import Contest, Peer, Ran, Target, Work
from markcode import Format, batch, get_format
from markcode.jobs.workers import in_order

_PEER = "polars scan to sink"
_ROWS, _QUICK_ROWS = (1_000_000, 3_000_000, 10_000_000), (300_000,)
_ROUNDS = {3_000_000: 5, 10_000_000: 3}
_MOST_MEMORY = 1e9
_YEARS = range(2014, 2024)
_CHUNK = 30_000
_IN_A_CHILD = (
    "Each in a process of its own, without its start; both read and write files, on all cores."
)


def works(quick: bool) -> Iterator[Work]:
    """Give two works a size of the table: the job, and the job with every mark verified back."""
    for rows in _QUICK_ROWS if quick else _ROWS:
        short = f"{rows // 1_000_000}M" if rows >= 1_000_000 else f"{rows // 1000}k"
        yield Work(
            name=f"whole job {short}",
            what=f"`markcode.batch.run` on a CSV file of {rows:,} arms of real makers, mosaic-0530 "
            "with iso7064-mod37-36: every value validated, repeats looked for in the whole table, "
            "marks.csv, its hashes and manifest written; beside polars' "
            f"`scan_csv(infer_schema=False).sink_csv` of the same file. {_IN_A_CHILD}",
            rows=rows,
            make=partial(_contest, rows, "make"),
            targets=(Target("times", 0.45, _PEER), Target("peak", _MOST_MEMORY)),
            rounds=_ROUNDS.get(rows),
        )
        yield Work(
            name=f"job, verified back {short}",
            what=f"The same of {rows:,} arms, and then `line_1` of the marks.csv that was written, "
            f"read by chunks of {_CHUNK:,} and each mark judged by `Format.is_valid_column`: all "
            "must be valid. Job and verification are timed together; polars' work is the same.",
            rows=rows,
            make=partial(_contest, rows, "make_and_verify"),
            targets=(Target("times", 0.25, _PEER), Target("peak", _MOST_MEMORY)),
            rounds=_ROUNDS.get(rows),
        )


def make(source: str, out: str) -> None:
    """Make the job. Raises `ValueError` unless every row has its mark."""
    summary = batch.run(Path(source), _format(), batch.Options(), Path(out))
    if summary.marks != summary.rows:
        raise ValueError(f"{summary.rejected} of {summary.rows} rows were rejected")


def make_and_verify(source: str, out: str) -> None:
    """Make the job and verify every mark. Raises `ValueError` unless all are valid."""
    make(source, out)
    fmt = _format()
    lines = pl.scan_csv(Path(out, "marks.csv"), infer_schema=False).select("line_1")
    chunks = lines.collect_batches(chunk_size=_CHUNK)
    tasks = ((chunk["line_1"],) for chunk in chunks)
    wrong = sum(in_order(partial(_wrong, fmt), tasks))
    if wrong:
        raise ValueError(f"{wrong} marks that were made are not valid")


def copy(source: str, out: str) -> None:
    """Let polars read the table and write it."""
    pl.scan_csv(source, infer_schema=False).sink_csv(out)


def _wrong(fmt: Format, marks: pl.Series) -> int:
    return len(marks) - int(fmt.is_valid_column(marks).sum())


def _format() -> Format:
    return get_format("mosaic-0530", check="iso7064-mod37-36")


def _contest(rows: int, function: str) -> Contest:
    table = scratch.folder() / f"arms-{rows}.csv"
    if not table.exists():
        arms.write(table, rows, _YEARS)
    job, copied = scratch.folder() / "job", scratch.folder() / "copy.csv"
    module = __name__

    def timed(function: str, out: Path, remove: Callable[[Path], None]) -> Ran:
        try:
            return child.run(f"{module}:{function}", os.fspath(table), os.fspath(out))
        finally:
            remove(out)

    return Contest(
        partial(timed, function, job, partial(shutil.rmtree, ignore_errors=True)),
        {
            _PEER: Peer(
                partial(timed, "copy", copied, partial(Path.unlink, missing_ok=True)), "polars"
            )
        },
    )
