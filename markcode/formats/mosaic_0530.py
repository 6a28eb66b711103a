"""MOSAIC 05.30, Marking and recordkeeping: the only international standard with an order of fields.

A mark of manufacture is country, maker, year, model, serial number and calibre, in this order. The
masks that the source draws are illustrations, not lengths; the separator is not shown, so it is an
option here. Import needs country and year. What a mark of transfer, confiscation or deactivation
holds was not seen: those events are provisional.

Source: the standard's own training slides (instruments.md section 3).

>>> from markcode import Firearm, get_format
>>> fmt = get_format("mosaic-0530", check="iso7064-mod37-36")
>>> fmt.encode(Firearm(
...     country="CO", manufacturer="INDU", year=2026, model="07", serial="01238", calibre="09"
... )).text
'CO INDU 26 07 01238 09 R'
>>> [finding.code for finding in fmt.verify("CO INDU 26 07 01283 09 R").findings]
['check.mismatch', 'check.boundaries_unprotected']
"""

from __future__ import annotations

from markcode.declaration import Declaration, Element, EventRule, Evidence, Option, Owner, Unique
from markcode.fields import DIGITS, UPPER, Country, Text, Year

__all__ = ["DECLARATION"]

_ORDER = "MOSAIC 05.30, manufacture mark, recommended content in this order"
_IMPORT = "MOSAIC 05.30, import mark"
_UNSEEN = "not seen; likely country and year, and a serial number if missing"
_CHARACTERS = DIGITS + UPPER + ".-"

# The first year of the scheme: ISACS 05.30, from which MOSAIC 05.30 comes (instruments.md 15).
_SCHEME_START = 2012


def _text(mask: str, most: int) -> Text:
    return Text(alphabet=_CHARACTERS, most=most, mask=mask, must=DIGITS + UPPER)


_SERIAL = _text("99999", 32)


def _ordered(name: str, form: Text) -> Element:
    return Element(name=name, type=form, source=_ORDER)


_MANUFACTURE = EventRule(
    kind="manufacture",
    elements=(
        _ordered("country", Country()),
        _ordered("manufacturer", _text("XXXX", 32)),
        _ordered("year", Year(window=(1950, 2049))),
        _ordered("model", _text("99", 24)),
        _ordered("serial", _SERIAL),
        _ordered("calibre", _text("99", 16)),
    ),
    lines=("{country} {manufacturer} {year} {model} {serial} {calibre}",),
    unique=(
        Unique(elements=("country", "manufacturer", "serial", "model", "calibre")),
        Unique(
            elements=("country", "manufacturer", "serial"),
            code="duplicate.serial",
            severity="warning",
            distinct=("model", "calibre"),
        ),
    ),
    recognisable=True,
    source=_ORDER,
)


def _secondary(kind: str, evidence: Evidence, source: str) -> EventRule:
    """Return a later mark: country and year of the event, and a serial where the arm has none."""
    window = (_SCHEME_START, _SCHEME_START + 99)

    def element(name: str, form: Text, owner: Owner = "event", required: bool = True) -> Element:
        return Element(
            name=name, type=form, owner=owner, required=required, evidence=evidence, source=source
        )

    return EventRule(
        kind=kind,
        elements=(
            element("country", Country()),
            element("year", Year(window=window)),
            element("serial", _SERIAL, "firearm", required=False),
        ),
        lines=("{country} {year} {serial?}",),
        unique=(Unique(elements=("country", "serial")),),
        provisional=evidence == "U",
        source=source,
    )


DECLARATION = Declaration(
    name="mosaic-0530",
    title={
        "en": "MOSAIC 05.30 mark",
        "es": "Marca MOSAIC 05.30",
        "pt": "Marca MOSAIC 05.30",
        "fr": "Marque MOSAIC 05.30",
    },
    source="MOSAIC 05.30 (formerly ISACS 05.30), Marking and recordkeeping, training slides",
    summary="One ordered line: country, maker, year, model, serial number, calibre.",
    events=(
        _MANUFACTURE,
        _secondary("import", "C", _IMPORT),
        _secondary("transfer", "U", _UNSEEN),
        _secondary("confiscation", "U", _UNSEEN),
        _secondary("deactivation", "U", _UNSEEN),
    ),
    options=(
        Option(
            key="separator",
            values=("space", "line", "slash"),
            default="space",
            doc="what stands between elements; blanks and line breaks are always read",
        ),
        Option(key="year_window", doc="years that two digits can mean, such as 1930-2029, or none"),
        *(
            Option(key=f"length.{name}", doc=f"length of the {name}: a number, or a range 2-4")
            for name in ("manufacturer", "model", "serial", "calibre")
        ),
    ),
    check_over=("mark", "serial"),
)
