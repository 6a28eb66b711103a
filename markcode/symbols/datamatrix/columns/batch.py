r"""Many symbols, their modules packed eight to a byte."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from markcode import arrow_c
from markcode.symbols.datamatrix import QUIET_ZONE
from markcode.symbols.datamatrix.columns.affine import packed_bytes
from markcode.symbols.datamatrix.columns.payloads import Payloads
from markcode.symbols.datamatrix.columns.programme import NO_SIZE
from markcode.symbols.datamatrix.sizes import BY_NAME, Size
from markcode.symbols.symbol import Symbol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import polars as pl
    from numpy.typing import NDArray

__all__ = ["SIZES", "SymbolBatch", "assembled", "gathered"]

SIZES: tuple[Size, ...] = tuple(BY_NAME.values())
"""What `SymbolBatch.sizes` are indexes of."""
_BYTES = np.array([*map(packed_bytes, SIZES), *([0] * (256 - len(SIZES)))], np.int64)
_LARGE_BINARY = b"Z"


@dataclass(frozen=True, slots=False, eq=False)
class SymbolBatch:
    """Data Matrix symbols of a column of payloads, in order; None where a row has none.

    The modules of a symbol are its rows from the top, one after another, each from the left,
    without a quiet zone: module ``(row, column)`` of a symbol of ``columns`` columns is number
    ``n = row * columns + column``; it is the bit ``0x80 >> n % 8`` of byte ``n // 8``, and dark if
    that is set. Zero bits fill the last byte, so an 18x18 takes 41 bytes. `table` gives the same
    bytes row by row, which is what stands in a Parquet file.

    >>> from markcode.symbols.datamatrix import encode_many
    >>> batch = encode_many(["CO INDU 26 07 01238 09 R", None], errors="null")
    >>> len(batch), batch[0].modules.shape, batch[1], len(batch.packed(0))
    (2, (18, 18), None, 41)
    """

    payloads: Payloads
    sizes: NDArray[np.uint8]
    """Index of each row's size in `SIZES`; 255 for none."""
    bits: NDArray[np.uint8]
    """Packed modules of all symbols."""
    offsets: NDArray[np.int64]
    """Index into ``bits`` of each row's first byte."""

    def __len__(self) -> int:
        return len(self.sizes)

    @overload
    def __getitem__(self, row: int) -> Symbol | None: ...
    @overload
    def __getitem__(self, row: slice) -> SymbolBatch: ...
    def __getitem__(self, row: int | slice) -> Symbol | SymbolBatch | None:
        if isinstance(row, slice):
            return self.take(row)
        index = range(len(self))[row]
        size = self.size(index)
        if size is None:
            return None
        bits = np.unpackbits(self.packed(index), count=size.rows * size.columns)
        modules = bits.view(np.bool_).reshape(size.rows, size.columns)
        return Symbol("datamatrix", modules, QUIET_ZONE, self.payloads[index])

    def __iter__(self) -> Iterator[Symbol | None]:
        return (self[row] for row in range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SymbolBatch):
            return NotImplemented
        mine, others = self.compact(), other.compact()
        return (
            np.array_equal(mine.sizes, others.sizes)
            and np.array_equal(mine.bits, others.bits)
            and mine.payloads == others.payloads
        )

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        small = self.compact()
        return (SymbolBatch, (small.payloads, small.sizes, small.bits, small.offsets))

    def size(self, row: int) -> Size | None:
        """Return the size of one row's symbol; None if it has none."""
        index = int(self.sizes[row])
        return None if index == NO_SIZE else SIZES[index]

    @property
    def has_symbol(self) -> NDArray[np.bool_]:
        """Which rows have a symbol."""
        known: NDArray[np.bool_] = self.sizes != NO_SIZE
        return known

    def packed(self, row: int) -> NDArray[np.uint8]:
        """Return the packed modules of one row; nothing if it has none."""
        start = int(self.offsets[row])
        return self.bits[start : start + int(_BYTES[self.sizes[row]])]

    def take(self, rows: Any) -> SymbolBatch:
        """Return the rows of an index, a mask or a slice; no modules are copied."""
        some = self.payloads.take(rows)
        return SymbolBatch(some, self.sizes[rows], self.bits, self.offsets[rows])

    def rows_of(self, size: str) -> NDArray[np.int64]:
        """Return the rows whose symbol has a size such as "18x18"."""
        return np.flatnonzero(self.sizes == SIZES.index(BY_NAME[size]))

    def packed_of(self, size: str) -> NDArray[np.uint8]:
        """Return the packed modules of a size's symbols, [symbol, byte], as in `rows_of`."""
        length = packed_bytes(BY_NAME[size])
        starts = self.offsets[self.rows_of(size)]
        if not len(starts):
            return np.empty((0, length), np.uint8)
        return _windows(self.bits, length)[starts].view(np.uint8).reshape(-1, length)

    def modules_of(self, size: str) -> NDArray[np.bool_]:
        """Return the modules of all symbols of a size: [symbol, row, column], True where dark."""
        of = BY_NAME[size]
        bits = np.unpackbits(self.packed_of(size), axis=1, count=of.rows * of.columns)
        return bits.view(np.bool_).reshape(-1, of.rows, of.columns)

    @cached_property
    def size_names(self) -> tuple[str, ...]:
        """The sizes that occur, such as "18x18", in the order of `SIZES`."""
        found = np.unique(self.sizes).tolist()
        return tuple(SIZES[index].name for index in found if index != NO_SIZE)

    def compact(self) -> SymbolBatch:
        """Return the same rows with nothing in ``bits`` before, between or behind them."""
        lengths = _BYTES[self.sizes]
        offsets = np.cumsum(lengths) - lengths
        if len(self.bits) == lengths.sum() and np.array_equal(offsets, self.offsets):
            return self
        bits = np.empty(int(lengths.sum()), np.uint8)
        for name in self.size_names:
            modules = self.packed_of(name)
            place = _windows(bits, modules.shape[1])
            place[offsets[self.rows_of(name)]] = modules.view(place.dtype)[:, 0]
        return SymbolBatch(self.payloads, self.sizes, bits, offsets)

    def table(self) -> pl.DataFrame:
        """Return columns ``symbol`` ("18x18") and ``modules`` (packed, binary), null for none."""
        import polars as pl

        names = pl.Series([*(size.name for size in SIZES)], dtype=pl.String)
        index = pl.Series(self.sizes)
        known = pl.Series(self.sizes != NO_SIZE)
        symbol = names.gather(index.zip_with(known, pl.Series([0], dtype=pl.UInt8)))
        return pl.DataFrame(
            {
                "symbol": symbol.zip_with(known, pl.Series([None], dtype=pl.String)),
                "modules": pl.Series(_Binary(self)),
            }
        )


