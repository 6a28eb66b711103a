"""GS1 keys: components, element strings, associations, Digital Link, and the marks made of them.

Rules: GS1 General Specifications, Barcode Syntax Dictionary, Digital Link: URI Syntax. Known
answers for single components are those of the dictionary's own unit tests; GTINs begin with 952,
GS1's prefix for examples. How a second program reads the same is in test_gs1_biip.py.
"""

from __future__ import annotations

import re

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markcode import (
    Firearm,
    Format,
    InvalidMark,
    MarkcodeError,
    Payload,
    ProfileError,
    Report,
    get_format,
)
from markcode.formats import gs1
from markcode.formats.gs1 import ai as identifiers
from markcode.formats.gs1 import components, digital_link, element_string
from markcode.formats.gs1.linters import LINTERS
from markcode.reference import data
from markcode.strategies import arms

GS = "\x1d"
GTIN = "09521234543213"
FMT = get_format("gs1")
LINK = get_format("gs1", options={"syntax": "digital-link"})
ARM = Firearm(serial="A7", country="CO", extra={"gtin": GTIN})


def told(report: Report) -> list[tuple[str, str | None, tuple[int, int] | None]]:
    return [(f.code, f.element, f.span) for f in report.findings]


class TestTable:
    def test_every_test_that_a_component_names_is_there(self) -> None:
        parts = [part for entry in identifiers.table().values() for part in entry.components]
        assert {test for part in parts for test in part.tests} == set(LINTERS)

    def test_ranges_are_opened(self) -> None:
        entries = identifiers.table()
        assert {"3100", "3105", "3909", "91", "99"} <= set(entries)
        assert "3106" not in entries and "3100-3105" not in entries

    def test_ais_with_the_same_first_digits_have_one_length(self) -> None:
        for ai in identifiers.table():
            assert identifiers.leading(ai + "0000") == ai

    def test_predefined_lengths_are_those_of_the_components(self) -> None:
        # GS1 General Specifications, figure 7.8.5: by the first two digits.
        for ai, entry in identifiers.table().items():
            length = identifiers.fixed_length(ai)
            assert entry.is_predefined == (length is not None)
            if length is not None:
                assert entry.least == entry.most == length - len(ai)


class TestLists:
    def test_currencies_are_those_of_pycountry(self) -> None:
        # ISO 4217 changes: a newer pycountry may have codes that the list lacks.
        codes = [getattr(currency, "numeric", "") for currency in pycountry.currencies]
        ours = {
            code
            for code in (f"{number:03}" for number in range(1000))
            if not list(components.faults("3910", code + "1"))
        }
        assert len(ours & set(codes)) > 0.95 * len(ours | set(filter(None, codes)))

    def test_package_types_are_short_codes(self) -> None:
        (row,) = [row for row in data.rows("gs1-lists.csv") if row["list"] == "packagetype"]
        listed = row["codes"].split()
        assert listed == sorted(set(listed)) and len(listed) > 380
        assert all(re.fullmatch("[0-9A-Z]{1,3}", code) for code in listed)


