"""The marking standards: one module for each, a declaration and only what is odd about it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from markcode import checks
from markcode.code_lists import CodeList
from markcode.declaration import Declaration
from markcode.errors import ProfileError
from markcode.format import Format
from markcode.model import Elements

__all__ = ["declarations", "get_format", "list_formats"]


@cache
def declarations() -> Mapping[str, Declaration]:
    """Return every built-in declaration by name."""
    from markcode.formats import iuid, mosaic_0530, us

    every = (mosaic_0530.DECLARATION, us.US_478_92, us.PMF, iuid.DECLARATION)
    return Elements({declaration.name: declaration for declaration in every})


def list_formats() -> tuple[str, ...]:
    """Return the names of the built-in formats.

    >>> list_formats()
    ('mosaic-0530', 'us-478-92', 'us-pmf', 'iuid')
    """
    return tuple(declarations())


def get_format(
    name: str | Path,
    check: str | None = None,
    check_over: str | None = None,
    codes: Mapping[str, str | Path | CodeList] | None = None,
    options: Mapping[str, str] | None = None,
) -> Format:
    """Return a format with its profile (contracts.md section 2).

    ``codes`` holds a code list, or the path of one, by element. Raises `ProfileError` for what is
    unknown or cannot go together, `TableError` for a code list that cannot be read.
    """
    declaration = _declaration(str(name))
    given = dict(options or {})
    configured = declaration.configured(given)
    system = None if check is None else checks.get(check)
    if system is not None and check_over is None:
        check_over = declaration.check_over[0]
    lists = {
        element: source if isinstance(source, CodeList) else CodeList.read(element, source)
        for element, source in (codes or {}).items()
    }
    defaults = {o.key: o.default for o in declaration.options if o.values}
    return Format(configured, system, check_over, Elements(lists), Elements({**defaults, **given}))


def _declaration(name: str) -> Declaration:
    known = declarations()
    if name in known:
        return known[name]
    if name.endswith(".toml"):
        raise ProfileError(
            f"{name}: formats of one's own, declared in a file, are not part of this version; "
            f"the formats are {', '.join(known)}"
        )
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    raise ProfileError(f"no format {name!r}: {hint}the formats are {', '.join(known)}")
