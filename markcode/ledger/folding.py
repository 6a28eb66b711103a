"""Forms of a number or mark under which it is looked for; as stamped, it is never folded.

Three forms of each serial are kept (notes on tracing, 4.2): as stamped, as typed, and the match
key. The folded form goes further and puts characters that are taken for each other together
(`markcode.reference.lookalikes`).
"""

from __future__ import annotations

from markcode.reference.lookalikes import CLASSES

__all__ = ["fold", "match_key"]


class _Folding(dict[int, str | None]):
    """A table for ``str.translate`` that learns each character when it first meets it.

    What is left out is None: then Python translates plain ASCII several times faster.
    """

    def __init__(self, same: dict[str, str]) -> None:
        super().__init__()
        self._same = same

    def __missing__(self, code: int) -> str | None:
        kept = (char for char in chr(code).upper() if char.isalnum())
        folded = "".join(self._same.get(char, char) for char in kept) or None
        self[code] = folded
        return folded


_MATCH = _Folding({"O": "0"})
_FOLD = _Folding({char: group[0] for group in CLASSES for char in group})


def match_key(serial: str) -> str:
    """Return a serial in capitals, without separators, with O as 0: as the NCIC compares them.

    >>> match_key("ao-12 b")
    'A012B'
    """
    return serial.translate(_MATCH)


def fold(text: str) -> str:
    r"""Return a text without separators, look-alikes folded, character by character.

    The fold of a beginning is the beginning of the fold.

    >>> fold("CO 1NDU\nB5"), fold("c0 INDU-8S")
    ('C01N0U85', 'C01N0U85')
    """
    return text.translate(_FOLD)
