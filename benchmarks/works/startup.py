"""How long a person waits for the first answer, beside what Python and click take by themselves."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import partial

from benchmarks import scratch
from benchmarks.work import Contest, Peer, Target, Work

_PEER = "import click"
_MOST = 2.5
_ROUNDS = 15

_MARK = "CO INDU 26 07 01238 09"
_COMMANDS = {
    "markcode --version": ("--version",),
    "markcode verify TEXT": ("verify", _MARK),
    "markcode verify --check": (
        *("verify", "--format", "mosaic-0530", "--check", "iso7064-mod37-36"),
        f"{_MARK} R",
    ),
}
"""Arguments of markcode, by name."""


def works(quick: bool) -> Iterator[Work]:
    """Give one work a command."""
    for name, arguments in _COMMANDS.items():
        yield Work(
            name=name,
            what=f"`markcode {' '.join(arguments)}`, a process from its start to its end, beside "
            '`python -c "import click"`; modules are compiled, as they are where installed.',
            rows=1,
            make=partial(_contest, arguments),
            targets=(Target("takes", _MOST, _PEER),),
            rounds=_ROUNDS,
        )


def _contest(arguments: Sequence[str]) -> Contest:
    ours = partial(_run, ("-P", "-m", "markcode_cli.main", *arguments))
    return Contest(ours, {_PEER: Peer(partial(_run, ("-P", "-c", "import click")), "click")})


def _run(arguments: Sequence[str]) -> None:
    """Run the interpreter. Raises `subprocess.CalledProcessError` if it fails."""
    # The environment may forbid compiled modules, which an installation has.
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": os.fspath(scratch.folder() / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, *arguments]
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
