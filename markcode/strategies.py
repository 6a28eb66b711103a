"""Arms and events that a format can mark, for tests: made from its declaration alone.

`sample` needs only the standard library; `arms` is the same as a hypothesis strategy, for the
tests of markcode and of programs that use it (hypothesis is no dependency of markcode).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from markcode.checks import CheckSystem
from markcode.declaration import Element, EventRule
from markcode.fields import Choose, Text, Value
from markcode.format import Format
from markcode.model import Event, Firearm
from markcode.reference.lookalikes import script
from markcode.writing import prepare

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["arms", "sample"]

# A rule over several elements (a check that no serial can hold) is met by drawing again.
_TRIES = 100


def sample(fmt: Format, choose: Choose, kind: str | None = None) -> tuple[Firearm, Event]:
    """Return an arm and an event that fit the declaration.

    ``choose(n)`` picks a number below ``n``: `random.Random(7).randrange` does.

    >>> import random
    >>> from markcode import get_format
    >>> fmt = get_format("us-pmf")
    >>> arm, event = sample(fmt, random.Random(7).randrange)
    >>> fmt.verify(fmt.encode(arm, event).text).verdict
    'valid'
    """
    rule = fmt.rule(kind)
    for _ in range(_TRIES):
        firearm, event = _drawn(fmt, rule, choose)
        prepared = prepare(fmt, rule, firearm, event)
        if any(finding.severity == "error" for finding in prepared.findings):
            continue
        tokens = [
            (e.type, prepared.tokens[e.name]) for e in rule.elements if e.name in prepared.tokens
        ]
        if all(form.fault(token) is None for form, token in tokens):
            break
    return firearm, event


def _drawn(fmt: Format, rule: EventRule, choose: Choose) -> tuple[Firearm, Event]:
    values: dict[str, Value] = {}
    for element in rule.elements:
        if element.required or choose(2):
            values[element.name] = _value(fmt, rule, element, choose)
    syntax = fmt.declaration.syntax
    if syntax is not None:
        key = syntax.keys[choose(len(syntax.keys))]
        others = {name for group in syntax.keys for name in group} - set(key)
        values = {name: value for name, value in values.items() if name not in others}
        for name in key:
            values.setdefault(name, _value(fmt, rule, rule.element(name), choose))
    tokens = {name: str(value) for name, value in values.items()}
    for needed in rule.needed:
        for name in needed.missing(tokens):
            values[name] = _value(fmt, rule, rule.element(name), choose)
    return rule.arm(values)


def _value(fmt: Format, rule: EventRule, element: Element, choose: Choose) -> Value:
    """Return a value of the element, in what the check can cover if it covers it."""
    check, form = fmt.check, _in_latin(element.type)
    if check is None or element.name not in fmt.covered(rule.kind):
        return form.sample(choose)
    if fmt.check_over == "serial":
        least, most = max(1, form.least - check.length), form.most - check.length
        body = replace(form, least=least, most=most, alphabet=_shared(form, check))
        return check.append(str(body.sample(choose)))
    most = form.most
    if check.max_payload is not None and not form.is_fixed:
        most = max(form.least, min(most, check.max_payload // len(fmt.covered(rule.kind))))
    if not form.has_own_alphabet:
        return form.sample(choose)
    return replace(form, alphabet=_shared(form, check), most=most).sample(choose)


def _in_latin(form: Text) -> Text:
    """Return the type without letters of other scripts: one mark keeps to one script."""
    if form.alphabet.isascii() or not form.has_own_alphabet:
        return form
    letters = {c for c in form.alphabet if script(c) in ("Latin", "Common")}
    kept = "".join(c for c in form.alphabet if c in letters)
    if not set(kept) & set(form.must or form.alphabet):
        return form  # an element in another script altogether
    return replace(form, alphabet=kept, must="".join(c for c in form.must if c in letters))


def _shared(form: Text, check: CheckSystem) -> str:
    shared = "".join(character for character in form.alphabet if character in check.alphabet)
    return shared or form.alphabet


def arms(fmt: Format, kind: str | None = None) -> SearchStrategy[tuple[Firearm, Event]]:
    """Return the hypothesis strategy of arms and events that ``fmt`` can mark."""
    from hypothesis import strategies as st

    @st.composite
    def drawn(draw: Any) -> tuple[Firearm, Event]:
        return sample(fmt, lambda n: draw(st.integers(0, n - 1)), kind)

    return drawn()
