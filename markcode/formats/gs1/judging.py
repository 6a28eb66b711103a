"""From a message to what it says of an arm: tokens, and every finding about its data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from markcode.declaration import Reading, lacking
from markcode.formats.gs1 import ai as identifiers
from markcode.formats.gs1 import arms, associations, components, digital_link, element_string
from markcode.formats.gs1.message import ElementString, Message, labelled
from markcode.layout import Token
from markcode.model import Elements, Finding

__all__ = ["data_faults", "judge_record", "reading_of", "written"]


def data_faults(element: ElementString) -> Iterator[Finding]:
    """Yield what is wrong with the data of one element string."""
    name = arms.ELEMENT_OF.get(element.ai)
    for fault in components.faults(element.ai, element.value):
        span = element.place(fault.start, fault.end)
        if name is not None:
            yield Finding(fault.code, "error", name, span, fault.params)
            continue
        entry = identifiers.table()[element.ai]
        told = {"ai": entry.ai, "title": entry.title, "form": entry.form, "value": element.value}
        if "reading" in fault.params:
            told["reading"] = fault.params["reading"]
        yield Finding("ai.value", "error", None, span, Elements(told))


def reading_of(message: Message) -> Reading:
    """Return what a message says of an arm. An element with a fault of its own is left out."""
    findings = list(message.findings)
    tokens: dict[str, Token] = {}
    for element in message.elements:
        faults = list(data_faults(element)) or list(_arm_faults(element))
        findings += faults
        name = arms.ELEMENT_OF.get(element.ai)
        if name is None:
            findings.append(_not_for_arms(element))
        elif not faults:
            tokens.setdefault(name, Token(element.value, *element.span))
    # Of a text that could not be taken apart, nothing can be said to be missing.
    is_apart = bool(message.elements) or not message.findings
    together = _judge_together(message.elements) if is_apart else ()
    for finding in together:
        if finding.code == "ai.repeated":
            tokens.pop(arms.ELEMENT_OF.get(finding.params["ai"], ""), None)
    findings += together
    is_right = not any(finding.severity == "error" for finding in findings)
    data = written(*labelled(message.elements)) if is_right else {}
    return Reading(tokens, tuple(findings), data, is_judged=True)


def judge_record(tokens: Mapping[str, Token]) -> Reading:
    """Return what is wrong with the elements of a record, or of data to be marked, together."""
    elements = []
    for name, token in tokens.items():
        ai = arms.AI_OF.get(name)
        if ai is not None:
            places = (token.start,) * len(token.text) + (token.end,)
            elements.append(ElementString(ai, token.text, token.span, places))
    return Reading({}, tuple(_judge_together(elements)))


def _arm_faults(element: ElementString) -> Iterator[Finding]:
    """Yield what the dictionary leaves open and a mark needs, such as a GRAI's serial part."""
    form = arms.TYPES.get(element.ai)
    fault = form.fault(element.value) if form is not None else None
    if fault is not None:
        span = element.place(fault.start, fault.end)
        yield Finding(fault.code, "error", arms.ELEMENT_OF[element.ai], span, fault.params)


def _not_for_arms(element: ElementString) -> Finding:
    entry = identifiers.table()[element.ai]
    params = Elements(ai=entry.ai, title=entry.title, value=element.value)
    span = (element.ai_span[0], element.span[1])
    return Finding("ai.not_for_arms", "info", None, span, params)


def _judge_together(elements: Sequence[ElementString]) -> list[Finding]:
    """Return what is wrong with elements that are each right: associations, and keys."""
    told = [
        replace(finding, element=arms.ELEMENT_OF.get(finding.params["ai"]))
        for finding in associations.judge(elements)
    ]
    return [*told, *_key_faults(elements)]


def _key_faults(elements: Sequence[ElementString]) -> Iterator[Finding]:
    """Yield whether not exactly one key names the arm, or its serial lacks.

    A serial without its key is told by the associations.
    """
    first = {arms.ELEMENT_OF.get(element.ai, ""): element for element in reversed(elements)}
    present = [name for name in arms.KEYS if name in first]
    if not present:
        if not {"serial", "cpid_serial"} & set(first):
            end = max((element.span[1] for element in elements), default=0)
            params = Elements(one_of=list(arms.KEYS))
            yield Finding("element.missing", "error", None, (end, end), params)
        return
    for name in present[1:]:
        params = Elements(elements=present)
        yield Finding("key.several", "error", name, first[name].span, params)
    for name in present:
        lack = [other for other in arms.KEYS[name] if other not in first]
        if lack and len(present) == 1:
            yield lacking(first[name].span[1], lack)


def written(labels: tuple[str, ...], values: Sequence[str]) -> dict[str, str]:
    """Return AIs and their data in both written forms; as a link only where they can be one."""
    forms = {"bracketed": element_string.in_brackets(labels, values)}
    link = digital_link.link(labels, values)
    if link is not None:
        forms["digital_link"] = link
    return forms
