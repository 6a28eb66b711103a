"""How long records must be kept, and which are past that. Nothing here deletes anything.

The rules are data (``retention.toml``). Without a policy, records are kept for ever; with one, a
report says how many entries the instrument would no longer require. A chain without gaps is what
makes a ledger worth trusting, so there is no command that removes entries from it.
"""

from __future__ import annotations

import datetime
import pkgutil
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, case, func, select

from markcode.errors import LedgerError
from markcode.ledger.kinds import kind, known
from markcode.ledger.schema import ENTRY

__all__ = ["Past", "Rule", "past", "policies", "policy"]

_OTHER = "other"


@dataclass(frozen=True)
class Rule:
    """How long an instrument wants records of one sort to be kept."""

    policy: str
    records: str
    """`manufacture` or `other`: `kinds.Kind.records`."""
    min_years: int
    source: str
    evidence: str

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self)

    def cutoff(self, as_of: datetime.date) -> datetime.date:
        """Return the first day whose records must still be kept on ``as_of``.

        >>> Rule("x", "other", 10, "", "C").cutoff(datetime.date(2036, 2, 29))
        datetime.date(2026, 2, 28)
        """
        year = as_of.year - self.min_years
        if year < datetime.MINYEAR:
            return datetime.date.min
        try:
            return as_of.replace(year=year)
        except ValueError:  # 29 February
            return as_of.replace(year=year, day=28)


@dataclass(frozen=True)
class Past:
    """Entries of one kind and year that are older than a policy asks for."""

    year: int
    kind: str
    records: str
    min_years: int
    entries: int
    first: str
    """When the oldest was written: UTC, ISO 8601."""
    last: str

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self)


@cache
def policies() -> Mapping[str, tuple[Rule, ...]]:
    """Return the rules of every policy, by its name."""
    raw = pkgutil.get_data("markcode.ledger", "retention.toml")
    assert raw is not None
    rules = [Rule(**rule) for rule in tomllib.loads(raw.decode())["rule"]]
    names = dict.fromkeys(rule.policy for rule in rules)
    return {name: tuple(rule for rule in rules if rule.policy == name) for name in names}


def policy(name: str) -> tuple[Rule, ...]:
    """Return the rules of a policy. Raises `LedgerError` for an unknown one.

    >>> [(rule.records, rule.min_years) for rule in policy("iti")]
    [('manufacture', 30), ('other', 20)]
    """
    rules = policies().get(name)
    if rules is None:
        raise LedgerError(f"no policy {name!r}: there are {', '.join(policies())}")
    return rules


def past(connection: Connection, rules: Sequence[Rule], as_of: datetime.date) -> list[Past]:
    """Return how many entries are past what the rules ask for, oldest first.

    The years count from the day on which an entry was written, which is never before the day that
    it tells of. The whole table is read once.
    """
    of = {rule.records: rule for rule in rules}
    kept_from = {name: rule.cutoff(as_of).isoformat() for name, rule in of.items()}
    special = [name for name, found in known().items() if found.records != _OTHER]
    cutoff = case(
        {name: kept_from[kind(name).records] for name in special},
        value=ENTRY.c.kind,
        else_=kept_from[_OTHER],
    )
    year = func.substr(ENTRY.c.time, 1, 4)
    query = (
        select(year, ENTRY.c.kind, func.count(), func.min(ENTRY.c.time), func.max(ENTRY.c.time))
        .where(ENTRY.c.time < max(kept_from.values()), ENTRY.c.time < cutoff)
        .group_by(year, ENTRY.c.kind)
        .order_by(year, ENTRY.c.kind)
    )
    return [
        Past(int(year), name, kind(name).records, of[kind(name).records].min_years, *rest)
        for year, name, *rest in connection.execute(query)
    ]
