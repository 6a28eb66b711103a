"""A batch with a ledger: every mark is an entry before it gets into a file, and none twice."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from batch_cases import CASES, files, table
from ledgers import make
from markcode import batch, get_format
from markcode.batch import Options, Summary
from markcode.columns.encoding import EncodeKernel
from markcode.errors import JobError, LedgerError, ProfileError
from markcode.jobs.registration import NewMarks
from markcode.jobs.serials import Serials
from markcode.ledger import Ledger, jobs
from markcode.ledger.chain import Entry
from markcode.ledger.jobs import JobKnown
from markcode.ledger.registering import JobRegister
from markcode.ledger.schema import ENTRY, TABLES
from markcode.ledger.series import Series, define, usage
from markcode.ledger.states import State
from markcode.ledger.verdict import with_records
from markcode.model import Finding
from markcode.symbols.sheets import Grid
from markcode.tables import plain

HEADER = "country,manufacturer,year,model,serial,calibre"


def arms(path: Path, *rows: str, header: str = HEADER) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def running(count: int, start: int = 0) -> list[str]:
    return [f"CO,INDU,2026,07,{number:06},09" for number in range(start, start + count)]


def order(
    ledger: Ledger, source: Path, out: Path | None, name: str = "mosaic-0530", **choices: Any
) -> Summary:
    """Make a job with a ledger, as the command line does."""
    profile = choices.pop("profile", {})
    fmt = get_format(name, **profile)
    resume, on_rejected = choices.pop("resume", False), choices.pop("on_rejected", None)
    options = Options(**choices)
    if options.series is not None:
        with ledger.reading() as connection:
            plan = batch_series(connection, options.series)
        options = Options(**choices, serials=plan)
    register = JobRegister(
        ledger,
        fmt,
        options.event or fmt.events[0],
        series_name=options.series,
        order_name=options.new_order,
        resume=resume,
        dry_run=options.dry_run,
        struck=out is None and not options.dry_run,
    )
    return batch.run(source, fmt, options, out, on_rejected=on_rejected, register=register)


def batch_series(connection: Any, name: str) -> Serials:
    from markcode.ledger.series import series_named

    return series_named(connection, name).plan


def rows(ledger: Ledger, kind: str) -> list[dict[str, Any]]:
    """Return what the entries of a kind say, in order."""
    query = select(ENTRY.c.data).where(ENTRY.c.kind == kind).order_by(*ENTRY.c[:2])
    with ledger.reading() as connection:
        return [json.loads(data) for data in connection.execute(query).scalars()]


def event(ledger: Ledger, kind: str, *serials: str) -> None:
    """Record an event about the marks that bear some serials."""
    query = select(ENTRY).where(ENTRY.c.kind == "issued")
    with ledger.reading() as connection:
        found = [Entry.of(row) for row in connection.execute(query)]
    with ledger.writing() as chain:
        for entry in found:
            if entry.content["elements"]["serial"] in serials:
                chain.append(kind, {}, entry.ref)


def contents(ledger: Ledger) -> list[list[tuple[Any, ...]]]:
    """Return all rows of all tables but for what is the job's own."""
    with ledger.reading() as connection:
        found = [sorted(map(tuple, connection.execute(select(t)).all()), key=str) for t in TABLES]
    entries = [row[:7] for row in found[0] if row[2] not in ("written", "registered")]
    return [entries, *found[1:]]


@pytest.mark.parametrize(
    ("name", "kind", "profile", "options"),
    CASES,
    ids=[f"{n}-{k}-{'-'.join(map(str, (*p.values(), *o)))}" for n, k, p, o in CASES],
)
def test_files_are_those_without_a_ledger_and_entries_those_of_single_rows(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    kind: str,
    profile: dict[str, Any],
    options: dict[str, Any],
) -> None:
    source = tmp_path / "arms.csv"
    table(source, name, kind, profile)
    monkeypatch.setattr(plain, "CHUNK", 1500)
    fmt = get_format(name, **profile)
    bare = batch.run(source, fmt, Options(event=kind, **options), tmp_path / "bare")
    with make(tmp_path / "columns.db") as columns, make(tmp_path / "rows.db") as single:
        chosen = {"event": kind, "profile": profile, **options}
        made = order(columns, source, tmp_path / "job", name, **chosen)
        assert made == bare
        found, expected = files(tmp_path / "job"), files(tmp_path / "bare")
        manifest, other = json.loads(found.pop("manifest.json")), expected.pop("manifest.json")
        assert found == expected
        assert manifest.pop("ledger") == {"job": "MVD-1/2"}
        assert manifest == json.loads(other)
        issued = rows(columns, "issued")
        assert len(issued) == made.marks
        monkeypatch.setattr(EncodeKernel, "is_able", False)
        assert order(single, source, tmp_path / "again", name, **chosen) == made
        by_row = {said["row"]: said for said in rows(single, "issued")}
        for said in issued:
            assert said == by_row[said["row"]]


