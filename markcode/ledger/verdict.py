"""What the records know of a mark: findings and data added to its report, without a clock.

Records never change the verdict of the format except by their own findings (contracts.md section
5): with a warning a valid mark is suspect, with an error it is invalid. A wrong mark is looked up
too, since whoever holds it wants to know whose it may be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, bindparam, or_, select

from markcode.errors import LedgerError
from markcode.jobs.marks import with_findings
from markcode.ledger.chain import Entry, entry_of
from markcode.ledger.identifying import Identified, Mark, identify
from markcode.ledger.kinds import State, kind
from markcode.ledger.refs import Ref
from markcode.ledger.schema import ENTRY, of_kind
from markcode.ledger.states import Happened, corrects, counting, folded
from markcode.model import Elements, Finding, Report, Severity

if TYPE_CHECKING:
    from markcode.format import Format
    from markcode.ledger.ledger import Ledger

__all__ = ["UNKNOWN", "Records", "unreachable", "with_all_records", "with_records"]

_SAME = "same-arm"


# Statements are put together once: that would take longer than the database takes to answer.
_IS_ABOUT = and_(
    ENTRY.c.about_station == bindparam("of_station"), ENTRY.c.about_seq == bindparam("of_seq")
)
_NAMES_IT = ENTRY.c.data.contains(bindparam("names_it"))
_ABOUT = select(ENTRY).where(_IS_ABOUT)
_SAME_ARM = select(ENTRY.c.about_station, ENTRY.c.about_seq).where(
    of_kind(_SAME), _NAMES_IT, ENTRY.c.about_seq.is_not(None)
)
_CONFLICTS = select(ENTRY).where(of_kind("conflict"), or_(_IS_ABOUT, _NAMES_IT))

UNKNOWN: Mapping[str, Any] = Elements(
    status="unknown",
    station=None,
    time=None,
    events=[],
    mark=None,
    text=None,
    state=None,
    job=None,
    order=None,
)
"""What is told of a mark that is not on record."""


def with_records(report: Report, fmt: Format | None, ledger: Ledger) -> Report:
    """Return the report with what a ledger knows of the mark, in ``data["ledger"]`` and findings.

    ``fmt`` is the profile that the mark was verified under; None where none was recognised. A
    ledger that cannot be read makes the verdict ``undetermined``.
    """
    return with_all_records([(report, fmt)], ledger)[0]


def with_all_records(
    reports: Sequence[tuple[Report, Format | None]], ledger: Ledger
) -> list[Report]:
    """Return several reports with what a ledger knows of the marks, all at one moment."""
    try:
        with ledger.reading() as connection:
            records = Records(connection)
            return [records.told(report, fmt) for report, fmt in reports]
    except LedgerError as fault:
        return [unreachable(report, fault) for report, _ in reports]


def unreachable(report: Report, fault: LedgerError) -> Report:
    """Return the report of a mark that could not be looked up; a wrong mark stays wrong."""
    params = Elements(detail=str(fault))
    finding = Finding("ledger.unreachable", "info", None, None, params)
    verdict = report.verdict if report.verdict == "invalid" else "undetermined"
    return replace(report, verdict=verdict, findings=(*report.findings, finding))


class Records:
    """What a ledger says at one moment."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._jobs: dict[Ref, Mapping[str, Any]] = {}

    def told(self, report: Report, fmt: Format | None) -> Report:
        """Return the report with what is known of the mark."""
        found = identify(self._connection, report, fmt)
        told = dict(UNKNOWN)
        findings: list[Finding] = []
        if found.mark is not None:
            life = self._life(found.mark)
            told = self._known(life)
            findings += _of_state(life) + _of_arm(life)
            if not found.is_spelled:
                findings.append(_finding("ledger.text_differs", "warning", text=found.mark.text))
        elif found.several:
            told["status"] = "issued"
            reason = {"reason": "texts"} if found.has_key else {}
            findings.append(_finding("ledger.no_key", "info", **reason))
        elif not found.others:
            meant = {"reading": found.alike[0]} if len(found.alike) == 1 else {}
            findings.append(_finding("ledger.not_issued", "warning", **meant))
        findings += self._conflicts(found)
        if found.others and not any(finding.code == "ledger.conflict" for finding in findings):
            life = self._life(found.others[0])
            told = {**self._known(life), "status": "other_arm"}
            findings.append(_other_arm(life.mark, found.differing))
        data = Elements(report.data, ledger=Elements(told))
        return with_findings(replace(report, data=data), findings)

    def _known(self, life: _Life) -> dict[str, Any]:
        mark, by = life.mark, life.made_so
        status = life.state.value if life.state in (State.STRUCK, State.VOID) else "issued"
        return {
            "status": status,
            "station": by.station,
            "time": by.time,
            "events": [_event(entry, life) for entry in life.entries],
            "mark": str(mark.ref),
            "text": mark.text,
            "state": life.state.value,
            "job": str(mark.job),
            "order": self._job(mark.job).get("order"),
        }

    def _job(self, ref: Ref) -> Mapping[str, Any]:
        if ref not in self._jobs:
            self._jobs[ref] = entry_of(self._connection, ref).content
        return self._jobs[ref]

    def _life(self, mark: Mark) -> _Life:
        """Return all that was written about a mark and its arm, in the order of recording."""
        arms, asked = [mark.arm], set[Ref]()
        found = {mark.ref: mark.entry}
        while arms:
            ref = arms.pop()
            if ref in asked:
                continue
            asked.add(ref)
            if ref not in found:
                found[ref] = entry_of(self._connection, ref)
            own = found[ref]
            if own.kind == "issued" and own.about is not None:
                arms.append(own.about)
            about = list(self._about(ref))
            found |= {entry.ref: entry for entry in about}
            arms += [entry.ref for entry in about if entry.kind == "issued"]
            arms += _same_arms(about)
            arms += [other for other in self._naming(ref) if ref in _same_arms(self._about(other))]
        entries = sorted(found.values(), key=lambda entry: (entry.time, entry.ref))
        return _Life(mark, [e for e in entries if e.kind == "issued" or not kind(e.kind).ledger])

    def _about(self, ref: Ref) -> Iterator[Entry]:
        found = self._connection.execute(_ABOUT, {"of_station": ref.station, "of_seq": ref.seq})
        return map(Entry.of, found)

    def _naming(self, ref: Ref) -> set[Ref]:
        """Return the marks of which an event says that they may be of the same arm as a mark."""
        found = self._connection.execute(_SAME_ARM, {"names_it": f'"arm":"{ref}"'})
        return {Ref(*row) for row in found}

    def _conflicts(self, found: Identified) -> Iterator[Finding]:
        """Yield the conflicts of what was found that nobody has put an end to."""
        marks = [found.mark] if found.mark is not None else list(found.several)
        marks += found.others
        told: set[frozenset[Ref]] = set()
        for mark in marks if found.has_key else ():
            for pair, decision in self._pairs(mark.ref).items():
                if pair in told or decision in ("void", "same-arm"):
                    continue
                told.add(pair)
                reason = {"reason": "both"} if decision else {}
                entries = sorted(map(str, pair))
                yield _finding("ledger.conflict", "warning", entries=entries, **reason)

    def _pairs(self, ref: Ref) -> dict[frozenset[Ref], str]:
        """Return each pair of a mark and another that claim the same, and what was decided."""
        names_it = f'"holder":"{ref}"'
        values = {"of_station": ref.station, "of_seq": ref.seq, "names_it": names_it}
        pairs: dict[frozenset[Ref], str] = {}
        for entry in map(Entry.of, self._connection.execute(_CONFLICTS, values)):
            if entry.about is None:
                continue
            pair = frozenset((entry.about, Ref.parse(entry.content["holder"])))
            decided = [
                e.content["decision"] for e in self._about(entry.ref) if e.kind == "resolved"
            ]
            pairs[pair] = next(iter(decided), pairs.get(pair, ""))
        return pairs


