"""The comment at the head of a format file, as the paragraphs of a page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources

from format_docs import example

__all__ = ["Head", "head"]

_LABEL = re.compile(
    r"(Who issues it|Variants|Replaced|Not (?:seen|in force)[^.:,]*|What [^.:]*?)(?=: | is |, and )"
)
_TURNS = {"`in_force`": "the date in force"}
_FOR_AUTHORS = re.compile(r"In the lines below, [^.]*\. ?")
"""What only helps to read the file itself."""


@dataclass(frozen=True)
class Head:
    """What the head of a format says: one line, then paragraphs, each with its label or none."""

    subject: str
    paragraphs: tuple[tuple[str, str], ...]


def head(name: str) -> Head:
    """Return the head of a built-in format, from its file or from `examples.toml`."""
    noted = example.chosen()["notes"].get(name)
    if noted is not None:
        return Head(noted["subject"], tuple((k, v) for k, v in noted.items() if k != "subject"))
    file = resources.files("markcode.formats") / f"{name}.toml"
    lines = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.removeprefix("#").strip())
    return _parse(lines)


def _parse(lines: list[str]) -> Head:
    blocks: list[list[str]] = [[]]
    for line in lines:
        if not line or _LABEL.match(line):
            blocks.append([])
        if line:
            blocks[-1].append(line)
    texts = [_tidy(" ".join(block)) for block in blocks if block]
    return Head(texts[0], tuple(map(_labelled, texts[1:])))


def _tidy(text: str) -> str:
    for written, said in _TURNS.items():
        text = text.replace(written, said)
    return _FOR_AUTHORS.sub("", text).strip()


def _labelled(text: str) -> tuple[str, str]:
    label, colon, rest = text.partition(": ")
    if colon and _LABEL.match(text) and len(label) < 70:
        return label, rest
    return "", text
