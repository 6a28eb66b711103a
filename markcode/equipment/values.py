"""Which texts a machine can take, declared once: what is outside refuses the row.

Nothing is quoted or escaped to make a text fit, because machines would mark the quotes.

>>> Values(forbidden=',"%').fault("A,1")
Fault(reason='character', at=1, character=',')
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

__all__ = ["FORMULA", "Fault", "Values"]

FORMULA = "=+-@"
"""A spreadsheet takes what begins with one of these for a formula."""
_LINE_ENDS = "\u2028\u2029"


class Fault(NamedTuple):
    """Why a machine cannot take a text; ``at`` counts characters from 0."""

    reason: str
    at: int = 0
    character: str = ""


@dataclass(frozen=True)
class Values:
    """The texts that a machine takes."""

    alphabet: str = "ascii"
    """``ascii``, ``unicode``, or the character encoding of the file, such as ``cp1252``."""
    forbidden: str = ""
    """Characters that the file cannot carry."""
    formula: bool = True
    """Whether a text that a spreadsheet would take for a formula is refused."""
    empty: bool = False
    """Whether a mark may leave a text out."""
    most: int | None = None
    """The most characters."""

    def fault(self, text: str) -> Fault | None:
        """Return why the machine cannot take a text; None if it can.

        Reasons: absent, formula, control, not_ascii, encoding, character, long.
        """
        if not text:
            return None if self.empty else Fault("absent")
        if self.formula and text[0] in FORMULA:
            return Fault("formula", 0, text[0])
        for at, char in enumerate(text):
            if char < " " or "\x7f" <= char <= "\x9f" or char in _LINE_ENDS:
                return Fault("control", at, char)
            if char > "\x7f" and not _is_in(self.alphabet, char):
                return Fault("not_ascii" if self.alphabet == "ascii" else "encoding", at, char)
            if char in self.forbidden:
                return Fault("character", at, char)
        if self.most is not None and len(text) > self.most:
            return Fault("long", self.most, text[self.most])
        return None


@lru_cache(maxsize=1 << 12)
def _is_in(alphabet: str, char: str) -> bool:
    """Return whether an alphabet has a character, and gives the same one back."""
    encoding = "utf-8" if alphabet == "unicode" else alphabet
    try:
        return char.encode(encoding).decode(encoding) == char
    except UnicodeError:
        return False
