"""An audit names what plain SQL has changed, and nothing else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledgers import Ticking, make
from markcode.ledger import Ledger, database
from markcode.ledger.audit import Report, audit
from markcode.ledger.chain import entry_hash
from markcode.ledger.claims import slot_number
from markcode.ledger.refs import Ref
from markcode.messages import LANGUAGES
from tampering import Clerk, Tamperer, settle_triggers

MARK = 7
"""An `issued` entry in the midst of the chain below: 1 station, 2 series, 3 job, 4 block, 5 drawn,
6 to 10 issued, 11 registered, 12 to 13 events, 14 job, 15 and 16 issued, 17 registered."""
on_sqlite = pytest.mark.parametrize("ledger_place", ["sqlite"], indirect=True)
"""For tests of many cases: the audit is the same for all databases."""
HERE = "station = 'MVD-1' AND seq = ?"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite ledger as below, to be copied."""
    file = tmp_path_factory.mktemp("template") / "ledger.db"
    with make(file) as ledger:
        write(ledger)
    return file


@pytest.fixture
def ledger(ledger_place: str, template: Path) -> Iterator[Ledger]:
    """A ledger of two stations, with two jobs at the first."""
    file = database.sqlite_file(ledger_place)
    if file is not None:
        shutil.copyfile(template, file)
        with Ledger(ledger_place, Ticking("2026-01-03T00:00:00Z"), "MVD-1") as ledger:
            yield ledger
        return
    with make(ledger_place) as ledger:
        write(ledger)
        yield ledger


def write(ledger: Ledger) -> None:
    settle_triggers(ledger)
    clerk = Clerk(ledger)
    clerk.series()
    clerk.job([(f"A{n}", f"text-{n}") for n in range(5)], draw=("S", 1))
    clerk.event("started", Ref("MVD-1", 6))
    clerk.event("marked", Ref("MVD-1", 6), date="2026-11-25")
    clerk.job([("B1", "o-1"), ("B2", "o-2")])
    with make(ledger.place, "PTY-2"):
        pass


@pytest.fixture
def tamperer(ledger: Ledger) -> Tamperer:
    return Tamperer(ledger)


def named(ledger: Ledger) -> list[tuple[str, str]]:
    report = audit(ledger)
    assert not report.is_clean or not report.faults
    assert_worded(report)
    return [(fault.code, str(fault.ref)) for fault in report.faults]


def assert_worded(report: Report) -> None:
    """Each fault says in each language which entry it names, and lacks no parameter."""
    for fault in [*report.faults, *report.doubts]:
        told = {fault.message(language) for language in LANGUAGES}
        assert len(told) >= 3
        for message in told:
            assert str(fault.ref) in message
            assert "?" not in message, (fault, message)


def changed(tamperer: Tamperer, statement: str, *values: Any) -> None:
    assert tamperer.sql(statement, *values)


def test_nothing_is_wrong_with_a_ledger_as_it_was_written(ledger: Ledger) -> None:
    report = audit(ledger)
    assert not (report.faults or report.doubts or report.conflicts)
    assert report.is_clean
    assert {name: station.entries for name, station in report.stations.items()} == {
        "MVD-1": 17,
        "PTY-2": 1,
    }
    assert report.uncovered == 18
    assert report.states == {"issued": 6, "struck": 1}
    first, second = report.jobs.values()
    assert (first.drawn, first.numbered, first.unused, first.written) == (5, 5, 0, False)
    assert dict(first.states) == {"issued": 4, "struck": 1}
    assert (second.drawn, second.states.total()) == (0, 2)
    numbers = report.series["S"]
    assert (numbers.blocks, numbers.in_blocks, numbers.drawn, numbers.left) == (1, 5, 5, 995)
    assert json.loads(json.dumps(report.to_dict()))["clean"] is True


def test_folders_that_stand(ledger: Ledger) -> None:
    Clerk(ledger).event("written", Ref("MVD-1", 3), manifest="00", marks=5)
    assert [job.written for job in audit(ledger).jobs.values()] == [True, False]


EDITS = {
    "kind": "struck",
    "time": "2026-01-02T03:04:99Z",
    "about_station": "PTY-2",
    "about_seq": 6,
    "data": '{"job":"MVD-1/3"}',
    "prev": b"p" * 32,
    "hash": bytes(32),
}


