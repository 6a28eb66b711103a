"""Codewords of a plan, with latches, pads and the end of the symbol: ISO/IEC 16022:2006, 5.2."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from markcode.symbols.datamatrix.content import FNC1_CODEWORD, Content
from markcode.symbols.datamatrix.encodation import Plan
from markcode.symbols.datamatrix.modes import LONG_RUN, TABLES, Mode, Run, Values, ascii_pieces
from markcode.symbols.datamatrix.sizes import SQUARES
from markcode.symbols.datamatrix.values import FNC1

__all__ = [
    "EDIFACT_UNLATCH",
    "FIRST_PAIR",
    "LATCHES",
    "PAD",
    "UNLATCH",
    "UPPER_SHIFT",
    "codewords",
    "mask_base256",
    "mask_pad",
]

PAD = 129
FIRST_PAIR = 130
UPPER_SHIFT = 235
UNLATCH = 254
EDIFACT_UNLATCH = 0b011111
LATCHES = {Mode.C40: 230, Mode.BASE256: 231, Mode.X12: 238, Mode.TEXT: 239, Mode.EDIFACT: 240}


def codewords(content: Content, plan: Plan) -> bytes:
    """Return the data codewords of a symbol, pads included."""
    out = bytearray(content.prefix)
    capacity, body = plan.size.data, content.body
    for run in plan.runs:
        if run.mode is Mode.ASCII:
            _ascii(out, body, run)
            continue
        out.append(LATCHES[run.mode])
        if run.mode is Mode.EDIFACT:
            _edifact(out, body, run, TABLES[run.mode], capacity)
        elif run.mode is Mode.BASE256:
            _base256(out, body, run, capacity)
        else:
            _in_threes(out, body, run, TABLES[run.mode])
            # One codeword that is left, for one character, is read as ASCII.
            if len(out) + (run.end < len(body)) < capacity:
                out.append(UNLATCH)
    if len(out) < capacity:
        out.append(PAD)
    return bytes(out + _PADS[len(out) : capacity])


def mask_pad(position: int) -> int:
    """Return a pad behind the first, at a position counted from 1 (5.2.3, annex B.1)."""
    masked = PAD + 149 * position % 253 + 1
    return masked if masked <= 254 else masked - 254


_PADS = bytes(map(mask_pad, range(1, SQUARES[-1].data + 1)))


def mask_base256(value: int, position: int) -> int:
    """Return a byte or length of Base 256 at a position counted from 1 (annex B.2)."""
    return (value + 149 * position % 255 + 1) & 0xFF


def _ascii(out: bytearray, body: Sequence[int], run: Run) -> None:
    for piece in ascii_pieces(body, run.start, run.end):
        if len(piece) == 2:
            out.append(FIRST_PAIR + 10 * piece[0] + piece[1] - 11 * ord("0"))
        elif piece[0] == FNC1:
            out.append(FNC1_CODEWORD)
        elif piece[0] < 128:
            out.append(piece[0] + 1)
        else:
            out += bytes((UPPER_SHIFT, piece[0] - 127))


def _in_threes(out: bytearray, body: Sequence[int], run: Run, table: Values) -> None:
    """Append C40, Text or X12; two values at the end get a Shift 1 that shifts nothing."""
    values = [*chain.from_iterable(map(table.__getitem__, body[run.start : run.end]))]
    if len(values) % 3 == 2:
        values.append(0)
    for first, second, third in zip(values[::3], values[1::3], values[2::3], strict=True):
        out += (1600 * first + 40 * second + third + 1).to_bytes(2)


def _edifact(out: bytearray, body: Sequence[int], run: Run, table: Values, capacity: int) -> None:
    """Append EDIFACT and its unlatch.

    With two codewords left or fewer, what follows is read as ASCII without one.
    """
    values = [*chain.from_iterable(map(table.__getitem__, body[run.start : run.end]))]
    whole = len(values) // 4 * 4
    for at in range(0, whole, 4):
        out += _sixes(values[at : at + 4])
    if capacity - len(out) <= 2:
        out += bytes(char + 1 for char in body[run.start + whole : run.end])
    else:
        out += _sixes([*values[whole:], EDIFACT_UNLATCH])


def _sixes(values: list[int]) -> bytes:
    """Return up to four values of six bits as the bytes that they reach into."""
    packed = 0
    for value in [*values, 0, 0, 0][:4]:
        packed = packed << 6 | value
    return packed.to_bytes(3)[: (6 * len(values) + 7) // 8]


def _base256(out: bytearray, body: Sequence[int], run: Run, capacity: int) -> None:
    """Append Base 256: the length, in one codeword or two, or 0 for up to the symbol's end."""
    length = run.end - run.start
    if length < LONG_RUN:
        lengths: tuple[int, ...] = (length,)
    elif len(out) + 1 + length == capacity:
        lengths = (0,)
    else:
        lengths = (length // LONG_RUN + LONG_RUN - 1, length % LONG_RUN)
    for value in (*lengths, *body[run.start : run.end]):
        out.append(mask_base256(value, len(out) + 1))
