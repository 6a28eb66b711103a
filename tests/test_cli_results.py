"""`markcode result import`: what it prints, what it refuses, and what the ledger then shows."""

from __future__ import annotations

import csv
import datetime
import gzip
import importlib.util
import json
from pathlib import Path

import pytest

from cli_runner import Ran, run
from ledger_marks import issue, job
from ledgers import make
from markcode.messages import LANGUAGES
from markcode_cli.ledger import opening

EXAMPLE = Path(__file__).parents[1] / "examples" / "results"
NOW = "2026-01-02T03:05:00Z"
HEADER = "job_id,seq,code,event,time_utc,machine,operator,result,grade,reader_text,message\n"
JOB = "ab" * 4


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.datetime.fromisoformat(NOW)
    monkeypatch.setattr(opening, "clock", lambda: now)


@pytest.fixture
def place(ledger_place: str) -> str:
    with make(ledger_place) as ledger, ledger.writing() as chain:
        issue(chain, ["A 1", "A 2", "A 3"], job(chain))  # MVD-1/3 to MVD-1/5, rows 2 to 4
    return ledger_place


@pytest.fixture
def lite(tmp_path: Path) -> str:
    with make(tmp_path / "l.db") as ledger, ledger.writing() as chain:
        issue(chain, ["A 1", "A 2", "A 3"], job(chain))
    return str(tmp_path / "l.db")


def result(place: str, *args: str | Path) -> Ran:
    return run("result", "import", *args, "--ledger", place, "--station", "MVD-1")


def ledger(place: str, *args: str | Path) -> Ran:
    return run("ledger", *args, "--ledger", place, "--station", "MVD-1")


def results(path: Path, *rows: str) -> Path:
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def test_what_is_printed(place: str, tmp_path: Path) -> None:
    file = results(
        tmp_path / "r.csv",
        f"{JOB},2,,marked,{NOW},M1,AB,OK,,A 1,",
        f"{JOB},3,,remarked,{NOW},M1,AB,,,,x",
    )
    assert result(place, file) == (
        1,
        "row 3, column event: event.not_rejected: Rule 2: MVD-1/4 was not rejected, so\n"
        "    remarked cannot be recorded. Record rejected first, with the reason; if the\n"
        "    part was struck for the first time, record marked.\n"
        "recorded          1\n"
        "already recorded  0\n"
        "refused           1\n"
        "passed over       0\n",
        "",
    )
    again = result(place, file)
    assert (again.status, again.out.splitlines()[-4:-2]) == (
        1,
        ["recorded          0", "already recorded  1"],
    )
    shown = " ".join(ledger(place, "show", "A 1").out.split())
    assert "MVD-1/3 STRUCK" in shown
    assert (
        "marked (MVD-1/3); date 2026-01-02; time 03:05:00Z; operator AB; machine M1; result OK; "
        "text read A 1"
    ) in shown


def test_one_object_a_row(place: str, tmp_path: Path) -> None:
    file = results(
        tmp_path / "r.csv",
        f"{JOB},2,,marked,{NOW},,,,,,",
        f"{JOB},2,,marked,{NOW},,CD,,,,",
        f"{JOB},2,,idle,{NOW},,CD,,,,",
        f"{JOB},9,,sent,{NOW},,CD,,,,",
    )
    (tmp_path / "m.toml").write_text('ignored = "idle"\n')
    args = (file, "--json", "--mapping", tmp_path / "m.toml")
    tried = result(place, *args, "--dry-run")
    ran = result(place, *args, "--lang", "pt")
    assert (ran.status, ran.err, tried.status) == (1, "", 1)
    said = [json.loads(line) for line in ran.out.splitlines()]
    message = said[1].pop("message")
    assert message.startswith("Regra 1: MVD-1/3 já está gravada")
    nothing = dict.fromkeys(("mark", "event", "entry", "column", "code", "message"))
    marked = {"mark": "MVD-1/3", "event": "marked"}
    assert said[:3] == [
        {"row": 2, "status": "recorded", **nothing, **marked, "entry": "MVD-1/7"},
        {"row": 3, "status": "refused", **marked, "entry": None, "column": "event",
         "code": "event.struck"},
        {"row": 4, "status": "ignored", **nothing},
    ]  # fmt: skip
    assert (said[3]["column"], said[3]["code"]) == ("seq", "result.row")
    first = json.loads(tried.out.splitlines()[0])
    assert first == {"row": 2, "status": "recorded", **nothing, **marked}


