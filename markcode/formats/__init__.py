"""The marking standards: one module for each, a declaration and only what is odd about it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markcode import declaring
from markcode.declaration import Declaration
from markcode.errors import FormatFileError, ProfileError
from markcode.format import Format
from markcode.model import Elements

if TYPE_CHECKING:
    from markcode.checks import CheckSystem
    from markcode.code_lists import CodeList

__all__ = ["declaration", "get_format", "list_formats"]


_IN_FILES = (
    *("un-protocol", "iti", "mosaic-0530", "oas-cifta"),
    *("eu-2021-555", "eu-deact", "ecowas", "recsa", "sadc", "kinshasa"),
)
_NATIONAL_IN_FILES = (
    *("ca-2004-275", "de-waffg-24", "es-28", "za-23", "gt-15-2009", "co-indumil", "pa-57-2011"),
    *("br-7dlog-2006", "ar-395-75", "ni-510", "ni-28-2005", "cr-37985", "sv-import"),
    "pe-sucamec",
)
_NAMES = (*_IN_FILES, "us-478-92", "us-pmf", *_NATIONAL_IN_FILES, "iuid", "gs1")


@cache
def declaration(name: str) -> Declaration:
    """Return a built-in declaration. KeyError for a name that `list_formats` does not have."""
    match name:
        case "us-478-92" | "us-pmf":
            from markcode.formats import us

            return us.US_478_92 if name == "us-478-92" else us.PMF
        case "iuid":
            from markcode.formats import iuid

            return iuid.DECLARATION
        case "gs1":
            from markcode.formats import gs1

            return gs1.DECLARATION
        case _:
            return declaring.built_in(name)


def list_formats() -> tuple[str, ...]:
    """Return the names of the built-in formats: international, national, codes.

    >>> len(list_formats()), list_formats()[:3]
    (28, ('un-protocol', 'iti', 'mosaic-0530'))
    """
    return _NAMES


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
    declared = _declaration(str(name))
    given = dict(options or {})
    configured = declared.configured(given)
    if declared.check is not None and check not in (None, declared.check):
        raise ProfileError(f"{declared.name} fixes its check: it is {declared.check}, not {check}")
    chosen = check or declared.check
    system = None if chosen is None else _check(chosen)
    if system is not None and check_over is None:
        check_over = declared.check_over[0] if declared.check_over else "mark"
    lists = _code_lists(codes) if codes else {}
    defaults = {o.key: o.default for o in declared.options if o.values}
    return Format(configured, system, check_over, Elements(lists), Elements({**defaults, **given}))


def _check(name: str) -> CheckSystem:
    from markcode import checks

    return checks.get(name)


def _code_lists(codes: Mapping[str, str | Path | CodeList]) -> dict[str, CodeList]:
    from markcode.code_lists import CodeList

    return {
        element: source if isinstance(source, CodeList) else CodeList.read(element, source)
        for element, source in codes.items()
    }


def _declaration(name: str) -> Declaration:
    known = list_formats()
    if name in known:
        return declaration(name)
    if name.lower().endswith(".toml"):
        own = declaring.load_file(name)
        if own.name in known:
            raise FormatFileError(
                name, f"{own.name!r} is a built-in format; choose another name", key="name"
            )
        return own
    import difflib

    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    raise ProfileError(f"no format {name!r}: {hint}the formats are {', '.join(known)}")
