"""The values that flow through markcode: data of an arm, event, marking, finding, report.

All are frozen: a value that was checked stays what it was. Serial numbers and codes are text, so
that leading zeros stay; only a year is a number.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self, TypeVar

from markcode import lengths, notation
from markcode.errors import ElementError

__all__ = [
    "EVENT_KINDS",
    "NO_ELEMENTS",
    "Elements",
    "Event",
    "Finding",
    "Firearm",
    "Marking",
    "Parsed",
    "Payload",
    "Report",
    "Requirements",
    "Severity",
    "Verdict",
]

Severity = Literal["error", "warning", "info"]
Verdict = Literal["valid", "suspect", "invalid", "undetermined"]

EVENT_KINDS = (
    "manufacture",
    "import",
    "transfer",
    "confiscation",
    "deactivation",
    "state-owned",
    "registration",
)
"""Kinds of event that built-in formats have; a format file may declare others."""


class Elements(Mapping[str, Any]):
    """A small mapping that cannot change: hashable, comparable and picklable."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, Any] | None = None, /, **more: Any) -> None:
        self._items: dict[str, Any] = {**(items or {}), **more}

    def __getitem__(self, key: str) -> Any:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset((key, repr(value)) for key, value in self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)


NO_ELEMENTS = Elements()

_Made = TypeVar("_Made")


def made(kind: type[_Made], fields: Mapping[str, Any]) -> _Made:
    """Return the value of a frozen class with all its fields, which are known to be good.

    Nothing is checked: only for what is made very often from values that were checked before.
    """
    value = object.__new__(kind)
    value.__dict__.update(fields)
    return value


class _Data:
    """What `Firearm` and `Event` share: checked values, and one namespace of elements."""

    extra: Mapping[str, str]

    def __post_init__(self) -> None:
        for name in self._common():
            value = getattr(self, name)
            if value is None or (name != "year" and isinstance(value, str)):
                continue
            if name != "year":
                raise ElementError(f"{name} is text, not {value!r}: write it as a str")
            if not isinstance(value, int) or isinstance(value, bool):
                raise ElementError(f"year is a whole number such as 2026, not {value!r}")
        if self.extra is not NO_ELEMENTS:
            self._freeze_extra()

    def _freeze_extra(self) -> None:
        for name, value in self.extra.items():
            if not isinstance(name, str) or not isinstance(value, str):
                raise ElementError(f"extra holds text by name, not {name!r}: {value!r}")
        object.__setattr__(self, "extra", Elements(self.extra))

    @classmethod
    def of(cls, values: Mapping[str, Any], **more: Any) -> Self:
        """Return the value of these elements: those without an attribute go into ``extra``."""
        common = cls._common()
        extra = {name: value for name, value in values.items() if name not in common}
        if extra:
            values = {name: value for name, value in values.items() if name in common}
            more["extra"] = extra
        return cls(**values, **more)

    @classmethod
    def trusted(cls, values: Mapping[str, Any], **more: Any) -> Self:
        """As `of`, for values that were read: they are text, and a year a number, already."""
        absent = _ABSENT[cls]
        fields = {**absent, **values}
        extra = NO_ELEMENTS
        if len(fields) > len(absent):
            extra = Elements({name: fields.pop(name) for name in values if name not in absent})
        fields["extra"] = extra
        fields.update(more)
        return made(cls, fields)

    def get(self, element: str) -> str | int | None:
        """Return the value of ``element``, whether a common one or one of ``extra``."""
        if element in self._common():
            value: str | int | None = getattr(self, element)
            return value
        return self.extra.get(element)

    def elements(self) -> dict[str, str | int]:
        """Return every element that has a value, by name."""
        common = {name: getattr(self, name) for name in self._common()}
        return {name: v for name, v in {**common, **self.extra}.items() if v is not None}

    @classmethod
    def _common(cls) -> tuple[str, ...]:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Firearm(_Data):
    """The data of one arm.

    >>> Firearm(country="CO", serial="01238", year=2026).get("serial")
    '01238'
    """

    manufacturer: str | None = None
    """Name, brand or code of the maker."""
    country: str | None = None
    """Country of manufacture."""
    serial: str | None = None
    """Serial number, as text: leading zeros are part of it."""
    year: int | None = None
    """Year of manufacture, four digits."""
    model: str | None = None
    calibre: str | None = None
    type: str | None = None
    """Kind of arm: pistol, rifle ..."""
    extra: Mapping[str, str] = NO_ELEMENTS
    """Elements that a format declares beyond these."""

    @classmethod
    def _common(cls) -> tuple[str, ...]:
        return ("manufacturer", "country", "serial", "year", "model", "calibre", "type")


