"""Why a text is not a mark: the cheapest alignment of the layout's items with the text.

A good mark goes through one regular expression (`Layout.match`). What does not is laid out by
`alignment`, in the declared order and with two items in each other's place, and the cheapest way is
told as findings by `story`. Where several are equally cheap, only what they agree on is read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

from markcode.declaration import MOST_FAULTS
from markcode.explain.alignment import HOPELESS, JOINED_PLAINLY, Alignment, Costs, Step
from markcode.explain.story import Story, with_rivals
from markcode.layout import Item, Layout, Token
from markcode.model import Elements, Finding

__all__ = ["Explanation", "explain"]

_SWAPPED = 50
_NEIGHBOUR_YEAR_SWAPPED = 46
# An assigned country code is strong evidence that it stands in a wrong place.
_COUNTRY_SWAPPED = 28


@dataclass(frozen=True)
class Explanation:
    """The items that were read without a doubt, and the findings about the rest."""

    tokens: dict[str, Token]
    findings: tuple[Finding, ...]


def explain(layout: Layout, text: str) -> Explanation:
    """Return the explanation of ``text`` with the fewest and cheapest faults."""
    whole = (0, len(text))
    once = _once(layout, text)
    if once is not None:
        return once
    costs = Costs(text, layout.separator)
    words = len(costs.words)
    if words > 3 * len(layout.items) or not words:
        return Explanation({}, (_mismatch(whole),))
    # Cuts inside words are many: they are looked at only where whole words do not explain the text.
    cost, paths = Alignment(layout, costs).cheapest()
    swapped = None
    if cost > _COUNTRY_SWAPPED:
        cost, paths, swapped = _try_swaps(layout, costs, words, cost, paths)
    if cost >= JOINED_PLAINLY:
        finer, found = Alignment(layout, costs, inside=True).cheapest()
        if finer < cost:
            paths, swapped = found, None
    if not paths:
        return Explanation({}, (_mismatch(whole),))
    items = layout.items if swapped is None else _swap(layout.items, *swapped)
    stories = [Story(items, layout, text, path, swapped) for path in paths]
    chosen = min(stories, key=lambda story: story.rank)
    if chosen.faults > MOST_FAULTS or chosen.is_hopeless:
        return Explanation({}, (_mismatch(whole),))
    rivals = [story for story in stories if story.rank == chosen.rank]
    return Explanation(chosen.certain(rivals), with_rivals(chosen, rivals))


def _once(layout: Layout, text: str) -> Explanation | None:
    """Return what a mark says that stands twice, one after the other; None for any other text."""
    for gap in (1, 2):
        half, odd = divmod(len(text) - gap, 2)
        is_twice = not odd and half > 0 and text[:half] == text[half + gap :]
        if is_twice and text[half : half + gap].isspace():
            tokens = layout.match(text[:half])
            if tokens is not None:
                params = Elements(value=text[:half], reason="mark")
                told = Finding("element.repeated", "error", None, (half + gap, len(text)), params)
                return Explanation(tokens, (told,))
    return None


def _mismatch(span: tuple[int, int]) -> Finding:
    return Finding("format.mismatch", "error", None, span)


def _try_swaps(
    layout: Layout, costs: Costs, words: int, cost: int, paths: list[list[Step]]
) -> tuple[int, list[list[Step]], tuple[int, int] | None]:
    """Try each pair of items in each other's place; as many words as items must be there."""
    chosen: tuple[int, int] | None = None
    items = layout.items
    optional = sum(item.optional for item in items)
    groups = 1 + sum(item.separated for item in items[1:])
    if not groups - optional <= words <= groups:
        return cost, paths, None
    for first, second in combinations(range(len(items)), 2):
        price = _swap_price(items, first, second)
        if price >= cost:
            continue
        other = replace(layout, items=_swap(items, first, second))
        total, found = Alignment(other, costs).cheapest()
        if total + price < cost and any(map(_is_clean, found)):
            cost, paths, chosen = total + price, found, (first, second)
    return cost, paths, chosen


def _is_clean(path: list[Step]) -> bool:
    """Return whether nothing else is wrong: with a second fault, there is a better story."""
    return all(step.fault is None and step.kind != "extra" for step in path)


def _swap_price(items: tuple[Item, ...], first: int, second: int) -> int:
    """Return what it costs that two items stand in each other's place."""
    pair = (items[first], items[second])
    is_glued = any(not item.separated for item in items[first + 1 : second + 2])
    if is_glued and not all(item.type.is_fixed for item in pair):
        return HOPELESS
    if second == first + 1 and any(item.type.is_country for item in pair):
        return _COUNTRY_SWAPPED
    if second == first + 1 and any(item.type.is_number for item in pair):
        return _NEIGHBOUR_YEAR_SWAPPED
    return _SWAPPED


def _swap(items: tuple[Item, ...], first: int, second: int) -> tuple[Item, ...]:
    """Return the items with two of them in each other's place."""
    one, two = items[first], items[second]
    changed = list(items)
    changed[first] = replace(two, separated=one.separated, line=one.line)
    changed[second] = replace(one, separated=two.separated, line=two.line)
    return tuple(changed)
