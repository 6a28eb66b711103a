"""`markcode ledger export`: chains of a ledger as a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from markcode_cli.ledger.opening import ledger_option, open_ledger
from markcode_cli.options import handle_errors
from markcode_cli.output import print_json

if TYPE_CHECKING:
    from markcode.ledger.exchange import Exported

__all__ = ["export"]


@click.command()
@click.argument("out", metavar="OUT|-")
@ledger_option
@click.option(
    "--station",
    "only",
    multiple=True,
    metavar="STATION",
    help="Only the chain of this station (repeatable).",
)
@click.option(
    "--after",
    multiple=True,
    metavar="ENTRY",
    help="Of its station only what follows this entry, such as MVD-1/40 (repeatable).",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was written as one JSON object.")
@handle_errors
def export(
    out: str, place: str, only: tuple[str, ...], after: tuple[str, ...], as_json: bool
) -> None:
    """Write all entries to a file, which another ledger takes in with import.

    JSON lines, chain by chain, closed by a line that tells whether the file is whole; compressed if
    its name ends in .gz; - is standard output. A file that is there is replaced.

    \b
    markcode ledger export everything.jsonl.gz
    markcode ledger export news.jsonl --station PTY-2 --after PTY-2/812
    """
    from markcode.ledger.exchange import export as to_file
    from markcode.ledger.exchange import write
    from markcode.ledger.refs import Ref

    since = [Ref.parse(text) for text in after]
    if out == "-" and as_json:
        raise click.UsageError("--json tells of a file: name one instead of -")
    with open_ledger(place) as ledger:
        if out == "-":
            with ledger.reading() as connection:
                write(connection, sys.stdout.buffer, only, since)
            return
        exported = to_file(ledger, Path(out), only, since)
    _tell(exported, out, as_json)


def _tell(exported: Exported, out: str, as_json: bool) -> None:
    chains = {name: [part.first, part.last] for name, part in exported.chains.items()}
    if as_json:
        sums = {"entries": exported.entries, "sha256": exported.sha256}
        print_json({"out": out, **sums, "chains": chains})
        return
    stations = f"{len(chains)} station{'' if len(chains) == 1 else 's'}"
    click.echo(f"{exported.entries} entries of {stations}: {out}")
    for name, (first, last) in chains.items():
        click.echo(f"  {name}  {first} to {last}")
