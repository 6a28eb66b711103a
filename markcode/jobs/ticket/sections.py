"""The sections of a ticket but that of the sizes: job, marks, characters, files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from markcode import lengths
from markcode.equipment.declaration import OURS
from markcode.jobs.ticket.facts import Facts, lookalikes
from markcode.jobs.ticket.parts import Row, shown
from markcode.words import Words

__all__ = ["alphabet", "files", "job", "marks"]

SHORT = 12
"""Characters of the hash that name a job."""


def job(facts: Facts, words: Words) -> Iterator[Row]:
    job, head = facts.job, facts.job.head
    whole = job.entry("job", str)
    yield Row(words("job"), (shown(whole[:SHORT]),), is_code=True)
    yield Row(words("hash"), (shown(whole),), is_code=True)
    yield Row(words("made"), (f"markcode {shown(job.entry('version', str))}",))
    if "order" in head:
        yield Row(words("order"), (shown(head["order"]),))
    if "ledger" in head:
        yield Row(words("ledger"), (shown(head["ledger"]["job"]),))
    profile = job.entry("profile", dict)
    yield Row(words("format"), (shown(profile["format"]),))
    event = [job.kind, *[words("provisional")] * (head.get("provisional") is True)]
    yield Row(words("event"), tuple(event))
    check = words("check.none")
    if profile["check"] is not None:
        check = words(f"check.{profile['check_over']}", name=profile["check"])
    yield Row(words("check"), (check,))
    if profile["options"]:
        yield Row(words("options"), (_pairs(profile["options"]),))
    for name, entry in profile["codes"].items():
        yield Row(words("codes"), (f"{name}: {shown(entry['file'])}", shown(entry["sha256"])))
    (table,) = job.entry("inputs", list)
    yield Row(words("table"), (shown(table["sha256"]),), is_code=True)
    yield Row(words("equipment"), tuple(_equipment(facts, words)))
    settings = facts.settings
    if settings:
        yield Row(words("settings"), (", ".join(_settings(facts, settings)),))


def _equipment(facts: Facts, words: Words) -> Iterator[str]:
    name, declared = facts.job.entry("equipment", str), facts.equipment
    if declared is None:
        yield f"{shown(name)}: {words('absent')}"
        return
    yield f"{name}: {declared.title.get(words.language, declared.title['en'])}"
    if declared.provider != OURS:
        yield words("provider", package=declared.provider)
    if declared.experimental:
        yield words("experimental")


def _settings(facts: Facts, settings: Mapping[str, object]) -> Iterator[str]:
    declared = {} if facts.equipment is None else {s.name: s for s in facts.equipment.settings}
    for name, value in settings.items():
        kind = declared[name].kind if name in declared else None
        if kind == "length" and isinstance(value, int):
            yield f"{name}={lengths.mm(value)}mm"
        else:
            yield f"{shown(name)}={shown(value)}{'%' * (kind == 'percent')}"


def marks(facts: Facts, words: Words) -> Iterator[Row]:
    counts = facts.job.entry("counts", dict)
    names = ("rows", "marks", "rejected", "warned")
    said = [words("counts.text", **{name: int(counts[name]) for name in names})]
    if counts["marks"] != facts.found.count:
        said.append(words("counts.differ", found=facts.found.count))
    elif facts.files.marks != facts.found.sha256:
        said.append(words("marks.changed"))
    yield Row(words("counts"), tuple(said))
    left = facts.job.head.get("ledger", {}).get("left_out", {})
    if left:
        told = (words(f"left.{state}", count=int(count)) for state, count in left.items())
        yield Row(words("left"), (", ".join(told),))
    for which, mark in (("first", facts.found.first), ("last", facts.found.last)):
        if mark is not None:
            yield Row(words(which, row=mark.row), tuple(map(shown, mark.lines)), is_code=True)
    yield Row(words("list"), (facts.found.codes,), is_code=True)
    is_table = facts.equipment is None or facts.equipment.kind == "table"
    if is_table and facts.found.first is not None:
        yield Row(words("pointer"), (words("pointer.text"),))


def alphabet(facts: Facts, words: Words) -> Iterator[Row]:
    used = facts.found.characters
    if not used:
        return
    yield Row(words("used"), (shown(used),), is_code=True)
    alike = ", ".join(lookalikes(used))
    if alike:
        yield Row(words("alike"), (alike,), is_code=True)
    shapes = [words("shapes.machine")]
    if facts.is_drawn:
        drawn = {"0": "shapes.zero", "1": "shapes.one"}
        shapes = [words(key) for char, key in drawn.items() if char in used]
    if shapes:
        yield Row(words("shapes"), tuple(shapes))


def files(facts: Facts, words: Words) -> Iterator[Row]:
    for file in facts.files.listed:
        said = words("bytes", bytes=file.bytes)
        yield Row(shown(file.name), (said, shown(file.sha256)), is_code=True)
    said = words("files.count", count=facts.files.count, bytes=facts.files.bytes)
    yield Row(words("files.all"), (said,))


def _pairs(values: Mapping[str, object]) -> str:
    return ", ".join(f"{shown(name)}={shown(value)}" for name, value in values.items())
