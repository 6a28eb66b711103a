"""`markcode batch`: a table of arms in, a job for the machine out."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from markcode import lengths, notation
from markcode_cli.ledger.opening import station_option
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
)
from markcode_cli.output import print_json, visible
from markcode_cli.progress import Progress
from markcode_cli.sizes import Sizes, note_depth, note_small_dots, size_options

if TYPE_CHECKING:
    from markcode.batch import Options, Summary
    from markcode.model import Finding

__all__ = ["Rejections", "batch"]

_ROWS = re.compile(r"([0-9]{1,12})(?:(-)([0-9]{1,12})?)?")


def _known(_ctx: click.Context, _param: click.Parameter, name: str) -> str:
    from markcode.equipment import find, names

    if find(name) is None:
        raise click.BadParameter(f"{name!r} is not one of {', '.join(names())}")
    return name


@click.command()
@click.argument("source", metavar="INPUT")
@profile_options
@click.option(
    "--equipment",
    metavar="NAME",
    callback=_known,
    default="csv",
    show_default=True,
    help="What the machine takes (`markcode equipment` lists it).",
)
@click.option("--out", metavar="DIR", help="Folder of the job: new, or empty.")
@click.option("--symbol", metavar="NAME", help="Machine-readable symbol, such as datamatrix.")
@click.option("--modules", is_flag=True, help="Put the modules of each Data Matrix into the table.")
@event_option
@map_option
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="ELEMENT=VALUE",
    help="Value of an element for all rows (repeatable).",
)
@encoding_option
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N records.")
@click.option("--rows", metavar="FIRST-LAST", help="Make the job of these rows; the header is 1.")
@click.option("--ticket", is_flag=True, help="Put the job ticket into the job, as text and PDF.")
@click.option("--strict", is_flag=True, help="No job if a row is rejected.")
@click.option("--dry-run", is_flag=True, help="Write nothing.")
@provisional_option
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
@size_options()
@click.option(
    "--ledger",
    "place",
    envvar="MARKCODE_LEDGER",
    metavar="URL",
    help="Enter every mark into this ledger before it gets into a file.  [env: MARKCODE_LEDGER]",
)
@station_option
@click.option("--series", metavar="NAME", help="Issue serials of this series of the ledger.")
@click.option("--resume", is_flag=True, help="Go on with a job that the ledger knows.")
@click.option("--new-order", metavar="NAME", help="Order the same job once more, under this name.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
@language_option
@click.pass_context
@handle_errors
def batch(
    ctx: click.Context,
    /,
    source: str,
    profile: ProfileChoice,
    sizes: Sizes,
    out: str | None,
    as_json: bool,
    place: str | None,
    station: str | None,
    resume: bool,
    **choices: Any,
) -> None:
    """Make the marking job of a table of arms.

    INPUT is CSV, TSV, .xlsx or JSON lines.

    Rows with a fault are left out and listed in rejected.csv. Exit status 0 if none is, 1 if some
    are, 2 for wrong use.

    \b
    markcode batch arms.csv --format mosaic-0530 --check iso7064-mod37-36 \\
      --equipment png --symbol datamatrix --out job
    """
    from markcode.batch import run
    from markcode.jobs.order import setup

    fmt = profile.require()
    if out is None and not choices["dry_run"]:
        raise click.UsageError("name the folder of the job with --out, or say --dry-run")
    if place is None and (resume or choices["series"] or choices["new_order"]):
        raise click.UsageError("--series, --resume and --new-order go with --ledger")
    order = _order(sizes=sizes, **choices)
    lists = order.strict or order.dry_run
    folder = Path(out) if out is not None else None
    started = time.monotonic()
    with ExitStack() as stack:
        register = None
        if place is not None:
            from markcode_cli.ledger.registering import registered

            opened = registered(place, station, fmt, order, resume)
            register, order = stack.enter_context(opened)
        progress = stack.enter_context(Progress("looking for duplicates, rows read", "rows marked"))
        rejections = Rejections(order.language, progress) if lists else None
        summary = run(
            Path(source),
            fmt,
            order,
            folder,
            progress,
            rejections,
            processes=True,
            register=register,
        )
        entry = {} if register is None else register.entry
    seconds = round(time.monotonic() - started, 1)
    job = setup(fmt, order.event or fmt.events[0], order)
    note_small_dots(job)
    note_depth(fmt, job, order.language)
    _notes(summary, order, folder)
    if as_json:
        written = out if summary.written else None
        told = {"out": written, "seconds": seconds, "ledger": dict(entry) or None}
        print_json({**summary.to_dict(), **told})
    else:
        for name, value in _rows(summary, order, out, seconds, entry):
            click.echo(f"{name:<10}  {value}")
    ctx.exit(1 if summary.rejected else 0)


def _order(
    *,
    equipment: str,
    symbol: str | None,
    modules: bool,
    event: str | None,
    maps: Sequence[str],
    settings: Sequence[str],
    encoding: str | None,
    limit: int | None,
    rows: str | None,
    ticket: bool,
    strict: bool,
    dry_run: bool,
    accept_provisional: bool,
    serials: str | None,
    first: int | None,
    serial_alphabet: str | None,
    series: str | None,
    new_order: str | None,
    sizes: Sizes,
    lang: str,
) -> Options:
    """Return what was typed as the options of the library. Raises `click.UsageError`."""
    from markcode.jobs import order
    from markcode.jobs.serials import Serials

    if serials is None and (first is not None or serial_alphabet is not None):
        raise click.UsageError("--first and --serial-alphabet go with --serials")
    if serials is not None and series is not None:
        raise click.UsageError("--serials and --series: one of these; a series has its pattern")
    laid_out = sizes.options(equipment)
    constants = pairs(settings, "--set ELEMENT=VALUE")
    plan = None if serials is None else Serials.parse(serials, serial_alphabet or "safe")
    return order.Options(
        equipment=equipment,
        symbol=symbol,
        modules=modules,
        event=event,
        columns=pairs(maps, "--map ELEMENT=COLUMN"),
        constants={name: notation.unescape(value) for name, value in constants.items()},
        encoding=encoding,
        limit=limit,
        rows=None if rows is None else _row_range(rows),
        strict=strict,
        ticket=ticket,
        dry_run=dry_run,
        accept_provisional=accept_provisional,
        serials=plan,
        first=first,
        series=series,
        new_order=new_order,
        language=lang,
        **laid_out,
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


class Rejections:
    """Lists rejected rows on standard error, as they are found."""

    def __init__(self, language: str, progress: Progress) -> None:
        self._language = language
        self._progress = progress

    def __call__(self, row: int, column: str, finding: Finding) -> None:
        where = f"row {row}, column {visible(column)}" if column else f"row {row}"
        message = " ".join(finding.message(self._language).split())
        self._progress.clear()
        click.echo(f"{where}: {finding.code}: {message}", err=True)


def _notes(summary: Summary, order: Options, out: Path | None) -> None:
    """Say on standard error what an operator must know beside the counts."""
    for element, header in summary.replaced.items():
        click.echo(
            f"markcode: --set {element} takes the place of the column {visible(header)}", err=True
        )
    unused = [name for name in summary.unused if name not in summary.replaced.values()]
    if unused:
        names = ", ".join(visible(name) for name in unused)
        click.echo(f"markcode: columns that were not used: {names}", err=True)
    if summary.serials is not None and summary.written and order.series is None:
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
    from markcode.jobs.folder import leftovers

    for part in leftovers(out) if out is not None else ():
        click.echo(
            f"markcode: {part} is what a run that was stopped has left, or of one that still runs; "
            "if none does, remove it",
            err=True,
        )


def _rows(
    summary: Summary, order: Options, out: str | None, seconds: float, entry: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Yield the lines of the summary for people: a name and a value."""
    written = summary.written
    yield "marks", str(summary.marks)
    yield "rejected", f"{summary.rejected}{_listed(summary.rejected, 'rejected.csv', written)}"
    yield "warned", f"{summary.warned}{_listed(summary.warned, 'warnings.csv', written)}"
    yield "duplicates", str(summary.duplicates)
    yield "seconds", f"{seconds:.1f}"
    if summary.serials is not None:
        yield "serials", _serials(summary.serials, written)
    if summary.achieved:
        yield "drawn", _sizes(summary.achieved)
    reason = "none, this was a dry run" if order.dry_run else "none"
    yield "job", str(out) if written else reason
    if entry and written:
        left = ", ".join(f"{count} {state}" for state, count in entry.get("left_out", {}).items())
        yield "ledger", f"{entry['job']}{f'; left out: {left}' if left else ''}"


def _listed(count: int, name: str, written: bool) -> str:
    return f" (see {name})" if count and written else ""


def _serials(serials: Mapping[str, Any], written: bool) -> str:
    if serials["first"] is None:
        return "none"
    text = f"{serials['first']} to {serials['last']}, {serials['skipped']} skipped"
    if not written:
        return f"{text}; none was issued"
    return text if "series" in serials else f"{text}; next --first {serials['next']}"


def _sizes(achieved: Mapping[str, int]) -> str:
    """Return the sizes that whole dots have given, which are not quite those asked for."""
    names = {"height_nm": "letters {} high", "module_nm": "a module of {}"}
    return ", ".join(names[name].format(lengths.to_text(nm)) for name, nm in achieved.items())
