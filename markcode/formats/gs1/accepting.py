"""Good GS1 data of an arm, seen at once; what is not plainly right is for `judging`.

The arms of one maker bear the same AIs in the same order. So the texts that begin alike are first
matched with one expression, that of the last good one among them; one that it does not match is
taken apart as any other text is.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from markcode.formats.gs1 import ai as identifiers
from markcode.formats.gs1 import arms, components, element_string, judging
from markcode.formats.gs1.element_string import GS
from markcode.formats.gs1.linters import LINTERS

__all__ = ["accept"]

Accepted = tuple[Mapping[str, str], Mapping[str, str]]
Test = Callable[[str], object]
"""Whether something is wrong with data of the right form: anything but None and False is."""


class _Data(NamedTuple):
    """The data of one AI on an arm: an expression for their form, and what else is to be tested."""

    pattern: str
    tests: Sequence[Test]


class _Order(NamedTuple):
    """Texts with the same AIs in the same order."""

    labels: tuple[str, ...]
    places: Sequence[tuple[str, int]]
    """The elements as they are declared, and the place of each."""
    expression: re.Pattern[str]
    tests: Sequence[tuple[int, Test]]
    """By place of the AI."""
    brackets: int


_last: dict[str, _Order] = {}
"""By the beginning of a text, the order of the last good one that began so."""


def accept(text: str, is_gs1: bool) -> Accepted | None:
    """Return the elements of an arm that good element strings say, and both written forms.

    None where anything is wrong, or an AI is not for arms. ``is_gs1`` says that it is the data of a
    symbol with FNC1 in first position; else brackets are read.

    >>> accept("(01)09521234543213(21)A7", False)[0], accept("(01)1", False)
    ({'gtin': '09521234543213', 'serial': 'A7'}, None)
    """
    beginning = text[: 2 if is_gs1 else 3]
    order = _last.get(beginning)
    values = _values(order, text)
    if order is None or values is None:
        order = _order_of(text, is_gs1)
        values = _values(order, text)
        if order is None or values is None:
            return None
        _last[beginning] = order
    for at, test in order.tests:
        if test(values[at]):
            return None
    tokens = {name: values[at] for name, at in order.places}
    return tokens, judging.written(order.labels, values)


def _values(order: _Order | None, text: str) -> tuple[str, ...] | None:
    """Return the data of a text that has this order, each of the right form; else None."""
    match = order.expression.fullmatch(text) if order is not None else None
    if order is None or match is None:
        return None
    # A bracket within the data would be the next AI's, or escaped.
    is_apart = not order.brackets or text.count("(") == order.brackets
    return match.groups() if is_apart else None


def _order_of(text: str, is_gs1: bool) -> _Order | None:
    """Return the order of a text's AIs; None unless each is known, for arms, and there once."""
    read = element_string.read if is_gs1 else element_string.read_bracketed
    message = read(text)
    labels = tuple([element.ai for element in message.elements])
    if message.findings or len(set(labels)) < len(labels) or not set(labels) <= set(arms.TYPES):
        return None
    return _order(labels, is_gs1)


@functools.lru_cache(maxsize=256)
def _order(labels: tuple[str, ...], is_gs1: bool) -> _Order:
    data = [_data(ai) for ai in labels]
    pattern = ""
    is_open = False
    for ai, each in zip(labels, data, strict=True):
        label = (GS if is_open else "") + ai if is_gs1 else rf"\({ai}\)"
        pattern += f"{label}({each.pattern})"
        is_open = not identifiers.table()[ai].is_predefined
    return _Order(
        labels,
        [(name, labels.index(ai)) for ai, name in arms.ELEMENT_OF.items() if ai in labels],
        re.compile(pattern, re.ASCII),
        [(at, test) for at, each in enumerate(data) for test in each.tests],
        0 if is_gs1 else len(labels),
    )


@functools.cache
def _data(ai: str) -> _Data:
    form = arms.TYPES[ai]
    part, *others = identifiers.table()[ai].components
    is_within = (
        form.alphabet == part.text.alphabet
        and part.text.least <= form.least
        and form.most <= part.text.most
    )
    tests: list[Test] = [LINTERS[test] for test in part.tests]
    if others or not is_within or part.kind == "Z" or form.has_loose_pattern:
        tests = [functools.partial(_has_fault, ai)]
    return _Data(form.pattern, tests)


def _has_fault(ai: str, value: str) -> bool:
    return any(components.faults(ai, value)) or arms.TYPES[ai].fault(value) is not None
