"""Drawn symbols in marks: star, ECOWAS logo, coat of arms, symbols of entities."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

import markcode
from cli_runner import run
from markcode import Event, Firearm, Format, Marking, ProfileError, batch, checks, get_format
from markcode.batch import Options
from markcode.symbols import emblems, glyphs
from markcode.symbols.emblems import emblem

STAR_EVENT = Event("state-owned", country="KE", force="POL", number="000123")
MARKS = {
    "recsa": ("{}KE POL 000123", STAR_EVENT, Firearm()),
    "ecowas": (
        "{} CI PN 000123",
        Event("state-owned", country="CI", force="PN", number="000123"),
        Firearm(),
    ),
    "ni-510": (
        "{} REPUBLICA DE NICARAGUA 2009 A1 DPS HN",
        Event("state-owned", force="DPS"),
        Firearm(year=2009, serial="A1", country="HN"),
    ),
    "eu-deact": (
        "EU\nAT {} 19",
        Event("deactivation", country="AT", year=2019, extra={"entity": "AT-07"}),
        Firearm(),
    ),
}
SPELLINGS = [  # format, as it is typed, and as it is struck in plain text (instruments.md 8, 9, 13)
    ("recsa", "*", "*"),
    ("recsa", "\u2605", "*"),
    ("recsa", "<STAR>", "*"),
    ("ecowas", "<ECOWAS>", "<ECOWAS>"),
    ("ecowas", "ECOWAS", "<ECOWAS>"),
    ("ecowas", "CEDEAO", "<ECOWAS>"),
    ("ecowas", "<CEDEAO>", "<ECOWAS>"),
    ("ni-510", "<ARMS>", "<ARMS>"),
    ("eu-deact", "<AT-07>", "<AT-07>"),
]
NEAR = [
    *(("recsa", star) for star in "\u2606\u2729\u272a\u272f\u2731\u2732\u2736\u2217\u204e"),
    ("eu-deact", "AT-07"),
    ("eu-deact", "<AT-07"),
    ("eu-deact", "AT-07>"),
]


def made(name: str) -> Marking:
    _, event, arm = MARKS[name]
    return get_format(name).encode(arm, event)


def told(fmt: Format, text: str, event: str | None = None) -> list[tuple[str, str, object]]:
    return [(f.code, f.severity, f.span) for f in fmt.verify(text, event).findings]


def paths(svg: str) -> list[str]:
    return [p.get("d") or "" for p in ElementTree.fromstring(svg).iter() if p.tag.endswith("}path")]


# Spellings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "typed", "struck"), SPELLINGS)
def test_every_listed_spelling_is_read_and_the_canonical_one_kept(
    name: str, typed: str, struck: str
) -> None:
    fmt = get_format(name)
    template = MARKS[name][0]
    text = template.format(typed)
    assert told(fmt, text) == []
    assert fmt.verify(text).verdict == "valid"
    parsed = fmt.parse(text)
    assert parsed == made(name).parsed
    again = fmt.encode(parsed.firearm, parsed.event)
    assert again.text == template.format(struck) == made(name).text


@pytest.mark.parametrize(("name", "typed", "struck"), SPELLINGS)
def test_each_spelling_shows_its_format(name: str, typed: str, struck: str) -> None:
    report = markcode.verify(MARKS[name][0].format(typed))
    assert (report.format, report.verdict) == (name, "valid")


def test_the_spellings_are_all_those_declared() -> None:
    for name, symbol in (("recsa", "STAR"), ("ecowas", "ECOWAS"), ("ni-510", "ARMS")):
        declared = get_format(name).declaration.symbols[symbol]
        assert set(declared.spellings) == {typed for n, typed, _ in SPELLINGS if n == name}
        assert declared.text == next(struck for n, _, struck in SPELLINGS if n == name)


@pytest.mark.parametrize(("name", "typed"), NEAR)
def test_a_near_spelling_is_a_warning_with_its_place(name: str, typed: str) -> None:
    fmt = get_format(name)
    before = MARKS[name][0].partition("{}")[0]
    text = MARKS[name][0].format(typed)
    span = (len(before), len(before) + len(typed))
    assert told(fmt, text) == [("symbol.spelling", "warning", span)]
    report = fmt.verify(text)
    assert report.verdict == "suspect"
    assert fmt.readings(text) == (made(name).parsed,)
    struck = next(struck for n, _, struck in SPELLINGS if n == name)
    assert report.findings[0].params["expected"] == struck
    for language in ("en", "es", "pt", "fr"):
        assert struck in report.findings[0].message(language)


@pytest.mark.parametrize(
    ("name", "typed", "code", "span"),
    [
        ("recsa", "<star>", "element.case", (1, 5)),
        ("recsa", "\uff0a", "script.homoglyph", (0, 1)),
        ("recsa", "", "element.missing", (0, 0)),
        ("ecowas", "ecowas", "element.case", (0, 6)),
        ("ecowas", "ECOWA5", "element.value", (0, 6)),
        ("ecowas", "\u0415COWAS", "script.homoglyph", (0, 1)),  # Cyrillic
        ("ni-510", "<arms>", "element.case", (1, 5)),
        ("ni-510", "ESCUDO", "element.value", (0, 6)),
    ],
)
def test_what_is_no_spelling_is_an_error(
    name: str, typed: str, code: str, span: tuple[int, int]
) -> None:
    fmt = get_format(name)
    text = MARKS[name][0].format(typed).lstrip(" ")
    assert told(fmt, text) == [(code, "error", span)]


def test_the_place_within_an_entity_counts_its_bracket() -> None:
    text = "EU\nAT <at-07> 19"
    assert told(get_format("eu-deact"), text) == [("element.case", "error", (7, 9))]


# The star says that the State owns the arm ----------------------------------------------------

CIVILIAN = get_format("recsa", options={"variant": "civilian"})
RECORD = "manufacturer: Example Arms\ncountry: KE\nserial: A1"


@pytest.mark.parametrize(("star", "end"), [("*", 1), ("\u2605", 1), ("<STAR>", 6)])
@pytest.mark.parametrize("gap", ["", " ", "\n"])
@pytest.mark.parametrize("kind", ["manufacture", "import"])
def test_a_star_on_a_civilian_mark_is_unexpected(star: str, end: int, gap: str, kind: str) -> None:
    text = star + gap + (RECORD if kind == "manufacture" else "KE 2026")
    report = CIVILIAN.verify(text, kind)
    assert report.verdict == "invalid"
    errors = [f for f in report.findings if f.severity == "error"]
    assert [(f.code, f.span) for f in errors] == [("symbol.unexpected", (0, end))]
    assert errors[0].params["symbol"] == "STAR"
    without = CIVILIAN.verify(text[end + len(gap) :], kind)
    assert without.verdict == {"manufacture": "valid", "import": "undetermined"}[kind]


def test_what_follows_the_star_keeps_its_places() -> None:
    findings = CIVILIAN.verify("* " + RECORD.replace("KE", "QQ"), "manufacture").findings
    assert [(f.code, f.span) for f in findings] == [
        ("symbol.unexpected", (0, 1)),
        ("country.unknown", (38, 40)),
    ]


def test_a_star_elsewhere_in_a_civilian_mark_is_no_letter() -> None:
    text = RECORD.replace("KE", "*KE")
    assert told(CIVILIAN, text, "manufacture") == [("element.alphabet", "error", (36, 37))]


def test_an_open_star_on_a_civilian_mark_is_told() -> None:
    report = CIVILIAN.verify("\u2606KE 2026", "import")
    assert any(f.code.startswith("symbol.") for f in report.findings)


# Drawings and plain text ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "symbol"),
    [("recsa", "STAR"), ("ecowas", "ECOWAS"), ("ni-510", "ARMS"), ("eu-deact", "AT-07")],
)
def test_a_drawing_has_the_outline_and_not_its_token(
    name: str, symbol: str, tmp_path: Path
) -> None:
    marking = made(name)
    assert any(f"<{symbol}>" in line for line in marking.drawn_lines)
    values = {e.name: e.of(MARKS[name][2], MARKS[name][1]) for e in get_format(name).elements()}
    data = [a for key, v in values.items() if v is not None for a in ("--set", f"{key}={v}")]
    out = tmp_path / "mark.svg"
    args = ("--format", name, *data, "--symbol", "none")
    status, printed, _ = run("encode", *args, "--out", out)
    assert (status, printed) == (0, marking.text + "\n")
    drawn = paths(out.read_text(encoding="utf-8"))
    pieces = [p for line in marking.drawn_lines for p in emblems.pieces(line) if p != " "]
    assert len(drawn) == len(pieces)
    for path, piece in zip(drawn, pieces, strict=True):
        assert path.count("Z") == len((emblem(piece) or glyphs.glyph(piece)).rings)
    # The piece is no character, and its outline has other corners than the star of a keyboard.
    at = pieces.index(f"<{symbol}>")
    shape = emblem(f"<{symbol}>")
    assert shape is not None
    assert shape != glyphs.glyph("*")
    assert drawn[at].count("L") + drawn[at].count("M") >= sum(map(len, shape.rings)) - 1


def test_the_star_is_drawn_with_ten_corners(tmp_path: Path) -> None:
    out = tmp_path / "mark.svg"
    data = ("--set", "country=KE", "--set", "number=1")
    status, _, _ = run("encode", "--format", "recsa", *data, "--symbol", "none", "--out", out)
    assert status == 0
    star, *letters = paths(out.read_text(encoding="utf-8"))
    assert len(letters) == len("KE1")
    corners = star.replace("M", "L").replace("Z", "").split("L")[1:]
    assert len(corners) == 10


@pytest.mark.parametrize("name", ["recsa", "ecowas", "ni-510"])
def test_equipment_that_takes_text_gets_the_plain_token(name: str, tmp_path: Path) -> None:
    fmt = get_format(name)
    _, event, arm = MARKS[name]
    values = {e.name: e.of(arm, event) for e in fmt.elements()}
    given = {key: str(value) for key, value in values.items() if value is not None}
    table = tmp_path / "arms.csv"
    table.write_text(",".join(given) + "\n" + ",".join(given.values()) + "\n", encoding="utf-8")
    batch.run(table, fmt, Options(equipment="text"), tmp_path / "job")
    written = (tmp_path / "job" / "line_1.txt").read_bytes()
    assert written == made(name).lines[0].encode("ascii") + b"\r\n"


# A check character that looks like the star ---------------------------------------------------


def test_formats_with_a_star_take_no_check_that_can_give_one(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'extends = "recsa"\nname = "own-star"\ncheck_over = ["mark"]\n[event]\nimport = false\n',
        encoding="utf-8",
    )
    starred = [name for name in checks.names() if "*" in checks.get(name).check_alphabet]
    assert starred == ["iso7064-mod37-2"]
    for name in checks.names():
        with pytest.raises(ProfileError, match="takes no check"):
            get_format("recsa", check=name)
    with pytest.raises(ProfileError, match=r"can give '\*', which own-star reads as the drawn"):
        get_format(own, check="iso7064-mod37-2")
    marking = get_format(own, check="iso7064-mod37-36").encode(Firearm(), STAR_EVENT)
    assert marking.lines[0].startswith("*KE POL 000123 ")
