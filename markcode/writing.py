"""From the data of an arm to the tokens that are struck, their check, and their unique keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from markcode.checked import check_faults
from markcode.declaration import Element, EventRule, PayloadSyntax
from markcode.fields import FOREIGN, Fault, Unwritable, Value
from markcode.layout import CHECK, Token
from markcode.model import Elements, Event, Finding, Firearm, Parsed, Severity
from markcode.profile import Profile
from markcode.reference.lookalikes import LOOKALIKES
from markcode.scripts import mixed_scripts

if TYPE_CHECKING:
    from markcode.checks import CheckSystem

__all__ = [
    "Prepared",
    "Slot",
    "UniqueKey",
    "check_faults",
    "implied_slots",
    "lookalike_warning",
    "prepare",
    "unique_keys",
]


@dataclass(frozen=True)
class Prepared:
    """Data ready to be struck: a token for each element, and every finding about them."""

    rule: EventRule
    tokens: Mapping[str, str]
    """By element in declared order, the check last."""
    parsed: Parsed
    record: Sequence[tuple[str, str]]
    beside: Mapping[str, Value]
    """Values of elements that the mark does not say: they belong to its unique key."""
    findings: tuple[Finding, ...]


Slot = tuple[str, Severity, tuple[str, ...]]
"""Code, severity and elements of keys that are compared with each other."""


@dataclass(frozen=True)
class UniqueKey:
    """Something about a mark that may occur once; canonical text, comparable over rows.

    With ``distinct``, equal values are a finding only where these differ.
    """

    code: str
    severity: Severity
    elements: tuple[str, ...]
    value: tuple[str, ...]
    distinct: tuple[str, ...] = ()

    @property
    def is_joined(self) -> bool:
        """Whether its value is the text of several elements without separators."""
        return len(self.value) < len(self.elements)

    @property
    def slot(self) -> Slot:
        """What it is compared with: other keys of the same slot.

        A text without separators is compared with any other such text, of whichever elements that
        one was made.
        """
        return self.code, self.severity, () if self.is_joined else self.elements


def prepare(profile: Profile, rule: EventRule, firearm: Firearm, event: Event) -> Prepared:
    """Return the tokens of every element that is given, canonical, with all findings."""
    tokens: dict[str, str] = {}
    values: dict[str, Value] = {}
    findings: list[Finding] = []
    given = _given(rule, firearm, event)
    syntax = profile.declaration.syntax
    if syntax is not None:
        findings.extend(_judge_together(syntax, given))
        given = {name: given[name] for name in syntax.marked(given)}
    for element in rule.elements:
        if element.name in given:
            written = _write(profile, element, given[element.name], findings)
            if written is not None:
                tokens[element.name], values[element.name] = written
        elif element.required:
            findings.append(Finding("element.missing", "error", element.name))
    for element in rule.elements:
        if element.name in tokens:
            year = values.get(rule.year_beside(element))
            stated = year if isinstance(year, int) else None
            for fault in element.type.judge(tokens[element.name], stated):
                if element.evidence != "U":
                    finding = _finding(element.name, fault)
                    is_open = finding.severity == "error" and not element.is_confirmed
                    findings.append(replace(finding, severity="warning") if is_open else finding)
    carried = {name: token for name, token in tokens.items() if rule.carries(rule.element(name))}
    findings.extend(_finding(name, fault) for name, fault in mixed_scripts(carried))
    faulty = {finding.element for finding in findings}
    # An element that was refused is not missing, and makes up for others as a good one would.
    present = {**tokens, **{name: "" for name in faulty if name is not None}}
    for needed in rule.needed:
        for name in needed.missing(present):
            if name not in faulty:
                findings.append(Finding("element.missing", "error", name))
    order = [element.name for element in rule.elements]
    findings.sort(key=lambda finding: order.index(finding.element or order[0]))
    if profile.check is not None and not any(f.severity == "error" for f in findings):
        findings.extend(_add_check(profile, rule, profile.check, tokens))
    said = {name: value for name, value in values.items() if rule.carries(rule.element(name))}
    parsed = Parsed(*rule.arm(said), tokens.get(CHECK) or _serial_check(profile, rule.kind, tokens))
    record = [(name, rule.element(name).type.write_record(v)) for name, v in said.items()]
    if CHECK in tokens:
        record.append((CHECK, tokens[CHECK]))
    beside = {name: value for name, value in values.items() if name not in said}
    return Prepared(rule, tokens, parsed, record, beside, tuple(findings))


def _write(
    profile: Profile, element: Element, given: Value, findings: list[Finding]
) -> tuple[str, Value] | None:
    """Return token and canonical value; None, with a finding, where there is no good token."""
    codes = profile.codes.get(element.name)
    if codes is not None:
        code = codes.code_of(str(given))
        if code is None:
            params = Elements(value=given, list=codes.filename)
            findings.append(Finding("code.unlisted", "error", element.name, None, params))
            return None
        given = code
    try:
        token = element.type.write(given)
    except Unwritable as refused:
        findings.append(_finding(element.name, refused.fault))
        return None
    fault = None if element.type.fits(token) else element.type.fault(token)
    if fault is not None and not _is_open(element, fault):
        findings.append(_finding(element.name, fault))
        return None
    if fault is not None:
        if element.evidence == "P":
            findings.append(Finding(fault.code, "warning", element.name, None, fault.params))
        return token, token
    value: Value = int(given) if element.is_number else element.type.values(token)[0]
    return token, value


def _is_open(element: Element, fault: Fault) -> bool:
    """Return whether the rule that is broken is not confirmed, so that it bars no mark."""
    is_foreign = fault.code.startswith("script.") or fault.params.get("reason") == FOREIGN
    return not (element.is_confirmed or element.is_number or is_foreign)


def _given(rule: EventRule, firearm: Firearm, event: Event) -> dict[str, Value]:
    """Return the values of the event's elements, whosever they are."""
    owned = {element.name: element.of(firearm, event) for element in rule.elements}
    return {name: value for name, value in owned.items() if value is not None}


