"""One script a mark: letters that look alike are named, digits of other scripts are never taken."""

from __future__ import annotations

import random
import unicodedata

import pytest

from cli_runner import run
from markcode import Finding, Firearm, Format, InvalidMark, get_format, list_formats
from markcode.declaration import Element
from markcode.scripts import mixed_scripts
from markcode.strategies import sample

# The notes on instruments, section 13: Latin letters and what looks like them.
GREEK = dict(zip("ABEHIKMNOPTXYZ", "ΑΒΕΗΙΚΜΝΟΡΤΧΥΖ", strict=True))
CYRILLIC = dict(zip("ABCEHKMOPTX", "АВСЕНКМОРТХ", strict=True))
PAIRS = [(a, b) for table in (GREEK, CYRILLIC) for a, b in table.items()]
OTHER_DIGITS = {
    "full-width": "０１２３４５６７８９",
    "Arabic-Indic": "٠١٢٣٤٥٦٧٨٩",
    "Persian": "۰۱۲۳۴۵۶۷۸۹",
    "Devanagari": "०१२३४५६७८९",
}

EU = get_format("eu-2021-555")
SMALL_PART = get_format("eu-2021-555", options={"variant": "small-part"})
Place = tuple[str, str, str | None, tuple[int, int] | None]


def told(fmt: Format, text: str, kind: str | None = None) -> list[Place]:
    return [(f.code, f.severity, f.element, f.span) for f in fmt.verify(text, kind).findings]


def record(manufacturer: str, place: str, serial: str) -> str:
    return f"manufacturer: {manufacturer}\nplace: {place}\nyear: 2026\nserial: {serial}"


def test_the_tables_are_of_the_scripts_that_they_claim() -> None:
    for table, script in ((GREEK, "GREEK"), (CYRILLIC, "CYRILLIC")):
        for latin, other in table.items():
            assert unicodedata.name(other).startswith(f"{script} CAPITAL LETTER")
            assert latin.isascii()


# Letters --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("latin", "other"), PAIRS)
def test_a_letter_that_looks_like_a_latin_one_is_named(latin: str, other: str) -> None:
    """In an alphabet that lacks the letter, and in one that has it."""
    fmts = [get_format("us-pmf"), get_format("mosaic-0530"), SMALL_PART]
    texts = ["12345678-QW{}1", "CO INDU 26 07 QW{}1 09", "QW{}1"]
    for fmt, template in zip(fmts, texts, strict=True):
        text = template.format(other)
        at = text.index(other)
        report = fmt.verify(text)
        assert report.verdict == "invalid"
        (finding,) = report.findings
        assert (finding.code, finding.element) == ("script.homoglyph", "serial")
        assert finding.span == (at, at + 1)
        assert finding.params["found"] == other
        assert finding.params["reading"].endswith(f"QW{latin}1")
        assert fmt.verify(template.format(latin)).verdict == "valid"


@pytest.mark.parametrize("latin", ["A", "B", "E", "K", "M", "T", "X"])
def test_a_latin_letter_in_a_word_of_another_script_is_named(latin: str) -> None:
    for word, table in (("ΣΔ{}Ω1", GREEK), ("ЖД{}Я1", CYRILLIC)):
        text = word.format(latin)
        report = SMALL_PART.verify(text)
        assert told(SMALL_PART, text) == [("script.mixed", "error", "serial", (2, 3))]
        assert report.findings[0].params["reading"] == word.format(table[latin])


