"""Countries: as a code of ISO 3166-1, by name, or in any form that an instrument leaves open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

from markcode.fields.text import Choose, Fault, Text, Unwritable, Value
from markcode.model import Elements
from markcode.notation import DIGITS, UPPER
from markcode.reference import countries

__all__ = ["AnyCountry", "Country", "CountryCode", "CountryName"]

_LATIN = UPPER + UPPER.lower()
_OTHER_SCRIPTS = "".join(
    chr(code) for code in (*range(0x386, 0x3CF), *range(0x400, 0x460)) if chr(code).isalpha()
)
# Letters with marks, as names in Spanish, Portuguese and French have them.
_MARKED = "".join(chr(code) for code in range(0xC0, 0x100) if chr(code).isalpha())


# What these are deserves words of its own.
_TOLD_APART = ("kosovo", "deactivation_mark")


def _judge_code(
    token: str, holders: Sequence[countries.Country], year: int | None
) -> Iterator[Fault]:
    """Yield what is wrong with a code whose holders, present and former, are these."""
    if any(country.withdrawn is None for country in holders):
        return
    if not holders:
        yield _unknown(token)
        return
    then = [c for c in holders if year is not None and c.existed(year)] or list(holders)
    names = [country.names["en"] for country in then]
    params = Elements(value=token, names=names, ended=[country.withdrawn for country in then])
    if year is not None and not any(country.existed(year) for country in holders):
        yield Fault("country.ended", 0, len(token), Elements(params, year=year))
    else:
        yield Fault("country.former", 0, len(token), params, "info")


def _alpha2(token: str) -> str:
    country = countries.find(token)
    return country.alpha2 if country is not None else token


def _unknown(token: str) -> Fault:
    """Return the fault of a code that is no country's; with what may be meant, where known."""
    params: dict[str, Any] = {"value": token}
    trap = countries.trap(token)
    if trap is not None:
        params["trap"] = trap.reason
        if trap.reason in _TOLD_APART:
            params["reason"] = trap.reason
        if trap.meant is not None:
            params["reading"] = trap.meant
    return Fault("country.unknown", 0, len(token), Elements(params))


@dataclass(frozen=True, kw_only=True)
class Country(Text):
    """A country as its two-letter code (ISO 3166-1 alpha-2).

    Encoding takes a code or a listed name, and writes the alpha-2 code. Codes of former countries
    (ISO 3166-3) are read on arms of their time only.
    """

    is_country: ClassVar[bool] = True
    has_own_alphabet: ClassVar[bool] = False

    alphabet: str = UPPER
    least: int = 2
    most: int = 2
    mask: str = "XX"

    def code_of(self, country: countries.Country) -> str:
        """Return the code that this type writes."""
        return country.alpha2

    def judge(self, token: str, year: int | None = None) -> Iterator[Fault]:
        """Yield whether the code is unassigned, or of a country that had ended by ``year``."""
        yield from _judge_code(token, countries.holders(token), year)

    def write(self, value: Value) -> str:
        """Return the code of a code or a name. Raises `Unwritable`."""
        text = str(value)
        if super().fault(text) is None:
            return text
        country = countries.find(text)
        if country is None or self.fault(self.code_of(country)) is not None:
            fault = super().fault(text)
            assert fault is not None
            if fault.code in ("element.case", "script.homoglyph"):
                raise Unwritable(fault)
            raise Unwritable(_unknown(text))
        return self.code_of(country)

    def sample(self, choose: Choose) -> Value:
        """Return the code of a present country."""
        codes = countries.assigned()
        country = countries.by_alpha2(codes[choose(len(codes))])
        assert country is not None
        return self.code_of(country)

    def key(self, token: str) -> str:
        """Return the alpha-2 code, in which repeats are looked for."""
        return _alpha2(token)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of a value: a code, or a listed name."""
        return {"type": "string", "minLength": 2}

    @property
    def doc(self) -> str:
        """One line that describes the element's form."""
        return "two letters, ISO 3166-1 alpha-2"


