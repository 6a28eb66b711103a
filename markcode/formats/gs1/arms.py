"""The elements of an arm's GS1 mark: which AI each is, and its form.

The form of each is that of its AI in the dictionary; only what a mark needs beyond that is said
here: a GRAI names one asset only with its serial part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from markcode import checks
from markcode.declaration import Element
from markcode.fields import Choose, Country, Fault, Recorded, Text, Unwritable, Value
from markcode.formats.gs1 import ai as identifiers
from markcode.formats.gs1 import components
from markcode.model import Elements
from markcode.notation import DIGITS
from markcode.reference import countries

__all__ = ["AI_OF", "ELEMENTS", "ELEMENT_OF", "KEYS", "TYPES"]

_GRAI_BARE = 14
_PREFIX_LEAST = 4


@dataclass(frozen=True, kw_only=True)
class Data(Text):
    """Data of an AI that has one component without tests: plain characters."""

    ai: str

    @classmethod
    def of(cls, ai: str) -> Data:
        """Return the type of an AI's data."""
        entry = identifiers.table()[ai]
        kinds = {part.kind for part in entry.components}
        alphabet = identifiers.CHARACTERS["X" if "X" in kinds else next(iter(kinds))]
        return cls(ai=ai, alphabet=alphabet, least=max(cls.least, entry.least), most=entry.most)

    def fits(self, token: str) -> bool:
        """Return whether a token has no `fault`: its components may have further tests."""
        return super().fits(token) and self.fault(token) is None

    def fault(self, token: str) -> Fault | None:
        """Return the first thing wrong with the form of ``token``, or None."""
        return super().fault(token) or next(components.faults(self.ai, token), None)

    @property
    def doc(self) -> str:
        """One line that describes the element's form."""
        entry = identifiers.table()[self.ai]
        return f"{super().doc}; GS1 AI {entry.ai} ({entry.title})"


@dataclass(frozen=True, kw_only=True)
class Gtin(Data):
    """A trade item number of 14 digits; shorter ones are written with leading zeros."""

    has_own_alphabet: ClassVar[bool] = False

    def write(self, value: Value) -> str:
        """Return 14 digits for a GTIN of 8, 12, 13 or 14."""
        text = str(value)
        return text.zfill(self.most) if len(text) in (8, 12, 13) else text

    def sample(self, choose: Choose) -> Value:
        """Return 13 digits and their check digit."""
        return _digits(13, choose)


@dataclass(frozen=True, kw_only=True)
class Asset(Data):
    """An identifier that begins with the digits of a company prefix: GIAI, CPID.

    What follows is what the company itself names, so there is something; the dictionary leaves the
    least length open.
    """

    has_own_alphabet: ClassVar[bool] = False
    least: int = _PREFIX_LEAST + 1

    def sample(self, choose: Choose) -> Value:
        """Return four digits and further characters."""
        rest = Text(alphabet=self.alphabet, most=self.most - _PREFIX_LEAST)
        return f"{choose(10_000):04}{rest.sample(choose)}"


@dataclass(frozen=True, kw_only=True)
class Grai(Data):
    """A returnable asset with its serial part: a zero, 12 digits, their check digit, the part."""

    has_own_alphabet: ClassVar[bool] = False

    def fault(self, token: str) -> Fault | None:
        """Return the first fault; without a serial part it names a kind of asset, not one."""
        if len(token) == _GRAI_BARE:
            params = Elements(value=token, reason="grai")
            return Fault("element.value", 0, len(token), params)
        return super().fault(token)

    def sample(self, choose: Choose) -> Value:
        """Return a number and a serial part."""
        serial = Text(alphabet=self.alphabet, most=self.most - _GRAI_BARE)
        return f"0{_digits(12, choose)}{serial.sample(choose)}"


@dataclass(frozen=True, kw_only=True)
class PartSerial(Data):
    """The serial number of a part: digits without a leading zero."""

    has_own_alphabet: ClassVar[bool] = False

    def sample(self, choose: Choose) -> Value:
        """Return a number of up to twelve digits."""
        rest = "".join(DIGITS[choose(10)] for _ in range(choose(self.most)))
        return f"{1 + choose(9)}{rest}"


