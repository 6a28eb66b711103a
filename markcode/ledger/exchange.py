"""Chains as a file: what one ledger gives, and another can take in, or a program of any kind read.

An export is text in UTF-8, one JSON object a line:

- the first line says what it is and which part of which chains follows:
  ``{"markcode_ledger": 1, "chains": {"MVD-1": {"first": 1, "last": 40, "prev": HEX}}}``;
- each entry is a line, chain by chain in the order of the first line:
  ``{"entry": "MVD-1/2", "kind": ..., "time": ..., "about": "MVD-1/1" or null, "data": ...,
  "hash": HEX}``. ``data`` is the exact JSON text, as a text, so that anybody can compute the hash
  anew (`markcode.ledger.chain`). An entry follows the hash in the line before, the first of a chain
  the ``prev`` of the first line;
- the last line closes it: ``{"entries": 40, "sha256": HEX}``, over all lines before. A file that
  was cut off or damaged is refused whole.

The same state of a ledger always gives the same bytes. A name that ends in ``.gz`` is compressed.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import os
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple, NoReturn, TypeAlias

from sqlalchemy import Connection, select

from markcode.errors import LedgerError
from markcode.ledger.chain import START, Entry, head
from markcode.ledger.ledger import Ledger, stations
from markcode.ledger.refs import Ref
from markcode.ledger.schema import ENTRY

__all__ = [
    "VERSION",
    "ExportFile",
    "Exported",
    "Stretch",
    "chains_of",
    "entries_of",
    "export",
    "is_export",
    "write",
]

VERSION = 1
_MARK = "markcode_ledger"
_AT_ONCE = 2_000
_LONGEST = 1 << 26
"""Bytes of one line; more is no export of ours."""
_MAGIC_GZIP = b"\x1f\x8b"


_Stream: TypeAlias = IO[bytes] | io.BufferedIOBase


class Stretch(NamedTuple):
    """A part of a chain: its first and last number, and the hash that its first entry follows."""

    first: int
    last: int
    prev: bytes


@dataclass(frozen=True)
class Exported:
    """What was written."""

    chains: Mapping[str, Stretch]
    entries: int
    sha256: str


def export(
    ledger: Ledger, out: Path, only: Collection[str] = (), after: Sequence[Ref] = ()
) -> Exported:
    """Write chains to a file, beside it first, so that it is never there in part.

    Parameters as for `write`.
    """
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with ledger.reading() as connection, part.open("xb") as file:
            with contextlib.ExitStack() as closing:
                stream: _Stream = file
                if out.suffix == ".gz":
                    packed = gzip.GzipFile("", "wb", 6, file, mtime=0)
                    stream = closing.enter_context(contextlib.closing(packed))
                exported = write(connection, stream, only, after)
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return exported


def write(
    connection: Connection,
    stream: _Stream,
    only: Collection[str] = (),
    after: Sequence[Ref] = (),
) -> Exported:
    """Write chains to a stream: of all stations, or those named, and what follows some entries.

    Raises `LedgerError` for a station or an entry that is not there.
    """
    chains = _wanted(connection, only, after)
    digest = hashlib.sha256()
    entries = 0

    def put(lines: Sequence[str]) -> None:
        piece = "".join(f"{line}\n" for line in lines).encode()
        digest.update(piece)
        stream.write(piece)

    shown = {
        station: {"first": first, "last": last, "prev": prev.hex()}
        for station, (first, last, prev) in chains.items()
    }
    put([_json({_MARK: VERSION, "chains": shown})])
    for station, stretch in chains.items():
        lines = []
        for entry in entries_of(connection, station, stretch.first):
            lines.append(_line(entry))
            if len(lines) == _AT_ONCE:
                put(lines)
                lines.clear()
        put(lines)
        entries += stretch.last - stretch.first + 1
    sha256 = digest.hexdigest()
    stream.write(f"{_json({'entries': entries, 'sha256': sha256})}\n".encode())
    return Exported(chains, entries, sha256)


def chains_of(connection: Connection) -> dict[str, Stretch]:
    """Return the chains of a ledger, whole, by the names of their stations."""
    return {name: Stretch(1, head(connection, name)[0], START) for name in stations(connection)}


def entries_of(connection: Connection, station: str, since: int) -> Iterator[Entry]:
    """Yield the entries of a chain in order, from a number on, some at a time in memory."""
    chain = select(ENTRY).where(ENTRY.c.station == station).order_by(ENTRY.c.seq).limit(_AT_ONCE)
    while rows := connection.execute(chain.where(ENTRY.c.seq >= since)).all():
        yield from map(Entry.of, rows)
        since = rows[-1].seq + 1


def _wanted(
    connection: Connection, only: Collection[str], after: Sequence[Ref]
) -> dict[str, Stretch]:
    chains = chains_of(connection)
    for name in (*only, *(ref.station for ref in after)):
        if name not in chains:
            raise LedgerError(f"no station is called {name}; there are: {', '.join(chains)}")
    for ref in after:
        query = select(ENTRY.c.hash).where(ENTRY.c.station == ref[0], ENTRY.c.seq == ref[1])
        found = connection.execute(query).scalar()
        last = chains[ref.station].last
        if found is None:
            raise LedgerError(f"there is no entry {ref}: the last of that station is {last}")
        chains[ref.station] = Stretch(ref.seq + 1, last, bytes(found))
    return {
        name: stretch
        for name, stretch in chains.items()
        if (name in only or not only) and stretch.last >= stretch.first
    }


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _line(entry: Entry) -> str:
    return _json(
        {
            "entry": f"{entry.station}/{entry.seq}",
            "kind": entry.kind,
            "time": entry.time,
            "about": None if entry.about is None else str(entry.about),
            "data": entry.data,
            "hash": entry.hash.hex(),
        }
    )


def is_export(path: Path) -> bool:
    """Return whether a file begins as an export does."""
    try:
        with _opened(path) as stream:
            return _header(stream.readline(_LONGEST)) is not None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return False


class ExportFile:
    """An export that is whole: read once to its end when it is opened."""

    def __init__(self, path: Path) -> None:
        """Open an export. Raises `LedgerError` for one that is cut off, damaged, or none."""
        self.name = str(path)
        self._starts: dict[str, int] = {}
        self._stream = _opened(path)
        try:
            self.chains = self._check()
        except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
            self.close()
            raise LedgerError(
                f"{path}: is cut off or damaged ({fault}): get the whole file again"
            ) from fault
        except BaseException:
            self.close()
            raise

    def entries(self, station: str, since: int) -> Iterator[Entry]:
        """Yield the entries of a chain in order, from a number on."""
        first, last, prev = self.chains[station]
        self._stream.seek(self._starts[station])
        for seq in range(first, last + 1):
            line = self._stream.readline(_LONGEST)
            if seq < since - 1:
                continue
            entry = self._entry(line, station, seq, prev)
            prev = entry.hash
            if seq >= since:
                yield entry

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def __enter__(self) -> ExportFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check(self) -> dict[str, Stretch]:
        """Read the file to its end, and return its chains. Raises `LedgerError`."""
        digest = hashlib.sha256()
        line = self._stream.readline(_LONGEST)
        chains = _header(line)
        if chains is None:
            raise LedgerError(f"{self.name}: is no export of a ledger (markcode ledger export)")
        number = 1
        for station, (first, last, _) in chains.items():
            digest.update(line)
            self._starts[station] = self._stream.tell()
            for _ in range(last - first):
                digest.update(self._next(number))
                number += 1
            line = self._next(number)
            number += 1
        digest.update(line)
        closing = self._next(number)
        if closing != f"{_json({'entries': number - 1, 'sha256': digest.hexdigest()})}\n".encode():
            self._damaged("its last line does not agree with the lines before")
        if self._stream.read(1):
            self._damaged(f"goes on after its last line, line {number + 1}")
        return chains

    def _next(self, number: int) -> bytes:
        line = self._stream.readline(_LONGEST)
        if not line.endswith(b"\n"):
            self._damaged(f"is cut off after line {number}")
        return line

    def _damaged(self, how: str) -> NoReturn:
        raise LedgerError(f"{self.name}: {how}: get the whole file again; nothing of it was taken")

    def _entry(self, line: bytes, station: str, seq: int, prev: bytes) -> Entry:
        """Return the entry of a line, which must be the one that stands next in its chain."""
        ref = Ref(station, seq)
        try:
            found = json.loads(line)
            about = None if found["about"] is None else Ref.parse(found["about"])
            texts = [found[name] for name in ("entry", "kind", "time", "data")]
            name, kind, time, data = (str(text) for text in texts)
            own = bytes.fromhex(found["hash"])
        except (ValueError, KeyError, TypeError) as fault:
            raise LedgerError(f"{self.name}: the line of {ref} is no entry") from fault
        if name != str(ref):
            raise LedgerError(f"{self.name}: {name} stands where {ref} was expected")
        return Entry(station, seq, kind, time, about, data, prev, own)


def _opened(path: Path) -> io.BufferedIOBase:
    stream = path.open("rb")
    packed = stream.read(2) == _MAGIC_GZIP
    stream.seek(0)
    if not packed:
        return stream
    stream.close()
    return gzip.open(path, "rb")


def _header(line: bytes) -> dict[str, Stretch] | None:
    """Return the chains that a first line announces; None if it is not one of ours."""
    try:
        found = json.loads(line)
        version = found[_MARK]
    except (ValueError, KeyError, TypeError):
        return None
    if version != VERSION:
        raise LedgerError(
            f"an export of version {version}, which this markcode does not know: use a newer one"
        )
    try:
        chains = {
            Ref.parse(f"{station}/{part['first']}").station: Stretch(
                int(part["first"]), int(part["last"]), bytes.fromhex(part["prev"])
            )
            for station, part in found["chains"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return chains if all(first <= last for first, last, _ in chains.values()) else None
