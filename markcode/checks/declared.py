"""The check-character systems of markcode, each declared once.

Promises (``detects``) hold for every payload, for faults anywhere in payload and check; the tests
prove them, and that no other kind always holds. Rates: computed on random payloads of 8 characters
over all positions, with a sampling error up to 0.3 points; "double" there is two substitutions in
the payload.
"""

from __future__ import annotations

from collections.abc import Mapping

from markcode.checks.families import (
    Pure,
    Sum,
    Verhoeff,
    Walk,
    hybrid,
    luhn_terms,
    weighted_terms,
)
from markcode.checks.system import FAULTS, CheckSystem
from markcode.checks.tables import DAMM
from markcode.model import Elements

__all__ = ["SYSTEMS"]

_DIGITS = "0123456789"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ALPHANUMERIC = _DIGITS + _LETTERS
# GS1 General Specifications 7.9.5: the order of both alphabets gives the values.
_GS1_82 = "!\"%&'()*+,-./" + _DIGITS + ":;<=>?" + _LETTERS + "_" + _LETTERS.lower()
_GS1_32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
# The first 23 primes, from the right.
_GS1_PRIMES = tuple(
    map(int, "2 3 5 7 11 13 17 19 23 29 31 37 41 43 47 53 59 61 67 71 73 79 83".split())
)
_CODE39 = _ALPHANUMERIC + "-. $/+%"

_SINGLE = frozenset(FAULTS[:1])
_SINGLE_AND_SWAP = frozenset(FAULTS[:2])
_ALL_LOCAL = frozenset(FAULTS[:5])


def _rates(*per_cent: float) -> Mapping[str, float | None]:
    return Elements(dict(zip(FAULTS, per_cent or (None,) * len(FAULTS), strict=True)))


def _iso7064(designation: str, kind: str) -> str:
    return f"ISO/IEC 7064:2003, {kind} system MOD {designation}"


