"""Tables for machines and operators: a value is refused, or read back by other programs."""

from __future__ import annotations

import csv
import datetime
import io
import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import markcode
from batch_cases import files, table
from cli_runner import run
from markcode import batch, equipment, messages
from markcode.batch import Options
from markcode.columns.encoding import EncodeKernel
from markcode.equipment import Mark, Writer, xlsx
from markcode.equipment.values import Values
from markcode.errors import InvalidMark, MissingExtra, ProfileError
from markcode.jobs import Job, verify_job
from markcode.model import Finding, Payload
from markcode.symbols import make
from markcode.tables import plain
from markcode_cli.ledger import opening
from writers import setup, writer

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}
HARD = st.text(st.sampled_from("AB01 ,;\t\"'%=+-@{}éЖ\r\n\x1d\u2028") | st.characters(), max_size=8)
ROWS = st.lists(st.tuples(HARD, HARD), min_size=1, max_size=6)


def written(made: Writer, marks: list[Mark]) -> tuple[dict[str, bytes], list[Mark]]:
    """Return the files of a job of these marks, and those that were not refused."""
    found = dict(made.heads)
    kept = []
    for mark in marks:
        try:
            rendered = made.render(mark)
        except InvalidMark as fault:
            assert [finding.code for finding in fault.findings] == ["equipment.value"]
            continue
        kept.append(mark)
        rendered = made.collect(mark, rendered)
        for name, data in rendered.lines.items():
            found[name] += data
        if rendered.file is not None:
            found[rendered.file[0]] = rendered.file[1]
    last = made.finish()
    if last.file is not None:
        found[last.file[0]] = last.file[1]
    return found, kept


def marks_of(rows: Sequence[tuple[str, ...]]) -> list[Mark]:
    return [Mark(number, row) for number, row in enumerate(rows, start=2)]


def refusal(made: Writer, *lines: str, payload: Payload | None = None) -> Finding:
    symbol = None if payload is None else make("datamatrix", payload)
    with pytest.raises(InvalidMark) as caught:
        made.render(Mark(2, lines, symbol))
    (finding,) = caught.value.findings
    assert finding.code == "equipment.value"
    return finding


# -- csv in dialects -----------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", ["comma", "semicolon", "tab"])
def test_a_machines_file_to_the_byte(dialect: str) -> None:
    made = writer("csv", {"dialect": dialect}, lines=2)
    found, _ = written(made, marks_of([("A1", "007"), ("A2", "B C")]))
    name = "codes.txt" if dialect == "tab" else "codes.csv"
    mark = SEPARATORS[dialect].encode()
    assert found == {name: b"A1" + mark + b"007\r\nA2" + mark + b"B C\r\n"}


def test_a_machines_file_has_a_header_if_asked_and_the_payload() -> None:
    settings = {"dialect": "comma", "header": "yes", "payload": "yes"}
    made = writer("csv", settings, symbol="datamatrix")
    symbol = make("datamatrix", "A1 B")
    found, _ = written(made, [Mark(2, ("A1",), symbol)])
    assert found == {"codes.csv": b"line_1,payload\r\nA1,A1 B\r\n"}


def test_an_operators_file_names_its_marks_by_row_and_quotes() -> None:
    settings = {"dialect": "semicolon", "use": "operator", "encoding": "utf-8-sig"}
    made = writer("csv", settings | {"payload": "yes"}, symbol="datamatrix", lines=2)
    payload = Payload("10A\x1d21{B", gs1=True)
    marks = [
        Mark(2, ('A"1', "x;y"), make("datamatrix", payload)),
        Mark(4, ("É",), make("datamatrix", "E")),
    ]
    expected = (
        '\ufeffseq;line_1;line_2;payload\r\n2;"A""1";"x;y";{FNC1}10A{GS}21{{B\r\n4;É;;E\r\n'
    ).encode()
    for _ in range(2):  # a job may be made once more
        assert written(made, marks) == ({"codes.csv": expected}, marks)


def test_an_operators_file_may_do_without_header_and_numbers() -> None:
    settings = {"dialect": "comma", "use": "operator", "header": "no", "sequence": "no"}
    found, _ = written(writer("csv", settings), marks_of([("A,1",)]))
    assert found == {"codes.csv": b'"A,1"\r\n'}


