"""Events in the life of a mark, put on record: each is a new entry, and none is ever changed.

An entry that was wrong is corrected by a further event that names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select

from markcode.errors import LedgerError
from markcode.ledger.chain import Chain, entry_of
from markcode.ledger.claims import slot_number
from markcode.ledger.details import NO_DETAILS, SAME_ARM, Details, Event, photo_hash
from markcode.ledger.jobs import JOB, about
from markcode.ledger.refs import Ref
from markcode.ledger.refused import EventRefused
from markcode.ledger.rules import refusals
from markcode.ledger.schema import CLAIM

__all__ = [
    "SAME_ARM",
    "Details",
    "Event",
    "EventRefused",
    "SeveralJobs",
    "job_named",
    "marks_of_job",
    "photo_hash",
    "record",
    "record_good",
    "record_many",
    "refusals",
]

_JOB = re.compile("[0-9a-f]{8,64}")


def record(chain: Chain, mark: Ref, kind: str, details: Details = NO_DETAILS) -> Ref:
    """Record one event and return the name of its entry. Raises `EventRefused`."""
    return record_many(chain, [Event(mark, kind, details)])[0]


def record_many(chain: Chain, events: Sequence[Event]) -> list[Ref]:
    """Record events and return the names of their entries, in order: all of them, or none.

    Raises `EventRefused` for the first that `refusals` finds.
    """
    for fault in refusals(chain, events).values():
        raise fault
    return _append(chain, events)


def record_good(
    chain: Chain, events: Sequence[Event]
) -> tuple[dict[int, Ref], dict[int, EventRefused]]:
    """Record the events that can be, and return their entries and why others cannot be.

    Both by the places of the events in the list; one that is refused changes nothing for others.
    """
    refused = refusals(chain, events)
    good = [at for at in range(len(events)) if at not in refused]
    entries = _append(chain, [events[at] for at in good])
    return dict(zip(good, entries, strict=True)), refused


def _append(chain: Chain, events: Sequence[Event]) -> list[Ref]:
    kinds, datas = [e.kind for e in events], [e.details.json for e in events]
    first = chain.append_each(kinds, datas, [event.mark for event in events])
    return [Ref(chain.station, first + at) for at in range(len(events))]


class SeveralJobs(LedgerError):
    """Some digits begin the hashes of several jobs."""


def job_named(connection: Connection, text: str) -> Ref:
    """Return a job, given its entry, its hash, or the beginning of that (8 digits or more).

    Raises `LedgerError` where there is none, and `SeveralJobs` where there are more.
    """
    ref = Ref.found(text)
    if ref is not None:
        entry = entry_of(connection, ref)
        if entry.kind != JOB:
            raise LedgerError(f"{ref} is no job, but an entry of the kind {entry.kind}")
        return ref
    if _JOB.fullmatch(text) is None:
        raise LedgerError(
            f"{text!r} names no job: give its entry, such as MVD-1/3, or 8 or more digits of its "
            "hash, as they stand in manifest.json"
        )
    query = select(CLAIM.c.station, CLAIM.c.seq).where(
        CLAIM.c.slot == slot_number(JOB), CLAIM.c.value >= text, CLAIM.c.value < text + "g"
    )
    rows = connection.execute(query.limit(2)).all()
    if not rows:
        raise LedgerError(f"no job has a hash that begins with {text}")
    if len(rows) > 1:
        raise SeveralJobs(f"several jobs have a hash that begins with {text}")
    return Ref(*rows[0])


def marks_of_job(connection: Connection, job: Ref) -> Iterator[Ref]:
    """Yield the marks of a job, in the order in which they were issued."""
    for entry in about(connection, job, "registered"):
        said = entry.content
        yield from (Ref(entry.station, seq) for seq in range(said["first"], said["last"] + 1))
