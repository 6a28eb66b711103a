"""Outlines of the characters that can be marked, in a unit em (scripts/make_glyphs.py).

>>> glyph("A").width, len(glyph("A").rings)
(6599, 2)
>>> is_drawable("CO INDU 26"), is_drawable("a")
(True, False)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from markcode.errors import SymbolError

__all__ = [
    "EM",
    "SPACE",
    "SPACING",
    "Glyph",
    "Ring",
    "alphabet",
    "glyph",
    "is_drawable",
    "undrawable",
]

EM = 10_000
"""Height of a capital letter or a digit, from the top of its outline to the bottom."""
SPACING = 2_200
"""Room between two characters; at least a fifth of the height keeps worn marks readable."""
SPACE = 4_000
"""Width of the space between words, with the usual room on each side of it."""

Ring = tuple[tuple[int, int], ...]
"""Corners of a closed polygon; the last one joins the first."""


@dataclass(frozen=True)
class Glyph:
    """One character: its width and its closed rings, to be filled by the even-odd rule."""

    width: int
    rings: tuple[Ring, ...]


@cache
def _glyphs() -> Mapping[str, Glyph]:
    file = resources.files("markcode.symbols") / "glyphs.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    drawn = {
        char: Glyph(
            entry["width"], tuple(tuple((x, y) for x, y in ring) for ring in entry["rings"])
        )
        for char, entry in content["glyphs"].items()
    }
    return {" ": Glyph(SPACE, ()), **drawn}


def alphabet() -> str:
    """Return every character that can be drawn, the space first."""
    return "".join(_glyphs())


def is_drawable(text: str) -> bool:
    """Return whether every character of ``text`` has a glyph."""
    return all(char in _glyphs() for char in text)


def glyph(char: str, line: int = 1, column: int = 1) -> Glyph:
    """Return the glyph of ``char``. Raises `SymbolError` that names it and its place (from 1)."""
    found = _glyphs().get(char)
    if found is None:
        raise SymbolError(f"line {line}, column {column}: {undrawable(char)}")
    return found


def undrawable(char: str) -> str:
    """Return what to tell about a character without a glyph."""
    signs = " ".join(char for char in _glyphs() if char != " " and not char.isalnum())
    return (
        f"{char!r} cannot be drawn; "
        f"there are A-Z, 0-9, space, {signs} and drawn symbols such as <STAR>"
    )
