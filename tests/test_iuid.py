"""IUID messages: constructs, syntaxes and agencies, what scanners leave of them, and their limits.

Rules: MIL-STD-130N w/Change 1, Tables II, IV, V and Appendix A; ISO/IEC 15434. CAGE codes and
serial numbers are those of the standard's own examples (0CVA5, 674A36458) or invented.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markcode import (
    Firearm,
    Format,
    InvalidMark,
    Payload,
    ProfileError,
    Report,
    get_format,
)
from markcode.formats.iuid import is_us_cage, iso15434

RS, GS, EOT = "\x1e", "\x1d", "\x04"
FMT = get_format("iuid")
PARTS = ["17V0CVA5", "1P1234", "S674A36458"]
MESSAGE = f"[)>{RS}06{GS}17V0CVA5{GS}1P1234{GS}S674A36458{RS}{EOT}"
DERIVED = "D0CVA51234674A36458"
MAKERS = {"cage": "0CVA5", "dodaac": "W25G1V", "duns": "194532816", "gs1": "0950110"}
CODES = {"cage": "D", "dodaac": "LD", "duns": "UN", "gs1": ""}


def message(indicator: str, *elements: str) -> str:
    """Return the message of one format, written out here and not by the code under test."""
    return f"[)>{RS}{indicator}{GS}{GS.join(elements)}{RS}{EOT}"


def told(report: Report) -> list[tuple[str, str | None, tuple[int, int] | None]]:
    return [(f.code, f.element, f.span) for f in report.findings]


def verify(indicator: str, *elements: str) -> Report:
    return FMT.verify(message(indicator, *elements))


def profile(construct: str, syntax: str, agency: str) -> Format:
    return get_format("iuid", options={"construct": construct, "syntax": syntax, "agency": agency})


class TestEncode:
    """Table IV: what each construct writes in each syntax, and the UII that follows."""

    @pytest.mark.parametrize(
        ("construct", "syntax", "agency", "elements", "uii"),
        [
            ("2", "06", "cage", PARTS, DERIVED),
            ("2", "06", "dodaac", ["7LW25G1V", "1P12", "S34"], "LDW25G1V1234"),
            ("2", "06", "duns", ["12V194532816", "1P12", "S34"], "UN1945328161234"),
            ("2", "06", "gs1", ["3V0950110", "1P12", "S34"], "09501101234"),
            ("1", "06", "cage", ["18S0CVA5674A36458"], "D0CVA5674A36458"),
            ("2", "12", "cage", ["MFR 0CVA5", "PNO 12", "SEQ 34"], "D0CVA51234"),
            ("2", "12", "duns", ["DUN 194532816", "PNO 12", "SEQ 34"], "UN1945328161234"),
            ("2", "12", "gs1", ["EUC 0950110", "PNO 12", "SEQ 34"], "09501101234"),
            ("1", "12", "cage", ["MFR 0CVA5", "SER 34"], "D0CVA534"),
            ("1", "DD", "duns", ["DUN 194532816", "SER 34"], "UN19453281634"),
            ("2", "DD", "cage", ["MFR 0CVA5", "PNO 12", "SEQ 34"], "D0CVA51234"),
        ],
    )
    def test_the_message_and_its_uii(
        self, construct: str, syntax: str, agency: str, elements: Sequence[str], uii: str
    ) -> None:
        serial = "674A36458" if "674A36458" in elements[-1] else "34"
        part = "1234" if elements is PARTS else "12"
        arm = Firearm(
            manufacturer=MAKERS[agency], serial=serial, model=part if construct == "2" else None
        )
        fmt = profile(construct, syntax, agency)
        marking = fmt.encode(arm)
        assert marking.payload == Payload(message(syntax, *elements))
        assert marking.text == uii
        report = fmt.verify(marking.payload)
        assert (report.verdict, report.data["uii"], told(report)) == ("valid", uii, [])
        assert fmt.parse(marking.payload).firearm == arm

    @pytest.mark.parametrize("syntax", ["06", "12", "DD"])
    def test_a_lot_stands_in_place_of_the_part(self, syntax: str) -> None:
        arm = Firearm(manufacturer="0CVA5", serial="34", extra={"lot": "L7"})
        marking = profile("2", syntax, "cage").encode(arm)
        lot = {"06": "1TL7"}.get(syntax, "LOT L7")
        assert lot in str(marking.payload.data).split(GS)
        assert marking.text == "D0CVA5L734"
        assert FMT.verify(marking.payload).data["uii"] == "D0CVA5L734"

    @pytest.mark.parametrize(
        ("syntax", "element"),
        [("05", "8004061411"), ("06", "25S061411"), ("12", "UID 061411"), ("DD", "UID 061411")],
    )
    def test_a_whole_uii(self, syntax: str, element: str) -> None:
        arm = Firearm(extra={"uii": "061411"})
        fmt = profile("2", syntax, "cage")
        marking = fmt.encode(arm)
        assert marking.payload == Payload(message(syntax, element))
        assert (marking.text, fmt.parse(marking.payload).firearm) == ("061411", arm)

    def test_the_struck_uii_is_opaque(self) -> None:
        assert FMT.text_is_opaque()
        report = FMT.verify(DERIVED)
        assert (report.verdict, told(report)) == (
            "undetermined",
            [("uii.opaque", None, (0, len(DERIVED)))],
        )
        assert report.data["uii"] == DERIVED

    @pytest.mark.parametrize(
        ("construct", "syntax", "agency", "part"),
        [
            ("2", "12", "dodaac", "no text element identifier for agency=dodaac"),
            ("1", "DD", "dodaac", "no text element identifier for agency=dodaac"),
            ("1", "06", "duns", "only a CAGE code lets apart again"),
            ("1", "06", "gs1", "only a CAGE code lets apart again"),
        ],
    )
    def test_what_no_qualifier_can_say_is_refused(
        self, construct: str, syntax: str, agency: str, part: str
    ) -> None:
        with pytest.raises(ProfileError, match=part):
            profile(construct, syntax, agency)

    @pytest.mark.parametrize(
        ("arm", "missing"),
        [
            (Firearm(), ["manufacturer", "model", "serial"]),
            (Firearm(manufacturer="0CVA5", serial="1"), ["model"]),
            (Firearm(manufacturer="0CVA5", model="1"), ["serial"]),
            (Firearm(model="1", serial="1"), ["manufacturer"]),
        ],
    )
    def test_what_lacks_is_said(self, arm: Firearm, missing: list[str]) -> None:
        with pytest.raises(InvalidMark) as caught:
            FMT.encode(arm)
        found = [(f.code, f.element, f.span) for f in caught.value.findings]
        assert found == [("element.missing", name, None) for name in missing]

    def test_a_part_and_a_lot_do_not_go_together(self) -> None:
        arm = Firearm(manufacturer="0CVA5", model="1", serial="1", extra={"lot": "7"})
        with pytest.raises(InvalidMark):
            FMT.encode(arm)

    @pytest.mark.parametrize("agency", ["cage", "dodaac", "duns", "gs1"])
    def test_an_enterprise_of_the_wrong_form(self, agency: str) -> None:
        for wrong in ("0CV", "OCVA5IOIO", "12-45"):
            arm = Firearm(manufacturer=wrong, model="1", serial="1")
            with pytest.raises(InvalidMark) as caught:
                profile("2", "06", agency).encode(arm)
            (finding,) = caught.value.findings
            assert (finding.code, finding.element) == ("element.value", "manufacturer")

    def test_us_cage_codes(self) -> None:
        assert is_us_cage("0CVA5") and is_us_cage("1ABC2")
        for wrong in ("OCVA5", "0CVAI", "0CV5", "0CVA55", "0cva5", "ACVA5", "0CIA5", "0CVA5\n"):
            assert not is_us_cage(wrong)

    def test_the_uii_is_the_key(self) -> None:
        arm = Firearm(manufacturer="0CVA5", model="1234", serial="674A36458")
        marking = FMT.encode(arm)
        assert [key.value for key in FMT.keys(arm)] == [(DERIVED,)]
        assert marking.lines == (DERIVED,)
        assert marking.line_elements == (("manufacturer", "model", "serial"),)


class TestLimit:
    """A UII has at most 50 characters (ISO/IEC 15459-4)."""

    def test_fifty_fit(self) -> None:
        arm = Firearm(manufacturer="0CVA5", model="1" * 32, serial="2" * 12)
        marking = FMT.encode(arm)
        assert len(marking.text) == 50
        assert FMT.verify(marking.payload).verdict == "valid"

    def test_fifty_one_are_refused_and_found(self) -> None:
        arm = Firearm(manufacturer="0CVA5", model="1" * 32, serial="2" * 13)
        with pytest.raises(InvalidMark) as caught:
            FMT.encode(arm)
        (finding,) = caught.value.findings
        assert (finding.code, finding.span) == ("uii.too_long", None)
        assert (finding.params["found"], finding.params["most"]) == (51, 50)
        report = verify("06", "17V0CVA5", "1P" + "1" * 32, "S" + "2" * 13)
        assert told(report) == [("uii.too_long", None, (10, 65))]
        assert (report.verdict, "uii" in report.data) == ("invalid", False)

    @pytest.mark.parametrize(("count", "verdict"), [(50, "valid"), (51, "invalid")])
    def test_a_whole_uii(self, count: int, verdict: str) -> None:
        for indicator, label in (("06", "25S"), ("05", "8004"), ("12", "UID ")):
            report = verify(indicator, label + "D" * count)
            assert report.verdict == verdict
            codes = [code for code, _, _ in told(report)]
            assert codes == ([] if verdict == "valid" else ["uii.too_long"])

    def test_a_uii_alone(self) -> None:
        assert FMT.verify("D" * 50).verdict == "undetermined"
        assert FMT.verify("D" * 51).verdict == "invalid"


class TestDerivation:
    @pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
    def test_the_order_of_elements_never_matters(self, order: Sequence[int]) -> None:
        report = verify("06", *(PARTS[number] for number in order))
        assert (report.verdict, report.data["uii"]) == ("valid", DERIVED)

    @pytest.mark.parametrize(
        ("indicator", "elements", "uii"),
        [
            ("06", ["18S0CVA5674A36458"], "D0CVA5674A36458"),
            ("12", ["USN 0CVA5674A36458"], "D0CVA5674A36458"),
            ("06", ["18VD0CVA5", "1P12", "S34"], "D0CVA51234"),
            ("06", ["25SD0CVA51"], "D0CVA51"),
            ("05", ["80040950110ABC"], "0950110ABC"),
            ("05", ["800309501101530003A1"], "09501101530003A1"),
            ("12", ["MFR0CVA5", "SER34"], "D0CVA534"),
            ("12", ["CAG 0CVA5", "SER 34"], "D0CVA534"),
            ("12", ["SPL 0CVA5", "UCN 34"], "D0CVA534"),
            ("12", ["MFR 0CVA5", "LOT 7", "SEQ 34"], "D0CVA5734"),
            ("DD", ["MFR 0CVA5", "PNO 12", "SEQ 34"], "D0CVA51234"),
            # The current part number, a quantity and the like stand beside a UII.
            ("06", [*PARTS, "30P9999", "Q1"], DERIVED),
            ("12", ["MFR 0CVA5", "SER 34", "PNR 99"], "D0CVA534"),
            # A complete UII decides, whatever stands beside it.
            ("06", ["17V0CVA5", "25SD0CVA5999"], "D0CVA5999"),
        ],
    )
    def test_what_follows(self, indicator: str, elements: Sequence[str], uii: str) -> None:
        report = verify(indicator, *elements)
        assert (report.verdict, told(report), report.data["uii"]) == ("valid", [], uii)

    @pytest.mark.parametrize("elements", [["0109501101530003211234"], ["0109501101530003", "211"]])
    def test_a_gtin_with_a_serial_is_reported_and_not_derived(self, elements: list[str]) -> None:
        report = verify("05", *elements)
        (finding,) = report.findings
        assert report.verdict == "undetermined"
        assert (finding.code, finding.severity) == ("uii.not_derivable", "warning")
        assert finding.params["reason"] == "gtin"
        assert "uii" not in report.data
        assert "8004" in finding.message()

    def test_a_part_and_a_lot_leave_it_open(self) -> None:
        report = verify("06", "17V0CVA5", "1P12", "1T34", "S6")
        assert (report.verdict, told(report)) == (
            "undetermined",
            [("uii.not_derivable", None, (23, 25))],
        )

    @pytest.mark.parametrize(
        ("indicator", "elements", "expected"),
        [
            ("06", ["1P12", "S6"], [("element.missing", "manufacturer", (0, 0))]),
            ("06", ["17V0CVA5", "1P12"], [("element.missing", "serial", (20, 20))]),
            ("06", ["17V0CVA5", "S6"], [("element.missing", "model", (15, 15))]),
            ("06", ["17VOCVA5", "1P12", "S6"], [("element.value", "manufacturer", (10, 15))]),
            ("06", ["17V0CVA5", "1P1a", "S6"], [("element.case", "model", (19, 20))]),
            ("06", ["17V0CVA5", "1P12", "S6#"], [("element.alphabet", "serial", (23, 24))]),
            ("06", ["17V0CVA5", "1P", "S6"], [("element.length", "model", (18, 18))]),
            ("06", [*PARTS, "S7"], [("element.repeated", "serial", (35, 36))]),
            ("06", ["17V0CVA5", *PARTS], [("element.repeated", "manufacturer", (19, 24))]),
            ("06", ["18S0CVA5"], [("element.missing", "serial", (15, 15))]),
            ("05", ["800309501101530003"], [("element.missing", "serial", (25, 25))]),
        ],
    )
    def test_faults(
        self,
        indicator: str,
        elements: Sequence[str],
        expected: list[tuple[str, str | None, tuple[int, int]]],
    ) -> None:
        report = verify(indicator, *elements)
        assert told(report) == expected
        assert (report.verdict, "uii" in report.data) == ("invalid", False)

    def test_a_qualifier_beside_a_uii_that_we_do_not_know_is_no_fault(self) -> None:
        report = verify("06", *PARTS, "K9")
        assert (report.verdict, report.data["uii"]) == ("valid", DERIVED)
        assert [(f.code, f.severity, f.span) for f in report.findings] == [
            ("label.unknown", "info", (34, 35))
        ]

    def test_what_is_no_qualifier_beside_a_uii_is_a_warning(self) -> None:
        report = verify("06", *PARTS, "?9")
        assert (report.verdict, report.data["uii"]) == ("suspect", DERIVED)
        assert told(report) == [("label.unknown", None, (34, 36))]

    def test_an_asset_identifier_begins_with_a_company_prefix(self) -> None:
        report = verify("05", "8004D0CVA599")
        assert told(report) == [("element.value", "uii", (11, 19))]

    @pytest.mark.parametrize(
        ("grai", "expected"),
        [
            ("80030ABCDEFGHIJKLMNO", [("element.value", "uii", (11, 27))]),
            ("800306141414141410ABC", [("check.mismatch", "uii", (24, 25))]),
            ("800319501101530003AB", [("element.value", "uii", (11, 27))]),
            ("800309501101530003AB", []),
        ],
    )
    def test_a_returnable_asset_has_a_check_digit(
        self, grai: str, expected: list[tuple[str, str, tuple[int, int]]]
    ) -> None:
        assert told(verify("05", grai)) == expected

    @pytest.mark.parametrize(
        ("indicator", "elements", "uii"),
        [
            ("12", ["MFR 0CVA5", "SER 1", "PNO 44"], "D0CVA51"),
            ("06", ["18S0CVA5674A36458", "1P1"], "D0CVA5674A36458"),
            ("06", ["18S0CVA5674A36458"], "D0CVA5674A36458"),
            ("06", ["7LABC123", "1P1", "S2"], "LDABC12312"),
        ],
    )
    def test_what_is_read_under_another_profile_keeps_its_uii(
        self, indicator: str, elements: Sequence[str], uii: str
    ) -> None:
        text = message(indicator, *elements)
        report = FMT.verify(text)
        assert (report.verdict, report.data["uii"]) == ("valid", uii)
        arm = FMT.parse(text).firearm
        assert [key.value for key in FMT.keys(arm)] == [(uii,)]
        assert FMT.encode(arm).text == uii

    @pytest.mark.parametrize("code", ["uii.mismatch", "uii.not_derivable"])
    def test_elements_that_cannot_go_together_are_not_encoded(self, code: str) -> None:
        extra = {"uii": "D0CVA599"} if code == "uii.mismatch" else {"lot": "L1"}
        arm = Firearm(manufacturer="0CVA5", model="1", serial="2", extra=extra)
        with pytest.raises(InvalidMark) as caught:
            FMT.encode(arm)
        assert [finding.code for finding in caught.value.findings] == [code]

    def test_a_hidden_serial_leaves_its_check_untested(self) -> None:
        checked = get_format("iuid", check="iso7064-mod37-36")
        report = checked.verify(message("06", "25SD0CVA51234674A36458"))
        assert (report.verdict, [f.code for f in report.findings]) == (
            "undetermined",
            ["check.untested"],
        )

    @pytest.mark.parametrize(
        ("record", "verdict", "code"),
        [
            ("manufacturer: 0CVA5\nmodel: 1234\nserial: A1", "valid", None),
            (
                "manufacturer: 0CVA5\nmodel: 12\nlot: 34\nserial: A1",
                "undetermined",
                "uii.not_derivable",
            ),
            (
                f"manufacturer: 0CVA5\nmodel: {'M' * 32}\nserial: {'S' * 30}",
                "invalid",
                "uii.too_long",
            ),
            ("manufacturer: 0CVA5\nmodel: 1\nserial: 2\nuii: D0CVA5XX", "invalid", "uii.mismatch"),
            ("manufacturer: 0CVA5\nmodel: 1\nserial: 2\nuii: D0CVA512", "valid", None),
            ("uii: D0CVA51234674A36458\nserial: 8\nmodel: 123", "invalid", "uii.mismatch"),
            ("uii: D0CVA51234674A36458\nserial: 8", "valid", None),
            ("uii: D0CVA51234674A36458\nmanufacturer: 0CVA6", "invalid", "uii.mismatch"),
            ("uii: D0CVA512", "valid", None),
        ],
    )
    def test_a_record_is_judged_as_a_uii(self, record: str, verdict: str, code: str | None) -> None:
        report = FMT.verify(record)
        assert report.verdict == verdict
        assert [f.code for f in report.findings] == ([] if code is None else [code])
        assert ("uii" in report.data) is (verdict == "valid")

    def test_an_unknown_qualifier_without_a_uii_is_an_error(self) -> None:
        report = verify("06", "17V0CVA5", "1P12", "K34")
        assert told(report) == [("label.unknown", None, (21, 22))]
        assert report.verdict == "invalid"

    def test_an_empty_element_is_a_separator_too_many(self) -> None:
        report = verify("06", "17V0CVA5", "", "1P1234", "S674A36458")
        assert (report.verdict, report.data["uii"]) == ("suspect", DERIVED)
        assert told(report) == [("separator.spelling", None, (15, 16))]


class TestEnvelope:
    @given(
        st.sampled_from(["05", "06", "12", "DD"]),
        st.lists(st.text(alphabet=st.characters(exclude_characters=RS + GS + EOT)), min_size=1),
    )
    def test_what_is_sealed_opens_again(self, indicator: str, elements: list[str]) -> None:
        text = iso15434.seal(indicator, elements)
        assert text == message(indicator, *elements)
        opened = iso15434.open_message(text)
        assert opened is not None
        (envelope,) = opened
        assert envelope.indicator == indicator
        assert [token.text for token in envelope.elements] == elements
        assert all(text[token.start : token.end] == token.text for token in envelope.elements)

    @given(st.text(alphabet=f"[)>{RS}{GS}{EOT}0612DDAB"))
    def test_opening_never_raises(self, text: str) -> None:
        opened = iso15434.open_message(text)
        if opened is not None:
            for envelope in opened:
                for token in envelope.elements:
                    assert text[token.start : token.end] == token.text
        iso15434.looks_like(text)

    def test_elements_of_several_envelopes_belong_together(self) -> None:
        for text in (
            f"[)>{RS}06{GS}17V0CVA5{GS}1P1234{RS}06{GS}S674A36458{RS}{EOT}",
            f"[)>{RS}06{GS}17V0CVA5{RS}12{GS}PNO 1234{GS}SEQ 674A36458{RS}{EOT}",
            # Other formats of the message are no business of the UII.
            f"[)>{RS}07{GS}free text{RS}06{GS}{GS.join(PARTS)}{RS}{EOT}",
        ):
            report = FMT.verify(text)
            assert (report.verdict, report.data["uii"]) == ("valid", DERIVED)

    def test_a_fault_in_a_later_envelope_has_its_place(self) -> None:
        text = f"[)>{RS}06{GS}17V0CVA5{GS}1P1234{RS}06{GS}S674a{RS}{EOT}"
        report = FMT.verify(text)
        at = text.index("a")
        assert told(report) == [("element.case", "serial", (at, at + 1))]

    @pytest.mark.parametrize("indicator", ["05", "06", "12", "DD"])
    def test_an_empty_body_lacks_its_elements(self, indicator: str) -> None:
        report = FMT.verify(f"[)>{RS}{indicator}{GS}{RS}{EOT}")
        assert report.verdict == "invalid"
        missing = next(f for f in report.findings if f.code == "element.missing")
        assert missing.params["elements"] == ["manufacturer", "model", "serial"]

    @pytest.mark.parametrize(
        "text",
        [
            "[)>",
            "[)>06",
            f"[)>{RS}{EOT}",
            f"[)>{RS}07{GS}ABC{RS}{EOT}",
            MESSAGE[1:],
            " " + MESSAGE,
            "17V0CVA5" + GS + "1P1234",
        ],
    )
    def test_other_text_is_no_message(self, text: str) -> None:
        report = FMT.verify(text)
        assert (report.verdict, told(report)) == (
            "invalid",
            [("format.mismatch", None, (0, len(text)))],
        )

    def test_bytes_and_payloads_are_read_alike(self) -> None:
        reports = [FMT.verify(source) for source in (MESSAGE.encode(), Payload(MESSAGE.encode()))]
        assert reports[0].data == reports[1].data == FMT.verify(Payload(MESSAGE)).data
        assert reports[0].data["uii"] == DERIVED

    def test_a_message_is_as_long_as_a_symbol_may_hold_beside_the_uii(self) -> None:
        assert verify("06", *PARTS, *(f"{number}P{'9' * 20}" for number in (2, 20, 30))).ok


def lost(controls: str, by: str) -> str:
    return re.sub(f"[{controls}]", by, MESSAGE)


class TestLostSeparators:
    """Keyboard-wedge scanners drop or replace controls; what they leave is never guessed apart."""

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param(lost(RS + GS + EOT, ""), id="all-dropped"),
            pytest.param(lost(RS + GS + EOT, " "), id="blanks"),
            pytest.param(lost(RS + GS + EOT, "\n"), id="line-feeds"),
            pytest.param(lost(RS + GS + EOT, "\t"), id="tabs"),
            pytest.param(lost(RS + GS + EOT, "|"), id="bars"),
            pytest.param(lost(RS, "^").replace(GS, "]").replace(EOT, ""), id="carets"),
            pytest.param(lost(GS, ""), id="no-GS"),
            pytest.param(lost(RS, ""), id="no-RS"),
            pytest.param(lost(EOT, ""), id="no-EOT"),
            pytest.param(lost(RS + EOT, ""), id="only-GS"),
            pytest.param(lost(GS, RS), id="RS-for-GS"),
            pytest.param(lost(RS, GS), id="GS-for-RS"),
            pytest.param(MESSAGE[:-2], id="no-trailer"),
            pytest.param(MESSAGE[:20], id="cut"),
            pytest.param("[)>05" + "80040950110ABC", id="05"),
            pytest.param("[)>12MFR 0CVA5SER 34", id="12"),
            pytest.param("[)>DDMFR 0CVA5SER 34", id="DD"),
        ],
    )
    def test_what_is_left_is_recognised(self, text: str) -> None:
        report = FMT.verify(text)
        (finding,) = report.findings
        assert (report.verdict, "uii" in report.data) == ("undetermined", False)
        assert (finding.code, finding.severity) == ("separators.lost", "warning")
        assert finding.span == (0, len(text))
        assert finding.params["indicator"] in ("05", "06", "12", "DD")
        assert report.firearm == Firearm()

    def test_another_number_is_no_format_of_a_uii(self) -> None:
        assert FMT.verify("[)>0717V0CVA51P1234").findings[0].code == "format.mismatch"

    @given(st.sets(st.sampled_from([i for i, c in enumerate(MESSAGE) if c < " "]), min_size=1))
    def test_no_loss_gives_another_uii(self, places: set[int]) -> None:
        text = "".join(c for i, c in enumerate(MESSAGE) if i not in places)
        report = FMT.verify(text)
        assert report.verdict != "valid"
        assert report.data.get("uii", DERIVED) == DERIVED

    def test_a_uii_alone_is_never_split(self) -> None:
        report = FMT.verify(DERIVED)
        assert report.firearm == Firearm()


class TestUndecided:
    @pytest.mark.parametrize(
        "text",
        ["[)>0617V0CVA51P1234S674A36458", DERIVED, message("05", "0109501101530003211")],
    )
    def test_what_leads_to_no_elements_is_not_parsed(self, text: str) -> None:
        with pytest.raises(InvalidMark):
            FMT.parse(text)

    def test_a_colon_in_a_message_makes_no_record(self) -> None:
        report = FMT.verify(MESSAGE.replace("674A", "674:A"))
        assert [(f.code, f.element) for f in report.findings] == [("element.alphabet", "serial")]

    def test_a_line_end_after_a_message_is_told_and_the_message_is_read(self) -> None:
        report = FMT.verify(MESSAGE + "\n")
        assert (report.verdict, report.data["uii"]) == ("suspect", DERIVED)
        assert [(f.code, f.span) for f in report.findings] == [
            ("separator.spelling", (len(MESSAGE), len(MESSAGE) + 1))
        ]

    def test_two_messages_in_one_have_not_lost_their_separators(self) -> None:
        assert [f.code for f in FMT.verify(MESSAGE + MESSAGE).findings] == ["format.mismatch"]

    def test_51_characters_are_too_many_for_a_uii_that_stands_alone(self) -> None:
        assert [f.code for f in FMT.verify("D" * 51).findings] == ["uii.too_long"]
