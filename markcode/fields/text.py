"""The plainest field type, characters of an alphabet, and what all field types share."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

from markcode.model import NO_ELEMENTS, Elements, Severity
from markcode.notation import DIGITS, character_class, describe_alphabet
from markcode.reference import lookalikes

__all__ = ["FOREIGN", "Choose", "Fault", "Recorded", "Text", "Unwritable", "Value"]


FOREIGN = "foreign"
"""Reason of a fault: characters of another script, which no rule leaves open."""

Value = str | int
Choose = Callable[[int], int]
"""Picks a number below its argument: from a random generator, or drawn by hypothesis."""


@dataclass(frozen=True)
class Fault:
    """One reason why a token is not a good value; ``start`` and ``end`` count within the token."""

    code: str
    start: int
    end: int
    params: Elements = NO_ELEMENTS
    severity: Severity = "error"


class Unwritable(Exception):
    """A value has no form on the metal; holds the `Fault`. Never leaves the package."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.code)


class Recorded(NamedTuple):
    """What a record says of an element: its token, or what is wrong; its meaning, where plain."""

    token: str
    fault: Fault | None = None
    values: tuple[Value, ...] | None = None


_LATIN = ("Latin", "Common")


def _is_homoglyph(character: str) -> bool:
    """Return whether a letter of another script looks like one of 0-9 A-Z."""
    other = lookalikes.script(character) not in _LATIN
    return other and lookalikes.homoglyph(character) is not None


