"""The only door to zxing-cpp, which reads symbols (contracts.md section 11).

In its default text mode zxing-cpp rewrites GS, RS and EOT. So what comes out here are bytes with
the character sets that the symbol declares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markcode.errors import SymbolError
from markcode.symbols.eci import Segment

if TYPE_CHECKING:
    import numpy as np
    import zxingcpp
    from numpy.typing import NDArray

__all__ = ["Segment", "bitmap", "confirm", "modules_of", "read", "segments"]

# zxing-cpp reads pictures of less than 65,536 dots a side; a symbol on an arm is far smaller.
_MOST_MODULES = 4_000

_NOT_ON_ARMS = frozenset(
    # Code 39 is read as it was written: full-ASCII readers turn `/I` into `)`. The others are
    # frames of film and pharmacy, and short enough to be found where there is none.
    (
        *("Code39", "Code39Ext", "Code32", "PZN", "OtherBarcode", "DXFilmEdge"),
        *("Telepen", "TelepenAlpha", "TelepenNumeric"),
    )
)


def bitmap(modules: NDArray[np.bool_], margin: int, scale: int = 2) -> NDArray[np.uint8]:
    """Return a picture of the modules, dark 0 on light 255; bars are 24 dots high."""
    import numpy as np

    rows = 24 if modules.shape[0] == 1 else scale
    tall = modules.repeat(rows, axis=0).repeat(scale, axis=1)
    return np.where(np.pad(tall, margin * scale), 0, 255).astype(np.uint8)


def read(
    image: NDArray[np.uint8], formats: tuple[str, ...] = (), *, pure: bool = False
) -> list[zxingcpp.Barcode]:
    """Return the symbols found in a picture of (rows, columns) grey values.

    ``formats`` are names of zxing-cpp's ``BarcodeFormat``, all sensible ones if empty. ``text`` of
    the results is for `segments` only. ``pure`` is for upright pictures of nothing but one symbol.
    """
    import zxingcpp

    return zxingcpp.read_barcodes(
        image,
        formats=zxingcpp.BarcodeFormats(_formats(formats)),
        text_mode=zxingcpp.TextMode.HexECI,
        try_rotate=not pure,
        try_downscale=not pure,
        try_invert=not pure,
    )


def segments(barcode: zxingcpp.Barcode) -> tuple[Segment, ...]:
    """Return the content of a result of `read`, cut at its ECI designators.

    In the ECI protocol a designator is a backslash and six digits, and a backslash in the data is
    doubled; the symbology identifier differs from the plain one if the protocol is used.
    """
    raw = bytes.fromhex(barcode.text)
    identifier, rest = raw[:3], raw[3:]
    if identifier == barcode.symbology_identifier.encode("ascii"):
        return (Segment(None, rest),)
    result: list[Segment] = []
    eci, data, at = None, bytearray(), 0
    while at < len(rest):
        if rest[at] != 0x5C:
            data.append(rest[at])
            at += 1
        elif rest[at + 1] == 0x5C:
            data.append(0x5C)
            at += 2
        else:
            if data:
                result.append(Segment(eci, bytes(data)))
            eci, data = int(rest[at + 1 : at + 7]), bytearray()
            at += 7
    return (*result, Segment(eci, bytes(data)))


def modules_of(barcode: zxingcpp.Barcode) -> NDArray[np.bool_]:
    """Return the modules of a matrix symbol as they were seen, upright, errors and all."""
    import numpy as np

    image: Any = barcode.to_image(scale=1, add_quiet_zones=False)
    seen: NDArray[np.bool_] = np.asarray(image, dtype=np.uint8) == 0
    return seen


def confirm(
    name: str,
    modules: NDArray[np.bool_],
    quiet_zone: int,
    identifiers: tuple[str, ...],
    expected: Segment,
) -> None:
    """Read a new symbol back. Raises `SymbolError` unless it says just what was to go in.

    ``name`` is zxing-cpp's name of the symbology, ``identifiers`` what a scanner may call it.
    """
    if max(modules.shape) > _MOST_MODULES:
        raise SymbolError(
            f"{len(expected.data)} characters are too many for one {name} symbol: "
            f"it would be {max(modules.shape)} modules long"
        )
    found = read(bitmap(modules, quiet_zone), (name,), pure=True)
    if len(found) != 1 or not _says(found[0], identifiers, expected):
        raise SymbolError(
            f"the {name} symbol did not read back as {expected.data!r}, so it is refused; "
            "choose another symbology and report this payload to the authors of markcode"
        )


def _says(barcode: zxingcpp.Barcode, identifiers: tuple[str, ...], expected: Segment) -> bool:
    pieces = segments(barcode)
    # The head of an ISO/IEC 15434 macro stands before the first ECI; it is ASCII either way.
    declared = all(piece.eci == expected.eci or piece.data.isascii() for piece in pieces)
    content = b"".join(piece.data for piece in pieces)
    return barcode.symbology_identifier in identifiers and declared and content == expected.data


def _formats(names: tuple[str, ...]) -> list[zxingcpp.BarcodeFormat]:
    import zxingcpp

    if names:
        return [zxingcpp.BarcodeFormat[name] for name in names]
    readable = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.AllReadable)
    return [f for f in zxingcpp.barcode_formats_list(readable) if f.name not in _NOT_ON_ARMS]
