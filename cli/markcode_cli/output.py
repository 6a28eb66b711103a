"""What the commands print, and how they read what is typed."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from markcode import notation
from markcode.model import Finding, Report
from markcode.reference import labels

__all__ = [
    "WIDTH",
    "finding_lines",
    "finding_text",
    "marked",
    "paragraph",
    "print_json",
    "print_report",
    "table",
    "typed",
    "visible",
]

WIDTH = 80
"""Columns of a terminal that everything must fit."""
MOST_LINES = 12
"""Lines that the text of one mark may take on the screen."""
_MARKED = ("error", "warning")


def print_json(value: Mapping[str, Any]) -> None:
    """Print one JSON object on one line."""
    import json

    text = json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
    # Half a character cannot be printed; JSON has the same escape for it.
    click.echo(text.encode("utf-8", "backslashreplace").decode())


def typed(text: str) -> str | bytes:
    """Return what TEXT stands for: ``{GS}`` and the like, or bytes typed as ``hex:...``.

    >>> typed("A{GS}B"), typed("hex:00ff")
    ('A\\x1dB', b'\\x00\\xff')

    Raises `markcode.notation.NotationError`.
    """
    if text.startswith("hex:"):
        try:
            return bytes.fromhex(text[4:])
        except ValueError:
            raise notation.NotationError(
                f"{text!r} is no bytes: after hex: come pairs of the digits 0-9 a-f"
            ) from None
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            # The shell gave bytes that are no UTF-8, and Python made stray surrogates of them.
            return os.fsencode(text)
    return notation.unescape(text)


def visible(text: str) -> str:
    """Return ``text`` with whatever a terminal would obey, or not show, by name.

    >>> visible("A\\x1dB\\u202e")
    'A{GS}B\\\\u202e'
    """
    return "".join(map(_shown, text))


def paragraph(text: str, indent: str = "", hang: str | None = None) -> list[str]:
    """Return ``text`` wrapped to `WIDTH`; lines after the first begin with ``hang``."""
    import textwrap

    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent if hang is None else hang,
        break_on_hyphens=False,
    )


def table(rows: Sequence[Sequence[str]], indent: str = "") -> list[str]:
    """Return ``rows`` in columns as wide as their content; the last column wraps to `WIDTH`."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)] if rows else []
    lines: list[str] = []
    for row in rows:
        start = indent + "".join(f"{c:<{w}}  " for c, w in zip(row[:-1], widths, strict=True))
        wrapped = paragraph(row[-1], start, " " * len(start))
        lines.extend(wrapped or [start.rstrip()])
    return lines


def finding_lines(findings: Sequence[Finding], language: str, indent: str = "  ") -> list[str]:
    """Return each finding with its severity, code and message, wrapped to `WIDTH`."""
    lines: list[str] = []
    for finding in findings:
        lines.extend(paragraph(finding_text(finding, language), indent, indent + "    "))
    return lines


def finding_text(finding: Finding, language: str) -> str:
    """Return one finding on one line: severity, code and message."""
    message = "".join(c if c.isprintable() else _shown(c) for c in finding.message(language))
    return f"{finding.severity} {finding.code}: {message}"


def marked(mark: str | bytes, findings: Sequence[Finding], start: str) -> list[str]:
    """Return the mark after ``start``, with carets under what errors and warnings point at.

    Control and invisible characters are shown by name. A long mark takes several lines, each with
    its own carets, and is cut after `MOST_LINES`. An empty span, where something is missing, is one
    caret.
    """
    if not mark:
        return [start + "(empty)"]
    spans = [f.span for f in findings if f.span is not None and f.severity in _MARKED]
    text = mark if isinstance(mark, str) else mark.decode("utf-8", "replace")
    if isinstance(mark, bytes) and notation.escape(mark).startswith("hex:"):
        text, spans = notation.escape(mark), []

    def cell(at: int) -> tuple[str, bool]:
        shown = _shown(text[at]) if at < len(text) else " "
        return shown, any(begin <= at < max(end, begin + 1) for begin, end in spans)

    return _in_lines(map(cell, range(len(text) + 1)), len(text), start)


def print_report(report: Report, as_json: bool, language: str) -> None:
    """Print the report on one mark: a JSON object, or its verdict, text, findings and reading."""
    if as_json:
        print_json(report.to_dict(language))
        return
    image = report.data.get("image")
    if image is not None:
        click.echo(f"{image['file']}: {image['symbology']}")
    verdict = f"{report.verdict.upper()}  "
    lines = marked(report.input, report.findings, verdict)
    lines += finding_lines(report.findings, language)
    lines += paragraph(_reading(report, language), "  ", "    ")
    if "ledger" in report.data:
        from markcode_cli.ledger.records import known_lines

        for line in known_lines(report.data["ledger"], language):
            lines += paragraph(visible(line), "  ", "    ")
    click.echo("\n".join(lines))


def _reading(report: Report, language: str) -> str:
    """Return what the mark says, as far as it could be read."""
    elements = report.firearm.elements() if report.firearm is not None else {}
    elements |= report.data.get("event", {})
    names = report.data.get("names", {})
    said = ", ".join(
        f"{labels.label(name, language).lower()} {visible(str(value))}"
        + (f" ({visible(names[name])})" if name in names else "")
        for name, value in elements.items()
    )
    uii = report.data.get("uii")
    parts = [part for part in (said, f"UII {visible(uii)}" if uii else "") if part]
    if not parts or report.format is None:
        return "; ".join(parts)
    return f"{report.format} {report.event}: {'; '.join(parts)}"


def _in_lines(cells: Iterable[tuple[str, bool]], count: int, start: str) -> list[str]:
    """Return ``count`` characters, and one place after them, in lines, with carets under faults."""
    room = max(WIDTH - len(start), 20)
    hang = " " * len(start)
    lines: list[str] = []
    texts = 0
    text = carets = ""

    def flush() -> None:
        lines.append(((hang if texts else start) + text).rstrip())
        if "^" in carets:
            lines.append((hang + carets).rstrip())

    used = 0
    for at, (shown, faulty) in enumerate(cells):
        width = _width(shown)
        if used + width > room and (at < count or faulty):
            flush()
            texts += 1
            if texts >= MOST_LINES:
                return [*lines, f"{hang}... and {count - at} characters more"]
            text = carets = ""
            used = 0
        text += shown
        carets += ("^" if faulty else " ") * width
        used += width
    flush()
    return lines


def _shown(char: str) -> str:
    """Return one character so that it takes its place on the screen and moves nothing else."""
    shown = notation.escape(char)
    if shown.isprintable() and not unicodedata.combining(char):
        return shown
    return char.encode("unicode_escape").decode("ascii")


def _width(shown: str) -> int:
    # Full-width letters, which some keyboards type, take two columns of a terminal.
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in shown)
