"""Codewords of many rows: each writes at its own place, one character of all rows at a time.

Codewords are [codeword, row]: neighbours in a column, which are about as far, write side by side.

What a character adds to the codewords is a sum: 1600, 40 or 1 times a value in C40, six bits in
EDIFACT, ten times a first digit. So it is one word of eight bytes, the first of which is where the
group of codewords begins that is not yet full; a change of encodation behind the character is part
of it (ISO/IEC 16022:2006, 5.2).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from markcode.symbols.datamatrix.codewords import (
    EDIFACT_UNLATCH,
    FIRST_PAIR,
    LATCHES,
    PAD,
    UNLATCH,
    UPPER_SHIFT,
    mask_base256,
    mask_pad,
)
from markcode.symbols.datamatrix.columns.alike import COUNT, FIRST_BYTE, all_alike, write_alike
from markcode.symbols.datamatrix.columns.machine import PLACES, At
from markcode.symbols.datamatrix.columns.programme import Chosen, still_there
from markcode.symbols.datamatrix.content import FNC1_CODEWORD, GS
from markcode.symbols.datamatrix.modes import Mode
from markcode.symbols.datamatrix.sizes import SQUARES
from markcode.symbols.datamatrix.values import C40, EDIFACT, FNC1, TEXT, X12

if TYPE_CHECKING:
    from numpy.typing import NDArray


__all__ = ["base256", "padded", "write"]

SLACK = 16
"""Bytes behind the codewords of a row that are written to and mean nothing."""

_WEIGHTS = (1600, 40, 1)
_THREES = {At.C40: C40, At.TEXT: TEXT, At.X12: X12}
_LATCH_AT = {
    At.C40: LATCHES[Mode.C40],
    At.TEXT: LATCHES[Mode.TEXT],
    At.X12: LATCHES[Mode.X12],
    At.EDIFACT: LATCHES[Mode.EDIFACT],
    At.BASE256: LATCHES[Mode.BASE256],
}
_SKIP = At.BASE256 << 4 | At.PAIR
"""Instead of two places, which it cannot be: this character is not written."""
_MASKS = np.array([mask_base256(0, position) for position in range(SQUARES[-1].data + 1)], np.uint8)
"""What is added to a byte of Base 256 at each position."""
_LINES = np.zeros(PLACES, np.uint8)
_LINES[list(_LATCH_AT)] = list(_LATCH_AT.values())
"""Codeword of the latch that leads to a place."""


def _codewords(values: list[int]) -> tuple[int, int]:
    """Return codewords one after another as the first bytes of a word, and their count."""
    return int.from_bytes(bytes(values).ljust(8, b"\0")), len(values)


def _character(place: int, char: int) -> tuple[int, int, int]:
    """Return what a character at a place adds, how many bytes are full then, and where it leads."""
    if place == At.BASE256:
        return (char & 0xFF) << 56, 1, place
    if place == At.PAIR:
        return (char - ord("0") & 0xFF) << 56, 1, At.ASCII
    if place == At.ASCII:
        if char == FNC1:
            return FNC1_CODEWORD << 56, 1, At.ASCII
        values = [char + 1] if char < 128 else [UPPER_SHIFT, char - 127]
        return *_codewords(values), At.ASCII
    if place >= At.EDIFACT:
        waiting = place - At.EDIFACT
        sixes = EDIFACT[char]
        full, waits = divmod(waiting + 1, 4)
        return (sixes[0] if sixes else 0) << (58 - 6 * waiting), 3 * full, At.EDIFACT + waits
    start = max(at for at in _THREES if at <= place)
    at, word = place - start, 0
    for value in _THREES[start][char] or ():
        group, rank = divmod(at, 3)
        word += (value * _WEIGHTS[rank] + (rank == 0)) << (48 - 16 * group)
        at += 1
    return word, 2 * (at // 3), start + at % 3


@cache
def _change(place: int, after: int) -> tuple[int, int]:
    """Return the codewords that lead from one place to another, and their count."""
    if place == after:
        return 0, 0
    word, count = 0, 0
    if At.C40 <= place < At.EDIFACT:
        word, count = UNLATCH << 56, 1
    elif At.EDIFACT <= place < At.BASE256:
        waiting = place - At.EDIFACT
        word, count = EDIFACT_UNLATCH << (58 - 6 * waiting), (1, 2, 3, 3)[waiting]
    if after in _LATCH_AT:
        word += _LATCH_AT[At(after)] << (56 - 8 * count)
        # The length of a run of bytes comes when it is known.
        count += 2 if after == At.BASE256 else 1
    return word, count


@cache
def _words(*, gs1: bool) -> NDArray[np.uint64]:
    """Return the words: by place, place of the next character, and character."""
    table = np.zeros((PLACES, PLACES, 256), np.uint64)
    changes = [[_change(place, after) for after in range(PLACES)] for place in range(PLACES)]
    for char in range(256):
        meant = FNC1 if gs1 and char == GS else char
        for place in range(PLACES):
            word, count, leads_to = _character(place, meant)
            table[place, :, char] = [
                word + (more >> 8 * count) + count + counted & 0xFFFFFFFFFFFFFFFF
                for more, counted in changes[leads_to]
            ]
        table[At.ASCII, At.PAIR, char] = (FIRST_PAIR + 10 * (char - ord("0")) & 0xFF) << 56
    table[_SKIP >> 4, _SKIP & 15] = 0
    return table.reshape(-1)


def write(
    chosen: Chosen,
    texts: NDArray[np.uint8],
    lengths: NDArray[np.int64],
    prefix: bytes,
    *,
    gs1: bool,
    is_ascii: bool,
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the codewords of rows, [codeword, row], and how many each has; no pads yet.

    The unlatch of EDIFACT is always the last of a group of four: with fewer characters waiting, the
    same cost is reached by ASCII after an earlier one, which is preferred. So an unlatch never
    begins a group with two codewords left or fewer, where it would have no place (5.2.8.2).
    """
    rows = len(lengths)
    codewords = np.zeros((int(chosen.cost.max()) + SLACK, rows), np.uint8)
    codewords[: len(prefix)] = np.frombuffer(prefix, np.uint8)[:, np.newaxis]
    counts = np.full(rows, len(prefix))
    latches = _LINES.take(chosen.at[0])
    codewords[len(prefix)] = latches
    counts += latches > 0
    counts += chosen.at[0] == At.BASE256
    kinds = _kinds(chosen, lengths)
    words = _words(gs1=gs1)
    end = chosen.at[lengths, np.arange(rows)]
    pending = 2 * ((end == At.C40 + 2) | (end == At.TEXT + 2))
    if is_ascii and all_alike(kinds, lengths):
        found = write_alike(texts, kinds[:, 0].tolist(), words, int(pending[0]))
        start = int(counts[0])
        codewords[start : start + len(found)] = found
        counts += len(found)
    else:
        places = None if is_ascii else np.empty(kinds.shape, np.int64)
        _write_characters(codewords, counts, kinds, texts, lengths, words, places)
        if places is not None:
            in_run = (kinds >> 4 == At.BASE256) & (kinds != _SKIP)
            _finish_base256(codewords, places, in_run)
        counts += pending
    with_tail = np.flatnonzero(chosen.tail)
    if len(with_tail):
        _write_tails(codewords, counts, chosen, texts, lengths, with_tail, gs1=gs1)
    return codewords, counts


