"""A ledger that is asked about marks while they are verified, for as long as it can be reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from markcode.errors import LedgerError
from markcode_cli.ledger.opening import open_ledger

if TYPE_CHECKING:
    from markcode.format import Format
    from markcode.ledger import Ledger
    from markcode.model import Report

__all__ = ["Asked", "known_lines"]

_MOST_EVENTS = 4
"""Events of an arm that are shown beside a mark."""


class Asked:
    """A ledger at a place. Raises `LedgerError` and `MissingExtra` for what can be no ledger.

    One that cannot be reached is tried again with the next marks.
    """

    def __init__(self, place: str) -> None:
        import markcode.ledger

        # Names what is missing where the extra is not installed.
        _ = markcode.ledger.Ledger
        from markcode.ledger.places import url_of

        url_of(place)
        self._place = place
        self._ledger: Ledger | None = None

    def told(self, reports: Sequence[Report], fmt: Format | None) -> list[Report]:
        """Return the reports with what the ledger knows of the marks, all at one moment.

        ``fmt`` is the profile that they were verified under, None where each was recognised.
        """
        from markcode.ledger import verdict

        try:
            if self._ledger is None:
                self._ledger = open_ledger(self._place)
        except LedgerError as fault:
            return [verdict.unreachable(report, fault) for report in reports]
        pairs = [(report, fmt or _recognised(report)) for report in reports]
        return verdict.with_all_records(pairs, self._ledger)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._ledger is not None:
            self._ledger.close()


def _recognised(report: Report) -> Format | None:
    from markcode.formats import get_format

    return None if report.format is None else get_format(report.format)


def known_lines(known: Mapping[str, Any], language: str) -> list[str]:
    """Return what a ledger knows of a mark, for people: the mark, then the last events."""
    if known["mark"] is None:
        return []
    from markcode.ledger.kinds import kind

    job = f"{known['job']} {known['order']}" if known["order"] else known["job"]
    first = f"{known['mark']} ({job})"
    events = [
        " ".join(
            str(part)
            for part in (
                kind(event["kind"]).label(language),
                event["date"] or event["time"],
                event["station"],
                *(event[name] for name in ("operator", "authority", "place") if name in event),
            )
        )
        for event in known["events"]
        if "taken_back" not in event
    ]
    issued, last = events[:1], events[1:][-_MOST_EVENTS:]
    between = ["..."] if len(events) > 1 + _MOST_EVENTS else []
    return [f"{first}: {'; '.join([*issued, *between, *last])}"]