@dataclass(frozen=True, kw_only=True)
class Day(Data):
    """A day as YYMMDD, or a month with DD=00."""

    has_own_alphabet: ClassVar[bool] = False

    def sample(self, choose: Choose) -> Value:
        """Return a day that every month has, or none."""
        return f"{choose(100):02}{1 + choose(12):02}{choose(29):02}"


@dataclass(frozen=True, kw_only=True)
class Origin(Country):
    """A country as three digits (ISO 3166-1 numeric); the value is its alpha-2 code."""

    alphabet: str = DIGITS
    least: int = 3
    most: int = 3
    mask: str = "999"

    def code_of(self, country: countries.Country) -> str:
        """Return the three digits."""
        return country.numeric

    def values(self, token: str, as_of: object = None) -> tuple[Value, ...]:
        """Return the alpha-2 code of the country with this number."""
        country = countries.find(token)
        return (token if country is None else country.alpha2,)

    def judge(self, token: str, year: int | None = None) -> Iterator[Fault]:
        """Yield whether the number is no present country's: GS1 takes assigned ones only."""
        yield from components.faults("422", token)

    def read_record(self, text: str) -> Recorded:
        """Return the number for what a record says: a code or a name."""
        try:
            token = self.write(text)
        except Unwritable as refused:
            return Recorded(text, refused.fault)
        return Recorded(token, self.fault(token))

    def sample(self, choose: Choose) -> Value:
        """Return the alpha-2 code of a present country."""
        codes = countries.assigned()
        return codes[choose(len(codes))]

    @cached_property
    def doc(self) -> str:
        """One line that describes the element's form."""
        return "three digits, ISO 3166-1 numeric; given as a code or a name; GS1 AI 422 (ORIGIN)"


def _digits(count: int, choose: Choose) -> str:
    payload = "".join(DIGITS[choose(10)] for _ in range(count))
    return checks.get("gs1-mod10").append(payload)


KEYS: Mapping[str, tuple[str, ...]] = {
    "gtin": ("gtin", "serial"),
    "giai": ("giai",),
    "grai": ("grai",),
    "cpid": ("cpid", "cpid_serial"),
}
"""What names one arm, by the element that leads: exactly one of them stands in a mark."""

_DECLARED: tuple[tuple[str, str, Text, str], ...] = (
    ("gtin", "01", Gtin.of("01"), "the model line; with the serial number"),
    ("serial", "21", Data.of("21"), "of the arm within its GTIN"),
    ("giai", "8004", Asset.of("8004"), "one asset number for the arm; also a UII"),
    ("grai", "8003", Grai.of("8003"), "with its serial part"),
    ("cpid", "8010", Asset.of("8010"), "kind of part; with its serial number"),
    ("cpid_serial", "8011", PartSerial.of("8011"), "of the part"),
    ("country", "422", Origin(), "country of origin"),
    ("secondary_serial", "250", Data.of("250"), "such as that of the frame or receiver"),
    ("additional_id", "240", Data.of("240"), ""),
    ("customer_part", "241", Data.of("241"), ""),
    ("lot", "10", Data.of("10"), ""),
    ("production_date", "11", Day.of("11"), "YYMMDD; DD is 00 where only the month is stated"),
    *((f"internal_{n}", str(n), Data.of(str(n)), "as agreed") for n in range(91, 100)),
)

TYPES: Mapping[str, Text] = {ai: form for _, ai, form, _ in _DECLARED}
AI_OF: Mapping[str, str] = {name: ai for name, ai, _, _ in _DECLARED}
ELEMENT_OF: Mapping[str, str] = {ai: name for name, ai, _, _ in _DECLARED}

ELEMENTS: tuple[Element, ...] = tuple(
    Element(
        name=name,
        type=form,
        required=False,
        source=f"GS1 General Specifications, AI ({ai})",
        note=note,
    )
    for name, ai, form, note in _DECLARED
)
