"""What the ledger's commands say around their figures and findings, in words of the reader.

The words stand in ``words.toml``, by key and language; ``{names}`` are filled in.
"""

from __future__ import annotations

from collections.abc import Mapping

from markcode import words

__all__ = ["Words", "catalogue"]

_FILE = ("markcode_cli.ledger", "words.toml")


def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Return the words by key and language."""
    return words.catalogue(*_FILE)


class Words(words.Words):
    """The words in one language.

    >>> Words("es")("job", job="MVD-1/3"), Words("fr").state("void"), Words("en").count("fault", 1)
    ('trabajo MVD-1/3', 'annulée', '1 fault')
    """

    def __init__(self, language: str) -> None:
        super().__init__(*_FILE, language)

    def state(self, name: str) -> str:
        """Return what the state of a mark is called."""
        return self.named("state", name)
