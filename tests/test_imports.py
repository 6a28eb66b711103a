"""`import markcode` costs no more than the standard library (issue 9, 1.3)."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

# Modules that the interpreter or an editable install loaded before do not count: only what
# the statements add.
_CHILD = """
import json, sys
before = set(sys.modules)
{statements}
print(json.dumps(sorted(set(sys.modules) - before)))
"""

_HEAVY = {"numpy", "polars", "zxingcpp", "PIL", "click", "segno", "barcode", "fastexcel", "rich"}


def loaded_by(statements: str) -> set[str]:
    """Return the top-level names that a fresh interpreter loads for ``statements``."""
    return {name.partition(".")[0] for name in loaded_whole(statements)}


def loaded_whole(statements: str) -> set[str]:
    """Return the modules that a fresh interpreter loads for ``statements``."""
    child = subprocess.run(
        [sys.executable, "-P", "-c", _CHILD.format(statements=statements)],
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    assert child.returncode == 0, child.stderr
    return set(json.loads(child.stdout))


@pytest.mark.parametrize(
    "statements",
    [
        "import markcode",
        "import markcode; markcode.Firearm(serial='1')",
        "import markcode; markcode.get_format('mosaic-0530')",
        "import markcode; markcode.verify('CO INDU 26 07 01238 09', format='mosaic-0530')",
        "import markcode; markcode.checks.get('iso7064-mod37-36').compute('ABC123')",
    ],
)
def test_only_the_standard_library(statements: str) -> None:
    names = loaded_by(statements)
    assert "markcode" in names
    assert names & _HEAVY == set()
    assert names - set(sys.stdlib_module_names) == {"markcode"}


def modules_of(*arguments: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded after the command ``markcode``."""
    statements = f"""
import contextlib, io
from markcode_cli.main import main
sys.argv = {["markcode", *arguments]!r}
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main()
"""
    return loaded_whole(statements)


MOSAIC = "CO INDU 26 07 01238 09"
NAMED = ("verify", "--format", "mosaic-0530")
CHECKED = (*NAMED, "--check", "iso7064-mod37-36", MOSAIC + " R")


@pytest.mark.parametrize(
    "arguments", [("verify", MOSAIC), (*NAMED, MOSAIC), CHECKED], ids=["bare", "named", "checked"]
)
def test_one_mark_loads_what_it_needs(arguments: tuple[str, ...]) -> None:
    """Each of these costs a person who waits for a verdict several milliseconds (issue 11, 3)."""
    modules = modules_of(*arguments)
    assert "markcode.judging" in modules
    assert modules & (_HEAVY - {"click"}) == set()
    own = {name for name in modules if name.startswith("markcode")}
    parts = {"batch", "columns", "description", "equipment", "explain", "jobs", "reading"}
    parts |= {"symbols", "tables", "writing", "code_lists", "formats.us", "formats.iuid"}
    parts |= {"formats.gs1"} if "--check" in arguments else {"formats.gs1", "checks"}
    of = tuple(f"markcode.{part}" for part in parts)
    assert [name for name in sorted(own) if name.startswith(of)] == []
    slow = {"decimal", "difflib", "email", "hashlib", "importlib.resources", "json", "tempfile"}
    assert modules & (slow - ({"difflib"} if "--check" in arguments else set())) == set()


def test_the_version_loads_no_command() -> None:
    modules = modules_of("--version")
    own = {name for name in modules if name.startswith("markcode")}
    assert own == {
        "markcode",
        "markcode.errors",
        "markcode_cli",
        "markcode_cli.main",
        "markcode_cli.lazy",
        "markcode_cli.options",
    }


def test_only_the_formats_of_which_a_text_has_signs_are_read() -> None:
    statements = """
import markcode
from markcode import declaring
asked, read = [], declaring._tables.__wrapped__
declaring._tables = lambda name: asked.append(name) or read(name)
markcode.verify({text!r})
print(*asked, file=sys.stderr)
"""
    asked = [
        subprocess.run(
            [sys.executable, "-P", "-c", "import sys" + statements.format(text=text)],
            check=True,
            capture_output=True,
            encoding="utf-8",
        ).stderr.split()
        for text in (MOSAIC, "*KE POL 123")
    ]
    assert asked == [["mosaic-0530"], ["mosaic-0530", "recsa"]]


def test_the_test_sees_a_heavy_module() -> None:
    assert "numpy" in loaded_by("import numpy")
