"""`markcode ledger series` and `markcode ledger block`: exit status and exact output."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_runner import Ran, run
from ledgers import make
from markcode.ledger.refs import Ref
from markcode.ledger.series import draw


@pytest.fixture
def place(tmp_path: Path) -> str:
    place = f"sqlite:///{tmp_path / 'ledger.db'}"
    make(place, "MVD-1").close()
    make(place, "PTY-2").close()
    return place


def ledger(place: str, *args: str, station: str = "MVD-1") -> Ran:
    return run("ledger", args[0], "--ledger", place, "--station", station, *args[1:])


def test_a_series_is_defined_used_and_shown(place: str) -> None:
    assert ledger(place, "series").out == (
        "no series yet: markcode ledger series NAME --pattern 'A{6}'\n"
    )
    define = "series NATIONAL --pattern A{6} --alphabet digits --check iso7064-mod37-36".split()
    assert ledger(place, *define, "--owner", "MVD-1").status == 0
    assert ledger(place, *"block NATIONAL --size 5000 --for PTY-2".split()) == (
        0,
        "PTY-2 may draw 5,000 of NATIONAL: A000001D to A0050009 (numbers 1 to 5,000)\n",
        "",
    )
    ledger(place, *"series FREE --pattern B{2} --first 5 --last 20".split())
    ledger(place, *"block FREE --size 3".split(), station="PTY-2")
    with make(place, "PTY-2") as opened, opened.writing() as chain:
        draw(chain, "NATIONAL", 1200, Ref("PTY-2", 1))
    assert ledger(place, "series") == (
        0,
        "series    pattern  drawn  left in blocks  in no block  owner\n"
        "FREE      B{2}     0      3               13           each station\n"
        "NATIONAL  A{6}     1,200  3,800           994,999      MVD-1\n",
        "",
    )
    assert ledger(place, "series", "NATIONAL") == (
        0,
        "series   NATIONAL\n"
        "pattern  A{6} of the characters 0123456789\n"
        "check    iso7064-mod37-36\n"
        "numbers  1 to 999,999\n"
        "owner    MVD-1\n"
        "drawn    1,200\n"
        "left     3,800 in blocks, 994,999 in none\n"
        "\n"
        "station  granted  drawn  left\n"
        "PTY-2    5,000    1,200  3,800\n",
        "",
    )


def test_json_has_every_key(place: str) -> None:
    ran = ledger(place, *"series A --pattern B{2} --alphabet digits --json".split())
    assert (ran.status, ran.err) == (0, "")
    assert json.loads(ran.out) == {
        "name": "A",
        "pattern": "B{2}",
        "alphabet": "0123456789",
        "check": None,
        "first": 1,
        "last": 99,
        "owner": None,
        "numbers": 99,
        "drawn": 0,
        "left_in_blocks": 0,
        "in_no_block": 99,
        "stations": {},
    }
    ran = ledger(place, *"block A --size 9 --json".split())
    assert json.loads(ran.out) == {
        "series": "A",
        "first": 1,
        "last": 9,
        "station": "MVD-1",
        "first_serial": "B01",
        "last_serial": "B09",
    }
    ran = ledger(place, "series", "--json")
    assert [json.loads(line)["stations"] for line in ran.out.splitlines()] == [
        {"MVD-1": {"granted": 9, "drawn": 0, "left": 9}}
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("series A --owner MVD-1", "--owner goes with --pattern"),
        ("series --pattern A{6}", "name the series that --pattern defines"),
        ("series B", "no series is called 'B'; there are: A; define one"),
        ("series A --pattern A{7}", "series A is there already (MVD-1/2), with pattern A{6} and"),
        ("series C --pattern A6", "is not a prefix and a number of characters in braces"),
        ("block A --size 1", "series A is PTY-2's, and MVD-1 cannot grant its numbers"),
        ("block B --size 1", "no series is called 'B'"),
        ("block A --size 0", "0 is not in the range x>=1"),
        ("block A", "Missing option '--size'"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(place: str, words: str, told: str) -> None:
    ledger(place, *"series A --pattern A{6} --owner PTY-2".split())
    ran = ledger(place, *words.split())
    assert (ran.status, ran.out) == (2, "")
    assert told in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("command", ["series", "block"])
def test_the_help_fits_the_screen(command: str) -> None:
    ran = run("ledger", command, "--help")
    assert ran.status == 0
    assert max(map(len, ran.out.splitlines())) <= 80
