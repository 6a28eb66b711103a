"""Times as machines write them, in UTC."""

from __future__ import annotations

import datetime
import re

from markcode.ledger.refused import EventRefused

__all__ = ["moment", "read_zone", "tells_a_time"]

_ISO = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(?P<zone>Z|[+-]\d\d(:?\d\d)?)?", re.ASCII
)
_ZONE = re.compile(r"([+-])(\d\d):(\d\d)", re.ASCII)
# Its zone has no name that `%Z` would read: a name does not say how far it is from UTC.
_ODD = datetime.timezone(datetime.timedelta(hours=5, minutes=45))
_SAMPLE = datetime.datetime(2026, 11, 25, 14, 3, 12, tzinfo=_ODD)


def read_zone(text: str) -> datetime.timezone | None:
    """Return a zone from how far it is from UTC; None for another text.

    >>> read_zone("-05:00"), read_zone("UTC"), read_zone("Bogota")
    (datetime.timezone(datetime.timedelta(days=-1, seconds=68400)), datetime.timezone.utc, None)
    """
    if text in ("UTC", "Z"):
        return datetime.UTC
    match = _ZONE.fullmatch(text)
    if match is None or int(match[2]) > 14 or int(match[3]) > 59:
        return None
    apart = datetime.timedelta(hours=int(match[2]), minutes=int(match[3]))
    return datetime.timezone(apart if match[1] == "+" else -apart)


def tells_a_time(form: str) -> bool:
    """Return whether a form, as of ``strptime``, gives day, hour and minute.

    >>> tells_a_time("%d.%m.%Y %H:%M:%S %z"), tells_a_time("%d.%m. %H:%M")
    (True, False)
    """
    try:
        read = datetime.datetime.strptime(_SAMPLE.strftime(form), form)
    except ValueError:
        return False
    return read.replace(second=_SAMPLE.second, tzinfo=read.tzinfo or _ODD) == _SAMPLE


def moment(text: str, form: str = "", zone: datetime.timezone | None = None) -> tuple[str, str]:
    """Return day and time in UTC, as an event has them.

    Without ``form``, ISO 8601 is expected. Raises `EventRefused` for what is no time, or is
    local without a ``zone``.

    >>> moment("2026-11-25T14:03:12Z")
    ('2026-11-25', '14:03:12Z')
    >>> moment("25.11.2026 22:03", "%d.%m.%Y %H:%M", read_zone("-05:00"))
    ('2026-11-26', '03:03:00Z')
    """
    utc = _read(text, form, zone)
    if utc is None and form:
        raise EventRefused("time", "result.time", value=text, form=form, reason="form")
    if utc is None:
        raise EventRefused("time", "result.time", value=text)
    part = f".{utc.microsecond:06}".rstrip("0") if utc.microsecond else ""
    return utc.date().isoformat(), f"{utc:%H:%M:%S}{part}Z"


def _read(text: str, form: str, zone: datetime.timezone | None) -> datetime.datetime | None:
    """Return a time in UTC; None for what is none, or is local to nowhere."""
    try:
        if form:
            read = datetime.datetime.strptime(text, form)
        elif _ISO.fullmatch(text) is None:
            return None
        else:
            read = datetime.datetime.fromisoformat(text.replace(",", "."))
        if read.tzinfo is None:
            if zone is None:
                return None
            read = read.replace(tzinfo=zone)
        return read.astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        return None
