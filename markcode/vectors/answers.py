"""The answer to one case, what makes a case unusable, and the notation of its texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from markcode import notation
from markcode.errors import MarkcodeError
from markcode.model import Finding

__all__ = ["Answer", "CaseError", "escaped", "member", "unescaped"]

_T = TypeVar("_T")
_NAMES: Mapping[type, str] = {str: "text", dict: "an object", bool: "true or false"}


class CaseError(MarkcodeError, ValueError):
    """A case lacks something, or a value has the wrong type; the message names the key."""


@dataclass(frozen=True)
class Answer:
    """What markcode answers to a case."""

    valid: bool
    output: Any = None
    """What the operation makes, as JSON can hold it; None where it makes nothing."""
    findings: tuple[Finding, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as in contracts.md section 10; findings without their wording."""
        return {
            "output": self.output,
            "valid": self.valid,
            "findings": [
                {
                    "code": finding.code,
                    "severity": finding.severity,
                    "element": finding.element,
                    "span": None if finding.span is None else list(finding.span),
                }
                for finding in self.findings
            ],
        }


def member(case: Mapping[str, Any], key: str, kind: type[_T]) -> _T | None:
    """Return what a case holds under ``key``: None where it is absent or null.

    Raises `CaseError` for a value of another type.
    """
    value = case.get(key)
    if value is None or isinstance(value, kind):
        return value
    raise CaseError(f"{key} is {_NAMES[kind]}, not {value!r:.60}")


def unescaped(value: Any) -> Any:
    r"""Return a value of a case with the control characters of its texts, however deep.

    >>> unescaped({"data": "A{GS}B", "count": 2}) == {"data": "A\x1dB", "count": 2}
    True

    Raises `NotationError` for a ``{`` that begins no name.
    """
    return _mapped(notation.unescape, value)


def escaped(value: Any) -> Any:
    """Return a value with the control characters of its texts by name: undoes `unescaped`."""
    return _mapped(notation.escape, value)


def _mapped(change: Callable[[str], str], value: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _mapped(change, item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mapped(change, item) for item in value]
    return value
