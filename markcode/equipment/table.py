"""Equipment ``csv`` and ``parquet``: marks.csv, which every job holds, and tables made of it."""

from __future__ import annotations

from markcode.equipment.mark import EachAlone, Mark, Rendered

__all__ = ["TableWriter"]


class TableWriter(EachAlone):
    """Adds nothing to the job for a single mark."""

    has_file = False
    line_files: tuple[str, ...] = ()

    def render(self, mark: Mark) -> Rendered:
        """Return no bytes."""
        return Rendered()
