"""The arithmetic of families.py over many rows at once.

Values come as a matrix [position, row], so that each step is one pass over contiguous rows. Every
row ends at the last position; a position before its first character holds the value one past the
alphabet's last, which changes nothing. States are kept between the columns that make up a payload.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from markcode.checks.families import Pure, Sum, Verhoeff, Walk, hybrid
from markcode.checks.system import CheckSystem
from markcode.checks.tables import VERHOEFF_D5, VERHOEFF_PERMUTATIONS

__all__ = ["WIDEST", "Kernel", "Rows", "Values", "kernel_of"]

WIDEST = 64
"""Most positions of one column that a kernel takes."""

Values = NDArray[np.uint8]
"""Values of characters, [position, row]; the number of positions is even."""
Rows = NDArray[Any]
"""One number a row."""


class Kernel(ABC):
    """One system's arithmetic: `start`, then `run` for each column of a payload, then `codes`."""

    from_right = False
    """Whether the last column of a payload comes first."""
    period = 1
    """Number of places after which the arithmetic repeats."""

    def __init__(self, system: CheckSystem) -> None:
        self.size = len(system.alphabet)
        """Number of values, and the value of no character."""

    @abstractmethod
    def start(self, rows: int) -> Rows:
        """Return the state before any character."""

    @abstractmethod
    def run(self, states: Rows, values: Values, lengths: Rows, place: int) -> Rows:
        """Return the states after one more column, whose last character is at ``place``.

        Places count from 0 at the payload's last character, modulo `period`; they matter only to
        systems that go from the right. ``lengths`` are the numbers of characters.
        """

    @abstractmethod
    def codes(self, states: Rows) -> Rows:
        """Return the check of each row as an index into `CheckSystem.written`."""


@lru_cache
def kernel_of(system: CheckSystem) -> Kernel | None:
    """Return the kernel of a system; None if its family has none."""
    if isinstance(system, Pure):
        return _Pure(system)
    if isinstance(system, Walk):
        size = len(system.alphabet)
        return _Hybrid(system) if system.rows == hybrid(size)["rows"] else _Walk(system)
    if isinstance(system, Sum):
        return _Sum(system)
    if isinstance(system, Verhoeff):
        return _Verhoeff(system)
    return None


class _Pure(Kernel):
    """Horner's scheme by pairs; a remainder is taken only before the total would overflow."""

    def __init__(self, system: Pure) -> None:
        super().__init__(system)
        self._modulus, self._radix = system.modulus, system.radix
        self._scale = system.radix**system.length
        powers = [pow(system.radix, n, system.modulus) for n in range(WIDEST + 1)]
        self._powers = np.array(powers, np.uint32)

    def start(self, rows: int) -> Rows:
        return np.zeros(rows, np.uint32)

    def run(self, states: Rows, values: Values, lengths: Rows, place: int) -> Rows:
        highest = (self.size - 1) * (self._radix + 1)
        kind = np.uint8 if highest <= np.iinfo(np.uint8).max else np.uint16
        total, most = self.start(len(states)), 0
        for at in range(0, len(values), 2):
            digits = values[at : at + 2] * (values[at : at + 2] < self.size)
            pair = digits[0] * kind(self._radix)
            pair += digits[1]
            if most * self._radix**2 + highest > np.iinfo(np.uint32).max:
                total %= self._modulus
                most = self._modulus - 1
            total *= self._radix**2
            total += pair
            most = most * self._radix**2 + highest
        total %= self._modulus
        total += states * self._powers.take(lengths)
        total %= self._modulus
        return total

    def codes(self, states: Rows) -> Rows:
        found: Rows = (1 - states.astype(np.int64) * self._scale) % self._modulus
        return found


class _Hybrid(Kernel):
    """`families.hybrid` by sums in uint8.

    Of ``x`` and ``x - n``, which wraps to a great number below zero, the smaller is ``x`` modulo
    ``n``. States are kept less one.
    """

    def __init__(self, system: Walk) -> None:
        super().__init__(system)
        self._checks = np.frombuffer(system.checks[1:], np.uint8)

    def start(self, rows: int) -> Rows:
        return np.full(rows, self.size - 1, np.uint8)

    def run(self, states: Rows, values: Values, lengths: Rows, place: int) -> Rows:
        once, twice = np.uint8(self.size), np.uint8(self.size + 1)
        always = len(values) - int(lengths.min(initial=WIDEST))
        for at, row in enumerate(values):
            moved = states + row
            np.minimum(moved, moved - once, out=moved)
            moved += moved
            moved += np.uint8(1)
            np.minimum(moved, moved - twice, out=moved)
            if at < always:
                # All ones where there is a character. `numpy.where` is ten times slower.
                moved ^= (states ^ moved) & -(row == once).view(np.uint8)
            states = moved
        return states

    def codes(self, states: Rows) -> Rows:
        return self._checks.take(states, mode="clip")


