"""Jobs as a ledger knows them: which marks of which rows they have, and what became of these."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, or_, select

from markcode.errors import LedgerError
from markcode.ledger.chain import Entry
from markcode.ledger.claims import Claim, holder
from markcode.ledger.refs import Ref
from markcode.ledger.schema import ENTRY, of_kind
from markcode.ledger.states import State, standings_between, states_between

__all__ = [
    "JOB",
    "IssuedMark",
    "JobKnown",
    "counts",
    "entries_about",
    "in_doubt",
    "is_written",
    "jobs_of",
    "known",
    "marks_at",
    "marks_of",
]

JOB = "job"
"""Slot of the hashes of jobs."""
_AT_ONCE = 5_000


class JobKnown(LedgerError):
    """The same job was ordered before."""


@dataclass(frozen=True)
class IssuedMark:
    """One mark of a job."""

    ref: Ref
    content: Mapping[str, Any]
    """What its entry says."""
    state: State

    @property
    def row(self) -> int:
        """Record number in the table of the job."""
        return int(self.content["row"])


def known(connection: Connection, job: str) -> Ref | None:
    """Return the entry of a job, given its hash; None where it was never ordered."""
    return holder(connection, Claim(JOB, job))


def about(connection: Connection, ref: Ref, kind: str) -> Iterator[Entry]:
    """Yield the entries of one kind about another, in order."""
    query = (
        select(ENTRY)
        .where(
            ENTRY.c.about_station == ref.station,
            ENTRY.c.about_seq == ref.seq,
            ENTRY.c.kind == kind,
        )
        .order_by(ENTRY.c.station, ENTRY.c.seq)
    )
    return map(Entry.of, connection.execute(query))


def entries_about(connection: Connection, ref: Ref) -> int:
    """Return how many entries there are about another."""
    query = select(func.count()).where(
        ENTRY.c.about_station == ref.station, ENTRY.c.about_seq == ref.seq
    )
    return int(connection.execute(query).scalar_one())


def is_written(connection: Connection, job: Ref) -> bool:
    """Return whether the folder of a job was completed."""
    return any(about(connection, job, "written"))


def _ranges(connection: Connection, job: Ref) -> Iterator[tuple[str, int, int]]:
    """Yield where the marks of a job stand, at most some thousands at a time."""
    for entry in about(connection, job, "registered"):
        content = entry.content
        for first in range(content["first"], content["last"] + 1, _AT_ONCE):
            yield entry.station, first, min(first + _AT_ONCE - 1, content["last"])


def marks_of(connection: Connection, job: Ref) -> Iterator[IssuedMark]:
    """Yield the marks of a job, in the order in which they were issued."""
    for station, first, last in _ranges(connection, job):
        states = states_between(connection, station, first, last)
        query = (
            select(ENTRY.c.seq, ENTRY.c.data)
            .where(ENTRY.c.station == station, ENTRY.c.seq.between(first, last))
            .order_by(ENTRY.c.seq)
        )
        for seq, data in connection.execute(query):
            yield IssuedMark(Ref(station, seq), json.loads(data), states.get(seq, State.ISSUED))


def marks_at(connection: Connection, job: Ref, rows: Collection[int]) -> dict[int, Entry]:
    """Return the marks of some rows of a job by these; a row without a mark is left out."""
    found: dict[int, Entry] = {}
    for entry in about(connection, job, "registered"):
        said = entry.content
        least, most = said["rows"]
        if not any(least <= row <= most for row in rows):
            continue
        query = select(ENTRY).where(
            ENTRY.c.station == entry.station, ENTRY.c.seq.between(said["first"], said["last"])
        )
        for mark in map(Entry.of, connection.execute(query)):
            row = mark.content["row"]
            if row in rows:
                found[row] = mark
    return found


def jobs_of(connection: Connection, marks: Iterable[Ref]) -> dict[Ref, Ref]:
    """Return the jobs that some marks were issued to; a mark of no job is left out."""
    seqs: dict[str, list[int]] = {}
    for station, seq in marks:
        seqs.setdefault(station, []).append(seq)
    found: dict[Ref, Ref] = {}
    for station, own in seqs.items():
        # What registers marks stands behind them, and the next one that does is theirs.
        register = (of_kind("registered"), ENTRY.c.station == station)
        after = select(func.min(ENTRY.c.seq)).where(*register, ENTRY.c.seq > max(own))
        query = select(ENTRY).where(
            *register,
            ENTRY.c.seq > min(own),
            or_(ENTRY.c.seq < max(own), ENTRY.c.seq == after.scalar_subquery()),
        )
        entries = list(map(Entry.of, connection.execute(query.order_by(ENTRY.c.seq))))
        behind = [entry.seq for entry in entries]
        ranges = [(entry.content["first"], entry.content["last"]) for entry in entries]
        for seq in own:
            at = bisect_left(behind, seq)
            if at < len(entries) and ranges[at][0] <= seq <= ranges[at][1]:
                about_job = entries[at].about
                assert about_job is not None
                found[Ref(station, seq)] = about_job
    return found


def in_doubt(connection: Connection, job: Ref) -> dict[Ref, tuple[Ref, ...]]:
    """Return the marks of a job that may be struck, each with the events that say so."""
    return {
        Ref(station, seq): standing.doubts
        for station, first, last in _ranges(connection, job)
        for seq, standing in standings_between(connection, station, first, last)
        if standing.state is State.UNKNOWN
    }


def counts(connection: Connection, job: Ref) -> Counter[State]:
    """Return how many marks of a job are in each state."""
    found: Counter[State] = Counter()
    for station, first, last in _ranges(connection, job):
        states = states_between(connection, station, first, last)
        found.update(states.values())
        found[State.ISSUED] += last - first + 1 - len(states)
    return found