def test_plain_is_a_file_a_line() -> None:
    settings = {"dialect": "plain", "payload": "yes", "encoding": "cp1252"}
    two, one = (writer("csv", settings, lines=lines, symbol="qr") for lines in (2, 1))
    symbol = make("qr", "P")
    assert written(two, [Mark(2, ('A,"', "É"), symbol)])[0] == {
        "line_1.txt": b'A,"\r\n',
        "line_2.txt": b"\xc9\r\n",
        "payloads.txt": b"P\r\n",
    }
    assert written(one, [Mark(2, ("A",), symbol)])[0] == {
        "codes.txt": b"A\r\n",
        "payloads.txt": b"P\r\n",
    }


@pytest.mark.parametrize("use", ["machine", "operator"])
@pytest.mark.parametrize("dialect", ["comma", "semicolon", "tab"])
@pytest.mark.parametrize("encoding", ["ascii", "utf-8", "utf-8-sig", "cp1251", "cp932"])
@given(rows=ROWS)
def test_a_row_is_refused_or_read_back_exactly(
    use: str, dialect: str, encoding: str, rows: list[tuple[str, ...]]
) -> None:
    settings = {"dialect": dialect, "use": use, "encoding": encoding}
    found, kept = written(writer("csv", settings, lines=2), marks_of(rows))
    (raw,) = found.values()
    text = io.StringIO(raw.decode(encoding), newline="")
    if use == "machine":
        assert b'"' not in raw
        reader = csv.reader(text, delimiter=SEPARATORS[dialect], quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(text, delimiter=SEPARATORS[dialect], strict=True)
    read = list(reader)
    numbers = [[str(mark.row)] for mark in kept]
    if use == "operator":
        assert read.pop(0) == ["seq", "line_1", "line_2"]
    before = numbers if use == "operator" else [[] for _ in kept]
    assert read == [[*number, *mark.lines] for number, mark in zip(before, kept, strict=True)]
    assert raw.count(b"\n") == raw.count(b"\r\n") == len(kept) + (use == "operator")
    assert not any(line[:1] in "=+-@" for mark in kept for line in mark.lines if line)


@pytest.mark.parametrize("encoding", ["ascii", "utf-8", "cp1252"])
@given(rows=ROWS)
def test_plain_lines_are_refused_or_read_back_exactly(
    encoding: str, rows: list[tuple[str, ...]]
) -> None:
    made = writer("csv", {"dialect": "plain", "encoding": encoding}, lines=2)
    found, kept = written(made, marks_of(rows))
    for number in (1, 2):
        values = found[f"line_{number}.txt"].decode(encoding).split("\r\n")
        assert values == [*(mark.lines[number - 1] for mark in kept), ""]
    if encoding == "ascii":
        as_text = written(writer("text", lines=2), marks_of(rows))
        assert (found, kept) == as_text


@given(rows=ROWS)
def test_lightburn_takes_a_row_or_it_is_refused(rows: list[tuple[str, ...]]) -> None:
    found, kept = written(writer("lightburn-csv", lines=2), marks_of(rows))
    lines = found["lightburn.csv"].decode("ascii").split("\r\n")
    assert [tuple(line.split(",")) for line in lines] == [*(mark.lines for mark in kept), ("",)]
    assert not set("\"'%") & set("".join(lines))


def test_lightburn_has_the_payload_last_where_there_is_a_symbol() -> None:
    made = writer("lightburn-csv", lines=2, symbol="qr")
    found, _ = written(made, [Mark(2, ("A", "B"), make("qr", "A B"))])
    assert found == {"lightburn.csv": b"A,B,A B\r\n"}
    assert refusal(made, "A", "B", payload=Payload("50%")).params["reason"] == "payload"
    assert refusal(made, "A").params["reason"] == "absent"


# -- what is refused, and how it is told ---------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "lines", "message"),
    [
        ({"dialect": "comma"}, ("A", "B,C"), "B,C: character 2 of line 2, ,, cannot stand in"),
        ({"dialect": "semicolon"}, ("A;", "B"), "A;: character 2 of line 1, ;, cannot stand in"),
        ({"dialect": "tab"}, ("A", "B\t"), "B{HT}: character 2 of line 2, {HT}, is a control"),
        ({"dialect": "comma"}, ('A"', "B"), 'A": character 2 of line 1, ", cannot stand in'),
        ({"dialect": "comma"}, ("A", "-B"), "-B: line 2 begins with -, which spreadsheets"),
        ({"dialect": "comma", "use": "operator"}, ("@A", "B"), "@A: line 1 begins with @"),
        ({"dialect": "comma"}, ("É", "B"), "É: character 1 of line 1, É, is outside ASCII"),
        (
            {"dialect": "comma", "encoding": "cp1252"},
            ("A", "aЖ"),
            "aЖ: character 2 of line 2, Ж, is not in the file's encoding, cp1252.",
        ),
        # Python writes a cent sign into this code page, and reads another character back.
        (
            {"dialect": "tab", "encoding": "cp932"},
            ("¢", "B"),
            "¢: character 1 of line 1, ¢",
        ),
        ({"dialect": "comma"}, ("A",), "A mark without line 2 cannot go"),
        ({"dialect": "plain"}, ("A",), "A mark without line 2 cannot go"),
    ],
)
def test_a_refusal_says_line_character_and_column(
    settings: dict[str, str], lines: tuple[str, ...], message: str
) -> None:
    finding = refusal(writer("csv", settings, lines=2), *lines)
    assert finding.message().startswith(message)
    for language in messages.LANGUAGES:
        assert "?" not in finding.message(language)


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (Payload("A\x1dB"), "A{GS}B: character 2 of the payload, {GS}, cannot stand in the files"),
        (Payload("A,B"), "A,B: character 2 of the payload, ,, cannot stand in the files of csv."),
        (Payload("=A"), "=A: character 1 of the payload, =, cannot stand in the files of csv."),
        (Payload("10A", gs1=True), "10A: character 1 of the payload, FNC1, cannot stand in"),
        (Payload(b"A\xe9"), "Aé: character 2 of the payload, é, cannot stand in the files of csv."),
    ],
)
def test_a_payload_that_a_machines_file_cannot_carry_is_refused(
    payload: Payload, message: str
) -> None:
    settings = {"dialect": "comma", "payload": "yes", "encoding": "utf-8"}
    made = writer("csv", settings, symbol="datamatrix")
    assert refusal(made, "A", payload=payload).message().startswith(message)


