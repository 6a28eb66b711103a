"""What other stations have written, brought into a ledger.

Each entry is taken once, in the order of its station's chain, after its hash was computed anew.
Nothing that is here is ever changed. A merge that was stopped is run again, and goes on where it
was; two at the same time wait for each other.

What may exist once stays with the entry that came first *in this ledger*: of two ledgers that merge
each other, each keeps its own. The entry that came later is taken all the same, since it happened,
and a ``conflict`` entry in the chain of the station that merges names both
(`markcode.ledger.conflicts`).

A ``merged`` entry says what came from where, in the transaction in which it came. Where only the
records of other merges came (``merged`` and ``conflict`` entries) there is none: two ledgers that
merge each other by turns would else never be done.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from markcode.errors import LedgerError, LedgerUnreachable
from markcode.ledger.chain import Chain, Entry, head, hold, to_json
from markcode.ledger.claiming import Clash, Made, claim_first, overlapping
from markcode.ledger.incoming import Source, news, opened
from markcode.ledger.ledger import Ledger
from markcode.ledger.lookups import JobSlots, MarkRow, SerialRow, entered, put
from markcode.ledger.refs import Ref
from markcode.ledger.schema import ENTRY, MARK, SERIAL

__all__ = ["Merged", "merge"]

AT_ONCE = 5_000
"""Entries of one transaction."""
_RECORDS_OF_MERGES = ("merged", "conflict")
_READ: Mapping[str, Mapping[str, Callable[[Any], Any]]] = {
    "conflict": {"slot": str, "value": str, "holder": Ref.parse},
    "resolved": {"decision": str},
    "same-arm": {"arm": Ref.parse},
    "registered": {"first": range, "last": range, "marks": range},
}
"""What is read of entries that make no claims, and what reads it, or would."""

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Merged:
    """What a merge has done."""

    source: str
    chains: Mapping[str, tuple[int, int]]
    """First and last entry that came, by station."""
    entries: int
    conflicts: tuple[Ref, ...]
    """The ``conflict`` entries that were written."""
    refused: Mapping[str, str]
    """Why a chain was not taken, or not to its end, by station."""


def merge(
    ledger: Ledger, source: str, *, adopt_own: bool = False, progress: Progress | None = None
) -> Merged:
    """Bring what another ledger or an export holds into a ledger.

    A chain that is broken, or has another history than ours, is refused and named, the others are
    taken. With ``adopt_own``, entries of the own station that this ledger has lost are taken back.

    Raises `LedgerError` where nothing can be merged; where the source holds entries of the own
    station that are not here: to write anything would then begin a second history.
    """
    with ledger.writing():
        pass  # Whoever cannot write is told before a long source is read.
    with opened(source, ledger.clock) as found, _alone(ledger):
        return _Merge(ledger, found, adopt_own, progress or (lambda *_: None)).run()


@contextlib.contextmanager
def _alone(ledger: Ledger) -> Iterator[None]:
    """Let merges wait for each other, so that none holds a chain that the other waits for."""
    if ledger.engine.dialect.name == "sqlite":
        yield  # Writers take turns anyway, and a long reader would let the log grow.
        return
    with ledger.reading() as connection:
        hold(connection, "merging")
        yield


class _Merge:
    """One merge, some entries of one or more chains at a time."""

    def __init__(self, ledger: Ledger, source: Source, adopt_own: bool, progress: Progress) -> None:
        self._ledger, self._source, self._progress = ledger, source, progress
        self._adopt_own = adopt_own
        self._waiting: dict[str, list[Entry]] = {}
        self._count = 0
        self._chains: dict[str, tuple[int, int]] = {}
        self._conflicts: list[Ref] = []
        self._refused: dict[str, str] = {}
        self._entries = 0

    def run(self) -> Merged:
        """Take all chains, the own first: it must be whole before anything is added to it."""
        own = self._ledger.station
        for station in sorted(self._source.chains, key=lambda name: (name != own, name)):
            incoming = news(self._source, station, self._ledger)
            if station == own and not self._adopt_own:
                incoming = self._nothing(incoming)
            self._take(station, incoming)
            if station == own:
                self._write()
        self._write()
        return Merged(
            self._source.name,
            self._chains,
            self._entries,
            tuple(self._conflicts),
            dict(sorted(self._refused.items())),
        )

    def _nothing(self, incoming: Iterator[Entry]) -> Iterator[Entry]:
        """Raise `_Behind` if the source holds entries of the own station that are not here."""
        for entry in incoming:
            raise _Behind(
                f"{self._source.name} holds entries of station {entry.station}, which is this "
                f"ledger's own, from {entry.seq} on, and this ledger has lost them: was it "
                f"restored from an older backup? If no other computer works as {entry.station}, "
                "take them back with --adopt-own before anything new is written; nothing was "
                "merged"
            )
        yield from ()

    def _take(self, station: str, incoming: Iterable[Entry]) -> None:
        """Take what comes of one chain, up to where it is refused."""
        try:
            for entry in incoming:
                self._waiting.setdefault(station, []).append(entry)
                self._count += 1
                # Nothing may be added to the own chain before all of it is back.
                if self._count >= AT_ONCE and station != self._ledger.station:
                    self._write()
                if station in self._refused:
                    return
        except (LedgerUnreachable, _Behind):
            raise
        except LedgerError as fault:
            self._refused[station] = str(fault)

    def _write(self) -> None:
        """Write what is waiting, in one transaction."""
        runs, self._waiting, self._count = self._waiting, {}, 0
        if not runs:
            return
        with self._ledger.writing() as chain:
            for station in sorted(runs):
                hold(chain.connection, f"station {station}")
            batch = self._batch(chain.connection, runs)
            clashes = _put(chain.connection, batch)
            if chain.station in runs:
                chain = Chain(chain.connection, chain.station, chain.time)
            self._record(chain, batch.entries, clashes)
        self._progress(self._entries, None)

    def _batch(self, connection: Connection, runs: Mapping[str, Sequence[Entry]]) -> _Batch:
        """Return what the entries enter into the tables; a chain ends where one cannot be read."""
        batch, slots = _Batch(), JobSlots(connection)
        for station, run in runs.items():
            try:
                for entry in _not_here(connection, run):
                    batch.add(entry, slots)
            except LedgerError as fault:
                self._refused[station] = (
                    f"{self._source.name}: {fault}; nothing of station {station} from there on "
                    "was taken"
                )
        return batch

    def _record(self, chain: Chain, entries: Sequence[Entry], clashes: Sequence[Clash]) -> None:
        """Say in the own chain what came, and what clashed."""
        came: dict[str, tuple[int, int]] = {}
        for entry in entries:
            first, _ = came.get(entry.station, (entry.seq, 0))
            came[entry.station] = (first, entry.seq)
        if any(entry.kind not in _RECORDS_OF_MERGES for entry in entries):
            chain.append("merged", {"source": self._source.name, "chains": came})
        first = chain.append_many("conflict", [_said(one) for one in clashes], _refs(clashes))
        self._conflicts += [Ref(chain.station, first + at) for at in range(len(clashes))]
        self._entries += len(entries)
        for station, (first, last) in came.items():
            self._chains[station] = (self._chains.get(station, (first, 0))[0], last)


class _Behind(LedgerError):
    """The source holds more of the own chain than the ledger."""


class _Batch:
    """Entries, and all that they enter into the look-ups."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.marks: list[MarkRow] = []
        self.serials: list[SerialRow] = []
        self.claims: list[Made] = []
        self.blocks: list[tuple[Ref, Mapping[str, Any]]] = []

    def add(self, entry: Entry, slots: JobSlots) -> None:
        """Add one entry. Raises `LedgerError` where its content is not as it must be."""
        ref = entry.ref
        try:
            content = entry.content
        except (ValueError, RecursionError) as fault:
            raise LedgerError(f"{ref}: its data is no JSON") from fault
        if not isinstance(content, dict):
            raise LedgerError(f"{ref}: its data is no JSON object")
        rows = entered(entry.kind, ref, content, slots)
        try:
            if entry.kind == "job":
                slots.learn(ref, content)
            elif entry.kind in _READ:
                _read(entry.kind, content)
            elif entry.kind == "block":
                self.blocks.append((ref, {**content, "last": int(content["last"])}))
        except (ValueError, TypeError, KeyError) as fault:
            raise LedgerError(f"{ref}: is no well-formed {entry.kind}") from fault
        self.entries.append(entry)
        self.marks += rows.marks
        self.serials += rows.serials
        self.claims += [Made(claim, ref) for claim in rows.claims]


