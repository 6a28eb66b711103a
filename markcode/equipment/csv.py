"""Equipment ``csv``: the machine takes marks.csv, which every job holds, and nothing else."""

from __future__ import annotations

from markcode.equipment.mark import EachAlone, Mark, Rendered

__all__ = ["CsvWriter"]


class CsvWriter(EachAlone):
    """Adds nothing to the job."""

    has_file = False
    line_files: tuple[str, ...] = ()

    def render(self, mark: Mark) -> Rendered:
        """Return no bytes."""
        return Rendered()
