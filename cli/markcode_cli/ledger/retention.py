"""`markcode ledger retention`: which records are older than an instrument asks for."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import click

from markcode_cli.ledger.opening import clock, with_ledger
from markcode_cli.ledger.words import Words
from markcode_cli.options import handle_errors, language_option
from markcode_cli.output import paragraph, print_json, table

if TYPE_CHECKING:
    from markcode.ledger import Ledger
    from markcode.ledger.retention import Past, Rule

__all__ = ["retention"]


@click.command()
@with_ledger
@click.option(
    "--policy",
    metavar="NAME",
    help="The instrument whose minimum counts: iti or un-protocol.",
)
@click.option(
    "--as-of",
    type=click.DateTime(("%Y-%m-%d",)),
    metavar="YYYY-MM-DD",
    help="The day to count back from; today if left out.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@language_option
@handle_errors
def retention(
    ledger: Ledger,
    policy: str | None,
    as_of: datetime.datetime | None,
    as_json: bool,
    lang: str,
) -> None:
    """Say which records are older than an instrument asks for.

    Nothing is deleted, here or by any other command: the report says what an authority may decide
    about. Years count from the day on which an entry was written.
    """
    from markcode.ledger import retention as rules_of

    day = (as_of or clock()).date()
    rules = rules_of.policy(policy) if policy else ()
    found: list[Past] = []
    if rules:
        with ledger.reading() as connection:
            found = rules_of.past(connection, rules, day)
    if as_json:
        print_json(
            {
                "policy": policy,
                "as_of": day.isoformat(),
                "rules": [rule.to_dict() for rule in rules],
                "entries": sum(one.entries for one in found),
                "past": [one.to_dict() for one in found],
                "deleted": 0,
            }
        )
        return
    click.echo("\n".join(_told(policy, rules, day, found, Words(lang))))


def _told(
    policy: str | None,
    rules: tuple[Rule, ...],
    day: datetime.date,
    found: list[Past],
    words: Words,
) -> list[str]:
    from markcode.ledger.kinds import kind

    if policy is None:
        return paragraph(words("retention.no_policy"))
    lines = []
    for rule in rules:
        said = {"records": words.named("records", rule.records), "source": rule.source}
        lines += paragraph(words("retention.rule", years=rule.min_years, **said), hang="  ")
    total = sum(one.entries for one in found)
    lines += paragraph(words.count("retention.past", total, day=day))
    rows = []
    for one in found:
        records = words.named("records", one.records)
        minimum = words("retention.years", records=records, years=one.min_years)
        label = kind(one.kind).label(words.language)
        rows.append([str(one.year), f"{one.entries:>9}", label, minimum])
    return lines + table(rows, "  ")