def test_a_known_job_is_refused(ledger_place: str, tmp_path: Path) -> None:
    source = arms(tmp_path / "arms.csv", *running(3))
    with make(ledger_place) as ledger:
        order(ledger, source, tmp_path / "job")
        event(ledger, "marked", "000001")
        with pytest.raises(JobKnown, match=r"MVD-1/2.* 2 issued, 1 struck.*--resume.*--new-order"):
            order(ledger, source, tmp_path / "other")
        assert not (tmp_path / "other").exists()
        with pytest.raises(LedgerError, match="knows no such job"):
            order(ledger, arms(tmp_path / "b.csv", *running(2)), tmp_path / "b", resume=True)


def test_resume_leaves_out_what_may_be_struck(ledger_place: str, tmp_path: Path) -> None:
    source = arms(tmp_path / "arms.csv", *running(6))
    with make(ledger_place) as ledger:
        order(ledger, source, tmp_path / "job")
        for kind, number in zip(("marked", "started", "void", "rejected"), range(4), strict=True):
            event(ledger, kind, f"{number:06}")
        made = order(ledger, source, tmp_path / "job", resume=True)
        assert (made.rows, made.marks) == (2, 2)
        marks = (tmp_path / "job" / "marks.csv").read_text()
        assert "000004" in marks and "000005" in marks and "000003" not in marks
        manifest = json.loads((tmp_path / "job" / "manifest.json").read_text())
        left = {"struck": 1, "unknown": 1, "void": 1, "rejected": 1}
        assert manifest["ledger"] == {"job": "MVD-1/2", "left_out": left}
        assert len(rows(ledger, "issued")) == 6
        event(ledger, "marked", "000004", "000005")
        with pytest.raises(JobError, match="nothing is left to mark"):
            order(ledger, source, tmp_path / "job", resume=True)


def test_a_resumed_job_of_rejected_rows_alone_replaces_nothing(tmp_path: Path) -> None:
    source = arms(tmp_path / "arms.csv", *running(1), "CO,INDU,2026,07,x y,09")
    with make(tmp_path / "ledger.db") as ledger:
        order(ledger, source, tmp_path / "job")
        before = files(tmp_path / "job")
        event(ledger, "marked", "000000")
        with pytest.raises(JobError, match="nothing is left to mark"):
            order(ledger, source, tmp_path / "job", resume=True)
        assert files(tmp_path / "job") == before


def test_resume_replaces_no_other_folder(tmp_path: Path) -> None:
    source = arms(tmp_path / "arms.csv", *running(3))
    with make(tmp_path / "ledger.db") as ledger:
        order(ledger, source, tmp_path / "job")
        order(ledger, arms(tmp_path / "b.csv", *running(2, 50)), tmp_path / "b")
        before = files(tmp_path / "b")
        with pytest.raises(JobError, match="not empty"):
            order(ledger, source, tmp_path / "b", resume=True)
        assert files(tmp_path / "b") == before
        assert not list(tmp_path.glob(".*"))


def test_a_number_of_the_ledger_is_rejected(ledger_place: str, tmp_path: Path) -> None:
    with make(ledger_place) as ledger:
        order(ledger, arms(tmp_path / "a.csv", *running(3)), tmp_path / "a")
        second = arms(tmp_path / "b.csv", *running(3, 2), "CO,INDU,2026,08,000001,09")
        told: list[tuple[int, str, Finding]] = []
        dry = order(
            ledger,
            second,
            None,
            dry_run=True,
            on_rejected=lambda *rejection: told.append(rejection),
        )
        made = order(ledger, second, tmp_path / "b")
        assert (made.rows, made.marks, made.duplicates, made.warned) == (4, 3, 1, 1)
        assert (dry.marks, dry.duplicates, dry.warned) == (3, 1, 1)
        assert [(row, finding.code) for row, _, finding in told] == [(2, "duplicate.key")]
        assert told[0][2].params["entry"] == "MVD-1/5"
        assert "MVD-1/5 in the ledger" in (tmp_path / "b" / "rejected.csv").read_text()
        warnings = (tmp_path / "b" / "warnings.csv").read_text()
        assert "duplicate.serial" in warnings and "MVD-1/4 in the ledger" in warnings


