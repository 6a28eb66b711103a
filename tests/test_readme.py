"""What the README shows is what the commands print (its Python example is a doctest)."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
_FENCE = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
_SECONDS = re.compile(r"^(seconds +)[0-9.]+", re.MULTILINE)
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z")


def fences() -> list[str]:
    return _FENCE.findall(README.read_text("utf-8"))


def shown() -> list[tuple[str, str]]:
    """Return each command of the README, as one line, with the output below it."""
    pairs = [pair for fence in fences() for pair in _COMMAND.findall(fence)]
    return [(command.replace("\\\n", ""), output) for command, output in pairs]


def timeless(output: str) -> str:
    """Return an output without what differs from run to run, of the same length."""
    return _TIME.sub("-" * 20, _SECONDS.sub(r"\1-", output))


def output_of(command: str, folder: Path) -> str:
    program, *arguments = shlex.split(command)
    if program == "cat":
        return (folder / arguments[0]).read_text("utf-8")
    assert program == "markcode"
    ran = subprocess.run(
        [sys.executable, "-m", "markcode_cli.main", *arguments],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        encoding="utf-8",
    )
    return timeless(ran.stdout)


def test_every_command_prints_what_is_shown(tmp_path: Path) -> None:
    (table,) = (fence for fence in fences() if fence.startswith("País"))
    (tmp_path / "armas.csv").write_text(table, encoding="utf-8-sig", newline="\r\n")
    commands = shown()
    assert len(commands) == 14
    wanted = [(command, timeless(output)) for command, output in commands]
    assert [(command, output_of(command, tmp_path)) for command, _ in commands] == wanted
