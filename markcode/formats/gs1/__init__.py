"""GS1 keys on arms: element strings for a GS1 symbol, or a GS1 Digital Link URI.

An arm is named by exactly one key: GTIN with serial number (AI 01 and 21), GIAI (8004), GRAI with
its serial part (8003), or CPID with serial number (8010 and 8011). Country of origin, the number of
its frame and the like may stand beside it, as the associations of the GS1 General Specifications
allow. AIs that an arm does not need are judged too, and told as such. Sources: GS1 General
Specifications; GS1 Barcode Syntax Dictionary; GS1 Digital Link: URI Syntax.

>>> DECLARATION.syntax.write({"gtin": "09521234543213", "serial": "A7", "country": "170"})
('(01)09521234543213(21)A7(422)170', Payload(data='010952123454321321A7\\x1d422170', gs1=True))
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from markcode.declaration import Declaration, EventRule, Option, Unique
from markcode.errors import ProfileError
from markcode.formats.gs1 import digital_link
from markcode.formats.gs1.arms import ELEMENTS, KEYS
from markcode.formats.gs1.operations import (
    bracketed_to_element_string,
    digital_link_to_element_string,
    element_string_to_bracketed,
    element_string_to_digital_link,
    has_character_set,
    has_check_digit,
    has_check_pair,
    is_cpid_serial,
    is_date,
    is_element_string,
    keeps_associations,
    scan_data,
)
from markcode.formats.gs1.syntax import Syntax

__all__ = [
    "DECLARATION",
    "Syntax",
    "bracketed_to_element_string",
    "digital_link_to_element_string",
    "element_string_to_bracketed",
    "element_string_to_digital_link",
    "has_character_set",
    "has_check_digit",
    "has_check_pair",
    "is_cpid_serial",
    "is_date",
    "is_element_string",
    "keeps_associations",
    "scan_data",
]


def _apply(declaration: Declaration, options: Mapping[str, str]) -> Declaration:
    stem = options["host"].removesuffix("/")
    if not digital_link.is_stem(stem):
        raise ProfileError(
            f"gs1: option host={options['host']!r} cannot stand before the key of a link: give "
            "scheme and domain, such as https://id.example.com"
        )
    is_link = options["syntax"] == "digital-link"
    rule = declaration.events[0]
    if is_link:
        rule = replace(rule, lines=(f"{stem}/01/{{gtin}}/21/{{serial}}",))
    return replace(declaration, events=(rule,), syntax=Syntax(is_link, stem))


DECLARATION = Declaration(
    name="gs1",
    title={
        "en": "GS1 keys: element strings and Digital Link",
        "es": "Claves GS1: cadenas de elementos y Digital Link",
        "pt": "Chaves GS1: cadeias de elementos e Digital Link",
        "fr": "Clés GS1 : chaînes d'éléments et Digital Link",
    },
    source="GS1 General Specifications; Barcode Syntax Dictionary; Digital Link: URI Syntax",
    summary="(01)GTIN(21)serial, (8004)GIAI, (8003)GRAI or (8010)CPID(8011)serial, or as a link.",
    events=(
        EventRule(
            kind="manufacture",
            elements=ELEMENTS,
            lines=("(01){gtin}(21){serial}",),
            unique=tuple(Unique(elements=elements) for elements in KEYS.values()),
            recognisable=True,
            source="GS1 General Specifications: keys that suit a single arm or part",
        ),
    ),
    options=(
        Option(
            key="syntax",
            values=("element-string", "digital-link"),
            default="element-string",
            doc="what symbol and text hold: element strings, or a web address",
        ),
        Option(
            key="host",
            default=digital_link.CANONICAL_HOST,
            doc="what stands before the key of a link: scheme, domain, further segments",
        ),
    ),
    syntax=Syntax(),
    specialise=_apply,
)
