"""The tables ``[event.KIND]`` of a format file, with their fields, as rules of events."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markcode.declaration import Element, EventRule, Evidence, Needed, Owner, Unique
from markcode.declaring.boundaries import refuse_untellable
from markcode.declaring.table import Table
from markcode.declaring.types import KEYS, field_type
from markcode.fields import Literal
from markcode.layout import CHECK, SEPARATORS, Layout, Piece, pieces
from markcode.model import Severity

__all__ = ["Shared", "event_rule"]

_KIND = re.compile(r"[a-z][a-z-]{1,30}", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}", re.ASCII)
_SHARED_KEYS = ("type", "evidence", "advised", "untested", "is", "source", "note")
_OF_THE_ARM = {"manufacturer", "serial", "model", "calibre", "type"}
_OF_THE_EVENT = {"importer", "force", "number"}
# What an arm and an event hold beside elements.
_RESERVED = {"kind", "extra"}
_MOST_LINES = 16
_MOST_ITEMS = 40


@dataclass(frozen=True)
class Shared:
    """What all events of a file have in common."""

    fields: Table
    window: tuple[int, int] | None
    separators: tuple[str, ...]
    symbols: Mapping[str, Literal]
    literals: Mapping[str, Literal]
    choices: tuple[str, ...] = ()
    """Names of the separators that the user may choose from."""


def event_rule(table: Table, kind: str, shared: Shared) -> EventRule:
    """Return the rule of an event. Raises `FormatFileError`."""
    if not _KIND.fullmatch(kind):
        raise table.error("", f"{kind!r} is no kind of event: small letters and hyphens")
    table.only(
        *("lines", "unique", "needed", "parts", "unstruck", "readable", "provisional"),
        *("recognisable", "forbids", "source", "field", "separator"),
    )
    source = table.text("source", "")
    struck = _pieces(table, shared)
    unstruck = [_unstruck(table, name) for name in table.texts("unstruck")]
    named = [piece.text for piece in (*struck, *unstruck)]
    for piece in unstruck:
        if piece.text == CHECK or named.count(piece.text) > 1:
            raise table.error("unstruck", f"{piece.text!r} stands in a line, or twice here")
    order = {piece.text: piece.optional for piece in (*struck, *unstruck)}
    if order.pop(CHECK, False):
        raise table.error("lines", "{check?}: a check is no optional part of a mark")
    beside = {piece.text for piece in unstruck}
    elements = tuple(
        replace(_element(table, shared, kind, name, optional, source), struck=name not in beside)
        for name, optional in order.items()
    )
    for name in table.table("field").values:
        if name not in order:
            raise table.table("field").error(name, "no line of this event has this element")
    rule = EventRule(
        kind=kind,
        elements=elements,
        lines=table.texts("lines"),
        unique=tuple(_unique(table, order)),
        needed=tuple(_needed(table, order)),
        provisional=table.flag("provisional"),
        recognisable=table.flag("recognisable"),
        readable=table.flag("readable", True),
        parts=table.texts("parts"),
        forbids=tuple(_forbidden(table, shared)),
        separators=separators(table, ()),
        source=source,
    )
    _refuse_two_of_one(table, elements)
    if not any(element.struck for element in elements):
        raise table.error("lines", "there is no {element} in these lines")
    if rule.readable:
        symbols = {f"<{name}>": symbol for name, symbol in shared.symbols.items()}
        types = {element.name: element.type for element in elements}
        chosen = [(SEPARATORS[choice], " ") for choice in shared.choices]
        readings: list[tuple[str, ...]] = [rule.separators or shared.separators]
        if chosen and not rule.separators:
            readings = [*chosen]
        for signs in readings:
            words = {**shared.literals, **symbols}
            refuse_untellable(table, Layout.compile(rule.lines, types, signs, literals=words))
    return rule


def separators(table: Table, default: Sequence[str]) -> tuple[str, ...]:
    """Return what separates elements, as it is written and as it is read."""
    listed = table.texts("separator", default)
    for separator in listed:
        if len(separator) > 3 or any(c.isalnum() or c in "{}<>" for c in separator):
            raise table.error("separator", f'{separator!r} is not up to three signs, such as " - "')
    if "separator" in table and (not listed or not listed[0]):
        raise table.error("separator", "the first separator is written, so it is not empty")
    return listed


def _refuse_two_of_one(table: Table, elements: Sequence[Element]) -> None:
    """Refuse elements that are the same thing: an arm has one year, and an event has one."""
    held: dict[tuple[Owner, str], str] = {}
    for element in elements:
        other = held.setdefault((element.owner, element.attribute), element.name)
        if other != element.name:
            raise table.error(
                "lines",
                f"{{{other}}} and {{{element.name}}} both hold "
                f"{element.owner}.{element.attribute}: "
                'give one of the fields another meaning, such as is = "firearm.year"',
            )


def _pieces(table: Table, shared: Shared) -> list[Piece]:
    """Return the elements of all lines, each of which stands once."""
    lines = table.texts("lines")
    if not 1 <= len(lines) <= _MOST_LINES:
        raise table.error("lines", f"an event needs 1 to {_MOST_LINES} lines, not {len(lines)}")
    found: list[Piece] = []
    count = 0
    for number, line in enumerate(lines, start=1):
        own = list(pieces(line))
        if all(piece.kind == "blank" for piece in own):
            raise table.error("lines", f"line {number} is empty")
        for piece in own:
            where = f"line {number}, column {piece.at + 1}"
            if piece.kind == "stray":
                raise table.error(
                    "lines",
                    f"{where}: {piece.text!r} begins nothing known; write {{element}}, "
                    "{element?} or <SYMBOL>",
                )
            if piece.kind == "symbol" and piece.text not in shared.symbols:
                raise table.error(
                    "lines",
                    f"{where}: there is no symbol <{piece.text}>; declare [symbol.{piece.text}] "
                    f"or use one of {', '.join(shared.symbols)}",
                )
            if piece.kind == "element":
                if any(piece.text == other.text for other in found):
                    raise table.error("lines", f"{where}: {{{piece.text}}} stands twice")
                found.append(piece)
        count += len(own)
    if count > 2 * _MOST_ITEMS:
        raise table.error("lines", f"more than {_MOST_ITEMS} parts are too many for one mark")
    return found


def _unstruck(table: Table, text: str) -> Piece:
    name = text.removesuffix("?")
    if not _NAME.fullmatch(name):
        raise table.error("unstruck", f"{text!r} is no name of an element")
    return Piece("element", name, name != text)


def _element(
    table: Table, shared: Shared, kind: str, name: str, optional: bool, source: str
) -> Element:
    if not _NAME.fullmatch(name) or name in _RESERVED:
        raise table.error("lines", f"{{{name}}} cannot name an element: choose another name")
    own = table.table("field").table(name)
    common = shared.fields.table(name)
    if name not in shared.fields and name not in table.table("field"):
        raise table.error("lines", f"{{{name}}} is not described: add a table [field.{name}]")
    values: dict[str, Any] = {**common.values, **own.values}
    place = own if own.values else common
    merged = Table(table.source, values, place.path)
    what = merged.one_of("type", tuple(KEYS))
    merged.only(*_SHARED_KEYS, *KEYS[what])
    owner, attribute = _owner(merged, kind, name)
    evidence = merged.one_of("evidence", ("C", "P", "U", "D"), "C")
    grounds: dict[str, Evidence] = {"C": "C", "P": "P", "U": "U", "D": "D"}
    advised = merged.flag("advised")
    if advised and not optional:
        raise merged.error("advised", f"only an optional element is advised: write {{{name}?}}")
    form = field_type(merged, shared.window)
    if form.is_number != (attribute == "year"):
        raise merged.error("type", 'a year has type = "year", and nothing else has')
    return Element(
        name=name,
        type=form,
        owner=owner,
        attribute=attribute,
        required=not optional,
        advised=advised,
        untested=merged.flag("untested"),
        evidence=grounds[evidence],
        source=merged.text("source", source),
        note=merged.text("note", ""),
    )


def _owner(field: Table, kind: str, name: str) -> tuple[Owner, str]:
    """Return whose an element is, and what it is called there."""
    if "is" in field:
        owner, dot, attribute = field.text("is").partition(".")
        is_bad = not _NAME.fullmatch(attribute) or attribute in _RESERVED
        if not dot or owner not in ("firearm", "event") or is_bad:
            raise field.error("is", "write firearm.NAME or event.NAME, such as firearm.year")
        return ("firearm" if owner == "firearm" else "event"), attribute
    if name in _OF_THE_ARM:
        return "firearm", name
    if name in _OF_THE_EVENT:
        return "event", name
    return ("firearm" if kind == "manufacture" else "event"), name


def _unique(table: Table, order: Mapping[str, bool]) -> Iterator[Unique]:
    """Yield the keys: a list of elements, or a list of tables; `force?` may be absent."""
    listed = table.values.get("unique", [])
    if isinstance(listed, list) and listed and all(isinstance(entry, str) for entry in listed):
        names, may_lack = _key(table, "unique", order)
        yield Unique(elements=names, may_lack=may_lack)
        return
    told = set()
    for entry in table.entries("unique"):
        entry.only("elements", "code", "severity", "distinct")
        severities: dict[str, Severity] = {"error": "error", "warning": "warning"}
        names, may_lack = _key(entry, "elements", order)
        unique = Unique(
            elements=names,
            may_lack=may_lack,
            code=entry.one_of("code", ("duplicate.key", "duplicate.serial"), "duplicate.key"),
            severity=severities[entry.one_of("severity", tuple(severities), "error")],
            distinct=_known(entry, "distinct", entry.texts("distinct"), order),
        )
        slot = unique.code, unique.severity, unique.elements
        if slot in told:
            raise entry.error(
                "elements",
                "another key has these elements, code and severity: leave one of them out",
            )
        told.add(slot)
        yield unique


def _key(
    table: Table, key: str, order: Mapping[str, bool]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the elements of a key, and those of them that may be absent."""
    texts = table.texts(key)
    names = tuple(text.removesuffix("?") for text in texts)
    may_lack = tuple(text[:-1] for text in texts if text.endswith("?"))
    return _known(table, key, names, order), may_lack


def _needed(table: Table, order: Mapping[str, bool]) -> Iterator[Needed]:
    for entry in table.entries("needed"):
        entry.only("elements", "unless")
        yield Needed(
            elements=_known(entry, "elements", entry.texts("elements"), order),
            unless_present=_known(entry, "unless", entry.texts("unless"), order),
        )


def _known(
    table: Table, key: str, names: tuple[str, ...], order: Mapping[str, bool]
) -> tuple[str, ...]:
    for name in names:
        if name not in order:
            raise table.error(
                key, f"this event has no element {name!r}; it has: {', '.join(order)}"
            )
    if key in ("elements", "unique") and not names:
        raise table.error(key, "at least one element is needed")
    return names


def _forbidden(table: Table, shared: Shared) -> Iterator[Literal]:
    for name in table.texts("forbids"):
        if name not in shared.symbols:
            raise table.error("forbids", f"there is no symbol {name}; declare [symbol.{name}]")
        yield shared.symbols[name]
