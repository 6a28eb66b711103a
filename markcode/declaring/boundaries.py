"""Whether the elements of a line can be told apart again, and without trying for long."""

from __future__ import annotations

from math import prod

from markcode.declaring.table import Table
from markcode.layout import Layout

__all__ = ["refuse_untellable"]

# The regular expression of a readable mark tries each of these present and absent.
_MOST_OPTIONAL = 8
# Places where the boundaries of one mark might be, all tried in the worst case.
_MOST_TRIES = 2_000
# What is no mark is explained in time that grows faster than its length and its elements.
_MOST_CHARACTERS = 200
_MOST_ITEMS = 16


def refuse_untellable(table: Table, layout: Layout) -> None:
    """Refuse lines whose boundaries nobody could find, and what would take long to try."""
    optional = sum(item.optional for item in layout.items)
    if optional > _MOST_OPTIONAL:
        raise table.error(
            "lines",
            f"more than {_MOST_OPTIONAL} optional elements cannot be told apart; "
            "set readable = false to verify by record only",
        )
    if layout.longest > _MOST_CHARACTERS:
        raise table.error(
            "lines",
            f"a mark of {layout.longest:,} characters is too long to be read; "
            f"{_MOST_CHARACTERS} at most, or set readable = false to verify by record only",
        )
    if len(layout.items) > _MOST_ITEMS:
        raise table.error(
            "lines",
            f"{len(layout.items)} elements and words are too many to be read; {_MOST_ITEMS} at "
            "most, or set readable = false to verify by record only",
        )
    for number in range(len(layout.items)):
        _refuse_mixed_up(table, layout, number)
    tries = prod(_places(layout, number) for number in range(len(layout.items) - 1))
    if tries * 2**optional > _MOST_TRIES:
        raise table.error(
            "lines",
            "the boundaries of these elements could be in very many places: use a separator that "
            "no element may hold, shorten elements, or set readable = false",
        )


def _refuse_mixed_up(table: Table, layout: Layout, number: int) -> None:
    """Refuse an element that can take characters from one before, or give it some."""
    item = layout.items[number]
    for other in range(number - 1, -1, -1):
        before = layout.items[other]
        if item.is_free and before.is_free:
            shared = before.type.characters & item.type.characters
            between = range(other + 1, number)
            if (
                shared
                and _is_bridged(layout, number, shared)
                and all(_is_hidden(layout, each, shared) for each in between)
            ):
                raise table.error(
                    "lines",
                    f"{{{before.name}}} and {{{item.name}}} can both hold the same characters "
                    "and both vary in length: put a separator between them that neither may "
                    "hold, fix a length, or set readable = false",
                )
            if not before.optional:
                return


def _is_bridged(layout: Layout, number: int, shared: frozenset[str]) -> bool:
    """Return whether the gap before an item may be taken for characters of elements."""
    if not layout.items[number].separated:
        return True
    return "" in layout.gaps(number) or set(layout.separator) <= shared


def _is_hidden(layout: Layout, number: int, shared: frozenset[str]) -> bool:
    """Return whether an item may be absent, or be taken for characters of elements around it."""
    item = layout.items[number]
    if item.optional:
        return True
    is_alike = set(item.literal) <= shared if item.literal else bool(item.type.characters & shared)
    return is_alike and _is_bridged(layout, number, shared)


def _places(layout: Layout, number: int) -> int:
    """Return in how many places an item may end, as far as it and what follows can say."""
    item = layout.items[number]
    if not item.is_free:
        return 1
    characters = item.type.characters
    following = layout.items[number + 1]
    gaps = layout.gaps(number + 1) if following.separated else ("",)
    runs_on = any(gap and gap[0] in characters for gap in gaps)
    if "" in gaps and characters & following.type.characters:
        runs_on = True
    return item.type.most - item.type.least + 1 if runs_on else 1
