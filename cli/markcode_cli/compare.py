"""`markcode compare`: which instruments the data of one arm satisfy, and what each one lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from markcode import notation
from markcode.reference import labels
from markcode_cli.options import handle_errors, language_option, pairs, set_option
from markcode_cli.output import print_json, table

if TYPE_CHECKING:
    from markcode.comparison import Comparison

__all__ = ["compare"]

_VERDICTS = {True: "yes", False: "no", None: "cannot be told"}


@click.command()
@set_option
@click.option("--event", metavar="KIND", help="Only this event; each format's first if left out.")
@click.option(
    "--format",
    "names",
    multiple=True,
    metavar="NAME|FILE.toml",
    help="Instrument (repeatable); all if left out.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object an instrument.")
@language_option
@click.pass_context
@handle_errors
def compare(
    ctx: click.Context,
    settings: tuple[str, ...],
    event: str | None,
    names: tuple[str, ...],
    as_json: bool,
    lang: str,
) -> None:
    """Say which instruments one arm's data satisfy, and what is missing for each.

    Exit status 0 if all are satisfied.

    \b
    markcode compare --set manufacturer=INDU --set country=CO --set serial=01238
    """
    import markcode

    given = pairs(settings, "--set ELEMENT=VALUE")
    values = {name: notation.unescape(text) for name, text in given.items()}
    if not values:
        raise click.UsageError("give the data of the arm with --set ELEMENT=VALUE")
    results = markcode.compare(values, names or None, event)
    if as_json:
        for result in results:
            print_json(result.to_dict(lang))
    else:
        click.echo("\n".join(_table(results, lang)))
    ctx.exit(0 if results and all(result.satisfied for result in results) else 1)


def _table(results: Sequence[Comparison], lang: str) -> Iterator[str]:
    rows = [("FORMAT", "EVENT", "SATISFIED", "WHAT IS MISSING OR WRONG")]
    for result in results:
        lacks = ", ".join(labels.label(name, lang) for name in result.missing)
        notes = [lacks] if lacks else []
        notes += [finding.message(lang) for finding in result.findings]
        if result.satisfied is None and not result.applies:
            notes.append("(another State's mark)")
        if result.advised:
            advised = ", ".join(labels.label(name, lang) for name in result.advised)
            notes.append(f"(advised: {advised})")
        verdict = _VERDICTS[result.satisfied]
        rows.append((result.format, result.event, verdict, "; ".join(notes)))
    yield from table(rows)