@dataclass(frozen=True)
class _Life:
    """A mark, and the entries about it and its arm in the order of recording."""

    mark: Mark
    entries: Sequence[Entry]

    @cached_property
    def _own(self) -> list[Entry]:
        own = (entry for entry in self.entries if entry.about == self.mark.ref)
        # A further mark of the arm is about its first; that changes nothing of the first.
        return [entry for entry in own if entry.kind != "issued"]

    @cached_property
    def state(self) -> State:
        """What has become of the mark."""
        start = State.STRUCK if self.mark.content.get("struck") else State.ISSUED
        return folded(map(_happened, self._own), start)

    @cached_property
    def made_so(self) -> Entry:
        """The entry that made the mark what it is."""
        state = self.state
        by_ref = {entry.ref: entry for entry in self._own}
        made = [by_ref[event.ref] for event in counting(map(_happened, self._own))]
        return next(
            (entry for entry in reversed(made) if kind(entry.kind).state is state), self.mark.entry
        )

    @cached_property
    def counting(self) -> dict[Ref, Entry]:
        """The entries that none takes back, by their names."""
        refs = {event.ref for event in counting(map(_happened, self.entries))}
        return {entry.ref: entry for entry in self.entries if entry.ref in refs}


def _same_arms(about: Iterable[Entry]) -> list[Ref]:
    """Return the marks that are of one arm with a mark, by what was written about that."""
    entries = {entry.ref: entry for entry in about}
    counts = (entries[event.ref] for event in counting(map(_happened, entries.values())))
    return [Ref.parse(entry.content["arm"]) for entry in counts if entry.kind == _SAME]


