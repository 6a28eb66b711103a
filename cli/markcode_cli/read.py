"""`markcode read`: the symbols in pictures, as they are, without any format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from markcode.errors import UnreadableImage
from markcode_cli.options import handle_errors
from markcode_cli.output import print_json, table, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markcode.reading import Scan

__all__ = ["read", "scans_of"]


@click.command()
@click.argument("images", metavar="IMAGE...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a symbol.")
@click.pass_context
@handle_errors
def read(ctx: click.Context, images: tuple[str, ...], as_json: bool) -> None:
    """Read the symbols in pictures. Exit status 0 if every picture gave one."""
    status = 0
    for image in images:
        scans, trouble = scans_of(image)
        status = max(status, trouble)
        for scan in scans:
            if as_json:
                print_json(_as_dict(image, scan))
            else:
                click.echo("\n".join(_lines(image, scan)))
    ctx.exit(status)


def scans_of(image: str) -> tuple[Sequence[Scan], int]:
    """Return the symbols in one picture, and 0, 1 (no symbol) or 2 (unreadable).

    What is wrong is said in one line on standard error, so that the other pictures are still read.
    """
    from markcode import reading

    try:
        scans = reading.read(image)
    except (UnreadableImage, OSError) as fault:
        text = str(fault)
        if isinstance(fault, OSError) and fault.strerror:
            text = f"{image}: {fault.strerror}"
        click.echo(f"markcode: {' '.join(text.split())}", err=True)
        return (), 2
    if not scans:
        click.echo(
            f"markcode: {image}: no symbol was found in this picture; crop it to the symbol, or "
            "take a sharper picture",
            err=True,
        )
        return (), 1
    return scans, 0


def _as_dict(image: str, scan: Scan) -> dict[str, Any]:
    return {"file": image, **scan.to_dict()}


def _lines(image: str, scan: Scan) -> list[str]:
    unused = scan.error_correction_unused
    rows = [
        ("symbology", f"{scan.symbology}, identifier {scan.symbology_identifier}"),
        ("corners", " ".join(f"({x}, {y})" for x, y in scan.corners)),
        ("unused error correction", "unknown" if unused is None else f"{unused:.0%}"),
    ]
    return [f"{image}: {visible(scan.text)}", *table(rows, "  ")]
