"""`markcode encode --out`: one mark drawn at its real size, into a whole file or none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from markcode import lengths
from markcode_cli.options import shape_option
from markcode_cli.whole import write_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markcode.format import Format
    from markcode.model import Marking
    from markcode.symbols import Symbol

__all__ = ["draw", "drawing_options", "refuse_idle"]

NO_SYMBOL = "none"

_KINDS = ("svg", "png")

_F = TypeVar("_F", bound=Callable[..., object])


def drawing_options(function: _F) -> _F:
    """Add the options of a drawing: `out`, `symbol`, `shape`, `height`, `module`, `dpi`."""
    for option in reversed(
        (
            click.option("--out", metavar="MARK.svg|png", help="Draw the mark at its real size."),
            click.option(
                "--symbol",
                metavar="NAME",
                default="datamatrix",
                show_default=True,
                help=f"Symbology of the drawing, or {NO_SYMBOL}.",
            ),
            shape_option,
            click.option(
                "--height",
                metavar="LENGTH",
                help="Height of letters; by default the format's minimum, else 1.6mm.",
            ),
            click.option("--module", metavar="LENGTH", help="Module of the symbol; 0.4mm."),
            click.option("--dpi", type=click.IntRange(min=1), help="Dots an inch of a PNG; 600."),
        )
    ):
        function = option(function)
    return function


def refuse_idle(ctx: click.Context) -> None:
    """Refuse options of a drawing where none is asked for: they would do nothing."""
    given = [
        f"--{name}"
        for name in ("symbol", "shape", "height", "module", "dpi")
        if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
    ]
    if given:
        raise click.UsageError(f"{', '.join(given)}: only with --out, which draws the mark")


def draw(
    fmt: Format,
    marking: Marking,
    out: str,
    symbol: str,
    shape: str | None,
    height: str | None,
    module: str | None,
    dpi: int | None,
) -> None:
    """Draw the lines of a mark and its symbol, and say on standard error how large they became.

    Raises `InvalidMark` for a mark that cannot be drawn or put into the symbol, `ProfileError` for
    letters lower than the format allows, OSError for a file that cannot be written.
    """
    from markcode import equipment
    from markcode.equipment.settings import resolve
    from markcode.jobs import order

    if shape is not None and symbol != "datamatrix":
        raise click.UsageError("--shape is that of a Data Matrix: say --symbol datamatrix too")
    path = Path(out)
    kind = path.suffix.lower().removeprefix(".")
    if kind not in _KINDS:
        raise click.UsageError(f"--out {out}: the name of a drawing ends in .svg or .png")
    height_nm = order.height_nm(fmt, None if height is None else lengths.parse(height))
    module_nm = order.MODULE_NM if module is None else lengths.parse(module)
    made = None if symbol == NO_SYMBOL else _symbol(symbol, marking, shape)
    chosen = equipment.get(kind)
    setup = equipment.Setup(
        equipment=chosen,
        lines=len(marking.lines),
        height_nm=height_nm,
        module_nm=module_nm,
        dpi=dpi or order.DPI,
        emblems=fmt.declaration.emblems,
        settings=resolve(kind, chosen.settings, {}),
    )
    writer = chosen.open(setup)
    rendered = writer.render(equipment.Mark(1, marking.lines, made, marking.drawn))
    assert rendered.file is not None
    write_file(path, rendered.file[1])
    sizes = {"height_nm": height_nm, "module_nm": module_nm, **rendered.achieved}
    click.echo(f"{out}: {_describe(sizes, made)}", err=True)


def _symbol(name: str, marking: Marking, shape: Any) -> Symbol:
    from markcode import symbols
    from markcode.equipment import symbol_of

    if name not in symbols.names():
        known = ", ".join((*symbols.names(), NO_SYMBOL))
        raise click.UsageError(f"--symbol {name}: there is no such symbology; known are {known}")
    return symbol_of(name, marking.payload, shape or "square")


def _describe(sizes: Mapping[str, int], symbol: Symbol | None) -> str:
    letters = f"letters {lengths.to_text(sizes['height_nm'])} high"
    if symbol is None:
        return letters
    module = sizes["module_nm"]
    wide, tall = symbol.size_nm(module)
    return (
        f"{letters}, {symbol.symbology} with a module of {lengths.to_text(module)}, "
        f"{lengths.mm(wide)} x {lengths.to_text(tall)} with its quiet zone"
    )
