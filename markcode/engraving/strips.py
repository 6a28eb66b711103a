"""First orders of dots: to and fro in strips of rows or columns, for many marks at once.

Dots mostly stand on a grid: the cells of a symbol, the points of letters. A strip is some rows of
such a grid that are visited in one go, column by column. Dots that stand on no grid are put on one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from markcode.engraving.tours import Floats, Ints

__all__ = ["Grid"]

_HEIGHT = 4
"""Rows in a strip. Tried: 1 to 8; from 4 the search over neighbours ends shortest."""
_LINE = 9
"""A band of up to so many rows, with a gap above and below, is one strip: a line of letters."""
_GAP = 1.5
"""Two bands lie further apart than so many times the middle distance of rows."""
_LOOSE = 16
"""Dots stand on no grid where rows and columns cross at more than so many places a dot."""


class _Lines(NamedTuple):
    """The rows of a grid, or its columns, as the dots lie in them."""

    number: Ints
    """The row of each dot among those of its mark, from 0."""
    strip: Ints
    """The strip of each dot, from 0 in each mark."""
    inside: Ints
    """The row of each dot in its strip, from 0."""
    height: Ints
    """How many rows that strip has."""
    total: Ints
    """How many rows the mark has."""


class Grid:
    """The dots of marks in rows and columns; ``mark`` rises, and every number of it is there."""

    def __init__(self, mark: Ints, x: Floats, y: Floats) -> None:
        self.mark = mark
        x, y = _on_grid(mark, x, y)
        self.rows, self.columns = _lines(mark, y), _lines(mark, x)

    def strips(self) -> Ints:
        """Return the order along strips of rows, up and down in each column."""
        return self._along(self.rows, self.columns)

    def upright_strips(self) -> Ints:
        """Return the order along strips of columns."""
        return self._along(self.columns, self.rows)

    def boustrophedon(self) -> Ints:
        """Return the order row by row, to and fro."""
        return self._to_and_fro(self.rows, self.columns)

    def upright_boustrophedon(self) -> Ints:
        """Return the order column by column, down and up."""
        return self._to_and_fro(self.columns, self.rows)

    def reading(self) -> Ints:
        """Return the order row by row, each from the left."""
        return self._sorted(self.rows.number, self.columns.number)

    def _along(self, rows: _Lines, columns: _Lines) -> Ints:
        column = _turned(columns.number, columns.total, rows.strip)
        row = _turned(rows.inside, rows.height, column)
        return self._sorted(rows.strip, column, row)

    def _to_and_fro(self, rows: _Lines, columns: _Lines) -> Ints:
        return self._sorted(rows.number, _turned(columns.number, columns.total, rows.number))

    def _sorted(self, *keys: Ints) -> Ints:
        """Return the dots mark by mark, in the order of these numbers, then as given."""
        rank = self.mark.astype(np.int64)
        for key in keys:
            rank = rank * (key.max() + 1) + key
        return np.argsort(rank, kind="stable")


def _turned(number: Ints, count: Ints, lane: Ints) -> Ints:
    """Return the numbers, counted from the other end in every second lane."""
    return np.where(lane % 2 == 0, number, count - 1 - number)


def _on_grid(mark: Ints, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return the places; those of marks without a grid in squares, of which each has one dot."""
    first = np.flatnonzero(np.append(True, mark[1:] != mark[:-1]))
    dots = np.diff(np.append(first, len(mark)))
    crossings = np.ones(len(first))
    area = np.ones(len(first))
    for axis in (x, y):
        crossings *= np.maximum.reduceat(_numbers(mark, axis), first) + 1
        area *= np.maximum.reduceat(axis, first) - np.minimum.reduceat(axis, first)
    side = np.maximum(np.sqrt(area / dots), 1)[mark]
    loose = (crossings > _LOOSE * dots)[mark]
    return np.where(loose, np.floor(x / side), x), np.where(loose, np.floor(y / side), y)


def _numbers(mark: Ints, values: Floats) -> Ints:
    """Return the rank of each value among the different ones of its mark."""
    ranked = np.lexsort((values, mark))
    numbers = np.empty(len(mark), np.intp)
    numbers[ranked] = _count(_is_new(mark[ranked]), _is_new(mark[ranked], values[ranked]))
    return numbers


def _is_new(*columns: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Tell where a column differs from the row before; the first row is new."""
    changes = [column[1:] != column[:-1] for column in columns]
    return np.append(True, np.logical_or.reduce(changes))


def _count(outer: NDArray[np.bool_], inner: NDArray[np.bool_]) -> Ints:
    """Return how many ``inner`` ones there were since the last ``outer`` one."""
    number: Ints = np.cumsum(inner)
    counts: Ints = number - number[outer][np.cumsum(outer) - 1]
    return counts


def _lines(mark: Ints, values: Floats) -> _Lines:
    ranked = np.lexsort((values, mark))
    is_line = _is_new(mark[ranked], values[ranked])
    marks, places = mark[ranked][is_line], values[ranked][is_line]
    is_first = _is_new(marks)
    is_strip = _strip_begins(marks, places, is_first)
    inside = _count(is_strip, np.ones(len(marks), bool))
    strip = np.cumsum(is_strip) - 1
    line = np.empty(len(mark), np.intp)
    line[ranked] = np.cumsum(is_line) - 1
    lines = _Lines(
        _count(is_first, np.ones(len(marks), bool)),
        _count(is_first, is_strip),
        inside,
        np.bincount(strip)[strip],
        np.bincount(marks)[marks],
    )
    return _Lines(*(column[line] for column in lines))


def _strip_begins(marks: Ints, places: Floats, is_first: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which lines begin a strip."""
    gap = np.append(0, np.diff(places))
    gap[is_first] = 0
    ranked = gap[np.lexsort((gap, marks))]
    first = np.flatnonzero(is_first)
    middle = ranked[(first + np.append(first[1:], len(marks))) // 2][marks]
    is_band = is_first | (gap > _GAP * middle)
    inside = _count(is_band, np.ones(len(marks), bool))
    band = np.cumsum(is_band) - 1
    is_line = np.bincount(band)[band] <= _LINE
    begins: NDArray[np.bool_] = is_band | (~is_line & (inside % _HEIGHT == 0))
    return begins
