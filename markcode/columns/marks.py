"""The verdicts on a column of marks."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from markcode.columns.findings import findings_type, told
from markcode.declaration import EventRule
from markcode.errors import ProfileError
from markcode.model import Event, Firearm, Report
from markcode.series import text_series

if TYPE_CHECKING:
    from markcode.format import Format

__all__ = ["verify_column"]

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
    schema: dict[str, Any] = {"verdict": pl.String, "findings": findings_type()}
    for element in rule.elements:
        schema[element.name] = pl.Int64 if element.is_number else pl.String
    rows = [
        (None,) * len(schema)
        if text is None
        else _told(rule, fmt.verify(text, rule.kind, as_of, pedantic))
        for text in text_series(column, f"{fmt.name}, marks")
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


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
    return report.verdict, told(report.findings), *elements
