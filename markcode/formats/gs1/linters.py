"""The tests that components of GS1 data must pass, by their names in the dictionary of AIs.

Each takes the text of one component, whose characters and length are right already, and returns a
`Fault` or None. What an arm bears has reasons with words of their own; `ai.value` says of the
others which form they must have.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping

from markcode import checks
from markcode.fields import Fault
from markcode.formats.gs1 import coupons
from markcode.model import Elements
from markcode.notation import DIGITS, UPPER
from markcode.reference import countries, data

__all__ = ["LINTERS", "is_date"]

Linter = Callable[[str], Fault | None]

_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_PREFIX_LEAST = 4
_IBAN_LEAST = 11


def _wrong(text: str, start: int = 0, end: int | None = None) -> Fault:
    return Fault("element.value", start, len(text) if end is None else end, Elements(value=text))


def _because(reason: str, text: str, start: int = 0, end: int | None = None) -> Fault:
    fault = _wrong(text, start, end)
    return Fault(fault.code, fault.start, fault.end, Elements(fault.params, reason=reason))


def is_date(text: str, day_may_lack: bool = False) -> bool:
    """Return whether text is a day as YYMMDD; ``day_may_lack`` allows DD=00.

    The century does not matter: only 1900 and 2100 would be no leap years, and 00 is 2000
    (GS1 General Specifications 7.12).

    >>> is_date("960229"), is_date("200200"), is_date("200200", day_may_lack=True)
    (True, False, True)
    """
    if re.fullmatch("[0-9]{6}", text, re.ASCII) is None:
        return False
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:])
    if not 1 <= month <= 12 or (day == 0 and not day_may_lack):
        return False
    is_short = month == 2 and year % 4 != 0
    return day <= _DAYS[month - 1] - is_short


def _yymmd0(text: str) -> Fault | None:
    return None if is_date(text, day_may_lack=True) else _because("date", text)


def _yymmdd(text: str) -> Fault | None:
    return None if is_date(text) else _because("date", text)


def _yyyymmdd(text: str) -> Fault | None:
    century = int(text[:2])
    is_leap = text[2:4] != "00" or century % 4 == 0
    fits = is_date(text[2:]) and (is_leap or text[4:] != "0229")
    return None if fits else _because("date", text)


def _time(pattern: str) -> Linter:
    def lint(text: str) -> Fault | None:
        return None if re.fullmatch(pattern, text, re.ASCII) else _wrong(text)

    return lint


def _check(system: str) -> Linter:
    """Return the test of check characters at the end."""
    check = checks.get(system)

    def lint(text: str) -> Fault | None:
        if check.is_valid(text):
            return None
        payload, found = text[: -check.length], text[-check.length :]
        if len(text) < check.length:
            return _wrong(text)
        params = {"value": text, "found": found, "system": check.name}
        params["expected"] = check.compute(payload)
        return Fault("check.mismatch", len(payload), len(text), Elements(params))

    return lint


def _company_prefix(at: int) -> Linter:
    """Return the test that a GS1 company prefix begins at a place: four digits at the least.

    How long it is cannot be seen without a list of prefixes.
    """
    begins = re.compile("[0-9]{4}", re.ASCII).match

    def lint(text: str) -> Fault | None:
        if begins(text, at):
            return None
        return _because("asset", text, at, max(at + 1, min(at + _PREFIX_LEAST, len(text))))

    return lint


def _country(code: str, also: str = "") -> Fault | None:
    holders = countries.holders(code)
    if code == also or any(country.withdrawn is None for country in holders):
        return None
    return Fault("country.unknown", 0, len(code), Elements(value=code))


def _listed(name: str) -> Linter:
    def lint(text: str) -> Fault | None:
        return None if text in _lists()[name] else _wrong(text)

    return lint


@functools.cache
def _lists() -> Mapping[str, frozenset[str]]:
    return {row["list"]: frozenset(row["codes"].split()) for row in data.rows("gs1-lists.csv")}


def _within(allowed: str) -> Linter:
    """Return the test that every character is one of these."""

    def lint(text: str) -> Fault | None:
        bad = [at for at, character in enumerate(text) if character not in allowed]
        return _wrong(text, bad[0], bad[-1] + 1) if bad else None

    return lint


def _at_most(largest: int) -> Linter:
    def lint(text: str) -> Fault | None:
        return None if int(text) <= largest else _wrong(text)

    return lint


def _nonzero(text: str) -> Fault | None:
    return None if text.strip("0") else _wrong(text)


def _zero(text: str) -> Fault | None:
    return None if not text.strip("0") else _because("grai", text)


def _no_zero_prefix(text: str) -> Fault | None:
    return _because("leading_zero", text, 0, 1) if text.startswith("0") else None


def _has_non_digit(text: str) -> Fault | None:
    return None if text.strip(DIGITS) else _wrong(text)


def _piece_of_total(text: str) -> Fault | None:
    half = len(text) // 2
    piece, total = int(text[:half]), int(text[half:])
    if piece == 0:
        return _wrong(text, 0, half)
    return None if piece <= total else _wrong(text, 0 if total else half)


def _position_in_sequence(text: str) -> Fault | None:
    match = re.fullmatch("([1-9][0-9]*)/([1-9][0-9]*)", text, re.ASCII)
    return None if match and int(match[1]) <= int(match[2]) else _wrong(text)


def _percent_encoding(text: str) -> Fault | None:
    bad = re.search("%(?![0-9A-Fa-f]{2})", text, re.ASCII)
    return _wrong(text, bad.start(), min(bad.start() + 3, len(text))) if bad else None


def _iban(text: str) -> Fault | None:
    """Test an account number: ISO 13616-1, check digits by ISO/IEC 7064 MOD 97-10."""
    if not countries.is_assigned(text[:2]):
        return _wrong(text, 0, min(2, len(text)))
    if len(text) < _IBAN_LEAST:
        return _wrong(text)
    outside = _within(DIGITS + UPPER)(text)
    if outside is not None:
        return outside
    moved = "".join(str(int(character, 36)) for character in text[4:] + text[:4])
    return None if int(moved) % 97 == 1 else _wrong(text, 2, 4)


def _paper_coupon(text: str) -> Fault | None:
    place = coupons.paper_fault(text, is_date)
    return None if place is None else _wrong(text, *place)


def _offer_coupon(text: str) -> Fault | None:
    place = coupons.offer_fault(text)
    return None if place is None else _wrong(text, *place)


LINTERS: Mapping[str, Linter] = {
    "couponcode": _paper_coupon,
    "couponposoffer": _offer_coupon,
    "csum": _check("gs1-mod10"),
    "csumalpha": _check("gs1-pair"),
    "gcppos1": _company_prefix(0),
    "gcppos2": _company_prefix(1),
    "hasnondigit": _has_non_digit,
    "hh": _time("[01][0-9]|2[0-3]"),
    "hhmi": _time("(?:[01][0-9]|2[0-3])[0-5][0-9]"),
    "hyphen": _within("-"),
    "iban": _iban,
    "importeridx": _within("-_" + DIGITS + UPPER + UPPER.lower()),
    "iso3166": _country,
    "iso3166999": lambda code: _country(code, also="999"),
    "iso3166alpha2": _country,
    "iso4217": _listed("iso4217"),
    "iso5218": _within("0129"),
    "latitude": _at_most(1_800_000_000),
    "longitude": _at_most(3_600_000_000),
    "mediatype": _listed("mediatype"),
    "mi": _time("[0-5][0-9]"),
    "nonzero": _nonzero,
    "nozeroprefix": _no_zero_prefix,
    "packagetype": _listed("packagetype"),
    "pcenc": _percent_encoding,
    "pieceoftotal": _piece_of_total,
    "posinseqslash": _position_in_sequence,
    "ss": _time("[0-5][0-9]"),
    "winding": _within("019"),
    "yesno": _within("01"),
    "yymmd0": _yymmd0,
    "yymmdd": _yymmdd,
    "yyyymmdd": _yyyymmdd,
    "zero": _zero,
}
"""Every test that the table of AIs names."""
