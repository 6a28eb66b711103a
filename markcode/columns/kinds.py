"""What the scalar functions say of one row, as a pattern for all rows of its kind."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from markcode.columns.proof import PLAIN
from markcode.columns.separable import is_separable, is_unforbidden
from markcode.declaration import EventRule
from markcode.layout import CHECK
from markcode.model import Event, Finding, Firearm, Marking, Verdict
from markcode.writing import Prepared, Slot, unique_keys

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
    """Whether its value is the elements' text without separators."""
    is_text: bool
    """Whether its value is the struck text as a whole."""


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

    def is_like(self, other: Kind) -> bool:
        """Return whether the same is said of both."""
        said = (self.tokens, self.values, self.findings, self.verdict)
        others = (other.tokens, other.values, other.findings, other.verdict)
        return self.shape is other.shape and said == others


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
        syntax = self._fmt.declaration.syntax
        if syntax is not None and self._open.isdisjoint(syntax.plain):
            return False
        is_over_serial = self._fmt.check_over == "serial" and "serial" in self._rule.names
        if is_over_serial and not self._fmt.covered(self._rule.kind):
            # The check of a serial that goes beside the mark is judged all the same.
            return False
        if not self._rule.readable:
            return True
        varying = {*self._open, CHECK}
        return is_unforbidden(self._rule, (i for i in self._layout.items if i.name in varying))

    def bars(self, check: str) -> bool:
        """Return whether a check holds what separates elements, or a blank, which records lose."""
        return " " in check or not self._layout.blanks.isdisjoint(check)

    def kind(self, firearm: Firearm, event: Event, marking: Marking) -> Kind | None:
        """Return the kind of a row that has this mark; None if other rows need not be alike."""
        prepared = self._fmt.prepared(firearm, event)
        given = (e.name for e in self._rule.elements if e.of(firearm, event) is not None)
        if not prepared.tokens.keys() >= set(given):
            # What the mark does not say is judged all the same: whether a serial is that of a UII.
            return None
        closed = {n: t for n, t in prepared.tokens.items() if n not in self._open and n != CHECK}
        if not all(PLAIN.issuperset(token) for token in closed.values()):
            # Letters of other scripts are judged together with those of the plain elements.
            return None
        if not all(self._rule.element(name).type.fits(token) for name, token in closed.items()):
            # Where a rule is not confirmed, what breaks it stands; how that is read, others decide.
            return None
        if self._rule.readable and not self._is_separable(frozenset(prepared.tokens)):
            return None
        shape = self._shape(prepared, marking)
        recorded = {f"{RECORD}{name}": text for name, text in prepared.record}
        own = {**prepared.tokens, **recorded}
        filled = _filled(shape.text, own), _filled(shape.payload, own)
        if filled != (marking.text, marking.payload.data):
            return None
        tokens = {**closed, **{n: t for n, t in recorded.items() if self._bare(n) in closed}}
        return Kind(
            shape=shape,
            tokens={name: token.encode() for name, token in tokens.items()},
            values={name: str(self._value(marking, name)).encode() for name in closed},
            key_texts={n: self._rule.element(n).type.key(t).encode() for n, t in closed.items()},
            findings=tuple(f for f in marking.findings if not f.code.startswith("check.")),
            verdict=self._fmt.verify(marking.payload, event).verdict,
        )

    def _shape(self, prepared: Prepared, marking: Marking) -> Shape:
        """Return how this mark is put together of its tokens."""
        names = [*prepared.tokens, *(f"{RECORD}{name}" for name, _ in prepared.record)]
        syntax = self._fmt.declaration.syntax
        if syntax is not None:
            # How it writes the others may depend on what they say.
            names = [name for name in names if self._bare(name) in syntax.plain]
        marks = {name: chr(_FIRST + at) for at, name in enumerate(names)}
        template = self._fmt.compose(
            replace(
                prepared,
                tokens={name: marks.get(name, t) for name, t in prepared.tokens.items()},
                record=[(name, marks.get(f"{RECORD}{name}", t)) for name, t in prepared.record],
            )
        )
        spelled = {mark: self._plain(name) for name, mark in marks.items()}
        payload = str(template.payload.data)
        if marking.payload.data == marking.record:
            payload = template.record
        elif syntax is None:
            payload = " ".join(template.lines)
        is_composed = syntax is not None and not self._rule.unique
        return self._interned(
            open=tuple(name for name in self._open if name in prepared.tokens),
            covered=tuple(n for n in self._fmt.covered(self._rule.kind) if n in prepared.tokens),
            has_check=marking.check is not None,
            lines=tuple(_pieces(line, spelled) for line in template.lines),
            drawn=tuple(_pieces(line, spelled) for line in template.drawn),
            text=_pieces("\n".join(template.lines), spelled),
            payload=_pieces(payload, spelled),
            keys=tuple(
                Key(key.slot, key.elements, key.is_joined, is_text=is_composed)
                for key in unique_keys(self._fmt, prepared)
            ),
        )

    def _interned(self, **parts: Any) -> Shape:
        key = tuple(parts.values())
        return self._shapes.setdefault(key, Shape(**parts))

    def _plain(self, name: str) -> str:
        """Return the column that a name stands for: a record says a plain element's token."""
        bare = self._bare(name)
        return bare if bare in self._open or bare == CHECK else name

    @staticmethod
    def _bare(name: str) -> str:
        return name.removeprefix(RECORD)

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
