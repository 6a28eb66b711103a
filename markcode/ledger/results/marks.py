"""Which marks the rows of a result file are about: by job and row, or by their code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, and_, select

from markcode import notation
from markcode.errors import LedgerError
from markcode.ledger.chain import Entry
from markcode.ledger.claims import listed, pieces
from markcode.ledger.codes import difference, spellings
from markcode.ledger.events import SeveralJobs, job_named
from markcode.ledger.folding import fold
from markcode.ledger.jobs import marks_at, marks_of
from markcode.ledger.refs import Ref
from markcode.ledger.refused import EventRefused
from markcode.ledger.results.rows import Said
from markcode.ledger.schema import ENTRY, MARK

__all__ = ["Finder"]

_MOST_ROW = 18
"""Digits of a row; more are no row of any table."""


class Finder:
    """Finds the marks of some rows at a time; jobs that were looked up are remembered."""

    def __init__(self) -> None:
        self._jobs: dict[str, Ref | EventRefused] = {}
        self._by_payload: dict[Ref, dict[str, list[Ref]]] = {}

    def find(self, connection: Connection, rows: Sequence[Said]) -> list[Ref | EventRefused]:
        """Return the mark of each row, or why it has none."""
        for name in {said.job for said in rows} - self._jobs.keys():
            self._jobs[name] = _job(connection, name)
        at_rows = self._at_rows(connection, rows)
        coded = _by_code(connection, {said.code for said in rows if not _names_row(said)})
        return [self._mark(connection, said, at_rows, coded) for said in rows]

    def _at_rows(self, connection: Connection, rows: Sequence[Said]) -> dict[Ref, dict[int, Entry]]:
        """Return the marks that are named by job and row."""
        wanted: dict[Ref, set[int]] = {}
        for said in rows:
            job, row = self._jobs[said.job], _row(said.seq)
            if isinstance(job, Ref) and row is not None:
                wanted.setdefault(job, set()).add(row)
        return {job: marks_at(connection, job, some) for job, some in wanted.items()}

    def _mark(
        self,
        connection: Connection,
        said: Said,
        at_rows: dict[Ref, dict[int, Entry]],
        coded: dict[str, list[Entry]],
    ) -> Ref | EventRefused:
        job = self._jobs[said.job]
        if said.job and isinstance(job, EventRefused):
            return job
        if isinstance(job, Ref) and _names_row(said):
            row = _row(said.seq)
            mark = None if row is None else at_rows.get(job, {}).get(row)
            if mark is None:
                return EventRefused("seq", "result.row", value=said.seq, job=str(job))
            return _agreeing(mark, said.code)
        found = [mark.ref for mark in coded[said.code] if _is_of(mark, job)]
        if not found and isinstance(job, Ref):
            found = self._of_payload(connection, job).get(said.code, [])
        if len(found) == 1:
            return found[0]
        if not found:
            return EventRefused("code", "result.code", value=said.code)
        names = [str(ref) for ref in found[:5]] + ["..."] * (len(found) > 5)
        return EventRefused("code", "result.code", value=said.code, marks=names, reason="several")

    def _of_payload(self, connection: Connection, job: Ref) -> dict[str, list[Ref]]:
        """Return the marks of a job by payloads other than the struck text: no index has these."""
        found = self._by_payload.get(job)
        if found is None:
            found = self._by_payload[job] = {}
            for mark in marks_of(connection, job):
                if "payload" in mark.content:
                    for spelling in spellings(mark.content):
                        found.setdefault(spelling, []).append(mark.ref)
        return found


def _job(connection: Connection, name: str) -> Ref | EventRefused:
    try:
        return job_named(connection, name)
    except SeveralJobs:
        return EventRefused("job_id", "result.job", value=name, reason="several")
    except LedgerError:
        return EventRefused("job_id", "result.job", value=name)


def _names_row(said: Said) -> bool:
    """Return whether a row names its mark by job and row: a number alone is the machine's own."""
    return bool(said.job and said.seq)


def _row(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_ROW
    return int(text) if is_number else None


def _is_of(mark: Entry, job: Ref | EventRefused) -> bool:
    return isinstance(job, EventRefused) or mark.content.get("job") == str(job)


def _agreeing(mark: Entry, code: str) -> Ref | EventRefused:
    """Return the mark that a row names by job and row, unless its code is another."""
    wrong = difference(mark.content, code) if code else None
    if wrong is None:
        return mark.ref
    return EventRefused(
        "code",
        "result.disagrees",
        mark=str(mark.ref),
        expected=wrong.expected,
        position=wrong.position,
        found=code,
    )


def _by_code(connection: Connection, codes: Iterable[str]) -> dict[str, list[Entry]]:
    """Return the marks that have each of some codes as their struck text, or the lines of it."""
    found: dict[str, list[Entry]] = {code: [] for code in codes}
    by_fold: dict[str, list[str]] = {}
    for code in found:
        for form in {fold(code), fold(_plain(code))}:
            by_fold.setdefault(form, []).append(code)
    on = and_(ENTRY.c.station == MARK.c.station, ENTRY.c.seq == MARK.c.seq)
    for some in pieces(list(by_fold)):
        given = listed(connection, some)
        query = select(MARK.c.fold, ENTRY).join_from(MARK, ENTRY, on)
        query = query.where(MARK.c.fold.in_(select(given.c.value)))
        for form, *columns in connection.execute(query):
            mark = Entry.of(columns)
            for code in by_fold[form]:
                if difference(mark.content, code) is None:
                    found[code].append(mark)
    return found


def _plain(code: str) -> str:
    """Return a code without the names of control characters."""
    try:
        return notation.unescape(code)
    except notation.NotationError:
        return code
