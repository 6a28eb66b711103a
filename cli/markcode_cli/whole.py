"""Files that are whole or not there."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

__all__ = ["whole_file", "write_file"]


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Give a stream into a file that is there once all went well: beside it first, then one rename.

    A device, such as ``/dev/null``, is written to as it is.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
        return
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with _told_of(path):
        stream = part.open("xb")
    try:
        with stream:
            yield stream
            with _told_of(path):
                stream.flush()
                os.fsync(stream.fileno())
        with _told_of(path):
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_file(path: Path, content: bytes) -> None:
    """Write a file that is whole or not there."""
    with whole_file(path) as stream, _told_of(path):
        stream.write(content)


@contextlib.contextmanager
def _told_of(path: Path) -> Iterator[None]:
    """Let a fault name the file that was asked for, not the one beside it."""
    try:
        yield
    except OSError as fault:
        raise OSError(fault.errno, fault.strerror, str(path)) from fault
