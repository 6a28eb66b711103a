"""`markcode check-size`: is a mark on the metal high and deep enough, and for whom?"""

from __future__ import annotations

import datetime

import click

from markcode import lengths
from markcode_cli.options import handle_errors, language_option
from markcode_cli.output import print_json, table

__all__ = ["check_size"]


@click.command("check-size")
@click.option(
    "--format",
    "names",
    multiple=True,
    metavar="NAME|FILE.toml",
    help="Instrument (repeatable); all that have a minimum if left out.",
)
@click.option("--height", metavar="LENGTH", help="Height of the characters: 1.6mm, 0.0625in.")
@click.option("--depth", metavar="LENGTH", help="Depth of the mark: 0.08mm, .003in, 76.2um.")
@click.option(
    "--as-of",
    type=click.DateTime(("%Y-%m-%d",)),
    metavar="YYYY-MM-DD",
    help="The day on which the arm was placed on the market.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object an instrument.")
@language_option
@click.pass_context
@handle_errors
def check_size(
    ctx: click.Context,
    names: tuple[str, ...],
    height: str | None,
    depth: str | None,
    as_of: datetime.datetime | None,
    as_json: bool,
    lang: str,
) -> None:
    """Compare measured sizes with the minimum of each instrument.

    Exit status 0 if every instrument asked about is satisfied. Lengths are compared as whole
    nanometres, never rounded.

    \b
    markcode check-size --format eu-2021-555 --height 1.5875mm --depth 0.08mm
    """
    import markcode

    if height is None and depth is None:
        raise click.UsageError("give what was measured: --height, --depth or both")
    height_nm = None if height is None else lengths.parse(height)
    depth_nm = None if depth is None else lengths.parse(depth)
    day = as_of.date() if as_of else None
    reports = [
        report
        for name in names or (None,)
        for report in markcode.check_size(height_nm, depth_nm, name, day)
    ]
    if as_json:
        for report in reports:
            print_json(report.to_dict(lang))
    else:
        rows = [("FORMAT", "VERDICT")]
        for report in reports:
            rows.append((report.format, "satisfied" if report.ok else "not satisfied"))
            rows += [("", finding.message(lang)) for finding in report.findings]
            rows += [("", f"the {what} was not given") for what in report.untested]
            needs = report.requirements
            if needs.height_nm is None and needs.depth_nm is None:
                rows.append(("", "no minimum is known"))
            elif needs.source:
                rows.append(("", f"{needs.describe()} ({needs.source})"))
        click.echo("\n".join(table(rows)))
    ctx.exit(0 if all(report.ok for report in reports) else 1)
