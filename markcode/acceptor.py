"""Good marks judged at once: the same judgement as `markcode.judging`, in a fraction of the time.

Most marks are right, and what there is to tell of a right one (which boundaries its check does not
protect, that its format is provisional) depends only on the elements that it bears and its length.
So that is learnt from the judge, the first time; of every further mark only this is left to see:
that its tokens are good ones, each by its own type, and that its check belongs to them. Whatever is
not plainly right goes to the judge, who alone makes findings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from markcode.declaration import EventRule
from markcode.fields import Text, Value
from markcode.judging import Judgement, told_data
from markcode.layout import CHECK
from markcode.model import Finding
from markcode.profile import Profile
from markcode.scripts import mixed_scripts

if TYPE_CHECKING:
    from markcode.checks import CheckSystem

__all__ = ["Accepted", "Acceptor"]

_MOST_REMEMBERED = 2_000

_Key = TypeVar("_Key")
_Answer = TypeVar("_Answer")


class Accepted(NamedTuple):
    """What a text whose tokens and check are good says."""

    shape: tuple[Any, ...]
    """The elements that it bears and its length: on these depends what is told of it."""
    values: Mapping[str, Value]
    check: str | None
    data: Mapping[str, Any]


class _Told(NamedTuple):
    """What the judge tells of every good text of one shape."""

    findings: tuple[Finding, ...]
    pedantic: tuple[Finding, ...]
    undetermined: bool


class _Memory(dict[_Key, _Answer]):
    """Answers of a function, so many of them: for tokens of small sets, such as countries."""

    def __init__(self, answer: Callable[[_Key], _Answer]) -> None:
        self._answer = answer

    def __missing__(self, key: _Key) -> _Answer:
        answer = self._answer(key)
        _remember(self, key, answer)
        return answer


def _remember(memory: dict[_Key, _Answer], key: _Key, answer: _Answer) -> None:
    """Keep an answer; a full memory begins anew."""
    if len(memory) >= _MOST_REMEMBERED:
        memory.clear()
    memory[key] = answer


def _one_value(form: Text, token: str) -> Value | None:
    """Return the value of a token; None where it has none or several."""
    values = form.values(token)
    return values[0] if len(values) == 1 else None


def _is_right(form: Text, token_and_year: tuple[str, Value | None]) -> bool:
    """Return whether the meaning of a token is right in a mark that states a year, or none."""
    token, year = token_and_year
    return not any(form.judge(token, year if isinstance(year, int) else None))


class Acceptor:
    """Accepts the good marks of one event under one profile."""

    def __init__(self, profile: Profile, rule: EventRule, longest: int) -> None:
        self._rule = rule
        self._longest = longest
        self._syntax = profile.declaration.syntax
        self._layout = profile.layout(rule.kind)
        self._has_lines = rule.readable and self._syntax is None and not rule.forbids
        self._places = tuple(
            (item.name, at)
            for at, item in enumerate(self._layout.items)
            if item.name == CHECK or item.name in rule.names
        )
        types = {element.name: element.type for element in rule.elements}
        self._valued: tuple[tuple[str, _Memory[str, Value | None]], ...] = tuple(
            (name, _Memory(partial(_one_value, form)))
            for name, form in types.items()
            if type(form).values is not Text.values
        )
        self._judged: tuple[tuple[str, str, _Memory[tuple[str, Value | None], bool]], ...] = tuple(
            (name, rule.year_beside(rule.element(name)), _Memory(partial(_is_right, form)))
            for name, form in types.items()
            if type(form).judge is not Text.judge
        )
        self._named = tuple(
            (name, form) for name, form in types.items() if type(form).meaning is not Text.meaning
        )
        self._codes = profile.codes
        self._has_names = bool(self._named or self._codes)
        self._tells_more = self._has_names or rule.has_own("event")
        self._check = profile.check
        self._covered = profile.covered(rule.kind)
        self._is_over_serial = profile.check_over == "serial"
        self._told: dict[tuple[Any, ...], _Told] = {}

    def judge(self, text: str, is_gs1: bool) -> Judgement | None:
        """Return the judgement on a good text of a shape that was learnt; else None.

        ``is_gs1`` says that it is the data of a symbol with FNC1 in first position.
        """
        accepted = self.accept(text, is_gs1)
        if accepted is None:
            return None
        shape, values, check, data = accepted
        told = self._told.get(shape)
        if told is None:
            return None
        findings, pedantic, undetermined = told
        return Judgement(
            self._rule, findings, (values,), values, check, data, undetermined, pedantic, len(text)
        )

    def learn(self, text: str, is_gs1: bool, judgement: Judgement) -> None:
        """Take what the judge says of a good text for what is told of all of its shape.

        Not where anything is told of one element, nor of a mark that has not one meaning.
        """
        accepted = self.accept(text, is_gs1)
        told = (*judgement.findings, *judgement.pedantic)
        is_general = all(_is_of_the_whole(finding, judgement.length) for finding in told)
        if accepted is not None and len(judgement.meanings) == 1 and is_general:
            learnt = _Told(judgement.findings, judgement.pedantic, judgement.undetermined)
            _remember(self._told, accepted.shape, learnt)

    def accept(self, text: str, is_gs1: bool) -> Accepted | None:
        """Return what a good text says; None where that is not plain to see."""
        if len(text) > self._longest:
            return None
        if self._syntax is not None:
            found = self._syntax.accept(text, is_gs1)
            return None if found is None else self._weigh(text, *found)
        if is_gs1 or not self._has_lines:
            return None
        groups = self._layout.split(text)
        if groups is None:
            return None
        tokens = {name: token for name, at in self._places if (token := groups[at]) is not None}
        if any(needed.missing(tokens) for needed in self._rule.needed):
            return None
        return self._weigh(text, tokens, {})

    def _weigh(
        self, text: str, tokens: Mapping[str, str], derived: Mapping[str, Any]
    ) -> Accepted | None:
        """Return what tokens of the right form say, if their meaning and their check are right."""
        values: dict[str, Value] = {**tokens}
        values.pop(CHECK, None)
        if not text.isascii() and any(mixed_scripts({n: tokens[n] for n in values})):
            return None
        for name, meant in self._valued:
            if name in tokens:
                value = meant[tokens[name]]
                if value is None:
                    return None
                values[name] = value
        if self._syntax is None:
            for name, year, is_right in self._judged:
                if name in tokens and not is_right[tokens[name], values.get(year)]:
                    return None
        names = self._full_names(tokens) if self._has_names else {}
        if names is None:
            return None
        check = None
        if self._check is not None:
            check = self._good_check(self._check, tokens)
            if check is None:
                return None
        data = told_data(self._rule, derived, values, names) if self._tells_more else derived
        return Accepted((len(text), *tokens), values, check, data)

    def _full_names(self, tokens: Mapping[str, str]) -> dict[str, str] | None:
        """Return what the codes among the tokens stand for; None if a list lacks one."""
        names: dict[str, str] = {}
        for name, form in self._named:
            meaning = form.meaning(tokens[name]) if name in tokens else None
            if meaning is not None:
                names[name] = meaning
        for name, codes in self._codes.items():
            if name in tokens:
                full = codes.name_of(tokens[name])
                if full is None:
                    return None
                names[name] = full
        return names

    def _good_check(self, check: CheckSystem, tokens: Mapping[str, str]) -> str | None:
        """Return the check characters if they belong to what they cover."""
        covered = "".join([tokens[name] for name in self._covered if name in tokens])
        if self._is_over_serial:
            return covered[-check.length :] if check.is_valid(covered) else None
        found = tokens.get(CHECK)
        return found if found and check.is_valid(covered + found) else None


def _is_of_the_whole(finding: Finding, length: int) -> bool:
    """Return whether a note is one of the whole text, or of what might follow it."""
    return finding.severity == "info" and finding.span in ((0, length), (length, length))
