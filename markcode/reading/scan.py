"""What a symbol says: bytes as they are, and text as the symbol declares it."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markcode import notation
from markcode.model import Payload
from markcode.notation import GS1_IDENTIFIERS
from markcode.symbols import zxing

if TYPE_CHECKING:
    import zxingcpp

__all__ = ["GS1_IDENTIFIERS", "Scan", "interpret"]

_NAMES = {
    "DataMatrix": "datamatrix",
    "QRCode": "qr",
    "QRCodeModel2": "qr",
    "MicroQRCode": "micro-qr",
    "Code128": "code128",
    "Code39Std": "code39",
    "Code39": "code39",
}
"""Names of zxing-cpp, and ours; others are reported in lower case."""

# AIM ITS/04-023 assignments. Binary (899) has no text of its own: it is shown as Latin-1.
_CODECS = {
    **dict.fromkeys((0, 2), "cp437"),
    **dict.fromkeys((1, 3, zxing.ECI_BINARY), "latin-1"),
    **{eci: f"iso8859-{eci - 2}" for eci in (4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18)},
    20: "shift_jis",
    21: "cp1250",
    22: "cp1251",
    23: "cp1252",
    24: "cp1256",
    25: "utf-16-be",
    26: "utf-8",
    27: "ascii",
    28: "big5",
    29: "gb18030",
    30: "euc-kr",
    32: "gb18030",
    33: "utf-16-le",
    34: "utf-32-be",
    35: "utf-32-le",
    170: "ascii",
}


@dataclass(frozen=True)
class Scan:
    """One symbol that was read."""

    text: str
    """In the character sets that the symbol declares; failing that ASCII, UTF-8 or Latin-1."""
    bytes: bytes
    """The content byte for byte, GS for an FNC1 between GS1 elements."""
    symbology: str
    """A name of `markcode.symbols.names`, or another in lower case (``aztec``)."""
    symbology_identifier: str
    """As in ISO/IEC 15424: ``]d1``."""
    corners: tuple[tuple[int, int], ...]
    """Upper left, upper right, lower right, lower left of the upright symbol, (x, y) in dots."""
    error_correction_unused: float | None
    """From 1.0 (no damage) to 0.0 (nothing left); None where the symbology does not tell."""
    payload: Payload
    """The content; bytes where the symbol does not declare what characters they are."""

    @property
    def is_gs1(self) -> bool:
        """Whether the symbol starts with FNC1, so that its content is GS1 elements."""
        return self.payload.gs1

    def to_dict(self) -> dict[str, Any]:
        """Return the scan for JSON; control characters by name, ``bytes`` in hexadecimal."""
        return {
            "text": notation.escape(self.text),
            "bytes": self.bytes.hex(),
            "symbology": self.symbology,
            "symbology_identifier": self.symbology_identifier,
            "gs1": self.is_gs1,
            "corners": [list(corner) for corner in self.corners],
            "error_correction_unused": self.error_correction_unused,
        }


def interpret(barcode: zxingcpp.Barcode) -> Scan:
    """Return one result of `markcode.symbols.zxing.read` as a `Scan`."""
    pieces = zxing.segments(barcode)
    text, declared = _text(pieces)
    identifier = barcode.symbology_identifier
    gs1 = identifier in GS1_IDENTIFIERS
    position = barcode.position
    points = (
        position.top_left,
        position.top_right,
        position.bottom_right,
        position.bottom_left,
    )
    extra: Any = barcode.extra or {}
    unused = extra.get("UEC")
    name = barcode.format.name
    return Scan(
        text=text,
        bytes=barcode.bytes,
        symbology="gs1-128" if identifier == "]C1" else _NAMES.get(name, name.lower()),
        symbology_identifier=identifier,
        corners=tuple((point.x, point.y) for point in points),
        error_correction_unused=None if unused is None else float(unused),
        payload=Payload(text if declared else barcode.bytes, gs1),
    )


def _text(pieces: Sequence[zxing.Segment]) -> tuple[str, bool]:
    """Return the text, and whether the symbol itself says what its characters are."""
    texts, declared = [], True
    for eci, data in pieces:
        if eci is None:
            texts.append(notation.as_text(data))
            declared = declared and data.isascii()
            continue
        declared = declared and eci != zxing.ECI_BINARY and eci in _CODECS
        try:
            texts.append(codecs.decode(data, _CODECS.get(eci, "latin-1")))
        except UnicodeDecodeError:
            texts.append(data.decode("latin-1"))
            declared = False
    return "".join(texts), declared
