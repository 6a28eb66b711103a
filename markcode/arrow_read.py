"""Columns of text of any Arrow library, read into bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from markcode.arrow import INLINE, PAD, SPARSE, VIEW, Strings
from markcode.arrow_c import Chunk, imported
from markcode.errors import ElementError

__all__ = ["read"]

_OFFSETS = {"u": np.int32, "U": np.int64}
"""Arrow formats of text with offsets."""
_VIEWS = VIEW.decode()


def read(column: Any) -> Strings:
    """Return the rows of a polars Series or Arrow array of text. Raises as `Strings.of` does."""
    with imported(column) as (code, chunks):
        if code != _VIEWS and code not in _OFFSETS:
            raise ElementError(
                f"an Arrow column of format {code!r} where text is expected ('u', 'U' or "
                "'vu'): cast the column to text"
            )
        return _joined([_of_views(c) if code == _VIEWS else _of_offsets(c, code) for c in chunks])


@dataclass(frozen=True, slots=True)
class _Part:
    """The rows of one chunk; ``pieces`` one after another are what ``starts`` count in."""

    pieces: list[NDArray[np.uint8]]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    valid: NDArray[np.bool_] | None


def _joined(parts: list[_Part]) -> Strings:
    starts, pieces, base = [], [], 0
    for part in parts:
        starts.append(part.starts + base)
        pieces += part.pieces
        base += sum(map(len, part.pieces))
    valid = None
    if any(part.valid is not None for part in parts):
        valid = np.concatenate(
            [np.ones(len(p.starts), np.bool_) if p.valid is None else p.valid for p in parts]
        )
    none = np.empty(0, np.int64)
    lengths = np.concatenate([none, *(part.lengths for part in parts)])
    if valid is not None:
        lengths *= valid
    data = np.concatenate([*pieces, np.zeros(PAD, np.uint8)])
    return Strings(data, np.concatenate([none, *starts]), lengths, valid)


def _of_offsets(chunk: Chunk, code: str) -> _Part:
    if not chunk.length:
        return _Part([], np.empty(0, np.int64), np.empty(0, np.int64), None)
    offsets = chunk.buffer(1, _OFFSETS[code], chunk.offset, chunk.length + 1).astype(np.int64)
    first = int(offsets[0])
    texts = chunk.buffer(2, np.uint8, first, int(offsets[-1]) - first)
    return _Part([texts], offsets[:-1] - first, np.diff(offsets), chunk.valid())


def _of_views(chunk: Chunk) -> _Part:
    """Read views of 16 bytes: length, then the text or a prefix, its buffer and offset there."""
    views = chunk.buffer(1, np.int32, 4 * chunk.offset, 4 * chunk.length).reshape(-1, 4)
    lengths, valid = views[:, 0].astype(np.int64), chunk.valid()
    if valid is not None:
        lengths *= valid
    starts = np.arange(4, 16 * chunk.length, 16, dtype=np.int64)
    pieces = [views.view(np.uint8).reshape(-1)]
    long: Any = lengths > INLINE
    if long.any():
        long = slice(None) if long.all() else np.flatnonzero(long)
        buffers, offsets = views[:, 2][long], views[:, 3][long].astype(np.int64)
        outside = _outside(chunk, buffers, offsets, lengths[long])
        starts[long] = outside.starts + len(pieces[0])
        pieces += outside.pieces
    return _Part(pieces, starts, lengths, valid)


def _outside(
    chunk: Chunk, buffers: NDArray[np.int32], offsets: NDArray[np.int64], lengths: NDArray[np.int64]
) -> _Part:
    """Take from each data buffer what its rows need: of a slice, a buffer may hold far more."""
    low, high, needed = _spans(buffers, offsets, lengths)
    shifts, pieces, base = np.zeros(len(low), np.int64), [], 0
    sparse = []
    for index in np.flatnonzero(needed).tolist():
        span = int(high[index] - low[index])
        if span > SPARSE * needed[index]:
            sparse.append(index)
            continue
        pieces.append(chunk.buffer(2 + index, np.uint8, int(low[index]), span))
        shifts[index] = base - low[index]
        base += span
    starts = offsets + (shifts[buffers] if len(shifts) > 1 else shifts)
    for index in sparse:
        rows = np.flatnonzero(buffers == index)
        whole = chunk.buffer(2 + index, np.uint8, 0, int(high[index]))
        packed = Strings(whole, offsets[rows], lengths[rows]).compact()
        pieces.append(packed.data)
        starts[rows] = base + packed.starts
        base += len(pieces[-1])
    return _Part(pieces, starts, lengths, None)


def _spans(
    buffers: NDArray[np.int32], offsets: NDArray[np.int64], lengths: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return by buffer where its first row begins, where its last ends, and the bytes of rows."""
    count, ends = int(buffers.max()) + 1, offsets + lengths
    low, high = np.full(count, np.iinfo(np.int64).max), np.zeros(count, np.int64)
    needed = np.zeros(count, np.int64)
    # Neighbouring rows are mostly of one buffer: first each such run, then the runs of a buffer.
    runs = np.concatenate([[0], np.flatnonzero(buffers[1:] != buffers[:-1]) + 1])
    if len(runs) == 1:
        low[-1], high[-1], needed[-1] = offsets.min(), ends.max(), lengths.sum()
        return low, high, needed
    np.minimum.at(low, buffers[runs], np.minimum.reduceat(offsets, runs))
    np.maximum.at(high, buffers[runs], np.maximum.reduceat(ends, runs))
    np.add.at(needed, buffers[runs], np.add.reduceat(lengths, runs))
    return low, high, needed
