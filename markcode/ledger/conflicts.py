"""Two entries that claim what may exist once: which they are, and what people decide about them.

A merge writes a ``conflict`` entry about the entry that came later, and names the one that has the
claim. Ledgers that merge each other find the same two entries, each from its own side: a conflict
is the pair, however often and in whichever order it was written down, and what is decided about one
of these entries is decided about the pair. Nothing is overwritten or taken back: a decision is an
entry too, and a claim stays where it is even if its holder becomes void, since a void number is
never used again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from sqlalchemy import Connection, select

from markcode.errors import LedgerError
from markcode.ledger import claims
from markcode.ledger.chain import Chain, Entry, hold
from markcode.ledger.claims import SEPARATOR, Claim
from markcode.ledger.refs import Ref
from markcode.ledger.schema import ENTRY, of_kind

__all__ = ["Conflict", "Decision", "Side", "conflicts", "resolve"]

Decision = Literal["void", "same-arm", "both"]
_TEXTS = {
    "series": "{name} {pattern} {first} to {last}",
    "block": "{series} {first} to {last} for {station}",
    "drawn": "{series} {first} to {last}",
    "job": "{job}",
}
"""What claims something and is no mark, for people."""
_ASKED = 500
"""Entries that one statement asks for by their numbers."""


@dataclass(frozen=True)
class Side:
    """One of the two entries."""

    ref: Ref
    entry: Entry | None
    """None where the chain that it stands in has not come here yet."""

    @property
    def is_mark(self) -> bool:
        """Whether it is the entry of a mark."""
        return self.entry is not None and self.entry.kind == "issued"

    @property
    def text(self) -> str:
        """What it is about, for people."""
        if self.entry is None:
            return "not in this ledger"
        content = self.entry.content
        if self.is_mark:
            return " ".join(content["lines"])
        template = _TEXTS.get(self.entry.kind)
        return self.entry.data if template is None else template.format(**content)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        entry = self.entry
        return {
            "entry": str(self.ref),
            "station": self.ref.station,
            "kind": None if entry is None else entry.kind,
            "time": None if entry is None else entry.time,
            "text": None if entry is None else self.text,
        }


@dataclass(frozen=True)
class Conflict:
    """Two entries that claim the same."""

    refs: tuple[Ref, ...]
    """All entries that say so; it is called by the first."""
    claims: tuple[Claim, ...]
    holder: Side
    """The one that came first in this ledger."""
    later: Side
    decision: Mapping[str, Any] | None = None
    """What the ``resolved`` entry says; None while it is open."""

    @property
    def ref(self) -> Ref:
        """What it is called."""
        return self.refs[0]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "conflict": str(self.ref),
            "claims": [
                {"slot": slot, "value": value.split(SEPARATOR)} for slot, value in self.claims
            ],
            "holder": self.holder.to_dict(),
            "later": self.later.to_dict(),
            "decision": None if self.decision is None else dict(self.decision),
        }


@dataclass
class _Pair:
    refs: list[Ref] = field(default_factory=list)
    claims: dict[Claim, None] = field(default_factory=dict)
    decision: Mapping[str, Any] | None = None


def conflicts(connection: Connection, *, decided: bool = False) -> list[Conflict]:
    """Return the conflicts that are open; with ``decided`` those that are not, instead."""
    pairs = {
        pair: found
        for pair, found in _pairs(connection).items()
        if (found.decision is not None) == decided
    }
    entries = _entries(connection, {ref for pair in pairs for ref in pair})
    holders = _holders(connection, pairs.values())
    found = []
    for (one, other), pair in pairs.items():
        has = {holders.get(claim) for claim in pair.claims}
        first, then = (other, one) if other in has and one not in has else (one, other)
        holder, later = (Side(ref, entries.get(ref)) for ref in (first, then))
        found.append(Conflict(tuple(pair.refs), tuple(pair.claims), holder, later, pair.decision))
    return found


def resolve(
    chain: Chain, conflict: Ref, decision: Decision, *, void: Ref | None = None, note: str = ""
) -> Ref:
    """Write down what was decided about a conflict, and return the ``resolved`` entry.

    ``void``: one of the two marks, named by ``void``, is not to be used, now and ever.
    ``same-arm``: both marks are of one arm. ``both``: both exist, and stand.

    Raises `LedgerError` for a conflict that is not there or was decided before, and for a decision
    that does not fit it.
    """
    if decision not in get_args(Decision):
        raise LedgerError(f"{decision!r} is no decision: {', '.join(get_args(Decision))}")
    hold(chain.connection, "resolving")
    found = _open(chain.connection, conflict)
    said: dict[str, Any] = {"decision": decision}
    if decision == "void":
        said["entry"] = str(_make_void(chain, found, void, note))
    elif decision == "same-arm":
        _put_together(chain, found, note)
    return chain.append("resolved", said | _noted(note), conflict)


def _open(connection: Connection, ref: Ref) -> Conflict:
    for found in conflicts(connection):
        if ref in found.refs:
            return found
    for found in conflicts(connection, decided=True):
        if ref in found.refs and found.decision is not None:
            raise LedgerError(
                f"{ref}: was decided before, as {found.decision['decision']} "
                f"({found.decision['by']}); what was decided stays"
            )
    raise LedgerError(f"{ref}: is no conflict; `markcode ledger resolve` lists them")


def _make_void(chain: Chain, conflict: Conflict, ref: Ref | None, note: str) -> Ref:
    sides = {side.ref: side for side in (conflict.holder, conflict.later)}
    if ref is None or ref not in sides:
        names = " or ".join(map(str, sides))
        raise LedgerError(f"{conflict.ref}: say which of the two is void: {names}")
    _need_marks(conflict, [sides[ref]])
    chain.append("void", _noted(note), ref)
    return ref


def _put_together(chain: Chain, conflict: Conflict, note: str) -> None:
    _need_marks(conflict, [conflict.holder, conflict.later])
    holder = conflict.holder
    # An arm is named by its first mark.
    arm = (holder.entry and holder.entry.about) or holder.ref
    chain.append("same-arm", {"arm": str(arm)} | _noted(note), conflict.later.ref)


def _need_marks(conflict: Conflict, sides: Iterable[Side]) -> None:
    for side in sides:
        if not side.is_mark:
            raise LedgerError(
                f"{conflict.ref}: {side.ref} is no mark in this ledger, so it can only be "
                "decided that both stand (--both)"
            )


def _noted(note: str) -> dict[str, str]:
    return {"note": note} if note else {}


def _pairs(connection: Connection) -> dict[tuple[Ref, Ref], _Pair]:
    """Return all pairs that were ever found, and what was decided, in the order of recording."""
    pairs: dict[tuple[Ref, Ref], _Pair] = defaultdict(_Pair)
    named: dict[Ref, _Pair] = {}
    for entry in _recorded(connection, "conflict"):
        if entry.about is None:
            continue
        said = entry.content
        one, other = sorted((entry.about, Ref.parse(said["holder"])))
        pair = named[entry.ref] = pairs[one, other]
        pair.refs.append(entry.ref)
        pair.claims[Claim(said["slot"], said["value"])] = None
    for entry in _recorded(connection, "resolved"):
        decided = named.get(entry.about) if entry.about is not None else None
        if decided is not None and decided.decision is None:
            decided.decision = {**entry.content, "by": str(entry.ref), "time": entry.time}
    return dict(pairs)


def _recorded(connection: Connection, kind: str) -> Iterator[Entry]:
    order = (ENTRY.c.time, ENTRY.c.station, ENTRY.c.seq)
    query = select(ENTRY).where(of_kind(kind)).order_by(*order)
    return map(Entry.of, connection.execute(query))


def _holders(connection: Connection, pairs: Iterable[_Pair]) -> dict[Claim, Ref]:
    by_slot: dict[str, list[str]] = defaultdict(list)
    for slot, value in (claim for pair in pairs for claim in pair.claims):
        by_slot[slot].append(value)
    return {
        Claim(slot, value): ref
        for slot, values in by_slot.items()
        for value, ref in claims.held(connection, slot, values).items()
    }


def _entries(connection: Connection, refs: Iterable[Ref]) -> dict[Ref, Entry]:
    by_station: dict[str, list[int]] = defaultdict(list)
    for station, seq in sorted(refs):
        by_station[station].append(seq)
    return {
        entry.ref: entry
        for station, seqs in by_station.items()
        for at in range(0, len(seqs), _ASKED)
        for entry in _some(connection, station, seqs[at : at + _ASKED])
    }


def _some(connection: Connection, station: str, seqs: Sequence[int]) -> Iterator[Entry]:
    query = select(ENTRY).where(ENTRY.c.station == station, ENTRY.c.seq.in_(seqs))
    return map(Entry.of, connection.execute(query))
