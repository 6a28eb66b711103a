"""Borders of dark areas, found for many symbols at once, against a walk step by step."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from markcode import Payload
from markcode.symbols import make, names
from markcode.symbols.borders import borders

Corner = tuple[int, int]


def walked(modules: NDArray[np.bool_]) -> list[list[Corner]]:
    """Return the borders of one symbol, one unit step after another, with the dark on the right."""
    dark = np.pad(modules, 1)
    inner = dark[1:-1, 1:-1]
    steps: dict[Corner, list[Corner]] = {}
    for neighbour, corner, step in (
        (dark[:-2, 1:-1], (0, 0), (1, 0)),
        (dark[1:-1, 2:], (1, 0), (0, 1)),
        (dark[2:, 1:-1], (1, 1), (-1, 0)),
        (dark[1:-1, :-2], (0, 1), (0, -1)),
    ):
        for row, column in np.argwhere(inner & ~neighbour).tolist():
            steps.setdefault((column + corner[0], row + corner[1]), []).append(step)
    rings = []
    while steps:
        start = next(iter(steps))
        at, step = start, steps[start][0]
        ring: list[Corner] = []
        while not ring or at != start:
            right = (-step[1], step[0])
            turn = right if right in steps[at] else steps[at][0]
            if turn != step or not ring:
                ring.append(at)
            steps[at].remove(turn)
            if not steps[at]:
                del steps[at]
            at, step = (at[0] + turn[0], at[1] + turn[1]), turn
        rings.append(ring)
    return rings


def found(stack: NDArray[np.bool_]) -> list[list[list[Corner]]]:
    """Return the borders of each symbol of a stack."""
    of_all = borders(stack)
    rings = of_all.corners()
    bounds = of_all.symbols.tolist()
    return [rings[start:end] for start, end in itertools.pairwise(bounds)]


@st.composite
def stacks(draw: st.DrawFn) -> NDArray[np.bool_]:
    shape = (draw(st.integers(1, 4)), draw(st.integers(1, 14)), draw(st.integers(1, 14)))
    share = draw(st.sampled_from([0.1, 0.4, 0.5, 0.6, 0.8, 0.95]))
    return np.random.default_rng(draw(st.integers(0, 1 << 32))).random(shape) < share


@settings(max_examples=400, deadline=None)
@given(stacks())
def test_any_stack_is_as_walked_step_by_step(stack: NDArray[np.bool_]) -> None:
    assert found(stack) == [walked(modules) for modules in stack]


def test_every_three_by_three_symbol() -> None:
    codes = np.arange(1 << 9)
    stack = ((codes[:, None] >> np.arange(9)) & 1).astype(np.bool_).reshape(-1, 3, 3)
    assert found(stack) == [walked(modules) for modules in stack]


@pytest.mark.parametrize("name", names())
def test_symbols(name: str) -> None:
    gs1 = Payload("010952123454321321ABC", gs1=True)
    modules = make(name, gs1 if name == "gs1-128" else "CO 26").modules
    assert found(modules[None]) == [walked(modules)]


def test_a_ring_that_comes_back_to_its_first_corner_ends_there() -> None:
    rows = ["####", "##.#", "#.##", "####"]
    modules = np.array([[char == "#" for char in row] for row in rows])
    assert found(modules[None]) == [
        [
            [(0, 0), (4, 0), (4, 4), (0, 4)],
            [(2, 2), (3, 2), (3, 1), (2, 1)],
            [(2, 2), (1, 2), (1, 3), (2, 3)],
        ]
    ]


def test_nothing_dark() -> None:
    empty = borders(np.zeros((2, 3, 4), dtype=np.bool_))
    assert empty.corners() == []
    assert empty.symbols.tolist() == [0, 0, 0]
