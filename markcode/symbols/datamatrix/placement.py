"""Which module bears which bit: ISO/IEC 16022:2006, 5.8 and annex F, and the finder pattern.

Codewords lie in the mapping matrix as eight modules each, along diagonals; what would leave the
matrix at one side goes on at the other. The matrix is then cut into regions, each framed by the
solid L and the clock track.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from markcode.symbols.datamatrix.correction import correction
from markcode.symbols.datamatrix.sizes import Size

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["DARK", "LIGHT", "codewords_of", "modules", "places"]

LIGHT = -2
DARK = -1

# Rows and columns of the bits of a codeword, most significant first, from that of the last one.
_SHAPE = ((-2, -2), (-2, -1), (-1, -2), (-1, -1), (-1, 0), (0, -2), (0, -1), (0, 0))


@cache
def places(size: Size) -> NDArray[np.int32]:
    """Return what each module bears: bit ``8 * codeword + bit``, or `DARK` or `LIGHT`.

    Rows by columns, without the quiet zone; bit 0 is the most significant one of its codeword.
    """
    mapping = _mapping(*size.mapping)
    whole = np.full((size.rows, size.columns), LIGHT, dtype=np.int32)
    tall, wide = size.rows // size.down, size.columns // size.across
    for down in range(size.down):
        for across in range(size.across):
            region = whole[down * tall : (down + 1) * tall, across * wide : (across + 1) * wide]
            region[0, ::2] = DARK
            region[1::2, -1] = DARK
            region[:, 0] = DARK
            region[-1, :] = DARK
            region[1:-1, 1:-1] = mapping[
                down * (tall - 2) : (down + 1) * (tall - 2),
                across * (wide - 2) : (across + 1) * (wide - 2),
            ]
    whole.setflags(write=False)
    return whole


def modules(data: bytes, size: Size) -> NDArray[np.bool_]:
    """Return the symbol of these data codewords: rows by columns, True where dark."""
    # Behind the codewords stand what LIGHT and DARK point to, the last two bits.
    bits = np.unpackbits(np.frombuffer(data + correction(data, size) + b"\1", np.uint8))
    return bits.view(np.bool_).take(places(size))


def codewords_of(symbol: NDArray[np.bool_], size: Size) -> bytes:
    """Return all codewords that a symbol of this size bears; finder and clock are not looked at."""
    where = places(size)
    bits = np.zeros(8 * size.codewords, np.bool_)
    bears = where >= 0
    bits[where[bears]] = symbol[bears]
    return np.packbits(bits).tobytes()


def _mapping(rows: int, columns: int) -> NDArray[np.int32]:
    """Return the mapping matrix: annex F, F.3."""
    free = LIGHT - 1
    matrix = np.full((rows, columns), free, dtype=np.int32)

    def put(codeword: int, modules: tuple[tuple[int, int], ...]) -> None:
        for bit, (row, column) in enumerate(modules):
            if row < 0:
                row, column = row + rows, column + 4 - (rows + 4) % 8
            if column < 0:
                row, column = row + 4 - (columns + 4) % 8, column + columns
            # Only DMRE's shapes wrap so far that a module comes to lie below the last row.
            if row >= rows:
                row -= rows
            matrix[row, column] = 8 * codeword + bit

    def put_at(codeword: int, row: int, column: int) -> None:
        put(codeword, tuple((row + down, column + right) for down, right in _SHAPE))

    codeword, row, column = 0, 4, 0
    while row < rows or column < columns:
        corner = _corner(row, column, rows, columns)
        if corner is not None:
            put(codeword, corner)
            codeword += 1
        while True:
            if row < rows and column >= 0 and matrix[row, column] == free:
                put_at(codeword, row, column)
                codeword += 1
            row, column = row - 2, column + 2
            if row < 0 or column >= columns:
                break
        row, column = row + 1, column + 3
        while True:
            if row >= 0 and column < columns and matrix[row, column] == free:
                put_at(codeword, row, column)
                codeword += 1
            row, column = row + 2, column - 2
            if row >= rows or column < 0:
                break
        row, column = row + 3, column + 1
    if matrix[-1, -1] == free:
        matrix[-1, -1] = matrix[-2, -2] = DARK
        matrix[-1, -2] = matrix[-2, -1] = LIGHT
    return matrix


def _corner(row: int, column: int, rows: int, columns: int) -> tuple[tuple[int, int], ...] | None:
    """Return the modules of a codeword that a corner divides: annex F, figures F.3 to F.6."""
    bottom, right = rows - 1, columns - 1
    if (row, column) == (rows, 0):
        return (
            *((bottom, 0), (bottom, 1), (bottom, 2), (0, right - 1)),
            *((0, right), (1, right), (2, right), (3, right)),
        )
    if (row, column) == (rows - 2, 0) and columns % 4:
        return (
            *((bottom - 2, 0), (bottom - 1, 0), (bottom, 0), (0, right - 3)),
            *((0, right - 2), (0, right - 1), (0, right), (1, right)),
        )
    if (row, column) == (rows - 2, 0) and columns % 8 == 4:
        return (
            *((bottom - 2, 0), (bottom - 1, 0), (bottom, 0), (0, right - 1)),
            *((0, right), (1, right), (2, right), (3, right)),
        )
    if (row, column) == (rows + 4, 2) and not columns % 8:
        return (
            *((bottom, 0), (bottom, right), (0, right - 2), (0, right - 1)),
            *((0, right), (1, right - 2), (1, right - 1), (1, right)),
        )
    return None
