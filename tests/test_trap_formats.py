"""The traps of country codes (instruments.md section 15) where they meet a format's own rules."""

from __future__ import annotations

import datetime

import pytest

import markcode
from cli_runner import run
from markcode import Event, Firearm, InvalidMark, Report, get_format

Told = list[tuple[str, str, str | None, tuple[int, int] | None]]

ORIGIN = get_format("de-waffg-24", options={"variant": "origin"})
GERMAN = "manufacturer: Example\ncountry: {}\ncalibre: 9 mm\nserial: A1"
ITI = "manufacturer: Example\ncountry: {}\nyear: {}\nserial: A1"
AT = len("manufacturer: Example\ncountry: ")


def faults(report: Report) -> Told:
    return [
        (f.code, f.severity, f.element, f.span)
        for f in report.findings
        if f.severity != "info" or f.code.startswith("country.")
    ]


# CA -------------------------------------------------------------------------------------------


def test_ca_27_is_canada_in_two_formats() -> None:
    canada = get_format("ca-2004-275").verify("CA 27", "import")
    assert (canada.verdict, canada.findings) == ("valid", ())
    assert canada.data["event"] == {"year": 2027}
    mosaic = get_format("mosaic-0530").verify("CA 27", "import")
    assert (mosaic.verdict, mosaic.findings) == ("valid", ())
    assert mosaic.data["event"] == {"country": "CA", "year": 2027}


def test_ca_17_is_older_than_the_rule() -> None:
    """In Canada two digits cannot mean a year before the rule; in MOSAIC's window they do."""
    day = datetime.date(2026, 11, 25)
    report = get_format("ca-2004-275").verify("CA 17", "import", day)
    assert ("year.window", "error", "year", (3, 5)) in faults(report)
    report = get_format("mosaic-0530").verify("CA 17", "import", day)
    assert (report.verdict, report.data["event"]["year"]) == ("valid", 2017)


@pytest.mark.parametrize("text", ["CA 27", "CANADA 27", "canada-27", "CA27"])
def test_a_mark_of_canada_is_never_chosen_without_its_name(text: str) -> None:
    assert get_format("ca-2004-275").verify(text, "import").verdict == "valid"
    assert markcode.verify(text).format is None
    assert markcode.verify(text, event="import").format is None


def test_ca_as_a_state_of_the_united_states() -> None:
    record = "serial: A1\nimporter: Example\ncity: Anytown\nstate: CA\ncountry: {}\ncalibre: .22 LR"
    us = get_format("us-478-92")
    assert us.verify(record.format("CANADA"), "import").verdict == "valid"
    report = us.verify(record.format("CA"), "import")
    at = record.index("{}")
    assert faults(report) == [("element.value", "error", "country", (at, at + 2))]
    assert report.findings[0].params["reason"] == "code"


# BY and the other Land letters ----------------------------------------------------------------

ALSO_COUNTRIES = ["BW", "BY", "BE", "BB", "MV", "NI", "SL", "SN", "ST", "SH", "TH"]
LANDS_ONLY = ["HB", "HH", "HE", "NW", "RP"]


@pytest.mark.parametrize("letters", ALSO_COUNTRIES + LANDS_ONLY)
def test_land_letters_in_an_origin_mark_and_as_a_country(letters: str) -> None:
    origin = ORIGIN.verify(f"1234 {letters}", "registration")
    assert (origin.verdict, faults(origin)) == ("valid", [])
    assert origin.data["event"]["land"] == letters
    country = get_format("de-waffg-24").verify(GERMAN.format(letters))
    if letters in ALSO_COUNTRIES:
        assert (country.verdict, faults(country)) == ("valid", [])
        assert country.firearm is not None
        assert country.firearm.country == letters
        assert "names" not in country.data
    else:
        assert faults(country) == [("country.unknown", "error", "country", (AT, AT + 2))]


def test_by_is_belarus_or_bavaria() -> None:
    assert ORIGIN.verify("1234 BY", "registration").data["names"] == {"land": "Bayern"}
    made = get_format("de-waffg-24").encode(
        Firearm(manufacturer="Example", country="Belarus", calibre="9 mm", serial="A1")
    )
    assert made.lines[1] == "BY"
    report = ORIGIN.verify("1234 CO", "registration")
    assert faults(report) == [("element.value", "error", "land", (5, 7))]


# Letters that are no country's ----------------------------------------------------------------

NO_COUNTRIES = [("EU", None), ("XK", None), ("UK", "GB"), ("EL", "GR")]


