"""How a machine writes its results: which column is which, its words, its times.

A mapping file is TOML, and holds only what the machine does otherwise than `FIELDS` and `EVENTS`::

    encoding = "cp1252"
    delimiter = "semicolon"
    time = "%d.%m.%Y %H:%M:%S"
    zone = "-05:00"
    ignored = ["POWER ON"]

    [columns]
    code = "Text"
    time_utc = "Time"

    [events]
    marked = ["OK", "DONE"]
    rejected = "NOK"

    [set]
    machine = "EZ-2"
"""

from __future__ import annotations

import codecs
import datetime
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Final

from markcode.declaring.source import Source
from markcode.declaring.table import Table
from markcode.errors import LedgerError
from markcode.ledger.kinds import named
from markcode.ledger.refused import EventRefused
from markcode.ledger.results.grades import value as grade_value
from markcode.ledger.results.times import moment, read_zone, tells_a_time
from markcode.model import NO_ELEMENTS

__all__ = ["EVENTS", "FIELDS", "ResultForm"]

FIELDS: Final = (
    "job_id",
    "seq",
    "code",
    "event",
    "date",
    "time_utc",
    "machine",
    "operator",
    "result",
    "grade",
    "reader_text",
    "message",
)
"""What a result says. ``date`` is for machines that write day and time in two columns."""
EVENTS: Final = (
    "sent",
    "accepted",
    "refused",
    "started",
    "failed",
    "marked",
    "verified",
    "rejected",
    "void",
    "unknown",
    "remarked",
)
"""What a machine says has happened: kinds of events."""
_KEYS: Final = (
    "encoding",
    "delimiter",
    "time",
    "zone",
    "ignored",
    "least_grade",
    "columns",
    "events",
    "set",
)
_DELIMITERS: Final = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}


@dataclass(frozen=True)
class ResultForm:
    """How the results of one machine are written; without more, in our own columns and words."""

    columns: Mapping[str, str] = NO_ELEMENTS
    """Header by field, where it is not called as the field."""
    words: Mapping[str, str] = NO_ELEMENTS
    """Kind of event by the machine's word for it, without regard to case."""
    ignored: frozenset[str] = frozenset()
    """Words of rows that are passed over."""
    constants: Mapping[str, str] = NO_ELEMENTS
    """What all rows say, by field."""
    time: str = ""
    """The form of times, as ``strptime`` has it; empty: ISO 8601."""
    zone: datetime.timezone | None = None
    """Whose local time it is, where a time does not say."""
    encoding: str | None = None
    delimiter: str | None = None
    """Between the fields of a line; None: it is found out."""
    least_grade: Decimal | None = None
    """A mark that is verified with less is rejected; None: grades are only kept."""
    source: Source | None = field(default=None, repr=False)
    """The mapping file, for errors that name a line of it."""

    @classmethod
    def read(cls, path: str | Path) -> ResultForm:
        """Read a mapping file. Raises `FormatFileError` that names file, line, key and reason."""
        source = Source.read(path)
        table = Table(source, source.parse())
        table.only(*_KEYS)
        words = _words(table.table("events"))
        ignored = frozenset(map(_key, _several(table, "ignored")))
        for word in ignored & words.keys():
            raise table.error("ignored", f"{word!r} is a word for {words[word]} already")
        columns, constants = _named(table, "columns"), _named(table, "set")
        for name in columns.keys() & constants.keys():
            raise table.error("set", f"{name} has a column already, in [columns]; leave one out")
        return cls(
            columns,
            words,
            ignored,
            constants,
            _time(table),
            _zone(table),
            _encoding(table),
            _delimiter(table),
            _least_grade(table),
            source,
        )

    def with_more(
        self,
        columns: Mapping[str, str] = NO_ELEMENTS,
        words: Mapping[str, Sequence[str]] = NO_ELEMENTS,
        constants: Mapping[str, str] = NO_ELEMENTS,
        encoding: str | None = None,
        least_grade: str | None = None,
    ) -> ResultForm:
        """Return the form with what was given besides; what is given goes before it.

        ``words`` are those of each event. Raises `LedgerError` for an event, a field or a grade
        that is none, and for a word of two events.
        """
        least = None if least_grade is None else grade_value(least_grade)
        if least_grade is not None and least is None:
            raise LedgerError(f"{least_grade!r} is no grade: 4 to 0, such as 2.0, or A to F")
        for name in constants:
            if name not in FIELDS:
                raise LedgerError(f"a result has no field {name!r}; it has {', '.join(FIELDS)}")
        found: dict[str, str] = {}
        for event, some in words.items():
            if event not in EVENTS:
                raise LedgerError(f"{event!r} is no event of a machine: {', '.join(EVENTS)}")
            for word in some:
                other = found.setdefault(_key(word), event)
                if other != event:
                    raise LedgerError(f"{word!r} cannot be both {other} and {event}")
        given = {**constants, **columns}
        return replace(
            self,
            columns={k: v for k, v in self.columns.items() if k not in given} | dict(columns),
            words={**self.words, **found},
            ignored=self.ignored - found.keys(),
            constants={k: v for k, v in self.constants.items() if k not in given} | dict(constants),
            encoding=encoding or self.encoding,
            least_grade=self.least_grade if least is None else least,
        )

    def check_columns(self, path: Path, headers: Sequence[str]) -> None:
        """Raise `FormatFileError` where the mapping file names a column that a table lacks."""
        if self.source is None:
            return
        known = {header.casefold() for header in headers}
        for name, header in self.source.parse().get("columns", {}).items():
            if self.columns.get(name) == header and header.casefold() not in known:
                there = ", ".join(f'"{one}"' for one in headers)
                raise self.source.error(
                    ("columns", name), f'{path} has no column "{header}"; its columns are {there}'
                )

    def is_ignored(self, word: str) -> bool:
        """Return whether rows with this word are to be passed over."""
        return _key(word) in self.ignored

    def event(self, word: str) -> str:
        """Return the kind of event that a word means. Raises `EventRefused` for none.

        >>> form = ResultForm(words={"ok": "marked"})
        >>> form.event("OK"), form.event("sent"), form.event("Vuelto a marcar")
        ('marked', 'sent', 'remarked')
        """
        kind = self.words.get(_key(word)) or named(_key(word))
        if kind not in EVENTS:
            raise EventRefused("kind", "result.event", value=word, events=EVENTS)
        return kind

    def is_too_low(self, grade: str) -> bool:
        """Return whether a grade is below the least. Raises `EventRefused` for what is no grade."""
        if self.least_grade is None:
            return False
        found = grade_value(grade)
        if found is None:
            raise EventRefused("grade", "result.grade", value=grade)
        return found < self.least_grade

    def moment(self, date: str, time: str) -> tuple[str, str]:
        """Return day and time in UTC. Raises `EventRefused`."""
        return moment(f"{date} {time}".strip(), self.time, self.zone)


