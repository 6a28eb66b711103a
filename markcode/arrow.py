"""Columns of text as UTF-8 bytes, which every kernel on whole columns works on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from markcode.arrow_c import exported, exported_schema

if TYPE_CHECKING:
    import polars as pl

__all__ = ["INLINE", "PAD", "SPARSE", "VIEW", "Strings", "chosen"]

_LARGE_TEXT = b"U"
VIEW = b"vu"
PAD = 64
"""Zero bytes after the last row, so that `Strings.matrix` need not copy."""
INLINE = 12
"""Bytes that a view holds itself."""
_NARROW = 256
"""Widest matrix whose masks, one for each length, are made beforehand."""
_BLOCK = 65_536
"""Rows that are gathered at a time: their bytes' indices take eight times the bytes."""
SPARSE = 4
"""Bytes are copied in bulk unless they are more than so many times those that are needed."""


@dataclass(frozen=True, slots=True, eq=False)
class Strings:
    """A column of text as UTF-8 bytes: where each row begins in ``data``, and how long it is.

    >>> import polars as pl
    >>> column = Strings.of(pl.Series(["AB1", None, "a longer text of a row"]))
    >>> column.matrix(4).tolist()
    [[65, 66, 49, 0], [0, 0, 0, 0], [97, 32, 108, 111]]
    >>> column.take([2, 0]).texts()
    ['a longer text of a row', 'AB1']
    """

    data: NDArray[np.uint8]
    starts: NDArray[np.int64]
    """Index into ``data`` of each row's first byte."""
    lengths: NDArray[np.int64]
    """Bytes of each row."""
    valid: NDArray[np.bool_] | None = None
    """Which rows are not null; None where none is. A null row has length 0."""
    even: int = 0
    """Bytes from each row to the next, where all stand as records of one width with zeros after
    their ends (`evened`); else 0."""

    def __len__(self) -> int:
        return len(self.starts)

    @classmethod
    def of(cls, column: Any) -> Strings:
        """Return a polars Series of String, or an Arrow array of text, as `Strings`.

        The texts are copied: nothing of the giver is held. Slices, nulls and several chunks are
        taken as they come. Raises `ElementError` for a column of anything else; callers' columns go
        through `markcode.series.text_series` first, which casts categories.
        """
        from markcode.arrow_read import read

        return read(column)

    @classmethod
    def packed(
        cls,
        data: NDArray[np.uint8],
        lengths: NDArray[np.integer[Any]],
        valid: NDArray[np.bool_] | None = None,
    ) -> Strings:
        """Return the column whose rows stand one after another in ``data``."""
        wide = lengths.astype(np.int64, copy=False)
        return cls(data, np.cumsum(wide) - wide, wide, valid)

    @classmethod
    def joined(cls, pieces: Sequence[bytes]) -> Strings:
        """Return the column whose rows are these pieces of UTF-8."""
        lengths = np.fromiter(map(len, pieces), np.int64, len(pieces))
        return cls.packed(np.frombuffer(b"".join(pieces) + bytes(PAD), np.uint8), lengths)

    def matrix(self, width: int, right: bool = False) -> NDArray[np.uint8]:
        """Return rows x ``width`` bytes, zero after the end of each row; longer rows are cut.

        With ``right``, every row ends at the right edge: zeros come before it, and of a longer row
        the last bytes are given.
        """
        return self.reader(width, right)(slice(None))

    def reader(self, width: int, right: bool = False) -> Callable[[slice], NDArray[np.uint8]]:
        """Return what gives `matrix` for a slice of the rows; made once for many slices."""
        if not width or not len(self):
            return lambda rows: np.zeros((len(self.starts[rows]), width), np.uint8)
        if width <= self.even and not right:
            matrix = self.data.reshape(-1, self.even)[:, :width]
            return lambda rows: matrix[rows]
        records, firsts = self._records(width, right)
        if int(self.lengths.min()) >= width:
            return lambda rows: records[firsts[rows]].view(np.uint8).reshape(-1, width)

        def read(rows: slice) -> NDArray[np.uint8]:
            found = records[firsts[rows]].view(np.uint8).reshape(-1, width)
            found &= _masks(self.lengths[rows], width, right)
            return found

        return read

    def windows(self, width: int, right: bool = False) -> NDArray[np.uint8]:
        """Return `matrix` with other bytes of ``data``, instead of zeros, beside shorter rows."""
        if not width or not len(self):
            return np.zeros((len(self), width), np.uint8)
        records, firsts = self._records(width, right)
        return records[firsts].view(np.uint8).reshape(-1, width)

    def _records(self, width: int, right: bool) -> tuple[NDArray[np.void], NDArray[np.int64]]:
        """Return all windows over the bytes, overlapping, and which of them is each row's.

        A gather of records is far faster than one of bytes.
        """
        firsts = self.starts + (self.lengths - width) if right else self.starts
        data, low, high = self.data, int(firsts.min()), int(firsts.max()) + width
        if low < 0 or high > len(data):
            before, after = np.zeros(max(-low, 0), np.uint8), np.zeros(width, np.uint8)
            data, firsts = np.concatenate([before, data[max(low, 0) : high], after]), firsts - low
        records: NDArray[np.void] = np.ndarray(
            (len(data) - width + 1,), f"V{width}", data, strides=(1,)
        )
        return records, firsts

    def evened(self) -> Strings:
        """Return the same rows as records of the widest one's width: `matrix` is then at hand."""
        width = int(self.lengths.max(initial=0))
        if not width or self.even:
            return self
        starts = np.arange(0, width * len(self), width)
        return Strings(self.matrix(width).ravel(), starts, self.lengths, self.valid, width)

    def take(self, rows: Any) -> Strings:
        """Return the rows of an index, a mask or a slice; no bytes are copied."""
        valid = None if self.valid is None else self.valid[rows]
        return Strings(self.data, self.starts[rows], self.lengths[rows], valid)

    def compact(self) -> Strings:
        """Return the same rows, one after another in ``data``, with nothing before or between."""
        packed = Strings.packed(self.data, self.lengths, self.valid)
        total = int(self.lengths.sum())
        first = int(self.starts[0]) if len(self) else 0
        if np.array_equal(self.starts - first, packed.starts):
            return Strings(
                self.data[first : first + total], packed.starts, self.lengths, self.valid
            )
        blocks = [
            self.take(slice(at, at + _BLOCK))._gathered() for at in range(0, len(self), _BLOCK)
        ]
        return Strings(np.concatenate(blocks), packed.starts, self.lengths, self.valid)

    def _gathered(self) -> NDArray[np.uint8]:
        """Return the bytes of the rows, one after another."""
        ends, width = np.cumsum(self.lengths), int(self.lengths.max())
        total = int(ends[-1])
        found: NDArray[np.uint8]
        if width * len(self) <= SPARSE * total:
            found = self.matrix(width)[np.arange(width) < self.lengths[:, np.newaxis]]
        else:
            shifts = self.starts - (ends - self.lengths)
            found = self.data[np.arange(total) + np.repeat(shifts, self.lengths)]
        return found

    def texts(self) -> list[str | None]:
        """Return the rows as Python texts, None for null."""
        found: list[str | None] = self.to_series().to_list()
        return found

    def to_series(self, name: str = "") -> pl.Series:
        """Return the rows as a polars Series of String."""
        import polars as pl

        return pl.Series(self, dtype=pl.String).alias(name)

    def __arrow_c_schema__(self) -> object:
        """Return Arrow's capsule of the type: large utf8."""
        schema: object = exported_schema(_LARGE_TEXT)
        return schema

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        """Return Arrow's capsules of type and rows, as large utf8 whatever is requested."""
        packed = self.compact()
        offsets = np.zeros(len(self) + 1, np.int64)
        np.cumsum(self.lengths, out=offsets[1:])
        nulls, bits = _validity(self.valid)
        array = exported(len(self), nulls, (bits, offsets, packed.data))
        return self.__arrow_c_schema__(), array


