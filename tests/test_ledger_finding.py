"""Marks found: by what, by whom it was typed how, and through which index."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from ledger_marks import issue
from ledgers import make
from markcode.ledger import Ledger
from markcode.ledger.events import record
from markcode.ledger.finding import How, find, pattern, plan, usual
from markcode.ledger.folding import fold

TEXTS = ["CO INDU\n26 A123", "CO INDU 26 A124", "*POL UG 77", "[)>\x1e06\x1d18SX?1", "A123"]
SERIALS: list[list[tuple[str, str, str | None, str]]] = [
    [("maker", "A-123", "a 123", "CO\x1fINDU")],
    [("maker", "A-124", None, "CO\x1fINDU"), ("importer", "OB1", None, "UY")],
    [],
    [("maker", "X?1", None, "")],
    [],
]


@pytest.fixture
def connection(ledger_place: str) -> Iterator[Connection]:
    with make(ledger_place) as ledger:
        with ledger.writing() as chain:
            marks = issue(chain, TEXTS, None, SERIALS)
            record(chain, marks[1], "marked")
        with ledger.reading() as connection:
            yield connection


CASES: list[tuple[str, How | None, list[int]]] = [
    # The name of an entry.
    ("MVD-1/3", None, [1]),
    ("MVD-1/1", None, []),  # no mark
    ("MVD-1/999", None, []),
    # What no database holds.
    ("*\udcff*", None, []),
    ("A-123\0", None, []),
    ("*\0*", None, []),
    # A mark; between its lines may stand any separator.
    ("CO INDU\n26 A123", None, [0]),
    ("CO INDU 26 A123", None, [0]),
    ("CO INDU\r\n26 A123", None, [0]),
    ("CO INDU\u202826 A123", None, [0]),
    ("CO INDU\n26 A124", None, [1]),
    ("[)>\x1e06\x1d18SX?1", How.EXACT, [3]),
    # Not as stamped, but with the same match key.
    ("co-indu 26/a123", None, [0]),
    ("CO INDU 26 A1Z3", None, []),
    # A serial in its three forms; the mark that is just that comes too.
    ("A-123", None, [0]),
    ("a 123", None, [0]),
    ("A123", None, [4]),
    ("a124", None, [1]),
    ("0B1", None, [1]),  # O is 0
    ("0 b 1", None, [1]),
    ("OB1", None, [1]),
    ("ＯＢ１", None, []),  # full width is not as stamped, typed, or the key
    ("081", None, []),
    # Look-alikes.
    ("081", How.FOLDED, [1]),
    ("AI23", How.FOLDED, [0, 4]),
    # Wildcards.
    ("CO INDU*", None, [0, 1]),
    ("CO INDU 26 A12?", None, [0, 1]),
    ("CO INDU?26*", None, [0, 1]),
    ("co indu*", None, []),
    ("A-12?", None, [0, 1]),
    ("A12?", None, [4, 0, 1]),  # a mark, and two match keys
    ("*77", None, [2]),
    ("*POL UG 77", None, [2]),
    ("*", None, [0, 1, 2, 3, 4]),
    ("?123", How.EXACT, []),
    ("*POL UG 77", How.EXACT, [2]),
    ("X?1", None, [3]),
    # Where ? and * are characters of the mark.
    ("*POL%", How.LIKE, [2]),
    ("%?1", How.LIKE, [3]),
    ("A_23", How.LIKE, [4, 0]),
    ("A?23", How.LIKE, []),
]


@pytest.mark.parametrize(("query", "how", "expected"), CASES)
def test_what_is_found(query: str, how: How | None, expected: list[int], connection: Any) -> None:
    found = list(find(connection, query, how))
    assert sorted(TEXTS.index(one.text) for one in found) == sorted(expected)
    assert [one.mark.seq - 2 for one in found] == [TEXTS.index(one.text) for one in found]
    assert all(one.state == ("struck" if one.mark.seq == 3 else "issued") for one in found)


def test_a_mark_as_typed_comes_before_what_its_star_may_mean(ledger_place: str) -> None:
    with make(ledger_place) as ledger:
        with ledger.writing() as chain:
            issue(chain, ["A UG 1", "*UG 1"])
        with ledger.reading() as connection:
            assert [one.text for one in find(connection, "*UG 1")] == ["*UG 1", "A UG 1"]


def test_limits(ledger_place: str) -> None:
    with make(ledger_place) as ledger:
        with ledger.writing() as chain:
            issue(chain, [f"A {number}" for number in range(1200)])
        with ledger.reading() as connection:
            assert len(list(find(connection, "A*"))) == 50
            assert len(list(find(connection, "A*", limit=3))) == 3
            every = [one.text for one in find(connection, "A*", limit=None)]
    assert len(every) == len(set(every)) == 1200


# Few characters, so that they meet: separators, look-alikes, and what other patterns make much of.
CHARACTERS = "AB0O1I *?%_[]!\\.-^\n/é"
WORDS = st.text(CHARACTERS, max_size=8)


@given(query=WORDS, word=WORDS)
def test_wildcards_are_those_of_the_shell(query: str, word: str) -> None:
    shell = query.replace("[", "[[]")
    assert pattern(query, "?", "*")(word) == fnmatch.fnmatchcase(word, shell)
    like = query.translate(str.maketrans("?*_%", "_%?*"))
    other = word.translate(str.maketrans("?*_%", "_%?*"))
    assert pattern(like, "_", "%")(other) == pattern(query, "?", "*")(word)


def test_no_pattern_is_slow() -> None:
    assert not pattern("*a" * 30 + "*b", "?", "*")("a" * 5_000)


@pytest.fixture(scope="module")
def many(tmp_path_factory: Any) -> Iterator[tuple[Ledger, list[str]]]:
    with make(tmp_path_factory.mktemp("find") / "l.db") as ledger:
        texts = ["", "A", "AB", "A B", "A\nB", "A 0", "AO", "*A", "**", "A*B", "A?B", "[A]", "0O1I"]
        texts += ["A1", "AI", "Al", "a1", "A-1", "A/1", "%_", "A_1", "A%1", "\\A", "Éé", "é"]
        with ledger.writing() as chain:
            issue(chain, texts)
        yield ledger, texts


@given(query=WORDS | st.lists(st.sampled_from("?*A1"), min_size=1, max_size=3).map("".join))
def test_what_the_index_leads_to_is_what_reading_all_gives(query: str, many: Any) -> None:
    ledger, texts = many

    def flat(word: str) -> str:
        return word.replace("\n", " ")

    with ledger.reading() as connection:
        if usual(query) is How.WILDCARD:
            shell = flat(query).replace("[", "[[]")
            expected = {word for word in texts if fnmatch.fnmatchcase(flat(word), shell)}
            assert {one.text for one in find(connection, query)} == expected
        same = {word for word in texts if fold(word) == fold(query)}
        assert {one.text for one in find(connection, query, How.FOLDED)} == same


def test_plans_use_an_index(ledger_place: str) -> None:
    with make(ledger_place) as ledger:
        with ledger.writing() as chain:
            texts = [f"CO INDU 26 A{number:05}" for number in range(20_000)]
            serials = [[("maker", word[-6:], None, "CO\x1fINDU")] for word in texts]
            issue(chain, texts, None, serials)
        with ledger.writing() as chain:
            chain.connection.execute(text("ANALYZE"))
        with ledger.reading() as connection:
            for query, how in [
                ("CO INDU 26 A00017", None),
                ("co indu 26 a00017", How.FOLDED),
                ("CO INDU 26 A0001*", None),
                ("CO INDU 26 A0001%", How.LIKE),
            ]:
                said = "\n".join(plan(connection, query, how)).casefold()
                assert "scan mark" not in said and "scan serial" not in said
                assert "seq scan" not in said
                assert "mark_pkey" in said or "search mark using primary key" in said
                assert "serial_pkey" in said or "search serial using primary key" in said
            # Without a fixed beginning all marks are read: the words above can be told.
            every = "\n".join(plan(connection, "*17")).casefold()
            assert "seq scan on mark" in every or "scan mark" in every
