"""What each key of a format file does to the marks; docs/format-files.md is the specification."""

from __future__ import annotations

import csv
import datetime
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

import markcode
from cli_runner import run
from format_files import COUNTRY, NUMBER, YEAR, event, head, opened, text_field
from markcode import Event, Firearm, InvalidMark, ProfileError
from markcode.errors import FormatFileError
from markcode.formats import declaration
from markcode.trials import trial

IMPORT = Event("import", country="KE", year=2026, number="0001")
MARK = event("{country} {number}")


def codes(fmt: markcode.Format, text: str, pedantic: bool = False, **more: Any) -> list[str]:
    """Return the findings as ``code element severity``."""
    report = fmt.verify(text, pedantic=pedantic, **more)
    return [" ".join(filter(None, (f.code, f.element, f.severity))) for f in report.findings]


def written(fmt: markcode.Format, firearm: Firearm | None = None, **more: Any) -> str:
    return fmt.encode(firearm or Firearm(), Event(fmt.events[0], **more)).text


# -- the format ---------------------------------------------------------------------------------


def test_a_file_says_what_the_format_is(tmp_path: Path) -> None:
    more = (
        'countries = ["KE", "UG"]\nin_force = 2026-01-02\nended = 2030-12-31\n'
        'height = "1.6mm"\ndepth = "76.2um"\ndepth_from = 2027-12-01\nsize_source = "article 4"\n'
        'parts = ["frame", "barrel"]\n'
    )
    described = opened(tmp_path, head(more), MARK, COUNTRY, NUMBER).describe()
    assert {key: described[key] for key in ("name", "title", "summary", "source")} == {
        "name": "own-mark",
        "title": {"en": "Own mark"},
        "summary": "A mark.",
        "source": "Law, article 1",
    }
    assert described["countries"] == ["KE", "UG"]
    assert (described["in_force"], described["ended"]) == ("2026-01-02", "2030-12-31")
    assert described["requirements"] == {
        "height_nm": 1_600_000,
        "depth_nm": 76_200,
        "depth_from": "2027-12-01",
        "parts": ["frame", "barrel"],
        "source": "article 4",
    }


def test_sizes_and_parts_come_with_every_marking(tmp_path: Path) -> None:
    sized = head('height = "0.0625in"\nparts = ["frame"]')
    plain = event("{number}", kind="transfer")
    own = event("{country} {number}", more='parts = ["slide"]')
    fmt = opened(tmp_path, sized, plain, own, COUNTRY, NUMBER)
    marking = fmt.encode(Firearm(), Event("transfer", number="0001"))
    assert marking.requirements.height_nm == 1_587_500
    assert marking.requirements.parts == ("frame",)
    assert fmt.encode(Firearm(), IMPORT).requirements.parts == ("slide",)


def test_the_first_event_is_the_default_and_kinds_may_be_new(tmp_path: Path) -> None:
    fmt = opened(tmp_path, head(), event("{number}", kind="auction"), MARK, COUNTRY, NUMBER)
    assert fmt.events == ("auction", "import")
    assert fmt.verify("0001").event == "auction"


def test_status_provisional_is_told_with_every_report(tmp_path: Path) -> None:
    fmt = opened(
        tmp_path, head('status = "provisional"\nstatus_note = "a draft"'), MARK, COUNTRY, NUMBER
    )
    assert fmt.describe()["provisional"] == {"en": "a draft"}
    assert "format.provisional info" in codes(fmt, "KE 0001")


# -- separators ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("separator", "struck", "as_good", "warned"),
    [
        ('[" "]', "KE 0001", ["KE\n0001", "KE\r\n0001"], ["KE-0001", "KE0001"]),
        ('["-", " "]', "KE-0001", ["KE 0001", "KE\n0001"], ["KE/0001"]),
        ('["/", ""]', "KE/0001", ["KE0001", "KE\n0001"], ["KE 0001", "KE-0001"]),
        ('[" - "]', "KE - 0001", ["KE\n0001"], ["KE-0001"]),
    ],
)
def test_separators(
    tmp_path: Path, separator: str, struck: str, as_good: list[str], warned: list[str]
) -> None:
    fmt = opened(tmp_path, head(f"separator = {separator}"), MARK, COUNTRY, NUMBER)
    assert written(fmt, country="KE", number="0001") == struck
    for text in [struck, *as_good]:
        assert fmt.verify(text).verdict == "valid", text
    for text in warned:
        assert fmt.verify(text).verdict != "valid", text
        assert any(code.startswith("separator.") for code in codes(fmt, text)), text


