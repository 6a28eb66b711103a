"""The record form: labelled text, ``serial: A123``, one element a line.

It carries marks whose struck text cannot be split again, and every format has it. Labels are the
element names; the labels of the header table (four languages) are read too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from markcode.layout import CHECK, Token
from markcode.model import Elements, Finding
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


def is_record(text: str) -> bool:
    """Return whether some line of the text has a label."""
    return any(_LABELLED.fullmatch(line) for line in text.splitlines())


def read(text: str, names: Collection[str]) -> Record:
    """Read the lines of a record whose elements are ``names``."""
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
        name = _element(match[1], names)
        token = Token(match[2], start + match.start(2), start + match.end(2))
        if name is None:
            label_span = (start + match.start(1), start + match.end(1))
            params = Elements(value=match[1], known=sorted(names))
            findings.append(Finding("label.unknown", "warning", None, label_span, params))
        elif name in tokens:
            params = Elements(value=token.text)
            line_span = (start + match.start(1), token.end)
            findings.append(Finding("element.repeated", "error", name, line_span, params))
        elif token.text:
            tokens[name] = token
    return Record(tokens, tuple(findings))


def _element(label: str, names: Collection[str]) -> str | None:
    if label in names or label == CHECK:
        return label
    found = labels.element_of(label)
    if found is None:
        return None
    name = found.removeprefix("event.")
    return name if name in names or name == CHECK else None
