"""`markcode ledger show`: the whole life of an arm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from markcode.reference import labels
from markcode_cli.ledger.marks import found_by, print_found
from markcode_cli.ledger.opening import with_ledger
from markcode_cli.ledger.words import Words
from markcode_cli.options import handle_errors, language_option
from markcode_cli.output import paragraph, print_json, table, visible

if TYPE_CHECKING:
    from markcode.ledger import Ledger
    from markcode.ledger.life import Happening, Life, Mark, Number

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
                click.echo("\n".join(_lines(known, Words(lang))))
            return
    if found:
        click.echo(f"markcode: {len(found)} marks fit, name one of them", err=True)
        print_found(found, Words(lang), as_json)
    else:
        click.echo(f"markcode: there is no mark or serial {visible(mark)}", err=True)
    ctx.exit(1)


def _lines(life: Life, words: Words) -> Iterator[str]:
    for mark in (life.mark, *(one for one in life.marks if one.ref != life.asked)):
        yield from _mark(mark, words)
    if life.reported is not None:
        yield ""
        yield from paragraph(words("show.reported", event=_event(life.reported, words)))
    if life.numbers:
        yield ""
        yield words("show.numbers")
        yield from table([_number(one, words) for one in life.numbers], "  ")
    yield ""
    yield words("show.events")
    for event in life.events:
        yield from paragraph(_event(event, words), "  ", "      ")
    if not life.events:
        yield f"  {words('none')}"
    for conflict in life.conflicts:
        holder = conflict.content["holder"]
        said = words("conflict", entry=conflict.ref, about=conflict.about, holder=holder)
        yield from paragraph(words("show.open_conflict", conflict=said), "", "    ")


def _mark(mark: Mark, words: Words) -> Iterator[str]:
    yield f"{mark.ref}  {words.state(mark.state).upper()}"
    for line in mark.content["lines"]:
        yield f"  {visible(line)}"
    elements = mark.content.get("elements") or {}
    yield from paragraph(_pairs(elements, words.language), "  ", "    ")
    where = [words("show.issued", time=mark.time, station=mark.ref.station)]
    job = mark.job
    if job is not None:
        named = [] if job.order is None else [words("order", order=visible(job.order))]
        where.append(", ".join([f"{words('job', job=job.ref)} {job.hash[:12]}", *named]))
        where.append(words("show.row", row=mark.content.get("row")))
        where.append(f"{job.format} {job.event}")
        where.append(words("show.written") if job.written else words("show.not_written"))
    yield from paragraph("; ".join(where), "  ", "    ")


def _number(number: Number, words: Words) -> tuple[str, str, str]:
    said = words("show.key", key=number.match)
    if number.typed != number.stamped:
        said = words("show.typed", typed=number.typed, key=number.match)
    return words.named("number", number.kind), visible(number.stamped), visible(said)


def _pairs(elements: Mapping[str, Any], language: str) -> str:
    return ", ".join(
        f"{labels.label(name, language).lower()} {visible(str(value))}"
        for name, value in elements.items()
        if value is not None
    )


def _event(event: Happening, words: Words) -> str:
    """Return one event on one line."""
    from markcode.ledger.kinds import kind

    own = event.content.get("extra", {})
    details = [
        f"{labels.label(name, words.language, labels.EVENTS).lower()} {visible(str(value))}"
        for name, value in event.content.items()
        if name != "extra"
    ]
    details += [f"{visible(name)} {visible(str(value))}" for name, value in own.items()]
    label = kind(event.kind).label(words.language)
    about = f"{event.ref}  {event.time}  {label} ({event.about})"
    if event.corrected_by is not None:
        details.append(words("show.corrected", entry=event.corrected_by))
    return "; ".join([about, *details])