class _Binary:
    """The packed modules as an Arrow array."""

    def __init__(self, batch: SymbolBatch) -> None:
        self._batch = batch.compact()

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        sizes = self._batch.sizes
        offsets = np.zeros(len(sizes) + 1, np.int64)
        np.cumsum(_BYTES[sizes], out=offsets[1:])
        known = sizes != NO_SIZE
        bits = np.packbits(known, bitorder="little")
        nulls = len(sizes) - int(np.count_nonzero(known))
        array = arrow_c.exported(len(sizes), nulls, (bits, offsets, self._batch.bits))
        return arrow_c.exported_schema(_LARGE_BINARY), array


def _windows(data: NDArray[np.uint8], length: int) -> NDArray[np.void]:
    """Return every run of so many bytes as one item, without a copy."""
    return np.ndarray((len(data) - length + 1,), f"V{length}", data, strides=(1,))


def assembled(
    payloads: Payloads, parts: Sequence[tuple[NDArray[np.int64], Size, NDArray[np.uint8]]]
) -> SymbolBatch:
    """Return the batch of the symbols that stand in ``parts``: rows, size, packed modules."""
    sizes = np.full(len(payloads), NO_SIZE, np.uint8)
    for rows, size, _ in parts:
        sizes[rows] = SIZES.index(size)
    lengths = _BYTES[sizes]
    offsets = np.cumsum(lengths) - lengths
    bits = np.empty(int(lengths.sum()), np.uint8)
    for rows, _, modules in parts:
        windows = _windows(bits, modules.shape[1])
        windows[offsets[rows]] = modules.view(windows.dtype)[:, 0]
    return SymbolBatch(payloads, sizes, bits, offsets)


def gathered(payloads: Payloads, batches: Iterable[SymbolBatch]) -> SymbolBatch:
    """Return batches of one column as one; they are let go one by one."""
    bits, sizes, row = bytearray(), np.empty(len(payloads), np.uint8), 0
    for batch in batches:
        sizes[row : row + len(batch)] = batch.sizes
        bits += batch.compact().bits.data
        row += len(batch)
    lengths = _BYTES[sizes]
    return SymbolBatch(payloads, sizes, np.frombuffer(bits, np.uint8), np.cumsum(lengths) - lengths)
