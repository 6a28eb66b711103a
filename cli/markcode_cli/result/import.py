"""`markcode result import`: the result file of a marking machine, into the ledger."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from markcode import notation
from markcode_cli.ledger.opening import with_ledger
from markcode_cli.ledger.words import Words
from markcode_cli.options import encoding_option, handle_errors, language_option, pairs
from markcode_cli.output import paragraph, print_json, table, visible
from markcode_cli.progress import Progress
from markcode_cli.whole import whole_file

if TYPE_CHECKING:
    from markcode.ledger import Ledger
    from markcode.ledger.results import Outcome, ResultForm, Summary

__all__ = ["import_"]


@click.command("import")
@click.argument("source", metavar="FILE")
@with_ledger
@click.option(
    "--mapping",
    metavar="FILE.toml",
    help="How the machine writes: its columns, words, times (docs/ledger.md).",
)
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="Column of a field that is not called so (repeatable).",
)
@click.option(
    "--values",
    multiple=True,
    metavar="EVENT=WORD[,WORD...]",
    help="The machine's words for an event (repeatable).",
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="FIELD=VALUE",
    help="What every row says, such as job_id=3f9c2a71 (repeatable).",
)
@click.option("--least-grade", metavar="GRADE", help="`verified` with less is `rejected`: 2.0, C.")
@encoding_option
@click.option("--rejected", metavar="FILE.csv", help="Write the refused rows to a table too.")
@click.option("--dry-run", is_flag=True, help="Judge all rows, record none.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a row.")
@language_option
@click.pass_context
@handle_errors
def import_(
    ctx: click.Context,
    /,
    source: str,
    ledger: Ledger,
    mapping: str | None,
    maps: Sequence[str],
    values: Sequence[str],
    settings: Sequence[str],
    least_grade: str | None,
    encoding: str | None,
    rejected: str | None,
    dry_run: bool,
    as_json: bool,
    lang: str,
) -> None:
    """Record what a machine or reader says of marks: marked, verified, rejected ...

    FILE is CSV, JSON lines or .xlsx, one event a row, in the order in which they happened, with the
    columns job_id, seq, code, event, time_utc, machine, operator, result, grade, reader_text and
    message. A mark is named by its job and the row of marks.csv (job_id, seq), or by its code: the
    struck text, or the payload. Events are sent, accepted, refused, started, failed, marked,
    verified, rejected, void, unknown and remarked; times are UTC, such as 2026-11-25T14:03:12Z. The
    log of a machine that writes otherwise needs --mapping, or --map and --values.

    A code is marked on one part only; after `rejected` the same part is `remarked`, with operator
    and message, or the code is `void` for ever; while one mark of the job is `unknown`, none other
    is begun at that machine; what was read must be the code. Rows that break this are listed with
    what to do, and the others recorded. The same file may be imported again.

    \b
    markcode result import results.csv
    markcode result import log.csv --mapping machine.toml --set job_id=3f9c2a71

    Exit status 0 if all is on record, 1 if rows were refused, 2 if FILE cannot be used.
    """
    from markcode.ledger.results import take

    form = _form(mapping, maps, values, settings).with_more(
        encoding=encoding, least_grade=least_grade
    )
    words = Words(lang)
    with (
        Progress("rows read", "rows recorded") as progress,
        _listing(rejected, [source, mapping, *_files(ledger)], lang) as listed,
    ):

        def told(outcome: Outcome) -> None:
            listed(outcome)
            if as_json:
                print_json(_row(outcome, dry_run, lang))
            elif outcome.refused is not None:
                progress.clear()
                click.echo("\n".join(paragraph(_refusal(outcome, words), "", "    ")))

        summary = take(ledger, source, form, dry_run=dry_run, told=told, progress=progress)
    if not as_json:
        _print(summary, dry_run, words)
    ctx.exit(1 if summary.refused else 0)


def _form(
    mapping: str | None,
    maps: Sequence[str],
    values: Sequence[str],
    settings: Sequence[str],
) -> ResultForm:
    from markcode.ledger.results import ResultForm

    form = ResultForm() if mapping is None else ResultForm.read(mapping)
    listed = pairs(values, "--values EVENT=WORD[,WORD...]")
    constants = pairs(settings, "--set FIELD=VALUE")
    return form.with_more(
        pairs(maps, "--map FIELD=COLUMN"),
        {event: words.split(",") for event, words in listed.items()},
        {name: notation.unescape(value) for name, value in constants.items()},
    )


def _files(ledger: Ledger) -> Iterator[Path]:
    """Yield the files of a ledger, those that SQLite keeps beside it too."""
    from markcode.ledger.places import sqlite_file

    file = sqlite_file(ledger.place)
    if file is not None:
        yield from (file.with_name(file.name + end) for end in ("", "-wal", "-shm", "-journal"))


@contextlib.contextmanager
def _listing(
    path: str | None, inputs: Iterable[str | Path | None], language: str
) -> Iterator[Callable[[Outcome], None]]:
    """Give what writes refused rows to a table, where one was asked for."""
    if path is None:
        yield lambda _: None
        return
    from markcode.jobs.tables import FINDINGS_HEADER, finding_line

    there = [name for name in inputs if name is not None and Path(name).exists()]
    if Path(path).exists() and any(map(Path(path).samefile, there)):
        raise click.UsageError(f"--rejected {path} would overwrite what is read, or the ledger")
    with whole_file(Path(path)) as stream:
        stream.write(FINDINGS_HEADER)

        def put(outcome: Outcome) -> None:
            if outcome.refused is not None:
                finding = outcome.refused.finding
                stream.write(finding_line(outcome.row, outcome.column, finding, language))

        yield put


def _row(outcome: Outcome, dry_run: bool, language: str) -> dict[str, object]:
    """Return a row as JSON has it."""
    event, refused = outcome.event, outcome.refused
    return {
        "row": outcome.row,
        "status": outcome.status,
        "mark": None if event is None else str(event.mark),
        "event": None if event is None else event.kind,
        "entry": None if outcome.entry is None or dry_run else str(outcome.entry),
        "column": outcome.column or None,
        "code": None if refused is None else refused.code,
        "message": None if refused is None else refused.finding.message(language),
    }


def _refusal(outcome: Outcome, words: Words) -> str:
    """Return why a row was refused, on one line."""
    assert outcome.refused is not None
    column = f", column {visible(outcome.column)}" if outcome.column else ""
    message = " ".join(outcome.refused.finding.message(words.language).split())
    return f"row {outcome.row}{column}: {outcome.refused.code}: {visible(message)}"


def _print(summary: Summary, dry_run: bool, words: Words) -> None:
    counts = [
        (words("results.recorded"), summary.recorded),
        (words("results.known"), summary.known),
        (words("results.refused"), summary.refused),
        (words("results.ignored"), summary.ignored),
    ]
    click.echo("\n".join(table([(name, f"{count:,}") for name, count in counts])))
    if dry_run:
        click.echo(words("results.dry"))
