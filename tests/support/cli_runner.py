"""Runs the command line: inside the process for exact output, or as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner

from markcode_cli.main import markcode

__all__ = ["Ran", "process", "python", "run"]


class Ran(NamedTuple):
    """How a run of the command line ended."""

    status: int
    out: str
    err: str


def run(*args: str | Path, stdin: str | bytes | None = None, **environment: str) -> Ran:
    """Run `markcode` inside this process; a fault of ours shows where it happened."""
    settings = {"MARKCODE_TRACEBACK": "1", "MARKCODE_LANG": None, **environment}
    result = CliRunner().invoke(markcode, [str(arg) for arg in args], input=stdin, env=settings)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)


def process(*args: str | Path, **environment: str) -> subprocess.Popen[bytes]:
    """Start `markcode` as a process of its own, with pipes on its three streams."""
    return python("-m", "markcode_cli.main", *map(str, args), **environment)


def python(*args: str, **environment: str) -> subprocess.Popen[bytes]:
    """Start an interpreter with ``args``, with pipes on its three streams."""
    return subprocess.Popen(
        [sys.executable, *args],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
    )
