"""The arithmetic of check characters: four families, each parametrised.

``Pure`` and the hybrid form of ``Walk`` are ISO/IEC 7064:2003; ``Sum`` adds a term for each
character by its place (Luhn, GS1, Code 39); ``Verhoeff`` multiplies in a group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from operator import getitem
from typing import TypedDict

from markcode.checks.system import CheckSystem
from markcode.checks.tables import VERHOEFF_D5, VERHOEFF_PERMUTATIONS

__all__ = ["Pure", "Sum", "Verhoeff", "Walk", "WalkTable", "hybrid", "luhn_terms", "weighted_terms"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Pure(CheckSystem):
    """A pure system: the whole string, read in radix ``radix``, is 1 modulo ``modulus``."""

    modulus: int
    radix: int

    def _value(self, values: bytes) -> int:
        scale: int = self.radix**self.length
        return (1 - self._horner(values) * scale) % self.modulus

    def _horner(self, values: bytes) -> int:
        modulus, radix, total = self.modulus, self.radix, 0
        for value in values:
            total = (total * radix + value) % modulus
        return total

    def is_noncanonical(self, text: object) -> bool:
        """Return whether the congruence holds, yet with a pair that `compute` never gives.

        The modulus is less than the square of the radix, so some payloads have two such pairs.
        """
        if not isinstance(text, str) or self.length == 1 or self.is_valid(text):
            return False
        values = self._read(text)
        return (
            values is not None
            and self._has_length(len(values) - self.length)
            and self._horner(values) == 1
        )


class WalkTable(TypedDict):
    """The parameters of a `Walk`."""

    rows: tuple[bytes, ...]
    start: int
    checks: bytes


@dataclass(frozen=True, kw_only=True, eq=False)
class Walk(CheckSystem):
    """A walk through a table, one step a character; where it ends decides the check."""

    rows: tuple[bytes, ...]
    """``rows[state][value]`` is the next state."""
    start: int
    checks: bytes
    """``checks[state]`` is the value of the check character."""

    def _value(self, values: bytes) -> int:
        rows, state = self.rows, self.start
        for value in values:
            state = rows[state][value]
        return self.checks[state]


def hybrid(modulus: int) -> WalkTable:
    """Return the walk of the hybrid system MOD ``modulus`` + 1, ``modulus`` (ISO/IEC 7064:2003).

    A step adds the value modulo ``modulus``, 0 becoming ``modulus``, and doubles the sum modulo
    ``modulus`` + 1. State 0 is never reached.
    """
    values = range(modulus)
    return WalkTable(
        rows=tuple(
            bytes(2 * ((state + value) % modulus or modulus) % (modulus + 1) for value in values)
            for state in range(modulus + 1)
        ),
        start=modulus,
        checks=bytes((1 - state) % modulus for state in range(modulus + 1)),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Sum(CheckSystem):
    """A sum of one term a character, by its place from the right end of the payload."""

    modulus: int
    terms: tuple[tuple[int, ...], ...]
    """``terms[place % len(terms)][value]``; place 0 is next to the check."""
    complement: bool
    """Whether the check brings the sum to 0, or is the sum itself."""

    def _value(self, values: bytes) -> int:
        total = sum(map(getitem, cycle(self.terms), reversed(values)))
        return (-total if self.complement else total) % self.modulus


def weighted_terms(weights: Sequence[int], size: int) -> tuple[tuple[int, ...], ...]:
    """Return terms that are the value times a weight by place; ``size`` values there are."""
    return tuple(tuple(weight * value for value in range(size)) for weight in weights)


def luhn_terms(size: int) -> tuple[tuple[int, ...], ...]:
    """Return terms of Luhn's formula: every second value doubled, its two digits added.

    >>> luhn_terms(10)[0]
    (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
    """
    doubled = tuple(sum(divmod(2 * value, size)) for value in range(size))
    return doubled, tuple(range(size))


@dataclass(frozen=True, kw_only=True, eq=False)
class Verhoeff(CheckSystem):
    """Verhoeff's product of permuted digits in the group D5, from the right."""

    def _value(self, values: bytes) -> int:
        state = 0
        for place, value in enumerate(reversed(values), start=1):
            state = VERHOEFF_D5[state][VERHOEFF_PERMUTATIONS[place % 8][value]]
        return VERHOEFF_D5[state].index(0)
