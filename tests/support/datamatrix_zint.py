"""zint's Data Matrix beside ours: its modules, and the payloads for which ours is smaller.

    python tests/support/datamatrix_zint.py [COUNT]

lists these, of so many random texts.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import zint

from datamatrix_payloads import text
from markcode.symbols import datamatrix
from markcode.symbols.datamatrix.sizes import BY_NAME, Size

if TYPE_CHECKING:
    from numpy.typing import NDArray

ZINT_ORDER = (
    *datamatrix.SQUARES,
    *datamatrix.RECTANGLES,
    *sorted(datamatrix.EXTENSIONS, key=lambda name: tuple(map(int, name.split("x")))),
)
"""Sizes as zint numbers them, from 1."""

# zint-bindings ends the process on a message with nothing in it.
_EMPTY = frozenset(f"[)>\x1e{number}\x1d\x1e\x04" for number in ("05", "06"))


class Smaller(NamedTuple):
    """A text for which our symbol is smaller, and the two sizes."""

    text: str
    ours: Size
    zints: Size


def encode(text: str, size: str | None = None) -> tuple[Size, NDArray[np.bool_]] | None:
    """Return size and modules of zint's smallest square, or of ``size``; None if too long.

    ASCII goes in as it is, other text in Latin-1 or UTF-8 with its ECI. Raises ValueError for what
    zint-bindings cannot take.
    """
    if text in _EMPTY:
        raise ValueError("zint-bindings crashes on this message")
    if text.isascii():
        return _encode(text.encode("ascii"), size)
    try:
        return _encode(text.encode("latin-1"), size, eci=3)
    except UnicodeEncodeError:
        return _encode(text.encode("utf-8"), size, eci=26)


def encode_gs1(bracketed: str) -> tuple[Size, NDArray[np.bool_]] | None:
    """Return size and modules of zint's smallest square for ``[01]...[21]...``."""
    return _encode(bracketed.encode("ascii"), None, is_gs1=True)


def _encode(
    data: bytes, size: str | None, *, eci: int = 0, is_gs1: bool = False
) -> tuple[Size, NDArray[np.bool_]] | None:
    symbol = zint.Symbol()
    symbol.symbology = zint.Symbology.DATAMATRIX
    symbol.eci = eci
    if is_gs1:
        symbol.input_mode = zint.InputMode.GS1
    if size is None:
        symbol.option_3 = int(zint.DataMatrixOptions.SQUARE)
    else:
        symbol.option_2 = ZINT_ORDER.index(size) + 1
    try:
        symbol.encode(data)
    except RuntimeError as fault:
        if "too long" in str(fault):
            return None
        raise
    rows = np.array(symbol.encoded_data, np.uint8)[: symbol.rows]
    modules = np.unpackbits(rows, axis=1, bitorder="little")[:, : symbol.width]
    return BY_NAME[f"{symbol.rows}x{symbol.width}"], modules.astype(np.bool_)


def encodation(data: bytes) -> list[tuple[str, int]]:
    """Return what data codewords consist of: each piece, and how many codewords it takes.

    A piece is a run in ASCII, or that behind a latch, without the unlatch. Two streams of the same
    pieces bear one text in the same encodations.
    """
    pieces: list[tuple[str, int]] = []
    at = 0
    while at < len(data):
        codeword = data[at]
        at += 1
        if codeword not in _LATCHES:
            if codeword == 129:
                pieces.append(("pad", 1))
                break
            if pieces and pieces[-1][0] == "ASCII":
                pieces[-1] = "ASCII", pieces[-1][1] + 1
            else:
                pieces.append(("ASCII", 1))
            continue
        end = _RUN_ENDS[codeword](data, at)
        # zint leaves the length of Base 256 open wherever it ends the symbol.
        is_open = codeword == 231 and not _unmasked(data, at)
        pieces.append((_LATCHES[codeword] + " with no length" * is_open, end - at))
        at = end
    return pieces


def _end_of_threes(data: bytes, at: int) -> int:
    while len(data) - at > 1 and data[at] != 254:
        at += 2
    return at


def _end_of_edifact(data: bytes, at: int) -> int:
    while len(data) - at > 2:
        packed = int.from_bytes(data[at : at + 3])
        values = [packed >> shift & 63 for shift in (18, 12, 6, 0)]
        if 31 in values:
            return at + min(values.index(31) + 1, 3)
        at += 3
    return at


def _end_of_bytes(data: bytes, at: int) -> int:
    first, second = _unmasked(data, at), _unmasked(data, at + 1)
    if not first:
        return len(data)
    return at + 1 + first if first < 250 else at + 2 + (first - 249) * 250 + second


def _unmasked(data: bytes, at: int) -> int:
    return (data[at] - (149 * (at + 1)) % 255 - 1) % 256


_LATCHES = {230: "C40", 239: "Text", 238: "X12", 240: "EDIFACT", 231: "Base 256"}
_RUN_ENDS = {
    **dict.fromkeys((230, 239, 238), _end_of_threes),
    240: _end_of_edifact,
    231: _end_of_bytes,
}


def smaller(count: int, seed: str = "smaller") -> Iterator[Smaller]:
    """Yield those of ``count`` random texts for which our smallest square is smaller."""
    rng = random.Random(seed)
    for _ in range(count):
        made = text(rng, rng.randrange(1, 81))
        zints = encode(made)
        symbol = datamatrix.encode(made)
        ours = BY_NAME[f"{symbol.rows}x{symbol.columns}"]
        if zints is not None and ours.data < zints[0].data:
            yield Smaller(made, ours, zints[0])


if __name__ == "__main__":
    for found in smaller(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000):
        print(f"{found.ours.name:>9} {found.zints.name:>9}  {found.text!r}")
