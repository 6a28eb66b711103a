"""Result files of machines: what is recorded, what is refused and why, beside a model."""

from __future__ import annotations

import csv
import itertools
import json
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from ledger_marks import issue, job
from ledgers import Ticking, make
from markcode.errors import FormatFileError, LedgerError, TableError
from markcode.ledger import Ledger
from markcode.ledger.events import Details, Event, EventRefused, record, record_good
from markcode.ledger.jobs import jobs_of
from markcode.ledger.refs import Ref
from markcode.ledger.results import EVENTS, Outcome, ResultForm, Summary, take, taking
from markcode.ledger.schema import ENTRY
from markcode.ledger.states import states
from markcode.messages import LANGUAGES

HEADER = "job_id,seq,code,event,time_utc,machine,operator,result,grade,reader_text,message"
NAMES = HEADER.split(",")
JOB = "ab" * 32
TEXTS = ["CO INDU 26 A1", "CO INDU\n26 A2", "CO INDU 26 A3", "CO INDU 26 A4"]
TIME = "2026-01-02T03:05:00Z"


class Shop:
    """A ledger with a job of four marks, rows 2 to 5, and what became of the last file."""

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self.ledger, self.folder = ledger, folder
        with ledger.writing() as chain:
            self.job = job(chain, JOB)
            self.marks = issue(chain, TEXTS, self.job)
        self.outcomes: list[Outcome] = []

    def file(self, *rows: dict[str, Any], name: str = "results.csv") -> Path:
        """Write a result file; what a row does not say is taken from a usual one."""
        path = self.folder / name
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, NAMES, lineterminator="\n")
            writer.writeheader()
            for row in rows:
                writer.writerow({"job_id": JOB[:8], "time_utc": TIME, "machine": "M1", **row})
        return path

    def take(self, path: Path, form: ResultForm | None = None, **options: Any) -> Summary:
        self.outcomes = []
        return take(self.ledger, path, form, told=self.outcomes.append, **options)

    def codes(self, *rows: dict[str, Any]) -> list[str]:
        """Take a file, and return the code of each refused row, or how the row ended."""
        self.take(self.file(*rows))
        return [self.code(outcome) for outcome in self.outcomes]

    @staticmethod
    def code(outcome: Outcome) -> str:
        if outcome.refused is None:
            return outcome.status
        told = {outcome.refused.finding.message(language) for language in LANGUAGES}
        assert len(told) == len(LANGUAGES)
        assert not any("?" in message for message in told), told
        reason = outcome.refused.finding.params.get("reason")
        return f"{outcome.refused.code}:{reason}" if reason else outcome.refused.code

    def states(self) -> list[str]:
        with self.ledger.reading() as connection:
            found = states(connection, self.marks)
        return [str(found[mark]) for mark in self.marks]

    def entries(self) -> int:
        with self.ledger.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(ENTRY)).scalar_one())


@pytest.fixture
def shop(ledger_place: str, tmp_path: Path) -> Iterator[Shop]:
    with make(ledger_place) as ledger:
        yield Shop(ledger, tmp_path)


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[Shop]:
    """The same in SQLite alone, for what is no question to a database."""
    with make(tmp_path / "ledger.db") as ledger:
        yield Shop(ledger, tmp_path)


def on(seq: int, event: str, **more: Any) -> dict[str, Any]:
    return {"seq": seq, "event": event, "operator": "AB", **more}


# -- the rules -------------------------------------------------------------------------------


def test_a_whole_day_at_a_machine(shop: Shop) -> None:
    found = shop.codes(
        on(2, "sent"),
        on(2, "accepted"),
        on(2, "started"),
        # Of the START itself, which is recorded before it is sent.
        on(2, "accepted", result="2"),
        on(2, "marked", result="OK"),
        on(2, "verified", grade="3.0/08/630/45", reader_text=TEXTS[0]),
        on(3, "sent"),
        on(3, "refused", message="NAK"),
        on(3, "started"),
        on(3, "rejected", message="shallow"),
        on(3, "started", result="2"),
        on(3, "remarked", message="again, 3 mm to the right"),
        on(3, "verified", reader_text="CO INDU 26 A2"),
        on(4, "started"),
        on(4, "failed", message="axis"),
        on(4, "void", message="scrapped"),
        on(5, "verified"),  # a reader's own file may be all there is
    )
    assert set(found) == {"recorded"}
    assert shop.states() == ["struck", "struck", "void", "struck"]
    with shop.ledger.reading() as connection:
        query = select(ENTRY.c.data).where(ENTRY.c.kind == "verified").order_by(ENTRY.c.seq)
        first = json.loads(connection.execute(query).scalars().first() or "")
    assert first == {
        "date": "2026-01-02",
        "time": "03:05:00Z",
        "operator": "AB",
        "machine": "M1",
        "grade": "3.0/08/630/45",
        "reader_text": TEXTS[0],
    }


