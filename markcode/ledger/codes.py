"""The code of a mark, as a machine or a reader gives it: the struck text, or the payload.

Both stand in marks.csv with control characters by name (``{GS}``); a reader gives these themselves,
and no FNC1. Nothing else is folded: a code is compared character for character.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile
from typing import Any, NamedTuple

from markcode import notation

__all__ = ["Difference", "difference", "spellings"]


class Difference(NamedTuple):
    """Where a code that was read is not that of the mark."""

    position: int
    """The character, from 1."""
    expected: str
    """The code of the mark that comes nearest."""


def spellings(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what may be given for the mark with this entry, the payload first.

    >>> spellings({"lines": ["CO INDU", "26 A"]})
    ('CO INDU 26 A', 'CO INDU\\n26 A', 'CO INDU{LF}26 A')
    >>> spellings({"lines": ["A"], "payload": "{FNC1}01{GS}21"})
    ('{FNC1}01{GS}21', '01{GS}21', '01\\x1d21', 'A')
    """
    lines = content["lines"]
    text = "\n".join(lines)
    payload = content.get("payload")
    found = [notation.escape(" ".join(lines)), " ".join(lines)]
    if payload is not None:
        body = payload.removeprefix(notation.FNC1)
        found = [payload, body, *([] if body.startswith("hex:") else [notation.unescape(body)])]
    return tuple(dict.fromkeys([*found, text, notation.escape(text)]))


def difference(content: Mapping[str, Any], given: str) -> Difference | None:
    """Return where a text is not the code of the mark with this entry; None where it is.

    >>> difference({"lines": ["CO INDU 26"]}, "CO INDU 27")
    Difference(position=10, expected='CO INDU 26')
    """
    forms = spellings(content)
    if given in forms:
        return None
    same, expected = max((_same(form, given), form) for form in forms)
    return Difference(same + 1, expected)


def _same(form: str, given: str) -> int:
    """Return how many characters are the same at the beginning."""
    return sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(form, given, strict=False))
    )
