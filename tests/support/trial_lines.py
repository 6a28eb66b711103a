"""A line of the ledger's trial: what was done, what was looked at, and what was wrong."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import sqlalchemy

from ledgers import new_database
from markcode.ledger import Ledger
from markcode.ledger.audit import Report, audit

__all__ = ["FORMAT", "PLACES", "Line", "Places", "arms", "batch_arguments", "clean", "table"]

FORMAT = "mosaic-0530"
PLACES = ("SQLite", "PostgreSQL")


@dataclass
class Line:
    """One line: it passes if nothing is wrong, and all was looked at that it had to look at."""

    what: str
    wanted: Mapping[str, int]
    """How often each thing must at least have been looked at."""
    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def look(self, what: str, times: int = 1) -> None:
        """Count what was looked at."""
        self.seen[what] += times

    def expect(self, is_so: bool, otherwise: str) -> None:
        """Note what is wrong, if it is not so."""
        if not is_so:
            self.wrong.append(otherwise)

    @property
    def short(self) -> list[str]:
        """What was not looked at as often as it must be."""
        return [
            f"{self.seen[what]} {what}, not {least}"
            for what, least in self.wanted.items()
            if least < 1 or self.seen[what] < least
        ]

    @property
    def passed(self) -> bool:
        """Whether everything was looked at and is as it must be."""
        return bool(self.wanted) and not self.wrong and not self.short


def table(lines: Iterable[Line]) -> Iterable[str]:
    """Yield the table, with what is wrong under each line."""
    for line in lines:
        counts = [f"{count:,} {what}" for what, count in line.seen.items()]
        yield f"{'pass' if line.passed else 'FAIL'}  {line.what}"
        for at in range(0, len(counts), 3):
            yield f"        {', '.join(counts[at : at + 3])}"
        for fault in [*line.short, *line.wrong[:5]]:
            yield f"      ! {fault}"


class Places:
    """Where ledgers are made, and copied to be spoilt."""

    def __init__(self, folder: Path, server: str) -> None:
        self.folder, self._server, self._number = folder, server, 0

    def new(self, kind: str) -> str:
        """Return where a new ledger may be made."""
        if kind == "PostgreSQL":
            return new_database(self._server)
        return f"sqlite:///{self.new_path('.db')}"

    def new_path(self, ending: str = "") -> Path:
        """Return a path that is not used yet."""
        self._number += 1
        return self.folder / f"{self._number}{ending}"

    def copy(self, place: str) -> str:
        """Return where a copy of a ledger stands that nobody has open."""
        url = sqlalchemy.make_url(place)
        if url.get_backend_name() == "sqlite":
            copy = self.new_path(".db")
            shutil.copy(str(url.database), copy)
            return f"sqlite:///{copy}"
        name = f"copy_{self._number}_{url.database}"[:60]
        self._number += 1
        engine = sqlalchemy.create_engine(self._server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {url.database}")
        engine.dispose()
        return url.set(database=name).render_as_string(hide_password=False)


def arms(path: Path, rows: int, models: str = "07", **columns: str) -> Path:
    """Write a table of arms without serials, or with what else is given for all rows."""
    given = {"country": "CO", "manufacturer": "INDU", "year": "2026", "model": models}
    given |= {"calibre": "09", **columns}
    pl.DataFrame({name: [value] * rows for name, value in given.items()}).write_csv(path)
    return path


def batch_arguments(source: Path, out: Path, place: str, station: str, series: str) -> list[str]:
    """Return the command of a batch that draws its serials from a series."""
    return [
        *("batch", str(source), "--format", FORMAT, "--check", "iso7064-mod37-36"),
        *("--ledger", place, "--station", station, "--series", series, "--out", str(out)),
    ]


def clean(ledger: Ledger, line: Line) -> Report:
    """Audit a ledger and note on a line what is wrong."""
    report = audit(ledger)
    line.look("audits")
    line.look("entries audited", report.entries)
    faults = [f"{f.ref}: {f.code}: {f.message()}" for f in [*report.faults, *report.doubts]][:3]
    line.expect(report.is_clean and not faults, f"audit of {ledger.place}: {faults}")
    return report
