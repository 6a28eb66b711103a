"""The bytes of a PNG of one bit a dot (ISO/IEC 15948)."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

__all__ = ["NM_PER_INCH", "encode", "encode_changes"]

NM_PER_INCH = 25_400_000


def encode(dark: NDArray[np.bool_], dpi: int) -> bytes:
    """Return a PNG of dots, rows by columns, True where dark."""
    import numpy as np

    packed = np.packbits(~dark, axis=1)
    below = np.empty_like(packed)
    below[0] = packed[0]
    np.subtract(packed[1:], packed[:-1], out=below[1:])
    return _file(below, dark.shape[1], dpi)


def encode_changes(
    changed: NDArray[np.uint8], numbers: Ints, height: int, width: int, dpi: int
) -> bytes:
    """Return a PNG whose packed rows are given where they differ from the row above.

    ``numbers`` are those of the rows, and the first row is one of them.
    """
    import numpy as np

    below = np.zeros((height, changed.shape[1]), dtype=np.uint8)
    below[numbers[0]] = changed[0]
    below[numbers[1:]] = changed[1:] - changed[:-1]
    return _file(below, width, dpi)


def _file(below: NDArray[np.uint8], width: int, dpi: int) -> bytes:
    """Return a PNG of one bit a dot, with its dots a metre rounded down.

    ``below`` is each row less the one above it, byte by byte (filter type 2), so that rows that are
    repeated are nothing but zeros. PNG knows whole dots a metre only (pHYs); rounded up, the mark
    would come out too small. See ISO/IEC 15948, clauses 9 and 11.
    """
    import numpy as np

    height, row_bytes = below.shape
    lines = np.empty((height, row_bytes + 1), dtype=np.uint8)
    lines[:, 0] = 2
    lines[:, 1:] = below
    per_metre = dpi * 1_000_000_000 // NM_PER_INCH
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)),
        (b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
        (b"IDAT", zlib.compress(lines.data, 1)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
