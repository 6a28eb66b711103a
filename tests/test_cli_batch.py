"""`markcode batch` and `markcode verify --input`: what is printed, and the exit status."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from cli_runner import process, run
from markcode_cli import progress

PROFILE = ("--format", "mosaic-0530", "--check", "iso7064-mod37-36")
HEADER = "Country,Manufacturer,Year,Model,Serial number,Calibre"
GOOD = "CO,INDU,2026,07,01238,09"


def table(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "arms.csv"
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


def test_a_good_table_is_a_job_and_exit_status_0(tmp_path: Path) -> None:
    status, out, err = run("batch", table(tmp_path, GOOD), *PROFILE, "--out", tmp_path / "job")
    assert (status, err) == (0, "")
    assert re.sub(r"[0-9.]+(?=\njob)", "S", out) == (
        f"marks       1\nrejected    0\nwarned      0\nduplicates  0\nseconds     S\n"
        f"job         {tmp_path / 'job'}\n"
    )
    assert (tmp_path / "job/marks.csv").exists()


def test_rejections_are_exit_status_1_and_unused_columns_are_said(tmp_path: Path) -> None:
    source = table(tmp_path, GOOD + ",x", "ZZ,INDU,2026,07,1,09,y", header=HEADER + ",Remarks")
    status, out, err = run("batch", source, *PROFILE, "--out", tmp_path / "job")
    assert status == 1
    assert "rejected    1 (see rejected.csv)\n" in out
    assert err == "markcode: columns that were not used: Remarks\n"


def test_the_summary_as_json(tmp_path: Path) -> None:
    source = table(tmp_path, "CO,INDU,2026,07,09", header=HEADER.replace("Serial number,", ""))
    status, out, err = run(
        "batch", source, *PROFILE, "--out", tmp_path / "job", "--serials", "A{6}", "--json"
    )
    summary: dict[str, Any] = json.loads(out)
    assert status == 0
    assert isinstance(summary.pop("seconds"), float)
    assert re.fullmatch("[0-9a-f]{64}", summary.pop("job"))
    assert summary == {
        "rows": 1,
        "marks": 1,
        "rejected": 0,
        "warned": 0,
        "duplicates": 0,
        "serials": {
            "first": "A333334",
            "last": "A333334",
            "next": 2,
            "skipped": 0,
            "pattern": "A{6}",
            "alphabet": "3479ACEFHJKMNPRTWXY",
        },
        "written": True,
        "unused": [],
        "out": str(tmp_path / "job"),
        "ledger": None,
    }
    assert err == (
        "markcode: nothing prevents these serials from being issued again: begin the next batch "
        "with --first 2\n"
    )


@pytest.mark.parametrize("flag", ["--strict", "--dry-run"])
def test_strict_and_dry_runs_list_the_rejections(tmp_path: Path, flag: str) -> None:
    source = table(tmp_path, GOOD, "ZZ,INDU,2026,07,1,09")
    status, out, err = run("batch", source, *PROFILE, "--out", tmp_path / "job", flag)
    assert status == 1
    assert err.splitlines()[0] == (
        "row 3, column Country: country.unknown: Country: ZZ is no assigned country code "
        "(ISO 3166-1)."
    )
    assert ("no job was written" in err) is (flag == "--strict")
    assert "job         none" in out
    assert not (tmp_path / "job").exists()


def test_map_set_event_rows_and_drawings(tmp_path: Path) -> None:
    source = table(tmp_path, "A1", "A2", "A3", header="Engraving")
    status, _, err = run(
        *("batch", source, *PROFILE, "--out", tmp_path / "job", "--event", "import"),
        *("--map", "serial=Engraving", "--set", "country=CO", "--set", "year=2026"),
        *("--rows", "3-", "--limit", "3", "--equipment", "svg", "--symbol", "datamatrix"),
        *("--height", "2mm", "--module", "0.5mm"),
    )
    assert (status, err) == (0, "")
    head = json.loads((tmp_path / "job/manifest.json").read_text(encoding="utf-8"))
    assert [file["name"] for file in head["files"]][:2] == [
        "drawings/00000003.svg",
        "drawings/00000004.svg",
    ]
    assert (head["height_nm"], head["module_nm"]) == (2_000_000, 500_000)
    assert run("verify", "--input", tmp_path / "job")[:2] == (0, "2 marks: 2 valid\n")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--out", "{job}"), "name the marking standard with --format"),
        (PROFILE, "name the folder of the job with --out, or say --dry-run"),
        ((*PROFILE, "--out", "{full}"), "the folder is not empty"),
        ((*PROFILE, "--out", "{job}", "--rows", "1-5"), "write the first and the last row"),
        ((*PROFILE, "--out", "{job}", "--rows", "9-5"), "write the first and the last row"),
        ((*PROFILE, "--out", "{job}", "--rows", "٣"), "write the first and the last row"),
        ((*PROFILE, "--out", "{job}", "--first", "3"), "go with --serials"),
        ((*PROFILE, "--out", "{job}", "--serials", "A"), "is not a prefix and a number"),
        ((*PROFILE, "--out", "{job}", "--module", "wide"), "is not a length"),
        ((*PROFILE, "--out", "{job}", "--map", "serial=Number"), "there is no such column"),
        ((*PROFILE, "--out", "{job}", "--equipment", "axe"), "'axe' is not one of"),
        ((*PROFILE, "--out", "{job}", "--encoding", "ebcdic!"), "is no encoding"),
    ],
)
def test_wrong_use_is_one_line_and_exit_status_2(
    tmp_path: Path, args: tuple[str, ...], message: str
) -> None:
    places = {"job": tmp_path / "job", "full": tmp_path}
    source = table(tmp_path, GOOD)
    status, out, err = run("batch", source, *(arg.format(**places) for arg in args))
    assert (status, out) == (2, "")
    assert message in err
    assert err.startswith("markcode: ")
    assert err.count("\n") == 1
    assert not (tmp_path / "job").exists()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--equipment", "svg", "--module", "0mm"), "a module of 0 mm"),
        (("--equipment", "png", "--dpi", "100"), "--equipment png: text of"),
        (("--height", "2mm"), "--height is for drawings, not for --equipment csv"),
        (("--equipment", "text", "--module", "1mm"), "--module is for drawings, not for"),
        (("--equipment", "svg", "--dpi", "600"), "--dpi is for drawings, not for --equipment svg"),
        (("--set", "country=XX"), "--set country: "),
        (("--symbol", "gs1-128"), "is no GS1 element string"),
    ],
)
def test_an_order_that_no_table_could_fill_is_wrong_use(
    tmp_path: Path, args: tuple[str, ...], message: str
) -> None:
    status, out, err = run(
        "batch", table(tmp_path, GOOD), *PROFILE, "--out", tmp_path / "job", *args
    )
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert not (tmp_path / "job").exists()


@pytest.mark.parametrize("flag", ["--strict", "--dry-run"])
def test_no_next_serial_is_named_where_none_was_issued(tmp_path: Path, flag: str) -> None:
    header = HEADER.replace("Serial number,", "")
    source = table(tmp_path, "CO,INDU,2026,07,09", "ZZ,INDU,2026,07,09", header=header)
    order = ("--out", tmp_path / "job", "--serials", "A{6}")
    _, out, err = run("batch", source, *PROFILE, *order, flag)
    assert "issued again" not in err
    assert "serials     A333334 to A333334, 0 skipped; none was issued\n" in out
    _, out, err = run("batch", source, *PROFILE, *order)
    assert "issued again: begin the next batch with --first 2\n" in err
    assert "next --first 2\n" in out


def test_a_constant_that_takes_the_place_of_a_column_is_said(tmp_path: Path) -> None:
    order = ("--out", tmp_path / "job", "--set", "model=08")
    _, _, err = run("batch", table(tmp_path, GOOD), *PROFILE, *order)
    assert err == "markcode: --set model takes the place of the column Model\n"


def test_the_sizes_that_dots_give_are_in_the_summary(tmp_path: Path) -> None:
    order = ("--out", tmp_path / "job", "--equipment", "png", "--symbol", "qr")
    _, out, _ = run("batch", table(tmp_path, GOOD), *PROFILE, *order)
    assert "a module of 0.381 mm\n" in out


def test_what_a_killed_run_has_left_is_named_and_kept(tmp_path: Path) -> None:
    for name in (".job.abc.part", ".other.abc.part"):
        (tmp_path / name).mkdir()
    _, _, err = run("batch", table(tmp_path, GOOD), *PROFILE, "--out", tmp_path / "job")
    assert err.count("\n") == 1
    assert f"markcode: {tmp_path / '.job.abc.part'} is what a run that was stopped has left" in err
    assert (tmp_path / ".job.abc.part").is_dir()


# -- progress ------------------------------------------------------------------------------------


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show progress, at every row."""
    monkeypatch.setattr(progress, "_is_terminal", lambda: True)
    monkeypatch.setattr(progress, "_EVERY", 1)


