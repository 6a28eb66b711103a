"""`markcode.compare`: the data of one arm under many instruments."""

from __future__ import annotations

import random

import pytest

import markcode
from markcode import Firearm, InvalidMark, ProfileError, get_format, list_formats
from markcode.comparison import Comparison, compare
from markcode.errors import ElementError
from markcode.strategies import sample

# Maker, country, serial number: what UN Protocol and ITI ask for, and little else.
PLAIN = {"manufacturer": "INDU", "country": "CO", "serial": "01238"}
FULL = {
    **PLAIN,
    "year": "2026",
    "model": "07",
    "calibre": "9 mm",
    "place": "Example Town",
}


def under(name: str, values: dict[str, str], event: str | None = None) -> Comparison:
    (result,) = compare(values, [name], event)
    assert result.format == name
    return result


@pytest.mark.parametrize(
    ("name", "satisfied", "missing"),
    [
        ("un-protocol", True, ()),
        ("iti", True, ()),
        ("mosaic-0530", False, ("year", "model", "calibre")),
        ("oas-cifta", False, ("place",)),
        ("eu-2021-555", False, ("year",)),
        ("sadc", False, ("number",)),
        ("us-478-92", False, ("city", "state", "calibre")),
        ("de-waffg-24", False, ("calibre",)),
        ("br-7dlog-2006", False, ("calibre",)),
        ("ca-2004-275", None, ()),
        ("kinshasa", None, ()),
        ("za-23", None, ()),
    ],
)
def test_what_each_instrument_asks_beyond_the_plain_elements(
    name: str, satisfied: bool | None, missing: tuple[str, ...]
) -> None:
    result = under(name, PLAIN)
    assert (result.satisfied, result.missing, result.findings) == (satisfied, missing, ())


def test_a_town_passes_the_protocol_and_fails_the_tracing_instrument() -> None:
    """instruments.md 2: the Protocol takes a place, the ITI wants the country."""
    town = {"manufacturer": "INDU", "place": "Example Town", "serial": "01238"}
    assert under("un-protocol", town).satisfied is True
    assert under("oas-cifta", town).satisfied is True
    iti = under("iti", town)
    assert (iti.satisfied, iti.missing) == (False, ("country",))


def test_every_format_is_compared_in_its_order() -> None:
    results = compare(PLAIN)
    assert tuple(result.format for result in results) == list_formats()
    assert [r.event for r in results] == [get_format(name).events[0] for name in list_formats()]
    assert markcode.compare is compare


def test_what_is_advised_and_absent() -> None:
    assert under("iti", PLAIN).advised == ("model", "calibre", "year")
    assert under("iti", FULL).advised == ()
    assert under("eu-2021-555", {**FULL, "model": ""}).advised == ("model",)


def test_what_is_wrong_is_a_finding_and_not_missing() -> None:
    result = under("mosaic-0530", {**FULL, "country": "QQ", "year": "26x"})
    assert (result.satisfied, result.missing) == (False, ())
    assert [(f.code, f.element) for f in result.findings] == [
        ("element.value", "year"),
        ("country.unknown", "country"),
        ("element.alphabet", "calibre"),
    ]


def test_a_warning_does_not_break_an_instrument() -> None:
    result = under("recsa", {"country": "KE", "force": "pol", "number": "1"})
    assert (result.satisfied, result.findings) == (True, ())


def test_where_nothing_is_confirmed_nobody_can_tell() -> None:
    lacking = under("kinshasa", {"country": "KE"})
    assert (lacking.satisfied, lacking.missing) == (None, ("manufacturer", "serial"))
    transfer = under("iti", {"country": "KE", "serial": "L#"}, "transfer")
    assert (transfer.satisfied, transfer.findings) == (None, ())
    foreign = under("iti", {"country": "KE", "serial": "\uff11"}, "transfer")
    assert foreign.satisfied is False
    # Our own proposal for marks of CIFTA on forfeited arms can be broken.
    assert under("oas-cifta", {"country": "CO"}, "confiscation").satisfied is False


def test_a_check_digit_that_cannot_be_tested_leaves_it_open() -> None:
    given = {"country": "PE", "year": "2016", "number": "AB", "check_digit": "1"}
    assert under("pe-sucamec", given).satisfied is None
    del given["check_digit"]
    assert under("pe-sucamec", given).satisfied is False


