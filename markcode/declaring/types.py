"""The tables ``[field.NAME]`` of a format file as field types."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from markcode.declaring.table import Table
from markcode.fields import (
    AnyCountry,
    Choice,
    Country,
    CountryCode,
    CountryName,
    Entity,
    Literal,
    Text,
    Year,
)
from markcode.notation import DIGITS, UPPER, read_length, read_window

__all__ = ["KEYS", "alphabet", "field_type", "literal", "window"]

MOST_LENGTH = 200
_MOST_CHARACTERS = 1_000
_STARS = "☆✩✪✫✬✭✮✯✰✱✲✶∗⁎*★"

KEYS = {
    "text": ("alphabet", "length", "must", "mask"),
    "country": ("form",),
    "year": ("digits", "window", "roman"),
    "choice": ("values", "open", "alphabet", "length"),
    "entity": ("alphabet", "length"),
}
"""The keys that each type has beside those that all fields share."""


def field_type(table: Table, default_window: tuple[int, int] | None) -> Text:
    """Return the type that a field's table describes. Raises `FormatFileError`."""
    match table.one_of("type", tuple(KEYS)):
        case "text":
            return _text(table)
        case "country":
            return _country(table)
        case "year":
            return _year(table, default_window)
        case "choice":
            return _choice(table)
        case _:
            least, most = _lengths(table, "1-12")
            characters = alphabet(table, "alphabet", DIGITS + UPPER + "-")
            if not {"<", ">"}.isdisjoint(characters):
                raise table.error("alphabet", "an id stands between < and >, and cannot hold them")
            return Entity(alphabet=characters, least=least, most=most)


def alphabet(table: Table, key: str, default: str | None = None) -> str:
    """Return the characters of an alphabet such as ``0-9A-Z-``: ranges, single characters.

    A hyphen that is first or last stands for itself.
    """
    if key not in table and default is not None:
        return default
    notation = table.text(key)
    try:
        return _characters(notation)
    except ValueError as fault:
        raise table.error(key, str(fault)) from None


@lru_cache(maxsize=256)
def _characters(notation: str) -> str:
    """Return the characters of an alphabet. Raises ValueError that says what is wrong with it."""
    characters: dict[str, None] = {}
    at = 0
    while at < len(notation):
        first = last = notation[at]
        if notation[at + 1 : at + 2] == "-" and at + 2 < len(notation):
            last = notation[at + 2]
            at += 2
        at += 1
        span = range(ord(first), ord(last) + 1)
        if not span:
            raise ValueError(f"the range {first}-{last} runs backwards")
        if len(span) + len(characters) > _MOST_CHARACTERS:
            raise ValueError(f"an alphabet has at most {_MOST_CHARACTERS:,} characters")
        characters |= dict.fromkeys(map(chr, span))
    if not characters:
        raise ValueError("an alphabet needs at least one character")
    for character in characters:
        if not character.isprintable() or character in "{}":
            raise ValueError(f"U+{ord(character):04X} cannot be part of a mark")
    return "".join(characters)


def _lengths(table: Table, default: str | None = None) -> tuple[int, int]:
    text = table.text("length", default)
    least, most = read_length(text) or (0, 0)
    if not 1 <= least <= most <= MOST_LENGTH:
        raise table.error(
            "length", f'{text!r} is no length such as "5" or "1-12", {MOST_LENGTH} at most'
        )
    return least, most


def _text(table: Table) -> Text:
    characters = alphabet(table, "alphabet")
    least, most = _lengths(table)
    must = alphabet(table, "must") if "must" in table else ""
    if must and not set(must) & set(characters):
        raise table.error("must", "none of these characters is in the alphabet")
    within = set(characters)
    must = "".join(c for c in must if c in within)
    if must == characters:
        must = ""
    if " " in characters and set(characters) == {" "}:
        raise table.error("alphabet", "an element of blanks only cannot be seen")
    return Text(alphabet=characters, least=least, most=most, must=must, mask=table.text("mask", ""))


def _country(table: Table) -> Text:
    forms: dict[str, Any] = {
        "alpha-2": Country,
        "alpha-3": lambda: CountryCode(form="alpha-3"),
        "numeric": lambda: CountryCode(form="numeric"),
        "code": lambda: CountryCode(form="letters"),
        "name": CountryName,
        "any": AnyCountry,
    }
    made: Text = forms[table.one_of("form", tuple(forms), "alpha-2")]()
    return made


def _year(table: Table, default_window: tuple[int, int] | None) -> Year:
    digits = table.numbers("digits", (2,))
    if len(set(digits)) != len(digits) or not set(digits) <= {2, 4}:
        raise table.error("digits", "a year has 2 digits, 4 digits, or both: [2, 4]")
    span = window(table, "window") if "window" in table else default_window
    return Year(digits=digits, window=span if 2 in digits else None, roman=table.flag("roman"))


def window(table: Table, key: str) -> tuple[int, int] | None:
    """Return the first and last year that two digits can mean; None for ``none``."""
    text = table.text(key)
    if text == "none":
        return None
    span = read_window(text)
    if span is None:
        raise table.error(
            key, f'{text!r} is no window of at most a hundred years such as "1950-2049", nor "none"'
        )
    return span


def _choice(table: Table) -> Choice:
    listed = table.values.get("values")
    if isinstance(listed, dict):
        named = table.table("values")
        codes = {code: named.text(code) for code in named.values}
    else:
        codes = dict.fromkeys(table.texts("values"), "")
    if not codes:
        raise table.error("values", "a choice needs at least one value")
    for code in codes:
        if not code or not code.isprintable() or code != code.strip() or len(code) > 40:
            raise table.error("values", f"{code!r} cannot be a code: 1 to 40 printable characters")
    if not table.flag("open"):
        for key in ("alphabet", "length"):
            if key in table:
                raise table.error(key, "only an open choice needs this: add open = true")
        return Choice(codes=codes)
    shortest, longest = min(map(len, codes)), max(map(len, codes))
    least, most = _lengths(table, f"{shortest}-{longest}")
    if not least <= shortest <= longest <= most:
        raise table.error("length", "the values that are listed are longer or shorter than this")
    return Choice(
        codes=codes,
        alphabet=alphabet(table, "alphabet", "".join(codes)),
        least=least,
        most=most,
        open=True,
    )


def literal(table: Table, name: str, symbol: bool) -> Literal:
    """Return a table ``[symbol.NAME]`` or ``[literal.TEXT]`` as the field type."""
    text = table.text("text", f"<{name}>") if symbol else name
    _refuse_long(table, "text" if "text" in table else "", text)
    spellings = table.texts("spellings")
    for spelling in spellings:
        _refuse_long(table, "spellings", spelling)
    near = "".join(c for c in _STARS if c not in (text, *spellings)) if text == "*" else ""
    return Literal(
        spellings=tuple(dict.fromkeys((text, *spellings))),
        near=near,
        ignore_case=table.flag("ignore_case"),
        symbol=name if symbol else None,
    )


def _refuse_long(table: Table, key: str, text: str) -> None:
    if not text or len(text) > 40 or " " in text or not text.isprintable():
        raise table.error(key, f"{text!r} is not 1 to 40 characters without blanks")
