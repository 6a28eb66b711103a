"""Work on many chunks at once, results in order, never more in memory than the workers need."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

__all__ = ["in_order"]

_Result = TypeVar("_Result")


def in_order(
    work: Callable[..., _Result], tasks: Iterable[tuple[object, ...]], workers: int | None = None
) -> Iterator[_Result]:
    """Yield the result of ``work`` on the arguments of each task, in the order of the tasks.

    Threads do the work: NumPy lets others run while it computes. The tasks are made by the caller's
    own thread. What a task raises is raised here, and ends the work.
    """
    count = workers or os.cpu_count() or 1
    pending: deque[Future[_Result]] = deque()
    with ThreadPoolExecutor(count) as pool:
        try:
            for task in tasks:
                pending.append(pool.submit(work, *task))
                if len(pending) > count:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            for future in pending:
                future.cancel()
