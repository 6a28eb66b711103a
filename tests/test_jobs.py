"""Jobs and tables of marks, read again."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import markcode
from jobs_on_disk import reseal
from markcode import batch, jobs, notation
from markcode.batch import Options
from markcode.errors import JobError, TableError
from markcode.jobs import Job, Verified
from markcode.jobs.manifest import is_inside, read_manifest

MOSAIC = (
    "Country,Manufacturer,Year,Model,Serial number,Calibre\n"
    "CO,INDU,2026,07,01238,09\n"
    "CO,INDU,2026,07,01239,09\n"
    "CO,INDU,2026,08,0124,09\n"
)
LICENSEE = (
    "serial,manufacturer,city,state,model,calibre\nA1,ACME,Reno,NV,M1,9mm\nA2,ACME,Reno,NV,M2,9mm\n"
)


def job(folder: Path, name: str = "mosaic-0530", content: str = MOSAIC, **options: Any) -> Path:
    source = folder / "arms.csv"
    source.write_text(content, encoding="utf-8")
    check = "iso7064-mod37-36" if name == "mosaic-0530" else None
    fmt = markcode.get_format(name, check=check)
    batch.run(source, fmt, Options(**options), folder / "job")
    return folder / "job"


def verified(folder: Path) -> list[Verified]:
    return list(jobs.verify_job(Job(folder)))


def faults(results: list[Verified]) -> list[tuple[int | str | None, str]]:
    """Return where and what: every finding that is more than a note."""
    return [
        (result.file if result.row is None else result.row, finding.code)
        for result in results
        for finding in result.report.findings
        if finding.severity != "info"
    ]


def edit(path: Path, old: str, new: str) -> None:
    content = path.read_bytes()
    assert old.encode() in content
    path.write_bytes(content.replace(old.encode(), new.encode(), 1))


# -- jobs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("equipment", ["csv", "text", "svg", "png"])
@pytest.mark.parametrize("symbol", [None, "datamatrix", "qr"])
def test_an_untouched_job_is_valid(tmp_path: Path, equipment: str, symbol: str | None) -> None:
    results = verified(job(tmp_path, equipment=equipment, symbol=symbol))
    assert [result.row for result in results] == [2, 3, 4]
    assert [result.report.verdict for result in results] == ["valid"] * 3


@pytest.mark.parametrize("symbol", [None, "datamatrix"])
@pytest.mark.parametrize("equipment", ["csv", "text"])
def test_lines_that_cannot_be_split_are_struck_again(
    tmp_path: Path, equipment: str, symbol: str | None
) -> None:
    folder = job(tmp_path, "us-478-92", LICENSEE, equipment=equipment, symbol=symbol)
    assert [result.report.verdict for result in verified(folder)] == ["valid"] * 2
    edit(folder / "marks.csv", "A2,ACME", "A3,ACME")
    reseal(folder)
    assert (3, "line.mismatch") in faults(verified(folder))


def test_symbols_of_uii_jobs_are_read_back_byte_for_byte(tmp_path: Path) -> None:
    content = "manufacturer,model,serial\n0CVA5,1234,674A36458\n"
    folder = job(tmp_path, "iuid", content, equipment="png", symbol="datamatrix")
    (result,) = verified(folder)
    assert "{RS}" in (folder / "marks.csv").read_text("utf-8")
    assert result.report.verdict == "valid"


def test_a_drawing_says_that_its_letters_were_not_read(tmp_path: Path) -> None:
    results = verified(job(tmp_path, equipment="svg", symbol="datamatrix"))
    for result in results:
        assert result.file == f"drawings/{result.row:08}.svg"
        notes = [f.severity for f in result.report.findings if f.code == "drawing.letters_unread"]
        assert notes == ["info"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("01239 09 J", "01289 09 J", "check.mismatch"),
        (",01239,09", ",01289,09", "element.mismatch"),
        (",CO,INDU,2026,07,01239", ",CU,INDU,2026,07,01239", "element.mismatch"),
        (",CO,INDU,2026,07,01239", ",CO,INDU,2025,07,01239", "element.mismatch"),
        (",2026,07,01239", ",2026,,01239", "element.mismatch"),
    ],
)
def test_a_changed_row_is_found_even_with_a_new_seal(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    folder = job(tmp_path)
    edit(folder / "marks.csv", old, new)
    assert ("marks.csv", "file.changed") in faults(verified(folder))
    reseal(folder)
    assert {where for where, _ in faults(verified(folder))} == {3}
    assert (3, expected) in faults(verified(folder))


@pytest.mark.parametrize("equipment", ["svg", "png"])
def test_a_drawing_of_another_mark_is_found(tmp_path: Path, equipment: str) -> None:
    folder = job(tmp_path, equipment=equipment, symbol="datamatrix")
    drawings = folder / "drawings"
    shutil.copy(drawings / f"00000002.{equipment}", drawings / f"00000003.{equipment}")
    reseal(folder)
    assert faults(verified(folder)) == [(3, "payload.mismatch")]


def test_a_drawing_without_a_symbol_is_found(tmp_path: Path) -> None:
    folder = job(tmp_path, equipment="svg", symbol="datamatrix")
    drawing = folder / "drawings/00000003.svg"
    *letters, _symbol, group_end, end = drawing.read_text("utf-8").splitlines()
    drawing.write_text("\n".join([*letters, group_end, end, ""]), encoding="utf-8")
    (folder / "drawings/00000004.svg").write_text("<svg/>", encoding="utf-8")
    reseal(folder)
    assert faults(verified(folder)) == [(3, "symbol.unread"), (4, "symbol.unread")]


def _remove(folder: Path) -> None:
    (folder / "drawings/00000003.svg").unlink()


def _add(folder: Path) -> None:
    (folder / "drawings/00000009.svg").write_text("<svg/>", encoding="utf-8")


def _grow(folder: Path) -> None:
    with (folder / "drawings/00000003.svg").open("ab") as stream:
        stream.write(b"\n")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            _remove,
            [("drawings/00000003.svg", "file.missing"), (3, "file.missing")],
        ),
        (_add, [("drawings/00000009.svg", "file.unexpected")]),
        (_grow, [("drawings/00000003.svg", "file.changed")]),
    ],
)
def test_files_are_as_the_manifest_says(
    tmp_path: Path, change: Callable[[Path], None], expected: list[tuple[int | str, str]]
) -> None:
    folder = job(tmp_path, equipment="svg", symbol="datamatrix")
    change(folder)
    assert faults(verified(folder)) == expected


def test_text_files_are_compared_line_by_line(tmp_path: Path) -> None:
    folder = job(tmp_path, equipment="text")
    lines = (folder / "line_1.txt").read_bytes().splitlines(keepends=True)
    (folder / "line_1.txt").write_bytes(b"".join([lines[0], lines[2], lines[1], b"X\r\n"]))
    reseal(folder)
    assert faults(verified(folder)) == [
        (3, "line.mismatch"),
        (4, "line.mismatch"),
        ("line_1.txt", "line.unexpected"),
    ]
    (folder / "line_1.txt").write_bytes(lines[0].replace(b"\r", b"") + lines[1])
    reseal(folder)
    assert faults(verified(folder)) == [(2, "line.mismatch"), (4, "line.mismatch")]


def test_a_mark_that_is_left_out_is_counted(tmp_path: Path) -> None:
    folder = job(tmp_path)
    lines = (folder / "marks.csv").read_bytes().splitlines(keepends=True)
    (folder / "marks.csv").write_bytes(b"".join(lines[:-1]))
    reseal(folder)
    assert faults(verified(folder)) == [("marks.csv", "count.mismatch")]


def _change_head(folder: Path, **entries: Any) -> None:
    path = folder / "manifest.json"
    head = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**head, **entries}, indent=2), encoding="utf-8")


def test_a_job_whose_manifest_lists_no_files_is_invalid(tmp_path: Path) -> None:
    folder = job(tmp_path, equipment="text")
    _change_head(folder, files=[])
    lines = (folder / "marks.csv").read_bytes().splitlines(keepends=True)
    (folder / "marks.csv").write_bytes(b"".join([*lines[:2], lines[1], *lines[3:]]))
    assert faults(verified(folder)) == [
        ("marks.csv", "file.unlisted"),
        ("line_1.txt", "file.unlisted"),
        (2, "line.mismatch"),
        (2, "row.order"),
    ]


def test_a_drawing_of_a_mark_must_be_listed(tmp_path: Path) -> None:
    folder = job(tmp_path, equipment="svg")
    path = folder / "manifest.json"
    files = json.loads(path.read_text(encoding="utf-8"))["files"]
    _change_head(folder, files=[f for f in files if f["name"] != "drawings/00000003.svg"])
    assert (3, "file.unlisted") in faults(verified(folder))


@pytest.mark.parametrize("second", [2, 1])
def test_rows_of_marks_ascend(tmp_path: Path, second: int) -> None:
    folder = job(tmp_path)
    edit(folder / "marks.csv", "\n3,", f"\n{second},")
    reseal(folder)
    assert faults(verified(folder)) == [(second, "row.order")]


@pytest.mark.parametrize(
    ("entries", "wrong"),
    [
        ({"counts": {"rows": 3, "marks": 3, "rejected": 1}}, "counts"),
        ({"counts": {"rows": 3, "marks": 3}}, "counts"),
        ({"job": "0" * 64}, "job"),
        ({"inputs": [{"sha256": "0" * 64}]}, "job"),
        ({"inputs": []}, "job"),
        ({"constants": {"year": "2026"}}, "job"),
        ({"version": "0"}, "job"),
        ({"language": "es"}, "job"),
        ({"smuggled": 1}, "job"),
    ],
)
def test_the_entries_of_a_manifest_agree(
    tmp_path: Path, entries: dict[str, Any], wrong: str
) -> None:
    folder = job(tmp_path)
    _change_head(folder, **entries)
    assert faults(verified(folder)) == [("manifest.json", "job.mismatch")]
    (finding,) = verified(folder)[0].report.findings
    assert finding.params["entry"] == wrong


@pytest.mark.skipif("sys.platform == 'win32'", reason="there are no such pipes")
def test_pipes_in_a_job_are_not_waited_for(tmp_path: Path) -> None:
    folder = job(tmp_path, equipment="text")
    os.mkfifo(folder / "extra")
    for name in ("marks.csv", "line_1.txt"):
        (folder / name).unlink()
        os.mkfifo(folder / name)
    assert sorted(faults(verified(folder)), key=str) == [
        ("extra", "file.unexpected"),
        ("line_1.txt", "file.irregular"),
        ("marks.csv", "file.irregular"),
    ]
    (folder / "manifest.json").unlink()
    os.mkfifo(folder / "manifest.json")
    with pytest.raises(JobError, match="no regular file"):
        verified(folder)


@pytest.mark.skipif("sys.platform == 'win32'", reason="needs a privilege there")
def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    folder = job(tmp_path, equipment="svg")
    (folder / "drawings/up").symlink_to(folder, target_is_directory=True)
    assert faults(verified(folder)) == [("drawings/up", "file.unexpected")]


def test_a_lost_cr_shows(tmp_path: Path) -> None:
    folder = job(tmp_path, equipment="text")
    edit(folder / "line_1.txt", "\r\n", "\n")
    reseal(folder)
    findings = verified(folder)[0].report.findings
    (finding,) = [finding for finding in findings if finding.code == "line.mismatch"]
    assert "{CR}{LF}" in finding.message()
    assert finding.params["found"] != finding.params["expected"]


def test_the_code_lists_of_the_job_are_used(tmp_path: Path) -> None:
    (tmp_path / "makers.csv").write_text("code,name\nINDU,Industrias\n", encoding="utf-8")
    (tmp_path / "arms.csv").write_text(MOSAIC.replace("INDU", "Industrias"), encoding="utf-8")
    fmt = markcode.get_format("mosaic-0530", codes={"manufacturer": tmp_path / "makers.csv"})
    batch.run(tmp_path / "arms.csv", fmt, Options(), tmp_path / "job")
    (tmp_path / "makers.csv").unlink()
    assert faults(verified(tmp_path / "job")) == []
    assert Job(tmp_path / "job").fmt.profile() == fmt.profile()


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda folder: (folder / "manifest.json").unlink(), "is this folder a whole job"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "this is no manifest"),
        (lambda folder: (folder / "manifest.json").write_text("[]"), "this is no manifest"),
        (lambda folder: edit(folder / "manifest.json", '_version": 1', '_version": 9'), "is 9"),
        (lambda folder: edit(folder / "manifest.json", '"format"', '"former"'), "the profile"),
        (lambda folder: edit(folder / "manifest.json", '"event"', '"even"'), "event is None"),
        (lambda folder: edit(folder / "manifest.json", "marks.csv", "../arms"), "does not say"),
        (lambda folder: edit(folder / "marks.csv", "line_1", "line_9"), "the columns are"),
        (lambda folder: edit(folder / "marks.csv", "\n3,", "\nx,"), "no row of marks.csv"),
        (lambda folder: edit(folder / "marks.csv", "\n3,", "\n3,,"), "no row of marks.csv"),
        (lambda folder: edit(folder / "marks.csv", "INDU", "{XX}"), "damaged"),
    ],
)
def test_what_is_no_job_is_said_in_one_line(
    tmp_path: Path, change: Callable[[Path], object], match: str
) -> None:
    folder = job(tmp_path)
    change(folder)
    with pytest.raises(JobError, match=match) as caught:
        verified(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name", ["/etc/x", "C:x", "C:/x", "..\\x", "a/../b", "..", "//host/share/x"]
)
def test_a_name_that_leaves_the_folder_on_any_system(name: str) -> None:
    assert not is_inside(name)


@pytest.mark.parametrize("name", ["marks.csv", "drawings/00000002.svg", "a..b"])
def test_a_name_that_stays_in_the_folder(name: str) -> None:
    assert is_inside(name)


def test_a_manifest_that_another_program_has_written_is_read(tmp_path: Path) -> None:
    folder = job(tmp_path, equipment="svg")
    head, files = read_manifest(folder)
    listed = list(files)
    assert len(listed) >= 4
    for indent in (None, 1, 2, 4):
        path = folder / "manifest.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps(content, indent=indent), encoding="utf-8")
        again, files = read_manifest(folder)
        assert (again, list(files)) == (head, listed)


# -- tables --------------------------------------------------------------------------------------


def marks(folder: Path, content: str, fmt: str | None = "mosaic-0530", **options: Any) -> Any:
    path = folder / "marks.csv"
    path.write_text(content, encoding="utf-8")
    chosen = markcode.get_format(fmt, check="iso7064-mod37-36") if fmt else None
    return list(jobs.verify_table(path, chosen, **options))


def test_the_column_mark_and_the_elements_beside_it(tmp_path: Path) -> None:
    content = (
        "mark,Serial number,Country,Year,Note\n"
        "CO INDU 26 07 01238 09 R,01238,Colombia,2026,x\n"
        "CO INDU 26 07 01238 09 R,01239,CO,2026,x\n"
        "CO INDU 26 07 01238 09 R,01238,Chile,,x\n"
        "CO INDU 26 07 01238 09 R,,,,x\n"
        "CO INDU 26 07 01288 09 R,01288,,,x\n"
        ",01238,,,x\n"
    )
    results = marks(tmp_path, content)
    assert faults(results)[:3] == [
        (3, "element.mismatch"),
        (4, "element.mismatch"),
        (6, "check.mismatch"),
    ]
    verdicts = [result.report.verdict for result in results]
    assert verdicts == ["valid", "invalid", "invalid", "valid", "invalid", "invalid"]
    params = results[1].report.findings[-1].params
    assert (params["expected"], params["found"]) == ("01239", "01238")


def test_lines_and_other_columns_of_marks(tmp_path: Path) -> None:
    lines = "line_2,line_1\n07 01238 09 R,CO INDU 26\n"
    assert [result.report.verdict for result in marks(tmp_path, lines)] == ["valid"]
    other = "Marca,mark\nCO INDU 26 07 01238 09 R,nonsense\n"
    (result,) = marks(tmp_path, other, mark_column="Marca")
    assert result.report.verdict == "valid"
    with pytest.raises(TableError, match=r"no column 'X' to verify; the columns are Marca, mark"):
        marks(tmp_path, other, mark_column="X")
    with pytest.raises(TableError, match="no column mark or line_1"):
        marks(tmp_path, "a,b\n1,2\n")


def test_a_table_without_a_format_is_recognised_mark_by_mark(tmp_path: Path) -> None:
    results = marks(tmp_path, "mark\nCO INDU 26 07 01238 09\nnonsense\n", fmt=None)
    assert [result.report.verdict for result in results] == ["valid", "undetermined"]


def test_lines_that_cannot_be_split_need_the_data_beside_them(tmp_path: Path) -> None:
    path = tmp_path / "marks.csv"
    fmt = markcode.get_format("us-478-92")
    beside = "line_1,line_2,line_3,line_4,line_5,serial,manufacturer,city,state,model,calibre\n"
    row = "A1,ACME,Reno NV,M1,9mm,A1,ACME,Reno,NV,M1,9mm\n"
    path.write_text(beside + row + row.replace("A1", "A2", 1), encoding="utf-8")
    results = list(jobs.verify_table(path, fmt))
    assert [result.report.verdict for result in results] == ["valid", "invalid"]
    path.write_text("mark,serial\nA1,A1\n", encoding="utf-8")
    (result,) = jobs.verify_table(path, fmt)
    assert result.report.verdict == "undetermined"


RECORD = "serial: A123{LF}manufacturer: Acme Arms{LF}city: Springfield{LF}state: MA{LF}calibre: 9MM"
MESSAGE = "[)>{RS}06{GS}17V0CVA5{GS}1P1234{GS}S674A36458{RS}{EOT}"
SHORT = "[)>{RS}06{GS}25SD0CVA51234674A36458{RS}{EOT}"
UII = "D0CVA51234674A36458"


@pytest.mark.parametrize(
    ("name", "header", "row", "verdict", "wrong"),
    [
        ("us-478-92", "serial", f"{RECORD},A123", "valid", None),
        ("us-478-92", "serial", f"{RECORD},A124", "invalid", "serial"),
        ("us-478-92", "serial,city", f"{RECORD},A123,Reno", "invalid", "city"),
        ("us-478-92", "serial,model", f"{RECORD},A123,M1", "invalid", "model"),
        ("us-478-92", "serial", "A123{LF}Acme,A123", "undetermined", None),
        ("us-478-92", "serial", "A123{LF}Acme,A12", "invalid", "serial"),
        ("us-478-92", "city", "A123{LF}Acme,Reno", "undetermined", None),
        ("iuid", "serial", f"{MESSAGE},674A36458", "valid", None),
        ("iuid", "serial", f"{MESSAGE},WRONG", "invalid", "serial"),
        ("iuid", "manufacturer,model,serial", f"{MESSAGE},0CVA5,1234,674A36458", "valid", None),
        ("iuid", "uii,serial", f"{MESSAGE},{UII},674A36458", "valid", None),
        ("iuid", "uii,serial", f"{MESSAGE},{UII}X,674A36458", "invalid", "uii"),
        ("iuid", "uii", f"{UII},{UII}", "valid", None),
        ("iuid", "manufacturer,model,serial", f"{UII},0CVA5,1234,674A36458", "valid", None),
        ("iuid", "manufacturer,model,serial", f"{SHORT},0CVA5,1234,674A36458", "valid", None),
        (
            *("iuid", "uii,manufacturer,model,serial"),
            *(f"{UII},{UII},0CVA5,1234,674A36458", "valid", None),
        ),
        (
            *("iuid", "uii,manufacturer,model,serial"),
            *(f"{UII},{UII}X,0CVA5,1234,674A36458", "invalid", "uii"),
        ),
        ("iuid", "serial", f"{UII},674A36458", "undetermined", None),
        ("iuid", "serial", f"{UII},674A36459", "invalid", "serial"),
    ],
)
def test_records_and_messages_agree_with_the_columns_beside_them(
    tmp_path: Path, name: str, header: str, row: str, verdict: str, wrong: str | None
) -> None:
    path = tmp_path / "marks.csv"
    path.write_text(f"mark,{header}\n{row}\n", encoding="utf-8")
    (result,) = jobs.verify_table(path, markcode.get_format(name))
    assert result.report.verdict == verdict
    found = [f.element for f in result.report.findings if f.severity == "error"]
    assert found == ([] if wrong is None else [wrong])
    assert result.report.input == notation.unescape(row.split(",")[0])


def test_a_job_must_hold_the_lines_and_not_the_record(tmp_path: Path) -> None:
    folder = job(tmp_path, "us-478-92", LICENSEE)
    record = "serial: A1{LF}manufacturer: ACME{LF}city: Reno{LF}state: NV{LF}model: M1"
    edit(folder / "marks.csv", "2,A1,ACME,Reno NV,M1,9mm,", f"2,{record}{{LF}}calibre: 9mm,,,,,")
    reseal(folder)
    assert (2, "line.mismatch") in faults(verified(folder))


def test_control_characters_are_typed_as_on_the_command_line(tmp_path: Path) -> None:
    message = "[)>{RS}06{GS}17V0CVA5{GS}1P1234{GS}S674A36458{RS}{EOT}"
    path = tmp_path / "marks.csv"
    path.write_text(f"mark\n{message}\n{{oops\n", encoding="utf-8")
    first, second = jobs.verify_table(path, markcode.get_format("iuid"))
    assert first.report.data["uii"] == "D0CVA51234674A36458"
    assert second.report.verdict == "invalid"
