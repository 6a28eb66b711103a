"""`markcode ledger merge`: what other stations have written, into this ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from markcode_cli.ledger.opening import with_ledger
from markcode_cli.options import handle_errors
from markcode_cli.output import paragraph, print_json, visible
from markcode_cli.progress import Progress

if TYPE_CHECKING:
    from markcode.ledger import Ledger
    from markcode.ledger.merging import Merged

__all__ = ["merge", "merge_into"]


@click.command()
@click.argument("source", metavar="SOURCE")
@with_ledger
@click.option(
    "--adopt-own",
    is_flag=True,
    help="Take back entries of the own station that this ledger has lost.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was done as one JSON object.")
@click.pass_context
@handle_errors
def merge(
    ctx: click.Context, /, source: str, ledger: Ledger, adopt_own: bool, as_json: bool
) -> None:
    """Bring in what other stations have written.

    SOURCE is another ledger (a SQLite file, or a URL) or an export of one. Every entry is verified;
    what is here already is skipped, and nothing here is changed. Entries that claim the same are
    both kept, and listed by `markcode ledger resolve`.

    Exit status 0; 1 with conflicts, or if a chain was refused; 2 if nothing could be merged.
    """
    ctx.exit(merge_into(ledger, source, adopt_own, as_json))


def merge_into(ledger: Ledger, source: str, adopt_own: bool, as_json: bool) -> int:
    """Merge, say what came of it, and return the exit status."""
    from markcode.ledger.merging import merge

    with Progress("entries taken", "entries taken") as progress:
        merged = merge(ledger, source, adopt_own=adopt_own, progress=progress)
    if as_json:
        print_json(
            {
                "source": merged.source,
                "entries": merged.entries,
                "chains": {name: list(part) for name, part in merged.chains.items()},
                "conflicts": [str(ref) for ref in merged.conflicts],
                "refused": dict(merged.refused),
            }
        )
    else:
        click.echo("\n".join(_lines(merged)))
    return 1 if merged.conflicts or merged.refused else 0


def _lines(merged: Merged) -> list[str]:
    lines = paragraph(f"{merged.entries} new entries from {visible(merged.source)}", "", "  ")
    lines += [f"  {name}  {first} to {last}" for name, (first, last) in merged.chains.items()]
    for name, reason in merged.refused.items():
        lines += paragraph(f"refused {name}: {visible(reason)}", "", "  ")
    count = len(merged.conflicts)
    if count:
        first, last = merged.conflicts[0], merged.conflicts[-1]
        entries = f"{first}" if count == 1 else f"{first} to {last}"
        lines += paragraph(
            f"{count} conflict{'' if count == 1 else 's'}, {entries}; see `markcode ledger "
            "resolve`",
            "",
            "  ",
        )
    return lines
