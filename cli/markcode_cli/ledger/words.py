"""What the ledger's commands say around their figures and findings (``words.toml``)."""

from __future__ import annotations

from collections.abc import Mapping

from markcode_cli import words

__all__ = ["Words", "catalogue"]


def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Return the words by key and language."""
    return words.catalogue(__package__)


class Words(words.Words):
    """The words in one language.

    >>> Words("es")("job", job="MVD-1/3"), Words("fr").state("void"), Words("en").count("fault", 1)
    ('trabajo MVD-1/3', 'annulée', '1 fault')
    """

    def __init__(self, language: str) -> None:
        super().__init__(language, __package__)

    def state(self, name: str) -> str:
        """Return what the state of a mark is called."""
        return self.named("state", name)
