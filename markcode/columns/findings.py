"""Findings as they stand in a column: a list of structs (contracts.md section 9)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from markcode.model import Finding

if TYPE_CHECKING:
    import polars as pl

__all__ = ["findings_type", "told"]


def findings_type() -> pl.List:
    """Return the type of a column of findings; ``params`` is JSON as text, its keys sorted."""
    import polars as pl

    texts = {"code": pl.String, "severity": pl.String, "element": pl.String}
    return pl.List(pl.Struct({**texts, "start": pl.Int64, "end": pl.Int64, "params": pl.String}))


def told(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return findings as the structs of one row."""
    return [_told(finding) for finding in findings]


def _told(finding: Finding) -> dict[str, Any]:
    start, end = finding.span or (None, None)
    params = finding.to_dict()["params"]
    return {
        "code": finding.code,
        "severity": finding.severity,
        "element": finding.element,
        "start": start,
        "end": end,
        "params": json.dumps(params, ensure_ascii=False, sort_keys=True),
    }
