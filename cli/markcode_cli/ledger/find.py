"""`markcode ledger find`: marks by what is known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from markcode import notation
from markcode_cli.ledger.marks import print_found
from markcode_cli.ledger.opening import with_ledger
from markcode_cli.ledger.words import Words
from markcode_cli.options import handle_errors, language_option

if TYPE_CHECKING:
    from markcode.ledger import Ledger

__all__ = ["find"]


@click.command()
@click.argument("query", metavar="QUERY")
@click.option("--exact", "how", flag_value="exact", help="QUERY has no wildcards.")
@click.option("--like", "how", flag_value="like", help="_ is any character, % any number of them.")
@click.option("--folded", "how", flag_value="folded", help="Look-alikes are the same: 0 and O.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    help="The most marks to list.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@language_option
@click.pass_context
@handle_errors
@with_ledger
def find(
    ctx: click.Context,
    /,
    query: str,
    how: str | None,
    limit: int,
    as_json: bool,
    lang: str,
    ledger: Ledger,
) -> None:
    """Find marks: by their text, a serial, or a part of either.

    QUERY is the name of an entry, a mark or a serial as stamped or as typed. ? is any character, *
    any number of them; a mark that bears ? or * is found with --exact, or with --like. A space
    stands for the end of a line. A QUERY without a fixed beginning reads all marks.

    Prints name, text and state. Exit status 0 if there is one, 1 if there is none.
    """
    from markcode.ledger import finding

    asked = notation.unescape(query)
    words = Words(lang)
    chosen = None if how is None else finding.How(how)
    with ledger.reading() as connection:
        count = 0
        for found in finding.find(connection, asked, chosen, limit):
            print_found([found], words, as_json)
            count += 1
    if count == limit:
        click.echo(f"markcode: there may be more than {limit}: see --limit", err=True)
    ctx.exit(0 if count else 1)
