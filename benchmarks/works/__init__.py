"""The works, one subject a module. Each module has ``works(quick)``, which gives its works."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from benchmarks.work import Work

__all__ = ["every_work"]


def every_work(quick: bool) -> Iterator[Work]:
    """Give the works of every module, by the module's name."""
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        yield from import_module(f"{__name__}.{module.name}").works(quick)
