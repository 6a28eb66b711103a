"""Check characters: ISO/IEC 7064 and friends, for one string or a whole column.

>>> system = get("iso7064-mod37-36")
>>> system.append("COINDU26070123809")
'COINDU26070123809R'
>>> system.is_valid("COINDU26070123809R"), system.is_valid("COINDU26070123808R")
(True, False)
"""

from __future__ import annotations

from difflib import get_close_matches

from markcode.checks.declared import SYSTEMS
from markcode.checks.system import FAULTS, CheckSystem
from markcode.errors import ProfileError

__all__ = ["FAULTS", "CheckSystem", "get", "names"]


def names() -> tuple[str, ...]:
    """Return the name of every check-character system."""
    return tuple(SYSTEMS)


def get(name: str) -> CheckSystem:
    """Return the system called ``name``. Raises `ProfileError`, which says what there is."""
    if name in SYSTEMS:
        return SYSTEMS[name]
    near = get_close_matches(str(name).lower(), SYSTEMS, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    raise ProfileError(
        f"{name!r} is no check-character system: {hint}known are {', '.join(SYSTEMS)}"
    )
