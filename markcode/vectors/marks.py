"""Cases of marking formats: encode, parse, verify."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from markcode import formats, notation
from markcode.code_lists import CodeList
from markcode.errors import Ambiguous, InvalidMark
from markcode.format import Format
from markcode.model import Elements, Event, Firearm
from markcode.vectors.answers import Answer, CaseError, escaped, member, unescaped

__all__ = ["OPERATIONS", "answer"]

_D = TypeVar("_D", Firearm, Event)


def answer(operation: str, case: Mapping[str, Any]) -> Answer | None:
    """Return the answer to a case of a format; None for a format that markcode has not.

    Raises `CaseError` for a value of the wrong type, `ProfileError` for a profile or an event that
    the format refuses.
    """
    profile: dict[str, Any] | None = member(case, "profile", dict)
    name = None if profile is None else member(profile, "format", str)
    if profile is None or name is None:
        raise CaseError(f"{operation} needs a profile with a format, such as mosaic-0530")
    if name not in formats.list_formats() and not name.lower().endswith(".toml"):
        return None
    return OPERATIONS[operation](_format(name, profile), case)


def _format(name: str, profile: Mapping[str, Any]) -> Format:
    codes: dict[str, Any] = member(profile, "codes", dict) or {}
    return formats.get_format(
        name,
        check=member(profile, "check", str),
        check_over=member(profile, "check_over", str),
        codes={element: CodeList(element, Elements(_texts(codes, element))) for element in codes},
        options=_texts(profile, "options"),
    )


def _texts(case: Mapping[str, Any], key: str) -> dict[str, str]:
    """Return an object of texts."""
    values: dict[str, Any] = member(case, key, dict) or {}
    return {name: member(values, name, str) or "" for name in values}


def _encode(fmt: Format, case: Mapping[str, Any]) -> Answer:
    given: dict[str, Any] = member(case, "input", dict) or {}
    arm = _elements(Firearm, given, "firearm")
    event = _elements(Event, given, "event") if given.get("event") is not None else None
    provisional = member(case, "accept_provisional", bool) or False
    try:
        marking = fmt.encode(arm, event, accept_provisional=provisional)
    except InvalidMark as fault:
        return Answer(False, findings=fault.findings)
    output = {
        "text": notation.escape(marking.text),
        "payload": str(marking.payload),
        "check": marking.check,
    }
    return Answer(True, output, marking.findings)


def _parse(fmt: Format, case: Mapping[str, Any]) -> Answer:
    text, event, as_of = _text(case), member(case, "event", str), _day(case)
    try:
        parsed = fmt.parse(text, event, as_of)
    except InvalidMark as fault:
        return Answer(False, findings=fault.findings)
    except Ambiguous:
        return Answer(False, findings=fmt.verify(text, event, as_of).findings)
    output = {
        "firearm": _plain(parsed.firearm),
        "event": {"kind": parsed.event.kind, **_plain(parsed.event)},
        "check": parsed.check,
    }
    return Answer(True, output)


def _verify(fmt: Format, case: Mapping[str, Any]) -> Answer:
    report = fmt.verify(_text(case), member(case, "event", str), _day(case))
    output = {"verdict": report.verdict, "data": report.to_dict()["data"]}
    return Answer(report.ok, output, report.findings)


OPERATIONS: Mapping[str, Callable[[Format, Mapping[str, Any]], Answer]] = {
    "encode": _encode,
    "parse": _parse,
    "verify": _verify,
}
"""What can be asked of a format."""


def _text(case: Mapping[str, Any]) -> str | bytes:
    """Return the mark of a case, or its bytes where they are no text."""
    text = member(case, "input", str)
    if text is None:
        raise CaseError("input is the text of a mark, not null")
    if not text.startswith("hex:"):
        return notation.unescape(text)
    try:
        return bytes.fromhex(text.removeprefix("hex:"))
    except ValueError:
        raise CaseError(f"input is no hexadecimal: {text!r:.60}") from None


def _day(case: Mapping[str, Any]) -> datetime.date | None:
    text = member(case, "as_of", str)
    if text is None:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise CaseError(f"as_of is a day such as 2026-03-01, not {text!r:.60}") from None


def _elements(kind: type[_D], case: Mapping[str, Any], key: str) -> _D:
    values: dict[str, Any] = member(case, key, dict) or {}
    extra = _texts(values, "extra")
    given = unescaped({**values, **({"extra": extra} if extra else {})})
    try:
        return kind(**given)
    except TypeError as fault:
        # An unknown element, or a value of the wrong type.
        raise CaseError(f"{key}: {fault}") from None


def _plain(data: Firearm | Event) -> dict[str, Any]:
    """Return the elements that have a value; those beyond the common ones under ``extra``."""
    common = {name: value for name, value in data.elements().items() if name not in data.extra}
    plain: dict[str, Any] = escaped({**common, **({"extra": data.extra} if data.extra else {})})
    return plain
