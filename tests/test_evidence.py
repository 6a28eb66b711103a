"""What a source says decides how severe a finding is, and whether a mark may be called valid."""

from __future__ import annotations

import datetime

import pytest

from cli_runner import run
from markcode import (
    Event,
    Finding,
    Firearm,
    InvalidMark,
    Report,
    get_format,
)

Told = list[tuple[str, str, str | None, tuple[int, int] | None]]


def told(report: Report) -> Told:
    return [(f.code, f.severity, f.element, f.span) for f in report.findings]


def of_elements(report: Report) -> Told:
    return [each for each in told(report) if each[2] is not None]


# Confirmed, partly confirmed, unconfirmed -----------------------------------------------------

# One breach of each kind of evidence (instruments.md): in the line, and in the record.
BREACHES = [
    # C: a star stands before two capitals.
    ("recsa", "state-owned", "*Ke POL 123", "element.case", "error", "country", (2, 3)),
    (
        *("recsa", "state-owned", "country: Ke\nforce: POL\nnumber: 123"),
        *("element.case", "error", "country", (10, 11)),
    ),
    # P: that the force stands there in capitals was seen in practice only.
    ("recsa", "state-owned", "*KE pOL 123", "element.case", "warning", "force", (4, 5)),
    (
        *("recsa", "state-owned", "country: KE\nforce: pOL\nnumber: 123"),
        *("element.case", "warning", "force", (19, 20)),
    ),
    # P: which code an EU country has is not defined; here a vehicle sign.
    ("eu-deact", "deactivation", "EU\nD <DE-1> 19", "element.length", "warning", "country", (3, 4)),
    # U: what follows the class letter was not seen.
    ("cr-37985", "state-owned", "AX#Y", None, "info", "number", None),
    ("cr-37985", "state-owned", "class: A\nnumber: X#Y", None, "info", "number", None),
    # D, our own choice: what a mark of CIFTA on forfeited arms holds.
    (
        *("oas-cifta", "confiscation", "CO p 2026"),
        *("element.case", "error", "force", (3, 4)),
    ),
]


@pytest.mark.parametrize(("name", "kind", "text", "code", "severity", "element", "span"), BREACHES)
def test_the_severity_of_a_breach_is_that_of_its_source(
    name: str,
    kind: str,
    text: str,
    code: str | None,
    severity: str,
    element: str,
    span: tuple[int, int] | None,
) -> None:
    fmt = get_format(name)
    report = fmt.verify(text, kind)
    assert of_elements(report) == ([(code, severity, element, span)] if code else [])
    verdict = {"error": "invalid", "warning": "suspect", "info": "valid"}[severity]
    assert report.verdict == verdict
    pedantic = of_elements(fmt.verify(text, kind, pedantic=True))
    assert [each[1:3] for each in pedantic] == [(severity, element)]
    assert fmt.verify(text, kind, pedantic=True).verdict == verdict


@pytest.mark.parametrize(
    ("name", "event", "text", "findings"),
    [
        (
            "recsa",
            Event("state-owned", country="KE", force="pol", number="1"),
            "*KE pol 1",
            [("element.case", "warning", "force")],
        ),
        ("cr-37985", Event("state-owned", number="X#", extra={"class": "A"}), "AX#", []),
        ("iti", Event("state-owned", country="KE", number="L"), "KE L", []),
        (
            "pe-sucamec",
            Event("import", country="PE", year=2016, number="AB", extra={"check_digit": "x"}),
            "PE16ABx",
            [("element.case", "warning", "check_digit")],
        ),
    ],
)
def test_encode_refuses_confirmed_breaches_only(
    name: str, event: Event, text: str, findings: list[tuple[str, str, str]]
) -> None:
    fmt = get_format(name)
    marking = fmt.encode(Firearm(), event, accept_provisional=True)
    assert marking.text == text
    assert [(f.code, f.severity, f.element) for f in marking.findings] == findings


@pytest.mark.parametrize(
    ("name", "event", "code", "element"),
    [
        (
            "recsa",
            Event("state-owned", country="KE", force="POL", number="x1"),
            "element.case",
            "number",
        ),
        (
            "oas-cifta",
            Event("confiscation", country="CO", force="p", year=2026),
            "element.case",
            "force",
        ),
    ],
)
def test_encode_refuses_breaches_of_confirmed_rules_and_of_ours(
    name: str, event: Event, code: str, element: str
) -> None:
    with pytest.raises(InvalidMark) as caught:
        get_format(name).encode(Firearm(), event, accept_provisional=True)
    assert [(f.code, f.severity, f.element) for f in caught.value.findings] == [
        (code, "error", element)
    ]


