"""Draw the emblems that markcode has of its own, and a sheet that shows them.

No artwork of an authority is the source: the star is geometry, the others stand in for what a
State or the Community would give. All are polygons that do not overlap, in the em of the glyphs,
written as integers to ``markcode/symbols/emblems.json``. Those whose edges would run together
under a tool are drawn a second time as single strokes, in ``markcode/engraving/emblems.json``. The
sheet is ``docs/pictures/emblems.png``.

Run ``python scripts/make_emblems.py`` after a change, with markcode installed; ``--check`` only
tells whether the files are up to date.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import sys
from pathlib import Path

from PIL import Image, ImageChops

EM = 10_000
ROOT = Path(__file__).parents[1]
TARGET = ROOT / "markcode" / "symbols" / "emblems.json"
STROKES_TARGET = ROOT / "markcode" / "engraving" / "emblems.json"
SHEET = ROOT / "docs" / "pictures" / "emblems.png"

Line = list[tuple[float, float]]


def arc(cx: float, cy: float, radius: float, start: float, end: float, steps: int) -> Line:
    """Return points of a circle, by degrees from the right; positive turns downwards."""
    angles = [math.radians(start + (end - start) * i / steps) for i in range(steps + 1)]
    return [(cx + radius * math.cos(a), cy + radius * math.sin(a)) for a in angles]


def circle(cx: float, cy: float, radius: float) -> Line:
    """Return a circle of 72 corners, four of them at its extremes."""
    return arc(cx, cy, radius, 0, 360, 72)[:-1]


def star() -> list[Line]:
    """Return the regular star whose sides are the diagonals of a regular pentagon."""
    radius = EM / (1 + math.cos(math.radians(36)))
    inner = radius * math.cos(math.radians(72)) / math.cos(math.radians(36))
    cx = radius * math.sin(math.radians(72))
    return [
        [
            (cx + r * math.sin(math.radians(36 * i)), radius - r * math.cos(math.radians(36 * i)))
            for i in range(10)
            for r in [inner if i % 2 else radius]
        ]
    ]


RAYS = 8


def rays_in_a_ring() -> list[Line]:
    """Return a ring around a disc with rays, which grow wider outwards."""
    middle = EM / 2
    result = [circle(middle, middle, middle), circle(middle, middle, 4_150)]
    result.append(circle(middle, middle, 1_100))
    for number in range(RAYS):
        angle = math.radians(360 * number / RAYS)
        ray = [(1_750, -300), (3_450, -650), (3_450, 650), (1_750, 300)]
        result.append(
            [
                (
                    middle + out * math.sin(angle) + aside * math.cos(angle),
                    middle - out * math.cos(angle) + aside * math.sin(angle),
                )
                for out, aside in ray
            ]
        )
    return result


def rays_in_strokes() -> list[Line]:
    """Return a circle around a dot with rays, which a tool of an eighth of the em keeps apart."""
    middle = EM / 2
    edge = circle(middle, middle, middle)
    dot = [(middle, middle - 200), (middle, middle + 200)]
    turns = (math.radians(360 * number / RAYS) for number in range(RAYS))
    rays = [
        [(middle + out * math.sin(turn), middle - out * math.cos(turn)) for out in (2_500, 3_300)]
        for turn in turns
    ]
    return [[*edge, edge[0]], *rays, dot]


SHIELD_WIDTH = 8_400
SHOULDER = EM - SHIELD_WIDTH * math.sqrt(3) / 2


def shield() -> list[Line]:
    """Return the edge of a heater shield, two arcs below straight flanks, and a chevron."""
    width, shoulder, pen = SHIELD_WIDTH, SHOULDER, 900
    chevron = [(4_200, 2_100), (6_100, 4_000), (6_100, 5_700), (4_200, 3_800)]
    return [
        edge(width, shoulder, 0),
        edge(width, shoulder, pen),
        [*chevron, *[(width - x, y) for x, y in (chevron[2], chevron[1])]],
    ]


def shield_in_strokes() -> list[Line]:
    """Return the outer edge of the shield and the middle of the chevron."""
    outer = edge(SHIELD_WIDTH, SHOULDER, 0)
    return [[*outer, outer[0]], [(2_300, 4_850), (4_200, 2_950), (6_100, 4_850)]]


def edge(width: float, shoulder: float, inset: float) -> Line:
    """Return the edge of the shield, moved inwards by ``inset``."""
    radius = width - inset
    down = math.degrees(math.acos(width / 2 / radius))
    right = arc(0, shoulder, radius, 0, down, 12)
    left = [(width - x, y) for x, y in reversed(right[:-1])]
    return [(inset, inset), (width - inset, inset), *right, *left]


def frame() -> list[Line]:
    """Return an empty frame with round corners; markcode makes it as long as its text."""
    width, radius, pen = 6_400, 2_000, 800
    centres = [
        (width - radius, EM - radius),
        (radius, EM - radius),
        (radius, radius),
        (width - radius, radius),
    ]
    return [
        [
            at
            for number, (x, y) in enumerate(centres)
            for at in arc(x, y, size, 90 * number, 90 * number + 90, 8)
        ]
        for size in (radius, radius - pen)
    ]


def entry(lines: list[Line]) -> dict[str, object]:
    """Return the entry of one emblem."""
    rings = [[[round(x), round(y)] for x, y in line] for line in lines]
    return {"width": max(x for ring in rings for x, _ in ring), "rings": rings}


def render() -> str:
    """Return the whole data file as text, one emblem a line."""
    groups = {
        "emblems": {"ARMS": shield(), "ECOWAS": rays_in_a_ring(), "STAR": star()},
        "parts": {"FRAME": frame()},
    }
    blocks = [
        f' "{group}": {{\n'
        + ",\n".join(f'  "{name}": {json.dumps(entry(lines))}' for name, lines in drawn.items())
        + "\n }"
        for group, drawn in groups.items()
    ]
    head = '{\n "source": "drawn by scripts/make_emblems.py; no artwork is the source",\n'
    return f'{head} "em": {EM},\n' + ",\n".join(blocks) + "\n}\n"


def render_strokes() -> str:
    """Return the whole file of strokes as text, one emblem a line."""
    drawn = {"ARMS": shield_in_strokes(), "ECOWAS": rays_in_strokes()}
    entries = ",\n".join(
        f'  "{name}": {json.dumps([[[round(x), round(y)] for x, y in line] for line in lines])}'
        for name, lines in drawn.items()
    )
    head = '{\n "source": "drawn by scripts/make_emblems.py; no artwork is the source",\n'
    return f'{head} "em": {EM},\n "strokes": {{\n{entries}\n }}\n}}\n'


MARKS = [
    ("STAR", "★KE POL 000123"),
    ("ECOWAS", "<ECOWAS> CI PN 000123"),
    ("ARMS", "<ARMS> KE 2026 000123"),
    ("DE-BM", "<DE-BM> 19 000123"),
    ("ENTITY", "EU\nAT <ENTITY> 19"),
    ("OWN", "<OWN> 000123"),
]
OWN = ["M 0 0 L 60 0 L 60 50 L 30 100 L 0 50 Z", "M 30 20 L 45 50 L 30 75 L 15 50 Z"]


def sheet() -> bytes:
    """Return the sheet: each emblem large, and in a mark 2 mm high at 600 dpi."""
    from markcode.symbols import datamatrix, png
    from markcode.symbols.emblems import emblem_from_paths

    own = {"OWN": emblem_from_paths(OWN)}
    pictures, labels = [], []
    for name, mark in MARKS:
        lines = mark.split("\n")
        pictures.append(
            png.to_png(
                [f"H<{name}>8"], None, height_nm=8_000_000, module_nm=1, dpi=600, emblems=own
            )
        )
        pictures.append(
            png.to_png(
                lines,
                datamatrix.encode(" ".join(lines).replace("★", "*")),
                height_nm=2_000_000,
                module_nm=400_000,
                dpi=600,
                emblems=own,
            )
        )
        labels += [name, "2 MM, 600 DPI"]
    return png.contact_sheet(pictures, labels, columns=2, label_px=24)


def same_picture(one: bytes, other: bytes) -> bool:
    """Return whether two files show the same; compression may differ."""
    pictures = [Image.open(io.BytesIO(data)).convert("1") for data in (one, other)]
    return pictures[0].size == pictures[1].size and not ImageChops.difference(*pictures).getbbox()


def main() -> int:
    """Write the files, or compare them."""
    parser = argparse.ArgumentParser(description="Draw the emblems and a sheet of them.")
    parser.add_argument("--check", action="store_true", help="compare only")
    files = {TARGET: render(), STROKES_TARGET: render_strokes()}
    if parser.parse_args().check:
        same = all(path.read_text(encoding="utf-8") == text for path, text in files.items())
        return 0 if same and same_picture(SHEET.read_bytes(), sheet()) else 1
    for path, text in files.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    SHEET.parent.mkdir(parents=True, exist_ok=True)
    SHEET.write_bytes(sheet())
    return 0


if __name__ == "__main__":
    sys.exit(main())
