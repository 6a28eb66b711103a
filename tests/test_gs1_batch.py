"""A table of arms becomes a job of GS1 marks, and the job is read again."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli_runner import run
from markcode import Payload, reading

TABLE = "gtin,serial,country\n09506000134352,A1,CO\n09506000134352,A2,CO\n09506000134353,A3,CO\n"


@pytest.mark.parametrize(
    ("symbol", "equipment", "options"),
    [
        ("gs1-128", "csv", ()),
        ("gs1-128", "png", ()),
        ("datamatrix", "csv", ()),
        ("datamatrix", "png", ()),
        ("datamatrix", "svg", ()),
        ("datamatrix", "csv", ("--option", "syntax=digital-link")),
        ("qr", "csv", ("--option", "syntax=digital-link")),
    ],
)
def test_a_job_is_made_and_read_again(
    tmp_path: Path, symbol: str, equipment: str, options: tuple[str, ...]
) -> None:
    (tmp_path / "arms.csv").write_text(TABLE, encoding="utf-8")
    job = tmp_path / "job"
    table = tmp_path / "arms.csv"
    how = ("--symbol", symbol, "--equipment", equipment)
    made = run("batch", table, "--format", "gs1", *options, *how, "--out", job)
    assert made.status == 1, made.err  # the check digit of the third GTIN is wrong
    assert "marks       2\n" in made.out
    rejected = (job / "rejected.csv").read_text("utf-8")
    assert rejected.splitlines()[1].startswith("4,gtin,check.mismatch,")
    read = run("verify", "--input", job)
    assert (read.status, read.out) == (0, "2 marks: 2 valid\n")


def test_other_formats_have_no_gs1_data(tmp_path: Path) -> None:
    (tmp_path / "arms.csv").write_text("serial\n12345678-A1\n", encoding="utf-8")
    table, job = tmp_path / "arms.csv", tmp_path / "job"
    made = run("batch", table, "--format", "us-pmf", "--symbol", "gs1-128", "--out", job)
    assert made.status == 2
    assert "is no GS1 element string" in made.err


@pytest.mark.parametrize("name", ["mark.svg", "mark.png"])
def test_a_drawn_mark_is_gs1_data_matrix(tmp_path: Path, name: str) -> None:
    picture = tmp_path / name
    arm = ("--set", "gtin=09506000134352", "--set", "serial=A1", "--set", "country=CO")
    made = run("encode", "--format", "gs1", *arm, "--out", picture)
    assert made.status == 0, made.err
    (scan,) = reading.read(picture)
    assert scan.is_gs1
    assert scan.payload == Payload("010950600013435221A1\x1d422170", gs1=True)
    read = run("verify", "--image", picture)
    assert (read.status, read.out.splitlines()[1][:5]) == (0, "VALID")
