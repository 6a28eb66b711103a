"""What a scanner sends: a symbology identifier and the data, FNC1 as GS.

Source: ISO/IEC 15424 and the GS1 General Specifications.

>>> generate("Data Matrix", "^010952123454321321A7"), generate("QR Code", "A7")
(']d2010952123454321321A7', ']Q1A7')
"""

from __future__ import annotations

import re

from markcode.errors import ProfileError
from markcode.formats.gs1.element_string import FNC1, GS

__all__ = ["GS1_IDENTIFIERS", "PLAIN_IDENTIFIERS", "SYMBOLOGIES", "generate"]

SYMBOLOGIES: dict[str, tuple[str | None, str | None]] = {
    "Data Matrix": ("]d1", "]d2"),
    "QR Code": ("]Q1", "]Q3"),
    "DotCode": (None, "]J1"),
    "GS1-128": (None, "]C1"),
    "DataBar": (None, "]e0"),
}
"""The identifiers for plain data and for element strings; None where it has no such data, or its
identifier is unconfirmed."""

GS1_IDENTIFIERS = tuple(gs1 for _, gs1 in SYMBOLOGIES.values() if gs1 is not None)
PLAIN_IDENTIFIERS = tuple(plain for plain, _ in SYMBOLOGIES.values() if plain is not None)


def generate(symbology: str, data: str) -> str:
    """Return what a scanner sends for data in the notation of the GS1 Barcode Syntax Engine.

    ``^`` leads element strings and stands for each FNC1; plain data that begin so are written with
    a backslash before it. Raises `ProfileError` for a symbology without an identifier for them.
    """
    is_gs1 = data.startswith(FNC1)
    identifier = SYMBOLOGIES.get(symbology, (None, None))[is_gs1]
    if identifier is None:
        kind = "GS1 element strings" if is_gs1 else "plain data"
        known = ", ".join(name for name, both in SYMBOLOGIES.items() if both[is_gs1])
        raise ProfileError(
            f"no symbology identifier of {symbology!r} for {kind}: known are {known}"
        )
    if is_gs1:
        return identifier + data[1:].replace(FNC1, GS)
    return identifier + (data[1:] if re.match(r"\\+\^", data) else data)
