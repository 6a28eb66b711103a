"""`markcode.verify`: with a format or by recognition, a text, a payload, or both."""

from __future__ import annotations

import datetime
import random
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

import markcode
from markcode import (
    Event,
    Firearm,
    Format,
    MarkcodeError,
    Payload,
    ProfileError,
    Report,
    get_format,
    list_formats,
    verification,
)
from markcode.fields import Literal
from markcode.formats.signs import SIGNS
from markcode.strategies import sample

MOSAIC = "CO INDU 26 07 01238 09"
MESSAGE = "[)>\x1e06\x1d17V0CVA5\x1d1P1234\x1dS674A36458\x1e\x04"
UII = "D0CVA51234674A36458"
RECORD = (
    "serial: A123\nmanufacturer: Example Arms\ncity: Springfield\nstate: Ohio\n"
    "model: M1\ncalibre: 9 mm"
)


def codes(report: Report) -> list[str]:
    return [finding.code for finding in report.findings]


class TestWithAFormat:
    def test_a_name_or_a_format_will_do(self) -> None:
        fmt = get_format("mosaic-0530")
        assert markcode.verify(MOSAIC, "mosaic-0530") == markcode.verify(MOSAIC, fmt)
        assert markcode.verify(MOSAIC, fmt) == fmt.verify(MOSAIC)

    def test_the_profile_of_the_format_is_used(self) -> None:
        fmt = get_format("mosaic-0530", check="iso7064-mod37-36")
        assert markcode.verify(MOSAIC + " R", fmt).verdict == "valid"
        assert codes(markcode.verify(MOSAIC, fmt))[0] == "check.missing"
        assert codes(markcode.verify(MOSAIC + " R", "mosaic-0530")) == ["token.unexpected"]

    def test_an_event_and_a_day_are_passed_on(self) -> None:
        report = markcode.verify("CO 26", "mosaic-0530", event="import")
        assert (report.verdict, report.event) == ("valid", "import")
        day = datetime.date(2025, 1, 1)
        late = markcode.verify("CO 26", "mosaic-0530", event=Event("import"), as_of=day)
        assert (late.verdict, codes(late)[0]) == ("invalid", "year.window")
        assert late.data["as_of"] == "2025-01-01"

    def test_what_is_unknown_is_a_wrong_use(self) -> None:
        with pytest.raises(ProfileError, match="no format 'nothing'"):
            markcode.verify(MOSAIC, "nothing")
        with pytest.raises(ProfileError, match="has no event 'theft'"):
            markcode.verify(MOSAIC, "mosaic-0530", event="theft")

    def test_nothing_to_verify_is_a_wrong_use(self) -> None:
        with pytest.raises(MarkcodeError) as caught:
            markcode.verify()
        assert str(caught.value) == "nothing to verify: give a text, a payload, or both"

    def test_a_payload_alone_is_verified_like_a_text(self) -> None:
        report = markcode.verify(payload=MESSAGE, format="iuid")
        assert (report.verdict, report.data["uii"]) == ("valid", UII)
        assert report == markcode.verify(Payload(MESSAGE), "iuid")
        assert report.input == MESSAGE


