"""What stations do in tests of merges: issue some marks, and compare what ledgers hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from ledgers import make
from markcode.ledger import Ledger
from markcode.ledger.chain import Chain, Entry, to_json
from markcode.ledger.lookups import JobSlots, claim_row, entered, put
from markcode.ledger.merging import Merged, merge
from markcode.ledger.refs import Ref
from markcode.ledger.schema import CLAIM, ENTRY, MARK, SERIAL

__all__ = ["add", "entries", "issue", "lookups", "merged", "of_kind"]


def add(chain: Chain, kind: str, content: dict[str, Any], about: Ref | None = None) -> Ref:
    """Write an entry with all that it enters into the look-ups."""
    ref = chain.append(kind, content, about)
    _enter(chain, kind, [(ref, content)])
    return ref


def issue(ledger: Ledger, job: str, numbers: Iterable[str]) -> list[Ref]:
    """Issue marks with some numbers, all in one transaction."""
    with ledger.writing() as chain:
        said = {"job": job, "order": None, "format": "test", "event": "manufacture"}
        named = add(chain, "job", said | {"slots": ["test number"]})
        marks = [
            {
                "job": str(named),
                "row": row,
                "lines": ["CO INDU", number],
                "check": None,
                "elements": {"country": "CO", "serial": number},
                "claims": [[0, "CO", number]],
                "serials": [["maker", number, None, "CO\x1fINDU"]],
            }
            for row, number in enumerate(numbers, start=2)
        ]
        first = chain.append_many("issued", list(map(to_json, marks)))
        refs = [Ref(chain.station, first + at) for at in range(len(marks))]
        _enter(chain, "issued", list(zip(refs, marks, strict=True)))
        last = first + len(marks) - 1
        chain.append("registered", {"first": first, "last": last, "marks": len(marks)}, named)
    return refs


def _enter(chain: Chain, kind: str, made: Sequence[tuple[Ref, dict[str, Any]]]) -> None:
    slots = JobSlots(chain.connection)
    rows = [(ref, entered(kind, ref, content, slots)) for ref, content in made]
    put(chain.connection, MARK, [one for _, each in rows for one in each.marks])
    put(chain.connection, SERIAL, [one for _, each in rows for one in each.serials])
    claimed = [claim_row(claim, ref) for ref, each in rows for claim in each.claims]
    put(chain.connection, CLAIM, claimed)


def merged(into: str | Path, source: str | Path, station: str, **choices: Any) -> Merged:
    """Merge a source into the ledger of a station."""
    with make(into, station) as ledger:
        return merge(ledger, str(source), **choices)


def entries(place: str | Path, station: str | None = None) -> list[Entry]:
    """Return all entries of a ledger, or those of one station."""
    with Ledger(str(place), lambda: NotImplemented) as ledger, ledger.reading() as connection:
        query = select(ENTRY).order_by(ENTRY.c.station, ENTRY.c.seq)
        if station is not None:
            query = query.where(ENTRY.c.station == station)
        return [Entry.of(row) for row in connection.execute(query)]


def of_kind(place: str | Path, kind: str) -> list[dict[str, Any]]:
    """Return what the entries of one kind say."""
    return [json.loads(entry.data) for entry in entries(place) if entry.kind == kind]


def lookups(place: str | Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of the tables by which entries are found."""
    with Ledger(str(place), lambda: NotImplemented) as ledger, ledger.reading() as connection:
        return {
            table.name: sorted(tuple(row) for row in connection.execute(select(table)))
            for table in (MARK, SERIAL, CLAIM)
        }
