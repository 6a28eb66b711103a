"""`markcode ledger import`: an export of another ledger into this one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from markcode.errors import LedgerError
from markcode_cli.ledger.merge import merge_into
from markcode_cli.ledger.opening import with_ledger
from markcode_cli.options import handle_errors

if TYPE_CHECKING:
    from markcode.ledger import Ledger

__all__ = ["import_"]


@click.command("import")
@click.argument("source", metavar="FILE")
@with_ledger
@click.option(
    "--adopt-own",
    is_flag=True,
    help="Take back entries of the own station that this ledger has lost.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was done as one JSON object.")
@click.pass_context
@handle_errors
def import_(
    ctx: click.Context, /, source: str, ledger: Ledger, adopt_own: bool, as_json: bool
) -> None:
    """Take in a file that `markcode ledger export` has made.

    Exit status 0; 1 with conflicts, or if a chain was refused; 2 if nothing could be taken.
    """
    from markcode.ledger.exchange import is_export

    if not is_export(Path(source)):
        raise LedgerError(f"{source}: is no export of a ledger (markcode ledger export)")
    ctx.exit(merge_into(ledger, source, adopt_own, as_json))
