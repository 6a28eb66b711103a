"""Symbols made of dots that do not touch, which a reader of pictures does not see as modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["GROWTHS", "thickened"]

GROWTHS = (3, 5, 7, 9, 13, 19)
"""Sides of the squares that dots are grown by, one after another until a symbol is read: dots of
60 % of the module then touch, up to modules of 1 mm at 600 dpi."""


def thickened(picture: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Return grey values, each the darkest in the square around it, ``side`` dots wide and odd.

    Only so are dots of every size read (standards/equipment.md 6.1).
    """
    import numpy as np
    from PIL import Image, ImageFilter

    return np.asarray(Image.fromarray(picture).filter(ImageFilter.MinFilter(side)))
