"""The cheapest way to lay the items of a layout over a text: a dynamic programme over cut points.

Each item is found, found damaged, or missing; text between them is a separator, a misspelt one, or
a word too many. Costs are integers, chosen so that one fault in a mark has one explanation
(tests/test_explain.py measures it).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush

from markcode.declaration import MOST_FAULTS
from markcode.fields import DIGITS, Fault, Text
from markcode.layout import CHECK, Layout

__all__ = ["HOPELESS", "JOINED_PLAINLY", "Alignment", "Costs", "Step"]

_MISSING = 100
_MISSING_TOO = 85
_EXTRA = 100
_REPEATED = 84
_MISSPELT = 10
# Something between two elements that stand together is rather the end of a word.
_SPLIT = 75
# A hyphen between blanks elsewhere is rather part of an element than a separator.
_MISSPELT_PLAINLY = 97
_MISSPELT_ODDLY = 104
# Two elements run together: where one has a fixed length, and letters meet digits, that is plain to
# see; two of free length are rather one element, and the other is missing.
JOINED_PLAINLY = 96
_JOINED = 100
_JOINED_FREELY = 103
HOPELESS = 112
_COSTS = {
    "element.case": 12,
    "symbol.spelling": 12,
    "script.homoglyph": 14,
    "element.value": 40,
    "country.unknown": 30,
}
_LOOKALIKE = 15
_UNLISTED = 30
_FEW = 4
"""Lengths of an element that are so few that each is tried."""

# Separators of data (GS, RS ...) are blanks to Python, but nobody types them between elements.
_BLANK = r"[^\S\x1c-\x1f]"
_WORD = re.compile(r"(?:\S|[\x1c-\x1f])+")
_RUN = re.compile(r"[A-Za-z]+|[0-9]+|[^A-Za-z0-9]+", re.ASCII)
# What people put between elements; other characters belong to an element that was misread.
_PUNCTUATION = re.compile(rf"(?:{_BLANK}|[\-\u2010-\u2015/\\_,;|:.+\u00b7\u2022])+")


@dataclass(frozen=True)
class Step:
    """One step of an alignment, from text position ``at`` on."""

    kind: str  # found, missing, extra, end
    item: int
    at: int
    start: int
    end: int
    fault: Fault | None = None
    cost: int = 0


class Costs:
    """What it costs to take a piece of the text for an element; shared by all alignments."""

    def __init__(self, text: str, separator: str = " ") -> None:
        self.text = text
        self.words = dict(_words(text, separator))
        edges = {0, len(text)}
        for match in (*_WORD.finditer(text), *_PUNCTUATION.finditer(text)):
            edges |= set(match.span())
        self.edges = sorted(edges)
        """Where words, and the punctuation in and around them, begin and end."""
        self.changes = sorted({match.start() for match in _RUN.finditer(text)} | edges)
        """Where letters, digits and the rest change."""
        self._known: dict[tuple[int, int, int], tuple[int, Fault | None]] = {}

    def before(self, start: int) -> str:
        """Return the word that ends before the one that begins at ``start``."""
        earlier = [begin for begin in self.words if begin < start]
        return self.text[earlier[-1] : self.words[earlier[-1]]] if earlier else ""

    def of(self, field: Text, start: int, end: int) -> tuple[int, Fault | None]:
        """Return the cost of a token for an element of this type, and what is wrong with it."""
        key = (id(field), start, end)
        if key not in self._known:
            self._known[key] = _token_cost(field, self.text[start:end])
        return self._known[key]


def _words(text: str, separator: str) -> Iterator[tuple[int, int]]:
    """Yield where words begin and end: at blanks, and at a separator that is none."""
    for word in _WORD.finditer(text):
        at = word.start()
        if separator.strip():
            for sign in re.finditer(re.escape(separator), word[0]):
                if word.start() + sign.start() > at:
                    yield at, word.start() + sign.start()
                at = word.start() + sign.end()
        if at < word.end():
            yield at, word.end()


_Node = tuple[int, int, bool]
"""Items placed, characters used, and whether the last item is missing."""


class Alignment:
    """The dynamic programme: least cost to have placed the first items on the first characters.

    Tokens end at the edges of words; with ``inside``, a word may also be two elements run together.
    """

    def __init__(self, layout: Layout, costs: Costs, inside: bool = False) -> None:
        self.layout = layout
        self.items = layout.items
        self.costs = costs
        self.text = costs.text
        self.inside = inside

    def cheapest(self) -> tuple[int, list[list[Step]]]:
        """Return the least cost and (up to eight of) the alignments that have it."""
        best: dict[_Node, int] = {(0, 0, False): 0}
        back: dict[_Node, list[tuple[_Node, Step]]] = {}
        goal = (len(self.items) + 1, len(self.text), False)
        waiting: list[tuple[int, _Node]] = [(0, (0, 0, False))]
        # Cheapest first (Dijkstra), so that what costs more than the answer is never looked at, nor
        # what has too many faults to be told.
        most = (MOST_FAULTS + 1) * HOPELESS + _MISSPELT * len(self.items)
        while waiting and waiting[0][0] <= min(best.get(goal, most), most):
            here, node = heappop(waiting)
            if here > best[node]:
                continue
            for cost, target, step in self._moves(*node):
                total = here + cost
                known = best.get(target)
                if known is None or total < known:
                    best[target] = total
                    back[target] = [(node, step)]
                    heappush(waiting, (total, target))
                elif total == known:
                    back[target].append((node, step))
        if goal not in best:
            return HOPELESS * len(self.items), []
        return best[goal], list(_walk(back, goal))

    def _moves(self, item: int, at: int, gone: bool) -> Iterator[tuple[int, _Node, Step]]:
        if item > len(self.items):
            return
        start = self._after_gap(at)
        between = self._gap_cost(item, at, start)
        # A word may begin with punctuation, which the gap took for a separator.
        for begin in sorted({self._after_spelling(at), start}):
            word_end = self.costs.words.get(begin)
            if word_end is not None:
                word = self.text[begin:word_end]
                cost = _REPEATED if self.costs.before(begin) == word else _EXTRA
                step = Step("extra", item, at, begin, word_end)
                yield cost + min(between, _MISSPELT), (item, word_end, False), step
                break
        if item == len(self.items):
            if start == len(self.text):
                rest = 0 if at == start else _MISSPELT
                yield rest, (item + 1, start, False), Step("end", item, at, start, start)
            return
        place = self.items[item]
        absent = 0 if place.optional else _MISSING_TOO if gone else _MISSING
        missing = not place.optional or gone
        yield absent, (item + 1, at, missing), Step("missing", item, at, at, at)
        starts = {start: between}
        if not place.separated and start > at > 0:
            starts[at] = 0  # a sign that stands for itself, or one of a token that begins with it
        if start > at and self.text[at:start].strip():
            # Punctuation may belong to the item, if its alphabet holds it.
            own = self._after_spelling(at)
            if own > at or at == 0:
                starts[own] = self._gap_cost(item, at, own)
        for begin, gap in starts.items():
            for end in self._ends(item, begin):
                cost, fault = self.costs.of(place.type, begin, end)
                step = Step("found", item, at, begin, end, fault, cost)
                yield gap + cost, (item + 1, end, False), step

    def _after_spelling(self, at: int) -> int:
        lengths = [len(s) for s in self.layout.spellings if self.text.startswith(s, at)]
        return at + max(lengths, default=0)

    def _after_gap(self, at: int) -> int:
        match = _PUNCTUATION.match(self.text, at)
        return match.end() if match else at

    def _gap_cost(self, item: int, at: int, start: int) -> int:
        gap = self.text[at:start]
        if at == 0:
            return _MISSPELT if gap else 0
        if 0 < item < len(self.items) and not self.items[item].separated:
            return 0 if not gap else _SPLIT if any(map(_is_blank, gap)) else _MISSPELT
        if item < len(self.items) and gap in self.layout.gaps(item):
            return 0
        if gap and gap in self.layout.spellings:
            return 0
        if not gap:
            return self._join_cost(item, at)
        around = [other.type for other in self.items[max(item - 1, 0) : item + 1]]
        signs = {character for character in gap if not _is_blank(character)}
        if item and around[0].is_listed and signs and signs <= around[0].characters:
            return _MISSPELT_PLAINLY  # the sign ends a listed code rather than standing after it
        if len(self.costs.words) == 1 or not any(set(gap) <= f.characters for f in around):
            return _MISSPELT
        return _MISSPELT_PLAINLY if any(f.is_fixed for f in around) else _MISSPELT_ODDLY

    def _join_cost(self, item: int, at: int) -> int:
        """Return what it costs that no separator stands between an item and the one before."""
        if item == len(self.items):
            return _JOINED_FREELY
        if self.items[item].name == CHECK and self.text[at - 1] not in DIGITS:
            return _JOINED_FREELY
        if self.items[item - 1].literal is not None:
            return JOINED_PLAINLY
        if not (self.items[item].type.is_fixed or self.items[item - 1].type.is_fixed):
            return _JOINED_FREELY
        one, other = self.text[at - 1], self.text[at : at + 1]
        return JOINED_PLAINLY if (one in DIGITS) != (other in DIGITS) else _JOINED

    def _ends(self, item: int, start: int) -> Iterator[int]:
        """Yield where a token of an item that begins at ``start`` may end."""
        field = self.items[item].type
        edges = self.costs.edges
        limit = start + field.widest + 3
        place = bisect_right(edges, start)
        ends = set()
        for edge in edges[place:]:
            ends.add(edge)
            if edge > limit or self._ends_every(field, self.text[edge : edge + 1]):
                break
        if ends and self._is_glued_to_next(item):
            ends |= self._cuts(item, start, ends)
        if self.inside and ends:
            last = max(ends)
            ends |= {start + length for length in _likely(field) if 0 < length < last - start}
            # The second of two joined elements takes the rest of the word.
            if not field.is_fixed and edges[place - 1] == start:
                changes = self.costs.changes
                ends |= set(changes[bisect_right(changes, start) : bisect_right(changes, last)])
        for end in sorted(ends):
            if start < end <= len(self.text) and not _is_blank(self.text[start]):
                yield end

    def _ends_every(self, field: Text, character: str) -> bool:
        """Return whether a character separates and can be no part of a token of this type."""
        separates = _is_blank(character) or (character and character in self.layout.separator)
        return bool(separates) and character not in field.characters

    def _is_glued_to_next(self, item: int) -> bool:
        return item + 1 < len(self.items) and not self.items[item + 1].separated

    def _cuts(self, item: int, start: int, ends: set[int]) -> set[int]:
        """Return where an item may end whose successor stands without a separator."""
        field = self.items[item].type
        cuts: set[int] = set()
        if field.is_fixed or field.is_listed:
            for length in range(max(1, field.least - 1), field.widest + 2):
                cuts.add(start + length)
        else:
            cuts = {end - tail for end in ends for tail in self._tails(item)}
        return {cut for cut in cuts if start < cut < max(ends)}

    def _tails(self, item: int) -> set[int]:
        """Return the lengths of what stands after an item without a separator, if these are few."""
        lengths = {0}
        while self._is_glued_to_next(item):
            item += 1
            follower = self.items[item]
            if not (follower.type.is_fixed or follower.type.is_listed):
                break
            own = {0} if follower.optional else set()
            own |= set(range(follower.type.least, follower.type.widest + 1))
            lengths = {before + length for before in lengths for length in own}
        return lengths


def _is_blank(character: str) -> bool:
    return character.isspace() and not "\x1c" <= character <= "\x1f"


def _likely(field: Text) -> list[int]:
    """Return the lengths that a token has that is run together with another."""
    if field.is_fixed:
        return [field.least, len(field.mask)]
    if field.widest - field.least < _FEW:
        return [*range(field.least, field.widest + 1), len(field.mask)]
    return [len(field.mask)]


def _walk(back: dict[_Node, list[tuple[_Node, Step]]], goal: _Node) -> Iterator[list[Step]]:
    """Yield up to eight paths from the beginning to the goal."""
    stack: list[tuple[_Node, list[Step]]] = [(goal, [])]
    found = 0
    while stack and found < 8:
        node, path = stack.pop()
        if node == (0, 0, False):
            found += 1
            yield path[::-1]
            continue
        stack.extend((origin, [*path, step]) for origin, step in back[node])


def _token_cost(field: Text, token: str) -> tuple[int, Fault | None]:
    """Return what it costs to take ``token`` for an element of this type, and what is wrong."""
    fault = field.fault(token)
    shape = field.shape(token)
    if fault is None:
        if field.is_country:
            for found in field.judge(token):
                if found.severity == "error":
                    return _COSTS["country.unknown"] + shape, found
        elif not field.has_own_alphabet and any(field.judge(token)):
            return _UNLISTED + shape, None
        return shape, None
    if any(_is_blank(character) for character in token):
        return 2 * HOPELESS, fault
    if not field.is_near(token):
        return HOPELESS + shape, fault
    if fault.code == "element.length":
        off = max(field.least - len(token), len(token) - field.most)
        return min(30 + 8 * off, HOPELESS) + shape, fault
    if fault.code in _COSTS:
        off = max(field.least - len(token), len(token) - field.widest, 0)
        return _COSTS[fault.code] + 8 * off + shape, fault
    if "reading" in fault.params:
        return _LOOKALIKE + shape, fault
    bad = sum(character not in field.characters for character in token)
    # A stray sign may stand for a character, or beside one.
    lengths = (len(token), len(token) - bad)
    if 2 * bad > len(token) or not any(field.least <= n <= field.most for n in lengths):
        return HOPELESS + shape, fault
    return 36 + 8 * bad + shape, fault
