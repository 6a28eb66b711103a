"""`markcode ledger`: what was issued, struck, and became of it."""

from __future__ import annotations

import click

from markcode_cli.lazy import LazyGroup

__all__ = ["ledger"]

COMMANDS = (
    "init",
    "series",
    "block",
    "issue",
    "show",
    "find",
    "event",
    "export",
    "import",
    "merge",
    "resolve",
    "audit",
    "checkpoint",
    "keygen",
    "backup",
    "restore",
    "stats",
    "retention",
)


@click.group(
    cls=LazyGroup,
    package="markcode_cli.ledger",
    commands_in_order=COMMANDS,
    no_args_is_help=True,
)
def ledger() -> None:
    """Keep the record of what was issued, struck, and became of it.

    The ledger is one SQLite file (markcode.db here, if nothing is said), or a PostgreSQL database
    that many stations share: --ledger postgresql+psycopg://USER@HOST/DATABASE, or MARKCODE_LEDGER.
    """
