"""`markcode ledger backup`: a whole ledger copied to a SQLite file, while stations write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from markcode_cli.ledger.opening import ledger_option, open_ledger
from markcode_cli.options import handle_errors
from markcode_cli.output import print_json

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["backup", "told"]


@click.command
@click.argument("out", metavar="OUT.db", type=click.Path(path_type=Path))
@ledger_option
@click.option("--json", "as_json", is_flag=True, help="Print what was copied as one JSON object.")
@handle_errors
def backup(place: str, out: Path, as_json: bool) -> None:
    """Copy a ledger to a new SQLite file, as it stands at this instant.

    Stations may write meanwhile. The copy is a ledger: `markcode ledger show`, `find` and `audit`
    read it, and `markcode ledger restore` makes the ledger anew from it. Keep it on another disk.
    """
    with open_ledger(place) as ledger:
        from markcode.ledger.backup import backup as copied

        stations = copied(ledger, out)
    if as_json:
        print_json({"backup": str(out), "stations": stations})
        return
    click.echo(f"{out}: {told(stations)}")
    click.echo(f"look at it now and then: `markcode ledger audit --ledger {out}`")


def told(stations: Mapping[str, int]) -> str:
    """Return how many entries there are, and up to which one of each station."""
    entries = sum(stations.values())
    ends = ", ".join(f"{station}/{last}" for station, last in stations.items())
    return f"{entries:,} {'entry' if entries == 1 else 'entries'}, up to {ends}"
