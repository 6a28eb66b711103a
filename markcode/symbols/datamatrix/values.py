"""What a character becomes in each encodation: ISO/IEC 16022:2006, 5.2.5 to 5.2.8, annex C.

Each table has 257 entries: the values of the bytes 0 to 255, then of FNC1. None: the encodation
has no form of that character.

>>> C40[ord("A")], C40[ord("a")], TEXT[ord("a")], C40[FNC1], X12[ord("a")]
((14,), (2, 1), (14,), (1, 27), None)
>>> EDIFACT[ord("A")], C40[0xC1]  # the upper shift, then A
((1,), (1, 30, 14))
"""

from __future__ import annotations

import string

__all__ = ["C40", "EDIFACT", "FNC1", "TEXT", "X12", "Table"]

Table = tuple[tuple[int, ...] | None, ...]

FNC1 = 256
"""FNC1 among the characters."""

# Values that say in which set the next one is.
_SHIFT_1, _SHIFT_2, _SHIFT_3 = 0, 1, 2
_FNC1, _UPPER_SHIFT = 27, 30

_FIRST_BASIC = 3
_CONTROLS = "".join(map(chr, range(32)))
_MARKS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_"


def _three_sets(basic: str, third: str) -> Table:
    """Return C40 or Text (table C.1): a basic set, and three that need a shift."""
    values: dict[int, tuple[int, ...]] = {FNC1: (_SHIFT_2, _FNC1)}
    for value, char in enumerate(basic, _FIRST_BASIC):
        values[ord(char)] = (value,)
    for shift, chars in ((_SHIFT_1, _CONTROLS), (_SHIFT_2, _MARKS), (_SHIFT_3, third)):
        for value, char in enumerate(chars):
            values[ord(char)] = (shift, value)
    for byte in range(128):
        values[128 + byte] = (_SHIFT_2, _UPPER_SHIFT, *values[byte])
    return tuple(values[byte] for byte in range(FNC1 + 1))


def _one_set(values: dict[int, int]) -> Table:
    return tuple((values[char],) if char in values else None for char in range(FNC1 + 1))


C40: Table = _three_sets(
    " " + string.digits + string.ascii_uppercase, "`" + string.ascii_lowercase + "{|}~\x7f"
)
TEXT: Table = _three_sets(
    " " + string.digits + string.ascii_lowercase, "`" + string.ascii_uppercase + "{|}~\x7f"
)
X12: Table = _one_set(
    {ord(c): v for v, c in enumerate("\r*> " + string.digits + string.ascii_uppercase)}
)
EDIFACT: Table = _one_set({char: char & 0x3F for char in range(32, 95)})
