"""What a batch tells the ledger of its marks, and asks of it, before any of them may be struck.

The batch knows no ledger: it is given a `Register`, which is the ledger's side of one job
(`markcode.ledger.registering`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, Protocol

from markcode.columns.encoding import Encoded
from markcode.columns.weave import ByCode, Piece, weave
from markcode.jobs.numbering import Counter
from markcode.jobs.tables import payload_text
from markcode.layout import CHECK
from markcode.model import Finding, Marking
from markcode.notation import escape
from markcode.writing import Slot, UniqueKey

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from markcode.declaration import Element
    from markcode.jobs.rows import Arm

__all__ = ["KeyColumns", "NewMarks", "Order", "Register", "of_encoded", "of_marking", "together"]


@dataclass(frozen=True)
class KeyColumns:
    """One unique key of some marks: the texts that make its value, as columns."""

    slot: Slot
    elements: tuple[str, ...]
    is_text: bool
    """Whether it is one text put together: without separators, or by a standard (a UII)."""
    parts: Sequence[Sequence[str]]


@dataclass(frozen=True)
class NewMarks:
    """Some marks that are to be registered, as columns of equal length."""

    rows: Sequence[int]
    """Record number of each in the table."""
    lines: Sequence[Sequence[str]]
    """By line."""
    checks: Sequence[str | None]
    payloads: Sequence[str] | None
    """What the symbol holds, where that is not the lines joined by a space."""
    elements: Mapping[str, Sequence[str]]
    """Canonical values by element, the empty ones left out."""
    keys: Sequence[KeyColumns]
    typed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What was typed for an element, where that is not its value."""

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, which: Sequence[int]) -> NewMarks:
        """Return some of them."""
        if len(which) == len(self.rows):
            return self

        def some(column: Sequence[Any]) -> list[Any]:
            return [column[at] for at in which]

        return NewMarks(
            rows=some(self.rows),
            lines=list(map(some, self.lines)),
            checks=some(self.checks),
            payloads=None if self.payloads is None else some(self.payloads),
            elements={name: some(column) for name, column in self.elements.items()},
            keys=[
                KeyColumns(key.slot, key.elements, key.is_text, list(map(some, key.parts)))
                for key in self.keys
            ],
            typed={name: some(column) for name, column in self.typed.items()},
        )

    def texts(self) -> list[str]:
        """Return what is struck: the lines of each joined by LF."""
        if len(self.lines) == 1:
            return list(self.lines[0])
        return list(map("\n".join, zip(*self.lines, strict=True)))


def together(single: Iterable[NewMarks]) -> list[NewMarks]:
    """Return the same marks with those of one kind in one: they are asked about at once."""
    kinds: dict[tuple[Any, ...], list[NewMarks]] = {}
    for marks in single:
        keys = tuple((key.slot, key.elements, key.is_text) for key in marks.keys)
        has_payload = marks.payloads is not None
        kind = (len(marks.lines), has_payload, tuple(marks.elements), keys, tuple(marks.typed))
        kinds.setdefault(kind, []).append(marks)
    return [_joined(some) for some in kinds.values()]


def _joined(some: Sequence[NewMarks]) -> NewMarks:
    """Return marks of one kind as one."""
    first = some[0]
    keys = [
        KeyColumns(
            key.slot,
            key.elements,
            key.is_text,
            [_column(m.keys[at].parts[part] for m in some) for part in range(len(key.parts))],
        )
        for at, key in enumerate(first.keys)
    ]
    has_payload = first.payloads is not None
    return NewMarks(
        rows=_column(marks.rows for marks in some),
        lines=[_column(marks.lines[at] for marks in some) for at in range(len(first.lines))],
        checks=_column(marks.checks for marks in some),
        payloads=_column(marks.payloads or () for marks in some) if has_payload else None,
        elements={name: _column(m.elements[name] for m in some) for name in first.elements},
        keys=keys,
        typed={name: _column(marks.typed[name] for marks in some) for name in first.typed},
    )


def _column(parts: Iterable[Sequence[Any]]) -> list[Any]:
    return list(chain.from_iterable(parts))


@dataclass(frozen=True)
class Order:
    """A job as the ledger keeps it."""

    job: str
    """Its hash."""
    format: str
    event: str
    table: str | None
    """SHA-256 of the table."""
    version: str
    options: Mapping[str, Any]
    """All that was chosen, the profile among it, as in the manifest."""


