"""Draw the marks on faces of ``docs/pictures``: ``preview-*.png`` and ``plate.png``.

Run ``python scripts/make_previews.py`` after a change of the layout or of ``markcode preview``,
with markcode installed; ``--check`` only tells whether the pictures are up to date.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from markcode import get_format
from markcode.batch import Options
from markcode.engraving.engraver import plate_of
from markcode.engraving.face import Face
from markcode.engraving.preview import picture
from markcode.equipment.plates import engraver_of
from markcode.jobs.preview import preview_of
from markcode.jobs.rows import arm_of
from markcode.symbols.sheets import Grid

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
DOTS = {"text": "dots-5x7", "cells": "dots"}
LASER = {"machine": "laser", "power": "600", "tool": "0.05mm", "text": "stroke"}
NEEDLE = {"machine": "needle-pulse", "dwell_unit": "seconds", **DOTS}

MOSAIC = ("mosaic-0530", "iso7064-mod37-36")
MOSAIC_ARM = {
    "country": "CO",
    "manufacturer": "INDU",
    "year": "2026",
    "model": "07",
    "serial": "01238",
    "calibre": "09",
}
PREVIEWS: Mapping[str, tuple[Mapping[str, Any], bool]] = {
    "preview-face.png": (
        {"equipment": "dxf", "face": Face.parse("50x10mm", None, None), "settings": DOTS},
        False,
    ),
    "preview-cylinder.png": (
        {
            "equipment": "gcode",
            "face": Face.parse("44x12mm", None, "30mm"),
            "settings": LASER,
            "shape": "rectangle",
        },
        False,
    ),
    "preview-travel.png": (
        {"equipment": "gcode", "face": Face.parse("12x44mm", "90", None), "settings": NEEDLE},
        True,
    ),
}
GRID, PITCH = "5x4", "49x14mm"


def pictures() -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each picture."""
    fmt = get_format(MOSAIC[0], check=MOSAIC[1])
    rule = fmt.rule("manufacture")
    for name, (chosen, has_travel) in PREVIEWS.items():
        options = Options(symbol="datamatrix", **chosen)
        arm = arm_of(1, rule, MOSAIC_ARM)
        made = preview_of(fmt, "manufacture", options, arm, has_travel=has_travel)
        yield name, made.scene.to_png(10, 40)
    options = Options(
        equipment="dxf",
        symbol="datamatrix",
        face=Face.parse("46x11mm", None, None),
        settings=DOTS,
    )
    marks = []
    for row in range(2, 22):
        arm = arm_of(row, rule, {**MOSAIC_ARM, "serial": f"{1236 + row:05}"})
        made = preview_of(fmt, "manufacture", options, arm)
        marks.append(engraver_of(made.job).engrave(row, made.mark.lines, made.mark.symbol))
    yield "plate.png", picture(plate_of(marks, Grid.parse(GRID, PITCH))).to_png(1, 180)


def main() -> int:
    """Write the pictures, or compare them; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    is_check = parser.parse_args().check
    old = [name for name, data in pictures() if not _is_same(PICTURES / name, data, is_check)]
    for name in old:
        print(f"{name} is not up to date: run python scripts/make_previews.py", file=sys.stderr)
    return 1 if old else 0


def _is_same(path: Path, data: bytes, is_check: bool) -> bool:
    if not is_check:
        path.write_bytes(data)
        return True
    return path.is_file() and path.read_bytes() == data


if __name__ == "__main__":
    raise SystemExit(main())
