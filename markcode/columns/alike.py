"""Rows sorted into those alike in everything that is not plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from markcode.arrow import Strings
from markcode.checks.columns import check_codes
from markcode.columns.distinct import distinct, words
from markcode.columns.proof import PLAIN, TokenProof, is_open
from markcode.columns.weave import constant
from markcode.declaration import EventRule

if TYPE_CHECKING:
    from markcode.format import Format

__all__ = ["Alike", "Sorter", "cell"]

_WIDEST = 64
"""Bytes of a text that is looked up; of a longer one nothing is proven."""


@dataclass(frozen=True, eq=False)
class Alike:
    """Rows whose plain elements are proven good tokens, and which of them are alike."""

    rows: NDArray[np.intp]
    """Index of each in the columns given, ascending."""
    cells: Mapping[str, Strings]
    """Columns of just these rows."""
    keys: Sequence[tuple[bytes, ...]]
    """What the rows of each kind have in common: which plain elements they have, and the texts of
    the others."""
    like: NDArray[np.int32]
    """Which of ``keys`` each row has."""
    checks: NDArray[np.int32] | None
    """The check that each serial ends with, where it is over the serial."""

    @cached_property
    def totals(self) -> NDArray[np.int64]:
        """Bytes of all texts of each row."""
        total = np.zeros(len(self.rows), np.int64)
        for texts in self.cells.values():
            total += texts.lengths
        return total

    @cached_property
    def shortest(self) -> list[int]:
        """The row of each kind with least text, as an index into ``cells``."""
        return self._last_of(np.argsort(-self.totals, kind="stable"))

    @cached_property
    def longest(self) -> list[int]:
        """The row of each kind with most text, as an index into ``cells``."""
        return self._last_of(np.argsort(self.totals, kind="stable"))

    def _last_of(self, order: NDArray[np.intp]) -> list[int]:
        """Return the row of each kind that stands last in an order."""
        found = np.zeros(len(self.keys), np.intp)
        found[self.like[order]] = order
        rows: list[int] = found.tolist()
        return rows


class Sorter:
    """Sorts the rows of one profile, event and set of columns."""

    def __init__(self, fmt: Format, rule: EventRule, names: Sequence[str]) -> None:
        self._fmt, self._rule = fmt, rule
        self.open = [name for name in names if self._is_open(name)]
        """Elements of plain text."""
        self.closed = [name for name in names if name not in self.open]
        self._proofs = {
            name: TokenProof(rule.element(name).type, self._within(name)) for name in self.open
        }
        covered = fmt.covered(rule.kind)
        self._checks_serial = fmt.check is not None and fmt.check_over == "serial" and bool(covered)
        self.is_able = not self._checks_serial or "serial" in self.open
        """Whether any row can be proven."""

    def _is_open(self, name: str) -> bool:
        patterned = {n.unless_pattern[0] for n in self._rule.needed if n.unless_pattern is not None}
        syntax = self._fmt.declaration.syntax
        if name in self._fmt.codes or name in patterned:
            return False
        return is_open(self._rule.element(name).type) and (syntax is None or name in syntax.plain)

    def _within(self, name: str) -> frozenset[str]:
        """Return the characters of an element that its check covers, if it does."""
        check = self._fmt.check
        if check is None or name not in self._fmt.covered(self._rule.kind):
            return PLAIN
        return PLAIN & frozenset(check.alphabet)

    def sort(self, cells: Mapping[str, Strings], good: NDArray[np.bool_]) -> Alike | None:
        """Return the rows among the ``good`` ones that are proven; None if that gains nothing.

        ``cells`` are columns of one length, by element; an empty text is an absent element.
        """
        count, cells, good = len(good), dict(cells), good.copy()
        keys: list[NDArray[np.uint64]] = []
        for name in self.open:
            texts, proof = cells[name], self._proofs[name]
            absent = texts.lengths == 0
            if int(texts.lengths.max(initial=0)) <= proof.widest:
                # It is looked at again and again: for the proof, the hash, the check, the mark.
                texts = cells[name] = texts.evened()
            good &= absent | proof.proven(texts)
            keys.append(absent.astype(np.uint64))
        checks = self._serial_checks(cells["serial"], good) if self._checks_serial else None
        for name in self.closed:
            texts = cells[name]
            good &= texts.lengths <= _WIDEST
            short = Strings(texts.data, texts.starts, np.minimum(texts.lengths, _WIDEST))
            keys += [*words(short), texts.lengths.astype(np.uint64)]
        rows = np.flatnonzero(good)
        if not len(rows):
            return None
        if len(rows) < count:
            keys = [key[rows] for key in keys]
            cells = {name: texts.take(rows) for name, texts in cells.items()}
            checks = None if checks is None else checks[rows]
        found = distinct(keys) if keys else (np.zeros(1, np.intp), np.zeros(len(rows), np.int32))
        if found is None:
            return None
        first, like = found
        return Alike(rows, cells, [self._key(cells, row) for row in first.tolist()], like, checks)

    def _key(self, cells: Mapping[str, Strings], row: int) -> tuple[bytes, ...]:
        present = bytes([int(cells[name].lengths[row] > 0) for name in self.open])
        return (present, *(cell(cells[name], row) for name in self.closed))

    def _serial_checks(self, serials: Strings, good: NDArray[np.bool_]) -> NDArray[np.int32]:
        """Return the check that each serial must end with; clears ``good`` where it does not."""
        check = self._fmt.check
        assert check is not None
        present = good & (serials.lengths > check.length)
        bodies = Strings(
            serials.data, serials.starts, np.where(present, serials.lengths - check.length, 0)
        )
        codes, known = check_codes(check, [bodies])
        wanted = constant([text.encode() for text in check.written], np.where(known, codes, 0))
        ends = Strings(
            serials.data,
            np.where(present, serials.starts + serials.lengths - check.length, 0),
            np.where(present, check.length, 0),
        )
        agrees = (ends.matrix(check.length) == wanted.matrix(check.length)).all(axis=1)
        good &= (present & known & agrees) | (serials.lengths == 0)
        found: NDArray[np.int32] = np.where(known, codes, 0).astype(np.int32)
        return found


def cell(texts: Strings, row: int) -> bytes:
    """Return the text of one row."""
    start = int(texts.starts[row])
    return texts.data[start : start + int(texts.lengths[row])].tobytes()
