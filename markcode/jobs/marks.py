"""One mark of a job or table against the data that stand beside it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import markcode
from markcode.errors import Ambiguous, InvalidMark
from markcode.jobs.rows import Arm, arm_of
from markcode.jobs.tables import payload_text
from markcode.model import Elements, Event, Finding, Parsed, Payload, Report
from markcode.writing import prepare

if TYPE_CHECKING:
    from markcode.format import Format

__all__ = ["Stated", "verify_stated", "with_findings"]


@dataclass(frozen=True)
class Stated:
    """What a job or table says of one mark."""

    row: int
    lines: tuple[str, ...]
    elements: Mapping[str, str]
    """Text by element; an absent element is left out, or empty where it must be absent."""
    payload: Payload | None = None
    check: str | None = None

    @property
    def text(self) -> str:
        """The lines joined by LF."""
        return "\n".join(self.lines)


def with_findings(report: Report, findings: Sequence[Finding]) -> Report:
    """Return the report with more findings, and the verdict that they make."""
    severities = {finding.severity for finding in findings}
    verdict = report.verdict
    if "error" in severities:
        verdict = "invalid"
    elif "warning" in severities and verdict == "valid":
        verdict = "suspect"
    return replace(report, verdict=verdict, findings=(*report.findings, *findings))


def verify_stated(
    fmt: Format, kind: str, stated: Stated, as_of: datetime.date | None = None
) -> Report:
    """Return the report on a mark: its text, its payload, and whether the data agree."""
    arm = arm_of(stated.row, fmt.rule(kind), stated.elements)
    if fmt.text_is_opaque(kind) and (stated.payload is not None or stated.elements):
        return _opaque(fmt, kind, stated, arm, as_of)
    report = markcode.verify(
        stated.text, format=fmt, payload=stated.payload, event=kind, as_of=as_of
    )
    return with_findings(report, [*arm.findings, *_disagreements(fmt, kind, stated, arm, report)])


def _opaque(
    fmt: Format, kind: str, stated: Stated, arm: Arm, as_of: datetime.date | None
) -> Report:
    """Strike the data again and compare, since such text cannot be split into its elements."""
    try:
        marking = fmt.encode(arm.firearm, arm.event, accept_provisional=True)
    except InvalidMark as fault:
        if stated.payload is None and any(f.code == "element.missing" for f in fault.findings):
            # Too little stands beside the mark to strike it again.
            return with_findings(fmt.verify(stated.text, kind, as_of), arm.findings)
        report = Report(stated.text, "invalid", fault.findings, fmt.name, kind)
        return with_findings(report, arm.findings)
    source = stated.payload if stated.payload is not None else marking.record
    report = fmt.verify(source, kind, as_of)
    findings = list(arm.findings)
    for number in range(max(len(marking.lines), len(stated.lines))):
        expected, found = (
            lines[number] if number < len(lines) else None
            for lines in (marking.lines, stated.lines)
        )
        if expected != found:
            params = Elements(line=number + 1, expected=expected, found=found)
            findings.append(Finding("line.mismatch", params=params))
    if stated.payload is not None and stated.payload != marking.payload:
        params = Elements(
            reason="symbol",
            expected=payload_text(marking.payload),
            found=payload_text(stated.payload),
        )
        findings.append(Finding("payload.mismatch", params=params))
    if stated.check is not None and stated.check != (marking.check or ""):
        findings.append(_mismatch("check", stated.check, marking.check))
    # Spans would count in the payload, and the mark that is shown is the text.
    unplaced = tuple(replace(finding, span=None) for finding in report.findings)
    return with_findings(replace(report, input=stated.text, findings=unplaced), findings)


def _disagreements(
    fmt: Format, kind: str, stated: Stated, arm: Arm, report: Report
) -> list[Finding]:
    """Return a finding for each element that the mark and the data beside it say differently."""
    marked = _marked(fmt, kind, stated.text, report)
    given = Parsed(arm.firearm, arm.event)
    data = prepare(fmt, fmt.rule(kind), arm.firearm, arm.event).parsed
    findings = []
    for element in fmt.elements(kind):
        if element.name not in stated.elements:
            continue
        expected = _value(data, element.owner, element.name)
        if expected is None:
            # What cannot be written in canonical form is compared as it stands.
            expected = _value(given, element.owner, element.name)
        found = [_value(reading, element.owner, element.name) for reading in marked]
        if not found or expected in found:
            continue
        if report.verdict == "invalid" and found == [None]:
            # The verdict says already that this element could not be read.
            continue
        findings.append(_mismatch(element.name, expected, found[0]))
    if stated.check is not None and report.check is not None and stated.check != report.check:
        findings.append(_mismatch("check", stated.check, report.check))
    return findings


def _marked(fmt: Format, kind: str, text: str, report: Report) -> tuple[Parsed, ...]:
    """Return what the mark says: every reading, or what of a wrong mark could be read."""
    try:
        return (fmt.parse(text, kind),)
    except Ambiguous as several:
        return several.readings
    except InvalidMark:
        if report.firearm is None:
            return ()
        return (Parsed(report.firearm, Event(kind)),)


def _value(parsed: Parsed, owner: str, name: str) -> str | int | None:
    return (parsed.firearm if owner == "firearm" else parsed.event).get(name)


def _mismatch(element: str, expected: object, found: object) -> Finding:
    params = Elements(expected=expected, found=found)
    return Finding("element.mismatch", "error", element, None, params)
