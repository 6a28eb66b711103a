"""`markcode encode`: exit status and exact output."""

from __future__ import annotations

import errno
import json
import os
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PIL import Image

from cli_runner import run
from markcode.reading import read

PROFILE = ["--format", "mosaic-0530", "--check", "iso7064-mod37-36"]
ARM = {
    "country": "CO",
    "manufacturer": "INDU",
    "year": "2026",
    "model": "07",
    "serial": "01238",
    "calibre": "09",
}
TEXT = "CO INDU 26 07 01238 09 R"
"""The worked example of issue 9; R by ISO/IEC 7064 MOD 37,36 over the elements."""


def settings(**changes: str | None) -> list[str]:
    """Return the arm as ``--set`` options; None leaves an element out."""
    values = {**ARM, **changes}
    pairs = [(name, value) for name, value in values.items() if value is not None]
    return [part for name, value in pairs for part in ("--set", f"{name}={value}")]


def test_the_text_of_the_mark() -> None:
    assert run("encode", *PROFILE, *settings()) == (0, f"{TEXT}\n", "")


def test_json_has_every_key_of_the_contract() -> None:
    status, out, err = run("encode", *PROFILE, *settings(), "--json")
    assert (status, err) == (0, "")
    assert json.loads(out) == {
        "format": "mosaic-0530",
        "event": "manufacture",
        "text": TEXT,
        "lines": [TEXT],
        "record": "country: CO{LF}manufacturer: INDU{LF}year: 2026{LF}model: 07{LF}"
        "serial: 01238{LF}calibre: 09{LF}check: R",
        "payload": TEXT,
        "check": "R",
        "firearm": {
            "manufacturer": "INDU",
            "country": "CO",
            "serial": "01238",
            "year": 2026,
            "model": "07",
            "calibre": "09",
            "type": None,
            "extra": {},
        },
        "findings": [],
    }


def test_lines_stand_one_under_the_other() -> None:
    args = ["--option", "separator=line", "--format", "mosaic-0530"]
    assert run("encode", *args, *settings()).out == "CO\nINDU\n26\n07\n01238\n09\n"


def test_an_event_has_its_own_elements() -> None:
    args = ["encode", "--format", "mosaic-0530", "--event", "import"]
    assert run(*args, "--set", "country=CO", "--set", "year=2027") == (0, "CO 27\n", "")


def test_bad_data_is_one_finding_a_line_and_status_1() -> None:
    status, out, err = run("encode", *PROFILE, *settings(country="ZZ", model=None))
    assert (status, out) == (1, "")
    lines = err.splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "error country.unknown",
        "error element.missing",
    ]


def test_bad_data_as_json() -> None:
    status, out, err = run("encode", *PROFILE, *settings(model=None), "--json")
    assert (status, err) == (1, "")
    refused = json.loads(out)
    assert [finding["code"] for finding in refused.pop("findings")] == ["element.missing"]
    assert refused == {
        "format": "mosaic-0530",
        "event": "manufacture",
        **dict.fromkeys(("text", "lines", "record", "payload", "check", "firearm")),
    }


def test_messages_in_another_language() -> None:
    english = run("encode", *PROFILE, *settings(model=None)).err
    spanish = run("encode", *PROFILE, *settings(model=None), MARKCODE_LANG="es").err
    assert english != spanish
    assert english.startswith("error element.missing: ")
    assert spanish.startswith("error element.missing: ")


def test_a_provisional_event_is_made_only_on_request() -> None:
    args = ["encode", "--format", "mosaic-0530", "--event", "transfer"]
    args += ["--set", "country=CO", "--set", "year=2027"]
    status, out, err = run(*args)
    assert (status, out) == (1, "")
    assert err.startswith("error event.provisional: ")
    status, out, _ = run(*args, "--accept-provisional")
    assert (status, out) == (0, "CO 27\n")


