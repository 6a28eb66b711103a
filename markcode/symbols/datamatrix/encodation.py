"""The encodation that reaches the smallest symbol: an exact dynamic programme.

A state is an encodation and the values that wait for their group to be full; a step takes the next
character within an encodation, a change unlatches to ASCII or latches from it, before the next
character. The programme gives, for every position and state, the least codewords written. Where
two ways cost the same, one stands in the order of preference, so that a payload has one symbol.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from markcode.symbols.datamatrix.content import Content
from markcode.symbols.datamatrix.sizes import Size
from markcode.symbols.datamatrix.values import C40, EDIFACT, FNC1, TEXT, X12, Table

__all__ = ["LONG_RUN", "Mode", "Plan", "Run", "ascii_pieces", "plan"]

LONG_RUN = 250
"""Bytes in Base 256 from which on the length takes two codewords."""


class Mode(IntEnum):
    """An encodation (ISO/IEC 16022:2006 table 1)."""

    ASCII = 0
    C40 = 1
    TEXT = 2
    X12 = 3
    EDIFACT = 4
    BASE256 = 5


class Run(NamedTuple):
    """Characters from ``start`` to before ``end``, in one encodation."""

    mode: Mode
    start: int
    end: int


class Plan(NamedTuple):
    """The size of a symbol, and the encodations that fill it."""

    size: Size
    runs: tuple[Run, ...]


# How ASCII is reached at a position: within it by one character or a digit pair, or by the end of
# another encodation, with so many values waiting.
_SINGLE, _PAIR, _START = (Mode.ASCII, 1), (Mode.ASCII, 2), (Mode.ASCII, 0)
_FROM_BASE256 = (Mode.BASE256, 0)
_FROM_C40, _FROM_TEXT, _FROM_X12 = (Mode.C40, 0), (Mode.TEXT, 0), (Mode.X12, 0)
_FROM_EDIFACT = tuple((Mode.EDIFACT, waiting) for waiting in range(4))
_Source = tuple[Mode, int]

_BIT = {mode: 1 << mode for mode in Mode}
_BIT_C40, _BIT_TEXT, _BIT_X12 = _BIT[Mode.C40], _BIT[Mode.TEXT], _BIT[Mode.X12]
_BIT_EDIFACT, _BIT_BASE256 = _BIT[Mode.EDIFACT], _BIT[Mode.BASE256]
_THREES = (Mode.C40, Mode.TEXT, Mode.X12)
_EDIFACT_AT = 3
_NEVER = 1 << 30


def _counts(table: Table) -> tuple[int, ...]:
    return tuple(0 if values is None else len(values) for values in table)


_COUNTS = {
    Mode.C40: _counts(C40),
    Mode.TEXT: _counts(TEXT),
    Mode.X12: _counts(X12),
    Mode.EDIFACT: _counts(EDIFACT),
}
_DIGITS = frozenset(b"0123456789")

# Characters among which ASCII and C40 alone reach ASCII at least cost, ties included:
# - no character has fewer values in Text than in C40, and none is of X12 only;
# - what EDIFACT bears has one value in C40, and four such in EDIFACT take three codewords, with
#   latch and unlatch never less than ASCII or C40 with at most two characters in ASCII behind it;
# - Base 256 takes no fewer codewords than ASCII.
_PLAIN = frozenset(
    char
    for char in (*range(128), FNC1)
    if _COUNTS[Mode.TEXT][char] >= _COUNTS[Mode.C40][char]
    and (not _COUNTS[Mode.X12][char] or _COUNTS[Mode.C40][char] == 1)
    and (not _COUNTS[Mode.EDIFACT][char] or _COUNTS[Mode.C40][char] == 1)
)


def plan(content: Content, sizes: Sequence[Size], *, shortcut: bool = True) -> Plan | None:
    """Return the first of ``sizes`` that holds the content, and how; None if none does.

    ``shortcut`` leaves out what cannot make a difference for the characters at hand; the plan is
    the same.
    """
    if content.is_binary:
        return _binary(content, sizes)
    start = len(content.prefix)
    if shortcut and _PLAIN.issuperset(content.body):
        found = _Programme(content.body, start, with_all=False)
        # An end without unlatch saves one codeword at most.
        one_less = found.ascii - 1
        for size in sizes:
            if size.data == one_less:
                break
            if size.data > one_less:
                return Plan(size, found.runs(Mode.ASCII, 0, len(content.body)))
        else:
            return None
    programme = _Programme(content.body, start, with_all=True)
    for size in sizes:
        runs = programme.ending(size.data)
        if runs is not None:
            return Plan(size, runs)
    return None


def _binary(content: Content, sizes: Sequence[Size]) -> Plan | None:
    """Return the plan of bytes: one run of Base 256."""
    length = len(content.body)
    shortest = len(content.prefix) + 2 + length
    for size in sizes:
        # Only a run that ends with the symbol does without a second codeword of length.
        if size.data == shortest or size.data >= shortest + (length >= LONG_RUN):
            return Plan(size, (Run(Mode.BASE256, 0, length),))
    return None


def ascii_pieces(
    body: Sequence[int], start: int, end: int, *, from_left: bool = False
) -> list[tuple[int, ...]]:
    """Return the characters of an ASCII run, one by one or two digits together.

    Of an odd number of digits the first stands alone: so the programme prefers. Behind EDIFACT
    without an unlatch the last does.
    """
    pieces: list[tuple[int, ...]] = []
    characters = body[start:end] if from_left else body[start:end][::-1]
    at = 0
    while at < len(characters):
        piece = tuple(characters[at : at + 2])
        if not _DIGITS.issuperset(piece):
            piece = piece[:1]
        pieces.append(piece if from_left else piece[::-1])
        at += len(piece)
    return pieces if from_left else pieces[::-1]


def _ascii_cost(body: Sequence[int], start: int, end: int) -> int:
    """Return how many codewords ASCII takes for some characters, digits in pairs."""
    two = sum(128 <= char < FNC1 for char in body[start:end])
    return len(ascii_pieces(body, start, end)) + two


class _Programme:
    """The forward pass over a body: how each position and state is reached at least cost."""

    def __init__(self, body: Sequence[int], start: int, *, with_all: bool) -> None:
        """Run through ``body`` behind ``start`` codewords; in ASCII and C40 alone unless all."""
        self.body = body
        self.sources: list[_Source] = []
        """How ASCII is reached before each character, and at the end."""
        self.latched: list[int] = []
        """Bits of the encodations that are reached there by a latch from ASCII."""
        self.full: list[tuple[int, int, int, int]] = []
        """Codewords up to there in C40, Text, X12 and EDIFACT with no value waiting."""
        self._run(start, with_all)

    def _run(self, start: int, with_all: bool) -> None:
        count_c40, count_text = _COUNTS[Mode.C40], _COUNTS[Mode.TEXT]
        count_x12, count_edifact = _COUNTS[Mode.X12], _COUNTS[Mode.EDIFACT]
        never = _NEVER
        a, source = start, _START
        c0 = c1 = c2 = t0 = t1 = t2 = x0 = x1 = x2 = e0 = e1 = e2 = e3 = b = never
        before, length, was_digit = never, 0, False
        for char in (*self.body, None):
            # Changes, before the next character and at the end.
            if with_all:
                if b < a:
                    a, source = b, _FROM_BASE256
                if c0 + 1 < a:
                    a, source = c0 + 1, _FROM_C40
                if t0 + 1 < a:
                    a, source = t0 + 1, _FROM_TEXT
                if x0 + 1 < a:
                    a, source = x0 + 1, _FROM_X12
                # The unlatch is a value of the group that waits.
                if e0 + 1 < a:
                    a, source = e0 + 1, _FROM_EDIFACT[0]
                if e1 + 2 < a:
                    a, source = e1 + 2, _FROM_EDIFACT[1]
                if e2 + 3 < a:
                    a, source = e2 + 3, _FROM_EDIFACT[2]
                if e3 + 3 < a:
                    a, source = e3 + 3, _FROM_EDIFACT[3]
            elif c0 + 1 < a:
                a, source = c0 + 1, _FROM_C40
            latch, latched = a + 1, 0
            if latch < c0:
                c0, latched = latch, _BIT_C40
            if with_all:
                if latch < t0:
                    t0, latched = latch, latched | _BIT_TEXT
                if latch < x0:
                    x0, latched = latch, latched | _BIT_X12
                if latch < e0:
                    e0, latched = latch, latched | _BIT_EDIFACT
                if latch + 1 < b:
                    b, length, latched = latch + 1, 0, latched | _BIT_BASE256
            self.sources.append(source)
            self.latched.append(latched)
            self.full.append((c0, t0, x0, e0))
            if char is None:
                break
            # The character, within each encodation.
            is_digit = 48 <= char <= 57
            if is_digit and was_digit and before <= a:
                before, a, source = a, before + 1, _PAIR
            else:
                before, a, source = a, a + 1 + (128 <= char < FNC1), _SINGLE
            was_digit = is_digit
            count = count_c40[char]
            if count == 1:
                c0, c1, c2 = c2 + 2, c0, c1
            elif count == 2:
                c0, c1, c2 = c1 + 2, c2 + 2, c0
            elif count == 3:
                c0, c1, c2 = c0 + 2, c1 + 2, c2 + 2
            else:
                c0, c1, c2 = c2 + 4, c0 + 2, c1 + 2
            if not with_all:
                continue
            count = count_text[char]
            if count == 1:
                t0, t1, t2 = t2 + 2, t0, t1
            elif count == 2:
                t0, t1, t2 = t1 + 2, t2 + 2, t0
            elif count == 3:
                t0, t1, t2 = t0 + 2, t1 + 2, t2 + 2
            else:
                t0, t1, t2 = t2 + 4, t0 + 2, t1 + 2
            if count_x12[char]:
                x0, x1, x2 = x2 + 2, x0, x1
            else:
                x0 = x1 = x2 = never
            if count_edifact[char]:
                e0, e1, e2, e3 = e3 + 3, e0, e1, e2
            else:
                e0 = e1 = e2 = e3 = never
            length += 1
            b = never if char == FNC1 else b + 1 + (length == LONG_RUN)
        self.ascii, self.base256, self.length = a, b, length
        self.two_waiting = (c2, t2)

    def ending(self, capacity: int) -> tuple[Run, ...] | None:
        """Return the runs that fill a symbol of so many codewords; None if nothing does.

        The first that holds of: with room for an unlatch; without, just full, in the order of
        ISO/IEC 16022:2006, 5.2.5.2 (C40, Text), 5.2.7 (X12), 5.2.8.2 (EDIFACT), 5.2.9 (Base 256).
        """
        body, end = self.body, len(self.body)
        if self.ascii <= capacity:
            return self.runs(Mode.ASCII, 0, end)
        for mode, cost in zip(_THREES, self.full[end], strict=False):
            if cost == capacity:
                return self.runs(mode, 0, end)
        for mode, cost in zip(_THREES, self.two_waiting, strict=False):
            if cost + 2 == capacity:
                return self.runs(mode, 2, end)
        if end and not 128 <= body[end - 1] < FNC1:
            for mode, cost in zip(_THREES, self.full[end - 1], strict=False):
                if cost == capacity - 1:
                    return (*self.runs(mode, 0, end - 1), Run(Mode.ASCII, end - 1, end))
        for at in range(end, max(-1, end - 5), -1):
            cost = self.full[at][_EDIFACT_AT]
            if capacity - 2 <= cost <= capacity - _ascii_cost(body, at, end):
                tail = (Run(Mode.ASCII, at, end),) if at < end else ()
                return (*self.runs(Mode.EDIFACT, 0, at), *tail)
        if self.length >= LONG_RUN and self.base256 - 1 == capacity:
            return self.runs(Mode.BASE256, 0, end)
        return None

    def runs(self, mode: Mode, waiting: int, at: int) -> tuple[Run, ...]:
        """Return the runs that lead to a position in ``mode`` with so many values waiting."""
        runs: list[Run] = []
        while True:
            start = at
            if mode is Mode.ASCII:
                while (source := self.sources[start])[0] is Mode.ASCII and source[1]:
                    start -= source[1]
                before, waiting = source
            else:
                before = Mode.ASCII
                start = self._latch(mode, waiting, at)
            if start < at:
                runs.append(Run(mode, start, at))
            if mode is before is Mode.ASCII:
                return tuple(reversed(runs))
            mode, at = before, start

    def _latch(self, mode: Mode, waiting: int, at: int) -> int:
        """Return where the run of an encodation begins that stands at a position."""
        latched, bit = self.latched, _BIT[mode]
        if mode is Mode.BASE256:
            while not latched[at] & bit:
                at -= 1
            return at
        counts, group = _COUNTS[mode], 4 if mode is Mode.EDIFACT else 3
        while waiting or not latched[at] & bit:
            at -= 1
            waiting = (waiting - counts[self.body[at]]) % group
        return at
