"""A format tried on arms made from its own declaration: each mark must read back to its data."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from markcode.errors import InvalidMark, MarkcodeError
from markcode.format import Format
from markcode.model import Event, Firearm, Payload
from markcode.strategies import sample

__all__ = ["Failure", "trial"]


@dataclass(frozen=True)
class Failure:
    """One example that did not come back as it was given."""

    event: str
    data: str
    reason: str


def trial(fmt: Format, count: int = 1000, seed: int = 7) -> Iterator[Failure]:
    """Mark ``count`` arms, each event in turn, and yield those that do not read back.

    The same seed makes the same arms. A mark must be neither invalid nor read differently, as text
    (unless that is opaque), as payload and as record.
    """
    choose = random.Random(seed).randrange
    for number in range(count):
        kind = fmt.events[number % len(fmt.events)]
        try:
            firearm, event = sample(fmt, choose, kind)
        except MarkcodeError as fault:
            yield Failure(kind, "", f"no arm fits the declaration: {fault}")
            continue
        data = " ".join(f"{e.name}={e.of(firearm, event)}" for e in fmt.elements(kind))
        reason = _fault(fmt, kind, firearm, event)
        if reason is not None:
            yield Failure(kind, data, reason)


def _fault(fmt: Format, kind: str, firearm: Firearm, event: Event) -> str | None:
    try:
        marking = fmt.encode(firearm, event, accept_provisional=True)
    except InvalidMark as refused:
        return f"no mark is made of it: {refused}"
    sources: list[str | Payload] = [marking.payload]
    if marking.record:
        sources.append(marking.record)
    if not fmt.text_is_opaque(kind):
        sources.append(marking.text)
    for source in sources:
        report = fmt.verify(source, kind)
        if report.verdict == "invalid":
            errors = [f.message() for f in report.findings if f.severity == "error"]
            return f"its mark {str(source)!r} is invalid: {'; '.join(errors)}"
        if marking.parsed not in fmt.readings(source, kind):
            return f"its mark {str(source)!r} reads as something else"
    return None
