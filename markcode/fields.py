"""The field types that a format is built from.

A field type knows how one element stands on the metal: which characters, how many, what the token
means, and how to say what is wrong with it. It holds no state: a profile makes another one with
`dataclasses.replace` where an option narrows a length or moves a window of years.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from markcode.model import NO_ELEMENTS, Elements, Severity
from markcode.notation import DIGITS, UPPER, character_class, describe_alphabet
from markcode.reference import countries, lookalikes

__all__ = [
    "DIGITS",
    "UPPER",
    "Choose",
    "Country",
    "CountryName",
    "Fault",
    "Recorded",
    "Text",
    "Unwritable",
    "Value",
    "Year",
]


Value = str | int
Choose = Callable[[int], int]
"""Picks a number below its argument: from a random generator, or drawn by hypothesis."""


@dataclass(frozen=True)
class Fault:
    """One reason why a token is not a good value; ``start`` and ``end`` count within the token."""

    code: str
    start: int
    end: int
    params: Elements = NO_ELEMENTS
    severity: Severity = "error"


class Unwritable(Exception):
    """A value has no form on the metal; holds the `Fault`. Never leaves the package."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.code)


class Recorded(NamedTuple):
    """What a record says of an element: its token, or what is wrong; its meaning, where plain."""

    token: str
    fault: Fault | None = None
    values: tuple[Value, ...] | None = None


def _is_homoglyph(character: str) -> bool:
    """Return whether a letter of another script looks like one of 0-9 A-Z."""
    other = lookalikes.script(character) not in ("Latin", "Common")
    return other and lookalikes.homoglyph(character) is not None


