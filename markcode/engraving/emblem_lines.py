"""The lines that a tool follows to make a drawn symbol."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources

from markcode.engraving.font import Path
from markcode.symbols.emblems import Emblem, emblem

__all__ = ["lines"]


def lines(piece: str, drawn: Emblem) -> tuple[Path, ...]:
    """Return the lines of an emblem in units of its em, as high as the outline is.

    Our own emblems are single strokes, drawn so that a tool does not run their edges together;
    every ring of another outline is one closed stroke. The outline of an authority replaces ours
    here too.
    """
    own = _own().get(piece[1:-1])
    if own is not None and drawn == emblem(piece):
        return own
    return tuple((*ring, ring[0]) for ring in drawn.rings)


@cache
def _own() -> Mapping[str, tuple[Path, ...]]:
    file = resources.files("markcode.engraving") / "emblems.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    return {
        name: tuple(tuple((x, y) for x, y in path) for path in paths)
        for name, paths in content["strokes"].items()
    }
