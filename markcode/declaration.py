"""What a marking standard declares: its elements, lines, events, options, keys and sources.

A declaration is data only. `markcode.format.Format` derives everything else from it: encode,
parse, verify, the record form, JSON Schema, the page of ``markcode formats NAME`` and the strategy
that tests it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal as OneOf
from typing import Protocol

from markcode.errors import ProfileError
from markcode.fields import Literal, Text, Value, Year
from markcode.layout import Token
from markcode.model import Elements, Event, Finding, Firearm, Payload, Requirements, Severity

__all__ = [
    "MOST_FAULTS",
    "Declaration",
    "Element",
    "EventRule",
    "Evidence",
    "Needed",
    "Option",
    "PayloadSyntax",
    "Reading",
    "Unique",
    "lacking",
]

Evidence = OneOf["C", "P", "U", "D"]
"""Confirmed, partly confirmed, unconfirmed, or a choice of ours."""

MOST_FAULTS = 3
"""With more faults than these, a text is another thing than a mark of a format."""

Owner = OneOf["firearm", "event"]


@dataclass(frozen=True, kw_only=True)
class Element:
    """One element of a mark: its name, form, and whose it is."""

    name: str
    type: Text
    owner: Owner = "firearm"
    attribute: str = ""
    """What it is called in a `Firearm` or `Event`, where that differs from its name: a mark may
    bear two countries or two years."""
    required: bool = True
    advised: bool = False
    """Optional, but the instrument encourages it."""
    struck: bool = True
    """False: it goes with the mark, for its unique key, and is no part of the struck text."""
    untested: bool = False
    """What it must be is not known (a check digit of an unpublished method)."""
    evidence: Evidence = "C"
    source: str = ""
    """Where the rule stands: clause of the instrument, or section of the project's notes."""
    note: str = ""

    def __post_init__(self) -> None:
        if not self.attribute:
            object.__setattr__(self, "attribute", self.name)

    @property
    def is_number(self) -> bool:
        """Whether the value is an int; only a year is."""
        return self.type.is_number

    def of(self, firearm: Firearm, event: Event) -> Value | None:
        """Return the element's value among the data of an arm and an event."""
        owner = firearm if self.owner == "firearm" else event
        return owner.get(self.attribute)

    @property
    def is_confirmed(self) -> bool:
        """Whether a breach is an error: the rule is confirmed, or a choice of ours."""
        return self.evidence in ("C", "D")


@dataclass(frozen=True, kw_only=True)
class Unique:
    """Elements that together may occur once; equal ones in two rows are a finding.

    With ``distinct``, only rows that differ in one of those elements are.
    """

    elements: tuple[str, ...]
    code: str = "duplicate.key"
    severity: Severity = "error"
    distinct: tuple[str, ...] = ()
    may_lack: tuple[str, ...] = ()
    """Those of the elements without which there is a key all the same; an absent one is empty."""


@dataclass(frozen=True, kw_only=True)
class Needed:
    """Elements that are required unless another element makes up for them."""

    elements: tuple[str, ...]
    unless_present: tuple[str, ...] = ()
    unless_pattern: tuple[str, str] | None = None
    """An element, and the pattern that its token matches as a whole."""

    def missing(self, tokens: Mapping[str, str]) -> tuple[str, ...]:
        """Return the elements that are needed and absent."""
        if any(name in tokens for name in self.unless_present):
            return ()
        if self.unless_pattern is not None:
            name, pattern = self.unless_pattern
            if re.fullmatch(pattern, tokens.get(name, "")):
                return ()
        return tuple(name for name in self.elements if name not in tokens)


def lacking(at: int, names: Sequence[str]) -> Finding:
    """Return the finding that elements lack at one place of a text."""
    if len(names) == 1:
        return Finding("element.missing", "error", names[0], (at, at))
    return Finding("element.missing", "error", None, (at, at), Elements(elements=list(names)))


