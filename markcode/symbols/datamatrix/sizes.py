"""The sizes of Data Matrix ECC 200: ISO/IEC 16022:2006 table 7, and ISO/IEC 21471:2020 (DMRE)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

__all__ = ["BY_NAME", "EXTENSIONS", "RECTANGLES", "SHAPES", "SQUARES", "Shape", "Size"]

Shape = Literal["square", "rectangle", "dmre"]


@dataclass(frozen=True)
class Size:
    """One size of symbol: its modules with finder and clock edges, and its codewords."""

    rows: int
    columns: int
    data: int
    """Codewords of data and pads."""
    correction: int
    """Codewords of error correction, of all blocks together."""
    blocks: int = 1
    """Interleaved Reed-Solomon blocks; codeword ``i`` belongs to block ``i % blocks``."""
    down: int = 1
    """Data regions one below the other, each with finder and clock edges of its own."""
    across: int = 1
    """Data regions side by side."""

    @cached_property
    def name(self) -> str:
        """Rows x columns, such as ``18x18``."""
        return f"{self.rows}x{self.columns}"

    @property
    def codewords(self) -> int:
        """All codewords."""
        return self.data + self.correction

    @property
    def mapping(self) -> tuple[int, int]:
        """Rows and columns of modules that bear codewords, the regions put together."""
        return self.rows - 2 * self.down, self.columns - 2 * self.across


SQUARES: tuple[Size, ...] = (
    Size(10, 10, 3, 5),
    Size(12, 12, 5, 7),
    Size(14, 14, 8, 10),
    Size(16, 16, 12, 12),
    Size(18, 18, 18, 14),
    Size(20, 20, 22, 18),
    Size(22, 22, 30, 20),
    Size(24, 24, 36, 24),
    Size(26, 26, 44, 28),
    Size(32, 32, 62, 36, 1, 2, 2),
    Size(36, 36, 86, 42, 1, 2, 2),
    Size(40, 40, 114, 48, 1, 2, 2),
    Size(44, 44, 144, 56, 1, 2, 2),
    Size(48, 48, 174, 68, 1, 2, 2),
    Size(52, 52, 204, 84, 2, 2, 2),
    Size(64, 64, 280, 112, 2, 4, 4),
    Size(72, 72, 368, 144, 4, 4, 4),
    Size(80, 80, 456, 192, 4, 4, 4),
    Size(88, 88, 576, 224, 4, 4, 4),
    Size(96, 96, 696, 272, 4, 4, 4),
    Size(104, 104, 816, 336, 6, 4, 4),
    Size(120, 120, 1050, 408, 6, 6, 6),
    Size(132, 132, 1304, 496, 8, 6, 6),
    Size(144, 144, 1558, 620, 10, 6, 6),
)
"""Smallest first."""

RECTANGLES: tuple[Size, ...] = (
    Size(8, 18, 5, 7),
    Size(8, 32, 10, 11, 1, 1, 2),
    Size(12, 26, 16, 14),
    Size(12, 36, 22, 18, 1, 1, 2),
    Size(16, 36, 32, 24, 1, 1, 2),
    Size(16, 48, 49, 28, 1, 1, 2),
)
"""In order of what they hold."""

EXTENSIONS: tuple[Size, ...] = (
    Size(8, 48, 18, 15, 1, 1, 2),
    Size(8, 64, 24, 18, 1, 1, 4),
    Size(8, 80, 32, 22, 1, 1, 4),
    Size(8, 96, 38, 28, 1, 1, 4),
    Size(12, 64, 43, 27, 1, 1, 4),
    Size(20, 36, 44, 28, 1, 1, 2),
    Size(8, 120, 49, 32, 1, 1, 6),
    Size(20, 44, 56, 34, 1, 1, 2),
    Size(16, 64, 62, 36, 1, 1, 4),
    Size(8, 144, 63, 36, 1, 1, 6),
    Size(12, 88, 64, 36, 1, 1, 4),
    Size(26, 40, 70, 38, 1, 1, 2),
    Size(22, 48, 72, 38, 1, 1, 2),
    Size(24, 48, 80, 41, 1, 1, 2),
    Size(20, 64, 84, 42, 1, 1, 4),
    Size(26, 48, 90, 42, 1, 1, 2),
    Size(24, 64, 108, 46, 1, 1, 4),
    Size(26, 64, 118, 50, 1, 1, 4),
)
"""The rectangles of DMRE, in order of what they hold."""

BY_NAME: dict[str, Size] = {size.name: size for size in (*SQUARES, *RECTANGLES, *EXTENSIONS)}

SHAPES: dict[Shape, tuple[Size, ...]] = {
    "square": SQUARES,
    "rectangle": RECTANGLES,
    "dmre": tuple(sorted((*RECTANGLES, *EXTENSIONS), key=lambda size: size.data)),
}
"""What may be chosen of: squares, rectangles, or the rectangles of both standards."""
