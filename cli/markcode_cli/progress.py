"""A bar on a terminal for a run of two passes, the first of which does not know its length."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

__all__ = ["Progress"]

_EVERY = 100
"""Rows between two looks at the terminal."""


class Progress:
    """Called with the rows done and the rows there are; a context manager that ends the bar."""

    def __init__(self, counting: str, working: str) -> None:
        self._counting = counting
        self._working = working
        self._stack = ExitStack()
        self._bar: ProgressBar[int] | None = None
        self._shown = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is None and self._shown:
            click.echo(err=True)
        self._stack.close()

    def __call__(self, done: int, total: int | None) -> None:
        """Show how far the run has come."""
        if done % _EVERY and done != total:
            return
        if total is None:
            click.echo(f"\r{self._counting}: {done} rows", nl=False, err=True)
            self._shown = 1
            return
        if self._bar is None:
            if self._shown:
                click.echo(err=True)
            bar = click.progressbar(length=total, label=self._working, file=sys.stderr)
            self._bar = self._stack.enter_context(bar)
            self._shown = 0
        self._bar.update(done - self._shown)
        self._shown = done
