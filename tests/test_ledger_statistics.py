"""What a ledger holds, in numbers: each against a count of the entries themselves."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from cli_runner import run
from issued import happen, issue, mosaic
from ledgers import Ticking, make
from markcode import Event, Firearm, get_format
from markcode.ledger import Ledger
from markcode.ledger.chain import Entry
from markcode.ledger.kinds import State
from markcode.ledger.refs import Ref
from markcode.ledger.schema import ENTRY
from markcode.ledger.series import Series, define, draw, take_block
from markcode.ledger.states import states
from markcode.ledger.statistics import ChainLength, SeriesUse, statistics


@pytest.fixture
def ledger(ledger_place: str) -> Iterator[Ledger]:
    with make(ledger_place) as opened:
        yield opened


def test_an_empty_ledger(ledger: Ledger) -> None:
    found = statistics(ledger)
    assert (found.arms, found.marks, found.formats, found.series) == (0, 0, {}, [])
    assert set(found.states.values()) == {0}
    time = "2026-01-02T03:04:06Z"
    assert found.chains == [ChainLength("MVD-1", 1, time, time)]
    assert found.bytes > 0


def test_marks_by_format_station_and_year(ledger: Ledger) -> None:
    issue(ledger, mosaic("A1"), mosaic("A2"))
    canada = get_format("ca-2004-275")
    issue(ledger, (Firearm(), Event("import", year=2027)), fmt=canada)
    with Ledger.create(ledger.place, Ticking("2027-05-06T00:00:00+00:00"), "PTY-9") as other:
        issue(other, mosaic("A3"))
    found = statistics(ledger)
    assert found.marks == found.arms == 4
    assert found.formats == {"ca-2004-275": 1, "mosaic-0530": 3}
    assert found.stations == {"MVD-1": 3, "PTY-9": 1}
    assert found.years == {"2026": 3, "2027": 1}


HISTORIES = [
    [],
    ["marked"],
    ["started"],
    ["started", "marked"],
    ["marked", "started"],
    ["marked", "rejected"],
    ["marked", "rejected", "remarked", "verified"],
    ["void"],
    ["void", "marked"],
    ["transferred", "stolen"],
    ["import-marked", "put-on-display"],
]


def test_states_are_those_that_each_mark_has(ledger: Ledger) -> None:
    marks = issue(ledger, *(mosaic(f"A{n}") for n in range(len(HISTORIES))))
    for mark, kinds in zip(marks, HISTORIES, strict=True):
        for kind in kinds:
            happen(ledger, mark, kind)
    mended = marks[1]
    wrong = happen(ledger, mended, "void")
    happen(ledger, mended, "corrected", corrects=str(wrong))
    found_struck = issue(ledger, *(mosaic(f"B{n}") for n in range(4)), struck=True)
    happen(ledger, found_struck[0], "void")
    happen(ledger, found_struck[1], "verified")
    with ledger.reading() as connection:
        expected = Counter(states(connection, [*marks, *found_struck]).values())
    found = statistics(ledger)
    assert found.states == {state.value: expected[state] for state in State}
    assert sum(found.states.values()) == found.marks == len(HISTORIES) + 4


def test_the_last_event_counts_whichever_station_wrote_it(ledger: Ledger) -> None:
    (mark,) = issue(ledger, mosaic("A1"))
    with Ledger.create(ledger.place, Ticking("2027-05-06T00:00:00+00:00"), "AAA-1") as other:
        happen(other, mark, "rejected")
    happen(ledger, mark, "marked")
    assert statistics(ledger).states["rejected"] == 1


def test_arms_with_several_marks(ledger: Ledger) -> None:
    first, second, third = issue(ledger, mosaic("A1"), mosaic("A2"), mosaic("A3"))
    imported = (Firearm(serial="X9"), Event("import", country="PE", year=2026))
    (more,) = issue(ledger, imported, about=[first])
    assert statistics(ledger).arms == 3
    happen(ledger, second, "same-arm", arm=str(more))
    assert statistics(ledger).arms == 2
    happen(ledger, first, "same-arm", arm=str(second))
    assert statistics(ledger).arms == 2
    wrong = happen(ledger, third, "same-arm", arm=str(first))
    assert statistics(ledger).arms == 1
    happen(ledger, third, "corrected", corrects=str(wrong))
    assert statistics(ledger).arms == 2


def test_series(ledger: Ledger) -> None:
    with ledger.writing() as chain:
        define(chain, Series.of("CO-2026", "A{3}", "digits"))
        take_block(chain, "CO-2026", 100)
        draw(chain, "CO-2026", 30, Ref("MVD-1", 1))
    assert statistics(ledger).series == [SeriesUse("CO-2026", 999, 100, 30, 969)]


def test_open_jobs_and_conflicts(ledger: Ledger) -> None:
    (one,) = issue(ledger, mosaic("A1"), name="Spring")
    (other,) = issue(ledger, mosaic("A2"))
    happen(ledger, Ref("MVD-1", other.seq - 1), "written")
    for_one = happen(ledger, one, "conflict", slot="x", value="y", holder=str(other))
    happen(ledger, other, "conflict", slot="x", value="y", holder=str(one))
    happen(ledger, other, "conflict", slot="x", value="y", holder="PTY-2/3")
    happen(ledger, for_one, "resolved", decision="both")
    found = statistics(ledger)
    assert [(job.job, job.name, job.format) for job in found.open_jobs] == [
        (f"MVD-1/{one.seq - 1}", "Spring", "mosaic-0530")
    ]
    assert found.conflicts == {"open": 1, "resolved": 1}


def test_the_entries_of_each_station(ledger: Ledger) -> None:
    issue(ledger, mosaic("A1"))
    make(ledger.place, "PTY-9").close()
    with ledger.reading() as connection:
        entries = [Entry.of(row) for row in connection.execute(select(ENTRY))]
    counts = Counter(entry.station for entry in entries)
    assert {c.station: c.entries for c in statistics(ledger).chains} == counts


def test_the_command(ledger_place: str) -> None:
    with make(ledger_place) as ledger:
        (mark,) = issue(ledger, mosaic("A1"), name="Spring")
        happen(ledger, mark, "marked")
    status, out, err = run("ledger", "stats", "--ledger", ledger_place, "--json")
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert (told["arms"], told["marks"], told["states"]["struck"]) == (1, 1, 1)
    status, out, err = run("ledger", "stats", "--ledger", ledger_place)
    assert (status, err) == (0, "")
    assert "open: MVD-1/2 Spring mosaic-0530 2026-01-02T03:04:07Z" in out.splitlines()
    assert "station MVD-1: 5 entries, 2026-01-02T03:04:06Z to 2026-01-02T03:04:08Z" in out
