"""What an operator may set at an equipment beside the sizes: each setting declared once.

>>> power = Setting("power", "integer", default="600", least=0, most=1000)
>>> power.read("700"), Setting("tool", "choice", values=("laser", "needle")).read("laser")
(700, 'laser')
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from markcode import lengths
from markcode.errors import LengthError, ProfileError
from markcode.model import NO_ELEMENTS, Elements

__all__ = ["Kind", "Setting", "Value", "resolve"]

Kind = Literal["choice", "integer", "number", "length", "percent", "text"]
Value = str | int | Decimal
"""Of a choice or text: str; integer and percent: int; length: nanometres; number: a Decimal."""

_KINDS = ("choice", "integer", "number", "length", "percent", "text")
_NUMBERS = {"integer": "[0-9]{1,9}", "number": r"[0-9]{1,9}(?:\.[0-9]{1,6})?"}
_EXAMPLES = {
    "integer": "a whole number",
    "number": "a number such as 0.5",
    "length": "a length such as 0.1mm",
    "percent": "a percentage such as 80%",
}


@dataclass(frozen=True)
class Setting:
    """One setting. Bounds are in the unit of the value; ``default`` as it would be typed."""

    name: str
    kind: Kind
    values: tuple[str, ...] = ()
    """Of a choice."""
    default: str | None = None
    """None: it must be given, or nothing is set where it is optional."""
    optional: bool = False
    least: Decimal | None = None
    most: Decimal | None = None
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Values of other settings with which alone this one counts: it is required only there."""
    title: Mapping[str, str] = NO_ELEMENTS
    """What it sets, by language."""
    evidence: str = ""
    """Letter of standards/equipment.md; U: unconfirmed, so it is never assumed."""

    def __post_init__(self) -> None:
        if self.kind not in _KINDS:
            raise ProfileError(f"setting {self.name}: there is no kind {self.kind!r}")
        if self.default is not None:
            self.read(self.default)

    def read(self, text: str) -> Value:
        """Return the value that was typed. Raises `ProfileError`."""
        value = self._read(text.strip())
        if value is None or not self._is_within(value):
            raise ProfileError(f"--setting {self.name}={text}: {self.name} is {self.expected()}")
        return value

    def describe(self) -> dict[str, Any]:
        """Return the setting as plain data, for JSON; bounds as decimal text."""
        return {
            "name": self.name,
            "kind": self.kind,
            "values": list(self.values),
            "default": self.default,
            "required": self.default is None and not self.optional,
            "least": None if self.least is None else str(self.least),
            "most": None if self.most is None else str(self.most),
            "when": {name: list(values) for name, values in self.when.items()},
            "title": dict(self.title),
            "evidence": self.evidence,
        }

    def expected(self) -> str:
        """Return what may be typed, as a person reads it."""
        if self.kind == "choice":
            return " or ".join(self.values)
        if self.kind == "text":
            return "a text" if self.most is None else f"a text of at most {self.most} characters"
        between = ""
        if self.least is not None and self.most is not None:
            between = f" from {self._shown(self.least)} to {self._shown(self.most)}"
        elif self.least is not None:
            between = f" of at least {self._shown(self.least)}"
        elif self.most is not None:
            between = f" of at most {self._shown(self.most)}"
        return _EXAMPLES[self.kind] + between

    def bounds(self) -> str:
        """Return what may be typed, in no language: ``a | b``, ``60% .. 105%``, ``>= 1``.

        >>> Setting("dot", "percent", least=Decimal(60), most=Decimal(105)).bounds()
        '60% .. 105%'
        """
        if self.kind == "choice":
            return " | ".join(self.values)
        least, most = (
            None if bound is None else self._shown(bound) for bound in (self.least, self.most)
        )
        if self.kind == "text" or (least is None and most is None):
            return ""
        if least is None or most is None:
            return f">= {least}" if most is None else f"<= {most}"
        return f"{least} .. {most}"

    def counts(self, others: Mapping[str, Any]) -> bool:
        """Return whether the setting means anything beside the values of ``others``."""
        return all(others.get(name) in wanted for name, wanted in self.when.items())

    def _read(self, text: str) -> Value | None:
        if self.kind == "choice":
            return text if text in self.values else None
        if self.kind == "text":
            return text if text.isprintable() else None
        if self.kind == "length":
            try:
                return lengths.parse(text)
            except LengthError:
                return None
        if self.kind == "percent":
            return int(text[:-1]) if re.fullmatch("[0-9]{1,4}%", text) else None
        if re.fullmatch(_NUMBERS[self.kind], text) is None:
            return None
        return int(text) if self.kind == "integer" else Decimal(text)

    def _is_within(self, value: Value) -> bool:
        size = len(value) if isinstance(value, str) else value
        if self.least is not None and size < self.least:
            return False
        return self.most is None or size <= self.most

    def _shown(self, bound: Decimal) -> str:
        if self.kind == "length":
            return lengths.to_text(int(bound))
        return f"{bound}%" if self.kind == "percent" else str(bound)


def resolve(
    equipment: str, declared: Iterable[Setting], given: Mapping[str, str]
) -> Mapping[str, Value]:
    """Return the value of every setting that counts. Raises `ProfileError`.

    Refused are unknown settings, values that a setting does not take, a setting that means nothing
    beside the others, and one that is required and missing.
    """
    by_name = {setting.name: setting for setting in declared}
    for name in given:
        if name not in by_name:
            known = ", ".join(by_name) or "none"
            raise ProfileError(
                f"--equipment {equipment} has no setting {name!r}; its settings are: {known}"
            )
    values: dict[str, Value] = {}
    for name, setting in by_name.items():
        if not setting.counts(values):
            if name in given:
                needed = " and ".join(
                    f"{other}={'|'.join(wanted)}" for other, wanted in setting.when.items()
                )
                raise ProfileError(f"--setting {name} counts only with {needed}: leave it out")
            continue
        text = given.get(name, setting.default)
        if text is not None:
            values[name] = setting.read(text)
        elif not setting.optional:
            raise ProfileError(
                f"--equipment {equipment} needs --setting {name}=...: {setting.expected()}"
            )
    return Elements(values)
