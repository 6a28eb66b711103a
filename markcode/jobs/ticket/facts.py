"""What a ticket says of a job, found out from its folder: marks, files, one mark as it is made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from markcode import equipment, notation
from markcode.engraving.engraver import Style
from markcode.engraving.face import Face
from markcode.equipment import Setting, Setup
from markcode.equipment.plates import engraver_of
from markcode.errors import InvalidMark, JobError
from markcode.jobs.inspection import Job, mark_cells, stated_mark
from markcode.jobs.manifest import MANIFEST, JobFile
from markcode.jobs.marks import Stated
from markcode.jobs.order import HEIGHT_NM, MODULE_NM
from markcode.jobs.rows import arm_of
from markcode.jobs.tables import MARKS, MarkColumns
from markcode.symbols.datamatrix.sizes import SHAPES

if TYPE_CHECKING:
    from markcode.engraving.plate import Engraved
    from markcode.symbols import Symbol
    from markcode.symbols.datamatrix.sizes import Shape

__all__ = ["MOST_FILES", "TICKETS", "Facts", "Files", "Found", "files_of", "lookalikes", "marks_of"]

TICKETS = ("ticket.txt", "ticket.pdf")
"""The tickets themselves, which no ticket lists."""
MOST_FILES = 12
"""Files that a ticket lists; of those in folders, which are drawings, only the first few."""
_MOST_INSIDE = 3


@dataclass(frozen=True)
class Files:
    """The first files of a job, and how many there are in all."""

    listed: tuple[JobFile, ...]
    count: int
    bytes: int
    marks: str
    """SHA-256 that marks.csv had when the job was written; empty where it is not listed."""


@dataclass(frozen=True)
class Found:
    """What marks.csv holds."""

    count: int
    first: Stated | None
    last: Stated | None
    longest: Stated | None
    """The first of the marks whose symbol holds most; None without symbols."""
    codes: str
    """SHA-256 of the struck texts: UTF-8, LF between the lines of a mark, CR LF after each mark.
    With one line a mark, these are the bytes of the file of the equipment ``text``."""
    characters: str
    """All that are struck, in order."""
    sha256: str
    """Of marks.csv itself."""


def files_of(files: Iterable[JobFile]) -> Files:
    """Return what there is to say of the files; the list is read through, not kept."""
    top: list[JobFile] = []
    inside: list[JobFile] = []
    count = size = 0
    marks = ""
    for file in files:
        if file.name in TICKETS:
            continue
        if file.name == MARKS:
            marks = file.sha256
        count, size = count + 1, size + file.bytes
        kept, most = (inside, _MOST_INSIDE) if "/" in file.name else (top, MOST_FILES)
        if len(kept) < most:
            kept.append(file)
    return Files((*top, *inside)[:MOST_FILES], count, size, marks)


def marks_of(job: Job) -> Found:
    """Return what there is to say of the marks; marks.csv is read as a stream.

    Raises `JobError` where it is missing or damaged.
    """
    path, columns = job.folder / MARKS, job.columns()
    count, first, last, longest, most = 0, None, None, None, 0
    codes, characters = hashlib.sha256(), set[str]()
    payload = 1 + columns.lines if columns.has_payload else None
    try:
        with ExitStack() as stack:
            for cells in mark_cells(path, columns, stack):
                count, last = count + 1, cells
                first = first or cells
                if payload is not None and len(cells[payload]) > most:
                    longest, most = cells, len(cells[payload])
                lines = _struck(cells[1 : 1 + columns.lines])
                codes.update("\n".join(lines).encode("utf-8") + b"\r\n")
                characters.update(*lines)
        return Found(
            count,
            first=_stated(columns, first),
            last=_stated(columns, last),
            longest=_stated(columns, longest),
            codes=codes.hexdigest(),
            characters="".join(sorted(characters - {" "})),
            sha256=_sha256(path),
        )
    except notation.NotationError as fault:
        raise JobError(f"{path}, row {last[0] if last else 1}: damaged: {fault}") from fault
    except OSError as fault:
        raise JobError(f"{path}: {fault.strerror}: is this folder a whole job?") from fault


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _struck(cells: Sequence[str]) -> list[str]:
    lines = [notation.unescape(cell) if "{" in cell else cell for cell in cells]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _stated(columns: MarkColumns, cells: Sequence[str] | None) -> Stated | None:
    if cells is None:
        return None
    return stated_mark(columns, dict(zip(columns.names, cells, strict=True)))


@dataclass(frozen=True)
class Facts:
    """A job, its files and its marks. Raises `JobError` for what is not a whole job."""

    job: Job
    files: Files
    found: Found

    @cached_property
    def equipment(self) -> equipment.Equipment | None:
        """The declaration of the equipment; None where its package is not installed here."""
        return equipment.find(self.job.entry("equipment", str))

    @property
    def is_drawn(self) -> bool:
        """Whether the files show the marks as they are made, at their size."""
        if self.equipment is not None:
            return self.equipment.is_true_size
        return self.job.head.get("height_nm") is not None and self.job.columns().has_file

    @cached_property
    def setup(self) -> Setup:
        """What the equipment was told of the job; the size that the format requires, without one.

        What is not installed here, and what does not draw, stands for no settings.
        """
        entry, fmt = self.job.entry, self.job.fmt
        least = fmt.requirements.height_nm
        return Setup(
            equipment=self.equipment or equipment.get("csv"),
            lines=fmt.line_count(self.job.kind),
            symbol=entry("symbol", str, type(None)),
            shape=self._shape(),
            height_nm=entry("height_nm", int, type(None)) or least or HEIGHT_NM,
            module_nm=entry("module_nm", int, type(None)) or MODULE_NM,
            face=self.face,
            emblems=fmt.declaration.emblems,
            settings=self._told() if self.is_drawn and self.equipment is not None else {},
        )

    @property
    def style(self) -> Style:
        """How text and symbols are made."""
        return Style.of_settings(self.setup.settings, self.setup.module_nm)

    @cached_property
    def settings(self) -> Mapping[str, object]:
        """The settings of the equipment, as they stand in the manifest."""
        if "settings" not in self.job.head:
            return {}
        settings: Mapping[str, object] = self.job.entry("settings", dict)
        return settings

    def _told(self) -> Mapping[str, Any]:
        """Return the settings as the equipment takes them. Raises `JobError`."""
        declared = () if self.equipment is None else self.equipment.settings
        by_name = {setting.name: setting for setting in declared}
        for name, value in self.settings.items():
            if name not in by_name or not _is_of(by_name[name], value):
                raise self._damage("settings", {name: value})
        return {
            name: Decimal(str(value)) if by_name[name].kind == "number" else value
            for name, value in self.settings.items()
        }

    def _shape(self) -> Shape:
        shape = self.job.head.get("shape", "square")
        if shape not in tuple(SHAPES):
            raise self._damage("shape", shape)
        return cast("Shape", shape)

    def _damage(self, key: str, value: object) -> JobError:
        return JobError(
            f"{self.job.folder / MANIFEST}: {key} is {value!r}: this is not a whole job"
        )

    @cached_property
    def face(self) -> Face | None:
        """The face that the marks fit on."""
        match self.job.head.get("face"):
            case None:
                return None
            case {
                "size_nm": [int(_), int(_)] | None as size,
                "turn": int(turn),
                "cylinder_nm": int(_) | None as cylinder,
            }:
                return Face(None if size is None else (size[0], size[1]), turn, cylinder)
            case other:
                raise self._damage("face", other)

    def symbol(self, stated: Stated) -> Symbol | None:
        """Return the symbol of a mark. Raises `SymbolError`."""
        from markcode import symbols

        if self.setup.symbol is None or stated.payload is None:
            return None
        return symbols.shaped(self.setup.symbol, stated.payload, self.setup.shape)

    def engraved(self) -> Engraved | None:
        """Return the first mark as the equipment makes it, or None without a mark.

        Where the files are no drawings, it is drawn at the size that the format requires. Raises
        `SymbolError` for what cannot be drawn.
        """
        mark = self.found.first
        if mark is None:
            return None
        engraver = engraver_of(self.setup)
        return engraver.engrave(mark.row, self._drawn_lines(mark), self.symbol(mark))

    def _drawn_lines(self, mark: Stated) -> tuple[str, ...]:
        """Return the lines with their drawn symbols, which marks.csv does not tell."""
        fmt, kind = self.job.fmt, self.job.kind
        arm = arm_of(mark.row, fmt.rule(kind), mark.elements)
        try:
            marking = fmt.encode(arm.firearm, arm.event, accept_provisional=True)
        except InvalidMark:
            return mark.lines
        return marking.drawn_lines if marking.lines == mark.lines else mark.lines


def _is_of(setting: Setting, value: object) -> bool:
    """Return whether a setting may have a value, as it stands in a manifest."""
    if setting.kind == "choice":
        return value in setting.values
    return isinstance(value, str if setting.kind in ("text", "number") else int)


def lookalikes(characters: str) -> Iterator[str]:
    """Yield the classes of characters of which at least two are struck, such as ``0 O``."""
    from markcode.reference.lookalikes import CLASSES

    for group in CLASSES:
        used = [char for char in group if char in characters]
        if len(used) > 1:
            yield " ".join(used)
