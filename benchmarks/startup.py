"""How long a person waits for the first answer, beside what Python and click take by themselves.

Every command runs in a process of its own, all of them in turn in each round; the median of the
rounds counts. The first round, in which Python compiles what is not compiled yet, does not.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

__all__ = ["BASE", "COMMANDS", "measure"]

ROUNDS = 15
BASE = "import click"

_MARK = "CO INDU 26 07 01238 09"
_NAMED = ("verify", "--format", "mosaic-0530")
_MARKCODE = ("-P", "-m", "markcode_cli.main")

COMMANDS: Mapping[str, Sequence[str]] = {
    BASE: ("-P", "-c", "import click"),
    "markcode --version": (*_MARKCODE, "--version"),
    "markcode verify TEXT": (*_MARKCODE, "verify", _MARK),
    "markcode verify --format NAME TEXT": (*_MARKCODE, *_NAMED, _MARK),
    "markcode verify --format NAME --check SYSTEM TEXT": (
        *(*_MARKCODE, *_NAMED),
        *("--check", "iso7064-mod37-36", f"{_MARK} R"),
    ),
    "markcode verify TEXT, that is wrong": (*_MARKCODE, *_NAMED, _MARK.replace("07", "0#")),
}
"""Arguments of the interpreter, by name."""


def measure(rounds: int = ROUNDS) -> dict[str, dict[str, float]]:
    """Return the seconds of each command, and how many times those of the base they are."""
    with tempfile.TemporaryDirectory() as folder:
        # As installed, whatever the environment says: with compiled modules, click's too.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(Path(folder))}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
        for number in range(rounds + 1):
            for name, arguments in COMMANDS.items():
                seconds = _run(arguments, environment)
                if number:
                    taken[name].append(seconds)
    medians = {name: statistics.median(seconds) for name, seconds in taken.items()}
    return {
        name: {"seconds": seconds, "ratio": seconds / medians[BASE]}
        for name, seconds in medians.items()
    }


def _run(arguments: Sequence[str], environment: Mapping[str, str]) -> float:
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, check=False
    )
    seconds = time.perf_counter() - start
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(arguments)}: {done.stderr.decode()}")
    return seconds


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:52}{1e3 * value['seconds']:7.1f} ms {value['ratio']:6.2f}")
