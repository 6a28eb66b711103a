"""What may stand once, looked at as it stands: whoever drops a constraint can put it in twice."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from markcode.ledger.audit.report import MOST_FAULTS, Fault
from markcode.ledger.refs import Ref
from markcode.ledger.schema import CLAIM, ENTRY, LEDGER
from markcode.model import Elements

__all__ = ["audit_single"]


def audit_single(connection: Connection) -> Iterator[Fault]:
    """Yield claims that several entries have, and stations that did not make this ledger."""
    yield from _claims(connection)
    yield from _stations(connection)


def _claims(connection: Connection) -> Iterator[Fault]:
    c = CLAIM.c
    key = (c.slot, c.value)
    several = select(*key).group_by(*key).having(func.count() > 1).limit(MOST_FAULTS)
    for slot, value in connection.execute(several).all():
        query = select(c.station, c.seq).where(c.slot == slot, c.value == value)
        first, *others = (Ref(*row) for row in connection.execute(query.order_by(c.station, c.seq)))
        for ref in others:
            if ref != first:  # else its rows were compared with it
                yield Fault("claim.repeated", ref, Elements(first=str(first), value=value))


def _stations(connection: Connection) -> Iterator[Fault]:
    known = set(connection.execute(select(ENTRY.c.station).where(ENTRY.c.seq == 1)).scalars())
    rows = connection.execute(select(LEDGER.c.station).order_by(LEDGER.c.station)).scalars().all()
    there = [name for name in rows if name in known]
    for name in rows:
        if name not in known:
            yield Fault("ledger.unknown", Ref(name, 1))
        elif len(there) > 1:
            yield Fault("ledger.inserted", Ref(name, 1))
