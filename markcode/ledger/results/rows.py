"""Rows of a result file: what each says, before the ledger is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markcode.errors import TableError
from markcode.ledger.details import Details
from markcode.ledger.refused import EventRefused
from markcode.ledger.results.forms import FIELDS, ResultForm
from markcode.tables import Row, open_table, resolve_columns

__all__ = ["ResultRows", "Said"]

_EXACT = ("code", "reader_text")
"""Fields whose blanks are theirs."""
_NUMBERS = ("seq", "result", "grade")
"""Fields that may be numbers: nothing is lost that way."""
_OF_DETAIL = {
    "mark": "code",
    "kind": "event",
    "time": "time_utc",
    "date": "time_utc",
    "note": "message",
}
"""Field of a detail, where it is called otherwise."""


@dataclass(frozen=True)
class Said:
    """What a row says: which mark, and what happened to it."""

    job: str
    seq: str
    code: str
    kind: str
    details: Details


def _bare(name: str, text: str) -> str:
    return text if name in _EXACT else text.strip()


class ResultRows:
    """A result file, opened. Raises `TableError` for what is no table, or lacks a column."""

    def __init__(self, path: str | Path, form: ResultForm) -> None:
        self.table = open_table(path, encoding=form.encoding, delimiter=form.delimiter)
        form.check_columns(self.table.path, self.table.headers)
        self._form = form
        # A column that happens to be called a date is none of ours, unless somebody says so.
        wanted = dict.fromkeys(n for n in FIELDS if n != "date" or n in form.columns)
        constants = {name: _bare(name, text) for name, text in form.constants.items()}
        self._constants = constants
        required = ("event", "time_utc")
        found = resolve_columns(self.table.headers, wanted, form.columns, constants, required)
        self._columns = found.of
        if not {"code", "seq"} & {*self._columns, *constants}:
            raise TableError(
                f"{path}: no column names the marks: code, or job_id and seq, is needed; the "
                f"columns are {', '.join(self.table.headers)}. Name one with --map code=COLUMN"
            )

    def column(self, fault: EventRefused) -> str:
        """Return the header that a fault is about, or the field where it has no column."""
        name = fault.field
        if name not in self._columns:
            name = _OF_DETAIL.get(name, name)
        return self._columns.get(name, name)

    def read(self) -> Iterator[tuple[int, Said | EventRefused | None]]:
        """Yield the number of each row with what it says, or why it says nothing.

        None stands for a row that is to be passed over.
        """
        for row in self.table.rows():
            try:
                yield row.number, self._said(row)
            except EventRefused as fault:
                yield row.number, fault

    def _said(self, row: Row) -> Said | None:
        cells = {name: _bare(name, row.values[at]) for name, at in self._columns.items()}
        said = {**self._constants, **{name: text for name, text in cells.items() if text}}
        if self._form.is_ignored(said.get("event", "")):
            return None
        self._check_cells(row)
        for name in ("event", "time_utc"):
            if name not in said:
                raise EventRefused(name, "result.missing", column=self._columns.get(name, name))
        if "code" not in said and not {"job_id", "seq"} <= said.keys():
            missing = "job_id" if "seq" in said else "code"
            raise EventRefused(missing, "result.missing", column=missing)
        kind = self._form.event(said["event"])
        grade, note = said.get("grade", ""), said.get("message", "")
        if kind == "verified" and self._form.is_too_low(grade):
            kind, note = "rejected", note or f"{grade} < {self._form.least_grade}"
        date, time = self._form.moment(said.get("date", ""), said["time_utc"])
        details = Details(
            date=date,
            time=time,
            operator=said.get("operator", ""),
            note=note,
            machine=said.get("machine", ""),
            result=said.get("result", ""),
            grade=grade,
            reader_text=said.get("reader_text", ""),
        )
        job, seq, code = (said.get(name, "") for name in ("job_id", "seq", "code"))
        return Said(job, seq, code, kind, details)

    def _check_cells(self, row: Row) -> None:
        """Raise `EventRefused` for a row that cannot be trusted as it stands."""
        fields = {header: name for name, header in self._columns.items()}
        for fault in row.faults:
            name = "" if fault.column is None else fields.get(fault.column)
            if name is None or (name in _NUMBERS and fault.code == "cell.numeric"):
                continue
            column = fault.column or ""
            raise EventRefused(name, fault.code, **{**fault.params, "column": column})
