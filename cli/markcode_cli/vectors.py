"""`markcode vectors`: answer known-answer cases, one JSON object a line."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from markcode.errors import MarkcodeError
from markcode_cli.options import handle_errors

__all__ = ["vectors"]

_UNSUPPORTED = {"unsupported": True}


@click.command()
@handle_errors
def vectors() -> None:
    """Answer known-answer cases from standard input.

    Reads one JSON object a line and writes one answer a line, in order:
    {"output", "valid", "findings"}, or {"unsupported": true}. A case is one of
    test_vectors/*.json (see its README), or {"standard", "input"} as in
    collections of published answers. Runs behind test_vectors/run.py.
    """
    for number, line in enumerate(sys.stdin.buffer, start=1):
        try:
            answer = _answer(line)
        except (MarkcodeError, _NoCase) as fault:
            click.echo(f"markcode: line {number}: {' '.join(str(fault).split())}", err=True)
            answer = _UNSUPPORTED
        # ASCII only, so that no pipe of any platform can change it; echo flushes each line.
        click.echo(json.dumps(answer))


class _NoCase(ValueError):
    """A line that is no JSON object."""


def _answer(line: bytes) -> dict[str, Any]:
    from markcode.vectors import answer

    try:
        case = json.loads(line.decode("utf-8-sig"))
    except RecursionError:
        raise _NoCase("no case: nested too deeply") from None
    except ValueError as fault:
        raise _NoCase(f"no JSON: {fault}") from None
    if not isinstance(case, dict):
        raise _NoCase(f"a case is a JSON object, not {type(case).__name__}")
    answered = answer(case)
    return _UNSUPPORTED if answered is None else answered.to_dict()
