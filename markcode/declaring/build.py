"""A format file as a declaration: the whole, its variants, and what it extends."""

from __future__ import annotations

import datetime
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

from markcode.declaration import Declaration
from markcode.declaring.choices import FULL, check, check_over, covers, options, separator_choices
from markcode.declaring.events import Shared, event_rule, separators
from markcode.declaring.source import Source
from markcode.declaring.table import Table
from markcode.declaring.types import literal, window
from markcode.fields import Literal
from markcode.layout import pieces
from markcode.model import Elements, Requirements
from markcode.reference import countries

__all__ = ["FULL", "NAMES", "Loader", "declare", "is_name", "raw_tables"]

Loader = Callable[[str], Mapping[str, Any] | None]
"""Returns the tables of a built-in format by name, None where none of that name has a file."""

NAMES = "small letters, digits and hyphens, 2 to 40 of them, and no name of a device such as con"
"""What `is_name` wants, for errors."""

_NAME = re.compile(r"[a-z][a-z0-9-]{1,39}", re.ASCII)
# Windows keeps these for devices, with any ending.
_DEVICES = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9]", re.ASCII)
_OUTLINE = re.compile(
    "(?: *M *-?[0-9]{1,7} +-?[0-9]{1,7}(?: *L *-?[0-9]{1,7} +-?[0-9]{1,7}){2,} *Z)+ *", re.ASCII
)
_LANGUAGES = ("en", "es", "pt", "fr")
_MOST_EVENTS, _MOST_FIELDS = 12, 60
_KEYS = (
    *("name", "extends", "title", "summary", "source", "countries", "in_force", "ended"),
    *("status", "status_note", "separator", "separator_options", "year_window"),
    *("check", "check_over", "covers"),
    *("height", "depth", "depth_from", "size_source", "parts"),
    *("event", "field", "literal", "symbol", "variant"),
)


def is_name(text: str) -> bool:
    """Return whether a format can be called so; then a file can be on every system, too."""
    return _NAME.fullmatch(text) is not None and _DEVICES.fullmatch(text) is None


def raw_tables(source: Source, load: Loader) -> dict[str, Any]:
    """Return the tables of a file, laid over those of the format that it extends.

    Raises `FormatFileError`.
    """
    own = source.parse()
    if "extends" not in own:
        return own
    table = Table(source, own)
    base = load(table.text("extends"))
    if base is None:
        raise table.error(
            "extends",
            f"{own['extends']!r} is no format that a file can extend; see markcode formats",
        )
    rest = {key: value for key, value in own.items() if key != "extends"}
    # The title of a format is not another's, in no language.
    below = {key: value for key, value in base.items() if key != "title" or key not in rest}
    if {"height", "depth"} & set(rest):
        below.pop("size_source", None)  # another size is not that source's
    events = rest.get("event")
    named = events.items() if isinstance(events, dict) else ()
    dropped = [kind for kind, value in named if value is False]
    if dropped and "variant" in below:
        variants = below["variant"].items()
        below["variant"] = {name: _without_events(each, dropped) for name, each in variants}
    return _laid_over(below, rest)


def _without_events(variant: Mapping[str, Any], kinds: Sequence[str]) -> dict[str, Any]:
    """Return a variant without what it says of events that its format does not have."""
    events = {kind: each for kind, each in variant.get("event", {}).items() if kind not in kinds}
    return {**variant, "event": events}


