"""Declarations of equipment: complete, in four languages, obeyed; equipment of other packages."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli_runner import run
from markcode.equipment import (
    Equipment,
    Limit,
    Machine,
    Mark,
    Setting,
    Setup,
    Values,
    Writer,
    all_equipment,
    get,
    names,
)
from markcode.equipment.declaration import of_toml
from markcode.equipment.settings import resolve
from markcode.errors import InvalidMark, JobError, ProfileError
from markcode.messages import LANGUAGES
from markcode.words import Words
from writers import writer

EXAMPLE = Path(__file__).parents[1] / "examples" / "equipment"


@pytest.mark.parametrize("name", names())
def test_every_text_is_in_four_languages(name: str) -> None:
    each = get(name)
    texts = [each.title, each.writes, *(limit.text for limit in each.limits)]
    texts += [setting.title for setting in each.settings]
    texts += [machine.note for machine in each.machines if machine.note]
    for text in texts:
        assert set(text) == set(LANGUAGES)
        assert all(text.values())


@pytest.mark.parametrize("name", names())
def test_a_declaration_says_files_and_evidence(name: str) -> None:
    each = get(name)
    assert each.files
    if each.experimental:
        assert each.limits
    unconfirmed = [setting for setting in each.settings if setting.evidence == "U"]
    assert all(setting.default is None for setting in unconfirmed)
    for machine in each.machines:
        assert (
            machine.source or machine.evidence in "GU" or (machine.evidence == "T" and machine.note)
        )


@pytest.mark.parametrize("name", names())
def test_the_function_of_a_declaration_is_there(name: str) -> None:
    settings: dict[str, str] = {}
    for setting in get(name).settings:
        if setting.default is None and not setting.optional and setting.counts(settings):
            usual = {"length": "1mm", "text": "50x30mm"}.get(setting.kind, "1")
            settings[setting.name] = setting.values[0] if setting.values else usual
    from markcode.symbols.sheets import Grid

    grid = Grid(2, 1) if get(name).kind == "sheet" else None
    made = writer(name, settings, dpi=300, grid=grid, symbol="datamatrix")
    assert made.has_file == get(name).is_drawn


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_ticket_has_one_name(language: str) -> None:
    name = Words(language, "markcode.jobs.ticket")("title").split()[0 if language != "en" else -1]
    told = [limit.text for each in all_equipment() for limit in each.limits]
    said = [text[language] for text in told if "ticket" in text["en"]]
    assert said
    assert all(name.lower() in text for text in said), said


def test_the_list_shows_every_equipment() -> None:
    ran = run("equipment")
    assert ran.status == 0
    rows = [line for line in ran.out.splitlines()[1:] if line[:1].strip()]
    listed = [row.split()[0].removesuffix("*") for row in rows]
    assert [name for name in listed if name in names()] == list(names())
    assert max(map(len, ran.out.splitlines())) <= 80


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_what_the_declaration_says(language: str) -> None:
    for each in all_equipment():
        ran = run("equipment", each.name, "--lang", language)
        assert ran.status == 0
        told = " ".join(ran.out.split())
        assert " ".join(each.title[language].split()) in told
        for setting in each.settings:
            assert setting.name in told
        for machine in each.machines:
            assert machine.name in told
        assert max(map(len, ran.out.splitlines())) <= 80


def test_json_is_one_object_a_line() -> None:
    ran = run("equipment", "--json")
    found = [json.loads(line) for line in ran.out.splitlines()]
    assert [each["name"] for each in found] == list(names())
    assert found == [each.describe() for each in all_equipment()]


def test_an_unknown_equipment_is_one_line() -> None:
    ran = run("equipment", "axe")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert "no equipment is called 'axe'; there are: csv, " in ran.err


# Settings

DWELL = Setting(
    "dwell", "number", least=Decimal("0.01"), most=Decimal(5), when={"tool": ("needle",)}
)
TOOL = Setting("tool", "choice", values=("laser", "needle"), default="laser")


def test_a_setting_counts_only_beside_others() -> None:
    assert dict(resolve("x", (TOOL, DWELL), {})) == {"tool": "laser"}
    given_both = resolve("x", (TOOL, DWELL), {"tool": "needle", "dwell": "0.02"})
    assert dict(given_both) == {"tool": "needle", "dwell": Decimal("0.02")}
    with pytest.raises(ProfileError, match="needs --setting dwell"):
        resolve("x", (TOOL, DWELL), {"tool": "needle"})
    with pytest.raises(ProfileError, match="counts only with tool=needle"):
        resolve("x", (TOOL, DWELL), {"dwell": "1"})


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ("axe", TOOL),
        ("0", DWELL),
        ("5.01", DWELL),
        ("1e1", DWELL),
        ("59%", Setting("dot", "percent", least=Decimal(60))),
        ("60", Setting("dot", "percent", least=Decimal(60))),
        ("0.1", Setting("wide", "length")),
        ("-1mm", Setting("wide", "length")),
        ("٣", Setting("count", "integer")),
        ("a\nb", Setting("note", "text")),
        ("abc", Setting("note", "text", most=Decimal(2))),
    ],
)
def test_a_value_that_a_setting_does_not_take(text: str, setting: Setting) -> None:
    with pytest.raises(ProfileError, match=f"--setting {setting.name}="):
        setting.read(text)


def nothing(_setup: Setup) -> Writer:
    raise AssertionError


def test_a_bad_declaration_is_refused() -> None:
    with pytest.raises(ProfileError, match="no size 'depth'"):
        Equipment("x", "drawing", nothing, {"en": "X"}, heeds=("depth",))
    with pytest.raises(ProfileError, match="no kind 'plough'"):
        Equipment("x", "plough", nothing, {"en": "X"})  # type: ignore[arg-type]
    with pytest.raises(ProfileError, match="no evidence 'Z'"):
        Machine("M", "Z")
    with pytest.raises(ProfileError, match="no evidence 'Z'"):
        Limit({"en": "L"}, "Z")
    with pytest.raises(ProfileError, match="no title in English"):
        Equipment("x", "table", nothing, {"es": "X"})
    power = Setting("power", "integer", when={"tool": ("laser",)})
    tool = Setting("tool", "choice", ("laser", "needle"))
    for settings, fault in (
        ((power, tool), "setting power: it depends on 'tool', which is not declared before it"),
        ((tool, tool), "setting tool: there are two of this name"),
        ((Setting("depth", "length", evidence="Z"),), "setting depth: there is no evidence 'Z'"),
    ):
        with pytest.raises(ProfileError, match=fault):
            Equipment("x", "table", nothing, {"en": "X"}, settings=settings)
    text = 'name = "x"\nkind = "table"\nfunction = "a:b"\npower = 3\ntitle = { en = "X" }'
    with pytest.raises(ProfileError, match="power"):
        of_toml(text, lambda _: nothing, {})


# Values


@given(st.text(max_size=20), st.sets(st.sampled_from(',"%;'), max_size=3), st.booleans())
def test_what_is_taken_holds_nothing_that_is_excluded(
    text: str, forbidden: set[str], formula: bool
) -> None:
    values = Values(forbidden="".join(sorted(forbidden)), formula=formula, most=10)
    fault = values.fault(text)
    if fault is None:
        assert 0 < len(text) <= 10
        assert all(" " <= char <= "~" for char in text)
        assert not forbidden & set(text)
        assert not (formula and text[0] in "=+-@")
    elif fault.reason != "absent":
        assert text[fault.at] == fault.character


def test_a_refusal_names_line_character_and_column() -> None:
    with pytest.raises(InvalidMark) as refusal:
        writer("text", lines=2).render(Mark(2, ("A", "BÉ")))
    assert dict(refusal.value.findings[0].params) == {
        "equipment": "text",
        "reason": "not_ascii",
        "value": "BÉ",
        "line": 2,
        "character": "É",
        "column": 2,
    }


# Equipment of another package


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the example as a user would, but into a folder of its own."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    command += ["--no-build-isolation", "--disable-pip-version-check", "--target", str(folder)]
    source = tmp_path_factory.mktemp("source") / "equipment"
    source.mkdir()
    for file in EXAMPLE.iterdir():
        if file.is_file():
            (source / file.name).write_bytes(file.read_bytes())
    subprocess.run([*command, str(source)], check=True, capture_output=True)
    return folder


def command(installed: Path, *args: object) -> subprocess.CompletedProcess[str]:
    paths = [str(installed), *(path for path in sys.path if path)]
    code = f"import sys; sys.path[:0] = {paths!r}; from markcode_cli.main import main; main()"
    line = [sys.executable, "-c", code, *map(str, args)]
    return subprocess.run(line, capture_output=True, text=True, check=False, encoding="utf-8")


def test_the_example_is_equipment_like_ours(installed: Path, tmp_path: Path) -> None:
    page = command(installed, "equipment", "epl2")
    assert page.returncode == 0, page.stderr
    assert "markcode-epl2" in page.stdout
    assert "Zebra printers with EPL2" in page.stdout
    table = tmp_path / "arms.csv"
    header = "country,manufacturer,year,model,serial,calibre\n"
    rows = "CO,INDU,2026,07,12,09\nCO,INDU,2026,07,13,09\n"
    table.write_text(header + rows, encoding="utf-8")
    out = tmp_path / "job"
    order = ("--format", "mosaic-0530", "--symbol", "datamatrix", "--out", out)
    machine = ("--equipment", "epl2", "--setting", "copies=2", "--dpi", "203")
    made = command(installed, "batch", table, *order, *machine)
    assert made.returncode == 0, made.stderr
    first, second = (out / "labels.epl").read_text("ascii").split("P2\n")[:2]
    assert first == 'N\nA20,10,0,3,1,1,N,"CO INDU 26 07 12 09"\nb20,50,D,h3,"CO INDU 26 07 12 09"\n'
    assert "CO INDU 26 07 13 09" in second
    assert command(installed, "verify", "--input", out).returncode == 0
    # Without the package the job is still known as what it is.
    assert run("verify", "--input", out).status == 0


OTHERS = """
from markcode.equipment import Equipment, LineWriter, Rendered

