"""How far a long run has come, on a terminal; nothing at all into a pipe or a file."""

from __future__ import annotations

import sys
from types import TracebackType

import click

__all__ = ["Progress"]

_EVERY = 100
"""Rows between two looks at the terminal."""


class Progress:
    """Called with what is done, and how much there is once that is known.

    ``counting`` says what is done while it is not known, ``working`` afterwards. It is one line,
    which other output must `clear` away first; a context manager that leaves no line behind.
    """

    def __init__(self, counting: str, working: str) -> None:
        self._counting = counting
        self._working = working
        self._is_shown = _is_terminal()
        self._width = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.clear()

    def __call__(self, done: int, total: int | None) -> None:
        """Show how far the run has come."""
        if not self._is_shown or (done % _EVERY and done != total):
            return
        if total is None:
            text = f"{self._counting}: {done:,}"
        else:
            text = f"{self._working}: {done:,} of {total:,} ({100 * done // max(total, 1)} %)"
        # Blanks over what is left of a longer line.
        click.echo(f"\r{text:<{self._width}}", nl=False, err=True)
        self._width = len(text)

    def clear(self) -> None:
        """Take the line off the terminal; the next call shows it again."""
        if self._width:
            click.echo(f"\r{'':<{self._width}}\r", nl=False, err=True)
            self._width = 0


def _is_terminal() -> bool:
    return sys.stderr.isatty()
