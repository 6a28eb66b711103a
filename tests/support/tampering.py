"""Ledgers with marks, and ways to tamper with them by plain SQL."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy

from markcode.ledger import Ledger, database, roles
from markcode.ledger.chain import Chain, Entry
from markcode.ledger.lookups import JobSlots, claim_row, entered, put
from markcode.ledger.refs import Ref
from markcode.ledger.schema import CLAIM, ENTRY, MARK, SERIAL

__all__ = ["Clerk", "Tamperer", "settle_triggers"]


def settle_triggers(ledger: Ledger) -> None:
    """Give a ledger its triggers, whether its making did so or not."""
    with database.writing(ledger.engine) as connection:
        roles.drop_triggers(connection)
        roles.add_triggers(connection)


class Clerk:
    """Writes into a ledger what the parts of markcode write."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def series(self, name: str = "S", last: int = 1000) -> Ref:
        """Define a series."""
        with self.ledger.writing() as chain:
            said = {"name": name, "pattern": "A{4}", "alphabet": "0123456789", "check": None}
            return _add(chain, "series", {**said, "first": 1, "last": last, "owner": None})

    def job(self, marks: Sequence[tuple[str, str]], draw: tuple[str, int] | None = None) -> Ref:
        """Register a job of marks, given as serial and further text; with numbers, if drawn."""
        with self.ledger.writing() as chain:
            name = f"{chain.station}-{chain.next}"
            slots = ["f country+manufacturer+serial", "f text"]
            ref = _add(chain, "job", {"job": name, "order": None, "slots": slots})
            numbers: Iterable[int | None] = [None] * len(marks)
            if draw is not None:
                series, first = draw
                run = {"series": series, "first": first, "last": first + len(marks) - 1}
                about = Ref(chain.station, 2)
                _add(chain, "block", {**run, "station": chain.station}, about)
                _add(chain, "drawn", run, ref)
                numbers = range(first, first + len(marks))
            begin = chain.next
            for row, ((serial, text), number) in enumerate(zip(marks, numbers, strict=True), 2):
                _add(chain, "issued", _mark(ref, row, serial, text, number))
            last = chain.next - 1
            counted = {"first": begin, "last": last, "marks": len(marks)}
            chain.append("registered", {**counted, "rows": [2, len(marks) + 1]}, ref)
        return ref

    def event(self, kind: str, about: Ref, **said: Any) -> Ref:
        """Write an event of a mark, or of a job."""
        with self.ledger.writing() as chain:
            return chain.append(kind, said, about)


def _mark(job: Ref, row: int, serial: str, text: str, number: int | None) -> dict[str, Any]:
    said = {
        "job": str(job),
        "row": row,
        "lines": [f"CO INDU {serial}", text],
        "check": None,
        "elements": {"country": "CO", "manufacturer": "INDU", "serial": serial},
        "claims": [[0, "CO", "INDU", serial], [1, f"COINDU{serial}"]],
        "serials": [["maker", serial, None, "CO\x1fINDU"], ["importer", text, f"{text} ", "UY"]],
    }
    return said if number is None else {**said, "number": number}


def _add(chain: Chain, kind: str, said: dict[str, Any], about: Ref | None = None) -> Ref:
    ref = chain.append(kind, said, about)
    made = entered(kind, ref, said, JobSlots(chain.connection))
    put(chain.connection, CLAIM, [claim_row(claim, ref) for claim in made.claims])
    put(chain.connection, MARK, made.marks)
    put(chain.connection, SERIAL, made.serials)
    return ref


class Tamperer:
    """Somebody who may do all to the database, and first takes its triggers away."""

    def __init__(self, ledger: Ledger) -> None:
        self._engine = ledger.engine
        self.is_sqlite = self._engine.dialect.name == "sqlite"
        with database.writing(self._engine) as connection:
            roles.drop_triggers(connection)

    def sql(self, statement: str, *values: Any) -> int:
        """Run plain SQL, with ``?`` for values, and return how many rows it changed."""
        if self.is_sqlite:
            import sqlite3

            plain = sqlite3.connect(str(self._engine.url.database))
            with plain:
                count = plain.execute(statement, values).rowcount
            plain.close()
            return count
        import psycopg

        url = self._engine.url.set(drivername="postgresql")
        with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
            return connection.execute(statement.replace("?", "%s").encode(), values).rowcount

    def entries(self, station: str = "MVD-1") -> list[Entry]:
        """Return the entries of a station."""
        query = sqlalchemy.select(ENTRY).where(ENTRY.c.station == station).order_by(ENTRY.c.seq)
        with database.reading(self._engine) as connection:
            return [Entry.of(row) for row in connection.execute(query)]

    def rebuild(self, station: str, since: int, /, **changes: Any) -> None:
        """Change the data of an entry, and give it and all after it right hashes."""
        from markcode.ledger.chain import START, entry_hash

        entries = self.entries(station)
        prev = entries[since - 2].hash if since > 1 else START
        for entry in entries[since - 1 :]:
            data = entry.data
            if entry.seq == since:
                data = json.dumps({**entry.content, **changes})
            own = entry_hash(prev, station, entry.seq, entry.kind, entry.time, entry.about, data)
            self.sql(
                "UPDATE entry SET data = ?, prev = ?, hash = ? WHERE station = ? AND seq = ?",
                *(data, prev, own, station, entry.seq),
            )
            prev = own
