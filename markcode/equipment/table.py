"""Equipment ``parquet``, and ``csv`` without a dialect: marks.csv, and tables made of it."""

from __future__ import annotations

from markcode.equipment.mark import EachAlone, Mark, Rendered
from markcode.equipment.setup import Setup

__all__ = ["TableWriter", "open_table"]


class TableWriter(EachAlone):
    """Adds nothing to the job for a single mark."""

    is_columnar = True

    def render(self, mark: Mark) -> Rendered:
        """Return no bytes."""
        return Rendered()


def open_table(setup: Setup) -> TableWriter:
    """Return the writer."""
    return TableWriter()
