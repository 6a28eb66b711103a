"""Rows that are all written alike: of one length, each character in the same encodation.

Marks of one format may well be so. Their codewords then stand at the same places, and a
character of all of them is written without looking up where.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["COUNT", "FIRST_BYTE", "all_alike", "write_alike"]

COUNT = np.uint64(7)
"""Bits of a word that count the bytes which are full with its character."""
FIRST_BYTE = -1 if sys.byteorder == "little" else 1
"""The step from the first byte of a word to the second, in memory."""


def all_alike(kinds: NDArray[np.uint8], lengths: NDArray[np.int64]) -> bool:
    """Return whether all rows have the same length and the same ``kinds``, [position, row]."""
    # The lengths fall; most columns that are not alike differ in the first two rows.
    return bool(
        len(lengths)
        and lengths[0] == lengths[-1]
        and (kinds[:, :2] == kinds[:, :1]).all()
        and (kinds == kinds[:, :1]).all()
    )


def write_alike(
    texts: NDArray[np.uint8], kinds: list[int], words: NDArray[np.uint64], pending: int
) -> NDArray[np.uint8]:
    """Return codewords, [codeword, row], of ``texts``.

    ``kinds`` and ``words`` are those of `emission`; ``pending`` codewords at the end are those of
    the last group, which is not full.
    """
    group = np.zeros(texts.shape[1], np.uint64)
    # The bytes of a group, the first one first.
    parts = group.view(np.uint8).reshape(-1, 8)[:, ::FIRST_BYTE]
    found: list[NDArray[np.uint8]] = []
    for char, kind in zip(texts, kinds, strict=True):
        of_kind = words[kind << 8 : (kind + 1) << 8]
        full = int(of_kind[char[0]] & COUNT)
        group += (of_kind & ~COUNT).take(char)
        if full:
            found += [parts[:, byte].copy() for byte in range(full)]
            group <<= np.uint64(8 * full)
    found += [parts[:, byte] for byte in range(pending)]
    return np.stack(found) if found else np.empty((0, len(group)), np.uint8)
