"""The command line of the benchmark: see `python -m benchmarks --help`."""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import machine, report
from benchmarks.runner import Result, measure
from benchmarks.works import every_work

_PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
_ROUNDS, _QUICK_ROUNDS = 7, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the works that are asked for; return the exit code."""
    asked = _parser().parse_args(arguments)
    works = [work for work in every_work(asked.quick) if _is_asked(work.name, asked.only)]
    if not works:
        names = ", ".join(work.name for work in every_work(asked.quick))
        print(f"no work is called {' or '.join(asked.only)}: there are {names}", file=sys.stderr)
        return 2
    results: list[Result] = []
    print(report.heading())
    for work in works:
        results.append(measure(work, _QUICK_ROUNDS if asked.quick else _ROUNDS))
        print("\n".join(report.lines(results[-1])), flush=True)
    found_with = machine.describe()
    if asked.json:
        about = {"date": asked.date, "quick": asked.quick, "machine": found_with}
        told = json.dumps(report.as_json(results, about), indent=1, ensure_ascii=False)
        asked.json.write_text(told + "\n", encoding="utf-8", newline="\n")
    if asked.write:
        text = report.page(results, found_with, asked.date, asked.quick)
        _PAGE.write_text(text, encoding="utf-8", newline="\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Time markcode beside other programs; 'missing' is one that is not installed.",
    )
    parser.add_argument("--quick", action="store_true", help="less data and fewer rounds")
    parser.add_argument(
        "--only", action="append", metavar="NAME", help="only works with NAME in theirs; repeatable"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything to FILE")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    parser.add_argument(
        "--date",
        default=datetime.date.today().isoformat(),
        help="date to name in what is written (default: today)",
    )
    return parser


def _is_asked(name: str, only: Sequence[str] | None) -> bool:
    return only is None or any(part.lower() in name.lower() for part in only)


if __name__ == "__main__":
    sys.exit(main())
