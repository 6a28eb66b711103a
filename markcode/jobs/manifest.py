"""``manifest.json``: what a job is, and the size and hash of every other file in it.

The list of files has one line a file, so that a job of a million drawings is written and read
without holding the list in memory. A manifest that some other program has rewritten is read whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Any, TextIO

from markcode.errors import JobError

__all__ = [
    "MANIFEST",
    "VERSION",
    "JobFile",
    "digest",
    "is_inside",
    "manifest_text",
    "read_manifest",
]

MANIFEST = "manifest.json"
VERSION = 1
"""``manifest_version``: raised when a reader of the old one would misunderstand."""

_FILES = '  "files": ['
_CHUNK = 1 << 20


@dataclass(frozen=True)
class JobFile:
    """What the manifest says of one file; the name has forward slashes."""

    name: str
    bytes: int
    sha256: str


def digest(path: Path) -> JobFile:
    """Return the size and hash of a file, read in pieces. Raises OSError."""
    sha256, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            sha256.update(chunk)
            size += len(chunk)
    return JobFile(path.name, size, sha256.hexdigest())


def manifest_text(head: Mapping[str, Any], files: Iterator[JobFile]) -> Iterator[str]:
    """Yield the text of a manifest in pieces."""
    yield json.dumps(head, ensure_ascii=False, indent=2).removesuffix("\n}") + ",\n" + _FILES
    separator = "\n    "
    for file in files:
        entry = {"name": file.name, "bytes": file.bytes, "sha256": file.sha256}
        yield separator + json.dumps(entry, ensure_ascii=False)
        separator = ",\n    "
    yield "\n  ]\n}\n"


def read_manifest(folder: Path) -> tuple[dict[str, Any], Iterator[JobFile]]:
    """Return the head of a job's manifest, and its files one at a time.

    Raises `JobError` for what is no manifest, at once or while the files are read.
    """
    path = folder / MANIFEST
    if path.exists() and not path.is_file():
        raise JobError(f"{path}: this is no regular file: is this folder a whole job?")
    try:
        with path.open(encoding="utf-8") as stream:
            head, first = _head(stream)
            if _entry(first) is None:
                stream.seek(0)
                whole = json.load(stream)
                files = whole.pop("files", None) if isinstance(whole, dict) else None
                if not isinstance(files, list):
                    raise JobError(f"{path}: this is no manifest of markcode: it lists no files")
                return _known(path, whole), iter([_file(path, entry) for entry in files])
    except OSError as fault:
        raise JobError(f"{path}: {fault.strerror}: is this folder a whole job?") from fault
    except (ValueError, RecursionError) as fault:
        if isinstance(fault, JobError):
            raise
        raise JobError(f"{path}: this is no manifest of markcode: {fault}") from fault
    return _known(path, head), _listed(path)


def _head(stream: TextIO) -> tuple[dict[str, Any], str]:
    """Return what stands before the list of files, and the list's first line."""
    text = ""
    for line in stream:
        if line.rstrip("\n") == _FILES:
            return json.loads(text + _FILES + "]}"), next(stream, "")
        text += line
    return {}, ""


def _listed(path: Path) -> Iterator[JobFile]:
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            if line.rstrip("\n") == _FILES:
                break
        for line in stream:
            entry = _entry(line)
            if entry is None:
                if line.strip() == "]":
                    return
                break
            yield _file(path, entry)
    raise JobError(f"{path}: the list of files is damaged: one entry a line was expected")


def _entry(line: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(line.strip().removesuffix(","))
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def _file(path: Path, entry: Any) -> JobFile:
    match entry:
        case {"name": str(name), "bytes": int(size), "sha256": str(sha256)} if is_inside(name):
            _refuse_surrogates(path, entry)
            return JobFile(name, size, sha256)
    raise JobError(f"{path}: {entry!r} does not say name, bytes and sha256 of a file")


def is_inside(name: str) -> bool:
    """Return whether a file name of a job stays inside its folder, on Windows too."""
    return "\\" not in name and ".." not in name.split("/") and not PureWindowsPath(name).anchor


def _known(path: Path, head: dict[str, Any]) -> dict[str, Any]:
    version = head.get("manifest_version")
    if version != VERSION:
        raise JobError(
            f"{path}: manifest_version is {version!r}, and this markcode reads {VERSION}"
        )
    head.pop("files", None)
    _refuse_surrogates(path, head)
    return head


def _refuse_surrogates(path: Path, entry: Mapping[str, Any]) -> None:
    """Raise `JobError` for half a character, which JSON can spell and no file can hold."""
    try:
        json.dumps(entry, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as fault:
        raise JobError(f"{path}: this is no manifest of markcode: {fault}") from fault
