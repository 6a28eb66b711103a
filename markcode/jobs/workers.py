"""Work on many chunks at once, results in order, never more in memory than the workers need.

Threads do it where NumPy computes, which lets others run meanwhile; processes where Python does.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

__all__ = ["in_order", "in_processes", "keep_freed_memory"]

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
    work: Callable[..., _Result], tasks: Iterable[tuple[Any, ...]], workers: int | None = None
) -> Iterator[_Result]:
    """Yield the result of ``work`` on the arguments of each task, in the order of the tasks.

    Threads do the work; the tasks are made by the caller's own. What a task raises is raised here,
    and ends the work.
    """
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        yield from _ordered(pool, work, tasks, workers or os.cpu_count() or 1)


def in_processes(
    maker: object, method: str, tasks: Iterable[tuple[Any, ...]], workers: int | None = None
) -> Iterator[Any]:
    """Yield what a method of ``maker`` returns for each task, as `in_order` does.

    Each process has a copy of ``maker``. The main module of the program must be importable.
    """
    count = workers or os.cpu_count() or 1
    with ProcessPoolExecutor(
        count,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start,
        initargs=(maker, method),
    ) as pool:
        yield from _ordered(pool, _call, tasks, count)


def _ordered(
    pool: Executor, work: Callable[..., _Result], tasks: Iterable[tuple[Any, ...]], count: int
) -> Iterator[_Result]:
    pending: deque[Future[_Result]] = deque()
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


_ours: list[Callable[..., Any]] = []
"""In a process of `in_processes`, the method that it calls."""


def _start(maker: object, method: str) -> None:
    _ours[:] = [getattr(maker, method)]
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the one that started it has ended, however it did."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _call(*task: Any) -> Any:
    return _ours[0](*task)