def _key(word: str) -> str:
    # One letter may be written as one character or as two: É, or E and its accent.
    return unicodedata.normalize("NFC", " ".join(word.split()).casefold())


def _words(table: Table) -> dict[str, str]:
    found: dict[str, str] = {}
    for event in table.only(*EVENTS).values:
        for word in _several(table, event):
            other = found.setdefault(_key(word), event)
            if other != event:
                raise table.error(event, f"{word!r} is a word for {other} already")
    return found


def _several(table: Table, key: str) -> Iterator[str]:
    """Yield the words of a key: one text, or a list of them."""
    some = (table.text(key),) if isinstance(table.values.get(key), str) else table.texts(key)
    for word in some:
        if not word.strip():
            raise table.error(key, "a word is empty")
        yield word


def _named(table: Table, key: str) -> dict[str, str]:
    within = table.table(key).only(*FIELDS)
    found = {name: within.text(name) for name in within.values}
    for name, text in found.items():
        if not text.strip():
            raise within.error(name, "the text is empty")
        if key == "columns" and list(found.values()).index(text) < list(found).index(name):
            raise within.error(name, f"{text!r} is the column of another field already")
    return found


def _time(table: Table) -> str:
    form = table.text("time", "")
    if "time" in table and not tells_a_time(form):
        raise table.error(
            "time",
            f"{form!r} does not tell day, hour and minute; write such as %d.%m.%Y %H:%M:%S",
        )
    if form and "%z" not in form and "zone" not in table:
        raise table.error(
            "time", 'this is a local time: say whose, such as zone = "-05:00", or zone = "UTC"'
        )
    return form


def _zone(table: Table) -> datetime.timezone | None:
    if "zone" not in table:
        return None
    zone = read_zone(table.text("zone"))
    if zone is None:
        raise table.error("zone", 'how far from UTC is needed, such as "-05:00" or "UTC"')
    return zone


def _least_grade(table: Table) -> Decimal | None:
    if "least_grade" not in table:
        return None
    found = grade_value(table.text("least_grade"))
    if found is None:
        raise table.error("least_grade", 'a grade is needed: 4 to 0, such as "2.0", or A to F')
    return found


def _encoding(table: Table) -> str | None:
    if "encoding" not in table:
        return None
    name = table.text("encoding")
    try:
        codecs.lookup(name)
    except (LookupError, ValueError):
        raise table.error("encoding", f"{name!r} is no encoding; cp1252 is one") from None
    return name


def _delimiter(table: Table) -> str | None:
    if "delimiter" not in table:
        return None
    return _DELIMITERS[table.one_of("delimiter", list(_DELIMITERS))]
