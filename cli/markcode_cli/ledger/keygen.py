"""`markcode ledger keygen`: a key to sign checkpoints with."""

from __future__ import annotations

from pathlib import Path

import click

from markcode_cli.options import handle_errors

__all__ = ["keygen"]


@click.command()
@click.argument("key", metavar="KEY.pem", type=click.Path(path_type=Path))
@handle_errors
def keygen(key: Path) -> None:
    """Make a key to sign checkpoints with.

    KEY.pem is the private key: keep it secret, and away from the ledger. KEY.pub.pem beside it is
    for all who audit. Neither is ever overwritten.
    """
    from markcode.ledger import keys

    public = keys.keygen(key)
    click.echo(f"private key  {key}\npublic key   {public}")
