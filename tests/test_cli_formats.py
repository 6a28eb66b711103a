"""`markcode formats`: the list, the page of one format, and what programs read."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import markcode
from cli_runner import run


def test_the_list_names_every_format_and_its_events() -> None:
    status, out, err = run("formats")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "NAME           TITLE AND EVENTS"
    at = lines.index("mosaic-0530    MOSAIC 05.30 mark")
    assert lines[at + 1] == (
        "               manufacture, import, transfer*, confiscation*, deactivation*"
    )
    assert "za-23          South African identification mark" in lines
    assert "* provisional: what the mark holds is not confirmed; made only with" in lines
    assert max(map(len, lines)) <= 80
    named = {line.split(" ")[0] for line in lines}
    assert set(markcode.list_formats()) <= named
    assert len(markcode.list_formats()) == 28


def test_the_page_of_a_format() -> None:
    status, out, err = run("formats", "us-pmf")
    assert (status, err) == (0, "")
    assert out == (
        "us-pmf: US mark on a privately made firearm\n"
        "A serial number that starts with the licence prefix and a hyphen.\n"
        "\n"
        "Source                  27 CFR 478.92(a)(2) (rule 2021R-05F)\n"
        "States                  US\n"
        "In force                from 2022-08-24\n"
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
    assert "mosaic-0530    Marque MOSAIC 05.30" in run("formats", "--lang", "fr").out.splitlines()
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
        (["--schema"], "markcode: name a format, or give files, with --schema and --check"),
        (["--check"], "markcode: name a format, or give files, with --schema and --check"),
        (["us-pmf", "--event", "import"], "markcode: --event goes with --schema"),
        (["us-pmx"], "markcode: no format 'us-pmx'"),
        (["us-pmf", "--schema", "--event", "lost"], "markcode: us-pmf has no event 'lost'"),
        (["--country", "PE", "--check"], "markcode: --country, --new, --check and --schema: one"),
        (["us-pmf", "--country", "PE"], "markcode: --country and --new go without NAME"),
        (["--country", "Atlantis"], "markcode: --country Atlantis: this is no present country"),
        (["--country", "SU"], "markcode: --country SU: this is no present country"),
        (["missing.toml"], "markcode: missing.toml: No such file"),
        (["--new", "../x"], "markcode: '../x': name: '../x' cannot name a format: small letters"),
        (["--new", "con"], "markcode: 'con': name: 'con' cannot name a format"),
        (["--new", 'a" # b'], "markcode: 'a\" # b': name: "),
        (["--new", ""], "markcode: '': name: '' cannot name a format"),
        (
            ["--new", "recsa"],
            "markcode: --new recsa: this is a built-in format; choose another name",
        ),
    ],
)
def test_wrong_use(args: list[str], message: str) -> None:
    status, out, err = run("formats", *args)
    assert (status, out) == (2, "")
    assert err.startswith(message)
    assert err.count("\n") == 1


def test_a_page_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "own-mark.toml"
    path.write_text(OWN, encoding="utf-8")
    status, out, err = run("formats", path, "--lang", "pt")
    assert (status, err) == (0, "")
    assert out == (
        "own-mark: Marca\n"
        "A mark.\n"
        "\n"
        "Source                  Law, article 1\n"
        "Known without --format  no\n"
        "A check covers          none\n"
        "\n"
        "Event import\n"
        "  Line  {country} {number?}\n"
        "\n"
        "  country  two letters, ISO 3166-1 alpha-2\n"
        "           required; of the event; 2 characters of A-Z; confirmed\n"
        "  number   4 characters of 0-9\n"
        "           advised; of the event; confirmed\n"
    )


OWN = """name = "own-mark"
title = { es = "Marca", pt = "Marca" }
summary = "A mark."
source = "Law, article 1"
[event.import]
lines = ["{country} {number?}"]
[field.country]
type = "country"
[field.number]
type = "text"
alphabet = "0-9"
length = "4"
advised = true
"""


@pytest.mark.parametrize(
    ("languages", "wanted", "shown"),
    [
        ({"en": "E", "fr": "F"}, "fr", "F"),
        ({"en": "E", "fr": "F"}, "es", "E"),
        ({"fr": "F", "pt": "P"}, "es", "P"),
    ],
)
def test_a_title_falls_back_to_english_or_to_what_there_is(
    tmp_path: Path, languages: dict[str, str], wanted: str, shown: str
) -> None:
    titles = ", ".join(f'{language} = "{title}"' for language, title in languages.items())
    path = tmp_path / "own-mark.toml"
    path.write_text(OWN.replace('es = "Marca", pt = "Marca"', titles), encoding="utf-8")
    assert run("formats", path, "--lang", wanted).out.startswith(f"own-mark: {shown}\n")


def test_what_applies_in_a_state() -> None:
    status, out, err = run("formats", "--country", "PE")
    assert (status, err) == (0, "")
    assert out.startswith("PE Peru\n\nLaw 30299 Art. 42; ")
    assert "\n  Form     none is known\n" in out
    assert "\n  Format   pe-sucamec (import)\n" in out
    assert max(map(len, out.splitlines())) <= 80
    assert run("formats", "--country", "Pérou", "--lang", "fr").out.startswith("PE Pérou\n")
    assert "Nothing is known here of this State's law" in run("formats", "--country", "AW").out


def test_what_applies_in_a_state_as_json() -> None:
    told = json.loads(run("formats", "--country", "US", "--json").out)
    assert told["country"] == "US"
    assert any("us-478-92" in rule["formats"] for rule in told["rules"])
    assert set(told) == {"country", "rules", "treaties"}


def test_a_new_file_is_a_good_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("formats", "--new", "kenya") == (
        0,
        "kenya.toml: edit it, then: markcode formats --check kenya.toml\n",
        "",
    )
    text = (tmp_path / "kenya.toml").read_bytes()
    assert b'\nname = "kenya" ' in text
    assert b"\r" not in text
    assert run("formats", "--check", "kenya.toml") == (
        0,
        "kenya.toml: ok, 1,000 examples of each variant read back\n",
        "",
    )
    elements = ("country=KE", "year=2026", "number=A123")
    given = [part for element in elements for part in ("--set", element)]
    made = run("encode", "--format", "kenya.toml", "--event", "import", *given)
    assert made.status == 0
    assert "KE 26 A123" in made.out
    again = run("formats", "--new", "kenya")
    assert (again.status, again.out) == (2, "")
    assert again.err.startswith("markcode: kenya.toml exists already; choose another name")
    assert (tmp_path / "kenya.toml").read_bytes() == text


def test_every_key_that_the_new_file_comments_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run("formats", "--new", "kenya")
    path = tmp_path / "kenya.toml"
    lines = path.read_text(encoding="utf-8").partition("\n# [field.class]")[0].splitlines()
    tried = []
    for number, line in enumerate(lines):
        bare = line.removeprefix("# ")
        key = bare.split(" ")[0]
        if line.startswith("# ") and bare.startswith(f"{key} = ") and key.isidentifier():
            kept = [other for other in lines if not other.startswith(f"{key} = ")]
            place = next((n for n, other in enumerate(kept) if other == line), number)
            changed = [*kept[:place], bare, *kept[place + 1 :]]
            path.write_text("\n".join(changed), encoding="utf-8")
            status, _, err = run("formats", "kenya.toml")
            assert (status, err) == (0, ""), bare
            tried.append(key)
    assert {"in_force", "separator", "height", "readable", "recognisable"} <= set(tried)


def test_several_files_are_checked_with_a_line_each(tmp_path: Path) -> None:
    good, bad, slip = (tmp_path / f"{name}.toml" for name in ("good", "bad", "slip"))
    good.write_text(OWN, encoding="utf-8")
    bad.write_text(OWN.replace("length", "lenght"), encoding="utf-8")
    slip.write_text(OWN + "[[", encoding="utf-8")
    status, out, err = run("formats", "--check", good, bad, slip, "us-pmf")
    assert status == 1
    assert out == (
        f"{good}: ok, 1,000 examples of each variant read back\n"
        f"{good}: note: event import has no unique key: repeats are not found\n"
        "us-pmf: ok, 1,000 examples of each variant read back\n"
    )
    assert err.splitlines() == [
        f"{bad}, line 12: field.number.lenght: this key is not known; did you mean length?",
        f"{slip}, line 14: no TOML: Invalid initial character for a key part at the end of the "
        "file",
    ]


def test_a_check_as_json(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text(OWN, encoding="utf-8")
    bad.write_text(OWN.replace("own-mark", "us-pmf"), encoding="utf-8")
    status, out, err = run("formats", "--check", good, bad, "--json")
    assert (status, err) == (1, "")
    assert [json.loads(line) for line in out.splitlines()] == [
        {"file": str(good), "ok": True, "reasons": []},
        {
            "file": str(bad),
            "ok": False,
            "reasons": [
                f"{bad}: name: 'us-pmf' is a built-in format; choose another name",
            ],
        },
    ]


def test_examples_that_do_not_read_back_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "own-mark.toml"
    # Two optional elements alike: which of them is there cannot be seen.
    alike = OWN.replace("{country} {number?}", "{country} {mark?} {number?}")
    path.write_text(
        alike + '[field.mark]\ntype = "text"\nalphabet = "0-9"\nlength = "4"\n', encoding="utf-8"
    )
    status, out, err = run("formats", "--check", path)
    assert (status, out) == (1, "")
    told = err.splitlines()
    assert len(told) == 4
    assert all(line.startswith(f"{path}: event import: country=") for line in told[:3])
    assert told[3].startswith(f"{path}: ")
    assert told[3].endswith(" more examples fail")


def test_every_variant_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "own-mark.toml"
    variant = (
        '[variant.small]\ndoc = "d"\n'
        '[variant.small.event.import]\nlines = ["{country} {mark?} {number?}"]\n'
        '[variant.small.field.mark]\ntype = "text"\nalphabet = "0-9"\nlength = "4"\n'
    )
    path.write_text(OWN + variant, encoding="utf-8")
    status, out, err = run("formats", "--check", path)
    assert (status, out) == (1, "")
    assert err.startswith(f"{path} (variant small): event import: country=")


def test_an_outline_that_cannot_be_drawn_is_told(tmp_path: Path) -> None:
    path = tmp_path / "own-mark.toml"
    path.write_text(OWN + '[symbol.FLAT]\noutline = ["M 0 0 L 10 0 L 20 0 Z"]\n', encoding="utf-8")
    status, out, err = run("formats", "--check", path)
    assert (status, out) == (1, "")
    assert err.startswith(f"{path}: symbol.FLAT.outline: the outline is 20 wide and 0 high")