def test_values_that_are_too_long_say_how_long_they_may_be() -> None:
    assert Values(most=3).fault("ABCD") == ("long", 3, "D")
    finding = refusal(writer("xlsx", lines=1), "A" * 32_768)
    assert finding.message().endswith(
        "line 1 has more than 32767 characters, the most that xlsx takes."
    )


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("csv", {"dialect": "comma", "payload": "yes"}, "payload=yes needs a --symbol"),
        ("xlsx", {"payload": "yes"}, "payload=yes needs a --symbol"),
        ("csv", {"header": "yes"}, "header counts only with dialect=comma|semicolon|tab"),
        ("csv", {"dialect": "plain", "header": "yes"}, "header counts only with"),
        ("csv", {"dialect": "comma", "sequence": "yes"}, "sequence counts only with use=operator"),
        ("csv", {"dialect": "pipe"}, "dialect is comma or semicolon or tab or plain"),
    ],
)
def test_settings_that_mean_nothing_are_a_wrong_use(
    name: str, settings: dict[str, str], message: str
) -> None:
    with pytest.raises(ProfileError, match=message.replace("|", r"\|")):
        writer(name, settings)


# -- workbooks -----------------------------------------------------------------------------------


def sheet(raw: bytes, name: str = "codes") -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(raw))
    cells = [[cell for cell in row if cell.value is not None] for row in book[name].rows]
    for row in cells:
        for cell in row:
            assert (cell.data_type, cell.number_format) == ("s", "@")
            assert cell.hyperlink is None
    return [[cell.value for cell in row] for row in cells]


def test_a_workbook_has_text_cells_and_the_first_and_last_mark() -> None:
    rows = [("007", "=1+1"), ("2026-01-02", "http://a.example"), ("1e5", "+49"), ("TRUE", "É")]
    found, _ = written(writer("xlsx", lines=2), marks_of(rows))
    (raw,) = found.values()
    assert list(found) == ["codes.xlsx"]
    assert sheet(raw) == [list(row) for row in rows]
    assert sheet(raw, "job") == [
        ["workbook", "1"],
        ["columns", "line_1 line_2"],
        ["header", "no"],
        ["symbol", "none"],
        ["first", *rows[0]],
        ["last", *rows[-1]],
    ]


@given(rows=ROWS)
def test_a_workbook_is_read_back_by_two_readers_or_the_row_is_refused(
    rows: list[tuple[str, ...]],
) -> None:
    made = writer("xlsx", {"header": "yes"}, lines=2)
    found, kept = written(made, marks_of(rows))
    assume(kept)
    raw = found["codes.xlsx"]
    expected = [["line_1", "line_2"], *(list(mark.lines) for mark in kept)]
    assert sheet(raw) == expected
    frame = pl.read_excel(
        io.BytesIO(raw), sheet_name="codes", has_header=False, infer_schema_length=0
    )
    assert [list(row) for row in frame.rows()] == expected


