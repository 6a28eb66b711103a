"""The catalogue of wording: nothing that is found lacks words, and no words lack a finding.

What can be found is read from the sources, so a new finding cannot be forgotten here.
"""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import markcode
import markcode_cli
import vectors
from markcode import Finding, Firearm, InvalidMark, ProfileError, get_format, messages
from markcode.model import Elements
from markcode.reference import data
from vectors import Case

SOURCES = [Path(str(package.__file__)).parent for package in (markcode, markcode_cli)]
CODE = re.compile(r"[a-z_]+\.[a-z_]+")
MAKERS = {"Finding": 0, "Fault": 0, "CellFault": 1, "_add": 0}
"""What makes a finding, and which of its arguments is the code."""
SHAPES = {"several", "one_of"}
"""Entries chosen by which parameters there are, and not by a reason."""


@cache
def trees() -> tuple[ast.Module, ...]:
    files = [path for folder in SOURCES for path in sorted(folder.rglob("*.py"))]
    assert len(files) > 50
    return tuple(ast.parse(path.read_text(encoding="utf-8")) for path in files)


def nodes() -> Iterator[ast.AST]:
    for tree in trees():
        yield from ast.walk(tree)


def texts(node: ast.AST) -> Iterator[str]:
    """Yield what an expression may be, where it says so itself."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)


@cache
def constants() -> frozenset[str]:
    return frozenset(text for node in nodes() for text in texts(node))


@cache
def emitted() -> frozenset[str]:
    """Return the codes that findings are made with, and those that are kept in a variable."""
    found: set[str] = set()
    for node in nodes():
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            place = MAKERS.get(name)
            if place is not None and len(node.args) > place:
                found.update(texts(node.args[place]))
        if isinstance(node, ast.keyword) and node.arg == "code":
            found.update(texts(node.value))
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "code" for target in node.targets
        ):
            found.update(texts(node.value))
    return frozenset(text for text in found if CODE.fullmatch(text))


@cache
def reasons() -> frozenset[str]:
    """Return the reasons that findings give in their parameters."""
    found: set[str] = set()
    for node in nodes():
        if isinstance(node, ast.keyword) and node.arg == "reason":
            found.update(texts(node.value))
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "reason":
                    found.update(texts(value))
    traps = {row["reason"] for row in data.rows("traps.csv")}
    found.update(traps & {"kosovo", "deactivation_mark"})
    return frozenset(text for text in found if " " not in text)


def entries() -> list[str]:
    return sorted(messages.catalogue())


def codes_with_words() -> set[str]:
    return {key.partition(":")[0] for key in entries()} - {"also"}


def words_around() -> set[str]:
    """Return the keys of what is said around findings, and the groups of them."""
    files = [path for folder in SOURCES for path in folder.rglob("words.toml")]
    assert len(files) >= 4
    keys = {key for path in files for key in tomllib.loads(path.read_text(encoding="utf-8"))}
    return keys | {key.rpartition(".")[0] for key in keys}


def placeholders(wording: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(wording) if name is not None}


class TestCatalogue:
    def test_an_entry_alone_is_that_of_the_whole(self) -> None:
        for key, wording in messages.catalogue().items():
            assert messages.entry(key) == wording

    def test_findings_are_found_in_the_sources(self) -> None:
        assert {
            "check.mismatch",
            "element.alphabet",
            "cell.numeric",
            "row.fields",
            "separator.missing",
            "input.line_end",
            "duplicate.key",
            "symbol.unread",
        } <= emitted() | constants()
        assert len(emitted()) > 40

    def test_every_finding_has_words(self) -> None:
        assert emitted() - codes_with_words() == set()

    def test_every_constant_like_a_code_has_words(self) -> None:
        subjects = {code.partition(".")[0] for code in codes_with_words()}
        like = {t for t in constants() if CODE.fullmatch(t) and t.partition(".")[0] in subjects}
        assert like - codes_with_words() - words_around() == set()

    def test_every_code_can_be_emitted(self) -> None:
        assert codes_with_words() - constants() == set()

    def test_a_code_without_a_reason_of_its_own_has_a_plain_entry(self) -> None:
        assert codes_with_words() - set(entries()) == set()

    def test_every_reason_with_words_of_its_own_can_be_given(self) -> None:
        chosen = {key.partition(":")[2] for key in entries() if not key.startswith("also:")}
        assert chosen - {""} - SHAPES - constants() == set()

    def test_codes_follow_the_pattern(self) -> None:
        assert [code for code in codes_with_words() if not CODE.fullmatch(code)] == []

    def test_the_codes_of_the_contract_are_there(self) -> None:
        # contracts.md section 5; those of sizes and of the ledger come with their parts.
        contract = """
            check.mismatch check.missing check.noncanonical check.alphabet check.lookalike
            check.boundaries_unprotected token.unexpected element.missing element.alphabet
            element.length element.value element.case element.order element.repeated
            format.mismatch label.unknown separator.missing separator.spelling text.empty
            text.too_long script.homoglyph country.unknown country.former country.ended
            year.window year.ambiguous event.other_fits event.provisional format.unknown
            format.ambiguous separators.lost uii.not_derivable duplicate.key duplicate.serial
            code.unlisted payload.mismatch equipment.value
        """.split()
        assert set(contract) - codes_with_words() == set()

    def test_most_reasons_choose_an_entry(self) -> None:
        suffixes = {key.partition(":")[2] for key in entries()} - {""}
        # `range` and `name` have the plain words; the others have words of their own.
        assert {"gtin", "prefix", "lookalike"} <= reasons() & suffixes
        assert reasons() - suffixes - {"range", "name"} == set()


@pytest.mark.parametrize("key", entries())
class TestEntry:
    def test_it_has_the_four_languages(self, key: str) -> None:
        entry = messages.catalogue()[key]
        assert tuple(entry) == messages.LANGUAGES == ("en", "es", "pt", "fr")
        for language, wording in entry.items():
            assert wording.strip(), language
            assert "\n" not in wording and "  " not in wording
            assert wording == wording.strip() or key == "also:reading"

    def test_the_languages_say_the_same(self, key: str) -> None:
        entry = messages.catalogue()[key]
        wanted = placeholders(entry["en"])
        for language, wording in entry.items():
            assert placeholders(wording) == wanted, language

    def test_the_languages_are_different(self, key: str) -> None:
        entry = messages.catalogue()[key]
        # Spanish and Portuguese agree in a few short ones.
        assert len({entry["en"], entry["es"], entry["fr"]}) == 3
        assert entry["pt"] not in (entry["en"], entry["fr"])

    def test_it_ends_like_a_sentence(self, key: str) -> None:
        for wording in messages.catalogue()[key].values():
            assert wording.endswith((".", "}"))


def found_in(case: Case, folder: Path) -> list[Finding]:
    """Return what the known answer's operation finds."""
    profile = dict(case.profile or {})
    codes = {}
    for element, names in (profile.pop("codes", None) or {}).items():
        rows = "".join(f'{code},"{name}"\n' for code, name in names.items())
        codes[element] = folder / f"{element}.csv"
        codes[element].write_text("code,name\n" + rows, encoding="utf-8", newline="\n")
    fmt = get_format(profile.pop("format"), codes=codes or None, **profile)
    if case.operation == "encode":
        raw = case.input["event"]
        event = None if raw is None else markcode.Event(**raw)
        try:
            return list(fmt.encode(Firearm(**case.input["firearm"]), event).findings)
        except InvalidMark as refused:
            return list(refused.findings)
    raw_hex = case.input.startswith("hex:")
    text = bytes.fromhex(case.input.removeprefix("hex:")) if raw_hex else case.text
    return list(fmt.verify(text, case.event).findings)


