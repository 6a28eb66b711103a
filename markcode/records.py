"""The record form: labelled text, ``serial: A123``, one element a line.

It carries marks whose struck text cannot be split again, and every format has it. Labels are the
element names; the labels of the header table (four languages) are read too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from markcode.declaration import EventRule
from markcode.layout import CHECK, Token
from markcode.model import Elements, Finding, Severity
from markcode.reference import labels

__all__ = ["Record", "is_record", "read", "write"]

_LINE = re.compile(r"([^\r\n]*)(?:\r\n|\n|\r|$)")
_MOST_LABEL = 40


@dataclass(frozen=True)
class Record:
    """What a record says: the text of each element, and what is wrong with its form."""

    tokens: dict[str, Token]
    findings: tuple[Finding, ...]


def write(values: Iterable[tuple[str, str]]) -> str:
    """Return the record of element names and texts, lines separated by LF."""
    return "\n".join(f"{name}: {text}" for name, text in values)


def is_record(text: str, names: Collection[str]) -> bool:
    """Return whether some line has a label that names an element: of ``names``, or a known one."""
    for line in _LINE.finditer(text):
        parts = _labelled(line[1], 0)
        label = parts[0].text if parts is not None else ""
        own = _own_name(label)
        if parts and (own in names or own == CHECK or labels.find(label)):
            return True
    return False


def read(text: str, rule: EventRule, others: Collection[str] = ()) -> Record:
    """Read the lines of a record of an event; ``others`` are elements of the format's other events.

    A label that names another event's element, or says that it is the arm's where it is the
    event's, is an error: such a record is of another event. One that names no element of the
    format is a warning.
    """
    tokens: dict[str, Token] = {}
    findings: list[Finding] = []
    for line in _LINE.finditer(text):
        if not line[1].strip(" \t"):
            continue
        start = line.start(1)
        parts = _labelled(line[1], start)
        span = (start, line.end(1))
        if parts is None:
            params = Elements(value=line[1], reason="none")
            findings.append(Finding("label.unknown", "error", None, span, params))
            continue
        label, token = parts
        name, owner = _meant(label.text, rule)
        if name != CHECK and not _belongs(name, owner, rule):
            foreign = name in others or owner is not None
            params = Elements(value=label.text, reason="event" if foreign else "name")
            severity: Severity = "error" if foreign else "warning"
            findings.append(Finding("label.unknown", severity, None, label.span, params))
        elif name in tokens:
            params = Elements(value=token.text)
            line_span = (label.start, token.end)
            findings.append(Finding("element.repeated", "error", name, line_span, params))
        elif token.text:
            tokens[name] = token
    return Record(tokens, tuple(findings))


def _labelled(line: str, start: int) -> tuple[Token, Token] | None:
    """Return label and value of a line that begins at ``start``; None where it has no label."""
    label, colon, value = line.partition(":")
    if not colon or not 1 <= len(label.strip(" \t")) <= _MOST_LABEL:
        return None
    return _stripped(label, start), _stripped(value, start + len(label) + 1)


def _stripped(text: str, start: int) -> Token:
    bare = text.strip(" \t")
    at = start + len(text) - len(text.lstrip(" \t")) if bare else start
    return Token(bare, at, at + len(bare))


def _meant(label: str, rule: EventRule) -> tuple[str, str | None]:
    """Return the element that a label names, and whose it says that it is."""
    own = _own_name(label)
    if own == CHECK or own in rule.names:
        return own, None
    found = labels.find(label) if label.isprintable() else None
    if found is None:
        return label, None
    fitting = [
        element.name
        for element in rule.elements
        if element.attribute == found.element and found.owner in (None, element.owner)
    ]
    name = fitting[0] if len(fitting) == 1 else found.element
    return name, found.owner


def _own_name(label: str) -> str:
    """Return a label as the name of an element: `Check digit` is `check_digit`."""
    return label.lower().replace(" ", "_")


def _belongs(name: str, owner: str | None, rule: EventRule) -> bool:
    return name in rule.names and owner in (None, rule.element(name).owner)
