"""Marks issued into a ledger in tests, by the ledger's own way of entering them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from markcode import Event, Firearm, get_format
from markcode.format import Format
from markcode.jobs.registration import of_marking
from markcode.jobs.rows import Arm
from markcode.ledger import Ledger
from markcode.ledger.claims import Claim, claim
from markcode.ledger.issuing import drafted, enter
from markcode.ledger.numbers import Numbers, slot_name
from markcode.ledger.refs import Ref

__all__ = ["MOSAIC", "happen", "issue", "mosaic"]

MOSAIC = get_format("mosaic-0530")


def mosaic(serial: str, year: int = 2026, **more: Any) -> Firearm:
    """Return an arm as MOSAIC 05.30 marks it."""
    given = {"country": "CO", "manufacturer": "INDU", "model": "07", "calibre": "09", **more}
    return Firearm(serial=serial, year=year, **given)


def issue(
    ledger: Ledger,
    *arms: Firearm | tuple[Firearm, Event],
    fmt: Format = MOSAIC,
    about: Sequence[Ref | None] | None = None,
    name: str | None = None,
    struck: bool = False,
) -> list[Ref]:
    """Issue marks in a job of their own, and return their names."""
    pairs = [arm if isinstance(arm, tuple) else (arm, Event(fmt.events[0])) for arm in arms]
    kind = pairs[0][1].kind
    rows, slots = [], list[str]()
    for row, (firearm, event) in enumerate(pairs, start=2):
        keys = fmt.keys(firearm, event)
        for key in keys:
            if key.severity == "error":
                is_text = key.is_joined or key.elements == ("uii",)
                slots.append(slot_name(fmt.name, key.slot[2], is_text))
        marking = fmt.encode(firearm, event, accept_provisional=True)
        arm = Arm(row, firearm, event, ())
        rows.append(of_marking(arm, marking, fmt.elements(kind), keys))
    slots = list(dict.fromkeys(slots))
    with ledger.writing() as chain:
        digest = hashlib.sha256(f"{chain.station}/{chain.next}".encode()).hexdigest()
        profile = {"format": fmt.name, "check": fmt.check.name if fmt.check else None}
        said: dict[str, Any] = {
            "job": digest,
            "order": name,
            "format": fmt.name,
            "profile": profile,
        }
        said |= {"event": kind, "table": None, "options": {}, "version": "1", "slots": slots}
        job = chain.append("job", {**said, "elements": [e.name for e in fmt.elements(kind)]})
        claim(chain.connection, Claim("job", digest), job)
        drafts = drafted(rows, fmt.name, Numbers(fmt.rule(kind)), job, slots, {}, struck)
        first = chain.next
        enter(chain, drafts, job, about)
    return [Ref(chain.station, seq) for seq in range(first, first + len(rows))]


def happen(ledger: Ledger, mark: Ref, kind: str, **data: Any) -> Ref:
    """Record an event about a mark."""
    with ledger.writing() as chain:
        return chain.append(kind, data, mark)
