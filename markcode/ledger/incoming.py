"""What a merge reads: another ledger or an export, compared with ours and verified.

The hash of an entry stands for all that came before it. So where source and ledger agree on the
last entry that both have, they agree on all before, and only what follows needs to be read.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, select

from markcode.errors import LedgerError
from markcode.ledger import database
from markcode.ledger.chain import START, Entry, entry_hash, head
from markcode.ledger.exchange import ExportFile, Stretch, chains_of, entries_of, is_export
from markcode.ledger.ledger import Clock, Ledger
from markcode.ledger.refs import Ref
from markcode.ledger.schema import ENTRY

__all__ = ["Source", "news", "opened"]

_KIND = re.compile(r"[a-z][a-z0-9-]{0,39}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?Z")
_SQLITE = b"SQLite format 3\0"


class Source(Protocol):
    """Chains that may hold what we lack."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def chains(self) -> Mapping[str, Stretch]:
        """Which part of which chains it holds."""

    def entries(self, station: str, since: int) -> Iterator[Entry]:
        """Yield the entries of a chain in order, from a number on; nothing is verified yet."""


class _LedgerSource:
    """Another ledger, in one state throughout."""

    def __init__(self, connection: Connection, name: str) -> None:
        self.name = name
        self.chains = chains_of(connection)
        self._connection = connection

    def entries(self, station: str, since: int) -> Iterator[Entry]:
        return entries_of(self._connection, station, since)


@contextlib.contextmanager
def opened(place: str, clock: Clock) -> Iterator[Source]:
    """Open the file of an export, a SQLite file, or the URL of a ledger, to read it.

    Raises `LedgerError` for anything else.
    """
    if "://" not in place and not _is_sqlite(Path(place)):
        if not is_export(Path(place)):
            raise LedgerError(f"{place}: is neither a ledger nor an export of one")
        with ExportFile(Path(place)) as file:
            yield file
        return
    name = database.shown(place) if "://" in place else place
    with Ledger(place, clock) as ledger, ledger.reading() as connection:
        yield _LedgerSource(connection, name)


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE


def news(source: Source, station: str, ledger: Ledger) -> Iterator[Entry]:
    """Yield the entries of a station that a ledger lacks, in order, each verified.

    Raises `LedgerError` where the next entry cannot be taken, or none can: what was yielded before
    stands.
    """
    stretch = source.chains[station]
    with ledger.reading() as connection:
        last, _ = head(connection, station)
        if stretch.first > last + 1:
            raise LedgerError(
                f"the entries {last + 1} to {stretch.first - 1} of station {station} are missing: "
                f"{source.name} begins with {stretch.first}"
            )
        shared = min(last, stretch.last)
        here = _hash_at(connection, station, shared)
    entries = source.entries(station, shared)
    there = stretch.prev
    if shared >= stretch.first:
        entry = next(entries, None)
        there = b"" if entry is None or entry.seq != shared else entry.hash
    if here != there:
        raise LedgerError(_parting(source, station, ledger))
    yield from _verified(entries, Ref(station, shared), there, source.name)


def _verified(entries: Iterator[Entry], last: Ref, prev: bytes, name: str) -> Iterator[Entry]:
    """Yield the entries that follow one in unbroken order."""
    seq = last.seq
    for entry in entries:
        seq += 1
        fault = _fault(entry, seq, prev)
        if fault is not None:
            raise LedgerError(
                f"{name}: {fault}; nothing of station {last.station} from there on was taken"
            )
        yield entry
        prev = entry.hash


def _fault(entry: Entry, seq: int, prev: bytes) -> str | None:
    """Return what is wrong with an entry that must be the next of its chain."""
    kind, time = entry.kind, entry.time
    if entry.seq != seq:
        return f"the entry {entry.station}/{seq} is missing"
    own = entry_hash(prev, entry.station, seq, kind, time, entry.about, entry.data)
    if entry.prev != prev or own != entry.hash:
        return f"the entry {entry.ref} is not what its hash says: it was changed"
    # The hash tells the parts of an entry from each other only where they are well-formed.
    if _KIND.fullmatch(kind) is None or _TIME.fullmatch(time) is None:
        return f"the entry {entry.ref} is not of the form of an entry"
    if seq == 1 and kind != "station":
        return f"the entry {entry.ref} is not of the kind station, with which every chain begins"
    return None


def _parting(source: Source, station: str, ledger: Ledger) -> str:
    """Return how the chain of a station differs from ours, where it does."""
    first, _, prev = source.chains[station]
    with ledger.reading() as connection:
        if prev != _hash_at(connection, station, first - 1):
            return _two_histories(station, f"before entry {first}")
        seq = first
        ours = entries_of(connection, station, first)
        for here, there in zip(ours, source.entries(station, first), strict=False):
            fault = _fault(there, seq, prev)
            if fault is not None:
                return f"{source.name}: {fault}; nothing of station {station} was taken"
            if here.hash != there.hash:
                break
            prev = there.hash
            seq += 1
        return _two_histories(station, f"from entry {seq} on")


def _two_histories(station: str, where: str) -> str:
    return (
        f"station {station} has two histories, {where}: one here, another there. Two computers "
        "have worked under its name, or one of the ledgers was changed (markcode ledger audit); "
        "nothing of it was taken"
    )


def _hash_at(connection: Connection, station: str, seq: int) -> bytes:
    if seq == 0:
        return START
    query = select(ENTRY.c.hash).where(ENTRY.c.station == station, ENTRY.c.seq == seq)
    found = connection.execute(query).scalar()
    return b"" if found is None else bytes(found)