@pytest.mark.parametrize(
    ("token", "code", "span", "reading"),
    [
        ("\u0410B1", "script.homoglyph", (0, 1), "AB1"),
        ("A\u04121", "script.homoglyph", (1, 2), "AB1"),
        ("\u0410B\u04211", "script.mixed", (1, 2), "\u0410\u0412\u04211"),  # two are Cyrillic
        ("AB\u0421\u04151", "script.homoglyph", (2, 4), "ABCE1"),
        ("\u0410\u03921", "script.mixed", (1, 2), "\u0410\u04121"),  # Greek in Cyrillic
        ("A\u0416B\u04161", "script.mixed", (0, 3), "\u0410\u0416\u0412\u04161"),
        ("Q\u0416\u04161", "script.mixed", (0, 1), None),
    ],
)
def test_within_one_element(
    token: str, code: str, span: tuple[int, int], reading: str | None
) -> None:
    found = list(mixed_scripts({"country": "AT", "serial": token}))
    faults = [
        (name, f.code, f.severity, (f.start, f.end)) for name, f in found if f.severity == "error"
    ]
    assert faults == [("serial", code, "error", span)]
    assert found[0][1].params.get("reading") == reading


@pytest.mark.parametrize(
    ("manufacturer", "place", "serial", "element"),
    [
        ("ΟΠΛΑ ΑΕ", "ΑΘΗΝΑ", "Α1", None),
        ("Оружие", "София", "Б1", None),
        ("Œuvre d'Armes", "Saint-Étienne", "Ñ1", None),
        ("ΟΠΛΑ ΑΕ", "ΑΘΗΝΑ", "A1", "serial"),
        ("Arms", "София", "A1", "place"),
        ("Оружие", "София", "1", None),  # digits are of no script
    ],
)
def test_elements_of_two_scripts_are_a_warning(
    manufacturer: str, place: str, serial: str, element: str | None
) -> None:
    text = record(manufacturer, place, serial)
    report = EU.verify(text)
    if element is None:
        assert (report.verdict, report.findings) == ("valid", ())
        return
    value = {"place": place, "serial": serial}[element]
    start = text.index(f"{element}: ") + len(element) + 2
    span = (start, start + len(value))
    assert told(EU, text) == [("script.mixed", "warning", element, span)]
    assert report.verdict == "suspect"
    arm = Firearm(manufacturer=manufacturer, year=2026, serial=serial, extra={"place": place})
    made = EU.encode(arm)
    assert [(f.code, f.severity, f.element) for f in made.findings] == [
        ("script.mixed", "warning", element)
    ]


def test_encode_refuses_two_scripts_in_one_element() -> None:
    arm = Firearm(manufacturer="X", country="AT", year=2026, serial="\u0410B1")
    with pytest.raises(InvalidMark) as caught:
        EU.encode(arm)
    (finding,) = caught.value.findings
    assert (finding.code, finding.element, finding.span) == ("script.homoglyph", "serial", None)
    assert finding.params["reading"] == "AB1"


@pytest.mark.parametrize(
    ("name", "text", "kind", "element", "span"),
    [
        ("un-protocol", "C\u041e 2026", "import", "country", (1, 2)),
        ("mosaic-0530", "\u0421O INDU 26 07 01238 09", None, "country", (0, 1)),
        ("ca-2004-275", "\u0421\u0410 27", "import", "CA", (0, 2)),
        ("pa-57-2011", "P\u03a4Y 1", None, "PTY", (1, 2)),
        ("de-waffg-24", "1 \u0412Y", "registration", "land", (2, 3)),
    ],
)
def test_codes_and_words_too(
    name: str, text: str, kind: str | None, element: str, span: tuple[int, int]
) -> None:
    options = {"variant": "origin"} if kind == "registration" else None
    fmt = get_format(name, options=options)
    assert told(fmt, text, kind) == [("script.homoglyph", "error", element, span)]


def test_a_letter_in_an_element_of_little_evidence_is_told_once() -> None:
    found = told(get_format("recsa"), "*KE P\u041eL 123")
    assert found == [("script.homoglyph", "error", "force", (5, 6))]


# Digits ---------------------------------------------------------------------------------------


