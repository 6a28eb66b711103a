"""Why a text is not a mark: the cheapest alignment of the layout's items with the text.

A good mark goes through one regular expression (`Layout.match`). What does not is explained here by
a dynamic programme over cut points: each item is found, found damaged, or missing; text between
them is a separator, a misspelt one, or a word too many. Costs are integers, chosen so that one
fault in a mark gives one finding (design.md section 4 tells what a trial learned).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import combinations, pairwise

from markcode.fields import DIGITS, Country, Fault, Text
from markcode.layout import CHECK, Item, Layout, Token
from markcode.model import Elements, Finding

__all__ = ["MOST_FAULTS", "Explanation", "explain"]

MOST_FAULTS = 3
"""With more faults than these, a text is another thing than a mark of this format."""

_MISSING = 100
_MISSING_TOO = 92
_EXTRA = 100
_MISSPELT = 10
_SWAPPED = 50
# An assigned country code is strong evidence that it stands in a wrong place.
_COUNTRY_SWAPPED = 28
# Two elements run together: where one has a fixed length, and letters meet digits, that is plain to
# see; two of free length are rather one element, and the other is missing.
_JOINED_PLAINLY = 90
_JOINED = 100
_JOINED_FREELY = 103
_HOPELESS = 112
_COSTS = {"element.case": 12, "script.homoglyph": 14, "element.value": 40, "country.unknown": 30}
_LOOKALIKE = 15

_WORD = re.compile(r"\S+")
_RUN = re.compile(r"[A-Za-z]+|[0-9]+|[^A-Za-z0-9]+", re.ASCII)
# What people put between elements; other characters belong to an element that was misread.
_PUNCTUATION = re.compile(r"[\s\-\u2010-\u2015/\\_,;|:.+\u00b7\u2022]+")


@dataclass(frozen=True)
class Explanation:
    """The items that were read without a doubt, and the findings about the rest."""

    tokens: dict[str, Token]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Step:
    """One step of an alignment, from text position ``at`` on."""

    kind: str  # found, missing, extra, end
    item: int
    at: int
    start: int
    end: int
    fault: Fault | None = None
    cost: int = 0


def explain(layout: Layout, text: str) -> Explanation:
    """Return the explanation of ``text`` with the fewest and cheapest faults."""
    whole = (0, len(text))
    words = len(_WORD.findall(text))
    if words > 3 * len(layout.items) or not words:
        return Explanation({}, (_mismatch(whole),))
    costs = _Costs(text)
    # Cuts inside words are many: they are looked at only where whole words do not explain the text.
    cost, paths = _Alignment(layout, costs).cheapest()
    swapped = None
    if cost > _COUNTRY_SWAPPED:
        cost, paths, swapped = _try_swaps(layout, costs, words, cost, paths)
    if cost >= _JOINED_PLAINLY:
        finer, found = _Alignment(layout, costs, inside=True).cheapest()
        if finer < cost:
            paths, swapped = found, None
    items = layout.items if swapped is None else _swap(layout.items, *swapped)
    stories = [_Story(items, layout, text, path, swapped) for path in paths]
    chosen = min(stories, key=lambda story: story.rank)
    if chosen.faults > MOST_FAULTS or chosen.is_hopeless:
        return Explanation({}, (_mismatch(whole),))
    rivals = [story for story in stories if story.rank == chosen.rank]
    return Explanation(chosen.certain(rivals), _with_rivals(chosen, rivals))


def _mismatch(span: tuple[int, int]) -> Finding:
    return Finding("format.mismatch", "error", None, span)


def _try_swaps(
    layout: Layout, costs: _Costs, words: int, cost: int, paths: list[list[_Step]]
) -> tuple[int, list[list[_Step]], tuple[int, int] | None]:
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
        total, found = _Alignment(other, costs).cheapest()
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


class _Costs:
    """What it costs to take a piece of the text for an element; shared by all alignments."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = {match.start(): match.end() for match in _WORD.finditer(text)}
        edges = {0, len(text)}
        for match in (*_WORD.finditer(text), *_PUNCTUATION.finditer(text)):
            edges |= set(match.span())
        self.edges = sorted(edges)
        """Where words, and the punctuation in and around them, begin and end."""
        self.changes = sorted({match.start() for match in _RUN.finditer(text)} | edges)
        """Where letters, digits and the rest change."""
        self._known: dict[tuple[int, int, int], tuple[int, Fault | None]] = {}

    def of(self, field: Text, start: int, end: int) -> tuple[int, Fault | None]:
        """Return the cost of a token for an element of this type, and what is wrong with it."""
        key = (id(field), start, end)
        if key not in self._known:
            self._known[key] = _token_cost(field, self.text[start:end])
        return self._known[key]