@pytest.mark.parametrize("choice", ["strict", "dry_run"])
def test_nothing_is_entered_unless_there_is_a_job(
    ledger_place: str, tmp_path: Path, choice: str
) -> None:
    chosen: dict[str, Any] = {choice: True}
    source = arms(tmp_path / "a.csv", *running(3), "CO,INDU,2026,07,x y,09")
    with make(ledger_place) as ledger:
        before = contents(ledger)
        made = order(ledger, source, tmp_path / "job", **chosen)
        assert made.rejected == 1 and not made.written
        assert contents(ledger) == before
        assert not (tmp_path / "job").exists()
        assert order(ledger, arms(tmp_path / "b.csv", *running(2)), tmp_path / "b", strict=True)


def test_another_station_takes_a_number_at_the_same_instant(
    ledger_place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the entry, somebody else issues one of the marks."""
    source = arms(tmp_path / "a.csv", *running(4))
    entering = JobRegister.enter

    def late(self: JobRegister, marks: list[NewMarks]) -> bool:
        monkeypatch.setattr(JobRegister, "enter", entering)
        with make(ledger_place, "PTY-2") as other:
            order(other, arms(tmp_path / "b.csv", *running(1, 2)), tmp_path / "b")
        return entering(self, marks)

    with make(ledger_place) as ledger:
        monkeypatch.setattr(JobRegister, "enter", late)
        made = order(ledger, source, tmp_path / "a")
        assert (made.marks, made.duplicates) == (3, 1)
        assert "PTY-2/3" in (tmp_path / "a" / "rejected.csv").read_text()
        stations = [said["elements"]["serial"] for said in rows(ledger, "issued")]
        assert sorted(stations) == ["000000", "000001", "000002", "000003"]


def test_equal_arms_of_other_profiles_are_one(tmp_path: Path) -> None:
    """The same arm marked under another format is entered as a further mark of it."""
    with make(tmp_path / "ledger.db") as ledger:
        order(ledger, arms(tmp_path / "a.csv", *running(2)), tmp_path / "a")
        source = arms(tmp_path / "b.csv", *running(1), "CO,INDU,2026,08,000001,09")
        order(ledger, source, tmp_path / "b", "iti", accept_provisional=True)
        query = select(ENTRY).where(ENTRY.c.kind == "issued").order_by(ENTRY.c.seq)
        with ledger.reading() as connection:
            found = [Entry.of(row) for row in connection.execute(query)]
        assert [entry.about for entry in found] == [None, None, found[0].ref, None]


# -- series --------------------------------------------------------------------------------------


def with_series(ledger: Ledger, last: int | None = None) -> None:
    with ledger.writing() as chain:
        define(chain, Series.of("NATIONAL", "A{5}", "safe", last=last))


MODELS = [f"CO,INDU,2026,{model:02},09" for model in range(60)]
NO_SERIAL = "country,manufacturer,year,model,calibre"


def test_numbers_of_a_series_go_on(ledger_place: str, tmp_path: Path) -> None:
    profile = {"check": "iso7064-mod37-36"}
    with make(ledger_place) as ledger:
        with_series(ledger)
        source = arms(tmp_path / "a.csv", *MODELS, header=NO_SERIAL)
        made = order(ledger, source, tmp_path / "a", series="NATIONAL", profile=profile)
        dry = order(
            ledger, source, None, series="NATIONAL", profile=profile, new_order="x", dry_run=True
        )
        again = order(
            ledger, source, tmp_path / "b", series="NATIONAL", profile=profile, new_order="2"
        )
        assert made.serials is not None and again.serials is not None and dry.serials is not None
        assert made.serials["skipped"] > 0
        assert dry.serials == again.serials
        issued = rows(ledger, "issued")
        assert len({said["elements"]["serial"] for said in issued}) == 120
        plan = batch_series_plan(ledger)
        assert [plan.text(said["number"]) for said in issued] == [
            said["elements"]["serial"] for said in issued
        ]
        numbers = [said["number"] for said in issued]
        assert numbers == sorted(set(numbers))
        assert numbers[60] > numbers[59]
        with ledger.reading() as connection:
            used = usage(connection, "NATIONAL")["MVD-1"]
        # Nothing was reserved beyond what was issued or passed over.
        assert used.granted == used.drawn == numbers[-1]


def batch_series_plan(ledger: Ledger) -> Serials:
    with ledger.reading() as connection:
        return batch_series(connection, "NATIONAL")


def test_a_number_that_we_issued_is_on_no_other_arm(ledger_place: str, tmp_path: Path) -> None:
    """Whatever the format allows of makers' serials, and whichever series it would come from."""
    with make(ledger_place) as ledger:
        with_series(ledger)
        with ledger.writing() as chain:
            define(chain, Series.of("OTHER", "A{5}", "safe"))
        first = arms(tmp_path / "a.csv", *MODELS[:3], header=NO_SERIAL)
        order(ledger, first, tmp_path / "a", series="NATIONAL")
        serials = [said["elements"]["serial"] for said in rows(ledger, "issued")]
        second = arms(tmp_path / "b.csv", *MODELS[3:8], header=NO_SERIAL)
        made = order(ledger, second, tmp_path / "b", series="OTHER")
        assert (made.marks, made.rejected, made.duplicates) == (2, 3, 3)
        # What was rejected gets further numbers.
        assert order(ledger, second, tmp_path / "b", series="OTHER", resume=True).marks == 5
        typed = arms(tmp_path / "c.csv", f"CO,INDU,2026,99,{serials[0]},09", *running(1))
        assert order(ledger, typed, tmp_path / "c").duplicates == 1
        fmt = get_format("mosaic-0530")
        report = with_records(fmt.verify(f"CO INDU 26 99 {serials[0]} 09"), fmt, ledger)
        assert "ledger.other_arm" in [finding.code for finding in report.findings]
        assert report.verdict == "invalid"


def test_a_typed_number_is_not_issued_again(tmp_path: Path) -> None:
    with make(tmp_path / "ledger.db") as ledger:
        with_series(ledger)
        plan = batch_series_plan(ledger)
        order(ledger, arms(tmp_path / "a.csv", f"CO,INDU,2026,99,{plan.text(2)},09"), None)
        source = arms(tmp_path / "b.csv", *MODELS[:3], header=NO_SERIAL)
        made = order(ledger, source, tmp_path / "b", series="NATIONAL")
        assert (made.marks, made.duplicates) == (2, 1)


class Stop(Exception):
    """Ends a batch as a kill would, at a chosen step."""


@pytest.mark.parametrize("step", range(4))
def test_a_stopped_job_resumed_has_the_numbers_of_an_undisturbed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr(plain, "CHUNK", 400)
    source = arms(tmp_path / "a.csv", *MODELS, header=NO_SERIAL)
    chosen: dict[str, Any] = {"series": "NATIONAL", "profile": {"check": "iso7064-mod37-36"}}
    with make(tmp_path / "whole.db") as ledger:
        with_series(ledger)
        order(ledger, source, tmp_path / "whole", **chosen)
        expected = rows(ledger, "issued")
    steps = iter(range(100))

    def stopping(method: Any) -> Any:
        def call(self: JobRegister, *args: Any, **kwargs: Any) -> Any:
            if next(steps) == step:
                raise Stop
            return method(self, *args, **kwargs)

        return call

    with make(tmp_path / "ledger.db") as ledger:
        with_series(ledger)
        with monkeypatch.context() as patched:
            patched.setattr(JobRegister, "enter", stopping(JobRegister.enter))
            patched.setattr(JobRegister, "_draw", stopping(JobRegister._draw))
            with pytest.raises(Stop):
                order(ledger, source, tmp_path / "job", **chosen)
        assert not (tmp_path / "job").exists()
        order(ledger, source, tmp_path / "job", **chosen, resume=bool(rows(ledger, "job")))
        manifests = [
            json.loads((tmp_path / name / "manifest.json").read_text()) for name in ("whole", "job")
        ]
        assert manifests[0]["serials"]["next"] == manifests[1]["serials"]["next"]
        found = rows(ledger, "issued")
        told = [(said["row"], said["number"], said["lines"]) for said in found]
        assert told == [(said["row"], said["number"], said["lines"]) for said in expected]
    for folder in ("whole", "job"):
        shutil.move(tmp_path / folder / "marks.csv", tmp_path / f"{folder}.csv")
    assert (tmp_path / "whole.csv").read_bytes() == (tmp_path / "job.csv").read_bytes()


def test_a_series_that_is_used_up_says_so(tmp_path: Path) -> None:
    with make(tmp_path / "ledger.db") as ledger:
        with_series(ledger, last=10)
        source = arms(tmp_path / "a.csv", *MODELS, header=NO_SERIAL)
        with pytest.raises(LedgerError, match="NATIONAL"):
            order(ledger, source, tmp_path / "a", series="NATIONAL")
        assert not (tmp_path / "a").exists()


def test_rows_judged_one_by_one_are_asked_about_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EncodeKernel, "is_able", False)
    asked: list[int] = []
    doubts = JobRegister.doubts

    def counted(self: JobRegister, marks: list[NewMarks], *, held: bool) -> Any:
        asked.extend(map(len, marks))
        return doubts(self, marks, held=held)

    monkeypatch.setattr(JobRegister, "doubts", counted)
    with make(tmp_path / "ledger.db") as ledger:
        order(ledger, arms(tmp_path / "a.csv", *running(50)), tmp_path / "a")
        assert asked == [50]


