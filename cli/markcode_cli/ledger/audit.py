"""`markcode ledger audit`: is the ledger as it was written, and is every number accounted for?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from markcode_cli.ledger.opening import with_ledger
from markcode_cli.options import handle_errors
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
@click.pass_context
@handle_errors
@with_ledger
def audit(
    ctx: click.Context,
    ledger: Ledger,
    checkpoints: Sequence[Path],
    key: Path | None,
    as_json: bool,
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
        print_json(report.to_dict())
    else:
        click.echo("\n".join(_lines(report)))
    ctx.exit(0 if report.is_clean else 1)


def _lines(report: Report) -> Iterator[str]:
    yield from table(list(_stations(report)))
    if report.series:
        yield ""
        yield from table(list(_series(report)))
    if report.jobs:
        yield ""
        yield from table(list(_jobs(report)))
    yield ""
    yield from table([("marks", _counted(report.states) or "none")])
    yield from _conflicts(report)
    yield from _faults("faults", report.faults, report.fault_count)
    title = "may follow from these faults"
    yield from _faults(title, report.doubts, report.doubt_count)
    yield ""
    yield from paragraph(_coverage(report))
    yield from paragraph(_verdict(report))


def _stations(report: Report) -> Iterator[Sequence[str]]:
    yield "station", "entries", "covered by a checkpoint"
    for name, station in report.stations.items():
        covered = f"to entry {station.covered}" if station.covered else "none"
        yield visible(name), str(station.entries), covered


def _series(report: Report) -> Iterator[Sequence[str]]:
    yield "series", "numbers", "on marks", "drawn, on none", "free in blocks", "in no block"
    for one in report.series.values():
        counts = (one.numbered, one.unused, one.free, one.left)
        yield visible(one.series), f"{one.first}-{one.last}", *map(str, counts)


def _jobs(report: Report) -> Iterator[Sequence[str]]:
    yield "job", "folder", "marks"
    jobs = list(report.jobs.values())
    if len(jobs) > _MOST:
        jobs = jobs[-_MOST:]
        yield "...", "...", f"{len(report.jobs) - _MOST} jobs before these: see --json"
    for job in jobs:
        yield str(job.ref), "written" if job.written else "not written", _of_job(job)


def _of_job(job: Job) -> str:
    parts = [_counted(job.states) or "none"]
    if job.drawn:
        parts.append(f"{_several(job.drawn, 'number')} drawn, {job.unused} on no mark")
    if job.order is not None:
        parts.append(f"order {visible(job.order)}")
    return "; ".join(parts)


def _counted(states: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(states.items()))


def _conflicts(report: Report) -> Iterator[str]:
    there = report.open_conflicts
    if there:
        yield ""
        yield f"open conflicts: {len(there)}"
        yield from _first(map(_conflict, there), len(there))


def _conflict(conflict: Conflict) -> str:
    value = conflict.value.replace("\x1f", " ")
    return (
        f"{conflict.ref}: {conflict.about} claims what {conflict.holder} has: "
        f"{conflict.slot}, {value}"
    )


def _faults(title: str, faults: Sequence[Fault], count: int) -> Iterator[str]:
    if count:
        yield ""
        yield f"{title}: {count}"
        yield from _first((f"{fault.code}: {fault.message()}" for fault in faults), count)


def _first(texts: Iterable[str], count: int) -> Iterator[str]:
    for _, text in zip(range(_MOST), texts, strict=False):
        yield from paragraph(visible(text), "  ", "    ")
    if count > _MOST:
        yield f"  ... and {count - _MOST} more: see --json"


def _coverage(report: Report) -> str:
    if not report.uncovered:
        return "Checkpoints cover all entries."
    several = report.uncovered > 1
    newest = f"The {report.uncovered} newest entries" if several else "The newest entry"
    covered = "are covered by no checkpoint: they" if several else "is covered by no checkpoint: it"
    return (
        f"{newest} of {report.entries} {covered} could be removed without a trace. "
        "`markcode ledger checkpoint` makes one."
    )


def _verdict(report: Report) -> str:
    if report.is_clean:
        return "All is as it was written, and every number is accounted for."
    faults = _several(report.fault_count, "fault")
    return f"{faults}, {_several(len(report.open_conflicts), 'open conflict')}."


def _several(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