class TestComponents:
    """Known answers of the dictionary's unit tests, by an AI that has the component."""

    @pytest.mark.parametrize(
        ("ai", "value"),
        [
            ("8008", "20123123"),
            ("01", "12345678901231"),
            ("00", "123456789012345675"),
            ("8013", "1987654Ad4X4bL5ttr2310c2K"),
            ("11", "200600"),
            ("11", "960229"),
            ("7003", "2012312359"),
            ("7250", "20000229"),
            ("422", "170"),
            ("7030", "999ABC"),
            ("4307", "CO"),
            ("3910", "9781"),
            ("4321", "0"),
            ("4330", "000999-"),
            ("4330", "000999"),
            ("4309", "18000000003600000000"),
            ("8003", "02112345678900ABC"),
            ("8001", "12341234512398"),
            ("8006", "123456789012310510"),
            ("8007", "FR7630006000011234567890189"),
            ("8007", "MT90MALT011000012345MTLCAST001SABC"),
            ("8011", "210"),
            ("8030", "12=="),
            ("7258", "9/9"),
            ("7041", "200"),
            ("7041", "8"),
            ("7041", "X11"),
            ("7240", "A"),
            ("7241", "10"),
            ("7241", "80"),
            ("7252", "9"),
            ("7040", "0AB_"),
            ("8110", "012345612345611110123"),
            ("8112", "0012345612345611234567"),
            ("8112", "061234567890121234569123456789012345"),
            ("4300", "A%20B%ff"),
            ("423", "528528528"),
        ],
    )
    def test_right_data(self, ai: str, value: str) -> None:
        assert list(components.faults(ai, value)) == []

    @pytest.mark.parametrize(
        ("ai", "value", "code", "span"),
        [
            ("01", "12345678901232", "check.mismatch", (13, 14)),
            ("01", "1234567890123", "element.length", (0, 13)),
            ("01", "1234567890123A", "element.alphabet", (13, 14)),
            ("8013", "1987654Ad4X4bL5ttr2310c2X", "check.mismatch", (23, 25)),
            ("11", "201310", "element.value", (0, 6)),
            ("11", "000230", "element.value", (0, 6)),
            ("11", "201131", "element.value", (0, 6)),
            ("4326", "200600", "element.value", (0, 6)),
            ("7003", "2012312460", "element.value", (6, 10)),
            ("7250", "19000229", "element.value", (0, 8)),
            ("422", "999", "country.unknown", (0, 3)),
            ("422", "891", "country.unknown", (0, 3)),
            ("4307", "ZZ", "country.unknown", (0, 2)),
            ("3910", "0001", "element.value", (0, 3)),
            ("4321", "2", "element.value", (0, 1)),
            ("4330", "000999X", "element.value", (6, 7)),
            ("4309", "18000000013600000000", "element.value", (0, 10)),
            ("4309", "18000000003600000001", "element.value", (10, 20)),
            ("8003", "12112345678900ABC", "element.value", (0, 1)),
            ("8003", "02112345678901ABC", "check.mismatch", (13, 14)),
            ("8001", "12341234512328", "element.value", (12, 13)),
            ("8001", "00001234512398", "element.value", (0, 4)),
            ("8006", "123456789012310001", "element.value", (14, 16)),
            ("8006", "123456789012310100", "element.value", (16, 18)),
            ("8006", "123456789012311110", "element.value", (14, 18)),
            ("8007", "BE71096123456760", "element.value", (2, 4)),
            ("8007", "XX361234567890", "element.value", (0, 2)),
            ("8007", "BE71", "element.value", (0, 4)),
            ("8011", "0123", "element.value", (0, 1)),
            ("8030", "1===", "element.value", (1, 4)),
            ("8014", "1987654321232", "check.mismatch", (11, 13)),
            ("7258", "2/1", "element.value", (0, 3)),
            ("7258", "0/1", "element.value", (0, 3)),
            ("7258", "1//", "element.value", (0, 3)),
            ("7041", "000", "element.value", (0, 3)),
            ("7241", "11", "element.value", (0, 2)),
            ("7252", "3", "element.value", (0, 1)),
            ("7040", "0AB.", "element.value", (3, 4)),
            ("8110", "712345678901231", "element.value", (0, 1)),
            ("8110", "01234561234560", "element.value", (13, 14)),
            ("8112", "0012345612345601234567", "element.value", (21, 22)),
            ("8112", "001234561234561123456", "element.value", (15, 21)),
            ("4300", "ABC%fgXYZ", "element.value", (3, 6)),
            ("4300", "ABC%f", "element.value", (3, 5)),
            ("8004", "12A4", "element.value", (0, 4)),
            ("423", "5285", "element.length", (0, 4)),
            ("7007", "21122521", "element.length", (0, 8)),
            ("10", "", "element.length", (0, 0)),
            ("10", "A B", "element.alphabet", (1, 2)),
            ("8010", "1234a", "element.case", (4, 5)),
        ],
    )
    def test_wrong_data(self, ai: str, value: str, code: str, span: tuple[int, int]) -> None:
        faults = list(components.faults(ai, value))
        assert [(fault.code, (fault.start, fault.end)) for fault in faults] == [(code, span)]

    @pytest.mark.parametrize(
        ("optional", "is_right"),
        [
            ("101111230765432", True),  # additional rule, second purchase with its prefix
            ("101111239", True),
            ("101111237", False),
            ("4111101238", False),  # no option of that name
            ("21111236789012", False),  # a prefix of twelve digits is asked for
            ("21111239", True),
            ("3250101", True),
            ("3250132", False),
            ("32501014250101", True),
            ("32501014250102", False),  # ends before it starts
            ("50123456", True),
            ("5012345", False),
            ("611234567", True),
            ("60123456", False),
            ("90001", True),
            ("93001", False),
            ("90002", False),
            ("90001" + "1", False),
        ],
    )
    def test_options_of_a_coupon(self, optional: str, is_right: bool) -> None:
        value = "012345612345611110123" + optional
        assert (list(components.faults("8110", value)) == []) == is_right

    def test_each_component_has_a_fault_of_its_own(self) -> None:
        faults = list(components.faults("8008", "20133124"))
        assert [(fault.start, fault.end) for fault in faults] == [(0, 6), (6, 8)]


