"""`markcode result`: what marking machines and readers say of a job."""

from __future__ import annotations

import click

from markcode_cli.lazy import LazyGroup

__all__ = ["result"]

COMMANDS = ("import",)


@click.group(
    cls=LazyGroup,
    package="markcode_cli.result",
    commands_in_order=COMMANDS,
    no_args_is_help=True,
)
def result() -> None:
    """Take what marking machines and readers say of a job into the ledger."""
