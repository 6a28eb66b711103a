"""A ledger that is open: what its parts work on."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Iterator

from sqlalchemy import Connection, select

from markcode.errors import LedgerError
from markcode.ledger import database, versions
from markcode.ledger.chain import Chain
from markcode.ledger.schema import ENTRY, LEDGER, of_kind

__all__ = ["Clock", "Ledger", "stations", "written"]

Clock = Callable[[], datetime.datetime]
"""Gives the time, with its zone; the library itself reads none."""


class Ledger:
    """A ledger, as one station sees it; without a station it can only be read.

    Closing it, or leaving it as a context manager, gives back its connections.
    """

    def __init__(
        self,
        place: str,
        clock: Clock,
        station: str | None = None,
        *,
        busy: float = database.BUSY_SECONDS,
    ) -> None:
        """Open a ledger; a SQLite ledger is seen by the station that made it, if none is named.

        ``busy`` is how long one waits for another, in seconds. Raises `LedgerError` where there is
        no ledger or one of a newer version, `LedgerUnreachable` where it cannot be reached.
        """
        self.place = place
        self.clock = clock
        self.engine = database.engine_of(place, busy)
        with contextlib.ExitStack() as undo:
            undo.callback(self.close)
            with database.reading(self.engine) as connection:
                self._is_old = versions.version_of(connection) != versions.HEAD
                home = connection.execute(select(LEDGER.c.station)).scalar()
            undo.pop_all()
        is_file = self.engine.dialect.name == "sqlite"
        self.station = home if station is None and is_file else station

    @classmethod
    def create(cls, place: str, clock: Clock, station: str, about: str = "") -> Ledger:
        """Make a ledger, or add a station to the one that is there, and open it."""
        from markcode.ledger import founding

        founding.found(place, clock, station, about)
        return cls(place, clock, station)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the ledger throughout.

        Raises `LedgerError` for a ledger of another version, and as `database` says.
        """
        with database.reading(self.engine) as connection:
            versions.check(connection)
            yield connection

    @property
    def writer(self) -> str:
        """The station that writes. Raises `LedgerError` where none is named."""
        if self.station is None:
            raise LedgerError("name the station that writes, with --station or MARKCODE_STATION")
        return self.station

    @contextlib.contextmanager
    def writing(self) -> Iterator[Chain]:
        """Give the chain of the own station for one transaction, committed at the end.

        An older SQLite ledger is first brought to the version of today, after a copy was made
        beside it. Raises `LedgerError` as `reading`, and without a station of the ledger.
        """
        station = self.writer
        if self._is_old:
            self._migrate()
        with database.writing(self.engine) as connection:
            versions.check(connection)
            chain = Chain(connection, station, written(self.clock()))
            if chain.next == 1:
                raise LedgerError(
                    f"{database.shown(self.place)}: no station is called {station}; there "
                    f"are: {', '.join(stations(connection))}; add it with `markcode ledger init "
                    f"--station {station}`"
                )
            yield chain

    def _migrate(self) -> None:
        from markcode.ledger import founding

        founding.migrate(self.engine)
        self._is_old = False

    def close(self) -> None:
        """Give back the connections."""
        self.engine.dispose()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def stations(connection: Connection) -> list[str]:
    """Return the names of all stations."""
    query = select(ENTRY.c.station).where(of_kind("station")).distinct()
    return sorted(connection.execute(query).scalars())


def written(time: datetime.datetime) -> str:
    """Return a time as entries have it: UTC, to the second."""
    return time.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
