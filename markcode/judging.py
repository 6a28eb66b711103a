"""From the tokens of a text to findings and readings: what each token means, and whether that is
right; what is missing; whether the check holds.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from markcode.checked import judge_mark, judge_serial
from markcode.declaration import MOST_FAULTS, Element, EventRule, Reading, lacking
from markcode.fields import FOREIGN, Fault, Value
from markcode.layout import CHECK, Token
from markcode.model import Elements, Event, Finding, Firearm, Parsed, Severity
from markcode.profile import Profile
from markcode.scripts import mixed_scripts

if TYPE_CHECKING:
    from markcode.checks import CheckSystem

__all__ = ["Judgement", "judge", "told_data"]

_BY_EVIDENCE: dict[str, Severity] = {"C": "error", "D": "error", "P": "warning", "U": "info"}
_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
# A failed check, a lost separator, a missing word breaks the mark whatever its elements rest on.
_OF_ELEMENTS = ("element.", "country.", "year.", "code.", "symbol.")
_OF_STRUCTURE = ("element.missing", "element.order", "element.repeated")


class Judgement(NamedTuple):
    """All that was found out about one text under one event."""

    rule: EventRule
    findings: tuple[Finding, ...]
    meanings: Sequence[Mapping[str, Value]]
    """Each possible meaning, by element; several where a two-digit year has several."""
    certain: Mapping[str, Value]
    """The elements that were read for certain."""
    check: str | None
    data: Mapping[str, Any]
    undetermined: bool
    pedantic: tuple[Finding, ...]
    """What rests on unconfirmed rules or mere advice: told only to those who ask for it."""
    length: int
    """Code points of the text."""

    @property
    def readings(self) -> tuple[Parsed, ...]:
        """Each possible meaning, as an arm and an event."""
        return tuple(
            Parsed(self._firearm(values), self._event(values), self.check)
            for values in self.meanings
        )

    @property
    def firearm(self) -> Firearm:
        """The elements of the arm that were read for certain."""
        return self._firearm(self.certain)

    def _firearm(self, values: Mapping[str, Value]) -> Firearm:
        return Firearm.trusted(self.rule.owned_by("firearm", values))

    def _event(self, values: Mapping[str, Value]) -> Event:
        return Event.trusted(self.rule.owned_by("event", values), kind=self.rule.kind)

    @property
    def has_errors(self) -> bool:
        """Whether any finding is an error."""
        return any(finding.severity == "error" for finding in self.findings)

    @property
    def is_unread(self) -> bool:
        """Whether the text has no form that could be split into elements."""
        return any(finding.code == "record.required" for finding in self.findings)


def judge(
    profile: Profile,
    rule: EventRule,
    reading: Reading,
    length: int,
    as_of: datetime.date | None,
) -> Judgement:
    """Return the findings about a reading, and its meaning; ``length`` is that of the text."""
    work = _Judge(profile, rule, reading, length, as_of)
    work.run()
    findings = _sorted(work.findings)
    certain = {name: found[0] for name, found in work.values.items() if len(found) == 1}
    check = work.check_text()
    meanings: list[dict[str, Value]] = []
    errors = any(finding.severity == "error" for finding in findings)
    if not errors and work.is_read():
        meanings = work.meanings()
    pedantic = _sorted(work.pedantic)
    if not findings and len(meanings) != 1:
        # What keeps the mark from being read is told, whatever it rests on.
        findings, pedantic = pedantic, ()
    return Judgement(
        rule=rule,
        findings=findings,
        meanings=meanings,
        certain=certain,
        check=check,
        data=told_data(rule, reading.data, certain, work.names),
        undetermined=(
            reading.undetermined
            or rule.provisional
            or work.has_untested
            or len(meanings) != 1
            # In a whole UII the serial, and so its check, cannot be seen; a mark may have none.
            or (work.is_untested and profile.declaration.syntax is not None)
        ),
        pedantic=pedantic,
        length=length,
    )


def told_data(
    rule: EventRule,
    derived: Mapping[str, Any],
    certain: Mapping[str, Value],
    names: Mapping[str, str],
) -> dict[str, Any]:
    """Return what a report tells beside the arm: what was derived, the event's, full names."""
    data = dict(derived)
    event = rule.owned_by("event", certain) if rule.has_own("event") else None
    if event:
        data["event"] = dict(event)
    if names:
        data["names"] = names
    return data


