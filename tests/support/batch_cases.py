"""Profiles and tables of arms on which batches are compared, file by file."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from markcode import get_format
from markcode.strategies import sample

__all__ = ["CASES", "files", "table"]

CASES: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("mosaic-0530", "manufacture", {"check": "iso7064-mod37-36"}, {}),
    ("mosaic-0530", "manufacture", {"check": "gs1-pair"}, {"equipment": "text"}),
    ("mosaic-0530", "manufacture", {}, {"symbol": "qr", "limit": 40}),
    ("mosaic-0530", "manufacture", {}, {"equipment": "svg", "limit": 30}),
    ("mosaic-0530", "manufacture", {}, {"symbol": "datamatrix", "modules": True}),
    (
        "mosaic-0530",
        "manufacture",
        {},
        {"equipment": "svg", "symbol": "datamatrix", "shape": "rectangle", "limit": 40},
    ),
    (
        "iuid",
        "manufacture",
        {},
        {"equipment": "dxf", "symbol": "datamatrix", "shape": "rectangle", "limit": 40},
    ),
    (
        "mosaic-0530",
        "manufacture",
        {"check": "iso7064-mod1271-36"},
        {"equipment": "parquet", "symbol": "datamatrix", "modules": True},
    ),
    ("recsa", "state-owned", {}, {"equipment": "parquet"}),
    ("mosaic-0530", "manufacture", {}, {"equipment": "svg-sheet", "limit": 30}),
    ("mosaic-0530", "manufacture", {}, {"rows": (20, 90), "language": "es"}),
    ("mosaic-0530", "import", {"options": {"year_window": "none"}}, {}),
    ("recsa", "state-owned", {}, {"equipment": "text"}),
    ("recsa", "state-owned", {}, {"equipment": "svg", "limit": 12}),
    ("us-478-92", "manufacture", {}, {"symbol": "code128", "limit": 30}),
    ("es-28", "manufacture", {}, {}),
    ("iuid", "manufacture", {}, {"limit": 60}),
    ("co-indumil", "import", {}, {}),
    ("un-protocol", "manufacture", {}, {"accept_provisional": True}),
]


def table(path: Path, name: str, kind: str, profile: dict[str, Any], rows: int = 150) -> None:
    """Write arms, some of which repeat, lack something or have a strange cell."""
    rng = random.Random(str((name, kind, profile)))
    fmt = get_format(name, **profile)
    drawn = [sample(fmt, rng.randrange, kind) for _ in range(8)]
    elements = fmt.elements(kind)
    lines = [",".join(element.name for element in elements)]
    for _ in range(rows):
        arm = sample(fmt, rng.randrange, kind) if rng.random() < 0.6 else rng.choice(drawn)
        values = [element.of(*arm) for element in elements]
        cells = ["" if value is None else str(value) for value in values]
        at = rng.randrange(len(cells))
        if rng.random() < 0.1:
            cells[at] = rng.choice(
                ["", " x", cells[at].lower(), cells[at] + "*", "=1", "{GS}", "é"]
            )
        if rng.random() < 0.03:
            cells.append("more")
        cells = [cell.replace(",", ";").replace('"', "'") for cell in cells]
        lines.append(",".join(cells))
        if rng.random() < 0.02:
            lines.append("")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}
