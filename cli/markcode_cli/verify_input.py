"""`markcode verify --input`: every mark of a job or a table, against the data beside it."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from markcode.model import Verdict
from markcode_cli.options import pairs
from markcode_cli.output import finding_text, print_json, visible
from markcode_cli.progress import Progress

if TYPE_CHECKING:
    from markcode.format import Format
    from markcode.jobs import Verified
    from markcode_cli.ledger.records import Asked

__all__ = ["verify_input"]

_AT_ONCE = 200
"""Marks that the ledger is asked about at one moment."""


def verify_input(
    source: str,
    *,
    profile_given: bool,
    fmt: Format | None,
    event: str | None,
    as_of: datetime.date | None,
    as_json: bool,
    lang: str,
    accepted: Collection[str],
    mark_column: str | None = None,
    maps: Sequence[str] = (),
    encoding: str | None = None,
    records: Asked | None = None,
) -> int:
    """Verify a job (a folder) or a table, and return the exit status of contracts.md section 7.

    A mark that is not accepted is one line; all are counted at the end. As JSON, every mark is one
    object. What is said of a whole file of a job has no row.
    """
    marks: Counter[str] = Counter()
    files: set[str] = set()
    refused = waiting = 0
    given = profile_given or event is not None
    with Progress("looking at files or marks", "marks verified") as progress:
        results = _results(
            Path(source), given, fmt, event, as_of, mark_column, maps, encoding, progress
        )
        if records is not None:
            results = _with_records(results, records, fmt or _profile_of(Path(source)))
        for result in results:
            is_accepted = result.report.verdict in accepted
            refused += not is_accepted
            if _is_waiting(result):
                # Nothing else is to be said of it, and a job is verified before it is struck.
                waiting += 1
                is_accepted = True
            if result.row is None:
                files.add(result.file or "")
            else:
                marks[result.report.verdict] += 1
            if as_json or not is_accepted:
                progress.clear()
            if as_json:
                print_json(result.to_dict(lang))
            elif not is_accepted:
                click.echo(_line(result, lang))
    if not as_json:
        click.echo(_summary(marks, len(files), waiting))
    if not marks and not files:
        click.echo(f"markcode: {source}: there is no mark to verify", err=True)
        return 1
    return 1 if refused else 0


def _results(
    path: Path,
    profile_given: bool,
    fmt: Format | None,
    event: str | None,
    as_of: datetime.date | None,
    mark_column: str | None,
    maps: Sequence[str],
    encoding: str | None,
    progress: Progress,
) -> Iterator[Verified]:
    from markcode import jobs

    if not jobs.is_job(path):
        return jobs.verify_table(
            path,
            fmt,
            event=event,
            mark_column=mark_column,
            columns=pairs(maps, "--map ELEMENT=COLUMN"),
            encoding=encoding,
            as_of=as_of,
            progress=progress,
        )
    if profile_given:
        raise click.UsageError(
            f"{path} is a job, and its manifest says under which profile it was made: "
            "leave out --format, --check, --check-over, --codes, --option and --event"
        )
    if mark_column is not None or maps or encoding is not None:
        raise click.UsageError(f"{path} is a job: --mark-column and --map are for tables")
    return jobs.verify_job(jobs.Job(path), as_of, progress)


def _profile_of(path: Path) -> Format | None:
    """Return the profile that a job was made with; None for a table, whose marks are recognised."""
    from markcode import jobs

    return jobs.Job(path).fmt if jobs.is_job(path) else None


def _with_records(
    results: Iterable[Verified], records: Asked, fmt: Format | None
) -> Iterator[Verified]:
    """Yield the results with what the ledger knows of their marks."""
    rest = iter(results)
    while some := list(islice(rest, _AT_ONCE)):
        marks = [result for result in some if result.row is not None]
        told = iter(records.told([result.report for result in marks], fmt))
        for result in some:
            yield result if result.row is None else replace(result, report=next(told))


def _is_waiting(result: Verified) -> bool:
    """Return whether all that speaks against a mark is that nobody has struck it yet."""
    against = [finding for finding in result.report.findings if finding.severity != "info"]
    return [f.code for f in against] == ["ledger.not_struck"] and "reason" not in against[0].params


def _line(result: Verified, lang: str) -> str:
    where = f"row {result.row}" if result.row is not None else f"file {visible(result.file or '')}"
    reasons = [
        finding_text(finding, lang)
        for finding in result.report.findings
        if finding.severity != "info" or result.report.verdict == "undetermined"
    ]
    return f"{where}: {result.report.verdict}: " + " ".join("; ".join(reasons).split())


def _summary(marks: Counter[str], files: int, waiting: int) -> str:
    counts = ", ".join(
        f"{marks[verdict]} {verdict}" for verdict in get_args(Verdict) if marks[verdict]
    )
    total = "1 mark" if marks.total() == 1 else f"{marks.total()} marks"
    text = f"{total}: {counts}" if counts else total
    if waiting:
        text += f"; {waiting} of them issued, and not recorded as struck"
    if not files:
        return text
    changed = "1 file is" if files == 1 else f"{files} files are"
    return f"{text}; {changed} not as the manifest says"