class TestTextAndPayload:
    def test_a_text_and_its_payload_agree(self) -> None:
        report = markcode.verify(MOSAIC, "mosaic-0530", payload=MOSAIC)
        assert (report.verdict, codes(report)) == ("valid", [])

    def test_another_spelling_agrees_too(self) -> None:
        report = markcode.verify(MOSAIC.replace(" ", "\n"), "mosaic-0530", payload=MOSAIC)
        assert report.verdict == "valid"

    @pytest.mark.parametrize(
        "payload", [MOSAIC.replace("01238", "01239"), "CO", "", b"\xff\xfe", MESSAGE]
    )
    def test_another_payload_is_a_mismatch(self, payload: str | bytes) -> None:
        report = markcode.verify(MOSAIC, "mosaic-0530", payload=payload)
        assert report.verdict == "invalid"
        assert codes(report)[-1] == "payload.mismatch"
        assert report.findings[-1].params["payload"] == payload
        assert report.input == MOSAIC

    @pytest.mark.parametrize(
        ("payload", "verdict", "mismatch"),
        [(MOSAIC, "undetermined", False), (MOSAIC.replace("07", "08"), "invalid", True)],
    )
    def test_texts_of_several_readings_agree_where_they_read_alike(
        self, payload: str, verdict: str, mismatch: bool
    ) -> None:
        fmt = get_format("mosaic-0530", options={"year_window": "none"})
        report = markcode.verify(MOSAIC, fmt, payload=payload)
        assert report.verdict == verdict
        assert codes(report) == ["year.ambiguous", *["payload.mismatch"] * mismatch]

    def test_a_bad_text_beside_a_good_payload_stays_invalid(self) -> None:
        report = markcode.verify("CO INDU 26 07 012#8 09", "mosaic-0530", payload=MOSAIC)
        assert (report.verdict, codes(report)) == ("invalid", ["element.alphabet"])

    def test_opaque_text_is_decided_by_the_payload_that_it_agrees_with(self) -> None:
        report = markcode.verify(UII, "iuid", payload=MESSAGE)
        assert report.verdict == "valid"
        assert report.data["uii"] == UII
        assert report.firearm == Firearm(manufacturer="0CVA5", model="1234", serial="674A36458")

    def test_opaque_text_and_another_payload(self) -> None:
        report = markcode.verify(UII + "0", "iuid", payload=MESSAGE)
        assert report.verdict == "invalid"
        assert codes(report)[-1] == "payload.mismatch"

    def test_struck_lines_and_their_record(self) -> None:
        fmt = get_format("us-478-92")
        marking = fmt.encode(fmt.parse(RECORD).firearm)
        assert markcode.verify(marking.text, fmt).verdict == "undetermined"
        assert markcode.verify(marking.text, fmt, payload=RECORD).verdict == "valid"
        other = marking.text.replace("A123", "A124")
        assert markcode.verify(other, fmt, payload=RECORD).verdict == "invalid"

    def test_bytes_are_text_too(self) -> None:
        report = markcode.verify(UII.encode(), "iuid", payload=MESSAGE.encode())
        assert report.verdict == "valid"

    @pytest.mark.parametrize("name", list_formats())
    def test_every_marking_agrees_with_its_own_payload(self, name: str) -> None:
        fmt = get_format(name, options={"construct": "1"} if name == "iuid" else None)
        rng = random.Random(name)
        done = 0
        while done < 15:
            arm, event = sample(fmt, rng.randrange)
            try:
                marking = fmt.encode(arm, event, accept_provisional=True)
            except MarkcodeError:
                continue
            report = markcode.verify(marking.text, fmt, payload=marking.payload)
            alone = fmt.verify(marking.payload)
            assert alone.verdict in ("valid", "undetermined")
            assert report.verdict == alone.verdict
            assert {f.severity for f in report.findings} <= {"info"}
            done += 1


