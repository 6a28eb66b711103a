"""What the commands say around figures and findings (``words.toml``)."""

from __future__ import annotations

from markcode import words
from markcode.words import catalogue

__all__ = ["Words", "catalogue"]


class Words(words.Words):
    """The words of a package in one language.

    >>> Words("es")("equipment.settings"), Words("fr").named("equipment.kind", "table")
    ('Ajustes (--setting CLAVE=VALOR)', 'tableau')
    """

    def __init__(self, language: str, package: str = "markcode_cli") -> None:
        super().__init__(language, package)