REFUSED: list[tuple[str, list[dict[str, Any]]]] = [
    # (1) one part only
    ("event.struck", [on(2, "marked"), on(2, "marked", operator="CD")]),
    ("event.struck", [on(2, "marked"), on(2, "started")]),
    ("event.struck", [on(2, "marked"), on(2, "sent")]),
    ("event.struck", [on(2, "verified"), on(2, "marked")]),
    ("event.struck", [on(2, "marked"), on(2, "unknown")]),
    # (2) the same part again
    ("event.rejected", [on(2, "rejected"), on(2, "marked")]),
    ("event.rejected", [on(2, "rejected"), on(2, "started"), on(2, "marked")]),
    ("event.rejected", [on(2, "rejected"), on(2, "verified")]),
    ("event.not_rejected", [on(2, "marked"), on(2, "remarked", message="why")]),
    ("event.not_rejected", [on(2, "remarked", message="why")]),
    ("event.unexplained", [on(2, "rejected"), on(2, "remarked")]),
    ("event.unexplained", [on(2, "rejected"), on(2, "remarked", message="x", operator="")]),
    # (3) void is final
    ("event.void", [on(2, "void"), on(2, "sent")]),
    ("event.void", [on(2, "void"), on(2, "marked")]),
    ("event.void", [on(2, "rejected"), on(2, "void"), on(2, "remarked", message="why")]),
    ("event.void", [on(2, "void"), on(2, "rejected")]),
    # (4) in doubt
    ("event.unknown", [on(2, "started"), on(2, "started", operator="CD")]),
    ("event.unknown", [on(2, "unknown"), on(2, "sent")]),
    ("event.blocked", [on(2, "started"), on(3, "started")]),
    ("event.blocked", [on(2, "unknown"), on(3, "sent")]),
    ("event.blocked", [on(2, "failed"), on(3, "marked")]),
    ("event.blocked", [on(2, "failed", machine=""), on(3, "marked")]),
    ("event.blocked", [on(2, "failed"), on(3, "marked", machine="")]),
    ("event.blocked", [on(3, "rejected"), on(2, "failed"), on(3, "remarked", message="why")]),
    # (5) what was read
    ("event.not_verified", [on(2, "verified", reader_text="CO INDU 26 AI")]),
    ("event.not_verified", [on(2, "verified", reader_text="CO INDU 26 A1 ")]),
    ("event.not_verified", [on(2, "verified", reader_text="co indu 26 a1")]),
    ("event.not_verified", [on(2, "marked", reader_text="CO INDU 26 A")]),
    # times
    ("event.date:future", [on(2, "marked", time_utc="2026-01-02T04:00:00Z")]),
    ("event.date:before", [on(2, "marked", time_utc="2026-01-02T02:00:00Z")]),
    (
        "event.date:order",
        [on(2, "started"), on(2, "marked", time_utc="2026-01-02T03:04:50Z")],
    ),
    ("result.time", [on(2, "marked", time_utc="2026-01-02T03:05:00")]),
    ("result.time", [on(2, "marked", time_utc="2026-02-30T03:05:00Z")]),
    ("result.time", [on(2, "marked", time_utc="0001-01-01T00:00:00+14:00")]),
    ("result.time", [on(2, "marked", time_utc="yesterday")]),
    # the row
    ("result.event", [on(2, "OK")]),
    ("result.event", [on(2, "stolen")]),
    ("result.missing", [on(2, "")]),
    ("result.missing", [on(2, "marked", time_utc="")]),
    ("result.missing", [{"event": "marked"}]),
    ("result.missing", [{"event": "marked", "job_id": "", "seq": 2}]),
    ("result.row", [on(6, "marked")]),
    ("result.row", [on(1, "marked")]),
    ("result.row", [{"event": "marked", "seq": "2.0"}]),
    ("result.row", [{"event": "marked", "seq": "9" * 30}]),
    ("result.row", [{"event": "marked", "seq": "٢"}]),
    ("result.job", [on(2, "marked", job_id="00000000")]),
    ("result.job", [on(2, "marked", job_id="MVD-1/3")]),
    ("result.job", [on(2, "marked", job_id="June")]),
    ("result.code", [{"event": "marked", "code": "CO INDU 26 A9"}]),
    ("result.code", [{"event": "marked", "code": "CO INDU 26 A9", "job_id": ""}]),
    ("result.code", [{"event": "marked", "code": "co indu 26 a1"}]),
    ("result.disagrees", [on(2, "marked", code="CO INDU 26 A3")]),
]


