"""Reading an IUID message: qualifiers of MH10 data identifiers, text elements and GS1 AIs.

Derivation of the UII: MIL-STD-130N w/Change 1, Appendix A Table A-II and notes 11-13; the tables
here follow codes.md sections 1.3 to 1.5. The order of elements in the symbol never matters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markcode import iso15434
from markcode.declaration import Reading
from markcode.fields import DIGITS, UPPER, Fault, Text
from markcode.layout import Token
from markcode.model import NO_ELEMENTS, Elements, Finding

__all__ = ["ENTERPRISES", "UII", "Code", "Enterprise", "read"]

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
_AGENCY_IN_VALUE = Text(alphabet=UII.alphabet, least=3, most=20)

# What a qualifier holds: an enterprise by kind, a part of the UII, or a whole one.
_ENTERPRISE_06 = {e.identifier: e for e in ENTERPRISES.values()}
_ENTERPRISE_12 = {
    **dict.fromkeys(("CAG", "MFR", "SPL"), ENTERPRISES["cage"]),
    "DUN": ENTERPRISES["duns"],
    "EUC": ENTERPRISES["gs1"],
}
_AGENCY_06 = "18V"
_CAGE_AND_SERIAL = ("18S", "USN", "UST")
_WHOLE = ("25S", "I", "22S", "UID", "8002", "8003", "8004")
_PARTS = {"1P": "model", "PNO": "model", "1T": "lot", "LOT": "lot", "LTN": "lot", "BII": "lot"}
_SERIALS = {"S": "2", "SEQ": "2", "SER": "1", "UCN": "1"}
# Data that often stand beside a UII and are never part of it (codes.md 1.2; ANSI MH10.8.2).
_BESIDE = {
    *("30P", "30T", "PNR", "4L", "10D", "14D", "16D", "2P", "Q", "20P", "Z", "1S", "3S"),
    *("10", "11", "17", "240", "241", "250", "251", "422", "427"),
    *(str(number) for number in range(90, 100)),
}
_AI_FIXED = {"01": 14, "11": 6, "17": 6}
_GTIN = ("01", "21")

_DATA_IDENTIFIER = re.compile("[0-9]{0,3}[A-Z]", re.ASCII)
_TEXT_IDENTIFIER = re.compile("[A-Z]{3}", re.ASCII)
_APPLICATION_IDENTIFIER = re.compile(
    "01|21|800[234]|10|11|17|24[01]|25[01]|422|427|9[0-9]", re.ASCII
)


@dataclass(frozen=True)
class _Datum:
    """One data element: its qualifier, and its value with its place."""

    label: str
    value: Token
    label_span: tuple[int, int]


def read(text: str, construct: str = "2") -> Reading:
    """Read a message; a UII alone, or what a scanner left of a message, stays undetermined.

    ``construct`` is the one that is expected, where the message does not show it.
    """
    whole = (0, len(text))
    envelopes = iso15434.open_message(text)
    if envelopes is None:
        return _read_remains(text, whole)
    known = [e for e in envelopes if e.indicator in ("05", "06", "12", "DD")]
    if not known:
        return Reading({}, (Finding("format.mismatch", span=whole),), is_judged=True)
    work = _Message(text, construct)
    for envelope in known:
        work.take(envelope)
    return work.reading()


def _read_remains(text: str, whole: tuple[int, int]) -> Reading:
    indicator = iso15434.looks_like(text)
    if indicator is not None:
        params = Elements(indicator=indicator)
        lost = Finding("separators.lost", "warning", None, whole, params)
        return Reading({}, (lost,), undetermined=True, is_judged=True)
    if UII.fault(text) is None:
        alone = Finding("uii.opaque", "info", None, whole)
        return Reading({}, (alone,), {"uii": text}, undetermined=True, is_judged=True)
    return Reading({}, (Finding("format.mismatch", span=whole),), is_judged=True)


class _Message:
    """Collects what the data elements of a message say."""

    def __init__(self, text: str, expected: str) -> None:
        self.text = text
        self.expected = expected
        self.findings: list[Finding] = []
        self.tokens: dict[str, Token] = {}
        self.agency_code = ""
        self.construct = ""
        self.whole: Token | None = None
        self.gtin: Token | None = None
        self.labels: dict[str, str] = {}
        self.unknown: list[_Datum] = []

    def take(self, envelope: iso15434.Envelope) -> None:
        for token in envelope.elements:
            if not token.text:
                span = (token.start - 1, token.start)
                params = Elements(found=iso15434.GS, expected="")
                self.findings.append(Finding("separator.spelling", "warning", None, span, params))
                continue
            for datum in _split(envelope.indicator, token):
                self._take(datum)

    def _take(self, datum: _Datum) -> None:
        label, value = datum.label, datum.value
        before = self.labels.get(label)
        if before is not None and label not in _BESIDE and label:
            params = Elements(value=value.text, label=label)
            element = _element_of(label)
            self.findings.append(Finding("element.repeated", "error", element, value.span, params))
            return
        self.labels[label] = value.text
        enterprise = _ENTERPRISE_06.get(label) or _ENTERPRISE_12.get(label)
        if enterprise is not None:
            self._set("manufacturer", value, enterprise.type, label)
            self.agency_code = enterprise.agency_code
        elif label == _AGENCY_06:
            self._set("manufacturer", value, _AGENCY_IN_VALUE, label)
        elif label in _CAGE_AND_SERIAL:
            self._take_cage_and_serial(value, label)
        elif label in _WHOLE:
            self._take_whole(value, label)
        elif label in _PARTS:
            self._set(_PARTS[label], value, UII, label)
        elif label in _SERIALS:
            self._set("serial", value, UII, label)
            self.construct = _SERIALS[label]
        elif label == "01":
            self.gtin = value
        elif label == "21" or label in _BESIDE:
            pass
        else:
            self.unknown.append(datum)

    def _set(self, element: str, value: Token, form: Text, label: str) -> None:
        if element in self.tokens:
            params = Elements(value=value.text, label=label)
            self.findings.append(Finding("element.repeated", "error", element, value.span, params))
            return
        self.tokens[element] = value
        fault = form.fault(value.text)
        # The length is the business of the UII as a whole.
        if fault is not None and (fault.code != "element.length" or not value.text):
            span = (value.start + fault.start, value.start + fault.end)
            self.findings.append(Finding(fault.code, "error", element, span, fault.params))

    def _take_cage_and_serial(self, value: Token, label: str) -> None:
        cage = ENTERPRISES["cage"]
        cut = value.start + cage.type.least
        self._set(
            "manufacturer",
            Token(value.text[:5], value.start, min(cut, value.end)),
            cage.type,
            label,
        )
        if len(value.text) > cage.type.least:
            self._set("serial", Token(value.text[5:], cut, value.end), UII, label)
        self.agency_code = cage.agency_code
        self.construct = "1"

    def _take_whole(self, value: Token, label: str) -> None:
        if label == "8003" and (len(value.text) < 15 or value.text[0] != "0"):
            # A GRAI without its serial part names a kind of asset, not one asset.
            end = (value.end, value.end)
            self.findings.append(Finding("element.missing", "error", "serial", end))
        self._set("uii", value, UII, label)
        self.whole = self.tokens.get("uii")

    def reading(self) -> Reading:
        """Return what the message says, and the UII where it follows."""
        undetermined = False
        uii, place = self._derive()
        if uii is None and self._is_gtin_only():
            params = Elements(reason="gtin")
            whole = (0, len(self.text))
            self.findings.append(Finding("uii.not_derivable", "warning", None, whole, params))
            undetermined = True
        elif uii is None and {"model", "lot"} <= set(self.tokens):
            params = Elements(reason="part_and_lot")
            span = self.tokens["lot"].span
            self.findings.append(Finding("uii.not_derivable", "warning", None, span, params))
            undetermined = True
        self._tell_unknown(is_needed=uii is None and not undetermined)
        if uii is None and not undetermined and not self.unknown:
            self._tell_missing()
        data: dict[str, str] = {}
        broken = any(finding.severity == "error" for finding in self.findings)
        if uii is not None and len(uii) > UII.most:
            params = Elements(found=len(uii), most=UII.most, value=uii)
            self.findings.append(Finding("uii.too_long", "error", None, place, params))
        elif uii is not None and not broken:
            data["uii"] = uii
        # A complete UII decides, whatever else is in the symbol (M130 Change 1 summary, 1b).
        tokens = {"uii": self.whole} if self.whole is not None else self.tokens
        read = {name: token for name, token in tokens.items() if not self._is_faulty(name)}
        return Reading(read, tuple(self.findings), data, undetermined, is_judged=True)

    def _is_faulty(self, element: str) -> bool:
        return any(f.element == element and f.severity == "error" for f in self.findings)

    def _derive(self) -> tuple[str | None, tuple[int, int]]:
        """Return the UII and the place of its elements; None if something lacks."""
        if self.whole is not None:
            return self.whole.text, self.whole.span
        middle = ["lot"] if "lot" in self.tokens else ["model"]
        if {"model", "lot"} <= set(self.tokens) and self.construct == "2":
            return None, (0, 0)
        names = ["manufacturer", *([] if self.construct == "1" else middle), "serial"]
        if any(name not in self.tokens for name in names):
            return None, (0, 0)
        parts = [self.tokens[name] for name in names]
        span = (min(part.start for part in parts), max(part.end for part in parts))
        return self.agency_code + "".join(part.text for part in parts), span

    def _is_gtin_only(self) -> bool:
        return self.gtin is not None and "manufacturer" not in self.tokens

    def _tell_unknown(self, is_needed: bool) -> None:
        for datum in self.unknown:
            params = Elements(value=datum.label or datum.value.text, reason="qualifier")
            severity = "error" if is_needed else "warning"
            self.findings.append(
                Finding("label.unknown", severity, None, datum.label_span, params)  # type: ignore[arg-type]
            )

    def _tell_missing(self) -> None:
        """Tell what lacks, after its predecessor in the order of the UII."""
        construct = self.construct or self.expected
        wanted = ["manufacturer", *([] if construct == "1" else ["model"]), "serial"]
        at = 0
        groups: dict[int, list[str]] = {}
        for name in wanted:
            token = self.tokens.get(name) or (self.tokens.get("lot") if name == "model" else None)
            if token is not None:
                at = token.end
            else:
                groups.setdefault(at, []).append(name)
        for place, names in groups.items():
            several = Elements(elements=names) if len(names) > 1 else NO_ELEMENTS
            element = names[0] if len(names) == 1 else None
            span = (place, place)
            self.findings.append(Finding("element.missing", "error", element, span, several))


def _element_of(label: str) -> str | None:
    if label in _PARTS:
        return _PARTS[label]
    if label in _SERIALS:
        return "serial"
    if label in _WHOLE:
        return "uii"
    return "manufacturer" if label in _ENTERPRISE_06 or label in _ENTERPRISE_12 else None


def _split(indicator: str, token: Token) -> Iterator[_Datum]:
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
    yield _Datum(label, Token(token.text[cut:], token.start + cut, token.end), label_span)


def _split_application(token: Token) -> Iterator[_Datum]:
    at = 0
    while at < len(token.text):
        match = _APPLICATION_IDENTIFIER.match(token.text, at)
        label = match[0] if match else ""
        start = at + len(label)
        end = start + _AI_FIXED.get(label, len(token.text))
        value = token.text[start:end]
        place = Token(value, token.start + start, token.start + start + len(value))
        label_end = token.start + start if label else place.end
        yield _Datum(label, place, (token.start + at, label_end))
        at = start + len(value) if value else len(token.text)
