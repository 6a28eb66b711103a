"""Merges: what stations wrote apart comes together, nothing is lost, nothing comes twice."""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from cli_runner import python
from ledger_work import add, entries, issue, lookups, merged, of_kind
from ledger_workers import at_once
from ledgers import make
from markcode.errors import LedgerError
from markcode.ledger import merging
from markcode.ledger.audit import audit
from markcode.ledger.claims import Claim, claim_value, holder
from markcode.ledger.conflicts import Conflict, Decision, conflicts, resolve
from markcode.ledger.exchange import export
from markcode.ledger.life import life
from markcode.ledger.plans import Series
from markcode.ledger.refs import Ref
from markcode.ledger.series import define, draw, take_block
from markcode.ledger.statistics import statistics
from tampering import Tamperer


@pytest.fixture(autouse=True)
def _pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many transactions, as with many entries."""
    monkeypatch.setattr(merging, "AT_ONCE", 7)


def open_conflicts(place: str | Path, **choices: Any) -> list[Conflict]:
    with make(place) as ledger, ledger.reading() as connection:
        return conflicts(connection, **choices)


def holder_of(place: str | Path, number: str) -> Ref | None:
    with make(place) as ledger, ledger.reading() as connection:
        return holder(connection, Claim("test number", claim_value(["CO", number])))


# -- two stations --------------------------------------------------------------------------------


def test_blocks_of_one_series_are_used_apart_and_come_together(
    ledger_place: str, tmp_path: Path
) -> None:
    laptop, granted = tmp_path / "laptop.db", tmp_path / "granted.jsonl"
    with make(ledger_place) as ledger:
        with ledger.writing() as chain:
            define(chain, Series.of("NATIONAL", "A{4}", "digits", owner="MVD-1"))
            take_block(chain, "NATIONAL", 50, "PTY-2")
            take_block(chain, "NATIONAL", 50)
        export(ledger, granted)
    merged(laptop, granted, "PTY-2")
    for place, station, expected in ((ledger_place, "MVD-1", 51), (laptop, "PTY-2", 1)):
        with make(place, station) as ledger:
            with ledger.writing() as chain:
                job = add(chain, "job", {"job": f"numbers of {station}", "slots": []})
                drawn = draw(chain, "NATIONAL", 20, job)
            assert drawn == [(expected, expected + 19)]
            issue(ledger, station, map(str, range(expected, expected + 20)))
    assert merged(ledger_place, laptop, "MVD-1").conflicts == ()
    assert merged(laptop, ledger_place, "PTY-2").conflicts == ()
    merged(ledger_place, laptop, "MVD-1")
    assert entries(ledger_place) == entries(laptop)
    assert lookups(ledger_place) == lookups(laptop)
    assert open_conflicts(ledger_place) == []


@pytest.fixture
def clashing(ledger_place: str, tmp_path: Path) -> tuple[str, Path, Ref, Ref]:
    """Two ledgers that have issued one number each for itself, merged into the first."""
    other = tmp_path / "other.db"
    with make(ledger_place) as ledger:
        ours = issue(ledger, "ours", [f"{n}" for n in range(30)])[17]
    with make(other, "PTY-2") as ledger:
        theirs = issue(ledger, "theirs", [f"{n}" for n in (*range(50, 80), 17, 90)])[30]
    done = merged(ledger_place, other, "MVD-1")
    assert dict(done.chains) == {"PTY-2": (1, 35)}
    assert len(done.conflicts) == 1
    return ledger_place, other, ours, theirs


def test_a_conflict_is_named_and_both_stay(clashing: tuple[str, Path, Ref, Ref]) -> None:
    place, other, ours, theirs = clashing
    [found] = [entry for entry in entries(place) if entry.kind == "conflict"]
    assert (found.station, found.about) == ("MVD-1", theirs)
    assert found.content == {
        "slot": "test number",
        "value": "CO\x1f17",
        "holder": str(ours),
    }
    assert holder_of(place, "17") == ours
    assert entries(place, "PTY-2") == entries(other)
    [conflict] = open_conflicts(place)
    assert (conflict.holder.ref, conflict.later.ref) == (ours, theirs)
    assert conflict.holder.text == conflict.later.text == "CO INDU 17"
    # Each ledger keeps what came first in it, and both see one conflict.
    merged(other, place, "PTY-2")
    assert holder_of(other, "17") == theirs
    [conflict] = open_conflicts(other)
    assert (conflict.holder.ref, conflict.later.ref) == (theirs, ours)
    assert len(conflict.refs) == 2


@pytest.mark.parametrize("decision", ["void", "same-arm", "both"])
def test_what_is_decided_on_one_side_holds_on_the_other(
    decision: Any, clashing: tuple[str, Path, Ref, Ref]
) -> None:
    place, other, ours, theirs = clashing
    merged(other, place, "PTY-2")
    [conflict] = open_conflicts(other)
    own = next(ref for ref in conflict.refs if ref.station == "PTY-2")
    with make(other, "PTY-2") as ledger:
        with ledger.writing() as chain:
            chosen = {"void": theirs} if decision == "void" else {}
            resolve(chain, own, decision, note="seen", **chosen)
        again = pytest.raises(LedgerError, match=f"was decided before, as {decision}")
        with again, ledger.writing() as chain:
            resolve(chain, conflict.refs[0], "both")
    merged(place, other, "MVD-1")
    assert open_conflicts(place) == open_conflicts(other) == []
    [decided] = open_conflicts(place, decided=True)
    assert decided.decision is not None
    assert decided.decision["decision"] == decision
    written = {
        "void": ("void", theirs, {"note": "seen"}),
        "same-arm": ("same-arm", ours, {"arm": str(theirs), "note": "seen"}),
    }
    events = [(one.kind, one.about, one.content) for one in entries(place) if one.kind in written]
    assert events == [written[decision]] if decision in written else events == []
    # A void number is not free: its claim stays.
    assert (holder_of(place, "17"), holder_of(other, "17")) == (ours, theirs)
    for each, station in ((place, "MVD-1"), (other, "PTY-2")):
        with make(each, station) as ledger, ledger.reading() as connection:
            assert life(connection, ours).conflicts == life(connection, theirs).conflicts == ()
            assert statistics(ledger).conflicts == {"open": 0, "resolved": 1}
            assert audit(ledger).is_clean


def test_each_ledger_has_the_claim_that_came_first_there_and_is_as_it_was_written(
    clashing: tuple[str, Path, Ref, Ref], tmp_path: Path
) -> None:
    place, other, ours, theirs = clashing
    third = tmp_path / "third.db"
    with make(third, "XYZ") as ledger:
        own = issue(ledger, "own", ["17"])[0]
    for _ in range(2):
        for into, station in ((other, "PTY-2"), (third, "XYZ"), (place, "MVD-1")):
            for source in (place, other, third):
                if source != into:
                    merged(into, source, station)
    for each, station in ((place, "MVD-1"), (other, "PTY-2"), (third, "XYZ")):
        with make(each, station) as ledger, ledger.reading() as connection:
            report = audit(ledger)
            assert report.faults == report.doubts == []
            assert len(report.open_conflicts) == statistics(ledger).conflicts["open"] == 3
            assert len(life(connection, own).conflicts) == 2
    # Whose it may be does not matter where nobody has it any more.
    with make(third, "XYZ") as ledger:
        Tamperer(ledger).sql("DELETE FROM claim WHERE value = ?", "CO\x1f17")
        [fault] = audit(ledger).faults
        assert (fault.code, fault.ref) == ("claim.missing", min(ours, theirs, own))


def test_decisions_that_do_not_fit(clashing: tuple[str, Path, Ref, Ref]) -> None:
    place, _, ours, theirs = clashing
    [conflict] = open_conflicts(place)
    with make(place) as ledger:
        wrong: list[tuple[Ref, Decision, Ref | None, str]] = [
            (conflict.ref, "void", None, f"say which of the two is void: {ours} or {theirs}"),
            (conflict.ref, "void", Ref("MVD-1", 1), "say which of the two"),
            (Ref("MVD-1", 1), "both", None, "is no conflict"),
        ]
        for ref, decision, void, told in wrong:
            with pytest.raises(LedgerError, match=told), ledger.writing() as chain:
                resolve(chain, ref, decision, void=void)
    assert len(open_conflicts(place)) == 1


def test_blocks_that_overlap_and_series_of_one_name(ledger_place: str, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    for place, station, sizes in ((ledger_place, "MVD-1", [30, 30, 5]), (other, "PTY-2", [40, 22])):
        with make(place, station) as ledger, ledger.writing() as chain:
            define(chain, Series.of("NATIONAL", "A{4}", "digits"))
            for size in sizes:
                take_block(chain, "NATIONAL", size)
    merged(ledger_place, other, "MVD-1")
    pairs = {(str(one.holder.text), str(one.later.text)) for one in open_conflicts(ledger_place)}
    series = "NATIONAL A{4} 1 to 9999"
    assert pairs == {
        (series, series),
        ("NATIONAL 1 to 30 for MVD-1", "NATIONAL 1 to 40 for PTY-2"),
        ("NATIONAL 31 to 60 for MVD-1", "NATIONAL 1 to 40 for PTY-2"),
        ("NATIONAL 31 to 60 for MVD-1", "NATIONAL 41 to 62 for PTY-2"),
        ("NATIONAL 61 to 65 for MVD-1", "NATIONAL 41 to 62 for PTY-2"),
    }


# -- chains that cannot be taken -----------------------------------------------------------------


def source_of(folder: Path, stations: Sequence[str] = ("ANR-1", "PTY-2", "QTO-3")) -> Path:
    """Return a ledger in which some stations have issued ten marks each."""
    place = folder / "source.db"
    for station in stations:
        with make(place, station) as ledger:
            issue(ledger, station, [f"{station} {n}" for n in range(10)])
    return place


def sql(place: Path, statement: str) -> None:
    connection = sqlite3.connect(place)
    connection.execute("DROP TRIGGER IF EXISTS entry_stays")
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        connection.execute(f'DROP TRIGGER "{name}"')
    connection.execute(statement)
    connection.commit()
    connection.close()


TAMPERINGS = {
    "UPDATE entry SET data = replace(data, '\"row\":6', '\"row\":5') WHERE {}": "was changed",
    "UPDATE entry SET time = '2026-01-01T00:00:00Z' WHERE {}": "was changed",
    "UPDATE entry SET kind = 'void' WHERE {}": "was changed",
    "UPDATE entry SET about_station = 'PTY-2', about_seq = 3 WHERE {}": "was changed",
    "UPDATE entry SET prev = hash WHERE {}": "was changed",
    "UPDATE entry SET hash = prev WHERE {}": "was changed",
    "DELETE FROM entry WHERE {}": "is missing",
}


@pytest.mark.parametrize("statement", TAMPERINGS)
def test_of_a_chain_that_was_tampered_with_only_what_is_before(
    statement: str, ledger_place: str, tmp_path: Path
) -> None:
    source = source_of(tmp_path)
    whole = entries(source, "PTY-2")
    sql(source, statement.format("station = 'PTY-2' AND seq = 7"))
    done = merged(ledger_place, source, "MVD-1")
    assert list(done.refused) == ["PTY-2"]
    assert "the entry PTY-2/7 " in done.refused["PTY-2"]
    assert TAMPERINGS[statement] in done.refused["PTY-2"]
    assert entries(ledger_place, "PTY-2") == whole[:6]
    assert dict(done.chains) == {"ANR-1": (1, 13), "PTY-2": (1, 6), "QTO-3": (1, 13)}
    # Where both have six, it makes no difference that the rest is wrong.
    assert "PTY-2/7 " in merged(ledger_place, source, "MVD-1").refused["PTY-2"]


def forged(entry_lines: list[bytes], at: int, **changes: Any) -> list[bytes]:
    """Return the lines of an export with one changed, and all hashes after it made anew."""
    first, *lines, _ = entry_lines
    prev = bytes(32)
    made = []
    for seq, line in enumerate(lines, start=1):
        found = json.loads(line) | (changes if seq == at else {})
        station = found["entry"].partition("/")[0]
        parts = (station, str(seq), found["kind"], found["time"], found["about"] or "")
        prev = hashlib.sha256(prev + "\x1f".join([*parts, found["data"]]).encode()).digest()
        made.append(json.dumps(found | {"hash": prev.hex()}).encode() + b"\n")
    said = b"".join([first, *made])
    closing = {"entries": len(made), "sha256": hashlib.sha256(said).hexdigest()}
    return [first, *made, json.dumps(closing, separators=(",", ":")).encode() + b"\n"]


@pytest.mark.parametrize(
    "changes",
    [
        {"data": "{"},
        {"data": "[]"},
        {"data": "{}"},
        {"data": "[" * 100_000},
        {"data": '{"job":"PTY-2/1","lines":["A"],"claims":[[0,"A"]]}'},
        {"data": '{"job":"PTY-2/2","lines":["A"],"claims":[[5,"A"]]}'},
        {"data": '{"job":"PTY-2/2","lines":5}'},
        {"kind": "Issued\x1fx"},
        {"time": "yesterday"},
        {"kind": "block", "data": '{"series":"A","first":1}'},
        {"kind": "job", "data": '{"job":"x"}'},
        {"kind": "inspected", "data": "[]"},
        {"kind": "conflict", "data": '{"slot":"x","value":"y"}'},
        {"kind": "conflict", "data": '{"slot":"x","value":"y","holder":5}'},
        {"kind": "resolved", "data": "{}"},
        {"kind": "same-arm", "data": '{"arm":"A1"}'},
        {"kind": "registered", "data": '{"first":"3","last":3,"marks":1}'},
    ],
)
def test_entries_that_are_rightly_chained_and_make_no_sense(
    changes: dict[str, Any], ledger_place: str, tmp_path: Path
) -> None:
    source, file = source_of(tmp_path, ["PTY-2"]), tmp_path / "forged.jsonl"
    with make(source, "PTY-2") as ledger:
        export(ledger, file)
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(forged(lines, 7, **changes)))
    done = merged(ledger_place, file, "MVD-1")
    assert "PTY-2/7" in done.refused["PTY-2"]
    assert entries(ledger_place, "PTY-2") == entries(source)[:6]


def test_two_histories_of_a_station(ledger_place: str, tmp_path: Path) -> None:
    source = source_of(tmp_path)
    copy = tmp_path / "copy.db"
    with sqlite3.connect(source) as one, sqlite3.connect(copy) as two:
        one.backup(two)
    with make(copy, "PTY-2") as ledger:
        issue(ledger, "there", ["A", "B"])
    with make(source, "PTY-2") as ledger:
        issue(ledger, "here", ["C"])
    merged(ledger_place, copy, "MVD-1")
    with make(source, "QTO-3") as ledger:
        issue(ledger, "more", ["D"])
    before = entries(ledger_place, "PTY-2")
    done = merged(ledger_place, source, "MVD-1")
    assert list(done.refused) == ["PTY-2"]
    assert "station PTY-2 has two histories, from entry 14 on" in done.refused["PTY-2"]
    assert dict(done.chains) == {"QTO-3": (14, 16)}
    assert entries(ledger_place, "PTY-2") == before


def test_a_ledger_from_an_old_backup_takes_its_own_back_first(tmp_path: Path) -> None:
    place, backup, centre = (tmp_path / f"{name}.db" for name in ("place", "backup", "centre"))
    with make(place) as ledger:
        issue(ledger, "one", ["1", "2"])
    with sqlite3.connect(place) as one, sqlite3.connect(backup) as two:
        one.backup(two)
    with make(place) as ledger:
        issue(ledger, "two", [str(n) for n in range(3, 20)])
    with make(centre, "DOH-9") as ledger:
        issue(ledger, "three", ["4"])
    merged(centre, place, "DOH-9")
    with pytest.raises(LedgerError, match=r"from 6 on, .*older backup.*--adopt-own"):
        merged(backup, centre, "MVD-1")
    assert entries(backup) == entries(place)[:5]
    done = merged(backup, centre, "MVD-1", adopt_own=True)
    assert done.chains["MVD-1"] == (6, 24)
    assert entries(backup, "MVD-1")[:24] == entries(place)
    assert lookups(backup)["mark"] == lookups(centre)["mark"]
    assert len(done.conflicts) == 1
    with make(backup) as ledger:
        issue(ledger, "four", ["77"])


# -- again, at once, killed ----------------------------------------------------------------------


def merge_once(place: str, source: str, station: str) -> int:
    merging.AT_ONCE = 7
    return merged(place, source, station).entries


def test_two_merges_at_the_same_time_double_nothing(ledger_place: str, tmp_path: Path) -> None:
    source = source_of(tmp_path)
    for station in ("MVD-1", "MVD-2"):
        make(ledger_place, station).close()
    stations = [(ledger_place, str(source), name) for name in ("MVD-1", "MVD-2", "MVD-1")]
    assert sum(at_once(merge_once, stations)) == 39
    for station in ("ANR-1", "PTY-2", "QTO-3"):
        assert entries(ledger_place, station) == entries(source, station)
    assert lookups(ledger_place) == lookups(source)


def test_what_has_come_meanwhile_by_another_way_is_not_taken_again(tmp_path: Path) -> None:
    source, place = source_of(tmp_path), tmp_path / "ledger.db"
    meanwhile: list[int] = []

    def another(_done: int, _total: int | None) -> None:
        if not meanwhile:
            meanwhile.append(0)
            meanwhile[0] = merged(place, source, "MVD-2").entries

    done = merged(place, source, "MVD-1", progress=another)
    assert (done.entries, done.refused) == (7, {})
    assert meanwhile == [32]
    for station in ("ANR-1", "PTY-2", "QTO-3"):
        assert entries(place, station) == entries(source, station)
    assert lookups(place) == lookups(source)


KILLED = """
import sys
from ledger_work import merged
from markcode.ledger import merging
from markcode.ledger.audit import audit
merging.AT_ONCE = 40
print("ready", flush=True)
merged(*sys.argv[1:])
"""


def test_a_merge_that_was_killed_is_run_again(tmp_path: Path) -> None:
    source = tmp_path / "source.db"
    for station in ("PTY-2", "QTO-3"):
        with make(source, station) as ledger:
            issue(ledger, station, [f"{station} {n}" for n in range(600)])
    # Both ledgers hold some of the numbers already.
    clean, place = tmp_path / "clean.db", tmp_path / "place.db"
    for one in (clean, place):
        with make(one) as ledger:
            issue(ledger, "ours", [f"QTO-3 {n}" for n in range(0, 600, 50)])
    started = time.monotonic()
    merged(clean, source, "MVD-1")
    lasts = time.monotonic() - started
    instants = random.Random(12)
    paths = f"{Path(__file__).parent}/support"
    killed = 0
    for _ in range(6):
        process = python(
            "-c",
            f"import sys; sys.path.insert(0, {paths!r})\n{KILLED}",
            str(place),
            str(source),
            "MVD-1",
        )
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"ready"
        time.sleep(instants.uniform(0, lasts))
        killed += process.poll() is None
        process.kill()
        process.communicate()
    merged(place, source, "MVD-1")
    assert killed
    for station in ("PTY-2", "QTO-3"):
        assert entries(place, station) == entries(clean, station) == entries(source, station)
    assert lookups(place) == lookups(clean)
    ways = [{(one.holder.ref, one.later.ref) for one in open_conflicts(p)} for p in (place, clean)]
    assert ways[0] == ways[1]
    assert len(ways[0]) == 12
    # What came is written down with it: without a gap, and nothing twice.
    came: dict[str, int] = {}
    for said in of_kind(place, "merged"):
        for station, (first, last) in said["chains"].items():
            assert first == came.get(station, 0) + 1
            came[station] = last
    assert came == {"PTY-2": 603, "QTO-3": 603}


def test_through_postgresql_and_back(ledger_place: str, tmp_path: Path) -> None:
    source, back = source_of(tmp_path), tmp_path / "back.db"
    merged(ledger_place, source, "MVD-1")
    merged(back, ledger_place, "MVD-3")
    for station in ("ANR-1", "PTY-2", "QTO-3"):
        assert entries(back, station) == entries(source, station)
    assert entries(back, "MVD-1") == entries(ledger_place, "MVD-1")
    assert lookups(back) == lookups(source)


A_STEP = st.one_of(
    st.tuples(st.sampled_from(["AAA", "BBB"]), st.lists(st.integers(0, 9), min_size=1, max_size=9)),
    st.tuples(st.sampled_from(["AAA", "BBB"]), st.none()),
)


@settings(max_examples=20)
@given(st.lists(A_STEP, max_size=9))
def test_whatever_two_stations_do_ends_in_the_same(
    steps: list[tuple[str, list[int] | None]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        places = {name: Path(folder) / f"{name}.db" for name in ("AAA", "BBB")}
        other = {"AAA": "BBB", "BBB": "AAA"}
        for name, place in places.items():
            make(place, name).close()
        issued: dict[str, list[tuple[str, Ref]]] = {"AAA": [], "BBB": []}
        first: dict[str, dict[str, Ref]] = {"AAA": {}, "BBB": {}}

        def come_together(name: str) -> None:
            merged(places[name], places[other[name]], name)
            for number, ref in issued[other[name]]:
                first[name].setdefault(number, ref)

        for job, (name, numbers) in enumerate(steps):
            if numbers is None:
                come_together(name)
                continue
            texts = [str(number) for number in numbers]
            taken = len(set(texts)) < len(texts) or first[name].keys() & set(texts)
            with make(places[name], name) as ledger:
                if taken:
                    with pytest.raises(IntegrityError):
                        issue(ledger, f"{job}", texts)
                    continue
                made = list(zip(texts, issue(ledger, f"{job}", texts), strict=True))
            issued[name] += made
            first[name] |= dict(made)
        for name in ("AAA", "BBB", "AAA"):
            come_together(name)
        assert entries(places["AAA"]) == entries(places["BBB"])
        every = {ref for made in issued.values() for _, ref in made}
        assert {one.ref for one in entries(places["AAA"]) if one.kind == "issued"} == every
        clashes = {n for n, _ in issued["AAA"]} & {n for n, _ in issued["BBB"]}
        for name, place in places.items():
            with make(place, name) as ledger, ledger.reading() as connection:
                assert {
                    number: holder(connection, Claim("test number", claim_value(["CO", number])))
                    for number in first[name]
                } == first[name]
                assert len(conflicts(connection)) == len(clashes)
            assert len(lookups(place)["mark"]) == len(every)


def test_numbers_drawn_from_blocks_that_overlap_are_in_conflict_and_not_at_fault(
    tmp_path: Path,
) -> None:
    central = tmp_path / "central.db"
    with make(central, "CEN") as ledger, ledger.writing() as chain:
        define(chain, Series.of("NATIONAL", "A{4}", "digits"))
    for station, counts in (("MVD-1", (10, 20, 7)), ("PTY-2", (20, 20, 5))):
        place = tmp_path / f"{station}.db"
        merged(place, central, station)
        with make(place, station) as ledger:
            for at, count in enumerate(counts):
                with ledger.writing() as chain:
                    draw(
                        chain,
                        "NATIONAL",
                        count,
                        add(chain, "job", {"job": f"{station}{at}", "slots": []}),
                    )
    for station in ("MVD-1", "PTY-2"):
        merged(central, tmp_path / f"{station}.db", "CEN")
    with make(central, "CEN") as ledger:
        report = audit(ledger)
    assert report.faults == []
    assert {found.slot for found in report.open_conflicts} == {"block", "drawn"}
