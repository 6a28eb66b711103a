"""Work on many chunks at once, results in order, never more in memory than the workers need."""

from __future__ import annotations

import ctypes
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TypeVar

__all__ = ["in_order", "keep_freed_memory"]

_TRIM, _MMAP = -1, -3
"""Parameters of glibc's mallopt."""
_KEPT = 256 << 20
_MAPPED = 32 << 20

_Result = TypeVar("_Result")


@cache
def keep_freed_memory() -> None:
    """Let freed memory stay with the process, where the system's allocator can be told so.

    Work in chunks frees and asks again for the same few megabytes; glibc would give them back to
    the system each time, which costs as much as the work.
    """
    try:
        tune = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return  # another allocator
    tune(_TRIM, _KEPT)
    tune(_MMAP, _MAPPED)


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
