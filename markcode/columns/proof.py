"""Which texts of a column are good tokens of a plain field, proven for whole columns.

A proof says yes or nothing: what it cannot prove goes through the scalar functions, which make the
findings.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from markcode.arrow import Strings
from markcode.fields import Text

__all__ = ["PLAIN", "TokenProof", "is_open"]

PLAIN = frozenset(map(chr, range(0x20, 0x7F))) - frozenset('{",')
"""ASCII characters that stand for themselves in every table and notation that markcode writes."""
_BLANK = ord(" ")


def is_open(field: Text) -> bool:
    """Return whether a field is of plain text: its value is its token and means nothing more."""
    return type(field) is Text


class TokenProof:
    """Proves tokens of one plain field; ``within`` narrows the characters that are proven."""

    def __init__(self, field: Text, within: Collection[str]) -> None:
        self._least, self._most = field.least, field.most
        self.widest = field.most
        """Bytes of the longest text that may be proven."""
        self._other = np.ones(256, np.bool_)
        self._other[[0, *(ord(c) for c in field.alphabet if c in PLAIN and c in within)]] = False
        self._may_be_blank = not self._other[_BLANK]
        self._must: NDArray[np.bool_] | None = None
        if field.must:
            self._must = np.zeros(256, np.bool_)
            self._must[[ord(c) for c in field.must if c in PLAIN]] = True

    def proven(self, texts: Strings) -> NDArray[np.bool_]:
        """Return for each row whether it is a token without fault; False where that is open."""
        lengths = texts.lengths
        good: NDArray[np.bool_] = (lengths >= self._least) & (lengths <= self._most)
        width = min(int(lengths.max()), self._most) if len(texts) else 0
        if not width:
            return good
        matrix = texts.matrix(width)
        other = self._other.take(matrix)
        if other.any():
            good &= ~other.any(axis=1)
        if np.count_nonzero(matrix) != int(np.minimum(lengths, width).sum()):
            # A NUL within a text looks like the padding.
            good &= np.count_nonzero(matrix, axis=1) == lengths
        last = None
        if self._may_be_blank:
            last = _last(matrix, lengths)
            good &= (matrix[:, 0] != _BLANK) & (last != _BLANK)
        if self._must is not None:
            good &= self._has_must(matrix, lengths, last)
        return good

    def _has_must(
        self,
        matrix: NDArray[np.uint8],
        lengths: NDArray[np.int64],
        last: NDArray[np.uint8] | None,
    ) -> NDArray[np.bool_]:
        assert self._must is not None
        # Most tokens have it at an end.
        found: NDArray[np.bool_] = self._must.take(matrix[:, 0])
        if not found.all():
            found |= self._must.take(_last(matrix, lengths) if last is None else last)
        if not found.all():
            rest = np.flatnonzero(~found)
            found[rest] = self._must.take(matrix[rest]).any(axis=1)
        return found


def _last(matrix: NDArray[np.uint8], lengths: NDArray[np.int64]) -> NDArray[np.uint8]:
    rows, width = matrix.shape
    at = np.arange(rows) * width + np.clip(lengths - 1, 0, width - 1)
    found: NDArray[np.uint8] = matrix.ravel().take(at)
    return found
