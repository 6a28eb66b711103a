"""Draw the way of a laser over a mark, and that of a needle: ``docs/pictures/gcode-path.png``.

The picture is drawn from the programs themselves, as `markcode batch --equipment gcode` writes
them: thin where the machine travels, thick where it burns; a disc is a dot that is struck.

Run ``python scripts/make_path_picture.py`` after a change of the paths, with markcode installed;
``--check`` only tells whether the picture is up to date.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

from markcode import Event, Firearm, get_format
from markcode.equipment import Mark, Setup, get, symbol_of
from markcode.equipment.settings import resolve

PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "gcode-path.png"

WAYS: tuple[Mapping[str, str], ...] = (
    {"machine": "laser", "power": "600", "tool": "0.06mm", "hatch": "0.06mm"},
    {"machine": "needle-z", "depth": "0.1mm", "text": "dots-5x7", "cells": "dots"},
)
DOT_MM = 0.32
SCALE, TIMES, MARGIN = 36, 3, 10
"""Pixels a millimetre, times as many while drawing, and pixels around."""
BURNT, TRAVEL = "#1a1a1a", "#e0483c"

Place = tuple[float, float]
Move = tuple[Place, Place, bool]
_WORD = re.compile(r"([XYZ])(-?[0-9.]+)")


def program(settings: Mapping[str, str]) -> str:
    """Return the program of one mark."""
    fmt = get_format("mosaic-0530", check="iso7064-mod37-36")
    arm = Firearm(
        country="CO",
        manufacturer="INDU",
        year=2026,
        model="07",
        serial="01238",
        calibre="09",
    )
    marking = fmt.encode(arm, Event("manufacture"))
    chosen = get("gcode")
    setup = Setup(
        equipment=chosen,
        lines=1,
        symbol="datamatrix",
        height_nm=1_600_000,
        module_nm=400_000,
        settings=resolve("gcode", chosen.settings, settings),
    )
    mark = Mark(2, marking.lines, symbol_of("datamatrix", marking.payload), marking.drawn)
    file = chosen.open(setup).render(mark).file
    assert file is not None
    return file[1].decode("ascii")


def moves(text: str) -> Iterator[Move]:
    """Yield from where to where the machine moves, and whether it marks; a dot goes nowhere."""
    place: Place = (0.0, 0.0)
    for line in text.splitlines():
        words = dict(_WORD.findall(line))
        if "Z" in words:
            if words["Z"].startswith("-"):
                yield place, place, True
        elif words:
            target = float(words["X"]), float(words["Y"])
            yield place, target, line.startswith("G1")
            place = target


def drawn(text: str, tool_mm: float) -> Image.Image:
    """Return the picture of one program."""
    wide, tall = map(float, re.findall(r"[0-9.]+(?= x| mm)", text.split("\n", 1)[0]))
    step = SCALE * TIMES
    size = (round(wide * step) + 2 * MARGIN * TIMES, round(tall * step) + 2 * MARGIN * TIMES)
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)

    def at(place: Place) -> Place:
        return place[0] * step + MARGIN * TIMES, (tall - place[1]) * step + MARGIN * TIMES

    found = list(moves(text))
    for start, end, marks in sorted(found, key=lambda move: not move[2]):
        if start == end:
            (x, y), half = at(start), DOT_MM * step / 2
            draw.ellipse((x - half, y - half, x + half, y + half), fill="#9a9a9a")
        else:
            colour, width = (BURNT, tool_mm * step * 0.5) if marks else (TRAVEL, TIMES * 1.2)
            draw.line((*at(start), *at(end)), fill=colour, width=round(width))
    return image.resize((size[0] // TIMES, size[1] // TIMES), Image.Resampling.BOX)


def picture() -> bytes:
    """Return the picture as PNG: one way over the other."""
    parts = [drawn(program(way), 0.06) for way in WAYS]
    sheet = Image.new("RGB", (max(p.width for p in parts), sum(p.height for p in parts)), "white")
    top = 0
    for part in parts:
        sheet.paste(part, (0, top))
        top += part.height
    stream = io.BytesIO()
    sheet.quantize(32, dither=Image.Dither.NONE).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def same_picture(one: bytes, other: bytes) -> bool:
    """Return whether two PNGs show the same; their bytes depend on the version of Pillow."""
    first, second = (Image.open(io.BytesIO(data)).convert("RGB") for data in (one, other))
    return first.size == second.size and ImageChops.difference(first, second).getbbox() is None


def main() -> int:
    """Write the picture, or compare it; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    made = picture()
    if not parser.parse_args().check:
        PICTURE.write_bytes(made)
    elif not (PICTURE.is_file() and same_picture(made, PICTURE.read_bytes())):
        print("docs/pictures/gcode-path.png is not up to date: run this script", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
