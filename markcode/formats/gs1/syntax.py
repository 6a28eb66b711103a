"""How a mark of this format is written and read: element strings, in either form, or a link."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from markcode.declaration import Reading
from markcode.formats.gs1 import accepting, arms, digital_link, element_string, judging, scan
from markcode.formats.gs1 import ai as identifiers
from markcode.formats.gs1.element_string import FNC1, GS
from markcode.formats.gs1.message import ElementString, Message, ordered
from markcode.layout import Token
from markcode.model import Elements, Finding, Payload

__all__ = ["Syntax"]

_BRACKETED = re.compile(r"\(([0-9]{2,4})\)", re.ASCII)


@dataclass(frozen=True)
class Syntax:
    """The written form that a profile chose; every form is read."""

    is_link: bool = False
    stem: str = digital_link.CANONICAL_HOST
    """What stands before the key in a link."""

    def write(self, tokens: Mapping[str, str]) -> tuple[str, Payload]:
        """Return the struck text and the payload: brackets and FNC1, or the link twice."""
        elements = ordered(
            [
                ElementString.plain(arms.AI_OF[name], token)
                for name, token in tokens.items()
                if name in arms.AI_OF
            ]
        )
        if self.is_link:
            uri = digital_link.write(elements, self.stem)
            return uri, Payload(uri)
        pairs = [(element.ai, element.value) for element in elements]
        return element_string.write_bracketed(pairs), Payload(element_string.join(pairs), gs1=True)

    def read(self, text: str) -> Reading:
        """Read a text in any form; without an FNC1 that says GS1 it stays undetermined."""
        body, stray = _without_line_end(text)
        identifier = body[:3]
        if identifier in scan.GS1_IDENTIFIERS:
            message: Message | None = element_string.read(body[3:]).moved(3)
        elif identifier in scan.PLAIN_IDENTIFIERS:
            message = _read_plain(body[3:])
            message = message and message.moved(3)
        else:
            message = _read_plain(body)
        if message is not None:
            return _told(judging.reading_of(message), stray)
        if identifiers.find(identifiers.leading(body)) is not None:
            lost = Finding("ai.fnc_missing", "warning", None, (0, len(body)))
            reading = judging.reading_of(element_string.read(body))
            return replace(_told(reading, [lost, *stray]), undetermined=True)
        whole = (0, len(text))
        return Reading({}, (Finding("format.mismatch", span=whole),), is_judged=True)

    def read_gs1(self, text: str) -> Reading:
        """Read the data of a symbol whose FNC1 in first position says that it is GS1."""
        start = 1 if text.startswith(GS) else 0
        return judging.reading_of(element_string.read(text[start:]).moved(start))

    def accept(self, text: str, is_gs1: bool) -> tuple[Mapping[str, str], Mapping[str, str]] | None:
        """Return the elements of good data, and both written forms; None of what is not plain."""
        if is_gs1:
            return accepting.accept(text, is_gs1)
        # A colon may make a record of it.
        return accepting.accept(text, is_gs1) if text.startswith("(") and ":" not in text else None

    def judge(self, tokens: Mapping[str, Token]) -> Reading:
        """Return what is wrong with elements together: their associations, not just one key."""
        return judging.judge_record(tokens)

    def marked(self, names: Collection[str]) -> tuple[str, ...]:
        """Return all the elements that are given."""
        return tuple(names)

    def claims(self, text: str) -> bool:
        """Return whether text begins as GS1 data and nothing else do."""
        if text.startswith((*scan.GS1_IDENTIFIERS, FNC1)):
            return True
        if text.startswith(GS):
            return identifiers.find(identifiers.leading(text[1:])) is not None
        bracket = _BRACKETED.match(text)
        if bracket is not None:
            return identifiers.find(bracket[1]) is not None
        return digital_link.is_link(text)

    @property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """Groups of elements, of which exactly one stands in a mark."""
        return tuple(arms.KEYS.values())

    @property
    def plain(self) -> tuple[str, ...]:
        """Elements that text and payload hold as they are."""
        return ()

    @property
    def longest(self) -> int:
        """Characters of the longest mark: a link in which every character is escaped."""
        return len(self.stem) + sum(
            len(arms.AI_OF[element.name]) + 2 + 3 * element.type.widest for element in arms.ELEMENTS
        )


def _read_plain(text: str) -> Message | None:
    """Read a form that shows what it is; None for any other text."""
    if text.startswith(FNC1):
        return element_string.read(text[1:], FNC1 + GS).moved(1)
    if text.startswith(GS):
        return element_string.read(text[1:]).moved(1)
    if text.startswith("("):
        return element_string.read_bracketed(text)
    return digital_link.read(text) if digital_link.looks_like(text) else None


def _without_line_end(text: str) -> tuple[str, list[Finding]]:
    body = text.rstrip("\r\n")
    if body == text:
        return text, []
    params = Elements(found=text[len(body) :], expected="", count=1, reason="end")
    span = (len(body), len(text))
    return body, [Finding("separator.spelling", "warning", None, span, params)]


def _told(reading: Reading, findings: list[Finding]) -> Reading:
    return replace(reading, findings=(*findings, *reading.findings))
