"""Where each key of a TOML text stands: its line, for errors.

The parser of the standard library tells no positions, so the text, which it has accepted, is gone
through once more for its keys alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

__all__ = ["TEXTS", "Key", "places"]

Key = tuple[str, ...]
"""The names that lead to a value, outermost first; a table within a list by its number, from 1."""

TEXTS = (
    r'"""(?:\\[\s\S]|[^\\])*?(?:"{3,5}|\Z)|'
    r"'''[\s\S]*?(?:'{3,5}|\Z)|"
    r'"(?:\\.|[^"\\\n])*"?|'
    r"'[^'\n]*'?|"
    r"#[^\n]*"
)
"""A text in quotes, of one line or several, or a comment; one that is never closed as well.

Nothing here is tried twice, so that no text takes long.
"""

_TOKEN = re.compile(
    rf"(?P<text>{TEXTS})|(?P<sign>\n|[\[\]{{}},=.])|(?P<bare>[^\s\[\]{{}},=.\"'#]+)"
)


def places(text: str) -> dict[Key, int]:
    """Return the line of every key, and of every table, of a text that is TOML."""
    return _Scan(text).run()


class _Scan:
    """Goes through the tokens; ``at`` is the next one."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.at = 0
        self.found: dict[Key, int] = {}
        self.lists: dict[Key, int] = {}
        """How many tables there are so far under each ``[[header]]``."""

    def run(self) -> dict[Key, int]:
        table: Key = ()
        while self.at < len(self.tokens):
            if self._peek() == "\n":
                self.at += 1
            elif self._peek() == "[":
                table = self._header()
            else:
                self._assigned(table)
        return self.found

    def _peek(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def _header(self) -> Key:
        line = self.tokens[self.at][1]
        is_list = [sign for sign, _ in self.tokens[self.at : self.at + 2]] == ["[", "["]
        self.at += 2 if is_list else 1
        key: Key = ()
        parts = self._key("]")
        self.at += 2 if is_list else 1
        for number, part in enumerate(parts, start=1):
            key = (*key, part)
            self.found.setdefault(key, line)
            if is_list and number == len(parts):
                self.lists[key] = self.lists.get(key, 0) + 1
            if key in self.lists:
                key = (*key, str(self.lists[key]))
                self.found.setdefault(key, line)
        return key

    def _assigned(self, table: Key) -> None:
        line = self.tokens[self.at][1]
        parts = self._key("=")
        self.at += 1
        for length in range(1, len(parts) + 1):
            self.found.setdefault((*table, *parts[:length]), line)
        self._value((*table, *parts))

    def _key(self, end: str) -> Key:
        parts = []
        while self._peek() not in (end, ""):
            token = self._peek()
            if token != ".":
                parts.append(_name(token))
            self.at += 1
        return tuple(parts)

    def _value(self, key: Key) -> None:
        if self._peek() == "[":
            self._list(key)
        elif self._peek() == "{":
            self.at += 1
            while self._peek() not in ("}", ""):
                if self._peek() in (",", "\n"):
                    self.at += 1
                else:
                    self._assigned(key)
            self.at += 1
        else:
            while self._peek() not in (",", "]", "}", "\n", ""):
                self.at += 1

    def _list(self, key: Key) -> None:
        self.at += 1
        number = 1
        while self._peek() not in ("]", ""):
            if self._peek() in (",", "\n"):
                number += self._peek() == ","
                self.at += 1
                continue
            own = (*key, str(number))
            self.found.setdefault(own, self.tokens[self.at][1])
            self._value(own)
        self.at += 1


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    """Yield each token but comments and blanks, with its line."""
    line = 1
    for match in _TOKEN.finditer(text):
        token = match[0]
        if not token.startswith("#"):
            yield token, line
        line += token.count("\n")


def _name(token: str) -> str:
    """Return the name that a part of a key stands for."""
    if token[0] not in "\"'":
        return token
    return next(iter(tomllib.loads(f"{token} = 0")))
