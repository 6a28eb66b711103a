"""What was issued, what was struck, and what became of it: the ledger.

A ledger is one table of entries, in a chain for each station, and the tables by which they are
found (`markcode.ledger.schema`). Needs the extra ``ledger``.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from markcode.errors import MissingExtra

if TYPE_CHECKING:
    from markcode.ledger.backup import restore
    from markcode.ledger.founding import Founded, found
    from markcode.ledger.ledger import Clock, Ledger

__all__ = ["Clock", "Founded", "Ledger", "found", "restore"]

_MODULES = {
    "Clock": "ledger",
    "Founded": "founding",
    "Ledger": "ledger",
    "found": "founding",
    "restore": "backup",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = importlib.import_module(f"markcode.ledger.{_MODULES[name]}")
    except ModuleNotFoundError as fault:
        if (fault.name or "").partition(".")[0] == "markcode":
            raise
        raise MissingExtra(fault.name or "sqlalchemy", "ledger") from fault
    return getattr(module, name)
