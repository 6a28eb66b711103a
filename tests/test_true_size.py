"""The same 200 marks as DXF, SVG and PDF, looked at from the files alone.

Each is rastered by a program that shares nothing with its writer (ezdxf, resvg, pdfium), measured,
decoded by zxing-cpp, and its letters are read again one by one. `test_true_paths` does the same for
G-code and HP-GL.
"""

from __future__ import annotations

import pytest

from true_size import CASES, Case, check


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: " ".join(case.settings.values()) or "usual"
)
@pytest.mark.parametrize("kind", ["dxf", "svg", "pdf"])
def test_a_drawing_has_its_true_size(kind: str, case: Case) -> None:
    check(kind, case)
