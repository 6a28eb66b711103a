"""QR Code and Micro QR Code (ISO/IEC 18004), by segno."""

from __future__ import annotations

from typing import Any

from markcode.errors import SymbolError
from markcode.model import Payload
from markcode.symbols import eci, zxing
from markcode.symbols.symbol import Symbol, as_payload

__all__ = ["ERROR_LEVELS", "encode", "encode_micro"]

ERROR_LEVELS = ("L", "M", "Q", "H")
_QUIET_ZONE = 4
_MICRO_QUIET_ZONE = 2


def encode(payload: Payload | str | bytes, *, error: str = "M") -> Symbol:
    """Return the smallest QR Code with at least this ``error`` correction (L, M, Q, H).

    The level is raised where that costs no module. Text beyond ASCII goes in as UTF-8 with
    ECI 000026, bytes go in as such. Raises `SymbolError`.
    """
    payload = _plain(payload, "qr")
    import segno

    content, options, expected = _content(payload.data)
    try:
        made = segno.make_qr(content, error=_level(error), **options)
    except ValueError as fault:
        raise SymbolError(f"the payload does not fit a QR Code: {fault}; use datamatrix") from None
    return _finish("qr", made, _QUIET_ZONE, payload, expected)


def encode_micro(payload: Payload | str | bytes, *, error: str = "M") -> Symbol:
    """Return the smallest Micro QR Code with at least this ``error`` correction (L, M, Q).

    There is no ECI in a Micro QR Code, so text is ASCII. Raises `SymbolError`.
    """
    payload = _plain(payload, "micro-qr")
    import segno

    if isinstance(payload.data, str) and not payload.data.isascii():
        at = next(i for i, char in enumerate(payload.data) if not char.isascii())
        raise SymbolError(
            f"column {at + 1}: {payload.data[at]!r} is not ASCII and Micro QR has no ECI to "
            "declare its character set; use qr or datamatrix"
        )
    if _level(error) == "H":
        raise SymbolError("Micro QR has the error levels L, M and Q, not H")
    content, options, expected = _content(payload.data)
    try:
        made = segno.make_micro(content, error=error, **options)
    except ValueError as fault:
        raise SymbolError(
            f"the payload does not fit a Micro QR Code: {fault}; use datamatrix, or qr"
        ) from None
    return _finish("micro-qr", made, _MICRO_QUIET_ZONE, payload, expected)


def _plain(payload: Payload | str | bytes, name: str) -> Payload:
    payload = as_payload(payload)
    if payload.gs1:
        raise SymbolError(f"{name} is not written with FNC1; use datamatrix or gs1-128")
    return payload


def _level(error: str) -> str:
    if error not in ERROR_LEVELS:
        raise SymbolError(f"error correction is one of {' '.join(ERROR_LEVELS)}, not {error!r}")
    return error


def _content(data: str | bytes) -> tuple[str | bytes, dict[str, Any], zxing.Segment]:
    """Return what goes to segno, how, and what a reader must find."""
    if isinstance(data, bytes):
        # Without the mode, segno takes some pairs of bytes for Kanji.
        return data, {} if data.isascii() else {"mode": "byte"}, zxing.Segment(None, data)
    if data.isascii():
        return data, {}, zxing.Segment(None, data.encode("ascii"))
    try:
        encoded = data.encode("utf-8")
    except UnicodeEncodeError as error:
        raise SymbolError(
            f"column {error.start + 1}: half of a surrogate pair: type the character again"
        ) from None
    # segno leaves the ECI out for Latin-1, and readers then guess.
    options = {"encoding": "utf-8", "eci": True, "mode": "byte"}
    return data, options, zxing.Segment(eci.UTF_8, encoded)


def _finish(
    name: str, made: Any, quiet_zone: int, payload: Payload, expected: zxing.Segment
) -> Symbol:
    import numpy as np

    symbol = Symbol(name, np.array([list(row) for row in made.matrix]), quiet_zone, payload)
    format_name = "QRCode" if name == "qr" else "MicroQRCode"
    zxing.confirm(format_name, symbol.modules, quiet_zone, ("]Q1",), expected)
    return symbol
