"""A ledger that is open: what its parts work on."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Iterator

from sqlalchemy import Connection, select

from markcode.errors import LedgerError
from markcode.ledger import database
from markcode.ledger.chain import Chain, head
from markcode.ledger.refs import check_station
from markcode.ledger.schema import ENTRY, METADATA

__all__ = ["Clock", "Ledger"]

Clock = Callable[[], datetime.datetime]
"""Gives the time, with its zone; the library itself reads none."""


class Ledger:
    """A ledger, as one station sees it; without a station it can only be read.

    Closing it, or leaving it as a context manager, gives back its connections.
    """

    def __init__(self, place: str, clock: Clock, station: str | None = None) -> None:
        """Open a ledger. Raises `LedgerError` where there is none, or no such station in it."""
        file = database.sqlite_file(place)
        if file is not None and not file.exists():
            raise LedgerError(f"{file}: there is no ledger; make one with `markcode ledger init`")
        self.place = place
        self.station = station
        self.clock = clock
        self.engine = database.engine_of(place)

    @classmethod
    def create(cls, place: str, clock: Clock, station: str, about: str = "") -> Ledger:
        """Make a ledger, or add a station to the one that is there."""
        check_station(station)
        engine = database.engine_of(place)
        METADATA.create_all(engine)
        with database.writing(engine) as connection:
            if head(connection, station)[0] == 0:
                Chain(connection, station, _written(clock())).append("station", {"about": about})
        engine.dispose()
        return cls(place, clock, station)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the ledger throughout."""
        with database.reading(self.engine) as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Chain]:
        """Give the chain of the own station for one transaction, committed at the end."""
        if self.station is None:
            raise LedgerError("name the station that writes, with --station or MARKCODE_STATION")
        with database.writing(self.engine) as connection:
            chain = Chain(connection, self.station, _written(self.clock()))
            if chain.next == 1:
                raise LedgerError(
                    f"{database.shown(self.place)}: no station is called {self.station}; there "
                    f"are: {', '.join(stations(connection))}; add it with `markcode ledger init "
                    f"--station {self.station}`"
                )
            yield chain

    def close(self) -> None:
        """Give back the connections."""
        self.engine.dispose()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def stations(connection: Connection) -> list[str]:
    """Return the names of all stations."""
    query = select(ENTRY.c.station).where(ENTRY.c.kind == "station").distinct()
    return sorted(connection.execute(query).scalars())


def _written(time: datetime.datetime) -> str:
    return time.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
