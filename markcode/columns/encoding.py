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
from markcode.columns.alike import Alike, Sorter, cell
from markcode.columns.kinds import Kind, Shape, Shapes
from markcode.columns.weave import ByCode, Piece, weave
from markcode.declaration import EventRule
from markcode.errors import InvalidMark
from markcode.fields import Value
from markcode.layout import CHECK

if TYPE_CHECKING:
    from markcode.format import Format

__all__ = ["EncodeKernel", "Encoded"]

_FEW = 1_000
_SHARE = 8
"""New kinds that are looked at in a chunk: these, or one in so many rows."""
_MOST_KINDS = 20_000
"""Kinds that are remembered from one chunk to the next."""


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
        if name == CHECK:
            return ByCode(_encoded(self.written), self.check)
        return self._of(name, [kind.tokens for kind in self.kinds])

    def values(self, name: str) -> ByCode | Strings:
        """Return the canonical values of an element as text, empty where it is absent."""
        return self._of(name, [kind.values for kind in self.kinds])

    def key_texts(self, name: str) -> ByCode | Strings:
        """Return an element in the form in which repeats are looked for."""
        return self._of(name, [kind.key_texts for kind in self.kinds])

    def _of(self, name: str, closed: Sequence[Mapping[str, bytes]]) -> ByCode | Strings:
        """Return an element: plain ones as they stand, of others the text of each kind."""
        if name in self.open:
            return self.open[name]
        return ByCode(tuple(texts.get(name, b"") for texts in closed), self.kind)

    def value_at(self, name: str, at: int) -> str:
        """Return the canonical value of an element in one row, empty where it is absent."""
        values = self.values(name)
        if isinstance(values, ByCode):
            return values.values[int(values.codes[at])].decode()
        return cell(values, at).decode()

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
        self._sorter = Sorter(fmt, rule, names)
        self._shapes = Shapes(fmt, rule, frozenset(self._sorter.open))
        self._kinds: dict[tuple[bytes, ...], Kind | None] = {}
        self._reach: dict[tuple[bytes, ...], int] = {}
        """Bytes of the longest row of a kind of which the scalar function has said the same."""
        self._is_bounded = fmt.declaration.syntax is not None
        """Whether the length of a mark as a whole is judged."""
        self._lock = threading.Lock()
        self._written = ("",) if fmt.check is None else fmt.check.written
        self._barred = np.array([self._shapes.bars(text) for text in self._written])

    @property
    def is_able(self) -> bool:
        """Whether any row of this profile can be proven."""
        return self._sorter.is_able and self._shapes.are_able

    def encode(
        self, cells: Mapping[str, Strings], among: NDArray[np.bool_] | None = None
    ) -> list[Encoded]:
        """Return the rows that could be proven, by shape; ``cells`` are columns of one length.

        Only rows ``among`` these are looked at.
        """
        count = len(next(iter(cells.values()))) if cells else 0
        if not count or not self.is_able:
            return []
        alike = self._sorter.sort(cells, np.ones(count, np.bool_) if among is None else among)
        return [] if alike is None else self._by_shape(alike)

    def _by_shape(self, alike: Alike) -> list[Encoded]:
        kinds = self._known_kinds(alike)
        within = self._within_reach(alike, kinds)
        none = np.zeros(len(alike.rows), np.int32)
        found = []
        # There is one object of each shape.
        for shape in {id(kind.shape): kind.shape for kind in kinds if kind is not None}.values():
            own = [(at, k) for at, k in enumerate(kinds) if k is not None and k.shape is shape]
            renumbered = np.full(len(kinds), -1, np.int32)
            renumbered[[at for at, _ in own]] = np.arange(len(own))
            kind_of_row = renumbered[alike.like]
            encoded = Encoded(
                rows=alike.rows,
                shape=shape,
                kinds=tuple(kind for _, kind in own),
                kind=kind_of_row,
                written=self._written if shape.has_check else ("",),
                check=none if alike.checks is None or not shape.has_check else alike.checks,
                open={name: alike.cells[name] for name in shape.open},
            )
            chosen = np.flatnonzero((kind_of_row >= 0) & within)
            found.append(self._checked(encoded.take(chosen)))
        return [encoded for encoded in found if len(encoded.rows)]

    def _checked(self, encoded: Encoded) -> Encoded:
        """Return the rows with their check over the mark; those without a lawful one left out."""
        check, covered = self._fmt.check, encoded.shape.covered
        if check is None or self._fmt.check_over != "mark" or not covered:
            return encoded
        columns = [_as_text(encoded.piece(name)) for name in covered]
        codes, known = check_codes(check, columns, len(encoded.rows))
        kept = np.flatnonzero(known & ~self._barred[np.where(known, codes, 0)])
        return replace(encoded, check=codes.astype(np.int32)).take(kept)

    def _known_kinds(self, alike: Alike) -> list[Kind | None]:
        with self._lock:
            if len(self._kinds) > _MOST_KINDS:
                self._kinds.clear()
                self._reach.clear()
            # To look at one row of nearly every kind would cost more than it saves.
            new = max(_FEW, len(alike.rows) // _SHARE)
            for number, key in enumerate(alike.keys):
                if key not in self._kinds and new:
                    new -= 1
                    # If the shortest is too long for its check, so are the others.
                    self._kinds[key] = self._kind(alike.cells, alike.shortest[number])
            return [self._kinds.get(key) for key in alike.keys]

    def _within_reach(self, alike: Alike, kinds: Sequence[Kind | None]) -> NDArray[np.bool_]:
        """Return which rows are no longer than one of which the same was said."""
        if not self._is_bounded:
            return np.ones(len(alike.rows), np.bool_)
        reach = np.full(len(kinds), -1, np.int64)
        with self._lock:
            for number, (key, kind) in enumerate(zip(alike.keys, kinds, strict=True)):
                if kind is None:
                    continue
                for row in (alike.shortest[number], alike.longest[number]):
                    total = int(alike.totals[row])
                    if total > self._reach.get(key, -1):
                        other = self._kind(alike.cells, row)
                        if other is not None and other.is_like(kind):
                            self._reach[key] = total
                reach[number] = self._reach.get(key, -1)
        found: NDArray[np.bool_] = alike.totals <= reach[alike.like]
        return found

    def _kind(self, cells: Mapping[str, Strings], row: int) -> Kind | None:
        """Return what the scalar function says of a row."""
        values: dict[str, Value | None] = {
            name: self._value(name, cell(texts, row)) for name, texts in cells.items()
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


def _as_text(piece: ByCode | Strings) -> Strings | bytes:
    """Return a piece as a column, or as the one text that all rows have."""
    if isinstance(piece, Strings):
        return piece
    return piece.values[0] if len(set(piece.values)) == 1 else piece.column()


def _as_column(piece: ByCode | Strings) -> Strings:
    return piece.column() if isinstance(piece, ByCode) else piece


@lru_cache
def _encoded(texts: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(text.encode() for text in texts)
