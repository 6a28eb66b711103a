"""Countries of ISO 3166-1, and former ones of ISO 3166-3, which old arms still name.

User-assigned codes (``XK``, ``QM``-``QZ`` ...), ``EU``, ``UK``, ``EL``, ``GUA`` and ``PTY`` are no
country codes: `trap` says what each is. Data and sources: `countries.csv`, `traps.csv`,
`german_lands.csv`.

>>> find("Checoslovaquia").alpha2, find("CS", 2004).names["en"]
('CS', 'Serbia and Montenegro')
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markcode.model import Elements
from markcode.reference import data
from markcode.reference.names import plain

__all__ = [
    "LANGUAGES",
    "Country",
    "Land",
    "Trap",
    "assigned",
    "by_alpha2",
    "by_alpha3",
    "find",
    "former",
    "holders",
    "is_assigned",
    "land_letters",
    "names",
    "trap",
]

LANGUAGES = ("en", "es", "pt", "fr")

_DOTTED = re.compile(r"[A-Z](?:\.[A-Z]){1,2}\.?")
# What stands before a country's name on an arm, in the form of `plain`.
_MADE_IN = frozenset(
    (
        *("made in", "made in the", "hecho en", "hecho en el", "hecho en la", "hecho en los"),
        *("fabricado en", "fabricado en el", "fabricado en la", "fabricado en los"),
        *("fabricado em", "fabricado no", "fabricado na", "fabricado nos"),
        *("feito em", "feito no", "feito na", "feito nos"),
        *("fabrique en", "fabrique au", "fabrique aux"),
    )
)


@dataclass(frozen=True, kw_only=True)
class Country:
    """A country that has, or had, codes of its own."""

    alpha2: str
    alpha3: str
    numeric: str
    """Three digits; empty for some former countries."""
    names: Mapping[str, str]
    """The name to show, by language: en, es, pt, fr."""
    other_names: tuple[str, ...] = ()
    """Further names, recognised and never shown."""
    unconfirmed_names: tuple[str, ...] = ()
    """Those of the further names that no source shows on an arm (``Czecho``, ``W. Germany``)."""
    started: int | None = None
    """The first year of the code, where another country had it, or the name, before."""
    withdrawn: int | None = None
    """The year in which ISO 3166 withdrew the code; None for a present country."""
    successors: tuple[str, ...] = ()
    """Alpha-2 codes of what followed a former country."""

    def existed(self, year: int) -> bool:
        """Return whether the code was this country's in ``year``."""
        return (self.started or 0) <= year <= (self.withdrawn or 9999)


class Trap(NamedTuple):
    """A code that stands for a country, or seems to, and is none of ISO 3166-1."""

    code: str
    reason: str
    """user_assigned, kosovo, deactivation_mark, eu_usage, own_letters or vehicle_sign."""
    meant: str | None
    """The alpha-2 code of the country that people mean by it."""
    note: str
    evidence: str
    """C confirmed, U unconfirmed."""


class Land(NamedTuple):
    """A German Land, by its letters in an origin mark."""

    letters: str
    name: str
    country: str | None
    """The same letters where ISO 3166-1 gives them to a country; they mean that country there."""


@functools.cache
def _rows() -> list[dict[str, str]]:
    return data.rows("countries.csv")


@functools.cache
def _country(at: int) -> Country:
    """Return the country of a row: one mark needs a few of them."""
    row = _rows()[at]
    return Country(
        alpha2=row["alpha2"],
        alpha3=row["alpha3"],
        numeric=row["numeric"],
        names=Elements({language: row[language] for language in LANGUAGES}),
        other_names=_listed(row["other"]),
        unconfirmed_names=_listed(row["unconfirmed"]),
        started=int(row["started"]) if row["started"] else None,
        withdrawn=int(row["withdrawn"]) if row["withdrawn"] else None,
        successors=tuple(row["successors"].split()),
    )


@functools.cache
def _all() -> tuple[Country, ...]:
    return tuple(map(_country, range(len(_rows()))))


def _listed(names: str) -> tuple[str, ...]:
    return tuple(names.split("|")) if names else ()


def _having(code: str) -> list[Country]:
    """Return the countries that have or had a code: alpha-2, alpha-3 and numeric never look alike.

    They stand in the order of the table.
    """
    return [_country(at) for at in _codes().get(code, ())]


@functools.cache
def _codes() -> dict[str, list[int]]:
    index: dict[str, list[int]] = {}
    for at, row in enumerate(_rows()):
        for code in filter(None, (row["alpha2"], row["alpha3"], row["numeric"])):
            index.setdefault(code, []).append(at)
    return index


@functools.cache
def _names() -> dict[str, list[Country]]:
    index: dict[str, list[Country]] = {}
    for country in _all():
        for name in {plain(name) for name in (*country.names.values(), *country.other_names)}:
            index.setdefault(name, []).append(country)
    return index


