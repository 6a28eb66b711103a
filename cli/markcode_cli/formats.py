"""`markcode formats`: the marking standards that are known, and formats of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from markcode_cli.options import handle_errors, language_option
from markcode_cli.output import print_json

__all__ = ["formats"]


@click.command()
@click.argument("names", metavar="[NAME | FILE.toml...]", nargs=-1)
@click.option("--country", metavar="CC", help="What applies in a State: its rules, its treaties.")
@click.option("--new", metavar="NAME", help="Write NAME.toml, a commented format to start from.")
@click.option("--check", "checks", is_flag=True, help="Validate each FILE, and try 1,000 examples.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the elements of NAME.")
@click.option("--event", metavar="KIND", help="With --schema: the elements of this event.")
@language_option
@click.pass_context
@handle_errors
def formats(
    ctx: click.Context,
    names: tuple[str, ...],
    country: str | None,
    new: str | None,
    checks: bool,
    as_json: bool,
    schema: bool,
    event: str | None,
    lang: str,
) -> None:
    """List the formats, show all that one declares, or make one of your own.

    \b
    markcode formats recsa
    markcode formats --country PE
    markcode formats --new kenya && markcode formats --check kenya.toml
    """
    if sum((country is not None, new is not None, checks, schema)) > 1:
        raise click.UsageError("--country, --new, --check and --schema: one of these")
    if (country is not None or new is not None) and names:
        raise click.UsageError("--country and --new go without NAME")
    if (schema or checks) and not names:
        raise click.UsageError("name a format, or give files, with --schema and --check")
    if event is not None and not schema:
        raise click.UsageError("--event goes with --schema")
    if new is not None:
        _write_starter(new)
    elif country is not None:
        from markcode_cli.formats_country import show_country

        show_country(country, as_json, lang)
    elif checks:
        from markcode_cli.formats_check import check_files

        ctx.exit(check_files(names, as_json))
    elif schema:
        _print_schemas(names, event)
    else:
        _show(names, as_json, lang)


def _write_starter(name: str) -> None:
    import markcode
    from markcode import declaring

    if name in markcode.list_formats():
        raise click.UsageError(f"--new {name}: this is a built-in format; choose another name")
    text = declaring.starter(name)
    path = Path(f"{name}.toml")
    try:
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError:
        raise click.UsageError(f"{path} exists already; choose another name") from None
    click.echo(f"{path}: edit it, then: markcode formats --check {path}")


def _print_schemas(names: Sequence[str], event: str | None) -> None:
    import markcode

    for name in names:
        print_json(markcode.get_format(name).json_schema(event))


def _show(names: Sequence[str], as_json: bool, lang: str) -> None:
    import markcode
    from markcode_cli.formats_page import listing, page

    declared = [markcode.get_format(name).describe() for name in names or markcode.list_formats()]
    if as_json:
        for each in declared:
            print_json(each)
    elif not names:
        click.echo("\n".join(listing(declared, lang)))
    else:
        click.echo("\n\n".join("\n".join(page(each, lang)) for each in declared))
