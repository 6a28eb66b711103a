"""Tables of arms: CSV and TSV, JSON lines and .xlsx workbooks, read row by row.

A cell that cannot be trusted (a serial that a spreadsheet made a number) is not repaired and not
dropped: the row carries a `CellFault`, and who reads the row decides by element. ::

    table = open_table("arms.csv")
    columns = resolve_columns(table.headers, {"serial": "firearm", "country": "firearm"})
    for row in table.rows():
        row.number, row.values[columns.of["serial"]], row.faults
"""

from __future__ import annotations

from pathlib import Path

from markcode.errors import TableError
from markcode.tables import delimited, files, jsonlines, workbook
from markcode.tables.columns import Columns, resolve_columns
from markcode.tables.rows import CellFault, Row, Table

__all__ = ["CellFault", "Columns", "Row", "Table", "open_table", "resolve_columns"]

_WORKBOOKS = {".xlsx", ".xlsm"}
_JSON_LINES = {".jsonl", ".ndjson"}


def open_table(
    path: str | Path, *, encoding: str | None = None, delimiter: str | None = None
) -> Table:
    """Open a table of arms; the suffix says how, and an unknown one means CSV.

    The delimiter of CSV is found out where it is not given.

    Without ``encoding``, text is UTF-8 with or without BOM and a wrong byte anywhere is an error;
    with it, a byte that it does not know is a fault of its cell. Raises `TableError` for what
    cannot be read at all: no file, no header, a header that occurs twice, a quote that never
    closes (while reading), a password.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    files.check(path)
    stamp = files.stamp(path)
    if suffix in _WORKBOOKS:
        if encoding is not None:
            raise TableError(f"{path}: a workbook has no encoding to choose; leave it out")
        book = workbook.Workbook(path)
        return Table(path, book.headers, files.digest(path), book.rows, stamp)
    files.refuse_binary(path, encoding)
    text = files.TextFile(path, encoding)
    if suffix in _JSON_LINES:
        sha256 = files.digest(path, check_utf8=encoding is None)
        lines = jsonlines.JsonLines(text)
        return Table(path, lines.headers, sha256, lines.rows, stamp)
    from markcode.tables import plain

    watch = plain.Watch()
    sha256 = files.digest(path, check_utf8=encoding is None, watch=watch.update)
    source = delimited.Delimited(text, delimiter)
    chunks = None
    if watch.is_plain and encoding is None:
        chunks = plain.PlainTable(path, source.headers, source.delimiter, source.header_line).chunks
    return Table(path, source.headers, sha256, source.rows, stamp, chunks)
