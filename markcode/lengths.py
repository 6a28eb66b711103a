"""Lengths as whole nanometres, from exact decimal text, never through float (contracts.md 1).

>>> parse("0.0625in"), parse("1.6mm"), parse("76.2um")
(1587500, 1600000, 76200)
>>> to_text(1_587_500)
'1.5875 mm'
"""

from __future__ import annotations

import re
from functools import lru_cache

from markcode.errors import LengthError

__all__ = ["NM_PER_MM", "LengthError", "mm", "parse", "to_text"]

NM_PER_MM = 1_000_000
_UNITS = {"nm": 1, "um": 1_000, "µm": 1_000, "mm": NM_PER_MM, "cm": 10_000_000, "in": 25_400_000}
_LENGTH = re.compile(r"([0-9]{0,9}(?:\.[0-9]{0,12})?) ?(nm|um|µm|mm|cm|in)", re.ASCII)


def parse(text: str) -> int:
    """Return the length in nanometres. Raises `LengthError`."""
    match = _LENGTH.fullmatch(text.strip())
    if match is None or not match[1].strip("."):
        raise LengthError(f"{text!r} is not a length: write a number and mm, um, nm, cm or in")
    from decimal import Decimal

    nanometres = Decimal(match[1]) * _UNITS[match[2]]
    if nanometres != nanometres.to_integral_value():
        raise LengthError(f"{text!r} is finer than one nanometre")
    return int(nanometres)


@lru_cache(maxsize=1 << 16)  # a drawing has tens of thousands of corners, many of them alike
def mm(nanometres: int) -> str:
    """Return the millimetres as exact decimal text without a unit.

    >>> mm(400_000), mm(-1_587_500)
    ('0.4', '-1.5875')
    """
    whole, part = divmod(abs(nanometres), NM_PER_MM)
    text = f"{whole}.{part:06d}".rstrip("0") if part else str(whole)
    return f"-{text}" if nanometres < 0 else text


def to_text(nanometres: int) -> str:
    """Return the length as a person reads it, in millimetres."""
    return f"{mm(nanometres)} mm"
