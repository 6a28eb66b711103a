"""How long records must be kept: rules as data, and a report that deletes nothing."""

from __future__ import annotations

import datetime
import json

import pytest
from sqlalchemy import func, select

from cli_runner import run
from ledgers import Ticking, make
from markcode.errors import LedgerError
from markcode.ledger import Ledger
from markcode.ledger.kinds import known
from markcode.ledger.retention import Past, past, policies, policy
from markcode.ledger.schema import ENTRY

DAY = datetime.date(2026, 11, 25)


def written(place: str, start: str, *kinds: str) -> None:
    """Write entries of some kinds, a second apart, by a clock that is set to ``start``."""
    with Ledger.create(place, Ticking(start), "MVD-1") as ledger:
        for kind in kinds:
            with ledger.writing() as chain:
                chain.append(kind, {})


def found(place: str, name: str, as_of: datetime.date = DAY) -> list[tuple[int, str, int]]:
    with make(place) as ledger, ledger.reading() as connection:
        return [(o.year, o.kind, o.entries) for o in past(connection, policy(name), as_of)]


@pytest.fixture
def old(ledger_place: str) -> str:
    """A ledger with entries of 1990, 2000, 2010 and 2020."""
    for year in (1990, 2000, 2010, 2020):
        kinds = ("issued", "issued", "marked", "transferred", "put-on-display")
        written(ledger_place, f"{year}-06-01T00:00:00+00:00", *kinds)
    return ledger_place


def test_manufacture_is_kept_for_30_years_and_the_rest_for_20(old: str) -> None:
    assert found(old, "iti") == [
        (1990, "issued", 2),
        (1990, "marked", 1),
        (1990, "put-on-display", 1),
        (1990, "station", 1),
        (1990, "transferred", 1),
        (2000, "put-on-display", 1),
        (2000, "transferred", 1),
    ]


def test_the_protocol_asks_for_10_years(old: str) -> None:
    assert {year for year, _, _ in found(old, "un-protocol")} == {1990, 2000, 2010}


def test_what_it_tells_of_each(old: str) -> None:
    with make(old) as ledger, ledger.reading() as connection:
        first = past(connection, policy("iti"), DAY)[0]
    times = ("1990-06-01T00:00:02Z", "1990-06-01T00:00:03Z")
    assert first == Past(1990, "issued", "manufacture", 30, 2, *times)


@pytest.mark.parametrize(("day", "count"), [("2046-06-01", 0), ("2046-06-02", 1)])
def test_the_last_day_still_counts(ledger_place: str, day: str, count: int) -> None:
    written(ledger_place, "2026-06-01T22:00:00-01:00", "transferred")
    entries = found(ledger_place, "iti", datetime.date.fromisoformat(day))
    assert sum(n for _, kind, n in entries if kind == "transferred") == count


def test_nothing_is_deleted(old: str) -> None:
    def entries() -> int:
        with make(old) as ledger, ledger.reading() as connection:
            return connection.execute(select(func.count()).select_from(ENTRY)).scalar_one()

    before = entries()
    status, out, err = run("ledger", "retention", "--ledger", old, "--policy", "un-protocol")
    assert (status, err) == (0, "")
    assert "Nothing is deleted." in out
    assert entries() == before


def test_each_rule_has_a_source_and_each_kind_a_rule() -> None:
    assert set(policies()) == {"iti", "un-protocol"}
    for rules in policies().values():
        assert {rule.records for rule in rules} == {k.records for k in known().values()}
        assert all(rule.source and rule.evidence in ("C", "P") for rule in rules)


def test_an_unknown_policy_names_those_there_are() -> None:
    with pytest.raises(LedgerError, match="no policy 'ecowas': there are iti, un-protocol"):
        policy("ecowas")


def test_the_command_as_json(old: str) -> None:
    arguments = ("ledger", "retention", "--ledger", old, "--policy", "iti")
    status, out, err = run(*arguments, "--as-of", "2026-11-25", "--json")
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert (told["policy"], told["as_of"], told["entries"]) == ("iti", "2026-11-25", 8)
    assert [rule["min_years"] for rule in told["rules"]] == [30, 20]
    assert [one["year"] for one in told["past"]] == [1990] * 5 + [2000] * 2


def test_the_command_refuses_an_unknown_policy(old: str) -> None:
    status, out, err = run("ledger", "retention", "--ledger", old, "--policy", "ecowas")
    assert (status, out) == (2, "")
    assert err == "markcode: no policy 'ecowas': there are iti, un-protocol\n"


def test_the_command_for_people(old: str) -> None:
    arguments = ("ledger", "retention", "--ledger", old, "--policy", "iti")
    status, out, err = run(*arguments, "--as-of", "2026-11-25")
    assert (status, err) == (0, "")
    assert "manufacture: 30 years (International Tracing Instrument (2005), para. 12" in out
    assert "8 entries are older than that on 2026-11-25. Nothing is deleted." in out
    assert max(map(len, out.splitlines())) <= 80


def test_without_a_policy_everything_is_kept(old: str) -> None:
    status, out, err = run("ledger", "retention", "--ledger", old)
    assert (status, err) == (0, "")
    assert out.startswith("No policy was named, so every record is kept for ever.")
    status, out, err = run("ledger", "retention", "--ledger", old, "--json")
    assert (json.loads(out)["entries"], json.loads(out)["past"]) == (0, [])
