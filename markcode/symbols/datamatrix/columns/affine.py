"""From data codewords to modules, for many symbols of one size.

Error correction, placement and finder are one affine map over GF(2): each bit of data inverts its
modules, and those of the correction that depend on it. So a symbol is the exclusive or of one row
of packed modules for each codeword and value, and the modules of the symbol of zeros.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from markcode.symbols.datamatrix.correction import EXP, LOG, generator
from markcode.symbols.datamatrix.placement import DARK, places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from markcode.symbols.datamatrix.sizes import Size

__all__ = ["packed_bytes", "packed_modules"]

_LARGEST_TABLE = 4 << 20
"""Bytes; above it a codeword is looked up in two halves."""
_MOST_CODEWORDS = 280
"""Up to 64x64; above, the tables grow past use."""
_ROWS = 2048
"""Symbols at a time, so that they stay in the cache."""


def packed_bytes(size: Size) -> int:
    """Return how many bytes the modules of a symbol take, eight a byte."""
    return (size.rows * size.columns + 7) // 8


def packed_modules(codewords: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    """Return the modules, [symbol, byte]: row after row, the first in the highest bit, 1 is dark.

    ``codewords`` are those of data with pads, [codeword, symbol].
    """
    count = codewords.shape[1]
    found = np.empty((count, packed_bytes(size)), np.uint8)
    make = _by_tables if size.data <= _MOST_CODEWORDS else _by_columns
    for start in range(0, count, _ROWS):
        found[start : start + _ROWS] = make(codewords[:, start : start + _ROWS], size)
    return found


def _by_tables(codewords: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    tables, of_zeros = _tables(size)
    parts, values, width = tables.shape
    if values == 16:
        codewords = np.stack([codewords >> 4, codewords & 15], axis=1).reshape(parts, -1)
    records = tables.view(f"V{8 * width}")[:, :, 0]
    symbols = codewords.shape[1]
    found = np.empty((symbols, width), np.uint64)
    # A pad or a latch that all have inverts the same modules of all.
    is_same = (codewords == codewords[:, :1]).all(axis=1)
    of_same = tables[is_same, codewords[is_same, 0]]
    found[:] = np.bitwise_xor.reduce(of_same, axis=0, initial=0) ^ of_zeros
    # A row at a time as one record: `take` copies it whole.
    row = np.empty(symbols, records.dtype)
    flat, words = found.reshape(-1), row.view(np.uint64)
    for part in np.flatnonzero(~is_same):
        records[part].take(codewords[part].astype(np.int64), out=row, mode="clip")
        flat ^= words
    return found.view(np.uint8)[:, : packed_bytes(size)]


@cache
def _tables(size: Size) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return packed modules by part of a codeword and its value, and those of the zeros.

    A part is a whole codeword, or its upper and lower half.
    """
    of_bits, of_zeros = _basis(size)
    parts, width = size.data, of_bits.shape[1]
    bits = 8
    if parts * 256 * width * 8 > _LARGEST_TABLE:
        parts, bits = 2 * parts, 4
    tables = np.zeros((parts, 1 << bits, width), np.uint64)
    of_parts = of_bits.reshape(parts, bits, width)
    for bit in range(bits):
        # The last bit of a part is its lowest.
        known = tables[:, : 1 << bit]
        tables[:, 1 << bit : 2 << bit] = known ^ of_parts[:, bits - 1 - bit, np.newaxis]
    return tables, of_zeros


def _basis(size: Size) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the packed modules that each bit of data inverts, and those of the symbol of zeros."""
    units = np.packbits(np.eye(8 * size.data, dtype=np.uint8), axis=1)
    of_bits = _placed(_corrected(units, size), size, 0)
    of_zeros = _placed(np.zeros((1, size.codewords), np.uint8), size, 1)
    return _wide(of_bits), _wide(of_zeros)[0]


def _placed(codewords: NDArray[np.uint8], size: Size, dark: int) -> NDArray[np.uint8]:
    """Return packed modules of whole symbols' codewords; the finder pattern's dark ones as told."""
    bits = np.empty((len(codewords), 8 * size.codewords + 2), np.uint8)
    bits[:, :-2] = np.unpackbits(codewords, axis=1)
    # `places` points to the last for DARK, to the last but one for LIGHT.
    bits[:, -2], bits[:, DARK] = 0, dark
    return np.packbits(bits.take(places(size).reshape(-1), axis=1), axis=1)


def _wide(rows: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return rows of bytes as rows of whole words."""
    wide = np.zeros((len(rows), -(-rows.shape[1] // 8) * 8), np.uint8)
    wide[:, : rows.shape[1]] = rows
    return wide.view(np.uint64)


def _by_columns(codewords: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    return _placed(_corrected(codewords.T, size), size, 1)


def _corrected(codewords: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    """Return codewords of data with those of error correction behind (5.7, annex E)."""
    whole = np.empty((len(codewords), size.codewords), np.uint8)
    whole[:, : size.data] = codewords
    multiples = _multiples(size.correction // size.blocks)
    for block in range(size.blocks):
        remainder = np.zeros((len(codewords), multiples.shape[1]), np.uint8)
        for codeword in codewords[:, block :: size.blocks].T:
            lead = remainder[:, 0] ^ codeword
            remainder[:, :-1] = remainder[:, 1:]
            remainder[:, -1] = 0
            remainder ^= multiples[lead]
        whole[:, size.data + (block - size.data) % size.blocks :: size.blocks] = remainder
    return whole


@cache
def _multiples(count: int) -> NDArray[np.uint8]:
    """Return the generator of so many codewords times each value."""
    powers, logs = np.frombuffer(EXP, np.uint8), np.frombuffer(LOG, np.uint8).astype(np.int64)
    of = logs[np.frombuffer(generator(count), np.uint8)]
    multiples: NDArray[np.uint8] = powers[logs[:, np.newaxis] + of]
    multiples[0] = 0
    return multiples
