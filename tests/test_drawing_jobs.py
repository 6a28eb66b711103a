"""Jobs of drawings in every style, read again by `markcode verify`."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from cli_runner import run
from jobs_on_disk import reseal

PROFILE = ("--format", "mosaic-0530", "--check", "iso7064-mod37-36")
HEADER = "Country,Manufacturer,Year,Model,Serial number,Calibre\n"


def job(folder: Path, *args: str, count: int = 3) -> Path:
    """Make a job of ``count`` marks."""
    source = folder / "arms.csv"
    rows = [f"CO,INDU,2026,07,{100 + number},09\n" for number in range(count)]
    source.write_text(HEADER + "".join(rows), encoding="utf-8")
    ran = run("batch", source, *PROFILE, *args, "--out", folder / "job")
    assert (ran.status, ran.err) == (0, "")
    return folder / "job"


def given(**values: str) -> list[str]:
    """Return settings as they are typed."""
    return [word for name, value in values.items() for word in ("--setting", f"{name}={value}")]


def findings(folder: Path, severity: str) -> list[tuple[int | None, str]]:
    """Return row and code of every finding of a severity."""
    lines = run("verify", "--input", folder, "--json").out.splitlines()
    return [
        (result["row"], finding["code"])
        for result in map(json.loads, lines)
        for finding in result["findings"]
        if finding["severity"] == severity
    ]


def is_valid(folder: Path) -> bool:
    ran = run("verify", "--input", folder)
    return (ran.status, ran.out.splitlines()[-1]) == (0, "3 marks: 3 valid")


@pytest.mark.parametrize("grid", [(), ("--grid", "2x2"), ("--grid", "2x2", "--pitch", "60x20mm")])
@pytest.mark.parametrize(
    ("equipment", "settings"),
    [
        ("svg", {"cells": "dots", "dot": "60%"}),
        ("svg", {"cells": "dots", "dot": "105%", "text": "dots-5x7"}),
        ("svg", {"cells": "cells", "text": "stroke", "reference": "yes"}),
        ("dxf", {"cells": "dots", "dot": "60%", "dots": "point"}),
        ("dxf", {"cells": "dots", "text": "dots-9x13", "version": "r12"}),
        ("dxf", {"cells": "cells", "text": "stroke"}),
        ("dxf", {"version": "r12", "reference": "no"}),
    ],
)
@pytest.mark.parametrize("symbol", ["datamatrix", "qr"])
def test_a_good_job_is_valid(
    tmp_path: Path, equipment: str, settings: dict[str, str], grid: tuple[str, ...], symbol: str
) -> None:
    options = ("--equipment", equipment, "--symbol", symbol, *given(**settings))
    assert is_valid(job(tmp_path, *options, *grid))


@pytest.mark.parametrize("equipment", ["svg", "dxf"])
def test_a_good_job_on_a_face_is_valid(tmp_path: Path, equipment: str) -> None:
    face = ("--face", "12x60mm", "--rotate", "90", "--grid", "2x2")
    style = given(text="stroke", cells="dots", reference="yes")
    options = ("--equipment", equipment, "--symbol", "datamatrix")
    assert is_valid(job(tmp_path, *options, *face, *style))


@pytest.mark.parametrize("module", ["0.25mm", "0.5mm", "0.8mm"])
@pytest.mark.parametrize("dot", ["60%", "80%", "100%"])
def test_dots_are_read_at_every_size(tmp_path: Path, module: str, dot: str) -> None:
    sizes = ("--module", module, *given(cells="dots", dot=dot))
    assert is_valid(job(tmp_path, "--equipment", "svg", "--symbol", "datamatrix", *sizes))


@pytest.mark.parametrize(("equipment", "suffix"), [("svg", "svg"), ("dxf", "dxf")])
def test_dots_of_another_mark_are_found(tmp_path: Path, equipment: str, suffix: str) -> None:
    style = given(cells="dots", dot="70%")
    folder = job(tmp_path, "--equipment", equipment, "--symbol", "datamatrix", *style)
    drawings = folder / "drawings"
    shutil.copy(drawings / f"00000002.{suffix}", drawings / f"00000003.{suffix}")
    reseal(folder)
    assert findings(folder, "error") == [(3, "payload.mismatch")]


# Files that are no pictures


def test_what_cannot_be_read_is_no_fault(tmp_path: Path) -> None:
    folder = job(tmp_path, "--equipment", "hpgl", "--symbol", "datamatrix")
    assert is_valid(folder)
    notes = [note for note in findings(folder, "info") if note[1].startswith("drawing.")]
    assert notes == [(row, "drawing.unread") for row in (2, 3, 4)]


def test_what_cannot_be_read_is_still_sealed(tmp_path: Path) -> None:
    folder = job(tmp_path, "--equipment", "hpgl", "--symbol", "datamatrix")
    (folder / "drawings/00000002.plt").write_text("IN;", encoding="ascii")
    (folder / "drawings/00000003.plt").unlink()
    assert findings(folder, "error") == [
        *[(None, "file.changed"), (None, "file.missing")],
        (3, "file.missing"),
    ]


def test_a_drawing_of_a_foreign_kind_is_found(tmp_path: Path) -> None:
    """Nobody gets a symbol past the reader by calling its file something else."""
    folder = job(tmp_path, "--equipment", "svg", "--symbol", "datamatrix")
    (folder / "drawings/00000002.svg").rename(folder / "drawings/00000002.plt")
    for name in ("marks.csv", "manifest.json"):
        text = (folder / name).read_text("utf-8")
        (folder / name).write_text(text.replace("00000002.svg", "00000002.plt"), encoding="utf-8")
    reseal(folder)
    with (folder / "marks.csv").open(encoding="utf-8", newline="") as stream:
        assert next(csv.DictReader(stream))["file"] == "drawings/00000002.plt"
    assert findings(folder, "error") == [(2, "symbol.unread")]
