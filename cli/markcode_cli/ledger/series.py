"""`markcode ledger series`: list the series of numbers, look at one, define one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from markcode_cli.ledger.opening import with_ledger
from markcode_cli.options import handle_errors
from markcode_cli.output import print_json, table

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from markcode.ledger import Ledger
    from markcode.ledger.series import Series

__all__ = ["series"]


@click.command()
@click.argument("name", metavar="[NAME]", required=False)
@click.option("--pattern", metavar="PATTERN", help="Define it: A{6} is A and 6 characters.")
@click.option(
    "--alphabet",
    metavar="NAME|CHARACTERS",
    help="safe, digits, alphanumeric, or the characters, least first.  [default: safe]",
)
@click.option("--check", metavar="NAME", help="Check system whose character ends each serial.")
@click.option(
    "--first",
    type=click.IntRange(min=1),
    metavar="N",
    help="The first number.  [default: 1]",
)
@click.option(
    "--last",
    type=click.IntRange(min=1),
    metavar="N",
    help="The last number.  [default: the last that the pattern holds]",
)
@click.option(
    "--owner",
    metavar="STATION",
    help="The only station that grants its numbers; else each takes them itself.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a series.")
@handle_errors
@with_ledger
def series(
    ledger: Ledger, name: str | None, pattern: str | None, as_json: bool, **properties: Any
) -> None:
    """List the series of numbers, look at one, or define one.

    A series is never changed. Stations take blocks of it with `markcode ledger block`, and
    `markcode batch --ledger URL --series NAME` draws from these.

    \b
    markcode ledger series
    markcode ledger series NATIONAL
    markcode ledger series NATIONAL --pattern 'A{6}' --owner MVD-1
    """
    given = {key: value for key, value in properties.items() if value is not None}
    if pattern is None and given:
        raise click.UsageError(f"--{next(iter(given))} goes with --pattern, which defines a series")
    if pattern is not None:
        if name is None:
            raise click.UsageError("name the series that --pattern defines")
        _define(ledger, name, pattern, given)
    _show(ledger, name, as_json)


def _define(ledger: Ledger, name: str, pattern: str, given: Mapping[str, Any]) -> None:
    from markcode.ledger.series import Series, define

    made = Series.of(name, pattern, **given)
    with ledger.writing() as chain:
        define(chain, made)


def _show(ledger: Ledger, name: str | None, as_json: bool) -> None:
    from markcode.ledger.series import every_series, series_named

    with ledger.reading() as connection:
        found = every_series(connection) if name is None else [series_named(connection, name)]
        told = [_told(connection, one) for one in found]
    if as_json:
        for each in told:
            print_json(each)
    elif name is not None:
        click.echo("\n".join(_page(told[0])))
    elif told:
        click.echo("\n".join(_listing(told)))
    else:
        click.echo("no series yet: markcode ledger series NAME --pattern 'A{6}'")


def _told(connection: Connection, series: Series) -> dict[str, Any]:
    """Return what a series is, and how far it is used."""
    from markcode.ledger.series import next_free, usage

    stations = {
        station: {"granted": used.granted, "drawn": used.drawn, "left": used.left}
        for station, used in usage(connection, series.name).items()
    }
    return {
        **series.data,
        "numbers": series.last - series.first + 1,
        "drawn": sum(each["drawn"] for each in stations.values()),
        "left_in_blocks": sum(each["left"] for each in stations.values()),
        "in_no_block": series.last - next_free(connection, series) + 1,
        "stations": stations,
    }


def _listing(told: list[dict[str, Any]]) -> list[str]:
    rows = [("series", "pattern", "drawn", "left in blocks", "in no block", "owner")]
    for each in told:
        counts = (f"{each[key]:,}" for key in ("drawn", "left_in_blocks", "in_no_block"))
        rows.append((each["name"], each["pattern"], *counts, each["owner"] or "each station"))
    return table(rows)


def _page(told: Mapping[str, Any]) -> list[str]:
    rows = [
        ("series", told["name"]),
        ("pattern", f"{told['pattern']} of the characters {told['alphabet']}"),
        ("check", told["check"] or "none"),
        ("numbers", f"{told['first']:,} to {told['last']:,}"),
        ("owner", told["owner"] or "none: each station takes blocks itself"),
        ("drawn", f"{told['drawn']:,}"),
        ("left", f"{told['left_in_blocks']:,} in blocks, {told['in_no_block']:,} in none"),
    ]
    stations = [("station", "granted", "drawn", "left")]
    for name, counts in told["stations"].items():
        stations.append((name, *(f"{counts[key]:,}" for key in ("granted", "drawn", "left"))))
    return table(rows) + (["", *table(stations)] if told["stations"] else [])