def _laid_over(base: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    """Return tables merged, other values replaced; ``false`` in place of a table drops it."""
    merged = dict(base)
    for key, value in upper.items():
        below = merged.get(key)
        if isinstance(below, dict) and value is False:
            del merged[key]
        elif isinstance(below, dict) and isinstance(value, dict):
            merged[key] = _laid_over(_kept(below, value), value)
        else:
            merged[key] = value
    return merged


def _kept(below: Mapping[str, Any], value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what stays of a table below another: nothing of a field that gets another type, and
    of an event that gets other lines only the fields that these hold.
    """
    if "type" in below and value.get("type", below["type"]) != below["type"]:
        return {}
    fields = below.get("field")
    if "lines" not in value or not isinstance(fields, dict):
        return below
    struck = str(value["lines"]) + str(value.get("unstruck", below.get("unstruck", "")))
    named = set(re.findall(r"[a-z][a-z0-9_]*", struck))
    return {**below, "field": {name: each for name, each in fields.items() if name in named}}


def declare(source: Source, raw: Mapping[str, Any], built_in: bool) -> Declaration:
    """Return the declaration of a file's tables. Raises `FormatFileError`."""
    table = Table(source, raw)
    declaration = _declaration(source, raw, built_in)
    variants = {
        name: _declaration(replace(source, variant=name), _varied(source, raw, name), built_in)
        for name, _ in table.tables("variant")
    }
    own = Table(source, source.parse())
    _refuse_unused(own, (declaration, *variants.values()))
    for name, overlay in own.tables("variant"):
        _refuse_unused(overlay, (variants[name],))
    return declaration


def _refuse_unused(own: Table, declarations: Iterable[Declaration]) -> None:
    """Refuse what the user described and no line has: it is a slip of the pen."""
    rules = [rule for declaration in declarations for rule in declaration.events]
    fields = {name for rule in rules for name in rule.names}
    for name in own.table("field").values:
        if name not in fields:
            raise own.table("field").error(name, "no event uses this field in a line")
    words = {
        piece.text
        for rule in rules
        for line in rule.lines
        for piece in pieces(line)
        if piece.kind == "literal"
    }
    for name in own.table("literal").values:
        if name not in words:
            found = ", ".join(sorted(words)) or "none"
            raise own.table("literal").error(
                name, f"no line has this word between blanks and elements; it finds: {found}"
            )


def _varied(source: Source, raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    overlay = Table(source, raw).table("variant").table(name)
    if not _NAME.fullmatch(name) or name == FULL:
        raise overlay.error("", f"{name!r} cannot name a variant: small letters, not {FULL!r}")
    own = {key: value for key, value in overlay.values.items() if key != "doc"}
    for key in ("name", "extends", "variant", "title"):
        if key in own:
            raise overlay.error(key, "a variant cannot change this")
    return _laid_over(raw, own)


def _apply_variant(
    source: Source,
    raw: Mapping[str, Any],
    built_in: bool,
    declaration: Declaration,
    options: Mapping[str, str],
) -> Declaration:
    chosen = options.get("variant", FULL)
    if chosen == FULL:
        return declaration
    return _declaration(replace(source, variant=chosen), _varied(source, raw, chosen), built_in)


def _declaration(source: Source, raw: Mapping[str, Any], built_in: bool) -> Declaration:
    table = Table(source, raw).only(*_KEYS)
    name = table.text("name")
    if not is_name(name):
        raise table.error("name", f"{name!r} cannot name a format: {NAMES}")
    if len(table.table("field").values) > _MOST_FIELDS:
        raise table.error("field", f"more than {_MOST_FIELDS} fields are too many for a mark")
    symbols = {key: literal(entry, key, True) for key, entry in _symbol_tables(table)}
    shared = Shared(
        fields=table.table("field"),
        window=window(table, "year_window") if "year_window" in table else None,
        separators=separators(table, (" ",)),
        symbols=symbols,
        literals={key: _word(entry, key) for key, entry in table.tables("literal")},
        choices=separator_choices(table),
    )
    events = tuple(event_rule(entry, kind, shared) for kind, entry in table.tables("event"))
    # The mark of manufacture is the default where there is one, whatever a variant merges last.
    events = tuple(sorted(events, key=lambda rule: rule.kind != "manufacture"))
    if not 1 <= len(events) <= _MOST_EVENTS:
        raise table.error("event", f"a format needs 1 to {_MOST_EVENTS} events")
    status = table.text("status", "")
    if status not in ("", "provisional"):
        raise table.error("status", f"{status!r} is not known; the only status is provisional")
    return Declaration(
        name=name,
        title=_title(table),
        source=table.text("source"),
        summary=table.text("summary"),
        events=events,
        options=tuple(options(table, events)),
        requirements=_requirements(table),
        countries=_countries(table),
        in_force=table.date("in_force"),
        ended=_ended(table),
        provisional=_status_note(table) if status else {},
        separators=shared.separators,
        check_over=check_over(table, events),
        check=check(table, events),
        covers=covers(table, events),
        symbols=symbols,
        literals=shared.literals,
        emblems=_emblems(table),
        files=Elements() if built_in else Elements({source.file_name: source.raw}),
        specialise=partial(_apply_variant, source, raw, built_in) if "variant" in table else None,
    )


@cache
def _standard_symbols() -> Source:
    raw = pkgutil.get_data("markcode.declaring", "symbols.toml")
    assert raw is not None
    return Source("symbols.toml", raw)


def _symbol_tables(table: Table) -> Iterator[tuple[str, Table]]:
    """Yield the symbols that all formats have, then the file's own."""
    standard = _standard_symbols()
    own = table.table("symbol")
    for name, values in standard.parse().items():
        if name not in own:
            yield name, Table(standard, values, (name,))
    for name, entry in table.tables("symbol"):
        if not re.fullmatch("[A-Z][A-Z0-9-]{0,23}", name):
            raise entry.error("", f"{name!r} cannot name a symbol: capitals, digits, hyphens")
        yield name, entry.only("text", "spellings", "outline")


def _word(entry: Table, name: str) -> Literal:
    entry.only("spellings", "ignore_case", "evidence", "source", "note")
    return literal(entry, name, False)


def _emblems(table: Table) -> dict[str, tuple[str, ...]]:
    outlines = {name: _outline(entry) for name, entry in table.tables("symbol")}
    return {name: outline for name, outline in outlines.items() if outline}


def _outline(table: Table) -> tuple[str, ...]:
    paths = table.texts("outline")
    for number, path in enumerate(paths, start=1):
        if not _OUTLINE.fullmatch(path):
            raise table.error(
                "outline", f'path {number} is no polygon such as "M 0 0 L 100 0 L 50 80 Z"'
            )
    return paths


def _ended(table: Table) -> datetime.date | None:
    begun, ended = table.date("in_force"), table.date("ended")
    if begun is not None and ended is not None and ended < begun:
        raise table.error("ended", f"{ended} is before in_force, {begun}")
    return ended


def _title(table: Table) -> dict[str, str]:
    titles = table.table("title").only(*_LANGUAGES)
    if not titles.values:
        raise table.error("title", "a title in at least one of en, es, pt, fr is needed")
    return {language: titles.text(language) for language in _LANGUAGES if language in titles}


def _status_note(table: Table) -> dict[str, str]:
    """Return why a format is provisional: a text, or a table of texts by language."""
    if not isinstance(table.values.get("status_note"), dict):
        return {"en": table.text("status_note")}
    notes = table.table("status_note").only(*_LANGUAGES)
    return {language: notes.text(language) for language in _LANGUAGES if language in notes}


def _requirements(table: Table) -> Requirements:
    return Requirements(
        height_nm=table.length("height"),
        depth_nm=table.length("depth"),
        parts=table.texts("parts"),
        source=table.text("size_source", ""),
        depth_from=table.date("depth_from"),
    )


def _countries(table: Table) -> tuple[str, ...]:
    codes = table.texts("countries")
    for code in codes:
        if not countries.is_assigned(code):
            raise table.error("countries", f"{code!r} is no assigned alpha-2 code of ISO 3166-1")
    return codes
