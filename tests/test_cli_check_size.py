"""`markcode check-size`: the table, the JSON lines and the exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_runner import run

WITH_MINIMUM = [
    *("eu-2021-555", "us-478-92", "us-pmf", "ca-2004-275", "es-28", "za-23", "br-7dlog-2006"),
    "ni-28-2005",
]


def test_a_mark_of_the_us_minimum_fails_the_eu() -> None:
    size = ("--height", "1.5875mm", "--depth", "0.08mm")
    status, out, err = run("check-size", "--format", "eu-2021-555", *size)
    assert (status, err) == (1, "")
    assert out == (
        "FORMAT       VERDICT\n"
        "eu-2021-555  not satisfied\n"
        "             The characters are 1.5875 mm high; eu-2021-555 asks for at least\n"
        "             1.6 mm.\n"
        "             height at least 1.6 mm, depth at least 0.0762 mm from 2025-07-22\n"
        "             (Implementing Directive (EU) 2019/68, Annex, as amended by (EU)\n"
        "             2024/325)\n"
    )
    status, out, err = run("check-size", "--format", "us-pmf", *size)
    assert (status, err) == (0, "")
    assert out == (
        "FORMAT  VERDICT\n"
        "us-pmf  satisfied\n"
        "        height at least 1.5875 mm, depth at least 0.0762 mm (27 CFR\n"
        "        478.92(a)(1)(i), (v))\n"
    )


def test_every_instrument_with_a_minimum() -> None:
    status, out, _ = run("check-size", "--height", "1.6mm", "--depth", "0.1mm")
    assert status == 1
    verdicts = dict(line.split(None, 1) for line in out.splitlines()[1:] if line[0] != " ")
    refused = {"za-23", "ni-28-2005"}
    assert verdicts == {n: "not satisfied" if n in refused else "satisfied" for n in WITH_MINIMUM}
    assert all(len(line) <= 80 for line in out.splitlines())
    assert run("check-size", "--height", "1.6mm", "--depth", "0.2mm").status == 0


def test_what_was_not_measured_and_what_has_no_minimum() -> None:
    status, out, _ = run("check-size", "--height", "2mm", "--format", "za-23", "--format", "iti")
    assert status == 1
    assert out == (
        "FORMAT  VERDICT\n"
        "za-23   not satisfied\n"
        "        the depth was not given\n"
        "        depth at least 0.2 mm (Firearms Control Regulations 2004, reg. 28(2))\n"
        "iti     satisfied\n"
        "        no minimum is known\n"
    )


def test_the_day_that_a_depth_holds_from() -> None:
    args = ("check-size", "--format", "es-28", "--height", "1.6mm", "--depth", "0.01mm")
    assert run(*args, "--as-of", "2025-07-21").status == 0
    assert run(*args, "--as-of", "2025-07-22").status == 1
    assert run(*args).status == 1


@pytest.mark.parametrize(
    ("height", "status"),
    [("1587500nm", 0), ("1587.5um", 0), ("0.0625in", 0), ("1.5874999mm", 2), ("1587499nm", 1)],
)
def test_lengths_are_never_rounded(height: str, status: int) -> None:
    args = ("check-size", "--format", "us-pmf", "--depth", "1mm", "--height", height)
    assert run(*args).status == status


def test_json() -> None:
    size = ("--height", "1.5875mm", "--lang", "es")
    status, out, err = run("check-size", "--format", "eu-2021-555", *size, "--json")
    assert (status, err) == (1, "")
    found = json.loads(out)
    (finding,) = found.pop("findings")
    assert found == {
        "format": "eu-2021-555",
        "ok": False,
        "height_nm": 1600000,
        "depth_nm": 76200,
        "untested": ["depth"],
    }
    assert (finding["code"], finding["span"], finding["element"]) == ("size.too_small", None, None)
    assert finding["params"]["found_nm"] == 1587500
    assert "1.6 mm" in finding["message"]
    _, every, _ = run("check-size", "--height", "1mm", "--json")
    assert [json.loads(line)["format"] for line in every.splitlines()] == WITH_MINIMUM


def test_messages_come_in_four_languages() -> None:
    said = {
        run("check-size", "--format", "us-pmf", "--height", "1mm", "--lang", lang).out
        for lang in ("en", "es", "pt", "fr")
    }
    assert len(said) == 4


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('extends = "ni-28-2005"\nname = "own"\nheight = "3mm"\n', encoding="utf-8")
    args = ("check-size", "--format", own, "--depth", "0.2mm")
    status, out, _ = run(*args, "--height", "3mm")
    assert (status, out.splitlines()[1]) == (0, "own     satisfied")
    assert run(*args, "--height", "2.9mm").status == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "give what was measured: --height, --depth or both (see markcode check-size --help)"),
        (["--height", "high"], "'high' is not a length: write a number and mm, um, nm, cm or in"),
        (["--height", "-1mm"], "'-1mm' is not a length"),
        (["--height", "1.6"], "'1.6' is not a length"),
        (["--depth", "0.1nm"], "'0.1nm' is finer than one nanometre"),
        (["--height", "１mm"], "'１mm' is not a length"),
        (["--height", "1mm", "--format", "us"], "no format 'us'"),
        (["--height", "1mm", "--format", "no.toml"], "no.toml: No such file"),
        (["--height", "1mm", "--as-of", "2025-7"], "Invalid value for '--as-of': '2025-7'"),
    ],
)
def test_wrong_use(args: list[str], message: str) -> None:
    status, out, err = run("check-size", *args)
    assert (status, out) == (2, "")
    assert err.startswith(f"markcode: {message}")
    assert err.count("\n") == 1
