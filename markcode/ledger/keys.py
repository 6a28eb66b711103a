"""Ed25519 keys in PEM files: the private one signs checkpoints, the public one checks them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from markcode.errors import LedgerError, MissingExtra

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

__all__ = ["create", "fingerprint", "keygen", "private_key", "public_key"]


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
    create(file, secret, 0o600)
    create(public_file, shared, 0o644)
    return public_file


def create(file: Path, content: bytes, mode: int) -> None:
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


def private_key(file: Path) -> Ed25519PrivateKey:
    """Return the private key of a PEM file. Raises `LedgerError` if it holds none."""
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


def public_key(file: Path) -> Ed25519PublicKey:
    """Return the public key of a PEM file. Raises `LedgerError` if it holds none."""
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


def fingerprint(public: Ed25519PublicKey) -> str:
    """Return the SHA-256 of a public key, by which one sees which key it is."""
    return hashlib.sha256(public.public_bytes_raw()).hexdigest()
