"""Every event of every format, from data to a picture and back.

Marks are made of sampled data, drawn with their symbol as PNG and as SVG (which another program
turns into dots), read from the picture, and what was read is verified against the data, as is the
struck text.

What stands outside that is in `UNDRAWN` and `NO_SYMBOL`, each with its reason; tests at the end
fail if one of them is needed no more, or if there is a further one.
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PIL import Image

import markcode
from markcode import Event, Firearm, Format, Marking, Payload, get_format, list_formats
from markcode.declaration import EventRule
from markcode.errors import SymbolError
from markcode.fields import AnyCountry, CountryName, Text
from markcode.reading import read
from markcode.strategies import sample
from markcode.symbols import Symbol, drawing, emblems, glyphs, make, png, svg

resvg_py = pytest.importorskip("resvg_py")

UNDRAWN = {
    "lower case": ("abcdefghijklmnopqrstuvwxyz", "the letters that are drawn are capitals"),
    "accents": ("ÀÉÑÕØÞáçñœŠžț", "no outline of a Latin letter beyond A-Z"),
    "Greek and Cyrillic": ("ΆΩάωЀЖяџ", "no outline of a letter of another script"),
    "signs of GS1": ('!"%;<=>?_', "characters of CSET 82 beyond those of marks"),
    "signs of addresses": ("ºª°", "an importer's address (CIFTA) goes into a symbol only"),
    "multiplication sign": ("×", "a calibre such as 7.62×39 is drawn with an X"),
}
"""Characters that a format takes and no mark can be drawn with: a mark that holds one is read from
a picture of its symbol alone, and its text is verified as it stands."""

NO_SYMBOL = {
    ("gs1", "qr"): "a QR Code is written without FNC1: the Digital Link goes in",
}
"""Payloads that a symbology cannot hold, and what goes in instead. Short element strings of gs1 are
drawn as gs1-128 too."""

DPI = 300
HEIGHT_NM, MODULE_NM = 2_000_000, 508_000
"""A module of 508,000 nm is six dots at 300 dpi."""


def cases() -> Iterator[tuple[str, str, str]]:
    for name in list_formats():
        variants = [o.values for o in get_format(name).declaration.options if o.key == "variant"]
        for variant in variants[0] if variants else ("",):
            for kind in opened(name, variant).events:
                yield name, variant, kind


def opened(name: str, variant: str) -> Format:
    return get_format(name, options={"variant": variant} if variant else None)


def is_drawable(lines: tuple[str, ...]) -> bool:
    pieces = [piece for line in lines for piece in emblems.pieces(line)]
    return all(emblems.emblem(p) is not None or glyphs.is_drawable(p) for p in pieces)


def in_drawn_letters(fmt: Format) -> Format:
    """Return the format with what free text may hold cut down to the characters that are drawn."""

    def cut(form: Text) -> Text:
        if not form.has_own_alphabet:
            return form
        alphabet = "".join(c for c in form.alphabet if glyphs.is_drawable(c))
        must = "".join(c for c in form.must if glyphs.is_drawable(c))
        return replace(form, alphabet=alphabet, must=must)

    def narrowed(rule: EventRule) -> EventRule:
        elements = tuple(replace(element, type=cut(element.type)) for element in rule.elements)
        return replace(rule, elements=elements)

    events = tuple(map(narrowed, fmt.declaration.events))
    return replace(fmt, declaration=replace(fmt.declaration, events=events))


def in_capitals(fmt: Format, kind: str, arm: Firearm, event: Event) -> tuple[Firearm, Event]:
    """Return the data with names of countries in capitals, which the formats take alike."""
    values = {e.name: e.of(arm, event) for e in fmt.elements(kind)}
    for element in fmt.elements(kind):
        value = values[element.name]
        if isinstance(element.type, (AnyCountry, CountryName)) and isinstance(value, str):
            values[element.name] = value.upper()
    return fmt.rule(kind).arm({name: value for name, value in values.items() if value is not None})


def drawable(fmt: Format, kind: str, seed: str) -> tuple[Firearm, Event]:
    """Return data whose mark can be drawn."""
    rng, narrow = random.Random(seed), in_drawn_letters(fmt)
    for _ in range(50):
        arm, event = in_capitals(fmt, kind, *sample(narrow, rng.randrange, kind))
        if is_drawable(fmt.encode(arm, event, accept_provisional=True).drawn_lines):
            return arm, event
    raise AssertionError(f"no mark of {fmt.name} {kind} can be drawn")


def drawn_with(fmt: Format, symbology: str, marking: Marking) -> tuple[str | Payload, Symbol]:
    """Return what goes into the symbol, and the symbol."""
    content: str | Payload = marking.payload
    if (fmt.name, symbology) in NO_SYMBOL:
        content = str(fmt.verify(marking.payload).data["digital_link"])
    return content, make(symbology, content)


def from_png(lines: tuple[str, ...], drawn: Symbol) -> Payload:
    made = png.to_png(lines, drawn, height_nm=HEIGHT_NM, module_nm=MODULE_NM, dpi=DPI)
    (scan,) = read(Image.open(io.BytesIO(made.bytes)))
    return scan.payload


def from_svg(lines: tuple[str, ...], drawn: Symbol) -> Payload:
    made = drawing.draw(lines, drawn, height_nm=HEIGHT_NM, module_nm=MODULE_NM)
    dots = resvg_py.svg_to_bytes(svg_string=svg.to_svg(made), dpi=DPI, background="white")
    (scan,) = read(Image.open(io.BytesIO(bytes(dots))))
    return scan.payload


def said(fmt: Format, kind: str, arm: Firearm, event: Event) -> dict[str, str | int]:
    """Return the elements that a mark says, by name; those of the unstruck record are none."""
    rule = fmt.rule(kind)
    values = {e.name: e.of(arm, event) for e in rule.elements if rule.carries(e)}
    return {name: value for name, value in values.items() if value is not None}


def expect(fmt: Format, kind: str, arm: Firearm, event: Event, read: str | Payload) -> None:
    """Hold a payload and the struck text against the data that they were made of."""
    marking = fmt.encode(arm, event, accept_provisional=True)
    given = said(fmt, kind, arm, event)
    (parsed,) = fmt.readings(read, kind)
    back = said(fmt, kind, parsed.firearm, parsed.event)
    if fmt.declaration.syntax is None:
        assert back == given
    else:  # of several keys the mark says one
        assert back.items() <= given.items()
        assert sum(set(key) <= set(back) for key in fmt.declaration.syntax.keys) == 1
    is_open = fmt.is_provisional(kind) or any(e.untested for e in fmt.elements(kind))
    verdict = "undetermined" if is_open else "valid"
    texts = [fmt.verify(read, kind), markcode.verify(marking.text, fmt, read, event=kind)]
    if not fmt.text_is_opaque(kind):
        texts.append(fmt.verify(marking.text, kind))
        assert parsed in fmt.readings(marking.text, kind)
    for report in texts:
        assert report.verdict == verdict, report
        assert {finding.severity for finding in report.findings} <= {"info"}
        assert (report.format, report.event) == (fmt.name, kind)


CASES = list(cases())
IDS = [" ".join(filter(None, case)) for case in CASES]


def test_the_formats_are_all_there() -> None:
    assert len({name for name, _, _ in CASES}) == 28


@pytest.mark.parametrize(("name", "variant", "kind"), CASES, ids=IDS)
def test_a_drawn_mark_is_read_from_its_picture(name: str, variant: str, kind: str) -> None:
    fmt = opened(name, variant)
    for number, symbology in enumerate(("datamatrix", "qr")):
        arm, event = drawable(fmt, kind, f"{name} {variant} {kind} {number}")
        marking = fmt.encode(arm, event, accept_provisional=True)
        content, symbol = drawn_with(fmt, symbology, marking)
        for picture in (from_png, from_svg):
            payload = picture(marking.drawn_lines, symbol)
            assert payload == (content if isinstance(content, Payload) else Payload(content))
            expect(fmt, kind, arm, event, payload)


@pytest.mark.parametrize(("name", "variant", "kind"), CASES, ids=IDS)
def test_any_mark_is_read_from_its_symbol(name: str, variant: str, kind: str) -> None:
    """Here also what cannot be drawn: the symbol holds it, and stands in the picture alone."""
    fmt = opened(name, variant)
    choose = random.Random(f"{name} {variant} {kind}").randrange
    for symbology in ("datamatrix", "qr"):
        arm, event = sample(fmt, choose, kind)
        marking = fmt.encode(arm, event, accept_provisional=True)
        _, symbol = drawn_with(fmt, symbology, marking)
        expect(fmt, kind, arm, event, from_png((), symbol))


def test_element_strings_are_read_from_gs1_128() -> None:
    fmt = get_format("gs1")
    choose = random.Random("gs1-128").randrange
    drawn = 0
    while drawn < 10:
        arm, event = sample(fmt, choose)
        payload = fmt.encode(arm, event).payload
        try:
            symbol = make("gs1-128", payload)
        except SymbolError:  # an element string of more than 48 characters
            continue
        for picture in (from_png, from_svg):
            found = picture((), symbol)
            assert found == payload
            expect(fmt, "manufacture", arm, event, found)
        drawn += 1


# The exceptions -------------------------------------------------------------------------------


@pytest.mark.parametrize("characters", [c for c, _ in UNDRAWN.values()], ids=UNDRAWN)
def test_undrawn_characters_still_have_no_outline(characters: str) -> None:
    drawn = [character for character in characters if glyphs.is_drawable(character)]
    assert not drawn, "these can be drawn now: take them out of UNDRAWN"


def test_every_undrawn_character_of_every_format_is_told() -> None:
    known = "".join(characters for characters, _ in UNDRAWN.values())
    missing: set[str] = set()
    for name, variant, kind in CASES:
        for element in opened(name, variant).elements(kind):
            missing |= {c for c in element.type.alphabet if not glyphs.is_drawable(c)}
    # Of letters beyond ASCII the table shows a few.
    odd = {character for character in missing if character.isascii() or not character.isalpha()}
    assert odd <= set(known)
    assert all(any(c in missing for c in characters) for characters, _ in UNDRAWN.values())


@pytest.mark.parametrize(("name", "symbology"), NO_SYMBOL)
def test_a_payload_without_a_symbol_has_none_still(name: str, symbology: str) -> None:
    fmt = get_format(name)
    marking = fmt.encode(*sample(fmt, random.Random(name).randrange))
    with pytest.raises(SymbolError):
        make(symbology, marking.payload)
