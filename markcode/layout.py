"""Templates of lines, compiled: compose tokens into lines, and match a good mark at once.

A template is written in the notation of marking instruments: ``{element}``, ``{element?}`` where
the element may be absent, ``<NAME>`` for a drawn symbol, a blank for the separator, other
characters for themselves. A line break separates like a blank does: the parts of a mark may stand
on separate lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from markcode.fields import Literal, Text
from markcode.model import NO_ELEMENTS

__all__ = ["CHECK", "LINE_BREAKS", "SEPARATORS", "Item", "Layout", "Piece", "Token", "pieces"]

CHECK = "check"
"""Name of the item that holds the check character(s)."""

LINE_BREAKS = ("\n", "\r\n")
SEPARATORS = {"space": " ", "line": "\n", "slash": "/"}
"""Values of the option ``separator``; a blank is always read then."""
_PIECE = re.compile(r"\{([a-z][a-z0-9_]*)(\?)?\}|( )|<([A-Z0-9-]+)>|([^{} <>]+)|(.)", re.DOTALL)


class Token(NamedTuple):
    """A piece of the text that stands for one element; ``[start, end)`` in the text."""

    text: str
    start: int
    end: int

    @property
    def span(self) -> tuple[int, int]:
        """The place in the text as received."""
        return (self.start, self.end)


class Piece(NamedTuple):
    """One piece of a template: an element, a separator, a symbol, a literal, or a stray sign."""

    kind: str
    text: str
    optional: bool = False
    at: int = 0


def pieces(template: str) -> Iterator[Piece]:
    """Yield the pieces of a template in order; a sign of no meaning there is ``stray``.

    >>> [piece.text for piece in pieces("<STAR>{country} {force?}")]
    ['STAR', 'country', ' ', 'force']
    """
    for match in _PIECE.finditer(template):
        element, optional, blank, symbol, literal, stray = match.groups()
        if element:
            yield Piece("element", element, bool(optional), match.start())
        elif blank:
            yield Piece("blank", blank, at=match.start())
        elif symbol:
            yield Piece("symbol", symbol, at=match.start())
        elif literal:
            yield Piece("literal", literal, at=match.start())
        else:
            yield Piece("stray", stray, at=match.start())


@dataclass(frozen=True)
class Item:
    """One place of a layout: an element, a literal, or the check."""

    name: str
    type: Text
    line: int
    optional: bool = False
    separated: bool = True
    """Whether a separator stands before it (on its own line, the line break)."""
    is_soft: bool = False
    """Whether its rule is not confirmed, so that what breaks it is read with a warning."""

    @property
    def is_free(self) -> bool:
        """Whether its tokens are of no fixed length and no closed list."""
        return not (self.type.is_fixed or self.type.is_listed)

    @cached_property
    def literal(self) -> str | None:
        """What is struck as it stands; None for an element or the check."""
        return self.type.text if isinstance(self.type, Literal) else None


@dataclass(frozen=True)
class Layout:
    """The items of one event in order, and how they are separated."""

    items: tuple[Item, ...]
    separator: str = " "
    others: tuple[str, ...] = (" ",)
    """Further separators that are read without a finding; an empty one: none is needed."""

    @classmethod
    def compile(
        cls,
        lines: Sequence[str],
        types: Mapping[str, Text],
        separators: Sequence[str] = (" ",),
        check: Text | None = None,
        literals: Mapping[str, Literal] = NO_ELEMENTS,
        soft: frozenset[str] = frozenset(),
    ) -> Layout:
        """Return the layout of templates; ``check`` stands at ``{check}``, else after the last.

        ``literals`` has the symbols by ``<NAME>`` and the words that have further spellings.
        """
        items: list[Item] = []
        for number, template in enumerate(lines):
            separated = bool(items)
            for piece in pieces(template):
                if piece.kind == "blank":
                    separated = True
                    continue
                if piece.kind == "element" and piece.text == CHECK:
                    if check is None:
                        continue
                    name, form, check = CHECK, check, None
                elif piece.kind == "element":
                    name, form = piece.text, types[piece.text]
                else:
                    name = f"<{piece.text}>" if piece.kind == "symbol" else piece.text
                    form = literals.get(name) or Literal.of(name)
                    name = f"={name}"
                soft_item = name in soft
                items.append(Item(name, form, number, piece.optional, separated, soft_item))
                separated = False
        if check is not None:
            items.append(Item(CHECK, check, items[-1].line))
        return cls(tuple(items), separators[0], tuple(separators[1:]))

    @cached_property
    def spellings(self) -> tuple[str, ...]:
        """Separators that are no finding: the profile's own, those declared, a line break."""
        return tuple(dict.fromkeys((self.separator, *self.others, *LINE_BREAKS)))

    def gaps(self, number: int) -> tuple[str, ...]:
        """Return the separators that are read before an item without a finding.

        Between two tokens of free length, one that both may hold would separate nothing.
        """
        return self._gaps[number]

    @cached_property
    def _gaps(self) -> tuple[tuple[str, ...], ...]:
        return tuple(self._gaps_before(number) for number in range(len(self.items)))

    def _gaps_before(self, number: int) -> tuple[str, ...]:
        item = self.items[number]
        before = self.items[:number]
        spellings = self.spellings
        if before and before[-1].line != item.line:
            spellings = (*spellings, " ")  # a payload joins lines by a blank
        last = next((n for n in range(number - 1, -1, -1) if not before[n].optional), 0)
        free = [other.type.characters for other in before[last:] if other.is_free]
        if not item.is_free or not free:
            return spellings
        held = item.type.characters & frozenset().union(*free)
        return tuple(spelling for spelling in spellings if not set(spelling) <= held)

    @cached_property
    def blanks(self) -> frozenset[str]:
        """Characters that separate, and so can be no part of a token."""
        return frozenset("".join(self.spellings))

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(item.name for item in self.items)

    @cached_property
    def longest(self) -> int:
        """Characters of the longest mark, line breaks as one."""
        gaps = sum(item.separated for item in self.items[1:]) * len(self.separator)
        return sum(item.type.widest for item in self.items) + gaps

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        pattern = ""
        for number, item in enumerate(self.items):
            part = f"({item.type.pattern})"
            if number and item.separated:
                gaps = sorted(self.gaps(number), key=len, reverse=True)
                gap = "(?:" + "|".join(map(re.escape, gaps)) + ")"
                if all(before.optional for before in self.items[:number]):
                    # Nothing separates where nothing stands before.
                    gap = "".join(f"(?({group}){gap}|" for group in range(1, number + 1))
                    gap += ")" * number
                part = gap + part
            pattern += f"(?:{part})?" if item.optional else part
        return re.compile(pattern, re.ASCII)

    def match(self, text: str) -> dict[str, Token] | None:
        """Return the token of each item if the whole text has the form of a mark, else None."""
        match = self._match(text)
        if match is None:
            return None
        found = zip(self._names, match.groups(), match.regs[1:], strict=True)
        return {name: Token(token, *span) for name, token, span in found if token is not None}

    def split(self, text: str) -> tuple[str | None, ...] | None:
        """Return the token of each item in order, None for one that is absent, as `match` does."""
        match = self._match(text)
        return None if match is None else match.groups()

    def _match(self, text: str) -> re.Match[str] | None:
        match = self._regex.fullmatch(text)
        if match is not None:
            for group, form in self._looked_at:
                token = match[group]
                if token is not None and not form.fits(token):
                    return None
        return match

    @cached_property
    def _looked_at(self) -> tuple[tuple[int, Text], ...]:
        """The groups whose rule the expression sees only in part: a look-ahead has no end."""
        return tuple(
            (group, item.type)
            for group, item in enumerate(self.items, start=1)
            if item.type.must or item.type.has_loose_pattern
        )

    @cached_property
    def has_symbols(self) -> bool:
        """Whether a drawn symbol of a fixed kind stands in the lines."""
        return any(isinstance(i.type, Literal) and i.type.symbol is not None for i in self.items)

    def compose(
        self, tokens: Mapping[str, str], drawn: bool = False
    ) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
        """Return the lines as struck, and for each the names of its elements.

        ``drawn`` writes symbols as ``<NAME>``, which stands for their outline, not their token.
        """
        lines: dict[int, str] = {}
        names: dict[int, list[str]] = {}
        for item in self.items:
            token = item.literal or tokens.get(item.name, "")
            if drawn and isinstance(item.type, Literal) and item.type.symbol is not None:
                token = f"<{item.type.symbol}>"
            if not token:
                continue
            before = lines.get(item.line, "")
            lines[item.line] = (
                before + (self.separator if before and item.separated else "") + token
            )
            names.setdefault(item.line, []).append("" if item.literal else item.name)
        kept = sorted(lines)
        return (
            tuple(part for line in kept for part in lines[line].split("\n")),
            tuple(
                tuple(filter(None, group)) for line in kept for group in self._by_line(names[line])
            ),
        )

    def _by_line(self, names: list[str]) -> list[list[str]]:
        return [[name] for name in names] if self.separator == "\n" else [names]
