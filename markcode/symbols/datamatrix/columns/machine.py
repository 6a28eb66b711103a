"""The dynamic programme of `encodation` as a finite automaton, so that a step is one look-up.

What the least costs of all encodations are *relative to that of ASCII* takes few values: latching
costs 1, so an encodation is never more than that behind. A vector of such relative costs is a state
of the automaton; a class of characters leads to the next. With each transition stand how much ASCII
costs more, and, for every encodation that the character could be followed in, which one it stood
in. The canonical choice between ways of the same cost is made here, once a transition, and is that
of `encodation`, word for word (ISO/IEC 16022:2006, 5.2 and annex P).
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from markcode.symbols.datamatrix.values import C40, EDIFACT, FNC1, TEXT, X12

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "CLASSES",
    "CLASS_BITS",
    "CLASS_OF",
    "ENDS",
    "PLACES",
    "X12_ONLY",
    "At",
    "End",
    "Machine",
    "automaton",
]


class At(IntEnum):
    """Where a character stands: an encodation, and how many values wait before it."""

    ASCII = 0
    PAIR = 1
    """The second digit of a pair."""
    C40 = 2
    TEXT = 5
    X12 = 8
    EDIFACT = 11
    BASE256 = 15


PLACES = 16
"""Values of `At` with the values that wait added: 2, 3, 4 in C40; 11 to 14 in EDIFACT."""

_SETS = {At.C40: (C40, 3), At.TEXT: (TEXT, 3), At.X12: (X12, 3), At.EDIFACT: (EDIFACT, 4)}
"""Tables of values, and how many values fill a group."""


class _Class(NamedTuple):
    """What matters of a character: its values in each encodation."""

    is_digit: bool
    is_high: bool
    counts: tuple[int, ...]
    """Values in C40, Text, X12 and EDIFACT; 0: it has none there."""


def _class_of(char: int) -> _Class:
    counts = [len(table[char] or ()) for table, _ in _SETS.values()]
    return _Class(
        48 <= char <= 57, 128 <= char < FNC1, (counts[0], counts[1], counts[2], counts[3])
    )


CLASSES = tuple(dict.fromkeys(_class_of(char) for char in range(FNC1)))
CLASS_BITS = 4
CLASS_OF = bytes(CLASSES.index(_class_of(char)) for char in range(FNC1))
"""The index in `CLASSES` of each byte."""
X12_ONLY = bytes(char for char in range(FNC1) if len(X12[char] or ()) == 1 < len(C40[char] or ()))
"""The characters that X12 has in its basic set, and C40 has not."""


class End(NamedTuple):
    """An end of the symbol that saves an unlatch (5.2.5.2 c to e, 5.2.7, 5.2.8.2)."""

    at: int
    """Where the last character but those of the tail is followed."""
    tail: int
    """Characters behind it in ASCII."""


ENDS = (
    *(End(at, 0) for at in (At.C40, At.TEXT, At.X12, At.C40 + 2, At.TEXT + 2)),
    *(End(at, 1) for at in (At.C40, At.TEXT, At.X12)),
    *(End(At.EDIFACT, tail) for tail in range(5)),
)
"""In order of preference."""
_EDIFACT_ENDS = 8
"""Index of the first in EDIFACT."""

_T = TypeVar("_T", bound=np.generic)
_NEVER = 99
_UNLATCHES = (
    (At.BASE256, 0),
    *((at, 1) for at in (At.C40, At.TEXT, At.X12, At.EDIFACT)),
    *((At.EDIFACT + waiting, cost) for waiting, cost in ((1, 2), (2, 3), (3, 3))),
)
"""Codewords from each place to ASCII, in order of preference."""
_LATCHES = (*((at, 1) for at in _SETS), (At.BASE256, 2))

_State = tuple[int, ...]
"""Cost at each of `At` relative to ASCII's; at `At.PAIR` ASCII's one digit before, if so."""


class _Step(NamedTuple):
    """One transition."""

    state: _State
    cost: int
    """Codewords that ASCII costs more."""
    before: bytes
    """For each of `At` at the next character: where this one stood."""
    ends: int
    """Bits of `ENDS` that make the symbol one codeword shorter than ASCII does."""


class Machine:
    """The automaton of an alphabet, made as far as texts have led.

    Transitions stand at ``state * 16 + class``.
    """

    def __init__(self, *, with_x12: bool, with_base256: bool, most: int = 1) -> None:
        """Leave out X12, Base 256 where no character at hand makes a difference there.

        ``most`` is how much more than ASCII an encodation may cost before it is left out as
        hopeless, which is at least what a latch costs.

        Without a character that only X12 has in its basic set, C40 costs the same and is
        preferred; without a byte above 127 ASCII costs less than Base 256.
        """
        self._with_x12, self.with_base256, self._most = with_x12, with_base256, most
        self._lock = Lock()
        self._numbers: dict[_State, int] = {}
        self._states: list[_State] = []
        self.next = np.empty(0, np.int64)
        """The next state times 16 and, from bit `COST` on, the cost; -1: not yet known."""
        self.before = np.empty(0, np.uint8)
        """At transition * 16 + place behind: the place of this character."""
        self.ends = np.empty(0, np.uint16)
        """Bits of `ENDS` but those in EDIFACT, at each transition."""
        self.edifact = np.empty(0, np.int8)
        """Cost of EDIFACT, no value waiting, relative to ASCII's, at each state."""
        start = [_NEVER] * PLACES
        start[At.ASCII] = 0
        self._number(self._changed(start)[0])

    COST = 48

    def learn(self, transitions: NDArray[np.int64]) -> None:
        """Make transitions that are not known yet."""
        with self._lock:
            for transition in np.unique(transitions).tolist():
                if self.next[transition] >= 0:
                    continue
                step = self._step(
                    self._states[transition >> CLASS_BITS],
                    CLASSES[transition & ((1 << CLASS_BITS) - 1)],
                )
                number = self._number(step.state)
                at = transition * PLACES
                self.before[at : at + PLACES] = np.frombuffer(step.before, np.uint8)
                self.ends[transition] = step.ends
                # Last: another thread may be reading.
                self.next[transition] = number << CLASS_BITS | step.cost << self.COST

    def transition(self, state: int, kind: int) -> tuple[int, int]:
        """Return the transition of a state by a class of characters, and the state it leads to."""
        transition = state << CLASS_BITS | kind
        if self.next[transition] < 0:
            self.learn(np.array([transition]))
        return transition, int(self.next[transition] & ((1 << self.COST) - 1)) >> CLASS_BITS

    def _number(self, state: _State) -> int:
        number = self._numbers.setdefault(state, len(self._numbers))
        if number == len(self._states):
            self._states.append(state)
            if number << CLASS_BITS >= len(self.next):
                room = max(4096, 2 * len(self.next))
                self.ends = _grown(self.ends, room)
                self.edifact = _grown(self.edifact, room >> CLASS_BITS)
                self.before = _grown(self.before, room * PLACES)
                self.next = _grown(self.next, room)
            self.edifact[number] = state[At.EDIFACT]
        return number

    def _step(self, state: _State, kind: _Class) -> _Step:
        reached = [_NEVER] * PLACES
        before = bytearray(PLACES)
        reached[At.ASCII] = 1 + kind.is_high
        if kind.is_digit and state[At.PAIR] < 0:
            reached[At.ASCII], before[At.ASCII] = state[At.PAIR] + 1, At.PAIR
        for (place, (_, group)), count in zip(_SETS.items(), kind.counts, strict=True):
            if not count or (place is At.X12 and not self._with_x12):
                continue
            for waiting in range(group):
                cost = state[place + waiting]
                full, now = divmod(waiting + count, group)
                if cost < _NEVER:
                    reached[place + now] = cost + (3 if group == 4 else 2) * full
                    before[place + now] = place + waiting
        if self.with_base256:
            reached[At.BASE256], before[At.BASE256] = state[At.BASE256] + 1, At.BASE256
        after, changes = self._changed(reached)
        behind = bytearray(before[change] for change in changes)
        # A first digit stands in ASCII and is followed by the second.
        behind[At.PAIR] = At.ASCII
        cost = after[At.ASCII]
        relative = [value - cost if value < _NEVER else _NEVER for value in after]
        relative[At.PAIR] = -cost if kind.is_digit else _NEVER
        # Who is two behind with values waiting is overtaken by a latch before the group is full.
        capped = tuple(
            value if value <= self._most + (at == At.BASE256) else _NEVER
            for at, value in enumerate(relative)
        )
        ends = _ends(capped, state, cost, kind)
        return _Step(capped, cost, bytes(behind), ends)

    def _changed(self, reached: list[int]) -> tuple[_State, bytes]:
        """Return costs after the changes of encodation, and from which place each comes."""
        cost, source = list(reached), bytearray(range(PLACES))
        for place, more in _UNLATCHES:
            if reached[place] + more < cost[At.ASCII]:
                cost[At.ASCII], source[At.ASCII] = reached[place] + more, place
        for place, more in _LATCHES:
            if (place is At.X12 and not self._with_x12) or (
                place is At.BASE256 and not self.with_base256
            ):
                continue
            if cost[At.ASCII] + more < reached[place]:
                cost[place], source[place] = cost[At.ASCII] + more, source[At.ASCII]
        return tuple(cost), bytes(source)


def _ends(state: _State, before: _State, cost: int, kind: _Class) -> int:
    """Return which of the first `ENDS` reach a symbol of one codeword less than ASCII."""
    bits = 0
    for bit, end in enumerate(ENDS[:_EDIFACT_ENDS]):
        if not end.tail:
            waiting = 2 if end.at in (At.C40 + 2, At.TEXT + 2) else 0
            bits |= (state[end.at] + waiting == -1) << bit
        elif not kind.is_high:
            bits |= (before[end.at] + 1 == cost - 1) << bit
    return bits


def _grown(array: NDArray[_T], room: int) -> NDArray[_T]:
    """Return the array with room for more, all -1."""
    fresh = np.full(room, -1).astype(array.dtype)
    fresh[: len(array)] = array
    return fresh


@cache
def automaton(*, with_x12: bool, with_base256: bool) -> Machine:
    """Return the automaton of an alphabet; there is one."""
    return Machine(with_x12=with_x12, with_base256=with_base256)
