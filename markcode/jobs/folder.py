"""A job folder: the whole of it, or none, whatever happens while it is being made.

The files are written into a temporary folder beside the place where the job belongs, put on the
disk (fsync), and take their place by one rename. The manifest lists every file but itself.
"""

from __future__ import annotations

import contextlib
import glob
import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO

from markcode.errors import JobError
from markcode.jobs.manifest import MANIFEST, JobFile, digest, manifest_text, read_manifest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["JobFolder", "NoFolder", "check_free", "leftovers"]

_CHUNK = 1 << 20
_WINDOWS = os.name == "nt"
_PART = ".part"
"""How the name of a folder ends in which a job is being made."""


@dataclass
class _Open:
    """A file that grows while the job is being made."""

    stream: BinaryIO
    hash: Any = field(default_factory=hashlib.sha256)
    size: int = 0


class JobFolder:
    """The files of a job in the making; a context manager that leaves nothing unless committed.

    Raises `JobError` where ``out`` is neither new nor an empty folder, or cannot be written.
    """

    def __init__(
        self, out: Path, database: sqlite3.Connection, replaces: str | None = None
    ) -> None:
        self._out = _resolved(out)
        self._replaces = replaces
        """The job whose folder, if it is there, makes way for this one."""
        self.manifest = ""
        """SHA-256 of the manifest, once it is written."""
        self._database = database
        self._open: dict[str, _Open] = {}
        self._folders: set[Path] = set()

    def __enter__(self) -> JobFolder:
        self._database.execute(
            "CREATE TABLE job_file (name TEXT PRIMARY KEY, folded TEXT UNIQUE, bytes INTEGER, "
            "sha256 TEXT)"
        )
        try:
            # The job has a folder of its own in there, for the permissions that the user's other
            # folders get; those of a temporary folder are for the user alone.
            self._temporary = Path(
                tempfile.mkdtemp(prefix=f".{self._out.name}.", suffix=_PART, dir=self._out.parent)
            )
            self._folder = self._temporary / "job"
            self._folder.mkdir()
        except OSError as fault:
            raise _unusable(self._out, fault) from fault
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for file in self._open.values():
            with contextlib.suppress(OSError):
                file.stream.close()
        shutil.rmtree(self._temporary, ignore_errors=True)
        if isinstance(fault, OSError):
            raise _unusable(self._out, fault) from fault

    def append(self, name: str, data: bytes | NDArray[np.uint8]) -> None:
        """Add ``data`` to the end of a file, which begins empty."""
        file = self._open.get(name)
        if file is None:
            file = self._open[name] = _Open(self._path(name).open("xb", buffering=_CHUNK))
        raw = data if isinstance(data, bytes) else data.data
        file.stream.write(raw)
        file.hash.update(raw)
        file.size += len(data)

    def add(self, name: str, data: bytes) -> None:
        """Write a whole file."""
        self._register(JobFile(name, len(data), hashlib.sha256(data).hexdigest()))
        self._path(name).write_bytes(data)

    def clear(self) -> None:
        """Take out again what was written so far."""
        for file in self._open.values():
            file.stream.close()
        self._open.clear()
        self._folders.clear()
        self._database.execute("DELETE FROM job_file")
        shutil.rmtree(self._folder)
        self._folder.mkdir()

    def read(self) -> tuple[Path, Iterator[JobFile]]:
        """Return where the job is being made, and its files; nothing is appended any more."""
        self._close()
        return self._folder, self._files()

    def commit(self, head: Mapping[str, Any]) -> None:
        """Write the manifest, put everything on the disk, and move the job to its place."""
        self._close()
        with (self._folder / MANIFEST).open("x", encoding="utf-8", newline="\n") as stream:
            stream.writelines(manifest_text(head, self._files()))
        self.manifest = digest(self._folder / MANIFEST).sha256
        for name in (*(file.name for file in self._files()), MANIFEST):
            with (self._folder / name).open("r+b") as written:
                os.fsync(written.fileno())
        for folder in (*sorted(self._folders), self._folder):
            _sync_folder(folder)
        self._take_place()
        _sync_folder(self._out.parent)

    def _close(self) -> None:
        """Close the files that grew."""
        for name, file in self._open.items():
            file.stream.close()
            self._register(JobFile(name, file.size, file.hash.hexdigest()))
        self._open.clear()

    def _take_place(self) -> None:
        """Move the job to its place, from which that of a job it replaces goes first."""
        # Somebody may have put a folder there since the job was begun.
        check_free(self._out, self._replaces)
        if self._replaces is None or not self._out.exists():
            if _WINDOWS and self._out.exists():
                self._out.rmdir()
            self._folder.rename(self._out)
            return
        before = self._temporary / "before"
        self._out.rename(before)
        try:
            self._folder.rename(self._out)
        except BaseException:
            before.rename(self._out)
            raise

    def _path(self, name: str) -> Path:
        path = self._folder / name
        if path.parent != self._folder and path.parent not in self._folders:
            path.parent.mkdir()
            self._folders.add(path.parent)
        return path

    def _register(self, file: JobFile) -> None:
        try:
            self._database.execute(
                "INSERT INTO job_file VALUES (?, ?, ?, ?)",
                (file.name, file.name.casefold(), file.bytes, file.sha256),
            )
        except sqlite3.IntegrityError:
            raise JobError(
                f"two files of the job would be called {file.name!r}; names must differ by more "
                "than their case"
            ) from None

    def _files(self) -> Iterator[JobFile]:
        rows = self._database.execute("SELECT name, bytes, sha256 FROM job_file ORDER BY name")
        return (JobFile(*row) for row in rows)


class NoFolder:
    """Takes the place of a folder in a dry run."""

    manifest = ""

    def __enter__(self) -> NoFolder:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def append(self, name: str, data: bytes | NDArray[np.uint8]) -> None:
        """Write nothing."""

    def add(self, name: str, data: bytes) -> None:
        """Write nothing."""

    def clear(self) -> None:
        """Take out nothing."""

    def commit(self, head: Mapping[str, Any]) -> None:
        """Write nothing."""


def check_free(out: Path, job: str | None = None) -> None:
    """Raise `JobError` unless ``out`` can become a job folder: new, empty, or that of ``job``."""
    try:
        if out.is_dir():
            if job is not None and _is_folder_of(out, job):
                return
            if any(out.iterdir()):
                raise JobError(f"{out}: the folder is not empty; name a new or empty one")
        elif out.exists():
            raise JobError(f"{out}: there is a file of that name; name a new folder")
        elif not _resolved(out).parent.is_dir():
            raise JobError(f"{out}: there is no folder {_resolved(out).parent} to put the job into")
    except OSError as fault:
        raise _unusable(out, fault) from fault


def _is_folder_of(out: Path, job: str) -> bool:
    try:
        return read_manifest(out)[0].get("job") == job
    except JobError:
        return False


def leftovers(out: Path) -> list[Path]:
    """Return what killed runs to the same ``out`` have left beside it, or other runs still use."""
    place = _resolved(out)
    try:
        return sorted(place.parent.glob(f".{glob.escape(place.name)}.*{_PART}"))
    except OSError:
        return []


def _resolved(out: Path) -> Path:
    try:
        return out.resolve()
    except (OSError, RuntimeError) as fault:
        # Before Python 3.13 a loop of symbolic links is a RuntimeError.
        raise _unusable(out, fault) from fault


def _unusable(out: Path, fault: OSError | RuntimeError) -> JobError:
    return JobError(f"{out}: the job could not be written, and nothing was: {fault}")


def _sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk; Windows has no such call."""
    if _WINDOWS:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
