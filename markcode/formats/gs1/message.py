"""What a GS1 text was read as: element strings with their places, and the faults of its form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markcode.formats.gs1.ai import table
from markcode.model import Elements, Finding

__all__ = ["ElementString", "Message", "labelled", "ordered", "unknown", "without_repeats"]

Span = tuple[int, int]


class ElementString(NamedTuple):
    """An AI of the dictionary with its data, and where both stand in the text."""

    ai: str
    value: str
    ai_span: Span
    places: Sequence[int]
    """Where each character of the data begins in the text, and where the last one ends: one that is
    written with an escape takes more than one place."""

    @property
    def span(self) -> Span:
        """The place of the data."""
        return (self.places[0], self.places[-1])

    def place(self, start: int, end: int) -> Span:
        """Return the place of some characters of the data."""
        return (self.places[start], self.places[end])

    def moved(self, by: int) -> ElementString:
        """Return it as it stands in a text that has so many characters more before it."""
        start, end = self.ai_span
        places = tuple(place + by for place in self.places)
        return self._replace(ai_span=(start + by, end + by), places=places)

    @classmethod
    def plain(cls, ai: str, value: str, at: int = 0) -> ElementString:
        """Return an element string written without escapes, its AI beginning at ``at``."""
        start = at + len(ai)
        return cls(ai, value, (at, start), range(start, start + len(value) + 1))


class Message(NamedTuple):
    """Every element string of a text whose AI is known, in order, and the faults of its form.

    The data are not judged yet.
    """

    elements: tuple[ElementString, ...]
    findings: tuple[Finding, ...] = ()

    def moved(self, by: int) -> Message:
        """Return it as it stands in a text that has so many characters more before it."""
        if not by:
            return self
        elements = tuple(element.moved(by) for element in self.elements)
        return Message(elements, tuple(finding.moved(by) for finding in self.findings))


def unknown(ai: str, start: int, end: int) -> Finding:
    """Return the finding that an AI is none of the dictionary."""
    return Finding("ai.unknown", "error", None, (start, end), Elements(ai=ai))


def ordered(elements: Sequence[ElementString]) -> list[ElementString]:
    """Return element strings without repeats, those of predefined length first.

    GS1 General Specifications 7.8: so that fewest FNC1 are needed.
    """
    kept = without_repeats(elements)
    return sorted(kept, key=lambda element: not table()[element.ai].is_predefined)


def without_repeats(elements: Sequence[ElementString]) -> list[ElementString]:
    """Return element strings as they stand, each with its data once."""
    once = {(element.ai, element.value): element for element in reversed(elements)}
    return list(reversed(once.values()))


def labelled(elements: Sequence[ElementString]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the AIs and the data of element strings without repeats."""
    once = without_repeats(elements)
    return tuple(element.ai for element in once), tuple(element.value for element in once)
