"""The options that say how large a mark is, and on which face: of `batch` and `preview`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from markcode import lengths
from markcode.errors import SymbolError
from markcode_cli.options import pairs, shape_option

if TYPE_CHECKING:
    from markcode.engraving.face import Face
    from markcode.equipment import Setup
    from markcode.format import Format
    from markcode.symbols.sheets import Grid

__all__ = ["Sizes", "note_depth", "note_small_dots", "size_options"]

_F = TypeVar("_F", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """The options as they were typed; None where they were not."""

    shape: str | None = None
    height: str | None = None
    module: str | None = None
    dpi: int | None = None
    grid: str | None = None
    pitch: str | None = None
    face: str | None = None
    rotate: str | None = None
    cylinder: str | None = None
    setting: tuple[str, ...] = ()

    def options(self, equipment: str) -> dict[str, Any]:
        """Return what they say as fields of `markcode.jobs.order.Options`.

        Raises `click.UsageError` for one that means nothing, or that the equipment does not heed.
        """
        from markcode.jobs import order

        height_nm = None if self.height is None else lengths.parse(self.height)
        module_nm = order.MODULE_NM if self.module is None else lengths.parse(self.module)
        self._refuse_idle(equipment)
        try:
            grid, face = self._grid(), self._face()
        except SymbolError as fault:
            raise click.UsageError(str(fault)) from fault
        return {
            "shape": self.shape or "square",
            "height_nm": height_nm,
            "module_nm": module_nm,
            "dpi": self.dpi or order.DPI,
            "grid": grid,
            "face": face,
            "settings": pairs(self.setting, "--setting KEY=VALUE"),
        }

    def _refuse_idle(self, equipment: str) -> None:
        from markcode.equipment import all_equipment, get
        from markcode.equipment.declaration import SIZES

        given = [name for name in SIZES if getattr(self, name) is not None]
        idle = [name for name in given if name not in get(equipment).heeds]
        if idle:
            fit = [other.name for other in all_equipment() if set(given) <= set(other.heeds)]
            right = f", or choose {' or '.join((', '.join(fit[:-1]), fit[-1]))}" if fit[1:] else ""
            raise click.UsageError(
                f"--{idle[0]} is for drawings, not for --equipment {equipment}: leave it out{right}"
            )

    def _grid(self) -> Grid | None:
        from markcode.symbols.sheets import Grid

        if self.grid is None and self.pitch is None:
            return None
        return Grid.parse(self.grid, self.pitch)

    def _face(self) -> Face | None:
        from markcode.engraving.face import Face

        return Face.parse(self.face, self.rotate, self.cylinder)


def note_small_dots(job: Setup) -> None:
    """Say on standard error if the dots of a symbol are so small that they may run together."""
    from markcode.engraving.engraver import Style
    from markcode.engraving.fitting import LEAST_MODULE_NM

    is_dotted = Style.of_settings(job.settings, job.module_nm).cells == "dots"
    if job.symbol is not None and is_dotted and job.module_nm < LEAST_MODULE_NM:
        click.echo(
            f"markcode: a module of {lengths.to_text(job.module_nm)} is small for dots: below "
            f"{lengths.to_text(LEAST_MODULE_NM)} they may run together, so try one and read it",
            err=True,
        )


def note_depth(fmt: Format, job: Setup, language: str) -> None:
    """Say on standard error what misses the depth that the format asks for."""
    from markcode.jobs.depths import missed_depths

    for finding in missed_depths(fmt, job):
        click.echo(f"markcode: {' '.join(finding.message(language).split())}", err=True)


_OPTIONS = {
    "shape": shape_option,
    "height": click.option(
        "--height",
        metavar="LENGTH",
        help="Height of drawn letters; the format's minimum, else 1.6mm.",
    ),
    "module": click.option(
        "--module", metavar="LENGTH", help="Module of a drawn symbol.  [default: 0.4mm]"
    ),
    "dpi": click.option(
        "--dpi", type=click.IntRange(min=1), help="Dots an inch of a PNG.  [default: 600]"
    ),
    "grid": click.option(
        "--grid",
        metavar="COLUMNSxROWS",
        help="Marks on a plate or sheet: across, down.  [default: 10x20 on sheets]",
    ),
    "pitch": click.option(
        "--pitch",
        metavar="WIDTHxHEIGHTmm",
        help="From mark to mark on a plate; the largest mark and 2 mm.",
    ),
    "face": click.option(
        "--face", metavar="WIDTHxHEIGHTmm", help="Face that the mark has to fit on."
    ),
    "rotate": click.option(
        "--rotate", metavar="DEGREES", help="Turn the mark on its face: 90, 180, 270."
    ),
    "cylinder": click.option(
        "--cylinder", metavar="LENGTH", help="Diameter of a round part; its axis is along the face."
    ),
    "setting": click.option(
        "--setting",
        multiple=True,
        metavar="KEY=VALUE",
        help="Setting of the equipment (repeatable; `markcode equipment NAME` lists them).",
    ),
}
assert list(_OPTIONS) == [field.name for field in fields(Sizes)]


def size_options(*without: str) -> Callable[[_F], _F]:
    """Return what adds the options, but for some; the command gets them together as ``sizes``."""
    names = [name for name in _OPTIONS if name not in without]

    def add(function: _F) -> _F:
        @functools.wraps(function)
        def bundled(*args: Any, **kwargs: Any) -> Any:
            typed = {name: kwargs.pop(name) for name in names}
            return function(*args, sizes=Sizes(**typed), **kwargs)

        decorated: Any = bundled
        for name in reversed(names):
            decorated = _OPTIONS[name](decorated)
        return cast(_F, decorated)

    return add
