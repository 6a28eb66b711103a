"""The words of the ledger's commands: each key in four languages, and none that nothing says."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import markcode_cli.ledger
import markcode_cli.result
from cli_runner import run
from issued import happen, issue, mosaic
from ledgers import make
from markcode.ledger.kinds import State, known
from markcode.messages import LANGUAGES
from markcode_cli.ledger.words import Words, catalogue

GROUPS = ("state", "number", "records", "stats.conflicts")
"""Words that are chosen by a name, which a ledger gives."""


def nodes() -> Iterator[ast.AST]:
    for package in (markcode_cli.ledger, markcode_cli.result):
        for path in Path(package.__path__[0]).glob("*.py"):
            yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def said() -> set[str]:
    """Return the constants in the sources of the commands."""
    values = (node.value for node in nodes() if isinstance(node, ast.Constant))
    return {value for value in values if isinstance(value, str)}


def asked() -> set[str]:
    """Return the keys that the sources ask for themselves."""
    calls = [node for node in nodes() if isinstance(node, ast.Call) and node.args]
    keys: set[str] = set()
    for call in calls:
        key, function = call.args[0], ast.unparse(call.func)
        if isinstance(key, ast.Constant) and function in ("words", "words.count"):
            name = str(ast.literal_eval(key))
            keys |= {name, f"{name}.one"} if function == "words.count" else {name}
    return keys


def test_all_that_is_asked_for_is_there() -> None:
    assert len(asked()) > 20
    assert asked() - set(catalogue()) == set()


def test_nothing_is_there_that_is_not_asked_for() -> None:
    free = {key for key in catalogue() if key.rpartition(".")[0] not in GROUPS}
    assert {key.removesuffix(".one") for key in free} - said() == set()


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_the_languages_say_the_same(key: str) -> None:
    entry = catalogue()[key]
    assert tuple(entry) == LANGUAGES
    parsed = [string.Formatter().parse(text) for text in entry.values()]
    fields = [{name for _, name, _, _ in parts if name is not None} for parts in parsed]
    assert all(found == fields[0] for found in fields)
    assert all(text == text.strip() != "" for text in entry.values())


def test_names_of_the_ledger_have_words() -> None:
    names = {f"state.{state}" for state in State}
    names |= {f"records.{kind.records}" for kind in known().values()}
    names |= {"number.maker", "number.importer", "number.scheme"}
    assert names <= set(catalogue())
    assert Words("es").named("number", "of-another-program") == "of-another-program"


def test_one_and_several() -> None:
    assert [Words("en").count("fault", n) for n in (0, 1, 2)] == ["0 faults", "1 fault", "2 faults"]
    assert Words("fr").count("fault", 0) == "0 anomalie"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_see_is_in_their_language(language: str, ledger_place: str) -> None:
    with make(ledger_place) as ledger:
        (mark,) = issue(ledger, mosaic("A1"), name="Spring")
        happen(ledger, mark, "marked", date="2026-01-01")
    words = Words(language)
    told = {
        "show": [words.state("struck").upper(), words("order", order="Spring")],
        "find": [words.state("struck")],
        "stats": [words("stats.open_jobs"), words.state("struck")],
        "audit": [words("audit.entries"), words("audit.clean")],
        "retention": [words.count("retention.past", 0, day="2026-01-02")],
    }
    more = {
        "show": (str(mark),),
        "find": ("*",),
        "retention": ("--policy", "iti", "--as-of", "2026-01-02"),
    }
    for command, parts in told.items():
        arguments = (command, *more.get(command, ()), "--ledger", ledger_place)
        status, out, err = run("ledger", *arguments, "--lang", language)
        assert (status, err) == (0, ""), (command, out)
        lines = out.splitlines()
        assert max(map(len, lines)) <= 80
        flat = " ".join(out.split())
        assert [part for part in parts if part not in flat] == []