def _sorted(findings: list[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda f: (f.severity == "info", f.span or (0, 0))))


class _Judge:
    """Collects findings about one reading, element by element."""

    def __init__(
        self,
        profile: Profile,
        rule: EventRule,
        reading: Reading,
        length: int,
        as_of: datetime.date | None,
    ) -> None:
        self.length = length
        self.profile = profile
        self.rule = rule
        self.reading = reading
        self.as_of = as_of
        self.findings: list[Finding] = []
        self.pedantic: list[Finding] = []
        self.values: dict[str, tuple[Value, ...]] = {}
        self.tokens: dict[str, Token] = {}
        self.names: dict[str, str] = {}
        self.malformed: set[str] = set()
        """Elements that stand as they are, since the rule that they break is not confirmed."""
        self.is_untested = False
        """Whether the profile's check had nothing to cover."""
        self.has_untested = False
        """Whether the mark bears an element whose rule is not known."""
        for finding in reading.findings:
            is_mismatch = finding.code == "format.mismatch"
            self._keep(replace(finding, params=self._form()) if is_mismatch else finding)

    def _form(self) -> Elements:
        """Return what a mark looks like, for the finding that nothing fits."""
        form = " / ".join(self.rule.lines)
        if not self.rule.readable:
            form = self.profile.declaration.summary
        return Elements(format=self.profile.name, event=self.rule.kind, lines=form)

    def _keep(self, finding: Finding) -> Severity:
        """Add a finding, its severity lowered to what the evidence of its elements allows."""
        names = [finding.element, *finding.params.get("elements", ())]
        names += finding.params.get("one_of", ())
        grounds = [self.rule.element(n).evidence for n in names if n in self.rule.names]
        severity = finding.severity
        is_open = finding.code.startswith(_OF_ELEMENTS) and finding.code not in _OF_STRUCTURE
        if finding.code == "element.missing" and self.reading.is_record:
            is_open = set(grounds) == {"U"}  # then that it is there is unconfirmed too
        if grounds and is_open and finding.params.get("reason") != FOREIGN:
            strongest = min((_BY_EVIDENCE[ground] for ground in grounds), key=_SEVERITIES.index)
            severity = max(severity, strongest, key=_SEVERITIES.index)
            finding = replace(finding, severity=severity)
        is_unconfirmed = severity == "info" and set(grounds) == {"U"}
        is_number = any(self.rule.element(n).is_number for n in names if n in self.rule.names)
        if is_unconfirmed and (finding.code == "element.missing" or is_number):
            # The mark cannot be read as a whole: that is told, since the verdict rests on it.
            is_unconfirmed = False
        (self.pedantic if is_unconfirmed else self.findings).append(finding)
        return severity

    def run(self) -> None:
        for element in self.rule.elements:
            token = self.reading.tokens.get(element.name)
            if token is not None:
                self._read(element, token)
        if CHECK in self.reading.tokens:
            self.tokens[CHECK] = self.reading.tokens[CHECK]
        if not self.reading.is_judged:
            for element in self.rule.elements:
                if element.name in self.tokens and element.name not in self.malformed:
                    self._judge(element, self.tokens[element.name])
            self._judge_scripts()
        self._tell_missing()
        if self.reading.is_record:
            self._tell_hopeless_record()
        self._look_up_codes()
        if self.profile.check is not None:
            self._judge_check(self.profile.check)
        self._note_standing()

    def _note_standing(self) -> None:
        """Tell what limits the verdict, and what the instrument advises beyond it."""
        declared = self.profile.declaration
        for element in self.rule.elements:
            if element.untested and element.name in self.tokens:
                self.has_untested = True
                span = self.tokens[element.name].span
                params = Elements(reason="method")
                self.findings.append(Finding("check.untested", "info", element.name, span, params))
            if element.advised and self.is_read() and element.name not in self.reading.tokens:
                end = (self.length, self.length)
                self.pedantic.append(Finding("element.advised", "info", element.name, end))
        if self.rule.provisional:
            self._note("event.provisional", event=self.rule.kind)
        if declared.provisional:
            self._note("format.provisional", format=declared.name, note=declared.provisional)
        start = declared.in_force
        if start is not None and self.as_of is not None and self.as_of < start:
            self._note("format.not_in_force", format=declared.name, start=start.isoformat())

    def is_read(self) -> bool:
        """Return whether every element that must be there, or is there, has a value."""
        return bool(self.reading.tokens) and all(
            element.name in self.values
            for element in self.rule.elements
            if self._is_due(element) or element.name in self.reading.tokens
        )

    def _is_due(self, element: Element) -> bool:
        return element.required and self.rule.carries(element)

    def meanings(self) -> list[dict[str, Value]]:
        """Return every combination of the values that the tokens can mean."""
        combined: list[dict[str, Value]] = [{}]
        for name, values in self.values.items():
            combined = [{**before, name: value} for before in combined for value in values]
        return combined

    def check_text(self) -> str | None:
        """Return the check character(s) that the mark bears, if its profile has a check."""
        check = self.profile.check
        if check is None:
            return None
        if self.profile.check_over == "serial":
            serial = self.tokens.get("serial")
            return serial.text[-check.length :] if serial else None
        token = self.tokens.get(CHECK)
        return token.text if token else None

    def _read(self, element: Element, token: Token) -> None:
        text, values = token.text, None
        if self.reading.is_record:
            text, fault, values = element.type.read_record(text)
            if fault is not None:
                if self._add(element, token, fault) == "error" or element.is_number:
                    return
                values = (text,)
                self.malformed.add(element.name)
        elif not element.is_confirmed and element.type.fault(text) is not None:
            if element.is_number:
                return
            values = (text,)
            self.malformed.add(element.name)
        if values is None:
            values = element.type.values(text, self.as_of)
        elif self.as_of is not None:
            values = tuple(v for v in values if not isinstance(v, int) or v <= self.as_of.year)
        if not values:
            params = Elements(value=text, as_of=self.as_of.isoformat() if self.as_of else "")
            reason = "as_of" if self.as_of else "window"
            fault = Fault("year.window", 0, len(text), Elements(params, reason=reason))
            self._add(element, token, fault)
            return
        if len(values) > 1:
            params = Elements(value=text, readings=list(values))
            finding = Finding("year.ambiguous", "warning", element.name, token.span, params)
            self.findings.append(finding)
        self.values[element.name] = values
        self.tokens[element.name] = Token(text, token.start, token.end)

    def _judge(self, element: Element, token: Token) -> None:
        years = self.values.get(self.rule.year_beside(element), ())
        year = years[0] if len(years) == 1 and isinstance(years[0], int) else None
        for fault in element.type.judge(token.text, year):
            told = {finding.code for finding in self.findings if finding.element == element.name}
            if fault.code not in told and self._add(element, token, fault) == "error":
                self.values.pop(element.name, None)

    def _judge_scripts(self) -> None:
        told = {finding.element for finding in self.findings if finding.code.startswith("script.")}
        texts = {
            name: token.text
            for name, token in self.tokens.items()
            if name != CHECK
            and name not in told
            and name not in self.malformed
            and self.rule.carries(self.rule.element(name))
        }
        for name, fault in mixed_scripts(texts):
            if self._add(self.rule.element(name), self.tokens[name], fault) == "error":
                self.values.pop(name, None)

    def _add(self, element: Element, token: Token, fault: Fault) -> Severity:
        """Add the finding about a fault, and return its severity: it follows the evidence."""
        # A record may write a value in full: then the place is the whole value.
        whole = self.reading.is_record and fault.end - fault.start == len(token.text)
        end = token.end if whole else min(token.start + fault.end, token.end)
        start = token.start if whole else token.start + fault.start
        span = (start, end)
        return self._keep(Finding(fault.code, fault.severity, element.name, span, fault.params))

    def _tell_missing(self) -> None:
        """Tell what lacks, after its predecessor in declared order; one finding for each place.

        What a line lacks by its own form is told already.
        """
        given = self.reading.tokens
        if not self.reading.is_record and not (given and self.rule.needed):
            return
        repeated = {f.element for f in self.findings}
        texts = {name: token.text for name, token in given.items()}
        due = {name for need in self.rule.needed for name in need.missing(texts)}
        if self.reading.is_record:
            due |= {element.name for element in self.rule.elements if self._is_due(element)}
        elif self.profile.declaration.syntax is not None:
            return
        at = 0
        groups: dict[int, list[str]] = {}
        for element in self.rule.elements:
            name = element.name
            if name in given:
                at = given[name].end
            elif name in due and name not in repeated:
                groups.setdefault(at, []).append(name)
        for at, names in groups.items():
            self._keep(lacking(at, names))

    def _tell_hopeless_record(self) -> None:
        """Say once that a record with too many faults is another thing than this event's."""
        errors = [finding for finding in self.findings if finding.severity == "error"]
        if len(errors) <= MOST_FAULTS:
            return
        whole = (0, self.length)
        kept = [finding for finding in self.findings if finding.severity != "error"]
        self.findings = [*kept, Finding("format.mismatch", "error", None, whole, self._form())]
        self.values.clear()
        self.tokens.clear()

    def _look_up_codes(self) -> None:
        for element in self.rule.elements:
            token = self.tokens.get(element.name)
            meaning = element.type.meaning(token.text) if token is not None else None
            if meaning is not None:
                self.names[element.name] = meaning
        for name, codes in self.profile.codes.items():
            token = self.tokens.get(name)
            if token is None:
                continue
            full = codes.name_of(token.text)
            if full is not None:
                self.names[name] = full
                continue
            params = Elements(value=token.text, list=codes.filename)
            self.findings.append(Finding("code.unlisted", "warning", name, token.span, params))

    def _judge_check(self, check: CheckSystem) -> None:
        covered = self.profile.covered(self.rule.kind)
        wanted = [
            name
            for name in covered
            if name in self.reading.tokens or self.rule.element(name).required
        ]
        if not wanted or any(name not in self.values for name in wanted):
            self._note_untested(is_empty=not wanted)
        elif self.profile.check_over == "serial":
            self.findings.extend(judge_serial(check, self.tokens["serial"]))
        else:
            self._judge_over_mark(check, covered)

    def _note_untested(self, is_empty: bool) -> None:
        """Tell that the check was not tested, where nothing else keeps the mark from being valid.

        A check that stands there and covers nothing says nothing; nor does one over an element
        whose unconfirmed form could not be read.
        """
        if self.is_read():
            self._note("check.untested")
            self.is_untested = is_empty
            self.has_untested = not is_empty or CHECK in self.tokens

    def _judge_over_mark(self, check: CheckSystem, covered: tuple[str, ...]) -> None:
        present = [name for name in covered if name in self.tokens]
        unprotected = self.profile.unprotected(self.rule.kind, present)
        if unprotected:
            self._note("check.boundaries_unprotected", elements=unprotected)
        token = self.tokens.get(CHECK)
        if token is not None:
            payload = {name: self.tokens[name] for name in present}
            self.findings.extend(judge_mark(check, payload, token))
            return
        # In lines, the layout has told it already; of a record, what is wrong with its form.
        told = any(f.code in ("check.alphabet", "token.unexpected") for f in self.findings)
        if self.reading.is_record and not told:
            end = max(t.end for t in self.tokens.values())
            self.findings.append(Finding("check.missing", "error", None, (end, end)))

    def _note(self, code: str, **params: Any) -> None:
        """Add an info about the text as a whole."""
        self.findings.append(Finding(code, "info", None, (0, self.length), Elements(params)))
