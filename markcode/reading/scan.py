"""What a symbol says: bytes as they are, and text as the symbol declares it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markcode import notation
from markcode.errors import SymbolError
from markcode.model import Payload
from markcode.notation import GS1_IDENTIFIERS
from markcode.symbols import zxing
from markcode.symbols.eci import text_of

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
    text, declared = text_of(pieces)
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
        payload=Payload(text if declared and not _is_binary(barcode) else barcode.bytes, gs1),
    )


def _is_binary(barcode: zxingcpp.Barcode) -> bool:
    """Return whether a Data Matrix says, by Base 256 alone, that its bytes are no text."""
    if barcode.format.name != "DataMatrix":
        return False
    from markcode.symbols import datamatrix

    try:
        return datamatrix.read(zxing.modules_of(barcode)).is_binary
    except SymbolError:  # one of several symbols, or data of another industry
        return False
