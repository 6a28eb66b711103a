"""Reading the CSV files of this package."""

from __future__ import annotations

import csv
import pkgutil

__all__ = ["rows"]


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a file of this package, without its leading ``#`` lines."""
    raw = pkgutil.get_data(__package__, name)
    assert raw is not None
    lines = raw.decode("utf-8").splitlines()
    start = next(at for at, line in enumerate(lines) if not line.startswith("#"))
    return list(csv.DictReader(lines[start:], strict=True))