@pytest.mark.parametrize("column", EDITS)
def test_a_column_that_was_edited(ledger: Ledger, tamperer: Tamperer, column: str) -> None:
    changed(tamperer, f"UPDATE entry SET {column} = ? WHERE {HERE}", EDITS[column], MARK)
    assert named(ledger) == [("entry.edited", f"MVD-1/{MARK}")]


@on_sqlite
@pytest.mark.parametrize("seq", [1, 2, 3, 5, 10, 11, 13, 14, 17])
@pytest.mark.parametrize("column", EDITS)
def test_a_column_that_was_edited_elsewhere(
    ledger: Ledger, tamperer: Tamperer, column: str, seq: int
) -> None:
    value = EDITS[column]
    if seq == 13 and column in ("about_seq", "about_station"):
        value = {"about_seq": 7, "about_station": "PTY-2"}[column]
    changed(tamperer, f"UPDATE entry SET {column} = ? WHERE {HERE}", value, seq)
    assert named(ledger) == [("entry.edited", f"MVD-1/{seq}")]


@on_sqlite
@pytest.mark.parametrize("to", ["PTY-2", "XXX-9"])
def test_a_station_that_was_edited(ledger: Ledger, tamperer: Tamperer, to: str) -> None:
    changed(tamperer, f"UPDATE entry SET station = ? WHERE {HERE}", to, MARK)
    assert named(ledger) == [("entry.missing", "MVD-1/7"), ("entry.edited", f"{to}/7")]


@on_sqlite
@pytest.mark.parametrize(("seq", "to"), [(MARK, 40), (MARK, -3), (17, 18), (MARK, 4000)])
def test_a_number_that_was_edited(ledger: Ledger, tamperer: Tamperer, seq: int, to: int) -> None:
    changed(tamperer, f"UPDATE entry SET seq = ? WHERE {HERE}", to, seq)
    faults = named(ledger)
    missing = [("entry.missing", "MVD-1/7")] if seq == MARK else []
    moved = {40: "moved", 18: "moved", -3: "inserted", 4000: "edited"}[to]
    assert sorted(faults) == sorted([*missing, (f"entry.{moved}", f"MVD-1/{to}")])


@on_sqlite
def test_json_that_is_none(ledger: Ledger, tamperer: Tamperer) -> None:
    tamperer.rebuild("MVD-1", 17)
    newest = tamperer.entries()[-1]
    for data in ('{"first": ', "[1]", "3"):
        own = entry_hash(newest.prev, "MVD-1", 17, newest.kind, newest.time, newest.about, data)
        changed(tamperer, f"UPDATE entry SET data = ?, hash = ? WHERE {HERE}", data, own, 17)
        assert ("entry.content", "MVD-1/17") in named(ledger)


@on_sqlite
@pytest.mark.parametrize("seq", [1, 2, 6, MARK, 11, 13, 14, 16])
def test_an_entry_that_was_replaced_with_a_right_hash(
    ledger: Ledger, tamperer: Tamperer, seq: int
) -> None:
    old = tamperer.entries()[seq - 1]
    data = json.dumps({**old.content, "row": 99})
    own = entry_hash(old.prev, "MVD-1", seq, old.kind, old.time, old.about, data)
    changed(tamperer, f"UPDATE entry SET data = ?, hash = ? WHERE {HERE}", data, own, seq)
    assert named(ledger) == [("entry.replaced", f"MVD-1/{seq}")]


@on_sqlite
@pytest.mark.parametrize("seq", [2, MARK, 16])
def test_an_entry_whose_predecessor_was_changed_with_a_right_hash(
    ledger: Ledger, tamperer: Tamperer, seq: int
) -> None:
    old, prev = tamperer.entries()[seq - 1], b"x" * 32
    own = entry_hash(prev, "MVD-1", seq, old.kind, old.time, old.about, old.data)
    changed(tamperer, f"UPDATE entry SET prev = ?, hash = ? WHERE {HERE}", prev, own, seq)
    assert named(ledger) == [("entry.replaced", f"MVD-1/{seq}")]


