"""GS1 application identifiers (AIs): what data each takes, and with which others it may stand.

The table is `gs1-ai.csv`, after the GS1 Barcode Syntax Dictionary.

>>> find("01").title, find("01").form, find("21").is_predefined
('GTIN', 'N14,csum,gcppos2', False)
>>> find("3105").title, find("3106")
('NET WEIGHT (kg)', None)
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markcode import checks
from markcode.fields import DIGITS, UPPER, Text
from markcode.reference import data

__all__ = ["AI", "CHARACTERS", "Component", "find", "fixed_length", "leading", "matches", "table"]

CHARACTERS: Mapping[str, str] = {
    "N": DIGITS,
    "X": checks.get("gs1-pair").alphabet,
    "Y": "#-/" + DIGITS + UPPER,
    "Z": "-=_" + DIGITS + UPPER + UPPER.lower(),
}
"""Characters by kind of component: digits, sets 82 and 39, and 64 with its padding."""

_COMPONENT = re.compile(r"(\[)?([NXYZ])(\.\.)?([0-9]+)\]?((?:,[a-z0-9]+)*)", re.ASCII)

# Whole length of AI and data by the first two digits, for which no FNC1 is needed. Longer than the
# table, since the prefixes stay predefined for AIs that are yet to be assigned.
_FIXED = {
    **{"00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "20": 4, "41": 16},
    **{str(prefix): 8 for prefix in range(11, 20)},
    **{str(prefix): 10 for prefix in range(31, 37)},
}


@dataclass(frozen=True)
class Component:
    """One part of the data of an AI: its characters, its length, the tests that it must pass."""

    text: Text
    optional: bool
    tests: tuple[str, ...]
    kind: str
    """N, X, Y or Z."""


@dataclass(frozen=True, kw_only=True)
class AI:
    """One application identifier."""

    ai: str
    """Two to four digits."""
    title: str
    """Data title of the GS1 General Specifications, such as ``BATCH/LOT``."""
    form: str
    """The components as the dictionary writes them."""
    components: tuple[Component, ...]
    is_predefined: bool
    """Whether its length is known from its first two digits, so that no FNC1 needs to follow."""
    is_attribute: bool
    """Whether it may stand in the query of a Digital Link URI."""
    requires: tuple[tuple[str, ...], ...]
    """Patterns of AIs that must stand beside it: all of one of the groups."""
    excludes: tuple[str, ...]
    """Patterns of AIs that must not stand beside it."""
    qualifiers: tuple[tuple[str, ...], ...] | None
    """As a key of a Digital Link: sequences of its qualifiers; None if it is no such key."""

    @functools.cached_property
    def least(self) -> int:
        """Characters of the shortest data."""
        return sum(part.text.least for part in self.components if not part.optional)

    @functools.cached_property
    def most(self) -> int:
        """Characters of the longest data."""
        return sum(part.text.most for part in self.components)


def matches(pattern: str, ai: str) -> bool:
    """Return whether an AI is the one of a pattern, in which ``n`` is any digit.

    >>> matches("31nn", "3105"), matches("310n", "3115"), matches("21", "21")
    (True, False, True)
    """
    return len(pattern) == len(ai) and all(
        one in ("n", other) for one, other in zip(pattern, ai, strict=True)
    )


@functools.cache
def table() -> Mapping[str, AI]:
    """Return every AI of the dictionary, in its order."""
    return {entry.ai: entry for row in data.rows("gs1-ai.csv") for entry in _entries(row)}


def find(ai: str) -> AI | None:
    """Return what the dictionary says of an AI, or None if it has none such."""
    return table().get(ai)


def leading(text: str) -> str:
    """Return the AI that a text begins with, whether assigned or not; empty if there is none.

    >>> leading("0112345678901231"), leading("42200"), leading("0512"), leading("4")
    ('01', '422', '', '')
    """
    ai = text[: lengths().get(text[:2], 0)]
    return ai if re.fullmatch("[0-9]{2,4}", ai, re.ASCII) else ""


def fixed_length(text: str) -> int | None:
    """Return the length of AI and data together where the first two digits fix it, else None."""
    return _FIXED.get(text[:2])


@functools.cache
def lengths() -> Mapping[str, int]:
    """Return how many digits an AI has, by its first two: all that begin so have the same length.

    >>> lengths()["01"], lengths()["42"], lengths()["80"]
    (2, 3, 4)
    """
    return {ai[:2]: len(ai) for ai in table()}


def _entries(row: Mapping[str, str]) -> Iterator[AI]:
    first, _, last = row["ai"].partition("-")
    for number in range(int(first), int(last or first) + 1):
        yield AI(
            ai=str(number).zfill(len(first)),
            title=row["title"],
            form=row["components"],
            components=tuple(map(_component, row["components"].split())),
            is_predefined=row["fnc1_after"] == "no",
            is_attribute=row["dl_attribute"] == "yes",
            requires=tuple(tuple(group.split("+")) for group in _listed(row["requires"])),
            excludes=_listed(row["excludes"]),
            qualifiers=_qualifiers(row["dl_key_qualifiers"]),
        )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()


def _qualifiers(text: str) -> tuple[tuple[str, ...], ...] | None:
    if not text:
        return None
    return () if text == "yes" else tuple(_listed(group) for group in text.split("|"))


def _component(written: str) -> Component:
    match = _COMPONENT.fullmatch(written)
    assert match is not None, written
    optional, kind, varies, length, tests = match.groups()
    most = int(length)
    text = Text(alphabet=CHARACTERS[kind], least=1 if varies else most, most=most)
    return Component(text, bool(optional), tuple(tests.split(",")[1:]), kind)
