"""Arms and events that a format can mark, for tests: made from its declaration alone.

`sample` needs only the standard library; `arms` is the same as a hypothesis strategy, for the
tests of markcode and of programs that use it (hypothesis is no dependency of markcode).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markcode.declaration import EventRule
from markcode.fields import Choose, Value
from markcode.format import Format
from markcode.model import Event, Firearm
from markcode.writing import parsed_from

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["arms", "sample"]


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
    values: dict[str, Value] = {}
    for element in rule.elements:
        if element.required or choose(2):
            values[element.name] = element.type.sample(choose)
    _add_needed(rule, values, choose)
    alone = {"uii"} if "uii" in values else set(values)
    parsed = parsed_from(rule, {n: v for n, v in values.items() if n in alone}, None)
    return parsed.firearm, parsed.event


def _add_needed(rule: EventRule, values: dict[str, Value], choose: Choose) -> None:
    for needed in rule.needed:
        tokens = {name: str(value) for name, value in values.items()}
        for name in needed.missing(tokens):
            values[name] = rule.element(name).type.sample(choose)


def arms(fmt: Format, kind: str | None = None) -> SearchStrategy[tuple[Firearm, Event]]:
    """Return the hypothesis strategy of arms and events that ``fmt`` can mark."""
    from hypothesis import strategies as st

    @st.composite
    def drawn(draw: Any) -> tuple[Firearm, Event]:
        return sample(fmt, lambda n: draw(st.integers(0, n - 1)), kind)

    return drawn()
