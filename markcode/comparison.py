"""One arm's data against many instruments: which are satisfied, and what each one lacks."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markcode.cells import read_cells, unexplained
from markcode.declaration import Element, EventRule
from markcode.errors import ElementError, ProfileError
from markcode.format import Format
from markcode.formats import get_format, list_formats
from markcode.model import Finding
from markcode.reference import countries
from markcode.writing import prepare

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True)
class Comparison:
    """What one instrument says of the data for one event."""

    format: str
    event: str
    satisfied: bool | None
    """None where nobody can tell: no rule that the data could break is confirmed, or a check digit
    cannot be tested."""
    missing: tuple[str, ...]
    """Elements that the instrument asks for and the data lack."""
    advised: tuple[str, ...]
    """Elements that it advises and the data lack."""
    findings: tuple[Finding, ...]
    """What else is wrong with the data under this instrument."""
    applies: bool = True
    """False where the mark names a State by its words, and the data name another country."""

    def to_dict(self, language: str = "en") -> dict[str, Any]:
        """Return the comparison as plain data."""
        return {
            "format": self.format,
            "event": self.event,
            "satisfied": self.satisfied,
            "applies": self.applies,
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

    ``values`` are texts by element, as `markcode.columns.encode_column` takes them;
    ``firearm.year`` or ``event.year`` says whose it is where a mark bears two, and comes before a
    plain ``year``. What a format does not ask for is left aside. Formats that are not named are
    left out where they lack ``event``. Raises `ElementError` for an element that no format has,
    `ProfileError` for an unknown format, and for an event that a format named, or every one, lacks.

    >>> us = compare({"serial": "A123", "manufacturer": "INDU", "calibre": "9 mm"}, ["us-478-92"])
    >>> us[0].satisfied, us[0].missing
    (False, ('city', 'state'))
    """
    rules = _rules(formats, event)
    _refuse_unknown(values, [*map(get_format, list_formats()), *(fmt for fmt, _ in rules)])
    return tuple(_compared(fmt, rule, values) for fmt, rule in rules)


def _refuse_unknown(values: Mapping[str, str], formats: Iterable[Format]) -> None:
    """Raise `ElementError` for what is no element of any event: a slip of the keyboard."""
    elements = {e for fmt in formats for kind in fmt.events for e in fmt.elements(kind)}
    plain = {element.name for element in elements}
    known = plain | {_qualified(element) for element in elements}
    for name in values:
        if name not in known:
            near = difflib.get_close_matches(name, sorted(known), n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            listed = ", ".join(sorted(plain))
            raise ElementError(f"no format has an element {name!r}: {hint}known are {listed}")


def _rules(
    formats: Iterable[str | Format] | None, event: str | None
) -> list[tuple[Format, EventRule]]:
    if formats is not None:
        named = [get_format(each) if isinstance(each, str) else each for each in formats]
        return [(fmt, fmt.rule(event)) for fmt in named]
    every = [get_format(name) for name in list_formats()]
    rules = [(fmt, fmt.rule(event)) for fmt in every if event in (None, *fmt.events)]
    if not rules:
        known = ", ".join(dict.fromkeys(kind for fmt in every for kind in fmt.events))
        raise ProfileError(f"no format has an event {event!r}; there are {known}")
    return rules


def _qualified(element: Element) -> str:
    return f"{element.owner}.{element.attribute}"


def _compared(fmt: Format, rule: EventRule, values: Mapping[str, str]) -> Comparison:
    given = {
        element.name: values[name]
        for element in rule.elements
        for name in (element.name, _qualified(element))
        if values.get(name)
    }
    firearm, event, faults = read_cells(rule, given)
    refused = unexplained(faults, prepare(fmt, rule, firearm, event).findings)
    errors = [finding for finding in (*faults, *refused) if finding.severity == "error"]
    lacking = [finding.element for finding in errors if finding.code == "element.missing"]
    missing = tuple(name for name in lacking if name is not None)
    others = tuple(f for f in errors if f.code != "element.missing")
    broken = [name for name in missing if rule.element(name).is_confirmed or not rule.provisional]
    is_open = rule.provisional or any(e.untested and e.name in given for e in rule.elements)
    applies = _applies(fmt, rule, values)
    satisfied = None if is_open or not applies else True
    return Comparison(
        format=fmt.name,
        event=rule.kind,
        satisfied=False if broken or others else satisfied,
        missing=missing,
        advised=tuple(e.name for e in rule.elements if e.advised and e.name not in given),
        findings=others,
        applies=applies,
    )


def _applies(fmt: Format, rule: EventRule, values: Mapping[str, str]) -> bool:
    """Return False for another country's data under a mark that says its own State in words."""
    own = fmt.declaration.countries
    if not own or any(element.attribute == "country" for element in rule.elements):
        return True
    names = ("country", *(f"{owner}.country" for owner in ("firearm", "event")))
    stated = [values[name] for name in names if values.get(name)]
    found = [countries.find(text) for text in stated]
    return not stated or any(country is None or country.alpha2 in own for country in found)