class TestElementStrings:
    @pytest.mark.parametrize(
        ("text", "read"),
        [
            (f"01{GTIN}21A7", [("01", GTIN), ("21", "A7")]),
            (f"01{GTIN}{GS}21A7{GS}", [("01", GTIN), ("21", "A7")]),
            (f"10A1{GS}01{GTIN}", [("10", "A1"), ("01", GTIN)]),
            (f"422170{GS}3105000001240X", [("422", "170"), ("3105", "000001"), ("240", "X")]),
            (f"0109521{GS}21A7", [("01", "09521"), ("21", "A7")]),
        ],
    )
    def test_reading(self, text: str, read: list[tuple[str, str]]) -> None:
        message = element_string.read(text)
        assert [(element.ai, element.value) for element in message.elements] == read
        assert message.findings == ()

    @pytest.mark.parametrize(
        ("text", "ai", "span", "rest"),
        [
            (f"8999{GS}21A7", "89", (0, 4), ["21"]),
            (f"3106000001240X{GS}21A7", "3106", (0, 10), ["240", "21"]),
            (f"21A7{GS}{GS}10B", GS, (5, 6), ["21", "10"]),
            ("21A7" + GS + "X", "X", (5, 6), ["21"]),
            ("04" + "1" * 16 + "21A7", "04", (0, 18), ["21"]),
        ],
    )
    def test_an_unknown_ai_is_told_and_the_rest_is_read(
        self, text: str, ai: str, span: tuple[int, int], rest: list[str]
    ) -> None:
        message = element_string.read(text)
        assert [(f.code, f.span) for f in message.findings] == [("ai.unknown", span)]
        assert message.findings[0].params["ai"] == ai
        assert [element.ai for element in message.elements] == rest

    @pytest.mark.parametrize(
        "text", ["", "991234", "^", "^011234567890123", "^01123456789012312", "^99~ABC", "^423"]
    )
    def test_no_element_string(self, text: str) -> None:
        assert not gs1.is_element_string(text)


class TestBracketed:
    @pytest.mark.parametrize(
        ("text", "written"),
        [
            ("(01)12345678901231(10)12345", "^01123456789012311012345"),
            ("(10)12345(11)991225", "^1012345^11991225"),
            ("(235)XYZ(01)12345678901231", "^235XYZ^0112345678901231"),
            (r"(10)A\(B)C(11)991225", "^10A(B)C^11991225"),
        ],
    )
    def test_to_element_strings(self, text: str, written: str) -> None:
        assert gs1.bracketed_to_element_string(text) == written

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("(", "ai.bracket"),
            ("(1", "ai.bracket"),
            ("12345", "ai.bracket"),
            ("(1A)12345", "ai.unknown"),
            ("(12345)12345", "ai.unknown"),
            ("()1", "ai.unknown"),
            ("(10)(11)991225", "element.length"),
            (r"(10)A\B", "element.alphabet"),
            ("(17)9(90)217", "ai.value"),
        ],
    )
    def test_what_is_none(self, text: str, code: str) -> None:
        with pytest.raises(InvalidMark) as caught:
            gs1.bracketed_to_element_string(text)
        assert caught.value.findings[0].code == code

    def test_nothing_is_no_element_string(self) -> None:
        with pytest.raises(InvalidMark):
            gs1.bracketed_to_element_string("")


