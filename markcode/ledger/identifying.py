"""Which mark on record a mark is: by what is struck, else by what is unique about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, and_, bindparam, or_, select

from markcode import notation
from markcode.errors import InvalidMark
from markcode.ledger.chain import Entry
from markcode.ledger.claims import claim_value, slot_number
from markcode.ledger.folding import fold
from markcode.ledger.numbers import Numbers, slot_name
from markcode.ledger.refs import Ref
from markcode.ledger.schema import CLAIM, ENTRY, MARK
from markcode.model import Event, Firearm, Report

if TYPE_CHECKING:
    from markcode.format import Format

__all__ = ["Identified", "Mark", "identify"]

_MOST = 50
"""Marks of one text, or of texts that look alike, that are looked at."""


@dataclass(frozen=True)
class Mark:
    """A mark on record: its ``issued`` entry."""

    entry: Entry

    @property
    def ref(self) -> Ref:
        """The name of the mark."""
        return self.entry.ref

    @property
    def arm(self) -> Ref:
        """The name of its arm, which is that of the arm's first mark."""
        return self.entry.about or self.entry.ref

    @cached_property
    def content(self) -> dict[str, Any]:
        """What the entry says."""
        return self.entry.content

    @property
    def text(self) -> str:
        """What is struck: the lines joined by LF."""
        return "\n".join(self.content["lines"])

    @property
    def job(self) -> Ref:
        """The job that it was issued to."""
        return Ref.parse(self.content["job"])


@dataclass(frozen=True)
class Identified:
    """What is on record that may be a mark."""

    mark: Mark | None = None
    """The mark, where exactly one can be meant."""
    is_spelled: bool = True
    """Whether it was issued as it is written here, or as a record of it says."""
    several: tuple[Mark, ...] = ()
    """Marks of this very text, where it does not tell which is meant."""
    others: tuple[Mark, ...] = ()
    """Marks of other data that have its number."""
    differing: tuple[str, ...] = ()
    """The elements in which the first of the others differs."""
    alike: tuple[str, ...] = ()
    """Texts on record that this one is easily taken for."""
    has_key: bool = True
    """Whether anything of the mark is unique; False: it is the same on many arms."""


def identify(connection: Connection, report: Report, fmt: Format | None) -> Identified:
    """Return what is on record of a mark, of which ``report`` says what could be read."""
    read = _Read(report, fmt)
    marks = _by_text(connection, read.texts)
    spelled = {_flat(text) for text in read.texts}
    exact = [mark for mark in marks if _flat(mark.text) in spelled]
    holders = _by_claims(connection, read.claims)
    others = [mark for mark in holders if read.differing(mark)]
    same = [mark for mark in holders if mark not in others]
    meant = [mark for mark in exact if mark in same] or exact or same
    others = [mark for mark in others if mark not in exact]
    is_one = len(meant) == 1 or (bool(meant) and meant[0] in same)
    mark = meant[0] if is_one and read.has_key else None
    return Identified(
        mark=mark,
        is_spelled=read.is_record or mark in exact,
        several=tuple(exact) if mark is None else (),
        others=tuple(others),
        differing=read.differing(others[0]) if others else (),
        alike=tuple(dict.fromkeys(mark.text for mark in marks if mark not in exact)),
        has_key=read.has_key,
    )