_Node = tuple[int, int, bool]
"""Items placed, characters used, and whether the last item is missing."""


class _Alignment:
    """The dynamic programme: least cost to have placed the first items on the first characters.

    Tokens end at the edges of words; with ``inside``, a word may also be two elements run together.
    """

    def __init__(self, layout: Layout, costs: _Costs, inside: bool = False) -> None:
        self.layout = layout
        self.items = layout.items
        self.costs = costs
        self.text = costs.text
        self.inside = inside

    def cheapest(self) -> tuple[int, list[list[_Step]]]:
        """Return the least cost and (up to eight of) the alignments that have it."""
        best: dict[_Node, int] = {(0, 0, False): 0}
        back: dict[_Node, list[tuple[_Node, _Step]]] = {}
        waiting: list[_Node] = [(0, 0, False)]
        # In rising order of items and characters every node is final when its turn comes.
        while waiting:
            node = heappop(waiting)
            here = best[node]
            for cost, target, step in self._moves(*node):
                total = here + cost
                known = best.get(target)
                if known is None or total < known:
                    if known is None:
                        heappush(waiting, target)
                    best[target] = total
                    back[target] = [(node, step)]
                elif total == known:
                    back[target].append((node, step))
        goal = (len(self.items) + 1, len(self.text), False)
        return best[goal], list(_walk(back, goal))

    def _moves(self, item: int, at: int, gone: bool) -> Iterator[tuple[int, _Node, _Step]]:
        if item > len(self.items):
            return
        start = self._after_gap(at)
        between = self._gap_cost(item, at, start)
        word_end = self.costs.words.get(start)
        if word_end is not None:
            step = _Step("extra", item, at, start, word_end)
            yield _EXTRA + min(between, _MISSPELT), (item, word_end, False), step
        if item == len(self.items):
            if start == len(self.text):
                rest = 0 if at == start else _MISSPELT
                yield rest, (item + 1, start, False), _Step("end", item, at, start, start)
            return
        place = self.items[item]
        absent = 0 if place.optional else _MISSING_TOO if gone else _MISSING
        missing = not place.optional or gone
        yield absent, (item + 1, at, missing), _Step("missing", item, at, at, at)
        starts = {start: between}
        if start > at and self.text[at:start].strip():
            # Punctuation may belong to the item, if its alphabet holds it.
            starts[at] = self._gap_cost(item, at, at)
        for begin, gap in starts.items():
            for end in self._ends(place.type, begin):
                cost, fault = self.costs.of(place.type, begin, end)
                step = _Step("found", item, at, begin, end, fault, cost)
                yield gap + cost, (item + 1, end, False), step

    def _after_gap(self, at: int) -> int:
        match = _PUNCTUATION.match(self.text, at)
        return match.end() if match else at

    def _gap_cost(self, item: int, at: int, start: int) -> int:
        gap = self.text[at:start]
        glued = 0 < item < len(self.items) and not self.items[item].separated
        if at == 0 or glued:
            return _MISSPELT if gap else 0
        if gap in self.layout.spellings:
            return 0
        return _MISSPELT if gap else self._join_cost(item, at)

    def _join_cost(self, item: int, at: int) -> int:
        """Return what it costs that no separator stands between an item and the one before."""
        if item == len(self.items):
            return _JOINED_FREELY
        if not (self.items[item].type.is_fixed or self.items[item - 1].type.is_fixed):
            return _JOINED_FREELY
        one, other = self.text[at - 1], self.text[at : at + 1]
        return _JOINED_PLAINLY if (one in DIGITS) != (other in DIGITS) else _JOINED

    def _ends(self, field: Text, start: int) -> Iterator[int]:
        """Yield where a token of this type that begins at ``start`` may end."""
        edges = self.costs.edges
        limit = start + field.most + 3
        place = bisect_right(edges, start)
        ends = set()
        for edge in edges[place:]:
            ends.add(edge)
            if edge > limit or self.text[edge : edge + 1].isspace():
                break
        if self.inside and ends:
            last = max(ends)
            likely = [field.least, len(field.mask)] if field.is_fixed else [len(field.mask)]
            ends |= {start + length for length in likely if 0 < length < last - start}
            # The second of two joined elements takes the rest of the word.
            if not field.is_fixed and edges[place - 1] == start:
                changes = self.costs.changes
                ends |= set(changes[bisect_right(changes, start) : bisect_right(changes, last)])
        for end in sorted(ends):
            if start < end <= len(self.text) and not self.text[start].isspace():
                yield end


