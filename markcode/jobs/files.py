"""The files of a job, read again: whether they are as they were made, and what they say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from markcode.equipment.text import file_name
from markcode.errors import UnreadableImage
from markcode.jobs.duplicates import scratch
from markcode.jobs.manifest import MANIFEST, JobFile, digest, is_inside
from markcode.jobs.tables import payload_text
from markcode.model import Elements, Finding, Payload

if TYPE_CHECKING:
    from markcode.reading import Scan

__all__ = ["LineFiles", "compare_files", "read_drawing"]


def compare_files(folder: Path, files: Iterator[JobFile]) -> Iterator[tuple[str, Finding]]:
    """Yield name and finding of every file that is not as the manifest says, or not in it."""
    with closing(scratch()) as database:
        database.execute("CREATE TABLE listed (name TEXT PRIMARY KEY)")
        for file in files:
            database.execute("INSERT OR IGNORE INTO listed VALUES (?)", (file.name,))
            try:
                found = digest(folder / file.name)
            except OSError:
                yield file.name, Finding("file.missing", params=Elements(file=file.name))
                continue
            if (found.bytes, found.sha256) != (file.bytes, file.sha256):
                params = Elements(file=file.name, expected=file.bytes, found=found.bytes)
                yield file.name, Finding("file.changed", params=params)
        for name in _names(folder, folder):
            listed = database.execute("SELECT 1 FROM listed WHERE name = ?", (name,)).fetchone()
            if listed is None and name != MANIFEST:
                yield name, Finding("file.unexpected", "warning", params=Elements(file=name))


def _names(folder: Path, top: Path) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            yield from _names(path, top)
        else:
            yield path.relative_to(top).as_posix()


class LineFiles:
    """The files of a text job, read along with marks.csv; ``stack`` closes them."""

    def __init__(self, folder: Path, lines: int, stack: ExitStack) -> None:
        self._files: list[tuple[str, BinaryIO]] = []
        for number in range(1, lines + 1):
            path = folder / file_name(number)
            # A file that is missing is reported as such, and not for every mark again.
            if path.is_file():
                self._files.append((path.name, stack.enter_context(path.open("rb"))))

    def compare(self, lines: Sequence[str]) -> list[Finding]:
        """Return a finding for each file whose next line is not that of this mark."""
        findings = []
        for name, stream in self._files:
            number = int(name.removeprefix("line_").removesuffix(".txt"))
            expected = lines[number - 1] if number <= len(lines) else ""
            found = stream.readline()
            if found != expected.encode("utf-8") + b"\r\n":
                shown = found.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r")
                params = Elements(line=number, file=name, expected=expected, found=shown)
                findings.append(Finding("line.mismatch", params=params))
        return findings

    def rest(self) -> Iterator[tuple[str, Finding]]:
        """Yield a finding for each file that goes on after the last mark."""
        for name, stream in self._files:
            if stream.read(1):
                yield name, Finding("line.unexpected", params=Elements(file=name))


def read_drawing(folder: Path, name: str, payload: Payload | None) -> list[Finding]:
    """Return what is wrong with the symbol in a drawing, and that its letters were not read.

    ``payload`` is what the symbol must hold; None where the drawing has none.
    """
    unread = Finding("drawing.letters_unread", "info", params=Elements(file=name))
    if payload is None:
        return [unread]
    from markcode import reading

    if not name or not is_inside(name) or not (folder / name).is_file():
        return [Finding("file.missing", params=Elements(file=name)), unread]
    try:
        scans = reading.read(folder / name)
    except (OSError, UnreadableImage) as fault:
        params = Elements(file=name, detail=str(fault))
        return [Finding("symbol.unread", params=params), unread]
    if not scans:
        return [Finding("symbol.unread", params=Elements(file=name, detail="")), unread]
    wrong = [scan for scan in scans if not _holds(scan, payload)]
    if not wrong:
        return [unread]
    params = Elements(
        reason="symbol",
        file=name,
        expected=payload_text(payload),
        found=payload_text(wrong[0].payload),
    )
    return [Finding("payload.mismatch", params=params), unread]


def _holds(scan: Scan, payload: Payload) -> bool:
    if scan.is_gs1 != payload.gs1:
        return False
    if isinstance(payload.data, bytes):
        return scan.bytes == payload.data
    return scan.text == payload.data or scan.bytes == payload.data.encode("utf-8")