class _Tables(Kernel):
    """What takes two characters at a time as one index into a table."""

    def pairs(self, values: Values) -> Iterator[Rows]:
        """Give the index of each pair of positions, from the left or the right."""
        width = self.size + 1
        index = np.dtype(np.uint8 if width**2 <= 256 else np.uint16).type
        firsts = range(0, len(values), 2)
        for at in reversed(firsts) if self.from_right else firsts:
            found = values[at] * index(width)
            found += values[at + 1]
            yield found


_Step = Callable[[Rows, Rows], Rows]


def _step(rows: Sequence[bytes]) -> _Step:
    """Return a look-up of ``rows[state][value]``."""
    size = len(rows[0])
    index = np.dtype(np.uint8 if len(rows) * size <= 256 else np.uint16).type
    table = np.frombuffer(b"".join(rows), np.uint8)

    def step(states: Rows, values: Rows) -> Rows:
        found = states * index(size)
        found += values
        return table.take(found, mode="clip")

    return step


class _Walk(_Tables):
    """The walk through a table; the value of no character leads nowhere else."""

    def __init__(self, system: Walk) -> None:
        super().__init__(system)
        self._start = system.start
        self._checks = np.frombuffer(system.checks, np.uint8)
        rows = [row + bytes([state]) for state, row in enumerate(system.rows)]
        self._step = _step([b"".join(rows[first] for first in row) for row in rows])

    def start(self, rows: int) -> Rows:
        return np.full(rows, self._start, np.uint8)

    def run(self, states: Rows, values: Values, lengths: Rows, place: int) -> Rows:
        for pair in self.pairs(values):
            states = self._step(states, pair)
        return states

    def codes(self, states: Rows) -> Rows:
        return self._checks.take(states, mode="clip")


class _Sum(_Tables):
    """A sum of terms by place."""

    from_right = True

    def __init__(self, system: Sum) -> None:
        super().__init__(system)
        self.period = len(system.terms)
        self._modulus, self._complement = system.modulus, system.complement
        kind = np.uint8 if system.modulus <= 256 else np.uint16
        terms = [np.array([*row, 0]) for row in system.terms]
        self._terms = [
            (np.add.outer(terms[(at + 1) % self.period], row) % self._modulus).astype(kind).ravel()
            for at, row in enumerate(terms)
        ]
        """Terms of a pair by the place of its second character."""

    def start(self, rows: int) -> Rows:
        return np.zeros(rows, np.uint32)

    def run(self, states: Rows, values: Values, lengths: Rows, place: int) -> Rows:
        total = states.copy()
        for at, pair in enumerate(self.pairs(values)):
            total += self._terms[(place + 2 * at) % self.period].take(pair, mode="clip")
        total %= self._modulus
        return total

    def codes(self, states: Rows) -> Rows:
        return (self._modulus - states) % self._modulus if self._complement else states


class _Verhoeff(_Tables):
    """A product in D5 from the right, of pairs that are each a product already."""

    from_right = True
    period = len(VERHOEFF_PERMUTATIONS)

    def __init__(self, system: Verhoeff) -> None:
        super().__init__(system)
        self._multiply = _step(VERHOEFF_D5)
        product = np.array([list(row) for row in VERHOEFF_D5], np.uint8)
        # No character is permuted to 0, which changes nothing.
        permuted = [np.array([*row, 0]) for row in VERHOEFF_PERMUTATIONS]
        self._products = [
            product[np.ix_(last, permuted[(at + 1) % self.period])].T.ravel()
            for at, last in enumerate(permuted)
        ]
        """Products of a pair by the place of its second character, from 1."""
        inverses = bytes(row.index(0) for row in VERHOEFF_D5)
        self._inverses = np.frombuffer(inverses, np.uint8)

    def start(self, rows: int) -> Rows:
        return np.zeros(rows, np.uint8)

    def run(self, states: Rows, values: Values, lengths: Rows, place: int) -> Rows:
        for at, pair in enumerate(self.pairs(values)):
            products = self._products[(place + 1 + 2 * at) % self.period]
            states = self._multiply(states, products.take(pair, mode="clip"))
        return states

    def codes(self, states: Rows) -> Rows:
        return self._inverses.take(states, mode="clip")