@on_sqlite
@pytest.mark.parametrize("seq", [1, 2, 3, MARK, 11, 14, 16])
def test_an_entry_that_was_deleted(ledger: Ledger, tamperer: Tamperer, seq: int) -> None:
    changed(tamperer, f"DELETE FROM entry WHERE {HERE}", seq)
    assert named(ledger) == [("entry.missing", f"MVD-1/{seq}")]


def test_entries_that_were_deleted_together(ledger: Ledger, tamperer: Tamperer) -> None:
    changed(tamperer, "DELETE FROM entry WHERE station = 'MVD-1' AND seq BETWEEN 7 AND 9")
    report = audit(ledger)
    (fault,) = report.faults
    assert (str(fault.ref), str(fault.last)) == ("MVD-1/7", "MVD-1/9")
    assert fault.message() == "MVD-1/7 to MVD-1/9 were deleted."
    assert report.doubts  # The job's count does not fit, which follows from it.


def test_a_newest_entry_that_was_deleted_leaves_no_trace_in_a_chain(
    ledger: Ledger, tamperer: Tamperer
) -> None:
    Clerk(ledger).event("inspected", Ref("MVD-1", 6))
    changed(tamperer, f"DELETE FROM entry WHERE {HERE}", 18)
    assert named(ledger) == []


def test_a_newest_mark_that_was_deleted_is_missed_by_the_look_ups(
    ledger: Ledger, tamperer: Tamperer
) -> None:
    changed(tamperer, "DELETE FROM entry WHERE station = 'MVD-1' AND seq >= 16")
    assert named(ledger) == [("mark.unknown", "MVD-1/16"), ("issued.not_counted", "MVD-1/15")]


def put_in(tamperer: Tamperer, seq: int, prev: bytes, own: bytes | None = None) -> None:
    time, data = "2026-01-02T03:04:59Z", '{"note":"forged"}'
    right = entry_hash(prev, "MVD-1", seq, "inspected", time, Ref("MVD-1", 6), data)
    values = ("MVD-1", seq, "inspected", time, "MVD-1", 6, data, prev, own or right)
    places = ", ".join("?" * len(values))
    changed(tamperer, f"INSERT INTO entry VALUES ({places})", *values)


def test_an_entry_put_in_at_the_end_with_a_wrong_hash(ledger: Ledger, tamperer: Tamperer) -> None:
    put_in(tamperer, 18, tamperer.entries()[-1].hash, b"w" * 32)
    assert named(ledger) == [("entry.edited", "MVD-1/18")]


def make_room(tamperer: Tamperer, seq: int) -> None:
    """Number the entries from ``seq`` on higher by one."""
    for entry in reversed(tamperer.entries()):
        if entry.seq >= seq:
            changed(tamperer, f"UPDATE entry SET seq = seq + 1 WHERE {HERE}", entry.seq)


@pytest.mark.parametrize("seq", [2, MARK, 16, 17])
def test_an_entry_put_in_between_with_a_right_hash(
    ledger: Ledger, tamperer: Tamperer, seq: int
) -> None:
    prev = tamperer.entries()[seq - 2].hash
    make_room(tamperer, seq)
    put_in(tamperer, seq, prev)
    assert named(ledger) == [("entry.inserted", f"MVD-1/{seq}")]


@pytest.mark.parametrize("prev", [b"", b"w" * 32])
def test_an_entry_put_in_between_with_a_wrong_hash(
    ledger: Ledger, tamperer: Tamperer, prev: bytes
) -> None:
    follows = prev or tamperer.entries()[MARK - 2].hash
    make_room(tamperer, MARK)
    put_in(tamperer, MARK, follows, b"w" * 32)
    assert named(ledger) == [("entry.edited", f"MVD-1/{MARK}")]


def test_an_entry_deleted_and_the_gap_closed(ledger: Ledger, tamperer: Tamperer) -> None:
    changed(tamperer, f"DELETE FROM entry WHERE {HERE}", MARK)
    for entry in tamperer.entries():
        if entry.seq > MARK:
            changed(tamperer, f"UPDATE entry SET seq = seq - 1 WHERE {HERE}", entry.seq)
    assert named(ledger) == [("entry.moved", f"MVD-1/{MARK}")]


