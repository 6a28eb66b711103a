"""What a series of serial numbers is: pattern, alphabet, check, range and owner."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markcode import checks
from markcode.errors import CheckError, LedgerError
from markcode.jobs.serials import Serials
from markcode.ledger.refs import check_station

__all__ = ["Series"]

_NAME = re.compile(r"[^\W_](?:[\w.-]{0,38}[^\W_])?")
_MOST = 10**18 - 1
"""The greatest number of any series: one that every database and table can hold."""


@dataclass(frozen=True)
class Series:
    """A series of serial numbers; make one with `of`, which checks it."""

    name: str
    plan: Serials
    check: str | None
    """The check system whose characters end each serial."""
    first: int
    last: int
    owner: str | None
    """The station that grants its numbers; None where each station takes them itself."""

    @classmethod
    def of(
        cls,
        name: str,
        pattern: str,
        alphabet: str = "safe",
        check: str | None = None,
        first: int = 1,
        last: int | None = None,
        owner: str | None = None,
    ) -> Series:
        """Return a series of the numbers ``first`` to ``last``, by default all of the pattern.

        >>> Series.of("NATIONAL", "A{6}", "digits", check="iso7064-mod37-36").text(42)
        'A000042W'

        Raises `LedgerError`, `markcode.jobs.serials.SerialError` or `ProfileError` for what cannot
        be a series.
        """
        if _NAME.fullmatch(name) is None:
            raise LedgerError(
                f"a series cannot be called {name!r}: take up to 40 letters and digits, with "
                ". _ - between them, such as NATIONAL-2026"
            )
        given = Serials.parse(pattern, alphabet)
        # By its characters: what a name stands for may change, the numbers of a series may not.
        plan = Serials(given.prefix, given.length, given.alphabet, given.alphabet)
        if not (plan.prefix + plan.alphabet).isprintable():
            raise LedgerError(f"series {name}: {pattern!r} has characters that nothing can bear")
        most = min(plan.last, _MOST)
        last = most if last is None else last
        if not 1 <= first <= last <= most:
            raise LedgerError(
                f"series {name}: numbers {first} to {last} were asked for, and {pattern} with this "
                f"alphabet holds 1 to {most}"
            )
        if owner is not None:
            check_station(owner)
        made = cls(name, plan, check, first, last, owner)
        made._refuse_strange()
        return made

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Series:
        """Return the series that the data of an entry describe."""
        return cls.of(**data)

    @property
    def data(self) -> dict[str, Any]:
        """What the entry of the series says."""
        return {
            "name": self.name,
            "pattern": self.plan.pattern,
            "alphabet": self.plan.alphabet,
            "check": self.check,
            "first": self.first,
            "last": self.last,
            "owner": self.owner,
        }

    def text(self, number: int) -> str:
        """Return the serial of a number, with its check character."""
        serial = self.plan.text(number)
        return serial if self.check is None else checks.get(self.check).append(serial)

    def refuse_other_check(self, check: str | None) -> None:
        """Raise `LedgerError` unless ``check`` is what a profile wants each serial to end with."""
        if check != self.check:
            raise LedgerError(
                f"the serials of series {self.name} end with {_check(self.check)}, and the profile "
                f"wants {_check(check)}: give the profile --check NAME --check-over serial, or "
                "leave them out"
            )

    def _refuse_strange(self) -> None:
        """Raise `LedgerError` where a serial could not have its check character."""
        if self.check is None:
            return
        system = checks.get(self.check)
        strange = set(self.plan.prefix + self.plan.alphabet) - set(system.alphabet)
        if strange:
            raise LedgerError(
                f"series {self.name}: {self.check} does not know {min(strange)!r}; choose another "
                "check system, or other characters"
            )
        try:
            self.text(self.first)
        except CheckError as fault:
            raise LedgerError(f"series {self.name}: {fault}") from fault


def _check(name: str | None) -> str:
    return f"a check of {name}" if name else "no check"
