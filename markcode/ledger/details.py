"""What is said of an event in the life of a mark: its kind, and when, where, who and how."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

from markcode.ledger.chain import to_json
from markcode.ledger.refs import Ref
from markcode.ledger.refused import EventRefused
from markcode.model import NO_ELEMENTS

__all__ = ["NO_DETAILS", "SAME_ARM", "Details", "Event", "photo_hash"]

SAME_ARM = "same-arm"
"""The kind of event that says that two marks are of one arm."""

_SHA256 = re.compile("[0-9a-f]{64}")
_TIME = re.compile(r"([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,6})?Z")


def _check_text(name: str, value: str) -> None:
    if not name or not name.isprintable():
        raise EventRefused("extra", "event.value", value=name, reason="detail")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise EventRefused(name, "event.value", field=name, value=value) from None


def _is_day(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


@dataclass(frozen=True)
class Details:
    """What is said of an event: what is empty was not said.

    Raises `EventRefused` for what cannot be such a detail.
    """

    date: str = ""
    """When it happened: a day, as 2026-11-25."""
    time: str = ""
    """The time of that day in UTC, as 14:03:12Z."""
    place: str = ""
    authority: str = ""
    operator: str = ""
    document: str = ""
    """Reference to a document."""
    photo: str = ""
    """SHA-256 of a picture, in hexadecimal (`photo_hash`)."""
    note: str = ""
    """What there is to say: for a mark made again, the reason."""
    machine: str = ""
    """Which machine marked or read it."""
    result: str = ""
    """What the machine said of it, in its own words."""
    grade: str = ""
    """Of a verifier, as it gives it: 3.0/08/630/45, B."""
    reader_text: str = ""
    """What a reader read off the part."""
    extra: Mapping[str, str] = field(default=NO_ELEMENTS)
    """Anything further, by a name of one's own."""
    corrects: Ref | None = None
    """An event of the same mark that was wrong, and no longer counts."""
    arm: Ref | None = None
    """With the kind `SAME_ARM`: a mark that is on the same arm."""

    def __post_init__(self) -> None:
        for name, value in (*self._texts(), *self.extra.items()):
            _check_text(name, value)
        taken = self.extra.keys() & _names() if self.extra else None
        if taken:
            name = min(taken)
            raise EventRefused(name, "event.value", field=name, reason="own")
        if self.date and not _is_day(self.date):
            raise EventRefused("date", "event.date", value=self.date)
        if self.time and not self._has_time():
            raise EventRefused("time", "event.time", value=self.time)
        if self.photo and _SHA256.fullmatch(self.photo) is None:
            raise EventRefused("photo", "event.value", value=self.photo, reason="photo")

    def _has_time(self) -> bool:
        match = _TIME.fullmatch(self.time)
        try:
            return match is not None and bool(self.date) and bool(self._at(match[1]))
        except ValueError:
            return False

    def _at(self, time: str) -> datetime.datetime:
        return datetime.datetime.fromisoformat(f"{self.date}T{time}+00:00")

    @property
    def moment(self) -> datetime.datetime | None:
        """When it happened, to the second; None where only the day was said, or nothing."""
        return self._at(self.time[:8]) if self.time else None

    def _texts(self) -> Iterator[tuple[str, str]]:
        for name in _names():
            value = getattr(self, name)
            if value and isinstance(value, str):
                yield name, value

    def content(self) -> dict[str, Any]:
        """Return what an entry says: only what was given.

        >>> Details(date="2026-11-25", corrects=Ref("MVD-1", 7)).content()
        {'date': '2026-11-25', 'corrects': 'MVD-1/7'}
        """
        said: dict[str, Any] = dict(self._texts())
        if self.extra:
            said["extra"] = dict(self.extra)
        refs = {"corrects": self.corrects, "arm": self.arm}
        return said | {name: str(ref) for name, ref in refs.items() if ref is not None}

    @cached_property
    def json(self) -> str:
        """What an entry says, as JSON."""
        return to_json(self.content())


@cache
def _names() -> tuple[str, ...]:
    return tuple(one.name for one in fields(Details))


NO_DETAILS = Details()


class Event(NamedTuple):
    """Something that happened to a mark, or to the arm that bears it."""

    mark: Ref
    kind: str
    details: Details = NO_DETAILS


def photo_hash(path: str | Path) -> str:
    """Return the SHA-256 of a picture: the ledger keeps that, not the picture."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
