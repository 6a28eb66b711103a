"""PDF files as pdfium opens them: a program that shares nothing with the one that wrote them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pypdfium2
import zxingcpp
from numpy.typing import NDArray

__all__ = ["Page", "pages"]

_MM = 25.4


class Page:
    """One page."""

    def __init__(self, page: Any) -> None:
        width, height = page.get_size()
        self.size_mm = (width * _MM / 72, height * _MM / 72)
        self.text: str = page.get_textpage().get_text_range().replace("\r\n", "\n")
        self._page = page

    def grey(self, dpi: int) -> NDArray[np.uint8]:
        """Return rows by columns of grey; 0 is dark."""
        picture: NDArray[np.uint8] = self._page.render(scale=dpi / 72, grayscale=True).to_numpy()
        return picture.reshape(picture.shape[:2])

    def box_mm(self, dpi: int = 2400) -> tuple[float, float, float, float]:
        """Return left, top, right and bottom of what is dark."""
        dark = self.grey(dpi) < 128
        columns, rows = np.flatnonzero(dark.any(axis=0)), np.flatnonzero(dark.any(axis=1))
        edges = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
        left, top, right, bottom = (float(edge) * _MM / dpi for edge in edges)
        return left, top, right, bottom

    def symbols(
        self, dpi: int = 300, from_mm: float = 0, until_mm: float | None = None
    ) -> list[tuple[str, bytes]]:
        """Return kind and content of the symbols, from top to bottom and left to right.

        Only what stands between two distances from the left edge is looked at.
        """
        left, right = round(from_mm / _MM * dpi), round((until_mm or self.size_mm[0]) / _MM * dpi)
        found = zxingcpp.read_barcodes(np.ascontiguousarray(self.grey(dpi)[:, left:right]))
        found = sorted(found, key=lambda one: (one.position.top_left.y, one.position.top_left.x))
        return [(one.format.name, one.bytes) for one in found]


def pages(data: bytes) -> list[Page]:
    """Return the pages of a file."""
    document = pypdfium2.PdfDocument(data)
    return [Page(document[number]) for number in range(len(document))]
