"""Marks issued one by one, without a table: each call is a job of its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import markcode
from markcode.errors import InvalidMark, LedgerError
from markcode.jobs.duplicates import scratch
from markcode.jobs.numbering import Numbering
from markcode.jobs.registration import Order, of_marking
from markcode.jobs.rows import Arm
from markcode.ledger import jobs
from markcode.ledger.chain import head
from markcode.ledger.ledger import Ledger
from markcode.ledger.refs import Ref
from markcode.ledger.registering import JobRegister
from markcode.ledger.series import series_named

if TYPE_CHECKING:
    from markcode.format import Format
    from markcode.model import Event, Finding, Firearm, Marking

__all__ = ["Issued", "issue"]


class Issued(NamedTuple):
    """A mark and its entry, with what the ledger warns of."""

    ref: Ref
    marking: Marking
    warnings: tuple[Finding, ...]


def issue(
    ledger: Ledger,
    fmt: Format,
    firearm: Firearm,
    event: Event,
    *,
    series: str | None = None,
    count: int = 1,
    accept_provisional: bool = False,
) -> list[Issued]:
    """Issue the mark of an arm; with a ``series``, as many as ``count``, with its serials.

    Raises `InvalidMark` for data that cannot be marked, or a number that is another mark's, and
    `markcode.errors.LedgerError`. Then nothing was issued.
    """
    if series is None and count > 1:
        raise LedgerError("several marks of one arm would be the same: take a series")
    if series is not None and "serial" not in [e.name for e in fmt.elements(event.kind)]:
        raise LedgerError(f"{fmt.name}: a {event.kind} mark has no serial, so it is of no series")
    if series is not None and firearm.serial is not None:
        raise LedgerError(f"serial {firearm.serial!r} is given: leave it out, or the series")
    register = JobRegister(ledger, fmt, event.kind, series_name=series)
    register.begin(_order(ledger, fmt, firearm, event, series, count))
    arms = [Arm(row, firearm, event) for row in range(1, count + 1)]

    def marked(arm: Arm) -> Marking:
        return fmt.encode(arm.firearm, arm.event, accept_provisional=accept_provisional)

    if series is not None:
        arms = list(_numbered(ledger, fmt, event.kind, series, register, arms, marked))
    markings = [marked(arm) for arm in arms]
    elements = fmt.elements(event.kind)
    new = [
        of_marking(arm, marking, elements, fmt.keys(arm.firearm, arm.event))
        for arm, marking in zip(arms, markings, strict=True)
    ]
    doubts = register.doubts(new, held=True)
    errors = [f for found in doubts.values() for f in found if f.severity == "error"]
    is_entered = not errors and register.enter(new)
    if not errors and not is_entered:
        found = register.doubts(new, held=True).values()
        errors = [f for findings in found for f in findings if f.severity == "error"]
    if errors:
        raise InvalidMark(errors)
    if not is_entered:
        raise LedgerError(
            "the ledger refuses these marks as issued, but has none like them: audit it with "
            "`markcode ledger audit`"
        )
    register.written(len(new), 0, None)
    with ledger.reading() as connection:
        refs = {mark.row: mark.ref for mark in jobs.marks_of(connection, register.job)}
    return [
        Issued(refs[arm.row], marking, tuple(doubts.get(arm.row, ())))
        for arm, marking in zip(arms, markings, strict=True)
    ]


def _order(
    ledger: Ledger, fmt: Format, firearm: Firearm, event: Event, series: str | None, count: int
) -> Order:
    """Return an order that is like no other: it names the entry that it follows."""
    station = ledger.writer
    with ledger.reading() as connection:
        seq, last = head(connection, station)
    options = {
        "profile": fmt.profile(),
        "series": series,
        "count": count,
        "after": f"{station}/{seq}",
    }
    said = json.dumps([options, last.hex(), repr(firearm), repr(event)], sort_keys=True)
    return Order(
        job=hashlib.sha256(said.encode()).hexdigest(),
        format=fmt.name,
        event=event.kind,
        table=None,
        version=markcode.__version__,
        options=options,
    )


def _numbered(
    ledger: Ledger,
    fmt: Format,
    kind: str,
    name: str,
    register: JobRegister,
    arms: list[Arm],
    marked: Callable[[Arm], Marking],
) -> Iterator[Arm]:
    with ledger.reading() as connection:
        plan = series_named(connection, name).plan
    with closing(scratch()) as database:
        numbering = Numbering(database, fmt, kind, plan, register, marked)
        # No number is drawn for data that cannot be marked.
        _refuse_unfit(numbering.sample(arms[0]), marked)
        register.expect(len(arms))
        for arm in arms:
            yield numbering.issue(arm)


def _refuse_unfit(arm: Arm, marked: Callable[[Arm], Marking]) -> None:
    """Raise `InvalidMark` for data that no serial would make fit."""
    try:
        marked(arm)
    except InvalidMark as fault:
        if any(finding.element not in (None, "serial") for finding in fault.findings):
            raise
