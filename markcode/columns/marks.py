"""The verdicts on a column of marks."""

from __future__ import annotations

import datetime
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from markcode.arrow import Strings
from markcode.columns.findings import findings_type, told
from markcode.columns.verifying import Verified, VerifyKernel, values_of
from markcode.declaration import EventRule
from markcode.errors import ProfileError
from markcode.model import Event, Report
from markcode.series import text_series

if TYPE_CHECKING:
    from markcode.format import Format

__all__ = ["is_valid_column", "verify_column"]

_BLOCK = 1 << 15
"""Rows at a time: what is made of them stays in a core's own cache."""
_OWN = ("verdict", "findings")
"""What `verify_column` adds to the columns of the elements."""


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
    rule = fmt.rule(event.kind if isinstance(event, Event) else event)
    _refuse_own_names(fmt, rule)
    series = text_series(column, f"{fmt.name}, marks")
    texts = Strings.of(series)
    proven = _kernel(fmt, rule.kind, as_of, pedantic).verify(texts)
    rest = np.ones(len(texts), np.bool_)
    for verified in proven:
        rest[verified.rows] = False
    rows = np.flatnonzero(rest)
    parts = [_proven_frame(rule, verified, texts) for verified in proven]
    if len(rows) or not parts:
        some = series.gather(rows)
        told = [
            (None,) * (2 + len(rule.elements))
            if text is None
            else _told(rule, fmt.verify(text, rule.kind, as_of, pedantic))
            for text in some
        ]
        frame = pl.DataFrame(told, schema=_schema(rule), orient="row")
        parts.append(frame.with_columns(pl.Series(_ROW, rows, dtype=pl.UInt32)))
    whole = pl.concat(parts).sort(_ROW) if len(parts) > 1 else parts[0]
    return whole.drop(_ROW)


def is_valid_column(fmt: Format, column: Any, event: Event | str | None = None) -> pl.Series:
    """Return whether the verdict on each mark of a column is ``valid``; null for null.

    Faster than `verify_column`, which also says why. Raises as that does.

    >>> from markcode import get_format
    >>> is_valid_column(get_format("us-pmf"), ["12345678-A1", None, "12345678A1"]).to_list()
    [True, None, False]
    """
    rule = fmt.rule(event.kind if isinstance(event, Event) else event)
    series = text_series(column, f"{fmt.name}, marks")
    texts = Strings.of(series)
    answers, rest = np.zeros(len(texts), np.bool_), np.ones(len(texts), np.bool_)
    kernel = _kernel(fmt, rule.kind, None, False)
    for start in range(0, len(texts), _BLOCK):
        for verified in kernel.verify(texts.take(slice(start, start + _BLOCK))):
            good = np.array([each.verdict == "valid" for each in verified.told])
            answers[verified.rows + start] = good[verified.which]
            rest[verified.rows + start] = False
    if texts.valid is not None:
        rest &= texts.valid
    for row in np.flatnonzero(rest).tolist():
        answers[row] = fmt.is_valid(series[row], rule.kind)
    found = pl.Series(series.name, answers)
    return found if texts.valid is None else found.set(pl.Series(~texts.valid), None)


@lru_cache(maxsize=32)
def _kernel(fmt: Format, kind: str, as_of: datetime.date | None, pedantic: bool) -> VerifyKernel:
    """Return the kernel of a profile, which remembers what it has seen."""
    return VerifyKernel(fmt, fmt.rule(kind), as_of, pedantic)


_ROW = "\0row"
"""Name of a column that no element can have."""


def _schema(rule: EventRule) -> dict[str, Any]:
    elements = {e.name: pl.Int64 if e.is_number else pl.String for e in rule.elements}
    return {"verdict": pl.String, "findings": findings_type(), **elements}


def _proven_frame(rule: EventRule, verified: Verified, texts: Strings) -> pl.DataFrame:
    schema, which = _schema(rule), pl.Series(verified.which, dtype=pl.UInt32)
    columns = {
        "verdict": pl.Series([each.verdict for each in verified.told], dtype=pl.String),
        **{
            name: pl.Series([each.values.get(name) for each in verified.told], dtype=schema[name])
            for name in rule.names
            if name not in verified.open
        },
    }
    columns = {name: column.gather(which) for name, column in columns.items()}
    columns |= {name: tokens.to_series() for name, tokens in verified.open.items()}
    columns["findings"] = _findings(verified, texts.lengths[verified.rows])
    frame = pl.DataFrame({name: columns[name] for name in schema}, schema=schema)
    return frame.with_columns(pl.Series(_ROW, verified.rows, dtype=pl.UInt32))


def _findings(verified: Verified, lengths: NDArray[np.int64]) -> pl.Series:
    """Return the findings of each row: those of its kind, about the whole of its own text."""
    widest = int(lengths.max(initial=0)) + 1
    different, which = np.unique(verified.which * widest + lengths, return_inverse=True)
    lists = []
    for number in different.tolist():
        kind, length = divmod(number, widest)
        findings = verified.told[kind].findings
        lists.append(told([replace(finding, span=(0, length)) for finding in findings]))
    return pl.Series(lists, dtype=findings_type()).gather(pl.Series(which, dtype=pl.UInt32))


def _refuse_own_names(fmt: Format, rule: EventRule) -> None:
    for name in _OWN:
        if name in rule.names:
            raise ProfileError(
                f"{fmt.name}: a column of verified marks has a {name} of its own beside those of "
                f"the elements: call the element {name!r} something else"
            )


def _told(rule: EventRule, report: Report) -> tuple[Any, ...]:
    """Return verdict, findings and elements of one report."""
    return report.verdict, told(report.findings), *values_of(rule, report).values()
