"""One temporary folder for what a run of the benchmark writes."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

__all__ = ["folder"]


@cache
def folder() -> Path:
    """Return the folder, which is removed when the process ends."""
    made = tempfile.mkdtemp(prefix="markcode-benchmarks-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)
