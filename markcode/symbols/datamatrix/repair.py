"""Reed-Solomon decoding of Data Matrix (ISO/IEC 16022:2006, 5.7 and annex E).

A block with ``n`` codewords of correction bears ``e`` errors at unknown places and ``s`` erasures
at known ones as long as 2e + s is at most ``n``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import zip_longest

from markcode.errors import SymbolError
from markcode.symbols.datamatrix.correction import EXP, LOG, of_block
from markcode.symbols.datamatrix.sizes import Size

__all__ = ["repaired"]

# Polynomials are lists of coefficients from the lowest power up.
_Polynomial = list[int]


def repaired(codewords: bytes, size: Size, erasures: Collection[int] = ()) -> bytes:
    """Return the codewords of a whole symbol without their errors.

    ``erasures`` are positions, from 0, of codewords that are not to be trusted. Raises
    `SymbolError` where a block has more errors than it can bear.
    """
    if len(codewords) != size.codewords:
        raise SymbolError(f"{size.name} has {size.codewords} codewords, not {len(codewords)}")
    count = size.correction // size.blocks
    result = bytearray(codewords)
    for block in range(size.blocks):
        erased = [at // size.blocks for at in sorted(set(erasures)) if at % size.blocks == block]
        mended = _block(result[block :: size.blocks], count, erased)
        if mended is None:
            raise SymbolError(
                f"{size.name}: block {block + 1} of {size.blocks} has more errors than its "
                f"{count} codewords of correction can mend"
            )
        result[block :: size.blocks] = mended
    return bytes(result)


def _block(received: bytearray, count: int, erased: list[int]) -> bytearray | None:
    """Return one block mended, or None."""
    if _is_whole(received, count):
        return received
    if len(erased) > count:
        return None
    syndromes = [_value(received[::-1], EXP[power]) for power in range(1, count + 1)]
    # The codeword at each place is the coefficient of a power of x; its inverse marks it.
    inverses = [EXP[255 - (len(received) - 1 - at) % 255] for at in range(len(received))]
    locator = [1]
    for at in erased:
        locator = _times(locator, [1, _divided(1, inverses[at])])
    locator = _error_locator(syndromes, locator, len(erased))
    places = [at for at, inverse in enumerate(inverses) if not _value(locator, inverse)]
    errors = len(locator) - 1
    if len(places) != errors or 2 * errors - len(erased) > count:
        return None
    evaluator = _times(syndromes, locator)[:count]
    slope = [coefficient if power % 2 else 0 for power, coefficient in enumerate(locator)][1:]
    mended = bytearray(received)
    for at in places:
        # The roots begin with a^1, so that the magnitude needs no factor (Forney).
        mended[at] ^= _divided(_value(evaluator, inverses[at]), _value(slope, inverses[at]))
    return mended if _is_whole(mended, count) else None


def _is_whole(received: bytearray, count: int) -> bool:
    return of_block(received[:-count], count) == received[-count:]


def _error_locator(syndromes: _Polynomial, erasures: _Polynomial, known: int) -> _Polynomial:
    """Return the locator of errors and erasures (Berlekamp and Massey, begun with the erasures)."""
    current, previous, length, shift, scale = list(erasures), list(erasures), known, 1, 1
    for step in range(known, len(syndromes)):
        discrepancy = 0
        for power, coefficient in enumerate(current[: step + 1]):
            discrepancy ^= _product(coefficient, syndromes[step - power])
        if not discrepancy:
            shift += 1
            continue
        factor = _divided(discrepancy, scale)
        change = [0] * shift + [_product(factor, coefficient) for coefficient in previous]
        updated = _plus(current, change)
        if 2 * length <= step + known:
            previous, length, scale, shift = current, step + 1 + known - length, discrepancy, 1
        else:
            shift += 1
        current = updated
    while current and not current[-1]:
        current.pop()
    return current


def _product(first: int, second: int) -> int:
    return EXP[LOG[first] + LOG[second]] if first and second else 0


def _divided(number: int, by: int) -> int:
    return EXP[LOG[number] + 255 - LOG[by]] if number else 0


def _value(polynomial: Sequence[int], at: int) -> int:
    result = 0
    for coefficient in reversed(polynomial):
        result = _product(result, at) ^ coefficient
    return result


def _plus(first: _Polynomial, second: _Polynomial) -> _Polynomial:
    return [a ^ b for a, b in zip_longest(first, second, fillvalue=0)]


def _times(first: _Polynomial, second: _Polynomial) -> _Polynomial:
    result = [0] * (len(first) + len(second) - 1)
    for low, coefficient in enumerate(first):
        for high, other in enumerate(second):
            result[low + high] ^= _product(coefficient, other)
    return result
