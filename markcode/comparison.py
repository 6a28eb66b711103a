"""One arm's data against many instruments: which are satisfied, and what each one lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markcode.cells import read_cells, unexplained
from markcode.declaration import Element, EventRule
from markcode.errors import ElementError
from markcode.format import Format
from markcode.formats import get_format, list_formats
from markcode.model import Finding
from markcode.writing import prepare

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True)
class Comparison:
    """What one instrument says of the data for one event."""

    format: str
    event: str
    satisfied: bool | None
    """None where no rule of the event is confirmed, so that nobody can tell."""
    missing: tuple[str, ...]
    """Elements that the instrument asks for and the data lack."""
    advised: tuple[str, ...]
    """Elements that it advises and the data lack."""
    findings: tuple[Finding, ...]
    """What else is wrong with the data under this instrument."""

    def to_dict(self, language: str = "en") -> dict[str, Any]:
        """Return the comparison as plain data."""
        return {
            "format": self.format,
            "event": self.event,
            "satisfied": self.satisfied,
            "missing": list(self.missing),
            "advised": list(self.advised),
            "findings": [finding.to_dict(language) for finding in self.findings],
        }


def compare(
    values: Mapping[str, str],
    formats: Iterable[str | Format] | None = None,
    event: str | None = None,
) -> tuple[Comparison, ...]:
    """Return, for each format, whether data satisfy it at its first event, or at ``event``.

    ``values`` are texts by element, as `markcode encode --set` takes them; ``firearm.year`` or
    ``event.year`` says whose it is where a mark bears two. Raises `ElementError` for an element
    that none of the formats has.

    >>> us = compare({"serial": "A123", "manufacturer": "INDU", "calibre": "9 mm"}, ["us-478-92"])
    >>> us[0].satisfied, us[0].missing
    (False, ('city', 'state'))
    """
    chosen = [get_format(f) if isinstance(f, str) else f for f in formats or list_formats()]
    rules = [(fmt, fmt.rule(event)) for fmt in chosen if event in (None, *fmt.events)]
    known = {name for _, rule in rules for element in rule.elements for name in _names(element)}
    for name in values:
        if name not in known:
            listed = ", ".join(sorted(known))
            raise ElementError(f"no format here has an element {name!r}; known are {listed}")
    return tuple(_compared(fmt, rule, values) for fmt, rule in rules)


def _names(element: Element) -> tuple[str, str]:
    return element.name, f"{element.owner}.{element.attribute}"


def _compared(fmt: Format, rule: EventRule, values: Mapping[str, str]) -> Comparison:
    given = {
        element.name: values[name]
        for element in rule.elements
        for name in reversed(_names(element))
        if name in values
    }
    firearm, event, faults = read_cells(rule, given)
    refused = unexplained(faults, prepare(fmt, rule, firearm, event).findings)
    errors = [finding for finding in (*faults, *refused) if finding.severity == "error"]
    lacking = [finding.element for finding in errors if finding.code == "element.missing"]
    missing = tuple(name for name in lacking if name is not None)
    others = tuple(f for f in errors if f.code != "element.missing")
    satisfied = not missing and not others
    return Comparison(
        format=fmt.name,
        event=rule.kind,
        satisfied=None if satisfied and rule.provisional else satisfied,
        missing=missing,
        advised=tuple(e.name for e in rule.elements if e.advised and e.name not in given),
        findings=others,
    )
