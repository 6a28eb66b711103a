"""Check characters of whole columns, equal to the scalar row for row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from markcode.arrow import Strings, chosen
from markcode.checks.kernels import WIDEST, Kernel, Rows, Values, kernel_of
from markcode.checks.system import CheckSystem

if TYPE_CHECKING:
    import polars as pl

__all__ = ["check_codes", "compute_column", "is_valid_column"]

_BLOCK = 32_768
"""Rows at a time: what is made of them stays in the caches."""
_POSITIONS = 4
"""Positions at a time."""
_OUTSIDE = 0xFF


def compute_column(system: CheckSystem, texts: pl.Series) -> pl.Series:
    """Return the check of every row of a Series of String; null where there is none."""
    codes, ok = np.empty(len(texts), np.int32), np.empty(len(texts), np.bool_)
    for block in _blocks(len(texts)):
        codes[block], ok[block] = check_codes(system, [Strings.of(texts[block])])
    return chosen(codes, system.written, None if ok.all() else ok, texts.name)


def is_valid_column(system: CheckSystem, texts: pl.Series) -> pl.Series:
    """Return whether each row of a Series of String ends in its check; null for null."""
    import polars as pl

    valid = np.empty(len(texts), np.bool_)
    for block in _blocks(len(texts)):
        valid[block] = _ends_in_check(system, Strings.of(texts[block]))
    answers = pl.Series(texts.name, valid)
    return answers.set(texts.is_null(), None) if texts.null_count() else answers


def _ends_in_check(system: CheckSystem, column: Strings) -> NDArray[np.bool_]:
    length = system.length
    payload = Strings(
        column.data, column.starts, np.maximum(column.lengths - length, 0), column.valid
    )
    codes, ok = check_codes(system, [payload])
    ok &= column.lengths >= length
    ends = column.windows(length, right=True)
    for at, characters in enumerate(_written(system)):
        ok &= ends[:, at] == characters.take(codes)
    return ok


@lru_cache
def _written(system: CheckSystem) -> list[NDArray[np.uint8]]:
    """Return the first byte of each of `CheckSystem.written`, and the second if there is one."""
    columns = zip(*system.written, strict=True)
    return [np.frombuffer("".join(column).encode(), np.uint8) for column in columns]


def _blocks(rows: int) -> Iterator[slice]:
    for start in range(0, rows, _BLOCK):
        yield slice(start, start + _BLOCK)


def check_codes(
    system: CheckSystem, columns: Sequence[Strings | bytes], rows: int | None = None
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Return the check of payloads that are made up of several columns of equal height.

    A text in place of a column is the same in every row; ``rows`` is their number, where no column
    says it.

    The payload of a row is the row of each column, one after another; it is not built. The codes
    are indices into `CheckSystem.written`, 0 where there is no check. The second array says where
    there is one: not for a null in any column and not for what `CheckSystem.compute` refuses.
    """
    if rows is None:
        rows = next(len(column) for column in columns if isinstance(column, Strings))
    kernel = kernel_of(system)
    codes, ok = np.zeros(rows, np.int32), np.zeros(rows, np.bool_)
    total, by_scalar = np.zeros(rows, np.int64), np.full(rows, kernel is None)
    for column in columns:
        total += len(column) if isinstance(column, bytes) else column.lengths
        by_scalar |= (len(column) if isinstance(column, bytes) else column.lengths) > WIDEST
    if kernel is not None:
        read = _reader(system.alphabet)
        for block in _blocks(rows):
            # A long row would widen the matrix for all.
            long = by_scalar[block]
            some = [c if isinstance(c, bytes) else _emptied(c.take(block), long) for c in columns]
            if not long.all():
                codes[block], ok[block] = _block(kernel, read, some, len(long))
    ok &= total >= system.min_payload
    if system.max_payload is not None:
        ok &= total <= system.max_payload
    for at in np.flatnonzero(by_scalar).tolist():
        code = system.code_of(b"".join(_bytes(column, at) for column in columns))
        codes[at], ok[at] = code or 0, code is not None
    for column in columns:
        if isinstance(column, Strings) and column.valid is not None:
            ok &= column.valid
    codes *= ok
    return codes, ok


def _emptied(column: Strings, rows: NDArray[np.bool_]) -> Strings:
    """Return the column with some rows empty."""
    if not rows.any():
        return column
    return Strings(column.data, column.starts, column.lengths * ~rows, column.valid)


