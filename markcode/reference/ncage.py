"""Forms of NATO commercial and governmental entity codes (NCAGE), by country.

A code has five characters, digits and capital letters but I and O. In which form a country's own
codes are written is known for some countries only; for the others nothing can be said. Data and
source: `ncage.csv`.

>>> forms("DEU")
('C***#', 'D***#')
>>> fits("C1234", "DEU"), fits("Z1234", "DEU"), fits("S1234", "KEN")
(True, False, None)
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from markcode.notation import DIGITS, UPPER
from markcode.reference import data

__all__ = ["CHARACTERS", "fits", "forms", "is_ncage"]

CHARACTERS = DIGITS + UPPER.replace("I", "").replace("O", "")
"""What a code may hold: the letters I and O look like the digits 1 and 0."""

_CODE = re.compile(f"[{CHARACTERS}]{{5}}")
_CLASSES = {"#": f"[{DIGITS}]", "*": f"[{CHARACTERS}]"}


def is_ncage(code: str) -> bool:
    """Return whether ``code`` is written as an NCAGE of any country.

    >>> is_ncage("0CVA5"), is_ncage("OCVA5"), is_ncage("0CVA")
    (True, False, False)
    """
    return _CODE.fullmatch(code) is not None


def forms(alpha3: str) -> tuple[str, ...]:
    """Return the forms of a country's codes: ``#`` a digit, ``*`` a digit or letter.

    ``alpha3`` is the country's code in ISO 3166-1. Empty where none is known.
    """
    return _forms().get(alpha3, ())


def fits(code: str, alpha3: str) -> bool | None:
    """Return whether ``code`` has a form of this country; None where its forms are not known."""
    known = forms(alpha3)
    if not known:
        return None
    return any(_pattern(form).fullmatch(code) is not None for form in known)


@functools.cache
def _forms() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in data.rows("ncage.csv"):
        found[row["alpha3"]] = (*found.get(row["alpha3"], ()), row["form"])
    return found


@functools.cache
def _pattern(form: str) -> re.Pattern[str]:
    return re.compile("".join(_CLASSES.get(character, character) for character in form))
