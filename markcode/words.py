"""What is said around figures and findings, in words of the reader.

The words stand in a file ``words.toml`` of a package, by key and language; ``{names}`` are filled
in. A key that ends with ``.one`` is for a single thing. Findings have a catalogue of their own
(`markcode.messages`).
"""

from __future__ import annotations

import pkgutil
import tomllib
from collections.abc import Mapping
from functools import cache

__all__ = ["Words", "catalogue"]


@cache
def catalogue(package: str) -> Mapping[str, Mapping[str, str]]:
    """Return the words of a package by key and language."""
    raw = pkgutil.get_data(package, "words.toml")
    assert raw is not None
    return tomllib.loads(raw.decode("utf-8"))


class Words:
    """The words of a package in one language."""

    def __init__(self, language: str, package: str) -> None:
        self.language = language
        self._words = catalogue(package)

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the words of a key."""
        return self._words[key][self.language].format(**values)

    def named(self, group: str, name: str) -> str:
        """Return what a name of a group is called; the name itself where there are no words."""
        entry = self._words.get(f"{group}.{name}")
        return name if entry is None else entry[self.language]

    def count(self, key: str, number: int, /, **values: object) -> str:
        """Return a number with what it counts: the words of ``key.one`` for a single thing."""
        # French says "0 faute" as "1 faute".
        is_one = number == 1 or (number == 0 and self.language == "fr")
        return self(f"{key}.one" if is_one else key, number=number, **values)
