"""A declaration with its check, code lists and options chosen: one immutable value.

It stands in every manifest, and encode, verify, read and batch use it alike (contracts.md
section 2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from markcode.declaration import Declaration, Element, EventRule
from markcode.errors import ProfileError
from markcode.fields import Text
from markcode.layout import CHECK, SEPARATORS, Layout
from markcode.model import Elements, Requirements
from markcode.notation import DIGITS, UPPER, describe_alphabet

if TYPE_CHECKING:
    from markcode.checks import CheckSystem
    from markcode.code_lists import CodeList

__all__ = ["Profile"]


@dataclass(frozen=True)
class Profile:
    """A declaration as configured. Raises `ProfileError` where the parts cannot go together."""

    declaration: Declaration
    check: CheckSystem | None = None
    check_over: str | None = None
    """What the check covers: ``mark`` or ``serial``."""
    codes: Mapping[str, CodeList] = field(default_factory=Elements)
    options: Mapping[str, str] = field(default_factory=Elements)

    def __post_init__(self) -> None:
        self._refuse_unfit_parts()

    @property
    def name(self) -> str:
        """The name of the format."""
        return self.declaration.name

    @property
    def events(self) -> tuple[str, ...]:
        """The kinds of event that the format declares, the default first."""
        return tuple(rule.kind for rule in self.declaration.events)

    @property
    def requirements(self) -> Requirements:
        """What the metal must bear, at the format's first event."""
        return self.requirements_of()

    def requirements_of(self, kind: str | None = None) -> Requirements:
        """Return what the metal must bear at an event."""
        return self._requirements[self.rule(kind).kind]

    @cached_property
    def _requirements(self) -> dict[str, Requirements]:
        needs = self.declaration.requirements
        return {
            rule.kind: replace(needs, parts=rule.parts) if rule.parts else needs
            for rule in self.declaration.events
        }

    def rule(self, kind: str | None = None) -> EventRule:
        """Return what the format declares for an event. Raises `ProfileError`."""
        return self.declaration.rule(kind)

    def elements(self, kind: str | None = None) -> tuple[Element, ...]:
        """Return the elements of an event in declared order."""
        return self.rule(kind).elements

    def is_provisional(self, kind: str | None = None) -> bool:
        """Return whether no rule of the event's content is confirmed."""
        return self.rule(kind).provisional

    def text_is_opaque(self, kind: str | None = None) -> bool:
        """Return whether struck text cannot be split into its elements again."""
        return not self.rule(kind).readable

    @cached_property
    def takes_gs1(self) -> bool:
        """Whether the mark's symbol may begin with FNC1, as GS1 data do."""
        syntax = self.declaration.syntax
        return syntax is not None and syntax.read_gs1("") is not None

    def line_count(self, kind: str | None = None) -> int:
        """Return the most lines that a mark of this event has."""
        layout = self.layout(kind)
        if layout.separator == "\n":
            return len(layout.items)
        return 1 + max(item.line for item in layout.items)

    @cached_property
    def _covered(self) -> dict[str, tuple[str, ...]]:
        return {kind: self._covered_by(kind) for kind in self.events}

    def _covered_by(self, kind: str) -> tuple[str, ...]:
        if self.check is None:
            return ()
        if self.check_over == "serial":
            rule = self.rule(kind)
            return tuple(e.name for e in rule.elements if e.name == "serial" and rule.carries(e))
        items = self.layout(kind).items
        names = [item.name for item in items if item.name != CHECK and item.literal is None]
        covers = self.declaration.covers or names
        return tuple(name for name in covers if name in names)

    def covered(self, kind: str | None = None) -> tuple[str, ...]:
        """Return the elements that the check covers, in the order of the mark."""
        return self._covered[self.rule(kind).kind]

    def unprotected(self, kind: str, present: Sequence[str]) -> list[str]:
        """Return the elements among ``present`` whose boundaries the check does not protect.

        Separators are not covered: where neighbours can both vary in length, one may give a
        character to the other.
        """
        rule = self.rule(kind)
        free = {name for name in present if not rule.element(name).type.is_fixed}
        pairs = [pair for pair in pairwise(present) if free.issuperset(pair)]
        return list(dict.fromkeys(name for pair in pairs for name in pair))

    @cached_property
    def _layouts(self) -> dict[str, Layout]:
        declared = self.declaration
        chosen = self.options.get("separator")
        separators = (SEPARATORS[chosen], " ") if chosen is not None else declared.separators
        token = None
        if self.check is not None and self.check_over == "mark":
            length = self.check.length
            token = Text(alphabet=self.check.check_alphabet, least=length, most=length)
        symbols = {f"<{name}>": symbol for name, symbol in declared.symbols.items()}
        return {
            rule.kind: Layout.compile(
                rule.lines,
                {e.name: e.type for e in rule.elements},
                rule.separators or separators,
                token,
                literals={**declared.literals, **symbols},
                soft=frozenset(e.name for e in rule.elements if not e.is_confirmed),
            )
            for rule in declared.events
        }

    def layout(self, kind: str | None = None) -> Layout:
        """Return the compiled lines of an event."""
        return self._layouts[self.rule(kind).kind]

    def profile(self) -> dict[str, Any]:
        """Return the profile as it stands in every manifest (contracts.md section 2)."""
        own = {
            "format": next(iter(self.declaration.files), self.name),
            "check": self.check.name if self.check else None,
            "check_over": self.check_over,
            "codes": {
                name: {"file": _copy_name(name), "sha256": codes.sha256}
                for name, codes in sorted(self.codes.items())
            },
            "options": dict(sorted(self.options.items())),
        }
        for raw in self.declaration.files.values():
            import hashlib

            own["sha256"] = hashlib.sha256(raw).hexdigest()
        return own

    def source_files(self) -> dict[str, bytes]:
        """Return the files that the profile was made from, by the name of their copy in a job."""
        lists = {_copy_name(name): codes.raw for name, codes in sorted(self.codes.items())}
        return {**self.declaration.files, **lists}

    def _refuse_unfit_parts(self) -> None:
        known = {e.name for rule in self.declaration.events for e in rule.elements}
        for name in self.codes:
            if name not in known:
                raise ProfileError(
                    f"{self.name} has no element {name!r} for a code list; "
                    f"it has: {', '.join(sorted(known))}"
                )
        for rule in self.declaration.events:
            for element in rule.elements:
                if element.is_number and element.name in self.codes:
                    raise ProfileError(f"{self.name}: {element.name} is a number: no code list")
        if self.check is None:
            if self.check_over is not None:
                raise ProfileError(f"{self.name}: check_over={self.check_over} needs a check")
            return
        if self.check_over not in self.declaration.check_over:
            allowed = " or ".join(self.declaration.check_over)
            takes = f"it takes check_over={allowed}" if allowed else "it takes no check"
            raise ProfileError(f"{self.name} takes no check over the {self.check_over}: {takes}")
        if self.check_over == "serial" and "serial" not in known:
            raise ProfileError(f"{self.name} with these options has no serial for a check to cover")
        self._refuse_unfit_check(self.check)
        self._refuse_check_like_symbol(self.check)

    def _refuse_check_like_symbol(self, check: CheckSystem) -> None:
        """Refuse a check whose characters a drawn symbol of the lines is typed as."""
        for rule in self.declaration.events:
            for item in self.layout(rule.kind).items:
                typed = item.literal or ""
                if len(typed) == 1 and typed in check.check_alphabet and not typed.isalnum():
                    raise ProfileError(
                        f"{check.name} can give {typed!r}, which {self.name} reads as the drawn "
                        "symbol: choose a check such as iso7064-mod37-36"
                    )

    def _refuse_unfit_check(self, check: CheckSystem) -> None:
        """Refuse a check that lacks all digits or letters, or what every token holds."""
        covered = set(check.alphabet)
        for rule in self.declaration.events:
            for element in rule.elements:
                if element.name not in self.covered(rule.kind):
                    continue
                alphabet = set(element.type.alphabet)
                for kind in (set(DIGITS), set(UPPER), set(element.type.always)):
                    if kind & alphabet and not kind <= covered:
                        fitting = "iso7064-mod37-36 or gs1-pair"
                        raise ProfileError(
                            f"{check.name} checks only {describe_alphabet(check.alphabet)}, but "
                            f"{element.name} of {self.name} may hold "
                            f"{describe_alphabet(element.type.alphabet)}: choose a check such as "
                            f"{'gs1-pair' if element.type.always else fitting}"
                        )


def _copy_name(element: str) -> str:
    return f"codes-{element}.csv"
