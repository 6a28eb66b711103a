"""`markcode ledger init`: a ledger made, a station added, an older ledger brought up to date."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from markcode_cli.ledger.opening import DEFAULT, clock, open_ledger, station_option
from markcode_cli.options import handle_errors
from markcode_cli.output import print_json

if TYPE_CHECKING:
    from markcode.ledger import Founded

__all__ = ["init"]


@click.command
@click.argument("place", metavar="[URL]", envvar="MARKCODE_LEDGER", default=DEFAULT)
@station_option
@click.option("--about", default="", metavar="TEXT", help="Who or where the station is.")
@click.option(
    "--grant",
    "role",
    metavar="ROLE",
    help="Let a role of PostgreSQL read and add, and nothing else.",
)
@click.option(
    "--migrate",
    is_flag=True,
    help="Bring an older ledger in PostgreSQL to the version of today; needs --backup.",
)
@click.option(
    "--backup",
    "copy",
    metavar="FILE.db",
    type=click.Path(path_type=Path),
    help="Where the copy goes that --migrate makes first.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was done as one JSON object.")
@handle_errors
def init(
    place: str,
    station: str | None,
    about: str,
    role: str | None,
    migrate: bool,
    copy: Path | None,
    as_json: bool,
) -> None:
    """Make a ledger, or add a station to one.

    URL is a SQLite file (markcode.db here, if nothing is said) or a database in PostgreSQL that is
    there: postgresql+psycopg://USER@HOST/DATABASE. An older ledger in SQLite is brought to the
    version of today; a copy of it is made first.

    \b
    markcode ledger init --station MVD-1 --about "Montevideo, first machine"
    """
    if migrate != (copy is not None):
        raise click.UsageError("--migrate and --backup FILE.db go together")
    from markcode.ledger import found

    founded = found(place, clock, station, about, backup_to=copy)
    if role is not None:
        _grant(place, role)
    from markcode.ledger.places import shown

    where = shown(place)
    if as_json:
        done = {"made": founded.made, "added": founded.added, "version": founded.version}
        saved = None if founded.backup is None else str(founded.backup)
        print_json({"ledger": where, "station": station, **done, "backup": saved, "role": role})
        return
    for line in _told(founded, where, station, role):
        click.echo(line)


def _grant(place: str, role: str) -> None:
    from markcode.ledger import database, roles

    with open_ledger(place) as ledger, database.writing(ledger.engine) as connection:
        roles.grant(connection, role)


def _told(founded: Founded, where: str, station: str | None, role: str | None) -> Iterator[str]:
    """Yield what was done, and what to do next."""
    if founded.backup is not None:
        yield f"{where}: brought from version {founded.version} to that of today"
        yield f"the ledger as it was: {founded.backup}"
    if founded.made:
        yield f"{where}: a new ledger, kept by the station {station}"
    elif founded.added:
        yield f"{where}: the station {station} was added"
    elif station is not None:
        yield f"{where}: the station {station} is there already; nothing was added"
    elif founded.backup is None and role is None:
        yield f"{where}: a ledger of the version of today; --station NAME adds a station"
    if role is not None:
        yield f"{where}: the role {role} can read and add, and nothing else"
    if founded.added:
        yield "next: `markcode batch TABLE --ledger URL ...` marks arms under it; see also"
        yield "`markcode ledger series --help` for numbers that an authority gives out"
