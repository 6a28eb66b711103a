"""North American coupon codes, AIs 8110 and 8112: digits whose lengths stand before them.

Sources: North American Coupon Application Guideline Using GS1 DataBar Expanded Symbols; GS1 AI
(8112) Coupon Data Specification; both as the tests of the GS1 Barcode Syntax Dictionary read them.
"""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["offer_fault", "paper_fault"]

Place = tuple[int, int]

_PREFIX = "0123456"
_AMOUNT = "12345"
_REQUIREMENT = "012349"


class _Misread(Exception):
    """What stands at a place is not what belongs there; never leaves this module."""

    def __init__(self, start: int, end: int) -> None:
        self.place = (start, end)
        super().__init__(start, end)


class _Cursor:
    """Takes a coupon code apart from the left."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def take(self, length: int) -> str:
        end = self.at + length
        if end > len(self.text):
            raise _Misread(self.at, len(self.text))
        part, self.at = self.text[self.at : end], end
        return part

    def digit(self, allowed: str) -> str:
        start = self.at
        part = self.take(1)
        if part not in allowed:
            raise _Misread(start, start + 1)
        return part

    def measured(self, allowed: str, more: int = 0, none: str = "") -> str:
        """Take what follows its length, a digit that counts from ``more``; ``none``: nothing."""
        digit = self.digit(allowed + none)
        return "" if digit == none else self.take(int(digit) + more)

    def option(self, digit: str) -> bool:
        """Take the digit that begins an optional field, if it stands here."""
        if self.text[self.at : self.at + 1] != digit:
            return False
        self.at += 1
        return True


def _read(text: str, read: Callable[[_Cursor], None]) -> Place | None:
    if re.fullmatch("[0-9]*", text, re.ASCII) is None:
        at = next(at for at, c in enumerate(text) if c not in "0123456789")
        return (at, at + 1)
    cursor = _Cursor(text)
    try:
        read(cursor)
    except _Misread as wrong:
        return wrong.place
    return None if cursor.at == len(text) else (cursor.at, len(text))


def paper_fault(text: str, is_date: Callable[[str], bool]) -> Place | None:
    """Return the place of the first thing wrong with the coupon code of AI 8110, or None.

    ``is_date`` tests six digits YYMMDD.
    """

    def purchase(cursor: _Cursor) -> None:
        cursor.measured(_AMOUNT)
        cursor.digit(_REQUIREMENT)
        cursor.take(3)

    def date(cursor: _Cursor) -> str:
        start = cursor.at
        written = cursor.take(6)
        if not is_date(written):
            raise _Misread(start, cursor.at)
        return written

    def read(cursor: _Cursor) -> None:
        cursor.measured(_PREFIX, more=6)
        cursor.take(6)
        cursor.measured(_AMOUNT)
        purchase(cursor)
        if cursor.option("1"):
            cursor.digit("0123")
            purchase(cursor)
            cursor.measured(_PREFIX, more=6, none="9")
        if cursor.option("2"):
            purchase(cursor)
            cursor.measured(_PREFIX, more=6, none="9")
        expires = date(cursor) if cursor.option("3") else ""
        if cursor.option("4"):
            start = cursor.at
            starts = date(cursor)
            if expires and starts > expires:
                raise _Misread(start, cursor.at)
        if cursor.option("5"):
            cursor.measured("0123456789", more=6)
        if cursor.option("6"):
            cursor.measured("1234567", more=6)
        if cursor.option("9"):
            cursor.digit("01256")
            cursor.digit("012")
            cursor.take(1)
            cursor.digit("01")

    return _read(text, read)


def offer_fault(text: str) -> Place | None:
    """Return the place of the first thing wrong with the coupon code of AI 8112, or None.

    >>> offer_fault("001234561234560123456") is None, offer_fault("201234561234560123456")
    (True, (0, 1))
    """

    def read(cursor: _Cursor) -> None:
        cursor.digit("01")
        cursor.measured(_PREFIX, more=6)
        cursor.take(6)
        cursor.measured("0123456789", more=6)

    return _read(text, read)
