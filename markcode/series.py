"""A column as callers bring it: a list, a polars Series or an Arrow array of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markcode.errors import ElementError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["text_series"]


def text_series(column: Any, where: str) -> pl.Series:
    """Return a column of text as a Series of strings, with its nulls.

    ``where`` begins the message of an `ElementError`: for what is no column, and for one of numbers
    or bytes.

    >>> text_series(["007", None], "serials").to_list()
    ['007', None]
    """
    import polars as pl

    if isinstance(column, (str, bytes)):
        raise ElementError(f"{where}: {column!r} is one text, not a column: use the scalar")
    try:
        series = column if isinstance(column, pl.Series) else pl.Series(values=column)
    except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
        reason = str(error).partition("\n")[0]
        raise ElementError(f"{where}: this is no column of text: {reason}") from error
    if series.dtype not in (pl.String, pl.Categorical, pl.Enum, pl.Null):
        raise ElementError(
            f"{where}: a column of {series.dtype} where text is expected; numbers have "
            "lost their leading zeros, so read the column as text from its source"
        )
    return series.cast(pl.String)
