"""Machines for tests: they read G-code and HP-GL as a controller would, and draw what it marks.

They share nothing with the writers. Lengths are millimetres, y upwards. What a controller would
refuse, or what would spoil the part, raises `Spoilt`.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rasters import Canvas, Picture

__all__ = ["Spoilt", "Trace", "gcode", "hpgl", "plot_gcode", "plot_hpgl"]

Place = tuple[float, float]

_WORD = re.compile(r"([GMXYZFSP])(-?[0-9]+(?:\.[0-9]+)?)")
_KNOWN = {"G0", "G1", "G4", "G21", "G90", "G94", "M2", "M3", "M4", "M5"}


class Spoilt(Exception):
    """The program would spoil the part, or the controller would stop at it."""


@dataclass
class Trace:
    """What a machine did."""

    lines: list[list[Place]] = field(default_factory=list)
    """Where the tool was on the metal while it moved."""
    dots: list[Place] = field(default_factory=list)
    depths: set[float] = field(default_factory=set)
    """How deep the dots are, where a program says so."""
    travels: list[tuple[Place, Place]] = field(default_factory=list)
    """Moves without a mark."""
    powers: set[float] = field(default_factory=set)
    feeds: set[float] = field(default_factory=set)
    dwelt: float = 0.0
    """Sum of all dwells, in the unit of the program."""
    pens: list[int] = field(default_factory=list)
    """The pen of each line; 1 where there is only one."""
    dot_pens: list[int] = field(default_factory=list)
    """The pen of each dot of a plotter."""

    @property
    def travelled(self) -> float:
        """The way without a mark."""
        return sum(math.dist(*move) for move in self.travels)

    @property
    def walked(self) -> float:
        """The way with the tool on the metal."""
        return sum(math.dist(one, other) for line in self.lines for one, other in steps(line))

    def places(self) -> Iterator[Place]:
        """Yield every place that is marked."""
        for line in self.lines:
            yield from line
        yield from self.dots

    def box(self, line: float, dot: float) -> tuple[float, float, float, float]:
        """Return left, bottom, right, top of what is marked by lines and dots so wide."""
        found = [(x, y, line / 2) for path in self.lines for x, y in path]
        found += [(x, y, dot / 2) for x, y in self.dots]
        return (
            min(x - r for x, _, r in found),
            min(y - r for _, y, r in found),
            max(x + r for x, _, r in found),
            max(y + r for _, y, r in found),
        )

    def picture(
        self, width: float, height: float, line: float, dot: float, filled: Iterable[int] = ()
    ) -> Picture:
        """Return what is marked by lines and dots so wide; closed lines of the pens ``filled`` are
        filled, ring by ring.
        """
        canvas = Canvas(width, height)
        for path, pen in zip(self.lines, self.pens, strict=True):
            points = [(x, height - y) for x, y in path]
            if pen in filled and path[0] == path[-1]:
                canvas.ring(points)
            else:
                canvas.line(points, line)
        for x, y in self.dots:
            canvas.dot(x, height - y, dot)
        return canvas.dark


def steps(line: list[Place]) -> Iterable[tuple[Place, Place]]:
    """Return the straight parts of a line."""
    return itertools.pairwise(line)


class _Controller:
    """Modal state of a controller of a laser or a needle."""

    def __init__(self, is_needle: bool) -> None:
        self.is_needle = is_needle
        self.place: Place = (0.0, 0.0)
        self.z: float | None = None
        self.spindle = "M5"
        self.power = self.feed = 0.0
        self.modes: set[str] = set()
        self.trace = Trace()
        self.is_burning = self.is_over = False

    def run(self, line: str) -> None:
        if self.is_over:
            raise Spoilt(f"after the end of the program: {line}")
        if len(line) > 80:
            raise Spoilt(f"too long for GRBL: {line}")
        if line.startswith("("):
            if line.index(")") != len(line) - 1 or "(" in line[1:]:
                raise Spoilt(f"not a comment: {line}")
            return
        words = line.split(" ")
        found = [_WORD.fullmatch(word) for word in words]
        if None in found or len({word[0] for word in words}) < len(words) - words.count("G"):
            raise Spoilt(f"not understood: {line}")
        commands = [word for word in words if word[0] in "GM"]
        if len(commands) != 1 and not set(commands) <= self.modes | {"G21", "G90", "G94"}:
            raise Spoilt(f"not one command: {line}")
        values = {m[1]: float(m[2]) for m in found if m is not None and m[1] not in "GM"}
        for command in commands:
            if command not in _KNOWN:
                raise Spoilt(f"no such command: {line}")
            self.do(command, values)

    def do(self, command: str, values: dict[str, float]) -> None:
        self.power = values.get("S", self.power)
        self.feed = values.get("F", self.feed)
        if command in ("G21", "G90", "G94"):
            self.modes.add(command)
        elif command in ("M3", "M4", "M5"):
            self.spindle = command
            self.is_burning = False
        elif command == "G4":
            self.trace.dwelt += values["P"]
            if self.spindle == "M3" and self.power > 0:
                self.trace.dots.append(self.place)
                self.trace.powers.add(self.power)
        elif command == "M2":
            self.is_over = True
        else:
            if self.modes != {"G21", "G90", "G94"}:
                raise Spoilt("a move before millimetres, absolute places and feed a minute")
            self.move(command, values)

    def move(self, command: str, values: dict[str, float]) -> None:
        target = values.get("X", self.place[0]), values.get("Y", self.place[1])
        if target != self.place:
            if "Z" in values or (self.z is not None and self.z <= 0):
                raise Spoilt(f"moves aside with the needle at {self.z}")
            self.aside(command, target)
        if "Z" in values:
            self.z = values["Z"]
            if self.z < 0:
                if command != "G1" or self.feed <= 0:
                    raise Spoilt("the needle falls into the part")
                self.trace.dots.append(target)
                self.trace.depths.add(-self.z)
        self.place = target

    def aside(self, command: str, target: Place) -> None:
        is_on = self.spindle != "M5" and self.power > 0
        if is_on and self.is_needle:
            raise Spoilt("moves aside while the needle strikes")
        if command == "G0":
            if is_on:
                raise Spoilt(f"travels to {target} with power {self.power}")
            self.trace.travels.append((self.place, target))
            self.is_burning = False
        else:
            if not is_on or self.spindle != "M4" or self.feed <= 0:
                raise Spoilt(f"a cut to {target} without power or feed")
            if not self.is_burning:
                self.trace.lines.append([self.place])
                self.trace.pens.append(1)
                self.is_burning = True
            self.trace.lines[-1].append(target)
            self.trace.powers.add(self.power)
            self.trace.feeds.add(self.feed)


def plot_gcode(program: bytes, *, is_needle: bool = False) -> Trace:
    """Return what a GRBL laser, or a needle, does with a program. Raises `Spoilt`."""
    text = program.decode("ascii")
    if not text.endswith("\n") or re.search(r"[;%\r\t]", text):
        raise Spoilt("characters that some controllers do not take")
    controller = _Controller(is_needle)
    for line in text.splitlines():
        controller.run(line)
    if not controller.is_over or controller.spindle != "M5":
        raise Spoilt("the program ends with the machine on")
    if controller.z is not None and controller.z <= 0:
        raise Spoilt("the needle stays in the part")
    return controller.trace


def plot_hpgl(drawing: bytes) -> Trace:
    """Return what a plotter does with a drawing. Raises `Spoilt`."""
    text = drawing.decode("ascii")
    instructions = re.findall(r"([A-Z]{2})([0-9,-]*);\n", text)
    if "".join(f"{name}{values};\n" for name, values in instructions) != text:
        raise Spoilt("not HP-GL")
    trace = Trace()
    place, is_down, pen, is_absolute = (0.0, 0.0), False, 0, False
    for name, values in instructions:
        numbers = [int(value) for value in values.split(",")] if values else []
        if name == "IN":
            place, is_down, pen = (0.0, 0.0), False, 0
        elif name == "PA":
            is_absolute = True
        elif name == "SP":
            if is_down:
                raise Spoilt("the pen is changed on the metal")
            pen = numbers[0]
        elif name in ("PU", "PD"):
            if not is_absolute or len(numbers) % 2 or len(numbers) > 128:
                raise Spoilt(f"{name} with {len(numbers)} numbers")
            if name == "PD" and not pen:
                raise Spoilt("no pen")
            if name == "PD" and not is_down:
                trace.lines.append([place])
                trace.pens.append(pen)
            if name == "PU" and is_down and len(trace.lines[-1]) == 1:
                trace.dots += trace.lines.pop()
                trace.dot_pens.append(trace.pens.pop())
            is_down = name == "PD"
            for x, y in zip(numbers[::2], numbers[1::2], strict=True):
                target = (x / 40, y / 40)
                if is_down:
                    trace.lines[-1].append(target)
                else:
                    trace.travels.append((place, target))
                place = target
        elif name != "VS":
            raise Spoilt(f"no such instruction: {name}")
    if is_down or pen:
        raise Spoilt("the pen stays down")
    return trace


def gcode(
    data: bytes, width: float, height: float, filled: Iterable[str], tool: float, dot: float
) -> Picture:
    """Return what a laser burns or a needle strikes; it fills nothing by itself."""
    is_needle = not re.search(rb"^M4 ", data, re.MULTILINE)
    return plot_gcode(data, is_needle=is_needle).picture(width, height, tool, dot)


def hpgl(
    data: bytes, width: float, height: float, filled: Iterable[str], tool: float, dot: float
) -> Picture:
    """Return the picture of a drawing whose closed lines on the layers ``filled`` are hatched."""
    pens = {1 if layer == "TEXT" else 2 for layer in filled}
    return plot_hpgl(data).picture(width, height, tool, dot, pens)
