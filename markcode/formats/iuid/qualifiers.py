"""Qualifiers of an IUID message, and the form of what they hold.

MH10 data identifiers (format 06), text element identifiers (12 and DD) and GS1 application
identifiers (05), after MIL-STD-130N w/Change 1, Appendix A Table A-II and notes 11-13.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markcode.fields import DIGITS, UPPER, Choose, Fault, Text, Value
from markcode.layout import Token
from markcode.model import Elements
from markcode.notation import character_class

__all__ = [
    "AGENCY_06",
    "AGENCY_IN_VALUE",
    "BESIDE",
    "CAGE_AND_SERIAL",
    "ENTERPRISES",
    "ENTERPRISE_06",
    "ENTERPRISE_12",
    "GIAI",
    "PARTS",
    "SERIALS",
    "UII",
    "WHOLE",
    "Asset",
    "Code",
    "Datum",
    "Enterprise",
    "split",
]

_CAGE_ALPHABET = DIGITS + "ABCDEFGHJKLMNPQRSTUVWXYZ"

UII = Text(alphabet=UPPER + DIGITS + "-/", most=50)
"""ISO/IEC 15459-4: at most 50 characters."""


@dataclass(frozen=True, kw_only=True)
class Code(Text):
    """An enterprise identifier: whatever is wrong with it, the value as a whole is wrong."""

    def fault(self, token: str) -> Fault | None:
        """Return the fault; a character or length that the register lacks makes a wrong value."""
        found = super().fault(token)
        if found is None or found.code in ("element.case", "script.homoglyph"):
            return found
        params = {"value": token, "reason": "enterprise"}
        if "reading" in found.params:
            params["reading"] = found.params["reading"]
        return Fault("element.value", 0, len(token), Elements(params))


@dataclass(frozen=True, kw_only=True)
class Asset(Text):
    """A GS1 asset identifier: it begins with the digits of a company prefix, 4 at least."""

    @property
    def pattern(self) -> str:
        """A regular expression for a token without a fault."""
        return f"[0-9]{{4}}[{character_class(self.alphabet)}]{{1,{self.most - 4}}}"

    def fault(self, token: str) -> Fault | None:
        """Return the first fault of form."""
        found = super().fault(token)
        if found is None and re.fullmatch(self.pattern, token, re.ASCII) is None:
            return Fault("element.value", 0, len(token), Elements(value=token, reason="asset"))
        return found

    def sample(self, choose: Choose) -> Value:
        """Return four digits and further characters."""
        rest = Text(alphabet=self.alphabet, most=self.most - 4)
        return f"{choose(10_000):04}{rest.sample(choose)}"


GIAI = Asset(alphabet=UII.alphabet, least=5, most=30)
"""AI 8004, X..30 (GS1 General Specifications), in the letters of a UII."""


@dataclass(frozen=True)
class Enterprise:
    """A kind of enterprise identifier: its form, agency code, and qualifiers."""

    type: Text
    agency_code: str
    """Issuing agency code that the UII begins with (ISO/IEC 15459-2); none for a GS1 prefix."""
    identifier: str
    """MH10 data identifier, format 06."""
    text_identifier: str
    """Text element identifier, formats 12 and DD; none is registered for a DoDAAC."""


ENTERPRISES: Mapping[str, Enterprise] = {
    "cage": Enterprise(Code(alphabet=_CAGE_ALPHABET, least=5, most=5), "D", "17V", "MFR"),
    "dodaac": Enterprise(Code(alphabet=_CAGE_ALPHABET, least=6, most=6), "LD", "7L", ""),
    "duns": Enterprise(Code(alphabet=DIGITS, least=9, most=9), "UN", "12V", "DUN"),
    "gs1": Enterprise(Code(alphabet=DIGITS, least=4, most=12), "", "3V", "EUC"),
}
AGENCY_IN_VALUE = Text(alphabet=UII.alphabet, least=3, most=20)

# What a qualifier holds: an enterprise by kind, a part of the UII, or a whole one.
ENTERPRISE_06 = {e.identifier: e for e in ENTERPRISES.values()}
ENTERPRISE_12 = {
    **dict.fromkeys(("CAG", "MFR", "SPL"), ENTERPRISES["cage"]),
    "DUN": ENTERPRISES["duns"],
    "EUC": ENTERPRISES["gs1"],
}
AGENCY_06 = "18V"
CAGE_AND_SERIAL = ("18S", "USN", "UST")
WHOLE = ("25S", "I", "22S", "UID", "8002", "8003", "8004")
PARTS = {"1P": "model", "PNO": "model", "1T": "lot", "LOT": "lot", "LTN": "lot", "BII": "lot"}
SERIALS = {"S": "2", "SEQ": "2", "SER": "1", "UCN": "1"}
# Data that often stand beside a UII and are never part of it (ANSI MH10.8.2).
BESIDE = {
    *("30P", "30T", "PNR", "4L", "10D", "14D", "16D", "2P", "Q", "20P", "Z", "1S", "3S"),
    *("10", "11", "17", "240", "241", "250", "251", "422", "427"),
    *(str(number) for number in range(90, 100)),
}
_AI_FIXED = {"01": 14, "11": 6, "17": 6}

_DATA_IDENTIFIER = re.compile("[0-9]{0,3}[A-Z]", re.ASCII)
_TEXT_IDENTIFIER = re.compile("[A-Z]{3}", re.ASCII)
_APPLICATION_IDENTIFIER = re.compile(
    "01|21|800[234]|10|11|17|24[01]|25[01]|422|427|9[0-9]", re.ASCII
)


@dataclass(frozen=True)
class Datum:
    """One data element: its qualifier, and its value with its place."""

    label: str
    value: Token
    label_span: tuple[int, int]


def split(indicator: str, token: Token) -> Iterator[Datum]:
    """Yield the qualifier and value of a data element; GS1 ones may hold several."""
    if indicator == "05":
        yield from _split_application(token)
        return
    pattern = _DATA_IDENTIFIER if indicator == "06" else _TEXT_IDENTIFIER
    match = pattern.match(token.text)
    label = match[0] if match else ""
    cut = len(label)
    # A text element identifier is followed by one space, which published samples often lack.
    if indicator != "06" and token.text[cut : cut + 1] == " ":
        cut += 1
    label_span = (token.start, token.start + (len(label) or len(token.text)))
    yield Datum(label, Token(token.text[cut:], token.start + cut, token.end), label_span)


def _split_application(token: Token) -> Iterator[Datum]:
    at = 0
    while at < len(token.text):
        match = _APPLICATION_IDENTIFIER.match(token.text, at)
        label = match[0] if match else ""
        start = at + len(label)
        end = start + _AI_FIXED.get(label, len(token.text))
        value = token.text[start:end]
        place = Token(value, token.start + start, token.start + start + len(value))
        label_end = token.start + start if label else place.end
        yield Datum(label, place, (token.start + at, label_end))
        at = start + len(value) if value else len(token.text)
