"""The first visible sheet of an .xlsx workbook (ECMA-376 Part 1, SpreadsheetML).

The XML is read here and not with a table library, because such libraries give values and not what
a cell *is*: whether `01238` was typed as text, is a number shown with zeros, a date, or the result
of a formula. That decides whether a serial can be trusted. Tests compare the values with calamine.
"""

from __future__ import annotations

import datetime
import posixpath
import re
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from markcode.errors import TableError
from markcode.model import Elements
from markcode.tables.rows import CellFault, Row, make_headers, make_row
from markcode.tables.xmlparts import Node, nodes

__all__ = ["Workbook"]

_CELL = re.compile("([A-Z]{1,3})[0-9]{1,7}")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_MOST_COLUMNS = 16_384
# Number formats 14 to 22 and 45 to 47 are dates and times everywhere, the others in East Asia.
_DATE_FORMATS = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
# Quoted text, escaped characters, and brackets that hold colours, conditions and locales.
_NO_DATE = re.compile(r'"[^"]*"|\\.|[_*].|\[(?![hmsHMS]+\])[^]]*\]')

_Text = tuple[str, str | None]
"""The text of a cell, and the code of its fault."""


@dataclass
class _Cell:
    """A cell as its XML says it."""

    kind: str = "n"
    style: int = 0
    value: str | None = None
    is_formula: bool = False
    text: list[str] = field(default_factory=list)


