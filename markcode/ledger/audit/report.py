"""What an audit says: faults, each with the entry that it names, and an account of all numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from markcode.ledger.refs import Ref
from markcode.model import NO_ELEMENTS, Elements, Finding

__all__ = ["Broken", "Conflict", "Fault", "Job", "Numbers", "Report", "StationAccount"]

MOST_FAULTS = 1_000
"""Faults that are kept; further ones are only counted."""


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was written.

    >>> fault = Fault("entry.moved", Ref("MVD-1", 7), Elements(was="MVD-1/9"))
    >>> fault.message(), fault.message("fr")
    ('MVD-1/7 was moved: it was MVD-1/9.', 'MVD-1/7 a été déplacée : elle était MVD-1/9.')
    """

    code: str
    """``subject.problem``, such as ``entry.edited``; public: added to, never renamed."""
    ref: Ref
    """The entry, or the entry that a row of a look-up belongs to."""
    params: Elements = NO_ELEMENTS
    """What its wording shows besides these entries."""
    last: Ref | None = None
    """The last entry, where the fault is about several from ``ref`` on."""

    @property
    def finding(self) -> Finding:
        """The fault as a finding, with its entries among the parameters."""
        entries = {"entry": str(self.ref)}
        if self.last is not None:
            entries["last"] = str(self.last)
        return Finding(self.code, "error", None, None, Elements(entries, **self.params))

    def message(self, language: str = "en") -> str:
        """Return the wording in ``language`` (en, es, pt, fr)."""
        return self.finding.message(language)

    def to_dict(self, language: str = "en") -> dict[str, Any]:
        """Return it for JSON; only the message is in a language."""
        last = None if self.last is None else str(self.last)
        message = self.message(language)
        return {"code": self.code, "ref": str(self.ref), "last": last, "message": message}


class Broken:
    """The entries that a fault was found in: nothing that follows from it is reported again."""

    def __init__(self) -> None:
        self._ranges: dict[str, list[tuple[int, float]]] = {}
        self._single: set[tuple[str, int]] = set()

    def add(self, fault: Fault) -> None:
        """Remember the entries of a fault."""
        if fault.last is None:
            self.add_entry(fault.ref)
        else:
            self.add_range(fault.ref.station, fault.ref.seq, fault.last.seq)

    def add_entry(self, ref: Ref) -> None:
        """Remember one entry."""
        self._single.add(ref)

    def add_range(self, station: str, first: int, last: float) -> None:
        """Remember entries of a station, both ends included."""
        self._ranges.setdefault(station, []).append((first, last))

    def __contains__(self, ref: tuple[str, int]) -> bool:
        if ref in self._single:
            return True
        ranges = self._ranges.get(ref[0], ()) if isinstance(ref[1], int) else ()
        return any(first <= ref[1] <= last for first, last in ranges)

    def __bool__(self) -> bool:
        return bool(self._single or self._ranges)


@dataclass
class StationAccount:
    """The chain of a station."""

    entries: int = 0
    newest: int = 0
    covered: int = 0
    """Its newest entry that a checkpoint covers; 0 if none."""

    @property
    def uncovered(self) -> int:
        """How many of its newest entries could be removed without a trace."""
        return max(min(self.newest - self.covered, self.entries), 0)


@dataclass
class Job:
    """What the ledger knows of one job."""

    ref: Ref
    name: str
    """Its hash."""
    order: str | None
    written: bool = False
    """Whether its folder stands complete."""
    states: Counter[str] = field(default_factory=Counter)
    """How many of its marks are in which state."""
    drawn: int = 0
    """Numbers of series that were drawn for it."""
    numbered: int = 0
    """Marks of it that bear one of these."""

    @property
    def unused(self) -> int:
        """Numbers that were drawn for it and that no mark bears: skipped, or not reached."""
        return self.drawn - self.numbered

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "ref": str(self.ref),
            "job": self.name,
            "order": self.order,
            "written": self.written,
            "marks": self.states.total(),
            "states": dict(sorted(self.states.items())),
            "drawn": self.drawn,
            "numbered": self.numbered,
            "unused": self.unused,
        }