def test_an_event_has_its_own_separator(tmp_path: Path) -> None:
    slashed = event("{country} {number}", more='separator = ["/"]')
    fmt = opened(
        tmp_path, head(), slashed, event("{country} {number}", kind="transfer"), COUNTRY, NUMBER
    )
    assert written(fmt, country="KE", number="0001") == "KE/0001"
    assert fmt.encode(Firearm(), Event("transfer", country="KE", number="0001")).text == "KE 0001"


def test_the_user_chooses_among_separator_options(tmp_path: Path) -> None:
    parts = (head('separator_options = ["slash", "space", "line"]'), MARK, COUNTRY, NUMBER)
    struck = {
        choice: written(opened(tmp_path, *parts, options=options), country="KE", number="0001")
        for choice, options in (
            ("", {}),
            ("line", {"separator": "line"}),
            ("space", {"separator": "space"}),
        )
    }
    assert struck == {"": "KE/0001", "line": "KE\n0001", "space": "KE 0001"}
    with pytest.raises(ProfileError, match="separator='dash' is not one of"):
        opened(tmp_path, *parts, options={"separator": "dash"})


# -- the check ----------------------------------------------------------------------------------

CHECKED = head('check = "iso7064-mod37-36"\ncheck_over = ["mark"]\n')


def stdnum_check(payload: str) -> str:
    from stdnum.iso7064 import mod_37_36

    return str(mod_37_36.calc_check_digit(payload))


@pytest.mark.parametrize(
    ("line", "covers", "payload", "form"),
    [
        ("{country} {year} {number}", "", "KE260001", "KE 26 0001 {}"),
        ("{country} {check} {year} {number}", "", "KE260001", "KE {} 26 0001"),
        ("{country} {year} {number}{check}", "", "KE260001", "KE 26 0001{}"),
        ("{check}{country} {year} {number}", 'covers = ["number"]', "0001", "{}KE 26 0001"),
        (
            "{country} {year} {number} {check}",
            'covers = ["number", "country"]',
            "0001KE",
            "KE 26 0001 {}",
        ),
    ],
)
def test_where_the_check_stands_and_what_it_covers(
    tmp_path: Path, line: str, covers: str, payload: str, form: str
) -> None:
    fmt = opened(tmp_path, CHECKED + covers + "\n", event(line), COUNTRY, YEAR, NUMBER)
    good = form.format(stdnum_check(payload))
    assert fmt.encode(Firearm(), IMPORT).text == good
    assert fmt.verify(good).verdict == "valid"
    assert fmt.covered() == tuple(
        {
            "KE260001": ["country", "year", "number"],
            "0001": ["number"],
            "0001KE": ["number", "country"],
        }[payload]
    )
    bad = form.format("X" if stdnum_check(payload) != "X" else "Y")
    assert "check.mismatch error" in codes(fmt, bad)


def test_a_check_that_the_file_fixes_is_no_choice(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="fixes its check"):
        opened(tmp_path, CHECKED, MARK, COUNTRY, NUMBER, check="damm")


def test_check_over_bounds_the_choice(tmp_path: Path) -> None:
    over_mark = (head('check_over = ["mark"]'), MARK, COUNTRY, NUMBER)
    assert opened(tmp_path, *over_mark, check="iso7064-mod37-36").check_over == "mark"
    with pytest.raises(ProfileError, match="takes no check over the serial"):
        opened(tmp_path, *over_mark, check="iso7064-mod37-36", check_over="serial")
    with pytest.raises(ProfileError, match="takes no check"):
        opened(tmp_path, head("check_over = []"), MARK, COUNTRY, NUMBER, check="iso7064-mod37-36")


def test_a_serial_is_what_a_check_covers_by_default(tmp_path: Path) -> None:
    fmt = opened(
        tmp_path, head(), event("{serial}"), text_field("serial", "0-9", "2-8"), check="luhn"
    )
    assert fmt.check_over == "serial"
    assert fmt.verify("18").verdict == "valid"  # 1 doubled is 2, and 2 + 8 = 10
    assert "check.mismatch serial error" in codes(fmt, "19")


