"""`markcode ledger show`: the whole life of an arm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from markcode.reference import labels
from markcode_cli.ledger.marks import found_by, print_found
from markcode_cli.ledger.opening import with_ledger
from markcode_cli.options import handle_errors, language_option
from markcode_cli.output import paragraph, print_json, table, visible

if TYPE_CHECKING:
    from markcode.ledger import Ledger
    from markcode.ledger.life import Happening, Life, Mark

__all__ = ["show"]


@click.command()
@click.argument("mark", metavar="MARK")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@language_option
@click.pass_context
@handle_errors
@with_ledger
def show(ctx: click.Context, /, mark: str, as_json: bool, lang: str, ledger: Ledger) -> None:
    """Show the whole life of the arm that bears MARK.

    MARK is the name of an entry such as MVD-1/42, the text of a mark, or a serial. Exit status 1 if
    there is no such mark, or if there are several; these are listed.
    """
    from markcode.ledger.life import life
    from markcode.ledger.refs import Ref

    with ledger.reading() as connection:
        found = found_by(connection, mark)
        if len(found) == 1 or (not found and Ref.found(mark) is not None):
            asked = found[0].mark if found else Ref.parse(mark)
            known = life(connection, asked)
            if as_json:
                print_json(known.to_dict(lang))
            else:
                click.echo("\n".join(_lines(known, lang)))
            return
    if found:
        click.echo(f"markcode: {len(found)} marks fit, name one of them", err=True)
        print_found(found, as_json)
    else:
        click.echo(f"markcode: there is no mark or serial {visible(mark)}", err=True)
    ctx.exit(1)


def _lines(life: Life, language: str) -> Iterator[str]:
    for mark in (life.mark, *(one for one in life.marks if one.ref != life.asked)):
        yield from _mark(mark, language)
    if life.reported is not None:
        yield ""
        yield from paragraph(f"REPORTED {_event(life.reported, language)}")
    if life.numbers:
        yield ""
        yield "numbers"
        yield from table(
            [
                (one.kind, visible(one.stamped), visible(f"typed {one.typed}, key {one.match}"))
                if one.typed != one.stamped
                else (one.kind, visible(one.stamped), f"key {one.match}")
                for one in life.numbers
            ],
            "  ",
        )
    yield ""
    yield "events"
    for event in life.events:
        yield from paragraph(_event(event, language), "  ", "      ")
    if not life.events:
        yield "  none"
    for conflict in life.conflicts:
        said = conflict.content
        text = f"OPEN CONFLICT {conflict.ref}: {conflict.about} claims what {said['holder']} has"
        yield from paragraph(text, "", "    ")


def _mark(mark: Mark, language: str) -> Iterator[str]:
    yield f"{mark.ref}  {mark.state.upper()}"
    for line in mark.content["lines"]:
        yield f"  {visible(line)}"
    elements = mark.content.get("elements") or {}
    yield from paragraph(_pairs(elements, language), "  ", "    ")
    where = [f"issued {mark.time} by {mark.ref.station}"]
    job = mark.job
    if job is not None:
        named = "" if job.order is None else f", order {visible(job.order)}"
        where.append(f"job {job.ref} {job.hash[:12]}{named}")
        where.append(f"row {mark.content.get('row')}")
        where.append(f"{job.format} {job.event}")
        where.append("folder written" if job.written else "folder not written")
    yield from paragraph("; ".join(where), "  ", "    ")


def _pairs(elements: Mapping[str, Any], language: str) -> str:
    return ", ".join(
        f"{labels.label(name, language).lower()} {visible(str(value))}"
        for name, value in elements.items()
        if value is not None
    )


def _event(event: Happening, language: str) -> str:
    """Return one event on one line."""
    from markcode.ledger.kinds import kind

    said = {**event.content, **event.content.get("extra", {})}
    said.pop("extra", None)
    details = [f"{name} {visible(str(value))}" for name, value in said.items()]
    about = f"{event.ref}  {event.time}  {kind(event.kind).label(language)} ({event.about})"
    corrected = [] if event.corrected_by is None else [f"CORRECTED by {event.corrected_by}"]
    return "; ".join([about, *details, *corrected])
