"""`markcode batch`: a table of arms in, a job for the machine out."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from markcode import lengths, notation
from markcode_cli.options import (
    event_option,
    handle_errors,
    language_option,
    pairs,
    profile_from,
    profile_options,
)
from markcode_cli.output import print_json, visible
from markcode_cli.progress import Progress

if TYPE_CHECKING:
    from markcode.batch import Options, Summary
    from markcode.model import Finding

__all__ = ["batch"]

_ROWS = re.compile(r"([0-9]{1,12})(?:(-)([0-9]{1,12})?)?")


@click.command()
@click.argument("source", metavar="INPUT")
@profile_options
@click.option(
    "--equipment",
    type=click.Choice(("csv", "text", "svg", "png")),
    default="csv",
    show_default=True,
    help="What the machine takes.",
)
@click.option("--out", metavar="DIR", help="Folder of the job: new, or empty.")
@click.option("--symbol", metavar="NAME", help="Machine-readable symbol, such as datamatrix.")
@event_option
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="ELEMENT=COLUMN",
    help="Column of an element whose header is not recognised (repeatable).",
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="ELEMENT=VALUE",
    help="Value of an element for all rows (repeatable).",
)
@click.option("--encoding", metavar="NAME", help="Of a text table that is not UTF-8: cp1252 ...")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N records.")
@click.option("--rows", metavar="FIRST-LAST", help="Make the job of these rows; the header is 1.")
@click.option("--strict", is_flag=True, help="No job if a row is rejected.")
@click.option("--dry-run", is_flag=True, help="Write nothing.")
@click.option("--accept-provisional", is_flag=True, help="Also marks without a confirmed rule.")
@click.option("--serials", metavar="PATTERN", help="Issue serials: A{6} is A and 6 characters.")
@click.option(
    "--first",
    type=click.IntRange(min=1),
    metavar="N",
    help="Number of the first serial.  [default: 1]",
)
@click.option(
    "--serial-alphabet",
    metavar="NAME|CHARACTERS",
    help="safe, digits, alphanumeric, or the characters, least first.  [default: safe]",
)
@click.option(
    "--height",
    metavar="LENGTH",
    help="Height of drawn letters; the format's minimum, else 1.6mm.",
)
@click.option("--module", metavar="LENGTH", help="Module of a drawn symbol.  [default: 0.4mm]")
@click.option("--dpi", type=click.IntRange(min=1), help="Dots an inch of a PNG.  [default: 600]")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
@language_option
@click.pass_context
@handle_errors
def batch(
    ctx: click.Context,
    /,
    source: str,
    format_name: str | None,
    check: str | None,
    check_over: str | None,
    codes: tuple[str, ...],
    options: tuple[str, ...],
    out: str | None,
    as_json: bool,
    **choices: Any,
) -> None:
    """Make the marking job of a table of arms: CSV, TSV, .xlsx or JSON lines.

    Rows with a fault are left out and listed in rejected.csv. Exit status 0 if none is, 1 if some
    are, 2 for wrong use.

    \b
    markcode batch arms.csv --format mosaic-0530 --check iso7064-mod37-36 \\
      --equipment png --symbol datamatrix --out job
    """
    from markcode.batch import run

    fmt = profile_from(format_name, check, check_over, codes, options)
    if fmt is None:
        raise click.UsageError("name the marking standard with --format")
    if out is None and not choices["dry_run"]:
        raise click.UsageError("name the folder of the job with --out, or say --dry-run")
    order = _order(**choices)
    lists = order.strict or order.dry_run
    started = time.monotonic()
    with ExitStack() as stack:
        progress = None
        if sys.stderr.isatty() and not lists:
            progress = stack.enter_context(Progress("looking for duplicates", "marking"))
        summary = run(
            Path(source),
            fmt,
            order,
            Path(out) if out is not None else None,
            progress,
            _Rejections(order.language) if lists else None,
        )
    seconds = round(time.monotonic() - started, 1)
    _notes(summary, order)
    if as_json:
        place = out if summary.written else None
        print_json({**summary.to_dict(), "out": place, "seconds": seconds})
    else:
        for name, value in _rows(summary, order, out, seconds):
            click.echo(f"{name:<10}  {value}")
    ctx.exit(1 if summary.rejected else 0)


def _order(
    *,
    equipment: str,
    symbol: str | None,
    event: str | None,
    maps: Sequence[str],
    settings: Sequence[str],
    encoding: str | None,
    limit: int | None,
    rows: str | None,
    strict: bool,
    dry_run: bool,
    accept_provisional: bool,
    serials: str | None,
    first: int | None,
    serial_alphabet: str | None,
    height: str | None,
    module: str | None,
    dpi: int | None,
    lang: str,
) -> Options:
    """Return what was typed as the options of the library. Raises `click.UsageError`."""
    from markcode.jobs import order
    from markcode.jobs.serials import Serials

    if serials is None and (first is not None or serial_alphabet is not None):
        raise click.UsageError("--first and --serial-alphabet go with --serials")
    constants = pairs(settings, "--set ELEMENT=VALUE")
    plan = None if serials is None else Serials.parse(serials, serial_alphabet or "safe")
    return order.Options(
        equipment=equipment,
        symbol=symbol,
        event=event,
        columns=pairs(maps, "--map ELEMENT=COLUMN"),
        constants={name: notation.unescape(value) for name, value in constants.items()},
        encoding=encoding,
        limit=limit,
        rows=None if rows is None else _row_range(rows),
        strict=strict,
        dry_run=dry_run,
        accept_provisional=accept_provisional,
        serials=plan,
        first=first or 1,
        height_nm=None if height is None else lengths.parse(height),
        module_nm=order.MODULE_NM if module is None else lengths.parse(module),
        dpi=dpi or order.DPI,
        language=lang,
    )


def _row_range(text: str) -> tuple[int, int | None]:
    match = _ROWS.fullmatch(text)
    if match is not None:
        first = int(match[1])
        last = None if match[2] and not match[3] else int(match[3] or first)
        if first >= 2 and (last is None or last >= first):
            return first, last
    raise click.UsageError(
        f"--rows {text}: write the first and the last row, such as 812-5000; the header is row 1"
    )


class _Rejections:
    """Lists rejected rows on standard error, as they are found."""

    def __init__(self, language: str) -> None:
        self._language = language

    def __call__(self, row: int, column: str, finding: Finding) -> None:
        where = f"row {row}, column {visible(column)}" if column else f"row {row}"
        message = " ".join(finding.message(self._language).split())
        click.echo(f"{where}: {finding.code}: {message}", err=True)


def _notes(summary: Summary, order: Options) -> None:
    """Say on standard error what an operator must know beside the counts."""
    if summary.unused:
        names = ", ".join(visible(name) for name in summary.unused)
        click.echo(f"markcode: columns that were not used: {names}", err=True)
    if summary.serials is not None:
        click.echo(
            "markcode: nothing prevents these serials from being issued again: begin the next "
            f"batch with --first {summary.serials['next']}",
            err=True,
        )
    if order.strict and summary.rejected:
        click.echo(
            f"markcode: no job was written: {summary.rejected} of {summary.rows} rows were "
            "rejected, and --strict allows none",
            err=True,
        )


def _rows(
    summary: Summary, order: Options, out: str | None, seconds: float
) -> Iterator[tuple[str, str]]:
    """Yield the lines of the summary for people: a name and a value."""
    written = summary.written
    yield "marks", str(summary.marks)
    yield "rejected", f"{summary.rejected}{_listed(summary.rejected, 'rejected.csv', written)}"
    yield "warned", f"{summary.warned}{_listed(summary.warned, 'warnings.csv', written)}"
    yield "duplicates", str(summary.duplicates)
    yield "seconds", f"{seconds:.1f}"
    if summary.serials is not None:
        yield "serials", _serials(summary.serials)
    reason = "none, this was a dry run" if order.dry_run else "none"
    yield "job", str(out) if written else reason


def _listed(count: int, name: str, written: bool) -> str:
    return f" (see {name})" if count and written else ""


def _serials(serials: Mapping[str, Any]) -> str:
    if serials["first"] is None:
        return "none"
    return (
        f"{serials['first']} to {serials['last']}, {serials['skipped']} skipped; "
        f"next --first {serials['next']}"
    )
