"""What processes of their own do at once to one ledger; each function can be given to a pool."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from ledgers import Ticking
from markcode.ledger import Ledger
from markcode.ledger.refs import Ref
from markcode.ledger.series import draw

__all__ = ["at_once", "draw_often"]


def at_once(function: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Call a function in as many processes as there are arguments, all at the same time."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(arguments), mp_context=context) as pool:
        return [task.result() for task in [pool.submit(function, *each) for each in arguments]]


def draw_often(place: str, station: str, name: str, times: int, count: int) -> list[int]:
    """Draw numbers for one job after another, and return them all."""
    numbers: list[int] = []
    with Ledger(place, Ticking(), station) as ledger:
        for _ in range(times):
            with ledger.writing() as chain:
                ranges = draw(chain, name, count, Ref(station, 1))
            numbers += [n for first, last in ranges for n in range(first, last + 1)]
    return numbers
