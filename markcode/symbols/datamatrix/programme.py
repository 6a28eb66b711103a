"""The exact dynamic programme over encodations.

A state is an encodation and the values that wait for their group to be full; a step takes the next
character within an encodation, a change unlatches to ASCII or latches from it, before the next
character. The programme gives, for every position and state, the least codewords written. Where
two ways cost the same, one stands in the order of preference, so that a payload has one symbol.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from markcode.symbols.datamatrix.modes import COUNTS, LONG_RUN, Mode, Run, ascii_pieces
from markcode.symbols.datamatrix.values import FNC1

__all__ = ["Programme"]

# How ASCII is reached at a position: within it by one character or a digit pair, or by the end of
# another encodation, with so many values waiting.
_SINGLE, _PAIR, _START = (Mode.ASCII, 1), (Mode.ASCII, 2), (Mode.ASCII, 0)
_FROM_BASE256 = (Mode.BASE256, 0)
_FROM_C40, _FROM_TEXT, _FROM_X12 = (Mode.C40, 0), (Mode.TEXT, 0), (Mode.X12, 0)
_FROM_EDIFACT = tuple((Mode.EDIFACT, waiting) for waiting in range(4))

_BIT = {mode: 1 << mode for mode in Mode}
_BIT_C40, _BIT_TEXT, _BIT_X12 = _BIT[Mode.C40], _BIT[Mode.TEXT], _BIT[Mode.X12]
_BIT_EDIFACT, _BIT_BASE256 = _BIT[Mode.EDIFACT], _BIT[Mode.BASE256]
_THREES = (Mode.C40, Mode.TEXT, Mode.X12)
_EDIFACT_AT = 3
_NEVER = 1 << 30


class Programme:
    """The forward pass over a body: how each position and state is reached at least cost."""

    def __init__(self, body: Sequence[int], start: int, modes: Collection[Mode]) -> None:
        """Run through ``body`` behind ``start`` codewords, in ASCII, C40 and ``modes``."""
        self.body = body
        self.sources: list[tuple[Mode, int]] = []
        """How ASCII is reached before each character, and at the end."""
        self.latched: list[int] = []
        """Bits of the encodations that are reached there by a latch from ASCII."""
        self.full: list[tuple[int, int, int, int]] = []
        """Codewords up to there in C40, Text, X12 and EDIFACT with no value waiting."""
        self._run(start, modes)

    def _run(self, start: int, modes: Collection[Mode]) -> None:
        # One long loop over plain variables: a function a step or a list of states would cost
        # several times as much. A name is a mode and how many values wait.
        with_text, with_x12 = Mode.TEXT in modes, Mode.X12 in modes
        with_edifact, with_base256 = Mode.EDIFACT in modes, Mode.BASE256 in modes
        count_c40, count_text = COUNTS[Mode.C40], COUNTS[Mode.TEXT]
        count_x12, count_edifact = COUNTS[Mode.X12], COUNTS[Mode.EDIFACT]
        add_source, add_latched = self.sources.append, self.latched.append
        add_full, never = self.full.append, _NEVER
        a, source = start, _START
        c0 = c1 = c2 = t0 = t1 = t2 = x0 = x1 = x2 = e0 = e1 = e2 = e3 = b = never
        before, length, left, was_digit = never, 0, len(self.body), False
        for char in (*self.body, None):
            # Changes, before the next character and at the end: to ASCII, then from it.
            if b < a:
                a, source = b, _FROM_BASE256
            if c0 + 1 < a:
                a, source = c0 + 1, _FROM_C40
            if with_text and t0 + 1 < a:
                a, source = t0 + 1, _FROM_TEXT
            if with_x12 and x0 + 1 < a:
                a, source = x0 + 1, _FROM_X12
            if with_edifact:
                # The unlatch is a value of the group that waits.
                if e0 + 1 < a:
                    a, source = e0 + 1, _FROM_EDIFACT[0]
                if e1 + 2 < a:
                    a, source = e1 + 2, _FROM_EDIFACT[1]
                if e2 + 3 < a:
                    a, source = e2 + 3, _FROM_EDIFACT[2]
                if e3 + 3 < a:
                    a, source = e3 + 3, _FROM_EDIFACT[3]
            latch, latched = a + 1, 0
            if latch < c0:
                c0, latched = latch, _BIT_C40
            if with_text and latch < t0:
                t0, latched = latch, latched | _BIT_TEXT
            if with_x12 and latch < x0:
                x0, latched = latch, latched | _BIT_X12
            if with_edifact and latch < e0:
                e0, latched = latch, latched | _BIT_EDIFACT
            if with_base256:
                # Of two runs that cost the same, that which began later has its second codeword
                # of length still before it; it may never need it.
                begins_better = length < LONG_RUN <= length + left
                if latch + 1 < b + begins_better:
                    b, length, latched = latch + 1, 0, latched | _BIT_BASE256
            add_source(source)
            add_latched(latched)
            add_full((c0, t0, x0, e0))
            if char is None:
                break
            # The character, within each encodation.
            is_digit = 48 <= char <= 57
            if is_digit and was_digit and before < a:
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
            if with_text:
                count = count_text[char]
                if count == 1:
                    t0, t1, t2 = t2 + 2, t0, t1
                elif count == 2:
                    t0, t1, t2 = t1 + 2, t2 + 2, t0
                elif count == 3:
                    t0, t1, t2 = t0 + 2, t1 + 2, t2 + 2
                else:
                    t0, t1, t2 = t2 + 4, t0 + 2, t1 + 2
            if with_x12:
                if count_x12[char]:
                    x0, x1, x2 = x2 + 2, x0, x1
                else:
                    x0 = x1 = x2 = never
            if with_edifact:
                if count_edifact[char]:
                    e0, e1, e2, e3 = e3 + 3, e0, e1, e2
                else:
                    e0 = e1 = e2 = e3 = never
            if with_base256:
                length, left = length + 1, left - 1
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
        counts, group = COUNTS[mode], 4 if mode is Mode.EDIFACT else 3
        while waiting or not latched[at] & bit:
            at -= 1
            waiting = (waiting - counts[self.body[at]]) % group
        return at


def _ascii_cost(body: Sequence[int], start: int, end: int) -> int:
    """Return how many codewords ASCII takes for some characters, digits in pairs."""
    two = sum(128 <= char < FNC1 for char in body[start:end])
    return len(ascii_pieces(body, start, end)) + two
