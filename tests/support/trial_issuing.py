"""The trial's lines on issuing: many processes at once."""

from __future__ import annotations

import json
from itertools import cycle, islice
from pathlib import Path

import polars as pl

from ledger_workers import at_once
from ledgers import Ticking, make
from markcode import batch, get_format
from markcode.jobs.order import Options
from markcode.ledger import Ledger
from markcode.ledger.chain import Entry
from markcode.ledger.registering import JobRegister
from markcode.ledger.schema import ENTRY
from markcode.ledger.series import Series, define, series_named, take_block
from sqlalchemy import select
from trial_lines import FORMAT, Line, Places, arms, clean

__all__ = ["issue_at_once", "issue_jobs"]

PROCESSES, STATIONS = 8, 4
SERIES = "NATIONAL"


def issue_jobs(place: str, station: str, source: str, orders: list[str], outs: list[str]) -> None:
    """Make one job after another of a table, with serials of the series."""
    fmt = get_format(FORMAT, check="iso7064-mod37-36")
    for order, out in zip(orders, outs, strict=True):
        with Ledger(place, Ticking(), station) as ledger:
            with ledger.reading() as connection:
                plan = series_named(connection, SERIES).plan
            register = JobRegister(
                ledger, fmt, "manufacture", series_name=SERIES, order_name=order
            )
            options = Options(serials=plan, series=SERIES, first=None, new_order=order)
            batch.run(Path(source), fmt, options, Path(out), register=register)


def issue_at_once(kind: str, places: Places, numbers: int, jobs: int) -> Line:
    """Let 8 processes issue numbers, each in so many jobs, and account for every number."""
    line = Line(
        f"{PROCESSES} processes issue {numbers:,} numbers at once, {kind}",
        {"numbers on marks": numbers, "serials in files": numbers, "audits": 1},
    )
    place = places.new(kind)
    names = [f"ST-{n}" for n in range(STATIONS)]
    for name in names:
        make(place, name).close()
    with make(place, names[0]) as ledger, ledger.writing() as chain:
        define(chain, Series.of(SERIES, "A{6}", "digits"))
        for name in names:
            take_block(chain, SERIES, 37, name)
    rows = numbers // PROCESSES // jobs
    source = arms(places.new_path(".csv"), rows)
    outs = [[places.new_path() for _ in range(jobs)] for _ in range(PROCESSES)]
    told = [
        (place, name, str(source), [f"{at}-{n}" for n in range(jobs)], list(map(str, outs[at])))
        for at, name in enumerate(islice(cycle(names), PROCESSES))
    ]
    at_once(issue_jobs, told)
    _account(line, place, [out for some in outs for out in some], numbers)
    return line


def _account(line: Line, place: str, outs: list[Path], numbers: int) -> None:
    """Compare files, entries and audit with each other."""
    struck: list[str] = []
    skipped = 0
    for out in outs:
        struck += pl.read_csv(out / "marks.csv", infer_schema=False)["serial"].to_list()
        skipped += json.loads((out / "manifest.json").read_text())["serials"]["skipped"]
    line.look("serials in files", len(struck))
    line.expect(len(set(struck)) == len(struck), "a serial stands in two files, or twice in one")
    with make(place, "ST-0") as ledger:
        report = clean(ledger, line)
        with ledger.reading() as connection:
            rows = connection.execute(select(ENTRY).order_by(*ENTRY.c[:2]))
            entries = list(map(Entry.of, rows))
            plan = series_named(connection, SERIES).plan
    issued = {entry.content["number"]: entry for entry in entries if entry.kind == "issued"}
    line.look("numbers on marks", sum(entry.kind == "issued" for entry in entries))
    line.expect(len(issued) == numbers, f"{len(issued)} different numbers on marks")
    line.expect(sorted(map(plan.text, issued)) == sorted(struck), "files and entries differ")
    given: dict[int, str] = {}
    for entry in entries:
        if entry.kind != "drawn":
            continue
        for number in range(entry.content["first"], entry.content["last"] + 1):
            line.expect(number not in given, f"number {number} was drawn twice")
            given[number] = str(entry.about)
    line.look("numbers drawn", len(given))
    strange = [n for n, entry in issued.items() if given.get(n) != entry.content["job"]]
    line.expect(not strange, f"numbers on marks of another job than drew them: {strange[:3]}")
    line.expect(sorted(given) == list(range(1, len(given) + 1)), "numbers were left out")
    told = report.series[SERIES]
    line.look("skipped", skipped)
    line.expect(
        (told.drawn, told.numbered, told.unused) == (len(given), numbers, len(given) - numbers),
        f"the audit accounts for {told.to_dict()}",
    )
    line.expect(told.unused == skipped, f"{told.unused} numbers unused, {skipped} skipped")
