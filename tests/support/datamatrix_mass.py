"""Every symbol of many random payloads of each size, read by zxing-cpp.

    python tests/support/datamatrix_mass.py [COUNT]

does so for COUNT payloads a size (10,000), and prints what it read.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator

from datamatrix_payloads import bytes_of, payload
from markcode import Payload
from markcode.symbols import Symbol, zxing
from markcode.symbols.datamatrix import RECTANGLES, SQUARES, encode_many
from markcode.symbols.datamatrix.columns import SymbolBatch
from markcode.symbols.datamatrix.sizes import BY_NAME


def batches(size: str, count: int) -> Iterator[SymbolBatch]:
    """Give symbols of one size for so many random payloads that fill it more or less."""
    rng = random.Random(size)
    most = 2 * BY_NAME[size].data
    while count > 0:
        drawn = [payload(rng, most) for _ in range(min(2 * count, 10_000))]
        batch = encode_many(drawn, size=size, errors="null")
        batch = batch.take(batch.rows_of(size)[:count])
        count -= len(batch)
        yield batch


def misread(batch: SymbolBatch) -> list[Payload]:
    """Return the payloads that zxing-cpp does not read from their symbols."""
    return [symbol.payload for symbol in batch if symbol and not _is_read(symbol)]


def _is_read(symbol: Symbol) -> bool:
    picture = zxing.bitmap(symbol.modules, 1)
    found = zxing.read(picture, ("DataMatrix",), pure=True)
    if len(found) != 1:
        return False
    data = b"".join(piece.data for piece in zxing.segments(found[0]))
    return data == bytes_of(symbol.payload)


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    wrong = 0
    for name in (*SQUARES, *RECTANGLES):
        faulty = [each for batch in batches(name, wanted) for each in misread(batch)]
        wrong += len(faulty)
        print(f"{name}: {wanted:,} read, {len(faulty)} wrong", *faulty[:3], flush=True)
    sys.exit(bool(wrong))
