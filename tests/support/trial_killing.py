"""The trial's lines on batches that are killed: nothing issued twice, nothing unaccounted for."""

from __future__ import annotations

import json
import random
import signal
import time
from pathlib import Path

import polars as pl
from sqlalchemy import select

from cli_runner import process, run
from ledgers import Ticking, make
from markcode.ledger import Ledger
from markcode.ledger.audit import Report
from markcode.ledger.chain import Entry
from markcode.ledger.refs import Ref
from markcode.ledger.schema import ENTRY
from markcode.ledger.series import Series, define, series_named
from trial_lines import Line, Places, arms, batch_arguments, clean

__all__ = ["kill_batches"]

SERIES, STATION = "NATIONAL", "MVD-1"
_ROWS = 150
_A_LEDGER = 20
"""Batches that are killed in one ledger."""
_MOST_TIMES = 5
"""A trial ends after so many times the kills that were asked for, whatever was met."""
_OF_KILLS = (
    *("killed", "killed in the midst", "plain re-runs refused", "resumed"),
    "struck marks left out",
)
_IN_MIDST = 4
"""One in so many must be killed after its job is in the ledger and before its folder stands."""
_EARLIEST = 0.4
"""Share of a whole run before which a batch has only been starting."""
_AFTER_MARKS = 0.06
"""Seconds in which the files of marks that were registered are made: every second kill is there."""


