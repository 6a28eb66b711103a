"""What every check-character system offers, whatever its arithmetic.

A family (families.py) says only how the values of a payload become one number; reading the
alphabet, writing the check character(s), comparing and whole columns are here, once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

from markcode.errors import CheckError, ElementError
from markcode.notation import describe_alphabet
from markcode.series import text_series

if TYPE_CHECKING:
    import polars as pl

__all__ = ["FAULTS", "CheckSystem"]

FAULTS = (
    "single-substitution",
    "adjacent-transposition",
    "jump-transposition",
    "twin",
    "jump-twin",
    "double-substitution",
    "circular-shift",
)
"""Kinds of fault: a for b; ab to ba; abc to cba; aa to bb; aca to bcb; two characters; rotation."""

_OUTSIDE = 0xFF


@dataclass(frozen=True, kw_only=True, eq=False)
class CheckSystem(ABC):
    """One check-character system. There is one object of each: compare with ``is`` or ``==``.

    Text is taken exactly as it stands: a space, a hyphen, a lower-case letter or a digit of another
    script is outside the alphabet unless ``alphabet`` holds it.
    """

    name: str
    """As in a profile, such as ``iso7064-mod37-36``."""
    title: str
    """As its source names it."""
    source: str
    """Standard and clause, or publication."""
    alphabet: str
    """Payload characters in the order of their values, from 0."""
    check_alphabet: str
    """Characters that a check may hold, in the order of their values, from 0."""
    length: int = 1
    """Number of check characters: 1 or 2."""
    min_payload: int = 1
    """Shortest payload, in characters."""
    max_payload: int | None = None
    """Longest payload, in characters; None where there is no limit."""
    detects: frozenset[str]
    """Kinds of fault (of ``FAULTS``) that are *always* found, wherever in payload and check."""
    rates: Mapping[str, float | None]
    """Faults found, in per cent, by kind: computed for random payloads of 8 characters."""
    written: tuple[str, ...] = field(init=False, repr=False)
    """What the check character(s) may be, in the order of their codes, from 0."""
    _codes: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        codes = bytearray([_OUTSIDE]) * 256
        for value, character in enumerate(self.alphabet):
            codes[ord(character)] = value
        pairs = product(self.check_alphabet, repeat=self.length)
        object.__setattr__(self, "_codes", bytes(codes))
        object.__setattr__(self, "written", tuple(map("".join, pairs)))

    def __reduce__(self) -> tuple[Any, ...]:
        from markcode.checks import get

        return get, (self.name,)

    @abstractmethod
    def _value(self, values: bytes) -> int:
        """Return the check as a number, from the payload's values (one byte a character)."""

    def compute(self, text: str) -> str:
        """Return the check character(s) of the payload ``text``.

        Raises `CheckError` for a character outside the alphabet (``position`` says which) and for a
        payload that is too short or too long (``position`` is None); `ElementError` for no text.
        """
        values = self._read(self._text(text))
        if values is None:
            raise self._outside(text)
        if not self._has_length(len(values)):
            raise self._wrong_length(len(values))
        return self.written[self._value(values)]

    def append(self, text: str) -> str:
        """Return ``text`` with its check character(s). Raises as `compute` does."""
        return text + self.compute(text)

    def is_valid(self, text: object) -> bool:
        """Return whether ``text`` ends in the check character(s) that `compute` gives; no raising.

        Strict: the other pair of a two-character system is not valid (see `is_noncanonical`).
        """
        if not isinstance(text, str):
            return False
        values = self._read(text[: -self.length])
        return (
            values is not None
            and self._has_length(len(text) - self.length)
            and self.written[self._value(values)] == text[-self.length :]
        )

    def is_noncanonical(self, text: object) -> bool:
        """Return whether the congruence holds, yet with a pair that `compute` never gives.

        Only a pure system with two check characters can say so (ISO/IEC 7064).
        """
        return False

    def code_of(self, text: bytes) -> int | None:
        """Return the index into `written` of the check of a payload in UTF-8.

        None for what `compute` refuses.
        """
        values = text.translate(self._codes)
        if _OUTSIDE in values or not self._has_length(len(values)):
            return None
        return self._value(values)

    def compute_column(self, column: Any) -> pl.Series:
        """Return the check of every row of a Series, list or Arrow array of text.

        Null for null and for what `compute` refuses. Raises `ElementError` for a column of no text.
        """
        from markcode.checks.columns import compute_column

        return compute_column(self, text_series(column, self.name))

    def is_valid_column(self, column: Any) -> pl.Series:
        """Return `is_valid` of every row of a Series, list or Arrow array of text; null for null.

        Raises `ElementError` for a column of no text.
        """
        from markcode.checks.columns import is_valid_column

        return is_valid_column(self, text_series(column, self.name))

    def _text(self, text: object) -> str:
        if not isinstance(text, str):
            raise ElementError(f"{self.name}: a payload is text, not {text!r}: write it as a str")
        return text

    def _read(self, text: str) -> bytes | None:
        """Return the values of ``text``, or None if a character is outside the alphabet."""
        try:
            values = text.encode("ascii").translate(self._codes)
        except UnicodeEncodeError:
            return None
        return None if _OUTSIDE in values else values

    def _has_length(self, count: int) -> bool:
        return self.min_payload <= count and (self.max_payload is None or count <= self.max_payload)

    def _outside(self, text: str) -> CheckError:
        position = next(i for i, character in enumerate(text) if character not in self.alphabet)
        return CheckError(
            f"{self.name}: character {position + 1} of {text!r} is {text[position]!r}, and only "
            f"{describe_alphabet(self.alphabet)} can be covered: correct the text, or choose "
            "another system",
            position,
        )

    def _wrong_length(self, count: int) -> CheckError:
        if count < self.min_payload:
            return CheckError(f"{self.name}: the text is empty: give at least one character")
        return CheckError(
            f"{self.name}: the text has {count} characters, and {self.max_payload} at most can be "
            "covered: shorten it, or choose another system"
        )
