"""What the entries say, read once: against the look-ups, and into the accounts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from markcode.errors import LedgerError
from markcode.ledger.audit.accounts import Accounts
from markcode.ledger.audit.report import Broken, Conflict, Fault
from markcode.ledger.audit.rows import Stored
from markcode.ledger.audit.streams import streamed
from markcode.ledger.claims import Claim
from markcode.ledger.lookups import Entered, JobSlots, claim_row, entered
from markcode.ledger.refs import Ref
from markcode.ledger.schema import CLAIM, ENTRY, MARK, SERIAL
from markcode.model import Elements

__all__ = ["audit_contents", "conflicts_of"]

_NOTHING = Entered([], [], [])


def audit_contents(
    connection: Connection,
    broken: Broken | None = None,
    accounts: Accounts | None = None,
    conflicts: list[Conflict] | None = None,
) -> Iterator[Fault]:
    """Yield entries that say nothing sensible, and rows of the look-ups that no entry made.

    What belongs to ``broken`` entries is passed over. ``accounts`` is told of every entry.
    """
    broken = Broken() if broken is None else broken
    conflicts = conflicts_of(connection) if conflicts is None else conflicts
    for fault in _compared(connection, broken, accounts, _given_up(conflicts)):
        if fault.ref not in broken:
            yield fault
            if fault.code.endswith(".unknown"):
                broken.add(fault)  # One entry that is gone is one fault, not one in each table.


def _compared(
    connection: Connection,
    broken: Broken,
    accounts: Accounts | None,
    given_up: set[tuple[Ref, Claim]],
) -> Iterator[Fault]:
    marks, serials, claims = (Stored(connection, table) for table in (MARK, SERIAL, CLAIM))
    slots = JobSlots(connection)
    for ref, kind, about, data in _entries(connection):
        content, made = None, _NOTHING
        try:
            content = _object(data)
            made = entered(kind, ref, content, slots)
        except (LedgerError, ValueError, KeyError, TypeError) as fault:
            if not _is_of_broken(content, broken):
                yield Fault("entry.content", ref, Elements(detail=_reason(fault)))
            broken.add_entry(ref)
        # SQLite keeps a text in any column; then the chain has named the entry.
        if accounts is not None and content is not None and isinstance(ref.seq, int):
            accounts.add(ref, kind, about, content)
        yield from marks.compare(ref, made.marks)
        yield from serials.compare(ref, made.serials)
        own = [claim_row(c, ref) for c in made.claims if not given_up or (ref, c) not in given_up]
        differing = claims.compare(ref, own)
        # Without its job nobody can say in which slots a mark makes its claims.
        is_lost = broken and kind == "issued" and _is_of_broken(content, broken)
        yield from () if is_lost else differing
    for stored in (marks, serials, claims):
        yield from stored.rest()


def _entries(connection: Connection) -> Iterator[tuple[Ref, str, Ref | None, str]]:
    c = ENTRY.c
    query = select(c.station, c.seq, c.kind, c.about_station, c.about_seq, c.data)
    for rows in streamed(connection, query.order_by(c.station, c.seq)):
        for station, seq, kind, about_station, about_seq, data in rows:
            about = None if about_seq is None else Ref(about_station, about_seq)
            yield Ref(station, seq), kind, about, data


def _object(data: str) -> dict[str, Any]:
    content = json.loads(data)
    if not isinstance(content, dict):
        raise LedgerError("its data are no JSON object")
    return content


def _reason(fault: Exception) -> str:
    if isinstance(fault, json.JSONDecodeError):
        return f"its data are no JSON ({fault.msg}, character {fault.pos + 1})"
    return str(fault).partition(": ")[2] or str(fault)


def _is_of_broken(content: dict[str, Any] | None, broken: Broken) -> bool:
    """Return whether a mark cannot be judged because the entry of its job is at fault."""
    job = None if content is None else content.get("job")
    ref = Ref.found(job) if isinstance(job, str) else None
    return ref is not None and ref in broken


def conflicts_of(connection: Connection) -> list[Conflict]:
    """Return all conflicts, in the order of their entries."""
    c = ENTRY.c
    decided = select(c.about_station, c.about_seq).where(c.kind == "resolved")
    resolved = {tuple(row) for row in connection.execute(decided)}
    query = select(c.station, c.seq, c.about_station, c.about_seq, c.data)
    found = []
    for station, seq, about_station, about_seq, data in connection.execute(
        query.where(c.kind == "conflict").order_by(c.station, c.seq)
    ):
        about = None if about_seq is None else Ref(about_station, about_seq)
        try:
            said = _object(data)
        except ValueError:
            continue  # It is named as an entry.
        holder, slot, value = (str(said.get(name)) for name in ("holder", "slot", "value"))
        is_resolved = (station, seq) in resolved
        found.append(Conflict(Ref(station, seq), about, holder, slot, value, is_resolved))
    return found


def _given_up(conflicts: list[Conflict]) -> set[tuple[Ref, Claim]]:
    """Return the claims that entries do not have, because others held them when they came."""
    return {(c.about, Claim(c.slot, c.value)) for c in conflicts if c.about is not None}
