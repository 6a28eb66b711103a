"""How a shape looks on the metal: what a round tool of a given width leaves."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from markcode.engraving.font import Path, Point, Shape
from markcode.symbols.png_file import NM_PER_INCH
from markcode.symbols.raster import fill

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["struck"]


def struck(
    shape: Shape, size_nm: tuple[int, int], *, tool_nm: int, dpi: int, margin_nm: int = 0
) -> NDArray[np.bool_]:
    """Return the marked dots of a picture, rows by columns, of a field of ``size_nm``.

    The field is so wide and high from (0, 0), with a margin on each side. Areas are filled as they
    are; a groove or a dot is ``tool_nm`` wide around its centre. A dot of the picture is marked if
    its centre is.
    """
    import numpy as np

    step = NM_PER_INCH / dpi
    columns, rows = (-int(-(side + 2 * margin_nm) // step) for side in size_nm)
    rings = [[((x + margin_nm) / step, (y + margin_nm) / step) for x, y in r] for r in shape.rings]
    picture: NDArray[np.bool_] = fill(rings, columns, rows).astype(np.bool_)
    radius = tool_nm / 2 / step
    for start, end in _legs(shape):
        (x0, y0), (x1, y1) = (
            ((x + margin_nm) / step - 0.5, (y + margin_nm) / step - 0.5) for x, y in (start, end)
        )
        left, right = (max(0, int(at)) for at in (min(x0, x1) - radius, max(x0, x1) + radius + 2))
        top, base = (max(0, int(at)) for at in (min(y0, y1) - radius, max(y0, y1) + radius + 2))
        part = picture[top:base, left:right]
        y, x = np.ogrid[top : top + part.shape[0], left : left + part.shape[1]]
        across, down = x1 - x0, y1 - y0
        along = ((x - x0) * across + (y - y0) * down) / max(across**2 + down**2, 1e-12)
        nearest = np.clip(along, 0, 1)
        part |= (x - x0 - nearest * across) ** 2 + (y - y0 - nearest * down) ** 2 <= radius**2
    return picture


def _legs(shape: Shape) -> Iterator[tuple[Point, Point]]:
    """Yield the straight parts of strokes, and dots as parts without a length."""
    paths: Iterator[Path] = itertools.chain(shape.strokes, ((dot, dot) for dot in shape.dots))
    for path in paths:
        yield from itertools.pairwise(path)
