"""Whether lines composed of good tokens can be read as these tokens only: proven from the layout.

The layout's expression tries optional items in order, each present first. So the reading that is
meant is the one found if no earlier choice of items could match; two choices cannot match the same
text if their tokens are of different number, or if two that would have to be the same text have no
text in common. Where nothing separates an optional item, what stands before takes its characters
first, and any choice may come earlier.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from markcode.declaration import EventRule
from markcode.fields import Literal, Text
from markcode.layout import Item, Layout

__all__ = ["MOST_OPTIONAL", "groups", "is_separable", "is_unforbidden"]

MOST_OPTIONAL = 6
"""Optional items of which every choice is looked at; of more, nothing is proven."""


@dataclass(frozen=True)
class _Class:
    """The texts that a run of items without separators between them can be."""

    characters: frozenset[str]
    first: frozenset[str]
    least: int
    most: int

    def overlaps(self, other: _Class) -> bool:
        """Return whether some text may be of both classes; True where that is not known."""
        return not (
            self.characters.isdisjoint(other.characters)
            or self.first.isdisjoint(other.first)
            or self.most < other.least
            or other.most < self.least
        )


def is_unforbidden(rule: EventRule, items: Iterable[Item]) -> bool:
    """Return whether no token of these items can hold a symbol that the mark must not bear.

    Such a symbol is looked for anywhere in the text.
    """
    barred = {c for symbol in rule.forbids for c in (*symbol.alphabet, *symbol.near)}
    return all(barred.isdisjoint(item.type.alphabet) for item in items)


def groups(layout: Layout, present: frozenset[str]) -> list[list[Item]]:
    """Return the items of a choice, those together that no separator stands between."""
    found: list[list[Item]] = []
    for item in layout.items:
        if item.literal is None and item.name not in present:
            continue
        if found and not item.separated:
            found[-1].append(item)
        else:
            found.append([item])
    return found


def is_separable(layout: Layout, present: frozenset[str]) -> bool:
    """Return whether every line of good tokens of these elements is read as those tokens."""
    own = groups(layout, present)
    if any(_may_hold_separator(layout, group) or _runs_together(group) for group in own):
        return False
    classes = [_class_of(group) for group in own]
    for other in _rivals(layout, present):
        theirs = groups(layout, other)
        if "" in layout.spellings or any(_may_hold_separator(layout, g) for g in theirs):
            # How many pieces a text has does not say how many tokens they could be read as.
            return False
        others = [_class_of(group) for group in theirs]
        if len(others) == len(classes) and all(
            one.overlaps(another) for one, another in zip(classes, others, strict=True)
        ):
            return False
    return True


def _may_hold_separator(layout: Layout, group: Sequence[Item]) -> bool:
    blanks = layout.blanks | {" "}  # a payload joins lines by a blank
    return not all(blanks.isdisjoint(_characters(item.type)) for item in group)


def _runs_together(group: Sequence[Item]) -> bool:
    """Return whether the items of a group cannot be told by their length."""
    return sum(item.type.least != item.type.widest for item in group) > 1


def _characters(field: Text) -> frozenset[str]:
    found = field.characters | frozenset(field.always)
    if isinstance(field, Literal) and field.ignore_case:
        found = frozenset(other for c in found for other in (c.lower(), c.upper()))
    return found


def _class_of(group: Sequence[Item]) -> _Class:
    return _Class(
        frozenset().union(*(_characters(item.type) for item in group)),
        _characters(group[0].type),
        sum(item.type.least for item in group),
        sum(item.type.widest for item in group),
    )


def _rivals(layout: Layout, present: frozenset[str]) -> Iterator[frozenset[str]]:
    """Yield the choices of optional items that the layout's expression may try first."""
    optional = [item.name for item in layout.items if item.optional]
    fixed = present - set(optional)
    if len(optional) > MOST_OPTIONAL:
        # Too many to look at: as if the whole of them could be read.
        yield present
        return
    in_any_order = _has_glued_optional(layout)
    for chosen in product((True, False), repeat=len(optional)):
        choice = fixed | {name for name, is_in in zip(optional, chosen, strict=True) if is_in}
        if choice != present:
            yield choice
        elif not in_any_order:
            return


def _has_glued_optional(layout: Layout) -> bool:
    """Return whether nothing separates an optional item from one of its neighbours."""
    return any(
        (one.optional or other.optional) and not other.separated
        for one, other in pairwise(layout.items)
    )
