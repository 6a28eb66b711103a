"""The encodations of Data Matrix, and runs of characters in them (ISO/IEC 16022:2006 table 1)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from markcode.symbols.datamatrix.values import C40, EDIFACT, TEXT, X12

__all__ = ["COUNTS", "LONG_RUN", "TABLES", "Mode", "Run", "Values", "ascii_pieces"]

LONG_RUN = 250
"""Bytes in Base 256 from which on the length takes two codewords."""


class Mode(IntEnum):
    """An encodation."""

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


Values = tuple[tuple[int, ...], ...]

TABLES: dict[Mode, Values] = {
    mode: tuple(values or () for values in table)
    for mode, table in zip(
        (Mode.C40, Mode.TEXT, Mode.X12, Mode.EDIFACT), (C40, TEXT, X12, EDIFACT), strict=True
    )
}
"""The values of each character; none: the encodation has no form of it."""
COUNTS = {mode: tuple(map(len, table)) for mode, table in TABLES.items()}
"""How many these are."""

_DIGITS = frozenset(b"0123456789")


def ascii_pieces(body: Sequence[int], start: int, end: int) -> list[tuple[int, ...]]:
    """Return the characters of an ASCII run, one by one or two digits together.

    Of an odd number of digits the last stands alone: so the programme prefers.
    """
    pieces: list[tuple[int, ...]] = []
    at = start
    while at < end:
        piece = tuple(body[at : min(at + 2, end)])
        if not _DIGITS.issuperset(piece):
            piece = piece[:1]
        pieces.append(piece)
        at += len(piece)
    return pieces
