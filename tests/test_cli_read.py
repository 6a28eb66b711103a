"""`markcode read`: exit status and exact output."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from cli_runner import run
from markcode.symbols import make, png

MESSAGE = "[)>\x1e06\x1d18S0CVA5674A36458\x1e\x04"


@pytest.fixture
def symbol(tmp_path: Path) -> Path:
    """A picture of one Data Matrix of 18 x 18 modules of 10 dots, one module of quiet zone."""
    picture = png.to_png([], make("datamatrix", MESSAGE), height_nm=1, module_nm=400_000, dpi=635)
    path = tmp_path / "symbol.png"
    path.write_bytes(picture.bytes)
    return path


@pytest.fixture
def blank(tmp_path: Path) -> Path:
    path = tmp_path / "blank.png"
    Image.new("L", (60, 60), 255).save(path)
    return path


def test_a_symbol_is_shown_with_its_control_characters(symbol: Path) -> None:
    status, out, err = run("read", symbol)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == f"{symbol}: [)>{{RS}}06{{GS}}18S0CVA5674A36458{{RS}}{{EOT}}"
    assert lines[1] == "  symbology                datamatrix, identifier ]d1"
    assert lines[2].startswith("  corners                  (10, 10) (")
    assert lines[3] == "  unused error correction  100%"
    assert len(lines) == 4


def test_json(symbol: Path) -> None:
    status, out, err = run("read", "--json", symbol)
    assert (status, err) == (0, "")
    found = json.loads(out)
    assert len(found.pop("corners")) == 4
    assert found == {
        "file": str(symbol),
        "text": "[)>{RS}06{GS}18S0CVA5674A36458{RS}{EOT}",
        "bytes": MESSAGE.encode().hex(),
        "symbology": "datamatrix",
        "symbology_identifier": "]d1",
        "gs1": False,
        "error_correction_unused": 1.0,
    }


def test_a_picture_without_a_symbol_is_status_1(symbol: Path, blank: Path) -> None:
    status, out, err = run("read", "--json", blank, symbol)
    assert status == 1
    assert err == (
        f"markcode: {blank}: no symbol was found in this picture; crop it to the symbol, or take "
        "a sharper picture\n"
    )
    assert json.loads(out)["file"] == str(symbol)


def test_an_unreadable_file_is_status_2_after_the_others(
    symbol: Path, blank: Path, tmp_path: Path
) -> None:
    text = tmp_path / "notes.png"
    text.write_text("no picture")
    absent = tmp_path / "absent.png"
    status, out, err = run("read", "--json", text, absent, blank, symbol)
    assert status == 2
    assert json.loads(out)["file"] == str(symbol)
    assert len(err.splitlines()) == 3
    assert all(line.startswith("markcode: ") for line in err.splitlines())
    assert str(absent) in err.splitlines()[1]