class TestAssociations:
    @pytest.mark.parametrize(
        ("text", "holds"),
        [
            ("(01)12345678901231(21)A(250)B", True),
            ("(01)12345678901231(250)B", False),
            ("(21)A(8006)123456789012310510", True),
            ("(21)A(8004)12345", False),
            ("(01)12345678901231(422)170(426)170", False),
            ("(01)12345678901231(3925)12599(3295)654321", True),
            ("(01)12345678901231(3925)12599", False),
            ("(400)ABC(99)DEF(400)ABC", True),
            ("(400)ABC(400)ABCD", False),
            ("(8003)01234567890128X(8030)ABC123", True),
            ("(8003)01234567890128(8030)ABC123", False),
            ("(8010)12345(8011)1", True),
            ("(8011)1", False),
            ("(01)12345678901231(37)1", False),
        ],
    )
    def test_together(self, text: str, holds: bool) -> None:
        assert gs1.keeps_associations(text) == holds

    @pytest.mark.parametrize(
        "two", ["(422)170(426)170", "(8017)795260646688514634(8018)795260646688514634"]
    )
    def test_two_that_exclude_each_other_are_told_once(self, two: str) -> None:
        report = FMT.verify(f"(01){GTIN}(21)A{two}")
        assert [f.code for f in report.findings if f.severity == "error"] == ["ai.excludes"]


class TestDigitalLink:
    @pytest.mark.parametrize(
        ("uri", "written"),
        [
            (f"https://id.gs1.org/01/{GTIN}/21/A7", f"^01{GTIN}21A7"),
            (f"HTTP://a/01/{GTIN}/22/1/10/2/21/3?422=170#x", f"^01{GTIN}221^102^213^422170"),
            (f"https://a:80/b/01/{GTIN}?x=1&&99=A+", None),
            (f"https://a/01/{GTIN}/21/A+%2f%28", f"^01{GTIN}21A+/("),
            (f"https://a/01/{GTIN}/10/1/22/2", None),
            (f"https://a/01/{GTIN}/10/1/235/2", None),
            (f"https://a/01/{GTIN}/21/1?21=1", None),
            (f"https://a/01/{GTIN}?21=1", None),
            (f"https://a/01/{GTIN}?8200=x", None),
            (f"https://a/01/{GTIN}?99=1&99=1", None),
            (f"https://a/01/{GTIN}?99=%00", None),
            (f"https://a/01/{GTIN}/77/1", None),
            (f"https://a/01/{GTIN}?89=1", None),
            (f"https://a/01/{GTIN}/", None),
            (f"https://a/01/{GTIN}/21/", None),
            (f"https://a/01/{GTIN}?99=", None),
            (f"https://a/01/{GTIN}^", None),
            (f"https://a$/01/{GTIN}", None),
            (f"HtTp://a/01/{GTIN}", None),
            (f"https:///01/{GTIN}", None),
            (f"https://a/gtin/{GTIN}", None),
            ("https://a/01/9521234543213", None),
            ("https://a/8004/12345?01=9521234543213", None),
            ("https://a", None),
            ("ftp://a/01/" + GTIN, None),
        ],
    )
    def test_parsing(self, uri: str, written: str | None) -> None:
        if written is not None:
            assert gs1.digital_link_to_element_string(uri) == written
            return
        with pytest.raises(InvalidMark):
            gs1.digital_link_to_element_string(uri)

    @pytest.mark.parametrize(
        ("text", "uri"),
        [
            (f"(99)A+B(21)X(01){GTIN}(10)1", f"https://h/01/{GTIN}/10/1/21/X?99=A%2BB"),
            (f"(01){GTIN}(99)A(99)A(11)990101", f"https://h/01/{GTIN}?11=990101&99=A"),
            (f"(01){GTIN}(235)A(10)B", None),
            (f"(01){GTIN}(21)A(8200)http://h", None),
            ("(99)A", None),
            (f"(01){GTIN}(250)A", None),
            ("(8004)12", None),
        ],
    )
    def test_generating(self, text: str, uri: str | None) -> None:
        if uri is not None:
            assert gs1.element_string_to_digital_link(text, "https://h/") == uri
            return
        with pytest.raises(InvalidMark):
            gs1.element_string_to_digital_link(text, "https://h/")

    @pytest.mark.parametrize(
        ("uri", "expected"),
        [
            (
                f"https://a/01/{GTIN}/77/1/21/A?89=2&422=999&240=%5E",
                [
                    ("ai.unknown", None, (28, 30)),
                    ("ai.unknown", None, (38, 40)),
                    ("country.unknown", "country", (47, 50)),
                    ("element.alphabet", "additional_id", (55, 58)),
                ],
            ),
            (f"https://a/01/{GTIN}/21/A/", [("link.malformed", None, (32, 33))]),
            (f"https://a/01/{GTIN}/21/A?10=1", [("ai.place", None, (33, 35))]),
        ],
    )
    def test_what_is_right_survives(
        self, uri: str, expected: list[tuple[str, str | None, tuple[int, int]]]
    ) -> None:
        report = FMT.verify(uri)
        assert told(report) == expected
        assert report.firearm is not None
        assert (report.firearm.serial, report.firearm.extra["gtin"]) == ("A", GTIN)

    @pytest.mark.parametrize("host", ["", "a", "ftp://a", "https://a b", "https://a?", "https://"])
    def test_a_host_that_is_none_is_refused(self, host: str) -> None:
        with pytest.raises(ProfileError, match="option host="):
            get_format("gs1", options={"syntax": "digital-link", "host": host})

    def test_the_host_of_the_profile_leads(self) -> None:
        options = {"syntax": "digital-link", "host": "https://example.com/arms/"}
        marking = get_format("gs1", options=options).encode(ARM)
        assert marking.text == f"https://example.com/arms/01/{GTIN}/21/A7?422=170"
        assert marking.payload == Payload(marking.text)


