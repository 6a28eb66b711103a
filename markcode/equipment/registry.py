"""Which equipment there is: what comes with markcode, and what other packages add.

A declaration of ours is ``declared/NAME.toml``, and its ``function`` says where the writer is made
(module of `markcode.equipment`, colon, name). Another package adds an `Equipment` of its own as an
entry point of the group ``markcode.equipment``, under its name.
"""

from __future__ import annotations

import importlib
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib import metadata, resources
from typing import TYPE_CHECKING, Any

from markcode.equipment.declaration import Equipment, of_toml
from markcode.errors import JobError, MarkcodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from importlib.resources.abc import Traversable


__all__ = ["GROUP", "all_equipment", "find", "get", "names"]

GROUP = "markcode.equipment"
"""Of entry points."""
_SHARED = "_shared.toml"


def names() -> tuple[str, ...]:
    """Return the name of every equipment: ours first, then what other packages add."""
    return (*_ours(), *(name for name in sorted(_added()) if name not in _ours()))


def get(name: str) -> Equipment:
    """Return the equipment of a name. Raises `JobError` for an unknown one.

    >>> get("text").files
    ('line_1.txt', 'line_2.txt', '...')
    """
    found = find(name)
    if found is None:
        raise JobError(f"no equipment is called {name!r}; there are: {', '.join(names())}")
    return found


def find(name: str) -> Equipment | None:
    """Return the equipment of a name; None for an unknown one.

    Other packages are asked only for what is not ours. Raises `JobError` for what cannot be loaded.
    """
    if name in _ours():
        return _declared(name)
    return _loaded(_added()[name]) if name in _added() else None


def all_equipment(told: Callable[[JobError], object] | None = None) -> tuple[Equipment, ...]:
    """Return every equipment. What cannot be loaded is left out, and ``told`` why."""
    found = []
    for name in names():
        try:
            found.append(get(name))
        except JobError as fault:
            if told is not None:
                told(fault)
    return tuple(found)


@cache
def _ours() -> tuple[str, ...]:
    files = (file.name for file in _folder().iterdir())
    found = (name.removesuffix(".toml") for name in files if name.endswith(".toml"))
    return tuple(sorted(name for name in found if not name.startswith("_")))


def _folder() -> Traversable:
    return resources.files("markcode.equipment") / "declared"


@cache
def _shared() -> Mapping[str, Any]:
    return tomllib.loads((_folder() / _SHARED).read_text(encoding="utf-8"))


@cache
def _declared(name: str) -> Equipment:
    text = (_folder() / f"{name}.toml").read_text(encoding="utf-8")
    return of_toml(text, _Named, _shared())


@dataclass(frozen=True)
class _Named:
    """The function ``module:name``, whose module is imported when a job needs it."""

    function: str

    def __call__(self, *arguments: Any) -> Any:
        module, _, name = self.function.partition(":")
        return getattr(importlib.import_module(f"markcode.equipment.{module}"), name)(*arguments)


@cache
def _added() -> Mapping[str, metadata.EntryPoint]:
    return {point.name: point for point in metadata.entry_points(group=GROUP)}


@cache
def _loaded(point: metadata.EntryPoint) -> Equipment:
    """Return what an entry point names. Raises `JobError` where that is no equipment."""
    dist = point.dist
    provider = point.value if dist is None else f"{dist.name} {dist.version}"
    try:
        found = point.load()
    except MarkcodeError as fault:
        raise JobError(f"equipment {point.name} of {provider}: {fault}") from fault
    except Exception as fault:
        raise JobError(
            f"equipment {point.name} of {provider} cannot be loaded: "
            f"{type(fault).__name__}: {fault}"
        ) from fault
    if not isinstance(found, Equipment) or found.name != point.name:
        raise JobError(
            f"equipment {point.name} of {provider}: {point.value} is {found!r}, and must be a "
            f"markcode.equipment.Equipment of the name {point.name!r}"
        )
    return replace(found, provider=provider)
