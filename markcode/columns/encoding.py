"""Marks for whole columns of arms, where the scalar function would only say the same of each row.

Rows fall into kinds: alike in every element that is not plain text (country, year, code), and in
which elements they have at all. Of each kind one row goes through `Format.encode`. What that says
holds for every other row of the kind whose plain elements are proven to be good tokens: these
enter the result as they stand. The check is computed for each row. Rows that are not proven are
left to the scalar function.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from markcode.arrow import Strings
from markcode.cells import read_cells
from markcode.checks.columns import check_codes
from markcode.columns.distinct import distinct, words
from markcode.columns.kinds import Kind, Shape, Shapes
from markcode.columns.proof import PLAIN, TokenProof, is_open
from markcode.columns.weave import ByCode, Piece, constant, weave
from markcode.declaration import EventRule
from markcode.errors import InvalidMark
from markcode.fields import Value
from markcode.layout import CHECK

if TYPE_CHECKING:
    from markcode.format import Format

__all__ = ["EncodeKernel", "Encoded"]

_WIDEST = 64
"""Bytes of a cell that is looked up; of a longer one nothing is proven."""


@dataclass(frozen=True)
class Encoded:
    """The proven rows of one shape, with their marks as columns."""

    rows: NDArray[np.intp]
    """Index of each in the columns given, ascending."""
    shape: Shape
    kinds: tuple[Kind, ...]
    kind: NDArray[np.int32]
    """Which of ``kinds`` each row is."""
    written: tuple[str, ...]
    """Every check that the profile's system can give; one empty text where the marks have none."""
    check: NDArray[np.int32]
    """Which of ``written`` each row has."""
    open: Mapping[str, Strings]
    """The tokens of plain elements, by element."""

    def column(self, name: str) -> Strings:
        """Return the tokens of an element or of the check; what a record says: ``record:name``."""
        return _as_column(self.piece(name))

    def piece(self, name: str) -> ByCode | Strings:
        """Return `column` by codes, where there are few texts."""
        if name in self.open:
            return self.open[name]
        if name == CHECK:
            return ByCode(_encoded(self.written), self.check)
        return ByCode(tuple(kind.tokens.get(name, b"") for kind in self.kinds), self.kind)

    def values(self, name: str) -> ByCode | Strings:
        """Return the canonical values of an element as text, empty where it is absent."""
        if name in self.open:
            return self.open[name]
        return ByCode(tuple(kind.values.get(name, b"") for kind in self.kinds), self.kind)

    def key_texts(self, name: str) -> Strings:
        """Return an element in the form in which repeats are looked for."""
        if name in self.open:
            return self.open[name]
        return constant([kind.key_texts.get(name, b"") for kind in self.kinds], self.kind)

    def take(self, chosen: NDArray[np.intp]) -> Encoded:
        """Return some of these rows; ``chosen`` is ascending."""
        if len(chosen) == len(self.rows):
            return self
        return Encoded(
            self.rows[chosen],
            self.shape,
            self.kinds,
            self.kind[chosen],
            self.written,
            self.check[chosen],
            {name: texts.take(chosen) for name, texts in self.open.items()},
        )

    @cached_property
    def text(self) -> Strings:
        """The lines of each mark, joined by LF."""
        return self.woven(self.shape.text)

    @cached_property
    def payload(self) -> Strings:
        """The payload of each mark."""
        return (
            self.text if self.shape.payload == self.shape.text else self.woven(self.shape.payload)
        )

    def woven(self, pieces: Sequence[bytes | str]) -> Strings:
        """Return the column of texts and of elements, by name, put together."""
        return weave(self.pieces(pieces), len(self.rows))

    def pieces(self, pieces: Sequence[bytes | str]) -> list[Piece]:
        """Return texts as they stand, and the column of each name."""
        return [piece if isinstance(piece, bytes) else self.piece(piece) for piece in pieces]


