"""Whole columns: the marks of a table of arms, and the verdicts on a column of marks.

Row by row these say what `Format.encode` and `Format.verify` say of one arm and one mark
(contracts.md section 9). Rows are never dropped and keep their order. Kernels only prove rows
clean; every other row goes through the scalar function, which makes the findings.
"""

from __future__ import annotations

from markcode.columns.arms import encode_column
from markcode.columns.marks import is_valid_column, verify_column

__all__ = ["encode_column", "is_valid_column", "verify_column"]
