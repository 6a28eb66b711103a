"""The table of the demonstration: its data, its draw, and that markcode reads what it writes."""

from __future__ import annotations

import csv
import importlib.util
import itertools
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from markcode.code_lists import CodeList
from markcode.tables import open_table, resolve_columns

EXAMPLES = Path(__file__).parents[1] / "examples"
ELEMENTS = dict.fromkeys(
    ("country", "manufacturer", "year", "model", "serial", "calibre", "type"), "firearm"
)


@pytest.fixture(scope="module")
def make_arms() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_arms", EXAMPLES / "make_arms.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_data_fit_together() -> None:
    producers = rows(EXAMPLES / "data" / "producers-2023.csv")
    models = rows(EXAMPLES / "data" / "models.csv")
    makes = rows(EXAMPLES / "data" / "makes.csv")
    # No licence numbers: only names and counts.
    columns = ["manufacturer", "pistols", "revolvers", "rifles", "shotguns", "other"]
    assert list(producers[0]) == columns
    assert not any(re.search("[0-9]{8}", row["manufacturer"]) for row in producers)
    names = [row["manufacturer"] for row in producers]
    assert len(set(names)) == len(names) == 3039
    # The total of the report, counted in the source before its lines were added up.
    assert sum(int(row[kind]) for row in producers for kind in columns[1:]) == 9_457_184
    assert {row["manufacturer"] for row in makes} <= set(names)
    assert {row["make"] for row in makes} == {row["make"] for row in models}
    for row in models:
        assert row["type"] in {"pistol", "revolver", "rifle", "shotgun", "receiver"}
        assert re.fullmatch("[0-9A-Z]{3,9}", row["calibre"])


def test_every_file_has_a_source_note() -> None:
    notes = (EXAMPLES / "data" / "README.md").read_text(encoding="utf-8")
    for file in (EXAMPLES / "data").glob("*.csv"):
        assert f"`{file.name}`" in notes


def test_the_draw_follows_production(make_arms: ModuleType) -> None:
    count = 20_000
    arms = list(itertools.islice(make_arms.draw(), count))
    drawn = Counter(arm.manufacturer for arm in arms)
    producers = rows(EXAMPLES / "data" / "producers-2023.csv")
    made = {row.pop("manufacturer"): sum(map(int, row.values())) for row in producers}
    for maker, number in list(made.items())[:20]:
        expected = count * number / 9_457_184
        assert abs(drawn[maker] - expected) < 5 * expected**0.5
    listed = sum(not arm.model.name.startswith("TEST") for arm in arms)
    assert 0.77 < listed / count < 0.81


def test_the_draw_is_always_the_same(make_arms: ModuleType) -> None:
    first = list(itertools.islice(make_arms.draw(), 50))
    assert list(itertools.islice(make_arms.draw(), 20)) == first[:20]
    assert first[0] == (
        "SMITH & WESSON SALES COMPANY",
        "rifle",
        ("M&P 15-22 Sport", "22LR"),
        "TEST000001",
    )


@pytest.mark.parametrize(
    ("language", "delimiter", "bom"),
    [("en", ",", False), ("es", ";", True), ("pt", "|", False), ("fr", "tab", True)],
)
def test_markcode_reads_the_table(
    make_arms: ModuleType, tmp_path: Path, language: str, delimiter: str, bom: bool
) -> None:
    out = tmp_path / "armas.csv"
    options = ["--language", language, "--delimiter", delimiter, *(["--bom"] if bom else [])]
    assert make_arms.main(["60", "--out", str(out), *options]) == 0
    assert out.read_bytes().startswith(b"\xef\xbb\xbf") == bom
    table = open_table(out)
    columns = resolve_columns(table.headers, ELEMENTS, required=tuple(ELEMENTS))
    assert columns.unused == ()
    found = list(table.rows())
    assert [row.number for row in found] == list(range(2, 62))
    for row, arm in zip(found, make_arms.draw(), strict=False):
        values = {name: row.values[header] for name, header in columns.of.items()}
        assert not row.faults
        assert values["serial"] == arm.serial
        assert values["manufacturer"] == arm.manufacturer
        assert (values["country"], values["year"]) == ("US", "2023")


def test_every_maker_and_model_has_a_code(make_arms: ModuleType, tmp_path: Path) -> None:
    out = tmp_path / "demo"
    make_arms.main(["2000", "--out", str(out)])
    makers = CodeList.read("manufacturer", out / "makers.csv")
    models = CodeList.read("model", out / "models.csv")
    assert makers.source.startswith("source: ")
    for arm in itertools.islice(make_arms.draw(), 2000):
        assert re.fullmatch("[0-9A-Z]{1,4}", makers.code_of(arm.manufacturer) or "")
        assert re.fullmatch("[0-9A-Z]{1,10}", models.code_of(arm.model.name) or "")
        assert re.fullmatch("[0-9A-Z]{3,9}", arm.model.calibre)
        assert re.fullmatch("TEST[0-9]{6}", arm.serial)
    assert len(makers.entries) == 3039
    # What fits already is its own code.
    assert models.name_of("P226") == "P226"
    assert models.code_of("M&P 15") == "MP15"


def test_the_script_alone(tmp_path: Path) -> None:
    """It runs without markcode, and writes the code lists where it is told."""
    names = [tmp_path / name for name in ("arms.csv", "a.csv", "b.csv")]
    script = str(EXAMPLES / "make_arms.py")
    options = ["--out", str(names[0]), "--codes", str(names[1]), "--models", str(names[2])]
    command = [sys.executable, "-I", script]
    done = subprocess.run(
        [*command, "3", *options], check=True, capture_output=True, encoding="utf-8"
    )
    assert done.stdout.startswith("3 arms of ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "arms.csv", "b.csv"]
    wrong = subprocess.run([*command, "-1", *options], check=False, capture_output=True)
    assert wrong.returncode == 2
