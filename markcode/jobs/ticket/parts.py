"""What a ticket is made of, before it is put on a screen or on paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markcode import notation
from markcode.words import Words

if TYPE_CHECKING:
    from markcode.engraving.plate import Engraved

__all__ = ["RESULTS", "RULES", "Row", "Section", "Ticket", "shown", "words_in"]

RESULTS = (
    *("date", "machine", "operator", "first", "last"),
    *("marked", "rejected", "void", "remarked", "signature"),
)
"""What the operator fills in."""
RULES = 6
"""How many rules there are for marking anything again (standards/equipment.md 7)."""


@dataclass(frozen=True)
class Row:
    """One thing that is said."""

    label: str
    lines: tuple[str, ...]
    is_code: bool = False
    """Whether every character counts: a mark, a hash."""


@dataclass(frozen=True)
class Section:
    """What is said of one subject."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Ticket:
    """What a ticket says, in one language."""

    words: Words
    job: str
    """Short name of the job."""
    sections: tuple[Section, ...]
    picture: Engraved | None
    """The first mark as it is made; None where it cannot be drawn."""
    is_drawn: bool
    """Whether it is in the files as it is in the picture; else the machine has its own font."""


def words_in(language: str) -> Words:
    """Return the words of tickets."""
    return Words(language, "markcode.jobs.ticket")


def shown(value: object) -> str:
    """Return a text with whatever a terminal would obey, or not show, by name."""
    text = notation.escape(str(value))
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )
