"""`markcode ledger stats`: what a ledger holds, in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from markcode_cli.ledger.opening import with_ledger
from markcode_cli.options import handle_errors
from markcode_cli.output import print_json, table, visible

if TYPE_CHECKING:
    from markcode.ledger import Ledger
    from markcode.ledger.statistics import Statistics

__all__ = ["stats"]

_MOST_JOBS = 20


@click.command()
@with_ledger
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@handle_errors
def stats(ledger: Ledger, as_json: bool) -> None:
    """Count arms and marks, numbers used and left, open jobs and conflicts.

    All figures are exact, and of one moment. Marks are counted by what their jobs registered, which
    `markcode ledger audit` compares with the marks themselves.
    """
    from markcode.ledger.statistics import statistics

    found = statistics(ledger)
    if as_json:
        print_json(found.to_dict())
        return
    click.echo("\n".join(_lines(found)))


def _lines(found: Statistics) -> list[str]:
    rows = [("arms", found.arms), ("marks", found.marks)]
    rows += [(f"  {name}", count) for name, count in found.states.items()]
    for what, counts in (
        ("format", found.formats),
        ("station", found.stations),
        ("year", found.years),
    ):
        rows += [(f"marks of {what} {visible(name)}", count) for name, count in counts.items()]
    for one in found.series:
        rows.append((f"series {visible(one.series)}, numbers used", one.used))
        rows.append((f"series {visible(one.series)}, numbers left", one.left))
    rows += [(f"conflicts, {state}", count) for state, count in found.conflicts.items()]
    rows += [("jobs begun and not written", len(found.open_jobs)), ("bytes", found.bytes)]
    width = max(len(str(count)) for _, count in rows)
    lines = table([[what, f"{count:>{width}}"] for what, count in rows])
    for job in found.open_jobs[:_MOST_JOBS]:
        lines.append(f"open: {job.job} {visible(job.name or '')} {job.format} {job.time}")
    if len(found.open_jobs) > _MOST_JOBS:
        lines.append(f"open: {len(found.open_jobs) - _MOST_JOBS} more")
    for chain in found.chains:
        lines.append(
            f"station {chain.station}: {chain.entries} entries, {chain.first} to {chain.last}"
        )
    return lines
