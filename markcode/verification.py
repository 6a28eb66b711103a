"""From a text, a payload or both to a report, with a format or by recognition.

Without a format, only those formats are tried whose marks can be told from other text. None or
several fit: then the verdict is ``undetermined``, and the report says what would decide.
"""

from __future__ import annotations

import datetime
from dataclasses import replace

from markcode.errors import InvalidMark, MarkcodeError
from markcode.format import Format
from markcode.formats import declarations, get_format
from markcode.model import Elements, Event, Finding, Payload, Report

__all__ = ["verify"]


def verify(
    text: str | bytes | Payload | None = None,
    format: str | Format | None = None,
    payload: str | bytes | Payload | None = None,
    event: str | Event | None = None,
    as_of: datetime.date | None = None,
) -> Report:
    """Return the report about a struck text, the payload of the symbol beside it, or both.

    With both, the payload is verified too and must say the same (`payload.mismatch`). ``format`` is
    a name or a `Format`; without one the formats are recognised. Raises `ProfileError` for an
    unknown format or event, never for a bad text.

    >>> verify("12345678-A1", "us-pmf").verdict
    'valid'
    >>> verify("12345678-A1").verdict
    'undetermined'
    """
    if text is None and payload is None:
        raise MarkcodeError("nothing to verify: give a text, a payload, or both")
    source = payload if text is None else text
    assert source is not None
    chosen = get_format(format) if isinstance(format, str) else format
    if chosen is None:
        report = _recognise(source, as_of)
        chosen = get_format(report.format) if report.format is not None else None
    else:
        report = chosen.verify(source, event, as_of)
    if text is None or payload is None or chosen is None:
        return report
    return _with_payload(chosen, report, text, payload, report.event, as_of)


def _recognise(text: str | bytes | Payload, as_of: datetime.date | None) -> Report:
    fitting: list[Report] = []
    tried: list[str] = []
    for declaration in declarations().values():
        for rule in declaration.events:
            if rule.recognisable:
                tried.append(declaration.name)
                report = get_format(declaration.name).verify(text, rule.kind, as_of)
                if any(f.code == "separators.lost" for f in report.findings) or (
                    report.verdict != "invalid" and report.firearm is not None
                ):
                    fitting.append(report)
    known = [report for report in fitting if report.verdict != "undetermined"] or fitting
    if len(known) == 1:
        return known[0]
    data = text.data if isinstance(text, Payload) else text
    if known:
        params = Elements(formats=[report.format for report in known])
        finding = Finding("format.ambiguous", "info", None, (0, len(data)), params)
    else:
        finding = Finding("format.unknown", "info", None, (0, len(data)), Elements(formats=tried))
    return Report(input=data, verdict="undetermined", findings=(finding,))


def _with_payload(
    chosen: Format,
    report: Report,
    text: str | bytes | Payload,
    payload: str | bytes | Payload,
    kind: str | None,
    as_of: datetime.date | None,
) -> Report:
    """Return the report with what the payload adds: its own verdict, and whether both agree."""
    other = chosen.verify(payload, kind, as_of)
    findings = list(report.findings)
    verdict = report.verdict
    if not _agree(chosen, report, other, text, payload, kind, as_of):
        data = payload.data if isinstance(payload, Payload) else payload
        params = Elements(payload=data, payload_codes=[f.code for f in other.findings])
        findings.append(Finding("payload.mismatch", "error", None, None, params))
        verdict = "invalid"
    elif verdict == "undetermined" and other.verdict == "valid":
        # Struck text that cannot be split is decided by the payload that it agrees with.
        verdict = "valid"
    merged = Elements({**other.data, **report.data})
    firearm = other.firearm if chosen.text_is_opaque(kind) else report.firearm
    return replace(report, findings=tuple(findings), verdict=verdict, data=merged, firearm=firearm)


def _agree(
    chosen: Format,
    report: Report,
    other: Report,
    text: str | bytes | Payload,
    payload: str | bytes | Payload,
    kind: str | None,
    as_of: datetime.date | None,
) -> bool:
    if other.verdict == "invalid":
        return False
    try:
        said = chosen.parse(payload, kind, as_of)
        if not chosen.text_is_opaque(kind):
            return report.verdict == "invalid" or said == chosen.parse(text, kind, as_of)
        struck = chosen.encode(said.firearm, said.event, accept_provisional=True).text
    except (InvalidMark, MarkcodeError):
        return False
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return (text.data if isinstance(text, Payload) else text) in (struck, other.data.get("uii"))