class TestScanData:
    @pytest.mark.parametrize(
        ("symbology", "data", "sent"),
        [
            ("Data Matrix", "TESTING", "]d1TESTING"),
            ("QR Code", "\\^TESTING", "]Q1^TESTING"),
            ("QR Code", "\\\\^TESTING", "]Q1\\^TESTING"),
            ("QR Code", "\\TESTING", "]Q1\\TESTING"),
            ("DotCode", f"^01{GTIN}10A^99B", f"]J101{GTIN}10A{GS}99B"),
            ("GS1-128", f"^01{GTIN}", f"]C101{GTIN}"),
        ],
    )
    def test_what_a_scanner_sends(self, symbology: str, data: str, sent: str) -> None:
        assert gs1.scan_data(symbology, data) == sent

    def test_what_has_no_identifier_is_refused(self) -> None:
        for symbology, content in (("DotCode", "A"), ("Aztec", f"^01{GTIN}")):
            with pytest.raises(ProfileError, match="no symbology identifier"):
                gs1.scan_data(symbology, content)

    def test_wrong_element_strings_are_no_scan(self) -> None:
        with pytest.raises(InvalidMark):
            gs1.scan_data("Data Matrix", "^0112345678901232")


class TestVerify:
    @pytest.mark.parametrize(
        "text",
        [
            f"]d201{GTIN}21A7{GS}422170",
            f"]C101{GTIN}21A7{GS}422170",
            f"]Q301{GTIN}21A7{GS}422170",
            f"{GS}01{GTIN}21A7{GS}422170",
            f"^01{GTIN}21A7^422170",
            f"(01){GTIN}(21)A7(422)170",
            f"(01){GTIN}\n(21)A7\r\n(422)170",
            f"https://id.gs1.org/01/{GTIN}/21/A7?422=170",
            f"]Q1http://example.com/x/01/{GTIN}/21/A7?422=170&lang=es",
            f"gtin: {GTIN}\nserial: A7\ncountry: Colombia",
            Payload(f"01{GTIN}21A7{GS}422170", gs1=True),
            Payload(f"{GS}01{GTIN}21A7{GS}422170", gs1=True),
        ],
    )
    def test_one_arm_in_every_form(self, text: str | Payload) -> None:
        report = FMT.verify(text)
        assert (report.verdict, told(report)) == ("valid", [])
        assert FMT.parse(text).firearm == ARM

    def test_the_report_holds_both_written_forms(self) -> None:
        said = FMT.verify(f"]d201{GTIN}21A7{GS}422170").data
        assert said["bracketed"] == f"(01){GTIN}(21)A7(422)170"
        assert said["digital_link"] == f"https://id.gs1.org/01/{GTIN}/21/A7?422=170"

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("(01)09521234543214(21)A7", [("check.mismatch", "gtin", (17, 18))]),
            (f"(01){GTIN}", [("element.missing", "serial", (18, 18))]),
            ("(21)A7", [("ai.requires", "serial", (1, 6))]),
            ("(8011)1", [("ai.requires", "cpid_serial", (1, 7))]),
            ("(8010)12345", [("element.missing", "cpid_serial", (11, 11))]),
            ("(91)A", [("element.missing", None, (5, 5))]),
            ("(8003)09521234543213", [("element.value", "grai", (6, 20))]),
            ("(8004)1234", [("element.length", "giai", (6, 10))]),
            ("(8004)12345(422)170", [("ai.requires", "country", (12, 19))]),
            (f"(01){GTIN}(21)A(8004)12345", [("key.several", "giai", (29, 34))]),
            (f"(01){GTIN}(21)A(21)B", [("ai.repeated", "serial", (27, 28))]),
            (f"(01){GTIN}(21)A(11)260230", [("element.value", "production_date", (27, 33))]),
            (f"(01){GTIN}(21)A\\(\u00c9", [("element.alphabet", "serial", (25, 26))]),
            (f"]d201{GTIN}21A{GS}422000", [("country.unknown", "country", (26, 29))]),
            (f"^01{GTIN}21A^^", [("ai.unknown", None, (21, 22))]),
        ],
    )
    def test_one_fault(
        self, text: str, expected: list[tuple[str, str | None, tuple[int, int]]]
    ) -> None:
        report = FMT.verify(text)
        assert (report.verdict, told(report)) == ("invalid", expected)

    def test_what_is_not_for_arms_is_told_and_tested(self) -> None:
        report = FMT.verify(f"(01){GTIN}(21)A7(17)270101(3103)000195")
        assert report.verdict == "valid"
        assert told(report) == [
            ("ai.not_for_arms", None, (25, 34)),
            ("ai.not_for_arms", None, (35, 46)),
        ]
        assert told(FMT.verify(f"(01){GTIN}(21)A7(17)270230"))[0] == ("ai.value", None, (28, 34))

    def test_of_two_serials_none_is_read(self) -> None:
        firearm = FMT.verify(f"(01){GTIN}(21)A(21)B").firearm
        assert firearm is not None
        assert firearm.elements() == {"gtin": GTIN}

    def test_equal_repeats_are_no_fault(self) -> None:
        assert FMT.verify(f"(01){GTIN}(21)A7(21)A7").verdict == "valid"

    def test_without_fnc1_it_stays_undetermined(self) -> None:
        text = f"01{GTIN}21A7"
        report = FMT.verify(text)
        assert (report.verdict, told(report)) == (
            "undetermined",
            [("ai.fnc_missing", None, (0, len(text)))],
        )
        assert FMT.parse(text).firearm.serial == "A7"
        assert FMT.verify(Payload(text, gs1=True)).verdict == "valid"

    def test_blanks_between_elements_are_a_warning(self) -> None:
        report = FMT.verify(f"(01){GTIN} (21)A7 ")
        assert report.verdict == "suspect"
        assert told(report) == [
            ("separator.spelling", None, (18, 19)),
            ("separator.spelling", None, (25, 26)),
        ]

    def test_a_line_end_is_a_warning(self) -> None:
        assert told(FMT.verify(f"(01){GTIN}(21)A7\r\n")) == [("separator.spelling", None, (24, 26))]

    @pytest.mark.parametrize("text", ["", "hello", "CO INDU 26 07 01238 09", "8", "]z9A"])
    def test_other_text_is_none_of_it(self, text: str) -> None:
        assert FMT.verify(text).verdict == "invalid"
        assert not gs1.Syntax().claims(text)

    @pytest.mark.parametrize(
        ("text", "claimed"),
        [
            ("]d201", True),
            ("]d1A", False),
            (GS + "01", True),
            (GS + "AB", False),
            ("(01)", True),
            ("(A)", False),
            ("(05)1", False),
            ("^", True),
            (f"https://example.com/x/01/{GTIN}", True),
            ("https://example.com/8004/1?x", True),
            ("https://example.com/01/", False),
            ("https://example.com/99/1", False),
            ("https://example.com/?01/1", False),
        ],
    )
    def test_what_can_be_nothing_else(self, text: str, claimed: bool) -> None:
        assert gs1.Syntax().claims(text) == claimed

    def test_a_record_is_judged_together(self) -> None:
        text = f"gtin: {GTIN}\nsecondary_serial: X"
        assert told(FMT.verify(text)) == [
            ("element.missing", "serial", (20, 20)),
            ("ai.requires", "secondary_serial", (39, 40)),
        ]


