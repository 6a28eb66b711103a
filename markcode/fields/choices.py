"""Tokens of a closed kind: listed codes, words that stand for themselves, drawn symbols."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

from markcode.fields.text import Choose, Fault, Recorded, Text, Value
from markcode.model import NO_ELEMENTS, Elements
from markcode.notation import DIGITS, UPPER, character_class
from markcode.reference import lookalikes

__all__ = ["Choice", "Entity", "Literal"]


def _alternation(tokens: tuple[str, ...]) -> str:
    return "(?:" + "|".join(map(re.escape, sorted(tokens, key=len, reverse=True))) + ")"


def _folded(text: str) -> str:
    """Return the text with each character as the first of those it is taken for."""
    plain = "".join(lookalikes.homoglyph(c) or c for c in text).upper()
    return "".join(min(c + lookalikes.alternatives(c)) for c in plain)


def _meant(token: str, values: tuple[str, ...]) -> str | None:
    """Return the only one of ``values`` that the token looks like, or None."""
    alike = [value for value in values if _folded(value) == _folded(token)]
    return alike[0] if len(alike) == 1 else None


def _near_miss(token: str, values: tuple[str, ...], params: dict[str, Any]) -> Fault | None:
    """Return the fault of a token that is one of ``values`` but for case or script.

    Puts what a misread token may mean into ``params``.
    """
    upper = token.upper()
    if upper in values and len(upper) == len(token):
        odd = [at for at, character in enumerate(token) if character != upper[at]]
        return _odd("element.case", token, odd, {**params, "reading": upper})
    meant = _meant(token, values)
    if meant is None:
        return None
    params["reading"] = meant
    odd = [at for at, character in enumerate(token) if lookalikes.homoglyph(character) is not None]
    return _odd("script.homoglyph", token, odd, params) if odd else None


def _odd(code: str, token: str, odd: list[int], params: dict[str, Any]) -> Fault:
    found = "".join(token[at] for at in odd)
    return Fault(code, odd[0], odd[-1] + 1, Elements(params, found=found))


@dataclass(frozen=True, kw_only=True)
class Choice(Text):
    """One of listed codes, each with what it stands for (empty if that is plain).

    In an ``open`` list the authority may have added others since: those are a warning.
    """

    has_own_alphabet: ClassVar[bool] = False

    alphabet: str = ""
    """Characters of a code that is not listed; the listed codes' own, unless given."""
    codes: Mapping[str, str] = NO_ELEMENTS
    open: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", Elements(self.codes))
        if not self.open:
            lengths = [len(code) for code in self.codes]
            object.__setattr__(self, "least", min(lengths))
            object.__setattr__(self, "most", max(lengths))
        used = "".join(sorted(set("".join(self.codes)) | set(self.alphabet)))
        object.__setattr__(self, "alphabet", used)

    @property
    def is_listed(self) -> bool:
        """Whether its tokens are those of a closed list."""
        return not self.open

    @property
    def pattern(self) -> str:
        """A regular expression, without groups, for a token without a `fault`."""
        return super().pattern if self.open else _alternation(tuple(self.codes))

    def fault(self, token: str) -> Fault | None:
        """Return the first thing wrong with the form of ``token``, or None."""
        if token in self.codes:
            return None
        if self.open:
            return super().fault(token)
        params = {"value": token, "expected": ", ".join(self.codes)}
        return _near_miss(token, tuple(self.codes), params) or Fault(
            "element.value", 0, len(token), Elements(params, reason="choice")
        )

    def judge(self, token: str, year: int | None = None) -> Iterator[Fault]:
        """Yield a warning for a code that an open list does not have."""
        if token not in self.codes:
            params = Elements(value=token, list=", ".join(self.codes), reason="choice")
            yield Fault("code.unlisted", 0, len(token), params, "warning")

    def meaning(self, token: str) -> str | None:
        """Return what a listed code stands for."""
        return self.codes.get(token) or None

    def sample(self, choose: Choose) -> Value:
        """Return a listed code."""
        return tuple(self.codes)[choose(len(self.codes))]

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of a value."""
        return super().schema() if self.open else {"type": "string", "enum": list(self.codes)}

    @property
    def doc(self) -> str:
        """One line that describes the element's form."""
        listed = ", ".join(
            f"{code} ({name})" if name else code for code, name in self.codes.items()
        )
        return f"one of {listed}" + (", or another that the authority added" if self.open else "")


