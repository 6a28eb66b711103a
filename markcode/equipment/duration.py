"""How long a machine takes for a mark, as its settings tell.

The way is the one that the files describe; the speeds are settings. Starting and stopping takes
more time than this says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from markcode.engraving.ordering import Ordering
from markcode.engraving.toolpath import Tooling, tool_path
from markcode.engraving.travel import Speeds, between_nm, length_nm
from markcode.engraving.travel import seconds as seconds_of
from markcode.lengths import NM_PER_MM

if TYPE_CHECKING:
    from markcode.engraving.plate import Engraved
    from markcode.equipment.setup import Setup

__all__ = ["seconds", "speeds_of"]


def seconds(setup: Setup, mark: Engraved) -> Decimal | None:
    """Return the seconds for a mark from the corner of its box on; None where no setting tells.

    Raises `SymbolError` for what the machine cannot make.
    """
    speeds = speeds_of(setup.settings)
    if speeds is None:
        return None
    (ordered,) = Ordering(setup.settings["order"]).ordered([mark])
    way = Tooling.of_settings(setup.settings)
    if "strike_time" in setup.settings:  # whatever a drawing shows, dots are struck
        way = replace(way, dots="point")
    strokes = [stroke.points for stroke in tool_path(ordered, way)]
    lines = [points for points in strokes if len(points) > 1]
    dots = len(strokes) - len(lines)
    if (lines and not speeds.marking_nm_s) or (dots and not speeds.dot_us):
        return None
    travel = between_nm(strokes, (0, mark.height_nm))
    return seconds_of(speeds, travel, length_nm(lines), dots)


def speeds_of(settings: Mapping[str, Any]) -> Speeds | None:
    """Return the speeds that the settings of a drawing tell; None without the speed of travel."""
    if "travel_speed" not in settings:
        return None
    travel = settings["travel_speed"] * NM_PER_MM
    return Speeds(travel, _marking(settings), _dot_us(settings, travel))


def _marking(settings: Mapping[str, Any]) -> int:
    """Return the speed along lines in nanometres a second, 0 where it is not known."""
    if "feed" in settings:  # millimetres a minute
        return int(settings["feed"]) * NM_PER_MM // 60
    if "speed" in settings:  # centimetres a second
        return int(settings["speed"]) * 10 * NM_PER_MM
    return int(settings.get("marking_speed", 0)) * NM_PER_MM


def _dot_us(settings: Mapping[str, Any], travel_nm_s: int) -> int:
    """Return the microseconds of a dot, 0 where they are not known."""
    if "plunge" in settings:  # down by the feed, and up as fast as the machine travels
        way = settings["depth"] + settings["clearance"]
        return int(way * 60_000_000 // (settings["plunge"] * NM_PER_MM)) + int(
            way * 1_000_000 // travel_nm_s
        )
    milliseconds = settings.get("strike", settings.get("strike_time", 0))
    return int(milliseconds) * 1000
