"""`markcode ledger event`: what has happened to marks and their arms."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from markcode_cli.ledger.marks import one_mark
from markcode_cli.ledger.opening import with_ledger
from markcode_cli.ledger.words import Words
from markcode_cli.options import handle_errors, language_option, pairs
from markcode_cli.output import print_json, visible

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from markcode.ledger import Ledger
    from markcode.ledger.events import Details, Event
    from markcode.ledger.refs import Ref

__all__ = ["event"]


@click.command()
@click.argument("kind", metavar="[KIND]", required=False)
@click.argument("marks", metavar="[MARK]...", nargs=-1)
@click.option("--date", metavar="DAY", help="When it happened, such as 2026-11-25.")
@click.option("--time", metavar="TIME", help="The time of that day in UTC, such as 14:03:12Z.")
@click.option("--place", "where", metavar="TEXT", help="Where it happened.")
@click.option("--authority", metavar="TEXT", help="Who is responsible.")
@click.option("--operator", metavar="TEXT", help="Who did it.")
@click.option("--document", metavar="TEXT", help="Reference to a document.")
@click.option(
    "--photo",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="A picture; the ledger keeps its SHA-256.",
)
@click.option("--note", metavar="TEXT", help="Anything to say; with remarked, the reason.")
@click.option("--machine", metavar="TEXT", help="Which machine marked or read it.")
@click.option("--result", metavar="TEXT", help="What the machine said of it.")
@click.option("--grade", metavar="TEXT", help="Of a verifier, such as 3.0/08/630/45.")
@click.option("--reader-text", metavar="TEXT", help="What a reader read off the part.")
@click.option(
    "--set", "extra", multiple=True, metavar="KEY=VALUE", help="A detail of your own (repeatable)."
)
@click.option("--corrects", metavar="ENTRY", help="An event of the mark that was wrong.")
@click.option("--same-arm-as", metavar="MARK", help="With same-arm: a mark of the same arm.")
@click.option("--job", metavar="JOB", help="All marks of a job: its entry, or its hash.")
@click.option("--input", "source", metavar="TABLE", help="One event a row: mark, kind, date ...")
@click.option("--encoding", metavar="NAME", help="Encoding of TABLE.  [default: UTF-8]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@language_option
@click.pass_context
@handle_errors
@with_ledger
def event(
    ctx: click.Context,
    /,
    kind: str | None,
    marks: tuple[str, ...],
    job: str | None,
    source: str | None,
    encoding: str | None,
    where: str | None,
    as_json: bool,
    lang: str,
    ledger: Ledger,
    **choices: Any,
) -> None:
    """Record an event of marks, or of the arms that bear them.

    KIND is marked, verified, rejected, void, imported, exported, transferred, inspected, lost,
    stolen, recovered, deactivated, destroyed ..., or a word of your own. MARK is the name of an
    entry such as MVD-1/42, a mark or a serial. Nothing is ever changed: an event that was wrong is
    corrected by a further one, with --corrects; `corrected` only takes it back.

    TABLE is CSV, TSV, .xlsx or JSON lines with the columns mark, kind, date, time, place,
    authority, operator, document, photo, note, machine, result, grade, reader_text, corrects and
    same_arm_as, or what these are called in Spanish, Portuguese or French (fecha, data, lieu ...);
    any other column is a detail of your own. Rows with a fault are listed, and the others recorded.
    The log of a marking machine: markcode result import.

    \b
    markcode ledger event marked --job 3fa9c01d --date 2026-11-25
    markcode ledger event stolen MVD-1/42 --place Montevideo

    Exit status 0 if all were recorded, 1 if some rows were not, 2 for wrong use.
    """
    choices["place"] = where  # that name is the ledger's own in `with_ledger`
    if sum((bool(marks), job is not None, source is not None)) != 1:
        raise click.UsageError("name the marks, or --job JOB, or --input TABLE")
    if kind is None and source is None:
        raise click.UsageError("say what has happened: KIND")
    if source is not None:
        ctx.exit(_record_table(ledger, source, encoding, kind, choices, as_json, lang))
    from markcode.ledger.events import Event, job_named, marks_of_job, record_many
    from markcode.ledger.kinds import named

    with ledger.writing() as chain:
        details = _details(chain.connection, **choices)
        refs: Sequence[Ref]
        if job is not None:
            refs = list(marks_of_job(chain.connection, job_named(chain.connection, job)))
        else:
            refs = [one_mark(chain.connection, typed) for typed in marks]
        events = [Event(ref, named(str(kind)), details) for ref in refs]
        recorded = record_many(chain, events)
    _print(list(zip(recorded, events, strict=True)), as_json, Words(lang), brief=job is not None)


def _details(
    connection: Connection,
    *,
    photo: str | None,
    extra: Sequence[str],
    corrects: str | None,
    same_arm_as: str | None,
    **texts: str | None,
) -> Details:
    from markcode.ledger.events import Details, photo_hash
    from markcode.ledger.refs import Ref

    return Details(
        **{name: text for name, text in texts.items() if text},
        photo="" if photo is None else photo_hash(photo),
        extra=pairs(extra, "--set KEY=VALUE"),
        corrects=None if corrects is None else Ref.parse(corrects),
        arm=None if same_arm_as is None else one_mark(connection, same_arm_as),
    )


def _record_table(
    ledger: Ledger,
    source: str,
    encoding: str | None,
    kind: str | None,
    choices: dict[str, Any],
    as_json: bool,
    language: str,
) -> int:
    """Record the events of a table, and return the exit status."""
    from markcode.ledger.events import EventRefused, photo_hash, record_good
    from markcode.tables import open_table
    from markcode_cli.ledger.event_table import DETAILS, EventTable

    if choices["corrects"] or choices["same_arm_as"]:
        raise click.UsageError("with --input, corrects and same_arm_as are columns of the table")
    if choices["photo"]:
        choices["photo"] = photo_hash(choices["photo"])
    given = {name: choices[name] for name in DETAILS if choices[name]}
    given |= pairs(choices["extra"], "--set KEY=VALUE")
    given |= {} if kind is None else {"kind": kind}
    table = EventTable(open_table(Path(source), encoding=encoding))
    faults: dict[int, EventRefused] = {}
    events: dict[int, Event] = {}
    with ledger.writing() as chain:
        for row, found in table.events(chain.connection, given):
            if isinstance(found, EventRefused):
                faults[row] = found
            else:
                events[row] = found
        rows, ordered = list(events), list(events.values())
        recorded, refused = record_good(chain, ordered)
    faults |= {rows[at]: fault for at, fault in refused.items()}
    entries = [(entry, ordered[at]) for at, entry in recorded.items()]
    _print(entries, as_json, Words(language), brief=False)
    for row, fault in sorted(faults.items()):
        header = table.columns.get(fault.field, fault.field)
        column = f", column {visible(header)}" if header else ""
        message = visible(" ".join(fault.finding.message(language).split()))
        click.echo(f"row {row}{column}: {fault.code}: {message}", err=True)
    return 1 if faults else 0


def _print(
    recorded: Sequence[tuple[Ref, Event]], as_json: bool, words: Words, *, brief: bool
) -> None:
    """Print what was recorded; for a whole job only how much, and where."""
    from markcode.ledger.kinds import kind, known

    for name in sorted({one.kind for _, one in recorded} - known().keys()):
        click.echo(
            f"markcode: {name}: no kind that is declared; it was recorded, and changes no state",
            err=True,
        )
    if brief and not as_json:
        told = words.count("recorded", len(recorded))
        if recorded:
            told += ": " + words("range", first=recorded[0][0], last=recorded[-1][0])
        click.echo(told)
        return
    for ref, one in recorded:
        if as_json:
            details = one.details.content()
            print_json(
                {"entry": str(ref), "kind": one.kind, "mark": str(one.mark), "details": details}
            )
        else:
            click.echo(f"{ref}  {kind(one.kind).label(words.language)}  {one.mark}")
