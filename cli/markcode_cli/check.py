"""`markcode check`: compute and test check characters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from markcode import notation
from markcode.errors import CheckError
from markcode_cli.options import handle_errors
from markcode_cli.output import print_json

if TYPE_CHECKING:
    from markcode.checks import CheckSystem

__all__ = ["check"]


@click.command()
@click.argument("system", metavar="SYSTEM")
@click.argument("texts", metavar="TEXT...", nargs=-1, required=True)
@click.option("--compute", is_flag=True, help="Only append the check character; exit 0.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a text.")
@click.pass_context
@handle_errors
def check(
    ctx: click.Context, system: str, texts: tuple[str, ...], compute: bool, as_json: bool
) -> None:
    """Compute and test check characters.

    SYSTEM is a name such as iso7064-mod37-36.

    Prints each TEXT with its check character(s) appended, and whether TEXT as given already ends
    in the right ones. Exit status 0 if all are valid as given.
    """
    from markcode import checks

    chosen = checks.get(system)
    answers = [_answer(chosen, notation.unescape(text)) for text in texts]
    for answer in answers:
        if as_json:
            print_json({"system": chosen.name, **answer})
        elif answer["with_check"] is None and (compute or not answer["valid"]):
            click.echo(f"markcode: {answer['message']}", err=True)
        else:
            click.echo(_line(answer, compute))
    key = "with_check" if compute else "valid"
    ctx.exit(0 if all(answer[key] for answer in answers) else 1)


def _answer(chosen: CheckSystem, text: str) -> dict[str, Any]:
    """Return what is known of one text; ``message`` says why no check can be appended."""
    with_check = message = None
    try:
        with_check = notation.escape(chosen.append(text))
    except CheckError as fault:
        message = str(fault)
    return {
        "input": notation.escape(text),
        "with_check": with_check,
        "valid": chosen.is_valid(text),
        "noncanonical": chosen.is_noncanonical(text),
        "message": message,
    }


def _line(answer: dict[str, Any], compute: bool) -> str:
    if compute:
        return str(answer["with_check"])
    verdict = "valid" if answer["valid"] else "not valid"
    if answer["noncanonical"]:
        verdict = "not valid, a non-canonical spelling of the check"
    # `*` and the X of ISBN are check characters only: such a text is whole and takes no other.
    return f"{answer['with_check'] or '(none)'}  ({answer['input']} as given: {verdict})"
