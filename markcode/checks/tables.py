"""Tables of the decimal quasigroup systems, with their sources."""

from __future__ import annotations

__all__ = ["DAMM", "VERHOEFF_D5", "VERHOEFF_PERMUTATIONS"]


def _rows(text: str) -> tuple[bytes, ...]:
    return tuple(bytes(map(int, row)) for row in text.split())


DAMM = _rows(
    "0317598642 7092154863 4206871359 1750983426 6123045978 "
    "3674209581 5869720134 8945362017 9438617205 2581436790"
)
"""Damm's totally anti-symmetric quasigroup of order 10: H. M. Damm, Total anti-symmetrische
Quasigruppen, dissertation, Marburg 2004; as Wikipedia, "Damm algorithm", prints it. Other such
quasigroups exist and give other check digits. ``DAMM[state][digit]`` is the next state."""

VERHOEFF_D5 = _rows(
    "0123456789 1234067895 2340178956 3401289567 4012395678 "
    "5987604321 6598710432 7659821043 8765932104 9876543210"
)
"""Product in the dihedral group D5: J. Verhoeff, Error Detecting Decimal Codes, Mathematical Centre
Tracts 29, Amsterdam 1969."""

_VERHOEFF_STEP = bytes(map(int, "1576283094"))


def _powers(step: bytes, count: int) -> tuple[bytes, ...]:
    rows = [bytes(range(len(step)))]
    while len(rows) < count:
        rows.append(bytes(step[value] for value in rows[-1]))
    return tuple(rows)


VERHOEFF_PERMUTATIONS = _powers(_VERHOEFF_STEP, 8)
"""Powers 0 to 7 of Verhoeff's permutation 1,5,7,6,2,8,3,0,9,4 (the same tract); the eighth is the
identity again. ``VERHOEFF_PERMUTATIONS[i % 8][digit]``, ``i`` from the right, the check being 0."""
