"""Single operations on GS1 data, as test vectors and other programs ask for them.

Here FNC1 is written ``^`` (GS1 Barcode Syntax Engine). What converts raises
`InvalidMark` with every finding; what only tests returns a bool. None of these asks for a key or
for what an arm may bear: that is the business of the format.
"""

from __future__ import annotations

from markcode import checks
from markcode.errors import InvalidMark
from markcode.formats.gs1 import ai as identifiers
from markcode.formats.gs1 import associations, components, digital_link, element_string, linters
from markcode.formats.gs1 import scan as scanner
from markcode.formats.gs1.element_string import FNC1
from markcode.formats.gs1.judging import data_faults
from markcode.formats.gs1.message import Message
from markcode.model import Finding

__all__ = [
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


def bracketed_to_element_string(text: str) -> str:
    """Return ``(01)...(21)...`` as element strings, in the order given.

    >>> bracketed_to_element_string("(10)12345(11)991225")
    '^1012345^11991225'
    """
    return _written(element_string.read_bracketed(text))


def element_string_to_bracketed(text: str) -> str:
    """Return ``^`` and element strings, as a symbol holds them, in brackets; GS is ``^`` too.

    >>> element_string_to_bracketed("^10A1^0109521234543213")
    '(10)A1(01)09521234543213'
    """
    message = element_string.read(text.removeprefix(FNC1), FNC1 + element_string.GS)
    _raise(_findings(message))
    return element_string.write_bracketed((one.ai, one.value) for one in message.elements)


def is_element_string(text: str) -> bool:
    """Return whether text is ``^`` and element strings whose data are right.

    >>> is_element_string("^0112345678901231"), is_element_string("0112345678901231")
    (True, False)
    """
    if not text.startswith(FNC1):
        return False
    message = element_string.read(text[1:], FNC1)
    return bool(message.elements) and not _findings(message)


def keeps_associations(text: str) -> bool:
    """Return whether the AIs of ``(01)...(21)...`` may stand together; the data are not tested.

    >>> keeps_associations("(01)12345678901231(21)A"), keeps_associations("(21)A")
    (True, False)
    """
    message = element_string.read_bracketed(text)
    is_read = bool(message.elements) and not message.findings
    return is_read and not any(associations.judge(message.elements))


def digital_link_to_element_string(uri: str) -> str:
    """Return the element strings of a Digital Link URI, path first, in its order.

    >>> digital_link_to_element_string("https://example.com/01/12312312312333/21/A?99=B")
    '^011231231231233321A^99B'
    """
    return _written(digital_link.read(uri))


def element_string_to_digital_link(text: str, stem: str = digital_link.CANONICAL_HOST) -> str:
    """Return ``(01)...(21)...`` as a Digital Link URI with this stem.

    >>> element_string_to_digital_link("(21)XYZ(01)12312312312333(99)A", "https://example.com/")
    'https://example.com/01/12312312312333/21/XYZ?99=A'
    """
    message = element_string.read_bracketed(text)
    _raise([*_findings(message), *associations.judge(message.elements)])
    return digital_link.write(message.elements, stem)


def scan_data(symbology: str, data: str) -> str:
    """Return what a scanner sends: identifier, data, FNC1 as GS. Raises as `scan.generate` too."""
    if data.startswith(FNC1):
        _written(element_string.read(data[1:], FNC1))
    return scanner.generate(symbology, data)


def has_character_set(text: str, number: int) -> bool:
    """Return whether every character is of GS1's encodable character set 39, 64 or 82.

    >>> has_character_set("A/1", 39), has_character_set("a/1", 39), has_character_set("a/1", 82)
    (True, False, True)
    """
    kind = {39: "Y", 64: "Z", 82: "X"}[number]
    return set(identifiers.CHARACTERS[kind]).issuperset(text)


def has_check_digit(text: str) -> bool:
    """Return whether text is digits that end in their GS1 check digit."""
    return checks.get("gs1-mod10").is_valid(text)


def has_check_pair(text: str) -> bool:
    """Return whether text ends in its GS1 check character pair."""
    return checks.get("gs1-pair").is_valid(text)


def is_date(text: str) -> bool:
    """Return whether text is a day YYMMDD, or a month YYMM00.

    >>> is_date("960229"), is_date("200200"), is_date("201131")
    (True, True, False)
    """
    return linters.is_date(text, day_may_lack=True)


def is_cpid_serial(text: str) -> bool:
    """Return whether text can be (part of) a CPID serial number: digits, the first no zero.

    >>> is_cpid_serial("210"), is_cpid_serial("0123"), is_cpid_serial("")
    (True, False, True)
    """
    return not text or not any(components.faults("8011", text))


def _findings(message: Message) -> list[Finding]:
    faults = [finding for finding in message.findings if finding.severity == "error"]
    return faults + [fault for element in message.elements for fault in data_faults(element)]


def _written(message: Message) -> str:
    _raise(_findings(message))
    pairs = [(element.ai, element.value) for element in message.elements]
    if not pairs:
        raise InvalidMark([Finding("text.empty", span=(0, 0))])
    return FNC1 + element_string.join(pairs, FNC1)


def _raise(findings: list[Finding]) -> None:
    if findings:
        raise InvalidMark(findings)
