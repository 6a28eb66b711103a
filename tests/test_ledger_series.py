"""Series, their blocks, and the numbers that jobs draw, in SQLite and in PostgreSQL."""

from __future__ import annotations

from itertools import cycle, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ledger_workers import at_once, draw_often
from ledgers import make
from markcode import checks
from markcode.errors import LedgerError, MarkcodeError
from markcode.jobs.serials import Serials
from markcode.ledger.claims import Claim, claim
from markcode.ledger.plans import Series
from markcode.ledger.refs import Ref
from markcode.ledger.schema import ENTRY
from markcode.ledger.series import (
    Usage,
    blocks,
    define,
    draw,
    drawn,
    drawn_for,
    every_series,
    next_free,
    peek,
    series_named,
    take_block,
    usage,
)

JOB, OTHER_JOB = Ref("MVD-1", 1), Ref("MVD-1", 2)
"""Any entry will do as a job here."""


def every(numbers: tuple[int, int]) -> list[int]:
    first, last = numbers
    return list(range(first, last + 1))


def test_a_series_is_written_once_and_read_back(ledger_place: str) -> None:
    made = Series.of("NATIONAL-2026", "A{6}", "digits", "iso7064-mod37-36", 100, 899, "MVD-1")
    with make(ledger_place) as ledger:
        with ledger.writing() as chain:
            ref = define(chain, made)
            assert define(chain, made) == ref
            define(chain, Series.of("ANOTHER", "B{4}"))
        with ledger.reading() as connection:
            assert series_named(connection, "NATIONAL-2026") == made
            assert [one.name for one in every_series(connection)] == ["ANOTHER", "NATIONAL-2026"]
            row = connection.execute(select(ENTRY).where(ENTRY.c.kind == "series")).first()
    assert row is not None
    assert row.data == (
        '{"name":"NATIONAL-2026","pattern":"A{6}","alphabet":"0123456789",'
        '"check":"iso7064-mod37-36","first":100,"last":899,"owner":"MVD-1"}'
    )


def test_the_same_name_for_other_numbers_is_refused(ledger_place: str) -> None:
    told = r"series A is there already \(MVD-1/2\), with pattern A\{4\} and not A\{5\}, last 9999 "
    with make(ledger_place) as ledger:
        with ledger.writing() as chain:
            define(chain, Series.of("A", "A{4}", "digits"))
        with pytest.raises(LedgerError, match=told), ledger.writing() as chain:
            define(chain, Series.of("A", "A{5}", "digits"))
        with ledger.writing() as chain:
            define(chain, Series.of("A", "A{4}", "0123456789"))  # the same, by its characters
            assert chain.next == 3


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"name": ""}, "cannot be called ''"),
        ({"name": "A B"}, "cannot be called 'A B'"),
        ({"name": "A\x1fB"}, "cannot be called"),
        ({"name": "A" * 41}, "cannot be called"),
        ({"pattern": "A6"}, "is not a prefix and a number of characters"),
        ({"alphabet": "AA"}, "serial alphabet"),
        ({"check": "mod10"}, "is no check-character system"),
        ({"check": "luhn"}, "luhn does not know 'A'"),
        ({"first": 0}, "numbers 0 to 9999 were asked for, and A{4} with this alphabet holds 1 to"),
        ({"first": 10, "last": 9}, "numbers 10 to 9 were asked for"),
        ({"last": 10_000}, "holds 1 to 9999"),
        ({"owner": "nobody"}, "a station cannot be called 'nobody'"),
    ],
)
def test_what_cannot_be_a_series(arguments: dict[str, object], told: str) -> None:
    given: dict[str, object] = {"name": "A", "pattern": "A{4}", "alphabet": "digits"}
    with pytest.raises(MarkcodeError) as refused:
        Series.of(**{**given, **arguments})  # type: ignore[arg-type]  # any of them may be wrong
    assert told in str(refused.value)


def test_the_serials_are_those_of_a_batch_and_their_checks_hold() -> None:
    made = Series.of("A", "A{6}", check="iso7064-mod37-36")
    plan, system = Serials.parse("A{6}"), checks.get("iso7064-mod37-36")
    for number in (1, 2, 999, made.last):
        assert made.text(number)[:-1] == plan.text(number)
        assert system.is_valid(made.text(number))


def test_no_number_is_greater_than_a_database_holds() -> None:
    assert Series.of("A", "A{40}").last == 10**18 - 1