def kill_batches(kind: str, places: Places, kills: int, seed: int = 12) -> Line:
    """Kill batches at random instants; audit, run again, resume, and account for every number."""
    some = max(1, kills // _IN_MIDST)
    wanted = {
        "killed": kills,
        "killed in the midst": some,
        "plain re-runs refused": some,
        "resumed": some,
        "struck marks left out": max(1, kills // 10),
        "audits": kills,
        "serials in files": kills,
    }
    line = Line(f"{kills} x kill -9 at random instants of a batch, {kind}", wanted)
    chance = random.Random(seed)
    while not _is_enough(line) and line.seen["killed"] < _MOST_TIMES * kills and not line.wrong:
        _one_ledger(line, places.new(kind), places, chance)
    return line


def _is_enough(line: Line) -> bool:
    """Return whether there were kills enough, and of each sort."""
    return all(line.seen[what] >= line.wanted[what] for what in _OF_KILLS)


def _one_ledger(line: Line, place: str, places: Places, chance: random.Random) -> None:
    with make(place, STATION) as ledger, ledger.writing() as chain:
        define(chain, Series.of(SERIES, "A{6}", "digits"))
    outs = [places.new_path()]
    began = time.monotonic()
    whole = process(*_command(places, place, outs[0]))
    whole.communicate()
    seconds = time.monotonic() - began
    line.expect((outs[0] / "manifest.json").exists(), "a batch fails that nobody kills")
    killed = 0
    while killed < _A_LEDGER and not _is_enough(line) and not line.wrong:
        outs.append(places.new_path())
        command = _command(places, place, outs[-1])
        with make(place, STATION) as ledger, ledger.writing() as chain:
            before = chain.next
        batch = process(*command)
        if len(outs) % 2:
            time.sleep(seconds * chance.uniform(_EARLIEST, 1))
        else:
            _wait_for_marks(place, before, seconds)
            time.sleep(_AFTER_MARKS * chance.random() ** 3)
        batch.send_signal(signal.SIGKILL)
        batch.communicate()
        if batch.returncode != -signal.SIGKILL:
            line.look("ended before")
            continue
        killed += 1
        line.look("killed")
        _recover(line, place, before, command, outs[-1])
    _account(line, place, outs)


def _wait_for_marks(place: str, before: int, seconds: float) -> None:
    """Wait until a batch has registered marks, of which it then makes files."""
    query = select(ENTRY.c.seq).where(ENTRY.c.kind == "registered", ENTRY.c.seq >= before)
    until = time.monotonic() + 4 * seconds
    with Ledger(place, Ticking()) as ledger:
        while time.monotonic() < until:
            with ledger.reading() as connection:
                if connection.execute(query).first() is not None:
                    return
            time.sleep(0.002)


def _command(places: Places, place: str, out: Path) -> list[str]:
    """Return the command of a job that is like no other: its arms are of another model."""
    source = arms(places.new_path(".csv"), _ROWS, models=f"{int(out.name):05}")
    return batch_arguments(source, out, place, STATION, SERIES)


def _recover(line: Line, place: str, before: int, command: list[str], out: Path) -> None:
    """Look what a killed batch has left, and go on with it."""
    with make(place, STATION) as ledger:
        report = clean(ledger, line)
        job = next((job for job in report.jobs.values() if job.ref.seq >= before), None)
        struck = None
        if job is None:
            line.look("killed before any number")
            line.expect(not out.exists(), f"{out} stands, and the ledger knows no job of it")
        elif not job.written:
            line.look("killed in the midst")
            struck = _strike_one(ledger, job.ref)
        else:
            line.look("killed at the end")
    again = run(*command)
    if job is None:
        line.expect(again.status in (0, 1), f"run after nothing was issued: {again.err}")
    else:
        refused = again.status == 2 and str(job.ref) in again.err and "--resume" in again.err
        line.look("plain re-runs refused", refused)
        line.expect(refused, f"{job.ref} was run again: {again.status} {again.err}")
        resumed = run(*command, "--resume")
        line.look("resumed", resumed.status in (0, 1))
        line.expect(resumed.status in (0, 1), f"{job.ref} cannot be resumed: {resumed.err}")
    line.expect((out / "manifest.json").exists(), f"{out} has no manifest in the end")
    if struck is not None and not line.wrong:
        line.look("struck marks left out")
        line.expect(struck not in _serials(out), f"{struck} was struck, and is to be made again")


def _strike_one(ledger: Ledger, job: Ref) -> str | None:
    """Say that a mark of a job is on an arm, as if the machine had been fed from memory."""
    with ledger.reading() as connection:
        query = select(ENTRY).where(ENTRY.c.kind == "issued", ENTRY.c.seq > job.seq).limit(1)
        row = connection.execute(query).first()
    if row is None:
        return None
    mark = Entry.of(row)
    with ledger.writing() as chain:
        chain.append("marked", {"date": "2026-11-25"}, mark.ref)
    return str(mark.content["elements"]["serial"])


def _serials(out: Path) -> list[str]:
    return pl.read_csv(out / "marks.csv", infer_schema=False)["serial"].to_list()


def _account(line: Line, place: str, outs: list[Path]) -> None:
    """Compare all files with all entries."""
    with make(place, STATION) as ledger:
        report = clean(ledger, line)
        with ledger.reading() as connection:
            entries = list(map(Entry.of, connection.execute(select(ENTRY))))
            plan = series_named(connection, SERIES).plan
    marks = [entry.content for entry in entries if entry.kind == "issued"]
    jobs_of = {said["elements"]["serial"]: said["job"] for said in marks}
    line.look("marks issued", len(marks))
    line.expect(len(jobs_of) == len(marks), "a serial was issued twice")
    given: dict[str, str] = {}
    for entry in entries:
        if entry.kind == "drawn":
            first, last = entry.content["first"], entry.content["last"]
            numbers = list(map(plan.text, range(first, last + 1)))
            line.expect(not given.keys() & numbers, f"{entry.ref}: numbers were drawn twice")
            given |= dict.fromkeys(numbers, str(entry.about))
    line.look("numbers drawn", len(given))
    line.expect(jobs_of.items() <= given.items(), "a mark has a number of another job")
    struck: set[str] = set()
    for out in filter(Path.exists, outs):
        job = json.loads((out / "manifest.json").read_text())["ledger"]["job"]
        serials = _serials(out)
        line.look("serials in files", len(serials))
        line.expect(not struck & set(serials), f"{out}: serials of another file")
        line.expect(len(set(serials)) == len(serials), f"{out}: a serial twice")
        line.expect({jobs_of.get(s) for s in serials} == {job}, f"{out}: serials not of {job}")
        struck.update(serials)
    _agree(line, report, len(given), len(marks))


def _agree(line: Line, report: Report, drawn: int, marks: int) -> None:
    """Compare the audit's account with what was counted beside it."""
    told = report.series[SERIES]
    found = (told.drawn, told.numbered, told.unused, told.free)
    line.expect(found == (drawn, marks, drawn - marks, 0), f"the audit counts {told.to_dict()}")
    states = report.states
    line.expect(sum(states.values()) == marks, f"the audit counts {states} marks of {marks}")
    line.look("marks struck", states.get("struck", 0))
