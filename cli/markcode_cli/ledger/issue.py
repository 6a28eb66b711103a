"""`markcode ledger issue`: marks of single arms, without a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from markcode import notation
from markcode.errors import InvalidMark
from markcode_cli.encode import arm_and_event, show_refused
from markcode_cli.ledger.opening import with_ledger
from markcode_cli.options import (
    ProfileChoice,
    event_option,
    handle_errors,
    language_option,
    pairs,
    profile_options,
    provisional_option,
    set_option,
)
from markcode_cli.output import finding_text, print_json

if TYPE_CHECKING:
    from markcode.ledger import Ledger

__all__ = ["issue"]


@click.command()
@with_ledger
@profile_options
@set_option
@event_option
@click.option("--series", metavar="NAME", help="Take the serial from this series.")
@click.option("--count", type=click.IntRange(1, 10_000), default=1, show_default=True)
@provisional_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a mark.")
@language_option
@click.pass_context
@handle_errors
def issue(
    ctx: click.Context,
    /,
    ledger: Ledger,
    profile: ProfileChoice,
    settings: tuple[str, ...],
    event: str | None,
    series: str | None,
    count: int,
    accept_provisional: bool,
    as_json: bool,
    lang: str,
) -> None:
    """Issue the mark of one arm, or of several that differ in their serial alone.

    Prints the name of each entry and its mark. Exit status 1 if the data break the format, or a
    number is another mark's: then nothing was issued.

    \b
    markcode ledger issue --format mosaic-0530 --check iso7064-mod37-36 \\
      --set country=CO --set manufacturer=INDU --set year=2026 \\
      --set model=07 --set calibre=09 --series NATIONAL --count 10
    """
    from markcode.ledger.single import issue as issue_marks

    if count > 1 and series is None:
        raise click.UsageError("--count goes with --series: otherwise all marks would be the same")
    fmt = profile.require()
    kind = event or fmt.events[0]
    firearm, cause = arm_and_event(fmt, kind, pairs(settings, "--set ELEMENT=VALUE"))
    try:
        issued = issue_marks(
            ledger,
            fmt,
            firearm,
            cause,
            series=series,
            count=count,
            accept_provisional=accept_provisional,
        )
    except InvalidMark as fault:
        show_refused(fmt, kind, fault.findings, as_json, lang)
        ctx.exit(1)
    for ref, marking, warnings in issued:
        findings = (*marking.findings, *warnings)
        if as_json:
            told = [finding.to_dict(lang) for finding in findings]
            print_json({"entry": str(ref), **marking.to_dict(lang), "findings": told})
            continue
        click.echo(f"{ref}  {notation.escape(marking.text)}")
        for finding in findings:
            click.echo(finding_text(finding, lang), err=True)
