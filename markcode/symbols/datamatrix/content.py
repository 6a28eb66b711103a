"""What goes into a Data Matrix: codewords that lead, and the characters to be encoded behind them.

ISO/IEC 16022:2006, 5.2.4.6 (FNC1), 5.2.4.8 (macros) and 5.4 (ECI).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markcode.errors import SymbolError
from markcode.model import Payload
from markcode.symbols import eci
from markcode.symbols.datamatrix.values import FNC1

__all__ = [
    "ECI",
    "FNC1_CODEWORD",
    "GS",
    "MACROS",
    "MACRO_END",
    "Content",
    "content",
]

FNC1_CODEWORD = 232
ECI = 241
MACROS = {236: "[)>\x1e05\x1d", 237: "[)>\x1e06\x1d"}
"""The codeword that stands for the head of an ISO/IEC 15434 message in format 05 or 06."""
MACRO_END = "\x1e\x04"
"""What ends such a message, and is not written."""
GS = 0x1D


class Content(NamedTuple):
    """Codewords that lead, and characters that any encodation may bear."""

    prefix: bytes
    """Codewords: FNC1 or a macro, then the ECI."""
    body: Sequence[int]
    """Bytes, or `values.FNC1`."""
    is_binary: bool = False
    """Whether the body is to stand in Base 256, which says that it is no text."""


def content(payload: Payload) -> Content:
    """Return what to write for ``payload``, which holds something.

    ASCII text has no ECI; other text is Latin-1 with ECI 000003 where that holds it, else UTF-8
    with ECI 000026. Raises `SymbolError` for GS1 data that are no ASCII text, and for half of a
    surrogate pair.
    """
    data = payload.data
    if payload.gs1:
        return Content(bytes([FNC1_CODEWORD]), _gs1_characters(data))
    if isinstance(data, bytes):
        return Content(b"", data, is_binary=True)
    prefix = b""
    if data.startswith("[)>") and data.endswith(MACRO_END):
        prefix, data = _macro(data)
    if data.isascii():
        return Content(prefix, data.encode("ascii"))
    try:
        return Content(prefix + bytes([ECI, eci.LATIN_1 + 1]), data.encode("latin-1"))
    except UnicodeEncodeError:
        pass
    try:
        return Content(prefix + bytes([ECI, eci.UTF_8 + 1]), data.encode("utf-8"))
    except UnicodeEncodeError:
        whole = str(payload.data)
        at = next(i for i, char in enumerate(whole) if "\ud800" <= char <= "\udfff")
        raise SymbolError(
            f"column {at + 1}: half of a surrogate pair: type the character again"
        ) from None


def _gs1_characters(data: str | bytes) -> Sequence[int]:
    """Return element strings, each GS of them as FNC1."""
    if not isinstance(data, str):
        raise SymbolError("GS1 data are text, not bytes: give Payload('01...', gs1=True)")
    if not data.isascii():
        at = next(i for i, char in enumerate(data) if not char.isascii())
        raise SymbolError(f"column {at + 1}: {data[at]!r} does not stand in GS1 elements")
    # Behind the leading FNC1 a second one would make the symbol another industry's (annex N).
    if data.startswith(chr(GS)):
        raise SymbolError("an element is empty: GS stands only between two elements")
    characters = data.encode("ascii")
    if GS not in characters:
        return characters
    return tuple(FNC1 if char == GS else char for char in characters)


def _macro(message: str) -> tuple[bytes, str]:
    """Return the macro of a message and what stands inside, if it is one of the two formats'."""
    for codeword, head in MACROS.items():
        if message.startswith(head) and len(message) >= len(head) + len(MACRO_END):
            return bytes([codeword]), message[len(head) : -len(MACRO_END)]
    return b"", message
