"""Formats declared in TOML files: those that markcode brings, and one's own.

The notation is described in docs/format-files.md. A file is data: nothing in it is executed, and it
holds no regular expressions. Errors name file, line, key and reason.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from markcode.declaration import Declaration
from markcode.declaring.build import FULL, NAMES, declare, is_name, raw_tables
from markcode.declaring.source import Source
from markcode.errors import FormatFileError

__all__ = ["FULL", "built_in", "load_file", "loads", "starter"]


@cache
def _tables(name: str) -> tuple[Source, Mapping[str, Any]] | None:
    try:
        raw = pkgutil.get_data("markcode.formats", f"{name}.toml")
    except OSError:
        return None
    assert raw is not None
    source = Source(f"{name}.toml", raw)
    return source, raw_tables(source, _load)


def _load(name: str) -> Mapping[str, Any] | None:
    # A name is no path: what it may hold keeps it inside the folder of formats.
    found = _tables(name) if is_name(name) else None
    return found[1] if found is not None else None


@cache
def built_in(name: str) -> Declaration:
    """Return a declaration that markcode brings as a file. KeyError if there is none."""
    found = _tables(name)
    if found is None:
        raise KeyError(name)
    return declare(*found, built_in=True)


def loads(raw: bytes, name: str = "own-format.toml") -> Declaration:
    """Return the declaration in the bytes of a file; ``name`` is for errors and job folders.

    Raises `FormatFileError`.
    """
    source = Source(name, raw)
    return declare(source, raw_tables(source, _load), built_in=False)


def starter(name: str) -> str:
    """Return a commented file to start a format from. Raises `FormatFileError` for a bad name."""
    if not is_name(name):
        raise FormatFileError(repr(name), f"{name!r} cannot name a format: {NAMES}", key="name")
    file = f"{name}.toml"
    if _load(name) is not None:
        raise FormatFileError(file, f"{name!r} is a built-in format; choose another", key="name")
    raw = pkgutil.get_data("markcode.declaring", "starter.toml")
    assert raw is not None
    text = raw.decode("utf-8").replace("\r\n", "\n")
    return text.replace('name = "NAME"', f'name = "{name}"').replace("FILE.toml", file)


def load_file(path: str | Path) -> Declaration:
    """Return the declaration in a file. Raises `FormatFileError`."""
    source = Source.read(path)
    return declare(source, raw_tables(source, _load), built_in=False)
