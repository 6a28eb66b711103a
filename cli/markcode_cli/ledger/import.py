"""`markcode ledger import`: an export of another ledger, or a table of marks that arms bear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from markcode import notation
from markcode.errors import LedgerError
from markcode_cli.batch import Rejections
from markcode_cli.ledger.merge import merge_into
from markcode_cli.ledger.opening import with_ledger
from markcode_cli.options import (
    ProfileChoice,
    encoding_option,
    event_option,
    handle_errors,
    language_option,
    map_option,
    pairs,
    profile_options,
    provisional_option,
    set_option,
)
from markcode_cli.output import print_json
from markcode_cli.progress import Progress

if TYPE_CHECKING:
    from markcode.batch import Options, Summary
    from markcode.format import Format
    from markcode.ledger import Ledger

__all__ = ["import_"]


@click.command("import")
@click.argument("source", metavar="FILE")
@with_ledger
@profile_options
@event_option
@set_option
@map_option
@encoding_option
@provisional_option
@click.option("--dry-run", is_flag=True, help="Write nothing.")
@click.option("--resume", is_flag=True, help="Go on with a table that was not taken in whole.")
@click.option(
    "--adopt-own",
    is_flag=True,
    help="Take back entries of the own station that this ledger has lost.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was done as one JSON object.")
@language_option
@click.pass_context
@handle_errors
def import_(
    ctx: click.Context,
    /,
    source: str,
    ledger: Ledger,
    profile: ProfileChoice,
    event: str | None,
    settings: Sequence[str],
    maps: Sequence[str],
    encoding: str | None,
    accept_provisional: bool,
    dry_run: bool,
    resume: bool,
    adopt_own: bool,
    as_json: bool,
    lang: str,
) -> None:
    """Take in an export of a ledger, or a table of marks that arms bear already.

    FILE is what `markcode ledger export` has made; or, with --format, a table with a column for
    each element, as batch takes it. Its marks are entered as struck, so that none of their numbers
    is issued again. Rows with a fault are left out and listed.

    Exit status 0; 1 with conflicts, refused chains or rejected rows; 2 if nothing could be taken.
    """
    from markcode.ledger.exchange import is_export

    if not is_export(Path(source)):
        if not profile.is_given:
            raise LedgerError(
                f"{source}: is no export of a ledger (markcode ledger export); for a table of "
                "marks, name their standard with --format"
            )
        from markcode.batch import Options

        constants = pairs(settings, "--set ELEMENT=VALUE")
        options = Options(
            event=event,
            columns=pairs(maps, "--map ELEMENT=COLUMN"),
            constants={name: notation.unescape(value) for name, value in constants.items()},
            encoding=encoding,
            dry_run=dry_run,
            accept_provisional=accept_provisional,
            language=lang,
            found=True,
        )
        ctx.exit(_take_table(ledger, source, profile.require(), options, resume, as_json))
    if profile.is_given or settings or maps or encoding or event or dry_run or resume:
        raise click.UsageError("the options of a table do not go with an export")
    ctx.exit(merge_into(ledger, source, adopt_own, as_json))


def _take_table(
    ledger: Ledger, source: str, fmt: Format, options: Options, resume: bool, as_json: bool
) -> int:
    """Enter the marks of a table as struck, say what came of it, and return the exit status."""
    from markcode.batch import run
    from markcode.ledger.registering import JobRegister

    register = JobRegister(
        ledger,
        fmt,
        options.event or fmt.events[0],
        resume=resume,
        dry_run=options.dry_run,
        struck=True,
    )
    with Progress("looking for duplicates, rows read", "rows entered") as progress:
        rejections = Rejections(options.language, progress)
        summary = run(Path(source), fmt, options, None, progress, rejections, register=register)
    _print(summary, register.entry, as_json)
    return 1 if summary.rejected else 0


def _print(summary: Summary, entry: Mapping[str, object], as_json: bool) -> None:
    if as_json:
        print_json({**summary.to_dict(), "ledger": dict(entry) or None})
        return
    click.echo(f"entered     {summary.marks if summary.written else 0}")
    click.echo(f"rejected    {summary.rejected}")
    click.echo(f"warned      {summary.warned}")
    click.echo(f"duplicates  {summary.duplicates}")
    click.echo(f"ledger      {entry.get('job', 'nothing was entered')}")
