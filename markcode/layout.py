"""Templates of lines, compiled: compose tokens into lines, and match a good mark at once.

A template is written in the notation of instruments.md: ``{element}``, ``{element?}`` where the
element may be absent, a blank for the separator of the profile, other characters for themselves.
A line break separates like a blank does: the parts of a mark may stand on separate lines.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from markcode.fields import Text

__all__ = ["CHECK", "LINE_BREAKS", "Item", "Layout", "Token"]

CHECK = "check"
"""Name of the item that holds the check character(s)."""

LINE_BREAKS = ("\n", "\r\n")
_PART = re.compile(r"\{([a-z_]+)(\?)?\}|( )|([^{} ]+)")


class Token(NamedTuple):
    """A piece of the text that stands for one element; ``[start, end)`` in the text."""

    text: str
    start: int
    end: int

    @property
    def span(self) -> tuple[int, int]:
        """The place in the text as received."""
        return (self.start, self.end)


@dataclass(frozen=True)
class Item:
    """One place of a layout: an element, a literal, or the check."""

    name: str
    type: Text
    line: int
    optional: bool = False
    separated: bool = True
    """Whether a separator stands before it (on its own line, the line break)."""

    @property
    def literal(self) -> str | None:
        """What is struck as it stands; None for an element or the check."""
        return self.name[1:] if self.name[0] == "=" else None


@dataclass(frozen=True)
class Layout:
    """The items of one event in order, and how they are separated."""

    items: tuple[Item, ...]
    separator: str = " "

    @classmethod
    def compile(
        cls,
        lines: Sequence[str],
        types: Mapping[str, Text],
        separator: str = " ",
        check: Text | None = None,
    ) -> Layout:
        """Return the layout of templates; with ``check``, one further token after the last."""
        items: list[Item] = []
        for number, template in enumerate(lines):
            separated = bool(items)
            for name, optional, blank, literal in _PART.findall(template):
                if blank:
                    separated = True
                    continue
                if name:
                    field = types[name]
                else:
                    name = f"={literal}"
                    field = Text(alphabet=literal, least=len(literal), most=len(literal))
                items.append(Item(name, field, number, bool(optional), separated))
                separated = False
        if check is not None:
            items.append(Item(CHECK, check, items[-1].line))
        return cls(tuple(items), separator)

    @cached_property
    def spellings(self) -> tuple[str, ...]:
        """Separators that are no finding: the profile's own, a blank, a line break."""
        return tuple(dict.fromkeys((self.separator, " ", *LINE_BREAKS)))

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
        return sum(item.type.most for item in self.items) + gaps

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        gap = "(?:" + "|".join(map(re.escape, sorted(self.spellings, key=len, reverse=True))) + ")"
        pattern = ""
        for number, item in enumerate(self.items):
            literal = item.literal
            body = item.type.pattern if literal is None else re.escape(literal)
            part = f"({body})"
            if number and item.separated:
                part = gap + part
            pattern += f"(?:{part})?" if item.optional else part
        return re.compile(pattern, re.ASCII)

    def match(self, text: str) -> dict[str, Token] | None:
        """Return the token of each item if the whole text has the form of a mark, else None."""
        match = self._regex.fullmatch(text)
        if match is None:
            return None
        found = zip(self._names, match.groups(), match.regs[1:], strict=True)
        return {name: Token(token, *span) for name, token, span in found if token is not None}

    def compose(
        self, tokens: Mapping[str, str]
    ) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
        """Return the lines as struck, and for each the names of its elements."""
        lines: dict[int, str] = {}
        names: dict[int, list[str]] = {}
        for item in self.items:
            token = item.literal or tokens.get(item.name, "")
            if not token:
                continue
            before = lines.get(item.line, "")
            lines[item.line] = (
                before + (self.separator if before and item.separated else "") + token
            )
            names.setdefault(item.line, []).append(item.name)
        kept = sorted(lines)
        return (
            tuple(part for line in kept for part in lines[line].split("\n")),
            tuple(tuple(group) for line in kept for group in self._by_line(names[line])),
        )

    def _by_line(self, names: list[str]) -> list[list[str]]:
        return [[name] for name in names] if self.separator == "\n" else [names]
