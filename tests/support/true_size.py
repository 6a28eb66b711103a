"""Marks of several formats, made by every equipment that draws, and looked at from the file.

``python -m true_size`` prints the table: how many symbols were decoded, how many lines of text read
again, how far the bounds of what is marked lie from the layout.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from PIL import Image, ImageFilter

from markcode import Event, Firearm, get_format
from markcode.engraving.engraver import Style
from markcode.engraving.face import Face
from markcode.engraving.fonts import font
from markcode.engraving.plate import TEXT, Engraved, Part
from markcode.equipment import Mark
from markcode.equipment.mark import symbol_of
from markcode.equipment.plates import engraver_of
from markcode.model import Marking
from markcode.reading import read
from markcode.symbols.emblems import emblem
from plotters import plot_gcode, plot_hpgl
from rasters import SCALE, Canvas, Picture, dxf, pdf, svg
from writers import setup

__all__ = ["CASES", "KINDS", "MARKS", "Case", "Result", "check", "look"]

HEIGHT_NM, MODULE_NM = 1_600_000, 400_000
MARKS = 200


@dataclass(frozen=True)
class Case:
    """A way to make marks, and the formats and faces it is tried with."""

    settings: Mapping[str, str]
    filled: tuple[str, ...]
    """Layers whose closed lines the operator hatches."""
    gcode: Mapping[str, str]
    face: Face | None = None
    symbol: str = "datamatrix"


_LASER = {"machine": "laser", "power": "600"}
_NEEDLE = {"machine": "needle-pulse", "dwell_unit": "seconds"}
CASES = (
    Case({}, ("TEXT", "DM"), _LASER),
    Case({"text": "stroke", "cells": "cells"}, ("DM",), _LASER),
    Case({"text": "stroke"}, ("QR",), _LASER, Face((50_000_000, 20_000_000)), "qr"),
    Case({"text": "dots-5x7", "cells": "dots"}, (), _NEEDLE, Face((18_000_000, 56_000_000), 90)),
    Case({"text": "dots-9x13", "cells": "dots", "dot": "60%"}, (), _NEEDLE),
)
KINDS = ("dxf", "svg", "pdf", "gcode", "hpgl")


@dataclass
class Result:
    """What was seen of some marks."""

    marks: int = 0
    decoded: int = 0
    lines: int = 0
    read: int = 0
    """Lines of text read again, all characters of them."""
    off_mm: float = 0.0
    """The largest distance of a side of the bounds from where the layout has it."""
    faults: list[str] = field(default_factory=list)

    def add(self, other: Result) -> None:
        """Add what was seen of others."""
        self.marks += other.marks
        self.decoded += other.decoded
        self.lines += other.lines
        self.read += other.read
        self.off_mm = max(self.off_mm, other.off_mm)
        self.faults += other.faults


def markings(count: int, first: int = 0) -> Iterator[Marking]:
    """Yield markings of four formats in turn; makers and serials are invented."""
    mosaic, recsa = get_format("mosaic-0530", check="iso7064-mod37-36"), get_format("recsa")
    american, iuid = get_format("us-478-92"), get_format("iuid")
    for number in range(first, first + count):
        serial = f"{chr(65 + number % 26)}{number * 7919 % 100_000:05}"
        if number % 4 == 0:
            arm = Firearm(
                manufacturer="INDU",
                country="CO",
                serial=serial,
                year=2026,
                model="07",
                calibre="09",
            )
            yield mosaic.encode(arm)
        elif number % 4 == 1:
            event = Event("state-owned", country="KE", force="POL", number=f"{number:06}")
            yield recsa.encode(Firearm(), event)
        elif number % 4 == 2:
            arm = Firearm(
                manufacturer="INVENTED ARMS",
                serial=serial,
                model="M-7",
                calibre="9X19",
                extra={"city": "DOVER", "state": "DE"},
            )
            yield american.encode(arm)
        else:
            yield iuid.encode(Firearm(manufacturer="0CVA5", model="M4-1/2", serial=serial))


def look(kind: str, case: Case, count: int, first: int = 0) -> Result:
    """Make marks, look at the files, and return what was seen."""
    own: Mapping[str, str] = {"gcode": case.gcode, "hpgl": {"fill": "hatch"}}.get(kind, {})
    settings = {**case.settings, **own}
    job = setup(
        kind,
        settings,
        lines=8,
        symbol=case.symbol,
        face=case.face,
        height_nm=HEIGHT_NM,
        module_nm=MODULE_NM,
    )
    writer, engraver = job.equipment.open(job), engraver_of(job)
    style = Style.of_settings(job.settings, MODULE_NM)
    result = Result()
    for number, marking in enumerate(markings(count, first), start=2):
        symbol = symbol_of(case.symbol, marking.payload)
        mark = Mark(number, marking.lines, symbol, marking.drawn)
        made = engraver.engrave(mark.row, mark.drawn_lines, symbol)
        file = writer.render(mark).file
        assert file is not None
        picture, found = _looked_at(kind, file[1], made, case, style)
        name = f"{kind} {dict(case.settings)} {marking.text!r}"
        result.add(_seen(picture, found, made, marking, case, style, name))
    return result


Bounds = tuple[float, float, float, float]
"""Left, top, right, bottom in millimetres."""


def check(kind: str, case: Case) -> None:
    """Look at the marks of a case, and raise AssertionError for what is not as it was laid out."""
    count = MARKS // len(CASES)
    seen = look(kind, case, count, CASES.index(case) * count)
    assert seen.faults == []
    assert seen.marks == seen.decoded == count
    assert seen.lines == seen.read > count
    assert seen.off_mm <= 0.02


def _looked_at(
    kind: str, data: bytes, made: Engraved, case: Case, style: Style
) -> tuple[Picture, Bounds]:
    """Return what a file shows, and the bounds of it."""
    width, height = made.width_nm / 1e6, made.height_nm / 1e6
    tool, dot = style.tool_nm / 1e6, style.dot_nm / 1e6
    if kind in ("gcode", "hpgl"):
        is_needle = case.gcode is _NEEDLE
        trace = plot_gcode(data, is_needle=is_needle) if kind == "gcode" else plot_hpgl(data)
        left, bottom, right, top = trace.box(tool, dot)
        picture = trace.picture(width, height, tool, dot)
        return picture, (left, height - top, right, height - bottom)
    picture = _picture(kind, data, made, case, style)
    rows, columns = np.flatnonzero(picture.any(axis=1)), np.flatnonzero(picture.any(axis=0))
    pixels = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
    left, top, right, bottom = (float(pixel) / SCALE for pixel in pixels)
    return picture, (left, top, right, bottom)


def _picture(kind: str, data: bytes, made: Engraved, case: Case, style: Style) -> Picture:
    width, height = made.width_nm / 1e6, made.height_nm / 1e6
    tool, dot = style.tool_nm / 1e6, style.dot_nm / 1e6
    if kind == "dxf":
        return dxf(data, width, height, case.filled, tool, dot)
    return svg(data) if kind == "svg" else pdf(data)


def _seen(
    picture: Picture,
    found: Bounds,
    made: Engraved,
    marking: Marking,
    case: Case,
    style: Style,
    name: str,
) -> Result:
    result = Result(marks=1)
    bounds = made.box()
    assert bounds is not None
    result.off_mm = max(abs(one - other / 1e6) for one, other in zip(found, bounds, strict=True))
    if _holds(picture, marking):
        result.decoded = 1
    else:
        result.faults.append(f"{name}: symbol not read")
    lines: dict[int, list[Part]] = {}
    for part in made.parts:
        if part.layer == TEXT:
            lines.setdefault(part.line, []).append(part)
    for characters in lines.values():
        result.lines += 1
        said = "".join(_read(picture, part, case, style) for part in characters)
        expected = "".join(part.name for part in characters)
        said, expected = (text.replace("<STAR>", "★") for text in (said, expected))
        if said == expected:
            result.read += 1
        else:
            result.faults.append(f"{name}: {said!r} read for {expected!r}")
    return result


def _holds(picture: Picture, marking: Marking) -> bool:
    """Return whether the symbol is read, at a third of the pixels; dots are joined first."""
    rows, columns = np.flatnonzero(picture.any(axis=1)), np.flatnonzero(picture.any(axis=0))
    marked = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    light = Image.fromarray(np.where(marked, 0, 255).astype(np.uint8))
    light = light.resize((light.width // 3, light.height // 3), Image.Resampling.BOX)
    border = 2 * MODULE_NM * SCALE // 3_000_000
    around = Image.new("L", (light.width + 2 * border, light.height + 2 * border), 255)
    around.paste(light, (border, border))
    joined = ImageFilter.MinFilter(MODULE_NM * SCALE // 6_000_000 * 2 - 5)
    return _says(around, marking) or _says(around.filter(joined), marking)


def _says(image: Image.Image, marking: Marking) -> bool:
    payload = marking.payload
    scans = [scan.payload for scan in read(image)]
    return any((found.data, found.gs1) == (payload.data, payload.gs1) for found in scans)


ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-/.()*+#★"


def _read(picture: Picture, part: Part, case: Case, style: Style) -> str:
    """Return the character that looks most like what is marked where ``part`` is laid out."""
    bounds = part.box(style.tool_nm)
    assert bounds is not None
    left, top, right, bottom = (round(side * SCALE / 1e6) for side in bounds)
    seen = picture[max(top, 0) : bottom, max(left, 0) : right]
    if case.face is not None:
        seen = np.rot90(seen, -(case.face.turn // 90))
    best, least = "", 2.0
    for char in {*ALPHABET, part.name}:
        shape = _template(style.text, char, style.tool_nm, style.dot_nm)
        tall, wide = max(seen.shape[0], shape.shape[0]), max(seen.shape[1], shape.shape[1])
        both = np.zeros((2, tall, wide), np.bool_)
        both[0, : seen.shape[0], : seen.shape[1]] = seen
        both[1, : shape.shape[0], : shape.shape[1]] = shape
        differ = np.count_nonzero(both[0] != both[1]) / np.count_nonzero(both[0] | both[1])
        if differ < least:
            best, least = char, differ
    return best


@lru_cache(maxsize=1024)
def _template(name: str, char: str, tool_nm: int, dot_nm: int) -> Picture:
    """Return a character as it should be marked, cut to its bounds."""
    shape = font(name).shape(char, emblem(char), HEIGHT_NM)
    rings = [[_mm(point) for point in ring] for ring in shape.rings]
    strokes = [[_mm(point) for point in path] for path in shape.strokes]
    canvas = Canvas(12, 6)
    for ring in rings:
        canvas.ring(ring)
    for path in strokes:
        canvas.line(path, tool_nm / 1e6)
    for x, y in map(_mm, shape.dots):
        canvas.dot(x, y, dot_nm / 1e6)
    rows = np.flatnonzero(canvas.dark.any(axis=1))
    columns = np.flatnonzero(canvas.dark.any(axis=0))
    return canvas.dark[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _mm(point: tuple[int, int]) -> tuple[float, float]:
    """Return a point of a character within its canvas, away from the edge."""
    return point[0] / 1e6 + 1, point[1] / 1e6 + 1


def table(count: int = MARKS) -> Iterator[str]:
    """Yield the lines of the table, a kind of file at a time."""
    yield f"{'file':<6} {'marks':>5} {'decoded':>7} {'lines':>5} {'read':>5} {'box off, mm':>11}"
    for kind in KINDS:
        result = Result()
        each = count // len(CASES)
        for number, case in enumerate(CASES):
            result.add(look(kind, case, each, number * each))
        yield (
            f"{kind:<6} {result.marks:>5} {result.decoded:>7} {result.lines:>5} {result.read:>5} "
            f"{result.off_mm:>11.4f}"
        )
        yield from (f"  {fault}" for fault in result.faults)


if __name__ == "__main__":
    for line in table(*map(int, sys.argv[1:])):
        print(line, flush=True)
