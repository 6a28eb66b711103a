"""Ink on dots of a picture: polygons, round dots and lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil, prod
from typing import TYPE_CHECKING

from markcode.errors import UnreadableImage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

__all__ = ["LEAST_DPI", "MAX_DOTS", "Ink", "Points", "fill"]

MAX_DOTS = 80_000_000
"""More than this in one picture is taken for a mistake or an attack."""
LEAST_DPI = 150
"""A module of 0.4 mm has more than two dots then."""
_WIDEST = 10.0
"""Millimetres; no tool is wider."""
_AT_ONCE = 4_000_000
"""Dots of the picture that are looked at together."""

Points = Sequence[tuple[float, float]]


def fill(rings: Iterable[Points], width: int, height: int) -> NDArray[np.bool_]:
    """Return the dots, rows by columns, whose centres lie inside ``rings`` by the even-odd rule.

    The rings are in dots: the dot in the corner has its centre at (0.5, 0.5).
    """
    import numpy as np

    paths = [np.asarray(ring, dtype=np.float64) for ring in rings]
    # Crossing an edge from the left flips inside and outside, for all dots further right.
    flips = np.zeros((height, width + 1), dtype=np.uint8)
    if not paths:
        return flips[:, :-1].astype(np.bool_)
    x0, y0 = np.concatenate(paths).T
    x1, y1 = np.concatenate([np.roll(path, -1, axis=0) for path in paths]).T
    first = np.clip(np.ceil(np.minimum(y0, y1) - 0.5), 0, height).astype(np.int64)
    beyond = np.clip(np.ceil(np.maximum(y0, y1) - 0.5), 0, height).astype(np.int64)
    crossed = beyond - first
    # One entry for each edge and each row of dots whose centres it crosses.
    edge = np.repeat(np.arange(len(x0)), crossed)
    rows = np.arange(len(edge)) - np.repeat(np.cumsum(crossed) - crossed - first, crossed)
    slope = (x1 - x0)[edge] / (y1 - y0)[edge]
    x = x0[edge] + (rows + 0.5 - y0[edge]) * slope
    columns = np.clip(np.ceil(x - 0.5), 0, width).astype(np.int64)
    np.bitwise_xor.at(flips, (rows, columns), 1)
    inside: NDArray[np.bool_] = np.bitwise_xor.accumulate(flips, axis=1)[:, :-1].astype(np.bool_)
    return inside


@dataclass
class Ink:
    """What is dark in a drawing, in millimetres, y downwards."""

    rings: list[Points] = field(default_factory=list)
    """Borders of areas that are filled together by the even-odd rule."""
    dots: list[tuple[float, float, float]] = field(default_factory=list)
    """Centre and radius; dots may overlap."""
    lines: list[tuple[Points, float]] = field(default_factory=list)
    """Points and width; the thinnest line is one dot of the picture wide."""

    def picture(self, width: float, height: float, dpi: int) -> Image:
        """Return a grey picture: a large one has less than ``dpi`` dots an inch, but `LEAST_DPI`.

        Raises `UnreadableImage` for one that is too large for that.
        """
        import numpy as np
        from PIL import Image

        def dots() -> tuple[int, int]:
            # What a float has too much is no further dot.
            wide, tall = (max(1, ceil(side * dpi / 25.4 - 1e-6)) for side in (width, height))
            return wide, tall

        while prod(dots()) > MAX_DOTS and dpi >= 2 * LEAST_DPI:
            dpi //= 2
        wide, tall = dots()
        if wide * tall > MAX_DOTS:
            raise UnreadableImage(f"{wide} x {tall} dots at {dpi} dpi are too many for a drawing")
        widest = max([2 * dot[2] for dot in self.dots] + [line[1] for line in self.lines] + [0.0])
        if widest > _WIDEST:
            raise UnreadableImage(f"a dot or line {widest:g} mm wide is too large for a mark")
        scale = dpi / 25.4
        dark = fill(([(x * scale, y * scale) for x, y in ring] for ring in self.rings), wide, tall)
        if self.dots:
            _stamp(dark, np.array(self.dots) * scale)
        for points, thick in self.lines:
            places = [(x * scale, y * scale) for x, y in points]
            for start, end in pairwise(places):
                _stroke(dark, start, end, max(0.5, thick * scale / 2))
        return Image.fromarray(np.where(dark, 0, 255).astype(np.uint8))


def _stroke(
    dark: NDArray[np.bool_], start: tuple[float, float], end: tuple[float, float], radius: float
) -> None:
    """Darken the dots of a picture whose centres are at most ``radius`` from a line."""
    import numpy as np

    (x0, y0), (x1, y1) = start, end
    left, right = max(0, int(min(x0, x1) - radius)), int(max(x0, x1) + radius) + 1
    top, bottom = max(0, int(min(y0, y1) - radius)), int(max(y0, y1) + radius) + 1
    window = dark[top:bottom, left:right]
    x = np.arange(left, left + window.shape[1]) + 0.5 - x0
    y = (np.arange(top, top + window.shape[0]) + 0.5 - y0)[:, None]
    across, down = x1 - x0, y1 - y0
    along = (x * across + y * down) / (across**2 + down**2 or 1.0)
    nearest = np.clip(along, 0.0, 1.0)
    window |= (x - nearest * across) ** 2 + (y - nearest * down) ** 2 <= radius**2


def _stamp(dark: NDArray[np.bool_], dots: NDArray[np.float64]) -> None:
    """Darken the dots of a picture whose centres lie within round ones: (x, y, radius) each."""
    import numpy as np

    height, width = dark.shape
    most = int(dots[:, 2].max()) + 1
    reach = np.arange(-most, most + 1)
    step = max(1, _AT_ONCE // len(reach) ** 2)
    for at in range(0, len(dots), step):
        x, y, radius = (values[:, None, None] for values in dots[at : at + step].T)
        columns = np.floor(x).astype(np.int64) + reach[None, None, :]
        rows = np.floor(y).astype(np.int64) + reach[None, :, None]
        inside = (columns + 0.5 - x) ** 2 + (rows + 0.5 - y) ** 2 <= radius**2
        inside &= (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
        all_columns, all_rows = np.broadcast_arrays(columns, rows)
        dark[all_rows[inside], all_columns[inside]] = True