def _judge_together(syntax: PayloadSyntax, given: Mapping[str, Value]) -> list[Finding]:
    """Return what is wrong with elements together; what would stay open is refused."""
    led = syntax.judge({name: Token(str(value), 0, 0) for name, value in given.items()})
    return [replace(finding, severity="error", span=None) for finding in led.findings]


def _finding(element: str, fault: Fault) -> Finding:
    return Finding(fault.code, fault.severity, element, None, fault.params)


def _add_check(
    profile: Profile, rule: EventRule, check: CheckSystem, tokens: dict[str, str]
) -> list[Finding]:
    if profile.check_over == "serial":
        return _judge_serial(check, tokens)
    order = profile.covered(rule.kind)
    covered = {name: tokens[name] for name in order if name in tokens}
    if not covered:
        return [Finding("element.missing", "error", name) for name in order[:1]]
    faults = check_faults(check, covered)
    if faults:
        return [Finding(f.code, f.severity, name, None, f.params) for name, f in faults]
    characters = check.compute("".join(covered.values()))
    if any(character in profile.layout(rule.kind).blanks for character in characters):
        params = Elements(system=check.name, value=characters, reason="separator")
        return [Finding("check.alphabet", "error", None, None, params)]
    tokens[CHECK] = characters
    return lookalike_warning(tokens[CHECK])


def _judge_serial(check: CheckSystem, tokens: Mapping[str, str]) -> list[Finding]:
    """A given serial must bear its check already: appending to it would falsify it."""
    serial = tokens.get("serial")
    if serial is None:
        return []
    faults = check_faults(check, {"serial": serial[: -check.length]})
    if faults:
        return [Finding(f.code, f.severity, name, None, f.params) for name, f in faults]
    if check.is_valid(serial):
        return lookalike_warning(serial[-check.length :])
    params = Elements(system=check.name, value=serial, reason="serial")
    return [Finding("check.mismatch", "error", "serial", None, params)]


def lookalike_warning(characters: str) -> list[Finding]:
    """Return the warning about a check that is easily misread, if it is."""
    if LOOKALIKES.isdisjoint(characters):
        return []
    return [Finding("check.lookalike", "warning", None, None, Elements(check=characters))]


def _serial_check(profile: Profile, kind: str, tokens: Mapping[str, str]) -> str | None:
    if profile.check is None or profile.check_over != "serial" or not profile.covered(kind):
        return None
    serial = tokens.get("serial")
    return serial[-profile.check.length :] if serial else None


def unique_keys(profile: Profile, prepared: Prepared) -> tuple[UniqueKey, ...]:
    """Return the keys whose elements all have tokens.

    Beside the declared ones, marks of a line that a check may cover have their text without
    separators as a key: a check does not cover these, and a shifted one gives another arm's data.
    """
    rule, tokens = prepared.rule, prepared.tokens
    syntax = profile.declaration.syntax
    if syntax is not None and not rule.unique:
        return _composed_key(prepared, syntax)
    keyed = {e.name: e.type.key(tokens[e.name]) for e in rule.elements if e.name in tokens}
    keys = [
        UniqueKey(
            unique.code,
            unique.severity,
            unique.elements,
            tuple(keyed.get(name, "") for name in unique.elements),
            tuple(keyed.get(name, "") for name in unique.distinct),
        )
        for unique in rule.unique
        if all(name in tokens or name in unique.may_lack for name in unique.elements)
    ]
    has_text_key = rule.readable and "mark" in profile.declaration.check_over
    if has_text_key and any(key.severity == "error" for key in keys):
        names = [item.name for item in profile.layout(rule.kind).items if item.name in tokens]
        elements = [name for name in names if name != CHECK]
        if len(elements) > 1:
            text = "".join(tokens[name] for name in elements)
            keys.append(UniqueKey("duplicate.key", "error", tuple(elements), (text,)))
    return tuple(keys)


def implied_slots(rule: EventRule) -> frozenset[Slot]:
    """Return the slots in which nothing repeats unless something repeats in another slot too.

    Keys that are equal in some elements are equal in any part of these.
    """
    implied = set()
    for at, unique in enumerate(rule.unique):
        for other_at, other in enumerate(rule.unique):
            firm = all(e in other.may_lack or e not in unique.may_lack for e in other.elements)
            is_part = set(other.elements) <= set(unique.elements)
            is_same = set(other.elements) == set(unique.elements) and other_at >= at
            if firm and is_part and not is_same:
                implied.add((unique.code, unique.severity, unique.elements))
    return frozenset(implied)


def _composed_key(prepared: Prepared, syntax: PayloadSyntax) -> tuple[UniqueKey, ...]:
    """Return the struck text as the key, where a standard composes it of the elements: a UII."""
    lacking = any(finding.code == "element.missing" for finding in prepared.findings)
    if lacking or not prepared.tokens:
        return ()
    faulty = {f.element for f in prepared.findings if f.severity == "error"}
    if any(name not in prepared.tokens for name in faulty if name is not None):
        return ()
    text, _ = syntax.write(prepared.tokens)
    return (UniqueKey("duplicate.key", "error", ("uii",), (text,)),)