def test_control_characters_are_typed_by_name() -> None:
    status, _, err = run("encode", *PROFILE, *settings(serial="A{GS}1"))
    assert status == 1
    assert "{GS}" in err
    assert run("encode", *PROFILE, *settings(serial="A{XX}1")).status == 2


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (settings(), "markcode: name the marking standard with --format (see markcode encode"),
        (
            [*PROFILE, "--set", "colour=red"],
            "markcode: mosaic-0530 has no element 'colour' for the event manufacture; it has: "
            "country, manufacturer, year, model, serial, calibre (see markcode encode --help)\n",
        ),
        ([*PROFILE, *settings(year="26")], "markcode: --set year=26: write the year as 4 digits"),
        ([*PROFILE, *settings(year="\u0662\u0660\u0662\u0666")], "markcode: --set year="),
        ([*PROFILE, *settings(), "--event", "lost"], "markcode: mosaic-0530 has no event 'lost'"),
        (["--format", "mosaik-0530", *settings()], "markcode: no format 'mosaik-0530'"),
        (["--check", "luhn", *settings()], "markcode: --check, --check-over, --codes and --option"),
        ([*PROFILE, *settings(), "--out", "mark.dxf"], "markcode: --out mark.dxf: the name of a"),
        ([*PROFILE, *settings(), "--out", "m.svg", "--symbol", "x"], "markcode: --symbol x: there"),
        (
            [*PROFILE, *settings(), "--out", "m.svg", "--module", "4"],
            "markcode: '4' is not a length",
        ),
        (
            [*PROFILE, *settings(), "--out", "no/such/m.svg"],
            "markcode: no/such/m.svg: No such",
        ),
    ],
)
def test_wrong_use_is_one_line_and_status_2(
    args: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = run("encode", *args)
    assert (status, out) == (2, "")
    assert err.startswith(message)
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


# -- drawings --------------------------------------------------------------------------------


def test_an_svg_has_its_real_size_and_reads_back(tmp_path: Path) -> None:
    target = tmp_path / "mark.svg"
    status, out, err = run("encode", *PROFILE, *settings(), "--out", target)
    assert (status, out) == (0, f"{TEXT}\n")
    assert err == (
        f"{target}: letters 1.6 mm high, datamatrix with a module of 0.4 mm, "
        "8 x 8 mm with its quiet zone\n"
    )
    assert ET.parse(target).getroot().get("width", "").endswith("mm")
    assert [scan.text for scan in read(target)] == [TEXT]
    assert [path.name for path in tmp_path.iterdir()] == ["mark.svg"]


def test_a_png_reports_the_module_that_whole_dots_give(tmp_path: Path) -> None:
    target = tmp_path / "mark.PNG"
    args: list[str | Path] = [
        *settings(),
        "--out",
        target,
        "--dpi",
        "300",
        "--module",
        "0.5mm",
        "--height",
        "2mm",
    ]
    status, _, err = run("encode", *PROFILE, *args)
    assert status == 0
    # 0.5 mm at 300 dpi is 5.9 dots: 6 are made, each 25.4 / 300 mm. 2 mm is 23.6 dots: 24.
    assert err == (
        f"{target}: letters 2.032 mm high, datamatrix with a module of 0.508 mm, "
        "10.16 x 10.16 mm with its quiet zone\n"
    )
    with Image.open(target) as picture:
        assert round(picture.info["dpi"][0]) == 300
    assert [scan.text for scan in read(target)] == [TEXT]


def test_letters_are_as_high_as_the_law_requires(tmp_path: Path) -> None:
    target = tmp_path / "mark.svg"
    args: list[str | Path] = ["encode", "--format", "us-pmf", "--out", target]
    args += ["--set", "serial=12345678-A1"]
    status, _, err = run(*args, "--symbol", "none")
    assert (status, err) == (0, f"{target}: letters 1.5875 mm high\n")
    status, out, err = run(*args, "--height", "1.5mm")
    assert (status, out) == (2, "")
    assert err.startswith("markcode: us-pmf: a height of 1.5 mm is too small; at least 1.5875 mm")


def test_a_drawing_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    target = tmp_path / "mark.svg"
    target.write_text("before")
    status, out, err = run("encode", *PROFILE, *settings(), "--out", target)
    assert (status, out) == (2, "")
    assert err == f"markcode: {target}: No space left on device\n"
    assert target.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["mark.svg"]


def test_a_payload_that_its_symbol_cannot_hold_is_a_finding(tmp_path: Path) -> None:
    target = tmp_path / "mark.svg"
    target.write_text("before")
    args: list[str | Path] = ["--out", target, "--symbol", "micro-qr"]
    status, out, err = run("encode", *PROFILE, *settings(manufacturer="X" * 32), *args)
    assert (status, out) == (1, "")
    assert err.startswith("error equipment.value: ")
    assert target.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["mark.svg"]