def test_blocks_follow_each_other(ledger_place: str) -> None:
    with make(ledger_place) as ledger:
        with ledger.writing() as chain:
            define(chain, Series.of("A", "A{4}", "digits", first=100, last=999))
            assert take_block(chain, "A", 50) == (100, 149)
            assert take_block(chain, "A", 1, "PTY-1") == (150, 150)
            assert take_block(chain, "A", 349) == (151, 499)
        with ledger.reading() as connection:
            assert [(b.numbers, b.station, str(b.about)) for b in blocks(connection, "A")] == [
                ((100, 149), "MVD-1", "MVD-1/2"),
                ((150, 150), "PTY-1", "MVD-1/2"),
                ((151, 499), "MVD-1", "MVD-1/2"),
            ]
            assert next_free(connection, series_named(connection, "A")) == 500
        told = "501 more numbers are needed, and of 100 to 999 only 500 are in no block"
        with pytest.raises(LedgerError, match=told), ledger.writing() as chain:
            take_block(chain, "A", 501)
        with ledger.writing() as chain:
            assert take_block(chain, "A", 500) == (500, 999)


def test_only_the_owner_grants(ledger_place: str) -> None:
    told = "series A is MVD-1's, and PTY-1 cannot grant its numbers: ask for `markcode ledger block"
    with make(ledger_place) as ledger, ledger.writing() as chain:
        define(chain, Series.of("A", "A{4}", owner="MVD-1"))
    with make(ledger_place, "PTY-1") as ledger:
        with pytest.raises(LedgerError, match=told), ledger.writing() as chain:
            take_block(chain, "A", 1)
        told = "3 numbers are needed, and 0 are left to PTY-1; MVD-1 can grant more: `markcode "
        with pytest.raises(LedgerError, match=told), ledger.writing() as chain:
            draw(chain, "A", 3, JOB)


def test_a_job_draws_from_the_blocks_of_its_station_in_order(ledger_place: str) -> None:
    with make(ledger_place) as ledger, ledger.writing() as chain:
        define(chain, Series.of("A", "A{4}", "digits", owner="MVD-1"))
        define(chain, Series.of("AB", "B{4}", "digits"))
        take_block(chain, "A", 10, "PTY-1")  # 1 to 10
        take_block(chain, "A", 5)  # 11 to 15
        take_block(chain, "A", 3, "PTY-1")  # 16 to 18
        draw(chain, "AB", 7, OTHER_JOB)
    with make(ledger_place, "PTY-1") as ledger:
        with ledger.writing() as chain:
            assert draw(chain, "A", 4, JOB) == [(1, 4)]
            assert draw(chain, "A", 8, JOB) == [(5, 10), (16, 17)]
        told = "2 numbers are needed, and 1 are left to PTY-1; MVD-1 can grant more: "
        told = f"{told}.* --size 1 --for PTY-1"
        with pytest.raises(LedgerError, match=told), ledger.reading() as connection:
            peek(connection, "PTY-1", "A", 2)
        with pytest.raises(LedgerError, match=told), ledger.writing() as chain:
            draw(chain, "A", 2, OTHER_JOB)
        with ledger.writing() as chain:
            assert draw(chain, "A", 1, OTHER_JOB) == [(18, 18)]
        with ledger.reading() as connection:
            assert drawn_for(connection, JOB) == [(1, 4), (5, 10), (16, 17)]
            assert drawn_for(connection, OTHER_JOB) == [(1, 7), (18, 18)]
            assert usage(connection, "A") == {"MVD-1": Usage(5, 0), "PTY-1": Usage(13, 13)}
            assert usage(connection, "A")["MVD-1"].left == 5
            assert [str(one.about) for one in drawn(connection, "A")] == ["MVD-1/1"] * 3 + [
                "MVD-1/2"
            ]


def test_a_station_takes_itself_what_it_misses_where_it_may(ledger_place: str) -> None:
    with make(ledger_place) as ledger:
        with ledger.writing() as chain:
            define(chain, Series.of("A", "A{4}", "digits", last=20))
            take_block(chain, "A", 5)
            assert draw(chain, "A", 3, JOB) == [(1, 3)]
        with ledger.reading() as connection:
            assert peek(connection, "MVD-1", "A", 6) == [(4, 5), (6, 9)]
            assert peek(connection, "PTY-1", "A", 6) == [(6, 11)]
        with ledger.writing() as chain:
            assert draw(chain, "A", 6, JOB) == [(4, 5), (6, 9)]
            assert draw(chain, "A", 1, JOB) == [(10, 10)]
        with pytest.raises(LedgerError, match="has run out: 11 more"), ledger.writing() as chain:
            draw(chain, "A", 11, JOB)
        with ledger.reading() as connection:
            assert [block.numbers for block in blocks(connection, "A")] == [
                (1, 5),
                (6, 9),
                (10, 10),
            ]