class TestEncode:
    @pytest.mark.parametrize(
        ("extra", "serial", "text", "payload"),
        [
            (
                {"gtin": GTIN, "lot": "L1", "production_date": "260700", "internal_99": "Z"},
                "A7",
                f"(01){GTIN}(11)260700(21)A7(10)L1(99)Z",
                f"01{GTIN}1126070021A7{GS}10L1{GS}99Z",
            ),
            ({"giai": "95212345ABC"}, None, "(8004)95212345ABC", "800495212345ABC"),
            (
                {"grai": f"0{GTIN[1:]}X1"},
                None,
                f"(8003)0{GTIN[1:]}X1",
                f"80030{GTIN[1:]}X1",
            ),
            (
                {"cpid": "9521234BARREL", "cpid_serial": "77"},
                None,
                "(8010)9521234BARREL(8011)77",
                f"80109521234BARREL{GS}801177",
            ),
            (
                {"gtin": GTIN, "additional_id": "(x)"},
                "A(7",
                rf"(01){GTIN}(21)A\(7(240)\(x)",
                f"01{GTIN}21A(7{GS}240(x)",
            ),
        ],
    )
    def test_text_and_payload(
        self, extra: dict[str, str], serial: str | None, text: str, payload: str
    ) -> None:
        marking = FMT.encode(Firearm(serial=serial, extra=extra))
        assert (marking.text, marking.payload) == (text, Payload(payload, gs1=True))

    @pytest.mark.parametrize("given_as", ["CO", "COL", "170", "Colombia", "Kolumbien"])
    def test_the_country_is_written_as_a_number(self, given_as: str) -> None:
        arm = Firearm(serial="A7", country=given_as, extra={"gtin": GTIN})
        if given_as == "Kolumbien":
            with pytest.raises(InvalidMark, match="no assigned country"):
                FMT.encode(arm)
            return
        assert FMT.encode(arm).text.endswith("(422)170")
        assert FMT.canonical(arm).firearm.country == "CO"

    def test_a_shorter_gtin_is_filled_up(self) -> None:
        arm = Firearm(serial="A7", extra={"gtin": "9521234543213"})
        assert FMT.canonical(arm).firearm.extra["gtin"] == GTIN

    @pytest.mark.parametrize(
        ("extra", "serial", "code"),
        [
            ({}, None, "element.missing"),
            ({}, "A7", "ai.requires"),
            ({"gtin": GTIN}, None, "element.missing"),
            ({"gtin": GTIN, "giai": "95212345"}, "A7", "key.several"),
            ({"gtin": "09521234543214"}, "A7", "check.mismatch"),
            ({"gtin": GTIN}, "A 7", "element.alphabet"),
            ({"gtin": GTIN}, "", "element.length"),
            ({"gtin": GTIN, "production_date": "261301"}, "A7", "element.value"),
            ({"grai": "0" + GTIN[1:]}, None, "element.value"),
            ({"giai": "95212345", "lot": "1"}, None, "ai.requires"),
            ({"cpid": "9521234"}, None, "element.missing"),
            ({"cpid": "9521234", "cpid_serial": "01"}, None, "element.value"),
        ],
    )
    def test_what_is_refused(self, extra: dict[str, str], serial: str | None, code: str) -> None:
        with pytest.raises(InvalidMark) as caught:
            FMT.encode(Firearm(serial=serial, extra=extra))
        assert code in {finding.code for finding in caught.value.findings}

    def test_the_key_with_its_serial_is_unique(self) -> None:
        (key,) = FMT.keys(ARM)
        assert (key.elements, key.value) == (("gtin", "serial"), (GTIN, "A7"))
        other = Firearm(serial="A7", country="BR", extra={"gtin": GTIN, "lot": "9"})
        assert FMT.keys(other) == (key,)


