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
_LABELLED = re.compile(r"[ \t]*([^:\r\n]{1,40}?)[ \t]*:[ \t]*([^\r\n]*?)[ \t]*")


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
        match = _LABELLED.fullmatch(line[1])
        if match and (match[1] in names or match[1] == CHECK or labels.find(match[1])):
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
        match = _LABELLED.fullmatch(line[1])
        span = (start, line.end(1))
        if match is None:
            params = Elements(value=line[1], reason="none")
            findings.append(Finding("label.unknown", "error", None, span, params))
            continue
        token = Token(match[2], start + match.start(2), start + match.end(2))
        label_span = (start + match.start(1), start + match.end(1))
        name, owner = _meant(match[1], rule)
        if name != CHECK and not _belongs(name, owner, rule):
            foreign = name in others or owner is not None
            params = Elements(value=match[1], reason="event" if foreign else "name")
            severity: Severity = "error" if foreign else "warning"
            findings.append(Finding("label.unknown", severity, None, label_span, params))
        elif name in tokens:
            params = Elements(value=token.text)
            line_span = (label_span[0], token.end)
            findings.append(Finding("element.repeated", "error", name, line_span, params))
        elif token.text:
            tokens[name] = token
    return Record(tokens, tuple(findings))


def _meant(label: str, rule: EventRule) -> tuple[str, str | None]:
    """Return the element that a label names, and whose it says that it is."""
    if label == CHECK or label in rule.names:
        return label, None
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


def _belongs(name: str, owner: str | None, rule: EventRule) -> bool:
    return name in rule.names and owner in (None, rule.element(name).owner)
