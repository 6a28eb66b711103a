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
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from markcode.errors import LedgerError, MissingExtra
from markcode.ledger.refs import check_station
from markcode.ledger.schema import ENTRY

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

    from markcode.ledger.ledger import Ledger

__all__ = ["Checkpoint", "keygen", "make", "read", "write"]

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
    private = _private(key)
    statement = checkpoint.to_dict() | {"key": _fingerprint(private.public_key())}
    signed = statement | {"signature": private.sign(_canonical(statement)).hex()}
    text = json.dumps(signed, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    _create(out, text.encode(), 0o644)


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

    public = _public(key)
    statement = {name: value for name, value in said.items() if name != "signature"}
    if said.get("key") != _fingerprint(public):
        signer = str(said.get("key"))[:16]
        raise LedgerError(
            f"{file}: signed with another key ({signer}...) than {key} "
            f"({_fingerprint(public)[:16]}...)"
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


def keygen(file: Path) -> Path:
    """Make a private key for checkpoints, and write it and its public key beside it.

    The private key (PKCS #8, PEM, not encrypted) can be read by its owner alone. Returns the file
    of the public key, ``KEY.pub.pem`` for ``KEY.pem``. Raises `LedgerError` where one of the two is
    there already: a key is never overwritten.
    """
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    except ModuleNotFoundError as fault:
        raise MissingExtra("cryptography", "ledger") from fault
    public_file = file.with_name(f"{file.name.removesuffix('.pem')}.pub.pem")
    if public_file.exists():
        raise _there(public_file)
    private = Ed25519PrivateKey.generate()
    secret = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    shared = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    _create(file, secret, 0o600)
    _create(public_file, shared, 0o644)
    return public_file


def _create(file: Path, content: bytes, mode: int) -> None:
    """Write a new file. Raises `LedgerError` if it is there."""
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        opened = os.open(file, flags, mode)
    except FileExistsError as fault:
        raise _there(file) from fault
    with os.fdopen(opened, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _there(file: Path) -> LedgerError:
    return LedgerError(f"{file}: is there already, and is not overwritten: choose another name")


def _private(file: Path) -> Ed25519PrivateKey:
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ModuleNotFoundError as fault:
        raise MissingExtra("cryptography", "ledger") from fault
    try:
        key = load_pem_private_key(file.read_bytes(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        # From None: what the parser says could hold a part of the key.
        raise LedgerError(
            f"{file}: no private Ed25519 key in PEM: make one with `markcode ledger keygen`"
        ) from None
    return key


def _public(file: Path) -> Ed25519PublicKey:
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
    except ModuleNotFoundError as fault:
        raise MissingExtra("cryptography", "ledger") from fault
    try:
        key = load_pem_public_key(file.read_bytes())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise LedgerError(
            f"{file}: no public Ed25519 key in PEM: take the .pub.pem beside the key that signed"
        ) from None
    return key


def _fingerprint(public: Ed25519PublicKey) -> str:
    return hashlib.sha256(public.public_bytes_raw()).hexdigest()