@pytest.mark.parametrize("count", [0, -1])
def test_no_number_is_no_request(ledger_place: str, count: int) -> None:
    with make(ledger_place) as ledger, ledger.writing() as chain:
        define(chain, Series.of("A", "A{4}"))
        with pytest.raises(LedgerError, match="take 1 or more"):
            draw(chain, "A", count, JOB)
        with pytest.raises(LedgerError, match="it holds 1 or more"):
            take_block(chain, "A", count)


def test_an_unknown_series_is_named_beside_the_known(ledger_place: str) -> None:
    with make(ledger_place) as ledger, ledger.writing() as chain:
        with pytest.raises(LedgerError, match="no series is called 'B'; there are: none yet"):
            take_block(chain, "B", 1)
        define(chain, Series.of("A", "A{4}"))
        with pytest.raises(LedgerError, match="no series is called 'B'; there are: A; define"):
            draw(chain, "B", 1, JOB)


@pytest.mark.parametrize("slot", ["series", "block", "drawn"])
def test_the_database_itself_refuses_what_is_taken(ledger_place: str, slot: str) -> None:
    """Also where a station does not know what another has done."""
    value = {"series": "A"}.get(slot, "A\x1f00000000000000000001")
    with make(ledger_place) as ledger:
        with ledger.writing() as chain:
            define(chain, Series.of("A", "A{4}"))
            draw(chain, "A", 9, JOB)
        with pytest.raises(IntegrityError), ledger.writing() as chain:
            claim(chain.connection, Claim(slot, value), JOB)


STATIONS = ("A-1", "B-2", "C-3")
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(("block", "draw", "peek")), st.sampled_from(STATIONS), st.integers(1, 12)
    ),
    max_size=25,
)


@given(_STEPS)
def test_numbers_are_given_as_a_plain_list_would_give_them(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, int]]
) -> None:
    place = str(tmp_path_factory.mktemp("drawn") / "ledger.db")
    free = iter(range(5, 10_000))
    own: dict[str, list[int]] = {name: [] for name in STATIONS}
    for name in STATIONS:
        make(place, name).close()
    with make(place, STATIONS[0]) as ledger, ledger.writing() as chain:
        define(chain, Series.of("S", "S{4}", "digits", first=5))
    for what, name, count in steps:
        with make(place, name) as ledger:
            ledger.station = name
            if what == "block":
                with ledger.writing() as chain:
                    first, last = take_block(chain, "S", count)
                own[name] += islice(free, count)
                assert own[name][-count:] == every((first, last))
                continue
            with ledger.reading() as connection:
                seen = peek(connection, name, "S", count)
            if what == "peek":
                continue
            own[name] += islice(free, max(0, count - len(own[name])))
            with ledger.writing() as chain:
                given_to = draw(chain, "S", count, Ref(name, 1))
        assert given_to == seen
        assert [n for numbers in given_to for n in every(numbers)] == own[name][:count]
        del own[name][:count]


def test_eight_processes_draw_at_once(ledger_place: str) -> None:
    """No number twice, none outside a block, none of another station's, none left out."""
    names = [f"STATION-{n}" for n in range(4)]
    for name in names:
        make(ledger_place, name).close()
    with make(ledger_place, names[0]) as ledger, ledger.writing() as chain:
        define(chain, Series.of("A", "A{6}", "digits"))
        for name in names:
            take_block(chain, "A", 17, name)
    told = [(ledger_place, name, "A", 12, 7) for name in islice(cycle(names), 8)]
    numbers = [n for drawn in at_once(draw_often, told) for n in drawn]
    assert sorted(numbers) == list(range(1, 8 * 12 * 7 + 1))
    with make(ledger_place, names[0]) as ledger, ledger.reading() as connection:
        granted = {
            n: block.station for block in blocks(connection, "A") for n in every(block.numbers)
        }
        for one in drawn(connection, "A"):
            assert {granted[n] for n in every(one.numbers)} == {one.station}
        assert usage(connection, "A") == dict.fromkeys(names, Usage(168, 168))