@pytest.mark.parametrize("fmt", [FMT, LINK], ids=["element-string", "link"])
class TestProperties:
    @given(drawing=st.data())
    def test_what_is_encoded_is_read_again(self, fmt: Format, drawing: st.DataObject) -> None:
        firearm, event = drawing.draw(arms(fmt))
        marking = fmt.encode(firearm, event)
        for source in (marking.text, marking.payload, marking.record):
            assert FMT.parse(source) == marking.parsed
            assert FMT.verify(source).verdict == "valid"
        written = FMT.verify(marking.payload).data
        assert FMT.parse(written["bracketed"]) == marking.parsed
        assert FMT.parse(written["digital_link"]) == marking.parsed

    @given(drawing=st.data())
    def test_a_changed_character_raises_only_our_errors(
        self, fmt: Format, drawing: st.DataObject
    ) -> None:
        firearm, event = drawing.draw(arms(fmt))
        text = fmt.encode(firearm, event).text
        at = drawing.draw(st.integers(0, len(text) - 1))
        text = text[:at] + drawing.draw(st.characters()) + text[at + 1 :]
        assert_spans_fit(text, FMT.verify(text))


ODD = st.text(st.sampled_from("0123456789()^\x1d/?&=%#\\:A] ") | st.characters(), max_size=60)
START = st.sampled_from(["", "]d2", "]C1", "]Q1", GS, "^", "(01)", "https://a/01/", f"01{GTIN}"])