def test_what_stands_for_another_character_in_a_workbook_is_refused() -> None:
    finding = refusal(writer("xlsx", lines=2), "A", "B_x0041_")
    assert finding.params["reason"] == "character"
    assert (finding.params["line"], finding.params["column"]) == (2, 2)


def test_marks_beyond_a_sheet_go_into_further_workbooks() -> None:
    made = xlsx.WorkbookWriter(setup("xlsx", {"header": "yes"}), most=2)
    for _ in range(2):
        found, _ = written(made, marks_of([(str(number),) for number in range(5)]))
        assert {name: sheet(raw)[1:] for name, raw in found.items()} == {
            "codes-00001.xlsx": [["0"], ["1"]],
            "codes-00002.xlsx": [["2"], ["3"]],
            "codes-00003.xlsx": [["4"]],
        }
    found, _ = written(made, marks_of([("0",), ("1",)]))
    assert list(found) == ["codes.xlsx"]


def test_the_same_marks_give_the_same_workbook(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = marks_of([("A", "007")] * 3)
    first, _ = written(writer("xlsx", lines=2), rows)
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "Pacific/Kiritimati")
        if hasattr(time, "tzset"):
            time.tzset()
        second, _ = written(writer("xlsx", lines=2), rows)
    if hasattr(time, "tzset"):
        time.tzset()
    assert first == second
    assert b"1980-01-01T00:00:00Z" in zipfile.ZipFile(io.BytesIO(first["codes.xlsx"])).read(
        "docProps/core.xml"
    )


def test_a_workbook_that_is_given_up_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    made = writer("xlsx")
    made.collect(Mark(2, ("A",)), made.render(Mark(2, ("A",))))
    assert list(tmp_path.iterdir())
    del made
    assert not list(tmp_path.iterdir())
    written(writer("xlsx"), marks_of([("A",)]))
    assert not list(tmp_path.iterdir())


def test_without_xlsxwriter_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"pip install 'markcode\[equipment\]'"):
        writer("xlsx")


# -- declarations --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["csv", "text", "lightburn-csv", "xlsx", "zpl"])
def test_a_declaration_is_whole_in_four_languages(name: str) -> None:
    declared = equipment.get(name)
    texts = [declared.title, declared.writes]
    texts += [setting.title for setting in declared.settings]
    texts += [limit.text for limit in declared.limits]
    texts += [machine.note for machine in declared.machines]
    assert declared.machines and declared.limits
    for text in texts:
        assert tuple(text) == messages.LANGUAGES
        assert len({*text.values()}) >= (1 if text["en"] == "Variable text, Merge/CSV" else 3)


# -- as jobs -------------------------------------------------------------------------------------

JOBS: list[tuple[str, str, dict[str, Any]]] = [
    ("mosaic-0530", "manufacture", {"equipment": "csv", "settings": {"dialect": "plain"}}),
    ("recsa", "state-owned", {"equipment": "csv", "settings": {"dialect": "plain"}}),
    (
        "mosaic-0530",
        "manufacture",
        {
            "equipment": "csv",
            "settings": {"dialect": "semicolon", "use": "operator", "payload": "yes"},
            "symbol": "datamatrix",
            "modules": True,
        },
    ),
    ("us-478-92", "manufacture", {"equipment": "csv", "settings": {"dialect": "comma"}}),
    (
        "mosaic-0530",
        "manufacture",
        {
            "equipment": "csv",
            "settings": {"dialect": "tab", "encoding": "utf-8-sig", "header": "yes"},
            "symbol": "datamatrix",
            "modules": True,
        },
    ),
    ("us-478-92", "manufacture", {"equipment": "lightburn-csv"}),
    ("mosaic-0530", "manufacture", {"equipment": "lightburn-csv", "symbol": "qr", "limit": 60}),
    ("mosaic-0530", "manufacture", {"equipment": "xlsx", "rows": (20, 90)}),
    (
        "recsa",
        "state-owned",
        {"equipment": "zpl", "symbol": "qr", "settings": {"dpmm": "8", "label": "60x30mm"}},
    ),
]


