"""The files of a job, read again: whether they are as they were made, and what they say."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from markcode.equipment.text import file_name
from markcode.errors import SymbolError, UnreadableImage
from markcode.jobs.duplicates import scratch
from markcode.jobs.manifest import MANIFEST, JobFile, digest, is_inside
from markcode.jobs.tables import MARKS, payload_text, unpacked
from markcode.model import Elements, Finding, Payload
from markcode.symbols import datamatrix

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from markcode.reading import Scan

__all__ = ["Drawings", "LineFiles", "Listing", "unlisted"]

_PICTURES = (".svg", ".dxf", ".png")
"""Endings of drawings that `markcode.reading` reads."""


class Listing:
    """The files that a manifest lists, against those that are there; ``stack`` closes it.

    ``required`` are the files without which it is no job: each must be listed.
    """

    def __init__(self, folder: Path, required: Collection[str], stack: ExitStack) -> None:
        self._folder = folder
        self._required = required
        self._database = stack.enter_context(closing(scratch()))
        self._database.execute("CREATE TABLE listed (name TEXT PRIMARY KEY)")

    def __contains__(self, name: str) -> bool:
        query = "SELECT 1 FROM listed WHERE name = ?"
        return self._database.execute(query, (name,)).fetchone() is not None

    def compare(self, files: Iterable[JobFile]) -> Iterator[tuple[str, Finding | None]]:
        """Yield the name of every file of the manifest, with what is wrong with it.

        Then what is required and not listed, and what is there and not listed.
        """
        for file in files:
            self._database.execute("INSERT OR IGNORE INTO listed VALUES (?)", (file.name,))
            yield file.name, self._fault(file)
        for name in self._required:
            if name not in self:
                yield name, unlisted(name)
        for name in sorted(self._unexpected(self._folder, "")):
            yield name, Finding("file.unexpected", "warning", params=Elements(file=name))

    def _fault(self, file: JobFile) -> Finding | None:
        path = self._folder / file.name
        try:
            # A pipe or a device has no end to be read to.
            if path.exists() and not path.is_file():
                return Finding("file.irregular", params=Elements(file=file.name))
            found = digest(path)
        except OSError:
            return Finding("file.missing", params=Elements(file=file.name))
        if (found.bytes, found.sha256) == (file.bytes, file.sha256):
            return None
        params = Elements(file=file.name, expected=file.bytes, found=found.bytes)
        return Finding("file.changed", params=params)

    def _unexpected(self, folder: Path, before: str) -> Iterator[str]:
        with os.scandir(folder) as entries:
            for entry in entries:
                name = before + entry.name
                # A link to a folder may lead back up.
                if entry.is_dir(follow_symlinks=False):
                    yield from self._unexpected(Path(entry.path), f"{name}/")
                elif name != MANIFEST and name not in self._required and name not in self:
                    yield name


def unlisted(name: str) -> Finding:
    """Return that a file of the job is not in the manifest, so that nothing seals it."""
    return Finding("file.unlisted", params=Elements(file=name))


class LineFiles:
    """The files of a text job, read along with marks.csv; ``stack`` closes them."""

    def __init__(self, folder: Path, lines: int, stack: ExitStack) -> None:
        self._files: list[tuple[int, str, BinaryIO]] = []
        for number in range(1, lines + 1):
            path = folder / file_name(number)
            # A file that is missing is reported as such, and not for every mark again.
            if path.is_file():
                stream = stack.enter_context(path.open("rb"))
                self._files.append((number, path.name, stream))

    def compare(self, lines: Sequence[str]) -> list[Finding]:
        """Return a finding for each file whose next line is not that of this mark."""
        findings = []
        for number, name, stream in self._files:
            expected = lines[number - 1] if number <= len(lines) else ""
            found = stream.readline()
            if found == expected.encode("utf-8") + b"\r\n":
                continue
            shown = found.decode("utf-8", "replace")
            bare = shown.removesuffix("\n").removesuffix("\r")
            params = {"line": number, "file": name, "expected": expected, "found": bare}
            if bare == expected:
                params.update(expected=f"{expected}\r\n", found=shown)
            findings.append(Finding("line.mismatch", params=Elements(params)))
        return findings

    def rest(self) -> Iterator[tuple[str, Finding]]:
        """Yield a finding for each file that goes on after the last mark."""
        for _, name, stream in self._files:
            if stream.read(1):
                yield name, Finding("line.unexpected", params=Elements(file=name))


class Drawings:
    """The drawings of a job, read along with marks.csv.

    ``endings`` are those of the drawings of such jobs, as far as known; ``grid`` is the columns and
    rows of a sheet, where many marks are on one drawing.
    """

    def __init__(
        self, folder: Path, endings: Collection[str] = (), grid: tuple[int, int] = (1, 1)
    ) -> None:
        self._folder = folder
        self._endings = endings
        self._grid = grid
        self._name: str | None = None
        self._cell = 0
        self._scans: list[list[Scan]] | UnreadableImage = []

    def compare(self, name: str, payload: Payload | None) -> list[Finding]:
        """Return what is wrong with the symbol of the next mark, and that no letters were read.

        ``name`` is the drawing of the mark, ``payload`` what its symbol must hold; None where it
        has none. Of a file that is no picture it is only said that it was not read.
        """
        is_picture = self._is_picture(name)
        code = "drawing.letters_unread" if is_picture else "drawing.unread"
        unread = Finding(code, "info", params=Elements(file=name))
        if payload is None:
            return [unread]
        if not name or not is_inside(name) or not (self._folder / name).is_file():
            return [Finding("file.missing", params=Elements(file=name)), unread]
        if not is_picture:
            return [unread]
        scans = self._next(name)
        if isinstance(scans, UnreadableImage):
            params = Elements(file=name, detail=str(scans))
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

    def _is_picture(self, name: str) -> bool:
        """Return whether a drawing is to be read: one of a foreign ending is taken for a fault."""
        ending = Path(name).suffix
        return ending in _PICTURES or (bool(self._endings) and ending not in self._endings)

    def _next(self, name: str) -> list[Scan] | UnreadableImage:
        """Return the symbols in the next cell of a drawing, which is read once."""
        if name != self._name:
            self._name, self._cell = name, 0
            try:
                self._scans = _read_cells(self._folder / name, *self._grid)
            except UnreadableImage as fault:
                self._scans = fault
        elif self._cell + 1 < self._grid[0] * self._grid[1]:
            self._cell += 1
        return self._scans if isinstance(self._scans, UnreadableImage) else self._scans[self._cell]


def _read_cells(path: Path, columns: int, rows: int) -> list[list[Scan]]:
    """Return the symbols in each cell of a drawing. Raises `UnreadableImage`."""
    from markcode.reading.pictures import grey

    picture = grey(path)
    height = picture.shape[0]
    # A row at a time: a reader stops after some hundreds of symbols.
    bands = (picture[row * height // rows : (row + 1) * height // rows] for row in range(rows))
    return [cell for band in bands for cell in _read_row(band, columns)]


def _read_row(band: NDArray[np.uint8], columns: int) -> list[list[Scan]]:
    """Return the symbols in each cell of a row; only where none is seen, its dots are grown."""
    from markcode.reading import read
    from markcode.reading.dotted import GROWTHS, thickened

    width = band.shape[1]
    bounds = [column * width // columns for column in range(columns + 1)]
    cells: list[list[Scan]] = [[] for _ in range(columns)]
    marked = [bool((band[:, start:end] < 128).any()) for start, end in pairwise(bounds)]
    for side in (1, *GROWTHS):
        found: list[list[Scan]] = [[] for _ in range(columns)]
        for scan in read(thickened(band, side)):
            middle = sum(x for x, _ in scan.corners) // len(scan.corners)
            found[min(middle * columns // width, columns - 1)].append(scan)
        cells = [before or now for before, now in zip(cells, found, strict=True)]
        if all(cell or not is_marked for cell, is_marked in zip(cells, marked, strict=True)):
            break
    return cells


def _holds(scan: Scan, payload: Payload) -> bool:
    if scan.is_gs1 != payload.gs1:
        return False
    if isinstance(payload.data, bytes):
        return scan.bytes == payload.data
    return scan.text == payload.data or scan.bytes == payload.data.encode("utf-8")


def read_modules(size: str, packed: str, payload: Payload | None) -> list[Finding]:
    """Return what is wrong with a symbol whose modules marks.csv holds (``SYMBOL_COLUMNS``)."""
    try:
        found = datamatrix.decode(unpacked(size, packed))
    except (SymbolError, ValueError) as fault:
        return [Finding("symbol.unread", params=Elements(file=MARKS, detail=str(fault)))]
    if payload is None or found == payload:
        return []
    expected, said = payload_text(payload), payload_text(found)
    params = Elements(reason="symbol", file=MARKS, expected=expected, found=said)
    return [Finding("payload.mismatch", params=params)]
