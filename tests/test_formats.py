"""Every format under every profile: what is encoded is read again, and nothing wrong is valid.

The arms come from `markcode.strategies`, that is from the declarations themselves, so a new format
is tested as soon as it is declared.
"""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from markcode import (
    Ambiguous,
    Event,
    Firearm,
    Format,
    InvalidMark,
    Payload,
    Report,
    checks,
    get_format,
    list_formats,
)
from markcode.fields import Text
from markcode.model import Elements
from markcode.strategies import arms, sample

ALL_LENGTHS = {
    "length.manufacturer": "4",
    "length.model": "2",
    "length.serial": "5",
    "length.calibre": "2",
}
MARK_CHECKS = (
    "iso7064-mod37-2",
    "iso7064-mod1271-36",
    "iso7064-mod37-36",
    "luhn-mod36",
    "gs1-pair",
)
PRESS = settings(max_examples=max(6, settings().max_examples // 8))
"""For tests that run once for each of many profiles."""

# Codes that tell of a check; `check.missing` and the alphabet are faults of form.
CHECK_FAULTS = {"check.mismatch", "check.noncanonical"}


def mosaic(**profile: Any) -> Format:
    return get_format("mosaic-0530", **profile)


def fixed_lengths(*elements: str) -> Mapping[str, str]:
    return {key: value for key, value in ALL_LENGTHS.items() if key.split(".")[1] in elements}


def profiles() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield formats with each of their options, and with each check that fits."""
    for name in list_formats():
        yield name, {}
        for option in get_format(name).declaration.options:
            for value in option.values:
                if value != option.default:
                    yield name, {"options": {option.key: value}}
    for window in ("1930-2029", "1980-2026", "2026-2026", "none"):
        yield "mosaic-0530", {"options": {"year_window": window}}
    for key, value in ALL_LENGTHS.items():
        yield "mosaic-0530", {"options": {key: value}}
    yield "mosaic-0530", {"options": ALL_LENGTHS}
    yield "mosaic-0530", {"options": {"length.serial": "3-6"}}
    yield "us-478-92", {"options": {"length.serial": "12"}}
    yield "us-478-92", {"options": {"variant": "prefix", "length.serial": "14-20"}}
    yield "us-pmf", {"options": {"length.serial": "12"}}
    for syntax, agency in itertools.product(("06", "12", "DD"), ("cage", "duns", "gs1")):
        yield "iuid", {"options": {"syntax": syntax, "agency": agency}}
        if syntax != "06" or agency == "cage":
            options = {"construct": "1", "syntax": syntax, "agency": agency}
            yield "iuid", {"options": options}
    for check in MARK_CHECKS:
        yield "mosaic-0530", {"check": check}
        yield "mosaic-0530", {"check": check, "check_over": "serial"}
    yield "mosaic-0530", {"check": "iso7064-mod37-36", "options": ALL_LENGTHS}
    yield "mosaic-0530", {"check": "iso7064-mod37-36", "options": {"separator": "line"}}
    yield "us-478-92", {"check": "iso7064-mod37-36"}
    yield "us-478-92", {"check": "gs1-pair", "options": {"variant": "prefix"}}
    yield "us-pmf", {"check": "gs1-pair"}
    yield "mosaic-0530", {"check": "code39-mod43"}
    yield "mosaic-0530", {"check": "code39-mod43", "check_over": "serial"}
    yield "iuid", {"check": "iso7064-mod1271-36"}
    yield "iuid", {"check": "luhn-mod36", "options": {"syntax": "12", "construct": "1"}}


def shown(name: str, profile: Mapping[str, Any]) -> str:
    options = profile.get("options", {})
    parts = [name, *(str(profile[key]) for key in ("check", "check_over") if key in profile)]
    return ",".join([*parts, *(f"{key}={value}" for key, value in options.items())])


SPREAD = {shown(name, profile): get_format(name, **profile) for name, profile in profiles()}
CASES = {
    f"{shown(name, profile)}:{kind}": (SPREAD[shown(name, profile)], kind)
    for name, profile in profiles()
    for kind in SPREAD[shown(name, profile)].events
    # The provisional events of a format are declared alike.
    if kind in ("manufacture", "import") or not profile
}
EACH = pytest.mark.parametrize(("fmt", "kind"), CASES.values(), ids=CASES)


_PLAIN: list[tuple[str, dict[str, Any]]] = [
    *((name, {}) for name in list_formats()),
    ("mosaic-0530", {"check": "iso7064-mod37-36"}),
    ("mosaic-0530", {"check": "gs1-pair", "options": {"separator": "slash"}}),
    ("mosaic-0530", {"check": "luhn-mod36", "check_over": "serial"}),
    ("mosaic-0530", {"options": ALL_LENGTHS}),
    ("mosaic-0530", {"options": {"year_window": "none"}}),
    ("us-478-92", {"options": {"variant": "prefix"}}),
    ("iuid", {"options": {"construct": "1", "syntax": "12"}}),
    ("iuid", {"check": "iso7064-mod37-36"}),
]
PLAIN = [pytest.param(get_format(n, **profile), id=shown(n, profile)) for n, profile in _PLAIN]
EACH_PLAIN = pytest.mark.parametrize("fmt", PLAIN)
EACH_PLAIN_EVENT = pytest.mark.parametrize(
    ("fmt", "kind"),
    [
        pytest.param(fmt, kind, id=f"{case.id}:{kind}")
        for case in PLAIN
        for fmt in case.values
        if isinstance(fmt, Format)
        for kind in fmt.events[:3]
    ],
)


@cache
def validator(name: str, kind: str, options: Elements) -> Any:
    schema = get_format(name, options=dict(options)).json_schema(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def readings(fmt: Format, source: str | bytes | Payload, kind: str) -> tuple[Any, ...]:
    try:
        return (fmt.parse(source, kind),)
    except Ambiguous as several:
        return several.readings


def assert_sound(report: Report, text: str) -> None:
    """A report can be written as JSON, and points into the text."""
    written = json.loads(json.dumps(report.to_dict()))
    assert written["verdict"] in ("valid", "suspect", "invalid", "undetermined")
    assert written["ok"] is (written["verdict"] == "valid")
    for finding in report.findings:
        assert finding.span is not None, finding
        start, end = finding.span
        assert 0 <= start <= end <= len(text), finding
    severities = {finding.severity for finding in report.findings}
    assert (report.verdict == "invalid") is ("error" in severities)
    if report.verdict == "valid":
        assert severities <= {"info"}


class TestRoundTrip:
    @EACH
    @PRESS
    @given(data=st.data())
    def test_what_is_encoded_is_read_again(self, fmt: Format, kind: str, data: Any) -> None:
        arm, event = data.draw(arms(fmt, kind))
        marking = fmt.encode(arm, event, accept_provisional=True)
        canonical = fmt.canonical(arm, event)
        assert marking.parsed == canonical
        assert marking.event == kind
        sources: list[str | Payload] = [marking.payload]
        if marking.record:
            sources.append(marking.record)  # that of a mark without an element is empty
        if not fmt.text_is_opaque(kind):
            sources.append(marking.text)
        for source in sources:
            found = readings(fmt, source, kind)
            assert canonical in found
            # Struck digits without a window have two meanings; a payload and a record have one.
            two = fmt.options.get("year_window") == "none" and source == marking.text
            assert len(found) == (2 if two else 1)
            text = source if isinstance(source, str) else str(source.data)
            report = fmt.verify(source, kind)
            # A whole UII hides its serial, so a check over the serial is not seen.
            hidden = fmt.check is not None and "uii" in canonical.firearm.extra
            assert report.verdict == self.expected(fmt, kind, two or hidden)
            assert report.check == marking.check
            assert_sound(report, text)
            assert fmt.is_valid(source, kind) is report.ok
            if len(found) == 1:
                assert report.firearm == canonical.firearm
        again = fmt.encode(canonical.firearm, canonical.event, accept_provisional=True)
        assert (again.text, again.payload) == (marking.text, marking.payload)
        assert again.record == marking.record

    def expected(self, fmt: Format, kind: str, two: bool) -> str:
        untested = any(element.untested for element in fmt.elements(kind))
        return "undetermined" if two or untested or fmt.is_provisional(kind) else "valid"

    @EACH_PLAIN_EVENT
    @PRESS
    @given(data=st.data())
    def test_a_marking_is_complete(self, fmt: Format, kind: str, data: Any) -> None:
        arm, event = data.draw(arms(fmt, kind))
        marking = fmt.encode(arm, event, accept_provisional=True)
        assert len(marking.lines) == len(marking.line_elements) <= fmt.line_count(kind)
        assert "\n".join(marking.lines) == marking.text
        assert not any("\n" in line or not line for line in marking.lines)
        struck = [name for names in marking.line_elements for name in names]
        assert len(struck) == len(set(struck))
        given = [e for e in fmt.elements(kind) if e.of(arm, event) is not None]
        assert set(struck) - {"check"} == {e.name for e in given if e.struck}
        assert ("check" in struck) is (fmt.check is not None and fmt.check_over == "mark")
        assert marking.requirements == fmt.requirements_of(kind)
        assert all(finding.span is None for finding in marking.findings)
        assert all(finding.severity != "error" for finding in marking.findings)
        json.dumps(marking.to_dict())
        labels = [line.partition(":")[0] for line in marking.record.split("\n") if line]
        assert [name for name in labels if name != "check"] == [
            e.name for e in given if fmt.rule(kind).carries(e)
        ]

    @EACH_PLAIN_EVENT
    @PRESS
    @given(data=st.data())
    def test_the_json_schema_takes_what_can_be_encoded(
        self, fmt: Format, kind: str, data: Any
    ) -> None:
        arm, event = data.draw(arms(fmt, kind))
        told = {"firearm": arm.elements(), "event": {"kind": kind, **event.elements()}}
        check = validator(fmt.name, kind, Elements(fmt.options))
        assert [error.message for error in check.iter_errors(told)] == []

    @EACH
    def test_patterns_of_the_schema_are_those_of_ecma_262(self, fmt: Format, kind: str) -> None:
        found = list(patterns(fmt.json_schema(kind)))
        plain = [e for e in fmt.elements(kind) if type(e.type) is Text]
        assert len(found) >= len(plain)
        for pattern in found:
            assert escaped(pattern) <= SYNTAX_CHARACTERS | {"-"}, pattern
            assert escaped(CLASS.sub("", pattern)) <= SYNTAX_CHARACTERS, pattern

    @EACH_PLAIN_EVENT
    @PRESS
    @given(data=st.data())
    def test_what_the_schema_requires_encode_requires(
        self, fmt: Format, kind: str, data: Any
    ) -> None:
        arm, event = data.draw(arms(fmt, kind))
        for element in fmt.elements(kind):
            if not element.required:
                continue
            less = without(arm, event, element.attribute, element.owner)
            with pytest.raises(InvalidMark) as caught:
                fmt.encode(*less, accept_provisional=True)
            lacking = [f for f in caught.value.findings if f.code == "element.missing"]
            assert element.name in {f.element for f in lacking}
            owner = fmt.json_schema(kind)["properties"][element.owner]
            assert element.attribute in owner["required"]

    @EACH_PLAIN_EVENT
    @PRESS
    @given(data=st.data())
    def test_keys_are_told_without_raising(self, fmt: Format, kind: str, data: Any) -> None:
        arm, event = data.draw(arms(fmt, kind))
        keys = fmt.keys(arm, event)
        given = {e.name for e in fmt.elements(kind) if e.of(arm, event) is not None}
        if fmt.name == "iuid":
            given.add("uii")
        for key in keys:
            assert key.severity == ("warning" if key.code == "duplicate.serial" else "error")
            declared = [u for u in fmt.rule(kind).unique if u.elements == key.elements]
            may_lack = {name for unique in declared for name in unique.may_lack}
            assert any(key.value) and set(key.elements) <= given | may_lack
            hash(key)
        if all(fmt.rule(kind).carries(e) for e in fmt.elements(kind)):
            assert keys == fmt.keys(*fmt_data(fmt, arm, event))
        assert fmt.keys(Firearm(), Event(kind)) == ()


SYNTAX_CHARACTERS = frozenset("^$\\.*+?()[]{}|/")
"""What a pattern may escape in unicode mode; within a class the hyphen too (ECMA-262, 22.2.1)."""
CLASS = re.compile(r"\[(?:\\.|[^\]\\])*\]")


def escaped(pattern: str) -> set[str]:
    return set(re.findall(r"\\(.)", pattern, re.DOTALL))


def patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            if key == "pattern":
                yield value
            yield from patterns(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from patterns(value)


def without(arm: Firearm, event: Event, name: str, owner: str) -> tuple[Firearm, Event]:
    source: Any = arm if owner == "firearm" else event
    if name in source.extra:
        rest = {key: value for key, value in source.extra.items() if key != name}
        changes: dict[str, Any] = {"extra": rest}
    else:
        changes = {name: None}
    changed: Any = replace(source, **changes)
    return (changed, event) if owner == "firearm" else (arm, changed)


def fmt_data(fmt: Format, arm: Firearm, event: Event) -> tuple[Firearm, Event]:
    canonical = fmt.canonical(arm, event)
    return canonical.firearm, canonical.event


class TestCheckOfARecord:
    RECORD = "country: CO\nmanufacturer: INDU\nyear: 2026\nmodel: 07\nserial: 01238\ncalibre: 09"

    @pytest.mark.parametrize(
        ("profile", "check", "codes"),
        [
            ({}, "A", ["token.unexpected"]),
            ({"check": "iso7064-mod37-36"}, "R", []),
            ({"check": "iso7064-mod37-36"}, "r", ["check.alphabet"]),
            ({"check": "iso7064-mod37-36"}, "RR", ["token.unexpected"]),
            ({"check": "iso7064-mod37-36"}, "B", ["check.mismatch"]),
            ({"check": "iso7064-mod37-36", "check_over": "serial"}, "7", ["token.unexpected"]),
        ],
    )
    def test_it_is_judged_like_the_token_of_a_line(
        self, profile: dict[str, str], check: str, codes: list[str]
    ) -> None:
        record = self.RECORD
        if profile.get("check_over") == "serial":
            record = record.replace("01238", "012381")
        report = mosaic(**profile).verify(f"{record}\ncheck: {check}")
        assert [f.code for f in report.findings if f.severity != "info"] == codes
        assert report.ok is not bool(codes)

    def test_that_of_the_serial_may_be_repeated(self) -> None:
        fmt = mosaic(check="iso7064-mod37-36", check_over="serial")
        serial = fmt.check.append("01238") if fmt.check else ""
        record = self.RECORD.replace("01238", serial)
        assert fmt.verify(f"{record}\ncheck: {serial[-1]}").verdict == "valid"


class TestSample:
    """`sample` alone, without hypothesis, gives data that the profile marks as they are."""

    @pytest.mark.parametrize("fmt", SPREAD.values(), ids=SPREAD)
    def test_every_sample_can_be_marked(self, fmt: Format) -> None:
        rng = random.Random(20260102)
        for kind in fmt.events:
            for _ in range(12):
                marking = fmt.encode(*sample(fmt, rng.randrange, kind), accept_provisional=True)
                assert marking.parsed in readings(fmt, marking.payload, kind)

    @EACH_PLAIN_EVENT
    def test_samples_differ(self, fmt: Format, kind: str) -> None:
        rng = random.Random(20260102)
        assert len({sample(fmt, rng.randrange, kind) for _ in range(25)}) > 20

    def test_the_same_seed_gives_the_same_arm(self) -> None:
        fmt = mosaic()
        one, other = (sample(fmt, random.Random(5).randrange) for _ in range(2))
        assert one == other


_ODD = (
    *"\n\r\t \x1d\x1e\x04\x00:;,/\\{}[]()*#-._|",
    *"ÑéßКΟ０８٣\u200b\u00a0\u2028\u2014\ud800\U0001f52b",
)


@st.composite
def near_misses(draw: Any, fmt: Format, kind: str) -> str:
    """A real mark, payload or record after a few edits."""
    seed = random.Random(draw(st.integers(0, 40)))
    marking = fmt.encode(*sample(fmt, seed.randrange, kind), accept_provisional=True)
    text: str = draw(st.sampled_from([marking.text, str(marking.payload.data), marking.record]))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        to = min(len(text), at + draw(st.integers(0, 6)))
        kept, piece, rest = text[:at], text[at:to], text[to:]
        edit = draw(st.sampled_from(["delete", "insert", "replace", "repeat", "lower", "reverse"]))
        odd = draw(st.one_of(st.sampled_from(_ODD), st.sampled_from("0123456789ABCXYZ")))
        changed = {
            "delete": "",
            "insert": odd + piece,
            "replace": odd + piece[1:],
            "repeat": piece * 2,
            "lower": piece.lower(),
            "reverse": piece[::-1],
        }
        text = kept + changed[edit] + rest
    return text


SOME_EVENTS = ("manufacture", "import")


class TestBadText:
    """`verify` raises nothing, `parse` only our own errors, and both say the same."""

    @EACH_PLAIN
    @PRESS
    @given(text=st.text(max_size=40), kind=st.sampled_from(SOME_EVENTS))
    def test_arbitrary_text(self, fmt: Format, text: str, kind: str) -> None:
        self.examine(fmt, text, kind)

    @EACH_PLAIN
    @PRESS
    @given(data=st.binary(max_size=40))
    def test_arbitrary_bytes(self, fmt: Format, data: bytes) -> None:
        report = fmt.verify(data)
        assert report.input == data
        json.dumps(report.to_dict())
        assert report.verdict != "valid" or fmt.parse(data)
        assert fmt.verify(Payload(data)) == report

    @EACH_PLAIN
    @PRESS
    @given(
        text=st.text(alphabet="AI0CO1278-./:\n \x1d\x1e\x04[)>DFLMSVP", max_size=40),
        kind=st.sampled_from(SOME_EVENTS),
    )
    def test_text_of_the_right_characters(self, fmt: Format, text: str, kind: str) -> None:
        self.examine(fmt, text, kind)
        if fmt.name == "iuid":
            self.examine(fmt, "[)>\x1e06\x1d" + text + "\x1e\x04", kind)

    @EACH_PLAIN
    @PRESS
    @given(data=st.data())
    def test_marks_after_edits(self, fmt: Format, data: Any) -> None:
        kind = data.draw(st.sampled_from(fmt.events[:2]))
        for _ in range(2):
            self.examine(fmt, data.draw(near_misses(fmt, kind)), kind)

    def examine(self, fmt: Format, text: str, kind: str) -> None:
        if kind not in fmt.events:
            return
        report = fmt.verify(text, kind)
        assert report.input == text
        assert report.event == kind
        assert_sound(report, text)
        codes = {f.code for f in report.findings if f.severity == "error"}
        try:
            parsed = fmt.parse(text, kind)
        except InvalidMark as refused:
            assert report.verdict in ("invalid", "undetermined")
            assert {f.code for f in refused.findings if f.severity == "error"} == codes
        except Ambiguous as several:
            assert report.verdict == "undetermined"
            assert len(several.readings) > 1
        else:
            assert not codes
            assert parsed.firearm == report.firearm
            assert parsed in fmt.parse_all(text)

    @EACH_PLAIN
    def test_a_gs1_payload_is_no_mark_of_these(self, fmt: Format) -> None:
        report = fmt.verify(Payload("0100614141999996", gs1=True))
        assert report.verdict == "invalid"
        wrong = "element.missing" if fmt.name == "gs1" else "format.mismatch"
        assert {f.code for f in report.findings if f.severity == "error"} == {wrong}
        with pytest.raises(InvalidMark):
            fmt.parse(Payload("0100614141999996", gs1=True))

    @EACH_PLAIN
    def test_more_than_twice_the_longest_mark_is_not_read(self, fmt: Format) -> None:
        text = "A1 " * 400_000
        report = fmt.verify(text)
        (finding,) = (f for f in report.findings if f.severity == "error")
        assert finding.code == "text.too_long"
        limit = finding.params["most"]
        assert finding.span == (limit, len(text))
        assert finding.params["found"] == len(text)
        syntax = fmt.declaration.syntax
        records = [
            sum(len(e.name) + e.type.widest + len(": \n") for e in fmt.elements(kind))
            for kind in fmt.events
        ]
        marks = [fmt.layout(kind).longest for kind in fmt.events]
        longest = max(*records, *marks) if syntax is None else max(*records, syntax.longest)
        assert 2 * longest <= limit <= 2 * (longest + 40)
        at_limit = fmt.verify("A1 " * (limit // 3))
        assert "text.too_long" not in {f.code for f in at_limit.findings}

    @EACH_PLAIN
    @pytest.mark.parametrize("text", ["", " ", "\n", "\t \r\n"])
    def test_no_text_is_its_own_finding(self, fmt: Format, text: str) -> None:
        report = fmt.verify(text)
        errors = [(f.code, f.span) for f in report.findings if f.severity == "error"]
        assert errors == [("text.empty", (0, len(text)))]
        assert report.verdict == "invalid"


def checked_marks(fmt: Format, count: int, most: int = 4) -> Iterator[tuple[str, list[int]]]:
    """Yield marks of elements with up to ``most`` characters, and the places that a check sees."""
    rng = random.Random(fmt.name)
    for _ in range(count):
        arm, event = sample(fmt, rng.randrange)
        values = {**arm.elements()}
        for name in ("manufacturer", "model", "serial", "calibre"):
            values[name] = "".join(rng.choices("0123456789ABCDEFGHKXYZ", k=1 + rng.randrange(most)))
        if fmt.check is not None and fmt.check_over == "serial":
            values["serial"] = fmt.check.append(str(values["serial"]))
        text = fmt.encode(Firearm(**values), event).text  # type: ignore[arg-type]
        tokens = fmt.layout().match(text)
        assert tokens is not None
        names = ["serial"] if fmt.check_over == "serial" else list(tokens)
        yield text, [at for name in names for at in range(tokens[name].start, tokens[name].end)]


def faults(fmt: Format, text: str) -> set[str]:
    """Return the codes of the faults: by `parse`, which looks for no other event and is quick."""
    with pytest.raises(InvalidMark) as caught:
        fmt.parse(text)
    return {finding.code for finding in caught.value.findings}


PROMISING = [
    pytest.param(name, over, id=f"{name}-{over}")
    for name in checks.names()
    if "single-substitution" in checks.get(name).detects and name in MARK_CHECKS
    for over in ("mark", "serial")
]


class TestChecks:
    """What a check promises holds for marks: contracts.md section 2, codes.md section 3.2."""

    def test_the_checks_that_fit_are_those_of_letters_and_digits(self) -> None:
        fitting = []
        for name in checks.names():
            try:
                mosaic(check=name)
            except ValueError:
                continue
            fitting.append(name)
        assert set(MARK_CHECKS) <= set(fitting) <= {*MARK_CHECKS, "code39-mod43"}

    @pytest.mark.parametrize(("name", "over"), PROMISING)
    def test_every_substitution_is_found(self, name: str, over: str) -> None:
        fmt = mosaic(check=name, check_over=over)
        assert fmt.check is not None
        by_check = by_form = 0
        for text, places in checked_marks(fmt, 3):
            assert fmt.is_valid(text)
            for at, character in itertools.product(places, fmt.check.alphabet):
                wrong = text[:at] + character + text[at + 1 :]
                if character == text[at]:
                    continue
                if fmt.layout().match(wrong) is None:
                    # The form is broken already; why is a matter of tests/test_explain.py.
                    by_form += 1
                    assert by_form % 40 or faults(fmt, wrong)
                    continue
                codes = faults(fmt, wrong)
                if not codes & {"country.unknown", "country.ended"}:
                    assert codes <= CHECK_FAULTS, (wrong, codes)
                    by_check += 1
                    assert by_check % 100 or fmt.verify(wrong).verdict == "invalid"
        assert by_check > (700 if over == "mark" else 200)

    @pytest.mark.parametrize(("name", "over"), PROMISING)
    def test_every_swap_of_neighbours_is_found_where_promised(self, name: str, over: str) -> None:
        if "adjacent-transposition" not in checks.get(name).detects:
            return
        fmt = mosaic(check=name, check_over=over)
        seen = 0
        for text, places in checked_marks(fmt, 30):
            for at in places:
                wrong = text[:at] + text[at : at + 2][::-1] + text[at + 2 :]
                if at + 1 in places and wrong != text:
                    assert faults(fmt, wrong), wrong
                    seen += 1
        assert seen > 30

    @pytest.mark.parametrize("name", MARK_CHECKS)
    def test_the_check_is_that_of_the_elements_without_separators(self, name: str) -> None:
        fmt = mosaic(check=name)
        arm = Firearm(
            country="CO", manufacturer="INDU", year=2026, model="07", serial="01238", calibre="09"
        )
        assert fmt.check is not None
        assert fmt.encode(arm).check == fmt.check.compute("COINDU26070123809")
        assert fmt.encode(arm).text == f"CO INDU 26 07 01238 09 {fmt.encode(arm).check}"

    def test_a_check_is_not_judged_where_an_element_was_not_read(self) -> None:
        fmt = mosaic(check="iso7064-mod37-36")
        for text in ("CO INDU 26 07 01238 R", "CO INDU Z6 07 01238 09 R", "QZ INDU 26 07 01 09 R"):
            codes = {f.code for f in fmt.verify(text).findings}
            assert codes and not any(code.startswith("check.") for code in codes), text

    def test_only_the_check_of_the_profile_is_tested(self) -> None:
        for name in MARK_CHECKS:
            report = mosaic(check=name).verify("CO INDU 26 07 01238 09 R")
            assert (report.verdict == "valid") is (name == "iso7064-mod37-36")
        report = mosaic().verify("CO INDU 26 07 01238 09 R")
        assert [(f.code, f.span) for f in report.findings] == [("token.unexpected", (23, 24))]

    def test_a_pair_that_only_satisfies_the_arithmetic_is_noncanonical(self) -> None:
        fmt = mosaic(check="iso7064-mod1271-36")
        assert fmt.check is not None
        found = 0
        rng = random.Random(3)
        while not found:
            arm, event = sample(fmt, rng.randrange)
            marking = fmt.encode(arm, event)
            assert marking.check is not None
            payload = "".join(marking.text.split()[:-1])
            for first, second in itertools.product(fmt.check.check_alphabet, repeat=2):
                if fmt.check.is_noncanonical(payload + first + second):
                    wrong = marking.text[:-2] + first + second
                    report = fmt.verify(wrong)
                    (finding,) = (f for f in report.findings if f.severity == "error")
                    assert finding.code == "check.noncanonical"
                    assert finding.params["expected"] == marking.check
                    found += 1

    def test_a_lookalike_of_the_check_stays_invalid_and_is_said(self) -> None:
        fmt = mosaic(check="iso7064-mod37-36")
        seen = 0
        for text, _ in checked_marks(fmt, 60):
            for one, other in (("0", "O"), ("1", "I"), ("5", "S"), ("8", "B"), ("2", "Z")):
                for right, wrong in ((one, other), (other, one)):
                    if text.endswith(right):
                        report = fmt.verify(text[:-1] + wrong)
                        (finding,) = (f for f in report.findings if f.severity == "error")
                        assert report.verdict == "invalid"
                        assert finding.code == "check.mismatch"
                        assert finding.params["reason"] == "lookalike"
                        assert finding.params["reading"] == right
                        seen += 1
        assert seen > 3

    def test_a_serial_that_lacks_its_check_is_never_given_one(self) -> None:
        fmt = mosaic(check="iso7064-mod37-36", check_over="serial")
        arm = Firearm(
            country="CO", manufacturer="INDU", year=2026, model="07", serial="01238", calibre="09"
        )
        with pytest.raises(InvalidMark) as caught:
            fmt.encode(arm)
        (finding,) = caught.value.findings
        assert (finding.code, finding.element) == ("check.mismatch", "serial")
        assert finding.params["reason"] == "serial"
        assert fmt.check is not None
        whole = fmt.check.append("01238")
        assert fmt.encode(replace(arm, serial=whole)).text == f"CO INDU 26 07 {whole} 09"
        assert fmt.encode(replace(arm, serial=whole)).check == whole[-1]

    @pytest.mark.parametrize("character", [".", "-"])
    def test_what_the_check_cannot_cover_is_refused_not_dropped(self, character: str) -> None:
        arm = Firearm(
            country="CO",
            manufacturer="INDU",
            year=2026,
            model="07",
            serial="01238",
            calibre=f"5{character}6",
        )
        with pytest.raises(InvalidMark) as caught:
            mosaic(check="iso7064-mod37-36").encode(arm)
        (finding,) = caught.value.findings
        assert (finding.code, finding.element) == ("check.alphabet", "calibre")
        assert finding.params["found"] == character
        assert mosaic(check="gs1-pair").encode(arm).text.startswith("CO INDU 26 07 01238 5")
        over_serial = mosaic(check="iso7064-mod37-36", check_over="serial")
        assert over_serial.check is not None
        given_serial = replace(arm, serial=over_serial.check.append("01238"))
        assert over_serial.encode(given_serial).parsed.firearm.calibre == f"5{character}6"

    def test_more_than_the_pair_covers_is_refused(self) -> None:
        arm = Firearm(
            country="CO",
            manufacturer="INDU",
            year=2026,
            model="07",
            serial="012345678901",
            calibre="09",
        )
        with pytest.raises(InvalidMark) as caught:
            mosaic(check="gs1-pair").encode(arm)
        (finding,) = caught.value.findings
        assert finding.code == "check.too_long"
        assert (finding.params["found"], finding.params["most"]) == (24, 23)
        assert mosaic(check="gs1-pair").encode(replace(arm, serial="01234567890"))


GOOD = "CO INDU 26 07 01238 09 R"


def shifted(text: str) -> Iterator[tuple[int, str]]:
    """Yield the mark with each separator one place to the left and to the right."""
    for at in (i for i, character in enumerate(text) if character == " "):
        for step in (-1, 1):
            other = at + step
            changed = list(text)
            changed[at], changed[other] = changed[other], changed[at]
            yield at, "".join(changed)


class TestSeparators:
    """Separators are not covered by a check (contracts.md section 2)."""

    FREE = (10, 13, 19)
    """Where, in GOOD, two neighbours can both vary in length or one of them is the year."""

    def test_without_lengths_a_shift_between_free_elements_passes_and_is_said(self) -> None:
        fmt = mosaic(check="iso7064-mod37-36")
        passed = set()
        for at, text in shifted(GOOD):
            report = fmt.verify(text)
            if report.verdict == "valid":
                passed.add(at)
                (finding,) = report.findings
                assert finding.code == "check.boundaries_unprotected"
                assert finding.params["elements"] == ["model", "serial", "calibre"]
                assert finding.span == (0, len(text))
            else:
                assert report.verdict == "invalid"
        assert passed == {13, 19}

    def test_with_one_length_its_separators_are_protected(self) -> None:
        fmt = mosaic(check="iso7064-mod37-36", options={"length.model": "2"})
        passed = set()
        for at, text in shifted(GOOD):
            report = fmt.verify(text)
            if report.verdict == "valid":
                passed.add(at)
                (finding,) = report.findings
                assert finding.params["elements"] == ["serial", "calibre"]
        assert passed == {19}
        report = fmt.verify("CO INDU 26 0 701238 09 R")
        errors = [f for f in report.findings if f.severity == "error"]
        assert [(f.code, f.element, f.span) for f in errors] == [
            ("element.length", "model", (11, 12))
        ]

    @pytest.mark.parametrize(
        "fixed", [("model", "serial"), ("model", "calibre"), ("manufacturer", "model", "serial")]
    )
    def test_with_enough_lengths_no_shift_passes(self, fixed: tuple[str, ...]) -> None:
        fmt = mosaic(check="iso7064-mod37-36", options=fixed_lengths(*fixed))
        assert fmt.verify(GOOD).findings == ()
        for _, text in shifted(GOOD):
            assert fmt.verify(text).verdict == "invalid", text

    def test_shifts_have_one_key(self) -> None:
        fmt = mosaic(check="iso7064-mod37-36")
        keys = set()
        for text in (GOOD, "CO INDU 26 0 701238 09 R", "CO INDU 26 07 0123 809 R"):
            parsed = fmt.parse(text)
            keys.add(fmt.keys(parsed.firearm, parsed.event)[-1].value)
        assert keys == {("COINDU26070123809",)}

    def test_a_record_has_no_separators_to_shift(self) -> None:
        fmt = mosaic(check="iso7064-mod37-36")
        record = fmt.encode(fmt.parse(GOOD).firearm).record
        assert fmt.verify(record).verdict == "valid"
        other = record.replace("model: 07", "model: 070").replace("01238", "1238")
        assert fmt.parse(other).firearm.model == "070"

    @pytest.mark.parametrize("separator", ["space", "line", "slash"])
    def test_listed_spellings_are_no_finding(self, separator: str) -> None:
        fmt = mosaic(options={"separator": separator})
        own = {"space": " ", "line": "\n", "slash": "/"}[separator]
        words = "CO INDU 26 07 01238 09".split()
        for spelling in (own, " ", "\n", "\r\n"):
            assert fmt.verify(spelling.join(words)).findings == (), repr(spelling)
        for spelling in ("\t", "_", ";"):
            report = fmt.verify(spelling.join(words))
            (finding,) = report.findings
            assert report.verdict == "suspect"
            assert (finding.code, finding.severity) == ("separator.spelling", "warning")
            assert finding.params["expected"] == own
        marking = fmt.encode(fmt.parse(" ".join(words)).firearm)
        assert marking.text == own.join(words)
        assert marking.payload.data == (own if separator == "slash" else " ").join(words)


RECORD = "country: CO\nmanufacturer: INDU\nyear: 2026\nmodel: 07\nserial: 01238\ncalibre: 09"


class TestRecords:
    """The record form: labelled text, one element a line, that every format reads and writes."""

    def told(self, text: str, fmt: Format | None = None) -> list[tuple[str, str | None, str]]:
        """Return code, element and the text in the span of each fault and warning."""
        found = (fmt or mosaic()).verify(text).findings
        spans = [(f, f.span or (0, 0)) for f in found if f.severity != "info"]
        return [(f.code, f.element, text[start:end]) for f, (start, end) in spans]

    @pytest.mark.parametrize(
        "text",
        [
            RECORD,
            RECORD.replace("\n", "\r\n"),
            RECORD.replace("\n", "\r"),
            RECORD + "\n",
            "\n\n" + RECORD.replace("\n", "\n \n"),
            RECORD.replace(": ", ":"),
            RECORD.replace(": ", "  :\t "),
            RECORD.replace("2026", "26"),
            "\n".join(reversed(RECORD.split("\n"))),
            "País: CO\nFabricante: INDU\nAño: 2026\nModelo: 07\n"
            "Número de serie: 01238\nCalibre: 09",
            "Pays : CO\nFabricant : INDU\nAnnée : 2026\nModèle : 07\n"
            "Numéro de série : 01238\nCalibre : 09",
        ],
    )
    def test_spellings_that_say_the_same(self, text: str) -> None:
        assert mosaic().parse(text) == mosaic().parse("CO INDU 26 07 01238 09")
        assert mosaic().verify(text).verdict == "valid"

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (RECORD + "\nserial: 9", [("element.repeated", "serial", "serial: 9")]),
            (RECORD + "\ncolour: red", [("label.unknown", None, "colour")]),
            (RECORD + "\nno label here", [("label.unknown", None, "no label here")]),
            (RECORD.replace("model: 07\n", ""), [("element.missing", "model", "")]),
            (RECORD.replace("model: 07", "model:"), [("element.missing", "model", "")]),
            (RECORD.replace("07", "m7"), [("element.case", "model", "m")]),
            (RECORD.replace("01238", "012#8"), [("element.alphabet", "serial", "#")]),
            (RECORD.replace("INDU", "--"), [("element.value", "manufacturer", "--")]),
            (RECORD.replace("CO", "QZ"), [("country.unknown", "country", "QZ")]),
            (RECORD.replace("2026", "1926"), [("year.window", "year", "1926")]),
        ],
    )
    def test_faults_have_their_place(
        self, text: str, expected: list[tuple[str, str | None, str]]
    ) -> None:
        assert self.told(text) == expected

    def test_an_unknown_label_is_a_warning_and_a_line_without_one_an_error(self) -> None:
        assert mosaic().verify(RECORD + "\ncolour: red").verdict == "suspect"
        assert mosaic().verify(RECORD + "\nred").verdict == "invalid"

    def test_what_lacks_at_one_place_is_one_finding_after_its_predecessor(self) -> None:
        report = mosaic().verify("country: CO\nmanufacturer: INDU\ncalibre: 09")
        (finding,) = (f for f in report.findings if f.severity == "error")
        assert finding.params["elements"] == ["year", "model", "serial"]
        end = len("country: CO\nmanufacturer: INDU")
        assert finding.span == (end, end)

    def test_a_check_is_a_line_of_its_own(self) -> None:
        fmt = mosaic(check="iso7064-mod37-36")
        assert fmt.verify(RECORD + "\ncheck: R").verdict == "valid"
        assert self.told(RECORD + "\ncheck: S", fmt) == [("check.mismatch", None, "S")]
        assert self.told(RECORD, fmt) == [("check.missing", None, "")]

    def test_struck_lines_that_cannot_be_split_ask_for_it(self) -> None:
        report = get_format("us-478-92").verify("A123\nExample Arms\nM1\n9 mm")
        assert report.verdict == "undetermined"
        assert [f.code for f in report.findings] == ["record.required"]


class TestEvents:
    def test_the_first_event_is_the_default_everywhere(self) -> None:
        for name in list_formats():
            fmt = get_format(name)
            assert fmt.rule() is fmt.rule(fmt.events[0])
            assert fmt.events[0] == "manufacture" or "manufacture" not in fmt.events

    def test_a_provisional_event_is_encoded_on_request_only(self) -> None:
        fmt = mosaic()
        for kind in ("transfer", "confiscation", "deactivation"):
            event = Event(kind, country="CO", year=2026)
            with pytest.raises(InvalidMark) as caught:
                fmt.encode(Firearm(), event)
            assert [f.code for f in caught.value.findings] == ["event.provisional"]
            marking = fmt.encode(Firearm(), event, accept_provisional=True)
            report = fmt.verify(marking.text, kind)
            assert (marking.text, report.verdict) == ("CO 26", "undetermined")
            assert [f.code for f in report.findings] == ["event.provisional"]
            assert fmt.parse(marking.text, kind).event == event

    @pytest.mark.parametrize(
        ("evidence", "severity", "verdict"),
        [
            ("C", "error", "invalid"),
            ("D", "error", "invalid"),
            ("P", "warning", "suspect"),
            ("U", "info", "valid"),
        ],
    )
    def test_severity_follows_the_evidence(
        self, evidence: Any, severity: str, verdict: str
    ) -> None:
        declaration = mosaic().declaration
        rule = declaration.events[0]
        elements = (replace(rule.elements[0], evidence=evidence), *rule.elements[1:])
        changed = replace(declaration, events=(replace(rule, elements=elements),))
        fmt = replace(mosaic(), declaration=changed)
        report = fmt.verify("QZ INDU 26 07 01238 09", pedantic=True)
        (finding,) = report.findings
        assert (finding.code, finding.severity) == ("country.unknown", severity)
        assert report.verdict == verdict
        # What is unconfirmed is told only to those who ask for it.
        assert bool(fmt.verify("QZ INDU 26 07 01238 09").findings) == (evidence != "U")
        # Broken syntax is an error whatever the evidence.
        assert fmt.verify("INDU 26 07 01238 09").verdict == "invalid"

    def test_country_and_year_of_arm_and_event_stay_apart(self) -> None:
        fmt = mosaic()
        arm = Firearm(country="BR", year=1999, serial="A1")
        parsed = fmt.canonical(arm, Event("import", country="CO", year=2026))
        assert parsed.firearm == Firearm(serial="A1")
        assert parsed.event == Event("import", country="CO", year=2026)
        report = fmt.verify("CO 26 A1", "import")
        assert report.firearm == Firearm(serial="A1")
        assert report.data["event"] == {"country": "CO", "year": 2026}

    def test_what_fits_another_event_stays_invalid(self) -> None:
        report = mosaic().verify("CO 26 A1")
        assert report.verdict == "invalid"
        assert report.findings[-1].code == "event.other_fits"
        assert report.findings[-1].severity == "info"
        assert "import" in report.findings[-1].params["fitting"]

    def test_a_record_of_an_arm_does_not_fit_events_that_mark_less(self) -> None:
        report = mosaic().verify(RECORD.replace("2026", "1926"))
        assert [finding.code for finding in report.findings] == ["year.window"]

    def test_parse_all_tries_every_event(self) -> None:
        kinds = [parsed.event.kind for parsed in mosaic().parse_all("CO 26 A1")]
        assert kinds == ["import", "transfer", "confiscation", "deactivation"]
        assert mosaic().parse_all("CO INDU") == ()

    @EACH_PLAIN
    def test_an_event_value_and_its_kind_mean_the_same(self, fmt: Format) -> None:
        rng = random.Random(1)
        for kind in fmt.events:
            arm, event = sample(fmt, rng.randrange, kind)
            marking = fmt.encode(arm, event, accept_provisional=True)
            assert fmt.verify(marking.payload, event) == fmt.verify(marking.payload, kind)
            assert fmt.verify(marking.payload, Event(kind)).event == kind