def _walk(back: dict[_Node, list[tuple[_Node, _Step]]], goal: _Node) -> Iterator[list[_Step]]:
    """Yield up to eight paths from the beginning to the goal."""
    stack: list[tuple[_Node, list[_Step]]] = [(goal, [])]
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
        if isinstance(field, Country):
            for found in field.judge(token):
                if found.severity == "error":
                    return _COSTS["country.unknown"], found
        return shape, None
    if any(character.isspace() for character in token):
        return 2 * _HOPELESS, fault
    if fault.code == "element.length":
        off = max(field.least - len(token), len(token) - field.most)
        return min(35 + 15 * off, _HOPELESS) + shape, fault
    if fault.code in _COSTS:
        return _COSTS[fault.code] + shape, fault
    if "reading" in fault.params:
        return _LOOKALIKE + shape, fault
    bad = sum(character not in field.characters for character in token)
    if 2 * bad > len(token) or not field.least <= len(token) <= field.most:
        return _HOPELESS + shape, fault
    return 36 + 8 * bad + shape, fault


class _Story:
    """An alignment told as tokens and findings."""

    def __init__(
        self,
        items: tuple[Item, ...],
        layout: Layout,
        text: str,
        path: list[_Step],
        swapped: tuple[int, int] | None,
    ) -> None:
        self.items = items
        self.layout = layout
        self.text = text
        self.tokens: dict[str, Token] = {}
        self.findings: list[Finding] = []
        self.missing: list[tuple[str, ...]] = []
        self.faults = 0
        unread: set[str] = set()
        places: dict[int, _Step] = {}
        for step in path:
            if step.kind == "found":
                places[step.item] = step
        for before, step in pairwise([None, *path]):
            self._tell(before, step, unread)
        if swapped is not None:
            unread |= self._tell_swap(places, swapped)
        self._merge_missing(path)
        self._merge_case(unread)
        self._merge_spellings()
        for number, step in places.items():
            name = items[number].name
            if step.fault is None and name not in unread:
                self.tokens[name] = Token(text[step.start : step.end], step.start, step.end)
        self.is_hopeless = all(step.cost >= _HOPELESS for step in places.values())
        self.findings.sort(key=lambda finding: finding.span or (0, 0))

    @property
    def rank(self) -> tuple[int, int]:
        """Order of equally cheap stories: few faults first, a word told twice before an odd one."""
        return self.faults, -sum(f.code == "element.repeated" for f in self.findings)

    def certain(self, rivals: list[_Story]) -> dict[str, Token]:
        """Return the tokens that equally good stories agree on."""
        return {
            name: token
            for name, token in self.tokens.items()
            if all(story.tokens.get(name) == token for story in rivals)
        }

    def _add(
        self, code: str, span: tuple[int, int], element: str | None = None, **params: object
    ) -> None:
        severity = "warning" if code == "separator.spelling" else "error"
        self.faults += severity == "error"
        self.findings.append(Finding(code, severity, element, span, Elements(params)))  # type: ignore[arg-type]

    def _tell(self, before: _Step | None, step: _Step, unread: set[str]) -> None:
        if step.kind == "missing":
            return
        if step.kind == "extra":
            self._tell_extra(before, step)
            return
        gap = self.text[step.at : step.start]
        if step.kind == "end":
            if gap:
                self._add("separator.spelling", (step.at, step.start), found=gap, expected="")
            return
        item = self.items[step.item]
        if step.at == 0 or (step.item and not item.separated):
            if gap:
                self._add("separator.spelling", (step.at, step.start), found=gap, expected="")
        elif not gap:
            names = [n for n in (self._name_before(step), item.name) if n is not None]
            unread |= set(names)
            self._add("separator.missing", (step.at, step.at), elements=names)
        elif gap not in self.layout.spellings:
            expected = self.layout.separator
            self._add("separator.spelling", (step.at, step.start), found=gap, expected=expected)
        if step.fault is not None:
            self._tell_fault(item, step, step.fault)

    def _name_before(self, step: _Step) -> str | None:
        return self.items[step.item - 1].name if step.item else None

    def _tell_fault(self, item: Item, step: _Step, fault: Fault) -> None:
        code, name = fault.code, item.name
        if name == CHECK:
            code = "check.alphabet" if code != "element.length" else "token.unexpected"
        span = (step.start + fault.start, step.start + fault.end)
        element = None if name == CHECK else name
        self._add(code, span, element, **fault.params)

    def _tell_extra(self, before: _Step | None, step: _Step) -> None:
        word = self.text[step.start : step.end]
        if before is not None and before.kind == "found":
            name = self.items[before.item].name
            if self.text[before.start : before.end] == word and name != CHECK:
                self._add("element.repeated", (step.start, step.end), name, value=word)
                return
        self._add("token.unexpected", (step.start, step.end), value=word)

    def _tell_swap(self, places: dict[int, _Step], swapped: tuple[int, int]) -> set[str]:
        first, second = swapped
        names = [self.items[second].name, self.items[first].name]
        steps = [places[number] for number in swapped if number in places]
        span = (min(s.start for s in steps), max(s.end for s in steps)) if steps else (0, 0)
        self._add("element.order", span, elements=names)
        return set(names)

    def _merge_missing(self, path: list[_Step]) -> None:
        """Tell items missing at one place as one finding; each still counts as a fault."""
        groups: list[tuple[int, list[str]]] = []
        previous: _Step | None = None
        for step in path:
            item = self.items[step.item] if step.item < len(self.items) else None
            if step.kind == "missing" and item is not None and not item.optional:
                if previous is not None and previous.kind == "missing" and groups:
                    groups[-1][1].append(item.name)
                else:
                    groups.append((step.at, [item.name]))
            if step.kind != "missing" or (item is not None and not item.optional):
                previous = step
        for at, names in groups:
            self.missing.append(tuple(names))
            self.faults += len(names) - 1
            if names == [CHECK]:
                self._add("check.missing", (at, at))
            elif len(names) == 1:
                self._add("element.missing", (at, at), names[0])
            else:
                self._add("element.missing", (at, at), elements=names)

    def _merge_case(self, unread: set[str]) -> None:
        """Tell one wrong case over several elements once."""
        cases = [f for f in self.findings if f.code == "element.case" or _is_check_case(f)]
        if len(cases) < 2:
            return
        spans = [f.span for f in cases if f.span is not None]
        names = [f.element or CHECK for f in cases]
        self.findings = [f for f in self.findings if f not in cases]
        self.faults -= len(cases)
        found = "".join(str(f.params["found"]) for f in cases)
        span = (min(s[0] for s in spans), max(s[1] for s in spans))
        self._add("element.case", span, elements=names, found=found)
        unread |= set(names)

    def _merge_spellings(self) -> None:
        """Tell one wrong separator throughout the mark once, at its first place."""
        first: dict[tuple[str, str], Finding] = {}
        count: dict[tuple[str, str], int] = {}
        others: list[Finding] = []
        for finding in self.findings:
            if finding.code != "separator.spelling":
                others.append(finding)
                continue
            key = (finding.params["found"], finding.params["expected"])
            first.setdefault(key, finding)
            count[key] = count.get(key, 0) + 1
        merged = [
            replace(finding, params=Elements(finding.params, count=count[key]))
            for key, finding in first.items()
        ]
        self.findings = [*others, *merged]


def _is_check_case(finding: Finding) -> bool:
    if finding.code != "check.alphabet":
        return False
    found = str(finding.params["found"])
    return found != found.upper() and finding.params.get("reading") == found.upper()


def _with_rivals(chosen: _Story, rivals: list[_Story]) -> tuple[Finding, ...]:
    """Name every element that may be the missing one, where equally good stories differ in it."""
    lacking = {story.missing[0] for story in rivals if len(story.missing) == 1}
    single = {names[0] for names in lacking if len(names) == 1}
    if len(single) < 2 or len(chosen.missing) != 1 or len(chosen.missing[0]) != 1:
        return tuple(chosen.findings)
    order = [item.name for item in chosen.items if item.name in single]
    starts = [
        finding.span
        for story in rivals
        for finding in story.findings
        if finding.code in ("element.missing", "check.missing") and finding.span is not None
    ]
    told = Finding("element.missing", "error", None, min(starts), Elements(one_of=order))
    kept = [f for f in chosen.findings if f.code not in ("element.missing", "check.missing")]
    return tuple(sorted([*kept, told], key=lambda finding: finding.span or (0, 0)))
