"""Data of one AI against its components: length, characters, and the tests of each part.

>>> list(faults("01", "12345678901231")), [fault.code for fault in faults("01", "12345678901232")]
([], ['check.mismatch'])
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from markcode.fields import Fault
from markcode.formats.gs1 import ai as identifiers
from markcode.formats.gs1.ai import AI, Component
from markcode.formats.gs1.linters import LINTERS
from markcode.model import Elements

__all__ = ["faults"]


def faults(ai: str, value: str) -> Iterator[Fault]:
    """Yield what is wrong with the data of an AI, one fault for each component.

    Where the length is wrong, only that is told: the parts would lie elsewhere. KeyError for an AI
    that the dictionary does not have.
    """
    entry = identifiers.table()[ai]
    length = _length(entry, value)
    if length is not None:
        yield length
        return
    at = 0
    for part in entry.components:
        text = value[at : at + part.text.most]
        if text or not part.optional:
            fault = _part(part, text)
            if fault is not None:
                params = Elements(fault.params, value=value)
                yield replace(fault, start=fault.start + at, end=fault.end + at, params=params)
        at += len(text)


def _length(entry: AI, value: str) -> Fault | None:
    if entry.least <= len(value) <= entry.most and _fits(entry, len(value)):
        return None
    reason = "fixed" if entry.least == entry.most else "range"
    sizes = {"found": len(value), "least": entry.least, "most": entry.most}
    return Fault("element.length", 0, len(value), Elements(sizes, value=value, reason=reason))


def _fits(entry: AI, length: int) -> bool:
    """Return whether the components can share out so many characters, each taking all it can."""
    for part in entry.components:
        taken = min(length, part.text.most)
        if taken < part.text.least and (taken or not part.optional):
            return False
        length -= taken
    return True


def _part(part: Component, text: str) -> Fault | None:
    fault = part.text.fault(text)
    if fault is not None:
        return fault
    if part.kind == "Z" and re.fullmatch("[^=]*={0,2}", text, re.ASCII) is None:
        at = text.index("=")
        return Fault("element.value", at, len(text), Elements(value=text))
    return next(filter(None, (LINTERS[test](text) for test in part.tests)), None)
