"""Element strings: as a symbol holds them, with FNC1, and as people read them, ``(01)...(21)...``.

An FNC1 ends data whose length is not predefined (GS1 General Specifications 7.8).
Text that is wrong in one place is read on behind it.

>>> message = read_bracketed("(01)09521234543213(21)A(7)B")
>>> [(element.ai, element.value) for element in message.elements]
[('01', '09521234543213'), ('21', 'A')]
>>> message.findings[0].code, message.findings[0].span
('ai.unknown', (24, 25))
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from markcode.formats.gs1 import ai as identifiers
from markcode.formats.gs1.message import ElementString, Message, ordered, unknown
from markcode.model import Elements, Finding

__all__ = ["FNC1", "GS", "in_brackets", "join", "read", "read_bracketed", "write_bracketed"]

GS = "\x1d"
FNC1 = "^"
"""How the GS1 Barcode Syntax Engine writes FNC1; it is no character of GS1 data."""


def read(text: str, separators: str = GS) -> Message:
    """Read element strings behind the leading FNC1; each of ``separators`` stands for FNC1.

    An FNC1 that is not needed, after data of predefined length or at the end, is no fault.
    """
    elements: list[ElementString] = []
    findings: list[Finding] = []
    assigned, lengths = identifiers.table(), identifiers.lengths()
    at = 0
    while at < len(text):
        stop = _stop(text, at, separators)
        entry = assigned.get(text[at : at + lengths.get(text[at : at + 2], 0)])
        if entry is None:
            label = identifiers.leading(text[at:stop])
            fixed = identifiers.fixed_length(text[at:stop])
            end = stop if fixed is None else min(stop, at + fixed)
            shown = label or text[at : min(at + 2, stop)] or text[at]
            findings.append(unknown(shown, at, max(end, at + 1)))
        else:
            start = at + len(entry.ai)
            end = min(stop, start + entry.most) if entry.is_predefined else stop
            elements.append(ElementString.plain(entry.ai, text[start:end], at))
        at = end + 1 if end == stop else end
    return Message(tuple(elements), tuple(findings))


def _stop(text: str, at: int, separators: str) -> int:
    stop = len(text)
    for separator in separators:
        found = text.find(separator, at, stop)
        stop = found if found >= 0 else stop
    return stop


def join(elements: Sequence[tuple[str, str]], separator: str = GS) -> str:
    """Return AIs and data as one text, with the separator where one is needed; none leads or ends.

    >>> join([("10", "A1"), ("01", "09521234543213"), ("21", "7")], FNC1)
    '10A1^0109521234543213217'
    """
    written = ""
    is_open = False
    for label, value in elements:
        written += (separator if is_open else "") + label + value
        is_open = not identifiers.table()[label].is_predefined
    return written


def read_bracketed(text: str) -> Message:
    """Read ``(01)...(21)...``; a bracket that belongs to the data is written ``\\(``.

    Line breaks between element strings are no fault, blanks there are a warning.
    """
    elements: list[ElementString] = []
    findings: list[Finding] = []
    at = 0
    while at < len(text):
        close = text.find(")", at)
        if text[at] != "(" or close < 0:
            params = Elements(value=text[at:])
            findings.append(Finding("ai.bracket", "error", None, (at, len(text)), params))
            break
        label = text[at + 1 : close]
        stop = _next_bracket(text, close + 1)
        end, blanks = _trimmed(text, close + 1, stop)
        findings.extend(blanks)
        if identifiers.find(label) is None:
            findings.append(unknown(label, at + 1, max(close, at + 2)))
        else:
            elements.append(_bracketed(label, text, close + 1, end))
        at = stop
    return Message(tuple(elements), tuple(findings))


def _next_bracket(text: str, at: int) -> int:
    """Return where the next bracket stands that is not escaped."""
    found = text.find("(", at)
    while found > at and text[found - 1] == "\\":
        found = text.find("(", found + 1)
    return len(text) if found < 0 else found


def _trimmed(text: str, start: int, stop: int) -> tuple[int, list[Finding]]:
    """Return where data end, without blanks and line breaks behind, and what to say of blanks."""
    data = text[start:stop].rstrip(" \t\r\n")
    end = start + len(data)
    space = text[end:stop]
    if not data or not set(space) & {" ", "\t"}:
        return (end if data else stop), []
    params = Elements(found=space, expected="", count=1, reason="between")
    return end, [Finding("separator.spelling", "warning", None, (end, stop), params)]


def _bracketed(label: str, text: str, start: int, end: int) -> ElementString:
    if text.find("\\(", start, end) < 0:
        return ElementString(
            label, text[start:end], (start - len(label) - 1, start - 1), range(start, end + 1)
        )
    value, places, at = "", [], start
    while at < end:
        places.append(at)
        at += text[at : at + 2] == "\\("
        value += text[at]
        at += 1
    places.append(end)
    return ElementString(label, value, (start - len(label) - 1, start - 1), tuple(places))


def write_bracketed(elements: Iterable[tuple[str, str]]) -> str:
    """Return AIs and data as people read them.

    >>> write_bracketed([("01", "09521234543213"), ("21", "A(7)")])
    '(01)09521234543213(21)A\\\\(7)'
    """
    return "".join(f"({label})" + value.replace("(", "\\(") for label, value in elements)


def in_brackets(labels: tuple[str, ...], values: Sequence[str]) -> str:
    """Return AIs and their data, without repeats, as people read them in the best order.

    >>> in_brackets(("21", "01"), ("A7", "09521234543213"))
    '(01)09521234543213(21)A7'
    """
    form = _form(labels)
    return form.template % tuple([values[at].replace("(", "\\(") for at in form.order])


class _Form(NamedTuple):
    """Brackets without data, ``(01)%s(21)%s``, and the order in which these go there."""

    template: str
    order: Sequence[int]


@functools.lru_cache(maxsize=1024)
def _form(labels: tuple[str, ...]) -> _Form:
    # Data do not matter to it: each has its place in their stead.
    best = ordered([ElementString.plain(ai, str(at)) for at, ai in enumerate(labels)])
    template = "".join(f"({element.ai})%s" for element in best)
    return _Form(template, [int(element.value) for element in best])
