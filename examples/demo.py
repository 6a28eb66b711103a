"""The demonstration behind `make demo`: from a table of arms to two checked jobs.

It draws a table of arms, marks each with a check character and a Data Matrix symbol, once as a
table and once as pictures, reads every mark back and verifies it, and shows what becomes of a mark
in which one character is wrong. Everything lands in one folder::

    python examples/demo.py demo-out
"""

from __future__ import annotations

import argparse
import csv
import itertools
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from markcode.symbols import png

HERE = Path(__file__).parent
ON_SHEET = 24
"""How many marks the contact sheet shows."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demonstration; return 0 when every mark was verified."""
    parser = argparse.ArgumentParser(description="Mark a table of arms and verify every mark.")
    parser.add_argument("folder", type=Path, help="where the tables, jobs and pictures go")
    parser.add_argument("--arms", type=int, default=2_000, help="how many (default: 2000)")
    given = parser.parse_args(arguments)
    started = time.monotonic()
    folder: Path = given.folder
    folder.mkdir(parents=True, exist_ok=True)

    run([sys.executable, HERE / "make_arms.py", given.arms, "--out", folder])
    profile = ["--format", "mosaic-0530", "--check", "iso7064-mod37-36"]
    codes = ["--codes", f"manufacturer={folder / 'makers.csv'}"]
    codes += ["--codes", f"model={folder / 'models.csv'}"]
    for equipment in ("csv", "png"):
        job = folder / f"job-{equipment}"
        # `--out` must be new or empty; an earlier demonstration may have left its job.
        shutil.rmtree(job, ignore_errors=True)
        target = ["--equipment", equipment, "--symbol", "datamatrix", "--out", job]
        markcode("batch", folder / "arms.csv", *profile, *codes, *target)
        markcode("verify", "--input", job)

    marks = first_marks(folder / "job-png", ON_SHEET)
    sheet = folder / "contact-sheet.png"
    pictures = [(folder / "job-png" / row["file"]).read_bytes() for row in marks]
    sheet.write_bytes(png.contact_sheet(pictures))

    print("\nOne character of the first mark misread:")
    wrong = misread(marks[0]["line_1"], marks[0]["serial"])
    markcode("verify", *profile, *codes, wrong, expected=1)

    print(f"\n{given.arms} arms marked and verified twice in {time.monotonic() - started:.0f} s.")
    print(f"Look at {sheet}")
    return 0


def markcode(*arguments: object, expected: int = 0) -> None:
    """Show a `markcode` command and run it."""
    print("\n$ " + shlex.join(["markcode", *map(str, arguments)]))
    run([sys.executable, "-m", "markcode_cli.main", *arguments], expected)


def run(command: Sequence[object], expected: int = 0) -> None:
    """Run ``command``; end the demonstration when it ends otherwise than ``expected``."""
    sys.stdout.flush()
    status = subprocess.run([str(word) for word in command], check=False).returncode
    if status != expected:
        sys.exit(f"demo: this ended with status {status}, not {expected}")


def first_marks(job: Path, count: int) -> list[dict[str, str]]:
    """Return the first ``count`` rows of the `marks.csv` of a job."""
    with (job / "marks.csv").open(encoding="utf-8", newline="") as lines:
        return list(itertools.islice(csv.DictReader(lines), count))


def misread(mark: str, serial: str) -> str:
    """Return ``mark`` with another last character in its serial.

    >>> misread("CO INDU 26 07 01238 09 R", "01238")
    'CO INDU 26 07 01237 09 R'
    """
    other = serial[:-1] + ("8" if serial.endswith("7") else "7")
    return mark.replace(f" {serial} ", f" {other} ")


if __name__ == "__main__":
    sys.exit(main())
