"""The accounts: every mark belongs to a job, every number to one block and at most one job.

Entries are told to `Accounts` in the order of stations and entries; blocks, draws and jobs, of
which there are few, are read before.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from markcode.ledger.audit.report import Fault, Job, Numbers
from markcode.ledger.refs import Ref
from markcode.ledger.schema import ENTRY
from markcode.ledger.states import State, states_between
from markcode.model import Elements

__all__ = ["Accounts", "Given"]

_WINDOW = 10_000
"""Entries whose states are asked for at once."""
_PIECE = 1 << 16
"""Numbers in one piece of the map of those that were seen."""


@dataclass
class Given:
    """Numbers ``first`` to ``last`` that one entry gives: a block, or a draw."""

    ref: Ref
    about: Ref | None
    series: str
    first: int
    last: int
    station: str
    seen: dict[int, bytearray] = field(default_factory=dict)
    """Which of them marks bear, a bit each."""

    def bear(self, number: int) -> bool:
        """Note that a mark bears a number; False if another one does already."""
        piece, at = divmod(number - self.first, _PIECE)
        bits = self.seen.setdefault(piece, bytearray(_PIECE // 8))
        byte, bit = at >> 3, 1 << (at & 7)
        is_new = not bits[byte] & bit
        bits[byte] |= bit
        return is_new


@dataclass
class _Run:
    """Marks of one job that follow each other."""

    job: Ref
    first: int
    last: int
    count: int


class Accounts:
    """What all entries make together."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.jobs: dict[Ref, Job] = {}
        self.series: dict[str, Numbers] = {}
        self.blocks: list[Given] = []
        self.draws: list[Given] = []
        self.faults: list[Fault] = []
        """Contradictions that were met while entries were told."""
        self._draws_of: dict[Ref, list[Given]] = {}
        self._names: dict[str, Ref] = {}
        self._window: list[tuple[int, Job]] = []
        self._station: str | None = None
        self._uncounted: list[_Run] = []
        self._read()

    def _read(self) -> None:
        for ref, kind, about, said in _structure(self._connection):
            try:
                self._put(ref, kind, about, said)
            except (KeyError, TypeError, ValueError, OverflowError):
                continue  # It is named as an entry.
        for draw in sorted(self.draws, key=lambda draw: draw.first):
            if draw.about is not None:
                self._draws_of.setdefault(draw.about, []).append(draw)
            if draw.about in self.jobs:
                self.jobs[draw.about].drawn += draw.last - draw.first + 1

    def _put(self, ref: Ref, kind: str, about: Ref | None, said: dict[str, Any]) -> None:
        if kind == "job":
            self.jobs[ref] = Job(ref, said["job"], said.get("order"))
        elif kind == "series":
            name = str(said["name"])
            self.series.setdefault(name, Numbers(name, int(said["first"]), int(said["last"])))
        elif kind == "written":
            if about in self.jobs:
                self.jobs[about].written = True
        else:
            station = str(said["station"]) if kind == "block" else ref.station
            first, last = int(said["first"]), int(said["last"])
            given = Given(ref, about, str(said["series"]), first, last, station)
            (self.blocks if kind == "block" else self.draws).append(given)

    def add(self, ref: Ref, kind: str, about: Ref | None, content: dict[str, Any]) -> None:
        """Take one entry into account."""
        if ref.station != self._station:
            self._close_station()
            self._station = ref.station
        if kind == "issued":
            self._add_mark(ref, content)
        elif kind == "registered":
            self._add_count(ref, about, content)

    def _add_mark(self, ref: Ref, content: dict[str, Any]) -> None:
        job = self._job(content.get("job"))
        if job is None:
            self.faults.append(Fault("issued.no_job", ref, Elements(job=content.get("job"))))
            return
        if self._window and ref.seq - self._window[0][0] >= _WINDOW:
            self._fold()
        self._window.append((ref.seq, job))
        self._note(ref.seq, job.ref)
        number = content.get("number")
        if isinstance(number, int):
            self._add_number(ref, job, number)

    def _job(self, name: Any) -> Job | None:
        ref = self._names.get(name) if isinstance(name, str) else None
        if ref is None and isinstance(name, str):
            ref = Ref.found(name)
            if ref is not None:
                self._names[name] = ref
        return None if ref is None else self.jobs.get(ref)

    def _add_number(self, ref: Ref, job: Job, number: int) -> None:
        draws = self._draws_of.get(job.ref, [])
        at = bisect_right(draws, number, key=lambda draw: draw.first) - 1
        draw = draws[at] if at >= 0 and number <= draws[at].last else None
        if draw is None:
            said = Elements(number=number, job=str(job.ref))
            self.faults.append(Fault("number.not_drawn", ref, said))
        elif not draw.bear(number):
            said = Elements(number=number, series=draw.series)
            self.faults.append(Fault("number.repeated", ref, said))
        else:
            job.numbered += 1
            if draw.series in self.series:
                self.series[draw.series].numbered += 1

    def _note(self, seq: int, job: Ref) -> None:
        """Remember a mark until its job counts it."""
        run = self._uncounted[-1] if self._uncounted else None
        if run is not None and run.job == job:
            run.last, run.count = seq, run.count + 1
        else:
            self._uncounted.append(_Run(job, seq, seq, 1))

    def _add_count(self, ref: Ref, about: Ref | None, content: dict[str, Any]) -> None:
        """Compare a count with the marks that it counts."""
        runs = [run for run in self._uncounted if run.job == about]
        self._uncounted = [run for run in self._uncounted if run.job != about]
        there: dict[str, Any] = {"marks": 0, "first": None, "last": None}
        if runs:
            there = {"marks": sum(run.count for run in runs)}
            there |= {"first": runs[0].first, "last": runs[-1].last}
        said = {name: content.get(name) for name in there}
        if said != there:
            counted = {f"counted_{name}": value for name, value in said.items()}
            found = {f"found_{name}": value for name, value in there.items()}
            params = Elements(counted, **found, job=str(about))
            if not runs:
                params = Elements(params, reason="none")
            self.faults.append(Fault("registered.count", ref, params))

    def _fold(self) -> None:
        """Add the marks of the window to the states of their jobs."""
        if self._window and self._station is not None:
            first, last = self._window[0][0], self._window[-1][0]
            known = states_between(self._connection, self._station, first, last)
            for seq, job in self._window:
                job.states[str(known.get(seq, State.ISSUED))] += 1
        self._window.clear()

    def _close_station(self) -> None:
        self._fold()
        for run in self._uncounted:
            ref, last = Ref(str(self._station), run.first), Ref(str(self._station), run.last)
            said = Elements(count=run.count, job=str(run.job))
            self.faults.append(Fault("issued.not_counted", ref, said, last))
        self._uncounted.clear()

    def close(self, forgiven: set[Ref]) -> Iterator[Fault]:
        """Yield all contradictions, after the last entry.

        ``forgiven`` are entries that a conflict names: that they overlap with others is known.
        """
        self._close_station()
        yield from self.faults
        for block in self.blocks:
            yield from self._judge_block(block)
        yield from _overlaps(self.blocks, "block.overlap", forgiven)
        block_of = self._blocks_of_draws()
        known = {draw for draw, block in block_of.items() if block in forgiven}
        yield from _overlaps(self.draws, "drawn.overlap", forgiven | known)
        yield from self._judge_draws(block_of)

    def _judge_block(self, block: Given) -> Iterator[Fault]:
        series = self.series.get(block.series)
        if series is None:
            yield Fault("block.no_series", block.ref, Elements(series=block.series))
            return
        series.blocks += 1
        series.in_blocks += block.last - block.first + 1
        if not series.first <= block.first <= block.last <= series.last:
            holds = {"series": series.series, "lowest": series.first, "highest": series.last}
            said = Elements(holds, first=block.first, final=block.last)
            yield Fault("block.out_of_range", block.ref, said)

    def _blocks_of_draws(self) -> dict[Ref, Ref]:
        """Return the block of its station that each draw lies in, where there is one."""
        held: dict[tuple[str, str], list[Given]] = {}
        for block in sorted(self.blocks, key=lambda block: block.first):
            held.setdefault((block.series, block.station), []).append(block)
        found = {}
        for draw in self.draws:
            own = held.get((draw.series, draw.ref.station), [])
            at = bisect_right(own, draw.first, key=lambda block: block.first) - 1
            if at >= 0 and draw.first <= draw.last <= own[at].last:
                found[draw.ref] = own[at].ref
        return found

    def _judge_draws(self, block_of: Mapping[Ref, Ref]) -> Iterator[Fault]:
        for draw in self.draws:
            series = self.series.get(draw.series)
            if series is not None:
                series.drawn += draw.last - draw.first + 1
            if draw.about not in self.jobs:
                yield Fault("drawn.no_job", draw.ref, Elements(job=str(draw.about)))
            if draw.ref not in block_of:
                numbers = {"series": draw.series, "first": draw.first, "final": draw.last}
                said = Elements(numbers, station=draw.ref.station)
                yield Fault("drawn.no_block", draw.ref, said)