def opened() -> list[tuple[Format, str]]:
    fmts: list[Format] = []
    for name in list_formats():
        values = [o.values for o in get_format(name).declaration.options if o.key == "variant"]
        variants = values[0] if values else (None,)
        fmts += [get_format(name, options={"variant": v} if v else None) for v in variants]
    return [(fmt, kind) for fmt in fmts for kind in fmt.events]


def numbered(fmt: Format, kind: str, element: Element) -> dict[str, str | int]:
    """Return data whose ``element`` has a digit."""
    choose = random.Random(f"{fmt.name} {kind} {element.name}").randrange
    for _ in range(400):
        arm, event = sample(fmt, choose, kind)
        values = {e.name: e.of(arm, event) for e in fmt.elements(kind)}
        if set(str(values[element.name])) & set("0123456789"):
            return {name: value for name, value in values.items() if value is not None}
    raise AssertionError(f"no {element.name} with a digit")


TEXTS = [
    pytest.param(
        fmt, kind, element, id=f"{fmt.name}-{fmt.options.get('variant')}-{kind}-{element.name}"
    )
    for fmt, kind in opened()
    for element in fmt.elements(kind)
    if not element.is_number and element.type.has_own_alphabet and "0" in element.type.alphabet
]


@pytest.mark.parametrize(("fmt", "kind", "element"), TEXTS)
def test_digits_of_other_scripts(fmt: Format, kind: str, element: Element) -> None:
    values = numbered(fmt, kind, element)
    good = str(values[element.name])
    made = fmt.encode(*fmt.rule(kind).arm(values), accept_provisional=True)
    line = f"{element.name}: {good}"
    for digits in OTHER_DIGITS.values():
        bad = good.translate(str.maketrans("0123456789", digits))
        with pytest.raises(InvalidMark) as caught:
            data = fmt.rule(kind).arm({**values, element.name: bad})
            fmt.encode(*data, accept_provisional=True)
        told = [f for f in caught.value.findings if f.code != "element.missing"]
        assert_named(told, element.name, good)
        if line not in made.record.split("\n"):
            continue  # an unstruck element is in no record
        text = made.record.replace(line, f"{element.name}: {bad}")
        report = fmt.verify(text, kind)
        assert report.verdict == "invalid"
        errors = [f for f in report.findings if f.severity == "error"]
        assert_named(errors, element.name, good)
        start = text.index(bad, text.index(f"{element.name}: "))
        odd = [start + at for at, character in enumerate(bad) if character in digits]
        assert errors[0].span is not None
        assert errors[0].span[0] <= odd[0]
        assert errors[0].span[1] >= odd[-1] + 1


def assert_named(findings: list[Finding], element: str, reading: str) -> None:
    (finding,) = findings
    assert (finding.severity, finding.element) == ("error", element)
    assert finding.code in ("element.alphabet", "element.value")
    assert finding.params.get("reading") == reading


@pytest.mark.parametrize("digits", OTHER_DIGITS.values(), ids=OTHER_DIGITS)
def test_years_in_other_digits(digits: str) -> None:
    year = "2026".translate(str.maketrans("0123456789", digits))
    for text in (f"CO {year}", f"country: CO\nyear: {year}"):
        report = get_format("un-protocol").verify(text, "import")
        at = text.index(year)
        found = [(f.code, f.element, f.span) for f in report.findings]
        assert found == [("element.alphabet", "year", (at, at + 4))]
        assert report.findings[0].params["reading"] == "2026"
    args = ("--format", "un-protocol", "--event", "import", "--set", "country=CO")
    status, out, err = run("encode", *args, "--set", f"year={year}")
    assert (status, out) == (2, "")
    assert "write the year as 4 digits" in err


def test_full_width_letters_are_read_as_what_they_stand_for() -> None:
    report = get_format("un-protocol").verify("ＣＯ 2026", "import")
    (finding,) = report.findings
    assert (finding.code, finding.span) == ("element.alphabet", (0, 2))
    assert finding.params["reading"] == "CO"
    assert finding.params["reason"] == "foreign"
