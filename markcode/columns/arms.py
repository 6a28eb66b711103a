"""The marks of a table of arms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from markcode.arrow import Strings
from markcode.cells import read_cells, unexplained
from markcode.columns.encoding import Encoded, EncodeKernel
from markcode.columns.findings import findings_type, told
from markcode.declaration import Element, EventRule
from markcode.errors import InvalidMark, TableError
from markcode.fields import Value
from markcode.model import Event, Finding, Firearm, Verdict
from markcode.notation import as_text
from markcode.series import text_series
from markcode.writing import lookalike_warning

if TYPE_CHECKING:
    from markcode.format import Format

__all__ = ["encode_column"]

_FIRST_ROW = 2
"""Record number of the first arm: the header is row 1 (contracts.md section 8)."""


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
    given = Event(event) if isinstance(event, str) else event
    rule = fmt.rule(given.kind if given else None)
    constants = _constants(rule, given) if given else {}
    frame = _frame(fmt, table)
    _refuse_unfit_columns(fmt, rule, frame.columns, constants)
    columns = {name: _cells(fmt, rule.element(name), frame[name]) for name in frame.columns}
    numbers = frozenset(name for name, cells in columns.items() if cells.dtype.is_integer())
    kernel = EncodeKernel(fmt, rule, frame.columns, constants, accept_provisional, numbers)
    texts = {name: Strings.of(cells.cast(pl.String)) for name, cells in columns.items()}
    proven = kernel.encode(texts)
    rest = np.ones(frame.height, np.bool_)
    for encoded in proven:
        rest[encoded.rows] = False
    parts = [_proven_frame(encoded, fmt.check is not None) for encoded in proven]
    rows = np.flatnonzero(rest).tolist()
    if rows or not parts:
        left = {name: cells.gather(rows).to_list() for name, cells in columns.items()}
        parts.append(_scalar_frame(fmt, rule, rows, left, constants, accept_provisional))
    return pl.concat(parts).sort("row") if len(parts) > 1 else parts[0]


def _schema() -> dict[str, Any]:
    texts = dict.fromkeys(("text", "payload", "check", "verdict"), pl.String)
    return {"row": pl.UInt32, **texts, "findings": findings_type()}


def _proven_frame(encoded: Encoded, has_check: bool) -> pl.DataFrame:
    """Return the rows of one shape; verdict and findings are those of their kind and check."""
    combined = encoded.kind.astype(np.int64) * len(encoded.written) + encoded.check
    different, which = np.unique(combined, return_inverse=True)
    verdicts: list[Verdict] = []
    findings: list[list[dict[str, Any]]] = []
    for number in different.tolist():
        kind, check = divmod(number, len(encoded.written))
        made = encoded.kinds[kind]
        all_told = [*made.findings, *lookalike_warning(encoded.written[check])]
        verdicts.append(_warned(made.verdict, all_told))
        findings.append(told(all_told))
    of_row = pl.Series(which, dtype=pl.UInt32)
    check = encoded.column("check").to_series() if has_check and encoded.written != ("",) else None
    return pl.DataFrame(
        {
            "row": pl.Series(encoded.rows + _FIRST_ROW, dtype=pl.UInt32),
            "text": encoded.text.to_series(),
            "payload": encoded.payload.to_series(),
            "check": check,
            "verdict": pl.Series(verdicts, dtype=pl.String).gather(of_row),
            "findings": pl.Series(findings, dtype=findings_type()).gather(of_row),
        },
        schema=_schema(),
    )


def _scalar_frame(
    fmt: Format,
    rule: EventRule,
    rows: Sequence[int],
    cells: Mapping[str, Sequence[Any]],
    constants: Mapping[str, Value],
    accept_provisional: bool,
) -> pl.DataFrame:
    """Return the rows that the kernel left open."""
    made = []
    for at, row in enumerate(rows):
        values = {**constants, **{name: column[at] for name, column in cells.items()}}
        made.append((_FIRST_ROW + row, *_encode(fmt, rule, values, accept_provisional)))
    return pl.DataFrame(made, schema=_schema(), orient="row")


def _frame(fmt: Format, table: Any) -> pl.DataFrame:
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


def _cells(fmt: Format, element: Element, column: pl.Series) -> pl.Series:
    if element.is_number and column.dtype.is_integer():
        return column
    return text_series(column, f"{fmt.name}, column {element.name!r}")


def _encode(
    fmt: Format, rule: EventRule, values: Mapping[str, Value | None], accept_provisional: bool
) -> tuple[str | None, str | None, str | None, Verdict, list[dict[str, Any]]]:
    """Return text, payload, check, verdict and findings of one row."""
    firearm, event, faults = read_cells(rule, values)
    try:
        marking = fmt.encode(firearm, event, accept_provisional)
    except InvalidMark as refused:
        findings = [*faults, *unexplained(faults, refused.findings)]
        return None, None, None, "invalid", told(findings)
    if faults:
        return None, None, None, "invalid", told(faults)
    return (
        marking.text,
        as_text(marking.payload.data),
        marking.check,
        _warned(fmt.verify(marking.payload, marking.event).verdict, marking.findings),
        told(marking.findings),
    )


def _warned(verdict: Verdict, findings: Sequence[Finding]) -> Verdict:
    """Return the verdict on a mark of which encode has said this too."""
    is_warned = any(finding.severity == "warning" for finding in findings)
    return "suspect" if is_warned and verdict == "valid" else verdict