@pytest.mark.parametrize(
    ("name", "kind", "options"), JOBS, ids=[f"{o['equipment']}-{n}" for n, _, o in JOBS]
)
def test_the_files_are_those_of_single_rows_and_the_job_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str, options: dict[str, Any]
) -> None:
    source = tmp_path / "arms.csv"
    table(source, name, kind, {})
    fmt = markcode.get_format(name)
    order = Options(event=kind, **options)
    monkeypatch.setattr(plain, "CHUNK", 1500)
    made = batch.run(source, fmt, order, tmp_path / "columns")
    assert made.marks > 10
    monkeypatch.setattr(EncodeKernel, "is_able", False)
    monkeypatch.setattr(plain, "CHUNK", 1 << 20)
    assert batch.run(source, fmt, order, tmp_path / "rows") == made
    assert files(tmp_path / "columns") == files(tmp_path / "rows")
    assert not [found for found in verify_job(Job(tmp_path / "columns")) if found.row is None]


@pytest.mark.parametrize("is_able", [True, False])
def test_a_row_from_columns_holds_no_forbidden_character(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_able: bool
) -> None:
    source = tmp_path / "arms.csv"
    arms = ["A1,ACME", "A2,O'NEIL", "A3,ACME'", "A4,ACME"]
    lines = [f"{arm},Reno,NV,M1,9mm" for arm in arms]
    source.write_text("\n".join(["serial,manufacturer,city,state,model,calibre", *lines]))
    if not is_able:
        monkeypatch.setattr(EncodeKernel, "is_able", False)
    batch.run(
        source,
        markcode.get_format("us-478-92"),
        Options(equipment="lightburn-csv"),
        tmp_path / "job",
    )
    rows = (tmp_path / "job" / "lightburn.csv").read_text("ascii").splitlines()
    assert [row.partition(",")[0] for row in rows] == ["A1", "A4"]
    rejected = (tmp_path / "job" / "rejected.csv").read_text("utf-8")
    assert rejected.count("equipment.value") == 2
    assert (
        "O'NEIL: character 2 of line 2, ', cannot stand in the files of lightburn-csv" in rejected
    )


def test_without_a_dialect_csv_is_marks_csv_alone(tmp_path: Path) -> None:
    source = tmp_path / "arms.csv"
    table(source, "mosaic-0530", "manufacture", {}, rows=20)
    batch.run(source, markcode.get_format("mosaic-0530"), Options(), tmp_path / "job")
    assert set(files(tmp_path / "job")) <= {
        *("marks.csv", "manifest.json", "rejected.csv", "warnings.csv")
    }
    assert writer("csv").is_columnar and writer("csv", {"dialect": "plain"}).is_columnar


def test_the_library_is_light_without_the_writers() -> None:

    code = (
        "import markcode.equipment as e, sys; e.all_equipment(); print('xlsxwriter' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_the_payloads_of_plain_are_named_as_they_are(language: str) -> None:
    plain = written(writer("csv", {"dialect": "plain", "payload": "yes"}, symbol="qr"), [])[0]
    (payload,) = (one for one in equipment.get("csv").settings if one.name == "payload")
    assert f" {sorted(plain)[-1]})" in payload.title[language]


def test_a_result_by_seq_is_of_the_mark_that_the_operator_saw(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.datetime(2026, 11, 25, 10, tzinfo=datetime.UTC)
    monkeypatch.setattr(opening, "clock", lambda: now)
    arms, place, job = (tmp_path / name for name in ("arms.csv", "markcode.db", "job"))
    rows = ["CO,INDU,2026,07,,09", *(f"CO,INDU,2026,07,0123{last},09" for last in range(4, 8))]
    arms.write_text("country,manufacturer,year,model,serial,calibre\n" + "\n".join(rows) + "\n")
    assert run("ledger", "init", place, "--station", "MVD-1").status == 0
    settings = ("--setting", "dialect=comma", "--setting", "use=operator")
    order = ("--format", "mosaic-0530", "--ledger", place, *settings, "--out", job)
    assert run("batch", arms, *order).status == 1
    with (job / "codes.csv").open(newline="") as stream:
        seen = {row["seq"]: row["line_1"] for row in csv.DictReader(stream)}
    seq, code = list(seen.items())[2]
    head = json.loads((job / "manifest.json").read_text())
    result = tmp_path / "result.csv"
    # With both, they must agree.
    fields = f"{head['job']},{seq},{code},marked,2026-11-25T10:00:00Z"
    result.write_text(f"job_id,seq,code,event,time_utc\n{fields}\n")
    ran = run("result", "import", result, "--ledger", place, "--json")
    assert ran.status == 0, ran
    assert json.loads(ran.out.splitlines()[0])["status"] == "recorded"
