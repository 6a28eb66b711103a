"""United States: marks of licensees on firearms (27 CFR 478.92), and on privately made firearms.

The regulation lists what the frame or receiver bears, and where; the lines stand apart and have no
labels, so struck text cannot be split again. Such a mark is read in its record form. A serial
number is Roman letters and Arabic numerals, hyphens allowed, with at least one digit. Licensees may
start it with the first three and last five digits of their licence and a hyphen; on a privately
made firearm that is the rule.

Source: 27 CFR 478.92 as amended by rule 2021R-05F.

>>> from markcode import get_format
>>> get_format("us-pmf").verify("12345678-A1").verdict
'valid'
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from markcode.declaration import Declaration, Element, EventRule, Needed, Option, Owner, Unique
from markcode.fields import DIGITS, UPPER, Choose, CountryName, Fault, Text, Value
from markcode.model import Elements, Requirements
from markcode.notation import character_class
from markcode.reference import lookalikes

__all__ = ["PMF", "US_478_92"]

_LETTERS = UPPER + UPPER.lower()
_RULE = "27 CFR 478.92(a)(1)"
_PMF_RULE = "27 CFR 478.92(a)(2)"
_PREFIXED = "[0-9]{8}-.+"
_OF_CHARACTERS = ("element.alphabet", "element.case", "script.homoglyph")

_IN_FORCE = datetime.date(2022, 8, 24)  # rule 2021R-05F

_REQUIREMENTS = Requirements(
    height_nm=1_587_500,  # 1/16 in
    depth_nm=76_200,  # .003 in
    parts=("frame or receiver",),
    source="27 CFR 478.92(a)(1)(i), (v)",
)


@dataclass(frozen=True, kw_only=True)
class Serial(Text):
    """A serial number in the letters that the regulation allows."""

    alphabet: str = DIGITS + _LETTERS + "-"
    most: int = 40
    must: str = DIGITS

    def judge(self, token: str, year: int | None = None) -> Iterator[Fault]:
        """Yield warnings for what the regulation does not list: lower case, stray hyphens."""
        lower = [at for at, character in enumerate(token) if character in UPPER.lower()]
        if lower:
            found = "".join(token[at] for at in lower)
            params = Elements(value=token, found=found, reading=token.upper())
            yield Fault("element.case", lower[0], lower[-1] + 1, params, "warning")
        if token.startswith("-") or token.endswith("-") or "--" in token:
            params = Elements(value=token, reason="hyphen")
            yield Fault("element.value", 0, len(token), params, "warning")

    def sample(self, choose: Choose) -> Value:
        """Return letters and digits, perhaps with a hyphen inside."""
        plain = "".join(c for c in self.alphabet if c in DIGITS + UPPER)
        text = str(Text.sample(replace(self, alphabet=plain), choose))
        if "-" not in self.alphabet or len(text) < 3 or not choose(2):
            return text
        at = 1 + choose(len(text) - 2)
        hyphened = text[:at] + "-" + text[at + 1 :]
        return hyphened if set(hyphened) & set(DIGITS) else text


@dataclass(frozen=True, kw_only=True)
class PrefixedSerial(Serial):
    """A serial number that starts with eight digits of the licence and a hyphen."""

    least: int = 10

    @property
    def always(self) -> str:
        """The hyphen after the prefix."""
        return "-"

    @property
    def pattern(self) -> str:
        """A regular expression for a token whose form fits."""
        least = max(1, self.least - 9)
        return f"[0-9]{{8}}-[{character_class(self.alphabet)}]{{{least},{self.most - 9}}}"

    def fault(self, token: str) -> Fault | None:
        """Return the first fault of form: a licence prefix holds digits only."""
        found = Text.fault(self, token)
        prefixed = re.match("[0-9]{8}-.", token, re.ASCII) is not None
        if prefixed or (found is not None and found.code in _OF_CHARACTERS):
            return found
        params = {"value": token, "reason": "prefix"}
        reading = _digits_read(token[:8])
        if reading is not None and token[8:9] == "-" and len(token) > 9:
            params["reading"] = reading + token[8:]
        return Fault("element.value", 0, len(token), Elements(params))

    def sample(self, choose: Choose) -> Value:
        """Return eight digits, a hyphen, and a serial number."""
        rest = replace(
            Serial(alphabet=self.alphabet), least=max(1, self.least - 9), most=self.most - 9
        )
        return f"{choose(10**8):08}-{rest.sample(choose)}"

    @property
    def doc(self) -> str:
        """One line that describes the element's form."""
        return "8 digits of the licence, a hyphen, then letters and digits"


def _digits_read(prefix: str) -> str | None:
    """Return the prefix with letters read as the digits that they resemble."""
    read = ""
    for character in prefix:
        others = character + lookalikes.alternatives(character.upper())
        digits = [other for other in others if other in DIGITS]
        if not digits:
            return None
        read += digits[0]
    return read if len(read) == 8 else None


@dataclass(frozen=True, kw_only=True)
class Licence(Text):
    """`FFL` and eight digits of a licence, as a licensee that adopts a serial number marks it."""

    alphabet: str = DIGITS + "FL"
    least: int = 11
    most: int = 11

    @property
    def pattern(self) -> str:
        """A regular expression for a token whose form fits."""
        return "FFL[0-9]{8}"

    def fault(self, token: str) -> Fault | None:
        """Return the first fault of form."""
        found = super().fault(token)
        if found is None and not re.fullmatch(self.pattern, token, re.ASCII):
            return Fault("element.value", 0, len(token), Elements(value=token, reason="licence"))
        return found

    def sample(self, choose: Choose) -> Value:
        """Return FFL and eight digits."""
        return f"FFL{choose(10**8):08}"

    @property
    def doc(self) -> str:
        """One line that describes the element's form."""
        return "FFL and 8 digits of the licence"