# -- events -------------------------------------------------------------------------------------


def test_lines_are_struck_one_below_the_other(tmp_path: Path) -> None:
    fmt = opened(tmp_path, head(), event("{country}", "{number}"), COUNTRY, NUMBER)
    marking = fmt.encode(Firearm(), IMPORT)
    assert marking.lines == ("KE", "0001")
    assert marking.line_elements == (("country",), ("number",))


def test_an_optional_element_may_be_absent(tmp_path: Path) -> None:
    fmt = opened(tmp_path, head(), event("{country} {year?} {number}"), COUNTRY, YEAR, NUMBER)
    assert written(fmt, country="KE", number="0001") == "KE 0001"
    assert fmt.verify("KE 26 0001").verdict == fmt.verify("KE 0001").verdict == "valid"
    assert fmt.verify("26 0001").verdict == "invalid"


def test_unique_keys_of_a_list_of_elements(tmp_path: Path) -> None:
    fmt = opened(
        tmp_path, head(), event("{country} {number}", more='unique = ["number"]'), COUNTRY, NUMBER
    )
    keys = fmt.keys(Firearm(), IMPORT)
    assert [(key.code, key.severity, key.elements, key.value) for key in keys] == [
        ("duplicate.key", "error", ("number",), ("0001",))
    ]


TWICE = """unique = [
 { elements = ["country", "number"] },
 { elements = ["number"], distinct = ["country"], severity = "warning", code = "duplicate.serial" },
]
"""


def test_unique_with_distinct_only_where_these_differ(tmp_path: Path) -> None:
    fmt = opened(tmp_path, head(), event("{country} {number}", more=TWICE), COUNTRY, NUMBER)
    table = tmp_path / "arms.csv"
    table.write_text("country,number\nKE,0001\nUG,0001\nKE,0002\nKE,0002\n", encoding="utf-8")
    out = tmp_path / "job"
    assert run("batch", table, "--format", tmp_path / "own-mark.toml", "--out", out).status == 1
    assert _codes(out / "warnings.csv") == [("2", "duplicate.serial"), ("3", "duplicate.serial")]
    assert _codes(out / "rejected.csv") == [("4", "duplicate.key"), ("5", "duplicate.key")]
    assert [unique["severity"] for unique in fmt.describe()["events"][0]["unique"]] == [
        "error",
        "warning",
    ]


def _codes(path: Path) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [(row["row"], row["code"]) for row in csv.DictReader(stream)]


def test_needed_unless_another_is_there(tmp_path: Path) -> None:
    needed = 'needed = [{ elements = ["year"], unless = ["number"] }]'
    fmt = opened(
        tmp_path, head(), event("{country} {year?} {number?}", more=needed), COUNTRY, YEAR, NUMBER
    )
    assert fmt.verify("KE 26").verdict == fmt.verify("KE 0001").verdict == "valid"
    assert any(code.startswith("element.missing") for code in codes(fmt, "KE"))
    with pytest.raises(InvalidMark):
        written(fmt, country="KE")


@pytest.mark.parametrize("readable", ["true", "false"])
def test_what_is_not_struck_is_in_the_key_and_in_a_record_that_stands_for_the_mark(
    tmp_path: Path, readable: str
) -> None:
    more = f'unstruck = ["serial", "model?"]\nunique = ["serial", "number"]\nreadable = {readable}'
    serial, model = text_field("serial"), text_field("model")
    line = event("{country} {number}", more=more)
    fmt = opened(tmp_path, head("check_over = []"), line, COUNTRY, NUMBER, serial, model)
    marking = fmt.encode(Firearm(serial="ABC"), IMPORT)
    assert marking.text == "KE 0001"
    assert fmt.keys(Firearm(serial="ABC"), IMPORT)[0].value == ("ABC", "0001")
    assert ("serial: ABC" in marking.record) is (readable == "false")
    assert fmt.verify(marking.payload).verdict == "valid"
    with pytest.raises(InvalidMark, match="Serial number is missing"):
        fmt.encode(Firearm(model="ABC"), IMPORT)


