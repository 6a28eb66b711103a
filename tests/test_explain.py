"""What is said about a text that is not a mark: one fault, one finding, in the right place.

The table was written by hand from the rules of contracts.md section 5; in each row the guillemets
enclose the span, an empty span is written ``«»``. The random faults measure what the table shows,
over realistic marks and marks that the declaration allows.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from markcode import Finding, Firearm, Format, get_format
from markcode.declaration import MOST_FAULTS
from markcode.explain import explain
from markcode.strategies import sample


def manufacture_alone(**profile: Any) -> Format:
    """Return the format with its first event only: verify need not look whether another fits."""
    fmt = get_format("mosaic-0530", **profile)
    return replace(fmt, declaration=replace(fmt.declaration, events=fmt.declaration.events[:1]))


PLAIN = manufacture_alone()
CHECKED = manufacture_alone(check="iso7064-mod37-36")
SLASHED = manufacture_alone(options={"separator": "slash"})
FIXED = manufacture_alone(
    options={
        "length.manufacturer": "4",
        "length.model": "2",
        "length.serial": "5",
        "length.calibre": "2",
    },
)
PMF = get_format("us-pmf")

# Format, marked text, code, element (or elements).
Row = tuple[Format, str, str, str | list[str] | None]

DELETED: list[Row] = [
    (PLAIN, "«»INDU 26 07 01238 09", "element.missing", "country"),
    (PLAIN, "CO«» 26 07 01238 09", "element.missing", "manufacturer"),
    (PLAIN, "CO INDU 26 07«» 09", "element.missing", "serial"),
    (PLAIN, "CO INDU 26 07 01238«»", "element.missing", "calibre"),
    (CHECKED, "CO INDU 26 07 01238«» R", "element.missing", "calibre"),
    (CHECKED, "CO INDU 26 07 01238 09«»", "check.missing", None),
    # Two digits may be the year as well as the model: which one lacks, the text does not say.
    (PLAIN, "CO INDU«» 26 01238 09", "element.missing", ["year", "model"]),
    (CHECKED, "CO INDU«» 26 01238 09 R", "element.missing", ["year", "model"]),
]
REPEATED: list[Row] = [
    (PLAIN, "CO «CO» INDU 26 07 01238 09", "element.repeated", "country"),
    (PLAIN, "CO INDU «INDU» 26 07 01238 09", "element.repeated", "manufacturer"),
    (PLAIN, "CO INDU 26 «26» 07 01238 09", "element.repeated", "year"),
    (PLAIN, "CO INDU 26 07 «07» 01238 09", "element.repeated", "model"),
    (PLAIN, "CO INDU 26 07 01238 «01238» 09", "element.repeated", "serial"),
    (PLAIN, "CO INDU 26 07 01238 09 «09»", "element.repeated", "calibre"),
    (CHECKED, "CO INDU 26 07 01238 «01238» 09 R", "element.repeated", "serial"),
]
EXTRA: list[Row] = [
    (PLAIN, "«X» CO INDU 26 07 01238 09", "token.unexpected", None),
    (PLAIN, "CO INDU «X» 26 07 01238 09", "token.unexpected", None),
    (PLAIN, "CO INDU 26 07 01238 09 «R»", "token.unexpected", None),
    (PLAIN, "CO INDU 26 07 01238 09 «XK99»", "token.unexpected", None),
    (CHECKED, "CO INDU 26 07 01238 09 R «R»", "token.unexpected", None),
    (CHECKED, "CO INDU 26 07 01238 09 «RX»", "token.unexpected", None),
]
SWAPPED: list[Row] = [
    (PLAIN, "«INDU CO» 26 07 01238 09", "element.order", ["country", "manufacturer"]),
    (PLAIN, "CO «26 INDU» 07 01238 09", "element.order", ["manufacturer", "year"]),
    (CHECKED, "«INDU CO» 26 07 01238 09 R", "element.order", ["country", "manufacturer"]),
]
GLUED: list[Row] = [
    (PLAIN, "CO«»INDU 26 07 01238 09", "separator.missing", ["country", "manufacturer"]),
    (PLAIN, "CO INDU«»26 07 01238 09", "separator.missing", ["manufacturer", "year"]),
    (PLAIN, "CO INDU 26«»07 01238 09", "separator.missing", ["year", "model"]),
    (CHECKED, "CO INDU 26 07 01238 09«»R", "separator.missing", ["calibre", "check"]),
]
SPELT: list[Row] = [
    (PLAIN, "CO«  »INDU 26 07 01238 09", "separator.spelling", None),
    (PLAIN, "CO INDU 26 07 01238«  »09", "separator.spelling", None),
    (PLAIN, "CO«\t»INDU 26 07 01238 09", "separator.spelling", None),
    (PLAIN, "CO INDU«_»26 07 01238 09", "separator.spelling", None),
    (PLAIN, "CO INDU 26«/»07 01238 09", "separator.spelling", None),
    (PLAIN, "CO INDU 26 07« - »01238 09", "separator.spelling", None),
    (PLAIN, "CO INDU 26 07 01238«, »09", "separator.spelling", None),
    (PLAIN, "CO INDU 26 07«-»01238 09", "separator.spelling", None),
    # A colon alone makes no record.
    (PLAIN, "CO INDU 26 07«:»01238 09", "separator.spelling", None),
    (PLAIN, "CO INDU 26 07 01238«: »09", "separator.spelling", None),
    (PLAIN, "« »CO INDU 26 07 01238 09", "separator.spelling", None),
    (PLAIN, "CO INDU 26 07 01238 09«\n»", "separator.spelling", None),
    (SLASHED, "CO/INDU«-»26/07/01238/09", "separator.spelling", None),
    (CHECKED, "CO INDU 26 07 01238 09«  »R", "separator.spelling", None),
]
THROUGHOUT: list[Row] = [
    (PLAIN, "CO«  »INDU  26  07  01238  09", "separator.spelling", None),
    (PLAIN, "CO«-»INDU-26-07-01238-09", "separator.spelling", None),
    (PLAIN, "CO«.»INDU.26.07.01238.09", "separator.spelling", None),
    (PLAIN, "CO«/»INDU/26/07/01238/09", "separator.spelling", None),
    (PLAIN, "CO«_»INDU_26_07_01238_09", "separator.spelling", None),
    (PLAIN, "CO«·»INDU·26·07·01238·09", "separator.spelling", None),
    (PLAIN, "CO«:»INDU:26:07:01238:09", "separator.spelling", None),
    (PLAIN, "CO« - »INDU - 26 - 07 - 01238 - 09", "separator.spelling", None),
    (PLAIN, "CO«\r»INDU\r26\r07\r01238\r09", "separator.spelling", None),
    (SLASHED, "CO«-»INDU-26-07-01238-09", "separator.spelling", None),
]
CASED: list[Row] = [
    (PLAIN, "«co» INDU 26 07 01238 09", "element.case", "country"),
    (PLAIN, "CO «indu» 26 07 01238 09", "element.case", "manufacturer"),
    (PLAIN, "CO I«nd»U 26 07 01238 09", "element.case", "manufacturer"),
    (PLAIN, "CO INDU 26 «m»4 01238 09", "element.case", "model"),
    (PLAIN, "«co indu» 26 07 01238 09", "element.case", ["country", "manufacturer"]),
    (PLAIN, "«co indu 26 m»7 01238 09", "element.case", ["country", "manufacturer", "model"]),
    (
        CHECKED,
        "«co indu 26 07 01238 09 r»",
        "element.case",
        ["country", "manufacturer", "check"],
    ),
    (CHECKED, "CO INDU 26 07 01238 09 «r»", "check.alphabet", None),
]
LOOKALIKE: list[Row] = [
    (PLAIN, "C«0» INDU 26 07 01238 09", "element.alphabet", "country"),
    (PLAIN, "CO INDU «Z»6 07 01238 09", "element.alphabet", "year"),
    (PLAIN, "CO INDU 2«S» 07 01238 09", "element.alphabet", "year"),
    (PLAIN, "«СО» INDU 26 07 01238 09", "script.homoglyph", "country"),
    (PLAIN, "CO «Ι»NDU 26 07 01238 09", "script.homoglyph", "manufacturer"),
    (PLAIN, "CO INDU 26 07 0123«8» 09".replace("8", "８"), "element.alphabet", "serial"),
    (PLAIN, "CO INDU «٢٦» 07 01238 09", "element.alphabet", "year"),
]
BAD: list[Row] = [
    (PLAIN, "C«#» INDU 26 07 01238 09", "element.alphabet", "country"),
    (PLAIN, "CO IN«?»U 26 07 01238 09", "element.alphabet", "manufacturer"),
    (PLAIN, "CO IN«#»DU 26 07 01238 09", "element.alphabet", "manufacturer"),
    (PLAIN, "CO INDU 2«!» 07 01238 09", "element.alphabet", "year"),
    (PLAIN, "CO INDU 2«#»6 07 01238 09", "element.alphabet", "year"),
    (PLAIN, "«!»CO FNH 33 G17 00042 556", "element.alphabet", "country"),
    (PLAIN, "DE FNH «$»11 G3 A00123 556", "element.alphabet", "year"),
    (PLAIN, "DE NORINCO 9«#»4 07 TEST0017 9MM", "element.alphabet", "year"),
    (PLAIN, "CO I«n#»U 26 07 01238 09", "element.alphabet", "manufacturer"),
    (PLAIN, "CO INDU 26 07 012«é»8 09", "element.alphabet", "serial"),
    (PLAIN, "CO INDU 26 07 01238 «*»9", "element.alphabet", "calibre"),
    (PLAIN, "CO INDU 26 0«\x00» 01238 09", "element.alphabet", "model"),
    (PLAIN, "CO INDU 26 07 01«\u200b»38 09", "element.alphabet", "serial"),
    (CHECKED, "CO INDU 26 07 01238 09 «#»", "check.alphabet", None),
    (CHECKED, "CO INDU 26 07 01238 09 «*»", "check.alphabet", None),
]
LENGTH: list[Row] = [
    (PLAIN, "«COL» INDU 26 07 01238 09", "element.length", "country"),
    (PLAIN, "«C» INDU 26 07 01238 09", "element.length", "country"),
    (PLAIN, "CO INDU «2026» 07 01238 09", "element.length", "year"),
    (PLAIN, "CO INDU «6» 07 01238 09", "element.length", "year"),
    (PLAIN, f"CO INDU 26 07 «{'1' * 33}» 09", "element.length", "serial"),
    (PLAIN, f"CO «{'I' * 40}» 26 07 01238 09", "element.length", "manufacturer"),
    (FIXED, "CO «IND» 26 07 01238 09", "element.length", "manufacturer"),
    (FIXED, "CO INDU 26 «7» 01238 09", "element.length", "model"),
    (FIXED, "CO INDU 26 07 «0123» 09", "element.length", "serial"),
    (FIXED, "CO INDU 26 07 01238 «009»", "element.length", "calibre"),
]
CUT: list[Row] = [
    (PLAIN, "CO INDU 26 07 01238«»", "element.missing", "calibre"),
    (PLAIN, "CO INDU 26 07«»", "element.missing", ["serial", "calibre"]),
    (PLAIN, "CO INDU 26«»", "element.missing", ["model", "serial", "calibre"]),
    (PLAIN, "«CO INDU»", "format.mismatch", None),
    (PLAIN, "«C»", "format.mismatch", None),
    (PLAIN, "«hello world»", "format.mismatch", None),
    (PLAIN, "«12345»", "format.mismatch", None),
    (PLAIN, "«The quick brown fox jumps over 13 lazy dogs»", "format.mismatch", None),
]
PREFIXED: list[Row] = [
    (PMF, "«1234567-A1»", "element.value", "serial"),
    (PMF, "«12345678A1»", "element.value", "serial"),
    (PMF, "«12345678-»", "element.value", "serial"),
    (PMF, "«A2345678-A1»", "element.value", "serial"),
    (PMF, "12345678-A«#»1", "element.alphabet", "serial"),
    (PMF, f"«12345678-{'1' * 32}»", "element.length", "serial"),
]
SIGNS: list[Row] = [
    (PLAIN, "CO «-» 26 07 01238 09", "element.value", "manufacturer"),
    (PLAIN, "CO INDU 26 «.» 01238 09", "element.value", "model"),
    (PLAIN, "CO INDU 26 07 «--» 09", "element.value", "serial"),
    (PLAIN, "CO INDU 26 07 01238 «.»", "element.value", "calibre"),
]
MEANING: list[Row] = [
    (PLAIN, "«QZ» INDU 26 07 01238 09", "country.unknown", "country"),
    (PLAIN, "«UK» INDU 26 07 01238 09", "country.unknown", "country"),
    (CHECKED, "CO INDU 26 07 01238 09 «S»", "check.mismatch", None),
    (CHECKED, "CO INDU 26 07 01283 09 «R»", "check.mismatch", None),
]
KINDS = {
    "deleted": DELETED,
    "repeated": REPEATED,
    "extra": EXTRA,
    "swapped": SWAPPED,
    "glued": GLUED,
    "spelt": SPELT,
    "throughout": THROUGHOUT,
    "case": CASED,
    "lookalike": LOOKALIKE,
    "bad": BAD,
    "length": LENGTH,
    "cut": CUT,
    "prefixed": PREFIXED,
    "signs-alone": SIGNS,
    "meaning": MEANING,
}
EACH = pytest.mark.parametrize(
    ("fmt", "marked", "code", "element"),
    [
        pytest.param(*row, id=f"{kind}-{number}")
        for kind, rows in KINDS.items()
        for number, row in enumerate(rows, start=1)
    ],
)


def without_guillemets(marked: str) -> tuple[str, tuple[int, int]]:
    start, end = marked.index("«"), marked.index("»") - 1
    return marked.replace("«", "").replace("»", ""), (start, end)


def faults(fmt: Format, text: str) -> list[Finding]:
    """Return errors and warnings; notes, such as that of the boundaries, say nothing wrong."""
    return [f for f in fmt.verify(text).findings if f.severity != "info"]


class TestOneFault:
    @EACH
    def test_it_is_one_finding_in_its_place(
        self, fmt: Format, marked: str, code: str, element: str | list[str] | None
    ) -> None:
        text, span = without_guillemets(marked)
        (finding,) = faults(fmt, text)
        assert (finding.code, finding.span) == (code, span)
        if isinstance(element, list):
            assert finding.element is None
            named = finding.params.get("elements") or finding.params["one_of"]
            assert sorted(named) == sorted(element)
        else:
            assert finding.element == element
        spelling = code == "separator.spelling"
        assert finding.severity == ("warning" if spelling else "error")
        assert fmt.verify(text).verdict == ("suspect" if spelling else "invalid")

    @pytest.mark.parametrize(
        ("text", "count"), [("CO-INDU-26-07-01238-09", 5), ("CO INDU  26 07  01238 09", 2)]
    )
    def test_one_wrong_spelling_is_told_once_with_its_count(self, text: str, count: int) -> None:
        (finding,) = faults(PLAIN, text)
        assert finding.params["count"] == count
        assert finding.params["expected"] == " "

    def test_two_wrong_spellings_are_two_findings(self) -> None:
        found = faults(PLAIN, "CO  INDU_26 07 01238 09")
        assert [(f.code, f.span) for f in found] == [
            ("separator.spelling", (2, 4)),
            ("separator.spelling", (8, 9)),
        ]

    @pytest.mark.parametrize(
        ("text", "reading"),
        [
            ("C0 INDU 26 07 01238 09", "CO"),
            ("CO INDU Z6 07 01238 09", "26"),
            ("CO INDU 2S 07 01238 09", "25"),
            ("CO indu 26 07 01238 09", "INDU"),
            ("СО INDU 26 07 01238 09", "CO"),
            ("CO INDU ٢٦ 07 01238 09", "26"),
        ],
    )
    def test_a_reading_stands_in_params_and_the_element_stays_unread(
        self, text: str, reading: str
    ) -> None:
        report = PLAIN.verify(text)
        (finding,) = report.findings
        assert finding.params["reading"] == reading
        assert finding.element is not None and report.firearm is not None
        assert report.firearm.get(finding.element) is None
        others = {"country", "manufacturer", "year", "model", "serial", "calibre"}
        for name in others - {finding.element}:
            assert report.firearm.get(name) is not None, name

    def test_two_faults_are_two_findings(self) -> None:
        found = faults(PLAIN, "C0 INDU 26 07 012#8 09")
        assert [(f.code, f.element, f.span) for f in found] == [
            ("element.alphabet", "country", (1, 2)),
            ("element.alphabet", "serial", (17, 18)),
        ]

    def test_several_missing_at_one_place_are_one_finding(self) -> None:
        (finding,) = faults(PLAIN, "CO INDU 26")
        assert finding.params["elements"] == ["model", "serial", "calibre"]

    def test_more_faults_than_a_mark_can_have_are_one_mismatch(self) -> None:
        text = "C# IN#U 2# 0# 01238 09"
        (finding,) = faults(PLAIN, text)
        assert (finding.code, finding.span) == ("format.mismatch", (0, len(text)))
        assert PLAIN.verify(text).firearm == Firearm()
        three = "C# IN#U 2# 07 01238 09"
        assert len(faults(PLAIN, three)) == MOST_FAULTS == 3

    def test_what_was_read_is_told_beside_the_fault(self) -> None:
        report = PLAIN.verify("CO 26 07 01238 09")
        assert report.firearm == Firearm(
            country="CO", year=2026, model="07", serial="01238", calibre="09"
        )
        report = PLAIN.verify("CO INDU 26 01238 09")
        # The year or the model is missing: neither is taken as read.
        assert report.firearm == Firearm(
            country="CO", manufacturer="INDU", serial="01238", calibre="09"
        )


WORDS = {
    "country": ["CO", "KE", "BR", "US", "DE", "ZA", "PE"],
    "manufacturer": ["INDU", "FNH", "CZ", "IMBEL", "RUGER", "TAURUS"],
    "model": ["07", "M4", "G17", "G3", "AK103", "P226"],
    "serial": ["01238", "A00123", "TEST0017", "X1234567", "00042", "KX0193"],
    "calibre": ["09", "556", "762", "9MM", "45ACP"],
}


def realistic(rng: random.Random) -> str:
    year = rng.randrange(1950, 2050)
    arm = Firearm(**{k: rng.choice(v) for k, v in WORDS.items()}, year=year)  # type: ignore[arg-type]
    return CHECKED.encode(arm).text


def sampled(rng: random.Random) -> str:
    """Return a mark from the declaration; shorter elements, without what a check cannot cover."""
    while True:
        text = PLAIN.encode(*sample(PLAIN, rng.randrange)).text
        words = [word.replace("-", "").replace(".", "")[:7] for word in text.split()]
        if all(words):
            country, manufacturer, _, model, serial, calibre = words
            arm = Firearm(
                country=country,
                manufacturer=manufacturer,
                year=PLAIN.parse(text).firearm.year,
                model=model,
                serial=serial,
                calibre=calibre,
            )
            return CHECKED.encode(arm).text


def _word(text: str, rng: random.Random, change: Callable[[list[str], int], list[str]]) -> str:
    words = text.split()
    return " ".join(change(words, rng.randrange(len(words) - 1)))


def _replaced(text: str, rng: random.Random, where: Callable[[str], bool], by: str) -> str:
    at = rng.choice([i for i, character in enumerate(text) if where(character)])
    return text[:at] + by + text[at + 1 :]


def doubled(text: str, rng: random.Random) -> str:
    return _replaced(text, rng, str.isspace, "  ")


def misspelt(text: str, rng: random.Random) -> str:
    return _replaced(text, rng, str.isspace, rng.choice(["\t", "_", "/", ", ", " - ", ";", "|"]))


def misspelt_throughout(text: str, rng: random.Random) -> str:
    return text.replace(" ", rng.choice(["\t", "_", "/", ",", " - ", "-", ".", "  "]))


def lower_case(text: str, rng: random.Random) -> str:
    at = rng.choice([i for i, c in enumerate(text) if c.isalpha()])
    return text[:at] + text[at].lower() + text[at + 1 :]


def all_lower_case(text: str, rng: random.Random) -> str:
    return text.lower()


def bad_character(text: str, rng: random.Random) -> str:
    return _replaced(text, rng, lambda c: c != " ", rng.choice("#?!$@é"))


def deleted(text: str, rng: random.Random) -> str:
    return _word(text, rng, lambda words, at: words[:at] + words[at + 1 :])


def repeated(text: str, rng: random.Random) -> str:
    return _word(text, rng, lambda words, at: words[: at + 1] + words[at:])


def extra(text: str, rng: random.Random) -> str:
    return _word(text, rng, lambda words, at: [*words[:at], "QQ7", *words[at:]])


def swapped(text: str, rng: random.Random) -> str:
    return _word(
        text, rng, lambda words, at: [*words[:at], words[at + 1], words[at], *words[at + 2 :]]
    )


def glued(text: str, rng: random.Random) -> str:
    return _word(
        text, rng, lambda words, at: [*words[:at], words[at] + words[at + 1], *words[at + 2 :]]
    )


def cut(text: str, rng: random.Random) -> str:
    return text[: rng.randrange(len(text))]


# What is done to a mark, the codes that are right, and of 100 how many at least are one such
# finding: what can be told for certain is always told.
RANDOM: list[tuple[Callable[[str, random.Random], str], set[str], int]] = [
    (doubled, {"separator.spelling"}, 100),
    (misspelt, {"separator.spelling"}, 100),
    (misspelt_throughout, {"separator.spelling"}, 100),
    (lower_case, {"element.case", "check.alphabet"}, 100),
    (all_lower_case, {"element.case", "check.alphabet"}, 100),
    (bad_character, {"element.alphabet", "check.alphabet"}, 100),
    (repeated, {"element.repeated"}, 97),
    (extra, {"token.unexpected"}, 97),
    (deleted, {"element.missing"}, 80),
    (swapped, {"element.order", "check.mismatch", "token.unexpected"}, 85),
    (glued, {"separator.missing", "element.missing", "check.missing"}, 90),
    (cut, {"element.missing", "check.missing", "format.mismatch", "text.empty"}, 70),
]
ROUNDS = 20


class TestRandomFaults:
    @pytest.mark.parametrize("source", [realistic, sampled], ids=["realistic", "sampled"])
    @pytest.mark.parametrize(
        ("spoil", "codes", "least"), RANDOM, ids=[row[0].__name__ for row in RANDOM]
    )
    def test_one_fault_is_one_finding_of_the_right_code(
        self,
        spoil: Callable[[str, random.Random], str],
        codes: set[str],
        least: int,
        source: Callable[[random.Random], str],
    ) -> None:
        rng = random.Random(f"{spoil.__name__} {source.__name__}")
        stories: Counter[str] = Counter()
        for wrong in spoilt(spoil, source, rng):
            report = CHECKED.verify(wrong)
            if report.verdict == "valid":
                # One character finds every substitution, but not every swap of two elements.
                assert spoil is swapped, wrong
            told = [f.code for f in report.findings if f.severity != "info"]
            right = len(told) == 1 and told[0] in codes
            stories["right" if right else f"{told} {wrong!r}"] += 1
        assert stories["right"] >= least * ROUNDS / 100, stories

    def test_most_faults_show_without_a_check_too(self) -> None:
        rng = random.Random("no check")
        seen = Counter(
            PLAIN.verify(wrong).verdict
            for spoil in (doubled, misspelt, lower_case, bad_character, repeated, extra)
            for wrong in spoilt(spoil, lambda r: realistic(r).rpartition(" ")[0], rng)
        )
        assert seen["valid"] == 0


def spoilt(
    spoil: Callable[[str, random.Random], str],
    source: Callable[[random.Random], str],
    rng: random.Random,
) -> Iterator[str]:
    """Yield marks with one fault; a fault that changes nothing, or words alike, is none."""
    for _ in range(ROUNDS):
        text = wrong = source(rng)
        while wrong == text or (spoil is cut and text.split() == wrong.split()):
            wrong = spoil(text, rng)
        yield wrong


HOSTILE = [
    " ",
    "A",
    "1",
    "-",
    ".",
    "A ",
    "1 ",
    "A1",
    "a",
    "- ",
    " -",
    "CO ",
    "CO-",
    "CO INDU ",
    "0O1I",
    "é",
    "\u200b",
    "\n",
    "/",
    "A-1.",
    "#A",
    "26 07 ",
]


class TestBounds:
    """A hostile text of the permitted length ends; a hang here is the failure."""

    @pytest.mark.parametrize("unit", HOSTILE)
    @pytest.mark.parametrize("fmt", [PLAIN, CHECKED, FIXED], ids=["plain", "checked", "fixed"])
    def test_a_text_of_one_piece_repeated(self, fmt: Format, unit: str) -> None:
        limit = fmt.verify("x" * 10_000).findings[0].params["most"]
        text = (unit * limit)[:limit]
        assert explain(fmt.layout(), text).findings or not text.strip()

    def test_words_up_to_the_number_that_is_aligned(self) -> None:
        for word in ("A-1", "CO", "26", "#"):
            for count in range(1, 25, 3):
                text = " ".join([word] * count)
                assert explain(CHECKED.layout(), text).findings

    def test_more_than_three_words_for_each_element_are_not_aligned(self) -> None:
        text = " ".join(["26"] * 22)
        (finding,) = explain(CHECKED.layout(), text).findings
        assert (finding.code, finding.span) == ("format.mismatch", (0, len(text)))


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("us-pmf", None),
        ("mosaic-0530", None),
        ("mosaic-0530", "import"),
        ("us-478-92", None),
        ("iuid", None),
    ],
)
@given(text=st.text(alphabet="A1C -/.\x1e\u2010\u00b7:O26", max_size=30))
@example(text="-12345678-A1 -X")
@example(text="-CO -26 -A1 -B2")
def test_words_that_begin_with_punctuation_are_explained(
    name: str, event: str | None, text: str
) -> None:
    report = get_format(name).verify(text, event)
    errors = [finding for finding in report.findings if finding.severity == "error"]
    assert (report.verdict == "invalid") is bool(errors)


@pytest.mark.parametrize("text", ["CO-INDU 26 07 01238 09", "CO.INDU 26 07 01238 09"])
def test_one_sign_for_a_blank_is_a_spelling_beside_an_element_of_fixed_length(text: str) -> None:
    (finding,) = get_format("mosaic-0530").verify(text).findings
    assert (finding.code, finding.span) == ("separator.spelling", (2, 3))


@pytest.mark.parametrize("text", ["CO:INDU:26:07:01238:09", "CO INDU 26 07:01238 09"])
def test_a_colon_is_a_misspelt_separator_and_makes_no_record(text: str) -> None:
    (finding,) = get_format("mosaic-0530").verify(text).findings
    assert finding.code == "separator.spelling"


@pytest.mark.parametrize(
    ("text", "element"),
    [
        ("CO INDU 2#6 07 01238 09", "year"),
        ("!CO FNH 33 G17 00042 556", "country"),
        ("DE FNH $11 G3 A00123 556", "year"),
        ("DE NORINCO 9#4 07 TEST0017 9MM", "year"),
    ],
)
def test_a_stray_sign_in_an_element_of_fixed_length_is_one_finding(text: str, element: str) -> None:
    (finding,) = get_format("mosaic-0530").verify(text).findings
    assert (finding.code, finding.element) == ("element.alphabet", element)


@pytest.mark.parametrize(
    "text",
    [
        "CO - 26 07 01238 09",
        "CO INDU 26 . 01238 09",
        "CO INDU 26 07 -- 09",
        "CO INDU 26 07 01238 .",
    ],
)
def test_signs_alone_are_no_element_though_the_line_has_the_form_of_a_mark(text: str) -> None:
    (finding,) = get_format("mosaic-0530").verify(text).findings
    assert (finding.code, finding.severity) == ("element.value", "error")