@pytest.mark.parametrize(("code", "reading"), NO_COUNTRIES)
def test_a_code_that_is_no_country_is_refused_with_what_may_be_meant(
    code: str, reading: str | None
) -> None:
    marks = [
        ("mosaic-0530", None, f"{code} INDU 26 07 1 09", 0),
        ("mosaic-0530", "import", f"{code} 26", 0),
        ("un-protocol", "import", f"{code} 2026", 0),
        ("iti", None, ITI.format(code, 2026), AT),
        ("de-waffg-24", None, GERMAN.format(code), AT),
        ("recsa", "state-owned", f"*{code} POL 1", 1),
        ("ecowas", "state-owned", f"<ECOWAS> {code} PN 1", 9),
    ]
    for name, kind, text, at in marks:
        report = get_format(name).verify(text, kind)
        assert faults(report) == [("country.unknown", "error", "country", (at, at + 2))], name
        assert report.findings[0].params.get("reading") == reading
        assert code in report.findings[0].message("pt")


@pytest.mark.parametrize(("code", "reading"), NO_COUNTRIES)
def test_in_a_deactivation_mark_the_country_code_is_not_defined(
    code: str, reading: str | None
) -> None:
    """Which code an EU country has is partly confirmed: a warning, with what may be meant."""
    fmt = get_format("eu-deact")
    report = fmt.verify(f"EU\n{code} <X> 19")
    assert report.verdict == "suspect"
    assert faults(report) == [("country.unknown", "warning", "country", (3, 5))]
    assert report.findings[0].params.get("reading") == reading


def test_eu_is_the_mark_itself_and_no_country() -> None:
    fmt = get_format("eu-deact")
    assert fmt.verify("EU\nAT <X> 19").verdict == "valid"
    missing = fmt.verify("AT <X> 19")
    assert faults(missing) == [("element.missing", "error", "EU", (0, 0))]
    with pytest.raises(InvalidMark) as caught:
        get_format("mosaic-0530").encode(Firearm(), Event("import", country="EU", year=2026))
    assert [(f.code, f.element) for f in caught.value.findings] == [("country.unknown", "country")]
    assert caught.value.findings[0].params["reason"] == "deactivation_mark"


@pytest.mark.parametrize(
    ("name", "good", "bad", "element"),
    [
        ("gt-15-2009", "GUA 123", "GTM 123", "GUA"),
        ("gt-15-2009", "GUA 123", "GT 123", "GUA"),
        ("pa-57-2011", "PTY 123", "PAN 123", "PTY"),
        ("pa-57-2011", "PTY-123", "PA 123", "PTY"),
    ],
)
def test_own_letters_are_no_iso_code(name: str, good: str, bad: str, element: str) -> None:
    fmt = get_format(name)
    assert fmt.verify(good).verdict == "valid"
    word = bad.split()[0]
    assert faults(fmt.verify(bad)) == [("element.value", "error", element, (0, len(word)))]
    assert markcode.verify(good).format is None


@pytest.mark.parametrize(("letters", "meant"), [("GUA", "GT"), ("PTY", "PA")])
def test_own_letters_as_a_country(letters: str, meant: str) -> None:
    report = get_format("un-protocol").verify(f"{letters} 2026", "import")
    assert faults(report) == [("country.unknown", "error", "country", (0, 3))]
    assert report.findings[0].params["reading"] == meant
    report = get_format("mosaic-0530").verify(f"{letters} INDU 26 07 1 09")
    assert faults(report) == [("element.length", "error", "country", (0, 3))]


def test_r_before_a_number_is_a_spare_part_or_a_letter_of_the_maker() -> None:
    """Only the variant for parts takes the R off; in a serial number it stays."""
    part = get_format("br-7dlog-2006", options={"variant": "part"})
    assert part.parse("R1234").firearm.serial == "1234"
    assert part.parse("RR1234").firearm.serial == "R1234"
    assert faults(part.verify("1234")) == [("element.missing", "error", "R", (0, 0))]
    record = "manufacturer: Example\ncountry: BR\ncalibre: 9 mm\nserial: R1234"
    assert get_format("br-7dlog-2006").parse(record).firearm.serial == "R1234"
    assert markcode.verify("R1234").format is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [("UK", "GB"), ("el", "GR"), ("GUA", "GT"), ("pty", "PA"), ("DD", "DE"), ("D", "DE")],
)
def test_formats_of_a_country_say_what_may_be_meant(text: str, meant: str) -> None:
    status, out, err = run("formats", "--country", text)
    assert (status, out) == (2, "")
    assert f"--country {text}: this is no present country" in err
    assert f", perhaps {meant}, or a name" in err


