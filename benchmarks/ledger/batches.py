"""A batch with a ledger beside the same batch without: what the record costs end to end."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks import arms, child, scratch
from benchmarks.ledger.marks import KIND, profile
from benchmarks.ledger.places import DATABASES, STATION, clock, new_ledger
from benchmarks.work import Contest, Peer, Ran, Work
from markcode import batch
from markcode.jobs.order import Options
from markcode.ledger import Ledger
from markcode.ledger.registering import JobRegister

__all__ = ["make", "works"]

_PEER = "batch without a ledger"
_ROWS, _QUICK_ROWS = 300_000, 30_000


def works(quick: bool) -> Iterator[Work]:
    """Give a work for each database."""
    rows = _QUICK_ROWS if quick else _ROWS
    for database in DATABASES:
        yield Work(
            name=f"batch {database}",
            what=f"`batch.run` on a CSV file of {rows:,} arms of real makers, every mark entered "
            f"into a new ledger in {database} before it gets into the job; beside the same "
            "without a ledger. Each in a process of its own, without its start.",
            rows=rows,
            make=partial(_contest, database, rows),
            rounds=3,
        )


def make(source: str, out: str, place: str | None) -> None:
    """Make the job. Raises `ValueError` unless every row has its mark."""
    options = Options()
    if place is None:
        summary = batch.run(Path(source), profile(), options, Path(out))
    else:
        with Ledger(place, clock, STATION) as ledger:
            register = JobRegister(ledger, profile(), KIND)
            summary = batch.run(Path(source), profile(), options, Path(out), register=register)
    if summary.marks != summary.rows:
        raise ValueError(f"{summary.rejected} of {summary.rows} rows were rejected")


def _contest(database: str, rows: int) -> Contest:
    table = scratch.folder() / f"arms-{rows}.csv"
    if not table.exists():
        arms.write(table, rows)
    job = scratch.folder() / "ledger-job"

    def timed(with_ledger: bool) -> Ran:
        place = None
        if with_ledger:
            ledger = new_ledger(database)
            place = ledger.place
            ledger.close()
        try:
            return child.run(f"{__name__}:make", str(table), str(job), place)
        finally:
            shutil.rmtree(job, ignore_errors=True)

    peer = Peer(partial(timed, False), "markcode")
    return Contest(partial(timed, True), {_PEER: peer})
