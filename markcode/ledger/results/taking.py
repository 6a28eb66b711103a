"""A result file taken into the ledger, some rows at a time: each lot is one transaction.

The same file may be taken again: an event that is on record already, of the same mark, kind and
details, is not recorded twice. So a run that was killed is simply done once more.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Connection, select

from markcode.ledger.chain import Chain
from markcode.ledger.events import Event, record_good
from markcode.ledger.ledger import Ledger
from markcode.ledger.refs import Ref, in_lots
from markcode.ledger.refused import EventRefused
from markcode.ledger.results.forms import ResultForm
from markcode.ledger.results.marks import Finder
from markcode.ledger.results.rows import ResultRows, Said
from markcode.ledger.rules import hold_jobs
from markcode.ledger.schema import ENTRY

__all__ = ["Outcome", "Summary", "take"]

AT_ONCE = 20_000
"""Rows of one transaction."""

_Same: TypeAlias = tuple[Ref, str, str]
"""Mark, kind and data of an event: where these are the same, it is the same event."""


@dataclass(frozen=True)
class Outcome:
    """What became of one row."""

    row: int
    event: Event | None = None
    entry: Ref | None = None
    """Its entry; None where it was recorded before, was refused, or is only tried."""
    refused: EventRefused | None = None
    column: str = ""
    """The header of the cell at fault."""

    @property
    def status(self) -> str:
        """``recorded``, ``known`` (recorded before), ``refused`` or ``ignored`` (passed over)."""
        if self.refused is not None:
            return "refused"
        if self.event is None:
            return "ignored"
        return "known" if self.entry is None else "recorded"


@dataclass
class Summary:
    """How many rows became what."""

    recorded: int = 0
    known: int = 0
    refused: int = 0
    ignored: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count a row."""
        setattr(self, outcome.status, getattr(self, outcome.status) + 1)


def _say_nothing(*_: object) -> None:
    pass


def take(
    ledger: Ledger,
    path: str | Path,
    form: ResultForm | None = None,
    *,
    dry_run: bool = False,
    told: Callable[[Outcome], None] = _say_nothing,
    progress: Callable[[int, int | None], None] = _say_nothing,
) -> Summary:
    """Record the events of a result file, in the order of its rows, and return how many.

    ``told`` gets the outcome of each row once it is on the disk, ``progress`` the rows done and
    all rows. With ``dry_run`` all is judged and nothing kept. Raises `TableError` for a file that
    cannot be read to its end, before anything is recorded, and `LedgerError` as `Ledger.writing`.
    """
    source = ResultRows(path, form or ResultForm())
    total = sum(1 for _ in source.table.rows())
    summary, done = Summary(), 0
    finder = Finder()
    with contextlib.ExitStack() as stack:
        tried = stack.enter_context(_undone(ledger)) if dry_run else None
        reading = source.read()
        while rows := list(islice(reading, AT_ONCE)):
            held = ledger.writing() if tried is None else contextlib.nullcontext(tried)
            with held as chain:
                outcomes = _take_some(chain, finder, source, rows)
            for outcome in outcomes:
                summary.add(outcome)
                told(outcome)
            done += len(rows)
            progress(done, total)
    return summary


class _Undo(Exception):
    """Gives a transaction up."""


@contextlib.contextmanager
def _undone(ledger: Ledger) -> Iterator[Chain]:
    """Give the chain for a transaction of which nothing is kept."""
    with contextlib.suppress(_Undo), ledger.writing() as chain:
        yield chain
        raise _Undo


def _take_some(
    chain: Chain,
    finder: Finder,
    source: ResultRows,
    rows: Sequence[tuple[int, Said | EventRefused | None]],
) -> list[Outcome]:
    """Record the events of some rows, and return what became of each."""
    refused = {row: found for row, found in rows if isinstance(found, EventRefused)}
    said = {row: found for row, found in rows if isinstance(found, Said)}
    events: dict[int, Event] = {}
    marks = finder.find(chain.connection, list(said.values()))
    for (row, one), mark in zip(said.items(), marks, strict=True):
        if isinstance(mark, EventRefused):
            refused[row] = mark
        else:
            events[row] = Event(mark, one.kind, one.details)
    about = {event.mark for event in events.values()}
    # Another station may be taking the same file.
    hold_jobs(chain, about)
    recorded_before = _on_record(chain.connection, about)
    first: dict[_Same, int] = {}
    for row, event in events.items():
        if _same(event) not in recorded_before:
            first.setdefault(_same(event), row)
    rows_of = list(first.values())
    recorded, faults = record_good(chain, [events[row] for row in rows_of])
    entries = {rows_of[at]: entry for at, entry in recorded.items()}
    kept_out = {rows_of[at]: fault for at, fault in faults.items()}
    for row, event in events.items():
        # What stands in the file twice fares as it did the first time.
        fault = kept_out.get(first.get(_same(event), row))
        if fault is not None:
            refused[row] = fault
    return [
        Outcome(row, events.get(row), None, refused[row], source.column(refused[row]))
        if row in refused
        else Outcome(row, events.get(row), entries.get(row))
        for row, _ in rows
    ]


def _same(event: Event) -> _Same:
    return event.mark, event.kind, event.details.json


def _on_record(connection: Connection, marks: Iterable[Ref]) -> set[_Same]:
    """Return mark, kind and data of the events of some marks."""
    found: set[_Same] = set()
    for station, some in in_lots(marks):
        query = select(ENTRY.c.about_seq, ENTRY.c.kind, ENTRY.c.data).where(
            ENTRY.c.about_station == station, ENTRY.c.about_seq.in_(some)
        )
        for seq, kind, data in connection.execute(query):
            found.add((Ref(station, seq), kind, data))
    return found
