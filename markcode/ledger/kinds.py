"""Kinds of entries, and what each means for a mark and its arm (``kinds.toml``)."""

from __future__ import annotations

import enum
import pkgutil
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from markcode.ledger.refused import EventRefused

__all__ = ["Kind", "State", "event_kind", "kind", "known", "named"]

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


class State(enum.StrEnum):
    """What has become of a mark, as far as the ledger knows."""

    ISSUED = "issued"
    """Its number is given out; nothing says that it was struck."""
    UNKNOWN = "unknown"
    """It may be struck: marking began, and no reply came."""
    STRUCK = "struck"
    REJECTED = "rejected"
    """It is struck, and not fit for use."""
    VOID = "void"
    """Its number is never to be used again. Final."""


@dataclass(frozen=True)
class Kind:
    """What entries of one kind mean; a kind that is not declared changes nothing."""

    name: str
    ledger: bool = False
    """The ledger's own: nobody gives it as an event."""
    state: State | None = None
    """What becomes of the mark; None if nothing."""
    after: frozenset[State] | None = None
    """With which states of the mark it may be recorded; None: with any."""
    starts: bool = False
    """Whether a part is struck with it, or about to be."""
    needs: tuple[str, ...] = ()
    """Details without which it is not recorded."""
    records: str = "other"
    """Which retention rule holds: ``manufacture`` or ``other``."""
    reported: bool | None = None
    """True: the arm is missing from now on; False: it is there again."""
    source: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What people call it, by language."""

    def label(self, language: str = "en") -> str:
        """Return what people call it; the name itself where nothing is declared.

        >>> kind("marked").label("fr"), kind("put-on-display").label("fr")
        ('marqué', 'put on display')
        """
        return self.labels.get(language) or self.name.replace("-", " ")


@cache
def known() -> Mapping[str, Kind]:
    """Return the declared kinds by name."""
    raw = pkgutil.get_data("markcode.ledger", "kinds.toml")
    assert raw is not None
    return {name: _kind(name, said) for name, said in tomllib.loads(raw.decode()).items()}


def _kind(name: str, said: dict[str, Any]) -> Kind:
    state, after, reported = said.get("state"), said.get("after"), said.get("reported")
    return Kind(
        name,
        ledger=bool(said.get("ledger")),
        state=None if state is None else State(state),
        after=None if after is None else frozenset(map(State, after)),
        starts=bool(said.get("starts")),
        needs=tuple(said.get("needs", ())),
        records=str(said.get("records", "other")),
        reported=None if reported is None else bool(reported),
        source=str(said.get("source", "")),
        labels={language: str(said[language]) for language in ("en", "es", "pt", "fr")},
    )


def kind(name: str) -> Kind:
    """Return what entries of a kind mean.

    >>> kind("void").state, kind("stolen").reported, kind("put-on-display").state
    (<State.VOID: 'void'>, True, None)
    """
    return known().get(name) or Kind(name)


def named(text: str) -> str:
    """Return the name of the kind that a person means: its name, or what it is called.

    That is its label in any of the four languages, whatever the case, accents and gender; any
    other text as it is.

    >>> named("Robada"), named("volée"), named("stolen"), named("put-on-display")
    ('stolen', 'stolen', 'stolen', 'put-on-display')
    """
    return text if text in known() else _spoken().get(_said(text), text)


@cache
def _spoken() -> Mapping[str, str]:
    """Return the names of kinds by their labels; a label of several kinds is none's."""
    found: dict[str, set[str]] = {}
    for name, one in known().items():
        for label in (name, *one.labels.values()):
            found.setdefault(_said(label), set()).add(name)
    return {label: min(names) for label, names in found.items() if len(names) == 1}


def _said(text: str) -> str:
    """Return a label as it is compared."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    words = re.split(r"[\s_-]+", bare.casefold().strip())
    return " ".join(re.sub("(?:o|a|e|ee)s?$", "", word) for word in words)


def event_kind(name: str) -> Kind:
    """Return the kind of an event that somebody gives.

    Raises `EventRefused` for what cannot name a kind, and for the ledger's own kinds.
    """
    if _NAME.fullmatch(name) is None:
        raise EventRefused("kind", "event.kind", value=name)
    found = kind(name)
    if found.ledger:
        raise EventRefused("kind", "event.kind", value=name, reason="ledger")
    return found
