"""The chain of a station: each entry carries the hash of the one before it.

The hash of an entry is SHA-256 over the hash before it and all that the entry says, so that no
entry can be changed, taken out, put in or moved without breaking the chain at that place. The first
entry follows 32 zero bytes. Each station has a chain of its own: stations do not wait for each
other, and work apart for days.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from markcode.errors import LedgerError
from markcode.ledger import bulk
from markcode.ledger.refs import Ref
from markcode.ledger.schema import ENTRY

__all__ = ["START", "Chain", "Entry", "entry_hash", "entry_of", "head", "linked", "to_json"]

START = bytes(32)
"""What the first entry of a chain follows."""

_sha256 = hashlib.sha256


@dataclass(frozen=True)
class Entry:
    """One entry as it is stored."""

    station: str
    seq: int
    kind: str
    time: str
    about: Ref | None
    data: str
    """JSON text."""
    prev: bytes
    hash: bytes

    @property
    def ref(self) -> Ref:
        """The entry's name."""
        return Ref(self.station, self.seq)

    @property
    def content(self) -> dict[str, Any]:
        """What it says, as an object."""
        found: dict[str, Any] = json.loads(self.data)
        return found

    @classmethod
    def of(cls, row: Any) -> Entry:
        """Return the entry of a row of `ENTRY`, all its columns in order."""
        station, seq, kind, time, about_station, about_seq, data, prev, own = row
        about = None if about_seq is None else Ref(about_station, about_seq)
        return cls(station, seq, kind, time, about, data, bytes(prev), bytes(own))


def to_json(data: Mapping[str, Any]) -> str:
    """Return the text of an entry's data."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def entry_hash(
    prev: bytes, station: str, seq: int, kind: str, time: str, about: Ref | None, data: str
) -> bytes:
    """Return the hash of an entry that follows the one with the hash ``prev``."""
    # None of these parts can hold the separator U+001F: names are checked, and JSON escapes it.
    named = "" if about is None else f"{about[0]}/{about[1]}"
    text = f"{station}\x1f{seq}\x1f{kind}\x1f{time}\x1f{named}\x1f{data}"
    return _sha256(prev + text.encode("utf-8", "surrogatepass")).digest()


def linked(
    prev: bytes,
    station: str,
    first: int,
    kind: str,
    time: str,
    abouts: Iterable[Ref | None],
    datas: Sequence[str],
) -> list[bytes]:
    """Return the hashes of entries of one kind that follow each other, as `entry_hash` makes them.

    >>> hashes = linked(START, "A", 1, "seen", "", [None], ["{}"])
    >>> hashes == [entry_hash(START, "A", 1, "seen", "", None, "{}")]
    True
    """
    before, between = f"{station}\x1f", f"\x1f{kind}\x1f{time}\x1f"
    hashes = []
    for seq, (about, data) in enumerate(zip(abouts, datas, strict=True), start=first):
        named = "" if about is None else f"{about[0]}/{about[1]}"
        text = f"{before}{seq}{between}{named}\x1f{data}"
        prev = _sha256(prev + text.encode("utf-8", "surrogatepass")).digest()
        hashes.append(prev)
    return hashes


def entry_of(connection: Connection, ref: Ref) -> Entry:
    """Return one entry. Raises `LedgerError` where there is none."""
    query = select(ENTRY).where(ENTRY.c.station == ref.station, ENTRY.c.seq == ref.seq)
    row = connection.execute(query).first()
    if row is None:
        raise LedgerError(f"there is no entry {ref}")
    return Entry.of(row)


def head(connection: Connection, station: str) -> tuple[int, bytes]:
    """Return number and hash of a station's last entry; 0 and `START` where there is none."""
    last = (
        select(ENTRY.c.seq, ENTRY.c.hash)
        .where(ENTRY.c.station == station)
        .order_by(ENTRY.c.seq.desc())
        .limit(1)
    )
    row = connection.execute(last).first()
    return (0, START) if row is None else (row.seq, bytes(row.hash))


class Chain:
    """A station's chain, held for one transaction: nobody else adds to it meanwhile."""

    def __init__(self, connection: Connection, station: str, time: str) -> None:
        self.connection, self.station, self.time = connection, station, time
        hold(connection, f"station {station}")
        self._seq, self._hash = head(connection, station)

    @property
    def next(self) -> int:
        """The number of the next entry."""
        return self._seq + 1

    def append(self, kind: str, data: Mapping[str, Any], about: Ref | None = None) -> Ref:
        """Add one entry and return its name."""
        first = self.append_many(kind, [to_json(data)], None if about is None else [about])
        return Ref(self.station, first)

    def append_many(
        self, kind: str, datas: Sequence[str], abouts: Sequence[Ref | None] | None = None
    ) -> int:
        """Add entries of one kind, their data as JSON text, and return the number of the first."""
        about = [None] * len(datas) if abouts is None else abouts
        hashes = linked(self._hash, self.station, self.next, kind, self.time, about, datas)
        return self._insert(bulk.same(kind, len(datas)), datas, about, hashes)

    def append_each(
        self, kinds: Sequence[str], datas: Sequence[str], abouts: Sequence[Ref | None]
    ) -> int:
        """Add entries, each of its own kind, and return the number of the first."""
        prev, hashes = self._hash, list[bytes]()
        for seq, one in enumerate(zip(kinds, abouts, datas, strict=True), start=self.next):
            kind, about, data = one
            prev = entry_hash(prev, self.station, seq, kind, self.time, about, data)
            hashes.append(prev)
        return self._insert(kinds, datas, abouts, hashes)

    def _insert(
        self,
        kinds: Sequence[str],
        datas: Sequence[str],
        abouts: Sequence[Ref | None],
        hashes: Sequence[bytes],
    ) -> int:
        first, count = self.next, len(datas)
        if not count:
            return first
        columns = {
            "station": bulk.same(self.station, count),
            "seq": list(range(first, first + count)),
            "kind": kinds,
            "time": bulk.same(self.time, count),
            "about_station": [None if ref is None else ref[0] for ref in abouts],
            "about_seq": [None if ref is None else ref[1] for ref in abouts],
            "data": datas,
            "prev": [self._hash, *hashes[:-1]],
            "hash": hashes,
        }
        bulk.insert(self.connection, ENTRY, columns)
        self._seq, self._hash = first + count - 1, hashes[-1]
        return first


def hold(connection: Connection, what: str) -> None:
    """Wait until no other transaction holds ``what``, and hold it to the end of this one.

    SQLite has one writer at a time, so there is nothing to wait for.
    """
    if connection.dialect.name == "postgresql":
        key = func.hashtextextended(what, 0)
        connection.execute(select(func.pg_advisory_xact_lock(key)))
    elif connection.dialect.name != "sqlite":
        raise LedgerError(f"a ledger cannot be kept in {connection.dialect.name}")
