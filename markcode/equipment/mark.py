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

__all__ = ["EachAlone", "Mark", "Rendered", "Writer", "refused", "symbol_of"]


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
    name: str | None = None
    """File that shows the mark: its own, or a sheet."""
    file: tuple[str, bytes] | None = None
    """Name and content of a file that is now complete."""
    achieved: Mapping[str, int] = NO_ELEMENTS
    """Sizes that whole dots give, in nanometres, where they differ from those asked for."""


class Writer(Protocol):
    """One equipment."""

    has_file: bool
    """Whether a file shows each mark, named in the column ``file`` of marks.csv."""

    line_files: tuple[str, ...]
    """Files that have one line a mark, present even when there is none."""

    def render(self, mark: Mark) -> Rendered:
        """Return the bytes of one mark. Raises `InvalidMark` for what the machine cannot take.

        This keeps nothing, so that marks can be tried.
        """
        ...

    def collect(self, mark: Mark, rendered: Rendered) -> Rendered:
        """Take a mark, and what `render` gave for it, into the job; return what this adds to it.

        Called once for each mark of the job, in order.
        """
        ...

    def finish(self) -> Rendered:
        """Return what is still to be added when all marks are collected."""
        ...


class EachAlone:
    """The part of a writer that keeps nothing from one mark to the next."""

    def collect(self, mark: Mark, rendered: Rendered) -> Rendered:
        """Return ``rendered``."""
        return rendered

    def finish(self) -> Rendered:
        """Return nothing."""
        return Rendered()


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
