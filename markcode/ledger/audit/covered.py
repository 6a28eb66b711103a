"""Checkpoints beside the chains: what they cover must be there, and be the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import Connection, select

from markcode.ledger.audit.report import Broken, Fault, StationAccount
from markcode.ledger.checkpoints import Checkpoint
from markcode.ledger.refs import Ref
from markcode.ledger.schema import ENTRY
from markcode.model import Elements

__all__ = ["audit_checkpoints"]


def audit_checkpoints(
    connection: Connection,
    checkpoints: Iterable[Checkpoint],
    broken: Broken,
    stations: dict[str, StationAccount],
) -> Iterator[Fault]:
    """Yield where the chains are not what checkpoints say; ``stations`` learn what is covered.

    Of a chain that was built anew, the checkpoints before tell from where on.
    """
    agreed: dict[str, int] = {}
    for checkpoint in sorted(checkpoints, key=lambda one: one.time):
        for station, (seq, own) in sorted(checkpoint.heads.items()):
            account = stations.setdefault(station, StationAccount())
            fault = _compared(connection, Ref(station, seq), own, checkpoint.time, agreed, account)
            if fault is None or fault.code == "entry.missing":
                account.covered = max(account.covered, seq)
            if fault is None:
                agreed[station] = max(agreed.get(station, 0), seq)
            elif fault.ref not in broken and Ref(station, seq) not in broken:
                broken.add(fault)
                yield fault


def _compared(
    connection: Connection,
    ref: Ref,
    own: bytes,
    time: str,
    agreed: Mapping[str, int],
    account: StationAccount,
) -> Fault | None:
    if ref.seq > account.newest:
        first = Ref(ref.station, account.newest + 1)
        if first == ref:
            return Fault("entry.missing", ref, Elements(time=time, reason="covered"))
        return Fault("entry.missing", first, Elements(time=time, reason="covered_several"), ref)
    query = select(ENTRY.c.hash).where(ENTRY.c.station == ref.station, ENTRY.c.seq == ref.seq)
    if connection.execute(query).scalar() == own:
        return None
    said = Elements(time=time, agreed=agreed.get(ref.station, 0))
    return Fault("entry.rebuilt", ref, said)