def _kinds(chosen: Chosen, lengths: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return the two places of each character, its own and that of the next, in one byte."""
    kinds = chosen.at[:-1] << np.uint8(4)
    kinds |= chosen.at[1:]
    with_tail = np.flatnonzero(chosen.tail)
    for back in range(1, 1 + int(chosen.tail.max(initial=0))):
        rows = with_tail[chosen.tail[with_tail] >= back]
        kinds[lengths[rows] - back, rows] = _SKIP
    return kinds


def _write_characters(
    codewords: NDArray[np.uint8],
    counts: NDArray[np.int64],
    kinds: NDArray[np.uint8],
    texts: NDArray[np.uint8],
    lengths: NDArray[np.int64],
    words: NDArray[np.uint64],
    places: NDArray[np.int64] | None,
) -> None:
    """Write all characters behind the ``counts`` codewords there are, and note where if asked.

    A group that is not yet full is written too, and written again when it has grown.
    """
    rows = len(counts)
    flat, at = codewords.reshape(-1), counts * rows + np.arange(rows)
    pending, found, full = (np.zeros(rows, np.uint64) for _ in range(3))
    parts = pending.view(np.uint8).reshape(-1, 8).T[::FIRST_BYTE]
    part = np.empty(rows, np.uint8)
    keys = np.empty((rows, 2), np.uint8)
    joined = keys.view("<u2").reshape(-1)
    for position, count in enumerate(still_there(lengths, len(kinds))):
        keys[:count, 0] = texts[position, :count]
        keys[:count, 1] = kinds[position, :count]
        word, place, done = pending[:count], at[:count], full[:count]
        if places is not None:
            places[position, :count] = place
        word += words.take(joined[:count], out=found[:count], mode="clip")
        np.bitwise_and(word, COUNT, out=done)
        word ^= done
        for byte in range(2):
            # Scattering what lies together is twice as fast.
            part[:count] = parts[byte, :count]
            flat[byte * rows :][place] = part[:count]
        if (most := int(done.max())) > 2:
            (more,) = (done > 2).nonzero()
            behind = place[more]
            for byte in range(2, most):
                flat[behind + byte * rows] = parts[byte, more]
        done <<= np.uint64(3)
        word <<= done
        done >>= np.uint64(3)
        done *= np.uint64(rows)
        place += done.view(np.int64)
    counts[:] = at // rows


def _finish_base256(
    codewords: NDArray[np.uint8], places: NDArray[np.int64], in_run: NDArray[np.bool_]
) -> None:
    """Write the length of each run of bytes, and mask runs and lengths (5.2.9, annex B.2)."""
    flat, rows = codewords.reshape(-1), codewords.shape[1]
    here = places.reshape(-1)[np.flatnonzero(in_run)]
    flat[here] = base256(flat[here], here // rows + 1)
    edge = np.zeros((1, rows), np.bool_)
    runs, first = (in_run & ~np.concatenate([edge, in_run[:-1]])).T.nonzero()
    _, last = (in_run & ~np.concatenate([in_run[1:], edge])).T.nonzero()
    before = places[first, runs] // rows - 1
    codewords[before, runs] = base256((last - first + 1).astype(np.uint8), before + 1)


def _write_tails(
    codewords: NDArray[np.uint8],
    counts: NDArray[np.int64],
    chosen: Chosen,
    texts: NDArray[np.uint8],
    lengths: NDArray[np.int64],
    rows: NDArray[np.int64],
    *,
    gs1: bool,
) -> None:
    """Write the last characters of some rows in ASCII, digits in pairs from the left."""
    tail = chosen.tail[rows]
    waits = np.zeros(len(rows), np.bool_)
    start = lengths[rows] - tail
    for place in range(int(tail.max())):
        here = place < tail
        char = texts[np.where(here, start + place, 0), rows].astype(np.int64)
        digit = here & (char >= 48) & (char <= 57)
        pairs = digit & waits
        # The first digit of a pair has been written as if it stood alone.
        first = codewords[counts[rows] - 1, rows].astype(np.int64) - 1 - 48
        pair = FIRST_PAIR + 10 * first + char - 48
        single = np.where(gs1 & (char == GS), FNC1_CODEWORD, char + 1)
        high = here & (char >= 128)
        now = rows[high]
        codewords[counts[now], now] = UPPER_SHIFT
        counts[now] += 1
        single[high] -= 128
        now = rows[pairs]
        codewords[counts[now] - 1, now] = pair[pairs]
        alone = here & ~pairs
        now = rows[alone]
        codewords[counts[now], now] = single[alone]
        counts[now] += 1
        waits = digit & ~pairs


def base256(values: NDArray[np.uint8], positions: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return bytes of Base 256 masked, at positions counted from 1 (annex B.2)."""
    masked: NDArray[np.uint8] = values + _MASKS.take(positions)
    return masked


def padded(
    codewords: NDArray[np.uint8], counts: NDArray[np.int64], capacity: int
) -> NDArray[np.uint8]:
    """Return the codewords of rows of one size, filled up with pads (5.2.3, annex B.1)."""
    found = np.empty((capacity, len(counts)), np.uint8)
    least, most = int(counts.min()), int(counts.max())
    found[:least] = codewords[:least]
    for at in range(least, capacity):
        found[at] = mask_pad(at + 1)
        if at <= most:
            found[at][counts == at] = PAD
        if at < most:
            np.copyto(found[at], codewords[at], where=counts > at)
    return found
