"""How far apart two characters look once they are struck, with one laid over the other."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from markcode.engraving.fonts import Shape
from markcode.engraving.struck import struck

HEIGHT = 1_600_000
TOOL = 200_000
DPI = 300
FINE = 4
"""Samples along each side of a dot of the picture."""
REACH = 5
"""Dots of the picture by which one character is shifted each way."""

Ink = NDArray[np.bool_]


def ink(shape: Shape) -> Ink:
    """Return a character of 1.6 mm as a tool of 0.2 mm leaves it, sampled finer than 300 dpi."""
    return struck(
        shape, (2_000_000, HEIGHT), tool_nm=TOOL, dpi=DPI * FINE, margin_nm=6 * 25_400_000 // DPI
    )


def distance(one: Ink, other: Ink) -> float:
    """Return the part of both areas that only one of them covers, at the shift where it is least.

    The pictures have 300 dpi and are grey where a dot is covered in part; ``other`` is shifted by
    up to five dots each way, in steps of a dot and, across, of a quarter of one. 0 is the same, 1
    has nothing in common.
    """
    fixed = _grey(one)
    return min(_least(fixed, _grey(np.roll(other, across, 1))) for across in range(FINE))


def _grey(fine: Ink) -> NDArray[np.float64]:
    rows, columns = (side // FINE for side in fine.shape)
    dots = fine[: rows * FINE, : columns * FINE].reshape(rows, FINE, columns, FINE)
    grey: NDArray[np.float64] = dots.mean((1, 3))
    return grey


def _least(fixed: NDArray[np.float64], moved: NDArray[np.float64]) -> float:
    shifted = sliding_window_view(np.pad(moved, REACH), fixed.shape)
    unlike = np.abs(shifted - fixed).sum((2, 3)) / np.maximum(shifted, fixed).sum((2, 3))
    return float(unlike.min())