@dataclass(frozen=True, kw_only=True)
class EventRule:
    """What one event puts on the metal."""

    kind: str
    elements: tuple[Element, ...]
    lines: tuple[str, ...]
    """Templates (`markcode.layout`): ``{country} {serial?}``."""
    unique: tuple[Unique, ...] = ()
    needed: tuple[Needed, ...] = ()
    provisional: bool = False
    """No rule of its content is confirmed: never ``valid``, and encoded only on request."""
    recognisable: bool = False
    """Whether such a mark can be told from other text without being told its format."""
    readable: bool = True
    """Whether the struck text can be split into its elements again."""
    parts: tuple[str, ...] = ()
    """Parts of the arm that must bear this mark, where they differ from the format's."""
    forbids: tuple[Literal, ...] = ()
    """Drawn symbols that say what this mark must not say."""
    separators: tuple[str, ...] = ()
    """What separates its elements, where that differs from the format's."""
    source: str = ""

    def element(self, name: str) -> Element:
        """Return the element of that name; KeyError if there is none."""
        return self._by_name[name]

    def arm(self, values: Mapping[str, Value]) -> tuple[Firearm, Event]:
        """Return ``values`` by element as the arm's and the event's own. KeyError as `element`."""
        for name in values:
            self.element(name)
        return (
            Firearm.of(self.owned_by("firearm", values)),
            Event.of(self.owned_by("event", values), kind=self.kind),
        )

    def owned_by(self, owner: Owner, values: Mapping[str, Value]) -> Mapping[str, Value]:
        """Return those of the ``values``, by element, that are the owner's, as it calls them."""
        if self._calls_all_by_name == owner:
            return values
        of, called = self._by_name, self._called[owner]
        return {called[n]: value for n, value in values.items() if of[n].owner == owner}

    @cached_property
    def _called(self) -> dict[Owner, dict[str, str]]:
        """What an owner calls each of its elements."""
        owners: tuple[Owner, ...] = ("firearm", "event")
        return {
            owner: {e.name: e.attribute for e in self.elements if e.owner == owner}
            for owner in owners
        }

    @cached_property
    def _calls_all_by_name(self) -> Owner | None:
        """Who owns every element, and calls each as it is called here."""
        for owner, called in self._called.items():
            if all(called.get(name) == name for name in self._by_name):
                return owner
        return None

    def has_own(self, owner: Owner) -> bool:
        """Return whether any element is the owner's."""
        return bool(self._called[owner])

    def carries(self, element: Element) -> bool:
        """Return whether the mark says the element: struck, or in a record that stands for it."""
        return element.struck or not self.readable

    def year_beside(self, element: Element) -> str:
        """Return the name of the year that an element's owner has; empty if it has none."""
        return self._years.get(element.owner, "")

    @cached_property
    def _years(self) -> dict[Owner, str]:
        return {other.owner: other.name for other in self.elements if other.attribute == "year"}

    @property
    def names(self) -> Collection[str]:
        """The names of its elements, in declared order."""
        return self._by_name.keys()

    @cached_property
    def _by_name(self) -> dict[str, Element]:
        return {element.name: element for element in self.elements}


@dataclass(frozen=True, kw_only=True)
class Option:
    """A choice that the standard leaves open: its values (or a description) and default."""

    key: str
    values: tuple[str, ...] = ()
    default: str = ""
    doc: str = ""

    def check(self, value: str, name: str) -> None:
        """Raise `ProfileError` if ``value`` is none of the listed ones."""
        if self.values and value not in self.values:
            raise ProfileError(
                f"{name}: option {self.key}={value!r} is not one of {', '.join(self.values)}"
            )


@dataclass(frozen=True)
class Reading:
    """What a text says: the token of each element, the faults of its form, and what it leads to."""

    tokens: Mapping[str, Token]
    findings: tuple[Finding, ...] = ()
    data: Mapping[str, str] = field(default_factory=dict)
    """Derived values for `Report.data`, such as the UII."""
    undetermined: bool = False
    """Well-formed as far as seen, but what was seen does not decide."""
    is_record: bool = False
    """Whether it was read from labelled text, whose values may be written in full."""
    is_judged: bool = False
    """Whether the values were judged while they were read."""