def on_screen(err: str) -> list[str]:
    """Return the lines that a terminal shows in the end."""
    shown = []
    for line in err.split("\n"):
        screen = ""
        for part in line.split("\r"):
            screen = part + screen[len(part) :]
        shown.append(screen.rstrip())
    return shown


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("flag", [(), ("--strict",), ("--dry-run",)])
def test_batch_shows_progress_and_leaves_none(tmp_path: Path, flag: tuple[str, ...]) -> None:
    source = table(tmp_path, "ZZ,INDU,2026,07,1,09", *[GOOD.replace("01238", n) for n in "23"])
    _, _, err = run("batch", source, *PROFILE, "--out", tmp_path / "job", *flag)
    assert "\rlooking for duplicates, rows read: 3" in err
    assert "\rrows marked: 3 of 3 (100 %)" in err
    *lines, last = on_screen(err)
    assert last == ""
    listed = [line for line in lines if line.startswith("row 2, column Country: country.unknown")]
    assert len(listed) == len(flag)
    assert len(lines) == len(flag) + (flag == ("--strict",))


@pytest.mark.usefixtures("terminal")
def test_verify_shows_progress_and_leaves_none(tmp_path: Path) -> None:
    job = tmp_path / "job"
    run("batch", table(tmp_path, GOOD, GOOD.replace("38", "39")), *PROFILE, "--out", job)
    status, out, err = run("verify", "--input", job)
    assert (status, out) == (0, "2 marks: 2 valid\n")
    assert "\rlooking at files or marks: 1" in err
    assert "\rmarks verified: 2 of 2 (100 %)" in err
    assert on_screen(err) == [""]
    _, _, err = run("verify", "--input", job / "marks.csv", *PROFILE)
    assert "\rlooking at files or marks: 2" in err
    assert on_screen(err) == [""]