@dataclass(frozen=True)
class Event(_Data):
    """Why a mark is applied, with the data of that event (contracts.md section 3).

    >>> Event("import", country="CO", year=2026).kind
    'import'
    """

    kind: str
    """One of ``EVENT_KINDS``, or a kind that a format file declares."""
    country: str | None = field(default=None, kw_only=True)
    """Country that imports, transfers, confiscates ..."""
    year: int | None = field(default=None, kw_only=True)
    importer: str | None = field(default=None, kw_only=True)
    force: str | None = field(default=None, kw_only=True)
    number: str | None = field(default=None, kw_only=True)
    extra: Mapping[str, str] = field(default=NO_ELEMENTS, kw_only=True)

    @classmethod
    def _common(cls) -> tuple[str, ...]:
        return ("country", "year", "importer", "force", "number")


_ABSENT: Mapping[type[_Data], Mapping[str, None]] = {
    kind: dict.fromkeys(kind._common()) for kind in (Firearm, Event)
}
"""The common elements of each, none of which has a value."""


@dataclass(frozen=True)
class Payload:
    """The content of a machine-readable symbol.

    ``str`` is Latin-1 where it fits, else UTF-8 with an ECI; ``bytes`` go in as Base 256;
    ``gs1`` puts FNC1 first, and a GS in the data is then FNC1 too.
    """

    data: str | bytes
    gs1: bool = False

    def __str__(self) -> str:
        return notation.escape(self.data)


@dataclass(frozen=True)
class Requirements:
    """What the metal must bear: lengths in nanometres, parts of the arm."""

    height_nm: int | None = None
    depth_nm: int | None = None
    parts: tuple[str, ...] = ()
    source: str = ""
    depth_from: datetime.date | None = None
    """The day from which arms placed on the market need the depth; None: it holds for all."""

    def depth_on(self, day: datetime.date | None) -> int | None:
        """Return the depth asked for of an arm placed on the market that day; None: of any arm.

        >>> needs = Requirements(depth_nm=76_200, depth_from=datetime.date(2025, 7, 22))
        >>> needs.depth_on(datetime.date(2025, 7, 21)), needs.depth_on(None)
        (None, 76200)
        """
        if self.depth_from is not None and day is not None and day < self.depth_from:
            return None
        return self.depth_nm

    def describe(self) -> str:
        """Return the sizes as a person reads them.

        >>> Requirements(height_nm=1_587_500, depth_nm=76_200).describe()
        'height at least 1.5875 mm, depth at least 0.0762 mm'
        """
        sizes = [("height", self.height_nm), ("depth", self.depth_nm)]
        text = ", ".join(
            f"{name} at least {lengths.to_text(value)}"
            for name, value in sizes
            if value is not None
        )
        return f"{text} from {self.depth_from}" if self.depth_from else text


@dataclass(frozen=True)
class Finding:
    """One thing that was noticed about a mark.

    ``span`` counts code points of the text as received, ``[start, end)``; None for data to be
    encoded. The wording is not here: :meth:`message` takes it from the catalogue.
    """

    code: str
    severity: Severity = "error"
    element: str | None = None
    span: tuple[int, int] | None = None
    params: Mapping[str, Any] = NO_ELEMENTS

    def __post_init__(self) -> None:
        if not isinstance(self.params, Elements):
            object.__setattr__(self, "params", Elements(self.params))

    def moved(self, by: int) -> Finding:
        """Return the finding about a text that has so many code points more before it."""
        if self.span is None or not by:
            return self
        start, end = self.span
        return replace(self, span=(start + by, end + by))

    def message(self, language: str = "en") -> str:
        """Return the wording in ``language`` (en, es, pt, fr)."""
        from markcode import messages

        return messages.render(self, language)

    def to_dict(self, language: str = "en") -> dict[str, Any]:
        """Return the finding as in contracts.md section 6."""
        return {
            "code": self.code,
            "severity": self.severity,
            "element": self.element,
            "span": list(self.span) if self.span is not None else None,
            "params": {key: _plain(value) for key, value in self.params.items()},
            "message": self.message(language),
        }