def _choose(holders: Sequence[Country], year: int | None) -> Country | None:
    """Return the holder of a code or name in ``year``; without a year, a present one first.

    If nobody held it in that year, the last one before, so that its end can be told.
    """
    if not holders:
        return None
    latest_first = sorted(holders, key=lambda country: -(country.withdrawn or 9999))
    if year is None:
        return latest_first[0]
    for country in latest_first:
        if country.existed(year):
            return country
    before = [country for country in latest_first if (country.withdrawn or 9999) < year]
    return (before or latest_first[-1:])[0]


def by_alpha2(code: str, year: int | None = None) -> Country | None:
    """Return the country whose alpha-2 code this is, or was in ``year``; None if no one's.

    A present country comes before a former one with the same letters unless the year decides.
    ``CS`` was Czechoslovakia's until 1993 and Serbia and Montenegro's from 2003 to 2006; without a
    year it is the later one, and `former` has both.

    >>> by_alpha2("SK").names["en"], by_alpha2("SK", 1970).names["en"]
    ('Slovakia', 'Sikkim')
    """
    return _choose([c for c in _having(code) if c.alpha2 == code], year)


def by_alpha3(code: str, year: int | None = None) -> Country | None:
    """Return the country whose alpha-3 code this is, or was in ``year``."""
    return _choose([c for c in _having(code) if c.alpha3 == code], year)


def find(text: str, year: int | None = None) -> Country | None:
    """Return the country that ``text`` names, or None.

    ``text`` is a code (alpha-2, alpha-3, numeric; capitals only) or a name in English, Spanish,
    Portuguese or French, compared without case, accents and punctuation. Letters of a code may have
    full stops, and ``Made in`` and its like may stand before.

    >>> find("COL").alpha2, find("170").alpha2, find("estados unidos").alpha2, find("us")
    ('CO', 'CO', 'US', None)
    >>> find("Hecho en México").alpha2, find("Made in U.S.A.").alpha2
    ('MX', 'US')
    """
    readings = (text, *_after_made_in(text))
    return next(filter(None, (_named(reading, year) for reading in readings)), None)


def _named(text: str, year: int | None) -> Country | None:
    code = text.replace(".", "") if _DOTTED.fullmatch(text) else text
    return _choose(_having(code) or _names().get(plain(text)) or (), year)


def _after_made_in(text: str) -> Iterator[str]:
    """Yield what follows ``Made in`` and its like, with and without an article (El Salvador)."""
    words = text.split()
    for length in (2, 3):
        if plain(" ".join(words[:length])) in _MADE_IN:
            yield " ".join(words[length:])


def holders(code: str) -> tuple[Country, ...]:
    """Return the countries that have or had a code, alpha-2, alpha-3 or numeric; earliest first.

    >>> [country.withdrawn for country in holders("CS")]
    [1993, 2006]
    """
    return tuple(sorted(_having(code), key=lambda country: country.withdrawn or 9999))


def is_assigned(code: str) -> bool:
    """Return whether ``code`` is a present country's alpha-2 code."""
    country = by_alpha2(code)
    return country is not None and country.withdrawn is None


def former(code: str) -> tuple[Country, ...]:
    """Return the former countries that had this alpha-2 code, the earliest first."""
    holders = [c for c in _having(code) if c.alpha2 == code and c.withdrawn is not None]
    return tuple(sorted(holders, key=lambda country: country.withdrawn or 0))


@functools.cache
def assigned() -> tuple[str, ...]:
    """Return the alpha-2 codes of the present countries, in order."""
    return tuple(country.alpha2 for country in _all() if country.withdrawn is None)


@functools.cache
def names() -> tuple[str, ...]:
    """Return every name that `find` knows, present and former, in all languages."""
    every = (name for country in _all() for name in (*country.names.values(), *country.other_names))
    return tuple(dict.fromkeys(every))


def trap(code: str) -> Trap | None:
    """Return what a code that is no country's really is, or None where nothing is known of it.

    >>> trap("UK").meant, trap("XK").reason, trap("GB")
    ('GB', 'kosovo', None)
    """
    return _traps().get(code)


@functools.cache
def _traps() -> dict[str, Trap]:
    """Return the traps by code; a later row says more of one code of a range."""
    return {
        code: Trap(
            code=code,
            reason=row["reason"],
            meant=row["meant"] or None,
            note=row["note"],
            evidence=row["evidence"],
        )
        for row in data.rows("traps.csv")
        for code in _expanded(row["code"])
    }


def _expanded(code: str) -> tuple[str, ...]:
    """Return the codes of a range such as QM-QZ, whose first letter is fixed."""
    first, dash, last = code.partition("-")
    if not dash:
        return (code,)
    return tuple(first[0] + chr(letter) for letter in range(ord(first[1]), ord(last[1]) + 1))


def land_letters(code: str) -> Land | None:
    """Return the German Land that these letters of an origin mark name, or None.

    Eleven of the sixteen are also the code of a country: only the kind of mark decides.

    >>> land_letters("BY").name, land_letters("BY").country, land_letters("NW").country
    ('Bayern', 'BY', None)
    """
    return _lands().get(code)


@functools.cache
def _lands() -> dict[str, Land]:
    return {
        row["letters"]: Land(
            letters=row["letters"],
            name=row["name"],
            country=row["letters"] if is_assigned(row["letters"]) else None,
        )
        for row in data.rows("german_lands.csv")
    }
