"""The same 200 marks as G-code and HP-GL, as plotters of the tests make them (test_true_size)."""

from __future__ import annotations

import pytest

from true_size import CASES, Case, check


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: " ".join(case.settings.values()) or "usual"
)
@pytest.mark.parametrize("kind", ["gcode", "hpgl"])
def test_a_path_has_its_true_size(kind: str, case: Case) -> None:
    check(kind, case)
