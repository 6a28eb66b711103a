"""`markcode ledger checkpoint`: a signed statement of how far the chains go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from markcode_cli.ledger.opening import with_ledger
from markcode_cli.options import handle_errors
from markcode_cli.output import table

if TYPE_CHECKING:
    from markcode.ledger import Ledger

__all__ = ["checkpoint"]


@click.command()
@click.option(
    "--key",
    required=True,
    metavar="KEY.pem",
    type=click.Path(path_type=Path),
    help="The private key that signs (`markcode ledger keygen`).",
)
@click.option(
    "--out",
    required=True,
    metavar="FILE.json",
    type=click.Path(path_type=Path),
    help="The checkpoint: a new file, to be kept away from the ledger.",
)
@handle_errors
@with_ledger
def checkpoint(ledger: Ledger, key: Path, out: Path) -> None:
    """Sign how far the chain of each station goes now.

    With it, `markcode ledger audit --checkpoint` finds out when what it covers is removed or
    written anew. Make one each day, and keep them where who writes the ledger cannot.
    """
    from markcode.ledger import checkpoints

    made = checkpoints.make(ledger)
    checkpoints.write(made, key, out)
    rows = [(station, f"to entry {seq}") for station, (seq, _) in made.heads.items()]
    click.echo("\n".join([f"{out}: signed at {made.time}", *table(rows, "  ")]))