@dataclass(frozen=True, kw_only=True)
class CountryCode(Country):
    """A country as another code of ISO 3166-1: alpha-3, numeric, or whichever letters are given."""

    form: Literal["alpha-3", "numeric", "letters"] = "alpha-3"

    def __post_init__(self) -> None:
        object.__setattr__(self, "least", 2 if self.form == "letters" else 3)
        object.__setattr__(self, "most", 3)
        object.__setattr__(self, "alphabet", DIGITS if self.form == "numeric" else UPPER)
        object.__setattr__(self, "mask", {"alpha-3": "XXX", "numeric": "999"}.get(self.form, "XX"))

    def code_of(self, country: countries.Country) -> str:
        """Return the code that this type writes."""
        if self.form == "letters":
            return country.alpha2
        return country.numeric if self.form == "numeric" else country.alpha3

    @property
    def doc(self) -> str:
        """One line that describes the element's form."""
        if self.form == "letters":
            return "two or three letters, ISO 3166-1 alpha-2 or alpha-3"
        what = "three digits" if self.form == "numeric" else "three letters"
        return f"{what}, ISO 3166-1 {self.form}"


@dataclass(frozen=True, kw_only=True)
class CountryName(Text):
    """The name of a country in words, as it was called when the arm was made.

    27 CFR 478.92(a)(1) asks for the name of that time, so former names are right and codes are not.
    """

    has_own_alphabet: ClassVar[bool] = False

    alphabet: str = _LATIN + " .,'()-"
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

    def key(self, token: str) -> str:
        """Return the alpha-2 code, in which repeats are looked for."""
        return _alpha2(token)

    def sample(self, choose: Choose) -> Value:
        """Return a name whose letters this field takes."""
        names = [name for name in countries.names() if Text.fault(self, name) is None]
        return names[choose(len(names))]

    @property
    def doc(self) -> str:
        """One line that describes the element's form."""
        return "the country's name in words, as it was called when the arm was made"


@dataclass(frozen=True, kw_only=True)
class AnyCountry(Text):
    """A country in whichever form the instrument leaves open, a code or a name; kept as given."""

    is_country: ClassVar[bool] = True
    has_own_alphabet: ClassVar[bool] = False
    has_loose_pattern: ClassVar[bool] = True

    alphabet: str = _LATIN + _MARKED + _OTHER_SCRIPTS + " .,'()-"
    least: int = 2
    most: int = 60
    mask: str = "XX"

    def fault(self, token: str) -> Fault | None:
        """Return the fault of form; letters of another script spell a whole name, never a code."""
        found = super().fault(token)
        letters = [character for character in token if character.isalpha()]
        is_other = len(letters) > 3 and not set(letters) & set(_LATIN + _MARKED)
        if found is not None or is_other or countries.find(token) is not None:
            return found
        return Text.fault(replace(self, alphabet=_LATIN + _MARKED + " .,'()-"), token)

    def judge(self, token: str, year: int | None = None) -> Iterator[Fault]:
        """Yield whether no country has this code or name, or it had ended by ``year``.

        A name in no list is a warning, since lists of names are not whole.
        """
        if len(token) <= 3 and token.isascii() and token.isalpha() and token.isupper():
            yield from _judge_code(token, countries.holders(token), year)
            return
        country = countries.find(token, year)
        if country is None:
            params = Elements(value=token, reason="name")
            yield Fault("country.unknown", 0, len(token), params, "warning")
        elif country.withdrawn is not None:
            yield from _judge_code(token, [country], year)

    def key(self, token: str) -> str:
        """Return the alpha-2 code, in which repeats are looked for."""
        return _alpha2(token)

    def sample(self, choose: Choose) -> Value:
        """Return a code or a name of a present country."""
        codes = countries.assigned()
        country = countries.by_alpha2(codes[choose(len(codes))])
        assert country is not None
        forms = (country.alpha2, country.alpha3, country.names["en"], country.names["es"])
        fitting = [form for form in forms if Text.fault(self, form) is None]
        return fitting[choose(len(fitting))]

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of a value."""
        return {"type": "string", "minLength": 2}

    @property
    def doc(self) -> str:
        """One line that describes the element's form."""
        return "a country's code (ISO 3166-1 alpha-2 or alpha-3) or name"