@pytest.mark.parametrize("text", ["EU", "XK", "Narnia", ""])
def test_formats_of_what_is_no_country(text: str) -> None:
    status, out, err = run("formats", "--country", text)
    assert (status, out) == (2, "")
    assert "write a code of ISO 3166-1, such as PE, or a name" in err


# Former countries -----------------------------------------------------------------------------

# Code, last year, its names in the findings about that year.
ENDED = [
    ("SU", 1992, ["Soviet Union"]),
    ("YU", 2003, ["Yugoslavia"]),
    ("DD", 1990, ["East Germany"]),
    ("ZR", 1997, ["Zaire"]),
    ("CS", 1993, ["Czechoslovakia"]),
    ("CS", 2006, ["Serbia and Montenegro"]),
]
FORMER = ("country.former", "info", "country")
OVER = ("country.ended", "error", "country")


@pytest.mark.parametrize(("code", "last", "names"), ENDED)
def test_a_former_country_by_the_year_of_the_mark(code: str, last: int, names: list[str]) -> None:
    def cases(year: int) -> list[tuple[str, str | None, str, int]]:
        return [
            ("iti", None, ITI.format(code, year), AT),
            ("un-protocol", "import", f"{code} {year}", 0),
            ("mosaic-0530", None, f"{code} INDU {year % 100:02} 07 1 09", 0),
        ]

    for name, kind, text, at in cases(last):
        report = get_format(name).verify(text, kind)
        assert report.verdict == "valid", name
        assert faults(report) == [(*FORMER, (at, at + 2))]
        assert report.findings[0].params["names"] == names
    for name, kind, text, at in cases(last + 1):
        report = get_format(name).verify(text, kind)
        assert report.verdict == "invalid", name
        assert faults(report) == [(*OVER, (at, at + 2))]


def test_two_digits_of_an_import_begin_after_most_former_countries() -> None:
    """In MOSAIC they mean 2012 to 2111, so that SU 85 is 2085; in the Protocol 2005 to 2104."""
    for code, _, _ in ENDED:
        for name in ("mosaic-0530", "un-protocol"):
            report = get_format(name).verify(f"{code} 85", "import")
            assert faults(report) == [(*OVER, (0, 2))]
            assert report.findings[0].params["year"] == 2085


def test_cs_at_an_import() -> None:
    fmt = get_format("un-protocol")
    alone = fmt.verify("CS", "import")
    assert (alone.verdict, faults(alone)) == ("valid", [(*FORMER, (0, 2))])
    assert alone.findings[0].params["names"] == ["Czechoslovakia", "Serbia and Montenegro"]
    for text in ("CS 2006", "CS 06"):
        report = fmt.verify(text, "import")
        assert (report.verdict, faults(report)) == ("valid", [(*FORMER, (0, 2))])
        assert report.findings[0].params["names"] == ["Serbia and Montenegro"]
    for text in ("CS 2007", "CS 07"):
        assert faults(fmt.verify(text, "import")) == [(*OVER, (0, 2))]


@pytest.mark.parametrize("year", [1994, 1998, 2002, 2007])
def test_cs_was_nobodys_between_and_after(year: int) -> None:
    report = get_format("iti").verify(ITI.format("CS", year))
    assert faults(report) == [(*OVER, (AT, AT + 2))]
    assert report.findings[0].params["names"] == ["Czechoslovakia", "Serbia and Montenegro"]


def test_the_other_codes_and_names_of_former_countries() -> None:
    iti = get_format("iti")
    for name in ("USSR", "SUN", "CCCP"):
        good = iti.verify(ITI.format(name, 1970))
        end = AT + len(name)
        assert (good.verdict, faults(good)) == ("valid", [(*FORMER, (AT, end))])
        assert faults(iti.verify(ITI.format(name, 1999))) == [(*OVER, (AT, end))]
    assert faults(iti.verify(ITI.format("West Germany", 1970))) == []
    assert faults(get_format("un-protocol").verify("SCG 2005", "import")) == [(*FORMER, (0, 3))]
    assert faults(get_format("un-protocol").verify("CSK 2005", "import")) == [(*OVER, (0, 3))]


@pytest.mark.parametrize(("code", "last", "names"), ENDED)
def test_encode_refuses_what_was_made_after_the_end(code: str, last: int, names: list[str]) -> None:
    fmt = get_format("iti")
    made = fmt.encode(Firearm(manufacturer="Example", country=code, year=last, serial="A1"))
    assert [(f.code, f.severity) for f in made.findings] == [("country.former", "info")]
    with pytest.raises(InvalidMark) as caught:
        fmt.encode(Firearm(manufacturer="Example", country=code, year=last + 1, serial="A1"))
    assert [f.code for f in caught.value.findings] == ["country.ended"]