def _overlaps(all_given: list[Given], code: str, forgiven: set[Ref]) -> Iterator[Fault]:
    ordered = sorted(all_given, key=lambda one: (one.series, one.first, one.ref))
    furthest: Given | None = None
    for one in ordered:
        if furthest is None or furthest.series != one.series or one.first > furthest.last:
            furthest = one
            continue
        if one.ref not in forgiven and furthest.ref not in forgiven:
            said = Elements(series=one.series, first=one.first, other=str(furthest.ref))
            yield Fault(code, one.ref, said)
        furthest = max(furthest, one, key=lambda given: given.last)


def _structure(
    connection: Connection,
) -> Iterator[tuple[Ref, str, Ref | None, dict[str, Any]]]:
    """Yield the entries that marks and numbers hang on."""
    c = ENTRY.c
    kinds = ("series", "block", "drawn", "job", "written")
    query = select(c.station, c.seq, c.kind, c.about_station, c.about_seq, c.data)
    # A job comes before what is about it.
    for kind in ("job", *(kind for kind in kinds if kind != "job")):
        chosen = query.where(c.kind == kind).order_by(c.station, c.seq)
        for station, seq, _, about_station, about_seq, data in connection.execute(chosen):
            about = None if about_seq is None else Ref(about_station, about_seq)
            try:
                said = json.loads(data)
            except (ValueError, RecursionError):
                continue  # It is named as an entry.
            if isinstance(said, dict):
                yield Ref(station, seq), kind, about, said
