"""From a text, a payload or both to a report, with a format or by recognition.

Without a format, only those formats are tried whose marks can be told from other text. None or
several fit: then the verdict is ``undetermined``, and the report says what would decide.
"""

from __future__ import annotations

import datetime
from dataclasses import replace
from functools import cache

from markcode import notation, records
from markcode.errors import InvalidMark, MarkcodeError, ProfileError
from markcode.format import Format
from markcode.formats import get_format
from markcode.formats.signs import SIGNS
from markcode.model import EVENT_KINDS, Elements, Event, Finding, Payload, Report

__all__ = ["verify"]


def verify(
    text: str | bytes | Payload | None = None,
    format: str | Format | None = None,
    payload: str | bytes | Payload | None = None,
    event: str | Event | None = None,
    as_of: datetime.date | None = None,
    pedantic: bool = False,
) -> Report:
    """Return the report about a struck text, the payload of the symbol beside it, or both.

    With both, the payload is verified too and must say the same (`payload.mismatch`). ``format`` is
    a name or a `Format`; without one the formats are recognised. ``pedantic`` adds what rests on
    unconfirmed rules or mere advice. Raises `ProfileError` for an
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
        kind = event.kind if isinstance(event, Event) else event
        if kind is not None and kind not in EVENT_KINDS:
            raise ProfileError(f"no event {kind!r}: there are {', '.join(EVENT_KINDS)}")
        report = _recognise(source, kind, as_of, pedantic)
        chosen = _opened(report.format) if report.format is not None else None
    else:
        report = chosen.verify(source, event, as_of, pedantic)
    if text is None or payload is None or chosen is None:
        return report
    return _with_payload(chosen, report, text, payload, report.event, as_of, pedantic)


@cache
def _opened(name: str) -> Format:
    return get_format(name)


def _recognise(
    text: str | bytes | Payload, kind: str | None, as_of: datetime.date | None, pedantic: bool
) -> Report:
    """Return the report under the one format that fits; else what would decide."""
    data = text.data if isinstance(text, Payload) else text
    shown = notation.as_text(data)
    is_gs1 = isinstance(text, Payload) and text.gs1
    # A record says what a mark would say, not which literals and symbols stand on the metal.
    is_record = records.is_record(shown, ())
    fitting: list[Report] = []
    tried: list[str] = []
    for name in SIGNS:
        if kind is None and not is_gs1 and _lacks_signs(name, shown):
            tried.append(name)
            continue
        fmt = _opened(name)
        syntax = fmt.declaration.syntax
        for event in fmt.events:
            if not fmt.rule(event).recognisable or kind not in (None, event):
                continue
            if name not in tried:
                tried.append(name)
            if is_record and syntax is None:
                continue
            report = fmt.verify(text, event, as_of, pedantic)
            if fmt.takes_gs1 if is_gs1 else syntax is not None and syntax.claims(shown):
                return report
            if report.verdict in ("valid", "suspect"):
                fitting.append(report)
    if len(fitting) == 1:
        return fitting[0]
    code = "format.ambiguous" if fitting else "format.unknown"
    params = Elements(formats=[report.format for report in fitting] or tried)
    finding = Finding(code, "info", None, (0, len(shown)), params)
    return Report(input=data, verdict="undetermined", findings=(finding,))


def _lacks_signs(name: str, text: str) -> bool:
    """Return whether a text can be no mark of a format, nor a record: that has colons."""
    signs = SIGNS[name]
    return bool(signs) and ":" not in text and not any(sign in text for sign in signs)


def _with_payload(
    chosen: Format,
    report: Report,
    text: str | bytes | Payload,
    payload: str | bytes | Payload,
    kind: str | None,
    as_of: datetime.date | None,
    pedantic: bool,
) -> Report:
    """Return the report with what the payload adds: its own verdict, and whether both agree."""
    other = chosen.verify(payload, kind, as_of, pedantic)
    findings = list(report.findings)
    verdict = report.verdict
    if not _agree(chosen, report, other, text, payload, kind, as_of):
        data = payload.data if isinstance(payload, Payload) else payload
        params = Elements(payload=data, payload_codes=[f.code for f in other.findings])
        findings.append(Finding("payload.mismatch", "error", None, None, params))
        verdict = "invalid"
    elif verdict == "undetermined" and other.verdict in ("valid", "suspect"):
        # Struck text that cannot be split is decided by the payload that it agrees with.
        verdict = other.verdict
        findings += [replace(finding, span=None) for finding in other.findings]
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
    said = chosen.readings(payload, kind, as_of)
    if not chosen.text_is_opaque(kind):
        read = chosen.readings(text, kind, as_of)
        return report.verdict == "invalid" or any(reading in said for reading in read)
    data = notation.as_text(text.data if isinstance(text, Payload) else text)
    if data == other.data.get("uii"):
        return True
    try:
        struck = [
            chosen.encode(reading.firearm, reading.event, accept_provisional=True).text
            for reading in said
        ]
    except InvalidMark:
        return False  # what is only doubtful when read, such as a code of no list, is not struck
    return data in struck