@dataclass(frozen=True, kw_only=True)
class Text:
    """Characters of an alphabet, so many of them."""

    alphabet: str
    least: int = 1
    most: int = 32
    mask: str = ""
    """The shape that a source draws (`9` digit, `X` letter): no rule, but it weighs readings."""
    must: str = ""
    """At least one character is one of these."""

    @cached_property
    def characters(self) -> frozenset[str]:
        """The alphabet as a set."""
        return frozenset(self.alphabet)

    @property
    def pattern(self) -> str:
        """A regular expression, without groups, for a token without a `fault`."""
        token = f"[{character_class(self.alphabet)}]{{{self.least},{self.most}}}"
        if not self.must:
            return token
        others = "".join(c for c in self.alphabet if c not in self.must)
        before = f"[{character_class(others)}]*" if others else ""
        return f"(?={before}[{character_class(self.must)}]){token}"

    @property
    def always(self) -> str:
        """Characters that stand in every token."""
        return ""

    @property
    def is_fixed(self) -> bool:
        """Whether every token has the same length."""
        return self.least == self.most

    def fault(self, token: str) -> Fault | None:
        """Return the first thing wrong with the form of ``token``, or None."""
        bad = [at for at, character in enumerate(token) if character not in self.characters]
        if bad:
            return self._bad_characters(token, bad)
        if not self.least <= len(token) <= self.most:
            sizes = {"found": len(token), "least": self.least, "most": self.most}
            reason = "fixed" if self.is_fixed else "range"
            params = Elements(sizes, value=token, reason=reason)
            return Fault("element.length", 0, len(token), params)
        if self.must and self.characters.isdisjoint(set(token) & set(self.must)):
            wanted = Elements(value=token, must=describe_alphabet(self.must), reason="must")
            return Fault("element.value", 0, len(token), wanted)
        return None

    def _bad_characters(self, token: str, bad: list[int]) -> Fault:
        start, end = bad[0], bad[-1] + 1
        params: dict[str, Any] = {
            "found": "".join(token[at] for at in bad),
            "expected": describe_alphabet(self.alphabet),
            "value": token,
        }
        code = "element.alphabet"
        reading = self._reading(token, lambda c: lookalikes.homoglyph(c) or "")
        if any(_is_homoglyph(token[at]) for at in bad):
            code = "script.homoglyph"
        elif reading is not None:
            pass  # full-width forms, digits of another script: they do not deceive the eye
        elif all(token[at].upper() in self.characters and token[at].isascii() for at in bad):
            code = "element.case"
            reading = self._reading(token, str.upper)
        else:
            reading = self._reading(token, lookalikes.alternatives)
        if reading is not None:
            params["reading"] = reading
        return Fault(code, start, end, Elements(params))

    def _reading(self, token: str, others: Callable[[str], str]) -> str | None:
        """Return the token with each bad character replaced, if that is a good one."""
        read = ""
        for character in token:
            if character in self.characters:
                read += character
                continue
            fitting = [c for c in others(character) if c in self.characters]
            if not fitting:
                return None
            read += fitting[0]
        return read if self.least <= len(read) <= self.most else None

    def values(self, token: str, as_of: datetime.date | None = None) -> tuple[Value, ...]:
        """Return every meaning of a token whose form is right."""
        return (token,)

    def judge(self, token: str, year: int | None = None) -> Iterator[Fault]:
        """Yield what is wrong with the meaning of a token whose form is right.

        ``year`` is the year that the same mark states, if any.
        """
        return iter(())

    def write(self, value: Value) -> str:
        """Return the token that is struck for ``value``. Raises `Unwritable`."""
        return str(value)

    def read_record(self, text: str) -> Recorded:
        """Return the token for what a record says, and what is wrong with it."""
        return Recorded(text, self.fault(text))

    def write_record(self, value: Value) -> str:
        """Return what a record says for ``value``."""
        return str(value)

    def shape(self, token: str) -> int:
        """Return 0 to 5: how far the token is from the mask."""
        if not self.mask:
            return 0
        cost = min(abs(len(token) - len(self.mask)), 3)
        if self.mask[0] == "9":
            return cost + 2 * any(c not in DIGITS for c in token)
        return cost + 2 * all(c in DIGITS for c in token)

    def sample(self, choose: Choose) -> Value:
        """Return a value that can be written, made of the numbers that ``choose`` picks."""
        length = self.least + choose(min(self.most, self.least + 11) - self.least + 1)
        text = "".join(self.alphabet[choose(len(self.alphabet))] for _ in range(length))
        # A blank at an end is part of no value.
        inner = next((c for c in self.alphabet if c != " "), "")
        text = "".join(
            inner if c == " " and at in (0, length - 1) else c for at, c in enumerate(text)
        )
        if self.must and not set(text) & set(self.must):
            at = choose(length)
            text = text[:at] + self.must[choose(len(self.must))] + text[at + 1 :]
        return text

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of a value."""
        return {"type": "string", "pattern": f"^{self.pattern}$"}

    @property
    def doc(self) -> str:
        """One line that describes the element's form."""
        length = str(self.least) if self.is_fixed else f"{self.least} to {self.most}"
        must = f", at least one of {describe_alphabet(self.must)}" if self.must else ""
        return f"{length} characters of {describe_alphabet(self.alphabet)}{must}"


@dataclass(frozen=True, kw_only=True)
class Country(Text):
    """A country as its two-letter code (ISO 3166-1 alpha-2).

    Encoding takes the alpha-2 or alpha-3 code or a listed name, and writes the alpha-2 code.
    Codes of former countries (ISO 3166-3) are read on arms of their time only.
    """

    alphabet: str = UPPER
    least: int = 2
    most: int = 2
    mask: str = "XX"

    def judge(self, token: str, year: int | None = None) -> Iterator[Fault]:
        """Yield whether the code is unassigned, or of a country that had ended by ``year``."""
        if countries.is_assigned(token):
            return
        former = countries.former(token)
        if not former:
            yield Fault("country.unknown", 0, len(token), Elements(value=token))
            return
        names = [country.names["en"] for country in former]
        ended = [country.withdrawn for country in former]
        params = Elements(value=token, names=names, ended=ended)
        if year is not None and not any(country.existed(year) for country in former):
            yield Fault("country.ended", 0, len(token), Elements(params, year=year))
        else:
            yield Fault("country.former", 0, len(token), params, "info")

    def write(self, value: Value) -> str:
        """Return the alpha-2 code of a code or a name."""
        text = str(value)
        if super().fault(text) is None:
            return text
        country = countries.find(text)
        if country is None or self.fault(country.alpha2) is not None:
            fault = super().fault(text)
            assert fault is not None
            if fault.code in ("element.case", "script.homoglyph"):
                raise Unwritable(fault)
            raise Unwritable(Fault("country.unknown", 0, len(text), Elements(value=text)))
        return country.alpha2

    def sample(self, choose: Choose) -> Value:
        """Return an assigned alpha-2 code."""
        codes = countries.assigned()
        return codes[choose(len(codes))]

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of a value: a code, or a listed name."""
        return {"type": "string", "minLength": 2}

    @property
    def doc(self) -> str:
        """One line that describes the element's form."""
        return "two letters, ISO 3166-1 alpha-2"


