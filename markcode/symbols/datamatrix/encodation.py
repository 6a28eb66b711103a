"""The encodations that reach the smallest symbol: a plan of runs.

`programme` finds them; here its work is cut down to the encodations that can make a difference.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from markcode.symbols.datamatrix.content import Content
from markcode.symbols.datamatrix.modes import COUNTS, LONG_RUN, Mode, Run
from markcode.symbols.datamatrix.programme import Programme
from markcode.symbols.datamatrix.sizes import Size
from markcode.symbols.datamatrix.values import FNC1

__all__ = ["Plan", "plan"]


class Plan(NamedTuple):
    """The size of a symbol, and the encodations that fill it."""

    size: Size
    runs: tuple[Run, ...]


_SHORT = frozenset((*range(128), FNC1))
"""Characters of one codeword in ASCII."""

# The characters for which an encodation can be needed to reach ASCII at least cost, ties included.
# Without them, a run in it costs no less than C40 with what C40 leaves over in ASCII:
# - Text, if no character has fewer values there than in C40; X12, if each has one value in C40;
# - EDIFACT, if each has one value in C40: four characters take three codewords against three that
#   take two, and latch and unlatch come on top;
# - Base 256 takes no fewer codewords than ASCII.
_CALLS_FOR = {
    Mode.TEXT: frozenset(c for c in _SHORT if COUNTS[Mode.TEXT][c] < COUNTS[Mode.C40][c]),
    Mode.X12: frozenset(c for c in _SHORT if COUNTS[Mode.X12][c] and COUNTS[Mode.C40][c] > 1),
    Mode.EDIFACT: frozenset(
        c for c in _SHORT if COUNTS[Mode.EDIFACT][c] and COUNTS[Mode.C40][c] > 1
    ),
}
_ALL = frozenset(Mode)


def plan(content: Content, sizes: Sequence[Size], *, shortcut: bool = True) -> Plan | None:
    """Return the first of ``sizes`` that holds the content, and how; None if none does.

    ``sizes`` are in order of what they hold. ``shortcut`` leaves out what cannot make a difference
    for the characters at hand; the plan is the same.
    """
    if content.is_binary:
        return _binary(content, sizes)
    body, start = content.body, len(content.prefix)
    modes = _needed(body) if shortcut else _ALL
    programme = Programme(body, start, modes)
    if shortcut:
        # An end without an unlatch saves one codeword at most.
        sizes = [size for size in sizes if size.data >= programme.ascii - 1]
        if modes is not _ALL and sizes and not _is_settled(programme, sizes[0].data):
            programme = Programme(body, start, _ALL)
    for size in sizes:
        runs = programme.ending(size.data)
        if runs is not None:
            return Plan(size, runs)
    return None


def _needed(body: Sequence[int]) -> Collection[Mode]:
    """Return the encodations, beyond ASCII and C40, that may be on the best way to ASCII."""
    if not _SHORT.issuperset(body):
        return _ALL
    return [mode for mode, chars in _CALLS_FOR.items() if not chars.isdisjoint(body)]


def _is_settled(programme: Programme, capacity: int) -> bool:
    """Return whether no other encodation could be preferred at the end of the symbol."""
    return programme.ascii <= capacity or programme.full[-1][0] == capacity


def _binary(content: Content, sizes: Sequence[Size]) -> Plan | None:
    """Return the plan of bytes: one run of Base 256."""
    length = len(content.body)
    shortest = len(content.prefix) + 2 + length
    for size in sizes:
        # Only a run that ends with the symbol does without a second codeword of length.
        if size.data == shortest or size.data >= shortest + (length >= LONG_RUN):
            return Plan(size, (Run(Mode.BASE256, 0, length),))
    return None