@pytest.mark.parametrize(("code", "rows"), REFUSED, ids=lambda value: str(value)[:60])
def test_refusals(code: str, rows: list[dict[str, Any]], lite: Shop) -> None:
    *before, last = lite.codes(*rows)
    assert last == code
    assert set(before) <= {"recorded"}
    refused = lite.outcomes[-1].refused
    assert refused is not None
    assert lite.outcomes[-1].column in NAMES
    marks = refused.finding.params.get("mark")
    assert marks in (None, *map(str, lite.marks))


def test_a_refused_row_changes_nothing_for_others(lite: Shop) -> None:
    assert lite.codes(
        on(2, "remarked", message="x"), on(3, "void"), on(3, "marked"), on(2, "marked")
    ) == ["event.not_rejected", "recorded", "event.void", "recorded"]
    assert lite.states() == ["struck", "void", "issued", "issued"]


@pytest.mark.parametrize(
    ("end", "state"),
    [("marked", "struck"), ("void", "void"), ("rejected", "rejected"), ("verified", "struck")],
)
def test_doubt_ends_as_the_rule_says(end: str, state: str, lite: Shop) -> None:
    found = lite.codes(on(2, "started"), on(3, "sent"), on(2, end), on(3, "sent", result="2"))
    assert found == ["recorded", "event.blocked", "recorded", "recorded"]
    assert lite.states()[:2] == [state, "issued"]


def test_a_doubt_of_yesterday_ends_in_the_file_of_today(lite: Shop) -> None:
    lite.codes(on(2, "started"))
    assert lite.codes(on(2, "void"), on(3, "started")) == ["recorded", "recorded"]
    started = lite.outcomes[1].entry
    with lite.ledger.writing() as chain:
        taken_back = Event(lite.marks[1], "corrected", Details(corrects=started))
        assert record_good(chain, [taken_back, Event(lite.marks[2], "started")])[1] == {}
    assert lite.states() == ["void", "issued", "unknown", "issued"]


def test_a_doubt_at_one_machine_leaves_the_others_alone(lite: Shop) -> None:
    assert lite.codes(on(2, "started"), on(3, "started", machine="M2")) == ["recorded"] * 2
    # Both are in doubt, and either is resolved without the other.
    assert lite.codes(on(3, "marked", machine="M2"), on(2, "marked")) == ["recorded"] * 2


def test_a_fault_at_another_machine_leaves_the_first_in_doubt(shop: Shop) -> None:
    doubts = [on(2, "started"), on(2, "failed", machine="M2")]
    starts = [on(3, "started", machine=machine) for machine in ("M1", "M2", "M3")]
    assert shop.codes(*doubts, *starts) == ["recorded"] * 2 + ["event.blocked"] * 2 + ["recorded"]
    # The next file finds both on record.
    assert shop.codes(on(4, "marked"), on(4, "marked", machine="M2")) == ["event.blocked"] * 2
    with shop.ledger.writing() as chain:
        first = shop.marks[0]
        failed = record(chain, first, "failed", Details(machine="M4"))
        back = Event(first, "corrected", Details(corrects=failed))
        at_four = Event(shop.marks[3], "marked", Details(machine="M4"))
        # What is taken back blocks no longer, in the same lot.
        assert record_good(chain, [back, at_four])[1] == {}


def test_a_machine_is_the_same_however_it_is_written(lite: Shop) -> None:
    names = ("m1", " M1 ", "M 1")
    found = lite.codes(on(2, "started"), *(on(3, "marked", machine=name) for name in names))
    assert found == ["recorded", "event.blocked", "event.blocked", "recorded"]
    assert lite.codes(on(4, "marked", machine="EZ 2")) == ["recorded"]
    earlier = TIME.replace("05:00", "04:59")
    assert lite.codes(on(4, "void", machine="ez 2", time_utc=earlier)) == ["event.date:order"]


def test_a_void_has_a_time_like_any_other(lite: Shop) -> None:
    assert lite.codes(on(2, "void", time_utc="2020-01-01T00:00:00Z")) == ["event.date:before"]
    earlier = TIME.replace("05:00", "04:00")
    assert lite.codes(on(2, "marked"), on(2, "void", time_utc=earlier)) == [
        "recorded",
        "event.date:order",
    ]
    assert lite.states()[0] == "struck"


def test_blanks_explain_nothing(lite: Shop) -> None:
    lite.codes(on(2, "rejected"))
    with lite.ledger.writing() as chain, pytest.raises(EventRefused) as caught:
        record(chain, lite.marks[0], "remarked", Details(operator=" ", note="again"))
    assert (caught.value.code, caught.value.field) == ("event.unexplained", "operator")


