"""What a file fixes or leaves to whoever uses the format: check, separator, lengths, variant."""

from __future__ import annotations

from collections.abc import Iterator

from markcode.declaration import EventRule, Option
from markcode.declaring.table import Table
from markcode.fields import Text
from markcode.layout import CHECK, SEPARATORS, Piece, pieces

__all__ = ["FULL", "check", "check_over", "covers", "options", "separator_choices"]

FULL = "full"
"""The variant that a file describes before any ``[variant.NAME]`` is laid over it."""

_MOST_VARIANTS = 12


def check_over(table: Table, events: tuple[EventRule, ...]) -> tuple[str, ...]:
    """Return what a check may cover, the default first. Raises `FormatFileError`, as all here."""
    has_serial = any("serial" in rule.names for rule in events)
    listed = table.texts("check_over", ("serial",) if has_serial else ())
    for what in listed:
        if what not in ("mark", "serial"):
            raise table.error("check_over", f"{what!r}: a check covers the mark or the serial")
        if what == "serial" and not has_serial:
            raise table.error("check_over", "no event has an element named serial")
    if "mark" not in listed:
        for _, entry in table.tables("event"):
            lines = entry.texts("lines")
            if any(piece.text == CHECK for line in lines for piece in _elements(line)):
                raise entry.error(
                    "lines", 'a {check} in a line covers the mark: add check_over = ["mark"]'
                )
    return listed


def _elements(line: str) -> Iterator[Piece]:
    return (piece for piece in pieces(line) if piece.kind == "element")


def check(table: Table, events: tuple[EventRule, ...]) -> str | None:
    """Return the check system that the format fixes, if any: one that always has what to cover."""
    if "check" not in table:
        return None
    from markcode import checks

    name = table.one_of("check", checks.names())
    if "mark" not in table.texts("check_over"):
        raise table.error("check", 'a check of the format covers the mark: check_over = ["mark"]')
    known = set(checks.get(name).alphabet)
    listed = covers(table, events)
    for rule in events:
        covered = [e for e in rule.elements if e.struck and (not listed or e.name in listed)]
        for element in covered:
            if known.isdisjoint(element.type.alphabet):
                raise table.error("check", f"{name} knows no character of {element.name}")
        if not rule.needed and not any(element.required for element in covered):
            raise table.error(
                "check", f"at the event {rule.kind} there may be nothing that the check covers"
            )
    return name


def covers(table: Table, events: tuple[EventRule, ...]) -> tuple[str, ...]:
    """Return the elements that a check over the mark covers, in order; none: all of the line."""
    listed = table.texts("covers")
    known = {name for rule in events for name in rule.names}
    for name in listed:
        if name not in known:
            raise table.error("covers", f"no event has an element {name!r}")
        if listed.count(name) > 1:
            raise table.error("covers", f"{name!r} stands twice")
    return listed


def separator_choices(table: Table) -> tuple[str, ...]:
    """Return the names of the separators that the user may choose from."""
    choices = table.texts("separator_options")
    for choice in choices:
        if choice not in SEPARATORS:
            raise table.error("separator_options", f"{choice!r} is none of {', '.join(SEPARATORS)}")
        if choices.count(choice) > 1:
            raise table.error("separator_options", f"{choice!r} stands twice")
    if choices and "separator" in table:
        raise table.error(
            "separator", "separator_options leaves the separator to the user: take one of the two"
        )
    return choices


def options(table: Table, events: tuple[EventRule, ...]) -> Iterator[Option]:
    """Yield the options of ``--option``."""
    choices = separator_choices(table)
    variants = dict(table.tables("variant"))
    if len(variants) > _MOST_VARIANTS:
        raise table.error("variant", f"more than {_MOST_VARIANTS} variants")
    if variants:
        docs = [f"{name}: {entry.text('doc')}" for name, entry in variants.items()]
        yield Option(key="variant", values=(FULL, *variants), default=FULL, doc="; ".join(docs))
    if choices:
        yield Option(
            key="separator",
            values=choices,
            default=choices[0],
            doc="what stands between elements; blanks and line breaks are always read",
        )
    elements = [element for rule in events for element in rule.elements]
    if any(element.is_number and element.type.least == 2 for element in elements):
        yield Option(
            key="year_window", doc="years that two digits can mean, such as 1930-2029, or none"
        )
    readable = {e.name for rule in events if rule.readable for e in rule.elements}
    for name in dict.fromkeys(e.name for e in elements if _has_open_length(e.type)):
        if name in readable or name in ("serial", "number"):
            yield Option(
                key=f"length.{name}", doc=f"length of the {name}: a number, or a range 2-4"
            )


def _has_open_length(form: Text) -> bool:
    return form.has_own_alphabet and not form.is_fixed
