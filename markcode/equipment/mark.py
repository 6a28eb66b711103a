"""What a writer is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from markcode import notation
from markcode.errors import InvalidMark, SymbolError
from markcode.model import NO_ELEMENTS, Elements, Finding, Payload

if TYPE_CHECKING:
    from markcode.equipment.setup import Setup
    from markcode.equipment.values import Values
    from markcode.symbols import Symbol
    from markcode.symbols.datamatrix.sizes import Shape

__all__ = [
    "EachAlone",
    "InRows",
    "LineWriter",
    "Mark",
    "Rendered",
    "RendersMany",
    "Writer",
    "refuse_values",
    "refused",
    "render_all",
    "symbol_of",
]


_TOGETHER = 256
"""Marks rendered at once."""
NO_FILES: Mapping[str, bytes] = MappingProxyType({})


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
    made: Any = None
    """What `Writer.collect` needs of `Writer.render`, so that it is not made twice."""


class Writer(Protocol):
    """One equipment."""

    has_file: bool
    """Whether a file shows each mark, named in the column ``file`` of marks.csv."""

    heads: Mapping[str, bytes]
    """Files that each mark adds to, and how they begin; present even when there is no mark."""

    is_columnar: bool
    """Whether what a mark adds to the file of number k is its struck line k and CR LF, or nothing,
    or (`InRows`) all its lines in a row: those of many marks are then put together from columns."""

    def render(self, mark: Mark) -> Rendered:
        """Return the bytes of one mark. Raises `InvalidMark` for what the machine cannot take.

        The writer keeps nothing of it, so that marks can be tried.
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


@runtime_checkable
class RendersMany(Protocol):
    """A writer that renders some hundreds of marks at a time much faster than one by one."""

    def render_many(self, marks: Sequence[Mark]) -> list[Rendered | InvalidMark]:
        """Return for each mark what `Writer.render` returns, or the refusal that it raises."""
        ...


def render_all(writer: Writer, marks: Iterable[Mark]) -> Iterator[Rendered | InvalidMark]:
    """Yield for each mark what `Writer.render` returns, or the refusal that it raises."""
    if isinstance(writer, RendersMany):
        rest = iter(marks)
        while some := list(islice(rest, _TOGETHER)):
            yield from writer.render_many(some)
        return
    for mark in marks:
        try:
            yield writer.render(mark)
        except InvalidMark as refusal:
            yield refusal


class EachAlone:
    """The part of a writer that keeps nothing from one mark to the next."""

    has_file = False
    heads: Mapping[str, bytes] = NO_FILES
    is_columnar = False

    def collect(self, mark: Mark, rendered: Rendered) -> Rendered:
        """Return ``rendered``."""
        return rendered

    def finish(self) -> Rendered:
        """Return nothing."""
        return Rendered()


class InRows(EachAlone):
    """The part of a writer whose one file has the ``columns`` struck lines of a mark in a row.

    ``separator`` stands between them and CR LF after them; a line that holds one of the characters
    of ``forbidden`` is refused.
    """

    columns: int
    separator: str
    forbidden: str


class LineWriter(EachAlone):
    """The writer that a function makes, which returns what a mark adds to each file.

    ``heads`` names the files and how they begin, ``tails`` how they end. A mark with a text that
    the declaration's `markcode.equipment.values.Values` exclude is refused before the function
    sees it; the function raises `InvalidMark` (see `refused`) for anything else.
    """

    def __init__(
        self,
        setup: Setup,
        lines: Callable[[Mark], Mapping[str, bytes]],
        heads: Mapping[str, bytes],
        tails: Mapping[str, bytes] = NO_FILES,
    ) -> None:
        self._setup, self._lines = setup, lines
        self.heads, self._tails = heads, tails

    def render(self, mark: Mark) -> Rendered:
        """Return what the mark adds to each file. Raises `InvalidMark`."""
        refuse_values(self._setup, mark)
        return Rendered(lines=self._lines(mark))

    def finish(self) -> Rendered:
        """Return the ends of the files."""
        return Rendered(lines=self._tails)


def refuse_values(setup: Setup, mark: Mark, values: Values | None = None) -> None:
    """Raise `InvalidMark` for a line of a mark that the equipment cannot take.

    ``values`` are those of the declaration unless given: settings may change what fits.
    """
    values = values or setup.equipment.values
    if values is None:
        return
    for number in range(1, setup.lines + 1):
        text = mark.lines[number - 1] if number <= len(mark.lines) else ""
        fault = values.fault(text)
        if fault is not None:
            place: dict[str, Any] = {}
            if text:
                place = {"character": fault.character, "column": fault.at + 1}
            if fault.reason == "encoding":
                place["encoding"] = values.alphabet
            if fault.reason == "long":
                place["most"] = values.most
            raise refused(setup.name, fault.reason, text, line=number, **place)


def refused(equipment: str, reason: str, value: str, **params: Any) -> InvalidMark:
    """Return the refusal of a mark, as an exception with one finding ``equipment.value``."""
    params = {"equipment": equipment, "reason": reason, "value": value, **params}
    return InvalidMark([Finding("equipment.value", params=Elements(params))])


def symbol_of(name: str, payload: Payload, shape: Shape = "square") -> Symbol:
    """Return the symbol of a payload; ``shape`` is that of a Data Matrix.

    Raises `InvalidMark` (``equipment.value``).
    """
    from markcode import symbols

    try:
        return symbols.shaped(name, payload, shape)
    except SymbolError as fault:
        value = notation.as_text(payload.data)
        raise refused(name, "symbol", value, detail=str(fault)) from fault
