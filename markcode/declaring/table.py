"""A table of a format file, read key by key: each value of the type that is wanted, none unread."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markcode import lengths
from markcode.declaring.source import Source
from markcode.errors import FormatFileError, LengthError

__all__ = ["Table"]

_MOST_TEXT = 2_000
_MOST_ENTRIES = 400


class Table:
    """A view of one table with its place in the file, for errors that name file, line and key."""

    def __init__(self, source: Source, values: Mapping[str, Any], path: Sequence[str] = ()) -> None:
        self.source = source
        self.values = values
        self.path = tuple(path)

    def error(self, key: str, reason: str) -> FormatFileError:
        """Return the error about a key of this table, or about the table itself (no key)."""
        return self.source.error((*self.path, key) if key else self.path, reason)

    def only(self, *known: str) -> Table:
        """Return the table itself. Raises `FormatFileError` if it holds any other key."""
        for key in self.values:
            if key not in known:
                import difflib

                near = difflib.get_close_matches(key, known, n=1)
                hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"
                raise self.error(key, f"this key is not known; {hint}")
        return self

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def text(self, key: str, default: str | None = None) -> str:
        """Return a printable text of one line."""
        if key not in self.values:
            if default is None:
                raise self.error("", f"{key} is missing: a text is needed")
            return default
        return self._text(key, self.values[key])

    def _text(self, key: str, value: Any) -> str:
        if not isinstance(value, str):
            raise self.error(key, f"{_shown(value)} is {_kind(value)}; a text in quotes is needed")
        if len(value) > _MOST_TEXT:
            raise self.error(key, f"the text has {len(value):,} characters; {_MOST_TEXT:,} at most")
        if not value.isprintable():
            bad = next(c for c in value if not c.isprintable())
            raise self.error(key, f"the text holds U+{ord(bad):04X}, which cannot be printed")
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        """Return true or false."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.error(key, f"{_shown(value)} is {_kind(value)}; true or false is needed")
        return value

    def one_of(self, key: str, known: Sequence[str], default: str | None = None) -> str:
        """Return a text that is one of those known."""
        value = self.text(key, default)
        if value not in known:
            raise self.error(key, f"{value!r} is none of {', '.join(known)}")
        return value

    def texts(self, key: str, default: Sequence[str] = ()) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self.values.get(key, default)
        if isinstance(value, str) or not isinstance(value, (list, tuple)):
            raise self.error(key, f"{_shown(value)} is {_kind(value)}; a list of texts is needed")
        self._count(key, value)
        return tuple(self._text(key, entry) for entry in value)

    def numbers(self, key: str, default: Sequence[int]) -> tuple[int, ...]:
        """Return a list of whole numbers."""
        value = self.values.get(key, default)
        is_list = isinstance(value, (list, tuple)) and value
        if not is_list or any(not isinstance(n, int) or isinstance(n, bool) for n in value):
            raise self.error(key, f"{_shown(value)} is no list of whole numbers")
        return tuple(value)

    def date(self, key: str) -> datetime.date | None:
        """Return a day, or None where there is none."""
        value = self.values.get(key)
        if value is not None and type(value) is not datetime.date:
            raise self.error(key, f"{_shown(value)} is {_kind(value)}; a day such as 2027-12-01")
        return value

    def length(self, key: str) -> int | None:
        """Return a length in nanometres, or None where there is none."""
        if key not in self.values:
            return None
        try:
            return lengths.parse(self.text(key))
        except LengthError as fault:
            raise self.error(key, str(fault)) from None

    def table(self, key: str) -> Table:
        """Return a table within this one, empty if it is not there."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.error(key, f"{_shown(value)} is {_kind(value)}; a table is needed")
        self._count(key, value)
        return Table(self.source, value, (*self.path, key))

    def entries(self, key: str) -> Iterator[Table]:
        """Yield the tables of a list, each with its number from 1 as the name."""
        listed = self.values.get(key, [])
        if not isinstance(listed, list) or any(not isinstance(entry, dict) for entry in listed):
            raise self.error(key, 'a list of tables is needed, such as [{ elements = ["serial"] }]')
        self._count(key, listed)
        for number, entry in enumerate(listed, start=1):
            yield Table(self.source, entry, (*self.path, key, str(number)))

    def tables(self, key: str) -> Iterator[tuple[str, Table]]:
        """Yield the tables within the table ``key``, by name."""
        outer = self.table(key)
        for name in outer.values:
            yield name, outer.table(name)

    def _count(self, key: str, value: Sequence[Any] | Mapping[str, Any]) -> None:
        if len(value) > _MOST_ENTRIES:
            raise self.error(key, f"{len(value):,} entries are too many; {_MOST_ENTRIES} at most")


def _kind(value: Any) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", str: "a text"}
    names |= {list: "a list", dict: "a table"}
    return names.get(type(value), "a date or time")


def _shown(value: Any) -> str:
    try:
        text = str(value) if isinstance(value, (datetime.date, datetime.time)) else repr(value)
    except ValueError:
        return "a value with a number of very many digits"  # which Python refuses to write
    return text if len(text) <= 40 else text[:37] + "..."
