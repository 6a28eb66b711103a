"""The dynamic programme over many rows at once: forward, the end of the symbol, and back.

Arrays are [position, row]; rows stand by length, longest first, so that those which are not yet at
their end are always the first so many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from markcode.symbols.datamatrix.columns.machine import CLASS_BITS, ENDS, PLACES, At, Machine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from markcode.symbols.datamatrix.sizes import Size

__all__ = ["NO_SIZE", "Chosen", "Fit", "Scratch", "choose", "still_there"]

NO_SIZE = 255
"""Instead of the index of a size: there is none."""
_COST = np.int64(Machine.COST)
_STATE = np.int64((1 << Machine.COST) - 1)
_FIRST_EDIFACT = next(bit for bit, end in enumerate(ENDS) if end.at is At.EDIFACT)
_FIRST_BIT = np.array([(b & -b).bit_length() - 1 for b in range(1 << _FIRST_EDIFACT)], np.int8)
_END_AT = np.array([end.at for end in ENDS], np.uint8)
_END_TAIL = np.array([end.tail for end in ENDS], np.int8)


class Fit:
    """Which of some sizes holds so many codewords."""

    def __init__(self, sizes: Sequence[Size]) -> None:
        """Tabulate ``sizes``, in order of what they hold."""
        capacities = np.array([size.data for size in sizes])
        need = np.arange(capacities[-1] + 2)
        found = np.searchsorted(capacities, need)
        self._none = len(need) - 1
        self._least = np.where(found < len(sizes), found, NO_SIZE).astype(np.uint8)
        exact = capacities[np.minimum(found, len(sizes) - 1)] == need
        self._exact = np.where(exact, self._least, np.uint8(NO_SIZE))

    def least(self, codewords: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return the index of the first size that holds so many, or `NO_SIZE`."""
        return self._least.take(codewords, mode="clip")

    def exact(self, codewords: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return the index of the first size that holds just so many, or `NO_SIZE`."""
        return self._exact.take(codewords, mode="clip")


class Scratch:
    """Memory that is used block after block: fresh memory costs as much as the work in it."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._held = np.empty(0, np.int64)

    def array(self, shape: tuple[int, int]) -> NDArray[np.int64]:
        """Return an array with anything in it; it is the same memory each time."""
        count = shape[0] * shape[1]
        if count > len(self._held):
            self._held = np.empty(count, np.int64)
        return self._held[:count].reshape(shape)


class Chosen(NamedTuple):
    """The encodation of each row."""

    size: NDArray[np.uint8]
    """Index of the size, or `NO_SIZE`."""
    cost: NDArray[np.int64]
    """Codewords at most, pads left out."""
    at: NDArray[np.uint8]
    """Where each character stands, [position, row], and where what follows the last would."""
    tail: NDArray[np.int8]
    """Characters at the end that stand in ASCII without an unlatch before."""

    def take(self, rows: NDArray[np.int64], longest: int) -> Chosen:
        """Return some of the rows, of which the longest has so many characters."""
        at = self.at[: longest + 1].take(rows, axis=1)
        return Chosen(self.size[rows], self.cost[rows], at, self.tail[rows])

    def repeated(self, rows: int) -> Chosen:
        """Return the encodation of the only row for so many."""
        first = np.zeros(rows, np.int64)
        return self.take(first, len(self.at) - 1)


def choose(
    machine: Machine,
    classes: NDArray[np.uint8],
    lengths: NDArray[np.int64],
    before: int,
    fit: Fit,
    texts: NDArray[np.uint8],
    scratch: Scratch,
) -> Chosen:
    """Return the size of each row and how its characters are written.

    ``before`` codewords lead, ``texts`` the characters.
    """
    active = still_there(lengths, len(classes))
    transitions, cost = _forward(machine, classes, active, scratch)
    cost += before
    size = fit.least(cost)
    at, tail = _shorter(machine, transitions, cost, lengths, fit, size, texts)
    return Chosen(size, cost, _backward(machine, transitions, active, lengths, at, tail), tail)


def still_there(lengths: NDArray[np.int64], longest: int) -> list[int]:
    """Return how many rows have a character at each position; ``lengths`` fall."""
    shorter = np.searchsorted(lengths[::-1], np.arange(1, longest + 1))
    counts: list[int] = (len(lengths) - shorter).tolist()
    return counts


def _forward(
    machine: Machine, classes: NDArray[np.uint8], active: list[int], scratch: Scratch
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the transitions, [position, row], and what each row costs in ASCII at its end."""
    rows = classes.shape[1]
    transitions = scratch.array((classes.shape[0], rows))
    total, state, found = (np.zeros(rows, np.int64) for _ in range(3))
    for position, count in enumerate(active):
        step = np.add(state[:count], classes[position, :count], out=transitions[position, :count])
        reached = machine.next.take(step, out=found[:count], mode="clip")
        while reached.min() < 0:
            machine.learn(step[reached < 0])
            reached = machine.next.take(step, out=found[:count], mode="clip")
        total[:count] += reached
        np.bitwise_and(reached, _STATE, out=state[:count])
    return transitions, total >> _COST


def _shorter(
    machine: Machine,
    transitions: NDArray[np.int64],
    cost: NDArray[np.int64],
    lengths: NDArray[np.int64],
    fit: Fit,
    size: NDArray[np.uint8],
    texts: NDArray[np.uint8],
) -> tuple[NDArray[np.uint8], NDArray[np.int8]]:
    """Take the ends without unlatch where they save a size; return where rows end, and tails."""
    at = np.full(len(cost), At.ASCII, np.uint8)
    tail = np.zeros(len(cost), np.int8)
    exact = fit.exact(cost - 1)
    rows = np.flatnonzero((exact != NO_SIZE) & (lengths > 0))
    if len(rows):
        last = transitions[lengths[rows] - 1, rows]
        end = _FIRST_BIT[machine.ends[last]]
        unsolved = np.flatnonzero(end < 0)
        if len(unsolved):
            end[unsolved] = _edifact(machine, transitions, lengths, rows[unsolved], texts)
        solved = end >= 0
        rows, end = rows[solved], end[solved]
        size[rows] = exact[rows]
        at[rows] = _END_AT[end]
        tail[rows] = _END_TAIL[end]
    return at, tail


def _edifact(
    machine: Machine,
    transitions: NDArray[np.int64],
    lengths: NDArray[np.int64],
    rows: NDArray[np.int64],
    texts: NDArray[np.uint8],
) -> NDArray[np.int8]:
    """Return the end in EDIFACT that fills one codeword less than ASCII, or -1 (5.2.8.2).

    Two codewords or fewer are left behind the last group, and hold what follows in ASCII.
    """
    found = np.full(len(rows), -1, np.int8)
    # Codewords from here to the end of the symbol, had it the cost of ASCII at this position.
    left = np.full(len(rows), -1)
    for tail in range(5):
        start = lengths[rows] - tail
        may = (start > 0) & (found < 0)
        reached = machine.next[transitions[np.maximum(start, 1) - 1, rows]]
        costs = _tail_cost(texts, start, tail, rows)
        behind = left - machine.edifact[(reached & _STATE) >> CLASS_BITS]
        found[may & (behind <= 2) & (costs <= behind)] = _FIRST_EDIFACT + tail
        left += reached >> _COST
    return found


def _tail_cost(
    texts: NDArray[np.uint8], start: NDArray[np.int64], tail: int, rows: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return what characters cost in ASCII, digits in pairs from the left."""
    cost = np.zeros(len(rows), np.int64)
    waits = np.zeros(len(rows), np.bool_)
    for place in range(tail):
        char = texts[np.maximum(start + place, 0), rows]
        digit = (char >= 48) & (char <= 57)
        pairs = waits & digit
        cost += np.where(pairs, 0, 1 + (char >= 128))
        waits = digit & ~pairs
    return cost


def _backward(
    machine: Machine,
    transitions: NDArray[np.int64],
    active: list[int],
    lengths: NDArray[np.int64],
    end: NDArray[np.uint8],
    tail: NDArray[np.int8],
) -> NDArray[np.uint8]:
    """Return where each character stands, from the last one on."""
    count = 0
    at = np.zeros((len(active) + 1, len(end)), np.uint8)
    with_tail = np.flatnonzero(tail)
    ends = lengths[with_tail] - tail[with_tail]
    before = machine.before
    keys = np.empty(len(end), np.int64)
    for position in range(len(active), -1, -1):
        here = at[position]
        if position < len(active):
            key = np.multiply(transitions[position, :count], PLACES, out=keys[:count])
            key += at[position + 1, :count]
            before.take(key, out=here[:count], mode="clip")
        ended = active[position - 1] if position else len(end)
        here[count:ended] = end[count:ended]
        if len(with_tail):
            now = with_tail[ends == position]
            here[now] = end[now]
        count = ended
    return at
