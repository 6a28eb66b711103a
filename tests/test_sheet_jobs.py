"""Jobs of sheets and of DXF: `markcode batch --equipment`, each mark read back from its cell."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from cli_runner import run
from jobs_on_disk import reseal
from markcode.equipment import Mark, names
from markcode.errors import InvalidMark, JobError
from markcode.reading import read
from markcode.symbols import make
from markcode.symbols.sheets import Grid
from writers import writer as open_writer

PROFILE = ("--format", "mosaic-0530", "--check", "iso7064-mod37-36")
HEADER = "Country,Manufacturer,Year,Model,Serial number,Calibre\n"
SHEETS = [name for name in names() if name.endswith("-sheet")]


def job(folder: Path, kind: str, *args: str, count: int = 7, name: str = "job") -> Path:
    """Make a job of sheets of 2 x 2; the row of the third arm is rejected."""
    source = folder / "arms.csv"
    rows = [f"{'ZZ' if i == 2 else 'CO'},INDU,2026,07,{100 + i},09\n" for i in range(count)]
    source.write_text(HEADER + "".join(rows), encoding="utf-8")
    grid = ("--grid", "2x2") if kind in SHEETS else ()
    options = ("--equipment", kind, *grid, *args)
    ran = run("batch", source, *PROFILE, *options, "--out", folder / name)
    assert (ran.status, ran.err) == (1, "")
    return folder / name


def stated(folder: Path) -> list[dict[str, str]]:
    with (folder / "marks.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def faults(folder: Path) -> list[tuple[int | None, str]]:
    """Return row and code of every finding about a job that is more than a note."""
    lines = run("verify", "--input", folder, "--json").out.splitlines()
    return [
        (result["row"], finding["code"])
        for result in map(json.loads, lines)
        for finding in result["findings"]
        if finding["severity"] != "info"
    ]


@pytest.mark.parametrize("kind", SHEETS)
def test_marks_go_on_sheets_in_their_order(tmp_path: Path, kind: str) -> None:
    folder = job(tmp_path, kind, "--symbol", "datamatrix")
    suffix = kind.removesuffix("-sheet")
    first, second = (f"sheets/0000000{number}.{suffix}" for number in (1, 2))
    marks = stated(folder)
    assert [mark["file"] for mark in marks] == [*[first] * 4, *[second] * 2]
    assert sorted(path.name for path in (folder / "sheets").iterdir()) == [first[7:], second[7:]]
    for sheet in (first, second):
        struck = {mark["payload"] for mark in marks if mark["file"] == sheet}
        assert {scan.text for scan in read(folder / sheet)} == struck


@pytest.mark.parametrize("symbol", [None, "datamatrix", "code128"])
@pytest.mark.parametrize("kind", [*SHEETS, "dxf"])
def test_an_untouched_job_is_valid(tmp_path: Path, kind: str, symbol: str | None) -> None:
    folder = job(tmp_path, kind, *(("--symbol", symbol) if symbol else ()))
    ran = run("verify", "--input", folder)
    assert (ran.status, ran.out.splitlines()[-1]) == (0, "6 marks: 6 valid")


@pytest.mark.parametrize("kind", SHEETS)
def test_the_same_table_gives_the_same_bytes(tmp_path: Path, kind: str) -> None:
    jobs = [job(tmp_path, kind, "--symbol", "qr", name=name) for name in ("a", "b")]
    files = [
        {
            path.relative_to(folder): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
        for folder in jobs
    ]
    assert files[0] == files[1]


def test_dxf_is_one_file_a_mark(tmp_path: Path) -> None:
    folder = job(tmp_path, "dxf", "--symbol", "datamatrix")
    marks = stated(folder)
    assert [mark["file"] for mark in marks] == [f"drawings/{m['row']:0>8}.dxf" for m in marks]
    for mark in marks:
        assert [scan.text for scan in read(folder / mark["file"])] == [mark["payload"]]


def test_the_manifest_says_how_sheets_are_laid_out(tmp_path: Path) -> None:
    folder = job(tmp_path, "png-sheet", "--pitch", "60x12.5mm", "--dpi", "300")
    head = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert (head["grid"], head["pitch_nm"], head["dpi"]) == ([2, 2], [60_000_000, 12_500_000], 300)
    assert faults(folder) == []
    plain = json.loads((job(tmp_path, "svg", name="svg") / "manifest.json").read_text("utf-8"))
    assert "grid" not in plain


@pytest.mark.parametrize("kind", SHEETS)
def test_marks_in_each_others_cells_are_found(tmp_path: Path, kind: str) -> None:
    """The sheets of two jobs with the same marks, but of which two changed places."""
    folder = job(tmp_path, kind, "--symbol", "datamatrix")
    table = (tmp_path / "arms.csv").read_text("utf-8").splitlines(keepends=True)
    swapped = tmp_path / "swapped.csv"
    swapped.write_text("".join([table[0], table[2], table[1], *table[3:]]), encoding="utf-8")
    options = ("--equipment", kind, "--grid", "2x2", "--symbol", "datamatrix")
    run("batch", swapped, *PROFILE, *options, "--out", tmp_path / "other")
    name = f"sheets/00000001.{kind.removesuffix('-sheet')}"
    (folder / name).write_bytes((tmp_path / "other" / name).read_bytes())
    reseal(folder)
    assert faults(folder) == [(2, "payload.mismatch"), (3, "payload.mismatch")]


@pytest.mark.parametrize("kind", ["svg-sheet", "dxf-sheet"])
def test_a_sheet_that_is_wider_than_a_picture_may_be_is_read(tmp_path: Path, kind: str) -> None:
    """A sheet of the usual grid, 800 x 500 mm: more than 80 million dots at 600 dpi."""
    source = tmp_path / "arms.csv"
    rows = [f"CO,INDU,2026,07,{100 + number},09\n" for number in range(12)]
    source.write_text(HEADER + "".join(rows), encoding="utf-8")
    options = ("--equipment", kind, "--symbol", "datamatrix", "--pitch", "80x25mm")
    ran = run("batch", source, *PROFILE, *options, "--out", tmp_path / "job")
    assert ran.status == 0
    ran = run("verify", "--input", tmp_path / "job")
    assert (ran.status, ran.out) == (0, "12 marks: 12 valid\n")


def test_a_sheet_that_cannot_be_read_is_found(tmp_path: Path) -> None:
    folder = job(tmp_path, "svg-sheet", "--symbol", "datamatrix")
    (folder / "sheets/00000001.svg").write_text("<svg/>", encoding="utf-8")
    (folder / "sheets/00000002.svg").unlink()
    found = faults(folder)
    assert [fault for fault in found if fault[0] is not None] == [
        *[(row, "symbol.unread") for row in (2, 3, 5, 6)],
        *[(row, "file.missing") for row in (7, 8)],
    ]


@pytest.mark.parametrize("grid", [[0, 2], [2], "2x2", [100_000, 100_000], [-1, -1]])
def test_a_manifest_without_a_grid_that_can_be(tmp_path: Path, grid: object) -> None:
    folder = job(tmp_path, "svg-sheet")
    path = folder / "manifest.json"
    head = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**head, "grid": grid}), encoding="utf-8")
    ran = run("verify", "--input", folder)
    assert ran.status == 2
    assert "this is not a whole job" in ran.err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            ("--equipment", "png", "--grid", "2x2"),
            "--grid is for drawings, not for --equipment png",
        ),
        (
            ("--equipment", "csv", "--pitch", "9x9mm"),
            "leave it out, or choose dxf, dxf-sheet, gcode, hpgl, pdf, png-sheet, svg or svg-sheet",
        ),
        (("--equipment", "dxf-sheet", "--dpi", "300"), "leave it out, or choose png or png-sheet"),
        (("--equipment", "svg-sheet", "--grid", "2by2"), "'2by2' is no grid"),
        (("--equipment", "svg-sheet", "--pitch", "9x9"), "'9x9' is no pitch"),
        (("--equipment", "svg-sheet", "--pitch", "2x2mm"), "does not fit a pitch of 2 x 2 mm"),
        (("--equipment", "png-sheet", "--grid", "100x100"), "dots are too many"),
    ],
)
def test_wrong_use(tmp_path: Path, args: tuple[str, ...], message: str) -> None:
    source = tmp_path / "arms.csv"
    source.write_text(HEADER + "CO,INDU,2026,07,100,09\n", encoding="utf-8")
    ran = run("batch", source, *PROFILE, *args, "--out", tmp_path / "job")
    assert ran.status == 2
    assert message in ran.err
    assert not (tmp_path / "job").exists()


def test_a_mark_that_is_larger_than_the_pitch_is_rejected(tmp_path: Path) -> None:
    source = tmp_path / "arms.csv"
    rows = f"CO,INDU,2026,07,100,09\nCO,INDU,2026,07,{'1' * 30},09\n"
    source.write_text(HEADER + rows, encoding="utf-8")
    options = ("--equipment", "svg-sheet", "--pitch", "45x10mm")
    ran = run("batch", source, *PROFILE, *options, "--out", tmp_path / "job")
    assert ran.status == 1
    assert len(stated(tmp_path / "job")) == 1
    assert "does not fit a pitch of 45 x 10 mm" in (tmp_path / "job/rejected.csv").read_text(
        "utf-8"
    )


# Writers


def test_a_tried_mark_is_not_on_the_sheet() -> None:
    writer = open_writer("svg-sheet", grid=Grid(2, 1))
    mark = Mark(2, ("A1",))
    for _ in range(3):
        assert writer.render(mark).file is None
    assert writer.finish().file is None
    assert writer.collect(mark, writer.render(mark)).file is None
    full = writer.collect(mark, writer.render(mark))
    assert full.file is not None
    assert (full.name, full.file[0]) == ("sheets/00000001.svg", "sheets/00000001.svg")
    assert writer.finish().file is None
    with pytest.raises(InvalidMark):
        writer.render(Mark(3, ("no such letters",)))


def test_a_sheet_may_turn_out_too_large() -> None:
    """Each mark would be small enough alone, but the widest and the highest are not together."""
    writer = open_writer("png-sheet", lines=12, dpi=600, grid=Grid(25, 25))
    wide, tall = Mark(2, ("W" * 26,)), Mark(3, ("1",) * 12)
    for mark in (wide, tall):
        writer.collect(mark, writer.render(mark))
    with pytest.raises(JobError, match=r"sheets/00000001\.png: .* choose a smaller --grid"):
        writer.finish()


@pytest.mark.parametrize("kind", ["svg", "png", "dxf"])
def test_drawings_in_bulk_are_those_one_by_one(kind: str) -> None:
    from markcode.equipment.drawings import DrawingWriter

    writer = DrawingWriter(kind, 1_600_000, 400_000, 600, {})
    marks = [Mark(row, (f"A {row}",), make("datamatrix", f"A {row}")) for row in range(2, 9)]
    assert writer.render_many(marks) == [writer.render(mark) for mark in marks]
    bad = Mark(9, ("not drawn",))
    *good, refusal = writer.render_many([*marks, bad])
    assert good == [writer.render(mark) for mark in marks]
    assert isinstance(refusal, InvalidMark)
    assert refusal.findings[0].code == "equipment.value"