@dataclass(frozen=True, kw_only=True)
class CountryName(Text):
    """The name of a country in words, as it was called when the arm was made.

    27 CFR 478.92(a)(1) asks for the name of that time, so former names are right and codes are not.
    """

    alphabet: str = UPPER + UPPER.lower() + " .,'()-"
    least: int = 3
    most: int = 60

    def judge(self, token: str, year: int | None = None) -> Iterator[Fault]:
        """Yield whether the name is in no list; a warning, for lists of old names are not whole."""
        if countries.find(token) is None:
            yield Fault(
                "country.unknown", 0, len(token), Elements(value=token, reason="name"), "warning"
            )
        elif len(token) == 3 and token.isupper() and countries.by_alpha3(token) is not None:
            yield Fault("element.value", 0, len(token), Elements(value=token, reason="code"))

    def fault(self, token: str) -> Fault | None:
        """Return the fault of form; a two-letter code is a wrong value, not a short name."""
        if len(token) == 2 and countries.find(token) is not None:
            return Fault("element.value", 0, 2, Elements(value=token, reason="code"))
        return super().fault(token)

    def sample(self, choose: Choose) -> Value:
        """Return a name whose letters this field takes."""
        names = [name for name in countries.names() if Text.fault(self, name) is None]
        return names[choose(len(names))]

    @property
    def doc(self) -> str:
        """One line that describes the element's form."""
        return "the country's name in words, as it was called when the arm was made"


@dataclass(frozen=True, kw_only=True)
class Year(Text):
    """A year as its last two digits, read in a window of at most a hundred years.

    Without a window a token has two readings, 19yy and 20yy (instruments.md section 15).
    """

    alphabet: str = DIGITS
    least: int = 2
    most: int = 2
    mask: str = "99"
    window: tuple[int, int] | None = None

    def values(self, token: str, as_of: datetime.date | None = None) -> tuple[Value, ...]:
        """Return the years that the digits can mean, none of them later than ``as_of``."""
        digits = int(token)
        if self.window is None:
            years = [1900 + digits, 2000 + digits]
        else:
            first, last = self.window
            start = first - first % 100 + digits
            years = [year for year in (start, start + 100) if first <= year <= last]
        return tuple(year for year in years if as_of is None or year <= as_of.year)

    def write(self, value: Value) -> str:
        """Return the last two digits of a year inside the window."""
        year = int(value)
        first, last = self.window or (1900, 2099)
        if not first <= year <= last:
            params = Elements(value=year, first=first, last=last)
            raise Unwritable(Fault("year.window", 0, len(str(year)), params))
        return f"{year % 100:02}"

    def read_record(self, text: str) -> Recorded:
        """Return the two digits of a year; written in full, as in a record, it has one meaning."""
        if re.fullmatch("[0-9]{4}", text) is None:
            return super().read_record(text)
        try:
            return Recorded(self.write(int(text)), None, (int(text),))
        except Unwritable as refused:
            return Recorded(text, refused.fault)

    def sample(self, choose: Choose) -> Value:
        """Return a year inside the window."""
        first, last = self.window or (1900, 2099)
        return first + choose(last - first + 1)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of a value."""
        first, last = self.window or (1900, 2099)
        return {"type": "integer", "minimum": first, "maximum": last}

    @property
    def doc(self) -> str:
        """One line that describes the element's form."""
        span = f", {self.window[0]} to {self.window[1]}" if self.window else ", century not stated"
        return f"the year's last two digits{span}"
