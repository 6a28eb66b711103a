"""`markcode ledger stats`: what a ledger holds, in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from markcode_cli.ledger.opening import with_ledger
from markcode_cli.ledger.words import Words
from markcode_cli.options import handle_errors, language_option
from markcode_cli.output import print_json, table, visible

if TYPE_CHECKING:
    from markcode.ledger import Ledger
    from markcode.ledger.statistics import Statistics

__all__ = ["stats"]

_MOST_JOBS = 20


@click.command()
@with_ledger
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@language_option
@handle_errors
def stats(ledger: Ledger, as_json: bool, lang: str) -> None:
    """Count arms and marks, numbers used and left, open jobs and conflicts.

    All figures are exact, and of one moment. Marks are counted by what their jobs registered, which
    `markcode ledger audit` compares with the marks themselves.
    """
    from markcode.ledger.statistics import statistics

    found = statistics(ledger)
    if as_json:
        print_json(found.to_dict())
        return
    click.echo("\n".join(_lines(found, Words(lang))))


def _lines(found: Statistics, words: Words) -> list[str]:
    rows = [(words("stats.arms"), found.arms), (words("stats.marks"), found.marks)]
    rows += [(f"  {words.state(name)}", count) for name, count in found.states.items()]
    for what, counts in (
        ("stats.of_format", found.formats),
        ("stats.of_station", found.stations),
        ("stats.of_year", found.years),
    ):
        rows += [(words(what, name=visible(name)), count) for name, count in counts.items()]
    for one in found.series:
        rows.append((words("stats.used", name=visible(one.series)), one.used))
        rows.append((words("stats.left", name=visible(one.series)), one.left))
    rows += [(words(f"stats.conflicts.{state}"), n) for state, n in found.conflicts.items()]
    rows.append((words("stats.open_jobs"), len(found.open_jobs)))
    rows.append((words("stats.bytes"), found.bytes))
    width = max(len(str(count)) for _, count in rows)
    lines = table([[what, f"{count:>{width}}"] for what, count in rows])
    for job in found.open_jobs[:_MOST_JOBS]:
        told = f"{job.job} {visible(job.name or '')} {job.format} {job.time}"
        lines.append(words("stats.open", job=told))
    if len(found.open_jobs) > _MOST_JOBS:
        lines.append(words("stats.more", number=len(found.open_jobs) - _MOST_JOBS))
    for chain in found.chains:
        lines.append(words("stats.chain", **vars(chain)))
    return lines
