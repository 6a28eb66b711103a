"""Machine-readable symbols: payload -> modules -> picture.

>>> symbol = make("datamatrix", "CO INDU 26 07 01238 09 R")
>>> symbol.modules.shape, symbol.size_nm(400_000)
((18, 18), (8000000, 8000000))
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from markcode.errors import SymbolError
from markcode.model import Payload
from markcode.symbols import datamatrix, drawing, dxf, emblems, linear, png, qr, raster, sheets, svg
from markcode.symbols.datamatrix.sizes import Shape
from markcode.symbols.symbol import Symbol

__all__ = [
    "Symbol",
    "datamatrix",
    "drawing",
    "dxf",
    "emblems",
    "linear",
    "make",
    "names",
    "png",
    "qr",
    "raster",
    "shaped",
    "sheets",
    "svg",
]

_MAKERS: dict[str, Callable[..., Symbol]] = {
    "datamatrix": datamatrix.encode,
    "qr": qr.encode,
    "micro-qr": qr.encode_micro,
    "code128": linear.code128,
    "code39": linear.code39,
    "gs1-128": linear.gs1_128,
}


def names() -> tuple[str, ...]:
    """Return the names of the symbologies that can be written."""
    return tuple(_MAKERS)


def make(name: str, payload: Payload | str | bytes, **options: Any) -> Symbol:
    """Return the symbol called ``name`` for ``payload`` (text and bytes are taken as `Payload`).

    ``options`` are those of the symbology: ``size``, ``shape`` (datamatrix), ``error`` (qr,
    micro-qr), ``check`` (code39), ``bar_height_nm`` (linear ones). Raises `SymbolError` for an
    unknown name or option, and for a payload that cannot go in.
    """
    maker = _MAKERS.get(name)
    if maker is None:
        raise SymbolError(f"there is no symbology {name!r}; known are {', '.join(_MAKERS)}")
    known = [option for option in inspect.signature(maker).parameters if option != "payload"]
    unknown = [option for option in options if option not in known]
    if unknown:
        raise SymbolError(f"{name} has no option {unknown[0]!r}; it has {', '.join(known)}")
    return maker(payload, **options)


def shaped(name: str, payload: Payload | str | bytes, shape: Shape) -> Symbol:
    """Return what `make` does; ``shape`` counts for a Data Matrix alone. Raises `SymbolError`."""
    return make(name, payload, **({"shape": shape} if name == "datamatrix" else {}))
