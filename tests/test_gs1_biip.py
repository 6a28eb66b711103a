"""GS1 data as an independent program reads them: biip (https://github.com/jodal/biip).

biip and markcode must agree on every case that both support. biip does not test: associations,
character sets 39 and 64 beyond the pattern of the AI, countries, currencies and other code lists,
check digits other than those of GTIN, GLN and SSCC, check pairs, leading zeros, piece of total. In
its brackets there is no escape. Of a link it takes short GTINs, schemes of any case, AIs of the
path in the query and repeats, which the GS1 Barcode Syntax Engine refuses by default. So what biip
refuses, we refuse; what we accept, it accepts, and reads the same.
"""

from __future__ import annotations

from collections.abc import Iterable

import biip
import pytest
from biip.gs1_application_identifiers import GS1ApplicationIdentifier
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_element_strings import GS1ElementString
from biip.gs1_messages import GS1Message
from hypothesis import given
from hypothesis import strategies as st

from markcode import Event, Firearm, checks, get_format
from markcode.formats.gs1 import ai as identifiers
from markcode.formats.gs1 import components, digital_link, element_string
from markcode.strategies import arms

FMT = get_format("gs1")
LINK = get_format("gs1", options={"syntax": "digital-link"})

CHECKED = ("00", "01", "02", "03", *(f"41{digit}" for digit in range(8)))
"""AIs whose check digit biip tests."""


def known(ai: str) -> bool:
    try:
        return GS1ApplicationIdentifier.extract(ai).ai == ai
    except biip.ParseError:
        return False


def pairs(elements: Iterable[GS1ElementString]) -> list[tuple[str, str]]:
    return [(element.ai.ai, element.value) for element in elements]


def with_check(ai: str, text: str) -> str:
    """Return digits with their check digit in place of the last one, where the AI has one."""
    if ai not in CHECKED or not text.isdecimal() or len(text) < 2:
        return text
    return checks.get("gs1-mod10").append(text[:-1])


SHARED = [ai for ai in identifiers.table() if known(ai)]


UNTESTED = {
    identifiers.table()[ai].form: ai
    for ai in SHARED
    if not any(part.tests for part in identifiers.table()[ai].components)
}
SAME = (*CHECKED, *UNTESTED.values())
"""AIs of whose data biip tests all that we do, one of each form."""


def accepts(ai: str, value: str) -> bool:
    """Return whether biip takes the data, its check digit included."""
    try:
        element = GS1ElementString.parse(ai + value)
    except biip.ParseError:
        return False
    return not (element.gtin_error or element.gln_error or element.sscc_error)


def test_nearly_every_ai_is_known_to_both() -> None:
    lacking = sorted(set(identifiers.table()) - set(SHARED))
    assert len(SHARED) > 500, lacking


@pytest.mark.parametrize("ai", SHARED)
def test_the_same_ais_need_a_separator(ai: str) -> None:
    entry = identifiers.table()[ai]
    assert GS1ApplicationIdentifier.extract(ai).separator_required != entry.is_predefined


@given(data=st.data())
def test_data_that_we_accept_biip_accepts(data: st.DataObject) -> None:
    ai = data.draw(st.sampled_from(SHARED))
    entry = identifiers.table()[ai]
    alphabet = identifiers.CHARACTERS[data.draw(st.sampled_from(entry.components)).kind]
    length = data.draw(st.integers(max(0, entry.least - 1), entry.most + 1))
    value = data.draw(st.text(st.sampled_from(alphabet), min_size=length, max_size=length))
    if not list(components.faults(ai, value)):
        assert accepts(ai, value), (ai, value)


@pytest.mark.parametrize("ai", SAME)
@given(data=st.data())
def test_data_of_the_same_tests(ai: str, data: st.DataObject) -> None:
    entry = identifiers.table()[ai]
    length = data.draw(st.integers(max(1, entry.least - 1), entry.most + 1))
    digits = st.text(st.sampled_from("0123456789A^"), min_size=length, max_size=length)
    value = data.draw(digits | digits.map(lambda text: with_check(ai, text)))
    assert (list(components.faults(ai, value)) == []) == accepts(ai, value)


@given(st.sampled_from(["11", "12", "13", "15", "16", "17"]), st.integers(0, 999_999))
def test_days(ai: str, number: int) -> None:
    value = f"{number:06}"
    assert (list(components.faults(ai, value)) == []) == accepts(ai, value)


@given(arms(FMT))
def test_marks_are_read_alike(drawn: tuple[Firearm, Event]) -> None:
    marking = FMT.encode(*drawn)
    read = GS1Message.parse(str(marking.payload.data))
    ours = element_string.read(str(marking.payload.data)).elements
    assert pairs(read.element_strings) == [(e.ai, e.value) for e in ours]
    if "\\(" not in marking.text:
        assert GS1Message.parse_hri(marking.text).value == marking.payload.data


@given(arms(LINK))
def test_links_are_read_and_written_alike(drawn: tuple[Firearm, Event]) -> None:
    uri = LINK.encode(*drawn).text
    theirs = GS1DigitalLinkURI.parse(uri)
    assert pairs(theirs.element_strings) == [
        (e.ai, e.value) for e in digital_link.read(uri).elements
    ]
    # biip sorts the attributes by their AI; the order of attributes says nothing.
    written = theirs.as_canonical_uri()
    assert written.partition("?")[0] == uri.partition("?")[0]
    assert set(written.partition("?")[2].split("&")) == set(uri.partition("?")[2].split("&"))
    assert LINK.parse(written) == LINK.parse(uri)


@pytest.mark.parametrize(
    "text",
    [
        "0109521234543213" + "21A7\x1d422170",
        "0109521234543213\x1d21A7",
        "10A1\x1d0109521234543213",
        "800302112345678900ABC\x1d91X",
        "8004952123456\x1d7040" + "1ABC",
        "3103000195392012345\x1d17270101",
        "01095212345432132101",
        "0109521234",
        "8999",
        "11270230",
        "422ABC",
    ],
)
def test_messages(text: str) -> None:
    try:
        theirs = pairs(GS1Message.parse(text).element_strings)
    except biip.ParseError:
        theirs = None
    message = element_string.read(text)
    is_right = not message.findings and not any(
        list(components.faults(e.ai, e.value)) for e in message.elements
    )
    assert ([(e.ai, e.value) for e in message.elements] if is_right else None) == theirs


@pytest.mark.parametrize(
    "uri",
    [
        "https://id.gs1.org/01/09521234543213/21/A%2F7?422=170",
        "http://example.com/some/stem/8004/95212345678?lang=es",
        "https://id.gs1.org/8010/9521234ABC/8011/77",
        "https://id.gs1.org/01/09521234543213/21/A/10/B",
        "https://id.gs1.org/01/09521234543213/77/A",
        "https://id.gs1.org/99/A",
        "ftp://id.gs1.org/01/09521234543213",
    ],
)
def test_links(uri: str) -> None:
    try:
        theirs = pairs(GS1DigitalLinkURI.parse(uri).element_strings)
    except biip.ParseError:
        theirs = None
    message = digital_link.read(uri)
    ours = None if message.findings else [(e.ai, e.value) for e in message.elements]
    assert ours == theirs
