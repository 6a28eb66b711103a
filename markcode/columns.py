"""Whole columns: the marks of a table of arms, and the verdicts on a column of marks.

Row by row these say what `Format.encode` and `Format.verify` say of one arm and one mark
(contracts.md section 9). Rows are never dropped and keep their order.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from markcode.cells import read_cells, unexplained
from markcode.declaration import Element, EventRule
from markcode.errors import InvalidMark, ProfileError, TableError
from markcode.fields import Value
from markcode.model import Event, Finding, Firearm, Marking, Report, Verdict
from markcode.notation import as_text
from markcode.series import text_series

if TYPE_CHECKING:
    import polars as pl

    from markcode.format import Format

__all__ = ["encode_column", "verify_column"]

_FIRST_ROW = 2
"""Record number of the first arm: the header is row 1 (contracts.md section 8)."""
_OWN = ("verdict", "findings")
"""What `verify_column` adds to the columns of the elements."""


def encode_column(
    fmt: Format, table: Any, event: Event | str | None = None, accept_provisional: bool = False
) -> pl.DataFrame:
    """Return ``row, text, payload, check, verdict, findings`` for each arm of a table.

    ``table`` is a polars DataFrame or LazyFrame, or Arrow data with named columns. Its columns are
    the event's elements by name, of text; a year may be a whole number. Null and empty text are
    absent, and so is an element without a column. The data of an `Event` hold for every row.

    ``row`` is the record number with the header as row 1, so the first arm is row 2. ``text``,
    ``payload`` (its data as they stand) and ``check`` are null where encode refuses, and the
    verdict is then ``invalid``; else it is that of verify on the payload, ``suspect`` if encode
    warns. ``findings`` is a list of structs ``code, severity, element, start, end, params``;
    ``params`` is the JSON object of `Finding.to_dict` as text, its keys sorted.

    Raises `TableError` for what is no table and for a column that is no element or is given by the
    event too, `ElementError` for a column of the wrong type, `ProfileError` for an unknown event.

    >>> import polars as pl
    >>> from markcode import get_format
    >>> arms = pl.DataFrame({"serial": ["12345678-A1", "12 34"]})
    >>> marks = encode_column(get_format("us-pmf"), arms)
    >>> marks.select("row", "text", "verdict").rows()
    [(2, '12345678-A1', 'valid'), (3, None, 'invalid')]
    """
    import polars as pl

    given = Event(event) if isinstance(event, str) else event
    rule = fmt.rule(given.kind if given else None)
    constants = _constants(rule, given) if given else {}
    frame = _frame(fmt, table)
    _refuse_unfit_columns(fmt, rule, frame.columns, constants)
    cells = {name: _cells(fmt, rule.element(name), frame[name]) for name in frame.columns}
    rows = []
    for at in range(frame.height):
        values = {name: column[at] for name, column in cells.items()}
        made = _encode(fmt, rule, {**constants, **values}, accept_provisional)
        rows.append((_FIRST_ROW + at, *made))
    schema: dict[str, Any] = {
        "row": pl.UInt32,
        "text": pl.String,
        "payload": pl.String,
        "check": pl.String,
        "verdict": pl.String,
        "findings": _findings_type(),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def verify_column(
    fmt: Format,
    column: Any,
    event: Event | str | None = None,
    as_of: datetime.date | None = None,
    pedantic: bool = False,
) -> pl.DataFrame:
    """Return ``verdict, findings`` and the elements of the event for each mark of a column.

    ``column`` is a polars Series, a list or an Arrow array of text. An element that was not read
    for certain is null; a year is an integer, every other element text. A null mark has null
    everywhere. ``findings`` are those of `encode_column`, with the code points ``[start, end)`` of
    the text. The other arguments are those of `Format.verify`.

    Raises `ElementError` for a column of no text; `ProfileError` for an unknown event, and for a
    format of one's own with an element that is called like a column of the answer.

    >>> from markcode import get_format
    >>> marks = ["12345678-A1", None, "12345678A1"]
    >>> verify_column(get_format("us-pmf"), marks).select("verdict", "serial").rows()
    [('valid', '12345678-A1'), (None, None), ('invalid', None)]
    """
    import polars as pl

    rule = fmt.rule(event.kind if isinstance(event, Event) else event)
    _refuse_own_names(fmt, rule)
    schema: dict[str, Any] = {"verdict": pl.String, "findings": _findings_type()}
    for element in rule.elements:
        schema[element.name] = pl.Int64 if element.is_number else pl.String
    rows = [
        (None,) * len(schema)
        if text is None
        else _told(rule, fmt.verify(text, rule.kind, as_of, pedantic))
        for text in text_series(column, f"{fmt.name}, marks")
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


# -- tables of arms ------------------------------------------------------------------------------


def _frame(fmt: Format, table: Any) -> pl.DataFrame:
    import polars as pl

    if isinstance(table, pl.LazyFrame):
        return table.collect()
    reason = type(table).__name__
    if hasattr(table, "__arrow_c_stream__"):
        try:
            return pl.DataFrame(table)
        except pl.exceptions.PolarsError as error:
            reason = str(error).partition("\n")[0]
    raise TableError(
        f"{fmt.name}: arms are a polars DataFrame or LazyFrame, or Arrow data with named columns, "
        f"not this: {reason}"
    )


def _constants(rule: EventRule, event: Event) -> dict[str, Value]:
    """Return the values that an event gives to every row, by element."""
    of = {e.name: e.of(Firearm(), event) for e in rule.elements if e.owner == "event"}
    return {name: value for name, value in of.items() if value is not None}


def _refuse_unfit_columns(
    fmt: Format, rule: EventRule, columns: Sequence[str], constants: Mapping[str, Value]
) -> None:
    for name in columns:
        if name not in rule.names:
            raise TableError(
                f"{fmt.name}: column {name!r} is no element of a {rule.kind} mark, which has: "
                f"{', '.join(rule.names)}; rename the column or leave it out"
            )
        if name in constants:
            raise TableError(
                f"{fmt.name}: {name} is given by a column and by the event; leave one of them out"
            )


def _cells(fmt: Format, element: Element, column: pl.Series) -> list[Any]:
    if element.is_number and column.dtype.is_integer():
        return column.to_list()
    return text_series(column, f"{fmt.name}, column {element.name!r}").to_list()


def _encode(
    fmt: Format, rule: EventRule, values: Mapping[str, Value | None], accept_provisional: bool
) -> tuple[str | None, str | None, str | None, Verdict, list[dict[str, Any]]]:
    """Return text, payload, check, verdict and findings of one row."""
    firearm, event, faults = read_cells(rule, values)
    try:
        marking = fmt.encode(firearm, event, accept_provisional)
    except InvalidMark as refused:
        findings = [*faults, *unexplained(faults, refused.findings)]
        return None, None, None, "invalid", _told_findings(findings)
    if faults:
        return None, None, None, "invalid", _told_findings(faults)
    return (
        marking.text,
        as_text(marking.payload.data),
        marking.check,
        _verdict(fmt, marking),
        _told_findings(marking.findings),
    )


def _verdict(fmt: Format, marking: Marking) -> Verdict:
    verdict = fmt.verify(marking.payload, marking.event).verdict
    warned = any(finding.severity == "warning" for finding in marking.findings)
    return "suspect" if warned and verdict == "valid" else verdict


# -- columns of marks ----------------------------------------------------------------------------


def _refuse_own_names(fmt: Format, rule: EventRule) -> None:
    for name in _OWN:
        if name in rule.names:
            raise ProfileError(
                f"{fmt.name}: a column of verified marks has a {name} of its own beside those of "
                f"the elements: call the element {name!r} something else"
            )


def _told(rule: EventRule, report: Report) -> tuple[Any, ...]:
    """Return verdict, findings and elements of one report."""
    firearm = report.firearm or Firearm()
    event = Event.of(report.data.get("event", {}), kind=rule.kind)
    elements = (element.of(firearm, event) for element in rule.elements)
    return report.verdict, _told_findings(report.findings), *elements


# -- findings ------------------------------------------------------------------------------------


def _findings_type() -> pl.List:
    import polars as pl

    texts = {"code": pl.String, "severity": pl.String, "element": pl.String}
    return pl.List(pl.Struct({**texts, "start": pl.Int64, "end": pl.Int64, "params": pl.String}))


def _told_findings(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [_told_finding(finding) for finding in findings]


def _told_finding(finding: Finding) -> dict[str, Any]:
    start, end = finding.span or (None, None)
    params = finding.to_dict()["params"]
    return {
        "code": finding.code,
        "severity": finding.severity,
        "element": finding.element,
        "start": start,
        "end": end,
        "params": json.dumps(params, ensure_ascii=False, sort_keys=True),
    }