def _happened(entry: Entry) -> Happened:
    # Only what corrects something has to be read as JSON.
    taken_back = corrects(entry.data) if '"corrects":' in entry.data else None
    return Happened(entry.time, entry.ref, entry.kind, taken_back)


def _event(entry: Entry, life: _Life) -> dict[str, Any]:
    """Return an entry as ``data["ledger"]["events"]`` has it."""
    content = entry.content
    told: dict[str, Any] = {
        "kind": entry.kind,
        "date": content.get("date"),
        "time": entry.time,
        "station": entry.station,
        "entry": str(entry.ref),
    }
    if entry.kind == "issued":
        return told | {"text": "\n".join(content["lines"])}
    told["mark"] = None if entry.about is None else str(entry.about)
    if entry.ref not in life.counting:
        told["taken_back"] = True
    return told | {name: value for name, value in content.items() if name not in told}


def _of_state(life: _Life) -> list[Finding]:
    """Return what the state of a mark says against it."""
    issued = life.mark.entry
    params = {"station": issued.station, "time": issued.time, "job": str(life.mark.job)}
    match life.state:
        case State.ISSUED:
            return [_finding("ledger.not_struck", "warning", **params)]
        case State.UNKNOWN:
            return [_finding("ledger.not_struck", "warning", **params, reason="unknown")]
        case State.REJECTED:
            return [_finding("ledger.not_struck", "warning", **params, reason="rejected")]
        case State.VOID:
            by = life.made_so
            params = {"station": by.station, "time": by.time, "entry": str(by.ref)}
            return [_finding("ledger.void", "error", **params)]
        case _:
            return []


def _of_arm(life: _Life) -> list[Finding]:
    """Return whether the arm is reported missing and was not found since."""
    missing: Entry | None = None
    for entry in life.counting.values():
        reported = kind(entry.kind).reported
        if reported is not None:
            missing = entry if reported else None
    if missing is None:
        return []
    said = missing.content
    details = [said.get("date"), said.get("authority"), str(missing.ref)]
    return [
        _finding(
            "ledger.reported",
            "warning",
            kind=missing.kind,
            what=Elements(kind(missing.kind).labels),
            date=said.get("date"),
            authority=said.get("authority"),
            entry=str(missing.ref),
            details=[part for part in details if part],
        )
    ]


def _other_arm(mark: Mark, differing: Iterable[str]) -> Finding:
    return _finding(
        "ledger.other_arm",
        "error",
        text=mark.text,
        station=mark.entry.station,
        time=mark.entry.time,
        job=str(mark.job),
        entry=str(mark.ref),
        elements=list(differing),
    )


def _finding(code: str, severity: Severity, **params: Any) -> Finding:
    return Finding(code, severity, None, None, Elements(params))