class Workbook:
    """A workbook whose shared texts and styles are held in memory; its sheet is read in passes.

    The number of a row is that of the sheet, counted from the header row as 1.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._archive() as archive:
            book = self._part(archive, "", "/officeDocument") or "xl/workbook.xml"
            self._sheet, self._epoch = self._first_sheet(archive, book)
            strings = self._part(archive, book, "/sharedStrings")
            self._strings = list(_shared_strings(self._nodes(archive, strings))) if strings else []
            styles = self._part(archive, book, "/styles")
            self._dates = _date_styles(self._nodes(archive, styles)) if styles else frozenset()
        with closing(self._filled()) as sheet:
            self._first, cells = next(sheet, (0, []))
        if not cells:
            raise TableError(f"{path}: the first sheet is empty; its first row must name columns")
        self.headers = make_headers(path, [text for text, _ in cells])

    def rows(self) -> Iterator[Row]:
        """Yield the rows after the header that are not blank."""
        with closing(self._filled()) as sheet:
            next(sheet)
            for number, cells in sheet:
                yield self._row(number - self._first + 1, cells)

    def _row(self, number: int, found: list[_Text]) -> Row:
        cells = found + [("", None)] * (len(self.headers) - len(found))
        faults = [
            CellFault(header, code, Elements(value=text))
            for header, (text, code) in zip(self.headers, cells, strict=False)
            if code is not None
        ]
        return make_row(number, self.headers, [text for text, _ in cells], faults)

    def _filled(self) -> Generator[tuple[int, list[_Text]]]:
        """Yield each row that is not blank, with its number in the sheet."""
        with self._archive() as archive:
            for number, cells in _sheet_rows(self._nodes(archive, self._sheet)):
                filled = {at: self._read(cell) for at, cell in cells.items()}
                last = max((at for at, found in filled.items() if any(found)), default=-1)
                if last >= 0:
                    yield number, [filled.get(at, ("", None)) for at in range(last + 1)]

    def _read(self, cell: _Cell) -> _Text:
        text, code = self._value(cell)
        return text, "cell.formula" if cell.is_formula else code

    def _value(self, cell: _Cell) -> _Text:
        value = cell.value or ""
        if cell.kind == "inlineStr":
            return _unescape("".join(cell.text)), None
        if not value:
            return "", None
        if cell.kind == "s":
            try:
                return self._strings[int(value)], None
            except (ValueError, IndexError):
                raise self._damaged(f"there is no shared text {value[:20]!r}") from None
        if cell.kind == "str":
            return _unescape(value), None
        if cell.kind == "b":
            return ("FALSE" if value == "0" else "TRUE"), "cell.type"
        if cell.kind == "e":
            return value, "cell.type"
        if cell.kind == "d":
            return value, "cell.date"
        if cell.style in self._dates:
            return _date(value, self._epoch), "cell.date"
        return _number(value), "cell.numeric"

    def _first_sheet(self, archive: zipfile.ZipFile, book: str) -> tuple[str, datetime.datetime]:
        epoch = datetime.datetime(1899, 12, 30)
        targets = self._targets(archive, book)
        for node in self._nodes(archive, book):
            if node.is_end:
                continue
            if node.name == "workbookPr" and node.attribute("date1904") in ("1", "true"):
                epoch = datetime.datetime(1904, 1, 1)
            if node.name == "sheet" and node.attribute("state", "visible") == "visible":
                kind, target = targets.get(node.attribute("id"), ("", ""))
                if kind.endswith("/worksheet"):
                    return target, epoch
        raise self._damaged("it has no visible sheet of cells")

    def _part(self, archive: zipfile.ZipFile, source: str, kind: str) -> str | None:
        """Return the part of a kind that ``source`` (the package itself: "") refers to."""
        found = self._targets(archive, source).values()
        return next((target for name, target in found if name.endswith(kind)), None)

    def _targets(self, archive: zipfile.ZipFile, source: str) -> dict[str, tuple[str, str]]:
        """Return kind and name of the parts that ``source`` refers to, by identifier."""
        folder, name = posixpath.split(source)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if relations not in archive.namelist():
            return {}
        return {
            node.attribute("Id"): (
                node.attribute("Type"),
                posixpath.normpath(posixpath.join("/", folder, node.attribute("Target")))[1:],
            )
            for node in self._nodes(archive, relations)
            if not node.is_end and node.name == "Relationship"
        }

    def _nodes(self, archive: zipfile.ZipFile, part: str) -> Iterator[Node]:
        if part not in archive.namelist():
            raise self._damaged(f"its part {part} is missing")
        return nodes(archive, part)

    @contextmanager
    def _archive(self) -> Iterator[zipfile.ZipFile]:
        """Open the file; what goes wrong inside it becomes one `TableError`."""
        try:
            # The file is ours to close: parts that an error left open would keep it.
            with self._path.open("rb") as file, zipfile.ZipFile(file) as archive:
                yield archive
        except zipfile.BadZipFile:
            raise TableError(
                f"{self._path}: is no .xlsx workbook, or is cut off, or has a password: "
                "save it again as .xlsx without a password, or as CSV"
            ) from None
        except (OSError, EOFError, zlib.error, RuntimeError, NotImplementedError) as error:
            raise self._damaged(str(error)) from None
        except ValueError as error:
            if isinstance(error, TableError):
                raise
            raise self._damaged(str(error)) from None

    def _damaged(self, reason: str) -> TableError:
        return TableError(
            f"{self._path}: the workbook cannot be read: {reason}; "
            "open it in a spreadsheet program and save it again, or export CSV"
        )


def _shared_strings(part: Iterator[Node]) -> Iterator[str]:
    """Yield the texts, without the reading aids (`rPh`) of East Asian ones."""
    texts: list[str] = []
    phonetic = False
    for node in part:
        if node.name == "rPh":
            phonetic = not node.is_end
        elif node.is_end and node.name == "t" and not phonetic:
            texts.append(node.text)
        elif node.is_end and node.name == "si":
            yield _unescape("".join(texts))
            texts.clear()


def _date_styles(part: Iterator[Node]) -> frozenset[int]:
    """Return the numbers of the cell styles that show a number as a date or a time."""
    formats: dict[str, str] = {}
    styles: set[int] = set()
    count = 0
    inside = False
    for node in part:
        if node.name == "cellXfs":
            inside = not node.is_end
        elif node.is_end:
            continue
        elif node.name == "numFmt":
            formats[node.attribute("numFmtId")] = node.attribute("formatCode")
        elif node.name == "xf" and inside:
            number = node.attribute("numFmtId", "0")
            shown = _NO_DATE.sub("", formats.get(number, ""))
            if number in map(str, _DATE_FORMATS) or re.search("[ymdhsYMDHS]", shown):
                styles.add(count)
            count += 1
    return frozenset(styles)


def _sheet_rows(part: Iterator[Node]) -> Iterator[tuple[int, dict[int, _Cell]]]:
    """Yield number and cells (by column, from 0) of each row that the sheet holds."""
    number = 0
    column = -1
    cells: dict[int, _Cell] = {}
    cell = _Cell()
    phonetic = False
    for node in part:
        if node.name == "rPh":
            phonetic = not node.is_end
        elif node.name == "row" and not node.is_end:
            number = int(node.attribute("r", str(number + 1)))
            column, cells = -1, {}
        elif node.name == "row":
            yield number, cells
        elif node.name == "c" and not node.is_end:
            column = _column(node.attribute("r"), column + 1)
            cell = _Cell(node.attribute("t", "n"), int(node.attribute("s", "0")))
        elif node.name == "c":
            cells[column] = cell
        elif node.name == "f":
            cell.is_formula = True
        elif node.name == "v" and node.is_end:
            cell.value = node.text
        elif node.name == "t" and node.is_end and not phonetic:
            cell.text.append(node.text)
        elif node.name == "sheetData" and node.is_end:
            return


def _column(reference: str, following: int) -> int:
    """Return the column, from 0, of a cell such as `B7`; the following one without a name."""
    match = _CELL.fullmatch(reference)
    column = following
    if match is not None:
        column = 0
        for letter in match[1]:
            column = column * 26 + ord(letter) - ord("A") + 1
        column -= 1
    if column >= _MOST_COLUMNS:
        raise ValueError(f"there is no column {column + 1}")
    return column


def _unescape(text: str) -> str:
    """Return the text that ECMA-376 writes with `_x000D_` for what XML cannot hold."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def _number(text: str) -> str:
    """Return a number without exponent and without a decimal point that says nothing.

    >>> _number("2023"), _number("2.023E3"), _number("5.56")
    ('2023', '2023', '5.56')
    """
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite() or abs(number.adjusted()) > 400:
        return text
    whole = number == number.to_integral_value()
    return f"{number.to_integral_value():f}" if whole else f"{number.normalize():f}"


def _date(text: str, epoch: datetime.datetime) -> str:
    """Return the date, or the time, of a number of days since ``epoch``."""
    try:
        moment = epoch + datetime.timedelta(days=float(text))
    except (ValueError, OverflowError):
        return text
    if moment.time() == datetime.time():
        return moment.date().isoformat()
    return moment.isoformat(sep=" ", timespec="seconds")
