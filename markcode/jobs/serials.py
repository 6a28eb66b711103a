"""Serial numbers that we issue: a literal prefix and a counter in a chosen alphabet.

The counter is the number itself, written in the base of the alphabet with the least character for
nought, so ``--first 1`` in decimal digits gives ``A000001``. Nought is never issued.

>>> plan = Serials.parse("A{6}", "digits")
>>> plan.text(1), plan.text(42), plan.last
('A000001', 'A000042', 999999)

A candidate whose check character is a look-alike or ``*`` is skipped and counted; which one that is
only the format knows, so the batch asks `is_doubtful`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from markcode.errors import MarkcodeError
from markcode.notation import DIGITS, UPPER
from markcode.reference.lookalikes import LOOKALIKES, SAFE_ALPHABET

__all__ = ["ALPHABETS", "SerialError", "Serials", "is_doubtful"]

_PATTERN = re.compile(r"([^{}]*)\{([0-9]{1,3})\}")
_MOST = 40
"""Characters of the counter; more than any mark could bear."""

_NAMED = {"safe": SAFE_ALPHABET, "digits": DIGITS, "alphanumeric": DIGITS + UPPER}
ALPHABETS = tuple(_NAMED)
"""Named alphabets; ``safe`` is the one without look-alikes."""


class SerialError(MarkcodeError, ValueError):
    """Serial numbers cannot be generated as asked, or have run out."""


@dataclass(frozen=True)
class Serials:
    """A plan of serial numbers."""

    prefix: str
    length: int
    """Characters after the prefix."""
    alphabet: str
    """The characters, least first."""
    name: str = ""
    """The alphabet as the operator gave it."""

    @classmethod
    def parse(cls, pattern: str, alphabet: str = "safe") -> Serials:
        """Read a pattern such as ``A{6}``. Raises `SerialError`."""
        match = _PATTERN.fullmatch(pattern)
        if match is None or not 1 <= int(match[2]) <= _MOST:
            raise SerialError(
                f"serial pattern {pattern!r} is not a prefix and a number of characters in "
                f"braces (1 to {_MOST}), such as 'A{{6}}'"
            )
        return cls(match[1], int(match[2]), _alphabet(alphabet), alphabet)

    @property
    def pattern(self) -> str:
        """The pattern as it is typed."""
        return f"{self.prefix}{{{self.length}}}"

    @property
    def last(self) -> int:
        """The greatest number that the pattern can hold."""
        return int(len(self.alphabet) ** self.length) - 1

    def text(self, number: int) -> str:
        """Return the serial of a number. Raises `SerialError` when the pattern is used up."""
        if not 1 <= number <= self.last:
            raise SerialError(
                f"serial numbers have run out: {self.pattern} with this alphabet holds "
                f"numbers 1 to {self.last}, and number {number} was asked for; take a longer "
                "pattern or another prefix"
            )
        characters = []
        rest = number
        for _ in range(self.length):
            rest, digit = divmod(rest, len(self.alphabet))
            characters.append(self.alphabet[digit])
        return self.prefix + "".join(reversed(characters))


def _alphabet(given: str) -> str:
    if given in _NAMED:
        return _NAMED[given]
    if len(given) < 2 or len(set(given)) != len(given) or not all("!" <= c <= "~" for c in given):
        raise SerialError(
            f"serial alphabet {given!r} is none of {', '.join(ALPHABETS)}, nor two or more "
            "different ASCII characters, least first"
        )
    return given


def is_doubtful(check: str | None) -> bool:
    """Return whether a check is ``*`` or easily misread, so that no number is issued with it."""
    return check is not None and any(char == "*" or char in LOOKALIKES for char in check)
