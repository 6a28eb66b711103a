"""Grades of verifiers, as ISO/IEC 15415 and 29158 write them: 4 to 0, or A to F."""

from __future__ import annotations

import re
from decimal import Decimal

__all__ = ["value"]

# Overall grade, then aperture, wavelength and angle; direct marks have a prefix (equipment.md 8).
_GRADE = re.compile(r"(?:DPM)?(?:([0-4](?:[.,][0-9]{1,2})?)|([ABCDF]))(?:/.*)?", re.ASCII)
_LETTERS = {"A": 4, "B": 3, "C": 2, "D": 1, "F": 0}


def value(grade: str) -> Decimal | None:
    """Return the overall grade as a number; None for what is no grade.

    A comma may stand for the point.

    >>> value("3.0/08/630/45"), value("DPM2,4/10/660/90"), value("B"), value("good")
    (Decimal('3.0'), Decimal('2.4'), Decimal('3'), None)
    """
    match = _GRADE.fullmatch(grade)
    if match is None:
        return None
    found = Decimal(match[1].replace(",", ".") if match[1] else _LETTERS[match[2]])
    return found if found <= 4 else None
