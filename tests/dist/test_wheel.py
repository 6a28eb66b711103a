"""The wheel holds both packages whole, and nothing else (style-examples.md, section 11)."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path

import pytest

import markcode

ROOT = Path(__file__).parents[2]
SOURCES = {"markcode": ROOT / "markcode", "markcode_cli": ROOT / "cli" / "markcode_cli"}
INFO = f"markcode-{markcode.__version__}.dist-info"


def source_files() -> Iterator[str]:
    """Yield what an import or a table look-up may need, by its name in the wheel."""
    for package, folder in SOURCES.items():
        for file in folder.rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                yield f"{package}/{file.relative_to(folder).as_posix()}"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    folder = tmp_path_factory.mktemp("dist")
    # A copy: setuptools builds inside the source folder, and would pack what an earlier build left.
    copy = folder / "source"
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "build")
    for name in ("markcode", "cli"):
        shutil.copytree(ROOT / name, copy / name, ignore=ignored)
    for name in ("pyproject.toml", "MANIFEST.in", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, copy / name)
    # What must not become importable.
    for name in ("tests", "docs", "examples", "benchmarks"):
        (copy / name).mkdir()
        (copy / name / "__init__.py").touch()
    offline = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", *offline, "--wheel-dir", folder, copy],
        check=True,
        cwd=folder,
    )
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        yield archive


def test_top_level_names(wheel: zipfile.ZipFile) -> None:
    assert {name.partition("/")[0] for name in wheel.namelist()} == {*SOURCES, INFO}


def test_no_module_or_table_is_missing(wheel: zipfile.ZipFile) -> None:
    packed = {name for name in wheel.namelist() if not name.startswith(INFO)}
    assert packed == set(source_files())
    assert {f"{package}/py.typed" for package in SOURCES} <= packed


def test_every_source_folder_is_a_package() -> None:
    bare = {
        folder.relative_to(ROOT).as_posix()
        for source in SOURCES.values()
        for folder in (file.parent for file in source.rglob("*.py"))
        if not (folder / "__init__.py").is_file()
    }
    assert bare == set()


def test_metadata(wheel: zipfile.ZipFile) -> None:
    metadata = Parser().parsestr(wheel.read(f"{INFO}/METADATA").decode("utf-8"))
    assert metadata["Name"] == "markcode"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Version"] == markcode.__version__
    assert metadata["Requires-Python"] == ">=3.11"
    assert {Path(name).name for name in wheel.namelist()} >= {"LICENSE", "NOTICE"}
    assert (
        wheel.read(f"{INFO}/entry_points.txt").decode("utf-8").split("\n")[1]
        == "markcode = markcode_cli.main:main"
    )
