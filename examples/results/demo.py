"""The result file of a machine, taken into a ledger: the worked example of docs/ledger.md.

Five marks are issued as on the day of the log, 2026-11-25, so a clock of that day is used; then the
log `machine.csv` is read as `machine.toml` says. What breaks a rule is refused and explained::

    python examples/results/demo.py demo-out
"""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Sequence
from pathlib import Path

from markcode import batch, get_format
from markcode.batch import Options
from markcode.ledger import Ledger
from markcode.ledger.jobs import marks_of
from markcode.ledger.refs import Ref
from markcode.ledger.registering import JobRegister
from markcode.ledger.results import Outcome, ResultForm, Summary, take

HERE = Path(__file__).parent


def at(time: str) -> datetime.datetime:
    """Return a time of the day of the log, in UTC."""
    return datetime.datetime.fromisoformat(f"2026-11-25T{time}:00+00:00")


def main(arguments: Sequence[str] | None = None) -> Summary:
    """Run the example and return how many rows became what."""
    parser = argparse.ArgumentParser(description="Take a machine's log into a new ledger.")
    parser.add_argument("folder", type=Path, help="where the ledger and the job go")
    folder: Path = parser.parse_args(arguments).folder
    folder.mkdir(parents=True, exist_ok=True)
    place = str(folder / "results.db")
    fmt = get_format("mosaic-0530", check="iso7064-mod37-36")

    with Ledger.create(place, lambda: at("13:00"), "BOG-1") as ledger:
        register = JobRegister(ledger, fmt, "manufacture")
        batch.run(HERE / "arms.csv", fmt, Options(), folder / "job", register=register)
        job = Ref.parse(str(register.entry["job"]))

    with Ledger(place, lambda: at("20:00"), "BOG-1") as ledger:
        summary = take(ledger, HERE / "machine.csv", form(), told=show)
        print(
            f"{summary.recorded} recorded, {summary.refused} refused, {summary.ignored} passed over"
        )
        with ledger.reading() as connection:
            for mark in marks_of(connection, job):
                print(f"{mark.ref}  {' '.join(mark.content['lines'])}  {mark.state}")
    return summary


def form() -> ResultForm:
    """Return how the machine of the example writes."""
    return ResultForm.read(HERE / "machine.toml")


def show(outcome: Outcome) -> None:
    """Print a row that was refused, and why."""
    if outcome.refused is not None:
        print(f"row {outcome.row}: {outcome.refused.code}: {outcome.refused}")


if __name__ == "__main__":
    main()
