"""What the scalar functions say of one row, as a pattern for all rows of its kind."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from markcode.columns.proof import PLAIN
from markcode.columns.separable import is_separable
from markcode.declaration import EventRule
from markcode.layout import CHECK
from markcode.model import Event, Finding, Firearm, Marking, Verdict
from markcode.writing import Slot, unique_keys

if TYPE_CHECKING:
    from markcode.format import Format

__all__ = ["Key", "Kind", "Pieces", "Shape", "Shapes"]

Pieces = tuple[bytes | str, ...]
"""Text as it stands, and names of columns."""

_FIRST = 0xE000
"""Private characters of Unicode stand for the tokens while a line is composed."""
_MARKED = re.compile("([\ue000-\uf8ff])")
RECORD = "record:"


@dataclass(frozen=True)
class Key:
    """One unique key of a shape, and the columns that make its value."""

    slot: Slot
    elements: tuple[str, ...]
    is_joined: bool


@dataclass(frozen=True, eq=False)
class Shape:
    """How the marks of some kinds are put together; alike ones of a profile are one object."""

    open: tuple[str, ...]
    """Plain elements that stand in the mark, or beside it."""
    covered: tuple[str, ...]
    """Elements that a check over the mark covers."""
    has_check: bool
    lines: tuple[Pieces, ...]
    drawn: tuple[Pieces, ...]
    """The lines to draw, where drawn symbols make them differ from the plain text."""
    text: Pieces
    payload: Pieces
    keys: tuple[Key, ...]


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of row."""

    shape: Shape
    tokens: Mapping[str, bytes]
    """Tokens by element of those that are not plain, and what a record says (``record:name``)."""
    values: Mapping[str, bytes]
    """Canonical values of those elements, as text."""
    key_texts: Mapping[str, bytes]
    """The form of those elements in which repeats are looked for."""
    findings: tuple[Finding, ...]
    """But for those about the check."""
    verdict: Verdict
    """Of verify on the payload."""


class Shapes:
    """Makes kinds of one profile and event, whose plain elements are ``open``."""

    def __init__(self, fmt: Format, rule: EventRule, open_names: frozenset[str]) -> None:
        self._fmt, self._rule, self._open = fmt, rule, open_names
        self._layout = fmt.layout(rule.kind)
        self._separable: dict[frozenset[str], bool] = {}
        self._shapes: dict[tuple[Any, ...], Shape] = {}

    @property
    def are_able(self) -> bool:
        """Whether marks of this event are put together of their elements alone."""
        if self._fmt.declaration.syntax is not None:
            return False
        if not self._rule.readable:
            return True
        # A symbol that the mark must not bear is looked for anywhere in its text.
        barred = {c for symbol in self._rule.forbids for c in (*symbol.alphabet, *symbol.near)}
        open_types = [self._rule.element(name).type for name in self._open]
        return all(barred.isdisjoint(field.alphabet) for field in open_types)

    def bars(self, check: str) -> bool:
        """Return whether a check holds what separates the elements of a mark."""
        return not self._layout.blanks.isdisjoint(check)

    def kind(self, firearm: Firearm, event: Event, marking: Marking) -> Kind | None:
        """Return the kind of a row that has this mark; None if other rows need not be alike."""
        prepared = self._fmt.prepared(firearm, event)
        closed = {n: t for n, t in prepared.tokens.items() if n not in self._open and n != CHECK}
        if not all(PLAIN.issuperset(token) for token in closed.values()):
            # Letters of other scripts are judged together with those of the plain elements.
            return None
        is_recorded = marking.payload.data == marking.record
        present = frozenset(prepared.tokens)
        if self._rule.readable and not self._is_separable(present):
            return None
        names = {
            **{n: n for n in prepared.tokens},
            **{f"{RECORD}{n}": n for n, _ in prepared.record},
        }
        marks = {name: chr(_FIRST + at) for at, name in enumerate(names)}
        template = self._fmt.compose(
            replace(
                prepared,
                tokens={name: marks[name] for name in prepared.tokens},
                record=[(name, marks[f"{RECORD}{name}"]) for name, _ in prepared.record],
            )
        )
        spelled = {mark: self._plain(name) for name, mark in marks.items()}
        lines = tuple(_pieces(line, spelled) for line in template.lines)
        joined = _pieces(" ".join(template.lines), spelled)
        shape = self._interned(
            open=tuple(name for name in self._open if name in prepared.tokens),
            covered=tuple(n for n in self._fmt.covered(self._rule.kind) if n in present),
            has_check=marking.check is not None,
            lines=lines,
            drawn=tuple(_pieces(line, spelled) for line in template.drawn),
            text=_pieces("\n".join(template.lines), spelled),
            payload=_pieces(template.record, spelled) if is_recorded else joined,
            keys=tuple(
                Key(key.slot, key.elements, key.is_joined)
                for key in unique_keys(self._fmt, prepared)
            ),
        )
        recorded = dict(prepared.record)
        tokens = {name: token.encode() for name, token in closed.items()}
        tokens |= {f"{RECORD}{n}": t.encode() for n, t in recorded.items() if n in closed}
        own = {**prepared.tokens, **{f"{RECORD}{n}": t for n, t in recorded.items()}}
        if (
            _filled(shape.text, own) != marking.text
            or _filled(shape.payload, own) != marking.payload.data
        ):
            return None
        return Kind(
            shape=shape,
            tokens=tokens,
            values={name: str(self._value(marking, name)).encode() for name in closed},
            key_texts={n: self._rule.element(n).type.key(t).encode() for n, t in closed.items()},
            findings=tuple(f for f in marking.findings if not f.code.startswith("check.")),
            verdict=self._fmt.verify(marking.payload, event).verdict,
        )

    def _interned(self, **parts: Any) -> Shape:
        key = tuple(parts.values())
        return self._shapes.setdefault(key, Shape(**parts))

    def _plain(self, name: str) -> str:
        """Return the column that a name stands for: a record says a plain element's token."""
        bare = name.removeprefix(RECORD)
        return bare if bare in self._open or bare == CHECK else name

    def _value(self, marking: Marking, name: str) -> object:
        value = self._rule.element(name).of(marking.parsed.firearm, marking.parsed.event)
        return marking.beside.get(name) if value is None else value

    def _is_separable(self, present: frozenset[str]) -> bool:
        if present not in self._separable:
            self._separable[present] = is_separable(self._layout, present)
        return self._separable[present]


def _pieces(template: str, spelled: Mapping[str, str]) -> Pieces:
    parts = _MARKED.split(template)
    return tuple(spelled[part] if part in spelled else part.encode() for part in parts if part)


def _filled(pieces: Sequence[bytes | str], tokens: Mapping[str, str]) -> str:
    return "".join(p.decode() if isinstance(p, bytes) else tokens[p] for p in pieces)
