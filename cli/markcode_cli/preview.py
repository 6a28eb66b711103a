"""`markcode preview`: one mark drawn with its dimensions, as the machine would make it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from markcode import lengths, notation
from markcode.errors import InvalidMark
from markcode_cli.encode import arm_and_event, show_refused
from markcode_cli.options import (
    ProfileChoice,
    encoding_option,
    event_option,
    handle_errors,
    language_option,
    map_option,
    pairs,
    profile_options,
    provisional_option,
    set_option,
)
from markcode_cli.output import finding_text, visible
from markcode_cli.sizes import Sizes, note_small_dots, size_options
from markcode_cli.whole import write_file

if TYPE_CHECKING:
    from markcode.format import Format
    from markcode.jobs.order import Options
    from markcode.jobs.preview import Preview
    from markcode.jobs.rows import Arm

__all__ = ["preview"]

_SUFFIXES = (".svg", ".png")


@click.command()
@click.argument("source", metavar="[INPUT]", required=False)
@profile_options
@set_option
@event_option
@provisional_option
@click.option("--row", type=click.IntRange(min=2), metavar="N", help="Row of INPUT to draw.")
@map_option
@encoding_option
@click.option(
    "--equipment",
    metavar="NAME",
    default="svg",
    show_default=True,
    help="What makes the mark (`markcode equipment` lists it).",
)
@click.option("--symbol", metavar="NAME", help="Machine-readable symbol, such as datamatrix.")
@size_options("dpi", "grid", "pitch")
@click.option("--travel", is_flag=True, help="Show how the tool moves between lines or dots.")
@click.option("--out", metavar="MARK.svg|png", required=True, help="The drawing.")
@click.option(
    "--scale",
    type=click.IntRange(min=1, max=100),
    default=10,
    show_default=True,
    help="How many times larger than the mark.",
)
@click.option(
    "--dpi",
    type=click.IntRange(min=10, max=1200),
    default=60,
    show_default=True,
    help="Dots an inch of a PNG.",
)
@language_option
@click.pass_context
@handle_errors
def preview(
    ctx: click.Context,
    /,
    source: str | None,
    profile: ProfileChoice,
    settings: tuple[str, ...],
    event: str | None,
    accept_provisional: bool,
    row: int | None,
    maps: tuple[str, ...],
    encoding: str | None,
    equipment: str,
    symbol: str | None,
    sizes: Sizes,
    travel: bool,
    out: str,
    scale: int,
    dpi: int,
    lang: str,
) -> None:
    """Draw one mark with its dimensions, as the machine would make it.

    The mark is that of --set, or of a row of the table INPUT; --set then holds for the row. Exit
    status 1 if the format or the machine refuses the mark, or if it does not fit.

    \b
    markcode preview --format mosaic-0530 --check iso7064-mod37-36 \\
      --set country=CO --set manufacturer=INDU --set year=2026 \\
      --set model=07 --set serial=01238 --set calibre=09 \\
      --symbol datamatrix --equipment hpgl --face 40x10mm --out mark.png
    """
    from markcode.jobs.order import Options
    from markcode.jobs.preview import preview_of

    fmt = profile.require()
    path = Path(out)
    if path.suffix.lower() not in _SUFFIXES:
        raise click.UsageError(f"--out {out}: the name of a drawing ends in .svg or .png")
    kind = event or fmt.events[0]
    constants = pairs(settings, "--set ELEMENT=VALUE")
    options = Options(
        equipment=equipment,
        symbol=symbol,
        event=event,
        columns=pairs(maps, "--map ELEMENT=COLUMN"),
        constants={name: notation.unescape(value) for name, value in constants.items()},
        encoding=encoding,
        accept_provisional=accept_provisional,
        language=lang,
        **sizes.options(equipment),
    )
    arm = _arm(fmt, kind, options, constants, source, row)
    try:
        made = preview_of(fmt, kind, options, arm, has_travel=travel)
    except InvalidMark as fault:
        show_refused(fmt, kind, fault.findings, False, lang)
        ctx.exit(1)
    if path.suffix.lower() == ".svg":
        write_file(path, made.scene.to_svg(scale).encode("ascii"))
    else:
        write_file(path, made.scene.to_png(scale, dpi))
    for finding in made.marking.findings:
        click.echo(finding_text(finding, lang), err=True)
    _notes(out, scale, made)


def _arm(
    fmt: Format,
    kind: str,
    options: Options,
    constants: dict[str, str],
    source: str | None,
    row: int | None,
) -> Arm:
    """Return what is to be marked. Raises `click.UsageError`."""
    from markcode.jobs.preview import arm_of_row
    from markcode.jobs.rows import Arm

    if source is not None:
        if row is None:
            raise click.UsageError("say with --row which row of the table to draw, such as --row 2")
        return arm_of_row(Path(source), fmt, kind, options, row)
    if row is not None or options.columns or options.encoding is not None:
        raise click.UsageError("--row, --map and --encoding go with a table")
    return Arm(1, *arm_and_event(fmt, kind, constants))


def _notes(out: str, scale: int, made: Preview) -> None:
    """Say on standard error what was drawn, and what the machine gets if that is no drawing."""
    wide, tall = made.plate.width_nm, made.plate.height_nm
    click.echo(
        f"{out}: {lengths.mm(wide)} x {lengths.to_text(tall)}, drawn {scale} times as large",
        err=True,
    )
    note_small_dots(made.job)
    if not made.job.equipment.is_true_size:
        lines = ", ".join(
            f"line {number} {visible(line)!r}" for number, line in enumerate(made.mark.lines, 1)
        )
        click.echo(
            f"markcode: {made.job.name} makes no drawing of the mark: the machine gets {lines}, "
            "and marks it in letters of its own; these here are markcode's",
            err=True,
        )
