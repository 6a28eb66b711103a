"""Checkpoints: a signed statement of how far each chain goes, kept outside the ledger.

A chain shows that nothing in it was changed, but who can write to a ledger can build a whole new
chain, or remove the newest entries. A checkpoint that lies elsewhere finds both out, as far as it
goes. It is a JSON file::

    {"type": "markcode ledger checkpoint", "version": 1, "time": "2026-11-25T18:00:00Z",
     "heads": {"MVD-1": {"seq": 42, "hash": "9f..."}}, "key": "3c...", "signature": "0a..."}

``heads`` holds, for each station, number and hash of its newest entry; ``key`` is the SHA-256 of
the public key (its 32 bytes), by which one sees which key to take. What is signed (Ed25519, RFC
8032): the object without ``signature``, as JSON with its keys sorted at every depth, ``,`` and
``:`` as separators without spaces, characters outside ASCII unescaped, in UTF-8, without a final
newline. Binary values are in lower-case hexadecimal.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from markcode.errors import LedgerError
from markcode.ledger.keys import create, fingerprint, private_key, public_key
from markcode.ledger.refs import check_station
from markcode.ledger.schema import ENTRY

if TYPE_CHECKING:
    from markcode.ledger.ledger import Ledger

__all__ = ["Checkpoint", "make", "read", "write"]

_TYPE = "markcode ledger checkpoint"
_VERSION = 1
_MOST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Checkpoint:
    """How far each chain went at a time."""

    time: str
    """UTC, ISO 8601."""
    heads: Mapping[str, tuple[int, bytes]]
    """Number and hash of each station's newest entry."""

    def to_dict(self) -> dict[str, Any]:
        """Return what a file says, key and signature apart."""
        heads = {name: {"seq": seq, "hash": own.hex()} for name, (seq, own) in self.heads.items()}
        return {"type": _TYPE, "version": _VERSION, "time": self.time, "heads": heads}


def make(ledger: Ledger) -> Checkpoint:
    """Return how far the chains of a ledger go now."""
    c = ENTRY.c
    newest = select(c.station, func.max(c.seq).label("seq")).group_by(c.station).subquery()
    query = select(c.station, c.seq, c.hash).join(
        newest, (c.station == newest.c.station) & (c.seq == newest.c.seq)
    )
    with ledger.reading() as connection:
        rows = connection.execute(query.order_by(c.station)).all()
    time = ledger.clock().astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Checkpoint(time, {station: (seq, bytes(own)) for station, seq, own in rows})


def write(checkpoint: Checkpoint, key: Path, out: Path) -> None:
    """Sign a checkpoint with the private key of a PEM file, and write it.

    Raises `LedgerError` if ``out`` is there already, or ``key`` is no such key.
    """
    private = private_key(key)
    statement = checkpoint.to_dict() | {"key": fingerprint(private.public_key())}
    signed = statement | {"signature": private.sign(_canonical(statement)).hex()}
    text = json.dumps(signed, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    create(out, text.encode(), 0o644)


def read(file: Path, key: Path) -> Checkpoint:
    """Return the checkpoint of a file whose signature the public key of a PEM file confirms.

    Raises `LedgerError` for a file that is none, was changed, or was signed with another key.
    """
    said = _object(file)
    if said.get("version") != _VERSION:
        raise LedgerError(
            f"{file}: a checkpoint of version {said.get('version')!r}, and this markcode reads "
            f"{_VERSION}: take the markcode that wrote it"
        )
    _verify(file, said, key)
    try:
        heads = {
            check_station(name): (_number(head["seq"]), bytes.fromhex(head["hash"]))
            for name, head in said["heads"].items()
        }
        return Checkpoint(str(said["time"]), heads)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise LedgerError(f"{file}: signed, and yet no checkpoint ({fault})") from fault


def _object(file: Path) -> dict[str, Any]:
    with file.open("rb") as opened:
        raw = opened.read(_MOST_BYTES + 1)
    try:
        said = None if len(raw) > _MOST_BYTES else json.loads(raw)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or said.get("type") != _TYPE:
        raise LedgerError(f"{file}: no checkpoint: `markcode ledger checkpoint` makes them")
    return said


def _verify(file: Path, said: dict[str, Any], key: Path) -> None:
    """Raise `LedgerError` unless the key of a file has signed what is said."""
    from cryptography.exceptions import InvalidSignature

    public = public_key(key)
    statement = {name: value for name, value in said.items() if name != "signature"}
    if said.get("key") != fingerprint(public):
        signer = str(said.get("key"))[:16]
        raise LedgerError(
            f"{file}: signed with another key ({signer}...) than {key} "
            f"({fingerprint(public)[:16]}...)"
        )
    try:
        public.verify(bytes.fromhex(said["signature"]), _canonical(statement))
    except (InvalidSignature, KeyError, TypeError, ValueError) as fault:
        raise LedgerError(
            f"{file}: the signature is wrong: the checkpoint was changed after it was signed"
        ) from fault


def _canonical(statement: Mapping[str, Any]) -> bytes:
    """Return the bytes that are signed."""
    text = json.dumps(statement, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def _number(value: Any) -> int:
    if not isinstance(value, int) or value < 1:
        raise ValueError(f"{value!r} is no number of an entry")
    return value
