"""Writers of equipment as a job opens them."""

from __future__ import annotations

from typing import Any

from markcode import equipment
from markcode.equipment import Setup, Writer
from markcode.equipment.settings import resolve

__all__ = ["setup", "writer"]


def setup(name: str, settings: dict[str, str] | None = None, **sizes: Any) -> Setup:
    """Return what an equipment is told of a job of marks with one line, 1.6 mm high at 0.4 mm."""
    chosen = equipment.get(name)
    usual = {"lines": 1, "height_nm": 1_600_000, "module_nm": 400_000}
    resolved = resolve(name, chosen.settings, settings or {})
    return Setup(equipment=chosen, settings=resolved, **{**usual, **sizes})


def writer(name: str, settings: dict[str, str] | None = None, **sizes: Any) -> Writer:
    """Return the writer of `setup`."""
    job = setup(name, settings, **sizes)
    return job.equipment.open(job)
