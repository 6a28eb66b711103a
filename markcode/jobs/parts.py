"""The marks of a job as Parquet: files of some hundred thousand rows, one after another."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Parts", "file_name"]

ROWS = 1 << 19
"""Rows at which a file is closed."""


def file_name(number: int) -> str:
    """Return the name of a file, counted from 1.

    >>> file_name(12)
    'parquet/00012.parquet'
    """
    return f"parquet/{number:05}.parquet"


class Parts:
    """Gathers rows until they fill a file."""

    def __init__(self) -> None:
        self._frames: list[pl.DataFrame] = []
        self._rows = 0
        self._number = 0

    def add(self, frame: pl.DataFrame) -> Iterator[tuple[str, bytes]]:
        """Add rows; yield a file that they have filled, with its name."""
        self._frames.append(frame)
        self._rows += frame.height
        if self._rows >= ROWS:
            yield from self.rest()

    def rest(self) -> Iterator[tuple[str, bytes]]:
        """Yield what is still to be written."""
        import polars as pl

        if not self._frames:
            return
        self._number += 1
        file = io.BytesIO()
        whole = pl.concat(self._frames)
        whole.write_parquet(file, compression="zstd", compression_level=1, statistics=False)
        self._frames, self._rows = [], 0
        yield file_name(self._number), file.getvalue()
