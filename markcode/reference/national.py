"""What each State's own law says of marks, and the instruments that it has joined or practises.

Only what was read stands here, with its evidence: a State without a row is one of which nothing was
read, and a rule without a form is a duty whose form is not known. Data and sources: `national.csv`,
`adherence.csv`.

>>> [(rule.law, rule.formats) for rule in rules("PA")]
[('Law 57/2011 Arts 22(6), 64; report 2014', ('pa-57-2011',))]
>>> [adherence.format for adherence in treaties("KE")]
['recsa']
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from markcode.reference import data

__all__ = ["Adherence", "NationalRule", "rules", "states", "treaties"]


@dataclass(frozen=True, kw_only=True)
class NationalRule:
    """One rule of a State, or its practice, on marks."""

    country: str
    """Alpha-2 code."""
    law: str
    """The law with its article, or the practice that was reported."""
    events: tuple[str, ...]
    """Kinds of event, also export, registration (a mark or number later), possession, alteration
    and spare-part; none where the text was not seen."""
    duty: str
    """What is asked, in one sentence."""
    form: str
    """How it looks on the metal, in a few words; empty where no form is known."""
    form_evidence: str
    """Evidence of the form; empty where none is known."""
    formats: tuple[str, ...]
    """Formats of markcode that implement the rule."""
    evidence: str
    """Evidence of the duty: C confirmed, P partly confirmed, U unconfirmed."""
    source: str
    """Where the text was read."""


@dataclass(frozen=True, kw_only=True)
class Adherence:
    """A State's tie to an international instrument."""

    country: str
    """Alpha-2 code."""
    instrument: str
    """Name and year of the instrument."""
    format: str
    """The format of markcode for it; empty where there is none."""
    ground: str
    """Why the State is listed: a law, a membership, a practice."""
    evidence: str
    """C confirmed, P partly confirmed, U unconfirmed."""
    source: str
    """Where the ground was read."""


def rules(alpha2: str) -> tuple[NationalRule, ...]:
    """Return a State's own rules in the order of the table; none where nothing was read of it."""
    return tuple(rule for rule in _rules() if rule.country == alpha2)


def treaties(alpha2: str) -> tuple[Adherence, ...]:
    """Return the instruments that a State is known to have joined, adopted or to practise."""
    return tuple(adherence for adherence in _adherences() if adherence.country == alpha2)


def states() -> tuple[str, ...]:
    """Return the alpha-2 codes of the States of which a rule or a treaty is known, in order.

    >>> states()[:3]
    ('AE', 'AR', 'AT')
    """
    return tuple(
        sorted({rule.country for rule in _rules()} | {tie.country for tie in _adherences()})
    )


@functools.cache
def _rules() -> tuple[NationalRule, ...]:
    return tuple(
        NationalRule(
            country=row["country"],
            law=row["law"],
            events=tuple(row["events"].split()),
            duty=row["duty"],
            form=row["form"],
            form_evidence=row["form_evidence"],
            formats=tuple(row["format"].split()),
            evidence=row["evidence"],
            source=row["source"],
        )
        for row in data.rows("national.csv")
    )


@functools.cache
def _adherences() -> tuple[Adherence, ...]:
    return tuple(Adherence(**row) for row in data.rows("adherence.csv"))
