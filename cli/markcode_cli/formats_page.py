"""The pages of `markcode formats`: a table of all, and all that one declares."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markcode.model import Requirements
from markcode_cli.output import paragraph, table

__all__ = ["EVIDENCE", "listing", "page"]

EVIDENCE = {
    "C": "confirmed",
    "P": "partly confirmed",
    "U": "unconfirmed",
    "D": "a choice of markcode",
}


def listing(known: Sequence[Mapping[str, Any]], lang: str) -> Iterator[str]:
    """Yield the table of formats: name, title, and events below the title."""
    rows = [("NAME", "TITLE AND EVENTS")]
    for each in known:
        kinds = [event["kind"] + "*" * event["provisional"] for event in each["events"]]
        rows += [(each["name"], _title(each, lang)), ("", ", ".join(kinds))]
    yield from table(rows)
    if any(event["provisional"] for each in known for event in each["events"]):
        yield ""
        yield from paragraph(
            "* provisional: what the mark holds is not confirmed; made only with "
            "--accept-provisional, and never called valid"
        )


def _title(declared: Mapping[str, Any], lang: str) -> str:
    return _in(declared["title"], lang)


def _in(texts: Mapping[str, str], lang: str) -> str:
    return texts.get(lang) or texts.get("en") or next(iter(texts.values()), "")


def page(declared: Mapping[str, Any], lang: str) -> Iterator[str]:
    """Yield the declaration of one format as readable text."""
    yield from paragraph(f"{declared['name']}: {_title(declared, lang)}")
    yield from paragraph(declared["summary"])
    yield ""
    facts = [
        ("Source", declared["source"]),
        ("States", ", ".join(declared["countries"])),
        ("In force", _dates(declared)),
        ("Provisional", _in(declared["provisional"], lang)),
        ("Known without --format", "yes" if declared["recognisable"] else "no"),
        ("A check covers", " or ".join(f"the {what}" for what in declared["check_over"]) or "none"),
        ("On the metal", _requirements(declared["requirements"])),
    ]
    yield from table([fact for fact in facts if fact[1]])
    for event in declared["events"]:
        yield ""
        yield from _event(event)
    if declared["options"]:
        yield ""
        yield "Options (--option KEY=VALUE)"
        yield from table([_option(item) for item in declared["options"]], "  ")


def _dates(declared: Mapping[str, Any]) -> str:
    dates = [("from", declared["in_force"]), ("until", declared["ended"])]
    return " ".join(f"{word} {day}" for word, day in dates if day)


def _requirements(needs: Mapping[str, Any]) -> str:
    start = needs["depth_from"]
    sizes = Requirements(
        needs["height_nm"],
        needs["depth_nm"],
        depth_from=datetime.date.fromisoformat(start) if start else None,
    ).describe()
    parts = f"on {', '.join(needs['parts'])}" if needs["parts"] else ""
    text = ", ".join(filter(None, (sizes, parts)))
    return f"{text} ({needs['source']})" if text and needs["source"] else text


def _event(event: Mapping[str, Any]) -> Iterator[str]:
    yield f"Event {event['kind']}" + " (provisional)" * event["provisional"]
    facts = [("Line", line) for line in event["lines"]]
    facts += [("Parts", ", ".join(event["parts"]))] if event["parts"] else []
    facts += [("Never with", ", ".join(event["forbids"]))] if event["forbids"] else []
    facts += [_unique(unique) for unique in event["unique"]]
    facts += [("Needed", _needed(needed)) for needed in event["needed"]]
    if not event["readable"]:
        facts.append(("Record", "the struck text cannot be split: verify its record or symbol"))
    if event["source"]:
        facts.append(("Source", event["source"]))
    yield from table(facts, "  ")
    yield ""
    rows: list[tuple[str, str]] = []
    for element in event["elements"]:
        rows += _element(element, event["source"])
    yield from table(rows, "  ")


def _unique(unique: Mapping[str, Any]) -> tuple[str, str]:
    text = ", ".join(unique["elements"])
    if unique["distinct"]:
        text += f" repeated with another {' or '.join(unique['distinct'])} is a warning"
    elif unique["severity"] == "warning":
        text += " repeated is a warning"
    return ("Unique", text)


def _needed(needed: Mapping[str, Any]) -> str:
    text = " and ".join(needed["elements"])
    if needed["unless_present"]:
        text += f", unless there is {' or '.join(needed['unless_present'])}"
    if needed["unless_pattern"]:
        name, pattern = needed["unless_pattern"]
        text += f", or {name} is like {pattern}"
    return text


def _element(item: Mapping[str, Any], source: str) -> list[tuple[str, str]]:
    """Return two rows: what the element is; whose, whether it must be there, on what ground."""
    form = f"{item['length']} characters of {item['alphabet']}"
    facts = [
        _presence(item),
        f"{item['owner']}.{item['attribute']}" if item["attribute"] != item["name"] else "",
        "of the event" if item["owner"] == "event" else "",
        # Most descriptions say the characters already.
        form if item["alphabet"] not in item["doc"] else "",
        EVIDENCE.get(item["evidence"], item["evidence"]),
        item["source"] if item["source"] != source else "",
    ]
    what = f"{item['note']}: {item['doc']}" if item["note"] else item["doc"]
    return [(item["name"], what), ("", "; ".join(fact for fact in facts if fact))]


def _presence(item: Mapping[str, Any]) -> str:
    if not item["struck"]:
        return "not struck, but goes with the mark"
    if item["required"]:
        return "required"
    return "advised" if item["advised"] else "optional"


def _option(item: Mapping[str, Any]) -> tuple[str, str]:
    values = " | ".join(item["values"])
    default = f" (default {item['default']})" if item["default"] is not None else ""
    return item["key"], ": ".join(part for part in (values + default, item["doc"]) if part)