@on_sqlite
@pytest.mark.parametrize(("one", "other"), [(7, 8), (7, 9), (6, 10), (2, 16), (16, 17)])
def test_two_entries_that_were_swapped(
    ledger: Ledger, tamperer: Tamperer, one: int, other: int
) -> None:
    for seq, to in ((one, 0), (other, one), (0, other)):
        changed(tamperer, f"UPDATE entry SET seq = ? WHERE {HERE}", to, seq)
    refs = (f"MVD-1/{one}", f"MVD-1/{other}")
    assert named(ledger) == [("entry.moved", ref) for ref in refs]
    messages = [fault.message() for fault in audit(ledger).faults]
    assert messages[0] == f"{refs[0]} was moved: it was {refs[1]}."


def test_several_faults_are_each_named_once(ledger: Ledger, tamperer: Tamperer) -> None:
    changed(tamperer, f"UPDATE entry SET data = '{{}}' WHERE {HERE}", 7)
    changed(tamperer, f"UPDATE entry SET data = '{{}}' WHERE {HERE}", 8)
    changed(tamperer, f"DELETE FROM entry WHERE {HERE}", 12)
    changed(tamperer, f"UPDATE entry SET time = '' WHERE {HERE}", 16)
    refs = {"MVD-1/7": "edited", "MVD-1/8": "edited", "MVD-1/12": "missing", "MVD-1/16": "edited"}
    assert named(ledger) == [(f"entry.{code}", ref) for ref, code in refs.items()]


ROWS = {
    "mark": "fold",
    "serial": "fold",
    "claim": "value",
}


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("mark", "fold", "X"),
        ("mark", "text", "CO INDU A9\ntext-1"),
        ("serial", "fold", "X"),
        ("serial", "holder", "X"),
        ("serial", "kind", "scheme"),
        ("serial", "stamped", "X"),
        ("serial", "typed", "X"),
        ("serial", "match", "X"),
        ("claim", "slot", 5),
        ("claim", "value", "X"),
    ],
)
def test_a_row_of_a_look_up_that_was_edited(
    ledger: Ledger, tamperer: Tamperer, table: str, column: str, value: Any
) -> None:
    more = {"mark": "", "serial": " AND kind = 'maker'", "claim": f" AND slot = {SLOT}"}[table]
    changed(tamperer, f"UPDATE {table} SET {column} = ? WHERE {HERE}{more}", value, MARK)
    assert named(ledger) == [(f"{table}.edited", "MVD-1/7")]


SLOT = slot_number("f text")


@on_sqlite
@pytest.mark.parametrize("table", ROWS)
@pytest.mark.parametrize("to", [6, 3, 0, 99])
def test_a_row_of_a_look_up_that_was_given_to_another_entry(
    ledger: Ledger, tamperer: Tamperer, table: str, to: int
) -> None:
    more = {"mark": "", "serial": " AND kind = 'maker'", "claim": f" AND slot = {SLOT}"}[table]
    changed(tamperer, f"UPDATE {table} SET seq = ? WHERE {HERE}{more}", to, MARK)
    other = "unknown" if to in (0, 99) else "inserted"
    faults = [(f"{table}.missing", "MVD-1/7"), (f"{table}.{other}", f"MVD-1/{to}")]
    assert sorted(named(ledger)) == sorted(faults)


@pytest.mark.parametrize("table", ROWS)
def test_rows_of_look_ups_that_were_deleted(ledger: Ledger, tamperer: Tamperer, table: str) -> None:
    changed(tamperer, f"DELETE FROM {table} WHERE {HERE}", MARK)
    count = 1 if table == "mark" else 2
    assert named(ledger) == [(f"{table}.missing", "MVD-1/7")] * count


@on_sqlite
@pytest.mark.parametrize(
    ("seq", "code"), [(2, "claim.missing"), (3, "claim.missing"), (4, "claim.missing")]
)
def test_claims_of_series_jobs_and_blocks(
    ledger: Ledger, tamperer: Tamperer, seq: int, code: str
) -> None:
    changed(tamperer, f"DELETE FROM claim WHERE {HERE}", seq)
    assert named(ledger) == [(code, f"MVD-1/{seq}")]


