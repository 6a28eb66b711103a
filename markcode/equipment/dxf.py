"""Equipment ``dxf``: drawings for laser and CAM programs (standards/equipment.md 5.1).

Areas are closed lines, to be hatched by the even-odd rule; lines are those that the tool follows,
and dots are circles of their size, or points. Entities stand in the order in which they are to be
marked. Quiet zones and the edge of the face follow, on layers that are off.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from markcode.engraving.plate import OUTLINE, QUIET, Part, Plate
from markcode.equipment.plates import PlateWriter, is_filled
from markcode.equipment.sheets import open_filled
from markcode.symbols.dxf_file import Entities, Version
from markcode.symbols.dxf_file import document as dxf_file

if TYPE_CHECKING:
    from markcode.equipment.mark import Writer
    from markcode.equipment.setup import Setup

__all__ = ["Dots", "document", "open_dxf"]

Dots = Literal["circle", "point"]


def open_dxf(setup: Setup) -> Writer:
    """Return the writer. Raises `SymbolError` for an outline of a drawn symbol that is none."""
    settings = setup.settings
    version, dots, reference = settings["version"], settings["dots"], settings["reference"] == "yes"
    if is_filled(setup) and version == "r2000":
        return open_filled(setup, reference=reference)
    write = partial(document, version=version, dots=dots, reference=reference)
    # R12 has no place for the unit.
    return PlateWriter(setup, "dxf", write, note="_mm" if version == "r12" else "")


def document(
    plate: Plate, *, version: Version = "r2000", dots: Dots = "circle", reference: bool = True
) -> bytes:
    """Return the drawing as DXF; with ``reference`` what is only to be looked at is in it too."""
    entities = Entities(version, plate.height_nm)
    for part in plate.parts():
        _add(entities, part, dots)
    if reference:
        for mark in plate.marks:
            for layer, rings in ((QUIET, mark.quiet), (OUTLINE, mark.outline)):
                for ring in rings:
                    entities.ring(layer, ring)
    return dxf_file(
        entities.texts,
        size_nm=(plate.width_nm, plate.height_nm),
        layers=entities.layers,
        version=version,
        handle=entities.next_handle,
        point_nm=_point_nm(plate) if dots == "point" else 0,
    )


def _add(entities: Entities, part: Part, dots: Dots) -> None:
    layer = part.layer
    for shape in part.areas:
        for ring in shape:
            entities.ring(layer, ring)
    for path in part.lines:
        entities.line(layer, path)
    for centre in part.dots:
        if dots == "point":
            entities.point(layer, centre)
        else:
            entities.circle(layer, centre, part.dot_nm)


def _point_nm(plate: Plate) -> int:
    """Return the diameter of the dots, for a program that shows points at a size."""
    return max((part.dot_nm for part in plate.parts() if part.dots), default=0)