def assert_spans_fit(text: str, report: Report) -> None:
    for finding in report.findings:
        assert finding.span is not None
        start, end = finding.span
        assert 0 <= start <= end <= len(text), finding
        for language in ("en", "es", "pt", "fr"):
            assert "?" not in finding.message(language) or "?" in str(finding.params)


class TestArbitraryText:
    @given(START, ODD)
    def test_verify_never_raises(self, start: str, rest: str) -> None:
        text = start + rest
        assert_spans_fit(text, FMT.verify(text))
        assert_spans_fit(text, FMT.verify(Payload(text, gs1=True)))

    @given(START, ODD)
    def test_operations_raise_only_our_errors(self, start: str, rest: str) -> None:
        text = start + rest
        for operation in (
            gs1.bracketed_to_element_string,
            gs1.digital_link_to_element_string,
            gs1.element_string_to_digital_link,
        ):
            try:
                operation(text)
            except MarkcodeError as error:
                assert str(error)
        gs1.is_element_string(text)
        gs1.keeps_associations(text)
        gs1.is_date(text)
        gs1.is_cpid_serial(text)

    @given(st.sampled_from(sorted(identifiers.table())), ODD)
    def test_data_of_every_ai(self, ai: str, value: str) -> None:
        for fault in components.faults(ai, value):
            assert 0 <= fault.start <= fault.end <= len(value)

    @given(
        st.sampled_from(sorted(identifiers.table())),
        st.text(st.sampled_from(identifiers.CHARACTERS["X"]), min_size=1, max_size=90),
    )
    def test_escapes_are_undone(self, ai: str, value: str) -> None:
        written = element_string.write_bracketed([(ai, value), ("99", "Z")])
        message = element_string.read_bracketed(written)
        assert [(e.ai, e.value) for e in message.elements] == [(ai, value), ("99", "Z")]
        for element in message.elements:
            piece = written[slice(*element.span)]
            assert piece.replace("\\(", "(") == element.value

    @given(st.text(st.sampled_from(identifiers.CHARACTERS["X"]), min_size=1, max_size=20))
    def test_links_undo_their_escapes(self, value: str) -> None:
        elements = element_string.read_bracketed(f"(01){GTIN}").elements
        written = element_string.write_bracketed([("21", value), ("99", value)])
        elements += element_string.read_bracketed(written).elements
        uri = digital_link.write(elements)
        read = digital_link.read(uri)
        assert read.findings == ()
        assert [e.value for e in read.elements] == [GTIN, value, value]
