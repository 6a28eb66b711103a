"""Rows of a column made ready for the dynamic programme: macros, character sets, order by length.

What leads a symbol and what is left to encode is told by `content`; here the same is done for many
rows (ISO/IEC 16022:2006, 5.2.4.8 and 5.4).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from markcode.arrow import Strings
from markcode.symbols import eci
from markcode.symbols.datamatrix.columns.machine import CLASS_OF, X12_ONLY
from markcode.symbols.datamatrix.content import ECI, MACRO_END, MACROS

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Block", "Group", "blocks", "by_characters", "with_character_set", "without_macros"]

_LAST_LEAD = 0xC3
"""The lead byte of the last characters of Latin-1 in UTF-8."""
_SPARSE = 3
"""Bytes of a column are looked through as they stand unless they are so many times the rows'."""
_BLOCK = 1 << 15
"""Rows at a time: a row of the tables of one position fits the cache."""


class Group(NamedTuple):
    """Rows with the same leading codewords."""

    rows: NDArray[np.int64]
    texts: Strings
    prefix: bytes
    """Leading codewords."""
    with_x12: bool = False
    """Whether each has a character that only X12 has in its basic set."""
    is_high: bool = False
    """Whether each has a byte above 127."""


class Block(NamedTuple):
    """Rows by length, longest first, as a matrix."""

    rows: NDArray[np.int64]
    lengths: NDArray[np.int64]
    texts: NDArray[np.uint8]
    """Bytes, [position, row]."""
    classes: NDArray[np.uint8]
    """Codes of `machine.CLASS_OF`."""

    def take(self, rows: NDArray[np.int64]) -> Block:
        """Return some of the rows, in their order."""
        lengths = self.lengths[rows]
        longest = int(lengths.max(initial=0))
        return Block(
            self.rows[rows],
            lengths,
            self.texts[:longest].take(rows, axis=1),
            self.classes[:longest].take(rows, axis=1),
        )


def blocks(group: Group) -> Iterator[Block]:
    """Give the rows of a group as matrices."""
    lengths = group.texts.lengths
    order = np.argsort(lengths.astype(np.uint8), kind="stable")[::-1]
    for start in range(0, len(order), _BLOCK):
        rows = order[start : start + _BLOCK]
        texts = group.texts.take(rows)
        matrix = np.ascontiguousarray(texts.matrix(int(texts.lengths[0])).T)
        classes = np.frombuffer(matrix.tobytes().translate(CLASS_OF), np.uint8)
        classes = classes.reshape(matrix.shape)
        yield Block(group.rows[rows], texts.lengths, matrix, classes)


def by_characters(group: Group) -> Iterator[Group]:
    """Give rows by what the dynamic programme has to consider, in the order of `Group`'s flags."""
    texts = _in_order(group.texts)
    low, end = int(texts.starts[0]), int(texts.starts[-1] + texts.lengths[-1])
    data = texts.data[low:end]
    high = _rows_with(texts, np.flatnonzero(data > 127) + low)
    only_x12 = np.zeros(len(data), np.bool_)
    for char in X12_ONLY:
        only_x12 |= data == char
    x12 = _rows_with(texts, np.flatnonzero(only_x12) + low)
    for is_high in (False, True):
        for with_x12 in (False, True):
            rows = np.flatnonzero((high == is_high) & (x12 == with_x12))
            if len(rows) == len(texts):
                yield group._replace(with_x12=with_x12, is_high=is_high)
            elif len(rows):
                some = group.texts.take(rows)
                yield Group(group.rows[rows], some, group.prefix, with_x12, is_high)


def _in_order(texts: Strings) -> Strings:
    """Return rows whose bytes stand in their order, with not much between."""
    starts, lengths = texts.starts, texts.lengths
    span = int(starts[-1] + lengths[-1] - starts[0])
    if span <= _SPARSE * int(lengths.sum()) and bool(
        (starts[1:] >= starts[:-1] + lengths[:-1]).all()
    ):
        return texts
    return texts.compact()


def _rows_with(texts: Strings, places: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which rows have a byte at one of some places, which rise."""
    if not len(places):
        return np.zeros(len(texts), np.bool_)
    after = np.minimum(np.searchsorted(places, texts.starts), len(places) - 1)
    place = places[after]
    found: NDArray[np.bool_] = (place >= texts.starts) & (place < texts.starts + texts.lengths)
    return found


def without_macros(group: Group) -> Iterator[Group]:
    """Give the rows by the macro that stands for their head and end; it is taken off."""
    texts = group.texts
    macro = np.zeros(len(texts), np.uint8)
    first = texts.data[texts.starts]
    for codeword, head in MACROS.items():
        may = np.flatnonzero((first == ord(head[0])) & (texts.lengths >= len(head + MACRO_END)))
        if len(may):
            some = texts.take(may)
            is_head = np.ones(len(may), np.bool_)
            ends = some.starts + some.lengths - len(MACRO_END)
            for start, marks in ((some.starts, head), (ends, MACRO_END)):
                for behind, mark in enumerate(marks):
                    is_head &= some.data.take(start + behind) == ord(mark)
            macro[may[is_head]] = codeword
    if not macro.any():
        yield group
        return
    for codeword in np.unique(macro).tolist():
        rows = np.flatnonzero(macro == codeword)
        some = texts.take(rows)
        if codeword:
            head = MACROS[codeword]
            some = Strings(some.data, some.starts + len(head), some.lengths - len(head + MACRO_END))
        yield Group(group.rows[rows], some, group.prefix + bytes([codeword]).strip(b"\0"))


def with_character_set(group: Group) -> Iterator[Group]:
    """Give rows of UTF-8 that is not ASCII in Latin-1, where that holds them, and with an ECI.

    Rows with half of a surrogate pair, which is no text, are left out.
    """
    packed = group.texts.compact()
    data = packed.data[: int(packed.lengths.sum())]
    halves = data == 0xED
    halves[:-1] &= data[1:] >= 0xA0
    is_latin = np.maximum.reduceat(data, packed.starts) <= _LAST_LEAD
    is_utf_8 = ~is_latin & ~_rows_with(packed, np.flatnonzero(halves))
    for number, chosen in ((eci.LATIN_1, is_latin), (eci.UTF_8, is_utf_8)):
        rows = np.flatnonzero(chosen)
        if len(rows):
            texts = packed.take(rows)
            if number == eci.LATIN_1:
                texts = _latin_1(texts.compact())
            prefix = group.prefix + bytes([ECI, number + 1])
            yield group._replace(rows=group.rows[rows], texts=texts, prefix=prefix)


def _latin_1(packed: Strings) -> Strings:
    data = packed.data[: int(packed.lengths.sum())]
    leads = data >= 0xC0
    shifted = data.copy()
    shifted[1:] += np.where(data[:-1] == _LAST_LEAD, np.uint8(0x40), np.uint8(0))
    counts = np.add.reduceat(leads.astype(np.int64), packed.starts)
    return Strings.packed(shifted[~leads], packed.lengths - counts)
