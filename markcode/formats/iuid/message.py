"""What an IUID message or record says, and the UII that follows from it.

Derivation: MIL-STD-130N w/Change 1, Appendix A Table A-II and notes 11-13. The order of elements in
the symbol never matters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from markcode import checks
from markcode.declaration import Reading, lacking
from markcode.fields import Text
from markcode.formats.iuid import iso15434
from markcode.formats.iuid.qualifiers import (
    AGENCY_06,
    AGENCY_IN_VALUE,
    BESIDE,
    CAGE_AND_SERIAL,
    ENTERPRISE_06,
    ENTERPRISE_12,
    ENTERPRISES,
    GIAI,
    PARTS,
    SERIALS,
    UII,
    WHOLE,
    Datum,
    split,
)
from markcode.layout import Token
from markcode.model import Elements, Finding, Severity

__all__ = ["judge_record", "read"]


def read(text: str, construct: str = "2") -> Reading:
    """Read a message; a UII alone, or what a scanner left of a message, stays undetermined.

    ``construct`` is the one that is expected, where the message does not show it.
    """
    whole = (0, len(text))
    envelopes = iso15434.open_message(text)
    end = len(text.rstrip("\r\n"))
    if envelopes is None and end < len(text) and iso15434.open_message(text[:end]):
        params = Elements(found=text[end:], expected="", count=1, reason="end")
        stray = Finding("separator.spelling", "warning", None, (end, len(text)), params)
        reading = read(text[:end], construct)
        return replace(reading, findings=(*reading.findings, stray))
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
    if indicator is not None and text.count(iso15434.HEADER) == 1:
        params = Elements(indicator=indicator)
        lost = Finding("separators.lost", "warning", None, whole, params)
        return Reading({}, (lost,), undetermined=True, is_judged=True)
    if len(text) > UII.most and UII.characters.issuperset(text):
        params = Elements(found=len(text), most=UII.most, value=text)
        return Reading({}, (Finding("uii.too_long", span=whole, params=params),), is_judged=True)
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
        self.unknown: list[Datum] = []

    def take(self, envelope: iso15434.Envelope) -> None:
        for token in envelope.elements:
            if not token.text:
                span = (token.start - 1, token.start)
                params = Elements(found=iso15434.GS, expected="", count=1, reason="end")
                self.findings.append(Finding("separator.spelling", "warning", None, span, params))
                continue
            for datum in split(envelope.indicator, token):
                self._take(datum)

    def _take(self, datum: Datum) -> None:
        label, value = datum.label, datum.value
        before = self.labels.get(label)
        if before is not None and label not in BESIDE and label:
            params = Elements(value=value.text, label=label)
            element = _element_of(label)
            self.findings.append(Finding("element.repeated", "error", element, value.span, params))
            return
        self.labels[label] = value.text
        enterprise = ENTERPRISE_06.get(label) or ENTERPRISE_12.get(label)
        if enterprise is not None:
            self._set("manufacturer", value, enterprise.type, label)
            self.agency_code = enterprise.agency_code
        elif label == AGENCY_06:
            self._set("manufacturer", value, AGENCY_IN_VALUE, label)
        elif label in CAGE_AND_SERIAL:
            self._take_cage_and_serial(value, label)
        elif label in WHOLE:
            self._take_whole(value, label)
        elif label in PARTS:
            self._set(PARTS[label], value, UII, label)
        elif label in SERIALS:
            self._set("serial", value, UII, label)
            self.construct = SERIALS[label]
        elif label == "01":
            self.gtin = value
        elif label == "21" or label in BESIDE:
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
        if label == "8003":
            self.findings.extend(_grai_faults(value))
        self._set("uii", value, GIAI if label == "8004" else UII, label)
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
        tokens = {"uii": self.whole} if self.whole is not None else dict(self.tokens)
        if self.construct == "1":
            tokens.pop("model", None)
            tokens.pop("lot", None)
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
        """Tell qualifiers that are not in our tables: they matter only where something lacks.

        The registers hold hundreds that are no part of a UII, so a well-formed one is no fault.
        """
        for datum in self.unknown:
            params = Elements(value=datum.label or datum.value.text, reason="qualifier")
            severity: Severity = "error" if is_needed else "info" if datum.label else "warning"
            self.findings.append(Finding("label.unknown", severity, None, datum.label_span, params))

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
        self.findings.extend(lacking(at, names) for at, names in groups.items())


def judge_record(
    tokens: Mapping[str, Token], compose: Callable[[Mapping[str, str]], str]
) -> Reading:
    """Return the UII of the elements of a record, and what is wrong with them together."""
    texts = {name: token.text for name, token in tokens.items()}
    if {"model", "lot"} <= set(tokens):
        params = Elements(reason="part_and_lot")
        finding = Finding("uii.not_derivable", "warning", None, tokens["lot"].span, params)
        return Reading({}, (finding,), undetermined=True)
    try:
        uii = compose(texts)
    except KeyError:
        return Reading({})  # what lacks is told element by element
    span = (min(t.start for t in tokens.values()), max(t.end for t in tokens.values()))
    if "uii" in texts and not _agrees(uii, texts):
        params = Elements(value=uii)
        mismatch = Finding("uii.mismatch", "error", "uii", tokens["uii"].span, params)
        return Reading({}, (mismatch,))
    if len(uii) > UII.most:
        params = Elements(found=len(uii), most=UII.most, value=uii)
        return Reading({}, (Finding("uii.too_long", "error", None, span, params),))
    return Reading({}, (), {"uii": uii} if UII.fault(uii) is None else {})


def _agrees(uii: str, texts: Mapping[str, str]) -> bool:
    """Return whether a whole UII can be made of the elements that are given beside it."""
    maker, serial = texts.get("manufacturer", ""), texts.get("serial", "")
    part = texts.get("lot", texts.get("model", ""))
    codes = {enterprise.agency_code for enterprise in ENTERPRISES.values()} if maker else {""}
    if maker and part and serial:
        return any(uii == code + maker + part + serial for code in codes)
    if maker:
        return any(uii.startswith(code + maker + part) for code in codes) and uii.endswith(serial)
    return uii.endswith(part + serial) if serial else part in uii


def _grai_faults(value: Token) -> list[Finding]:
    """Return what is wrong with AI 8003: a zero, 13 digits with a check digit, a serial part."""
    number, serial = value.text[:14], value.text[14:]
    if re.fullmatch("0[0-9]{13}", number, re.ASCII) is None:
        params = Elements(value=value.text, reason="grai")
        return [Finding("element.value", "error", "uii", value.span, params)]
    check = checks.get("gs1-mod10")
    if not check.is_valid(number[1:]):
        expected = check.compute(number[1:-1])
        params = Elements(found=number[-1], expected=expected, system=check.name)
        span = (value.start + 13, value.start + 14)
        return [Finding("check.mismatch", "error", "uii", span, params)]
    if not serial:
        # Without its serial part it names a kind of asset, not one asset.
        return [Finding("element.missing", "error", "serial", (value.end, value.end))]
    return []


def _element_of(label: str) -> str | None:
    if label in PARTS:
        return PARTS[label]
    if label in SERIALS:
        return "serial"
    if label in WHOLE:
        return "uii"
    return "manufacturer" if label in ENTERPRISE_06 or label in ENTERPRISE_12 else None