def test_text_that_cannot_be_split_is_verified_by_its_record(tmp_path: Path) -> None:
    free = text_field("number", "A-Z ", "1-9") + text_field("place", "A-Z ", "1-9")
    fmt = opened(tmp_path, head(), event("{place}", "{number}", more="readable = false"), free)
    marking = fmt.encode(Firearm(), Event("import", number="A B", extra={"place": "C"}))
    assert fmt.text_is_opaque()
    assert fmt.verify(marking.text).verdict == "undetermined"
    assert codes(fmt, marking.text) == ["record.required info"]
    assert fmt.verify(marking.payload).verdict == "valid"


def test_an_event_that_is_provisional_is_never_valid(tmp_path: Path) -> None:
    fmt = opened(
        tmp_path, head(), event("{country} {number}", more="provisional = true"), COUNTRY, NUMBER
    )
    assert fmt.verify("KE 0001").verdict == "undetermined"
    with pytest.raises(InvalidMark):
        fmt.encode(Firearm(), IMPORT)
    assert fmt.encode(Firearm(), IMPORT, accept_provisional=True).text == "KE 0001"


def test_a_forbidden_symbol_is_an_error(tmp_path: Path) -> None:
    fmt = opened(
        tmp_path, head(), event("{country} {number}", more='forbids = ["STAR"]'), COUNTRY, NUMBER
    )
    assert codes(fmt, "*KE 0001") == ["symbol.unexpected error"]
    assert fmt.verify("KE 0001").verdict == "valid"


def test_a_file_is_never_chosen_without_being_named(tmp_path: Path) -> None:
    more = "recognisable = true"
    fmt = opened(tmp_path, head(), event("KENYA-{number}", more=more), NUMBER)
    assert fmt.describe()["recognisable"] is False
    report = markcode.verify("KENYA-0001")
    assert (report.verdict, report.format) == ("undetermined", None)
    assert markcode.verify("KENYA-0001", format=fmt).verdict == "valid"


# -- fields -------------------------------------------------------------------------------------


def one_field(tmp_path: Path, field: str, kind: str = "import", **profile: Any) -> markcode.Format:
    """Return a format whose line is a single element of its own, ``mark``."""
    body = f"[field.mark]\n{field}\n"
    return opened(tmp_path, head(), event("{mark}", kind=kind), body, **profile)


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ('type = "text"\nalphabet = "A-C9-"\nlength = "2"', ["A-", "9C"], ["AD", "A", "A-9"]),
        ('type = "text"\nalphabet = "-ab"\nlength = "1-2"', ["-", "ab"], ["A", "aba"]),
        ('type = "text"\nalphabet = "A-Z0-9"\nlength = "3"\nmust = "0-9"', ["AB1"], ["ABC"]),
        ('type = "text"\nalphabet = \']\\[^-\'\nlength = "1-4"', ["]\\^[", "[-"], ["/", "A"]),
        ('type = "choice"\nvalues = ["A", "BC"]', ["A", "BC"], ["B", "ABC", "a"]),
        ('type = "choice"\nvalues = { A = "revolver" }', ["A"], ["revolver"]),
        ('type = "entity"', ["<DE-BM>", "<7>"], ["<de>", "<>"]),
        ('type = "entity"\nalphabet = "A-C"\nlength = "2"', ["<AB>"], ["<AD>", "<ABC>"]),
    ],
)
def test_types_of_fields(tmp_path: Path, field: str, good: list[str], bad: list[str]) -> None:
    fmt = one_field(tmp_path, field)
    for text in good:
        assert fmt.verify(text).verdict == "valid", text
        value = text.strip("<>") if "entity" in field else text
        assert fmt.encode(Firearm(), Event("import", extra={"mark": value})).text == text
    for text in bad:
        assert fmt.verify(text).verdict == "invalid", text


def test_a_code_outside_an_open_list_is_a_warning(tmp_path: Path) -> None:
    open_list = 'type = "choice"\nvalues = { AB = "army" }\nopen = true\nalphabet = "A-Z"'
    fmt = one_field(tmp_path, f'{open_list}\nlength = "2-3"')
    assert codes(fmt, "XYZ") == ["code.unlisted mark warning"]
    assert codes(fmt, "AB") == []
    assert fmt.verify("AB").data["names"] == {"mark": "army"}
    assert fmt.verify("X1").verdict == "invalid"


