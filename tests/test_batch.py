"""A table in, a job out: exact files, what is rejected and why, whole or not there."""

from __future__ import annotations

import csv
import datetime
import gc
import hashlib
import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import markcode
from markcode import batch, jobs
from markcode.batch import Options, Summary
from markcode.errors import JobError, ProfileError, TableError
from markcode.format import Format
from markcode.jobs import duplicates
from markcode.jobs.serials import SerialError, Serials
from markcode.model import Finding

HEADER = "Country,Manufacturer,Year,Model,Serial number,Calibre"
# The first mark is the example of the issue, its check character computed there.
GOOD = "CO,INDU,2026,07,01238,09"


@pytest.fixture
def fmt() -> Format:
    return markcode.get_format(
        "mosaic-0530", check="iso7064-mod37-36", options={"length.model": "2"}
    )


def table(folder: Path, *rows: str, header: str = HEADER, name: str = "arms.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


def made(source: Path, fmt: Format, out: Path, **options: Any) -> Summary:
    return batch.run(source, fmt, Options(**options), out)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def codes(out: Path, name: str = "rejected.csv") -> list[tuple[str, str, str]]:
    return [(line["row"], line["column"], line["code"]) for line in read(out / name)]


def names(out: Path) -> list[str]:
    return sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())


def manifest(out: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    return content


# -- files ---------------------------------------------------------------------------------------


def test_marks_csv_to_the_letter(tmp_path: Path, fmt: Format) -> None:
    summary = made(table(tmp_path, GOOD), fmt, tmp_path / "job", symbol="datamatrix")
    assert (tmp_path / "job/marks.csv").read_bytes() == (
        b"row,line_1,payload,check,country,manufacturer,year,model,serial,calibre\n"
        b"2,CO INDU 26 07 01238 09 R,CO INDU 26 07 01238 09 R,R,CO,INDU,2026,07,01238,09\n"
    )
    assert names(tmp_path / "job") == ["manifest.json", "marks.csv"]
    assert (summary.rows, summary.marks, summary.rejected, summary.warned) == (1, 1, 0, 0)


def test_rejected_and_warnings_to_the_letter(tmp_path: Path, fmt: Format) -> None:
    rows = ("XX,INDU,20x6,07,01238,09", "CO,INDU,2026,07,01236,09", "CO,INDU,2026,07,,09")
    made(table(tmp_path, *rows), fmt, tmp_path / "job")
    assert (tmp_path / "job/rejected.csv").read_bytes().splitlines(keepends=True) == [
        b"row,column,code,message\n",
        b"2,Year,element.value,Year: 20x6 is not a year in digits.\n",
        b"2,Country,country.unknown,Country: XX is no assigned country code (ISO 3166-1).\n",
        b"4,Serial number,element.missing,Serial number is missing.\n",
    ]
    assert codes(tmp_path / "job", "warnings.csv") == [("3", "", "check.lookalike")]


def test_messages_come_in_the_language_asked_for(tmp_path: Path, fmt: Format) -> None:
    source = table(tmp_path, "CO,INDU,2026,07,,09")
    for language in ("en", "es", "pt", "fr"):
        made(source, fmt, tmp_path / language, language=language)
    messages = {read(tmp_path / code / "rejected.csv")[0]["message"] for code in ("en", "es", "fr")}
    assert len(messages) == 3
    assert codes(tmp_path / "en") == codes(tmp_path / "pt")


def test_the_manifest_says_how_the_job_was_made(tmp_path: Path, fmt: Format) -> None:
    source = table(tmp_path, GOOD, "CO,INDU,2026,07,01239,09", "CO,INDU,2026,7,1,09")
    summary = made(source, fmt, tmp_path / "job", constants={"calibre": "08"}, equipment="text")
    head = manifest(tmp_path / "job")
    files = head.pop("files")
    assert head["manifest_version"] == 1
    assert head["version"] == markcode.__version__
    assert head["job"] == summary.job
    assert head["inputs"] == [{"sha256": hashlib.sha256(source.read_bytes()).hexdigest()}]
    assert head["profile"] == fmt.profile()
    assert (head["event"], head["provisional"]) == ("manufacture", False)
    assert (head["equipment"], head["symbol"]) == ("text", None)
    assert head["columns"]["serial"] == "Serial number"
    assert head["constants"] == {"calibre": "08"}
    assert head["counts"] == {"rows": 3, "marks": 2, "rejected": 1, "warned": 1, "duplicates": 0}
    written = ["line_1.txt", "marks.csv", "rejected.csv", "warnings.csv"]
    assert [file["name"] for file in files] == written
    for file in files:
        content = (tmp_path / "job" / file["name"]).read_bytes()
        assert file["bytes"] == len(content)
        assert file["sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("equipment", ["csv", "text", "svg", "png"])
def test_the_same_order_gives_the_same_bytes(tmp_path: Path, fmt: Format, equipment: str) -> None:
    rows = (GOOD, "CO,INDU,2026,07,01239,09", "ZZ,INDU,2026,07,01240,09")
    for number, folder in enumerate(("a", "b")):
        (tmp_path / folder).mkdir()
        source = table(tmp_path / folder, *rows, name=f"arms{number}.csv")
        made(source, fmt, tmp_path / folder / "job", equipment=equipment, symbol="datamatrix")
    first, second = tmp_path / "a/job", tmp_path / "b/job"
    assert names(first) == names(second)
    for name in names(first):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_the_job_hash_tells_orders_apart(tmp_path: Path, fmt: Format) -> None:
    source = table(tmp_path, GOOD, "CO,INDU,2026,07,01239,09")
    other = table(tmp_path, GOOD, name="other.csv")
    dry = {"dry_run": True}
    hashes = [
        batch.run(source, fmt, Options(**dry)).job,  # type: ignore[arg-type]
        batch.run(other, fmt, Options(dry_run=True)).job,
        batch.run(source, fmt, Options(dry_run=True, limit=1)).job,
        batch.run(source, fmt, Options(dry_run=True, symbol="qr")).job,
        batch.run(source, fmt, Options(dry_run=True, constants={"model": "07"})).job,
        batch.run(source, fmt, Options(dry_run=True, language="es")).job,
    ]
    assert len(set(hashes)) == len(hashes)


def test_code_lists_are_copied_into_the_job(tmp_path: Path) -> None:
    makers = tmp_path / "makers.csv"
    makers.write_bytes(b"# Invented, 2026\ncode,name\nINDU,Industrias Ejemplo\n")
    fmt = markcode.get_format("mosaic-0530", codes={"manufacturer": makers})
    source = table(tmp_path, "CO,Industrias Ejemplo,2026,07,1,09", "CO,OTHER,2026,07,2,09")
    made(source, fmt, tmp_path / "job")
    entry = manifest(tmp_path / "job")["profile"]["codes"]["manufacturer"]
    assert (tmp_path / "job" / entry["file"]).read_bytes() == makers.read_bytes()
    assert read(tmp_path / "job/marks.csv")[0]["line_1"] == "CO INDU 26 07 1 09"
    assert codes(tmp_path / "job") == [("3", "Manufacturer", "code.unlisted")]


# -- equipment -----------------------------------------------------------------------------------


def test_text_is_one_file_a_line_with_cr_lf(tmp_path: Path) -> None:
    fmt = markcode.get_format("mosaic-0530", options={"separator": "line"})
    source = table(tmp_path, GOOD, "CO,INDU,2026,08,01239,10")
    made(source, fmt, tmp_path / "job", equipment="text")
    lines = [(tmp_path / f"job/line_{k}.txt").read_bytes() for k in range(1, 7)]
    assert lines == [
        b"CO\r\nCO\r\n",
        b"INDU\r\nINDU\r\n",
        b"26\r\n26\r\n",
        b"07\r\n08\r\n",
        b"01238\r\n01239\r\n",
        b"09\r\n10\r\n",
    ]


def test_text_refuses_what_would_shift_or_break_a_file(tmp_path: Path) -> None:
    fmt = markcode.get_format("us-478-92")
    header = "serial,manufacturer,city,state,model,calibre"
    rows = (
        "A1,ACME,Reno,NV,M1,9mm",
        "A2,ACME,Reno,NV,,9mm",
        "A3,+ACME,Reno,NV,M1,9mm",
        "A4,ACME,Reno,NV,M1,9mm",
    )
    made(table(tmp_path, *rows, header=header), fmt, tmp_path / "job", equipment="text")
    assert codes(tmp_path / "job") == [("3", "", "equipment.value"), ("4", "", "equipment.value")]
    assert (tmp_path / "job/line_1.txt").read_bytes() == b"A1\r\nA4\r\n"


def test_drawings_are_named_by_row(tmp_path: Path, fmt: Format) -> None:
    source = table(tmp_path, "ZZ,INDU,2026,07,1,09", GOOD)
    made(source, fmt, tmp_path / "job", equipment="svg", symbol="datamatrix")
    (mark,) = read(tmp_path / "job/marks.csv")
    assert mark["file"] == "drawings/00000003.svg"
    assert (tmp_path / "job" / mark["file"]).read_text("utf-8").startswith("<svg ")
    head = manifest(tmp_path / "job")
    assert (head["height_nm"], head["module_nm"], head["dpi"]) == (1_600_000, 400_000, None)


def test_a_png_states_the_size_that_its_dots_give(tmp_path: Path, fmt: Format) -> None:
    made(table(tmp_path, GOOD), fmt, tmp_path / "job", equipment="png", symbol="qr", dpi=600)
    # 0.40 mm at 600 dpi is 9.45 dots, so 9 dots of 1/600 in.
    assert manifest(tmp_path / "job")["achieved"]["module_nm"] == 9 * 25_400_000 // 600


def test_the_height_is_the_formats_minimum_and_never_less(tmp_path: Path) -> None:
    fmt = markcode.get_format("us-pmf")
    source = table(tmp_path, "12345678-A1", header="serial")
    made(source, fmt, tmp_path / "job", equipment="svg")
    assert manifest(tmp_path / "job")["height_nm"] == 1_587_500
    with pytest.raises(ProfileError, match=r"at least 1\.5875 mm"):
        made(source, fmt, tmp_path / "low", equipment="svg", height_nm=1_587_499)
    assert not (tmp_path / "low").exists()


@pytest.mark.parametrize("equipment", ["csv", "text"])
def test_a_payload_that_no_symbol_holds_rejects_its_row(
    tmp_path: Path, fmt: Format, equipment: str
) -> None:
    source = table(tmp_path, f"CO,INDU,2026,07,{'A' * 30},09", GOOD)
    made(source, fmt, tmp_path / "job", equipment=equipment, symbol="micro-qr")
    assert ("2", "", "equipment.value") in codes(tmp_path / "job")


def test_a_refused_payload_is_shown_with_its_separators_by_name_once(tmp_path: Path) -> None:
    source = table(tmp_path, "CVA56,M1,A36458", header="manufacturer,model,serial")
    made(source, markcode.get_format("iuid"), tmp_path / "job", symbol="micro-qr")
    (line,) = read(tmp_path / "job/rejected.csv")
    assert line["code"] == "equipment.value"
    assert "[)>{RS}06{GS}" in line["message"]
    assert "{{" not in line["message"]


def test_a_character_without_a_glyph_rejects_its_row(tmp_path: Path) -> None:
    fmt = markcode.get_format("us-478-92")
    header = "serial,manufacturer,city,state,model,calibre"
    rows = ("A1,ACME & CO,Reno,NV,M1,9MM", "A2,ACME,RENO,NV,M1,9MM")
    made(table(tmp_path, *rows, header=header), fmt, tmp_path / "job", equipment="svg")
    assert codes(tmp_path / "job")[0] == ("2", "", "equipment.value")


# -- rows ----------------------------------------------------------------------------------------


def test_duplicates_name_each_other_and_warnings_stay(tmp_path: Path, fmt: Format) -> None:
    rows = (
        GOOD,
        "CO,INDU,2026,07,01240,09",
        GOOD,
        "CO,INDU,2026,08,01240,09",
        "ZZ,INDU,2026,07,01241,09",
        "CO,INDU,2026,07,01238,10",
    )
    summary = made(table(tmp_path, *rows), fmt, tmp_path / "job")
    assert codes(tmp_path / "job") == [
        ("2", "Serial number", "duplicate.key"),
        ("4", "Serial number", "duplicate.key"),
        ("6", "Country", "country.unknown"),
    ]
    rejected = read(tmp_path / "job/rejected.csv")
    assert ["row 4" in rejected[0]["message"], "row 2" in rejected[1]["message"]] == [True, True]
    repeated = [row for row, _, code in codes(tmp_path / "job", "warnings.csv") if "dup" in code]
    # Row 7 has the serial of rows 2 and 4, which are rejected and still bear it.
    assert repeated == ["3", "5", "7"]
    assert (summary.rows, summary.marks, summary.rejected) == (6, 3, 3)
    assert (summary.duplicates, summary.warned) == (2, 3)


def test_only_errors_make_a_row_a_duplicate(tmp_path: Path, fmt: Format) -> None:
    # The last row is one field short, so nobody knows which serial it has.
    rows = (GOOD, GOOD.replace("2026", "20x6"), GOOD.removesuffix(",09"))
    summary = made(table(tmp_path, *rows), fmt, tmp_path / "job")
    assert (summary.rows, summary.rejected, summary.duplicates) == (3, 3, 2)
    assert codes(tmp_path / "job") == [
        ("2", "Serial number", "duplicate.key"),
        ("3", "Year", "element.value"),
        ("3", "Serial number", "duplicate.key"),
        ("4", "", "row.fields"),
    ]
    # Its rest is no key either: the row before it repeats nothing.
    alone = made(table(tmp_path, rows[0], rows[2]), fmt, tmp_path / "alone")
    assert (alone.marks, alone.warned, alone.duplicates) == (1, 0, 0)


def test_a_bad_row_still_takes_part_in_finding_duplicates(tmp_path: Path, fmt: Format) -> None:
    rows = (GOOD, GOOD.replace("2026", "1066"))
    made(table(tmp_path, *rows), fmt, tmp_path / "job")
    assert ("2", "Serial number", "duplicate.key") in codes(tmp_path / "job")


def test_marks_equal_without_separators_are_duplicates(tmp_path: Path) -> None:
    fmt = markcode.get_format("mosaic-0530", check="iso7064-mod37-36")
    made(table(tmp_path, GOOD, "CO,INDU,2026,070,1238,09"), fmt, tmp_path / "job")
    assert [code for _, _, code in codes(tmp_path / "job")] == ["duplicate.key"] * 2


def test_limit_comes_first_and_rows_after_the_duplicates(tmp_path: Path, fmt: Format) -> None:
    rows = [f"CO,INDU,2026,07,{serial},09" for serial in ("11", "12", "11", "13", "14")]
    source = table(tmp_path, *rows)
    made(source, fmt, tmp_path / "limit", limit=2)
    assert [mark["row"] for mark in read(tmp_path / "limit/marks.csv")] == ["2", "3"]
    summary = made(source, fmt, tmp_path / "rows", rows=(4, 5))
    assert [mark["row"] for mark in read(tmp_path / "rows/marks.csv")] == ["5"]
    assert codes(tmp_path / "rows") == [("4", "Serial number", "duplicate.key")]
    assert (summary.rows, summary.duplicates) == (2, 1)
    made(source, fmt, tmp_path / "open", rows=(5, None))
    assert [mark["row"] for mark in read(tmp_path / "open/marks.csv")] == ["5", "6"]
    with pytest.raises(TableError, match="no such rows"):
        made(source, fmt, tmp_path / "none", rows=(50, 60))


def test_a_table_of_a_spanish_spreadsheet(tmp_path: Path, fmt: Format) -> None:
    path = tmp_path / "armas.csv"
    header = "País;Fabricante;Año;Modelo;Nº de serie;Calibre;Observaciones"
    path.write_bytes(f'\ufeff{header}\r\nCO;INDU;2026;07;01238;09;"a;b"\r\n'.encode())
    summary = made(path, fmt, tmp_path / "job")
    (mark,) = read(tmp_path / "job/marks.csv")
    assert mark["line_1"] == "CO INDU 26 07 01238 09 R"
    assert summary.unused == ("Observaciones",)
    assert manifest(tmp_path / "job")["columns"]["serial"] == "Nº de serie"


def test_a_serial_that_a_workbook_made_a_number_rejects_its_row(
    tmp_path: Path, fmt: Format
) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    path = tmp_path / "arms.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER.split(","))
    for row, serial in enumerate(("01238", 1239, "1239"), start=1):
        for column, cell in enumerate(("CO", "INDU", 2026, "07", serial, "09")):
            write = sheet.write_string if isinstance(cell, str) else sheet.write_number
            write(row, column, cell)
    book.close()
    made(path, fmt, tmp_path / "job")
    # The years are numbers too, and mean the same. What the serial of row 3 was, nobody knows, so
    # row 4 does not repeat it.
    assert [mark["row"] for mark in read(tmp_path / "job/marks.csv")] == ["2", "4"]
    assert codes(tmp_path / "job") == [("3", "Serial number", "cell.numeric")]


def test_a_year_that_a_workbook_reckons_is_taken(tmp_path: Path, fmt: Format) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    path = tmp_path / "arms.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER.split(","))
    for row, serial in enumerate(("01238", "01239"), start=1):
        for column, cell in enumerate(("CO", "INDU", "", "07", serial, "09")):
            sheet.write_string(row, column, cell)
    sheet.write_formula(1, 2, "=2000+26", None, 2026)
    sheet.write_datetime(2, 2, datetime.datetime(2026, 5, 1), book.add_format({"num_format": 14}))
    book.close()
    made(path, fmt, tmp_path / "job")
    assert [mark["year"] for mark in read(tmp_path / "job/marks.csv")] == ["2026"]
    assert ("3", "Year", "cell.date") in codes(tmp_path / "job")


def test_a_row_of_other_length_is_not_judged_further(tmp_path: Path, fmt: Format) -> None:
    made(table(tmp_path, GOOD, "CO,INDU,2026,07,1"), fmt, tmp_path / "job")
    assert codes(tmp_path / "job") == [("3", "", "row.fields")]


def test_events_and_constants(tmp_path: Path, fmt: Format) -> None:
    source = table(tmp_path, "A1", "", header="serial")
    made(
        source,
        fmt,
        tmp_path / "job",
        event="import",
        constants={"country": "CO", "year": "2026"},
    )
    assert [mark["line_1"] for mark in read(tmp_path / "job/marks.csv")] == ["CO 26 A1 C"]


def test_a_provisional_event_needs_consent(tmp_path: Path, fmt: Format) -> None:
    source = table(tmp_path, "CO,2026,A1", header="country,year,serial")
    with pytest.raises(ProfileError, match="--accept-provisional"):
        made(source, fmt, tmp_path / "job", event="transfer")
    made(source, fmt, tmp_path / "job", event="transfer", accept_provisional=True)
    assert manifest(tmp_path / "job")["provisional"] is True


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"event": "burial"}, ProfileError, "no event 'burial'"),
        ({"constants": {"colour": "x"}}, TableError, "no element 'colour'"),
        ({"constants": {"year": "x"}}, TableError, "'x' is no year"),
        ({"constants": {"year": ""}}, TableError, "the value is empty"),
        ({"constants": {"year": "26"}}, TableError, "--set year: .*1950"),
        ({"constants": {"country": "XX"}}, TableError, "--set country: .*no assigned country"),
        ({"constants": {"model": "07-8"}}, TableError, "--set model: "),
        ({"constants": {"calibre": "5.56"}}, TableError, "--set calibre: .*iso7064-mod37-36"),
        ({"symbol": "gs1-128"}, ProfileError, "is no GS1 element string"),
        ({"equipment": "svg", "module_nm": 0}, ProfileError, "a module of 0 mm"),
        (
            {"equipment": "png", "symbol": "qr", "module_nm": 1_000},
            ProfileError,
            "--equipment png: a module of",
        ),
        ({"equipment": "png", "dpi": 1}, ProfileError, "--equipment png: text of"),
        ({"equipment": "png", "dpi": 100}, ProfileError, "--equipment png: text of"),
        ({"serials": Serials.parse("A{40}")}, SerialError, "no such serial fits the format"),
        ({"serials": Serials.parse("a{6}")}, SerialError, "cannot hold 'a'"),
        ({"serials": Serials.parse("A{6}", "0x")}, SerialError, "cannot hold 'x'"),
        ({"columns": {"year": "Jahr"}}, TableError, '"Country", "Manufacturer"'),
        ({"symbol": "maxicode"}, ProfileError, "no symbol is called 'maxicode'"),
        ({"equipment": "hammer"}, JobError, "no equipment is called 'hammer'"),
        ({"serials": Serials.parse("A{4}")}, TableError, "has the serial '01238' already"),
        (
            {"serials": Serials.parse("A{4}"), "constants": {"serial": "1"}},
            ProfileError,
            "leave out --serials",
        ),
    ],
)
def test_wrong_use_is_said_before_anything_is_written(
    tmp_path: Path, fmt: Format, options: dict[str, Any], error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        made(table(tmp_path, GOOD), fmt, tmp_path / "job", **options)
    assert names(tmp_path) == ["arms.csv"]


# -- serials -------------------------------------------------------------------------------------

UNNUMBERED = "Country,Manufacturer,Year,Model,Calibre"


def test_serials_skip_doubtful_checks_and_bad_rows(tmp_path: Path, fmt: Format) -> None:
    rows = ["CO,INDU,2026,07,09"] * 3 + ["ZZ,INDU,2026,07,09"] + ["CO,INDU,2026,07,09"] * 30
    source = table(tmp_path, *rows, header=UNNUMBERED)
    plan = Serials.parse("A{6}")
    summary = made(source, fmt, tmp_path / "job", serials=plan, first=5)
    marks = read(tmp_path / "job/marks.csv")
    issued = [mark["serial"] for mark in marks]
    assert len(issued) == 33
    assert not {mark["check"] for mark in marks} & set("0OQD1IL2Z5S6G8BUV*")
    assert summary.serials is not None
    used = [plan.text(number) for number in range(5, summary.serials["next"])]
    assert [serial for serial in used if serial in issued] == issued
    assert summary.serials["skipped"] == len(used) - len(issued)
    # Each skipped one would have had a doubtful check.
    for serial in set(used) - set(issued):
        arm = markcode.Firearm(
            country="CO", manufacturer="INDU", year=2026, model="07", calibre="09", serial=serial
        )
        assert str(fmt.encode(arm).check) in "0OQD1IL2Z5S6G8BUV"
    assert (summary.serials["first"], summary.serials["last"]) == (issued[0], issued[-1])
    assert manifest(tmp_path / "job")["serials"] == summary.serials
    assert codes(tmp_path / "job") == [("5", "Country", "country.unknown")]


def test_the_next_batch_goes_on_where_the_last_one_ended(tmp_path: Path, fmt: Format) -> None:
    source = table(tmp_path, *["CO,INDU,2026,07,09"] * 20, header=UNNUMBERED)
    half = table(tmp_path, *["CO,INDU,2026,07,09"] * 10, header=UNNUMBERED, name="half.csv")
    plan = Serials.parse("A{5}", "digits")
    made(source, fmt, tmp_path / "whole", serials=plan)
    first = made(half, fmt, tmp_path / "first", serials=plan)
    assert first.serials is not None
    made(half, fmt, tmp_path / "second", serials=plan, first=first.serials["next"])
    whole, *halves = (
        [mark["serial"] for mark in read(tmp_path / name / "marks.csv")]
        for name in ("whole", "first", "second")
    )
    assert halves[0] + halves[1] == whole


def test_a_part_of_the_rows_gets_the_same_serials(tmp_path: Path, fmt: Format) -> None:
    rows = ["CO,INDU,2026,07,09", "CO,INDU,2026,7,09"] * 10
    source = table(tmp_path, *rows, header=UNNUMBERED)
    whole = made(source, fmt, tmp_path / "whole", serials=Serials.parse("A{6}"))
    part = made(source, fmt, tmp_path / "part", serials=Serials.parse("A{6}"), rows=(9, 15))
    marks = {mark["row"]: mark for mark in read(tmp_path / "whole/marks.csv")}
    some = read(tmp_path / "part/marks.csv")
    assert [mark["row"] for mark in some] == ["10", "12", "14"]
    assert all(marks[mark["row"]] == mark for mark in some)
    assert whole.serials is not None
    assert part.serials is not None
    assert part.serials["next"] == whole.serials["next"]


def test_a_check_over_the_serial_ends_the_serial(tmp_path: Path) -> None:
    fmt = markcode.get_format("mosaic-0530", check="iso7064-mod37-36", check_over="serial")
    source = table(tmp_path, *["CO,INDU,2026,07,09"] * 20, header=UNNUMBERED)
    made(source, fmt, tmp_path / "job", serials=Serials.parse("A{4}", "digits"))
    system = markcode.checks.get("iso7064-mod37-36")
    marks = read(tmp_path / "job/marks.csv")
    assert all(system.is_valid(mark["serial"]) for mark in marks)
    assert all(mark["check"] == mark["serial"][-1] for mark in marks)
    assert not {mark["check"] for mark in marks} & set("0OQD1IL2Z5S6G8BUV")


@pytest.mark.parametrize(
    ("check", "unfit"), [("iso7064-mod37-2", "*"), ("code39-mod43", "-. $/+%")]
)
def test_checks_that_a_serial_cannot_hold_are_skipped(
    tmp_path: Path, check: str, unfit: str
) -> None:
    fmt = markcode.get_format("mosaic-0530", check=check, check_over="serial")
    plan = Serials.parse("A{5}")
    source = table(tmp_path, *["CO,INDU,2026,07,09"] * 60, header=UNNUMBERED)
    summary = made(source, fmt, tmp_path / "job", serials=plan)
    assert (summary.marks, summary.rejected) == (60, 0)
    system = markcode.checks.get(check)
    issued = {mark["serial"] for mark in read(tmp_path / "job/marks.csv")}
    assert summary.serials is not None
    candidates = [system.append(plan.text(number)) for number in range(1, summary.serials["next"])]
    skipped = [serial for serial in candidates if serial not in issued]
    assert summary.serials["skipped"] == len(skipped)
    assert {serial[-1] for serial in skipped} & set(unfit)
    assert {serial[-1] for serial in skipped} <= {*unfit, *"0OQD1IL2Z5S6G8BUV"}


def test_numbers_that_run_out_stop_everything(tmp_path: Path) -> None:
    fmt = markcode.get_format("mosaic-0530")
    rows = ["CO,INDU,2026,07,09"] * 9
    plan = Serials.parse("A{1}", "digits")
    # The last row could not be marked anyway, so it needs no tenth number.
    enough = table(tmp_path, *rows, "ZZ,INDU,2026,07,09", header=UNNUMBERED)
    assert made(enough, fmt, tmp_path / "job", serials=plan).marks == 9
    short = table(tmp_path, *rows, rows[0], header=UNNUMBERED, name="short.csv")
    with pytest.raises(SerialError, match="have run out"):
        made(short, fmt, tmp_path / "none", serials=plan)
    assert not (tmp_path / "none").exists()


# -- whole or not there --------------------------------------------------------------------------


def test_strict_and_dry_runs_write_nothing(tmp_path: Path, fmt: Format) -> None:
    source = table(tmp_path, GOOD, "ZZ,INDU,2026,07,1,09")
    seen: list[tuple[int, str, str]] = []

    def note(row: int, column: str, finding: Finding) -> None:
        seen.append((row, column, finding.code))

    strict = batch.run(source, fmt, Options(strict=True), tmp_path / "job", None, note)
    dry = batch.run(source, fmt, Options(dry_run=True), tmp_path / "job")
    assert names(tmp_path) == ["arms.csv"]
    assert seen == [(3, "Country", "country.unknown")]
    assert (strict.marks, strict.rejected, strict.written) == (1, 1, False)
    assert (dry.marks, dry.rejected, dry.written) == (1, 1, False)
    good = table(tmp_path, GOOD)
    assert batch.run(good, fmt, Options(strict=True), tmp_path / "job").written


@pytest.mark.skipif("sys.platform == 'win32'", reason="needs a privilege there")
def test_out_in_a_loop_of_links_is_refused(tmp_path: Path, fmt: Format) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for out in ("loop", "loop/job"):
        with pytest.raises(JobError, match=r"could not be written|there is no folder"):
            made(table(tmp_path, GOOD), fmt, tmp_path / out)


def test_out_is_new_or_empty(tmp_path: Path, fmt: Format) -> None:
    source = table(tmp_path, GOOD)
    (tmp_path / "empty").mkdir()
    made(source, fmt, tmp_path / "empty")
    assert "marks.csv" in names(tmp_path / "empty")
    before = names(tmp_path)
    for out, reason in [
        ("empty", "is not empty"),
        ("arms.csv", "there is a file of that name"),
        ("no/such/parent", "there is no folder"),
    ]:
        with pytest.raises(JobError, match=reason):
            made(source, fmt, tmp_path / out)
    with pytest.raises(JobError, match="needs a folder"):
        batch.run(source, fmt, Options())
    assert names(tmp_path) == before


@pytest.mark.parametrize("fault", [KeyboardInterrupt, OSError("the disk is full"), ValueError])
def test_a_run_that_ends_early_leaves_nothing(
    tmp_path: Path, fmt: Format, fault: type[BaseException] | BaseException
) -> None:
    source = table(tmp_path, GOOD, "CO,INDU,2026,07,1,09")

    def progress(done: int, total: int | None) -> None:
        if total is not None and done == 2:
            raise fault

    expected: type[BaseException] = JobError
    if isinstance(fault, type):
        expected = fault
    with pytest.raises(expected):
        batch.run(source, fmt, Options(equipment="svg"), tmp_path / "job", progress)
    assert [path.name for path in tmp_path.iterdir()] == ["arms.csv"]


def test_a_table_that_changes_meanwhile_is_noticed(tmp_path: Path, fmt: Format) -> None:
    source = table(tmp_path, GOOD, GOOD)  # rows that are repeated are read again

    def progress(done: int, total: int | None) -> None:
        if total is None:
            source.write_text(HEADER + "\n" + GOOD + "\n" * 40, encoding="utf-8")

    with pytest.raises(TableError, match="was changed"):
        batch.run(source, fmt, Options(), tmp_path / "job", progress)
    assert not (tmp_path / "job").exists()


_KILLED = """
import os, signal, sys
from pathlib import Path
import markcode
from markcode import batch

moment, source, out = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
count = 0

def tick(*_):
    global count
    count += 1
    if count == moment:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

def before(function):
    def wrapped(*args, **kwargs):
        tick()
        return function(*args, **kwargs)
    return wrapped

os.fsync = before(os.fsync)
Path.rename = before(Path.rename)
Path.write_bytes = before(Path.write_bytes)
fmt = markcode.get_format("mosaic-0530", check="iso7064-mod37-36")
batch.run(source, fmt, batch.Options(equipment="svg"), out, tick)
tick()
print(count)
"""


def killed(moment: int, source: Path, out: Path) -> subprocess.Popen[str]:
    """Make a job in a process that kills itself at its ``moment``-th step; 0 for never."""
    return subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(moment), str(source), str(out)],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )


