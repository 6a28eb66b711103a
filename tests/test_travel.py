"""Orders of dots and strokes: short, the same everywhere, and never worse than the simple ones.

Known answers: a full grid needs one move of a cell a dot; tours of few dots are compared with the
best, found by trying all (Held and Karp); those of symbols with the least spanning tree, which no
order can be shorter than.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from markcode.engraving import shortening, tours
from markcode.engraving.travel import (
    Path,
    Point,
    Speeds,
    Visit,
    between_nm,
    length_nm,
    order_dots,
    order_many,
    order_strokes,
    order_strokes_many,
    seconds,
    travel_nm,
    walked,
)
from markcode.errors import JobError
from markcode.symbols import datamatrix

CELL = 400_000
SMALL = st.integers(-6, 6)
LARGE = st.integers(-(10**9), 10**9)
DOTS = st.one_of(
    st.lists(st.tuples(SMALL, SMALL), max_size=40),
    st.lists(st.tuples(SMALL, SMALL).map(lambda at: (at[0] * CELL, at[1] * CELL)), max_size=60),
    st.lists(st.tuples(LARGE, LARGE), max_size=25),
)
STARTS = st.one_of(st.just((0, 0)), st.tuples(SMALL, SMALL), st.tuples(LARGE, LARGE))
FEW = settings(max_examples=60, deadline=None)


def symbol(number: int, size: str = "18x18") -> list[Point]:
    modules = datamatrix.encode(f"{number:06d}", size=size).modules
    return [(int(x) * CELL, int(y) * CELL) for y, x in np.argwhere(modules)]


def along(dots: Sequence[Point], order: Sequence[int], start: Point = (0, 0)) -> int:
    return travel_nm([dots[at] for at in order], start)


def by_rows(dots: Sequence[Point], to_and_fro: bool, upright: bool = False) -> list[int]:
    """Return the order row by row, without the code that is tested."""
    places = [(x, y) if upright else (y, x) for x, y in dots]
    rows = sorted({row for row, _ in places})
    order: list[int] = []
    for number, row in enumerate(rows):
        own = [at for at, place in enumerate(places) if place[0] == row]
        back = to_and_fro and number % 2 == 1
        order += sorted(own, key=lambda at: places[at][1], reverse=back)
    return order


def best_nm(dots: Sequence[Point], start: Point = (0, 0)) -> float:
    """Return the length of the shortest way through all dots, by Held and Karp."""
    each = range(len(dots))
    known = {(1 << at, at): math.dist(start, dots[at]) for at in each}
    for seen, last in itertools.product(range(1, 1 << len(dots)), each):
        if (seen, last) not in known:
            continue
        for following in each:
            if seen >> following & 1:
                continue
            key = (seen | 1 << following, following)
            way = known[seen, last] + math.dist(dots[last], dots[following])
            known[key] = min(way, known.get(key, math.inf))
    return min(known[(1 << len(dots)) - 1, last] for last in each)


def spanning_nm(dots: Sequence[Point]) -> float:
    """Return the length of the least spanning tree, by Prim."""
    near = dict.fromkeys(dots, math.inf)
    here = dots[0]
    total = 0.0
    while len(near) > 1:
        del near[here]
        near = {dot: min(way, math.dist(dot, here)) for dot, way in near.items()}
        here = min(near, key=near.__getitem__)
        total += near[here]
    return total


class TestDots:
    @given(DOTS, STARTS)
    @FEW
    def test_every_dot_is_struck_once(self, dots: list[Point], start: Point) -> None:
        assert sorted(order_dots(dots, start)) == list(range(len(dots)))

    @given(DOTS, STARTS)
    @FEW
    def test_it_is_never_longer_than_the_simple_orders(
        self, dots: list[Point], start: Point
    ) -> None:
        found = along(dots, order_dots(dots, start), start)
        assert found <= along(dots, range(len(dots)), start)
        assert found <= along(dots, by_rows(dots, to_and_fro=False), start)
        # On a grid; dots anywhere are put on one.
        if len({x for x, _ in dots}) * len({y for _, y in dots}) <= 16 * len(dots):
            assert found <= along(dots, by_rows(dots, to_and_fro=True), start)
            assert found <= along(dots, by_rows(dots, to_and_fro=True, upright=True), start)

    @given(st.lists(st.tuples(DOTS, STARTS), max_size=6))
    @FEW
    def test_many_are_ordered_as_one_by_one(self, marks: list[tuple[list[Point], Point]]) -> None:
        dots = [own for own, _ in marks]
        starts = [start for _, start in marks]
        one_by_one = [order_dots(own, start) for own, start in marks]
        assert order_many(dots, starts) == one_by_one
        assert order_many(dots[::-1], starts[::-1]) == one_by_one[::-1]

    def test_a_wider_mark_does_not_change_the_order_of_another(self) -> None:
        chance = random.Random(20)
        marks = [
            [(x * CELL, y * CELL) for x in range(wide) for y in range(21) if chance.random() < 0.5]
            for wide in (20, 21) * 10
        ]
        assert order_many(marks) == [order_dots(mark) for mark in marks]

    def test_more_than_fit_at_once_are_ordered_as_one_by_one(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        marks = [symbol(number, "12x12") for number in range(12)]
        together = order_many(marks)
        monkeypatch.setattr("markcode.engraving.travel._TOGETHER", 150)
        assert order_many(marks) == together == [order_dots(mark) for mark in marks]

    @pytest.mark.parametrize("count", range(3))
    def test_few_dots(self, count: int) -> None:
        assert order_dots([(5, 5), (1, 1)][:count]) == [[], [0], [1, 0]][count]

    def test_repeated_dots_are_struck_one_after_the_other(self) -> None:
        dots = [(9, 0), (1, 0), (9, 0), (1, 0), (9, 0)]
        assert order_dots(dots) == [1, 3, 0, 2, 4]
        heap = [(7, 7)] * 500
        assert order_dots(heap) == list(range(500))

    @given(st.lists(st.integers(0, 1000), min_size=1, max_size=60), st.sampled_from([0, 1, 2]))
    @FEW
    def test_dots_on_a_line_are_struck_along_it(self, steps: list[int], way: int) -> None:
        direction = [(1, 0), (0, 1), (3, 4)][way]
        dots = [(step * direction[0], step * direction[1]) for step in steps]
        assert along(dots, order_dots(dots)) == travel_nm([max(dots)])

    @pytest.mark.parametrize(("wide", "high"), [(1, 9), (2, 2), (3, 3), (6, 4), (5, 7), (18, 18)])
    def test_a_full_grid_needs_one_cell_a_dot(self, wide: int, high: int) -> None:
        cells = list(itertools.product(range(wide), range(high)))
        random.Random(wide * high).shuffle(cells)
        dots = [(x * CELL, y * CELL) for x, y in cells]
        assert along(dots, order_dots(dots)) == (wide * high - 1) * CELL

    @pytest.mark.parametrize("kind", ["grid", "anywhere", "heaps"])
    def test_few_dots_are_struck_in_the_best_order(self, kind: str) -> None:
        chance = random.Random(kind)
        grid = [(x * CELL, y * CELL) for x in range(4) for y in range(4)]
        ratios = []
        for count in [3, 4, 5, 6, 7, 8] * 8:
            if kind == "grid":
                dots = chance.sample(grid, count)
            else:
                heap = 10**6 if kind == "heaps" else 0
                reach = 10**5 if kind == "heaps" else 10**6
                dots = [
                    (
                        chance.randrange(reach) + heap * chance.randrange(3),
                        chance.randrange(reach),
                    )
                    for _ in range(count)
                ]
            ratios.append(along(dots, order_dots(dots)) / best_nm(dots))
        assert max(ratios) < (1.000001 if kind == "grid" else 1.05)
        assert sum(ratios) / len(ratios) < 1.002

    @pytest.mark.parametrize(
        ("size", "count", "most"), [("12x12", 8, 1.16), ("18x18", 6, 1.16), ("52x52", 1, 1.16)]
    )
    def test_a_symbol_is_near_to_what_no_order_can_beat(
        self, size: str, count: int, most: float
    ) -> None:
        marks = [symbol(number, size) for number in range(count)]
        found = [along(dots, order) for dots, order in zip(marks, order_many(marks), strict=True)]
        least = [spanning_nm(dots) for dots in marks]
        plain = [along(dots, by_rows(dots, to_and_fro=True)) for dots in marks]
        assert all(a >= b for a, b in zip(found, least, strict=True))
        assert sum(found) < most * sum(least)
        assert sum(found) < 0.8 * sum(plain)

    def test_lines_of_letters_are_struck_line_by_line(self) -> None:
        chance = random.Random(5)
        dots = [
            ((6 * letter + x) * CELL, (12 * line + y) * CELL)
            for line, letter in itertools.product(range(3), range(12))
            for x, y in itertools.product(range(5), range(7))
            if chance.random() < 0.45
        ]
        order = order_dots(dots)
        lines = [dots[at][1] // (12 * CELL) for at in order]
        assert sum(a != b for a, b in itertools.pairwise(lines)) == 2
        assert along(dots, order) < 0.6 * along(dots, by_rows(dots, to_and_fro=True))

    def test_dots_anywhere_are_struck_in_a_short_order(self) -> None:
        chance = random.Random(2)
        dots = [(chance.randrange(10**7), chance.randrange(10**7)) for _ in range(800)]
        # Beardwood, Halton and Hammersley: 0.7124 sqrt(n A), for very many.
        assert along(dots, order_dots(dots)) < 1.12 * 0.7124 * math.sqrt(800 * 10**14)

    def test_a_simple_order_is_kept_where_the_search_finds_a_longer_one(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def spoilt(
            nodes: tours.Nodes, near: tours.Near, order: tours.Ints, wanted: object
        ) -> tours.Ints:
            last = int(nodes.last[0])
            odd, even = order[1:last:2], order[2:last:2]
            return np.concatenate([order[:1], odd, even, order[last:]])

        monkeypatch.setattr("markcode.engraving.travel.improve", spoilt)
        turns = [math.tau * (0.625 + step / 40) for step in range(40)]
        circle = [(round(9**6 * math.cos(turn)), round(9**6 * math.sin(turn))) for turn in turns]
        assert along(circle, order_dots(circle)) == travel_nm(circle)
        read = [(8 * line + step, 5 * line) for line in range(6) for step in range(10)]
        rows = [
            (step if line % 2 == 0 else 9 - step, 3 * line)
            for line in range(5)
            for step in range(10)
        ]
        for best in (read, rows, [(y, x) for x, y in rows]):
            dots = random.Random(1).sample(best, len(best))
            assert along(dots, order_dots(dots)) == travel_nm(best)

    def test_many_marks_of_tiny_dots_with_one_far_away(self) -> None:
        far = (10**9, 10**9)
        marks = [[*((x // CELL, y // CELL) for x, y in symbol(each)), far] for each in range(9)]
        assert order_many(marks) == [order_dots(mark) for mark in marks]

    def test_a_dot_far_away_does_not_spoil_the_rest(self) -> None:
        near = symbol(1)
        far = [*near, (2 * 10**9, 2 * 10**9)]
        order = order_dots(far)
        assert order[-1] == len(near)
        assert along(far, order[:-1]) < 1.1 * along(near, order_dots(near))

    def test_the_start_counts(self) -> None:
        dots = [(x * CELL, 0) for x in range(10)]
        assert order_dots(dots, (9 * CELL, CELL)) == list(range(9, -1, -1))

    def test_starts_are_given_for_every_mark(self) -> None:
        with pytest.raises(JobError, match="2 marks and 1 starts"):
            order_many([[(0, 0)], [(1, 1)]], [(0, 0)])


class TestShortening:
    """The search itself: what a change does, and that what it gains is what it says."""

    @pytest.mark.parametrize("kind", sorted(shortening._JOINS))
    def test_a_change_joins_what_it_says(self, kind: int) -> None:
        p, q, r = 1, 4, 6
        to, origin = shortening._sources(changes(p, q, r, kind))
        order = np.arange(10)
        order[to] = order[origin]
        ends = [p, p + 1, q, q + 1, r, r + 1]
        joins = {frozenset((ends[a], ends[b])) for a, b in shortening._JOINS[kind]}
        steps = {frozenset(map(int, pair)) for pair in itertools.pairwise(order)}
        whole = {frozenset(pair) for pair in itertools.pairwise(range(10))}
        assert steps - whole == joins

    def test_a_reversal_turns_its_section(self) -> None:
        to, origin = shortening._sources(changes(1, 4, 4, shortening._REVERSED))
        assert (to.tolist(), origin.tolist()) == ([2, 3, 4], [4, 3, 2])

    def test_what_is_gained_is_what_was_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        gained: list[float] = []
        compatible = shortening._compatible

        def watched(found: shortening._Changes, tour: tours.Ints) -> shortening._Changes:
            chosen = compatible(found, tour)
            gained.append(float(chosen.gain.sum()))
            return chosen

        monkeypatch.setattr(shortening, "_compatible", watched)
        chance = np.random.default_rng(3)
        places = np.array(chance.integers(0, 30, (242, 2)) * CELL, np.float64)
        nodes = tours.Nodes(places[:, 0].copy(), places[:, 1].copy(), np.array([0, 121]))
        order = np.arange(242)
        before = tours.totals(nodes, order)
        after = tours.totals(nodes, shortening.improve(nodes, tours.near(nodes, order, 3.0), order))
        assert before.sum() - after.sum() == sum(gained) > 0


def changes(p: int, q: int, r: int, kind: int) -> shortening._Changes:
    base, first, second, third = (np.array([at]) for at in (0, p, q, r))
    return shortening._Changes(np.ones(1), base, first, second, third, np.array([kind], np.int8))


STROKES = st.lists(
    st.builds(
        lambda points, closed: [*points, points[0]] if closed else points,
        st.lists(st.tuples(SMALL, SMALL), min_size=1, max_size=4),
        st.booleans(),
    ),
    max_size=12,
)


def best_strokes_nm(strokes: Sequence[Path]) -> int:
    """Return the least moves between strokes, by trying every order and every entry."""
    visits = [
        [Visit(at, entry) for entry in (range(len(own) - 1) if own[0] == own[-1] else (0, -1))]
        for at, own in enumerate(strokes)
    ]
    return min(
        between_nm(walked(strokes, choice))
        for order in itertools.permutations(visits)
        for choice in itertools.product(*order)
    )


class TestStrokes:
    @given(STROKES, STARTS)
    @FEW
    def test_every_stroke_is_walked_once_and_whole(
        self, strokes: list[list[Point]], start: Point
    ) -> None:
        visits = order_strokes(strokes, start)
        assert sorted(visit.stroke for visit in visits) == list(range(len(strokes)))
        for visit, path in zip(visits, walked(strokes, visits), strict=True):
            given = strokes[visit.stroke]
            assert path[0] == given[visit.entry]
            assert edges(path) == edges(given)

    @given(STROKES, STARTS)
    @FEW
    def test_it_is_never_longer_than_as_given(
        self, strokes: list[list[Point]], start: Point
    ) -> None:
        found = between_nm(walked(strokes, order_strokes(strokes, start)), start)
        assert found <= between_nm(strokes, start)

    @given(st.lists(st.tuples(STROKES, STARTS), max_size=4))
    @FEW
    def test_many_are_ordered_as_one_by_one(
        self, marks: list[tuple[list[list[Point]], Point]]
    ) -> None:
        found = order_strokes_many([own for own, _ in marks], [start for _, start in marks])
        assert found == [order_strokes(own, start) for own, start in marks]

    def test_few_strokes_are_walked_in_nearly_the_best_order(self) -> None:
        chance = random.Random(8)
        found = best = 0
        for _ in range(30):
            strokes = [
                [(chance.randrange(10**6), chance.randrange(10**6)) for _ in range(3)]
                for _ in range(4)
            ]
            for closed in strokes[:2]:
                closed.append(closed[0])
            found += between_nm(walked(strokes, order_strokes(strokes)))
            best += best_strokes_nm(strokes)
        assert best <= found < 1.08 * best

    def test_many_strokes_are_shorter_than_going_to_the_nearest(self) -> None:
        chance = random.Random(4)
        strokes: list[Path] = []
        for _ in range(80):
            x, y = chance.randrange(2 * 10**7), chance.randrange(2 * 10**7)
            strokes.append([(x, y), (x + chance.randrange(10**6), y + chance.randrange(10**6))])
        nearest, here, left = 0, (0, 0), list(strokes)
        while left:
            ways = [(math.dist(here, end), at, end) for at, own in enumerate(left) for end in own]
            way, at, end = min(ways)
            nearest += round(way)
            own = left.pop(at)
            here = own[-1] if end == own[0] else own[0]
        found = between_nm(walked(strokes, order_strokes(strokes)))
        assert found < 0.95 * nearest

    def test_an_open_stroke_is_walked_backwards(self) -> None:
        assert order_strokes([[(9, 0), (7, 5), (5, 0)]]) == [Visit(0, 2)]
        assert Visit(0, 2).walk([(9, 0), (7, 5), (5, 0)]) == [(5, 0), (7, 5), (9, 0)]

    def test_a_closed_stroke_is_entered_at_its_nearest_corner(self) -> None:
        square = [(5, 5), (9, 5), (9, 1), (5, 1), (5, 5)]
        assert order_strokes([square]) == [Visit(0, 3)]
        assert walked([square], [Visit(0, 3)]) == [[(5, 1), (5, 5), (9, 5), (9, 1), (5, 1)]]


def edges(path: Sequence[Point]) -> list[tuple[Point, ...]]:
    return sorted(tuple(sorted(pair)) for pair in itertools.pairwise(path))


class TestTime:
    def test_moves_are_added_before_they_are_rounded(self) -> None:
        assert travel_nm([]) == 0
        assert travel_nm([(3, 4)]) == 5
        assert travel_nm([(1, 1), (2, 2)]) == 3
        assert travel_nm([(1, 1), (2, 2), (3, 3)]) == 4  # 4.243: three rounded moves were 3
        assert travel_nm([(10**9, 0)], (-(10**9), 0)) == 2 * 10**9

    def test_strokes_and_the_moves_between_them(self) -> None:
        strokes = [[(0, 3), (4, 0)], [(4, 10), (4, 10)], [(4, 10), (10, 18)]]
        assert length_nm(strokes) == 5 + 0 + 10
        assert between_nm(strokes) == 3 + 10 + 0
        assert between_nm([], (5, 5)) == 0

    def test_seconds(self) -> None:
        speeds = Speeds(50_000_000, 20_000_000, 15_000)
        assert seconds(speeds, 100_000_000, 30_000_000, 200) == Decimal("6.5")
        assert seconds(speeds, 1) == Decimal("0.001")
        assert seconds(speeds, 0) == 0

    def test_what_is_no_speed_is_refused(self) -> None:
        with pytest.raises(JobError, match="travel_nm_s is 0"):
            Speeds(0)
        with pytest.raises(JobError, match="less than nothing"):
            Speeds(1, -1)
        with pytest.raises(JobError, match="strokes need a marking speed"):
            seconds(Speeds(1), 1, marked=1)