@pytest.mark.parametrize(
    ("form", "struck", "wrong"),
    [
        ("alpha-2", "KE", "KEN"),
        ("alpha-3", "KEN", "KE"),
        ("numeric", "404", "999"),
        ("code", "KE", "XQ"),
        ("name", "KENYA", "K1"),
        ("any", "Kenya", "1"),
    ],
)
def test_forms_of_a_country(tmp_path: Path, form: str, struck: str, wrong: str) -> None:
    field = f'[field.country]\ntype = "country"\nform = "{form}"\n'
    fmt = opened(tmp_path, head(), event("{country}"), field)
    given = struck if form in ("any", "code") else "Kenya"
    text = written(fmt, country=given)
    assert text.upper() == struck.upper()
    assert fmt.verify(text).verdict == "valid"
    assert fmt.verify(wrong).verdict == "invalid"


@pytest.mark.parametrize(
    ("keys", "top", "year", "struck", "read"),
    [
        ('window = "1950-2049"', "", 1987, "87", [1987]),
        ('window = "1950-2049"', "", 2026, "26", [2026]),
        ("", 'year_window = "1930-2029"', 1931, "31", [1931]),
        ('window = "2000-2099"', 'year_window = "1930-2029"', 2031, "31", [2031]),
        ("digits = [4]", "", 2026, "2026", [2026]),
        ('digits = [4, 2]\nwindow = "2000-2099"', "", 2026, "2026", [2026]),
        ('digits = [2, 4]\nwindow = "2000-2099"', "", 2026, "26", [2026]),
    ],
)
def test_years(
    tmp_path: Path, keys: str, top: str, year: int, struck: str, read: list[int]
) -> None:
    field = f'[field.year]\ntype = "year"\n{keys}\n'
    fmt = opened(tmp_path, head(top), event("{year}"), field)
    assert written(fmt, year=year) == struck
    assert [parsed.event.year for parsed in fmt.readings(struck)] == read


def test_two_digits_without_a_window_are_ambiguous(tmp_path: Path) -> None:
    for top, keys in (('year_window = "none"', ""), ("", ""), ("", 'window = "none"')):
        fmt = opened(tmp_path, head(top), event("{year}"), f'[field.year]\ntype = "year"\n{keys}\n')
        assert [parsed.event.year for parsed in fmt.readings("87")] == [1987, 2087]
        assert fmt.verify("87", as_of=datetime.date(2026, 1, 1)).verdict == "valid"


def test_a_record_says_a_year_in_roman_numerals_where_the_file_allows(tmp_path: Path) -> None:
    field = '[field.year]\ntype = "year"\nwindow = "2000-2099"\nroman = {}\n'
    verdicts = {}
    for allowed in ("true", "false"):
        fmt = opened(tmp_path, head(), event("{year}"), field.format(allowed))
        verdicts[allowed] = fmt.verify("year: MMXXVI").verdict
    assert verdicts == {"true": "valid", "false": "invalid"}


@pytest.mark.parametrize(
    ("evidence", "verdict", "plain", "pedantic"),
    [
        ("C", "invalid", ["element.value mark error"], ["element.value mark error"]),
        ("D", "invalid", ["element.value mark error"], ["element.value mark error"]),
        ("P", "suspect", ["element.value mark warning"], ["element.value mark warning"]),
        ("U", "valid", [], ["element.value mark info"]),
    ],
)
def test_evidence_lowers_severity(
    tmp_path: Path, evidence: str, verdict: str, plain: list[str], pedantic: list[str]
) -> None:
    field = f'[field.mark]\ntype = "choice"\nvalues = ["AB"]\nevidence = "{evidence}"\n'
    fmt = opened(tmp_path, head(), event("{number} {mark}"), NUMBER, field)
    assert codes(fmt, "0001 XY") == plain
    assert codes(fmt, "0001 XY", pedantic=True) == pedantic
    assert fmt.verify("0001 XY").verdict == verdict


