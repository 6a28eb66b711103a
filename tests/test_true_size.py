"""The same 200 marks as DXF, SVG, PDF, G-code and HP-GL, looked at from the files alone.

Each is rastered by a program that shares nothing with its writer (ezdxf, resvg, pdfium, plotters of
the tests), measured, decoded by zxing-cpp, and its letters are read again one by one.
"""

from __future__ import annotations

import pytest

from true_size import CASES, KINDS, MARKS, Case, look


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: " ".join(case.settings.values()) or "usual"
)
@pytest.mark.parametrize("kind", KINDS)
def test_the_metal_bears_what_was_laid_out(kind: str, case: Case) -> None:
    count = MARKS // len(CASES)
    seen = look(kind, case, count, CASES.index(case) * count)
    assert seen.faults == []
    assert seen.marks == seen.decoded == count
    assert seen.lines == seen.read > count
    assert seen.off_mm <= 0.02
