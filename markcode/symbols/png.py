"""PNG with whole dots for each module, and sheets of such pictures."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from markcode import lengths
from markcode.errors import SymbolError
from markcode.symbols.emblems import Emblem
from markcode.symbols.filling import MAX_DOTS, fill
from markcode.symbols.glyphs import EM, glyph
from markcode.symbols.layout import Arrangement, Layout, arrange
from markcode.symbols.png_file import NM_PER_INCH, encode, encode_changes
from markcode.symbols.sheets import Grid, Mark, Sheet, lay_out
from markcode.symbols.symbol import Symbol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

__all__ = ["Picture", "contact_sheet", "sheet_size", "to_png", "to_png_sheet"]

_LEAST_DOTS = 2
_LEAST_TEXT_DOTS = 8
_FINE = 4
"""Samples along each side of a dot when a character is drawn."""


@dataclass(frozen=True)
class Picture:
    """A PNG file and the sizes that its dots give; zero where there is no symbol or no text."""

    bytes: bytes
    width_px: int
    height_px: int
    dpi: int
    achieved_module_nm: int
    achieved_height_nm: int


def to_png(
    lines: Sequence[str],
    symbol: Symbol | None,
    *,
    height_nm: int,
    module_nm: int,
    dpi: int,
    arrangement: Arrangement | None = None,
    emblems: Mapping[str, Emblem] | None = None,
) -> Picture:
    """Return a black and white picture of the lines of a mark and its symbol.

    A module is the nearest whole number of dots, at least 2; the text is never lower than
    ``height_nm``. What that comes to stands in the result. ``emblems`` gives outlines of drawn
    symbols by name (`markcode.symbols.emblems`). Raises `SymbolError`.
    """
    height, module = _in_dots(height_nm, module_nm, dpi, any(lines), symbol is not None)
    symbol = _with_dotted_bars(symbol, module_nm, dpi)
    layout = arrange(
        lines,
        symbol,
        height=height,
        module=module,
        arrangement=arrangement,
        emblems=emblems,
    )
    _refuse_many_dots(layout.width, layout.height)
    return Picture(
        encode(_paint(layout, symbol, height, module), dpi),
        layout.width,
        layout.height,
        dpi,
        module * NM_PER_INCH // dpi if symbol is not None else 0,
        height * NM_PER_INCH // dpi if layout.characters else 0,
    )


def to_png_sheet(
    marks: Sequence[Mark],
    grid: Grid,
    *,
    height_nm: int,
    module_nm: int,
    dpi: int,
    arrangement: Arrangement | None = None,
    emblems: Mapping[str, Emblem] | None = None,
) -> Picture:
    """Return a black and white picture of a sheet of marks, each as `to_png` draws it.

    A cell begins at the last whole dot before its place. Raises `SymbolError`.
    """
    sheet, size = _sheet_in_dots(
        marks, grid, height_nm, module_nm, dpi, arrangement=arrangement, emblems=emblems
    )
    changed, numbers = _paint_sheet(sheet)
    return replace(size, bytes=encode_changes(changed, numbers, sheet.height, sheet.width, dpi))


def sheet_size(
    marks: Sequence[Mark],
    grid: Grid,
    *,
    height_nm: int,
    module_nm: int,
    dpi: int,
    arrangement: Arrangement | None = None,
    emblems: Mapping[str, Emblem] | None = None,
) -> Picture:
    """Return what `to_png_sheet` returns, without the picture: ``bytes`` is empty.

    Raises `SymbolError` wherever it does.
    """
    sheet, size = _sheet_in_dots(
        marks, grid, height_nm, module_nm, dpi, arrangement=arrangement, emblems=emblems
    )
    for cell in sheet.cells:
        for placed in cell.layout.characters:
            _bitmap(placed.char, sheet.text_height, placed.emblem)
    return size


def _sheet_in_dots(
    marks: Sequence[Mark],
    grid: Grid,
    height_nm: int,
    module_nm: int,
    dpi: int,
    *,
    arrangement: Arrangement | None,
    emblems: Mapping[str, Emblem] | None,
) -> tuple[Sheet, Picture]:
    has_text = any(any(lines) for lines, _ in marks)
    has_symbol = any(symbol is not None for _, symbol in marks)
    height, module = _in_dots(height_nm, module_nm, dpi, has_text, has_symbol)
    sheet = lay_out(
        [(lines, _with_dotted_bars(symbol, module_nm, dpi)) for lines, symbol in marks],
        grid,
        height=height,
        module=module,
        unit_nm=Fraction(NM_PER_INCH, dpi),
        arrangement=arrangement,
        emblems=emblems,
    )
    _refuse_many_dots(sheet.width, sheet.height)
    lettered = any(cell.layout.characters for cell in sheet.cells)
    size = Picture(
        b"",
        sheet.width,
        sheet.height,
        dpi,
        module * NM_PER_INCH // dpi if has_symbol else 0,
        height * NM_PER_INCH // dpi if lettered else 0,
    )
    return sheet, size


def _in_dots(
    height_nm: int, module_nm: int, dpi: int, has_text: bool, has_symbol: bool
) -> tuple[int, int]:
    """Return the height of text and the module in dots. Raises `SymbolError` for too few."""
    if type(dpi) is not int or dpi < 1:
        raise SymbolError(f"dpi is a whole number of dots an inch, not {dpi!r}")
    module = (2 * module_nm * dpi + NM_PER_INCH) // (2 * NM_PER_INCH)
    height = -(-height_nm * dpi // NM_PER_INCH)
    if has_symbol and module < _LEAST_DOTS:
        raise SymbolError(
            f"a module of {lengths.to_text(module_nm)} at {dpi} dpi has {module} dots and needs at "
            f"least {_LEAST_DOTS}: use a finer picture or a larger module"
        )
    if has_text and height < _LEAST_TEXT_DOTS:
        raise SymbolError(
            f"text of {lengths.to_text(height_nm)} at {dpi} dpi is {height} dots high and needs at "
            f"least {_LEAST_TEXT_DOTS} to be read: use a finer picture"
        )
    return height, max(module, 1)


def _with_dotted_bars(symbol: Symbol | None, module_nm: int, dpi: int) -> Symbol | None:
    """Return a symbol whose bars have their height in dots."""
    if symbol is None or not symbol.is_linear:
        return symbol
    bars = -(-symbol.row_height_nm(module_nm) * dpi // NM_PER_INCH)
    return replace(symbol, bar_height_nm=bars)


def _refuse_many_dots(width: int, height: int) -> None:
    if width * height > MAX_DOTS:
        raise SymbolError(f"{width} x {height} dots are too many: lower the dpi")


def contact_sheet(
    pictures: Sequence[Picture | bytes],
    labels: Sequence[str] = (),
    *,
    columns: int = 3,
    label_px: int = 16,
) -> bytes:
    """Return one PNG that shows black and white ``pictures`` in a grid, labels above them.

    ``pictures`` are results of `to_png` or the bytes of such files. Labels are drawn with our own
    glyphs (`markcode.symbols.glyphs.is_drawable`). Raises `SymbolError`.
    """
    import numpy as np

    if not pictures:
        raise SymbolError("there are no pictures for the sheet")
    cells = []
    for index, picture in enumerate(pictures):
        label = labels[index] if index < len(labels) else ""
        dark = _dots(picture if isinstance(picture, bytes) else picture.bytes)
        cells.append(_stacked(_label(label, label_px), dark) if label.strip(" ") else dark)
    wide = max(cell.shape[1] for cell in cells) + label_px
    bands = [cells[start : start + columns] for start in range(0, len(cells), columns)]
    heights = [max(cell.shape[0] for cell in band) + label_px for band in bands]
    sheet = np.zeros((sum(heights) + label_px, columns * wide + label_px), dtype=np.bool_)
    y = label_px
    for band, height in zip(bands, heights, strict=True):
        for number, cell in enumerate(band):
            x = label_px + number * wide
            sheet[y : y + cell.shape[0], x : x + cell.shape[1]] = cell
        y += height
    return encode(sheet, 96)


def _dots(png: bytes) -> NDArray[np.bool_]:
    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        dark: NDArray[np.bool_] = ~np.asarray(image.convert("1"))
    return dark


def _stacked(above: NDArray[np.bool_], below: NDArray[np.bool_]) -> NDArray[np.bool_]:
    import numpy as np

    wide = max(above.shape[1], below.shape[1])
    return np.vstack([np.pad(part, ((0, 0), (0, wide - part.shape[1]))) for part in (above, below)])


def _label(text: str, height: int) -> NDArray[np.bool_]:
    layout = arrange([text], None, height=height, module=1)
    return _paint(layout, None, height, 1)


def _paint(layout: Layout, symbol: Symbol | None, height: int, module: int) -> NDArray[np.bool_]:
    """Return the dots, True where dark; ``height`` and ``module`` are in dots."""
    import numpy as np

    dark = np.zeros((layout.height, layout.width), dtype=np.bool_)
    for placed in layout.characters:
        shape = _bitmap(placed.char, height, placed.emblem)
        dark[placed.y : placed.y + height, placed.x : placed.x + shape.shape[1]] |= shape
    if symbol is not None and layout.symbol_at is not None:
        x, y = layout.symbol_at
        rows = symbol.row_height_nm(module)
        modules = symbol.modules.repeat(rows, axis=0).repeat(module, axis=1)
        dark[y : y + modules.shape[0], x : x + modules.shape[1]] = modules
    return dark


@lru_cache(maxsize=512)
def _bitmap(char: str, height: int, emblem: Emblem | None = None) -> NDArray[np.bool_]:
    """Return the dots of which at least half is inside the outline of a character or ``emblem``."""
    shape = emblem or glyph(char)
    width = -(-shape.width * height // EM)
    scale = height * _FINE / EM
    rings = [[(x * scale, y * scale) for x, y in ring] for ring in shape.rings]
    fine = fill(rings, width * _FINE, height * _FINE)
    covered = fine.reshape(height, _FINE, width, _FINE).sum(axis=(1, 3))
    dots: NDArray[np.bool_] = covered * 2 >= _FINE * _FINE
    if not dots.any():
        raise SymbolError(f"{char} is too fine to show with {height} dots: use a finer picture")
    dots.setflags(write=False)
    return dots


def _paint_sheet(sheet: Sheet) -> tuple[NDArray[np.uint8], Ints]:
    """Return the rows of dots that differ from the row above, packed, and their numbers.

    Most rows of modules are repeated, so that only few of the rows are painted at all.
    """
    import numpy as np

    height, module = sheet.text_height, sheet.module
    changes = np.zeros(sheet.height + 1, dtype=np.bool_)
    changes[0] = True
    for cell in sheet.cells:
        for placed in cell.layout.characters:
            changes[cell.y + placed.y : cell.y + placed.y + height + 1] = True
        if cell.symbol is not None and cell.layout.symbol_at is not None:
            top, tall = cell.y + cell.layout.symbol_at[1], cell.symbol.row_height_nm(module)
            changes[top : top + cell.symbol.rows * tall + 1 : tall] = True
    numbers = np.flatnonzero(changes[:-1])
    row_of = (np.cumsum(changes) - 1).tolist()
    dark = np.zeros((len(numbers), sheet.width), dtype=np.bool_)
    modules_of = lru_cache(maxsize=8)(
        lambda first, last, top, tall: (numbers[first:last] - top) // tall
    )
    for cell in sheet.cells:
        for placed in cell.layout.characters:
            shape = _bitmap(placed.char, height, placed.emblem)
            x, top = cell.x + placed.x, row_of[cell.y + placed.y]
            dark[top : top + height, x : x + shape.shape[1]] |= shape
        if cell.symbol is not None and cell.layout.symbol_at is not None:
            x, y = cell.x + cell.layout.symbol_at[0], cell.y + cell.layout.symbol_at[1]
            tall = cell.symbol.row_height_nm(module)
            first, last = row_of[y], row_of[y + cell.symbol.rows * tall]
            shown = cell.symbol.modules.take(modules_of(first, last, y, tall), axis=0)
            dark[first:last, x : x + shown.shape[1] * module] = shown.repeat(module, axis=1)
    return np.packbits(~dark, axis=1), numbers
