"""A group whose commands are imported only when they are used."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import click

__all__ = ["LazyGroup"]


class LazyGroup(click.Group):
    """A group of commands; each is the command of that name in the module of that name."""

    def __init__(self, *args: Any, package: str, commands_in_order: Sequence[str], **extra: Any):
        super().__init__(*args, **extra)
        self._package, self._names = package, commands_in_order

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order of the help."""
        return list(self._names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command; None when there is none of that name."""
        if cmd_name not in self._names:
            return None
        name = cmd_name.replace("-", "_")
        module = importlib.import_module(f"{self._package}.{name}")
        # A command that would hide a builtin or a keyword has an underscore behind its name.
        command = getattr(module, name, None) or getattr(module, f"{name}_")
        assert isinstance(command, click.Command)
        return command
