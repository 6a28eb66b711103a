"""The DDL of docs/scaling.md runs on PostgreSQL as it stands, and the ledger works on it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from ledgers import make, new_database
from markcode.ledger.audit import audit
from markcode.ledger.claims import Claim, claim
from markcode.ledger.folding import fold
from markcode.ledger.refs import Ref
from markcode.ledger.series import Series, define, draw
from tampering import Clerk

PAGE = Path(__file__).parents[1] / "docs" / "scaling.md"
STATIONS = ("CO-BOG-1", "CO-MDE-2", "PE-LIM-1")


def statements() -> list[str]:
    (block,) = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return [statement for statement in block.split(";") if statement.strip()]


def arms(at: int) -> list[tuple[str, str]]:
    """Return 40 serials, and what else is struck beside each."""
    return [(f"{at}{n:03}", f"B{at}{n:03}") for n in range(40)]


def count(place: str, table: str) -> int:
    with make(place, STATIONS[0]) as ledger, ledger.reading() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


@pytest.fixture
def place(postgres_server: str) -> str:
    """A ledger with marks, cut as the page says."""
    place = new_database(postgres_server)
    for at, station in enumerate(STATIONS):
        with make(place, station) as ledger:
            Clerk(ledger).job(arms(at))
    with make(place, STATIONS[0]) as ledger, ledger.engine.begin() as connection:
        for statement in statements():
            connection.exec_driver_sql(statement)
    return place


def test_what_was_there_is_there(place: str) -> None:
    with make(place, STATIONS[0]) as ledger:
        report = audit(ledger)
        assert report.is_clean, report.faults[:3]
        assert report.entries == sum(43 for _ in STATIONS)
        assert len(inspect(ledger.engine).get_indexes("entry")) == 2
    parts = ("entry_co_2026", "entry_co_2027", "entry_others", "mark_co", "mark_others")
    assert [count(place, part) for part in parts] == [86, 0, 43, 120, 0]


@pytest.mark.parametrize("station", STATIONS)
def test_marks_are_issued_numbers_drawn_and_all_audited(place: str, station: str) -> None:
    with make(place, station) as ledger:
        job = Clerk(ledger).job(arms(9))
        with ledger.writing() as chain:
            define(chain, Series.of("S", "A{4}"))
            assert draw(chain, "S", 5, job) == [(1, 5)]
        report = audit(ledger)
        assert report.is_clean, report.faults[:3]


def test_a_claim_of_another_year_and_station_is_refused(place: str) -> None:
    with make(place, "PE-LIM-1") as ledger:
        with pytest.raises(IntegrityError):
            Clerk(ledger).job(arms(0)[7:8])
        made = Claim("f text", "COINDU0007")
        with pytest.raises(IntegrityError), ledger.writing() as chain:
            claim(chain.connection, made, Ref("PE-LIM-1", 1))


def test_look_ups_go_to_one_partition(place: str) -> None:
    """By exact mark, and by its beginning."""
    with make(place, STATIONS[0]) as ledger, ledger.reading() as connection:
        exact = fold("CO INDU 0007\nB0007")
        for where in (f"fold = '{exact}'", f"fold >= '{exact[:6]}' AND fold < '{exact[:6]}~'"):
            query = f"EXPLAIN SELECT * FROM mark WHERE {where}"
            plan = "\n".join(row[0] for row in connection.execute(text(query)))
            assert "mark_co" in plan and "mark_others" not in plan
