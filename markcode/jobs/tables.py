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
from markcode.errors import ProfileError
from markcode.model import Finding, Marking, Payload

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from markcode.declaration import Element
    from markcode.format import Format
    from markcode.symbols import Symbol

__all__ = [
    "FINDINGS_HEADER",
    "MARKS",
    "REJECTED",
    "SYMBOL_COLUMNS",
    "WARNINGS",
    "MarkColumns",
    "csv_line",
    "finding_line",
    "line_columns",
    "mark_line",
    "packed",
    "payload_of",
    "payload_text",
    "unpacked",
]

MARKS = "marks.csv"
REJECTED = "rejected.csv"
WARNINGS = "warnings.csv"
SYMBOL_COLUMNS = ["symbol", "modules"]
"""Size of a symbol, such as 18x18, and its modules, packed: in marks.csv, in hexadecimal."""


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
    has_modules: bool = False

    @classmethod
    def of(
        cls,
        fmt: Format,
        kind: str,
        symbol: str | None,
        has_file: bool,
        has_modules: bool = False,
    ) -> MarkColumns:
        """Return the columns of the marks of one event under a profile.

        Raises `ProfileError` for an element that is called like one of the other columns.
        """
        columns = cls(
            fmt.line_count(kind),
            symbol is not None,
            fmt.check is not None,
            fmt.elements(kind),
            has_file,
            has_modules,
        )
        for name in fmt.rule(kind).names:
            if columns.names.count(name) > 1:
                raise ProfileError(
                    f"{fmt.name}: a table of marks has a column {name} of its own beside those of "
                    f"the elements: call the element {name!r} something else"
                )
        return columns

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
            *SYMBOL_COLUMNS * self.has_modules,
        ]


def packed(symbol: Symbol) -> bytes:
    """Return the modules of a symbol, eight to a byte (`datamatrix.SymbolBatch`)."""
    import numpy as np

    return np.packbits(symbol.modules).tobytes()


def unpacked(size: str, digits: str) -> NDArray[np.bool_]:
    """Return the modules of ``packed``, in hexadecimal. Raises ValueError for what is none."""
    import numpy as np

    rows, columns = map(int, size.split("x"))
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(digits), np.uint8))
    if not 0 <= len(bits) - rows * columns < 8:
        raise ValueError(f"{len(digits)} hexadecimal digits are no modules of a symbol of {size}")
    return bits[: rows * columns].reshape(rows, columns).astype(np.bool_)


def mark_line(
    columns: MarkColumns, row: int, marking: Marking, file: str, symbol: Symbol | None = None
) -> bytes:
    """Return the line of marks.csv of one mark; ``file`` is the name of its drawing, if any."""
    values = [str(row), *map(notation.escape, marking.lines)]
    values += [""] * (columns.lines - len(marking.lines))
    if columns.has_payload:
        values.append(payload_text(marking.payload))
    if columns.has_check:
        values.append(marking.check or "")
    for element in columns.elements:
        value = element.of(marking.parsed.firearm, marking.parsed.event)
        if value is None:
            value = marking.beside.get(element.name)
        values.append("" if value is None else notation.escape(str(value)))
    if columns.has_file:
        values.append(file)
    if columns.has_modules and symbol is not None:
        values += [f"{symbol.rows}x{symbol.columns}", packed(symbol).hex()]
    return csv_line(values)


FINDINGS_HEADER = csv_line(["row", "column", "code", "message"])


def finding_line(row: int | None, column: str, finding: Finding, language: str) -> bytes:
    """Return the line of rejected.csv or warnings.csv of one finding; without a row, its rest."""
    values = [notation.escape(column), finding.code, finding.message(language)]
    return csv_line(["" if row is None else str(row), *values])
