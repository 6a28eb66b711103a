"""The trial's line on a machine that stops: copies of the SQLite file and log at any instant."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path
from subprocess import Popen

from sqlalchemy import select

from cli_runner import python
from ledgers import Ticking, make
from markcode.ledger import Ledger
from markcode.ledger.chain import Entry
from markcode.ledger.claims import Claim, claim
from markcode.ledger.refs import Ref
from markcode.ledger.schema import ENTRY
from markcode.ledger.series import Series, define, draw, drawn
from trial_lines import Line, Places, clean

__all__ = ["copy_halted"]

WRITERS = 4
SERIES = "NATIONAL"
_FULL = 2
"""``PRAGMA synchronous`` where a commit is on the disk when it returns."""


def copy_halted(places: Places, copies: int, seed: int = 12) -> Line:
    """Halt all writers again and again, copy file and log, and audit the copies."""
    line = Line(
        f"{copies} copies of the SQLite file while {WRITERS} writers are halted",
        {
            "copies opened": copies,
            "audits": copies,
            "commits told to writers": copies,
            "with a log not empty": max(1, copies // 2),
        },
    )
    place = places.new("SQLite")
    file = Path(place.removeprefix("sqlite:///"))
    names = [f"W-{n}" for n in range(WRITERS)]
    for name in names:
        make(place, name).close()
    with make(place, names[0]) as ledger, ledger.writing() as chain:
        define(chain, Series.of(SERIES, "A{8}", "digits"))
        level = chain.connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
        line.expect(level == _FULL, f"synchronous is {level}, not FULL")
    told = {name: places.new_path(".told") for name in names}
    # By its file, so that its folder is where it looks for the others.
    writers = [python(__file__, place, name, str(told[name])) for name in names]
    try:
        _wait(writers, told)
        chance = random.Random(seed)
        for _ in range(copies):
            time.sleep(chance.uniform(0, 0.2))
            _one_copy(line, file, places.new_path(".db"), writers, told)
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate()
    return line


def _wait(writers: list[Popen[bytes]], told: dict[str, Path]) -> None:
    while not all(path.exists() and path.stat().st_size for path in told.values()):
        if any(writer.poll() is not None for writer in writers):
            raise RuntimeError("a writer ended by itself")
        time.sleep(0.02)


def _one_copy(
    line: Line, file: Path, copy: Path, writers: list[Popen[bytes]], told: dict[str, Path]
) -> None:
    for writer in writers:
        writer.send_signal(signal.SIGSTOP)
    for writer in writers:
        _, status = os.waitpid(writer.pid, os.WUNTRACED)
        line.expect(os.WIFSTOPPED(status), "a writer ended, and was not halted")
    log = Path(f"{file}-wal")
    shutil.copy(file, copy)
    if log.exists():
        shutil.copy(log, f"{copy}-wal")
        line.look("with a log not empty", log.stat().st_size > 0)
    # A line that was begun and not ended was not told yet.
    committed = {name: path.read_text().rpartition("\n")[0] for name, path in told.items()}
    with Ledger(f"sqlite:///{copy}", Ticking()) as ledger:
        line.look("copies opened")
        clean(ledger, line)
        with ledger.reading() as connection:
            there = {str(Entry.of(row).ref) for row in connection.execute(select(ENTRY))}
            given = [one.numbers for one in drawn(connection, SERIES)]
    numbers = [n for first, last in given for n in range(first, last + 1)]
    line.look("numbers in copies", len(numbers))
    line.expect(len(set(numbers)) == len(numbers), "a number was drawn twice")
    for name, refs in committed.items():
        line.look("commits told to writers", len(refs.split()))
        lost = set(refs.split()) - there
        line.expect(not lost, f"{name}: committed and lost: {sorted(lost)[:3]}")
    for part in copy.parent.glob(f"{copy.name}*"):
        part.unlink()
    for writer in writers:  # Only now, so that the ledger does not grow while it is audited.
        writer.send_signal(signal.SIGCONT)


def write(place: str, station: str, told: str) -> None:
    """Draw numbers without end, and tell of each commit after it was made."""
    with Ledger(place, Ticking(), station) as ledger, Path(told).open("w", buffering=1) as file:
        while True:
            with ledger.writing() as chain:
                job = chain.append("job", {"job": f"{station}-{chain.next}", "slots": []})
                claim(chain.connection, Claim("job", f"{station}-{job.seq}"), job)
                draw(chain, SERIES, 5, Ref(station, job.seq))
                newest = chain.next - 1
            file.write(f"{station}/{newest}\n")


if __name__ == "__main__":
    write(*sys.argv[1:])
