"""A text taken apart into tokens: a struck line, a record, or what a symbol holds.

A good line goes through one regular expression; what does not match is explained. What the tokens
mean, and whether that is right, is `markcode.judging`'s to say.
"""

from __future__ import annotations

import re
from dataclasses import replace

from markcode import notation, records
from markcode.declaration import EventRule, Reading
from markcode.errors import ElementError
from markcode.fields import Literal
from markcode.layout import CHECK, Token
from markcode.model import Elements, Finding, Payload
from markcode.profile import Profile

__all__ = ["Reader", "as_text"]


def as_text(source: str | bytes | Payload) -> str:
    """Return the text of a mark or payload. Raises `ElementError` for what is neither."""
    data = source.data if isinstance(source, Payload) else source
    if isinstance(data, str):
        return data
    if not isinstance(data, bytes):
        raise ElementError(f"a mark is text, bytes or a Payload, not {data!r}")
    return notation.as_text(data)


class Reader:
    """Takes the texts of one profile apart; never raises for a bad text."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._syntax = profile.declaration.syntax
        self._names = frozenset(
            element.name for rule in profile.declaration.events for element in rule.elements
        )
        self.limit = 2 * max(self._longest())
        """Characters of a text that is read."""

    def _longest(self) -> list[int]:
        """Return the characters of the longest record of each event, and of its mark."""
        profile = self._profile
        longest = [
            sum(len(element.name) + element.type.widest + 4 for element in rule.elements) + 16
            for rule in profile.declaration.events
        ]
        if self._syntax is not None:
            return [*longest, self._syntax.longest]
        return [*longest, *(profile.layout(kind).longest for kind in profile.events)]

    def read(self, source: str | bytes | Payload, rule: EventRule) -> Reading:
        """Return what a text or payload says under an event."""
        text = as_text(source)
        if isinstance(source, Payload) and source.gs1:
            return self._read_gs1(text)
        for symbol in rule.forbids:
            reading = self._read_beside(text, symbol, rule)
            if reading is not None:
                return reading
        return self._read(text, rule)

    def may_fit(self, text: str, rule: EventRule) -> bool:
        """Return whether the text has the form of a mark or record of the event."""
        if len(text) > self.limit:
            return False
        if records.is_record(text, self._names):
            return True
        return rule.readable and self._profile.layout(rule.kind).match(text) is not None

    def _read_gs1(self, text: str) -> Reading:
        reading = None
        if self._syntax is not None and len(text) <= self.limit:
            reading = self._syntax.read_gs1(text)
        return reading or Reading({}, (Finding("format.mismatch", span=(0, len(text))),))

    def _read_beside(self, text: str, symbol: Literal, rule: EventRule) -> Reading | None:
        """Read a text that bears a drawn symbol which this mark must not; None if it does not."""
        near = f"|[{re.escape(symbol.near)}]" if symbol.near else ""
        leading = re.match(f"({symbol.pattern}{near})[ \r\n]*", text)
        found = leading or re.search(f"({symbol.pattern})", text)
        if found is None or (leading is None and records.is_record(text, self._names)):
            return None
        params = Elements(value=found[1], symbol=symbol.symbol, event=rule.kind)
        told = Finding("symbol.unexpected", "error", None, found.span(1), params)
        at = leading.end() if leading is not None else 0
        rest = self._read(text[at:], rule)
        tokens = {
            name: Token(token.text, token.start + at, token.end + at)
            for name, token in rest.tokens.items()
        }
        moved = [finding.moved(at) for finding in rest.findings]
        return replace(rest, tokens=tokens, findings=(told, *moved))

    def _read(self, text: str, rule: EventRule) -> Reading:
        layout = self._profile.layout(rule.kind)
        is_line = rule.readable and self._syntax is None
        if is_line and len(text) <= self.limit:
            tokens = layout.match(text)
            if tokens is not None:
                return Reading(tokens)
        if not text.strip():
            return Reading({}, (Finding("text.empty", span=(0, len(text))),))
        if len(text) > self.limit:
            params = Elements(most=self.limit, found=len(text))
            span = (self.limit, len(text))
            return Reading({}, (Finding("text.too_long", span=span, params=params),))
        if records.is_record(text, self._names):
            return self._read_record(text, rule)
        if self._syntax is not None:
            return self._syntax.read(text)
        if not rule.readable:
            need = Finding("record.required", "info", span=(0, len(text)))
            return Reading({}, (need,), undetermined=True)
        from markcode.explain import explain

        explanation = explain(layout, text)
        return Reading(explanation.tokens, explanation.findings)

    def _read_record(self, text: str, rule: EventRule) -> Reading:
        record = records.read(text, rule, self._names)
        tokens = dict(record.tokens)
        findings = [*record.findings, *self._judge_check(tokens, rule)]
        if self._syntax is None:
            return Reading(tokens, tuple(findings), is_record=True)
        led = self._syntax.judge(tokens)
        return replace(led, tokens=tokens, findings=(*findings, *led.findings), is_record=True)

    def _judge_check(self, tokens: dict[str, Token], rule: EventRule) -> list[Finding]:
        """Return what is wrong with the form of a record's check; only a good one stays."""
        token = tokens.get(CHECK)
        if token is None or self._profile.check is None:
            surplus = tokens.pop(CHECK, None)
            return [] if surplus is None else [_unexpected(surplus)]
        if self._profile.check_over == "serial":
            del tokens[CHECK]
            serial = tokens["serial"].text if "serial" in tokens else ""
            return [] if token.text and serial.endswith(token.text) else [_unexpected(token)]
        items = self._profile.layout(rule.kind).items
        fault = next(item.type for item in items if item.name == CHECK).fault(token.text)
        if fault is None:
            return []
        del tokens[CHECK]
        if fault.code == "element.length":
            return [_unexpected(token)]
        params = Elements(fault.params, reason="token")
        return [Finding("check.alphabet", "error", None, token.span, params)]


def _unexpected(token: Token) -> Finding:
    params = Elements(value=token.text)
    return Finding("token.unexpected", "error", None, token.span, params)
