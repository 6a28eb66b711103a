"""Time works: ours and each peer's in turn, so that a slow minute slows them all alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from benchmarks.work import Call, Ran, Target, Work

__all__ = ["Reached", "Result", "Timed", "measure"]


@dataclass(frozen=True, slots=True)
class Timed:
    """What one contender took, round by round."""

    rows: int
    seconds: tuple[float, ...]
    peak: int | None = None

    @property
    def rate(self) -> float:
        """Median of rows a second."""
        return self.rows / median(self.seconds)


@dataclass(frozen=True, slots=True)
class Reached:
    """A target and what was found; None where it could not be measured."""

    target: Target
    found: float | None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where nothing was measured."""
        return None if self.found is None else self.target.met(self.found)


@dataclass(frozen=True, slots=True)
class Result:
    """What was found for one work."""

    work: Work
    ours: Timed
    peers: Mapping[str, Timed | None]
    """By name; None for a peer that is not installed."""
    packages: Mapping[str, str]
    """Package of each peer."""
    notes: tuple[str, ...] = ()

    def times(self, name: str) -> float | None:
        """Return how many times as fast as a peer ours is: the median over the rounds."""
        theirs = self.peers.get(name)
        if theirs is None:
            return None
        pairs = zip(self.ours.seconds, theirs.seconds, strict=True)
        return median(b / a for a, b in pairs) * self.ours.rows / theirs.rows

    @property
    def reached(self) -> list[Reached]:
        """Every target with what was found."""
        return [Reached(target, self._found(target)) for target in self.work.targets]

    def _found(self, target: Target) -> float | None:
        if target.measure in ("times", "takes"):
            times = self.times(target.peer or "")
            return 1 / times if times and target.measure == "takes" else times
        if target.measure == "rate":
            return self.ours.rate
        return median(self.ours.seconds) if target.measure == "seconds" else self.ours.peak


def measure(work: Work, rounds: int) -> Result:
    """Time a work. The first round of all but the longest is only to warm up."""
    rounds, contest = work.rounds or rounds, work.make()
    calls: dict[str | None, Call] = {None: contest.ours}
    calls |= {name: peer.call for name, peer in contest.peers.items() if peer.call is not None}
    if rounds > 1:
        for call in calls.values():
            _timed(call)
    ran: dict[str | None, list[Ran]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            ran[name].append(_timed(call))
    peers = {
        name: _summed(peer.rows or work.rows, ran[name]) if name in ran else None
        for name, peer in contest.peers.items()
    }
    packages = {name: peer.package for name, peer in contest.peers.items()}
    ours = _summed(work.rows, ran[None])
    return Result(work, ours, peers, packages, tuple(contest.notes()))


def _timed(call: Call) -> Ran:
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        answer = call()
        seconds = time.perf_counter() - start
    finally:
        gc.enable()
    return answer if isinstance(answer, Ran) else Ran(seconds)


def _summed(rows: int, ran: list[Ran]) -> Timed:
    peaks = [one.peak for one in ran if one.peak is not None]
    return Timed(rows, tuple(one.seconds for one in ran), max(peaks, default=None))
