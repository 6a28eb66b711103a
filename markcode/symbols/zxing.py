"""The only door to zxing-cpp, for writing and for reading (contracts.md section 11).

zxing-cpp 3.1 ignores options that it does not know, aborts the process on a ``version`` that is no
number, chooses rectangles of ISO/IEC 21471 by itself and, in its default text mode, rewrites GS, RS
and EOT. So only checked integers go in here, what was written is read back, and what comes out are
bytes with the character sets that the symbol declares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from markcode.errors import SymbolError

if TYPE_CHECKING:
    import numpy as np
    import zxingcpp
    from numpy.typing import NDArray

__all__ = [
    "ECI_BINARY",
    "ECI_LATIN_1",
    "ECI_UTF_8",
    "Segment",
    "bitmap",
    "confirm",
    "data_matrix",
    "read",
    "segments",
]

# Extended channel interpretations (AIM ITS/04-023): which character set the bytes are in.
ECI_LATIN_1 = 3
ECI_UTF_8 = 26
ECI_BINARY = 899

_VERSIONS = range(1, 31)
"""24 squares, then 6 rectangles of ISO/IEC 16022; beyond are those of ISO/IEC 21471."""

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


class Segment(NamedTuple):
    """A run of bytes and the ECI that declares their meaning (None: not declared)."""

    eci: int | None
    data: bytes


def data_matrix(
    content: str | bytes,
    *,
    eci: int | None = None,
    version: int | None = None,
) -> NDArray[np.bool_] | None:
    """Return the modules of a Data Matrix, or None where the content does not fit.

    ``version`` is 1 to 24 for squares, 25 to 30 for rectangles; None is the smallest square.
    Raises `SymbolError` for arguments that must not reach the library.
    """
    import zxingcpp

    if type(content) not in (str, bytes) or not content:
        raise SymbolError("a Data Matrix needs text or bytes that are not empty")
    if isinstance(content, str) and not content.isascii():
        raise SymbolError("text beyond ASCII goes in as bytes with its ECI")
    keywords: dict[str, int | bool] = {}
    if eci is not None:
        if eci not in (ECI_LATIN_1, ECI_UTF_8):
            raise SymbolError(f"ECI {eci!r} is not one that is written: 3 (Latin-1) or 26 (UTF-8)")
        keywords["eci"] = eci
    if version is None:
        keywords["force_square"] = True
    elif type(version) is not int or version not in _VERSIONS:
        raise SymbolError(f"Data Matrix version {version!r} is not a whole number from 1 to 30")
    else:
        keywords["version"] = version
    try:
        barcode = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.DataMatrix, **keywords)
    except ValueError:  # all that is left to refuse is the length
        return None
    image = zxingcpp.write_barcode_to_image(barcode, scale=1, add_quiet_zones=False)
    modules: NDArray[np.bool_] = _array(image) == 0
    return modules


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


def _array(image: Any) -> NDArray[np.uint8]:
    import numpy as np

    return np.asarray(image, dtype=np.uint8)