@dataclass(frozen=True)
class Parsed:
    """What a mark says: the arm, the event, and the check character(s) as text."""

    firearm: Firearm
    event: Event
    check: str | None = None


@dataclass(frozen=True)
class Marking:
    """What one event puts on the metal, and what the symbol beside it holds."""

    format: str
    parsed: Parsed
    """The elements that are marked, in canonical form."""
    lines: tuple[str, ...]
    """The lines as struck."""
    line_elements: tuple[tuple[str, ...], ...]
    """For each line, the names of the elements that it bears."""
    record: str
    """The same content as labelled text, one element a line."""
    payload: Payload
    requirements: Requirements = Requirements()
    findings: tuple[Finding, ...] = ()
    """Warnings and notes; a mark with an error is never made."""
    drawn: tuple[str, ...] = ()
    """The lines with drawn symbols as ``<NAME>``, where they hold one."""

    beside: Mapping[str, str | int] = NO_ELEMENTS
    """Elements that are not struck, but go with the mark: the maker's serial beside a scheme's."""

    @property
    def drawn_lines(self) -> tuple[str, ...]:
        """The lines to draw: as struck, with ``<NAME>`` where a symbol is drawn."""
        return self.drawn or self.lines

    @property
    def text(self) -> str:
        """The lines joined by LF."""
        return "\n".join(self.lines)

    @property
    def check(self) -> str | None:
        """The check character(s), if the profile has a check."""
        return self.parsed.check

    @property
    def event(self) -> str:
        """The kind of the event."""
        return self.parsed.event.kind

    def to_dict(self, language: str = "en") -> dict[str, Any]:
        """Return the marking as in contracts.md section 6."""
        return {
            "format": self.format,
            "event": self.event,
            "text": notation.escape(self.text),
            "lines": [notation.escape(line) for line in self.lines],
            "record": notation.escape(self.record),
            "payload": str(self.payload),
            "check": self.check,
            "firearm": firearm_dict(self.parsed.firearm),
            "findings": [finding.to_dict(language) for finding in self.findings],
        }


@dataclass(frozen=True)
class Report:
    """The findings about one mark, and its verdict."""

    input: str | bytes
    """The text or bytes as received."""
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    format: str | None = None
    event: str | None = None
    """The kind of the event that the mark was read as."""
    firearm: Firearm | None = None
    """The elements that were read; one that could not be read is None."""
    check: str | None = None
    data: Mapping[str, Any] = NO_ELEMENTS

    def __post_init__(self) -> None:
        if not isinstance(self.data, Elements):
            object.__setattr__(self, "data", Elements(self.data))

    @property
    def ok(self) -> bool:
        """Whether the verdict is ``valid``."""
        return self.verdict == "valid"

    def to_dict(self, language: str = "en") -> dict[str, Any]:
        """Return the report as in contracts.md section 6 (schema: docs/schemas/report.json)."""
        return {
            "input": notation.escape(self.input),
            "format": self.format,
            "event": self.event,
            "verdict": self.verdict,
            "ok": self.ok,
            "findings": [finding.to_dict(language) for finding in self.findings],
            "firearm": firearm_dict(self.firearm) if self.firearm is not None else None,
            "check": self.check,
            "data": {key: _plain(value) for key, value in self.data.items()},
        }


def firearm_dict(firearm: Firearm) -> dict[str, Any]:
    """Return the elements of an arm for JSON, with every common key present."""
    common = {name: firearm.get(name) for name in Firearm._common()}
    return {**common, "extra": dict(firearm.extra)}


def _plain(value: Any) -> Any:
    """Return ``value`` made of what JSON has; text in the notation for control characters."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, (str, bytes)):
        return notation.escape(value)
    return value
