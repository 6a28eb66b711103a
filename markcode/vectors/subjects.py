"""What is no mark of a format: check characters, identifiers, codes of countries and makers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markcode import checks
from markcode.errors import CheckError, InvalidMark
from markcode.formats import get_format, gs1
from markcode.formats.iuid import is_us_cage
from markcode.formats.iuid.qualifiers import ENTERPRISES
from markcode.model import Finding, Firearm
from markcode.reference import countries, ncage
from markcode.vectors import matrices
from markcode.vectors.answers import Answer, CaseError, member

__all__ = ["answer"]


def answer(subject: str, operation: str, given: Any) -> Answer | None:
    """Return the answer to a case of a subject; None where markcode has not the two together.

    Raises `CaseError` for an input of the wrong type.
    """
    if subject in checks.names():
        return _check(checks.get(subject), operation, given)
    known = _ANSWERS.get((subject, operation))
    return None if known is None else known(given)


def _text(given: Any) -> str:
    if not isinstance(given, str):
        raise CaseError(f"input is text, not {given!r:.60}")
    return given


def _check(system: checks.CheckSystem, operation: str, given: Any) -> Answer | None:
    text = _text(given)
    if operation == "generate":
        try:
            return Answer(True, system.append(text))
        except CheckError:
            return Answer(False)
    if operation == "validate":
        # Sources call valid whatever fulfils the congruence; that it is not what we would write
        # is told beside it.
        alias = system.is_noncanonical(text)
        findings = (Finding("check.noncanonical", span=(0, len(text))),) if alias else ()
        return Answer(alias or system.is_valid(text), findings=findings)
    return None


def _validated(test: Callable[[str], bool]) -> Callable[[Any], Answer]:
    return lambda given: Answer(test(_text(given)))


def _made(make: Callable[..., str], *members: str) -> Callable[[Any], Answer]:
    """Return the answer of what makes a text of a text, or of these members of an object."""

    def answered(given: Any) -> Answer:
        values = _members(given, members) if members else [_text(given)]
        try:
            return Answer(True, make(*values))
        except InvalidMark as fault:
            return Answer(False, findings=fault.findings)

    return answered


def _members(given: Any, names: Sequence[str]) -> list[str]:
    found = [member(given, name, str) for name in names] if isinstance(given, dict) else []
    values = [value for value in found if value is not None]
    if len(values) < len(names):
        raise CaseError(f"input is an object with {' and '.join(names)}, not {given!r:.60}")
    return values


def _uii(given: Any) -> Answer:
    """Return the unique item identifier of a message, or of its fields."""
    if not isinstance(given, dict):
        return _uii_of(_text(given))
    names = ("iac", "eid", "part", "serial")
    agency_code, enterprise, part, serial = (member(given, name, str) for name in names)
    agency = next((k for k, e in ENTERPRISES.items() if e.agency_code == agency_code), None)
    if agency is None:
        return Answer(False)
    options = {"construct": str(given.get("construct")), "agency": agency}
    arm = Firearm(manufacturer=enterprise, model=part, serial=serial)
    try:
        marking = get_format("iuid", options=options).encode(arm)
    except InvalidMark as fault:
        return Answer(False, findings=fault.findings)
    return Answer(True, marking.text, marking.findings)


def _uii_of(message: str) -> Answer:
    report = get_format("iuid").verify(message)
    uii = report.data.get("uii")
    if not report.ok or uii is None:
        return Answer(False, findings=report.findings)
    return Answer(True, uii, report.findings)


def _ncage_forms(given: Any) -> Answer | None:
    """Return the forms of a country's codes; None where the list does not have the country."""
    forms = ncage.forms(_text(given))
    return Answer(True, list(forms)) if forms else None


def _is_numeric(code: str) -> bool:
    return any(c.numeric == code and c.withdrawn is None for c in countries.holders(code))


_ANSWERS: Mapping[tuple[str, str], Callable[[Any], Answer | None]] = {
    ("iuid-uii", "derive"): _uii,
    ("us-cage", "validate"): _validated(is_us_cage),
    ("ncage", "derive"): _ncage_forms,
    ("ncage", "validate"): _validated(ncage.is_ncage),
    ("iso3166-alpha2", "validate"): _validated(countries.is_assigned),
    ("iso3166-numeric", "validate"): _validated(_is_numeric),
    ("gs1-cset39", "validate"): _validated(lambda text: gs1.has_character_set(text, 39)),
    ("gs1-cset82", "validate"): _validated(lambda text: gs1.has_character_set(text, 82)),
    ("gs1-date", "validate"): _validated(gs1.is_date),
    ("gs1-cpid-serial", "validate"): _validated(gs1.is_cpid_serial),
    ("gs1-element-string", "validate"): _validated(gs1.is_element_string),
    ("gs1-element-string", "generate"): _made(gs1.bracketed_to_element_string),
    ("gs1-association", "validate"): _validated(gs1.keeps_associations),
    ("gs1-digital-link", "generate"): _made(gs1.element_string_to_digital_link, "ai", "stem"),
    ("gs1-digital-link", "derive"): _made(gs1.digital_link_to_element_string),
    ("gs1-scan-data", "generate"): _made(gs1.scan_data, "symbology", "data"),
    ("datamatrix-codewords", "derive"): matrices.codewords,
    ("datamatrix-modules", "derive"): matrices.modules,
    ("datamatrix-correction", "generate"): matrices.correction,
}
