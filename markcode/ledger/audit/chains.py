"""The chains: does each entry follow the one before it, and say what its hash was made of?

After a fault the audit goes on from the hash that is stored, so that one changed row is one fault.
Which of two rows is at fault is seen from the row after them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from markcode.ledger.audit.report import Broken, Fault, StationAccount
from markcode.ledger.audit.streams import streamed
from markcode.ledger.chain import START
from markcode.ledger.refs import Ref
from markcode.ledger.schema import ENTRY
from markcode.model import NO_ELEMENTS, Elements

__all__ = ["audit_chains"]

_sha256 = hashlib.sha256
_NEAR = 100
"""How far from its place a moved entry is looked for."""
_SEARCHES = 100
"""How many moved entries of a chain are looked for: of more, only that they are wrong is told."""


def audit_chains(
    connection: Connection,
    broken: Broken | None = None,
    stations: dict[str, StationAccount] | None = None,
) -> Iterator[Fault]:
    """Yield the faults of all chains, in the order of stations and entries.

    ``broken`` learns which entries are at fault, ``stations`` what each station has written.
    """
    broken = Broken() if broken is None else broken
    stations = {} if stations is None else stations
    walk: _Walk | None = None
    query = select(*ENTRY.c).order_by(ENTRY.c.station, ENTRY.c.seq)
    for rows in streamed(connection, query):
        for row in rows:
            if walk is None or row[0] != walk.station:
                if walk is not None:
                    yield from walk.end()
                walk = _Walk(row[0], broken)
                account = stations[str(walk.station)] = StationAccount()
            if not walk.follows(row):
                yield from walk.explain(row)
            account.entries += 1
            account.newest = walk.expected - 1
    if walk is not None:
        yield from walk.end()


class _Walk:
    """One chain, walked from its first entry to its newest."""

    def __init__(self, station: str, broken: Broken) -> None:
        self.station = station
        self.expected = 1
        """The number that comes next."""
        self._broken = broken
        self._last: bytes | None = START
        """What the next entry must follow; None after an entry at fault, whose hash binds none."""
        self._sound: bytes = START
        """Hash of the last entry without a fault."""
        self._before: bytes | None = None
        """What the last entry follows."""
        self._hash: bytes = START
        """Hash of the last entry, as it is stored."""
        self._doubt: int | None = None
        """An entry that does not follow the one before, while it is not known which is wrong."""
        self._gaps: list[tuple[int, int]] = []
        """Numbers that seem to be missing, until a later entry proves that they were there."""
        self._shift = 0
        """By how much the entries are numbered too high from here on."""
        self._moved: int | None = None
        """By how much the last entry was."""
        self._searches = 0

    def follows(self, row: Any) -> bool:
        """Return whether a row is as it must be; then it is the last one."""
        _, seq, _, _, _, _, _, prev, own = row
        if seq != self.expected or prev != self._last or _hash(row, seq - self._shift) != own:
            return False
        self._before, self._last, self._hash, self._sound = prev, own, own, own
        self._moved = None
        self.expected += 1
        return True

    def explain(self, row: Any) -> Iterator[Fault]:
        """Yield what is wrong with a row that does not simply follow, or with the one before."""
        _, seq, _, _, _, _, _, prev, own = row
        if not isinstance(seq, int) or seq < 1:
            yield self._told(Fault("entry.inserted", self._ref(seq), Elements(reason="number")))
            return
        yield from self._settle(row)
        if self._shift and _hash(row, seq) == own:
            self._shift = 0
        if seq > self.expected and seq - 1 >= self.expected:
            self._gaps.append((self.expected, seq - 1))
        if _hash(row, seq - self._shift) == own:
            yield from self._sound_row(row)
        else:
            yield from self._unsound_row(row)
        self._before, self._hash, self.expected = prev, own, seq + 1

    def _sound_row(self, row: Any) -> Iterator[Fault]:
        """Go on from a row whose hash is right, though it does not follow the last one."""
        seq, prev, own = row[1], row[7], row[8]
        is_after_gap, self._moved = bool(self._gaps), None
        yield from self._missing()
        binds = self._last is not None and not is_after_gap and prev != self._last
        if binds and seq == 1:
            yield self._told(Fault("entry.replaced", self._ref(1), Elements(reason="first")))
        if binds and seq > 1:
            self._doubt, self._last = seq, None
        else:
            self._last = self._sound = own

    def _unsound_row(self, row: Any) -> Iterator[Fault]:
        """Name a row whose hash is wrong, unless only its number is, as that of all after it."""
        seq, prev, own = row[1], row[7], row[8]
        by = self._moved_by(row)
        if by is None:
            yield self._edited(row)
        elif self._last is None and self._moved is None and prev in (self._before, self._sound):
            self._renumbered(seq - 1, by, own)
            return
        elif prev == self._before:
            yield self._told(Fault("entry.inserted", self._ref(seq - 1)))
            self._renumbered(seq - 1, by, own)
            return
        elif prev == self._last:
            yield self._put_elsewhere(seq, by)
            self._renumbered(seq, by, own)
            return
        elif by == self._moved and prev == self._hash:
            self._renumbered(seq - 1, by, own)
            return
        else:
            yield self._put_elsewhere(seq, by)
        self._moved, self._last = by, None

    def _renumbered(self, first: int, by: int, own: bytes) -> None:
        """Go on with entries that are all numbered wrongly by the same."""
        self._shift, self._moved, self._last, self._sound = by, None, own, own
        self._gaps.clear()
        self._broken.add_range(self.station, first, float("inf"))

    def _moved_by(self, row: Any) -> int | None:
        """Return by how much the number of a row is too high; None where that is not its fault."""
        self._searches += 1
        if self._searches > _SEARCHES:
            return None
        for distance in range(1, _NEAR + 1):
            for by in (self._shift + distance, self._shift - distance):
                if _hash(row, row[1] - by) == row[8]:
                    return by
        return None

    def _settle(self, row: Any) -> Iterator[Fault]:
        """Name the one of two entries that the row after them shows to be wrong."""
        if self._doubt is None:
            return
        later, self._doubt = self._doubt, None
        if row is None or row[7] == self._hash or row[1] != self.expected:
            follows = Elements(next=str(self._ref(later)), reason="next")
            yield self._told(Fault("entry.replaced", self._ref(later - 1), follows))
        else:
            yield self._told(Fault("entry.replaced", self._ref(later)))

    def _missing(self) -> Iterator[Fault]:
        for first, last in self._gaps:
            ref, until = self._ref(first), self._ref(last)
            if ref == until:
                yield self._told(Fault("entry.missing", ref))
            else:
                yield self._told(Fault("entry.missing", ref, Elements(reason="several"), until))
        self._gaps.clear()

    def end(self) -> Iterator[Fault]:
        """Yield what is known only when no entry follows."""
        yield from self._settle(None)

    def _edited(self, row: Any) -> Fault:
        said = NO_ELEMENTS
        if self._last is not None and _hash(row, row[1] - self._shift, self._last) == row[8]:
            said = Elements(reason="before")
        return self._told(Fault("entry.edited", self._ref(row[1]), said))

    def _put_elsewhere(self, seq: int, by: int) -> Fault:
        was = Elements(was=str(self._ref(seq - by)))
        return self._told(Fault("entry.moved", self._ref(seq), was))

    def _ref(self, seq: Any) -> Ref:
        return Ref(self.station, seq)

    def _told(self, fault: Fault) -> Fault:
        """Return a fault, whose entries are remembered."""
        self._broken.add(fault)
        return fault


def _hash(row: Any, number: int, follows: bytes | None = None) -> bytes | None:
    """Return what the hash of a row must be, if it has this number and follows this hash.

    The same as `chain.entry_hash`, without a call for its parts.
    """
    station, _, kind, time, about_station, about_seq, data, prev, _ = row
    # Half a name is no name: it must not hash like none.
    is_named = about_seq is not None or about_station is not None
    named = f"{about_station}/{about_seq}" if is_named else ""
    text = f"{station}\x1f{number}\x1f{kind}\x1f{time}\x1f{named}\x1f{data}"
    try:
        before = prev if follows is None else follows
        return _sha256(before + text.encode("utf-8", "surrogatepass")).digest()
    except TypeError:  # SQLite keeps a text in any column.
        return None