def test_marks_found_on_arms_are_struck_from_the_start(ledger_place: str, tmp_path: Path) -> None:
    with make(ledger_place) as ledger:
        made = order(ledger, arms(tmp_path / "a.csv", *running(30)), None)
        assert made.marks == 30
        with ledger.reading() as connection:
            ref = jobs.known(connection, made.job)
            assert ref is not None
            assert jobs.counts(connection, ref)[State.STRUCK] == 30


# -- several runs of one job, and folders in the way ---------------------------------------------


IMPORTED = "country,year,serial"


def stopped(
    ledger: Ledger,
    monkeypatch: pytest.MonkeyPatch,
    source: Path,
    out: Path,
    name: str,
    **choices: Any,
) -> None:
    """Begin a job, and stop it at its second chunk."""
    steps, entering = iter(range(100)), JobRegister.enter

    def enter(self: JobRegister, marks: list[NewMarks]) -> bool:
        if next(steps) == 1:
            raise Stop
        return entering(self, marks)

    with monkeypatch.context() as patched, pytest.raises(Stop):
        patched.setattr(JobRegister, "enter", enter)
        order(ledger, source, out, name, **choices)


def test_a_job_that_two_runs_resume_is_gone_on_with_by_one(
    ledger_place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where no unique key would keep the second from entering the same rows."""
    monkeypatch.setattr(plain, "CHUNK", 400)
    source = arms(tmp_path / "a.csv", *[f"CO,2026,{n:06}" for n in range(100)], header=IMPORTED)
    chosen: dict[str, Any] = {"event": "import", "accept_provisional": True}
    entering = JobRegister.enter

    def late(self: JobRegister, marks: list[NewMarks]) -> bool:
        monkeypatch.setattr(JobRegister, "enter", entering)
        with make(ledger_place) as other:
            order(other, source, tmp_path / "other", "iti", resume=True, **chosen)
        return entering(self, marks)

    with make(ledger_place) as ledger:
        stopped(ledger, monkeypatch, source, tmp_path / "job", "iti", **chosen)
        assert 0 < len(rows(ledger, "issued")) < 100
        monkeypatch.setattr(JobRegister, "enter", late)
        with pytest.raises(JobKnown, match="being made by someone else"):
            order(ledger, source, tmp_path / "job", "iti", resume=True, **chosen)
        assert sorted(said["row"] for said in rows(ledger, "issued")) == list(range(2, 102))
        assert not (tmp_path / "job").exists() and (tmp_path / "other").exists()


def test_a_mark_that_is_struck_while_its_job_is_resumed_is_not_made_again(
    ledger_place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = arms(tmp_path / "a.csv", *running(4))
    entering = JobRegister.enter
    with make(ledger_place) as ledger:
        order(ledger, source, tmp_path / "job")
        before = files(tmp_path / "job")

        def striking(self: JobRegister, marks: list[NewMarks]) -> bool:
            event(ledger, "marked", "000001")
            return entering(self, marks)

        monkeypatch.setattr(JobRegister, "enter", striking)
        with pytest.raises(LedgerError, match=r"1 of its marks .*--resume"):
            order(ledger, source, tmp_path / "job", resume=True)
        assert files(tmp_path / "job") == before
        monkeypatch.undo()
        assert order(ledger, source, tmp_path / "job", resume=True).marks == 3


@pytest.mark.parametrize("resume", [False, True])
def test_a_folder_that_was_put_there_meanwhile_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, resume: bool
) -> None:
    source = arms(tmp_path / "a.csv", *running(4))
    entering = JobRegister.enter
    with make(tmp_path / "ledger.db") as ledger:
        if resume:
            order(ledger, source, tmp_path / "first")

        def late(self: JobRegister, marks: list[NewMarks]) -> bool:
            monkeypatch.setattr(JobRegister, "enter", entering)
            order(ledger, arms(tmp_path / "b.csv", *running(2, 50)), tmp_path / "job")
            return entering(self, marks)

        monkeypatch.setattr(JobRegister, "enter", late)
        with pytest.raises(JobError, match="not empty"):
            order(ledger, source, tmp_path / "job", resume=resume)
        assert "000050" in (tmp_path / "job" / "marks.csv").read_text()
        assert len(rows(ledger, "written")) == 1 + resume
        assert not list(tmp_path.glob(".*"))


def test_only_a_resumed_job_replaces_its_folder(tmp_path: Path) -> None:
    """The same job, made without a ledger or with another one, has a folder as it would have."""
    source = arms(tmp_path / "a.csv", *running(4))
    batch.run(source, get_format("mosaic-0530"), Options(), tmp_path / "job")
    before = files(tmp_path / "job")
    with make(tmp_path / "ledger.db") as ledger:
        with pytest.raises(JobError, match="not empty"):
            order(ledger, source, tmp_path / "job")
        assert files(tmp_path / "job") == before
        assert not rows(ledger, "job")


def test_a_folder_that_cannot_take_its_place_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = arms(tmp_path / "a.csv", *running(4))
    renaming = Path.rename

    def refused(self: Path, target: Path) -> Path:
        if self.name == "job" and self.parent != tmp_path:
            raise OSError("no")
        return renaming(self, target)

    with make(tmp_path / "ledger.db") as ledger:
        order(ledger, source, tmp_path / "job")
        before = files(tmp_path / "job")
        monkeypatch.setattr(Path, "rename", refused)
        with pytest.raises(JobError, match="could not be written"):
            order(ledger, source, tmp_path / "job", resume=True)
        assert files(tmp_path / "job") == before


def test_a_resumed_folder_warns_as_the_lost_one_did(ledger_place: str, tmp_path: Path) -> None:
    with make(ledger_place) as ledger:
        order(ledger, arms(tmp_path / "a.csv", *running(2)), tmp_path / "a")
        other = arms(tmp_path / "b.csv", "CO,INDU,2026,08,000001,09", *running(1, 9))
        assert order(ledger, other, tmp_path / "b").warned == 1
        assert order(ledger, other, tmp_path / "c", resume=True).warned == 1
        assert files(tmp_path / "c")["warnings.csv"] == files(tmp_path / "b")["warnings.csv"]


def test_a_resumed_job_draws_no_more_than_its_rows_without_a_mark(tmp_path: Path) -> None:
    with make(tmp_path / "ledger.db") as ledger:
        with_series(ledger)
        taken = batch_series_plan(ledger).text(1)
        order(ledger, arms(tmp_path / "t.csv", f"CO,INDU,2026,99,{taken},09"), None)
        source = arms(tmp_path / "a.csv", *MODELS, header=NO_SERIAL)
        assert order(ledger, source, tmp_path / "a", series="NATIONAL").marks == 59
        assert order(ledger, source, tmp_path / "a", series="NATIONAL", resume=True).marks == 60
        with ledger.reading() as connection:
            assert usage(connection, "NATIONAL")["MVD-1"].drawn == 61


def test_a_series_with_another_check_than_the_profile_is_refused(tmp_path: Path) -> None:
    with make(tmp_path / "ledger.db") as ledger:
        with ledger.writing() as chain:
            define(chain, Series.of("CHECKED", "A{5}", check="iso7064-mod37-36"))
        source = arms(tmp_path / "a.csv", *MODELS, header=NO_SERIAL)
        before = contents(ledger)
        with pytest.raises(LedgerError, match=r"iso7064-mod37-36.*wants no check"):
            order(ledger, source, tmp_path / "a", series="CHECKED")
        assert contents(ledger) == before


def test_a_refused_claim_is_one_error_and_nothing_on_the_side(
    ledger_place: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with make(ledger_place) as ledger:
        order(ledger, arms(tmp_path / "a.csv", *running(15)), tmp_path / "a")
        assert order(ledger, arms(tmp_path / "b.csv", *running(12)), tmp_path / "b").marks == 0
    assert not caplog.records


# -- strange values, and many of one number -------------------------------------------------------


@pytest.mark.parametrize("character", ["\x00", "\x1f", "\x07", "\x85"])
def test_no_mark_has_a_control_character(ledger_place: str, tmp_path: Path, character: str) -> None:
    """Nor where no rule of the format is confirmed: no machine strikes it, no database keeps it."""
    source = tmp_path / "a.jsonl"
    arm = {"country": "KE", "force": "PO"}
    lines = [json.dumps(arm | {"number": number}) for number in (f"12{character}4", "1235")]
    source.write_text("\n".join(lines) + "\n")
    fmt = get_format("iti")
    told: list[str] = []
    with make(ledger_place) as ledger:
        made = order(
            ledger,
            source,
            tmp_path / "a",
            fmt.name,
            event="state-owned",
            accept_provisional=True,
            strict=False,
            on_rejected=lambda row, column, finding: told.append(finding.code),
        )
        assert (made.marks, made.rejected) == (1, 1)
        assert told == ["element.alphabet"]


def test_a_number_on_many_models_is_not_told_of_each(ledger_place: str, tmp_path: Path) -> None:
    with make(ledger_place) as ledger:
        first = arms(tmp_path / "a.csv", *[f"CO,INDU,2026,{m:03},0001,09" for m in range(30)])
        order(ledger, first, tmp_path / "a")
        second = arms(tmp_path / "b.csv", *[f"CO,INDU,2026,{m:03},0001,08" for m in range(40, 50)])
        assert order(ledger, second, tmp_path / "b").warned == 10
        warnings = (tmp_path / "b" / "warnings.csv").read_text().splitlines()
        assert sum("in the ledger" in line for line in warnings) == 100


@pytest.mark.parametrize("name", ["", "\udcff", "a\nb"])
def test_an_order_is_named_by_a_text(tmp_path: Path, name: str) -> None:
    source = arms(tmp_path / "a.csv", *running(2))
    with (
        make(tmp_path / "ledger.db") as ledger,
        pytest.raises(ProfileError, match="cannot be called"),
    ):
        order(ledger, source, tmp_path / "a", new_order=name)


def test_a_series_has_characters_that_can_be_written() -> None:
    with pytest.raises(LedgerError, match="nothing can bear"):
        Series.of("A", "\udcff{3}")


def test_a_number_that_is_typed_at_the_same_instant_is_not_issued(
    ledger_place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entering = JobRegister.enter

    with make(ledger_place) as ledger:
        with_series(ledger)
        typed = f"CO,INDU,2026,99,{batch_series_plan(ledger).text(2)},09"

        def late(self: JobRegister, marks: list[NewMarks]) -> bool:
            monkeypatch.setattr(JobRegister, "enter", entering)
            order(ledger, arms(tmp_path / "t.csv", typed), tmp_path / "typed")
            return entering(self, marks)

        monkeypatch.setattr(JobRegister, "enter", late)
        source = arms(tmp_path / "a.csv", *MODELS[:3], header=NO_SERIAL)
        made = order(ledger, source, tmp_path / "a", series="NATIONAL")
        assert (made.marks, made.duplicates) == (2, 1)


@pytest.mark.parametrize("equipment", ["hpgl", "svg-sheet", "pdf-proof"])
def test_sheets_of_a_strict_job_are_numbered_from_one(tmp_path: Path, equipment: str) -> None:
    """The marks are made twice: to see whether all can be, and then to be written."""
    source = arms(tmp_path / "a.csv", *running(3))
    grid = None if equipment == "pdf-proof" else Grid(2, 1)
    with make(str(tmp_path / "book.db")) as ledger:
        made = order(ledger, source, tmp_path / "job", equipment=equipment, grid=grid, strict=True)
    assert made.written
    names = sorted(path.stem for path in (tmp_path / "job/sheets").iterdir())
    assert names == ["00000001"] if grid is None else ["00000001", "00000002"]
