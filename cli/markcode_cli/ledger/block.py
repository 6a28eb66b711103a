"""`markcode ledger block`: give a station numbers of a series."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from markcode_cli.ledger.opening import with_ledger
from markcode_cli.options import handle_errors
from markcode_cli.output import print_json

if TYPE_CHECKING:
    from markcode.ledger import Ledger

__all__ = ["block"]


@click.command()
@click.argument("series", metavar="SERIES")
@click.option(
    "--size", type=click.IntRange(min=1), required=True, metavar="N", help="How many numbers."
)
@click.option(
    "--for", "granted_to", metavar="STATION", help="Who may draw them.  [default: --station]"
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@handle_errors
@with_ledger
def block(ledger: Ledger, series: str, size: int, granted_to: str | None, as_json: bool) -> None:
    """Give a station the next numbers of a series, so that it can work off-line.

    Only the owner of a series, where it has one, gives its numbers. They can never be given back.

    \b
    markcode ledger block NATIONAL --size 5000 --for PTY-2
    """
    from markcode.ledger.series import series_named, take_block

    with ledger.writing() as chain:
        granted_to = granted_to or chain.station
        numbers = take_block(chain, series, size, granted_to)
        made = series_named(chain.connection, series)
    serials = made.text(numbers.first), made.text(numbers.last)
    if as_json:
        said = {"series": series, **numbers._asdict(), "station": granted_to}
        print_json({**said, "first_serial": serials[0], "last_serial": serials[1]})
    else:
        click.echo(
            f"{granted_to} may draw {size:,} of {series}: {serials[0]} to {serials[1]} "
            f"(numbers {numbers.first:,} to {numbers.last:,})"
        )
