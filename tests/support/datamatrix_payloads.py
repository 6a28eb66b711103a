"""Random payloads of every kind that a Data Matrix may hold."""

from __future__ import annotations

import random
import string

from markcode import Payload

MARK = string.digits + string.ascii_uppercase
KINDS = {
    "digits": string.digits,
    "mark": MARK,
    "mark with signs": MARK + "  -/.",
    "punctuation": "!\"#$%&'()*+,-./:;<=>?@[\\]^_ AB12",
    "both cases": "abcdefABCDEF0123456789 -",
    "lower case": "abcdefghij 0123",
    "X12": "\r*> ABC0123",
    "EDIFACT": "@A1^B2?C3+D ",
    "ASCII": "".join(map(chr, range(128))),
    "Latin-1": "".join(map(chr, range(32, 256))),
    "Latin-1 and letters": "ABC\xe912\xffabc",
    "other scripts": "ABC\u0416\u03a912abc",
}


def text(rng: random.Random, length: int, kind: str | None = None) -> str:
    """Return text of one kind, or of pieces of several kinds."""
    if kind is not None:
        return "".join(rng.choices(KINDS[kind], k=length))
    made = ""
    while len(made) < length:
        piece = rng.choice([*KINDS] if rng.random() < 0.05 else [*KINDS][:9])
        made += text(rng, rng.randrange(1, 12), piece)
    return made[:length]


def payload(rng: random.Random, most: int) -> Payload:
    """Return any payload of at most so many characters: text, message, GS1 data, bytes."""
    length = rng.randrange(1, most + 1)
    made = text(rng, length, rng.choice([*KINDS, None, None, None]))
    chance = rng.random()
    if chance < 0.1:
        return Payload(f"[)>\x1e0{rng.choice('56')}\x1d{made}\x1e\x04")
    if chance < 0.2 and made.isascii():
        made = made.replace(" ", "\x1d").lstrip("\x1d")
        return Payload(made or "A", gs1=True)
    if chance < 0.25:
        return Payload(rng.randbytes(length))
    return Payload(made)


def bytes_of(payload: Payload) -> bytes:
    """Return the bytes that a reader must find."""
    if isinstance(payload.data, bytes):
        return payload.data
    try:
        return payload.data.encode("latin-1")
    except UnicodeEncodeError:
        return payload.data.encode("utf-8")
