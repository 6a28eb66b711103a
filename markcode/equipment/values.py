"""Which texts a machine can take, declared once: what is outside refuses the row.

Nothing is quoted or escaped to make a text fit, because machines would mark the quotes.

>>> Values(forbidden=',"%').fault("A,1")
Fault(reason='character', at=1, character=',')
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

__all__ = ["FORMULA", "Fault", "Values"]

FORMULA = "=+-@"
"""A spreadsheet takes what begins with one of these for a formula."""

Alphabet = Literal["ascii", "unicode"]


class Fault(NamedTuple):
    """Why a machine cannot take a text; ``at`` counts characters from 0."""

    reason: str
    at: int = 0
    character: str = ""


@dataclass(frozen=True)
class Values:
    """The texts that a machine takes."""

    alphabet: Alphabet = "ascii"
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

        Reasons: absent, formula, control, not_ascii, character, long.
        """
        if not text:
            return None if self.empty else Fault("absent")
        if self.formula and text[0] in FORMULA:
            return Fault("formula", 0, text[0])
        for at, char in enumerate(text):
            if char < " " or "\x7f" <= char <= "\x9f":
                return Fault("control", at, char)
            if self.alphabet == "ascii" and char > "\x7f":
                return Fault("not_ascii", at, char)
            if char in self.forbidden:
                return Fault("character", at, char)
        if self.most is not None and len(text) > self.most:
            return Fault("long", self.most, text[self.most])
        return None