def test_refused_rows_as_a_table(lite: str, tmp_path: Path) -> None:
    file = results(
        tmp_path / "r.csv",
        f"{JOB},2,,marked,{NOW},,,,,,",
        f"{JOB},2,,started,{NOW},,,,,,",
        f'{JOB},3,,verified,{NOW},,,,,"A, 2",',
        f"{JOB},3,,sent",
    )
    ran = result(lite, file, "--rejected", tmp_path / "rejected.csv", "--lang", "fr")
    assert ran.status == 1
    with (tmp_path / "rejected.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["row"], row["column"], row["code"]) for row in rows] == [
        ("3", "event", "event.struck"),
        ("4", "reader_text", "event.not_verified"),
        ("5", "", "row.fields"),
    ]
    assert rows[0]["message"].startswith("Règle 1 : MVD-1/3 est déjà frappée")
    ran = result(lite, file, "--rejected", file)
    assert (ran.status, ran.out) == (2, "")
    assert "would overwrite what is read" in ran.err
    assert file.read_text().startswith(HEADER)
    ran = result(lite, file, "--rejected", tmp_path / "no" / "r.csv")
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)


def test_the_list_of_refused_rows_spares_what_is_there(lite: str, tmp_path: Path) -> None:
    file = results(tmp_path / "r.csv", f"{JOB},9,,marked,{NOW},,,,,,")
    before = Path(lite).read_bytes()
    for path in (lite, file):
        ran = result(lite, file, "--rejected", path)
        assert (ran.status, "would overwrite" in ran.err) == (2, True)
    assert Path(lite).read_bytes() == before
    listed = tmp_path / "refused.csv"
    listed.write_text("of yesterday\n", encoding="utf-8")
    assert result(lite, tmp_path / "none.csv", "--rejected", listed).status == 2
    assert listed.read_text(encoding="utf-8") == "of yesterday\n"
    assert result(lite, file, "--rejected", listed).status == 1
    assert "result.row" in listed.read_text(encoding="utf-8")
    assert {path.name for path in tmp_path.iterdir()} == {"l.db", "r.csv", "refused.csv"}
    ran = result(lite, file, "--rejected", tmp_path / "no" / "x.csv")
    assert (ran.status, str(tmp_path / "no" / "x.csv") in ran.err) == (2, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language(language: str, lite: str, tmp_path: Path) -> None:
    file = results(tmp_path / "r.csv", f"{JOB},2,,void,{NOW},,,,,,", f"{JOB},2,,sent,{NOW},,,,,,")
    ran = result(lite, file, "--lang", language, "--dry-run")
    assert (ran.status, ran.err) == (1, "")
    rule = {"en": "Rule", "es": "Regla", "pt": "Regra", "fr": "Règle"}[language]
    assert ran.out.startswith(f"row 3, column event: event.void: {rule} 3")
    assert max(map(len, ran.out.splitlines())) <= 80
    assert len(ran.out.splitlines()) >= 7
    assert ledger(lite, "find", "A*").out.count("issued") == 3


def test_events_by_hand_obey_the_same_rules(place: str, tmp_path: Path) -> None:
    assert ledger(place, "event", "marked", "--job", JOB).status == 0
    ran = ledger(place, "event", "marked", "--job", JOB)
    assert (ran.status, ran.out) == (2, "")
    assert "Rule 1: MVD-1/3 is struck already" in ran.err
    assert ledger(place, "event", "rejected", "MVD-1/3", "--note", "shallow").status == 0
    ran = ledger(place, "event", "remarked", "MVD-1/3", "--operator", "AB")
    assert (ran.status, "Rule 2" in ran.err) == (2, True)
    ran = ledger(
        place, "event", "remarked", "MVD-1/3", "--operator", "AB", "--note", "3 mm right",
        "--date", "2026-01-02", "--time", "03:05:00Z", "--machine", "M1", "--grade", "B",
        "--result", "OK", "--reader-text", "A 1",
    )  # fmt: skip
    assert (ran.status, ran.err) == (0, "")
    ran = ledger(place, "event", "verified", "MVD-1/4", "--reader-text", "A 3")
    assert "Rule 5" in ran.err and "character 3" in ran.err
    for time in ("03:05", "25:00:00Z", "03:05:00"):
        ran = ledger(place, "event", "lost", "MVD-1/4", "--date", "2026-01-02", "--time", time)
        assert (ran.status, "is no time of a day" in ran.err) == (2, True)
    ran = ledger(place, "event", "lost", "MVD-1/4", "--time", "03:05:00Z")
    assert (ran.status, "is no time of a day" in ran.err) == (2, True)
    table = tmp_path / "t.csv"
    table.write_text(
        "Marca,Evento,Fecha,Hora,Máquina,Texto leído\n"
        "MVD-1/5,verified,2026-01-02,03:04:59Z,M1,A 9\n"
        "MVD-1/5,started,2026-01-02,03:05:00Z,M1,\n"
        "MVD-1/5,verified,2026-01-02,03:05:00Z,M1,A 3\n",
        encoding="utf-8",
    )
    ran = ledger(place, "event", "--input", table)
    assert ran.status == 1
    assert [line.split(": ")[:2] for line in ran.err.splitlines()] == [
        ["row 2, column Texto leído", "event.not_verified"],
        ["row 3, column Evento", "event.struck"],
    ]
    assert ran.out.endswith("mark verified  MVD-1/5\n")


# -- files that are none ---------------------------------------------------------------------


def _odd(folder: Path) -> dict[str, Path]:
    """Return twenty files that somebody may give by mistake."""
    good = f"{JOB},2,,marked,{NOW},,,,,,\n"
    contents: dict[str, bytes] = {
        "empty.csv": b"",
        "blank.csv": b"\n\n \n",
        "binary.csv": bytes(range(256)),
        "nul.csv": HEADER.encode() + b"a\0b\n",
        "zip.csv": b"PK\x03\x04rest",
        "old.xls": b"\xd0\xcf\x11\xe0rest",
        "broken.xlsx": b"PK\x03\x04rest",
        "pdf.csv": b"%PDF-1.7",
        "gz.csv": gzip.compress(good.encode()),
        "utf16.csv": (HEADER + good).encode("utf-16"),
        "latin.csv": HEADER.encode() + "a,b,ñ\n".encode("latin-1"),
        "columns.csv": b"serial,country\nA1,CO\n",
        "no_mark.csv": f"event,time_utc\nmarked,{NOW}\n".encode(),
        "twice.csv": b"code,code,event,time_utc\nA 1,A 1,marked,x\n",
        "quote.csv": HEADER.encode() + b'"ab,2\n',
        "long.csv": HEADER.encode() + b"x" * (1 << 20) + b"\n",
        "toml.csv": b'[columns]\ncode = "x"\n',
        "list.jsonl": b"[1, 2]\n",
        "text.jsonl": b"marked\n",
        "page.html": b"<!doctype html>\n<title>x</title>\n",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    (folder / "folder").mkdir(exist_ok=True)
    return {name: folder / name for name in [*contents, "folder", "nothing.csv"]}


def test_odd_files_are_one_clear_line(lite: str, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    for name, path in _odd(folder).items():
        for args in ((path,), (path, "--json", "--dry-run")):
            ran = result(lite, *args)
            assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1), (name, ran)
            assert ran.err.startswith("markcode: ")
            assert name in ran.err or "no column" in ran.err, ran.err
            assert "internal error" not in ran.err
    for name, path in _odd(folder).items():
        ran = result(lite, results(tmp_path / "r.csv"), "--mapping", path)
        assert ran.err.count("\n") <= 1, name
        assert "internal error" not in ran.err
    assert ledger(lite, "find", "A*").out.count("issued") == 3


def test_a_file_with_a_header_alone_has_nothing_to_record(lite: str, tmp_path: Path) -> None:
    ran = result(lite, results(tmp_path / "r.csv"))
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == "recorded          0"


def test_many_rows(lite: str, tmp_path: Path) -> None:
    wrong = [f"{JOB},{row},,marked,{NOW},,,,,," for row in range(10, 100_010)]
    file = results(tmp_path / "r.csv", f"{JOB},2,,marked,{NOW},,,,,,", *wrong)
    ran = result(lite, file, "--json")
    assert (ran.status, ran.err) == (1, "")
    lines = ran.out.splitlines()
    assert len(lines) == 100_001
    assert json.loads(lines[-1])["code"] == "result.row"


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--map", "cod=x"), "there is no element 'cod'"),
        (("--map", "code"), "is not a name, '=' and a value"),
        (("--values", "gone=x"), "'gone' is no event of a machine"),
        (("--values", "marked=x,y", "--values", "void=Y"), "cannot be both marked and void"),
        (("--set", "colour=x"), "a result has no field 'colour'"),
        (("--set", "event=marked", "--map", "event=event"), "is given by --map and by --set"),
        (("--least-grade", "9"), "'9' is no grade"),
        (("--encoding", "klingon"), "is no encoding of text"),
        (("--mapping", "nothing.toml"), "nothing.toml: No such file or directory"),
    ],
)
def test_wrong_use(args: tuple[str, ...], told: str, lite: str, tmp_path: Path) -> None:
    ran = result(lite, results(tmp_path / "r.csv"), *args)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert told in ran.err


