"""Codewords -> content: ISO/IEC 16022:2006, 5.2 and 5.4, read strictly.

What the standard does not allow is refused with the position of the codeword, counted from 1.
"""

from __future__ import annotations

from typing import NamedTuple

from markcode.errors import SymbolError
from markcode.model import Payload
from markcode.symbols.datamatrix.codewords import (
    EDIFACT_UNLATCH,
    FIRST_PAIR,
    LATCHES,
    PAD,
    UNLATCH,
    UPPER_SHIFT,
    mask_base256,
    mask_pad,
)
from markcode.symbols.datamatrix.content import ECI, FNC1_CODEWORD, GS, MACRO_END, MACROS
from markcode.symbols.datamatrix.modes import LONG_RUN, TABLES, Mode, Values
from markcode.symbols.datamatrix.values import FNC1
from markcode.symbols.eci import Segment, text_of

__all__ = ["Decoded", "decode"]

_MODES = {latch: mode for mode, latch in LATCHES.items()}
_STRUCTURED_APPEND, _READER_PROGRAMMING = 233, 234
_SHIFT_2, _UPPER = 1, 30


def _characters(table: Values) -> dict[tuple[int, ...], int]:
    """Return the character of one value, or of a shift and a value."""
    return {values: char for char, values in enumerate(table) if values and len(values) < 3}


_CHARACTERS = {mode: _characters(table) for mode, table in TABLES.items()}


class Decoded(NamedTuple):
    """What the codewords of a symbol say."""

    segments: tuple[Segment, ...]
    """The content, cut where the ECI changes; macros written out, GS for FNC1."""
    is_gs1: bool
    """Whether FNC1 leads."""
    is_binary: bool
    """Whether all is in Base 256 and no ECI says what it is."""

    @property
    def payload(self) -> Payload:
        """The content; bytes where the symbol does not declare what characters they are."""
        text, declared = text_of(self.segments)
        if declared and not self.is_binary:
            return Payload(text, self.is_gs1)
        return Payload(b"".join(data for _, data in self.segments), self.is_gs1)


def decode(data: bytes) -> Decoded:
    """Return what the data codewords of a symbol say. Raises `SymbolError`.

    >>> decode(bytes([142, 164, 186])).payload  # annex O
    Payload(data='123456', gs1=False)
    """
    return _Reader(data).read()


