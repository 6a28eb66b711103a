"""One mark of an order as the machine would make it, before any job is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from markcode.engraving.engraver import Style, plate_of
from markcode.engraving.ordering import Ordering
from markcode.engraving.plate import Engraved, Plate
from markcode.engraving.preview import Facts, Way, preview
from markcode.engraving.scene import Scene
from markcode.engraving.toolpath import Tooling, tool_path
from markcode.equipment import Mark, Rendered, Setup
from markcode.equipment.drawings import undrawable
from markcode.equipment.plates import engraver_of
from markcode.errors import InvalidMark, ProfileError, SymbolError, TableError
from markcode.jobs.making import mark_of
from markcode.jobs.order import Options, refuse_unfit, setup
from markcode.jobs.rows import Arm, Arms
from markcode.lengths import mm, to_text
from markcode.model import Marking

if TYPE_CHECKING:
    from markcode.format import Format

__all__ = ["Preview", "arm_of_row", "preview_of"]


@dataclass(frozen=True)
class Preview:
    """One mark, and how it looks on its face."""

    marking: Marking
    mark: Mark
    rendered: Rendered
    """What the writer of the equipment makes of it."""
    plate: Plate
    """As the equipment gets it if it is drawn, else in markcode's own letters."""
    job: Setup
    scene: Scene


def preview_of(
    fmt: Format, kind: str, options: Options, arm: Arm, *, has_travel: bool = False
) -> Preview:
    """Return the preview of one arm's mark; with ``has_travel`` also of the moves of the tool.

    Raises `ProfileError` or `JobError` for an order that no job could be made of, `InvalidMark` for
    a mark that the format or the equipment refuses, or that does not fit on its face.
    """
    refuse_unfit(fmt, kind, options)
    job = setup(fmt, kind, options)
    if any(finding.severity == "error" for finding in arm.findings):
        raise InvalidMark(arm.findings)
    marking, mark, rendered = mark_of(fmt, options, job.equipment.open(job), arm)
    if has_travel and not _is_followed(job):
        raise ProfileError(
            f"--travel: the files for {job.name} do not say how the tool moves; those for gcode "
            "and hpgl do"
        )
    try:
        made = engraver_of(job).engrave(mark.row, mark.drawn_lines, mark.symbol)
        plate = plate_of([made], None)
        way = _way(job, made, has_travel) if _is_followed(job) else None
    except SymbolError as fault:
        raise undrawable(job.name, mark, fault) from fault
    facts = Facts(
        height_nm=job.height_nm,
        module_nm=job.module_nm,
        turn=0 if job.face is None else job.face.turn,
        captions=tuple(_captions(fmt, kind, job, mark, made)),
        way=way,
    )
    return Preview(marking, mark, rendered, plate, job, preview(plate, facts))


def _is_followed(job: Setup) -> bool:
    """Return whether the files say each line that the tool follows, and do not leave areas to a
    program that fills them.
    """
    return job.equipment.is_drawn and not job.settings.keys().isdisjoint(("machine", "fill"))


def _way(job: Setup, made: Engraved, has_travel: bool) -> Way:
    (ordered,) = Ordering(job.settings.get("order", "rows")).ordered([made])
    strokes = [s.points for s in tool_path(ordered, Tooling.of_settings(job.settings))]
    style = Style.of_settings(job.settings, job.module_nm)
    return Way(strokes, style.tool_nm, style.dot_nm or style.tool_nm, has_travel)


def _captions(
    fmt: Format, kind: str, job: Setup, mark: Mark, made: Engraved
) -> Iterator[list[str]]:
    """Yield what is to be known beside the lengths: equipment, symbol, round face, the rule."""
    style = Style.of_settings(job.settings, job.module_nm)
    how = [f"text as {style.text}"]
    if mark.symbol is not None:
        how.append(f"{mark.symbol.symbology} as {style.cells}")
    if any(part.lines or (part.areas and _is_followed(job)) for part in made.parts):
        how.append(f"tool {to_text(style.tool_nm)}")
    if any(part.dots for part in made.parts):
        how.append(f"dots {to_text(style.dot_nm)}")
    seconds = job.equipment.seconds and job.equipment.seconds(job, made)
    if seconds is not None:
        how.append(f"about {seconds:.1f} s")
    yield [f"equipment {job.name}", *how]
    if mark.symbol is not None:
        wide, tall = mark.symbol.size_nm(job.module_nm)
        size = f"{mm(wide)} x {to_text(tall)} with its quiet zone"
        yield [f"{mark.symbol.symbology} {mark.symbol.rows}x{mark.symbol.columns}", size]
    if job.face is not None and job.face.cylinder_nm is not None:
        yield [f"cylinder {to_text(job.face.cylinder_nm)}", "its axis lies across the drawing"]
    least = fmt.requirements.describe() or "no least height or depth"
    yield [f"format {fmt.name}", kind, *least.split(", ")]


def arm_of_row(source: Path, fmt: Format, kind: str, options: Options, row: int) -> Arm:
    """Return the arm of one row of a table. Raises `TableError` if there is no such row."""
    columns, constants = options.columns, options.constants
    arms = Arms(source, fmt, kind, columns, constants, options.encoding)
    for chunk in arms.chunks():
        at = (chunk.numbers == row).nonzero()[0]
        if len(at):
            return arms.arm(chunk.chunk, int(at[0]))
    raise TableError(f"{source}: there is no row {row}; the header is row 1")
