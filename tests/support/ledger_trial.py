"""The trial of the ledger: `make trial-ledger`; a short form of it is a test.

    PYTHONPATH=tests/support python -m ledger_trial [--short]

Prints a table and ends with 1 if any line fails.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ledgers import postgres
from trial_copies import copy_halted
from trial_issuing import issue_at_once
from trial_killing import kill_batches
from trial_lines import PLACES, Line, Places, table
from trial_merging import merge_stations
from trial_tampering import tamper

__all__ = ["LONG", "SHORT", "Extent", "lines", "main"]


class Extent(NamedTuple):
    """How much is tried."""

    numbers: int
    jobs: int
    kills: int
    merged: int
    copies: int
    spoilt: int


LONG = Extent(numbers=80_000, jobs=10, kills=200, merged=2_000, copies=100, spoilt=20)
SHORT = Extent(numbers=400, jobs=1, kills=4, merged=20, copies=4, spoilt=1)


def lines(extent: Extent, places: Places) -> Iterator[Line]:
    """Give the lines, one after the other."""
    for kind in PLACES:
        yield issue_at_once(kind, places, extent.numbers, extent.jobs)
    for kind in PLACES:
        yield kill_batches(kind, places, extent.kills // len(PLACES))
    for kind in PLACES:
        yield merge_stations(kind, places, extent.merged)
    yield copy_halted(places, extent.copies)
    for kind in PLACES:
        yield tamper(kind, places, extent.spoilt)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the trial; return the exit code."""
    parser = argparse.ArgumentParser(description="Try what the ledger promises.")
    parser.add_argument("--short", action="store_true", help="a little of everything")
    extent = SHORT if parser.parse_args(arguments).short else LONG
    failed = 0
    with tempfile.TemporaryDirectory(prefix="trial-") as folder, postgres() as server:
        start = time.monotonic()
        for line in lines(extent, Places(Path(folder), server)):
            print("\n".join(table([line])), f"({time.monotonic() - start:.0f} s)", flush=True)
            start = time.monotonic()
            failed += not line.passed
    print("all lines pass" if not failed else f"{failed} lines FAIL")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