_NAME = Text(alphabet=DIGITS + _LETTERS + " &.,'-+/()", most=60, must=DIGITS + _LETTERS)
_PLACE = Text(alphabet=_LETTERS + " .'-", most=40, must=_LETTERS)
_MODEL = Text(alphabet=DIGITS + _LETTERS + " .-/+", most=40, must=DIGITS + _LETTERS)

_SERIAL = Element(name="serial", type=Serial(), source=_RULE)


def _licensee(name: str, owner: Owner) -> tuple[Element, ...]:
    """Return the elements that say who the licensee is and where."""
    optional = [("city", _PLACE), ("state", _PLACE), ("licence", Licence())]
    return (
        Element(name=name, type=_NAME, owner=owner, source=_RULE, note="the licensee"),
        *(
            Element(name=part, type=text, owner=owner, required=False, source=_RULE)
            for part, text in optional
        ),
    )


_DESCRIPTION = (
    Element(
        name="model",
        type=_MODEL,
        required=False,
        source=_RULE,
        note="if the arm has a designation",
    ),
    Element(name="calibre", type=_MODEL, source=_RULE, note="calibre or gauge"),
)

# City and State stand on the arm unless the serial number or the name carries the licence.
_PLACE_NEEDED = Needed(
    elements=("city", "state"),
    unless_present=("licence",),
    unless_pattern=("serial", _PREFIXED),
)

_MANUFACTURE = EventRule(
    kind="manufacture",
    elements=(_SERIAL, *_licensee("manufacturer", "firearm"), *_DESCRIPTION),
    lines=("{serial}", "{manufacturer} {licence?}", "{city?} {state?}", "{model?}", "{calibre}"),
    unique=(Unique(elements=("manufacturer", "serial")),),
    needed=(_PLACE_NEEDED,),
    readable=False,
    source=_RULE,
)

_IMPORT = EventRule(
    kind="import",
    elements=(
        _SERIAL,
        *_licensee("importer", "event"),
        Element(
            name="manufacturer",
            type=_NAME,
            required=False,
            source=_RULE,
            note="the foreign maker, when applicable",
        ),
        Element(name="country", type=CountryName(), source=_RULE),
        *_DESCRIPTION,
    ),
    lines=(
        "{serial}",
        "{importer} {licence?}",
        "{city?} {state?}",
        "{manufacturer?}",
        "{country}",
        "{model?}",
        "{calibre}",
    ),
    unique=(
        Unique(elements=("importer", "serial")),
        Unique(elements=("manufacturer", "serial")),
    ),
    needed=(_PLACE_NEEDED,),
    readable=False,
    source=_RULE,
)


def _apply_variant(declaration: Declaration, options: Mapping[str, str]) -> Declaration:
    """Narrow the rules to one of the ways in which a licensee may say who it is."""
    variant = options["variant"]
    if variant == "any":
        return declaration
    if variant == "place":
        return _changed(declaration, {}, (Needed(elements=("city", "state")),))
    if variant == "prefix":
        return _changed(declaration, {"serial": PrefixedSerial()}, ())
    return _changed(declaration, {}, (Needed(elements=("licence",)),))  # adopted


def _changed(
    declaration: Declaration, types: Mapping[str, Text], needed: tuple[Needed, ...]
) -> Declaration:
    events = tuple(
        replace(
            rule,
            needed=needed,
            elements=tuple(replace(e, type=types.get(e.name, e.type)) for e in rule.elements),
        )
        for rule in declaration.events
    )
    return replace(declaration, events=events)


_LENGTH = Option(key="length.serial", doc="length of the serial: a number, or a range 2-4")

US_478_92 = Declaration(
    name="us-478-92",
    title={
        "en": "Mark of a US licensee",
        "es": "Marca de un licenciatario de EE. UU.",
        "pt": "Marca de um licenciado dos EUA",
        "fr": "Marque d'un titulaire de licence des États-Unis",
    },
    source="27 CFR 478.92(a)(1), 479.102 (rule 2021R-05F)",
    countries=("US",),
    in_force=_IN_FORCE,
    summary="Lines apart: serial number, licensee, place or licence, model, calibre.",
    events=(_MANUFACTURE, _IMPORT),
    options=(
        Option(
            key="variant",
            values=("any", "place", "prefix", "adopted"),
            default="any",
            doc="how the licensee is told: city and State, licence prefix, adopted serial + FFL",
        ),
        _LENGTH,
    ),
    requirements=_REQUIREMENTS,
    specialise=_apply_variant,
)

PMF = Declaration(
    name="us-pmf",
    title={
        "en": "US mark on a privately made firearm",
        "es": "Marca de EE. UU. en un arma de fabricación privada",
        "pt": "Marca dos EUA em arma de fabricação privada",
        "fr": "Marque des États-Unis sur une arme de fabrication privée",
    },
    source="27 CFR 478.92(a)(2) (rule 2021R-05F)",
    countries=("US",),
    in_force=_IN_FORCE,
    summary="A serial number that starts with the licence prefix and a hyphen.",
    events=(
        EventRule(
            kind="manufacture",
            elements=(Element(name="serial", type=PrefixedSerial(), source=_PMF_RULE),),
            lines=("{serial}",),
            unique=(Unique(elements=("serial",)),),
            source=_PMF_RULE,
        ),
    ),
    options=(_LENGTH,),
    requirements=_REQUIREMENTS,
)
