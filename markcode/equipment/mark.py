"""What a writer is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from markcode import notation
from markcode.errors import InvalidMark, SymbolError
from markcode.model import NO_ELEMENTS, Elements, Finding, Payload

if TYPE_CHECKING:
    from markcode.symbols import Symbol

__all__ = ["Mark", "Rendered", "Writer", "refused", "symbol_of"]


@dataclass(frozen=True)
class Mark:
    """One mark as it goes to a machine."""

    row: int
    """Record number in the table; the header is 1."""
    lines: tuple[str, ...]
    """The lines as struck."""
    symbol: Symbol | None = None
    drawn: tuple[str, ...] = ()
    """The lines to draw, where drawn symbols make them differ from the plain text."""

    @property
    def drawn_lines(self) -> tuple[str, ...]:
        """The lines to draw."""
        return self.drawn or self.lines


@dataclass(frozen=True)
class Rendered:
    """The bytes that one mark adds to a job."""

    lines: Mapping[str, bytes] = field(default_factory=dict)
    """Bytes to add to the end of a file, by its name."""
    file: tuple[str, bytes] | None = None
    """Name and content of a file of the mark's own."""
    achieved: Mapping[str, int] = NO_ELEMENTS
    """Sizes that whole dots give, in nanometres, where they differ from those asked for."""


class Writer(Protocol):
    """One equipment."""

    has_file: bool
    """Whether each mark gets a file of its own, named in the column ``file`` of marks.csv."""

    line_files: tuple[str, ...]
    """Files that have one line a mark, present even when there is none."""

    def render(self, mark: Mark) -> Rendered:
        """Return the bytes of one mark. Raises `InvalidMark` for what the machine cannot take."""
        ...


def refused(equipment: str, reason: str, value: str, **params: Any) -> InvalidMark:
    """Return the refusal of a mark, as an exception with one finding ``equipment.value``."""
    params = {"equipment": equipment, "reason": reason, "value": value, **params}
    return InvalidMark([Finding("equipment.value", params=Elements(params))])


def symbol_of(name: str, payload: Payload) -> Symbol:
    """Return the symbol of a payload. Raises `InvalidMark` (``equipment.value``)."""
    from markcode import symbols

    try:
        return symbols.make(name, payload)
    except SymbolError as fault:
        value = notation.as_text(payload.data)
        raise refused(name, "symbol", value, detail=str(fault)) from fault
