"""What the entries say, read once: against the look-ups, and into the accounts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from markcode.errors import LedgerError
from markcode.ledger.audit.accounts import Accounts
from markcode.ledger.audit.report import Broken, Conflict, Fault
from markcode.ledger.audit.rows import Stored
from markcode.ledger.audit.streams import streamed
from markcode.ledger.claims import SEPARATOR, Claim, holder
from markcode.ledger.lookups import ClaimRow, Entered, JobSlots, claim_row, entered
from markcode.ledger.refs import Ref
from markcode.ledger.schema import CLAIM, ENTRY, MARK, SERIAL, of_kind
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
    for fault in _compared(connection, broken, accounts, _Contested(conflicts)):
        if fault.ref not in broken:
            yield fault
            if fault.code.endswith(".unknown"):
                broken.add(fault)  # One entry that is gone is one fault, not one in each table.


def _compared(
    connection: Connection,
    broken: Broken,
    accounts: Accounts | None,
    contested: _Contested,
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
        differing = claims.compare(ref, *contested.sorted_out(ref, made.claims))
        # Without its job nobody can say in which slots a mark makes its claims.
        is_lost = broken and kind == "issued" and _is_of_broken(content, broken)
        yield from () if is_lost else differing
    for stored in (marks, serials, claims):
        yield from stored.rest()
    yield from contested.lost(connection)


class _Contested:
    """The claims that conflicts name: in each ledger the entry that came first there has them."""

    def __init__(self, conflicts: Iterable[Conflict]) -> None:
        self._made_by: dict[Claim, set[Ref]] = {}
        self._met: dict[Claim, Ref] = {}
        """Those that an entry of this ledger makes."""
        for conflict in conflicts:
            refs = self._made_by.setdefault(Claim(conflict.slot, conflict.value), set())
            refs.update(ref for ref in conflict.sides if ref is not None)

    def sorted_out(self, ref: Ref, made: Iterable[Claim]) -> tuple[list[ClaimRow], list[ClaimRow]]:
        """Return the rows that an entry must have by its claims, and those that it may have."""
        if not self._made_by:
            return [claim_row(claim, ref) for claim in made], []
        must, may = [], []
        for claim in made:
            if ref in self._made_by.get(claim, ()):
                may.append(claim_row(claim, ref))
                self._met.setdefault(claim, ref)
            else:
                must.append(claim_row(claim, ref))
        return must, may

    def lost(self, connection: Connection) -> Iterator[Fault]:
        """Yield the claims that none of those has who make them."""
        for claim, ref in self._met.items():
            if holder(connection, claim) is None:
                entered = ", ".join((claim.slot, *claim.value.split(SEPARATOR)))
                yield Fault("claim.missing", ref, Elements(entered=entered))


def _entries(connection: Connection) -> Iterator[tuple[Ref, str, Ref | None, str]]:
    c = ENTRY.c
    query = select(c.station, c.seq, c.kind, c.about_station, c.about_seq, c.data)
    for rows in streamed(connection, query.order_by(c.station, c.seq)):
        for station, seq, kind, about_station, about_seq, data in rows:
            about = None if about_seq is None else Ref(about_station, about_seq)
            yield Ref(station, seq), kind, about, data


def _object(data: str) -> dict[str, Any]:
    try:
        content = json.loads(data)
    except RecursionError as fault:
        raise LedgerError("its data are nested too deeply") from fault
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
    """Return all conflicts, in the order of their entries.

    What is decided about one entry is decided about the two that it names: ledgers that merge each
    other write it down on both sides.
    """
    c = ENTRY.c
    decided = select(c.about_station, c.about_seq).where(of_kind("resolved"))
    resolved = {tuple(row) for row in connection.execute(decided)}
    query = select(c.station, c.seq, c.about_station, c.about_seq, c.data)
    found = []
    for station, seq, about_station, about_seq, data in connection.execute(
        query.where(of_kind("conflict")).order_by(c.station, c.seq)
    ):
        about = None if about_seq is None else Ref(about_station, about_seq)
        try:
            said = _object(data)
        except (LedgerError, ValueError, TypeError):
            continue  # It is named as an entry.
        held, slot, value = (str(said.get(name)) for name in ("holder", "slot", "value"))
        is_resolved = (station, seq) in resolved
        found.append(Conflict(Ref(station, seq), about, held, slot, value, is_resolved))
    pairs = {conflict.sides for conflict in found if conflict.resolved}
    return [replace(one, resolved=one.sides in pairs) for one in found]