@on_sqlite
@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("mark", ("X", "MVD-1", 7, "X")),
        ("serial", ("X", "H", "MVD-1", 7, "maker", "X", "X", "X")),
        ("claim", (5, "X", "MVD-1", 7)),
    ],
)
@pytest.mark.parametrize("seq", [-1, 7, 12, 17, 18])
@pytest.mark.parametrize("station", ["A", "MVD-1", "Z"])
def test_a_row_put_into_a_look_up(
    ledger: Ledger, tamperer: Tamperer, table: str, row: tuple[Any, ...], seq: int, station: str
) -> None:
    values = [{"MVD-1": station, 7: seq}.get(value, value) for value in row]
    places = ", ".join("?" * len(values))
    changed(tamperer, f"INSERT INTO {table} VALUES ({places})", *values)
    code = "inserted" if station == "MVD-1" and 1 <= seq <= 17 else "unknown"
    assert named(ledger) == [(f"{table}.{code}", f"{station}/{seq}")]


@on_sqlite
def test_texts_where_sqlite_should_hold_numbers(ledger: Ledger, tamperer: Tamperer) -> None:
    changed(tamperer, f"UPDATE entry SET prev = 'x', hash = 'y' WHERE {HERE}", 9)
    changed(tamperer, f"UPDATE entry SET seq = 'x' WHERE {HERE}", 7)
    changed(tamperer, f"UPDATE mark SET seq = 'x', station = x'00' WHERE {HERE}", 15)
    changed(tamperer, f"UPDATE entry SET data = x'ff00' WHERE {HERE}", 17)
    assert [(code, ref) for code, ref in named(ledger) if code != "issued.not_counted"] == [
        ("entry.missing", "MVD-1/7"),
        ("entry.edited", "MVD-1/9"),
        ("entry.edited", "MVD-1/17"),
        ("entry.inserted", "MVD-1/x"),
        ("mark.missing", "MVD-1/15"),
        ("mark.unknown", "b'\\x00'/x"),
    ]


def conflict(ledger: Ledger, about: Ref, holder: Ref, slot: str, value: str) -> Ref:
    said = {"slot": slot, "value": value, "holder": str(holder)}
    return Clerk(ledger).event("conflict", about, **said)


def test_a_claim_that_another_entry_holds_is_an_open_conflict(
    ledger: Ledger, tamperer: Tamperer
) -> None:
    changed(tamperer, f"DELETE FROM claim WHERE {HERE}", MARK)
    with make(ledger.place, "PTY-2") as other:
        Clerk(other).job([("A1", "text-1")])
    ours, theirs = Ref("MVD-1", MARK), Ref("PTY-2", 3)
    values = {"f country+manufacturer+serial": "CO\x1fINDU\x1fA1", "f text": "COINDUA1"}
    made = [conflict(ledger, ours, theirs, *claim) for claim in values.items()]
    report = audit(ledger)
    assert report.faults == []
    assert not report.is_clean
    assert [found.ref for found in report.open_conflicts] == made[:1]
    Clerk(ledger).event("resolved", made[1], decision="void")
    report = audit(ledger)
    assert report.is_clean
    assert [found.ref for found in report.conflicts] == made
    changed(tamperer, f"DELETE FROM claim WHERE station = 'PTY-2' AND slot = {SLOT}")
    assert codes(audit(ledger)) == [("claim.missing", f"MVD-1/{MARK}")]


def codes(report: Report) -> list[tuple[str, str]]:
    assert_worded(report)
    return [(fault.code, str(fault.ref)) for fault in report.faults]


@on_sqlite
@pytest.mark.parametrize(
    ("seq", "changes", "faults"),
    [
        (11, {"marks": 4}, [("registered.count", "MVD-1/11")]),
        (11, {"first": 7}, [("registered.count", "MVD-1/11")]),
        (MARK, {"number": 1}, [("number.repeated", "MVD-1/7")]),
        (MARK, {"number": 6}, [("number.not_drawn", "MVD-1/7")]),
        (4, {"last": 4}, [("drawn.no_block", "MVD-1/5")]),
        (4, {"station": "PTY-2"}, [("drawn.no_block", "MVD-1/5")]),
        (4, {"last": 1001}, [("block.out_of_range", "MVD-1/4")]),
        (4, {"last": 3, "first": 1}, [("drawn.no_block", "MVD-1/5")]),
        (15, {"job": "MVD-1/2"}, [("entry.content", "MVD-1/15"), ("registered.count", "MVD-1/17")]),
    ],
)
def test_contradictions_of_a_chain_that_is_whole(
    ledger: Ledger,
    tamperer: Tamperer,
    seq: int,
    changes: dict[str, Any],
    faults: list[tuple[str, str]],
) -> None:
    tamperer.rebuild("MVD-1", seq, **changes)
    assert codes(audit(ledger)) == faults


