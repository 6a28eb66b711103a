"""`markcode compare`: the table, the JSON lines and the exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_runner import run
from markcode import list_formats

PLAIN = ("--set", "manufacturer=INDU", "--set", "country=CO", "--set", "serial=01238")


def test_the_table_to_the_letter() -> None:
    names = ("--format", "un-protocol", "--format", "iti", "--format", "us-478-92")
    status, out, err = run("compare", *PLAIN, *names, "--format", "kinshasa")
    assert (status, err) == (1, "")
    assert out == (
        "FORMAT       EVENT        SATISFIED       WHAT IS MISSING OR WRONG\n"
        "un-protocol  manufacture  yes\n"
        "iti          manufacture  yes             (advised: Model, Calibre, Year)\n"
        "us-478-92    manufacture  no              City, State, Calibre\n"
        "kinshasa     manufacture  cannot be told  (advised: Model, Calibre, Year)\n"
    )


def test_findings_are_told_in_the_language_asked_for() -> None:
    args = ("compare", "--set", "serial=1234-A1", "--format", "us-pmf")
    status, out, _ = run(*args)
    assert status == 1
    assert " ".join(out.split()).endswith(
        "us-pmf manufacture no Serial number: 1234-A1 does not begin with eight digits of the "
        "licence and a hyphen."
    )
    _, spanish, _ = run(*args, "--lang", "es")
    assert "Número de serie" in spanish
    _, french, _ = run("compare", *PLAIN, "--format", "mosaic-0530", "--lang", "fr")
    assert french.endswith("Année, Modèle, Calibre\n")


def test_all_formats_fit_the_screen() -> None:
    status, out, _ = run("compare", *PLAIN)
    assert status == 1
    assert all(len(line) <= 80 for line in out.splitlines())
    shown = [line.split()[0] for line in out.splitlines()[1:] if not line.startswith(" ")]
    assert tuple(shown) == list_formats()


@pytest.mark.parametrize(
    ("names", "status"),
    [
        (["un-protocol"], 0),
        (["un-protocol", "iti", "de-waffg-24"], 1),
        (["un-protocol", "iti"], 0),
        (["un-protocol", "oas-cifta"], 1),
        (["un-protocol", "kinshasa"], 1),  # what cannot be told is no yes
    ],
)
def test_exit_status(names: list[str], status: int) -> None:
    args = [part for name in names for part in ("--format", name)]
    assert run("compare", *PLAIN, *args).status == status
    assert run("compare", *PLAIN, *args, "--json").status == status


def test_json_is_one_object_an_instrument() -> None:
    names = ("--format", "iti", "--format", "us-478-92")
    status, out, err = run("compare", *PLAIN, *names, "--json")
    assert (status, err) == (1, "")
    assert out.splitlines()[0] == (
        '{"format": "iti", "event": "manufacture", "satisfied": true, "applies": true, '
        '"missing": [], "advised": ["model", "calibre", "year"], "findings": []}'
    )
    assert json.loads(out.splitlines()[1])["missing"] == ["city", "state", "calibre"]
    _, every, _ = run("compare", *PLAIN, "--json")
    assert [json.loads(line)["format"] for line in every.splitlines()] == [*list_formats()]
    _, spanish, _ = run(
        *("compare", "--set", "serial=1", "--format", "us-pmf", "--json", "--lang", "es")
    )
    (finding,) = json.loads(spanish)["findings"]
    assert (finding["code"], finding["span"]) == ("element.value", None)
    assert finding["message"].startswith("Número de serie: ")


def test_one_event() -> None:
    data = ("--set", "country=CO", "--set", "year=2026")
    status, out, _ = run("compare", *data, "--event", "import", "--format", "iti")
    assert (status, out.splitlines()[1]) == (0, "iti     import  yes")
    _, out, _ = run("compare", *data, "--event", "import")
    assert "us-pmf" not in out
    assert "oas-cifta" in out


def test_control_characters_are_typed_by_name() -> None:
    _, out, _ = run("compare", "--set", "serial=A{GS}1", "--format", "us-pmf", "--json")
    (finding,) = json.loads(out)["findings"]
    assert finding["params"]["value"] == "A{GS}1"


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'extends = "ni-28-2005"\nname = "own"\n[field.serial]\nlength = "4"\n', encoding="utf-8"
    )
    status, out, _ = run("compare", "--set", "serial=1234", "--format", own)
    assert (status, out.splitlines()[1]) == (0, "own     registration  yes")
    assert run("compare", "--set", "serial=123", "--format", own).status == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "give the data of the arm with --set ELEMENT=VALUE (see markcode compare --help)"),
        (["--set", "serial"], "--set ELEMENT=VALUE: 'serial' is not a name, '=' and a value"),
        (["--set", "serial=1", "--set", "serial=2"], "--set ELEMENT=VALUE: serial is given twice"),
        (["--set", "serail=1"], "no format has an element 'serail': did you mean serial?"),
        (["--set", "serial=1", "--format", "usa"], "no format 'usa'"),
        (["--set", "serial=1", "--format", "no.toml"], "no.toml: No such file"),
        (["--set", "serial=1", "--event", "theft"], "no format has an event 'theft'; there are"),
        (
            ["--set", "serial=1", "--event", "import", "--format", "us-pmf"],
            "us-pmf has no event 'import'; it has: manufacture",
        ),
        (["--set", "serial={X"], "column 1: '{X' is no control character"),
    ],
)
def test_wrong_use(args: list[str], message: str) -> None:
    status, out, err = run("compare", *args)
    assert (status, out) == (2, "")
    assert err.startswith(f"markcode: {message}")
    assert err.count("\n") == 1
