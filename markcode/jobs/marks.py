"""One mark of a job or table against the data that stand beside it."""

from __future__ import annotations

import datetime
import re
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

UII = "uii"
"""Element and datum of a text that a standard composes of the others."""


@dataclass(frozen=True)
class Stated:
    """What a job or table says of one mark."""

    row: int
    lines: tuple[str, ...]
    elements: Mapping[str, str]
    """Text by element; an absent element is left out, or empty where it must be absent."""
    payload: Payload | None = None
    check: str | None = None
    is_struck: bool = False
    """Whether the lines must be those that are struck, as in a job; a table may hold the record or
    the content of the symbol instead."""

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
        struck = stated if stated.is_struck else _as_struck(fmt, kind, stated)
        if struck is not None:
            report = _opaque(fmt, kind, struck, as_of)
            return replace(report, input=stated.text)
    report = markcode.verify(
        stated.text, format=fmt, payload=stated.payload, event=kind, as_of=as_of
    )
    return with_findings(report, [*arm.findings, *_disagreements(fmt, kind, stated, arm, report)])


def _as_struck(fmt: Format, kind: str, stated: Stated) -> Stated | None:
    """Return what stands struck where the text bears no elements but those; None if it does."""
    report = fmt.verify(stated.text, kind)
    read = report.firearm.elements() if report.firearm is not None else {}
    if set(read) == {UII}:
        return replace(stated, lines=(str(read[UII]),))
    return stated if report.verdict == "undetermined" and not read else None


def _opaque(fmt: Format, kind: str, stated: Stated, as_of: datetime.date | None) -> Report:
    """Strike the data again and compare, since such text cannot be split into its elements."""
    others = {name: text for name, text in stated.elements.items() if text and name != UII}
    uii = stated.elements.get(UII)
    if not uii or not others:
        return _struck_again(fmt, kind, stated, as_of)
    # A UII is composed of the others, so both cannot be struck together.
    report = _struck_again(fmt, kind, replace(stated, elements=others), as_of)
    if uii == stated.text:
        return report
    return with_findings(report, [_mismatch(UII, uii, stated.text)])


def _struck_again(fmt: Format, kind: str, stated: Stated, as_of: datetime.date | None) -> Report:
    arm = arm_of(stated.row, fmt.rule(kind), stated.elements)
    try:
        marking = fmt.encode(arm.firearm, arm.event, accept_provisional=True)
    except InvalidMark as fault:
        if stated.payload is None and any(f.code == "element.missing" for f in fault.findings):
            # Too little stands beside the mark to strike it again.
            report = fmt.verify(stated.text, kind, as_of)
            return with_findings(report, [*arm.findings, *_without_serial(fmt, stated)])
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


def _without_serial(fmt: Format, stated: Stated) -> list[Finding]:
    """Return a finding if struck text cannot be that of an arm with the serial beside it."""
    serial = stated.elements.get("serial")
    if not serial:
        return []
    # A UII ends with the serial; elsewhere a separator or a line end stands around it.
    before, after = ("", r"\Z") if fmt.declaration.syntax else (r"(?<![^\s,;/])", r"(?![^\s,;/])")
    if re.search(before + re.escape(serial) + after, stated.text):
        return []
    return [_mismatch("serial", serial, stated.text)]


def _disagreements(
    fmt: Format, kind: str, stated: Stated, arm: Arm, report: Report
) -> list[Finding]:
    """Return a finding for each element that the mark and the data beside it say differently."""
    marked, is_whole = _marked(fmt, kind, stated.text, report)
    data = prepare(fmt, fmt.rule(kind), arm.firearm, arm.event).parsed
    findings = []
    for element in fmt.elements(kind):
        if element.name not in stated.elements or not fmt.rule(kind).carries(element):
            continue
        expected = element.of(data.firearm, data.event)
        if expected is None:
            # What cannot be written in canonical form is compared as it stands.
            expected = element.of(arm.firearm, arm.event)
        found = [element.of(reading.firearm, reading.event) for reading in marked]
        if element.name == UII and UII in report.data:
            found = [report.data[UII]]
        if not found or expected in found:
            continue
        if not is_whole and found == [None]:
            # The verdict says already that this element could not be read.
            continue
        findings.append(_mismatch(element.name, expected, found[0]))
    if stated.check is not None and report.check is not None and stated.check != report.check:
        findings.append(_mismatch("check", stated.check, report.check))
    return findings


def _marked(fmt: Format, kind: str, text: str, report: Report) -> tuple[tuple[Parsed, ...], bool]:
    """Return what the mark says, and whether that is all it says.

    That is every reading, or what of a wrong mark could be read.
    """
    try:
        return (fmt.parse(text, kind),), True
    except Ambiguous as several:
        return several.readings, True
    except InvalidMark:
        if report.firearm is None:
            return (), False
        return (Parsed(report.firearm, Event(kind)),), False


def _mismatch(element: str, expected: object, found: object) -> Finding:
    params = Elements(expected=expected, found=found)
    return Finding("element.mismatch", "error", element, None, params)
