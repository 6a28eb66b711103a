"""Why a text is not a mark: the cheapest alignment of the layout's items with the text.

A good mark goes through one regular expression (`Layout.match`). What does not is laid out by
`alignment`, in the declared order and with two items in each other's place, and the cheapest way is
told as findings by `story`. Where several are equally cheap, only what they agree on is read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

from markcode.explain.alignment import JOINED_PLAINLY, Alignment, Costs, Step
from markcode.explain.story import Story, with_rivals
from markcode.fields import Country
from markcode.layout import Item, Layout, Token
from markcode.model import Finding

__all__ = ["MOST_FAULTS", "Explanation", "explain"]

MOST_FAULTS = 3
"""With more faults than these, a text is another thing than a mark of this format."""

_SWAPPED = 50
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
    words = len(text.split())
    if words > 3 * len(layout.items) or not words:
        return Explanation({}, (_mismatch(whole),))
    costs = Costs(text)
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


def _mismatch(span: tuple[int, int]) -> Finding:
    return Finding("format.mismatch", "error", None, span)


def _try_swaps(
    layout: Layout, costs: Costs, words: int, cost: int, paths: list[list[Step]]
) -> tuple[int, list[list[Step]], tuple[int, int] | None]:
    """Try each pair of items in each other's place; as many words as items must be there."""
    chosen: tuple[int, int] | None = None
    items = layout.items
    optional = sum(item.optional for item in items)
    if not len(items) - optional <= words <= len(items):
        return cost, paths, None
    for first, second in combinations(range(len(items)), 2):
        countries = [isinstance(items[number].type, Country) for number in (first, second)]
        price = _COUNTRY_SWAPPED if any(countries) and second == first + 1 else _SWAPPED
        if price >= cost:
            continue
        other = replace(layout, items=_swap(items, first, second))
        total, found = Alignment(other, costs).cheapest()
        if total + price < cost:
            cost, paths, chosen = total + price, found, (first, second)
    return cost, paths, chosen


def _swap(items: tuple[Item, ...], first: int, second: int) -> tuple[Item, ...]:
    """Return the items with two of them in each other's place."""
    one, two = items[first], items[second]
    changed = list(items)
    changed[first] = replace(two, separated=one.separated, line=one.line)
    changed[second] = replace(one, separated=two.separated, line=two.line)
    return tuple(changed)
