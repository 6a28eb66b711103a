"""A marking format with its verbs: encode, parse, parse_all, canonical, verify, is_valid, keys.

Each is derived from the declaration. Data become tokens in `markcode.writing`; tokens become
findings and readings in `markcode.judging`; `markcode.explain` says what is wrong with a text that
has not the form of a mark.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from markcode import records
from markcode.acceptor import Acceptor
from markcode.errors import Ambiguous, ElementError, InvalidMark
from markcode.judging import Judgement, judge
from markcode.model import (
    NO_ELEMENTS,
    Elements,
    Event,
    Finding,
    Firearm,
    Marking,
    Parsed,
    Payload,
    Report,
    Verdict,
    made,
)
from markcode.profile import Profile
from markcode.takeapart import Reader, as_text

if TYPE_CHECKING:
    import polars as pl

    from markcode.writing import Prepared, UniqueKey

__all__ = ["Format"]


class Format(Profile):
    """One marking standard with its profile (contracts.md section 2).

    Made by `markcode.get_format`. Two formats are equal when their profiles are.

    >>> from markcode import Firearm, get_format
    >>> fmt = get_format("us-pmf")
    >>> fmt.encode(Firearm(serial="12345678-A1")).text
    '12345678-A1'
    >>> fmt.verify("12345678A1").verdict
    'invalid'
    """

    # -- data to mark ------------------------------------------------------------------------

    def encode(
        self,
        firearm: Firearm,
        event: Event | str | None = None,
        accept_provisional: bool = False,
    ) -> Marking:
        """Return the marking of one event. Raises `InvalidMark` with every finding.

        The mark is read again before it is returned: one that would not parse back to its data is
        refused. ``accept_provisional`` allows an event whose content is not confirmed.
        """
        prepared = self.prepared(firearm, event)
        findings = list(prepared.findings)
        if prepared.rule.provisional and not accept_provisional:
            findings.append(Finding("event.provisional", params={"event": prepared.rule.kind}))
        _raise_errors(findings)
        return self._read_back(self.compose(prepared), prepared)

    def canonical(self, firearm: Firearm, event: Event | str | None = None) -> Parsed:
        """Return the elements that this format marks for the event, in canonical form.

        Raises `InvalidMark`.
        """
        prepared = self.prepared(firearm, event)
        _raise_errors(prepared.findings)
        return prepared.parsed

    def keys(self, firearm: Firearm, event: Event | str | None = None) -> tuple[UniqueKey, ...]:
        """Return what must be unique about this mark (contracts.md section 2); never raises.

        A key whose elements cannot all be written is left out.
        """
        from markcode.writing import unique_keys

        return unique_keys(self, self.prepared(firearm, event))

    def prepared(self, firearm: Firearm, event: Event | str | None) -> Prepared:
        """Return the tokens of the elements that are given, with all findings; raises none."""
        if not isinstance(firearm, Firearm):
            raise ElementError(f"the data of an arm are a Firearm, not {firearm!r}")
        from markcode.writing import prepare

        given = _event(event)
        rule = self.rule(given.kind if given else None)
        return prepare(self, rule, firearm, given or Event(rule.kind))

    def compose(self, prepared: Prepared) -> Marking:
        """Return the marking that tokens make, not yet read again."""
        layout = self.layout(prepared.rule.kind)
        syntax = self.declaration.syntax
        record = records.write(prepared.record)
        drawn: tuple[str, ...] = ()
        if syntax is not None:
            text, payload = syntax.write(prepared.tokens)
            lines: tuple[str, ...] = (text,)
            names: tuple[tuple[str, ...], ...] = (tuple(prepared.tokens),)
        else:
            lines, names = layout.compose(prepared.tokens)
            if layout.has_symbols:
                drawn = layout.compose(prepared.tokens, drawn=True)[0]
            payload = Payload(" ".join(lines) if prepared.rule.readable else record)
        return Marking(
            format=self.name,
            parsed=prepared.parsed,
            lines=lines,
            line_elements=names,
            drawn=drawn,
            beside=Elements(prepared.beside),
            record=record,
            payload=payload,
            requirements=self.requirements_of(prepared.rule.kind),
            findings=prepared.findings,
        )

    def _read_back(self, marking: Marking, prepared: Prepared) -> Marking:
        """Return the marking if it says its data and nothing else, or its payload as the record.

        Struck text may have several readings, where a year has no window; a payload has one.
        """
        kind = prepared.rule.kind
        if prepared.rule.readable and marking.text != marking.payload.data:
            self._readings(marking.text, prepared)
        if self._readings(marking.payload, prepared) == (prepared.parsed,):
            return marking
        recorded = replace(marking, payload=Payload(marking.record))
        if self._examine(recorded.payload, kind, None).readings != (prepared.parsed,):
            raise InvalidMark([Finding("mark.unreadable", params={"value": marking.text})])
        return recorded

    def _readings(self, source: str | Payload, prepared: Prepared) -> tuple[Parsed, ...]:
        outcome = self._examine(source, prepared.rule.kind, None)
        # Faults of the mark as a whole, such as the length of a UII, show only here.
        _raise_errors([replace(finding, span=None) for finding in outcome.findings])
        readings = outcome.readings
        if prepared.parsed not in readings:
            shown = source.data if isinstance(source, Payload) else source
            raise InvalidMark([Finding("mark.unreadable", params={"value": shown})])
        return readings

    # -- mark to data ------------------------------------------------------------------------

    def parse(
        self,
        text: str | bytes | Payload,
        event: str | Event | None = None,
        as_of: datetime.date | None = None,
    ) -> Parsed:
        """Return what a mark, a payload or a record says.

        Raises `InvalidMark` with the findings, or `Ambiguous` with all readings.
        """
        outcome = self._examine(text, self._kind(event), as_of)
        _raise_errors(outcome.findings)
        readings = outcome.readings
        if not readings:
            raise InvalidMark(outcome.findings)
        if len(readings) > 1:
            years = [finding for finding in outcome.findings if finding.code == "year.ambiguous"]
            raise Ambiguous("; ".join(f.message() for f in years), readings)
        return readings[0]

    def parse_all(
        self, text: str | bytes | Payload, as_of: datetime.date | None = None
    ) -> tuple[Parsed, ...]:
        """Return every reading of the text under every event of the format; none if it has none."""
        return tuple(
            reading for kind in self.events for reading in self.readings(text, kind, as_of)
        )

    def readings(
        self,
        text: str | bytes | Payload,
        event: str | Event | None = None,
        as_of: datetime.date | None = None,
    ) -> tuple[Parsed, ...]:
        """Return every meaning of a text under one event; none if something is wrong with it."""
        return self._examine(text, self._kind(event), as_of).readings

    def verify(
        self,
        text: str | bytes | Payload,
        event: str | Event | None = None,
        as_of: datetime.date | None = None,
        pedantic: bool = False,
    ) -> Report:
        """Return every finding about a text and the verdict; never raises for a bad text.

        ``as_of`` drops years later than that day; ``pedantic`` adds what rests on unconfirmed rules
        or mere advice. Raises `ProfileError` for an unknown event.
        """
        kind = self._kind(event)
        outcome = self._examine(text, kind, as_of)
        findings = outcome.findings
        if pedantic:
            findings += outcome.pedantic
        if findings and (outcome.has_errors or outcome.is_unread):
            fitting = self._other_events(text, kind, as_of)
            if fitting:
                params = Elements(event=kind, fitting=fitting)
                whole = (0, outcome.length)
                findings += (Finding("event.other_fits", "info", None, whole, params),)
        data = outcome.data
        if as_of is not None:
            data = {**data, "as_of": as_of.isoformat()}
        told = {
            "input": text.data if isinstance(text, Payload) else text,
            "verdict": _verdict(findings, outcome.undetermined),
            "findings": findings,
            "format": self.declaration.name,
            "event": kind,
            "firearm": outcome.firearm,
            "check": outcome.check,
            "data": Elements(data) if data else NO_ELEMENTS,
        }
        return made(Report, told)

    def is_valid(self, text: str | bytes | Payload, event: str | Event | None = None) -> bool:
        """Return whether the verdict on the text is ``valid``."""
        return self.verify(text, event).ok

    def _kind(self, event: str | Event | None) -> str:
        if event is None:
            return self.declaration.events[0].kind
        given = _event(event)
        return self.rule(given.kind if given is not None else None).kind

    def _examine(
        self, source: str | bytes | Payload, kind: str, as_of: datetime.date | None
    ) -> Judgement:
        text = as_text(source)
        is_gs1 = isinstance(source, Payload) and source.gs1
        acceptor = self._acceptors[kind] if as_of is None else None
        known = acceptor.judge(text, is_gs1) if acceptor is not None else None
        if known is not None:
            return known
        rule = self.rule(kind)
        judgement = judge(self, rule, self._reader.read(source, rule), len(text), as_of)
        if acceptor is not None:
            acceptor.learn(text, is_gs1, judgement)
        return judgement

    @cached_property
    def _acceptors(self) -> dict[str, Acceptor]:
        longest = self._reader.limit
        return {rule.kind: Acceptor(self, rule, longest) for rule in self.declaration.events}

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self)

    def _other_events(
        self, text: str | bytes | Payload, kind: str, as_of: datetime.date | None
    ) -> list[str]:
        others = [other for other in self.events if other != kind]
        return [other for other in others if self._fits(text, other, as_of)]

    def _fits(self, source: str | bytes | Payload, kind: str, as_of: datetime.date | None) -> bool:
        if not self._reader.may_fit(as_text(source), self.rule(kind)):
            return False
        return bool(self._examine(source, kind, as_of).readings)

    # -- the declaration, for people and programs --------------------------------------------

    def describe(self) -> dict[str, Any]:
        """Return the declaration for people and programs (``markcode formats NAME``)."""
        from markcode import description

        return description.describe(self)

    def json_schema(self, kind: str | None = None) -> dict[str, Any]:
        """Return the JSON Schema of the data that `encode` takes for an event."""
        from markcode import description

        return description.json_schema(self, kind)

    # -- whole columns -----------------------------------------------------------------------

    def encode_column(
        self, table: Any, event: Event | str | None = None, accept_provisional: bool = False
    ) -> pl.DataFrame:
        """Return the mark of every arm of a table: see `markcode.columns.encode_column`."""
        from markcode import columns

        return columns.encode_column(self, table, event, accept_provisional)

    def verify_column(
        self,
        column: Any,
        event: Event | str | None = None,
        as_of: datetime.date | None = None,
        pedantic: bool = False,
    ) -> pl.DataFrame:
        """Return the verdict on every mark of a column: see `markcode.columns.verify_column`."""
        from markcode import columns

        return columns.verify_column(self, column, event, as_of, pedantic)

    def is_valid_column(self, column: Any, event: Event | str | None = None) -> pl.Series:
        """Return `is_valid` of every mark of a column: see `markcode.columns.is_valid_column`."""
        from markcode import columns

        return columns.is_valid_column(self, column, event)


def _event(event: Event | str | None) -> Event | None:
    if event is not None and not isinstance(event, (Event, str)):
        raise ElementError(f"an event is an Event or its kind, not {event!r}")
    return Event(event) if isinstance(event, str) else event


def _raise_errors(findings: Sequence[Finding]) -> None:
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise InvalidMark(errors)


def _verdict(findings: Sequence[Finding], undetermined: bool) -> Verdict:
    severities = {finding.severity for finding in findings} if findings else ()
    if "error" in severities:
        return "invalid"
    if undetermined:
        return "undetermined"
    return "suspect" if "warning" in severities else "valid"
