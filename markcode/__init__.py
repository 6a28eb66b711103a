"""markcode: encode, check and verify the marks that a firearm is traced by.

>>> import markcode
>>> fmt = markcode.get_format("mosaic-0530", check="iso7064-mod37-36")
>>> fmt.verify("CO INDU 26 07 01238 09 R").verdict
'valid'

Everything that is public is reached from here; each part is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markcode import checks, reading, symbols
    from markcode.code_lists import CodeList
    from markcode.comparison import compare
    from markcode.errors import (
        Ambiguous,
        CheckError,
        ElementError,
        FormatFileError,
        InvalidMark,
        LengthError,
        MarkcodeError,
        MissingExtra,
        ProfileError,
    )
    from markcode.format import Format
    from markcode.formats import get_format, list_formats
    from markcode.model import Event, Finding, Firearm, Marking, Parsed, Payload, Report
    from markcode.sizes import check_size
    from markcode.verification import verify

__version__ = "0.1.0"

_HOME = {
    "CodeList": "code_lists",
    "compare": "comparison",
    "Ambiguous": "errors",
    "CheckError": "errors",
    "ElementError": "errors",
    "FormatFileError": "errors",
    "InvalidMark": "errors",
    "LengthError": "errors",
    "MarkcodeError": "errors",
    "MissingExtra": "errors",
    "ProfileError": "errors",
    "Format": "format",
    "get_format": "formats",
    "list_formats": "formats",
    "Event": "model",
    "Finding": "model",
    "Firearm": "model",
    "Marking": "model",
    "Parsed": "model",
    "Payload": "model",
    "Report": "model",
    "check_size": "sizes",
    "verify": "verification",
}
_PARTS = ("checks", "errors", "reading", "symbols")

__all__ = [
    "Ambiguous",
    "CheckError",
    "CodeList",
    "ElementError",
    "Event",
    "Finding",
    "Firearm",
    "Format",
    "FormatFileError",
    "InvalidMark",
    "LengthError",
    "MarkcodeError",
    "Marking",
    "MissingExtra",
    "Parsed",
    "Payload",
    "ProfileError",
    "Report",
    "__version__",
    "check_size",
    "checks",
    "compare",
    "get_format",
    "list_formats",
    "reading",
    "symbols",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"markcode.{_HOME[name]}"), name)
    if name in _PARTS:
        return import_module(f"markcode.{name}")
    raise AttributeError(f"module 'markcode' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
