"""`markcode ledger restore`: a ledger made anew from a backup."""

from __future__ import annotations

from pathlib import Path

import click

from markcode_cli.ledger.backup import told
from markcode_cli.options import handle_errors
from markcode_cli.output import print_json

__all__ = ["restore"]


@click.command
@click.argument("source", metavar="BACKUP.db", type=click.Path(path_type=Path))
@click.argument("place", metavar="URL")
@click.option("--json", "as_json", is_flag=True, help="Print what was copied as one JSON object.")
@handle_errors
def restore(source: Path, place: str, as_json: bool) -> None:
    """Make a ledger at a new place, URL, from a backup.

    URL is a SQLite file that is not there yet, or an empty database in PostgreSQL. What stations
    wrote after the backup is not in it: compare it with their own ledgers and with the newest
    checkpoint (`markcode ledger audit --checkpoint FILE`) before anybody issues numbers from it.
    """
    from markcode.ledger import restore as restored

    stations = restored(source, place)
    from markcode.ledger.places import shown

    where = shown(place)
    if as_json:
        print_json({"ledger": where, "backup": str(source), "stations": stations})
        return
    click.echo(f"{where}: {told(stations)}")
    click.echo(
        f"next: `markcode ledger audit --ledger {where}`, with the newest checkpoint, if any"
    )
