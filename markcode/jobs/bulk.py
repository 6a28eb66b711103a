"""Lines of a job's files for many rows at once.

What a proven row adds to a file is put together from columns, to the byte as `markcode.jobs.tables`
and the writers of `markcode.equipment` write it for a single mark.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from markcode.arrow import Strings
from markcode.columns.encoding import Encoded
from markcode.columns.kinds import Pieces
from markcode.columns.weave import ByCode, Piece, constant, digits, weave
from markcode.equipment import Mark, symbol_of
from markcode.equipment.mark import InRows, Writer
from markcode.equipment.values import FORMULA
from markcode.errors import InvalidMark
from markcode.jobs.tables import MarkColumns, csv_line
from markcode.layout import CHECK
from markcode.model import Finding, Payload
from markcode.notation import escape
from markcode.symbols.datamatrix import encode_many
from markcode.writing import lookalike_warning

if TYPE_CHECKING:
    from collections.abc import Callable

    from markcode.symbols.datamatrix.columns.batch import SymbolBatch
    from markcode.symbols.datamatrix.sizes import Shape
    from markcode.symbols.symbol import Symbol

__all__ = [
    "Buffer",
    "Lines",
    "in_rows",
    "is_plain_value",
    "mark_lines",
    "marks_of",
    "row_lines",
    "struck_lines",
    "warning_lines",
    "warnings_of",
]


Buffer = bytes | NDArray[np.uint8]


@dataclass
class Lines:
    """What the rows of a chunk add to one file, in any order at first."""

    columns: list[tuple[NDArray[np.intp], Strings]] = field(default_factory=list)
    """Indexes of rows, and what each adds."""
    single: dict[int, bytes] = field(default_factory=dict)
    """The same for rows that were made one by one."""

    def in_order(self) -> Buffer:
        """Return the whole in the order of the rows."""
        if not self.single and len(self.columns) == 1:
            return self.columns[0][1].compact().data
        if not self.columns:
            return b"".join(self.single[row] for row in sorted(self.single))
        rows = [rows for rows, _ in self.columns]
        texts = [texts.compact() for _, texts in self.columns]
        base, starts = 0, []
        for column in texts:
            starts.append(column.starts + base)
            base += len(column.data)
        own = list(self.single.values())
        own_lengths = np.array([len(line) for line in own], np.int64)
        starts.append(base + np.cumsum(own_lengths) - own_lengths)
        order = np.argsort(np.concatenate([*rows, np.array(list(self.single), np.intp)]))
        data = np.concatenate([*(c.data for c in texts), np.frombuffer(b"".join(own), np.uint8)])
        lengths = np.concatenate([*(column.lengths for column in texts), own_lengths])
        return _spliced(data, np.concatenate(starts)[order], lengths[order])


def _spliced(
    data: NDArray[np.uint8], starts: NDArray[np.int64], lengths: NDArray[np.int64]
) -> bytes:
    """Return pieces of ``data`` one after another; neighbours that follow each other are one."""
    if not len(starts):
        return b""
    breaks = np.flatnonzero(starts[1:] != starts[:-1] + lengths[:-1]) + 1
    firsts = np.concatenate([[0], breaks])
    lasts = np.concatenate([breaks, [len(starts)]]) - 1
    view = data.data
    begin, end = starts[firsts].tolist(), (starts[lasts] + lengths[lasts]).tolist()
    return b"".join(view[one:other] for one, other in zip(begin, end, strict=True))


def mark_lines(
    encoded: Encoded,
    numbers: NDArray[np.int64],
    columns: MarkColumns,
    files: Strings | None = None,
    symbols: SymbolBatch | None = None,
) -> Strings:
    """Return the lines of marks.csv of proven rows; ``numbers`` are their record numbers."""
    pieces: list[Piece] = [digits(numbers)]
    for number in range(columns.lines):
        pieces.append(b",")
        if number < len(encoded.shape.lines):
            pieces += _cell(encoded, encoded.shape.lines[number])
    if columns.has_payload:
        pieces += [b",", *_cell(encoded, encoded.shape.payload)]
    if columns.has_check:
        pieces += [b",", encoded.piece(CHECK)]
    for element in columns.elements:
        pieces += [b",", encoded.values(element.name)]
    if columns.has_file:
        pieces += [b",", files if files is not None else b""]
    if columns.has_modules and symbols is not None:
        pieces += [b",", *_hexadecimal(symbols)]
    pieces.append(b"\n")
    return weave(pieces, len(encoded.rows))


_HEX = np.array([f"{byte:02x}".encode() for byte in range(256)])


def _hexadecimal(symbols: SymbolBatch) -> list[Piece]:
    """Return the size of each symbol and its packed modules."""
    from markcode.symbols.datamatrix.columns.batch import SIZES

    small = symbols.compact()
    names = ByCode(tuple(size.name.encode() for size in SIZES), small.sizes.astype(np.int32))
    lengths = np.diff(small.offsets, append=len(small.bits))
    digits = _HEX[small.bits].view(np.uint8)
    return [names, b",", Strings.packed(digits, 2 * lengths)]


def _cell(encoded: Encoded, pieces: Pieces) -> list[Piece]:
    """Return a cell of text; only what stands in every mark can need quotes or escapes."""
    fixed = [piece for piece in pieces if isinstance(piece, bytes)]
    escaped = {piece: escape(piece.decode()).encode() for piece in fixed}
    quoted = csv_line(["", b"".join(escaped.values()).decode()]).startswith(b',"')
    quote = [b'"'] * quoted
    found: list[Piece] = [*quote]
    for piece in encoded.pieces(pieces):
        if isinstance(piece, bytes):
            piece = escaped[piece].replace(b'"', b'""') if quoted else escaped[piece]
        found.append(piece)
    return [*found, *quote]


def struck_lines(encoded: Encoded, number: int) -> Strings:
    """Return one struck line of each proven row, counted from 0."""
    return encoded.woven(encoded.shape.lines[number])


def in_rows(writer: Writer) -> InRows | None:
    """Return the writer, if it puts the lines of a mark in a row and that is done from columns."""
    return writer if isinstance(writer, InRows) and writer.is_columnar else None


def row_lines(encoded: Encoded, count: int, separator: str) -> Strings:
    """Return the first ``count`` struck lines of each proven row, in a row that CR LF ends."""
    pieces: list[Piece] = []
    for number in range(count):
        pieces += [struck_lines(encoded, number), separator.encode()]
    return weave([*pieces[:-1], b"\r\n"], len(encoded.rows))


def marks_of(
    encoded: Encoded, numbers: NDArray[np.int64], symbol: str | None, shape: Shape = "square"
) -> Iterator[Mark | None]:
    """Yield each proven row as a mark for a machine; None where the symbol cannot hold it.

    ``numbers`` are the record numbers of the whole chunk; ``shape`` is that of a Data Matrix.
    """
    lines = [encoded.woven(line).texts() for line in encoded.shape.lines]
    drawn = [encoded.woven(line).texts() for line in encoded.shape.drawn]
    made = None if symbol is None else _symbols(encoded.payload, symbol, shape)
    for at, number in enumerate(numbers[encoded.rows].tolist()):
        own = None
        if made is not None:
            own = next(made)
            if own is None:
                yield None
                continue
        struck = tuple(str(line[at]) for line in lines)
        yield Mark(number, struck, own, tuple(str(line[at]) for line in drawn))


def _symbols(payloads: Strings, symbol: str, shape: Shape) -> Iterator[Symbol | None]:
    """Yield the symbol of each payload; None where it cannot hold it."""
    if symbol == "datamatrix":
        yield from encode_many(payloads, shape=shape, errors="null")
        return
    for payload in payloads.texts():
        try:
            yield symbol_of(symbol, Payload(str(payload)))
        except InvalidMark:
            yield None


def is_plain_value(lines: Strings, forbidden: str = "") -> NDArray[np.bool_]:
    """Return which lines a machine takes that knows no quotes (`markcode.equipment.text`)."""
    first = lines.matrix(1)[:, 0]
    fits: NDArray[np.bool_] = (lines.lengths > 0) & ~np.isin(first, list(FORMULA.encode()))
    small = lines.compact()
    wrong = small.data >= 0x80
    for char in forbidden.encode():
        wrong |= small.data == char
    if wrong.any():
        so_far = np.concatenate([[0], np.cumsum(wrong)])
        fits &= so_far[small.starts] == so_far[small.starts + small.lengths]
    return fits


def warnings_of(encoded: Encoded) -> tuple[list[list[Finding]], NDArray[np.int32]]:
    """Return lists of warnings, and for each proven row which of them is its."""
    of_check, place = _lookalikes(encoded.written)
    of_kind = [[f for f in kind.findings if f.severity == "warning"] for kind in encoded.kinds]
    lists = [[*one, *other] for one in of_kind for other in of_check]
    return lists, encoded.kind * len(of_check) + place[encoded.check]


@lru_cache
def _lookalikes(written: tuple[str, ...]) -> tuple[list[list[Finding]], NDArray[np.int32]]:
    """Return the different warnings about checks, and for each check which of them is its."""
    found: list[list[Finding]] = []
    place = np.zeros(len(written), np.int32)
    for at, text in enumerate(written):
        warnings = lookalike_warning(text)
        if warnings not in found:
            found.append(warnings)
        place[at] = found.index(warnings)
    return found, place


def warning_lines(
    numbers: NDArray[np.int64],
    lists: Sequence[Sequence[Finding]],
    which: NDArray[np.int32],
    tail_of: Callable[[Finding], bytes],
) -> Strings:
    """Return the lines of warnings.csv of proven rows: one of each list for each of its rows.

    ``tail_of`` gives a line but for its row number.
    """
    most = max((len(each) for each in lists), default=0)
    row = digits(numbers)
    pieces: list[Piece] = []
    for at in range(most):
        tails = [tail_of(each[at]) if at < len(each) else b"" for each in lists]
        tail = constant(tails, which)
        pieces += [Strings(row.data, row.starts, np.where(tail.lengths > 0, row.lengths, 0)), tail]
    return weave(pieces, len(numbers))
