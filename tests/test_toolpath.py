"""The ways of a tool over many marks are those over each alone."""

from __future__ import annotations

import pytest

from markcode.engraving.toolpath import Tooling, ToolPaths, tool_path
from markcode.equipment import Rendered
from markcode.equipment.mark import RendersMany
from markcode.errors import InvalidMark
from plates import drawn_marks, plate
from writers import setup

LASER = {"machine": "laser", "power": "600"}
NEEDLE = {"machine": "needle-pulse", "dwell_unit": "seconds"}
WAYS = [
    ("gcode", LASER),
    ("gcode", {**LASER, "cells": "cells", "contour": "yes"}),
    ("gcode", {**LASER, "text": "stroke", "cells": "dots"}),
    ("gcode", {**NEEDLE, "text": "dots-5x7", "cells": "dots"}),
    ("gcode", {**NEEDLE, "text": "stroke", "cells": "dots"}),
    ("hpgl", {}),
    ("hpgl", {"fill": "hatch", "cells": "cells"}),
    ("hpgl", {"text": "stroke", "order": "rows"}),
    ("dxf", {"text": "dots-9x13", "cells": "dots"}),
    ("svg", {"text": "stroke", "cells": "cells"}),
]


@pytest.mark.parametrize(("name", "settings"), WAYS)
@pytest.mark.parametrize("symbol", ["datamatrix", "qr"])
def test_marks_made_together_are_those_made_one_by_one(
    name: str, settings: dict[str, str], symbol: str
) -> None:
    marks = drawn_marks(symbol, 5)
    job = setup(name, settings, lines=2, symbol=symbol)
    # A writer of its own for each, so that none has anything to remember.
    alone = [job.equipment.open(job).render(mark) for mark in marks]
    writer = job.equipment.open(job)
    assert isinstance(writer, RendersMany)
    assert writer.render_many(marks) == alone
    assert writer.render_many(marks[::-1]) == alone[::-1]


@pytest.mark.parametrize("settings", [{"fill": "hatch"}, {"cells": "cells"}])
def test_ways_found_together_are_those_found_alone(settings: dict[str, str]) -> None:
    marks = [plate("hpgl", settings, [mark]).marks[0] for mark in drawn_marks("datamatrix", 4)]
    tooling = Tooling.of_settings(setup("hpgl", settings, lines=2).settings)
    together = ToolPaths(marks, tooling)
    for mark in marks:
        found = [
            (part.layer, path) for part in mark.parts for path in together.over(part, mark.tool_nm)
        ]
        assert found == [(stroke.layer, stroke.points) for stroke in tool_path(mark, tooling)]


def test_one_mark_that_cannot_be_made_does_not_stop_the_others() -> None:
    """A tool of 0.6 mm does not get into a module of 0.4 mm."""
    job = setup("hpgl", {"fill": "hatch", "tool": "0.6mm", "text": "stroke"}, lines=2)
    symbol, plain = drawn_marks("datamatrix", 1)[0], drawn_marks(None, 1)[0]
    writer = job.equipment.open(job)
    assert isinstance(writer, RendersMany)
    first, second, third = writer.render_many([plain, symbol, plain])
    assert isinstance(second, InvalidMark)
    assert isinstance(first, Rendered) and first == third
