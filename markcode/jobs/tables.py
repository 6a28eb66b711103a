"""The tables of a job: marks.csv, rejected.csv and warnings.csv (contracts.md section 8).

UTF-8 without a byte-order mark, commas, LF, quotes as in RFC 4180. Control characters in values are
written ``{GS}``, ``{RS}`` ..., and ``{`` is ``{{`` (contracts.md section 6).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markcode import notation
from markcode.equipment import Rendered
from markcode.jobs.folder import JobFolder, NoFolder
from markcode.model import Finding, Marking, Payload

if TYPE_CHECKING:
    from markcode.declaration import Element
    from markcode.format import Format

__all__ = [
    "MARKS",
    "FindingTable",
    "MarkColumns",
    "MarkTable",
    "csv_line",
    "line_columns",
    "payload_of",
    "payload_text",
]

MARKS = "marks.csv"


def csv_line(values: Iterable[str]) -> bytes:
    """Return one record.

    >>> csv_line(["2", "A,B", ""])
    b'2,"A,B",\\n'
    """
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerow(values)
    return text.getvalue().encode("utf-8")


def line_columns(count: int) -> list[str]:
    """Return the names of the columns that hold the struck lines."""
    return [f"line_{number}" for number in range(1, count + 1)]


def payload_text(payload: Payload) -> str:
    """Return a payload as it is written in a table; a leading FNC1 is spelled out."""
    return notation.FNC1 * payload.gs1 + notation.escape(payload.data)


def payload_of(text: str) -> Payload:
    """Return the payload that `payload_text` wrote. Raises `markcode.notation.NotationError`."""
    bare = text.removeprefix(notation.FNC1)
    if bare.startswith("hex:"):
        try:
            return Payload(bytes.fromhex(bare[4:]), gs1=bare != text)
        except ValueError:
            raise notation.NotationError(f"{text!r} is no bytes in hexadecimal") from None
    return Payload(notation.unescape(bare), gs1=bare != text)


@dataclass(frozen=True)
class MarkColumns:
    """The columns of marks.csv, which its writer and its reader agree upon."""

    lines: int
    has_payload: bool
    has_check: bool
    elements: tuple[Element, ...]
    """Of the event, in declared order."""
    has_file: bool

    @classmethod
    def of(cls, fmt: Format, kind: str, symbol: str | None, has_file: bool) -> MarkColumns:
        """Return the columns of the marks of one event under a profile."""
        return cls(
            fmt.line_count(kind),
            symbol is not None,
            fmt.check is not None,
            fmt.elements(kind),
            has_file,
        )

    @property
    def names(self) -> list[str]:
        """The header."""
        return [
            "row",
            *line_columns(self.lines),
            *["payload"] * self.has_payload,
            *["check"] * self.has_check,
            *(element.name for element in self.elements),
            *["file"] * self.has_file,
        ]


class MarkTable:
    """marks.csv, a row at a time."""

    def __init__(self, folder: JobFolder | NoFolder, columns: MarkColumns) -> None:
        self._folder = folder
        self._columns = columns
        self._folder.append(MARKS, csv_line(columns.names))

    def write(self, row: int, marking: Marking, rendered: Rendered) -> None:
        """Add one mark."""
        values = [str(row), *map(notation.escape, marking.lines)]
        values += [""] * (self._columns.lines - len(marking.lines))
        if self._columns.has_payload:
            values.append(payload_text(marking.payload))
        if self._columns.has_check:
            values.append(marking.check or "")
        for element in self._columns.elements:
            value = element.of(marking.parsed.firearm, marking.parsed.event)
            if value is None:
                value = marking.beside.get(element.name)
            values.append("" if value is None else notation.escape(str(value)))
        if self._columns.has_file:
            values.append(rendered.name or "")
        self._folder.append(MARKS, csv_line(values))


class FindingTable:
    """rejected.csv or warnings.csv, one finding a line; there is no file without a finding."""

    def __init__(self, folder: JobFolder | NoFolder, name: str, language: str) -> None:
        self._folder = folder
        self._name = name
        self._language = language
        self._is_empty = True

    def write(self, row: int, column: str, finding: Finding) -> None:
        """Add one finding about a row."""
        if self._is_empty:
            self._folder.append(self._name, csv_line(["row", "column", "code", "message"]))
            self._is_empty = False
        message = finding.message(self._language)
        values = [str(row), notation.escape(column), finding.code, message]
        self._folder.append(self._name, csv_line(values))
