"""The values that flow through markcode, the notation of control characters, and lengths."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import markcode
from markcode import (
    Ambiguous,
    CheckError,
    Event,
    Finding,
    Firearm,
    InvalidMark,
    MarkcodeError,
    Marking,
    MissingExtra,
    Payload,
    Report,
    errors,
    get_format,
    lengths,
    notation,
)
from markcode.errors import ElementError
from markcode.model import EVENT_KINDS, Elements, Parsed, Requirements

ARM = Firearm(
    manufacturer="INDU",
    country="CO",
    serial="01238",
    year=2026,
    model="07",
    calibre="09",
    type="PISTOL",
    extra={"lot": "7"},
)
FMT = get_format("mosaic-0530", check="iso7064-mod37-36")
MARKING = FMT.encode(ARM)
REPORT = FMT.verify("C0  INDU 26 07 01238 09 R")
VALUES: list[Any] = [
    ARM,
    Firearm(),
    Event("import", country="CO", year=2026, extra={"contract": "A{1"}),
    Payload("CO\x1d", gs1=True),
    Payload(b"\x00\xff"),
    Finding("element.case", "error", "model", (1, 2), {"found": "m", "elements": ["a", "b"]}),
    Elements(a=1, b=("x",)),
    Requirements(height_nm=1_587_500, parts=("frame",)),
    Parsed(ARM, Event("manufacture"), "R"),
    MARKING,
    REPORT,
]
EACH_VALUE = pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)


class TestValues:
    @EACH_VALUE
    def test_it_is_hashable(self, value: Any) -> None:
        assert hash(value) == hash(copy.copy(value))
        assert {value: 1}[copy.deepcopy(value)] == 1

    @EACH_VALUE
    def test_copies_are_equal(self, value: Any) -> None:
        for other in (
            copy.copy(value),
            copy.deepcopy(value),
            pickle.loads(pickle.dumps(value)),
        ):
            assert other == value
            assert type(other) is type(value)
            assert repr(other) == repr(value)

    @EACH_VALUE
    def test_it_is_frozen(self, value: Any) -> None:
        if isinstance(value, Elements):
            with pytest.raises(TypeError):
                value["a"] = 2  # type: ignore[index]
            with pytest.raises(AttributeError):
                value.new = 1  # type: ignore[attr-defined]
            return
        for field in dataclasses.fields(value):
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(value, field.name, None)

    def test_firearm_takes_keywords_only(self) -> None:
        with pytest.raises(TypeError):
            Firearm("INDU")  # type: ignore[call-arg]
        with pytest.raises(TypeError):
            Event("import", "CO")  # type: ignore[call-arg]

    def test_a_dict_that_was_given_can_change_without_the_value(self) -> None:
        extra, params = {"lot": "7"}, {"found": "m"}
        arm, finding = Firearm(extra=extra), Finding("text.empty", params=params)
        extra["lot"], params["found"] = "8", "n"
        assert arm.extra["lot"] == "7"
        assert finding.params["found"] == "m"

    def test_equal_mappings_are_equal_elements(self) -> None:
        assert Elements({"a": 1}) == {"a": 1} == Elements(a=1)
        assert Elements(a=1, b=2) == Elements(b=2, a=1)
        assert hash(Elements(a=1, b=2)) == hash(Elements(b=2, a=1))
        assert Elements(a=1) != Elements(a=2)
        assert list(Elements({"b": 1}, a=2)) == ["b", "a"]

    def test_replace_makes_another_value(self) -> None:
        other = dataclasses.replace(ARM, serial="00007")
        assert (other.serial, ARM.serial) == ("00007", "01238")
        assert other.extra == ARM.extra


class TestElements:
    @pytest.mark.parametrize("name", ["manufacturer", "country", "serial", "model", "calibre"])
    @pytest.mark.parametrize("value", [7, 7.62, True, b"01238", ["A"], ("A",)])
    def test_an_element_is_text(self, name: str, value: Any) -> None:
        with pytest.raises(ElementError) as caught:
            Firearm(**{name: value})
        assert str(caught.value) == f"{name} is text, not {value!r}: write it as a str"

    @pytest.mark.parametrize("value", ["2026", "26", 2026.0, True, False])
    @pytest.mark.parametrize("owner", [Firearm, lambda **data: Event("import", **data)])
    def test_a_year_is_a_whole_number(self, owner: Any, value: Any) -> None:
        with pytest.raises(ElementError) as caught:
            owner(year=value)
        assert str(caught.value) == f"year is a whole number such as 2026, not {value!r}"

    @pytest.mark.parametrize("name", ["country", "importer", "force", "number"])
    def test_an_element_of_an_event_is_text(self, name: str) -> None:
        with pytest.raises(ElementError, match=f"^{name} is text, not 7: write it as a str$"):
            Event("import", **{name: 7})  # type: ignore[arg-type]

    @pytest.mark.parametrize("extra", [{"lot": 7}, {7: "lot"}, {"lot": None}])
    def test_extra_holds_text(self, extra: Any) -> None:
        for owner in (lambda: Firearm(extra=extra), lambda: Event("import", extra=extra)):
            with pytest.raises(ElementError, match=r"^extra holds text by name, not "):
                owner()

    def test_elements_are_those_that_have_a_value(self) -> None:
        assert ARM.elements() == {
            "manufacturer": "INDU",
            "country": "CO",
            "serial": "01238",
            "year": 2026,
            "model": "07",
            "calibre": "09",
            "type": "PISTOL",
            "lot": "7",
        }
        assert Firearm().elements() == {}
        assert ARM.get("lot") == "7"
        assert ARM.get("serial") == "01238"
        assert ARM.get("importer") is None

    def test_an_event_has_elements_of_its_own(self) -> None:
        event = Event("import", country="CO", extra={"contract": "X"})
        assert event.elements() == {"country": "CO", "contract": "X"}

    def test_the_kinds_of_the_design(self) -> None:
        assert EVENT_KINDS == (
            "manufacture",
            "import",
            "transfer",
            "confiscation",
            "deactivation",
            "state-owned",
            "registration",
        )

    def test_a_leading_zero_and_an_empty_text_stay(self) -> None:
        assert Firearm(serial="00007").serial == "00007"
        assert Firearm(serial="").elements() == {"serial": ""}


COMMON = ["manufacturer", "country", "serial", "year", "model", "calibre", "type", "extra"]


class TestJson:
    """Keys exactly as in contracts.md section 6, present even when null."""

    def test_a_report(self) -> None:
        written = REPORT.to_dict()
        assert list(written) == [
            "input",
            "format",
            "event",
            "verdict",
            "ok",
            "findings",
            "firearm",
            "check",
            "data",
        ]
        for finding in written["findings"]:
            assert list(finding) == ["code", "severity", "element", "span", "params", "message"]
        assert list(written["firearm"]) == COMMON
        assert json.loads(json.dumps(written)) == written

    def test_an_empty_report(self) -> None:
        written = Report(input="A\x1d{", verdict="undetermined").to_dict()
        assert written == {
            "input": "A{GS}{{",
            "format": None,
            "event": None,
            "verdict": "undetermined",
            "ok": False,
            "findings": [],
            "firearm": None,
            "check": None,
            "data": {},
        }

    def test_a_marking(self) -> None:
        assert MARKING.to_dict() == {
            "format": "mosaic-0530",
            "event": "manufacture",
            "text": "CO INDU 26 07 01238 09 R",
            "lines": ["CO INDU 26 07 01238 09 R"],
            "record": (
                "country: CO{LF}manufacturer: INDU{LF}year: 2026{LF}model: 07{LF}"
                "serial: 01238{LF}calibre: 09{LF}check: R"
            ),
            "payload": "CO INDU 26 07 01238 09 R",
            "check": "R",
            "firearm": {
                "manufacturer": "INDU",
                "country": "CO",
                "serial": "01238",
                "year": 2026,
                "model": "07",
                "calibre": "09",
                "type": None,
                "extra": {},
            },
            "findings": [],
        }
        assert list(MARKING.to_dict()) == [
            "format",
            "event",
            "text",
            "lines",
            "record",
            "payload",
            "check",
            "firearm",
            "findings",
        ]

    def test_a_finding(self) -> None:
        finding = Finding("token.unexpected", "error", None, (3, 4), {"value": "\x1d{", "n": [1]})
        assert finding.to_dict("es") == {
            "code": "token.unexpected",
            "severity": "error",
            "element": None,
            "span": [3, 4],
            "params": {"value": "{GS}{{", "n": [1]},
            "message": finding.message("es"),
        }
        assert Finding("text.empty").to_dict()["span"] is None

    def test_bytes_that_are_no_text_are_hexadecimal(self) -> None:
        report = FMT.verify(b"\xff\x00A")
        assert report.input == b"\xff\x00A"
        assert report.to_dict()["input"] == "hex:ff0041"
        assert FMT.verify("é".encode()).to_dict()["input"] == "é"

    def test_ok_means_valid(self) -> None:
        for verdict in ("valid", "suspect", "invalid", "undetermined"):
            report = Report(input="", verdict=verdict)
            assert report.ok is (verdict == "valid")

    def test_a_marking_knows_its_text(self) -> None:
        marking = dataclasses.replace(MARKING, lines=("A", "B"))
        assert isinstance(marking, Marking)
        assert marking.text == "A\nB"
        assert (marking.check, marking.event) == ("R", "manufacture")

    def test_a_payload_is_shown_in_the_notation(self) -> None:
        assert str(Payload("A\x1e{")) == "A{RS}{{"
        assert str(Payload(b"\xff")) == "hex:ff"


class TestNotation:
    @given(st.text())
    def test_what_is_escaped_comes_back(self, text: str) -> None:
        written = notation.escape(text)
        assert notation.unescape(written) == text
        assert not any(ord(character) < 32 or character == "\x7f" for character in written)

    @given(st.text(alphabet="{}GSRSEOT1a\x1d "))
    def test_braces_come_back(self, text: str) -> None:
        assert notation.unescape(notation.escape(text)) == text

    @given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
    def test_bytes_of_text_are_shown_as_text(self, text: str) -> None:
        assert notation.escape(text.encode()) == notation.escape(text)

    @given(st.binary())
    def test_other_bytes_are_hexadecimal(self, data: bytes) -> None:
        shown = notation.escape(data)
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            assert shown == "hex:" + data.hex()

    @pytest.mark.parametrize(
        ("typed", "text"),
        [
            ("{GS}", "\x1d"),
            ("{gs}", "\x1d"),
            ("{RS}{EOT}", "\x1e\x04"),
            ("{FNC1}01", "\x1d01"),
            ("{LF}{CR}{TAB}{HT}", "\n\r\t\t"),
            ("{DEL}{NUL}", "\x7f\x00"),
            ("{{", "{"),
            ("{{GS}", "{GS}"),
            ("{{{GS}", "{\x1d"),
            ("}", "}"),
            ("plain", "plain"),
            ("", ""),
        ],
    )
    def test_what_is_typed(self, typed: str, text: str) -> None:
        assert notation.unescape(typed) == text

    @pytest.mark.parametrize(
        ("typed", "column", "found"),
        [
            ("{", 1, "{"),
            ("ab{XX}", 3, "{XX}"),
            ("{GS", 1, "{GS"),
            ("a{}", 2, "{}"),
            ("{{{", 3, "{"),
            ("{G S}", 1, "{G"),
            ("{É}", 1, "{"),
        ],
    )
    def test_a_brace_that_starts_no_name(self, typed: str, column: int, found: str) -> None:
        with pytest.raises(notation.NotationError) as caught:
            notation.unescape(typed)
        assert str(caught.value) == (
            f"column {column}: {found!r} is no control character; known are {{GS}} {{RS}} {{EOT}} "
            "{FNC1} {LF} and the other ASCII names, and a brace itself is typed {{"
        )

    def test_every_control_character_has_a_name(self) -> None:
        names = [notation.escape(chr(code)) for code in (*range(32), 127)]
        assert len(set(names)) == 33
        assert all(name.startswith("{") and name.endswith("}") for name in names)


class TestLengths:
    @pytest.mark.parametrize(
        ("text", "nanometres"),
        [
            ("0.0625in", 1_587_500),  # 1/16 in (27 CFR 478.92)
            (".003in", 76_200),  # .003 in (27 CFR 478.92)
            ("1in", 25_400_000),
            ("1.6mm", 1_600_000),
            ("0.4 mm", 400_000),
            ("0.1mm", 100_000),
            ("0.3mm", 300_000),
            ("76.2um", 76_200),
            ("76.2µm", 76_200),
            ("1cm", 10_000_000),
            ("7nm", 7),
            (" 2mm ", 2_000_000),
            ("1.mm", 1_000_000),
            ("0mm", 0),
            ("0.000001mm", 1),
        ],
    )
    def test_exact(self, text: str, nanometres: int) -> None:
        found = lengths.parse(text)
        assert found == nanometres
        assert type(found) is int

    @pytest.mark.parametrize(
        "text", ["", "mm", ".mm", "1", "1 m", "1  mm", "-1mm", "+1mm", "1e3mm", "1,6mm", "١mm"]
    )
    def test_no_length(self, text: str) -> None:
        with pytest.raises(lengths.LengthError) as caught:
            lengths.parse(text)
        assert str(caught.value) == (
            f"{text!r} is not a length: write a number and mm, um, nm, cm or in"
        )

    @pytest.mark.parametrize("text", ["0.5nm", "0.0000001mm", "0.00000001in"])
    def test_finer_than_a_nanometre(self, text: str) -> None:
        with pytest.raises(lengths.LengthError, match="finer than one nanometre"):
            lengths.parse(text)

    @given(st.integers(0, 10**12))
    def test_what_is_shown_is_read_again(self, nanometres: int) -> None:
        assert lengths.parse(lengths.to_text(nanometres)) == nanometres
        assert lengths.to_text(nanometres) == lengths.mm(nanometres) + " mm"

    @given(st.integers(0, 10**6))
    def test_inches_are_exact(self, thousandths: int) -> None:
        exact = Fraction(thousandths, 1000) * 25_400_000
        whole, part = divmod(thousandths, 1000)
        assert lengths.parse(f"{whole}.{part:03}in") == exact

    @pytest.mark.parametrize(
        ("nanometres", "text"),
        [(400_000, "0.4"), (1_587_500, "1.5875"), (100_000_000, "100"), (0, "0"), (1, "0.000001")],
    )
    def test_millimetres_as_text(self, nanometres: int, text: str) -> None:
        assert lengths.mm(nanometres) == text

    def test_requirements_are_described(self) -> None:
        assert Requirements().describe() == ""
        assert Requirements(height_nm=2_000_000).describe() == "height at least 2 mm"


class TestErrors:
    @pytest.mark.parametrize("name", errors.__all__)
    def test_every_error_is_ours(self, name: str) -> None:
        assert issubclass(getattr(errors, name), MarkcodeError)

    def test_they_are_the_usual_kinds_too(self) -> None:
        assert issubclass(InvalidMark, ValueError)
        assert issubclass(Ambiguous, ValueError)
        assert issubclass(CheckError, ValueError)
        assert issubclass(ElementError, TypeError)
        assert issubclass(MissingExtra, ImportError)
        assert issubclass(notation.NotationError, MarkcodeError)
        assert issubclass(lengths.LengthError, MarkcodeError)

    def test_invalid_mark_says_every_finding(self) -> None:
        findings = [Finding("text.empty"), Finding("check.missing")]
        error = InvalidMark(findings)
        assert error.findings == tuple(findings)
        assert str(error) == "; ".join(finding.message() for finding in findings)

    def test_ambiguous_holds_the_readings(self) -> None:
        parsed = Parsed(ARM, Event("manufacture"))
        error = Ambiguous("two", [parsed, parsed])
        assert (str(error), error.readings) == ("two", (parsed, parsed))

    def test_a_missing_extra_names_the_command(self) -> None:
        error = MissingExtra("cv2", "reading")
        assert str(error) == (
            "cv2 is needed for this and is not installed: pip install 'markcode[reading]'"
        )
        assert error.name == "cv2"

    def test_a_check_error_says_where(self) -> None:
        with pytest.raises(CheckError) as caught:
            markcode.checks.get("luhn").compute("12A4")
        assert caught.value.position == 2


class TestPackage:
    def test_everything_public_can_be_had(self) -> None:
        for name in markcode.__all__:
            assert getattr(markcode, name) is not None
        assert dir(markcode) == sorted(markcode.__all__)

    def test_an_unknown_name_is_an_attribute_error(self) -> None:
        with pytest.raises(AttributeError, match=r"^module 'markcode' has no attribute 'nothing'$"):
            _ = markcode.nothing


def test_a_report_made_with_a_dict_is_frozen() -> None:
    report = Report(input="", verdict="valid", data={"a": 1})
    assert hash(report) == hash(Report(input="", verdict="valid", data={"a": 1}))