def _read(kind: str, content: Mapping[str, Any]) -> None:
    """Raise an error where what others will read of an entry is not there, or not of its type."""
    for name, read in _READ[kind].items():
        read(content[name])


def _not_here(connection: Connection, run: Sequence[Entry]) -> Iterable[Entry]:
    """Return the entries that have not come meanwhile by another way."""
    last, own = head(connection, run[0].station)
    rest = run[max(0, last - run[0].seq + 1) :]
    if rest and rest[0].prev != own:
        raise LedgerError(f"station {rest[0].station} has written here meanwhile: merge again")
    return rest


def _put(connection: Connection, batch: _Batch) -> list[Clash]:
    """Write entries and look-ups, and return the claims that are taken."""
    rows = [
        (
            one.station,
            one.seq,
            one.kind,
            one.time,
            *(one.about or (None, None)),
            one.data,
            one.prev,
            one.hash,
        )
        for one in batch.entries
    ]
    put(connection, ENTRY, rows)
    put(connection, MARK, batch.marks)
    put(connection, SERIAL, batch.serials)
    clashes = claim_first(connection, batch.claims)
    return clashes + overlapping(connection, batch.blocks)


def _said(clash: Clash) -> str:
    (slot, value), _, holder = clash
    return to_json({"slot": slot, "value": value, "holder": str(holder)})


def _refs(clashes: Sequence[Clash]) -> list[Ref]:
    return [clash.ref for clash in clashes]
