"""Item unique identification of the US Department of Defense: the UII and its message.

A unique item identifier (UII) is an issuing agency code, an enterprise identifier and a serial
number (construct 1), with the original part number or the lot between them (construct 2). It is
struck as text, and cannot be split again; the symbol beside it holds the elements in an
ISO/IEC 15434 message, from which a reader derives the UII.

Here manufacturer is the enterprise identifier, model the original part number, serial the serial
number. Source: MIL-STD-130N w/Change 1, Tables IV and V, Appendix A.

>>> from markcode import Firearm, get_format
>>> fmt = get_format("iuid")
>>> message = "[)>\\x1e06\\x1d17V0CVA5\\x1d1P1234\\x1dS674A36458\\x1e\\x04"
>>> fmt.verify(message).data["uii"]
'D0CVA51234674A36458'
>>> arm = Firearm(manufacturer="0CVA5", model="1234", serial="674A36458")
>>> fmt.encode(arm).payload.data == message
True
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from markcode.declaration import Declaration, Element, EventRule, Needed, Option, Reading
from markcode.errors import ProfileError
from markcode.fields import Text
from markcode.formats.iuid import iso15434
from markcode.formats.iuid import message as iuid_message
from markcode.formats.iuid.qualifiers import ENTERPRISES, GIAI, UII, Enterprise
from markcode.layout import Token
from markcode.model import Payload

__all__ = ["DECLARATION", "Message", "is_us_cage"]

_TABLE = "MIL-STD-130N w/Change 1, Table IV"

_US_CAGE = re.compile("[0-9][0-9A-HJ-NP-Z]{3}[0-9]", re.ASCII)


def is_us_cage(text: str) -> bool:
    """Return whether text is a CAGE code of the US form: digits first and last, no I, no O.

    >>> is_us_cage("0CVA5"), is_us_cage("OCVA5")
    (True, False)
    """
    return _US_CAGE.fullmatch(text) is not None


@dataclass(frozen=True)
class Message:
    """How a profile of this format writes its symbol: construct, syntax, kind of enterprise."""

    construct: str = "2"
    syntax: str = "06"
    agency: str = "cage"

    def write(self, tokens: Mapping[str, str]) -> tuple[str, Payload]:
        """Return the UII, and the message that it is derived from."""
        enterprise = ENTERPRISES[self.agency]
        uii = tokens.get("uii") or "".join(
            [
                enterprise.agency_code,
                *(tokens[name] for name in ("manufacturer", *self._middle(tokens), "serial")),
            ]
        )
        elements = self._elements(tokens, enterprise)
        return uii, Payload(iso15434.seal(self.syntax, elements))

    def _middle(self, tokens: Mapping[str, str]) -> tuple[str, ...]:
        if self.construct == "1":
            return ()
        return ("lot",) if "lot" in tokens else ("model",)

    def _elements(self, tokens: Mapping[str, str], enterprise: Enterprise) -> list[str]:
        if "uii" in tokens:
            label = {"06": "25S", "05": "8004"}.get(self.syntax, "UID ")
            return [label + tokens["uii"]]
        maker, serial = tokens["manufacturer"], tokens["serial"]
        if self.syntax == "06":
            if self.construct == "1":
                return ["18S" + maker + serial]
            part = "1T" + tokens["lot"] if "lot" in tokens else "1P" + tokens["model"]
            return [enterprise.identifier + maker, part, "S" + serial]
        start = f"{enterprise.text_identifier} {maker}"
        if self.construct == "1":
            return [start, f"SER {serial}"]
        part = f"LOT {tokens['lot']}" if "lot" in tokens else f"PNO {tokens['model']}"
        return [start, part, f"SEQ {serial}"]

    def read(self, text: str) -> Reading:
        """Read a message of any construct and syntax, or a UII that stands alone.

        Where this profile would make another UII of the elements, the UII is one of them.
        """
        reading = iuid_message.read(text, self.construct)
        uii = reading.data.get("uii")
        if uii is None or "uii" in reading.tokens or not reading.tokens:
            return reading
        if self._makes(uii, {name: token.text for name, token in reading.tokens.items()}):
            return reading
        spans = [token.span for token in reading.tokens.values()]
        whole = Token(uii, min(start for start, _ in spans), max(end for _, end in spans))
        return replace(reading, tokens={**reading.tokens, "uii": whole})

    def read_gs1(self, text: str) -> Reading | None:
        """Return None: GS1 data without an ISO/IEC 15434 envelope are no IUID mark (5.2.2.4)."""
        return None

    def accept(self, text: str, is_gs1: bool) -> None:
        """Return None: every message is read in full."""

    def _makes(self, uii: str, texts: Mapping[str, str]) -> bool:
        try:
            return self.write(texts)[0] == uii
        except KeyError:
            return False

    def judge(self, tokens: Mapping[str, Token]) -> Reading:
        """Return the UII that the elements of a record make, and whether they agree with it."""
        return iuid_message.judge_record(tokens, self._composed)

    def _composed(self, texts: Mapping[str, str]) -> str:
        return self.write(texts)[0]

    def marked(self, names: Collection[str]) -> tuple[str, ...]:
        """Return only ``uii`` where it is given: a whole UII decides, whatever stands beside it."""
        return ("uii",) if "uii" in names else tuple(names)

    @property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """A whole UII, or the elements that make one."""
        if self.syntax == "05":
            return (("uii",),)
        middles: tuple[tuple[str, ...], ...] = ((),)
        if self.construct == "2":
            middles = (("model",), ("lot",))
        return (("uii",), *(("manufacturer", *middle, "serial") for middle in middles))

    def claims(self, text: str) -> bool:
        """Return whether the text begins as an ISO/IEC 15434 message does."""
        return text.startswith(iso15434.HEADER)

    @property
    def plain(self) -> tuple[str, ...]:
        """Elements that text and payload hold as they are."""
        return ("model", "lot", "serial")

    @property
    def longest(self) -> int:
        """Characters of the longest message: the longest UII, and elements that are not in it."""
        return 4 * UII.most


# 32 and 30 characters, which EPC TDS has for part and serial, are unconfirmed in MIL-STD-130: what
# limits them is the length of the whole UII.
_PART = Text(alphabet=UII.alphabet, most=UII.most)
_SERIAL = Text(alphabet=UII.alphabet, most=UII.most)


def _elements(syntax: str, construct: str, enterprise: Enterprise) -> tuple[Element, ...]:
    if syntax == "05":
        note = "a global individual asset identifier, which is a UII"
        return (Element(name="uii", type=GIAI, source="MIL-STD-130N notes 11-13", note=note),)
    whole = Element(
        name="uii", type=UII, required=False, source="MIL-STD-130N w/Change 1, Table A-II"
    )
    parts = [
        Element(
            name="manufacturer",
            type=enterprise.type,
            required=False,
            source="MIL-STD-130N w/Change 1, Table V",
            note="enterprise identifier",
        )
    ]
    if construct == "2":
        parts += [
            Element(
                name="model",
                type=_PART,
                required=False,
                source=_TABLE,
                note="original part number",
            ),
            Element(
                name="lot",
                type=_PART,
                required=False,
                source=_TABLE,
                note="in place of the part number",
            ),
        ]
    parts.append(Element(name="serial", type=_SERIAL, required=False, source=_TABLE))
    return (*parts, replace(whole, note="a complete UII in place of the other elements"))


def _apply(declaration: Declaration, options: Mapping[str, str]) -> Declaration:
    construct, syntax = options["construct"], options["syntax"]
    enterprise = ENTERPRISES[options["agency"]]
    if syntax in ("12", "DD") and not enterprise.text_identifier:
        raise ProfileError(
            f"iuid: syntax={syntax} has no text element identifier for agency={options['agency']}; "
            "use syntax=06"
        )
    if syntax == "06" and construct == "1" and options["agency"] != "cage":
        raise ProfileError(
            "iuid: construct=1 in syntax=06 writes enterprise and serial as one value, which only "
            "a CAGE code lets apart again: use construct=2, syntax=12, or give the whole UII as uii"
        )
    needed: tuple[Needed, ...] = ()
    if syntax != "05":
        needed = (Needed(elements=("manufacturer", "serial"), unless_present=("uii",)),)
        if construct == "2":
            needed += (Needed(elements=("model",), unless_present=("lot", "uii")),)
    rule = replace(
        declaration.events[0],
        elements=_elements(syntax, construct, enterprise),
        lines=("{uii}",),
        needed=needed,
    )
    message = Message(construct, syntax, options["agency"])
    return replace(declaration, events=(rule,), syntax=message)


DECLARATION = Declaration(
    name="iuid",
    title={
        "en": "US item unique identification (UII)",
        "es": "Identificación única de artículos de EE. UU. (UII)",
        "pt": "Identificação única de itens dos EUA (UII)",
        "fr": "Identification unique d'articles des États-Unis (UII)",
    },
    source="MIL-STD-130N w/Change 1; ISO/IEC 15434; ISO/IEC 15459",
    summary="A UII as text, and its elements in an ISO/IEC 15434 message.",
    events=(
        EventRule(
            kind="manufacture",
            elements=_elements("06", "2", ENTERPRISES["cage"]),
            lines=("{uii}",),
            readable=False,
            recognisable=True,
            source=_TABLE,
        ),
    ),
    options=(
        Option(
            key="construct",
            values=("1", "2"),
            default="2",
            doc="1: serial unique within the enterprise; 2: within the part or lot",
        ),
        Option(
            key="syntax",
            values=("05", "06", "12", "DD"),
            default="06",
            doc="ISO/IEC 15434 format of the message",
        ),
        Option(
            key="agency",
            values=tuple(ENTERPRISES),
            default="cage",
            doc="what the enterprise identifier is: CAGE, DoDAAC, DUNS, GS1 company prefix",
        ),
    ),
    specialise=_apply,
)
