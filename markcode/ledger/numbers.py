"""Which of a mark's elements are numbers of the arm: the maker's, an importer's, a scheme's.

An arm may bear several (instruments, section 14): they stand side by side in the ledger, each with
its holder, the elements within which it is unique: never a number alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeVar

from markcode.writing import Slot

if TYPE_CHECKING:
    from markcode.declaration import EventRule, Unique

__all__ = ["NUMBERS", "Kind", "Numbers", "issued_elements", "slot_name"]

Kind = Literal["maker", "importer", "scheme"]

_T = TypeVar("_T")
_Issued = tuple[tuple[str, ...], tuple[str, ...], list[_T]]
"""The elements of a slot, those that make the value, and their values."""

NUMBERS = ("serial", "number")
"""Elements that number an arm."""


def slot_name(format_name: str, elements: Sequence[str], is_text: bool) -> str:
    """Return the name of the slot in which a unique key of a format is claimed.

    >>> slot_name("recsa", ("country", "force", "number"), False)
    'recsa country+force+number'
    >>> slot_name("mosaic-0530", (), True), slot_name("iuid", ("uii",), True)
    ('mosaic-0530 text', 'iuid uii')
    """
    if not is_text:
        return f"{format_name} {'+'.join(elements)}"
    return f"{format_name} {'uii' if tuple(elements) == ('uii',) else 'text'}"


def issued_elements(holder: Sequence[str], element: str) -> tuple[str, ...]:
    """Return the elements of the slot in which a number that we issued is claimed.

    A maker's serial may be repeated on another model; one that we have issued may not.
    """
    return ("issued", *holder, element)


@dataclass(frozen=True)
class Numbers:
    """The numbers that the marks of one event bear."""

    rule: EventRule

    def of(self, present: Sequence[str]) -> Iterator[tuple[str, Kind, tuple[str, ...]]]:
        """Yield each number that is ``present``: its element, kind, and its holder's elements.

        A number that several keys hold for themselves has several holders.
        """
        for name in NUMBERS:
            if name not in present:
                continue
            holders = list(self._holders(name, present))
            for holder in holders or [()]:
                yield name, self._kind(name, holder), holder

    def issued(self, keys: Mapping[frozenset[str], Mapping[str, _T]]) -> Iterator[_Issued[_T]]:
        """Yield the keys that numbers of these have once we have issued them.

        ``keys`` are unique keys: by their elements, the value of each.
        """
        present = sorted({element for elements in keys for element in elements})
        for name, _, holder in self.of(present):
            values = keys.get(frozenset((*holder, name)))
            if values is not None and holder:
                elements = (*holder, name)
                yield issued_elements(holder, name), elements, [values[e] for e in elements]

    def distinct(self, slot: Slot) -> tuple[str, ...]:
        """Return the elements in which equal values of a slot must differ to be a finding."""
        return self._distinct.get(slot, ())

    @cached_property
    def _distinct(self) -> Mapping[Slot, tuple[str, ...]]:
        return {(u.code, u.severity, u.elements): u.distinct for u in self.rule.unique}

    def _holders(self, name: str, present: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """Yield the other elements of the keys by which a number is looked for."""
        fitting = [unique for unique in self.rule.unique if _fits(unique, name, present)]
        warning = [unique for unique in fitting if unique.severity != "error"]
        least = sorted(fitting, key=lambda unique: len(unique.elements))[:1]
        for unique in warning or least:
            yield tuple(element for element in unique.elements if element != name)

    def _kind(self, name: str, holder: Sequence[str]) -> Kind:
        kind = self.rule.kind
        if "importer" in holder:
            return "importer"
        is_beside = not self.rule.carries(self.rule.element(name))
        if "manufacturer" in holder or is_beside:
            return "maker" if name == "serial" else "scheme"
        if kind == "manufacture":
            return "maker"
        return "importer" if kind == "import" and name == "serial" else "scheme"


def _fits(unique: Unique, name: str, present: Sequence[str]) -> bool:
    elements = unique.elements
    return name in elements and all(e in present or e in unique.may_lack for e in elements)