class Register(Counter, Protocol):
    """The ledger's side of one job. All its methods raise `markcode.errors.LedgerError`."""

    def begin(self, order: Order) -> None:
        """Look the job up, and refuse one that is known, unless it is to be resumed."""

    @property
    def is_resumed(self) -> bool:
        """Whether the job was ordered before, so that its folder may make way."""

    @property
    def following(self) -> int:
        """The number after the greatest of the series that the job has."""

    @property
    def left_out(self) -> NDArray[np.int64]:
        """Rows that must not be marked again, ascending: struck, unknown, rejected, void."""

    def serials(self) -> Mapping[int, str]:
        """Return the serials that rows of the job have already, by row."""

    def doubts(self, marks: Iterable[NewMarks], *, held: bool) -> dict[int, list[Finding]]:
        """Return what the ledger knows against some marks, by row.

        Warnings, and with ``held`` the errors of unique keys that others have.
        """

    def enter(self, marks: Sequence[NewMarks]) -> bool:
        """Register marks, all or none; False where another station has just taken one of them."""

    def confirm(self) -> None:
        """Raise where marks of the job may be on arms by now that were not when it began."""

    def written(self, marks: int, rejected: int, manifest: str | None) -> None:
        """Record that the job is complete; ``manifest`` is the SHA-256 of its folder's, if any."""

    @property
    def entry(self) -> Mapping[str, Any]:
        """What the manifest says of the ledger."""


def of_encoded(encoded: Encoded, numbers: NDArray[np.int64], names: Sequence[str]) -> NewMarks:
    """Return proven rows as marks to register; ``numbers`` are their record numbers.

    ``names`` are the elements of the event.
    """
    shape = encoded.shape
    values = {name: _texts(encoded.values(name)) for name in names}
    return NewMarks(
        rows=numbers.tolist(),
        lines=[_texts(encoded.woven(line)) for line in shape.lines],
        checks=_texts(encoded.piece(CHECK)) if shape.has_check else [None] * len(numbers),
        payloads=None if _is_joined(encoded) else list(map(escape, _texts(encoded.payload))),
        elements={name: column for name, column in values.items() if any(column)},
        keys=[
            KeyColumns(key.slot, key.elements, key.is_text or key.is_joined, _parts(encoded, key))
            for key in shape.keys
        ],
    )


def _is_joined(encoded: Encoded) -> bool:
    """Return whether the payload is the lines joined by a space."""
    joined: list[bytes | str] = []
    for line in encoded.shape.lines:
        joined += [b" ", *line] if joined else line
    return _merged(joined) == _merged(encoded.shape.payload)


def _merged(pieces: Sequence[bytes | str]) -> list[bytes | str]:
    """Return the pieces with neighbouring texts put together."""
    merged: list[bytes | str] = []
    for piece in pieces:
        if isinstance(piece, bytes) and merged and isinstance(merged[-1], bytes):
            merged[-1] += piece
        else:
            merged.append(piece)
    return merged


def _parts(encoded: Encoded, key: Any) -> list[list[str]]:
    if key.is_text:
        return [_texts(encoded.text)]
    if key.is_joined:
        pieces: list[Piece] = [encoded.piece(name) for name in key.elements]
        return [_texts(weave(pieces, len(encoded.rows)))]
    return [_texts(encoded.key_texts(name)) for name in key.elements]


def _texts(piece: Any) -> list[str]:
    if isinstance(piece, ByCode):
        values = [value.decode() for value in piece.values]
        return [values[code] for code in piece.codes.tolist()]
    texts: list[str] = piece.texts()
    return texts


def of_marking(
    arm: Arm, marking: Marking, elements: Sequence[Element], keys: Sequence[UniqueKey]
) -> NewMarks:
    """Return one row as a mark to register."""
    values, typed = {}, {}
    for element in elements:
        value = element.of(marking.parsed.firearm, marking.parsed.event)
        if value is None:
            value = marking.beside.get(element.name)
        if value is None:
            continue
        values[element.name] = [str(value)]
        given = element.of(arm.firearm, arm.event)
        if given is not None and str(given) != str(value):
            typed[element.name] = [str(given)]
    payload = marking.payload.data
    is_joined = payload == " ".join(marking.lines) and not marking.payload.gs1
    return NewMarks(
        rows=[arm.row],
        lines=[[line] for line in marking.lines],
        checks=[marking.check],
        payloads=None if is_joined else [payload_text(marking.payload)],
        elements=values,
        keys=[
            KeyColumns(
                key.slot,
                key.elements,
                key.is_joined or key.elements == ("uii",),
                [[part] for part in key.value],
            )
            for key in keys
        ],
        typed=typed,
    )
