"""Reading symbols from pictures.

>>> from markcode.symbols import datamatrix, png
>>> from markcode.reading import read
>>> import io
>>> from PIL import Image
>>> made = png.to_png([], datamatrix.encode("CO 26"), height_nm=1, module_nm=400_000, dpi=300)
>>> [(scan.symbology, scan.text) for scan in read(Image.open(io.BytesIO(made.bytes)))]
[('datamatrix', 'CO 26')]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markcode.reading.pictures import grey
from markcode.reading.scan import Scan, interpret

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from numpy.typing import NDArray
    from PIL.Image import Image

__all__ = ["Scan", "read"]


def read(image: str | Path | Image | NDArray[Any]) -> list[Scan]:
    """Return every symbol found in a picture, which may be none.

    ``image`` is the path of a picture (PNG, JPEG, TIFF ..., or an SVG or DXF that markcode wrote),
    a Pillow image, or an array of rows by columns, grey or RGB(A), of bool or unsigned bytes.
    Raises `UnreadableImage` for what is no picture, and for one too large to be a photograph.
    """
    from markcode.symbols import zxing

    return [interpret(barcode) for barcode in zxing.read(grey(image))]