def test_what_is_set_stands_for_a_column(lite: str, tmp_path: Path) -> None:
    file = tmp_path / "log.tsv"
    file.write_text(f"Text\tWhen\nA 1\t{NOW}\n", encoding="utf-8")
    args = ("--map", "code=Text", "--map", "time_utc=When", "--set", "machine=M1")
    ran = result(lite, file, *args, "--values", "verified=GOOD,FINE", "--set", "event=fine")
    assert (ran.status, ran.err) == (0, "")
    assert "mark verified (MVD-1/3); date 2026-01-02; time 03:05:00Z; machine M1" in " ".join(
        ledger(lite, "show", "A 1").out.split()
    )


# -- the whole way ---------------------------------------------------------------------------


def test_from_a_batch_to_its_results(ledger_place: str, tmp_path: Path) -> None:
    arms = tmp_path / "arms.csv"
    arms.write_text(
        "country,manufacturer,year,model,serial,calibre\n"
        + "".join(f"CO,INDU,2026,07,A10{at},09\n" for at in range(1, 6))
    )
    made = run("ledger", "init", ledger_place, "--station", "MVD-1")
    assert made.status == 0
    out = tmp_path / "job"
    common = ("--format", "mosaic-0530", "--ledger", ledger_place, "--station", "MVD-1")
    assert run("batch", arms, *common, "--equipment", "csv", "--out", out).status == 0
    manifest = json.loads((out / "manifest.json").read_text())
    with (out / "marks.csv").open(newline="") as stream:
        marks = list(csv.DictReader(stream))
    rows = []
    days = (["started", "marked", "verified"], ["started"], ["marked"], ["void"], ["sent"])
    for mark, events in zip(marks, days, strict=True):
        for event in events:
            read = mark["line_1"] if event == "verified" else ""
            machine = f"M{mark['row']}"
            said = (manifest["job"], mark["row"], mark["line_1"], event, NOW, machine, "AB", "")
            rows.append(",".join((*said, "", read, "")))
    assert result(ledger_place, results(tmp_path / "r.csv", *rows)).status == 0
    texts = [mark["line_1"] for mark in marks]
    shown = [ledger(ledger_place, "show", text, "--json").out for text in texts]
    assert [json.loads(one)["state"] for one in shown] == [
        "struck", "unknown", "struck", "void", "issued"
    ]  # fmt: skip
    ran = run("verify", "--format", "mosaic-0530", "--ledger", ledger_place, "--json", *texts)
    told = [json.loads(line)["data"]["ledger"]["status"] for line in ran.out.splitlines()]
    assert told == ["struck", "issued", "struck", "void", "issued"]
    assert ledger(ledger_place, "audit").status == 0
    # What is resumed leaves out whatever may be on a part.
    ran = run("batch", arms, *common, "--equipment", "csv", "--out", out, "--resume")
    assert ran.status == 0
    assert (out / "marks.csv").read_text().splitlines()[1:] == [",".join(marks[-1].values())]


def test_the_example(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = importlib.util.spec_from_file_location("results_demo", EXAMPLE / "demo.py")
    assert spec is not None and spec.loader is not None
    demo = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(demo)
    summary = demo.main([str(tmp_path / "out")])
    assert (summary.recorded, summary.refused, summary.ignored) == (13, 3, 2)
    told = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[:2] for line in told[:3]] == [
        ["row 8", "event.not_verified"],
        ["row 14", "event.blocked"],
        ["row 19", "event.struck"],
    ]
    assert [line.split("  ")[2] for line in told[4:]] == [
        "struck", "struck", "void", "struck", "issued"
    ]  # fmt: skip
    place = str(tmp_path / "out" / "results.db")
    shown = " ".join(
        run("ledger", "show", "BOG-1/4", "--ledger", place, "--lang", "es").out.split()
    )
    assert "hora 14:05:00Z" in shown
    assert "nota trazo débil; otra vez 3 mm a la derecha; máquina EZ-2" in shown
