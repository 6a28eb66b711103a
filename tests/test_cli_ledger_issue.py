"""`markcode ledger issue` and `batch --ledger`: what is refused, and that nothing comes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from cli_runner import Ran, run
from ledgers import make, new_database
from markcode import get_format
from markcode.errors import InvalidMark, LedgerError
from markcode.ledger.schema import ENTRY
from markcode.ledger.series import Series, define
from markcode.ledger.single import issue
from markcode.model import Event, Firearm

ARM = "--set country=CO --set manufacturer=INDU --set year=2026 --set model=07 --set calibre=09"
CHECKED = "--check iso7064-mod37-36 --check-over serial"


def count(place: str) -> int:
    with make(place) as ledger, ledger.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(ENTRY)).scalar_one())


@pytest.fixture
def place(ledger_place: str) -> str:
    place = str(ledger_place)
    with make(place) as ledger, ledger.writing() as chain:
        define(chain, Series.of("CHECKED", "C{4}", check="iso7064-mod37-36"))
        define(chain, Series.of("PLAIN", "P{4}"))
    return place


def issued(place: str, options: str, station: str | None = "MVD-1") -> Ran:
    named = [] if station is None else ["--station", station]
    return run("ledger", "issue", "--ledger", place, *named, *options.split())


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (f"--format mosaic-0530 {ARM} --series CHECKED", 2, "the profile wants no check"),
        (f"--format mosaic-0530 {CHECKED} {ARM} --series PLAIN", 2, "end with no check"),
        (f"--format mosaic-0530 {ARM} --set serial=P1 --series PLAIN", 2, "leave it out"),
        (
            "--format recsa --set country=KE --set force=A --series PLAIN",
            1,
            "element.missing",
        ),
        (f"--format mosaic-0530 {ARM} --series PLAIN".replace("=CO", "=XX"), 1, "country.unknown"),
    ],
)
def test_what_is_refused_costs_no_number(place: str, options: str, status: int, said: str) -> None:
    before = count(place)
    ran = issued(place, options)
    assert ran.status == status and said in ran.err
    assert count(place) == before


def test_marks_of_a_series_with_a_check(place: str) -> None:
    ran = issued(place, f"--format mosaic-0530 {CHECKED} {ARM} --series CHECKED --count 2")
    assert ran.status == 0 and len(ran.out.splitlines()) == 2


def test_several_marks_need_a_series(place: str) -> None:
    arm: dict[str, Any] = {"country": "CO", "manufacturer": "INDU", "serial": "A1"}
    firearm = Firearm(**arm, year=2026, model="07", calibre="09")
    with make(place) as ledger:
        before = count(place)
        with pytest.raises(LedgerError, match="take a series"):
            issue(ledger, get_format("mosaic-0530"), firearm, Event("manufacture"), count=2)
        assert count(place) == before
        assert issue(ledger, get_format("mosaic-0530"), firearm, Event("manufacture"))
        with pytest.raises(InvalidMark, match="must be unique"):
            issue(ledger, get_format("mosaic-0530"), firearm, Event("manufacture"))


def test_a_station_must_be_named(postgres_server: str, tmp_path: Path) -> None:
    postgres_place = new_database(postgres_server)
    with make(postgres_place) as ledger, ledger.writing() as chain:
        define(chain, Series.of("PLAIN", "P{4}"))
    ran = issued(postgres_place, f"--format mosaic-0530 {ARM} --series PLAIN", None)
    assert (ran.status, ran.out) == (2, "") and "name the station" in ran.err
    source = tmp_path / "a.csv"
    source.write_text("country,manufacturer,year,model,calibre\nCO,INDU,2026,07,09\n")
    order = ["batch", str(source), "--format", "mosaic-0530", "--series", "PLAIN", "--dry-run"]
    ran = run(*order, "--ledger", postgres_place)
    assert ran.status == 2 and "name the station" in ran.err


def test_a_dry_run_defines_no_series(place: str, tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text("country,manufacturer,year,model,calibre\nCO,INDU,2026,07,09\n")
    order = ["batch", str(source), "--format", "mosaic-0530", "--serials", "A{5}"]
    order += ["--ledger", place, "--station", "MVD-1"]
    before = count(place)
    dry = run(*order, "--dry-run")
    assert dry.status == 0 and "A33334 to A33334" in dry.out
    assert count(place) == before
    made = run(*order, "--out", str(tmp_path / "job"))
    assert made.status == 0 and "A33334 to A33334" in made.out