def test_what_was_in_doubt_by_mistake_is_taken_back(lite: Shop) -> None:
    lite.codes(on(2, "started"))
    started = lite.outcomes[0].entry
    assert started is not None
    with lite.ledger.writing() as chain:
        with pytest.raises(EventRefused) as caught:
            record(chain, lite.marks[1], "started")
        assert caught.value.code == "event.blocked"
        record(chain, lite.marks[0], "corrected", Details(corrects=started))
        record(chain, lite.marks[1], "started")
    assert lite.states()[:2] == ["issued", "unknown"]
    # The same file does not bring it back.
    assert lite.codes(on(2, "started")) == ["known"]


def test_corrections_are_judged_without_what_they_correct(lite: Shop) -> None:
    with lite.ledger.writing() as chain:
        mark = lite.marks[0]
        wrong = record(chain, mark, "void")
        with pytest.raises(EventRefused, match="Rule 3"):
            record(chain, mark, "marked")
        marked = record(chain, mark, "marked", Details(corrects=wrong))
        with pytest.raises(EventRefused, match="Rule 1"):
            record(chain, mark, "import-marked")
        record(chain, mark, "started", Details(corrects=marked))
    assert lite.states()[0] == "unknown"


def test_marks_found_on_arms_are_struck_from_the_start(lite: Shop) -> None:
    with lite.ledger.writing() as chain:
        (found,) = issue(chain, ["UY 1"], struck=True)
        recorded, refused = record_good(
            chain, [Event(found, "marked"), Event(found, "verified"), Event(found, "rejected")]
        )
    assert [fault.code for fault in refused.values()] == ["event.struck"]
    assert list(recorded) == [1, 2]


# -- a model ---------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(EVENTS),
        st.sampled_from(["M1", "M2", ""]),
        st.booleans(),
    ),
    max_size=14,
)


class Part:
    """What a person at the machine knows of one part, and of the doubt about it."""

    def __init__(self) -> None:
        self.strikes = 0
        self.is_bad = self.is_void = False
        self.doubt: set[str] = set()

    @property
    def state(self) -> str:
        if self.is_void:
            return "void"
        if self.doubt:
            return "unknown"
        return "rejected" if self.is_bad else "struck" if self.strikes else "issued"


def allowed(parts: Sequence[Part], at: int, event: str, machine: str, explained: bool) -> bool:
    """Say by the words of the six rules whether an event may be recorded, and note it."""
    part = parts[at]
    others = [one.doubt for other, one in enumerate(parts) if other != at]
    waits = [d for d in others if d and (not machine or d & {machine, ""})]
    is_good = part.strikes > 0 and not part.is_bad
    if part.is_void and event != "void":  # rule 3
        return False
    if event in ("sent", "started"):  # rules 1 and 4: never begun again by itself
        if is_good or part.doubt or waits:
            return False
    elif event in ("accepted", "refused", "failed", "unknown"):
        if is_good:
            return False
    elif event == "marked":  # rules 1, 2 and 4
        if part.strikes or (not part.doubt and waits):
            return False
    elif event == "remarked":  # rule 2
        if not part.is_bad or not explained or (not part.doubt and waits):
            return False
    elif event == "verified" and part.is_bad:
        return False
    if event in ("started", "failed", "unknown"):
        part.doubt = part.doubt | {machine}
    elif event in ("marked", "remarked", "verified", "rejected", "void"):
        part.doubt = set()
        part.is_void |= event == "void"
        part.is_bad = event == "rejected"
        part.strikes += event != "void"
    return True


@pytest.fixture(scope="module")
def long_lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with make(tmp_path_factory.mktemp("results") / "l.db") as ledger:
        yield ledger


_jobs = itertools.count(1)