class TestRendering:
    def test_nothing_of_the_known_answers_lacks_a_parameter(self, tmp_path: Path) -> None:
        rendered = 0
        for case in vectors.cases("encode", "parse", "verify"):
            for finding in found_in(case, tmp_path):
                for language in messages.LANGUAGES:
                    assert_whole(finding, language)
                    rendered += 1
        assert rendered > 500

    @pytest.mark.parametrize(
        ("name", "check", "text", "code"),
        [
            *(
                ("mosaic-0530", "iso7064-mod37-36", f"CO INDU 26 07 01238 09 {c}", "check.alphabet")
                for c in "*r#"
            ),
            (
                "iuid",
                None,
                "[)>\x1e06\x1d17V0CVA5\x1d\x1d1P1234\x1dS674A36458\x1e\x04",
                "separator.spelling",
            ),
        ],
    )
    def test_nothing_lacks_a_parameter(
        self, name: str, check: str | None, text: str, code: str
    ) -> None:
        finding = get_format(name, check=check).verify(text).findings[0]
        assert finding.code == code
        for language in messages.LANGUAGES:
            assert_whole(finding, language)

    def test_a_parameter_that_the_words_do_not_show_is_no_error(self) -> None:
        finding = Finding("text.empty", params={"value": "x", "unknown": 3})
        assert finding.message() == "There is no text."

    def test_values_stand_as_they_are(self) -> None:
        finding = Finding("token.unexpected", params={"value": "{GS} {0} %s {value}"})
        assert finding.message().startswith("{{GS} {{0} %s {{value} belongs")

    def test_control_characters_are_named(self) -> None:
        finding = Finding("token.unexpected", params={"value": "A\x1dB\n"})
        assert finding.message().startswith("A{GS}B{LF} belongs to no element")

    def test_a_blank_value_is_quoted_and_a_long_one_cut(self) -> None:
        blank = Finding("separator.spelling", params={"found": "  ", "expected": " ", "count": 2})
        assert blank.message() == '"  " stands where " " is the separator (times: 2).'
        long = Finding("token.unexpected", params={"value": "A" * 500})
        assert long.message().startswith("A" * 57 + "... belongs")

    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("en", "Year, Serial number"),
            ("es", "Año, Número de serie"),
            ("pt", "Ano, Número de série"),
            ("fr", "Année, Numéro de série"),
        ],
    )
    def test_elements_are_named_in_the_language(self, language: str, words: str) -> None:
        finding = Finding("element.missing", params=Elements(elements=["year", "serial"]))
        assert words.casefold() in finding.message(language).casefold()

    def test_a_reason_chooses_its_entry_and_an_unknown_one_the_plain(self) -> None:
        params = {"value": "07", "first": 1950, "last": 2049, "as_of": "2026-01-02"}
        plain = Finding("year.window", "error", "year", params=params)
        chosen = Finding("year.window", "error", "year", params={**params, "reason": "as_of"})
        other = Finding("year.window", "error", "year", params={**params, "reason": "nothing"})
        assert plain.message().startswith("Year: 07 is outside 1950 to 2049, ")
        assert chosen.message() == "Year: 07 would be later than 2026-01-02."
        assert other.message() == plain.message()

    def test_a_reading_is_added_where_the_words_do_not_hold_it(self) -> None:
        finding = get_format("mosaic-0530").verify("C0 INDU 26 07 01238 09").findings[0]
        assert finding.message().endswith(" Possibly meant: CO.")
        assert finding.message("es").endswith(" Quizá se quiso decir: CO.")

    def test_one_of_several_is_not_told_as_several_missing(self) -> None:
        finding = get_format("mosaic-0530").verify("CO INDU 26 01238 09").findings[0]
        assert finding.message() == (
            "One of these is missing, and the text does not tell which: Year, Model."
        )

    def test_an_unknown_language_is_a_wrong_use(self) -> None:
        with pytest.raises(ProfileError) as caught:
            Finding("text.empty").message("de")
        assert str(caught.value) == "no language 'de': there are en, es, pt, fr"

    def test_only_the_message_depends_on_the_language(self) -> None:
        report = get_format("mosaic-0530").verify("CO  INDU 26 07 012#8 09")
        told: list[dict[str, Any]] = []
        for language in messages.LANGUAGES:
            written = report.to_dict(language)
            words = [finding.pop("message") for finding in written["findings"]]
            assert words == [finding.message(language) for finding in report.findings]
            told.append(written)
        assert told[0] == told[1] == told[2] == told[3]

    def test_an_error_speaks_english(self) -> None:
        with pytest.raises(InvalidMark) as caught:
            get_format("mosaic-0530").parse("CO INDU 26 07 012#8 09")
        assert str(caught.value) == caught.value.findings[0].message("en")
        assert str(caught.value).startswith("Serial number: 012#8 has #")


def assert_whole(finding: Finding, language: str) -> None:
    values = "".join(map(str, finding.params.values()))
    message = finding.message(language)
    if "?" not in values:
        assert "?" not in message, (finding, message)
    if "{" not in values:
        bare = re.sub(r"\{[A-Z0-9]{2,3}\}", "", message)
        assert "{" not in bare, (finding, message)
