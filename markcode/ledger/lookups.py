"""What an entry enters into the look-up tables: all who fill or check them agree here.

- `entered` returns all rows of one entry: ``Entered(marks, serials, claims)``, each a list, mostly
  empty. It needs the kind, name and content of the entry (``entry.kind, entry.ref,
  entry.content``) and, for marks, the names of the slots of their job.
- ``marks`` holds `MarkRow`, ``serials`` `SerialRow`: the columns of their tables, in order.
- ``claims`` holds `markcode.ledger.claims.Claim`: a slot by its name, and a value, as a conflict
  names them; `claim_row` makes a row of the table of one.
- `JobSlots` remembers the slots of jobs: ``slots.of(content)`` for the content of an `issued`
  entry; ``slots.learn(ref, content)`` for a `job` entry that is not in the database yet.
- `put` inserts many rows of one kind: ``put(connection, MARK, rows)``.

For each entry, in order of recording::

    slots = JobSlots(connection)
    rows = entered(entry.kind, entry.ref, entry.content, slots)
    for claim in rows.claims:
        claim_row(claim, entry.ref)     # (slot number, value, station, seq)
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, select

from markcode.errors import LedgerError
from markcode.ledger import bulk
from markcode.ledger.claims import Claim, claim_value, slot_number
from markcode.ledger.folding import fold, match_key
from markcode.ledger.refs import Ref
from markcode.ledger.schema import ENTRY

__all__ = [
    "ClaimRow",
    "Entered",
    "JobSlots",
    "MarkRow",
    "SerialRow",
    "claim_row",
    "entered",
    "mark_row",
    "number_value",
    "put",
    "serial_row",
]


class MarkRow(NamedTuple):
    """A row of ``mark``."""

    fold: str
    station: str
    seq: int
    text: str


class SerialRow(NamedTuple):
    """A row of ``serial``."""

    fold: str
    holder: str
    station: str
    seq: int
    kind: str
    stamped: str
    typed: str
    match: str


class ClaimRow(NamedTuple):
    """A row of ``claim``."""

    slot: int
    value: str
    station: str
    seq: int


class Entered(NamedTuple):
    """All that one entry enters into the look-up tables."""

    marks: list[MarkRow]
    serials: list[SerialRow]
    claims: list[Claim]


class JobSlots:
    """The names of the slots of each job, read from the database when they are first asked for."""

    def __init__(self, connection: Connection | None = None) -> None:
        self._connection = connection
        self._known: dict[str, tuple[str, ...] | None] = {}

    def learn(self, ref: Ref, content: Mapping[str, Any]) -> None:
        """Remember a ``job`` entry."""
        self._known[str(ref)] = tuple(content["slots"])

    def of(self, content: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the slots of the job of an ``issued`` entry. Raises `LedgerError`."""
        name = content["job"]
        if name not in self._known:
            self._known[name] = self._read(name)
        found = self._known[name]
        if found is None:
            raise LedgerError(f"{name} is no job")
        return found

    def _read(self, name: str) -> tuple[str, ...] | None:
        ref = Ref.parse(name)
        query = select(ENTRY.c.kind, ENTRY.c.data).where(
            ENTRY.c.station == ref.station, ENTRY.c.seq == ref.seq
        )
        row = None if self._connection is None else self._connection.execute(query).first()
        if row is None or row.kind != "job":
            return None
        return tuple(json.loads(row.data)["slots"])


_NOTHING = Entered([], [], [])


def entered(kind: str, ref: Ref, content: Mapping[str, Any], slots: JobSlots) -> Entered:
    """Return what one entry enters. Raises `LedgerError` where its content is not as it must be."""
    try:
        if kind == "issued":
            return _of_mark(ref, content, slots)
        made = _CLAIMS.get(kind)
        return _NOTHING if made is None else Entered([], [], [Claim(kind, made(content))])
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as fault:
        if isinstance(fault, LedgerError):
            raise LedgerError(f"{ref}: {fault}") from fault
        reason = f"{type(fault).__name__}: {fault}"
        raise LedgerError(f"{ref}: no well-formed entry of the kind {kind} ({reason})") from fault


def _of_mark(ref: Ref, content: Mapping[str, Any], slots: JobSlots) -> Entered:
    claimed = content.get("claims") or ()
    names = slots.of(content) if claimed else ()
    return Entered(
        [mark_row(ref, content["lines"])],
        [serial_row(ref, *serial) for serial in content.get("serials") or ()],
        [Claim(names[index], claim_value(parts)) for index, *parts in claimed],
    )


def mark_row(ref: Ref, lines: Sequence[str]) -> MarkRow:
    """Return the row of a mark, by its lines as struck."""
    text = "\n".join(lines)
    return MarkRow(fold(text), ref[0], ref[1], text)


def serial_row(ref: Ref, kind: str, stamped: str, typed: str | None, holder: str) -> SerialRow:
    """Return the row of a serial; ``typed`` is None where it was typed as it is stamped."""
    same = stamped if typed is None else typed
    return SerialRow(fold(stamped), holder, ref[0], ref[1], kind, stamped, same, match_key(stamped))


def claim_row(claim: Claim, ref: Ref) -> ClaimRow:
    """Return the row of a claim of an entry."""
    return ClaimRow(slot_number(claim.slot), claim.value, ref[0], ref[1])


def number_value(series: str, first: int) -> str:
    r"""Return what a run of numbers of a series claims: its name and its first number.

    >>> number_value("CO-2026", 17)
    'CO-2026\x1f00000000000000000017'
    """
    return claim_value((series, f"{first:020d}"))


def _of_numbers(content: Mapping[str, Any]) -> str:
    return number_value(content["series"], content["first"])


_CLAIMS = {
    "series": lambda content: str(content["name"]),
    "job": lambda content: str(content["job"]),
    "block": _of_numbers,
    "drawn": _of_numbers,
}
"""What entries other than marks claim, each in the slot of its kind's name."""


def put(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows that hold all columns of a look-up table in order.

    Raises ``sqlalchemy.exc.IntegrityError`` for a row that is there already.
    """
    if rows:
        names = table.columns.keys()
        columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
        bulk.insert(connection, table, columns)
