"""Plates of all styles, laid out as a job lays them out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from markcode.engraving.engraver import plate_of
from markcode.engraving.plate import Plate
from markcode.equipment import Mark
from markcode.equipment.plates import engraver_of
from markcode.symbols import make
from markcode.symbols.sheets import Grid
from writers import setup

__all__ = ["CELLS", "GRIDS", "SYMBOLS", "TEXTS", "decodable", "drawn_marks", "plate", "styles"]

TEXTS = ("outline", "stroke", "dots-5x7", "dots-9x13")
CELLS = ("outline", "cells", "dots")
SYMBOLS = (None, "datamatrix", "qr", "micro-qr", "code128")
GRIDS = (None, Grid(2, 2, (63_500_000, 25_400_000)))


def styles() -> Iterator[tuple[dict[str, str], str | None]]:
    """Yield every style with every symbol that can be made so; micro-qr with one text only."""
    for text, cells, symbol in product(TEXTS, CELLS, SYMBOLS):
        # Bars cannot be made of dots, and without a symbol all cells are alike.
        if (symbol, cells) == ("code128", "dots") or (symbol is None and cells != "outline"):
            continue
        if symbol != "micro-qr" or text == "stroke":
            yield {"text": text, "cells": cells}, symbol


def drawn_marks(symbol: str | None, count: int = 3) -> list[Mark]:
    """Return marks of two lines, with the drawn star in one of them."""
    texts = [f"KE{number:03d}" for number in range(count)]
    return [
        Mark(
            row,
            (text, "9X19 <STAR>" if row == 3 else "9X19"),
            None if symbol is None else make(symbol, text),
        )
        for row, text in enumerate(texts, start=2)
    ]


def plate(
    name: str,
    settings: Mapping[str, str],
    marks: Sequence[Mark],
    grid: Grid | None = None,
) -> Plate:
    """Return what the equipment ``name`` is to draw: the first mark, or all of them on a grid."""
    engraver = engraver_of(setup(name, dict(settings), lines=2, grid=grid))
    made = [engraver.engrave(mark.row, mark.drawn_lines, mark.symbol) for mark in marks]
    return plate_of(made if grid else made[:1], grid)


def decodable(picture: Image.Image, side: int) -> NDArray[np.uint8]:
    """Return a grey picture with dots grown to touch (standards/equipment.md 6.1)."""
    return np.asarray(picture.convert("L").filter(ImageFilter.MinFilter(side)))
