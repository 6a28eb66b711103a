"""How entries and stations are named: ``MVD-1/42`` is the 42nd entry of the station MVD-1."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from markcode.errors import LedgerError

__all__ = ["Ref", "check_station", "in_lots"]

_STATION = re.compile(r"[A-Z0-9](?:[A-Z0-9._-]{0,30}[A-Z0-9])?")
_REF = re.compile(rf"({_STATION.pattern})/([1-9][0-9]{{0,17}})")


class Ref(NamedTuple):
    """An entry, by its station and its number in that station's chain.

    >>> str(Ref("MVD-1", 42)), Ref.parse("MVD-1/42")
    ('MVD-1/42', Ref(station='MVD-1', seq=42))
    """

    station: str
    seq: int

    def __str__(self) -> str:
        return f"{self.station}/{self.seq}"

    @classmethod
    def parse(cls, text: str) -> Ref:
        """Read what ``str`` wrote. Raises `LedgerError`."""
        ref = cls.found(text)
        if ref is None:
            raise LedgerError(f"{text!r} is no entry of a ledger, which are named like MVD-1/42")
        return ref

    @classmethod
    def found(cls, text: str) -> Ref | None:
        """Read what ``str`` wrote; None for any other text."""
        match = _REF.fullmatch(text)
        return None if match is None else cls(match[1], int(match[2]))


def in_lots(refs: Iterable[Ref], at_once: int = 500) -> Iterator[tuple[str, list[int]]]:
    """Yield the numbers of entries by their station, as many as one statement takes well.

    >>> list(in_lots([Ref("PTY-1", 4), Ref("MVD-1", 9), Ref("MVD-1", 7), Ref("MVD-1", 9)]))
    [('MVD-1', [7, 9]), ('PTY-1', [4])]
    """
    for station, own in groupby(sorted(set(refs)), attrgetter("station")):
        seqs = [seq for _, seq in own]
        for at in range(0, len(seqs), at_once):
            yield station, seqs[at : at + at_once]


def check_station(name: str) -> str:
    """Return the name of a station. Raises `LedgerError` for what cannot be one."""
    if _STATION.fullmatch(name) is None:
        raise LedgerError(
            f"a station cannot be called {name!r}: take up to 32 capitals A-Z and digits, with "
            ". _ - between them, such as MVD-1"
        )
    return name
