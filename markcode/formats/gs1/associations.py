"""Which AIs may stand together: what each requires, what it excludes, and repeats.

Source: the dictionary's associations; AI 8030 needs a key that names one
object, and so the serial part of 253, 255 and 8003.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markcode.formats.gs1 import ai as identifiers
from markcode.formats.gs1.message import ElementString
from markcode.model import Elements, Finding

__all__ = ["judge", "required"]

_SIGNATURE = "8030"
# Keys whose serial part is optional, and the length without it.
_BARE = {"253": 13, "255": 13, "8003": 14}


def judge(elements: Sequence[ElementString]) -> Iterator[Finding]:
    """Yield every association that the element strings of one message break, by code:

    `ai.requires`, `ai.excludes` (once for two AIs), `ai.repeated`, `ai.serialised`.
    """
    first: dict[str, ElementString] = {}
    for element in elements:
        before = first.setdefault(element.ai, element)
        if before.value != element.value:
            params = Elements(ai=element.ai, title=_title(element.ai), value=element.value)
            yield Finding("ai.repeated", "error", None, element.span, params)
    told: set[frozenset[str]] = set()
    for ai, element in first.items():
        if not required(ai, first):
            choices = ["+".join(group) for group in identifiers.table()[ai].requires]
            params = Elements(ai=ai, title=_title(ai), needed=choices)
            yield Finding("ai.requires", "error", None, _whole(element), params)
        for other in first:
            pair = frozenset((ai, other))
            if other == ai or pair in told or not _excludes(ai, other):
                continue
            told.add(pair)
            params = Elements(ai=ai, title=_title(ai), other=other)
            yield Finding("ai.excludes", "error", None, _whole(element), params)
    if _SIGNATURE in first:
        for ai, length in _BARE.items():
            if ai in first and len(first[ai].value) <= length:
                params = Elements(ai=ai, title=_title(ai))
                yield Finding("ai.serialised", "error", None, first[ai].span, params)


def required(ai: str, present: Sequence[str] | dict[str, ElementString]) -> bool:
    """Return whether an AI has beside it what it requires.

    >>> required("250", ["01", "21"]), required("250", ["01"]), required("3925", ["01", "3105"])
    (True, False, True)
    """
    groups = identifiers.table()[ai].requires
    return not groups or any(
        all(any(identifiers.matches(wanted, other) for other in present) for wanted in group)
        for group in groups
    )


def _excludes(ai: str, other: str) -> bool:
    patterns = identifiers.table()[ai].excludes
    return any(identifiers.matches(pattern, other) for pattern in patterns)


def _whole(element: ElementString) -> tuple[int, int]:
    return (element.ai_span[0], element.span[1])


def _title(ai: str) -> str:
    return identifiers.table()[ai].title