def test_what_is_advised_is_told_to_the_pedantic(tmp_path: Path) -> None:
    field = text_field("place", more="advised = true")
    fmt = opened(tmp_path, head(), event("{number} {place?}"), NUMBER, field)
    assert codes(fmt, "0001") == []
    assert codes(fmt, "0001", pedantic=True) == ["element.advised place info"]
    assert codes(fmt, "0001 ABC", pedantic=True) == []


def test_what_is_untested_leaves_the_verdict_open(tmp_path: Path) -> None:
    field = text_field("digit", "0-9", "1", "untested = true")
    fmt = opened(tmp_path, head(), event("{number} {digit?}"), NUMBER, field)
    assert fmt.verify("0001 7").verdict == "undetermined"
    assert fmt.verify("0001").verdict == "valid"


def test_two_years_in_one_mark(tmp_path: Path) -> None:
    made = '[field.made]\ntype = "year"\ndigits = [4]\nis = "firearm.year"\n'
    fmt = opened(tmp_path, head(), event("{made} {year}"), made, YEAR)
    assert written(fmt, Firearm(year=1987), year=2026) == "1987 26"
    parsed = fmt.parse("1987 26")
    assert (parsed.firearm.year, parsed.event.year) == (1987, 2026)


def test_whose_an_element_is(tmp_path: Path) -> None:
    parts = (text_field("lot"), text_field("serial"), text_field("importer"), COUNTRY, YEAR)
    line = "{country} {year} {serial} {importer} {lot}"
    for kind, owner in (("import", "event"), ("manufacture", "firearm")):
        fmt = opened(tmp_path, head(), event(line, kind=kind), *parts)
        owners = {e["name"]: e["owner"] for e in fmt.describe()["events"][0]["elements"]}
        assert owners == {
            "country": owner,
            "year": owner,
            "lot": owner,
            "serial": "firearm",
            "importer": "event",
        }


def test_a_field_differs_at_one_event(tmp_path: Path) -> None:
    own = '[event.transfer.field.number]\nlength = "2"\nsource = "article 9"\n'
    fmt = opened(
        tmp_path,
        head(),
        event("{number}", more='source = "article 2"'),
        event("{number}", kind="transfer"),
        own,
        NUMBER,
    )
    assert fmt.verify("0001").verdict == fmt.verify("01", "transfer").verdict == "valid"
    assert fmt.verify("01").verdict == "invalid"
    sources = [e["elements"][0]["source"] for e in fmt.describe()["events"]]
    assert sources == ["article 2", "article 9"]


def test_note_and_mask_are_for_people(tmp_path: Path) -> None:
    fmt = opened(
        tmp_path,
        head(),
        event("{mark}"),
        text_field("mark", "A-Z0-9", "1-6", 'mask = "99"\nnote = "a number"'),
    )
    assert fmt.describe()["events"][0]["elements"][0]["note"] == "a number"
    assert fmt.verify("ABCDE").verdict == "valid"


# -- words and symbols --------------------------------------------------------------------------


def test_a_word_is_read_in_other_spellings(tmp_path: Path) -> None:
    word = '[literal.CA]\nspellings = ["CANADA"]\nignore_case = {}\n'
    line = event("CA {number}")
    for ignored, verdict in (("true", "valid"), ("false", "invalid")):
        fmt = opened(tmp_path, head(), line, NUMBER, word.format(ignored))
        assert written(fmt, number="0001") == "CA 0001"
        assert fmt.verify("CANADA 0001").verdict == "valid"
        assert fmt.verify("Canada 0001").verdict == verdict
    assert opened(tmp_path, head(), line, NUMBER).verify("CANADA 0001").verdict == "invalid"


def test_a_symbol_is_read_in_every_spelling_and_drawn(tmp_path: Path) -> None:
    crown = (
        '[symbol.CROWN]\ntext = "+"\nspellings = ["<CROWN>", "CR"]\n'
        'outline = ["M 0 0 L 100 0 L 50 80 Z"]\n'
    )
    fmt = opened(tmp_path, head(), event("<CROWN>{number}"), NUMBER, crown)
    marking = fmt.encode(Firearm(), IMPORT)
    assert (marking.text, marking.drawn) == ("+0001", ("<CROWN>0001",))
    for text in ("+0001", "<CROWN>0001", "CR0001"):
        assert fmt.verify(text).verdict == "valid"
    assert fmt.declaration.emblems == {"CROWN": ("M 0 0 L 100 0 L 50 80 Z",)}