class EncodeKernel:
    """The kernel of one profile, event and set of columns; usable from several threads."""

    def __init__(
        self,
        fmt: Format,
        rule: EventRule,
        names: Sequence[str],
        constants: Mapping[str, Value],
        accept_provisional: bool,
        numbers: frozenset[str] = frozenset(),
    ) -> None:
        self._fmt, self._rule, self._constants = fmt, rule, constants
        self._accept_provisional = accept_provisional
        self._numbers = numbers
        """Elements whose cells are whole numbers in decimal digits."""
        self._open = [name for name in names if self._is_open(name)]
        self._closed = [name for name in names if name not in self._open]
        self._proofs = {
            name: TokenProof(rule.element(name).type, self._within(name)) for name in self._open
        }
        self._shapes = Shapes(fmt, rule, frozenset(self._open))
        self._kinds: dict[tuple[bytes, ...], Kind | None] = {}
        self._lock = threading.Lock()
        check = fmt.check
        self._written = ("",) if check is None else check.written
        self._barred = np.array([self._shapes.bars(text) for text in self._written])

    def _is_open(self, name: str) -> bool:
        patterned = {n.unless_pattern[0] for n in self._rule.needed if n.unless_pattern is not None}
        field = self._rule.element(name).type
        return is_open(field) and name not in self._fmt.codes and name not in patterned

    def _within(self, name: str) -> frozenset[str]:
        """Return the characters of an element that its check covers, if it does."""
        check = self._fmt.check
        if check is None or name not in self._fmt.covered(self._rule.kind):
            return PLAIN
        return PLAIN & frozenset(check.alphabet)

    @property
    def is_able(self) -> bool:
        """Whether any row of this profile can be proven."""
        serial_is_checked = self._fmt.check is not None and self._fmt.check_over == "serial"
        if serial_is_checked and "serial" not in self._open:
            return False
        return self._shapes.are_able

    def encode(
        self, cells: Mapping[str, Strings], among: NDArray[np.bool_] | None = None
    ) -> list[Encoded]:
        """Return the rows that could be proven, by shape; ``cells`` are columns of one length.

        Only rows ``among`` these are looked at.
        """
        count = len(next(iter(cells.values()))) if cells else 0
        if not count or not self.is_able:
            return []
        good = np.ones(count, np.bool_) if among is None else among.copy()
        keys: list[NDArray[np.uint64]] = []
        cells = dict(cells)
        for name in self._open:
            texts = cells[name]
            absent = texts.lengths == 0
            proof = self._proofs[name]
            if int(texts.lengths.max()) <= proof.widest:
                # It is looked at again and again: for the proof, the hash, the check, the mark.
                texts = cells[name] = texts.evened()
            good &= absent | proof.proven(texts)
            keys.append(absent.astype(np.uint64))
        checks = self._serial_checks(cells, good) if self._checks_serial else None
        for name in self._closed:
            texts = cells[name]
            good &= texts.lengths <= _WIDEST
            short = Strings(texts.data, texts.starts, np.minimum(texts.lengths, _WIDEST))
            keys += [*words(short), texts.lengths.astype(np.uint64)]
        rows = np.flatnonzero(good)
        if not len(rows):
            return []
        whole = len(rows) == count
        if not whole:
            keys = [key[rows] for key in keys]
            cells = {name: texts.take(rows) for name, texts in cells.items()}
            checks = None if checks is None else checks[rows]
        alike = distinct(keys) if keys else (np.zeros(1, np.intp), np.zeros(count, np.int32))
        if alike is None:
            return []
        return self._by_shape(cells, rows, *alike, checks)

    @property
    def _checks_serial(self) -> bool:
        covered = self._fmt.covered(self._rule.kind)
        return self._fmt.check is not None and self._fmt.check_over == "serial" and bool(covered)

    def _serial_checks(
        self, cells: Mapping[str, Strings], good: NDArray[np.bool_]
    ) -> NDArray[np.int32]:
        """Return the check that each serial must end with; clears ``good`` where it does not."""
        check = self._fmt.check
        assert check is not None
        serials = cells["serial"]
        present = good & (serials.lengths > check.length)
        bodies = Strings(
            serials.data, serials.starts, np.where(present, serials.lengths - check.length, 0)
        )
        codes, known = check_codes(check, [bodies])
        wanted = constant([text.encode() for text in self._written], np.where(known, codes, 0))
        ends = Strings(
            serials.data,
            np.where(present, serials.starts + serials.lengths - check.length, 0),
            np.where(present, check.length, 0),
        )
        agrees = (ends.matrix(check.length) == wanted.matrix(check.length)).all(axis=1)
        good &= (present & known & agrees) | (serials.lengths == 0)
        found: NDArray[np.int32] = np.where(known, codes, 0).astype(np.int32)
        return found

    def _by_shape(
        self,
        cells: Mapping[str, Strings],
        rows: NDArray[np.intp],
        first: NDArray[np.intp],
        like: NDArray[np.int32],
        checks: NDArray[np.int32] | None,
    ) -> list[Encoded]:
        kinds = self._known_kinds(cells, first, like)
        # There is one object of each shape.
        shapes = list({id(kind.shape): kind.shape for kind in kinds if kind is not None}.values())
        numbers = {shape: at for at, shape in enumerate(shapes)}
        shape_of = np.array([-1 if kind is None else numbers[kind.shape] for kind in kinds])
        found = []
        for at, shape in enumerate(shapes):
            mine = [number for number, its in enumerate(shape_of) if its == at]
            renumbered = np.full(len(kinds), -1, np.int32)
            renumbered[mine] = np.arange(len(mine))
            of_row = renumbered[like]
            chosen = np.flatnonzero(of_row >= 0)
            is_whole = len(chosen) == len(rows)
            encoded = Encoded(
                rows=rows if is_whole else rows[chosen],
                shape=shape,
                kinds=tuple(
                    made for made in (kinds[number] for number in mine) if made is not None
                ),
                kind=of_row[chosen],
                written=self._written if shape.has_check else ("",),
                check=(
                    np.zeros(len(chosen), np.int32)
                    if checks is None or not shape.has_check
                    else checks[chosen]
                ),
                open={n: cells[n] if is_whole else cells[n].take(chosen) for n in shape.open},
            )
            found.append(self._checked(encoded))
        return [encoded for encoded in found if len(encoded.rows)]

    def _checked(self, encoded: Encoded) -> Encoded:
        """Return the rows with their check over the mark; those without a lawful one left out."""
        check, covered = self._fmt.check, encoded.shape.covered
        if check is None or self._fmt.check_over != "mark" or not covered:
            return encoded
        codes, known = check_codes(check, [encoded.column(name) for name in covered])
        kept = np.flatnonzero(known & ~self._barred[np.where(known, codes, 0)])
        return replace(encoded, check=codes.astype(np.int32)).take(kept)

    def _known_kinds(
        self, cells: Mapping[str, Strings], first: NDArray[np.intp], like: NDArray[np.int32]
    ) -> list[Kind | None]:
        kinds: list[Kind | None] = []
        for number, row in enumerate(first.tolist()):
            present = [int(cells[name].lengths[row] > 0) for name in self._open]
            key = (bytes(present), *(_cell(cells[name], row) for name in self._closed))
            with self._lock:
                if key not in self._kinds:
                    self._kinds[key] = self._kind(cells, np.flatnonzero(like == number))
                kinds.append(self._kinds[key])
        return kinds

    def _kind(self, cells: Mapping[str, Strings], rows: NDArray[np.intp]) -> Kind | None:
        """Return what the scalar function says of the shortest of these rows, alike but for text.

        If that one is too long for its check, so are the others.
        """
        total = sum(
            (cells[name].lengths[rows] for name in self._open), np.zeros(len(rows), np.int64)
        )
        row = int(rows[int(np.argmin(total))])
        values: dict[str, Value | None] = {
            name: self._value(name, _cell(texts, row)) for name, texts in cells.items()
        }
        firearm, event, faults = read_cells(self._rule, {**self._constants, **values})
        if faults:
            return None
        try:
            marking = self._fmt.encode(firearm, event, self._accept_provisional)
        except InvalidMark:
            return None
        return self._shapes.kind(firearm, event, marking)

    def _value(self, name: str, cell: bytes) -> Value | None:
        text = cell.decode()
        return int(text) if text and name in self._numbers else text or None


def _as_column(piece: ByCode | Strings) -> Strings:
    return piece.column() if isinstance(piece, ByCode) else piece


@lru_cache
def _encoded(texts: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(text.encode() for text in texts)


def _cell(texts: Strings, row: int) -> bytes:
    start = int(texts.starts[row])
    return texts.data[start : start + int(texts.lengths[row])].tobytes()