class PayloadSyntax(Protocol):
    """How a standard writes its struck text and its symbol, where templates do not say it."""

    def write(self, tokens: Mapping[str, str]) -> tuple[str, Payload]:
        """Return the struck text and the payload."""

    def read(self, text: str) -> Reading:
        """Read a payload (or what a scanner left of it); never raises for a bad text."""

    def read_gs1(self, text: str) -> Reading | None:
        """Read the data of a symbol with FNC1 in first position; None if it takes no such data."""

    def accept(self, text: str, is_gs1: bool) -> tuple[Mapping[str, str], Mapping[str, str]] | None:
        """Return the elements of a good text, each right by itself, and what they lead to; None of
        what is not plain to see, and of a record.
        """

    def judge(self, tokens: Mapping[str, Token]) -> Reading:
        """Return what the elements of a record lead to together, and what is wrong with that."""

    def marked(self, names: Collection[str]) -> tuple[str, ...]:
        """Return those of the elements given that the mark says."""

    @property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """Groups of elements, of which exactly one stands whole in a mark."""

    def claims(self, text: str) -> bool:
        """Return whether the text can be nothing else, even if something is wrong with it."""

    @property
    def longest(self) -> int:
        """Characters of the longest payload."""

    @property
    def plain(self) -> Collection[str]:
        """Elements that text and payload hold as they are.

        Beyond their own field nothing is judged about them but how long they are together.
        """


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """One marking standard, declared once."""

    name: str
    title: Mapping[str, str]
    source: str
    summary: str
    events: tuple[EventRule, ...]
    options: tuple[Option, ...] = ()
    requirements: Requirements = Requirements()
    countries: tuple[str, ...] = ()
    """States whose own rule this is, alpha-2; none for a treaty or an industry standard."""
    in_force: datetime.date | None = None
    ended: datetime.date | None = None
    provisional: Mapping[str, str] = field(default_factory=Elements)
    """Why every report says that the format is provisional, by language; empty if it is not."""
    separators: tuple[str, ...] = (" ",)
    """What stands between elements: the first is written, all are read without a finding."""
    symbols: Mapping[str, Literal] = field(default_factory=Elements)
    """Drawn symbols by name, with their plain-text token and spellings."""
    literals: Mapping[str, Literal] = field(default_factory=Elements)
    """Words of the lines that have further spellings, by the canonical one."""
    emblems: Mapping[str, tuple[str, ...]] = field(default_factory=Elements)
    """Outlines of drawn symbols that the format brings along, as paths, by name."""
    files: Mapping[str, bytes] = field(default_factory=Elements)
    """The file that declares it, by name; none for a built-in one."""
    check_over: tuple[str, ...] = ("serial",)
    """What a check may cover, default first: ``mark`` adds a token, ``serial`` ends the serial."""
    check: str | None = None
    """The check system, where the standard itself fixes one."""
    covers: tuple[str, ...] = ()
    """Elements that a check over the mark covers, in order; all of the line's if empty."""
    syntax: PayloadSyntax | None = None
    """How a symbol's payload is written, where it is neither the lines nor the record."""
    specialise: Callable[[Declaration, Mapping[str, str]], Declaration] | None = field(
        default=None, compare=False
    )
    """Applies the options that only this standard has."""

    def __post_init__(self) -> None:
        for name in ("title", "provisional", "symbols", "literals", "emblems", "files"):
            object.__setattr__(self, name, Elements(getattr(self, name)))

    def rule(self, kind: str | None) -> EventRule:
        """Return the rule of an event, the first one by default. Raises `ProfileError`."""
        if kind is None:
            return self.events[0]
        for rule in self.events:
            if rule.kind == kind:
                return rule
        known = ", ".join(rule.kind for rule in self.events)
        raise ProfileError(f"{self.name} has no event {kind!r}; it has: {known}")

    def configured(self, options: Mapping[str, str]) -> Declaration:
        """Return the declaration with the options applied. Raises `ProfileError`."""
        known = {option.key: option for option in self.options}
        for key, value in options.items():
            if key not in known:
                listed = ", ".join(known) or "none"
                raise ProfileError(f"{self.name} has no option {key!r}; it has: {listed}")
            if not isinstance(value, str):
                raise ProfileError(f"{self.name}: option {key} is a text, not {value!r}")
            known[key].check(value, self.name)
        chosen = {key: option.default for key, option in known.items()} | dict(options)
        declaration = self
        if self.specialise is not None:
            declaration = self.specialise(self, chosen)
        for key, value in options.items():
            if key.startswith("length."):
                declaration = declaration._with_length(key.removeprefix("length."), value)
            elif key == "year_window":
                declaration = declaration._with_window(value)
        return declaration

    def _with_length(self, name: str, value: str) -> Declaration:
        match = re.fullmatch(r"([0-9]{1,3})(?:-([0-9]{1,3}))?", value)
        if match is None:
            raise ProfileError(
                f"{self.name}: option length.{name}={value!r} is not a length such as 5 or 2-4"
            )
        least, most = int(match[1]), int(match[2] or match[1])

        def narrow(text: Text) -> Text:
            if not 1 <= text.least <= least <= most <= text.most:
                raise ProfileError(
                    f"{self.name}: option length.{name}={value}: the format allows "
                    f"{text.least} to {text.most}"
                )
            return replace(text, least=least, most=most)

        if not any(name in rule.names for rule in self.events):
            raise ProfileError(f"{self.name} with these options has no element {name!r}")
        return self._retyped(lambda element: element.name == name, narrow)

    def _with_window(self, value: str) -> Declaration:
        """Replace the window of every year; `none` takes it away."""
        match = re.fullmatch(r"([0-9]{4})-([0-9]{4})", value)
        if match is None and value != "none":
            raise ProfileError(
                f"{self.name}: option year_window={value!r} is not two years such as 1930-2029"
            )
        window = (int(match[1]), int(match[2])) if match else None
        if window is not None and not 0 <= window[1] - window[0] <= 99:
            raise ProfileError(
                f"{self.name}: option year_window={value}: a window of two digits "
                "spans one to a hundred years, the earlier first"
            )

        def move(text: Text) -> Text:
            assert isinstance(text, Year)
            return replace(text, window=window) if 2 in text.digits else text

        return self._retyped(lambda element: element.is_number, move)

    def _retyped(
        self, chosen: Callable[[Element], bool], change: Callable[[Text], Text]
    ) -> Declaration:
        events = tuple(
            replace(
                rule,
                elements=tuple(
                    replace(element, type=change(element.type)) if chosen(element) else element
                    for element in rule.elements
                ),
            )
            for rule in self.events
        )
        return replace(self, events=events)
