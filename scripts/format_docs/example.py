"""An invented arm for each event of a format, its mark, what verifying it says, and its picture."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from markcode import Format, Marking, Report
from markcode.declaration import Element
from markcode.fields import Value
from markcode.lengths import NM_PER_MM
from markcode.strategies import sample
from markcode.symbols import Symbol, drawing, make, svg

__all__ = ["Example", "chosen", "example", "picture"]

_HEIGHT_NM = 4 * NM_PER_MM
_MODULE_NM = NM_PER_MM
_SEED = 10


@dataclass(frozen=True)
class Example:
    """One arm, its mark, and the reports on what is struck and on what the symbol holds."""

    values: Mapping[str, Value]
    marking: Marking
    struck: Report
    payload: Report


@cache
def chosen() -> dict[str, Any]:
    """Return `examples.toml`."""
    return tomllib.loads(Path(__file__).with_name("examples.toml").read_text(encoding="utf-8"))


def example(fmt: Format, kind: str) -> Example:
    """Return the example of an event. Raises `InvalidMark` where the chosen values do not fit."""
    rule = fmt.rule(kind)
    own = chosen()["arms"].get(fmt.name, {}).get(kind, {})
    values = {
        element.name: value
        for element in rule.elements
        if (value := _value(fmt, kind, element, own)) not in (None, "")
    }
    firearm, event = rule.arm(values)
    marking = fmt.encode(firearm, event, accept_provisional=True)
    return Example(
        values, marking, fmt.verify(marking.text, kind), fmt.verify(marking.payload, kind)
    )


def _value(fmt: Format, kind: str, element: Element, own: Mapping[str, Value]) -> Value | None:
    if (given := own.get(element.name)) is not None:
        return given
    if not element.required and not element.advised and element.name not in ("serial", "force"):
        return None
    if fmt.declaration.syntax is not None:
        return None  # its keys exclude each other: they stand in the table
    fitting: list[Value] = chosen()["values"].get(element.name, [])
    for value in fitting:
        if element.is_number or element.type.fault(element.type.write(value)) is None:
            return value
    firearm, event = sample(fmt, random.Random(_SEED).randrange, kind)
    return element.of(firearm, event)


def picture(marking: Marking, title: str) -> str:
    """Return the mark as SVG with its Data Matrix below.

    The letters stand where they stand whatever the symbol is: only the size of the picture and
    the symbol itself, the last path, may differ between versions of the encoder.
    Raises `SymbolError` for letters that cannot be drawn.
    """
    text = drawing.draw(marking.drawn_lines, height_nm=_HEIGHT_NM, module_nm=_MODULE_NM)
    made = _with_symbol(text, make("datamatrix", marking.payload))
    head, *rest = svg.to_svg(made, title=title).split("\n")
    paper = '<rect width="100%" height="100%" fill="#ffffff"/>'
    return "\n".join([head, paper, *rest])


def _with_symbol(text: drawing.Drawing, symbol: Symbol) -> drawing.Drawing:
    width, height = symbol.size_nm(_MODULE_NM)
    left, above = (zone * _MODULE_NM for zone in symbol.margins)
    shape = tuple(
        tuple((x + left, y + text.height_nm + above) for x, y in ring)
        for ring in drawing.outlines(symbol, _MODULE_NM)
    )
    return drawing.Drawing(
        max(text.width_nm, width), text.height_nm + height, (*text.shapes, shape)
    )
