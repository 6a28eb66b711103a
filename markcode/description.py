"""What a format declares, told to people and programs: its page, and its data as JSON Schema."""

from __future__ import annotations

import datetime
from typing import Any

from markcode.declaration import Declaration, Element, EventRule
from markcode.notation import describe_alphabet
from markcode.profile import Profile

__all__ = ["describe", "json_schema"]


def describe(profile: Profile) -> dict[str, Any]:
    """Return the declaration as plain data for ``markcode formats NAME``."""
    declaration = profile.declaration
    needs = declaration.requirements
    return {
        "name": declaration.name,
        "title": dict(declaration.title),
        "source": declaration.source,
        "summary": declaration.summary,
        "countries": list(declaration.countries),
        "in_force": _day(declaration.in_force),
        "ended": _day(declaration.ended),
        "provisional": dict(declaration.provisional),
        # A format of one's own is used by naming its file.
        "recognisable": not declaration.files and any(r.recognisable for r in declaration.events),
        "check_over": list(declaration.check_over),
        "events": [_event(rule, declaration) for rule in declaration.events],
        "options": [
            {"key": o.key, "values": list(o.values), "default": o.default or None, "doc": o.doc}
            for o in declaration.options
        ],
        "requirements": {
            "height_nm": needs.height_nm,
            "depth_nm": needs.depth_nm,
            "depth_from": _day(needs.depth_from),
            "parts": list(needs.parts),
            "source": needs.source,
        },
    }


def _day(day: datetime.date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _event(rule: EventRule, declaration: Declaration) -> dict[str, Any]:
    return {
        "kind": rule.kind,
        "lines": list(rule.lines),
        "provisional": rule.provisional,
        "recognisable": rule.recognisable,
        "readable": rule.readable,
        "parts": list(rule.parts),
        "forbids": [symbol.text for symbol in rule.forbids],
        "separators": list(rule.separators or declaration.separators),
        "unique": [
            {
                "elements": list(unique.elements),
                "severity": unique.severity,
                "distinct": list(unique.distinct),
            }
            for unique in rule.unique
        ],
        "needed": [
            {
                "elements": list(needed.elements),
                "unless_present": list(needed.unless_present),
                "unless_pattern": list(needed.unless_pattern or ()),
            }
            for needed in rule.needed
        ],
        "source": rule.source,
        "elements": [_element(element) for element in rule.elements],
    }


def _element(element: Element) -> dict[str, Any]:
    form = element.type
    return {
        "name": element.name,
        "owner": element.owner,
        "attribute": element.attribute,
        "struck": element.struck,
        "advised": element.advised,
        "type": type(form).__name__,
        "alphabet": describe_alphabet(form.alphabet),
        "length": str(form.least) if form.is_fixed else f"{form.least}-{form.most}",
        "required": element.required,
        "evidence": element.evidence,
        "source": element.source,
        "doc": form.doc,
        "note": element.note,
    }


def json_schema(profile: Profile, kind: str | None = None) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of ``{"firearm": ..., "event": ...}`` for an event.

    A value that fits the schema can still be refused by what a schema cannot say: an unassigned
    country, a check, elements that depend on each other.
    """
    rule = profile.rule(kind)
    owners: dict[str, list[Element]] = {"firearm": [], "event": []}
    for element in rule.elements:
        owners[element.owner].append(element)
    event = _object(owners["event"])
    event["properties"]["kind"] = {"const": rule.kind}
    event["required"] = ["kind", *event["required"]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{profile.name} {rule.kind}",
        "type": "object",
        "properties": {"firearm": _object(owners["firearm"]), "event": event},
        "required": [name for name in ("firearm",) if owners[name]],
    }


def _object(elements: list[Element]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            element.attribute: {"description": element.type.doc, **element.type.schema()}
            for element in elements
        },
        "required": [element.attribute for element in elements if element.required],
    }