class TestRecognition:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            (MOSAIC, "mosaic-0530"),
            (MOSAIC.replace(" ", "\n"), "mosaic-0530"),
            (MESSAGE, "iuid"),
            (MESSAGE.encode(), "iuid"),
            (Payload(MESSAGE), "iuid"),
        ],
    )
    def test_a_mark_that_shows_its_format(self, text: Any, name: str) -> None:
        report = markcode.verify(text)
        assert (report.format, report.verdict) == (name, "valid")
        assert report == get_format(name).verify(text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            " ",
            "hello world",
            "CO 26",
            "CO INDU 26 07 01238",
            "CO INDU 26 07 012#8 09",
            RECORD,
            "a" * 100_000,
            "\ud800",
            b"\xff\x00",
        ],
    )
    def test_none_fits(self, text: str | bytes) -> None:
        report = markcode.verify(text)
        assert report.verdict == "undetermined"
        assert (report.format, report.event, report.firearm) == (None, None, None)
        (finding,) = report.findings
        assert (finding.code, finding.severity) == ("format.unknown", "info")
        # What would decide is the name of the format, and of its check.
        tried = finding.params["formats"]
        assert len(tried) == len(set(tried))
        assert {"mosaic-0530", "recsa", "iuid", "gs1"} <= set(tried)
        # Marks that cannot be told from other text are tried by name only.
        assert not {"gt-15-2009", "kinshasa", "us-pmf", "ca-2004-275", "za-23"} & set(tried)
        assert "Name the format" in finding.message()
        if isinstance(text, str):
            assert finding.span == (0, len(text))

    def test_a_checked_mark_needs_its_profile(self) -> None:
        report = markcode.verify(MOSAIC + " R")
        assert (report.verdict, codes(report)) == ("undetermined", ["format.unknown"])

    def test_only_recognisable_formats_are_tried(self) -> None:
        report = markcode.verify("12345678-A1")
        assert report.format != "us-pmf"
        assert report.verdict == "undetermined"

    def test_lost_separators_are_recognised(self) -> None:
        report = markcode.verify("[)>0617V0CVA51P1234S674A36458")
        assert (report.format, report.verdict) == ("iuid", "undetermined")
        assert codes(report) == ["separators.lost"]

    def test_a_suspect_mark_is_recognised(self) -> None:
        report = markcode.verify("CO  INDU 26 07 01238 09")
        assert (report.format, report.verdict) == ("mosaic-0530", "suspect")

    def test_a_payload_beside_a_recognised_text(self) -> None:
        assert markcode.verify(MOSAIC, payload=MOSAIC).verdict == "valid"
        report = markcode.verify(MOSAIC, payload=MOSAIC.replace("07", "08"))
        assert (report.verdict, codes(report)) == ("invalid", ["payload.mismatch"])

    def test_a_day_counts_in_recognition(self) -> None:
        report = markcode.verify(MOSAIC, as_of=datetime.date(2025, 6, 1))
        assert (report.verdict, codes(report)) == ("undetermined", ["format.unknown"])

    def test_several_fit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        # No two formats of today have a mark in common, so one gets a twin.
        declaration = get_format("mosaic-0530").declaration
        both = {n: Format(replace(declaration, name=n)) for n in ("mosaic-0530", "twin")}
        monkeypatch.setattr(verification, "SIGNS", dict.fromkeys(both, ()))
        monkeypatch.setattr(verification, "_opened", both.__getitem__)
        report = markcode.verify(MOSAIC)
        (finding,) = report.findings
        assert (report.verdict, report.format) == ("undetermined", None)
        assert (finding.code, finding.severity) == ("format.ambiguous", "info")
        assert finding.params["formats"] == ["mosaic-0530", "twin"]
        assert finding.message() == "Several formats fit: mosaic-0530, twin. Name the format."

    @given(st.text(max_size=60))
    def test_nothing_is_raised_for_text(self, text: str) -> None:
        report = markcode.verify(text)
        assert report.verdict in ("valid", "suspect", "undetermined")
        report.to_dict()

    @given(st.binary(max_size=60))
    def test_nothing_is_raised_for_bytes(self, data: bytes) -> None:
        markcode.verify(data).to_dict()
        markcode.verify(MOSAIC, "mosaic-0530", payload=data).to_dict()

    def test_two_readings_of_a_two_digit_year_leave_it_open(self) -> None:
        fmt = get_format("mosaic-0530", options={"year_window": "none"})
        report = markcode.verify(MOSAIC, fmt)
        assert (report.verdict, codes(report)) == ("undetermined", ["year.ambiguous"])
        decided = markcode.verify(MOSAIC, fmt, as_of=datetime.date(2020, 1, 1))
        assert decided.verdict == "valid"
        assert decided.firearm is not None and decided.firearm.year == 1926


