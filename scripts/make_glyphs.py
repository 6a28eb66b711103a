"""Freeze the glyphs that are drawn here into outlines to fill and strokes to follow.

Each glyph is drawn by hand as centre lines (no font is the source) in a box 1000 units high, y
downwards. For the outlines of ``markcode/symbols/glyphs.json`` the lines are widened to a pen,
merged into polygons that do not overlap and fitted to the whole height of the em. For the strokes
of ``markcode/engraving/strokes.json`` the lines themselves are fitted to it, since on metal the
height counts between the bottoms of the grooves. Both are written as integers.

Run ``python scripts/make_glyphs.py`` after a change; it needs shapely, which markcode itself does
not. ``--check`` only tells whether the files are up to date.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

from shapely import LineString, MultiLineString, MultiPolygon, Point, Polygon, unary_union
from shapely.affinity import affine_transform

EM = 10_000
PEN = 120
PACKAGE = Path(__file__).parents[1] / "markcode"
TARGET = PACKAGE / "symbols" / "glyphs.json"
STROKES_TARGET = PACKAGE / "engraving" / "strokes.json"

Line = list[tuple[float, float]]

# Centre lines of a full-height glyph run from TOP to BASE, so that the pen touches 0 and 1000.
TOP, MID, BASE = 60, 500, 940
LEFT, RIGHT = 60, 580


def arc(cx: float, cy: float, rx: float, ry: float, start: float, end: float) -> Line:
    """Return points of an ellipse, by degrees from the right; positive turns downwards."""
    steps = max(2, math.ceil(abs(end - start) / 10))
    angles = [math.radians(start + (end - start) * i / steps) for i in range(steps + 1)]
    return [(cx + rx * math.cos(a), cy + ry * math.sin(a)) for a in angles]


def curve(p: tuple[float, float], q: tuple[float, float], r: tuple[float, float]) -> Line:
    """Return points of the quadratic curve from ``p`` to ``r`` that is pulled towards ``q``."""
    ts = [i / 12 for i in range(13)]
    return [
        (
            (1 - t) ** 2 * p[0] + 2 * t * (1 - t) * q[0] + t * t * r[0],
            (1 - t) ** 2 * p[1] + 2 * t * (1 - t) * q[1] + t * t * r[1],
        )
        for t in ts
    ]


def ring(left: float, right: float, radius: float) -> Line:
    """Return a closed letter O: half ellipses at head and foot, straight flanks."""
    cx, rx = (left + right) / 2, (right - left) / 2
    head = arc(cx, TOP + radius, rx, radius, 180, 360)
    foot = arc(cx, BASE - radius, rx, radius, 0, 180)
    return [*head, *foot, head[0]]


def turned(line: Line, cx: float) -> Line:
    """Return ``line`` turned by half a turn about (cx, MID)."""
    return [(2 * cx - x, 2 * MID - y) for x, y in line]


BOWL = [(LEFT, TOP), *arc(330, 295, 240, 235, -90, 90), (LEFT, 530)]
SIX_STEM = curve((465, TOP), (LEFT, 300), (LEFT, 660))
SIX = [[*SIX_STEM, *arc(320, 660, 260, 280, 180, 540)]]

STROKES: dict[str, list[Line]] = {
    "A": [[(LEFT, BASE), (330, TOP), (600, BASE)], [(148, 655), (512, 655)]],
    "B": [
        [(LEFT, BASE), (LEFT, TOP), *arc(330, 265, 210, 205, -90, 90), (LEFT, 470)],
        [*arc(330, 705, 250, 235, -90, 90), (LEFT, BASE)],
    ],
    "C": [[*arc(330, 330, 270, 270, -25, -180), *arc(330, 670, 270, 270, 180, 25)]],
    "D": [
        [
            (LEFT, BASE),
            (LEFT, TOP),
            *arc(250, 390, 330, 330, -90, 0),
            *arc(250, 610, 330, 330, 0, 90),
            (LEFT, BASE),
        ]
    ],
    "E": [[(560, TOP), (LEFT, TOP), (LEFT, BASE), (560, BASE)], [(LEFT, MID), (480, MID)]],
    "F": [[(560, TOP), (LEFT, TOP), (LEFT, BASE)], [(LEFT, MID), (480, MID)]],
    "G": [
        [
            *arc(330, 330, 270, 270, -25, -180),
            *arc(330, 670, 270, 270, 180, 0),
            (600, 540),
            (370, 540),
        ]
    ],
    "H": [[(LEFT, TOP), (LEFT, BASE)], [(RIGHT, TOP), (RIGHT, BASE)], [(LEFT, MID), (RIGHT, MID)]],
    # No serifs: all that I shares with 1 is the stem. The cell is wider than the stem.
    "I": [[(160, TOP), (160, BASE)]],
    "J": [[(560, TOP), *arc(310, 690, 250, 250, 0, 165)]],
    "K": [[(LEFT, TOP), (LEFT, BASE)], [(570, TOP), (LEFT, 610)], [(222, 435), (RIGHT, BASE)]],
    "L": [[(LEFT, TOP), (LEFT, BASE), (550, BASE)]],
    "M": [[(LEFT, BASE), (LEFT, TOP), (350, 580), (640, TOP), (640, BASE)]],
    "N": [[(LEFT, BASE), (LEFT, TOP), (RIGHT, BASE), (RIGHT, TOP)]],
    "O": [ring(LEFT, 620, 280)],
    "P": [[(LEFT, BASE), *BOWL]],
    "Q": [ring(LEFT, 620, 280), [(320, 610), (640, BASE)]],
    "R": [[(LEFT, BASE), *BOWL], [(330, 530), (RIGHT, BASE)]],
    "S": [[*arc(320, 275, 245, 215, -20, -270), *arc(320, 715, 260, 225, -90, 160)]],
    "T": [[(LEFT, TOP), (RIGHT, TOP)], [(320, TOP), (320, BASE)]],
    "U": [[(LEFT, TOP), *arc(320, 680, 260, 260, 180, 0), (RIGHT, TOP)]],
    "V": [[(LEFT, TOP), (325, BASE), (590, TOP)]],
    "W": [[(LEFT, TOP), (180, BASE), (350, 400), (520, BASE), (640, TOP)]],
    "X": [[(LEFT, TOP), (RIGHT, BASE)], [(RIGHT, TOP), (LEFT, BASE)]],
    "Y": [[(LEFT, TOP), (320, 480), (RIGHT, TOP)], [(320, 480), (320, BASE)]],
    # The bar keeps Z apart from 2.
    "Z": [[(LEFT, TOP), (RIGHT, TOP), (LEFT, BASE), (RIGHT, BASE)], [(170, MID), (470, MID)]],
    # The slash keeps 0 apart from O; it stays inside, so that both counters are open.
    "0": [ring(LEFT, RIGHT, 300), [(165, 790), (475, 210)]],
    "1": [[(LEFT, 290), (300, TOP), (300, BASE)], [(80, BASE), (520, BASE)]],
    "2": [[*arc(320, 310, 250, 250, -170, 35), (LEFT, BASE), (RIGHT, BASE)]],
    # The flat head keeps 3 apart from 8 and B.
    "3": [[(80, TOP), (540, TOP), (280, 410), *arc(290, 675, 290, 265, -90, 160)]],
    "4": [[(430, BASE), (430, TOP), (LEFT, 700), (600, 700)]],
    # Corners keep 5 apart from S.
    "5": [[(540, TOP), (115, TOP), (85, 455), *arc(310, 665, 270, 275, -135, 150)]],
    "6": SIX,
    "7": [[(LEFT, TOP), (RIGHT, TOP), (240, BASE)]],
    "8": [arc(320, 265, 205, 205, -90, 270), arc(320, 705, 260, 235, -90, 270)],
    "9": [turned(line, 320) for line in SIX],
    "-": [[(LEFT, MID), (460, MID)]],
    "/": [[(LEFT, BASE), (500, TOP)]],
    "*": [
        [(320 + 265 * math.sin(a), MID - 265 * math.cos(a)), (320, MID)]
        for a in (math.radians(60 * i) for i in range(6))
    ],
    "+": [[(LEFT, MID), (RIGHT, MID)], [(320, 240), (320, 760)]],
    "#": [
        [(230, TOP), (150, BASE)],
        [(490, TOP), (410, BASE)],
        [(LEFT, 340), (RIGHT, 340)],
        [(LEFT, 660), (RIGHT, 660)],
    ],
    "&": [
        [
            (600, BASE),
            *curve((190, 400), (110, 300), (135, 210)),
            *arc(285, 215, 150, 155, 180, 360),
            *curve((435, 230), (430, 350), (250, 470)),
            *arc(270, 705, 210, 235, -105, -270),
            *curve((270, 940), (530, 940), (590, 620)),
        ]
    ],
    "(": [curve((270, TOP), (LEFT - 90, MID), (270, BASE))],
    ")": [curve((LEFT, TOP), (360, MID), (LEFT, BASE))],
    "'": [[(LEFT + 20, TOP), (LEFT + 20, 270)]],
    ",": [[(160, 800), (LEFT + 20, BASE)]],
}

# Dots are heavier than the pen, or they would be lost on the metal.
DOTS: dict[str, list[tuple[float, float]]] = {
    ".": [(80, 920)],
    ":": [(80, 380), (80, 800)],
}
DOT_RADIUS = 80

BEARINGS = {"I": 100, "1": 20}
"""Extra room on each side, for glyphs so thin that they would crowd their neighbours."""


def outline(char: str) -> Polygon | MultiPolygon:
    """Return the widened strokes of one glyph, merged."""
    if char in DOTS:
        merged = unary_union([Point(p).buffer(DOT_RADIUS, quad_segs=8) for p in DOTS[char]])
    else:
        lines = MultiLineString([LineString(line) for line in STROKES[char]])
        merged = lines.buffer(PEN / 2, quad_segs=6)
    return merged.simplify(1)  # a thousandth of the height; before the fit, which is exact


def fitted(shape: Polygon | MultiPolygon) -> Polygon | MultiPolygon:
    """Return ``shape`` moved to x = 0 and, if it is of full height, stretched to exactly that."""
    x0, y0, _, y1 = shape.bounds
    full = y0 < 2 and y1 > 998
    stretch = 1000 / (y1 - y0) if full else 1.0
    shift = -y0 * stretch if full else 0.0
    unit = EM / 1000
    return affine_transform(shape, [unit, 0, 0, unit * stretch, -x0 * unit, shift * unit])


def rings(shape: Polygon | MultiPolygon) -> list[list[list[int]]]:
    """Return exteriors and holes as integer points, without the closing repeat."""
    polygons = list(shape.geoms) if isinstance(shape, MultiPolygon) else [shape]
    result = []
    for polygon in polygons:
        for line in (polygon.exterior, *polygon.interiors):
            points = [[round(x), round(y)] for x, y in line.coords]
            result.append(points[:-1])
    return result


def glyph(char: str) -> dict[str, object]:
    """Return the entry of one character."""
    shape = fitted(outline(char))
    bearing = BEARINGS.get(char, 0) * EM // 1000
    paths = [[[x + bearing, y] for x, y in path] for path in rings(shape)]
    width = max(x for path in paths for x, _ in path) + bearing
    return {"width": width, "rings": paths}


def centre_lines(char: str) -> list[Line]:
    """Return the lines that a tool follows; a dot is a stroke as high as its outline inked."""
    if char in DOTS:
        half = DOT_RADIUS - PEN / 2
        return [[(x, y - half), (x, y + half)] for x, y in DOTS[char]]
    lines: list[Line] = []
    for line in STROKES[char]:
        before = next((other for other in lines if goes_on(other, line)), None)
        if before is None:
            lines.append([*line])
        else:
            # Two spokes that meet head-on are one stroke, with one start for the tool less.
            before[-1:] = line[-2::-1]
    return lines


def goes_on(one: Line, other: Line) -> bool:
    """Return whether two single lines end in one point and come from opposite sides."""
    if len(one) != 2 or len(other) != 2 or one[1] != other[1]:
        return False
    sides = [(x0 + x1) / 2 for x0, x1 in zip(one[0], other[0], strict=True)]
    return math.dist(sides, one[1]) < 1e-6


def stroke_glyph(char: str) -> dict[str, object]:
    """Return the entry of one character as strokes: TOP is 0 and BASE the em."""
    lines, bearing = centre_lines(char), BEARINGS.get(char, 0)
    xs = [x for line in lines for x, _ in line]
    ys = [y for line in lines for _, y in line]
    full = min(ys) < TOP + 2 and max(ys) > BASE - 2
    top, base = (min(ys), max(ys)) if full else (TOP, BASE)
    left, unit = min(xs) - bearing, EM / (BASE - TOP)

    def fitted_point(at: tuple[float, float]) -> tuple[int, int]:
        return round((at[0] - left) * unit), round((at[1] - top) * EM / (base - top))

    paths = [[at for at, _ in groupby(map(fitted_point, line))] for line in lines]
    return {"width": round((max(xs) + bearing - left) * unit), "strokes": paths}


def content(entry: Callable[[str], dict[str, object]]) -> str:
    """Return a whole file as text, one glyph a line."""
    chars = sorted([*STROKES, *DOTS])
    entries = [f"  {json.dumps(char)}: {json.dumps(entry(char))}" for char in chars]
    head = '{\n "source": "drawn by scripts/make_glyphs.py; no font is the source",\n'
    return f'{head} "em": {EM},\n "glyphs": {{\n' + ",\n".join(entries) + "\n }\n}\n"


def render() -> dict[Path, str]:
    """Return both files by their place."""
    return {TARGET: content(glyph), STROKES_TARGET: content(stroke_glyph)}


def main() -> int:
    """Write the files, or compare them."""
    parser = argparse.ArgumentParser(description="Freeze the glyphs into outlines and strokes.")
    parser.add_argument("--check", action="store_true", help="compare only")
    files = render()
    if parser.parse_args().check:
        return int(any(path.read_text(encoding="utf-8") != text for path, text in files.items()))
    for path, text in files.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
