"""`markcode ledger audit`: is the ledger as it was written, and is every number accounted for?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from markcode_cli.ledger.opening import with_ledger
from markcode_cli.ledger.words import Words
from markcode_cli.options import handle_errors, language_option
from markcode_cli.output import paragraph, print_json, table, visible

if TYPE_CHECKING:
    from markcode.ledger import Ledger
    from markcode.ledger.audit import Conflict, Fault, Job, Report

__all__ = ["audit"]

_MOST = 20
"""Lines of one kind on the screen; --json has all."""


@click.command()
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    metavar="FILE.json",
    type=click.Path(path_type=Path),
    help="A signed checkpoint to compare with (repeatable).",
)
@click.option(
    "--key",
    metavar="KEY.pub.pem",
    type=click.Path(path_type=Path),
    help="The public key of who signed the checkpoints.",
)
@click.option("--json", "as_json", is_flag=True, help="Print all as one JSON object.")
@language_option
@click.pass_context
@handle_errors
@with_ledger
def audit(
    ctx: click.Context,
    ledger: Ledger,
    checkpoints: Sequence[Path],
    key: Path | None,
    as_json: bool,
    lang: str,
) -> None:
    """Find what was changed in the ledger, and account for every number.

    Names each entry, as STATION/NUMBER, that was edited, deleted, put in or moved, and each row of
    the look-ups that no entry made. Says what became of all numbers of each series and job.

    Exit status 0 if all is well, 1 for a fault or an open conflict, 2 if it cannot be told.

    \b
    markcode ledger audit --checkpoint monday.json --key office.pub.pem
    """
    from markcode.ledger.audit import audit as run
    from markcode.ledger.checkpoints import read

    if bool(checkpoints) != (key is not None):
        raise click.UsageError(
            "--checkpoint FILE and --key KEY.pub.pem go together: a signature that nobody checks "
            "is worth nothing"
        )
    known = [read(file, key) for file in checkpoints] if key is not None else []
    report = run(ledger, known)
    if as_json:
        print_json(report.to_dict(lang))
    else:
        click.echo("\n".join(_lines(report, Words(lang))))
    ctx.exit(0 if report.is_clean else 1)


def _lines(report: Report, words: Words) -> Iterator[str]:
    yield from table(list(_stations(report, words)))
    if report.series:
        yield ""
        yield from table(list(_series(report, words)))
    if report.jobs:
        yield ""
        yield from table(list(_jobs(report, words)))
    yield ""
    yield from table([(words("audit.marks"), _counted(report.states, words))])
    yield from _conflicts(report, words)
    yield from _faults("audit.faults", report.faults, report.fault_count, words)
    yield from _faults("audit.doubts", report.doubts, report.doubt_count, words)
    yield ""
    yield from paragraph(_coverage(report, words))
    yield from paragraph(_verdict(report, words))


def _stations(report: Report, words: Words) -> Iterator[Sequence[str]]:
    yield words("audit.station"), words("audit.entries"), words("audit.covered")
    for name, station in report.stations.items():
        to = words("audit.to_entry", entry=station.covered) if station.covered else words("none")
        yield visible(name), str(station.entries), to


def _series(report: Report, words: Words) -> Iterator[Sequence[str]]:
    columns = ("audit.on_marks", "audit.unused", "audit.free", "audit.left")
    yield words("audit.series"), words("audit.numbers"), *map(words, columns)
    for one in report.series.values():
        counts = (one.numbered, one.unused, one.free, one.left)
        yield visible(one.series), f"{one.first}-{one.last}", *map(str, counts)


def _jobs(report: Report, words: Words) -> Iterator[Sequence[str]]:
    yield words("audit.job"), words("audit.folder"), words("audit.marks")
    jobs = list(report.jobs.values())
    if len(jobs) > _MOST:
        jobs = jobs[-_MOST:]
        yield "...", "...", words("audit.earlier_jobs", number=len(report.jobs) - _MOST)
    for job in jobs:
        folder = words("audit.written") if job.written else words("audit.not_written")
        yield str(job.ref), folder, _of_job(job, words)


def _of_job(job: Job, words: Words) -> str:
    parts = [_counted(job.states, words)]
    if job.drawn:
        parts.append(words.count("audit.drawn", job.drawn, unused=job.unused))
    if job.order is not None:
        parts.append(words("order", order=visible(job.order)))
    return "; ".join(parts)


def _counted(states: Mapping[str, int], words: Words) -> str:
    counts = [f"{count} {words.state(state)}" for state, count in sorted(states.items())]
    return ", ".join(counts) or words("audit.no_marks")


def _conflicts(report: Report, words: Words) -> Iterator[str]:
    there = report.open_conflicts
    if there:
        yield ""
        yield words("audit.open_conflicts", number=len(there))
        yield from _first((_conflict(one, words) for one in there), len(there), words)


def _conflict(conflict: Conflict, words: Words) -> str:
    value = conflict.value.replace("\x1f", " ")
    said = words("conflict", entry=conflict.ref, about=conflict.about, holder=conflict.holder)
    return f"{said}: {conflict.slot}, {value}"


def _faults(title: str, faults: Sequence[Fault], count: int, words: Words) -> Iterator[str]:
    if count:
        yield ""
        yield words(title, number=count)
        told = (f"{fault.code}: {fault.message(words.language)}" for fault in faults)
        yield from _first(told, count, words)


def _first(texts: Iterable[str], count: int, words: Words) -> Iterator[str]:
    for _, text in zip(range(_MOST), texts, strict=False):
        yield from paragraph(visible(text), "  ", "    ")
    if count > _MOST:
        yield "  " + words("audit.more", number=count - _MOST)


def _coverage(report: Report, words: Words) -> str:
    if not report.uncovered:
        return words("audit.all_covered")
    return words.count("audit.uncovered", report.uncovered, entries=report.entries)


def _verdict(report: Report, words: Words) -> str:
    if report.is_clean:
        return words("audit.clean")
    conflicts = words.count("conflicts", len(report.open_conflicts))
    return f"{words.count('fault', report.fault_count)}, {conflicts}."