def test_one_event_where_formats_have_it() -> None:
    results = compare({"country": "CO", "year": "2026"}, event="import")
    assert [r.format for r in results] == [
        n for n in list_formats() if "import" in get_format(n).events
    ]
    assert {r.event for r in results} == {"import"}
    satisfied = {r.format for r in results if r.satisfied}
    assert {"un-protocol", "iti", "mosaic-0530"} <= satisfied
    assert "oas-cifta" not in satisfied  # it asks for the importer, not for the country


@pytest.mark.parametrize(
    ("values", "formats", "event", "error", "message"),
    [
        ({"serail": "1"}, None, None, ElementError, "'serail': did you mean serial?"),
        ({"qwzx": "X"}, ["iti"], None, ElementError, "'qwzx': known are additional_id, address,"),
        (PLAIN, ["iti", "us-pmf"], "import", ProfileError, "us-pmf has no event 'import'"),
        (PLAIN, None, "theft", ProfileError, "no format has an event 'theft'; there are manufact"),
        (PLAIN, ["itii"], None, ProfileError, "did you mean iti?"),
    ],
)
def test_wrong_use(
    values: dict[str, str],
    formats: list[str] | None,
    event: str | None,
    error: type[Exception],
    message: str,
) -> None:
    with pytest.raises(error) as caught:
        compare(values, formats, event)
    assert message in str(caught.value)


def test_whose_country_it_is_comes_before_a_plain_one() -> None:
    both = {"country": "QQ", "event.country": "KE"}
    assert under("iti", both, "import").satisfied is True
    assert under("iti", {"country": "KE", "event.country": "QQ"}, "import").satisfied is False
    third = {
        **{"manufacturer": "X", "firearm.country": "CH", "calibre": "9 mm", "serial": "1"},
        **{"country_third": "US", "event.year": "2026"},
    }
    assert under("de-waffg-24", third, "import").satisfied is True


def test_a_format_as_configured() -> None:
    variant = get_format("eu-2021-555", options={"variant": "small-part"})
    (result,) = compare({"serial": "A1"}, [variant])
    assert (result.format, result.satisfied) == ("eu-2021-555", True)
    checked = get_format("mosaic-0530", check="iso7064-mod37-36", check_over="serial")
    (result,) = compare({**FULL, "calibre": "9MM"}, [checked])
    assert [f.code for f in result.findings] == ["check.mismatch"]


def test_as_plain_data() -> None:
    result = under("mosaic-0530", {**FULL, "country": "QQ", "calibre": "9MM"})
    plain = result.to_dict("es")
    (finding,) = plain.pop("findings")
    assert plain == {
        "format": "mosaic-0530",
        "event": "manufacture",
        "satisfied": False,
        "applies": True,
        "missing": [],
        "advised": [],
    }
    assert finding["code"] == "country.unknown"
    assert finding["message"] == result.findings[0].message("es")


@pytest.mark.parametrize("name", list_formats())
def test_compare_agrees_with_encode(name: str) -> None:
    """Data that encode takes satisfy; data that it refuses for a confirmed rule do not."""
    fmt = get_format(name)
    choose = random.Random(name).randrange
    for kind in fmt.events:
        for _ in range(5):
            arm, event = sample(fmt, choose, kind)
            values = {e.name: e.of(arm, event) for e in fmt.elements(kind)}
            given = {key: str(value) for key, value in values.items() if value is not None}
            (result,) = compare(given, [fmt], kind)
            assert not result.missing
            assert not result.findings
            untested = any(e.untested for e in fmt.elements(kind))
            assert result.satisfied is (None if fmt.is_provisional(kind) or untested else True)
            for lost in [e.name for e in fmt.elements(kind) if e.required and e.is_confirmed]:
                rest = {key: value for key, value in given.items() if key != lost}
                (broken,) = compare(rest, [fmt], kind)
                assert (broken.satisfied, broken.missing[:1]) == (False, (lost,))


def test_compare_never_needs_consent() -> None:
    arm = Firearm(serial="A1")
    with pytest.raises(InvalidMark, match="not confirmed"):
        get_format("za-23").encode(arm)
    assert under("za-23", {"serial": "A1"}).satisfied is None


def test_a_mark_that_names_its_state_in_words_is_no_other_state_s() -> None:
    arm = {"manufacturer": "ACME", "serial": "A1"}
    assert under("ca-2004-275", arm).satisfied is True
    assert under("ca-2004-275", {**arm, "country": "Canada"}).satisfied is True
    other = under("ca-2004-275", {**arm, "country": "KE"})
    assert (other.satisfied, other.applies, other.missing) == (None, False, ())