@dataclass
class Numbers:
    """What became of the numbers of one series; the parts make up the whole."""

    series: str
    first: int
    last: int
    blocks: int = 0
    in_blocks: int = 0
    drawn: int = 0
    numbered: int = 0
    """Marks that bear one."""

    @property
    def free(self) -> int:
        """Numbers in blocks that are not drawn yet."""
        return self.in_blocks - self.drawn

    @property
    def unused(self) -> int:
        """Numbers drawn for a job that no mark bears."""
        return self.drawn - self.numbered

    @property
    def left(self) -> int:
        """Numbers that are in no block."""
        return self.last - self.first + 1 - self.in_blocks

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        names = ("series", "first", "last", "blocks", "in_blocks", "drawn", "numbered")
        derived = ("unused", "free", "left")
        return {name: getattr(self, name) for name in (*names, *derived)}


@dataclass(frozen=True)
class Conflict:
    """Two entries that claim the same; ``resolved`` says whether somebody has decided."""

    ref: Ref
    about: Ref | None
    """The entry that came later."""
    holder: str
    slot: str
    value: str
    resolved: bool
    """Whether it is decided, here or where the same two were found the other way round."""

    @property
    def sides(self) -> frozenset[Ref | None]:
        """The two entries."""
        return frozenset((self.about, Ref.found(self.holder)))

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "ref": str(self.ref),
            "about": None if self.about is None else str(self.about),
            "holder": self.holder,
            "slot": self.slot,
            "value": self.value,
            "resolved": self.resolved,
        }


@dataclass
class Report:
    """What an audit found."""

    faults: list[Fault] = field(default_factory=list)
    """The first `MOST_FAULTS`."""
    fault_count: int = 0
    doubts: list[Fault] = field(default_factory=list)
    """Contradictions between entries that may follow from faults in the chains."""
    doubt_count: int = 0
    stations: dict[str, StationAccount] = field(default_factory=dict)
    series: dict[str, Numbers] = field(default_factory=dict)
    jobs: dict[Ref, Job] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    checkpoints: int = 0
    """How many were compared with."""

    def add(self, fault: Fault) -> None:
        """Add a fault."""
        self.fault_count += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)

    def add_doubt(self, fault: Fault) -> None:
        """Add what may follow from a fault that was found before."""
        self.doubt_count += 1
        if len(self.doubts) < MOST_FAULTS:
            self.doubts.append(fault)

    @property
    def open_conflicts(self) -> list[Conflict]:
        """The conflicts that nobody has decided, each two entries once."""
        found: dict[frozenset[Ref | None], Conflict] = {}
        for conflict in self.conflicts:
            if not conflict.resolved:
                found.setdefault(conflict.sides, conflict)
        return list(found.values())

    @property
    def is_clean(self) -> bool:
        """Whether there is no fault and no open conflict."""
        return not self.fault_count and not self.open_conflicts

    @property
    def entries(self) -> int:
        """How many entries there are."""
        return sum(station.entries for station in self.stations.values())

    @property
    def states(self) -> Mapping[str, int]:
        """How many marks of all jobs are in which state."""
        return sum((job.states for job in self.jobs.values()), Counter[str]())

    @property
    def uncovered(self) -> int:
        """How many of the newest entries could be removed without a trace in any chain."""
        return sum(station.uncovered for station in self.stations.values())

    def to_dict(self, language: str = "en") -> dict[str, Any]:
        """Return it for JSON; only the messages are in a language."""
        return {
            "clean": self.is_clean,
            "entries": self.entries,
            "stations": {
                name: {
                    "entries": station.entries,
                    "newest": station.newest,
                    "covered": station.covered,
                    "uncovered": station.uncovered,
                }
                for name, station in self.stations.items()
            },
            "uncovered": self.uncovered,
            "checkpoints": self.checkpoints,
            "states": dict(sorted(self.states.items())),
            "series": [numbers.to_dict() for numbers in self.series.values()],
            "jobs": [job.to_dict() for job in self.jobs.values()],
            "conflicts": [conflict.to_dict() for conflict in self.conflicts],
            "fault_count": self.fault_count,
            "faults": [fault.to_dict(language) for fault in self.faults],
            "doubt_count": self.doubt_count,
            "doubts": [fault.to_dict(language) for fault in self.doubts],
        }