def test_letters_of_another_script_are_no_matter_of_evidence() -> None:
    report = get_format("recsa").verify("*KE P\u041eL 123")  # Cyrillic O, in an element of P
    assert set(told(report)) == {("script.homoglyph", "error", "force", (5, 6))}
    assert report.findings[0].params["reading"] == "POL"


def test_what_is_missing_in_a_line_breaks_it_whatever_its_evidence() -> None:
    report = get_format("cr-37985").verify("A")
    assert told(report) == [("element.missing", "error", "number", (1, 1))]
    record = get_format("cr-37985").verify("class: A")
    # That a record must say it is as unconfirmed: nobody can tell whether the mark is whole.
    assert record.verdict == "undetermined"
    assert told(record) == [("element.missing", "info", "number", (8, 8))]


def test_a_check_digit_that_nobody_can_test_stays_open() -> None:
    fmt = get_format("pe-sucamec")
    report = fmt.verify("PE16AB1")
    assert report.verdict == "undetermined"
    assert ("check.untested", "info", "check_digit", (6, 7)) in told(report)
    assert [f.params["reason"] for f in report.findings if f.code == "check.untested"] == ["method"]
    record = fmt.verify("country: PE\nyear: 2016\nnumber: AB\ncheck_digit: 1")
    assert ("check.untested", "info", "check_digit", (47, 48)) in told(record)
    # Another check digit is no better and no worse, and is never made up.
    assert {fmt.verify(f"PE16AB{c}").verdict for c in "0123456789XZ"} == {"undetermined"}
    with pytest.raises(InvalidMark, match="Check digit is missing"):
        fmt.encode(Firearm(), Event("import", country="PE", year=2016, number="AB"))


# Advice ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind", "text", "advised"),
    [
        ("un-protocol", "import", "CO", [("year", (2, 2))]),
        ("un-protocol", "import", "CO 2026", []),
        ("iti", "import", "CO", [("year", (2, 2))]),
        (
            *("iti", "manufacture", "manufacturer: EX\ncountry: CO\nserial: 1"),
            [("model", (38, 38)), ("calibre", (38, 38)), ("year", (38, 38))],
        ),
        (
            *("eu-2021-555", "manufacture"),
            "manufacturer: EX\ncountry: AT\nyear: 2026\nserial: 1",
            [("model", (49, 49))],
        ),
        # What is merely allowed is no advice: the force of a RECSA mark.
        ("recsa", "state-owned", "*KE 123", []),
        # A mark that is wrong needs no advice.
        ("un-protocol", "import", "C0", []),
    ],
)
def test_advice_is_for_the_pedantic(
    name: str, kind: str, text: str, advised: list[tuple[str, tuple[int, int]]]
) -> None:
    fmt = get_format(name)
    assert "element.advised" not in [f.code for f in fmt.verify(text, kind).findings]
    report = fmt.verify(text, kind, pedantic=True)
    found: list[Finding] = [f for f in report.findings if f.code == "element.advised"]
    assert [(f.element, f.span) for f in found] == advised
    assert {f.severity for f in found} <= {"info"}
    assert report.verdict == fmt.verify(text, kind).verdict


def test_pedantic_on_the_command_line() -> None:
    args = ("verify", "--format", "un-protocol", "--event", "import", "CO")
    status, plain, _ = run(*args)
    assert (status, "element.advised" in plain) == (0, False)
    status, pedantic, _ = run(*args, "--pedantic")
    assert status == 0
    assert "  info element.advised: " in pedantic


# In force -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "day", "is_told"),
    [
        ("CA MAKER A1", "manufacture", None, False),
        ("CA MAKER A1", "manufacture", "2026-11-25", True),
        ("CA MAKER A1", "manufacture", "2027-11-30", True),
        ("CA MAKER A1", "manufacture", "2027-12-01", False),
        ("CA 27", "import", "2027-11-30", True),
        ("CA 27", "import", "2027-12-31", False),
    ],
)
def test_canada_is_not_in_force_before_december_2027(
    text: str, kind: str, day: str | None, is_told: bool
) -> None:
    as_of = None if day is None else datetime.date.fromisoformat(day)
    report = get_format("ca-2004-275").verify(text, kind, as_of)
    assert report.verdict == "valid"
    found = [f for f in report.findings if f.code == "format.not_in_force"]
    assert len(found) == is_told
    for finding in found:
        assert finding.severity == "info"
        assert finding.params["start"] == "2027-12-01"
        assert "2027" in finding.message("fr")
