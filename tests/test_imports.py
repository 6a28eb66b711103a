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
    child = subprocess.run(
        [sys.executable, "-P", "-c", _CHILD.format(statements=statements)],
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    assert child.returncode == 0, child.stderr
    return {name.partition(".")[0] for name in json.loads(child.stdout)}


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


def test_the_test_sees_a_heavy_module() -> None:
    assert "numpy" in loaded_by("import numpy")
