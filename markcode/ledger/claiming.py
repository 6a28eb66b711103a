"""Claims of entries that have happened elsewhere: first come, first kept, and every clash is named.

`markcode.ledger.claims` refuses a claim that is taken, which stops whoever wanted to issue. A merge
cannot stop: what it brings exists.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from markcode.ledger import claims
from markcode.ledger.claims import Claim
from markcode.ledger.lookups import claim_row, number_value, put
from markcode.ledger.refs import Ref
from markcode.ledger.schema import CLAIM, ENTRY

__all__ = ["Clash", "Made", "claim_first", "overlapping"]


class Made(NamedTuple):
    """A claim and the entry that makes it."""

    claim: Claim
    ref: Ref


class Clash(NamedTuple):
    """A claim that an entry could not have, and the entry that has it."""

    claim: Claim
    ref: Ref
    holder: Ref


def claim_first(connection: Connection, made: Sequence[Made]) -> list[Clash]:
    """Make all claims that are free, and return those that are not."""
    clashes: list[Clash] = []
    while made:
        try:
            with connection.begin_nested():
                put(connection, CLAIM, [claim_row(*one) for one in made])
            break
        except IntegrityError:
            # Another one may have been made meanwhile: until none is refused.
            free, taken = _sorted_out(connection, made)
            if not taken:
                raise
            made = free
            clashes += taken
    return clashes


def _sorted_out(connection: Connection, made: Sequence[Made]) -> tuple[list[Made], list[Clash]]:
    """Return which claims are free, and which are taken: here, or by one before."""
    by_slot: dict[str, list[str]] = defaultdict(list)
    for (slot, value), _ in made:
        by_slot[slot].append(value)
    holders = {
        Claim(slot, value): ref
        for slot, values in by_slot.items()
        for value, ref in claims.held(connection, slot, values).items()
    }
    free, taken = [], []
    for one in made:
        holder = holders.setdefault(one.claim, one.ref)
        if holder == one.ref:
            free.append(one)
        else:
            taken.append(Clash(*one, holder))
    return free, taken


def overlapping(
    connection: Connection, blocks: Sequence[tuple[Ref, Mapping[str, Any]]]
) -> list[Clash]:
    """Return the blocks of numbers that share numbers with another one that begins elsewhere.

    They are given after they were claimed; two that begin at the same number clash by their claim.
    """
    return [clash for ref, block in blocks for clash in _overlaps(connection, ref, block)]


def _overlaps(connection: Connection, ref: Ref, block: Mapping[str, Any]) -> list[Clash]:
    series, first, last = block["series"], block["first"], block["last"]
    start = number_value(series, first)
    of_blocks = CLAIM.c.slot == claims.slot_number("block")
    others = select(CLAIM.c.value, CLAIM.c.station, CLAIM.c.seq).where(of_blocks)
    inside = others.where(CLAIM.c.value > start, CLAIM.c.value <= number_value(series, last))
    before = (
        others.where(CLAIM.c.value >= number_value(series, 0), CLAIM.c.value < start)
        .order_by(CLAIM.c.value.desc())
        .limit(1)
    )
    found = list(connection.execute(inside))
    found += [row for row in connection.execute(before) if _last(connection, row) >= first]
    return [Clash(Claim("block", value), ref, Ref(station, seq)) for value, station, seq in found]


def _last(connection: Connection, row: Any) -> int:
    query = select(ENTRY.c.data).where(ENTRY.c.station == row.station, ENTRY.c.seq == row.seq)
    return int(json.loads(connection.execute(query).scalar_one())["last"])
