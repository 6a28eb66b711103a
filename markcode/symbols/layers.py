"""Layers of a drawing: what is marked alike, and what is only for reference.

A program for a laser sets power and speed by layer (standards/equipment.md 5.1, 5.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from markcode.symbols.symbol import Symbol

__all__ = ["BARS", "DM", "LAYERS", "OUTLINE", "QR", "QUIET", "REFERENCE", "TEXT", "layer_of"]

TEXT, DM, QR, BARS = "TEXT", "DM", "QR", "BARS"
QUIET, OUTLINE = "QUIET", "OUTLINE"
REFERENCE = (QUIET, OUTLINE)
"""Quiet zones and the edge of the face: never marked."""
LAYERS = (TEXT, DM, QR, BARS, *REFERENCE)

_OF_MATRIX: Mapping[str, str] = MappingProxyType({"datamatrix": DM, "qr": QR, "micro-qr": QR})


def layer_of(symbol: Symbol) -> str:
    """Return the layer of a symbol."""
    return _OF_MATRIX.get(symbol.symbology, BARS)
