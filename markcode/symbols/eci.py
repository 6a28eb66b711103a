"""Extended channel interpretations: which characters the bytes of a symbol are (AIM ITS/04-023)."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from typing import NamedTuple

from markcode import notation

__all__ = ["BINARY", "LATIN_1", "UTF_8", "Segment", "text_of"]

LATIN_1 = 3
UTF_8 = 26
BINARY = 899

# Binary has no text of its own: it is shown as Latin-1.
_CODECS = {
    **dict.fromkeys((0, 2), "cp437"),
    **dict.fromkeys((1, LATIN_1, BINARY), "latin-1"),
    **{eci: f"iso8859-{eci - 2}" for eci in (4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18)},
    20: "shift_jis",
    21: "cp1250",
    22: "cp1251",
    23: "cp1252",
    24: "cp1256",
    25: "utf-16-be",
    UTF_8: "utf-8",
    27: "ascii",
    28: "big5",
    29: "gb18030",
    30: "euc-kr",
    32: "gb18030",
    33: "utf-16-le",
    34: "utf-32-be",
    35: "utf-32-le",
    170: "ascii",
}


class Segment(NamedTuple):
    """A run of bytes and the ECI that declares their meaning (None: not declared)."""

    eci: int | None
    data: bytes


def text_of(segments: Sequence[Segment]) -> tuple[str, bool]:
    """Return the text, and whether the symbol itself says what its characters are.

    >>> text_of([Segment(None, b"CO "), Segment(26, b"\\xce\\xa9")])
    ('CO Ω', True)
    """
    texts, declared = [], True
    for eci, data in segments:
        if eci is None:
            texts.append(notation.as_text(data))
            declared = declared and data.isascii()
            continue
        declared = declared and eci != BINARY and eci in _CODECS
        try:
            texts.append(codecs.decode(data, _CODECS.get(eci, "latin-1")))
        except UnicodeDecodeError:
            texts.append(data.decode("latin-1"))
            declared = False
    return "".join(texts), declared
