"""Years: two digits read in a window, four digits as they stand, Roman numerals in records."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Any, ClassVar

from markcode.fields.text import Choose, Fault, Recorded, Text, Unwritable, Value
from markcode.model import Elements
from markcode.notation import DIGITS

__all__ = ["Year"]

_PLAUSIBLE = (1800, 2199)
"""Years that four digits can mean: before these no serial numbers, after these no plans."""
_TWO_CENTURIES = (1900, 2099)
_ROMAN = re.compile("M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})", re.ASCII)
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


@dataclass(frozen=True, kw_only=True)
class Year(Text):
    """A year as its last two digits, read in a window of at most a hundred years, or as four.

    Without a window two digits have two readings, 19yy and 20yy. ``digits`` lists how many digits
    are read, the number that is written first.

    >>> Year(digits=(2, 4), window=(2016, 2115)).write(2019), Year(digits=(4,)).values("1987")
    ('19', (1987,))
    """

    is_number: ClassVar[bool] = True
    has_own_alphabet: ClassVar[bool] = False

    alphabet: str = DIGITS
    least: int = 2
    most: int = 2
    mask: str = "99"
    window: tuple[int, int] | None = None
    digits: tuple[int, ...] = (2,)
    roman: bool = False
    """Whether a record may say it in Roman numerals."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "least", min(self.digits))
        object.__setattr__(self, "most", max(self.digits))
        object.__setattr__(self, "mask", "9" * self.digits[0])

    @property
    def pattern(self) -> str:
        """A regular expression, without groups, for a token without a `fault`."""
        return "(?:" + "|".join(f"[0-9]{{{n}}}" for n in sorted(self.digits, reverse=True)) + ")"

    def fault(self, token: str) -> Fault | None:
        """Return the first thing wrong with the form of ``token``, or None."""
        found = super().fault(token)
        if found is None and len(token) not in self.digits:
            sizes = {"found": len(token), "least": self.least, "most": self.most}
            params = Elements(sizes, value=token, reason="range")
            return Fault("element.length", 0, len(token), params)
        return found

    def values(self, token: str, as_of: datetime.date | None = None) -> tuple[Value, ...]:
        """Return the years that the digits can mean, none of them later than ``as_of``."""
        number = int(token)
        if len(token) == 4:
            first, last = self.writable
            years = [number] if first <= number <= last else []
        elif self.window is None:
            years = [1900 + number, 2000 + number]
        else:
            first, last = self.window
            start = first - first % 100 + number
            years = [year for year in (start, start + 100) if first <= year <= last]
        return tuple(year for year in years if as_of is None or year <= as_of.year)

    @property
    def writable(self) -> tuple[int, int]:
        """The first and last year that can be written."""
        if self.digits[0] == 4:
            return _PLAUSIBLE
        return self.window or _TWO_CENTURIES

    def write(self, value: Value) -> str:
        """Return the digits of a year. Raises `Unwritable` for one outside what can be written."""
        year = int(value)
        first, last = self.writable
        if not first <= year <= last:
            params = Elements(value=year, first=first, last=last)
            raise Unwritable(Fault("year.window", 0, len(str(year)), params))
        return f"{year:04}" if self.digits[0] == 4 else f"{year % 100:02}"

    def read_record(self, text: str) -> Recorded:
        """Return the digits of a year; written in full, as in a record, it has one meaning."""
        year = self._in_full(text)
        if year is None:
            return super().read_record(text)
        try:
            return Recorded(self.write(year), None, (year,))
        except Unwritable as refused:
            return Recorded(text, refused.fault)

    def _in_full(self, text: str) -> int | None:
        if re.fullmatch("[0-9]{4}", text) is not None:
            return int(text)
        if self.roman and text and _ROMAN.fullmatch(text) is not None:
            return _roman(text)
        return None

    def sample(self, choose: Choose) -> Value:
        """Return a year that can be written, of this and the last century."""
        first, last = self.window or _TWO_CENTURIES
        return first + choose(last - first + 1)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of a value."""
        first, last = self.writable
        return {"type": "integer", "minimum": first, "maximum": last}

    @property
    def doc(self) -> str:
        """One line that describes the element's form."""
        if self.digits == (4,):
            return "the year in four digits"
        span = f"{self.window[0]} to {self.window[1]}" if self.window else "century not stated"
        if len(self.digits) == 1:
            return f"the year's last two digits, {span}"
        written = "four" if self.digits[0] == 4 else "its last two"
        return f"the year, written as {written} digits; two digits are read as {span}"


def _roman(text: str) -> int:
    """Return the value of a Roman numeral: a smaller sign before a greater one is taken off."""
    values = [_ROMAN_VALUES[sign] for sign in text]
    following = [*values[1:], 0]
    return sum(-v if v < after else v for v, after in zip(values, following, strict=True))