def test_blocks_and_draws_that_overlap(ledger: Ledger, tamperer: Tamperer) -> None:
    assert tamperer is not None
    clerk = Clerk(ledger)
    clerk.job([("C1", "c-1"), ("C2", "c-2")], draw=("S", 5))
    assert codes(audit(ledger)) == [
        ("block.overlap", "MVD-1/19"),
        ("drawn.overlap", "MVD-1/20"),
    ]


@on_sqlite
@pytest.mark.parametrize("table", ["entry", "mark", "serial", "claim"])
def test_a_text_that_is_none(ledger: Ledger, tamperer: Tamperer, table: str) -> None:
    column = {"entry": "data", "claim": "value"}.get(table, "fold")
    changed(tamperer, f"UPDATE {table} SET {column} = CAST(x'41ff' AS TEXT) || seq WHERE {HERE}", 7)
    assert set(named(ledger)) == {(f"{table}.edited", "MVD-1/7")}


@on_sqlite
def test_a_station_that_is_no_text(ledger: Ledger, tamperer: Tamperer) -> None:
    changed(tamperer, f"UPDATE entry SET station = CAST(station AS BLOB) WHERE {HERE}", MARK)
    report = audit(ledger)
    assert codes(report) == [("entry.missing", "MVD-1/7"), ("entry.edited", "b'MVD-1'/7")]
    assert json.loads(json.dumps(report.to_dict()))["entries"] == 18


@on_sqlite
@pytest.mark.parametrize(
    "data",
    ["[" * 5_000 + "]" * 5_000, '{"corrects":5}', '["\\"corrects\\":"]', '{"corrects":', "", "5"],
)
@pytest.mark.parametrize("seq", [2, 3, 4, 5, MARK, 11, 12])
def test_data_that_nobody_can_read(ledger: Ledger, tamperer: Tamperer, seq: int, data: str) -> None:
    changed(tamperer, f"UPDATE entry SET data = ? WHERE {HERE}", data, seq)
    assert named(ledger) == [("entry.edited", f"MVD-1/{seq}")]


@on_sqlite
@pytest.mark.parametrize("changes", [{"last": float("inf")}, {"station": ["PTY-2"]}])
def test_blocks_that_make_no_sense(
    ledger: Ledger, tamperer: Tamperer, changes: dict[str, Any]
) -> None:
    tamperer.rebuild("MVD-1", 4, **changes)
    assert ("drawn.no_block", "MVD-1/5") in codes(audit(ledger))


def test_a_key_that_was_issued_twice_after_its_constraint_was_dropped(
    ledger: Ledger, tamperer: Tamperer
) -> None:
    if tamperer.is_sqlite:
        tamperer.sql("ALTER TABLE claim RENAME TO before")
        tamperer.sql("CREATE TABLE claim AS SELECT * FROM before")
    else:
        tamperer.sql("ALTER TABLE claim DROP CONSTRAINT claim_pkey")
    assert codes(audit(ledger)) == []
    with make(ledger.place, "PTY-2") as other:
        Clerk(other).job([("A1", "text-x")])
    assert codes(audit(ledger)) == [("claim.repeated", "PTY-2/3")] * 2


@on_sqlite
def test_a_station_that_did_not_make_the_ledger(ledger: Ledger, tamperer: Tamperer) -> None:
    changed(tamperer, "INSERT INTO ledger VALUES ('AAA')")
    assert codes(audit(ledger)) == [("ledger.unknown", "AAA/1")]
    changed(tamperer, "UPDATE ledger SET station = 'PTY-2' WHERE station = 'AAA'")
    assert codes(audit(ledger)) == [("ledger.inserted", "MVD-1/1"), ("ledger.inserted", "PTY-2/1")]