def chosen(
    codes: NDArray[np.integer[Any]],
    texts: Sequence[str],
    valid: NDArray[np.bool_] | None = None,
    name: str = "",
) -> pl.Series:
    """Return the Series of ``texts[code]`` for each of ``codes``; null where not ``valid``.

    A text has at most 12 bytes, so that a view holds it whole: of all ways the fastest. Raises
    `ValueError` for a longer one.

    >>> chosen(np.array([1, 0, 1]), ["A", "BC"], np.array([True, True, False])).to_list()
    ['BC', 'A', None]
    """
    import polars as pl

    views = np.zeros(len(texts), [("length", np.int32), ("text", f"S{INLINE}")])
    encoded = [text.encode() for text in texts]
    if max(map(len, encoded), default=0) > INLINE:
        raise ValueError(f"a text is longer than {INLINE} bytes: {max(texts, key=len)!r}")
    views["length"], views["text"] = [len(text) for text in encoded], encoded
    return pl.Series(_Views(views.take(codes), valid)).alias(name)


@dataclass(frozen=True, slots=True, eq=False)
class _Views:
    """A column for Arrow, of views that hold their texts."""

    views: NDArray[Any]
    valid: NDArray[np.bool_] | None

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        nulls, bits = _validity(self.valid)
        no_buffers = np.empty(0, np.int64)
        array = exported(len(self.views), nulls, (bits, self.views, no_buffers))
        return exported_schema(VIEW), array


def _validity(valid: NDArray[np.bool_] | None) -> tuple[int, NDArray[np.uint8] | None]:
    """Return the number of nulls, and Arrow's bits."""
    if valid is None:
        return 0, None
    return len(valid) - int(np.count_nonzero(valid)), np.packbits(valid, bitorder="little")


def _masks(lengths: NDArray[np.int64], width: int, right: bool) -> NDArray[np.uint8]:
    """Return rows x ``width``, all ones in the first bytes of each row, or in the last."""
    if width > _NARROW:
        return _mask(lengths, width, right)
    # A gather of records is several times faster than so many comparisons.
    records = _mask_of_each_length(width, right).view(f"V{width}")
    masks: NDArray[np.uint8] = records[np.minimum(lengths, width), 0].view(np.uint8)
    return masks.reshape(-1, width)


def _mask(lengths: NDArray[np.int64], width: int, right: bool) -> NDArray[np.uint8]:
    places = np.arange(width, 0, -1) if right else np.arange(1, width + 1)
    masks: NDArray[np.uint8] = -(places <= lengths[:, np.newaxis]).view(np.uint8)
    return masks


@lru_cache(maxsize=256)
def _mask_of_each_length(width: int, right: bool) -> NDArray[np.uint8]:
    return _mask(np.arange(width + 1), width, right)
