"""The command `markcode`: a group whose commands are imported only when they are used."""

from __future__ import annotations

import io
import sys
from typing import Any

import click

from markcode_cli.lazy import LazyGroup
from markcode_cli.options import handle_errors

__all__ = ["main", "markcode"]

COMMANDS = (
    "formats",
    "encode",
    "verify",
    "check",
    "compare",
    "check-size",
    "read",
    "equipment",
    "preview",
    "batch",
    "ticket",
    "ledger",
    "result",
    "vectors",
)
"""In the order of the help; each is the command of that name in the module of that name."""


class Program(LazyGroup):
    """The whole command line, which ends as contracts.md section 7 says."""

    @handle_errors
    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command line and exit; a fault is one line on standard error."""
        extra["prog_name"] = extra.get("prog_name") or "markcode"
        # Outside standalone mode click raises its faults instead of printing several lines.
        extra["standalone_mode"] = False
        status = super().main(*args, **extra)
        raise SystemExit(status if isinstance(status, int) else 0)


def _version(ctx: click.Context, _param: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        import markcode as library

        click.echo(f"markcode {library.__version__}")
        ctx.exit()


@click.group(
    cls=Program,
    package="markcode_cli",
    commands_in_order=COMMANDS,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_version,
    help="Show the version and exit.",
)
def markcode() -> None:
    """Generate and verify firearm marking codes.

    Exit status: 0 all valid, 1 not all, 2 wrong use or unreadable input, 130 interrupted.
    Control characters are typed {GS} {RS} {EOT} {FNC1}; a brace itself is {{.
    """


def main() -> None:
    """Run `markcode`: the console script."""
    for stream in (sys.stdout, sys.stderr):
        # Marks and messages are UTF-8 in every pipe, on Windows too; what cannot be encoded (a
        # stray surrogate of a file name) is shown escaped rather than ending the run.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    markcode()


if __name__ == "__main__":
    main()
