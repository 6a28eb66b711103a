"""Reed-Solomon error correction of Data Matrix (ISO/IEC 16022:2006, 5.7 and annex E).

The field is GF(256) with the polynomial 0x12D; the generator of ``n`` codewords has the roots
a^1 to a^n. Codewords of large symbols are dealt to several blocks in turn.
"""

from __future__ import annotations

from functools import cache

from markcode.symbols.datamatrix.sizes import Size

__all__ = ["EXP", "LOG", "correction", "generator", "of_block"]

_POLYNOMIAL = 0x12D


def _powers() -> tuple[bytes, bytes]:
    exp, log, value = bytearray(510), bytearray(256), 1
    for power in range(255):
        exp[power] = exp[power + 255] = value
        log[value] = power
        value <<= 1
        if value & 0x100:
            value ^= _POLYNOMIAL
    return bytes(exp), bytes(log)


EXP, LOG = _powers()
"""Powers of a, twice over so that two logarithms can be added; logarithms (of 0: nothing)."""


@cache
def generator(count: int) -> bytes:
    """Return the coefficients of the generator of ``count`` codewords, but for the leading 1.

    From the highest power down.
    """
    coefficients = bytearray([1])
    for power in range(1, count + 1):
        coefficients.append(0)
        for at in range(len(coefficients) - 1, 0, -1):
            before = coefficients[at - 1]
            if before:
                coefficients[at] ^= EXP[LOG[before] + power]
    return bytes(coefficients[1:])


@cache
def _multiples(count: int) -> tuple[int, ...]:
    """Return the generator times each value of the field, a byte a coefficient."""
    logs = [LOG[coefficient] for coefficient in generator(count)]
    multiples = (bytes(EXP[LOG[value] + log] for log in logs) for value in range(1, 256))
    return (0, *map(int.from_bytes, multiples))


def correction(data: bytes, size: Size) -> bytes:
    """Return the codewords of error correction that follow ``data``, a whole symbol's.

    >>> from markcode.symbols.datamatrix.sizes import BY_NAME
    >>> correction(bytes([142, 164, 186]), BY_NAME["10x10"]).hex(" ")  # annex O
    '72 19 05 58 66'
    """
    count = size.correction // size.blocks
    result = bytearray(size.correction)
    for block in range(size.blocks):
        # The dealing goes on where the data left off, which in 144x144 is in mid-round.
        first = (block - size.data) % size.blocks
        result[first :: size.blocks] = of_block(data[block :: size.blocks], count)
    return bytes(result)


def of_block(data: bytes | bytearray, count: int) -> bytes:
    """Return the ``count`` codewords of error correction of one block."""
    multiples = _multiples(count)
    top, mask = 8 * count - 8, (1 << (8 * count - 8)) - 1
    remainder = 0
    for codeword in data:
        remainder = (remainder & mask) << 8 ^ multiples[remainder >> top ^ codeword]
    return remainder.to_bytes(count)