def test_a_text_of_two_readings_agrees_with_its_own_payload() -> None:
    fmt = get_format("mosaic-0530", options={"year_window": "none"})
    text = "CO INDU 26 07 01238 09"
    report = markcode.verify(text, fmt, payload=text)
    assert report.verdict == "undetermined"
    assert "payload.mismatch" not in codes(report)


def test_spans_count_code_points_of_bytes_too() -> None:
    assert markcode.verify("\u00e9 CO".encode()).findings[0].span == (0, 4)


@pytest.mark.parametrize("text", ["HELLO", "12345", "A-1"])
def test_a_word_is_not_recognised_as_a_uii(text: str) -> None:
    assert markcode.verify(text).format is None


def test_a_message_with_a_fault_is_still_recognised() -> None:
    report = markcode.verify("[)>\x1e06\x1d17VOCVA5\x1d1P1\x1dSA1\x1e\x04")
    assert (report.format, report.verdict) == ("iuid", "invalid")
    assert codes(report) == ["element.value"]


# -- signs -----------------------------------------------------------------------------------------

ANY = dict.fromkeys(SIGNS, ())
"""Signs that every text has, so that every format is tried in full."""


def in_full(text: Any, *more: Any) -> Report:
    with mock.patch.object(verification, "SIGNS", ANY):
        return markcode.verify(text, None, None, *more)


def test_the_formats_with_signs_are_those_with_recognisable_marks() -> None:
    recognisable = [
        name
        for name in list_formats()
        if any(get_format(name).rule(kind).recognisable for kind in get_format(name).events)
    ]
    assert list(SIGNS) == recognisable


@pytest.mark.parametrize("name", [n for n in SIGNS if get_format(n).declaration.syntax is None])
def test_signs_are_the_spellings_of_a_word_that_every_mark_has(name: str) -> None:
    fmt = get_format(name)
    if not SIGNS[name]:
        return
    for kind in (kind for kind in fmt.events if fmt.rule(kind).recognisable):
        words = [
            {*item.type.spellings, *item.type.near}
            for item in fmt.layout(kind).items
            if isinstance(item.type, Literal) and not item.optional and not item.type.ignore_case
        ]
        # A longer spelling may hold a shorter one: that one tells both.
        assert any(all(any(s in w for s in SIGNS[name]) for w in word) for word in words)


def faulty(text: str, choose: random.Random) -> str:
    for _ in range(choose.randrange(3)):
        at = choose.randrange(len(text) + 1)
        odd = choose.choice("0O1I*☆<>EU():[]^\x1d\n /.-" + text)
        end = at + choose.randrange(3)
        text = text[:at] + choose.choice(("", odd, odd + odd)) + text[end:]
    return text


@pytest.mark.parametrize("name", list_formats())
def test_a_mark_is_recognised_as_if_every_format_were_tried(name: str) -> None:
    fmt = get_format(name)
    choose = random.Random(name)
    for kind in fmt.events:
        for _ in range(6):
            marking = fmt.encode(*sample(fmt, choose.randrange, kind), accept_provisional=True)
            for source in (marking.text, marking.payload, marking.record, str(marking.payload)):
                data = source.data if isinstance(source, Payload) else source
                assert isinstance(data, str)
                text = faulty(data, choose)
                tried = Payload(text, source.gs1) if isinstance(source, Payload) else text
                assert markcode.verify(tried) == in_full(tried)


@given(st.text(st.sampled_from("*☆<STAR>ECOWAS EU26()[]^\x1d01:/htpserialu"), max_size=30))
def test_any_text_is_recognised_as_if_every_format_were_tried(text: str) -> None:
    for source in (text, text.encode(), Payload(text, gs1=True)):
        assert markcode.verify(source) == in_full(source)


def test_an_event_limits_recognition_and_must_be_one() -> None:
    assert markcode.verify("CO INDU 26 07 01238 09", event="import").format is None
    with pytest.raises(markcode.ProfileError):
        markcode.verify("CO 26", event="theft")