class _Read:
    """What a report says of a mark, as far as it was read."""

    def __init__(self, report: Report, fmt: Format | None) -> None:
        self._report, self._fmt = report, fmt
        self._values: dict[str, Any] = {}
        if report.firearm is not None:
            self._values = {**report.firearm.elements(), **report.data.get("event", {})}

    @cached_property
    def _arm(self) -> tuple[Format, Firearm, Event] | None:
        """The profile and the data, where all of a mark was read without a fault."""
        report, fmt = self._report, self._fmt
        if fmt is None or report.firearm is None or report.event is None or not self._values:
            return None
        event = Event.of(report.data.get("event", {}), kind=report.event)
        return fmt, report.firearm, event

    @cached_property
    def texts(self) -> list[str]:
        """Texts under which the mark may stand: as given, and as the format strikes it."""
        given = [notation.as_text(self._report.input), self._report.data.get("uii")]
        if self._arm is not None and self._report.verdict != "invalid":
            fmt, firearm, event = self._arm
            with suppress(InvalidMark):  # a doubtful mark can be read, but is not struck
                given.append(fmt.encode(firearm, event, accept_provisional=True).text)
        return list(dict.fromkeys(text for text in given if text))

    @cached_property
    def claims(self) -> list[tuple[int, str]]:
        """Slot and value of all that is unique about the mark."""
        if self._arm is None:
            return []
        fmt, firearm, event = self._arm
        found = []
        keys = fmt.keys(firearm, event)
        for key in keys:
            if key.severity == "error":
                is_text = key.is_joined or key.elements == ("uii",)
                name = slot_name(fmt.name, key.elements, is_text)
                found.append((slot_number(name), claim_value(key.value)))
        plain = [key for key in keys if len(key.elements) == len(key.value)]
        by_elements = {
            frozenset(key.elements): dict(zip(key.elements, key.value, strict=True))
            for key in plain
        }
        for slot, _, parts in Numbers(fmt.rule(event.kind)).issued(by_elements):
            found.append((slot_number(slot_name(fmt.name, slot, False)), claim_value(parts)))
        return found

    @property
    def has_key(self) -> bool:
        """Whether the mark is not one that many arms bear; it may only not have been read."""
        return bool(self.claims) or self._arm is None or self._report.verdict == "invalid"

    @property
    def is_record(self) -> bool:
        """Whether the data were given in another form than the struck text."""
        return len(self.texts) > 1 and _flat(self.texts[0]) != _flat(self.texts[-1])

    def differing(self, mark: Mark) -> tuple[str, ...]:
        """Return the elements that the mark says and its record says differently."""
        recorded = mark.content["elements"]
        return tuple(
            name
            for name, value in self._values.items()
            if self._keyed(name, value) != self._keyed(name, recorded.get(name, ""))
        )

    def _keyed(self, name: str, value: Any) -> str:
        """Return the form of a value in which two are compared: a country has several spellings."""
        if self._fmt is not None and name in self._fmt.rule(self._report.event).names:
            return self._fmt.rule(self._report.event).element(name).type.key(str(value))
        return str(value)


def _flat(text: str) -> str:
    return " ".join(text.split())


# Statements are put together once: that would take longer than the database takes to answer.
_BY_TEXT = (
    select(ENTRY)
    .join_from(MARK, ENTRY, and_(ENTRY.c.station == MARK.c.station, ENTRY.c.seq == MARK.c.seq))
    .where(MARK.c.fold.in_(bindparam("folds", expanding=True)))
    .limit(_MOST)
)


@cache
def _by_some_claims(count: int) -> Select[Any]:
    wanted = (
        and_(CLAIM.c.slot == bindparam(f"slot{at}"), CLAIM.c.value == bindparam(f"value{at}"))
        for at in range(count)
    )
    on = and_(ENTRY.c.station == CLAIM.c.station, ENTRY.c.seq == CLAIM.c.seq)
    return select(ENTRY).join_from(CLAIM, ENTRY, on).where(or_(*wanted))


def _by_text(connection: Connection, texts: Iterable[str]) -> list[Mark]:
    """Return marks whose text is one of those, or looks like it."""
    folds = sorted({fold(text) for text in texts} - {""})
    if not folds:
        return []
    found = map(Entry.of, connection.execute(_BY_TEXT, {"folds": folds}))
    return sorted(map(Mark, found), key=lambda mark: (mark.entry.time, mark.ref))


def _by_claims(connection: Connection, claims: Sequence[tuple[int, str]]) -> list[Mark]:
    """Return the marks that have one of some claims, each once."""
    if not claims:
        return []
    values: dict[str, Any] = {}
    for at, (slot, value) in enumerate(claims):
        values |= {f"slot{at}": slot, f"value{at}": value}
    found = map(Entry.of, connection.execute(_by_some_claims(len(claims)), values))
    return [Mark(entry) for entry in {entry.ref: entry for entry in found}.values()]