def test_kill_at_any_moment_leaves_the_whole_job_or_none(tmp_path: Path) -> None:
    rows = [f"CO,INDU,2026,07,{serial},09" for serial in range(101, 107)]
    source = table(tmp_path, *rows, "ZZ,INDU,2026,07,1,09")
    steps = int(killed(0, source, tmp_path / "whole").communicate()[0])
    whole = names(tmp_path / "whole")
    # Rows read twice, six drawings, nine files and two folders synced, one rename ...
    assert steps > 20
    moments = (1, 7, 12, 18, *range(steps - 3, steps + 1))
    running = {moment: killed(moment, source, tmp_path / f"job{moment}") for moment in moments}
    outcomes = []
    for moment, process in running.items():
        out = tmp_path / f"job{moment}"
        assert process.communicate()[0] == "", "it was not killed"
        assert process.returncode != 0
        outcomes.append(out.exists())
        if out.exists():
            assert names(out) == whole
            reports = [result.report for result in jobs.verify_job(jobs.Job(out))]
            assert all(report.ok for report in reports)
            assert len(reports) == 6
    assert outcomes[:5] == [False] * 5
    assert outcomes[-1] is True


# -- memory --------------------------------------------------------------------------------------


def _peak(run: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_rows(
    tmp_path: Path, fmt: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "BUNDLE", 50)

    def tidy(done: int, total: int | None) -> None:
        if done % 40 == 0:
            gc.collect()

    def order(count: int) -> Callable[[], object]:
        rows = [f"CO,INDU,{2026 if n % 2 else 'x'},07,{n % 500},09" for n in range(count)]
        source = table(tmp_path, *rows, name=f"{count}.csv")
        return lambda: batch.run(source, fmt, Options(), tmp_path / f"job{count}", tidy)

    order(20)()  # what is loaded and cached once
    assert _peak(order(240)) < _peak(order(60)) + 50_000