@pytest.mark.parametrize(
    ("name", "text"), [("STAR", "*"), ("ECOWAS", "<ECOWAS>"), ("ARMS", "<ARMS>")]
)
def test_symbols_that_are_there_already(tmp_path: Path, name: str, text: str) -> None:
    fmt = opened(tmp_path, head(), event(f"<{name}>{{number}}"), NUMBER)
    assert fmt.encode(Firearm(), IMPORT).text == f"{text}0001"


# -- variants -----------------------------------------------------------------------------------

SMALL = """[variant.small]
doc = "for small parts"
height = "1mm"
[variant.small.event.import]
lines = ["{number}"]
unique = ["number"]
"""


def test_a_variant_is_another_form_of_the_mark(tmp_path: Path) -> None:
    parts = (head('height = "2mm"'), MARK, COUNTRY, NUMBER, SMALL)
    full = opened(tmp_path, *parts)
    small = opened(tmp_path, *parts, options={"variant": "small"})
    assert written(full, country="KE", number="0001") == "KE 0001"
    assert written(small, number="0001") == "0001"
    assert (full.requirements.height_nm, small.requirements.height_nm) == (2_000_000, 1_000_000)
    assert full.describe()["options"][0] == {
        "key": "variant",
        "values": ["full", "small"],
        "default": "full",
        "doc": "small: for small parts",
    }
    with pytest.raises(ProfileError, match="variant='tiny' is not one of full, small"):
        opened(tmp_path, *parts, options={"variant": "tiny"})


# -- extending ----------------------------------------------------------------------------------

IN_FILES = [
    path.stem
    for path in sorted((Path(markcode.__file__).parent / "formats").glob("*.toml"))
    if path.stem in markcode.list_formats()
]


def test_at_least_ten_built_in_formats_are_files_only() -> None:
    assert len(IN_FILES) >= 10
    assert all(declaration(name).syntax is None for name in IN_FILES)


@pytest.mark.parametrize("name", IN_FILES)
def test_every_built_in_format_in_a_file_can_be_extended(tmp_path: Path, name: str) -> None:
    fmt = opened(
        tmp_path, f'extends = "{name}"\nname = "own-mark"\ntitle = {{ es = "Marca propia" }}\n'
    )
    base = markcode.get_format(name)
    assert fmt.describe()["title"] == {"es": "Marca propia"}
    assert fmt.describe()["events"] == base.describe()["events"]
    assert [f.reason for f in trial(fmt, 50)] == [f.reason for f in trial(base, 50)]


def test_an_extension_merges_tables_and_drops_events(tmp_path: Path) -> None:
    fmt = opened(
        tmp_path,
        'extends = "mosaic-0530"\nname = "own-mark"\ntitle = { en = "Own" }\nheight = "2mm"\n'
        'event.import.unique = ["country"]\nevent.transfer = false\n'
        '[field.calibre]\nalphabet = "A-Z"\n',
    )
    base = markcode.get_format("mosaic-0530")
    assert fmt.events == tuple(kind for kind in base.events if kind != "transfer")
    assert fmt.layout("import") == base.layout("import")
    assert fmt.requirements.height_nm == 2_000_000
    assert fmt.requirements.parts == base.requirements.parts
    assert [unique.elements for unique in fmt.rule("import").unique] == [("country",)]
    calibre = fmt.rule("manufacture").element("calibre")
    assert (calibre.type.alphabet, calibre.type.most) == ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 16)
    assert base.rule("manufacture").element("calibre").type.alphabet.startswith("0123")


def test_dropping_events_leaves_fields_of_the_extended_format_unused(tmp_path: Path) -> None:
    fmt = opened(
        tmp_path,
        'extends = "recsa"\nname = "own-mark"\ntitle = { en = "Own" }\nevent.state-owned = false\n',
    )
    assert "state-owned" not in fmt.events
    assert "number" not in [element.name for kind in fmt.events for element in fmt.elements(kind)]


