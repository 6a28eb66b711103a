"""Repeats of a format's unique keys over a whole table, in memory that does not grow with it.

The first pass of a batch adds the keys of every row to a scratch database on disk; `finish` finds
the groups; the second pass asks for the findings of each row, in ascending order of rows.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from markcode.model import Elements, Finding

if TYPE_CHECKING:
    from markcode.writing import Slot, UniqueKey

__all__ = ["NAMED", "Duplicates", "scratch"]

NAMED = 10
"""Rows of a group that a finding names; more are only counted."""

BUNDLE = 5_000
"""Keys held in memory before they are written."""
_CACHE_KIB = 16_384
_SCHEMA = """
CREATE TABLE unique_key
    (slot INTEGER, value TEXT, variant TEXT, line INTEGER, kind INTEGER)
"""
# A row is a duplicate by an error key when another row has the same value, and by a warning key
# when another row has the same value and another variant (the elements in `distinct`).
_GROUPS = """
CREATE INDEX unique_key_value ON unique_key (slot, value, variant, line);
CREATE TABLE variants AS
    SELECT slot, value, variant, COUNT(*) AS size FROM unique_key GROUP BY slot, value, variant;
CREATE INDEX variants_value ON variants (slot, value, variant);
CREATE TABLE repeated AS
    SELECT slot, value, SUM(size) AS size, COUNT(*) AS variants FROM variants
    GROUP BY slot, value HAVING SUM(size) > 1;
CREATE INDEX repeated_value ON repeated (slot, value);
CREATE TABLE hit AS
    SELECT k.line, k.kind, k.slot, k.value, k.variant, r.size AS all_rows, v.size AS same
    FROM repeated r
    JOIN unique_key k ON k.slot = r.slot AND k.value = r.value
    JOIN variants v ON v.slot = k.slot AND v.value = k.value AND v.variant = k.variant;
CREATE INDEX hit_line ON hit (line, kind);
"""
_SAME = """
SELECT line FROM unique_key WHERE slot = ? AND value = ? AND variant = ? AND line <> ?
ORDER BY line LIMIT ?
"""
# Two ranges of the index, so that a group of a million equal rows is never walked through.
_OTHER = """
SELECT line FROM unique_key WHERE slot = ? AND value = ? AND variant {} ?
ORDER BY variant, line LIMIT ?
"""


_Kind = tuple[str, str, tuple[str, ...]]
"""Code, severity and elements of a key."""
_Hit = tuple[int, int, int, str, str, int, int]
"""Row, kind, slot, value, variant, rows of the group, those of them with the same variant."""


def scratch() -> sqlite3.Connection:
    """Return an empty database on disk that the system removes, however the process ends."""
    # The empty name is SQLite's temporary file. Nobody else reads it, so nothing is committed.
    database = sqlite3.connect("")
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    database.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    return database


class Duplicates:
    """The unique keys of a table; see the module for the order of calls."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._database.execute(_SCHEMA)
        self._pending: list[tuple[int, str, str, int, int]] = []
        self._kinds: dict[_Kind, int] = {}
        self._slots: dict[Slot, int] = {}
        self._hits: Iterator[tuple[int, Iterator[_Hit]]] = iter(())
        self._next: tuple[int, list[_Hit]] | None = None

    def add(self, row: int, keys: Sequence[UniqueKey]) -> None:
        """Add the keys of one row."""
        for key in keys:
            kind = (key.code, key.severity, key.elements)
            variant = ""
            if key.severity != "error":
                # What is not stated may differ from any other row's.
                is_stated = all(key.distinct)
                variant = json.dumps(key.distinct if is_stated else (*key.distinct, row))
            self._pending.append(
                (
                    self._slots.setdefault(key.slot, len(self._slots)),
                    json.dumps(key.value),
                    variant,
                    row,
                    self._kinds.setdefault(kind, len(self._kinds)),
                )
            )
        if len(self._pending) >= BUNDLE:
            self._flush()

    def finish(self) -> None:
        """Find the groups; no key can be added afterwards."""
        self._flush()
        self._database.executescript(_GROUPS)
        self.rewind()

    def rewind(self) -> None:
        """Begin with the first row again."""
        rows = self._database.execute(
            "SELECT line, kind, slot, value, variant, all_rows, same FROM hit ORDER BY line, kind"
        )
        self._hits = groupby(rows, key=itemgetter(0))
        self._advance()

    def of(self, row: int) -> tuple[Finding, ...]:
        """Return the findings of a row; rows are asked for in ascending order.

        Several keys that the same rows repeat are one finding.
        """
        while self._next is not None and self._next[0] < row:
            self._advance()
        if self._next is None or self._next[0] != row:
            return ()
        kinds = list(self._kinds)
        found: dict[object, Finding] = {}
        for hit in self._next[1]:
            finding = self._finding(kinds[hit[1]], hit)
            if finding is not None:
                found.setdefault((finding.code, finding.params["rows"]), finding)
        return tuple(found.values())

    def _flush(self) -> None:
        self._database.executemany("INSERT INTO unique_key VALUES (?, ?, ?, ?, ?)", self._pending)
        self._pending.clear()

    def _advance(self) -> None:
        group = next(self._hits, None)
        self._next = None if group is None else (group[0], list(group[1]))

    def _finding(self, kind: _Kind, hit: _Hit) -> Finding | None:
        code, severity, elements = kind
        row, _, slot, value, variant, all_rows, same = hit
        query = self._database.execute
        if severity == "error":
            others = all_rows - 1
            named = query(_SAME, (slot, value, variant, row, NAMED)).fetchall()
        else:
            others = all_rows - same
            named = []
            for side in ("<", ">"):
                named += query(_OTHER.format(side), (slot, value, variant, NAMED)).fetchall()
        if not others:
            return None
        params = Elements(
            elements=elements,
            value=tuple(json.loads(value)),
            rows=tuple(sorted(line for (line,) in named)[:NAMED]),
            count=others,
        )
        return Finding(code, "error" if severity == "error" else "warning", None, None, params)
