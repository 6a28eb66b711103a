"""What the ledger's commands say around their figures and findings, in words of the reader.

The words stand in ``words.toml``, by key and language; ``{names}`` are filled in.
"""

from __future__ import annotations

import pkgutil
import tomllib
from collections.abc import Mapping
from functools import cache

__all__ = ["Words", "catalogue"]


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Return the words by key and language."""
    raw = pkgutil.get_data("markcode_cli.ledger", "words.toml")
    assert raw is not None
    return tomllib.loads(raw.decode("utf-8"))


class Words:
    """The words in one language.

    >>> Words("es")("job", job="MVD-1/3"), Words("fr").state("void"), Words("en").count("fault", 1)
    ('trabajo MVD-1/3', 'annulée', '1 fault')
    """

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the words of a key."""
        return catalogue()[key][self.language].format(**values)

    def named(self, group: str, name: str) -> str:
        """Return what a name of a group is called; the name itself where there are no words."""
        entry = catalogue().get(f"{group}.{name}")
        return name if entry is None else entry[self.language]

    def state(self, name: str) -> str:
        """Return what the state of a mark is called."""
        return self.named("state", name)

    def count(self, key: str, number: int, /, **values: object) -> str:
        """Return a number with what it counts: the words of ``key.one`` for a single thing."""
        # French says "0 faute" as "1 faute".
        is_one = number == 1 or (number == 0 and self.language == "fr")
        return self(f"{key}.one" if is_one else key, number=number, **values)