@settings(deadline=None)
@given(steps=STEPS, at_once=st.sampled_from([1, 2, 3, 1000]))
def test_random_days_against_a_model(
    steps: list[tuple[int, str, str, bool]],
    at_once: int,
    long_lived: Ledger,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with long_lived.writing() as chain:
        name = f"{next(_jobs):064x}"
        made = job(chain, name)
        marks = issue(chain, [f"{name} {at}" for at in range(3)], made)
    parts = [Part() for _ in marks]
    folder = tmp_path_factory.mktemp("day")
    path = folder / "day.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, NAMES)
        writer.writeheader()
        for number, (at, event, machine, explained) in enumerate(steps):
            said = {"job_id": name, "seq": at + 2, "event": event, "machine": machine}
            said |= {"operator": "AB" * explained, "message": "why" * explained}
            # The result is the number of the step: no two rows are the same event.
            time = long_lived.clock().strftime("%Y-%m-%dT%H:%M:%SZ")
            writer.writerow({**said, "time_utc": time, "result": number})
    outcomes: list[Outcome] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(taking, "AT_ONCE", at_once)
        take(long_lived, path, told=outcomes.append)
    expected = [allowed(parts, *step) for step in steps]
    assert [outcome.refused is None for outcome in outcomes] == expected
    with long_lived.reading() as connection:
        found = states(connection, marks)
    assert [str(found[mark]) for mark in marks] == [part.state for part in parts]
    again: list[Outcome] = []
    take(long_lived, path, dry_run=True, told=again.append)
    kept = [at for at, is_good in enumerate(expected) if is_good]
    assert {again[at].status for at in kept} <= {"known"}


# -- files taken twice, in part, or only tried -------------------------------------------------

DAY = [
    on(2, "started"),
    on(2, "marked"),
    on(2, "verified", reader_text=TEXTS[0]),
    on(3, "marked"),
    on(3, "marked", operator="CD"),
    on(3, "marked"),
    on(4, "void"),
]


def test_a_file_twice_changes_nothing(shop: Shop) -> None:
    path = shop.file(*DAY)
    assert shop.take(path) == Summary(recorded=5, known=1, refused=1)
    assert shop.outcomes[4].refused is not None
    before, known = shop.entries(), shop.states()
    assert shop.take(path) == Summary(known=6, refused=1)
    assert (shop.entries(), shop.states()) == (before, known)


def test_lots_are_as_one(lite: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    path = lite.file(*DAY)
    lite.take(path, dry_run=True)
    whole = [lite.code(outcome) for outcome in lite.outcomes]
    monkeypatch.setattr(taking, "AT_ONCE", 2)
    lite.take(path, dry_run=True)
    assert [lite.code(outcome) for outcome in lite.outcomes] == whole
    lite.take(path)
    assert [lite.code(outcome) for outcome in lite.outcomes] == whole


def test_a_trial_writes_nothing(shop: Shop) -> None:
    before = shop.entries()
    assert shop.take(shop.file(*DAY), dry_run=True) == Summary(recorded=5, known=1, refused=1)
    assert shop.entries() == before
    with pytest.raises(TableError):
        shop.take(shop.folder / "none.csv", dry_run=True)


def test_a_run_that_was_killed_is_done_once_more(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "AT_ONCE", 2)
    path = shop.file(*DAY)

    def die(outcome: Outcome) -> None:
        if outcome.row == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(shop.ledger, path, told=die)
    assert shop.states() == ["struck", "struck", "issued", "issued"]
    assert shop.take(path) == Summary(recorded=1, known=5, refused=1)
    assert shop.states() == ["struck", "struck", "void", "issued"]


def test_a_file_that_breaks_off_is_refused_whole(lite: Shop) -> None:
    path = lite.file(*DAY)
    with path.open("a") as stream:
        stream.write('ab,2,"open,marked\n')
    before = lite.entries()
    with pytest.raises(TableError, match="never closes"):
        lite.take(path)
    assert lite.entries() == before


@pytest.mark.parametrize("which", ["sqlite", "postgresql"])
def test_two_stations_at_the_same_instant(
    which: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A code is marked once, whoever says so first."""
    place = f"sqlite:///{tmp_path / 'l.db'}"
    if which == "postgresql":
        from ledgers import new_database

        place = new_database(request.getfixturevalue("postgres_server"))
    with make(place) as one, make(place, "PTY-2") as two:
        with one.writing() as chain:
            marks = issue(chain, [f"M {at}" for at in range(8)], job(chain))
        gate, told = threading.Barrier(2), list[str]()

        def mark(ledger: Ledger, ref: Ref) -> None:
            gate.wait(10)
            try:
                with ledger.writing() as chain:
                    record(chain, ref, "marked")
                told.append("recorded")
            except EventRefused as fault:
                told.append(fault.code)

        for ref in marks:
            told.clear()
            threads = [threading.Thread(target=mark, args=(ledger, ref)) for ledger in (one, two)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(30)
            assert sorted(told) == ["event.struck", "recorded"]


# -- which mark ------------------------------------------------------------------------------


ANY = (["recorded"], ["known"])


def test_two_stations_with_the_same_file(shop: Shop, ledger_place: str) -> None:
    kinds = ("rejected", "failed", "accepted")
    path = shop.file(*(on(row, kind) for row, kind in enumerate(kinds, start=2)))
    moment = Details(TIME[:10], TIME[11:], operator="AB", machine="M1")
    events = [Event(shop.marks[at], kind, moment) for at, kind in enumerate(kinds)]
    found: list[Summary] = []
    with make(ledger_place, "BUE-1") as ledger:
        thread = threading.Thread(target=lambda: found.append(take(ledger, path)))
        with shop.ledger.writing() as chain:
            assert record_good(chain, events)[1] == {}
            thread.start()
            # Long enough for it to come to where it has to wait.
            thread.join(3)
            assert not found
        thread.join(60)
    assert found == [Summary(known=3)]


def test_marks_by_their_code(shop: Shop) -> None:
    with shop.ledger.writing() as chain:
        other = job(chain, "cd" * 32)
        uid, gs1 = "[)>{RS}06{GS}18S0CVA5674A36458{RS}{EOT}", "{FNC1}8004A{GS}21"
        iuid = issue(chain, ["0CVA5674A36458"], other, payload=uid)
        item = issue(chain, ["8004 A"], other, payload=gs1)
        twins = issue(chain, ["CA 27", "CA 27"], other)
    for code, mark in {
        TEXTS[0]: shop.marks[0],
        TEXTS[1]: shop.marks[1],
        "CO INDU 26 A2": shop.marks[1],
        "CO INDU{LF}26 A2": shop.marks[1],
        "0CVA5674A36458": iuid[0],
        uid: iuid[0],
        "[)>\x1e06\x1d18S0CVA5674A36458\x1e\x04": iuid[0],
        gs1: item[0],
        "8004A\x1d21": item[0],
    }.items():
        name = JOB if mark in shop.marks else "cd" * 32
        assert shop.codes({"job_id": name, "event": "sent", "code": code}) in ANY, code
        event = shop.outcomes[0].event
        assert event is not None and event.mark == mark
    # Of another job it is not meant, and a payload alone no index has.
    assert shop.codes({"job_id": "cd" * 32, "event": "sent", "code": TEXTS[0]}) == ["result.code"]
    assert shop.codes({"job_id": "", "event": "sent", "code": uid}) == ["result.code"]
    assert shop.codes({"job_id": "", "event": "sent", "code": TEXTS[2]}) == ["recorded"]
    assert shop.codes({"job_id": "", "event": "sent", "code": "CA 27"}) == ["result.code:several"]
    said = {"job_id": "cd" * 32, "event": "verified", "code": "CA 27", "reader_text": "CA 27"}
    assert shop.codes({**said, "seq": 3}) == ["recorded"]
    event = shop.outcomes[0].event
    assert event is not None and event.mark == twins[1]
    # Read back, each of the spellings is the code.
    shop.codes(*({"job_id": "cd" * 32, "code": uid, "event": "verified", "reader_text": text}
                 for text in (uid, uid.replace("{RS}", "\x1e"), "0CVA5674A36458")))  # fmt: skip
    assert [shop.code(one) for one in shop.outcomes] == [
        "recorded", "event.not_verified", "recorded"
    ]  # fmt: skip


def test_the_place_of_a_difference_is_told(lite: Shop) -> None:
    lite.codes(on(2, "verified", reader_text="CO INDU 2G A1"))
    refused = lite.outcomes[0].refused
    assert refused is not None
    assert refused.finding.params["position"] == 10
    assert "character 10" in str(refused)


def test_jobs_of_marks(shop: Shop) -> None:
    with shop.ledger.writing() as chain:
        (alone,) = issue(chain, ["Z 1"])
        other = job(chain, "cd" * 32)
        late = issue(chain, ["B 1", "B 2"], other) + issue(chain, ["B 3"], other)
        more = issue(chain, ["A 5"], shop.job)
    with shop.ledger.reading() as connection:
        found = jobs_of(connection, [*shop.marks, alone, *late, *more, Ref("X", 1)])
        first = jobs_of(connection, shop.marks[:1])
    assert found == {
        **dict.fromkeys([*shop.marks, *more], shop.job),
        **dict.fromkeys(late, other),
    }
    assert first == {shop.marks[0]: shop.job}


# -- files of other makes ------------------------------------------------------------------------


def test_json_lines_and_workbooks(lite: Shop) -> None:
    import xlsxwriter

    lines = lite.folder / "r.jsonl"
    rows = [
        {"job_id": JOB, "seq": 2, "event": "marked", "time_utc": TIME, "grade": 3.0},
        {"job_id": JOB, "seq": "3", "event": "marked", "time_utc": TIME, "code": 5},
        ["no object"],
    ]
    lines.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    lite.take(lines)
    found = [lite.code(outcome) for outcome in lite.outcomes]
    assert found == ["recorded", "cell.numeric:json", "row.syntax:not an object in braces { }"]
    book = lite.folder / "r.xlsx"
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet()
        for at, row in enumerate([NAMES, [JOB, 4, "", "marked", TIME], [JOB, 5, 7, "sent", TIME]]):
            sheet.write_row(at, 0, row)
    lite.take(book)
    assert [lite.code(outcome) for outcome in lite.outcomes] == ["recorded", "cell.numeric"]
    assert lite.states() == ["struck", "issued", "struck", "issued"]


def test_digits_of_several_jobs_name_none(lite: Shop) -> None:
    with lite.ledger.writing() as chain:
        other = JOB[:8] + "cd" * 28
        issue(chain, ["CO INDU 26 A9"], job(chain, other))
    assert lite.codes(on(2, "marked"), on(2, "marked", job_id=other)) == [
        "result.job:several",
        "recorded",
    ]


def test_times_and_grades_as_machines_write_them(lite: Shop) -> None:
    mapping = lite.folder / "machine.toml"
    mapping.write_text(
        'time = "%d/%m/%Y %H:%M:%S %z"\nleast_grade = "2,0"\n[events]\nverified = "LEÍDO"\n',
        encoding="utf-8",
    )
    form = ResultForm.read(mapping)
    rows = [
        on(2, "LEI\u0301DO", grade="3,2/08/660/45", time_utc="01/01/2026 22:05:00 -0500"),
        on(3, "leído", grade="1,9", time_utc="02/01/2026 03:05:00 +0000"),
    ]
    lite.take(lite.file(*rows), form)
    assert lite.states()[:2] == ["struck", "rejected"]
    assert {o.event.details.time for o in lite.outcomes if o.event} == {"03:05:00Z"}
    named_once = ResultForm(constants={"job_id": f" {JOB[:8]} ", "machine": "M1 "})
    lite.take(lite.file(on(5, "marked", job_id="", machine="")), named_once)
    assert [o.event and o.event.details.machine for o in lite.outcomes] == ["M1"]
    # What writes seven digits of a second is .NET.
    assert lite.codes(on(4, "marked", time_utc="2026-01-02T03:05:00.1234567Z")) == ["recorded"]


def test_the_column_at_fault_is_the_one_of_the_day(lite: Shop) -> None:
    path = lite.folder / "day.csv"
    path.write_text(
        f"job_id,seq,event,Day,Hour\n{JOB},2,marked,2999-01-01,03:05Z\n", encoding="utf-8"
    )
    lite.take(path, ResultForm(columns={"date": "Day", "time_utc": "Hour"}))
    assert [(lite.code(one), one.column) for one in lite.outcomes] == [("event.date:future", "Day")]


def test_columns_words_and_constants_may_be_given(lite: Shop) -> None:
    path = lite.folder / "log.txt"
    path.write_text(
        "Nr|Zeit|Status|Text\n"
        "1|2026-01-02 03:05:00+00:00|Fertig| x\n"
        "2|2026-01-01T22:05:00.5-05:00|n.i.O.|CO INDU 26 A3\n"
        "3|2026-01-02T03:05:00Z|Leerlauf|\n"
    )
    form = ResultForm(ignored=frozenset({"leerlauf"})).with_more(
        {"seq": "nr", "time_utc": "Zeit", "event": "STATUS", "code": "Text"},
        {"marked": ["Fertig"], "rejected": ["n.i.O.", "NIO"]},
        {"machine": "M9"},
    )
    assert lite.take(path, form) == Summary(recorded=1, refused=1, ignored=1)
    assert [lite.code(outcome) for outcome in lite.outcomes[:2]] == ["result.code", "recorded"]
    event = lite.outcomes[1].event
    assert event is not None
    assert (event.kind, event.details.time, event.details.machine) == (
        "rejected", "03:05:00.5Z", "M9"
    )  # fmt: skip
    with pytest.raises(TableError, match='no column for "event", "time_utc"'):
        lite.take(path)
    with pytest.raises(TableError, match="no column names the marks"):
        lite.take(path, ResultForm({"event": "Status", "time_utc": "Zeit"}))
    with pytest.raises(TableError, match="there is no such column"):
        lite.take(path, ResultForm({"event": "State"}))
    for bad, told in {
        "columns": ({"columns": {"x": "Nr"}}, "there is no element 'x'"),
        "words": ({"words": {"stolen": ["X"]}}, "is no event of a machine"),
        "twice": ({"words": {"marked": ["X"], "void": ["x"]}}, "cannot be both marked and void"),
        "constants": ({"constants": {"x": "1"}}, "a result has no field 'x'"),
    }.values():
        with pytest.raises((TableError, LedgerError), match=told):
            lite.take(path, ResultForm().with_more(**bad))  # type: ignore[arg-type]


MAPPINGS = [
    ("time = 3", 1, "time", "is a number"),
    ('\ntime = "%d.%m.%Y"\nzone = "UTC"', 2, "time", "does not tell day, hour and minute"),
    ('time = "%Q"\nzone = "UTC"', 1, "time", "does not tell"),
    ('time = "%d.%m.%Y %H:%M"', 1, "time", "whose"),
    ('zone = "Bogota"', 1, "zone", "how far from UTC"),
    ('zone = "-5"', 1, "zone", "how far from UTC"),
    ('encoding = "klingon"', 1, "encoding", "no encoding"),
    ('least_grade = "high"', 1, "least_grade", "a grade is needed"),
    ('delimiter = "#"', 1, "delimiter", "is none of comma, semicolon, tab, bar"),
    ("\n\n[colums]", 3, "colums", "did you mean columns"),
    ('[columns]\nserial = "x"', 2, "columns.serial", "this key is not known"),
    ('[columns]\ncode = ""', 2, "columns.code", "empty"),
    ('[columns]\ncode = "A"\nevent = "A"', 3, "columns.event", "another field"),
    ('[columns]\ncode = "A"\n[set]\ncode = "B"', 3, "set", "has a column already"),
    ('[events]\nmarkd = "OK"', 2, "events.markd", "did you mean marked"),
    ("[events]\nmarked = 1", 2, "events.marked", "a list of texts is needed"),
    ('[events]\nmarked = ["OK", ""]', 2, "events.marked", "a word is empty"),
    ('[events]\nmarked = "OK"\nvoid = "ok"', 3, "events.void", "a word for marked already"),
    ('ignored = "OK"\n[events]\nmarked = "OK"', 1, "ignored", "a word for marked already"),
    ("[events\n", 1, "", "no TOML"),
    ('[columns]\ncode = "Text"', 2, "columns.code", 'has no column "Text"; its columns are'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "key", "told"), MAPPINGS)
def test_a_bad_mapping_names_file_line_and_key(
    text: str, line: int, key: str, told: str, lite: Shop
) -> None:
    file = lite.folder / "machine.toml"
    file.write_text(text)
    with pytest.raises(FormatFileError) as caught:
        lite.take(lite.file(), ResultForm.read(file))
    assert (caught.value.line, caught.value.key) == (line, key)
    assert told in str(caught.value)
    assert str(file) in str(caught.value)


def test_a_date_beside_our_time_is_not_ours(lite: Shop) -> None:
    path = lite.folder / "r.csv"
    path.write_text(f"Date,job_id,seq,event,time_utc\n2 Jan,{JOB},2,marked,{TIME}\n")
    assert lite.take(path).recorded == 1
    path.write_text(f"Day,job_id,seq,event,time_utc\n2026-01-02,{JOB},3,marked,03:05:00Z\n")
    assert lite.take(path, ResultForm({"date": "Day"})).recorded == 1
    assert lite.states()[:2] == ["struck", "struck"]


def test_a_least_grade_rejects_what_is_below(lite: Shop) -> None:
    rows = [
        on(2, "verified", grade="2.0/08/630/45", reader_text=TEXTS[0]),
        on(3, "verified", grade="1.9/08/630/45", reader_text="CO INDU 26 A2"),
        on(4, "verified", grade="D", message="blurred"),
        on(5, "verified", grade="good"),
        on(5, "verified"),
        on(5, "marked", grade="F"),
    ]
    assert lite.take(lite.file(*rows), ResultForm().with_more(least_grade="C")).refused == 2
    assert lite.states() == ["struck", "rejected", "rejected", "struck"]
    assert [lite.code(one) for one in lite.outcomes[3:5]] == ["result.grade"] * 2
    said = [one.event.details.note for one in lite.outcomes[1:3] if one.event is not None]
    assert said == ["1.9/08/630/45 < 2", "blurred"]
    with pytest.raises(LedgerError, match="'5' is no grade"):
        ResultForm().with_more(least_grade="5")


def test_ledger_clock_is_used(tmp_path: Path) -> None:
    """What is in the future, the clock of the ledger says."""
    with Ledger.create(str(tmp_path / "l.db"), Ticking("2031-01-01T00:00:00+00:00"), "A") as ledger:
        shop = Shop(ledger, tmp_path)
        # A machine may be some minutes ahead or behind.
        assert shop.codes(
            on(2, "marked", time_utc="2031-01-01T00:04:00Z"),
            on(3, "marked", time_utc="2030-12-31T23:56:00Z"),
            on(4, "marked", time_utc="2031-01-01T00:06:00Z"),
            on(5, "marked", time_utc="2030-12-31T23:54:00Z"),
        ) == ["recorded", "recorded", "event.date:future", "event.date:before"]
