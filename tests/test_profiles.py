"""Profiles: a format with its check, code lists and options is one value, and says what is wrong.

Messages are compared exactly: they are all that an operator sees.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import pickle
import random
import re
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import markcode
from markcode import (
    Ambiguous,
    CodeList,
    Event,
    Firearm,
    Format,
    InvalidMark,
    ProfileError,
    checks,
    get_format,
    list_formats,
)
from markcode.errors import TableError
from markcode.strategies import sample

MARK = "CO INDU 26 07 01238 09"
ARM = Firearm(
    country="CO", manufacturer="INDU", year=2026, model="07", serial="01238", calibre="09"
)


def refused(name: str = "mosaic-0530", **profile: Any) -> str:
    with pytest.raises(ProfileError) as caught:
        get_format(name, **profile)
    return str(caught.value)


def mosaic(**options: str) -> Format:
    return get_format("mosaic-0530", options={k.replace("__", "."): v for k, v in options.items()})


@pytest.fixture
def makers(tmp_path: Path) -> Path:
    path = tmp_path / "my makers.csv"
    path.write_text(
        "# Invented makers, 2026-01-02\ncode,name\nINDU,Industrias Ejemplo\nACME,Acme & Co\n",
        encoding="utf-8",
        newline="\n",
    )
    return path


class TestNames:
    def test_the_formats(self) -> None:
        known = list_formats()
        assert len(known) == len(set(known)) == 28
        assert {"mosaic-0530", "us-478-92", "us-pmf", "iuid", "gs1", "recsa"} <= set(known)
        for name in list_formats():
            assert get_format(name).name == name

    @pytest.mark.parametrize("name", ["zzz", "", "MOSAIC-0530", "mosaic-0530 ", "mosaic"])
    def test_an_unknown_format(self, name: str) -> None:
        message = refused(name)
        assert message.startswith(f"no format {name!r}")
        assert message.endswith(", ".join(list_formats()))
        near = name.strip() == "mosaic-0530" or name == "mosaic"
        assert ("did you mean mosaic-0530?" in message) is near

    @pytest.mark.parametrize("kind", ["theft", "", "Manufacture", "state-owned"])
    def test_an_unknown_event(self, kind: str) -> None:
        fmt = mosaic()
        wanted = (
            f"mosaic-0530 has no event {kind!r}; it has: manufacture, import, transfer, "
            "confiscation, deactivation"
        )
        for verb in (
            lambda: fmt.verify(MARK, kind),
            lambda: fmt.parse(MARK, Event(kind)),
            lambda: fmt.encode(ARM, kind),
            lambda: fmt.canonical(ARM, Event(kind)),
            lambda: fmt.keys(ARM, kind),
            lambda: fmt.elements(kind),
            lambda: fmt.line_count(kind),
            lambda: fmt.is_provisional(kind),
            lambda: fmt.json_schema(kind),
        ):
            with pytest.raises(ProfileError) as caught:
                verb()
            assert str(caught.value) == wanted


class TestOptions:
    def test_an_unknown_option(self) -> None:
        assert refused(options={"colour": "red"}) == (
            "mosaic-0530 has no option 'colour'; it has: separator, year_window, "
            "length.manufacturer, length.model, length.serial, length.calibre"
        )
        assert refused("us-pmf", options={"variant": "any"}) == (
            "us-pmf has no option 'variant'; it has: length.serial"
        )
        assert "has no option 'length.country'" in refused(options={"length.country": "2"})

    @pytest.mark.parametrize(
        ("name", "key", "value", "listed"),
        [
            ("mosaic-0530", "separator", "comma", "space, line, slash"),
            ("us-478-92", "variant", "", "any, place, prefix, adopted"),
            ("iuid", "syntax", "25", "05, 06, 12, DD"),
            ("iuid", "construct", "3", "1, 2"),
            ("iuid", "agency", "CAGE", "cage, dodaac, duns, gs1"),
        ],
    )
    def test_a_value_that_is_not_listed(self, name: str, key: str, value: str, listed: str) -> None:
        assert refused(name, options={key: value}) == (
            f"{name}: option {key}={value!r} is not one of {listed}"
        )

    @pytest.mark.parametrize("value", ["", "a", "5-", "-5", "٣", "2 ", "1.5", "1-2-3", "0x5"])
    def test_no_length(self, value: str) -> None:
        assert refused(options={"length.serial": value}) == (
            f"mosaic-0530: option length.serial={value!r} is not a length such as 5 or 2-4"
        )

    @pytest.mark.parametrize("value", ["0", "33", "4-2", "1-33", "0-5"])
    def test_a_length_that_the_format_does_not_allow(self, value: str) -> None:
        assert refused(options={"length.serial": value}) == (
            f"mosaic-0530: option length.serial={value}: the format allows 1 to 32"
        )

    @pytest.mark.parametrize(("value", "least", "most"), [("3", 3, 3), ("2-4", 2, 4)])
    def test_a_length_holds_in_both_directions(self, value: str, least: int, most: int) -> None:
        fmt = mosaic(length__model=value)
        for size in range(1, 7):
            model = "7" * size
            text = f"CO INDU 26 {model} 01238 09"
            report = fmt.verify(text)
            if least <= size <= most:
                assert report.ok
                continue
            assert [(f.code, f.element) for f in report.findings] == [("element.length", "model")]
            with pytest.raises(InvalidMark) as caught:
                fmt.encode(Firearm(**{**ARM.elements(), "model": model}))  # type: ignore[arg-type]
            (finding,) = caught.value.findings
            assert (finding.code, finding.element) == ("element.length", "model")
            assert (finding.params["least"], finding.params["most"]) == (least, most)

    def test_a_length_holds_for_every_event(self) -> None:
        fmt = mosaic(length__serial="5")
        assert fmt.verify("CO 26 01238", "import").ok
        assert not fmt.verify("CO 26 012", "import").ok


class TestYears:
    @pytest.mark.parametrize("value", ["", "1930", "26-27", "NONE", "1930–2029", "1930-2029-"])
    def test_no_window(self, value: str) -> None:
        assert refused(options={"year_window": value}) == (
            f"mosaic-0530: option year_window={value!r} is not two years such as 1930-2029"
        )

    @pytest.mark.parametrize("value", ["2029-1930", "1930-2030", "0000-9999"])
    def test_a_window_of_more_than_a_hundred_years_or_backwards(self, value: str) -> None:
        assert refused(options={"year_window": value}) == (
            f"mosaic-0530: option year_window={value}: a window of two digits spans one to a "
            "hundred years, the earlier first"
        )

    @pytest.mark.parametrize(
        ("kind", "first"), [("manufacture", 1950), ("import", 2012), ("transfer", 2012)]
    )
    def test_the_window_of_the_format(self, kind: str, first: int) -> None:
        fmt = mosaic()
        for year in (first, first + 49, first + 50, first + 99):
            arm = Firearm(**{**ARM.elements(), "year": year})  # type: ignore[arg-type]
            event = Event(kind, country="CO", year=year)
            marking = fmt.encode(arm, event, accept_provisional=True)
            parsed = fmt.parse(marking.text, kind)
            assert year in (parsed.firearm.year, parsed.event.year)
        for year in (first - 1, first + 100, 26, 0):
            arm = Firearm(**{**ARM.elements(), "year": year})  # type: ignore[arg-type]
            event = Event(kind, country="CO", year=year)
            with pytest.raises(InvalidMark) as caught:
                fmt.encode(arm, event, accept_provisional=True)
            finding = next(f for f in caught.value.findings if f.code == "year.window")
            assert (finding.element, finding.params["value"]) == ("year", year)
            assert (finding.params["first"], finding.params["last"]) == (first, first + 99)

    @given(st.integers(1900, 2099), st.integers(1, 100), st.integers(0, 99))
    def test_a_window_has_one_reading_or_none(self, first: int, span: int, digits: int) -> None:
        fmt = mosaic(year_window=f"{first}-{first + span - 1}")
        report = fmt.verify(f"CO INDU {digits:02} 07 01238 09")
        fitting = [y for y in range(first, first + span) if y % 100 == digits]
        assert report.firearm is not None
        if fitting:
            assert (report.verdict, report.firearm.year) == ("valid", fitting[0])
        else:
            (finding,) = (f for f in report.findings if f.code == "year.window")
            assert (finding.element, finding.span) == ("year", (8, 10))
            assert report.firearm.year is None

    @pytest.mark.parametrize(
        ("as_of", "verdict", "code"),
        [
            (None, "valid", None),
            (datetime.date(2026, 1, 1), "valid", None),
            (datetime.date(2025, 12, 31), "invalid", "year.window"),
            (datetime.date(1949, 1, 1), "invalid", "year.window"),
        ],
    )
    def test_a_reading_later_than_the_day_is_dropped(
        self, as_of: datetime.date | None, verdict: str, code: str | None
    ) -> None:
        report = mosaic().verify(MARK, as_of=as_of)
        assert (report.verdict, [f.code for f in report.findings]) == (
            verdict,
            [code] if code else [],
        )
        assert report.data.get("as_of") == (as_of.isoformat() if as_of else None)
        if code:
            assert report.findings[0].params["reason"] == "as_of"
            with pytest.raises(InvalidMark):
                mosaic().parse(MARK, as_of=as_of)

    def test_without_a_window_parse_raises_with_both_readings(self) -> None:
        fmt = mosaic(year_window="none")
        with pytest.raises(Ambiguous) as caught:
            fmt.parse(MARK)
        assert [parsed.firearm.year for parsed in caught.value.readings] == [1926, 2026]
        assert [parsed.firearm.serial for parsed in caught.value.readings] == ["01238"] * 2
        assert str(caught.value) == (
            "Year: 26 can mean 1926, 2026. Give the window of years, or the day as of which it "
            "was read."
        )
        report = fmt.verify(MARK)
        assert (report.verdict, report.firearm and report.firearm.year) == ("undetermined", None)
        assert [(f.code, f.severity, f.span) for f in report.findings] == [
            ("year.ambiguous", "warning", (8, 10))
        ]
        assert len(fmt.parse_all(MARK)) == 2

    def test_a_day_can_decide_between_readings(self) -> None:
        fmt = mosaic(year_window="none")
        assert fmt.parse(MARK, as_of=datetime.date(2000, 1, 1)).firearm.year == 1926
        report = fmt.verify(MARK, as_of=datetime.date(1900, 1, 1))
        assert [f.code for f in report.findings] == ["year.window"]
        with pytest.raises(Ambiguous):
            fmt.parse(MARK, as_of=datetime.date(2026, 1, 1))

    def test_a_record_may_state_the_whole_year(self) -> None:
        fmt = mosaic(year_window="1930-2029")
        record = fmt.encode(ARM).record
        assert "year: 2026" in record
        assert fmt.parse(record).firearm.year == 2026
        assert fmt.parse(record.replace("2026", "26")).firearm.year == 2026
        report = fmt.verify(record.replace("2026", "1926"))
        finding = report.findings[0]
        assert (finding.code, finding.element) == ("year.window", "year")
        start, end = finding.span or (0, 0)
        assert record.replace("2026", "1926")[start:end] == "1926"


class TestChecks:
    def test_an_unknown_check_names_all(self) -> None:
        assert refused(check="mod37") == (
            "'mod37' is no check-character system: known are " + ", ".join(checks.names())
        )
        assert "did you mean iso7064-mod37-36?" in refused(check="ISO7064-MOD37-36")

    @pytest.mark.parametrize(
        ("name", "check", "message"),
        [
            (
                "mosaic-0530",
                "luhn",
                "luhn checks only 0-9, but country of mosaic-0530 may hold A-Z: choose a check "
                "such as iso7064-mod37-36 or gs1-pair",
            ),
            (
                "us-pmf",
                "damm",
                "damm checks only 0-9, but serial of us-pmf may hold 0-9 A-Z a-z -: choose a "
                "check such as gs1-pair",
            ),
            (
                # Every such serial has a hyphen.
                "us-pmf",
                "iso7064-mod37-36",
                "iso7064-mod37-36 checks only 0-9 A-Z, but serial of us-pmf may hold 0-9 A-Z a-z "
                "-: choose a check such as gs1-pair",
            ),
            (
                "mosaic-0530",
                "iso7064-mod661-26",
                "iso7064-mod661-26 checks only A-Z, but manufacturer of mosaic-0530 may hold "
                "0-9 A-Z - .: choose a check such as iso7064-mod37-36 or gs1-pair",
            ),
        ],
    )
    def test_a_check_of_other_characters(self, name: str, check: str, message: str) -> None:
        assert refused(name, check=check) == message

    @pytest.mark.parametrize("name", ["us-478-92", "us-pmf", "iuid"])
    def test_a_law_that_fixes_the_line_takes_no_further_token(self, name: str) -> None:
        assert refused(name, check="gs1-pair", check_over="mark") == (
            f"{name} takes no check over the mark: it takes check_over=serial"
        )
        assert get_format(name, check="gs1-pair").check_over == "serial"

    def test_a_part_that_no_check_covers(self) -> None:
        assert refused(check="iso7064-mod37-36", check_over="line") == (
            "mosaic-0530 takes no check over the line: it takes check_over=mark or serial"
        )

    @pytest.mark.parametrize("over", ["mark", "serial"])
    def test_check_over_needs_a_check(self, over: str) -> None:
        assert refused(check_over=over) == f"mosaic-0530: check_over={over} needs a check"

    @pytest.mark.parametrize("construct", ["1", "2"])
    def test_a_check_over_the_serial_needs_a_serial(self, construct: str) -> None:
        options = {"construct": construct, "syntax": "05"}
        assert refused("iuid", check="iso7064-mod37-36", options=options) == (
            "iuid with these options has no serial for a check to cover"
        )

    def test_the_default_is_the_mark_where_allowed(self) -> None:
        assert get_format("mosaic-0530", check="iso7064-mod37-36").check_over == "mark"
        assert get_format("mosaic-0530").check_over is None


class TestCodes:
    def test_a_name_is_encoded_as_its_code(self, makers: Path) -> None:
        fmt = get_format("mosaic-0530", codes={"manufacturer": makers})
        for given_name in ("INDU", "Industrias Ejemplo", "industrias ejemplo"):
            arm = Firearm(**{**ARM.elements(), "manufacturer": given_name})  # type: ignore[arg-type]
            assert fmt.encode(arm).text == MARK
        report = fmt.verify(MARK)
        assert (report.verdict, report.data["names"]) == (
            "valid",
            {"manufacturer": "Industrias Ejemplo"},
        )

    def test_what_is_not_listed_is_refused_and_found(self, makers: Path) -> None:
        fmt = get_format("mosaic-0530", codes={"manufacturer": makers})
        arm = Firearm(**{**ARM.elements(), "manufacturer": "OTHER"})  # type: ignore[arg-type]
        with pytest.raises(InvalidMark) as caught:
            fmt.encode(arm)
        (finding,) = caught.value.findings
        assert (finding.code, finding.element) == ("code.unlisted", "manufacturer")
        assert finding.message() == "Manufacturer: OTHER is not in the code list my makers.csv."
        report = fmt.verify(MARK.replace("INDU", "OTHER"))
        assert report.verdict == "suspect"
        assert [(f.code, f.severity, f.span) for f in report.findings] == [
            ("code.unlisted", "warning", (3, 8))
        ]

    def test_an_element_that_the_format_lacks(self, makers: Path) -> None:
        assert refused(codes={"colour": makers}) == (
            "mosaic-0530 has no element 'colour' for a code list; it has: calibre, country, "
            "manufacturer, model, serial, year"
        )

    def test_a_list_that_cannot_be_read(self, tmp_path: Path) -> None:
        with pytest.raises(TableError, match="the code list of model cannot be read"):
            get_format("mosaic-0530", codes={"model": tmp_path / "none.csv"})

    def test_a_list_can_be_given_as_it_is(self) -> None:
        codes = CodeList("manufacturer", {"INDU": "Industrias Ejemplo"}, filename="x.csv")
        fmt = get_format("mosaic-0530", codes={"manufacturer": codes})
        assert fmt.verify(MARK).data["names"] == {"manufacturer": "Industrias Ejemplo"}

    def test_the_profile_names_the_copy_and_its_hash(self, makers: Path) -> None:
        fmt = get_format("mosaic-0530", codes={"manufacturer": makers})
        raw = makers.read_bytes()
        assert fmt.profile()["codes"] == {
            "manufacturer": {
                "file": "codes-manufacturer.csv",
                "sha256": hashlib.sha256(raw).hexdigest(),
            }
        }
        assert fmt.source_files() == {"codes-manufacturer.csv": raw}


class TestValue:
    def test_the_profile_as_it_stands_in_a_manifest(self) -> None:
        assert get_format("mosaic-0530").profile() == {
            "format": "mosaic-0530",
            "check": None,
            "check_over": None,
            "codes": {},
            "options": {"separator": "space"},
        }
        fmt = get_format(
            "iuid",
            check="iso7064-mod37-36",
            options={"syntax": "12", "construct": "1"},
        )
        assert fmt.profile() == {
            "format": "iuid",
            "check": "iso7064-mod37-36",
            "check_over": "serial",
            "codes": {},
            "options": {"agency": "cage", "construct": "1", "syntax": "12"},
        }
        assert list(mosaic(separator="line", length__model="2").profile()["options"]) == [
            "length.model",
            "separator",
        ]

    def test_a_profile_makes_its_own_format_again(self) -> None:
        for fmt in (
            get_format("mosaic-0530", check="gs1-pair", options={"length.model": "2"}),
            get_format("us-478-92", options={"variant": "prefix"}),
            get_format("iuid", check="luhn-mod36"),
        ):
            told = fmt.profile()
            again = get_format(
                told["format"], told["check"], told["check_over"], None, told["options"]
            )
            assert again == fmt
            assert again.profile() == told

    def test_equal_profiles_are_equal(self, makers: Path) -> None:
        def configured(check: str | None = "gs1-pair", model: str = "2") -> Format:
            return get_format(
                "mosaic-0530",
                check=check,
                codes={"manufacturer": makers},
                options={"length.model": model},
            )

        assert configured() == configured()
        assert configured() != configured(check="iso7064-mod37-36")
        assert configured() != configured(model="3")
        assert configured() != configured(check=None)
        assert get_format("us-pmf") != get_format("us-478-92")
        # An option at its default says nothing.
        assert get_format("mosaic-0530") == mosaic(separator="space")
        assert len({configured(), configured(), configured(model="3")}) == 2

    @pytest.mark.parametrize("name", list_formats())
    def test_it_can_be_pickled(self, name: str) -> None:
        takes = get_format(name).declaration.check_over
        fmt = get_format(name, check="gs1-pair" if takes else None)
        other = pickle.loads(pickle.dumps(fmt))
        assert other == fmt
        assert other.check is fmt.check
        assert other.profile() == fmt.profile()

    def test_it_is_frozen(self) -> None:
        fmt = mosaic()
        with pytest.raises(FrozenInstanceError):
            fmt.check = checks.get("luhn")  # type: ignore[misc]
        with pytest.raises(TypeError):
            fmt.options["separator"] = "line"  # type: ignore[index]

    def test_the_options_that_were_given_can_change_without_it(self) -> None:
        given_options = {"separator": "line"}
        fmt = get_format("mosaic-0530", options=given_options)
        given_options["separator"] = "slash"
        assert fmt.options["separator"] == "line"

    @pytest.mark.parametrize(
        ("name", "kind", "count"),
        [
            ("mosaic-0530", "manufacture", 1),
            ("mosaic-0530", "import", 1),
            ("us-478-92", "manufacture", 5),
            ("us-478-92", "import", 7),
            ("us-pmf", "manufacture", 1),
            ("iuid", "manufacture", 1),
        ],
    )
    def test_the_most_lines_of_a_mark(self, name: str, kind: str, count: int) -> None:
        assert get_format(name).line_count(kind) == count
        assert mosaic(separator="line").line_count() == 6

    def test_what_the_law_asks_of_the_metal(self) -> None:
        # 27 CFR 478.92(a)(1)(i), (v): no less than 1/16 inch, a depth of .003 inch.
        for name in ("us-478-92", "us-pmf"):
            needs = get_format(name).requirements
            assert (needs.height_nm, needs.depth_nm) == (1_587_500, 76_200)
            assert needs.parts == ("frame or receiver",)

    @pytest.mark.parametrize("name", list_formats())
    def test_its_page_tells_what_it_declares(self, name: str) -> None:
        fmt = get_format(name)
        page = fmt.describe()
        assert page["name"] == name
        assert set(page["title"]) == {"en", "es", "pt", "fr"}
        assert page["source"] and page["summary"]
        assert [event["kind"] for event in page["events"]] == list(fmt.events)
        for event in page["events"]:
            names = [element["name"] for element in event["elements"]]
            assert names == [element.name for element in fmt.elements(event["kind"])]
            assert event["provisional"] is fmt.is_provisional(event["kind"])
        keys = [option["key"] for option in page["options"]]
        assert keys == [option.key for option in fmt.declaration.options]


class TestKeys:
    """contracts.md section 2: what may occur once."""

    def test_of_a_mark_of_manufacture(self) -> None:
        first, warning, joined = mosaic().keys(ARM)
        assert first.elements == ("country", "manufacturer", "serial", "model", "calibre")
        assert (first.code, first.severity) == ("duplicate.key", "error")
        assert first.value == ("CO", "INDU", "01238", "07", "09")
        assert warning.elements == ("country", "manufacturer", "serial")
        assert (warning.code, warning.severity) == ("duplicate.serial", "warning")
        assert (warning.value, warning.distinct) == (("CO", "INDU", "01238"), ("07", "09"))
        assert joined.value == ("COINDU26070123809",)

    def test_in_canonical_form(self) -> None:
        other = Firearm(**{**ARM.elements(), "country": "Colombia"})  # type: ignore[arg-type]
        assert mosaic().keys(other) == mosaic().keys(ARM)

    def test_an_import_mark_without_a_serial_has_none(self) -> None:
        assert mosaic().keys(Firearm(), Event("import", country="CO", year=2026)) == ()
        keys = mosaic().keys(Firearm(serial="A1"), Event("import", country="CO", year=2026))
        assert keys[0].value == ("CO", "A1")

    def test_of_a_us_licensee_whatever_the_model(self) -> None:
        fmt = get_format("us-478-92")
        arm = Firearm(manufacturer="Example Arms", serial="A1", model="M1", calibre="9 mm")
        (key,) = fmt.keys(arm)
        assert (key.elements, key.severity) == (("manufacturer", "serial"), "error")
        assert key == fmt.keys(Firearm(**{**arm.elements(), "model": "M2"}))[0]  # type: ignore[arg-type]

    def test_of_a_privately_made_firearm_the_whole_serial(self) -> None:
        (key,) = get_format("us-pmf").keys(Firearm(serial="12345678-A1"))
        assert key.value == ("12345678-A1",)

    def test_elements_that_cannot_be_written_make_no_key(self) -> None:
        assert mosaic().keys(Firearm(**{**ARM.elements(), "serial": "a#"})) == ()  # type: ignore[arg-type]
        assert mosaic().keys(Firearm()) == ()


def test_a_profile_without_a_serial_takes_no_check_over_it() -> None:
    assert refused("iuid", check="iso7064-mod37-36", options={"syntax": "05"}) == (
        "iuid with these options has no serial for a check to cover"
    )


def test_formats_are_hashable() -> None:
    assert hash(get_format("mosaic-0530")) == hash(get_format("mosaic-0530"))


def test_a_check_that_would_be_a_separator_is_refused_where_it_comes_up() -> None:
    fmt = get_format("mosaic-0530", check="code39-mod43")
    arm = Firearm(country="CO", manufacturer="INDU", year=2026, model="07", calibre="09")
    told = set()
    # A sum over the values: with two characters every check comes up.
    characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for serial in (first + second for first in "0Z" for second in characters):
        try:
            fmt.encode(replace(arm, serial=serial))
        except markcode.InvalidMark as refusal:
            told |= {(f.code, f.params["reason"]) for f in refusal.findings}
    assert told == {("check.alphabet", "separator")}


def test_the_length_of_a_prefixed_serial_holds_for_marks_of_the_right_form() -> None:
    report = get_format("us-pmf", options={"length.serial": "20"}).verify("12345678-A1")
    assert (report.verdict, [f.code for f in report.findings]) == ("invalid", ["element.length"])


def test_an_event_whose_year_has_no_reading_does_not_fit() -> None:
    fmt = get_format("mosaic-0530")
    report = fmt.verify("CO 26", "import", as_of=datetime.date(2025, 1, 1))
    assert [f.code for f in report.findings] == ["year.window"]


def test_the_schema_takes_what_encode_takes_and_is_plain_ecma_script() -> None:
    fmt = get_format("mosaic-0530")
    arm = Firearm(
        country="Colombia", manufacturer="A", year=2026, model="1", serial="1", calibre="9"
    )
    assert fmt.encode(arm).text == "CO A 26 1 1 9"
    jsonschema.validate({"firearm": arm.elements()}, fmt.json_schema())
    for name in list_formats():
        text = json.dumps(get_format(name).json_schema())
        assert set(re.findall(r"\\\\(.)", text)) <= set("^$.*+?()[]{}|/-")


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        ("mosaic-0530", {"check": "iso7064-mod37-36"}),
        ("mosaic-0530", {"check": "gs1-pair"}),
        ("mosaic-0530", {"check": "iso7064-mod37-36", "check_over": "serial"}),
        ("us-478-92", {}),
        ("us-478-92", {"options": {"length.serial": "12"}}),
        ("us-pmf", {"check": "code39-mod43", "options": {"length.serial": "12"}}),
        ("iuid", {}),
        ("iuid", {"check": "luhn-mod36"}),
    ],
)
def test_every_sample_can_be_marked(name: str, profile: dict[str, Any]) -> None:
    fmt = get_format(name, **profile)
    choose = random.Random(1).randrange
    for kind in fmt.events:
        for _ in range(60):
            fmt.encode(*sample(fmt, choose, kind), accept_provisional=True)