@dataclass(frozen=True, kw_only=True)
class Text:
    """Characters of an alphabet, so many of them."""

    is_country: ClassVar[bool] = False
    """Whether the value names a country, so that an unassigned one is hardly this element."""
    has_loose_pattern: ClassVar[bool] = False
    """Whether `pattern` lets tokens pass that have a `fault`."""
    is_number: ClassVar[bool] = False
    """Whether the value is an int; only a year is."""
    has_own_alphabet: ClassVar[bool] = True
    """Whether samples may be drawn from a part of the alphabet."""

    alphabet: str
    least: int = 1
    most: int = 32
    mask: str = ""
    """The shape that a source draws (`9` digit, `X` letter): no rule, but it weighs readings."""
    must: str = ""
    """At least one character is one of these."""

    @cached_property
    def characters(self) -> frozenset[str]:
        """The alphabet as a set."""
        return frozenset(self.alphabet)

    @property
    def pattern(self) -> str:
        """A regular expression, without groups, for a token without a `fault`."""
        token = f"[{character_class(self.alphabet)}]{{{self.least},{self.most}}}"
        if " " in self.alphabet:
            token = f"(?! ){token}(?<! )"  # a blank at an end is part of no value
        if not self.must:
            return token
        others = "".join(c for c in self.alphabet if c not in self.must)
        before = f"[{character_class(others)}]*" if others else ""
        return f"(?={before}[{character_class(self.must)}]){token}"

    @property
    def always(self) -> str:
        """Characters that stand in every token."""
        return ""

    @property
    def is_listed(self) -> bool:
        """Whether its tokens are those of a closed list."""
        return False

    @property
    def widest(self) -> int:
        """Characters of the longest token."""
        return self.most

    @property
    def is_fixed(self) -> bool:
        """Whether every token has the same length."""
        return self.least == self.most

    def fault(self, token: str) -> Fault | None:
        """Return the first thing wrong with the form of ``token``, or None."""
        bad = [at for at, character in enumerate(token) if character not in self.characters]
        if bad:
            return self._bad_characters(token, bad)
        if not self.least <= len(token) <= self.most:
            sizes = {"found": len(token), "least": self.least, "most": self.most}
            reason = "fixed" if self.is_fixed else "range"
            params = Elements(sizes, value=token, reason=reason)
            return Fault("element.length", 0, len(token), params)
        if token != token.strip(" "):
            return Fault("element.value", 0, len(token), Elements(value=token, reason="blank"))
        if self.must and self.characters.isdisjoint(set(token) & set(self.must)):
            wanted = Elements(value=token, must=describe_alphabet(self.must), reason="must")
            return Fault("element.value", 0, len(token), wanted)
        return None

    def fits(self, token: str) -> bool:
        """Return whether a token has no `fault`."""
        if self._form.fullmatch(token) is None:
            return False
        return not self.has_loose_pattern or self.fault(token) is None

    @cached_property
    def _form(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.ASCII)

    def _bad_characters(self, token: str, bad: list[int]) -> Fault:
        start, end = bad[0], bad[-1] + 1
        params: dict[str, Any] = {
            "found": "".join(token[at] for at in bad),
            "expected": describe_alphabet(self.alphabet),
            "value": token,
        }
        code = "element.alphabet"
        reading = self._reading(token, lambda c: lookalikes.homoglyph(c) or "")
        if any(_is_homoglyph(token[at]) for at in bad):
            code = "script.homoglyph"
        elif any(lookalikes.script(token[at]) not in _LATIN for at in bad) or any(
            unicodedata.category(token[at]) == "Cc" for at in bad
        ):
            # A control character is none of any writing: no evidence is needed against it.
            params["reason"] = FOREIGN
        elif reading is not None:
            # Full-width forms, digits of another script: they do not deceive the eye.
            params["reason"] = FOREIGN
        elif all(token[at].upper() in self.characters for at in bad):
            code = "element.case"
            reading = self._reading(token, str.upper)
        else:
            reading = self._reading(token, lookalikes.alternatives)
        if reading is not None:
            params["reading"] = reading
        return Fault(code, start, end, Elements(params))

    def _reading(self, token: str, others: Callable[[str], str]) -> str | None:
        """Return the token with each bad character replaced, if that is a good one."""
        read = ""
        for character in token:
            if character in self.characters:
                read += character
                continue
            fitting = [c for c in others(character) if c in self.characters]
            if not fitting:
                return None
            read += fitting[0]
        return read if self.least <= len(read) <= self.most else None

    def is_near(self, token: str) -> bool:
        """Return whether a faulty token may well be a damaged one of this type."""
        return True

    def meaning(self, token: str) -> str | None:
        """Return what a code stands for, where the type itself says so."""
        return None

    def values(self, token: str, as_of: datetime.date | None = None) -> tuple[Value, ...]:
        """Return every meaning of a token whose form is right."""
        return (token,)

    def judge(self, token: str, year: int | None = None) -> Iterator[Fault]:
        """Yield what is wrong with the meaning of a token whose form is right.

        ``year`` is the year that the same mark states, if any.
        """
        return iter(())

    def key(self, token: str) -> str:
        """Return the form of a token in which repeats are looked for."""
        return token

    def write(self, value: Value) -> str:
        """Return the token that is struck for ``value``. Raises `Unwritable`."""
        return str(value)

    def read_record(self, text: str) -> Recorded:
        """Return the token for what a record says, and what is wrong with it."""
        return Recorded(text, self.fault(text))

    def write_record(self, value: Value) -> str:
        """Return what a record says for ``value``."""
        return str(value)

    def shape(self, token: str) -> int:
        """Return 0 to 5: how far the token is from the mask."""
        if not self.mask:
            return 0
        cost = min(abs(len(token) - len(self.mask)), 3)
        if self.mask[0] == "9":
            return cost + 2 * any(c not in DIGITS for c in token)
        return cost + 2 * all(c in DIGITS for c in token)

    def sample(self, choose: Choose) -> Value:
        """Return a value that can be written, made of the numbers that ``choose`` picks."""
        length = self.least + choose(min(self.most, self.least + 11) - self.least + 1)
        text = "".join(self.alphabet[choose(len(self.alphabet))] for _ in range(length))
        # A blank at an end is part of no value.
        inner = next((c for c in self.alphabet if c != " "), "")
        text = "".join(
            inner if c == " " and at in (0, length - 1) else c for at, c in enumerate(text)
        )
        if self.must and not set(text) & set(self.must):
            at = choose(length)
            text = text[:at] + self.must[choose(len(self.must))] + text[at + 1 :]
        return text

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of a value."""
        return {"type": "string", "pattern": f"^{self.pattern}$"}

    @property
    def doc(self) -> str:
        """One line that describes the element's form."""
        length = str(self.least) if self.is_fixed else f"{self.least} to {self.most}"
        noun = "character" if self.most == 1 else "characters"
        must = f", at least one of {describe_alphabet(self.must)}" if self.must else ""
        return f"{length} {noun} of {describe_alphabet(self.alphabet)}{must}"
