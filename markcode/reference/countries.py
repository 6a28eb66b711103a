"""Countries of ISO 3166-1, and former ones of ISO 3166-3, which old arms still name.

User-assigned codes (``XK``, ``QM``-``QZ`` ...), ``EU``, ``UK``, ``EL``, ``GUA`` and ``PTY`` are no
country codes. Data and its sources: `countries.csv`.

>>> find("Checoslovaquia").alpha2, find("CS", 2004).names["en"]
('CS', 'Serbia and Montenegro')
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markcode.model import Elements
from markcode.reference import data
from markcode.reference.names import plain

__all__ = [
    "LANGUAGES",
    "Country",
    "assigned",
    "by_alpha2",
    "by_alpha3",
    "find",
    "former",
    "is_assigned",
    "names",
]

LANGUAGES = ("en", "es", "pt", "fr")


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
    started: int | None = None
    """The first year of the code, where another country had it, or the name, before."""
    withdrawn: int | None = None
    """The year in which ISO 3166 withdrew the code; None for a present country."""
    successors: tuple[str, ...] = ()
    """Alpha-2 codes of what followed a former country."""

    def existed(self, year: int) -> bool:
        """Return whether the code was this country's in ``year``."""
        return (self.started or 0) <= year <= (self.withdrawn or 9999)


@functools.cache
def _all() -> tuple[Country, ...]:
    return tuple(
        Country(
            alpha2=row["alpha2"],
            alpha3=row["alpha3"],
            numeric=row["numeric"],
            names=Elements({language: row[language] for language in LANGUAGES}),
            other_names=tuple(row["other"].split("|")) if row["other"] else (),
            started=int(row["started"]) if row["started"] else None,
            withdrawn=int(row["withdrawn"]) if row["withdrawn"] else None,
            successors=tuple(row["successors"].split()),
        )
        for row in data.rows("countries.csv")
    )


@functools.cache
def _codes() -> dict[str, list[Country]]:
    """Return the countries by each code: alpha-2, alpha-3 and numeric never look alike."""
    index: dict[str, list[Country]] = {}
    for country in _all():
        for code in filter(None, (country.alpha2, country.alpha3, country.numeric)):
            index.setdefault(code, []).append(country)
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
    return _choose([c for c in _codes().get(code, ()) if c.alpha2 == code], year)


def by_alpha3(code: str, year: int | None = None) -> Country | None:
    """Return the country whose alpha-3 code this is, or was in ``year``."""
    return _choose([c for c in _codes().get(code, ()) if c.alpha3 == code], year)


def find(text: str, year: int | None = None) -> Country | None:
    """Return the country that ``text`` names, or None.

    ``text`` is a code (alpha-2, alpha-3, numeric; capitals only) or a name in English, Spanish,
    Portuguese or French, compared without case, accents and punctuation.

    >>> find("COL").alpha2, find("170").alpha2, find("estados unidos").alpha2, find("us")
    ('CO', 'CO', 'US', None)
    """
    return _choose(_codes().get(text) or _names().get(plain(text)) or (), year)


def is_assigned(code: str) -> bool:
    """Return whether ``code`` is a present country's alpha-2 code."""
    country = by_alpha2(code)
    return country is not None and country.withdrawn is None


def former(code: str) -> tuple[Country, ...]:
    """Return the former countries that had this alpha-2 code, the earliest first."""
    holders = [c for c in _codes().get(code, ()) if c.alpha2 == code and c.withdrawn is not None]
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
