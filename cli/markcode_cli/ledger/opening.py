"""What the commands of a ledger share: which ledger, whose station, and what time it is."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

if TYPE_CHECKING:
    from markcode.ledger import Ledger

__all__ = ["DEFAULT", "clock", "ledger_option", "open_ledger", "station_option", "with_ledger"]

DEFAULT = "sqlite:///markcode.db"

_F = TypeVar("_F", bound=Callable[..., Any])

ledger_option = click.option(
    "--ledger",
    "place",
    envvar="MARKCODE_LEDGER",
    default=DEFAULT,
    show_default=True,
    metavar="URL",
    help="The ledger: a URL, or a SQLite file.  [env: MARKCODE_LEDGER]",
)
station_option = click.option(
    "--station",
    envvar="MARKCODE_STATION",
    metavar="NAME",
    help="Who writes; by default the station of a SQLite ledger.  [env: MARKCODE_STATION]",
)


def clock() -> datetime.datetime:
    """Return the time now."""
    return datetime.datetime.now(datetime.UTC)


def open_ledger(place: str, station: str | None = None) -> Ledger:
    """Open a ledger. Raises `LedgerError`, and `MissingExtra` without the extra."""
    from markcode.ledger import Ledger

    return Ledger(place, clock, station)


def with_ledger(function: _F) -> _F:
    """Add --ledger and --station; the command gets the open ledger as ``ledger``."""

    @functools.wraps(function)
    def opened(*args: Any, place: str, station: str | None, **kwargs: Any) -> Any:
        with open_ledger(place, station) as ledger:
            return function(*args, ledger=ledger, **kwargs)

    return cast(_F, ledger_option(station_option(opened)))