@dataclass(frozen=True, kw_only=True)
class Literal(Text):
    """Words, a sign or a drawn symbol that stand in a line as themselves; the first is written.

    >>> form = Literal.of("CA", "CANADA")
    >>> form.fault("CANADA") is None, form.fault("ca").code, form.is_near("US")
    (True, 'element.case', False)
    """

    has_own_alphabet: ClassVar[bool] = False

    alphabet: str = ""
    spellings: tuple[str, ...] = ()
    """As they are read without a finding, the canonical one first."""
    near: str = ""
    """Signs that are readily typed in its place, one character each: a warning."""
    ignore_case: bool = False
    symbol: str | None = None
    """Name of the drawn symbol, where it is one."""

    @classmethod
    def of(cls, *spellings: str, **more: Any) -> Literal:
        """Return the literal of these spellings."""
        return cls(spellings=spellings, **more)

    def __post_init__(self) -> None:
        lengths = [len(spelling) for spelling in self.spellings]
        object.__setattr__(self, "least", min(lengths))
        object.__setattr__(self, "most", max(lengths))
        object.__setattr__(self, "alphabet", "".join(sorted(set("".join(self.spellings)))))

    @property
    def is_listed(self) -> bool:
        """Whether its tokens are those of a closed list."""
        return True

    @cached_property
    def text(self) -> str:
        """What is struck, as plain text."""
        return self.spellings[0]

    @property
    def pattern(self) -> str:
        """A regular expression, without groups, for a token without a `fault`."""
        body = _alternation(self.spellings)
        return f"(?i:{body})" if self.ignore_case else body

    def fault(self, token: str) -> Fault | None:
        """Return what is wrong with a token that stands in this one's place, or None."""
        known = self.spellings
        if token in known or (self.ignore_case and token.upper() in {s.upper() for s in known}):
            return None
        params: dict[str, Any] = {"value": token, "expected": self.text}
        if self.symbol is not None and token and token in self.near:
            params["found"] = token
            return Fault("symbol.spelling", 0, len(token), Elements(params), "warning")
        return _near_miss(token, known, params) or Fault(
            "element.value", 0, len(token), Elements(params, reason="literal")
        )

    def is_near(self, token: str) -> bool:
        """Return whether the token differs in one character at most, or only looks like it."""
        if len(self.text) == 1:
            return token in self.near or token.upper() in self.spellings
        return _meant(token, self.spellings) is not None or any(
            len(token) == len(known) > 2
            and sum(one != other for one, other in zip(token, known, strict=True)) < 2
            for known in self.spellings
        )

    @property
    def doc(self) -> str:
        """One line that describes the element's form."""
        others = ", also read as " + " ".join(self.spellings[1:]) if self.spellings[1:] else ""
        return f"{self.text}{others}"


@dataclass(frozen=True, kw_only=True)
class Entity(Text):
    """The drawn symbol of an entity, as its id in angle brackets: ``<DE-BM>``.

    The value is the id; without its brackets it is read with a warning.
    """

    has_own_alphabet: ClassVar[bool] = False

    alphabet: str = DIGITS + UPPER + "-"
    """Characters of the id."""
    most: int = 12
    """Characters of the id."""

    @property
    def always(self) -> str:
        """Characters that stand in every token."""
        return "<>"

    @property
    def widest(self) -> int:
        """Characters of the longest token."""
        return self.most + len("<>")

    @property
    def pattern(self) -> str:
        """A regular expression, without groups, for a token without a `fault`."""
        return f"<[{character_class(self.alphabet)}]{{{self.least},{self.most}}}>"

    def fault(self, token: str) -> Fault | None:
        """Return the first thing wrong with the form of ``token``, or None."""
        inner = token.removeprefix("<").removesuffix(">")
        found = super().fault(inner)
        if found is not None and token.startswith("<"):
            return replace(found, start=found.start + 1, end=found.end + 1)
        if found is None and token != f"<{inner}>":
            params = Elements(value=token, found=token, expected=f"<{inner}>")
            return Fault("symbol.spelling", 0, len(token), params, "warning")
        return found

    def values(self, token: str, as_of: object = None) -> tuple[Value, ...]:
        """Return the id."""
        return (token.removeprefix("<").removesuffix(">"),)

    def write(self, value: Value) -> str:
        """Return the id in angle brackets."""
        return f"<{str(value).removeprefix('<').removesuffix('>')}>"

    def read_record(self, text: str) -> Recorded:
        """Return the token of an id, which a record gives with or without brackets."""
        token = self.write(text)
        return Recorded(token, self.fault(text) if "<" in text else super().fault(text))

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of a value: the id, with or without its brackets."""
        inner = f"[{character_class(self.alphabet)}]{{{self.least},{self.most}}}"
        return {"type": "string", "pattern": f"^<?{inner}>?$"}

    @property
    def doc(self) -> str:
        """One line that describes the element's form."""
        return "a drawn symbol, written as its id in angle brackets"
