"""The ticket of a job as text for a terminal of 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from markcode.jobs.ticket.parts import RESULTS, RULES, Row, Ticket
from markcode.words import Words

__all__ = ["WIDTH", "to_text"]

WIDTH = 80
_MOST_LABEL = 22


def to_text(ticket: Ticket) -> str:
    """Return the ticket as text for a terminal of 80 columns."""
    words = ticket.words
    title = words("title").upper()
    lines = [f"{title}{ticket.job:>{WIDTH - len(title)}}", "=" * WIDTH]
    labels = [len(row.label) for section in ticket.sections for row in section.rows]
    column = max(length for length in labels if length <= _MOST_LABEL)
    for section in filter(lambda section: section.rows, ticket.sections):
        lines += ["", section.title.upper()]
        for row in section.rows:
            lines += _row(row, column)
    lines += ["", words("section.result").upper(), *_blanks(words)]
    lines += ["", words("section.rules").upper()]
    for number in range(1, RULES + 1):
        lines += textwrap.wrap(
            words(f"rule.{number}"),
            WIDTH,
            initial_indent=f"  {number}. ",
            subsequent_indent="     ",
        )
    return "\n".join(lines) + "\n"


def _row(row: Row, column: int) -> list[str]:
    start, hang = f"  {row.label:<{column}}  ", " " * (column + 4)
    lines = [] if len(row.label) <= column else [f"  {row.label}"]
    for number, value in enumerate(row.lines):
        first = start if number == 0 and not lines else hang
        room = WIDTH - len(hang)
        if len(value) <= room:
            lines.append(f"{first}{value}")
        elif " " in value and not row.is_code:
            lines += textwrap.wrap(
                value, WIDTH, initial_indent=first, subsequent_indent=hang, break_on_hyphens=False
            )
        else:
            lines += [first.rstrip()] if first == start else []
            lines += [f"    {value[at : at + WIDTH - 4]}" for at in range(0, len(value), WIDTH - 4)]
    return lines


def _blanks(words: Words) -> Iterator[str]:
    """Yield the lines that the operator fills in, two things a line."""
    labels = [words(f"result.{name}") for name in RESULTS]
    column, half = max(map(len, labels)), WIDTH // 2
    blanks = [f"  {label:<{column}}  ".ljust(half - 1, "_") for label in labels]
    for left, right in zip(blanks[::2], blanks[1::2], strict=True):
        yield ""
        yield f"{left} {right}"
