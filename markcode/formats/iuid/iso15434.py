"""The ISO/IEC 15434 envelope: a header, formats with their data elements, a trailer.

``[)>`` RS { format-indicator GS data { GS data } RS } EOT. Keyboard-wedge scanners often drop or
replace RS, GS and EOT; what they leave is recognised here, and never guessed apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markcode.layout import Token

__all__ = ["EOT", "GS", "HEADER", "RS", "Envelope", "looks_like", "open_message", "seal"]

HEADER = "[)>"
RS, GS, EOT = "\x1e", "\x1d", "\x04"

_WHOLE = re.compile(r"\[\)>\x1e((?:[^\x1d\x1e\x04]{2}\x1d[^\x1e\x04]*\x1e)+)\x04")
# What a scanner without control characters sends: the indicator soon after the header.
_REMAINS = re.compile(r"\[\)>[^A-Za-z0-9]{0,8}(05|06|12|DD)(?=.)", re.DOTALL)


@dataclass(frozen=True)
class Envelope:
    """One format of a message: its indicator, and each data element with its place."""

    indicator: str
    elements: tuple[Token, ...]


def seal(indicator: str, elements: Sequence[str]) -> str:
    """Return the message of one format.

    >>> seal("06", ["18S0CVA5674A36458"])
    '[)>\\x1e06\\x1d18S0CVA5674A36458\\x1e\\x04'
    """
    return f"{HEADER}{RS}{indicator}{GS}{GS.join(elements)}{RS}{EOT}"


def open_message(text: str) -> tuple[Envelope, ...] | None:
    """Return the formats of a whole message, None if it is not one."""
    match = _WHOLE.fullmatch(text)
    return tuple(_envelopes(text, match.start(1), match.end(1))) if match else None


def looks_like(text: str) -> str | None:
    """Return the format indicator of a message whose separators were lost, else None."""
    match = _REMAINS.match(text)
    return match[1] if match else None


def _envelopes(text: str, start: int, end: int) -> Iterator[Envelope]:
    at = start
    while at < end:
        stop = text.index(RS, at)
        tokens = []
        position = at + 3
        for part in text[position:stop].split(GS):
            tokens.append(Token(part, position, position + len(part)))
            position += len(part) + 1
        yield Envelope(text[at : at + 2], tuple(tokens))
        at = stop + 1
