"""Characters that are taken for each other: within 0-9 and A-Z, and across scripts.

Sources: the classes for generated codes and the Greek and Cyrillic letters, notes on instruments,
section 13; a few further Cyrillic letters, Unicode UTS #39 confusables. Nothing is ever replaced
silently: these tables only say what a person may have meant.
"""

from __future__ import annotations

import unicodedata

__all__ = ["CLASSES", "LOOKALIKES", "SAFE_ALPHABET", "alternatives", "homoglyph", "script"]

CLASSES = ("0OQD", "1IL", "2Z", "5S", "6G", "8B", "UV")
"""Characters of one class are easily misread for each other."""

LOOKALIKES = frozenset("".join(CLASSES))

SAFE_ALPHABET = "".join(c for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in LOOKALIKES)
"""Digits and capitals without look-alikes, in order: the default for generated serials."""

_ALTERNATIVES = {c: group.replace(c, "") for group in CLASSES for c in group}
_HOMOGLYPHS = dict(
    [
        *zip("ΑΒΕΗΙΚΜΝΟΡΤΧΥΖ", "ABEHIKMNOPTXYZ", strict=True),  # Greek
        *zip("АВСЕНКМОРТХ", "ABCEHKMOPTX", strict=True),  # Cyrillic
        *zip("ІЈЅ", "IJS", strict=True),  # Cyrillic (UTS #39)
        # What word processors make of a hyphen.
        *((chr(code), "-") for code in (*range(0x2010, 0x2016), 0x2212)),
        # Full-width forms U+FF01 to U+FF5E stand in the order of ASCII.
        *((chr(code), chr(code - 0xFF01 + 0x21)) for code in range(0xFF01, 0xFF5F)),
    ]
)


def alternatives(character: str) -> str:
    """Return what ``character`` may be misread for, within 0-9 and A-Z.

    >>> alternatives("0"), alternatives("A")
    ('OQD', '')
    """
    return _ALTERNATIVES.get(character, "")


def homoglyph(character: str) -> str | None:
    """Return the ASCII character that a character of another script looks like or means.

    >>> homoglyph("Κ"), homoglyph("٣"), homoglyph("K")
    ('K', '3', None)
    """
    if character.isascii():
        return None
    value = unicodedata.decimal(character, None)
    return str(value) if value is not None else _HOMOGLYPHS.get(character)


def script(character: str) -> str:
    """Return the script of a letter (Latin, Greek, Cyrillic ...), `Common` for what is no letter.

    >>> script("K"), script("К"), script("7")
    ('Latin', 'Cyrillic', 'Common')
    """
    # The Kelvin sign, full-width and bold letters are letters of a script in another dress.
    bare = unicodedata.normalize("NFKC", character)[0]
    if not unicodedata.category(bare).startswith("L"):
        return "Common"
    # The standard library has no script property; the character's name begins with it.
    return unicodedata.name(bare, "Unknown").split(" ")[0].capitalize()