class Drawer:
    has_file, heads, is_columnar = True, {}, False
    def render(self, mark):
        return Rendered(made=mark)
    def collect(self, mark, rendered):
        name = f"labels/{mark.row}.lbl"
        return Rendered(name=name, file=(name, mark.lines[0].encode()))
    def finish(self):
        return Rendered()

def plot(setup):
    return LineWriter(setup, lambda mark: {"plot.txt": b"x"}, heads={"plot.txt": b""})

plot = Equipment("plot", "drawing", plot, {"en": "Plot"}, heeds=("height",))
own = Equipment("own", "label", lambda setup: Drawer(), {"en": "Own"}, files=("labels/2.lbl",))
"""


@pytest.mark.parametrize("name", ["plot", "own"])
def test_another_package_decides_whether_a_mark_has_a_file(name: str, tmp_path: Path) -> None:
    info = tmp_path / "others-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: others\nVersion: 1\n")
    points = "[markcode.equipment]\nplot = others:plot\nown = others:own\n"
    (info / "entry_points.txt").write_text(points)
    (tmp_path / "others.py").write_text(OTHERS)
    table = tmp_path / "arms.csv"
    table.write_text("country,manufacturer,year,model,serial,calibre\nCO,INDU,2026,07,12,09\n")
    order = ("--format", "mosaic-0530", "--equipment", name, "--out", tmp_path / "job")
    assert command(tmp_path, "batch", table, *order).returncode == 0
    head = json.loads((tmp_path / "job" / "manifest.json").read_text())
    assert head["provider"] == "others 1"
    # What another version writes is another job.
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: others\nVersion: 2\n")
    again = (*order[:-1], tmp_path / "again")
    assert command(tmp_path, "batch", table, *again).returncode == 0
    other = json.loads((tmp_path / "again" / "manifest.json").read_text())
    assert (other["provider"], other["files"]) == ("others 2", head["files"])
    assert other["job"] != head["job"]
    for more in (("verify", "--input"), ("ticket",)):
        ran = command(tmp_path, *more, tmp_path / "job")
        assert ran.returncode == 0, ran.stderr
        assert run(*more, tmp_path / "job").status == 0


def test_an_entry_point_that_is_no_equipment(installed: Path, tmp_path: Path) -> None:
    info = tmp_path / "bad-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bad\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[markcode.equipment]\nlathe = json:dumps\ngone = no_such_module:X\n"
    )
    for name, message in (("lathe", "must be a markcode.equipment.Equipment"), ("gone", "cannot")):
        ran = command(tmp_path, "equipment", name)
        assert ran.returncode == 2
        assert f"equipment {name} of bad" in ran.stderr
        assert message in ran.stderr
        assert ran.stderr.count("\n") == 1
    # The list of all others is not lost.
    listed = command(tmp_path, "equipment")
    assert (listed.returncode, listed.stderr.count("\n")) == (1, 2)
    assert "lightburn-csv" in listed.stdout
    with pytest.raises(JobError):
        get("lathe")