_DECLARED: tuple[CheckSystem, ...] = (
    Pure(
        name="iso7064-mod11-2",
        title="ISO/IEC 7064 MOD 11-2",
        source=_iso7064("11-2", "pure"),
        alphabet=_DIGITS,
        check_alphabet=_DIGITS + "X",
        modulus=11,
        radix=2,
        detects=_ALL_LOCAL,
        rates=_rates(100, 100, 100, 100, 100, 90.0, 90.0),
    ),
    Pure(
        name="iso7064-mod37-2",
        title="ISO/IEC 7064 MOD 37-2",
        source=_iso7064("37-2", "pure"),
        alphabet=_ALPHANUMERIC,
        check_alphabet=_ALPHANUMERIC + "*",
        modulus=37,
        radix=2,
        detects=_ALL_LOCAL,
        rates=_rates(100, 100, 100, 100, 100, 97.3, 97.6),
    ),
    Pure(
        name="iso7064-mod97-10",
        title="ISO/IEC 7064 MOD 97-10",
        source=_iso7064("97-10", "pure"),
        alphabet=_DIGITS,
        check_alphabet=_DIGITS,
        length=2,
        modulus=97,
        radix=10,
        detects=_ALL_LOCAL,
        rates=_rates(100, 100, 100, 100, 100, 99.2, 100),
    ),
    Pure(
        name="iso7064-mod661-26",
        title="ISO/IEC 7064 MOD 661-26",
        source=_iso7064("661-26", "pure"),
        alphabet=_LETTERS,
        check_alphabet=_LETTERS,
        length=2,
        modulus=661,
        radix=26,
        detects=_ALL_LOCAL,
        rates=_rates(100, 100, 100, 100, 100, 99.94, 100),
    ),
    Pure(
        name="iso7064-mod1271-36",
        title="ISO/IEC 7064 MOD 1271-36",
        source=_iso7064("1271-36", "pure"),
        alphabet=_ALPHANUMERIC,
        check_alphabet=_ALPHANUMERIC,
        length=2,
        modulus=1271,
        radix=36,
        detects=_ALL_LOCAL,
        rates=_rates(100, 100, 100, 100, 100, 99.98, 100),
    ),
    Walk(
        name="iso7064-mod11-10",
        title="ISO/IEC 7064 MOD 11,10",
        source=_iso7064("11,10", "hybrid"),
        alphabet=_DIGITS,
        check_alphabet=_DIGITS,
        **hybrid(10),
        detects=_SINGLE,
        rates=_rates(100, 97.8, 90.7, 93.2, 94.5, 89.0, 91.9),
    ),
    Walk(
        name="iso7064-mod27-26",
        title="ISO/IEC 7064 MOD 27,26",
        source=_iso7064("27,26", "hybrid"),
        alphabet=_LETTERS,
        check_alphabet=_LETTERS,
        **hybrid(26),
        detects=_SINGLE,
        rates=_rates(100, 99.7, 97.4, 97.3, 95.0, 95.9, 95.5),
    ),
    Walk(
        name="iso7064-mod37-36",
        title="ISO/IEC 7064 MOD 37,36",
        source=_iso7064("37,36", "hybrid"),
        alphabet=_ALPHANUMERIC,
        check_alphabet=_ALPHANUMERIC,
        **hybrid(36),
        detects=_SINGLE,
        rates=_rates(100, 99.8, 98.2, 98.2, 96.6, 97.2, 97.7),
    ),
    Sum(
        name="luhn",
        title="Luhn",
        source="ISO/IEC 7812-1, Annex B (double-add-double)",
        alphabet=_DIGITS,
        check_alphabet=_DIGITS,
        modulus=10,
        terms=luhn_terms(10),
        complement=True,
        detects=_SINGLE,
        rates=_rates(100, 97.8, 0, 93.2, 88.9, 89.0, 90.2),
    ),
    Sum(
        name="luhn-mod36",
        title="Luhn modulo 36",
        source="Luhn's formula in base 36; no standard fixes the alphabet, here 0-9 then A-Z",
        alphabet=_ALPHANUMERIC,
        check_alphabet=_ALPHANUMERIC,
        modulus=36,
        terms=luhn_terms(36),
        complement=True,
        detects=_SINGLE,
        rates=_rates(100, 99.8, 0, 98.2, 97.1, 97.0, 97.8),
    ),
    Walk(
        name="damm",
        title="Damm",
        source="H. M. Damm, dissertation, Marburg 2004; the quasigroup with first row 0317598642",
        alphabet=_DIGITS,
        check_alphabet=_DIGITS,
        rows=DAMM,
        start=0,
        checks=bytes(range(10)),
        detects=_SINGLE_AND_SWAP,
        rates=_rates(100, 100, 89.6, 90.5, 88.3, 88.8, 80.5),
    ),
    Verhoeff(
        name="verhoeff",
        title="Verhoeff",
        source="J. Verhoeff, Error Detecting Decimal Codes, Mathematical Centre Tracts 29, 1969",
        alphabet=_DIGITS,
        check_alphabet=_DIGITS,
        detects=_SINGLE_AND_SWAP,
        rates=_rates(100, 100, 94.3, 95.5, 94.1, 88.8, 89.9),
    ),
    Sum(
        name="gs1-mod10",
        title="GS1 check digit",
        source="GS1 General Specifications 7.9.1",
        alphabet=_DIGITS,
        check_alphabet=_DIGITS,
        modulus=10,
        terms=weighted_terms((3, 1), 10),
        complement=True,
        detects=_SINGLE,
        rates=_rates(100, 89.1, 0, 88.9, 88.9, 88.8, 80.7),
    ),
    Sum(
        name="gs1-pair",
        title="GS1 check character pair",
        source="GS1 General Specifications 7.9.5",
        alphabet=_GS1_82,
        check_alphabet=_GS1_32,
        length=2,
        # GS1's own test cases hold the pair of the empty payload, 22.
        min_payload=0,
        max_payload=len(_GS1_PRIMES),
        modulus=1021,
        terms=weighted_terms(_GS1_PRIMES, len(_GS1_82)),
        complement=False,
        detects=_ALL_LOCAL,
        rates=_rates(),
    ),
    Sum(
        name="code39-mod43",
        title="Code 39 modulo 43",
        source="ISO/IEC 16388:2007, optional symbol check character; also ANSI/HIBC 2",
        alphabet=_CODE39,
        check_alphabet=_CODE39,
        modulus=43,
        terms=weighted_terms((1,), len(_CODE39)),
        complement=False,
        detects=_SINGLE,
        rates=_rates(100, 12.5, 14.3, 85.7, 87.3, 97.8, 97.7),
    ),
)

SYSTEMS: Mapping[str, CheckSystem] = {system.name: system for system in _DECLARED}