class _Reader:
    """A position in the codewords, and what they have said up to there."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.segments: list[tuple[int | None, bytearray]] = [(None, bytearray())]
        self.modes: set[Mode] = set()

    def read(self) -> Decoded:
        is_gs1 = self.data[:1] == bytes([FNC1_CODEWORD])
        head = MACROS.get(self.data[0]) if self.data else None
        self.at = int(is_gs1 or head is not None)
        if head is not None:
            self._add(head.encode("ascii"))
        mode = Mode.ASCII
        while self.at < len(self.data) or mode is Mode.BASE256:
            mode = self._ascii() if mode is Mode.ASCII else self._run(mode)
        if head is not None:
            self.segments.append((None, bytearray(MACRO_END.encode("ascii"))))
        segments = tuple(Segment(eci, bytes(piece)) for eci, piece in self.segments if piece)
        is_binary = self.modes == {Mode.BASE256} and len(self.segments) == 1 and not is_gs1
        return Decoded(segments, is_gs1, is_binary)

    def _run(self, mode: Mode) -> Mode:
        self.modes.add(mode)
        if mode is Mode.EDIFACT:
            self._edifact()
        elif mode is Mode.BASE256:
            self._base256()
        else:
            self._in_threes(mode)
        return Mode.ASCII

    def _fault(self, reason: str, at: int | None = None) -> SymbolError:
        position = (self.at if at is None else at) + 1
        return SymbolError(f"codeword {position} of {len(self.data)}: {reason}")

    def _next(self) -> int:
        if self.at == len(self.data):
            raise self._fault("the symbol ends where another codeword is needed")
        self.at += 1
        return self.data[self.at - 1]

    def _add(self, characters: bytes) -> None:
        self.segments[-1][1].extend(characters)

    def _ascii(self) -> Mode:
        """Read one codeword of ASCII; return the encodation that is next."""
        start, codeword = self.at, self._next()
        if codeword == PAD:
            self._pads()
        elif 1 <= codeword <= 128:
            self.modes.add(Mode.ASCII)
            self._add(bytes([codeword - 1]))
        elif FIRST_PAIR <= codeword < FIRST_PAIR + 100:
            self.modes.add(Mode.ASCII)
            self._add(b"%02d" % (codeword - FIRST_PAIR))
        elif codeword in _MODES:
            return _MODES[codeword]
        elif codeword == UPPER_SHIFT:
            self.modes.add(Mode.ASCII)
            lower = self._next()
            if not 1 <= lower <= 128:
                raise self._fault(f"{lower} cannot stand behind an upper shift", self.at - 1)
            self._add(bytes([lower + 127]))
        elif codeword == FNC1_CODEWORD:
            self.modes.add(Mode.ASCII)
            self._fnc1(start)
        elif codeword == ECI:
            self.segments.append((self._designator(), bytearray()))
        else:
            raise self._fault(_REFUSED.get(codeword, f"{codeword} has no meaning here"), start)
        return Mode.ASCII

    def _fnc1(self, start: int) -> None:
        if start == 1 and self.data[0] != FNC1_CODEWORD:
            raise self._fault("FNC1 in second position: an industry's own data (annex N)", start)
        self._add(bytes([GS]))

    def _pads(self) -> None:
        """Read pads up to the end: each is the one of its position."""
        for position in range(self.at + 1, len(self.data) + 1):
            pad = self._next()
            if pad != mask_pad(position):
                raise self._fault(f"{pad} where a pad {mask_pad(position)} belongs", position - 1)

    def _designator(self) -> int:
        """Read which ECI begins: table 6, one to three codewords."""
        start = self.at
        first = self._next()
        if 1 <= first <= 127:
            return first - 1
        following = [self._next() for _ in range(1 if first < 192 else 2)]
        if not 128 <= first <= 207 or not all(1 <= codeword <= 254 for codeword in following):
            raise self._fault("this designates no ECI", start)
        if first < 192:
            return (first - 128) * 254 + following[0] - 1 + 127
        return (first - 192) * 64516 + (following[0] - 1) * 254 + following[1] - 1 + 16383

    def _in_threes(self, mode: Mode) -> None:
        """Read C40, Text or X12, up to an unlatch or to where none is needed."""
        characters = _CHARACTERS[mode]
        shift: tuple[int, ...] = ()
        upper = 0
        # One codeword that is left is of ASCII, though an unlatch may fill it.
        while len(self.data) - self.at >= 2 and self.data[self.at] != UNLATCH:
            start = self.at
            packed = (self._next() << 8 | self._next()) - 1
            if not 0 <= packed < 40**3:
                raise self._fault("these two codewords are no three values", start)
            for value in (packed // 1600, packed // 40 % 40, packed % 40):
                if not shift and value < 3 and mode is not Mode.X12:
                    shift = (value,)
                    continue
                if shift == (_SHIFT_2,) and value == _UPPER and not upper:
                    shift, upper = (), 128
                    continue
                char = characters.get((*shift, value))
                if char is None or (upper and char == FNC1):
                    raise self._fault(f"value {value} has no meaning here", start)
                self._add(bytes([GS if char == FNC1 else char + upper]))
                shift, upper = (), 0
        # A Shift 1 that shifts nothing fills the last three.
        if upper or shift not in ((), (0,)):
            raise self._fault("a shift has no character behind it", self.at - 1)
        if self.at < len(self.data) and self.data[self.at] == UNLATCH:
            self.at += 1

    def _edifact(self) -> None:
        """Read EDIFACT, up to an unlatch or to two codewords before the end."""
        while len(self.data) - self.at > 2:
            packed = int.from_bytes(self.data[self.at : self.at + 3])
            for index in range(4):
                value = packed >> (18 - 6 * index) & 0x3F
                if value == EDIFACT_UNLATCH:
                    self.at += min(index + 1, 3)
                    return
                self._add(bytes([value if value & 0x20 else value | 0x40]))
            self.at += 3

    def _base256(self) -> None:
        start = self.at
        length = self._byte()
        if length >= LONG_RUN:
            length = (length - LONG_RUN + 1) * LONG_RUN + self._byte()
        elif not length:
            length = len(self.data) - self.at
        if length > len(self.data) - self.at:
            raise self._fault(f"{length} bytes are announced, more than there are", start)
        self._add(bytes(self._byte() for _ in range(length)))

    def _byte(self) -> int:
        masked = self._next()
        return (masked - mask_base256(0, self.at)) & 0xFF


_REFUSED = {
    _STRUCTURED_APPEND: "one of several symbols (structured append), which is not read",
    _READER_PROGRAMMING: "a message that programs the reader, which is not read",
    UNLATCH: "an unlatch in ASCII",
    **dict.fromkeys(MACROS, "a macro stands in first position only"),
}