def test_a_variant_says_nothing_of_an_event_that_was_dropped(tmp_path: Path) -> None:
    start = 'name = "own-mark"\ntitle = { en = "Own" }\nextends = "{}"\n'
    tried = 0
    for name in IN_FILES:
        base = markcode.get_format(name)
        chosen = [o.values for o in base.declaration.options if o.key == "variant"]
        for kind in base.events[1:] if chosen else ():
            text = start.replace("{}", name) + f"event.{kind} = false\n"
            for variant in chosen[0]:
                fmt = opened(tmp_path, text, options={"variant": variant})
                assert kind not in fmt.events
                tried += 1
    assert tried


# -- files in jobs ------------------------------------------------------------------------------


def test_a_job_holds_the_file_and_can_be_verified_without_the_original(tmp_path: Path) -> None:
    source = tmp_path / "kenya.toml"
    text = head() + MARK + COUNTRY + NUMBER
    source.write_bytes(b"\xef\xbb\xbf" + text.encode("utf-8"))
    table = tmp_path / "arms.csv"
    table.write_text("country,number\nKE,0001\nKE,0002\n", encoding="utf-8")
    job = tmp_path / "job"
    made = run("batch", table, "--format", source, "--out", job)
    assert made.status == 0, made.err
    manifest = json.loads((job / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["profile"]["format"] == "kenya.toml"
    assert manifest["profile"]["sha256"] == hashlib.sha256(source.read_bytes()).hexdigest()
    assert (job / "kenya.toml").read_bytes() == source.read_bytes()
    source.unlink()
    table.unlink()
    verified = run("verify", "--input", job)
    assert verified.status == 0, verified
    assert "2" in verified.out
    assert "valid" in verified.out


def test_a_changed_copy_is_noticed(tmp_path: Path) -> None:
    source = tmp_path / "kenya.toml"
    source.write_text(head() + MARK + COUNTRY + NUMBER, encoding="utf-8", newline="\n")
    table = tmp_path / "arms.csv"
    table.write_text("country,number\nKE,0001\n", encoding="utf-8")
    job = tmp_path / "job"
    run("batch", table, "--format", source, "--out", job)
    copy = job / "kenya.toml"
    copy.write_bytes(copy.read_bytes() + b"# changed\n")
    assert run("verify", "--input", job).status == 1


def test_a_file_cannot_take_the_name_of_a_built_in_format(tmp_path: Path) -> None:
    text = head().replace("own-mark", "us-pmf")
    with pytest.raises(FormatFileError, match="'us-pmf' is a built-in format"):
        opened(tmp_path, text, MARK, COUNTRY, NUMBER)


# -- signs that stand for themselves --------------------------------------------------------------


@pytest.mark.parametrize("separator", ['["-"]', '[" "]'])
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("KE-0001{}A", []),
        ("KE-0001{}C", ["element.value class error"]),
        ("KE-001{}A", ["element.length number error"]),
        ("ke-0001{}A", ["element.case country error"]),
        ("KE-0001", ["element.missing class error"]),
    ],
)
def test_a_literal_hyphen_is_no_second_fault(
    tmp_path: Path, separator: str, text: str, told: list[str]
) -> None:
    letter = '[field.class]\ntype = "choice"\nvalues = ["A", "B"]\n'
    top = head(f"separator = {separator}")
    fmt = opened(tmp_path, top, event("{country}-{number} {class}"), COUNTRY, NUMBER, letter)
    assert codes(fmt, text.format(separator[2])) == told


def test_an_extended_format_may_give_a_field_another_type(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        'extends = "recsa"\nname = "own"\ntitle = { en = "Own" }\n'
        '[field.force]\ntype = "choice"\nvalues = ["POL", "ARM"]\n'
        '[event.import]\nlines = ["{country}"]\n',
        encoding="utf-8",
    )
    fmt = markcode.get_format(path)
    assert fmt.verify("*KE POL 000123").verdict == "valid"
    assert fmt.verify("*KE KPS 000123").verdict != "valid"
    assert [element.name for element in fmt.elements("import")] == ["country"]


def test_another_size_is_not_that_of_the_source_below(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        'extends = "eu-2021-555"\nname = "own"\ntitle = { en = "Own" }\nheight = "2mm"\n',
        encoding="utf-8",
    )
    assert markcode.get_format(path).requirements.source == ""
