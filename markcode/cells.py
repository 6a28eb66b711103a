"""The cells of one table row as the elements of an arm and an event.

Nothing is judged here but whether a year is a number; the format judges the values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from markcode.declaration import EventRule
from markcode.fields import Value
from markcode.model import Elements, Event, Finding, Firearm

__all__ = ["read_cells", "unexplained"]

_YEAR = re.compile(r"[0-9]{1,4}")


def read_cells(
    rule: EventRule, values: Mapping[str, Value | None]
) -> tuple[Firearm, Event, tuple[Finding, ...]]:
    """Return the arm, the event and the faults of cells that ``values`` by element make.

    An absent, null or empty value is none; a year is a number or its digits as text. An element
    with a fault is absent from the arm and the event.
    """
    given: dict[str, Value] = {}
    faults = []
    for element in rule.elements:
        value = values.get(element.name)
        if value is None or value == "":
            continue
        if not element.is_number or isinstance(value, int):
            given[element.name] = value
        elif _YEAR.fullmatch(value):
            given[element.name] = int(value)
        else:
            params = Elements(value=value, reason="year")
            faults.append(Finding("element.value", "error", element.name, None, params))
    return *rule.arm(given), tuple(faults)


def unexplained(faults: Sequence[Finding], refused: Sequence[Finding]) -> list[Finding]:
    """Return why encode refused a row, without what the faults of its cells explain.

    An element that could not be read from its cell is not missing as well.
    """
    unread = {finding.element for finding in faults} - {None}
    return [finding for finding in refused if finding.element not in unread]
