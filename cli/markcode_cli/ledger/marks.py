"""Marks of a ledger as they are typed, and as they are listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from markcode import notation
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


def one_mark(connection: Connection, typed: str) -> Ref:
    """Return the mark that was typed. Raises `LedgerError` where it is none, or several."""
    from markcode.errors import LedgerError

    found = found_by(connection, typed)
    if len(found) == 1:
        return found[0].mark
    if not found:
        raise LedgerError(f"{typed!r} is no mark or serial of this ledger")
    names = ", ".join(str(one.mark) for one in found[:5])
    more = ", ..." if len(found) > 5 else ""
    raise LedgerError(f"{typed!r} may be several marks; name one of {names}{more}")


def print_found(found: Sequence[Found], as_json: bool = False) -> None:
    """Print marks, one a line: name, text and state."""
    for one in found:
        if as_json:
            print_json({"mark": str(one.mark), "text": one.text, "state": str(one.state)})
        else:
            click.echo(f"{one.mark}  {visible(one.text)}  {one.state}")
