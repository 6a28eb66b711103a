"""What may exist once: a claim is one slot and value, and belongs to one entry.

The database itself refuses a second claim of the same value, whatever two stations do at the same
instant.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ARRAY, Connection, Text, column, func, literal, select
from sqlalchemy.sql.selectable import FromClause

from markcode.ledger import bulk
from markcode.ledger.refs import Ref
from markcode.ledger.schema import CLAIM

__all__ = [
    "SEPARATOR",
    "Claim",
    "claim",
    "claim_value",
    "held",
    "holder",
    "listed",
    "listed_pairs",
    "pieces",
    "slot_number",
]

SEPARATOR = "\x1f"
"""Between the parts of a value."""
_AT_ONCE = 20_000


class Claim(NamedTuple):
    """A slot, by its name, and the value that is claimed in it."""

    slot: str
    value: str


@cache
def slot_number(name: str) -> int:
    """Return the number under which a slot is stored: 6 bytes of the SHA-256 of its name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:6])


def claim_value(parts: Sequence[str]) -> str:
    """Return the value that several texts make together."""
    return SEPARATOR.join(parts)


def claim(connection: Connection, made: Claim, ref: Ref) -> None:
    """Make one claim for an entry. Raises ``sqlalchemy.exc.IntegrityError`` if it is taken."""
    columns: dict[str, list[Any]] = {
        "slot": [slot_number(made.slot)],
        "value": [made.value],
        "station": [ref.station],
        "seq": [ref.seq],
    }
    bulk.insert(connection, CLAIM, columns)


def holder(connection: Connection, made: Claim) -> Ref | None:
    """Return the entry that has a claim; None where it is free."""
    query = select(CLAIM.c.station, CLAIM.c.seq).where(
        CLAIM.c.slot == slot_number(made.slot), CLAIM.c.value == made.value
    )
    row = connection.execute(query).first()
    return None if row is None else Ref(*row)


def held(connection: Connection, slot: str, values: Sequence[str]) -> dict[str, Ref]:
    """Return those of some values of a slot that are taken, and the entries that have them."""
    found: dict[str, Ref] = {}
    for piece in pieces(values):
        given = listed(connection, piece)
        # Joined, SQLite may go through all claims and look each up among the values.
        query = select(CLAIM.c.value, CLAIM.c.station, CLAIM.c.seq).where(
            CLAIM.c.slot == slot_number(slot), CLAIM.c.value.in_(select(given.c.value))
        )
        found |= {value: Ref(station, seq) for value, station, seq in connection.execute(query)}
    return found


def _by_index(connection: Connection) -> None:
    """Let PostgreSQL look each value up, to the end of the transaction.

    It does not know how few of a table some thousand values are, and would rather read all of it.
    """
    for way in ("enable_hashjoin", "enable_mergejoin"):
        connection.execute(select(func.set_config(way, "off", True)))


def listed(connection: Connection, values: Sequence[str]) -> FromClause:
    """Return some texts as a table with one column ``value``, to join with."""
    if connection.dialect.name == "postgresql":
        _by_index(connection)
        given = literal(list(values), ARRAY(Text()))
        each = func.unnest(given).table_valued(column("value", Text(collation="C")), name="given")
        return each.render_derived()
    return func.json_each(json.dumps(list(values))).table_valued(column("value", Text()))


def listed_pairs(connection: Connection, pairs: Sequence[tuple[str, str]]) -> FromClause:
    """Return some pairs of texts as a table with the columns ``one`` and ``other``."""
    if connection.dialect.name == "postgresql":
        _by_index(connection)
        ones, others = ([pair[at] for pair in pairs] for at in (0, 1))
        columns = [literal(texts, ARRAY(Text())) for texts in (ones, others)]
        names = [column(name, Text(collation="C")) for name in ("one", "other")]
        return func.unnest(*columns).table_valued(*names, name="given").render_derived()
    each = func.json_each(json.dumps(list(pairs))).table_valued(column("value", Text()))
    parts = [func.json_extract(each.c.value, f"$[{at}]") for at in (0, 1)]
    return select(parts[0].label("one"), parts[1].label("other")).subquery()


_T = TypeVar("_T")


def pieces(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """Yield values some at a time, as many as one statement takes well."""
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
