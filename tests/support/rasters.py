"""Pictures of drawings, rastered from the files by programs that share nothing with their writers.

A picture is an array of bool, True where the metal is marked, `SCALE` pixels a millimetre, with the
upper left corner of the drawing at its own.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

__all__ = ["SCALE", "Canvas", "Picture", "dxf", "pdf", "svg"]

SCALE = 100
"""Pixels a millimetre: one is 0.01 mm."""
Picture = NDArray[np.bool_]
XY = tuple[float, float]
"""Millimetres, y downwards."""


class Canvas:
    """Draws with Pillow; shapes given ring by ring make an even-odd fill together."""

    def __init__(self, width_mm: float, height_mm: float) -> None:
        self._wide, self._tall = round(width_mm * SCALE), round(height_mm * SCALE)
        self.dark: Picture = np.zeros((self._tall, self._wide), np.bool_)

    def ring(self, points: Sequence[XY]) -> None:
        """Turn what a closed ring encloses."""
        self._draw(points, 0, lambda pen, at: pen.polygon(at, fill=1), turns=True)

    def line(self, points: Sequence[XY], width: float) -> None:
        """Draw a line with round ends."""

        def draw(pen: ImageDraw.ImageDraw, at: list[XY]) -> None:
            pen.line(at, fill=1, width=max(1, round(width * SCALE)))
            half = width * SCALE / 2
            for x, y in at:
                pen.ellipse((x - half, y - half, x + half, y + half), fill=1)

        self._draw(points, width, draw)

    def dot(self, x: float, y: float, diameter: float) -> None:
        """Draw a disc."""
        half = diameter * SCALE / 2

        def draw(pen: ImageDraw.ImageDraw, at: list[XY]) -> None:
            ((left, top),) = at
            pen.ellipse((left - half, top - half, left + half, top + half), fill=1)

        self._draw([(x, y)], diameter, draw)

    def _draw(self, points: Sequence[XY], wide: float, draw: object, turns: bool = False) -> None:
        xs, ys = [x * SCALE - 0.5 for x, _ in points], [y * SCALE - 0.5 for _, y in points]
        room = wide * SCALE / 2 + 2
        left, top = int(min(xs) - room), int(min(ys) - room)
        right, bottom = int(max(xs) + room) + 1, int(max(ys) + room) + 1
        image = Image.new("1", (right - left, bottom - top))
        assert callable(draw)
        draw(ImageDraw.Draw(image), [(x - left, y - top) for x, y in zip(xs, ys, strict=True)])
        made = np.array(image, np.bool_)
        # What lies outside the drawing is a fault of the file, which shows as a wrong box.
        cut_top, cut_left = max(0, -top), max(0, -left)
        made = made[cut_top : self._tall - top, cut_left : self._wide - left]
        at = self.dark[max(top, 0) :, max(left, 0) :][: made.shape[0], : made.shape[1]]
        if turns:
            at ^= made
        else:
            at |= made


def svg(data: bytes) -> Picture:
    """Return what resvg draws; half as many pixels are enough, for it counts parts of them."""
    import resvg_py

    png = resvg_py.svg_to_bytes(svg_string=data.decode(), dpi=round(25.4 * SCALE / 2))
    picture = _dark(Image.open(io.BytesIO(bytes(png))))
    return picture.repeat(2, axis=0).repeat(2, axis=1)


def pdf(data: bytes) -> Picture:
    """Return what pdfium draws of the first page."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        bitmap = document[0].render(scale=SCALE * 25.4 / 72, grayscale=True)
        return _dark(bitmap.to_pil())
    finally:
        document.close()


def _dark(image: Image.Image) -> Picture:
    if image.mode in ("RGBA", "LA"):
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image.convert("RGBA"))
    return np.array(image.convert("L")) < 140


def dxf(
    data: bytes, width: float, height: float, filled: Iterable[str], tool: float, dot: float
) -> Picture:
    """Return the picture of the layers that are on, as ezdxf reads them.

    Closed polylines on the layers ``filled`` are hatched, all others are lines of the tool's width;
    a point is a dot of the diameter ``dot``. Lengths in millimetres.
    """
    from ezdxf import path
    from ezdxf.filemanagement import read

    document = read(io.StringIO(data.decode("ascii")))
    assert not document.audit().errors
    assert document.header["$INSUNITS"] == 4
    canvas = Canvas(width, height)
    for entity in document.modelspace():
        layer = entity.dxf.layer
        if document.layers.get(layer).is_off():
            continue
        if entity.dxftype() == "POINT":
            x, y, _ = entity.dxf.location
            canvas.dot(x, height - y, dot)
            continue
        points = [(p.x, height - p.y) for p in path.make_path(entity).flattening(0.001)]
        if entity.dxftype() == "CIRCLE" or layer in filled:
            canvas.ring(points)
        else:
            canvas.line(points, tool)
    return canvas.dark
