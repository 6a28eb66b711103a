"""`markcode verify --input`: every mark of a job or a table, against the data beside it."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
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

__all__ = ["verify_input"]


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
) -> int:
    """Verify a job (a folder) or a table, and return the exit status of contracts.md section 7.

    A mark that is not accepted is one line; all are counted at the end. As JSON, every mark is one
    object. What is said of a whole file of a job has no row.
    """
    marks: Counter[str] = Counter()
    files: set[str] = set()
    refused = 0
    given = profile_given or event is not None
    with Progress("looking at files or marks", "marks verified") as progress:
        for result in _results(
            Path(source), given, fmt, event, as_of, mark_column, maps, encoding, progress
        ):
            is_accepted = result.report.verdict in accepted
            refused += not is_accepted
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
        click.echo(_summary(marks, len(files)))
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


def _line(result: Verified, lang: str) -> str:
    where = f"row {result.row}" if result.row is not None else f"file {visible(result.file or '')}"
    reasons = [
        finding_text(finding, lang)
        for finding in result.report.findings
        if finding.severity != "info" or result.report.verdict == "undetermined"
    ]
    return f"{where}: {result.report.verdict}: " + " ".join("; ".join(reasons).split())


def _summary(marks: Counter[str], files: int) -> str:
    counts = ", ".join(
        f"{marks[verdict]} {verdict}" for verdict in get_args(Verdict) if marks[verdict]
    )
    total = "1 mark" if marks.total() == 1 else f"{marks.total()} marks"
    text = f"{total}: {counts}" if counts else total
    if not files:
        return text
    changed = "1 file is" if files == 1 else f"{files} files are"
    return f"{text}; {changed} not as the manifest says"
