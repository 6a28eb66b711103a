"""JSON lines: one object a line; keys are the headers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from markcode.errors import TableError
from markcode.model import Elements
from markcode.tables.files import Lines, TextFile
from markcode.tables.rows import CellFault, Row, make_headers, make_row

__all__ = ["JsonLines"]

_MOST_KEYS = 1_000


class _Number(str):
    """A number as it was written: no digit is lost and no zero added."""


class _Repeated(ValueError):
    """A key occurs twice in one object."""


class JsonLines:
    """A table of JSON lines; its headers are the keys of all its objects, in order of appearance.

    The number of a row is that of its line. A line that is no object is a row with a fault.
    """

    def __init__(self, file: TextFile) -> None:
        self._file = file
        keys: dict[str, None] = {}
        with file.lines() as lines:
            for _, found in _objects(lines):
                if isinstance(found, dict):
                    keys.update(dict.fromkeys(found))
                if len(keys) > _MOST_KEYS:
                    raise TableError(f"{file.path}: has more than {_MOST_KEYS:,} different keys")
        if not keys:
            raise TableError(f"{file.path}: holds no JSON object; each line must be one")
        self._keys = tuple(keys)
        self.headers = make_headers(file.path, keys)

    def rows(self) -> Iterator[Row]:
        """Yield a row for each line that is not blank."""
        with self._file.lines() as lines:
            for number, found in _objects(lines):
                if isinstance(found, str):
                    fault = CellFault(None, "row.syntax", Elements(reason=found))
                    yield Row(number, dict.fromkeys(self.headers, ""), (fault,))
                else:
                    yield self._row(number, found)

    def _row(self, number: int, found: dict[str, Any]) -> Row:
        cells: list[str] = []
        faults: list[CellFault] = []
        for key, header in zip(self._keys, self.headers, strict=True):
            text, code = _cell(found.get(key))
            cells.append(text)
            if code is not None:
                reason = {"reason": "json"} if code == "cell.numeric" else {}
                faults.append(CellFault(header, code, Elements(reason, value=text)))
        return make_row(number, self.headers, cells, faults)


def _cell(value: Any) -> tuple[str, str | None]:
    """Return the text of a value and the code of its fault."""
    if value is None:
        return "", None
    if isinstance(value, _Number):
        return str(value), "cell.numeric"
    if isinstance(value, str):
        return value, None
    return json.dumps(value, ensure_ascii=False), "cell.type"


def _objects(lines: Lines) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Yield the number of each line that is not blank, and its object or what is wrong with it."""
    for line in lines:
        lines.start_record()
        if not line.strip():
            continue
        try:
            found = _DECODER.decode(line)
        except json.JSONDecodeError as error:
            yield lines.number, f"{error.msg}, column {error.colno}"
        except _Repeated as error:
            yield lines.number, f"the key {error} occurs twice"
        except RecursionError:
            yield lines.number, "nested too deep"
        else:
            is_object = isinstance(found, dict)
            yield lines.number, found if is_object else "not an object in braces { }"


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise _Repeated(repr(next(key for key in keys if keys.count(key) > 1)))
    return found


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_float=_Number, parse_int=_Number, parse_constant=_Number
)