def _bytes(column: Strings | bytes, row: int) -> bytes:
    if isinstance(column, bytes):
        return column
    start = int(column.starts[row])
    return column.data[start : start + int(column.lengths[row])].tobytes()


def _block(
    kernel: Kernel, read: _Reader, columns: Sequence[Strings | bytes], rows: int
) -> tuple[Rows, NDArray[np.bool_]]:
    states, ok = kernel.start(rows), np.ones(rows, np.bool_)
    places = np.zeros(rows, np.int64)
    for column in reversed(columns) if kernel.from_right else columns:
        if isinstance(column, bytes):
            # One row of values serves for all.
            one = Strings.packed(np.frombuffer(column, np.uint8), np.array([len(column)]))
            narrow, inside = _values(one, read, kernel.size)
            values = np.broadcast_to(narrow, (len(narrow), rows))
            lengths = np.broadcast_to(one.lengths, rows)
        else:
            values, inside = _values(column, read, kernel.size)
            lengths = column.lengths
        ok &= inside
        for place, those in _by_place(places, kernel.period):
            states[those] = kernel.run(states[those], values[:, those], lengths[those], place)
        places = places + lengths
    return kernel.codes(states), ok


def _by_place(places: NDArray[np.int64], period: int) -> Iterator[tuple[int, Any]]:
    """Give each place modulo ``period`` that there is, with its rows."""
    if period == 1:
        yield 0, slice(None)
        return
    places = places % period
    found = np.flatnonzero(np.bincount(places)).tolist()
    for place in found:
        yield place, slice(None) if len(found) == 1 else np.flatnonzero(places == place)


def _values(column: Strings, reader: _Reader, size: int) -> tuple[Values, NDArray[np.bool_]]:
    """Return values [position, row], and which rows are of the alphabet throughout.

    ``size`` stands for what is outside the row and for what is outside the alphabet.
    """
    lengths = column.lengths.astype(np.uint8)
    width, shortest = int(lengths.max(initial=0)), int(lengths.min(initial=WIDEST))
    odd = width % 2
    width += odd
    # A row and not a number: with a number, `numpy.minimum` is ten times slower.
    none = np.full(len(column), size, np.uint8)
    if column.even and column.even == shortest:
        # Rows of one length that stand as records already need not be gathered.
        values = np.zeros((width, len(column)), np.uint8)
        values[odd:] = column.matrix(shortest).T
    else:
        values = np.ascontiguousarray(column.windows(width, right=True).T)
    characters, left = np.zeros(len(column), np.uint8), np.arange(width, 0, -1)
    for at in range(0, width, _POSITIONS):
        some = slice(at, at + _POSITIONS)
        read = reader(values[some])
        if width - at > shortest:
            before = left[some, np.newaxis].astype(np.uint8) > lengths
            read |= -before.view(np.uint8)
        np.minimum(read, none, out=values[some])
        inside = (values[some] < none).view(np.uint8)
        characters += np.add.reduce(inside, axis=0, dtype=np.uint8)
    return values, characters == lengths


_Reader = Callable[[Values], Values]


@lru_cache
def _reader(alphabet: str) -> _Reader:
    """Return what gives the value of each byte; outside the alphabet, the number of values or more.

    An alphabet of one or two runs of neighbouring characters is read by sums, several times faster
    than by a table.
    """
    codes = np.frombuffer(alphabet.encode(), np.uint8)
    steps = np.diff(codes.astype(int))
    breaks = np.flatnonzero(steps != 1)
    if not len(breaks):
        return lambda raw: raw - codes[0]
    if len(breaks) == 1 and steps[breaks[0]] > 0:
        end = np.uint8(breaks[0] + 1)
        return partial(_read_two_runs, codes[0], end, np.uint8(steps[breaks[0]] - 1))
    table = np.full(256, _OUTSIDE, np.uint8)
    table[codes] = np.arange(len(codes))
    return lambda raw: table.take(raw, mode="clip")


def _read_two_runs(first: np.uint8, end: np.uint8, gap: np.uint8, raw: Values) -> Values:
    """Read a run from ``first`` on, of values below ``end``, and one after a ``gap``."""
    found = raw - first
    outside = found - end < gap
    found -= (found >= end + gap).view(np.uint8) * gap
    found |= -outside.view(np.uint8)
    return found
