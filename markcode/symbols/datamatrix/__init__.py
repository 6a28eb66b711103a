"""Data Matrix ECC 200 (ISO/IEC 16022)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from markcode.errors import SymbolError
from markcode.model import Payload
from markcode.symbols import zxing
from markcode.symbols.symbol import Symbol, as_payload

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["QUIET_ZONE", "RECTANGLES", "SQUARES", "encode"]

QUIET_ZONE = 1
SQUARES = tuple(
    f"{side}x{side}"
    for side in (
        *(10, 12, 14, 16, 18, 20, 22, 24, 26, 32, 36, 40),
        *(44, 48, 52, 64, 72, 80, 88, 96, 104, 120, 132, 144),
    )
)
"""Sizes as rows x columns, smallest first (ISO/IEC 16022 table 7)."""
RECTANGLES = ("8x18", "8x32", "12x26", "12x36", "16x36", "16x48")
"""In order of what they hold: 5, 10, 16, 22, 32, 49 codewords."""

_VERSION = {size: index for index, size in enumerate((*SQUARES, *RECTANGLES), start=1)}
# The macros that stand for an ISO/IEC 15434 envelope, with nothing in it: crashed the library.
_EMPTY_BODIES = frozenset(f"[)>\x1e{number}\x1d\x1e\x04" for number in ("05", "06"))


def encode(
    payload: Payload | str | bytes,
    *,
    size: str | None = None,
    shape: Literal["square", "rectangle"] = "square",
) -> Symbol:
    """Return the smallest Data Matrix of ``shape`` for ``payload``, or one of just ``size``.

    ASCII text goes in as it is, control characters too. Other text goes in as Latin-1 with
    ECI 000003 where that holds it, else as UTF-8 with ECI 000026: without an ECI many readers
    guess, and guess wrong. Bytes go in as such, with ECI 000899 (binary).

    ``size`` is rows x columns ("18x18", "12x36") and decides the shape by itself. Raises
    `SymbolError` for a payload that is empty, for GS1, and for one that does not fit.
    """
    payload = as_payload(payload)
    if payload.gs1:
        raise SymbolError(
            "GS1 Data Matrix needs markcode's own encoder, not available in this version: "
            "use gs1-128, or a payload without FNC1"
        )
    content, eci = _content(payload.data)
    if size is not None:
        wanted = _versions_of_size(size)
        shape = "square" if size in SQUARES else "rectangle"
    else:
        wanted = _versions_of_shape(shape)
    modules = _first_fit(content, eci, wanted)
    if modules is None:
        raise SymbolError(_too_long(content, eci, size, shape))
    if size is not None and modules.shape != _shape_of(size):
        raise SymbolError(f"zxing-cpp made a symbol of {modules.shape} modules, not {size}")
    data = content.encode("ascii") if isinstance(content, str) else content
    declared = zxing.ECI_BINARY if isinstance(payload.data, bytes) else eci
    zxing.confirm("DataMatrix", modules, QUIET_ZONE, ("]d1",), zxing.Segment(declared, data))
    return Symbol("datamatrix", modules, QUIET_ZONE, payload)


def _content(data: str | bytes) -> tuple[str | bytes, int | None]:
    """Return what goes to the library, and the ECI to declare."""
    as_text = data if isinstance(data, str) else data.decode("latin-1")
    if as_text in _EMPTY_BODIES:
        raise SymbolError("this ISO/IEC 15434 message is an envelope with nothing in it")
    if isinstance(data, bytes) or data.isascii():
        return data, None
    try:
        return data.encode("latin-1"), zxing.ECI_LATIN_1
    except UnicodeEncodeError:
        pass
    try:
        return data.encode("utf-8"), zxing.ECI_UTF_8
    except UnicodeEncodeError as error:
        raise SymbolError(
            f"column {error.start + 1}: half of a surrogate pair: type the character again"
        ) from None


def _versions_of_size(size: str) -> tuple[int | None, ...]:
    if size not in _VERSION:
        known = " ".join((*SQUARES, *RECTANGLES))
        raise SymbolError(f"{size!r} is no size of a Data Matrix; there are {known}")
    return (_VERSION[size],)


def _versions_of_shape(shape: str) -> tuple[int | None, ...]:
    if shape == "square":
        return (None,)
    if shape == "rectangle":
        return tuple(_VERSION[name] for name in RECTANGLES)
    raise SymbolError(f"shape is 'square' or 'rectangle', not {shape!r}")


def _first_fit(
    content: str | bytes, eci: int | None, versions: tuple[int | None, ...]
) -> NDArray[np.bool_] | None:
    for version in versions:
        modules = zxing.data_matrix(content, eci=eci, version=version)
        if modules is not None:
            return modules
    return None


def _too_long(content: str | bytes, eci: int | None, size: str | None, shape: str) -> str:
    """Return the refusal, with the smallest size that would do."""
    asked = size or f"any {shape} Data Matrix"
    for alternative in dict.fromkeys((shape, "square")):
        modules = _first_fit(content, eci, _versions_of_shape(alternative))
        if modules is not None:
            rows, columns = modules.shape
            return f"the payload does not fit {asked}; the smallest that does is {rows}x{columns}"
    return f"the payload of {len(content)} characters does not fit any Data Matrix; shorten it"


def _shape_of(size: str) -> tuple[int, int]:
    rows, columns = size.split("x")
    return (int(rows), int(columns))
