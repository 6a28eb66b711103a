"""Reading the CSV files of this package."""

from __future__ import annotations

import csv
from importlib import resources

__all__ = ["rows"]


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a file of this package, without its leading ``#`` lines."""
    text = (resources.files(__package__) / name).read_text(encoding="utf-8")
    lines = text.splitlines()
    start = next(at for at, line in enumerate(lines) if not line.startswith("#"))
    return list(csv.DictReader(lines[start:], strict=True))
