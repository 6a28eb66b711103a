"""`markcode formats`: the list, the page of one format, and what programs read."""

from __future__ import annotations

import json

import jsonschema
import pytest

import markcode
from cli_runner import run


def test_the_list_names_every_format_and_its_events() -> None:
    status, out, err = run("formats")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    at = lines.index("mosaic-0530  MOSAIC 05.30 mark")
    assert lines[at + 1] == (
        "             manufacture, import, transfer*, confiscation*, deactivation*"
    )
    assert "* provisional: what the mark holds is not confirmed; made only with" in lines
    assert max(map(len, lines)) <= 80
    named = {line.split(" ")[0] for line in lines}
    assert set(markcode.list_formats()) <= named


def test_the_page_of_a_format() -> None:
    status, out, err = run("formats", "us-pmf")
    assert (status, err) == (0, "")
    assert out == (
        "us-pmf: US mark on a privately made firearm\n"
        "A serial number that starts with the licence prefix and a hyphen.\n"
        "\n"
        "Source                  27 CFR 478.92(a)(2) (rule 2021R-05F)\n"
        "Known without --format  no\n"
        "A check covers          the serial\n"
        "On the metal            height at least 1.5875 mm, depth at least 0.0762 mm, on\n"
        "                        frame or receiver (27 CFR 478.92(a)(1)(i), (v))\n"
        "\n"
        "Event manufacture\n"
        "  Line    {serial}\n"
        "  Unique  serial\n"
        "  Source  27 CFR 478.92(a)(2)\n"
        "\n"
        "  serial  8 digits of the licence, a hyphen, then letters and digits\n"
        "          required; 10-40 characters of 0-9 A-Z a-z -; confirmed\n"
        "\n"
        "Options (--option KEY=VALUE)\n"
        "  length.serial  length of the serial: a number, or a range 2-4\n"
    )


def test_a_title_in_another_language() -> None:
    assert "mosaic-0530  Marque MOSAIC 05.30" in run("formats", "--lang", "fr").out.splitlines()
    assert run("formats", "mosaic-0530", "--lang", "fr").out.startswith(
        "mosaic-0530: Marque MOSAIC 05.30\n"
    )


@pytest.mark.parametrize("name", markcode.list_formats())
def test_every_page_fits_80_columns_and_names_every_element(name: str) -> None:
    status, out, _ = run("formats", name)
    assert status == 0
    assert max(map(len, out.splitlines())) <= 80
    fmt = markcode.get_format(name)
    for kind in fmt.events:
        page = out.partition(f"Event {kind}")[2].partition("Event ")[0]
        for element in fmt.elements(kind):
            assert f"\n  {element.name} " in page


@pytest.mark.parametrize("name", markcode.list_formats())
def test_json_is_the_declaration(name: str) -> None:
    status, out, err = run("formats", name, "--json")
    assert (status, err) == (0, "")
    assert json.loads(out) == markcode.get_format(name).describe()


def test_json_of_all_is_one_object_a_line() -> None:
    lines = run("formats", "--json").out.splitlines()
    assert tuple(json.loads(line)["name"] for line in lines) == markcode.list_formats()


def test_the_schema_is_of_the_event_that_is_named() -> None:
    schema = json.loads(run("formats", "mosaic-0530", "--schema", "--event", "import").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["title"] == "mosaic-0530 import"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--schema"], "markcode: --schema needs the NAME of a format"),
        (["us-pmf", "--event", "import"], "markcode: --event goes with --schema"),
        (["us-pmx"], "markcode: no format 'us-pmx'"),
        (["us-pmf", "--schema", "--event", "lost"], "markcode: us-pmf has no event 'lost'"),
    ],
)
def test_wrong_use(args: list[str], message: str) -> None:
    status, out, err = run("formats", *args)
    assert (status, out) == (2, "")
    assert err.startswith(message)
    assert err.count("\n") == 1