def test_nothing_is_drawn_into_a_pipe(tmp_path: Path) -> None:
    with process("batch", table(tmp_path, GOOD), *PROFILE, "--out", tmp_path / "job") as ended:
        _, err = ended.communicate()
    assert (ended.returncode, err) == (0, b"")


@pytest.mark.skipif("sys.platform == 'win32'", reason="a console interrupt hits the tests too")
def test_an_interrupted_run_leaves_nothing_and_ends_with_130(tmp_path: Path) -> None:
    import signal

    rows = [f"CO,INDU,2026,07,{number},09" for number in range(20_000)]
    order = ("--out", tmp_path / "job", "--equipment", "svg", "--symbol", "datamatrix")
    with process("batch", table(tmp_path, *rows), *PROFILE, *order) as ended:
        while not list(tmp_path.glob(".job.*/job/drawings/*")) and ended.poll() is None:
            time.sleep(0.01)
        ended.send_signal(signal.SIGINT)
        _, err = ended.communicate()
    assert (ended.returncode, err) == (130, b"markcode: interrupted\n")
    assert [path.name for path in tmp_path.iterdir()] == ["arms.csv"]


# -- verify --input ------------------------------------------------------------------------------


def test_a_job_is_verified_under_its_own_profile(tmp_path: Path) -> None:
    job = tmp_path / "job"
    run("batch", table(tmp_path, GOOD, GOOD.replace("38", "39")), *PROFILE, "--out", job)
    assert run("verify", "--input", job) == (0, "2 marks: 2 valid\n", "")
    status, out, err = run("verify", "--input", job, *PROFILE)
    assert (status, out) == (2, "")
    assert "its manifest says under which profile it was made" in err
    status, out, _ = run("verify", "--input", job, "--json")
    first, second = map(json.loads, out.splitlines())
    assert (status, first["row"], second["row"]) == (0, 2, 3)
    assert first["verdict"] == "valid"
    assert first["input"] == "CO INDU 26 07 01238 09 R"


def test_what_is_wrong_with_a_job_is_one_line_each(tmp_path: Path) -> None:
    job = tmp_path / "job"
    run("batch", table(tmp_path, GOOD, GOOD.replace("38", "39")), *PROFILE, "--out", job)
    marks = job / "marks.csv"
    marks.write_text(marks.read_text("utf-8").replace(",01239,", ",01289,"), encoding="utf-8")
    status, out, err = run("verify", "--input", job)
    assert (status, err) == (1, "")
    changed, mismatch, summary = out.splitlines()
    assert changed.startswith("file marks.csv: invalid: error file.changed: marks.csv is not")
    assert mismatch.startswith("row 3: invalid: error element.mismatch: Serial number: ")
    assert summary == "2 marks: 1 valid, 1 invalid; 1 file is not as the manifest says"


def test_an_unexpected_file_is_suspect(tmp_path: Path) -> None:
    job = tmp_path / "job"
    run("batch", table(tmp_path, GOOD), *PROFILE, "--out", job)
    (job / "extra.txt").write_text("x", encoding="utf-8")
    assert run("verify", "--input", job).status == 1
    assert run("verify", "--input", job, "--accept", "suspect").status == 0


def test_a_table_of_marks(tmp_path: Path) -> None:
    source = tmp_path / "marks.csv"
    source.write_text("Marca,serial\nCO INDU 26 07 01238 09 R,01238\n", encoding="utf-8")
    status, out, _ = run("verify", "--input", source, *PROFILE, "--mark-column", "Marca")
    assert (status, out) == (0, "1 mark: 1 valid\n")
    status, out, err = run("verify", "--input", source, *PROFILE)
    assert (status, out) == (2, "")
    assert "name that of the marks with --mark-column" in err
    source.write_text("mark\n", encoding="utf-8")
    status, _, err = run("verify", "--input", source, *PROFILE)
    assert (status, err) == (1, f"markcode: {source}: there is no mark to verify\n")


@pytest.mark.parametrize("path", ["nothing", "empty"])
def test_an_input_that_is_neither_job_nor_table(tmp_path: Path, path: str) -> None:
    (tmp_path / "empty").mkdir()
    status, out, err = run("verify", "--input", tmp_path / path)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
