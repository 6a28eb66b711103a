"""Marks of a ledger as they are typed, and as they are listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from markcode import notation
from markcode_cli.ledger.words import Words
from markcode_cli.output import print_json, visible

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from markcode.ledger.finding import Found
    from markcode.ledger.refs import Ref

__all__ = ["found_by", "one_mark", "print_found"]


def found_by(connection: Connection, typed: str) -> list[Found]:
    """Return the marks that are just what was typed: an entry, a mark or a serial."""
    from markcode.ledger.finding import How, find

    return list(find(connection, notation.unescape(typed), How.EXACT))


def one_mark(
    connection: Connection, typed: str, field: str = "mark", code: str = "event.mark"
) -> Ref:
    """Return the mark that was typed. Raises `EventRefused` where it is none, or several.

    ``field`` says what it was typed as, and ``code`` what it is no mark for.
    """
    from markcode.ledger.refused import EventRefused

    found = found_by(connection, typed)
    if len(found) == 1:
        return found[0].mark
    if not found:
        raise EventRefused(field, code, value=typed, reason="mark")
    names = [str(one.mark) for one in found[:5]] + ["..."] * (len(found) > 5)
    raise EventRefused(field, code, value=typed, marks=names, reason="several")


def print_found(found: Sequence[Found], words: Words, as_json: bool = False) -> None:
    """Print marks, one a line: name, text and state."""
    for one in found:
        if as_json:
            print_json({"mark": str(one.mark), "text": one.text, "state": str(one.state)})
        else:
            click.echo(f"{one.mark}  {visible(one.text)}  {words.state(one.state)}")
