"""How names that people type are compared: without case, accents and punctuation."""

from __future__ import annotations

import unicodedata

__all__ = ["plain"]


def plain(text: str) -> str:
    """Return ``text`` for comparison only: letters and digits in lower case, single spaces.

    >>> plain("  Côte d’Ivoire "), plain("U.S.S.R.")
    ('cote d ivoire', 'ussr')
    """
    bare = unicodedata.normalize("NFKD", text.casefold()).replace(".", "")
    return " ".join("".join(_plain(character) for character in bare).split())


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Mn":  # an accent
        return ""
    return character if category[0] in "LN" else " "
