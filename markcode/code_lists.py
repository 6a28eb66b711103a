"""Code lists: an authority's own table of code and name for one element.

A file is CSV with the header ``code,name`` in UTF-8; lines before it that begin with ``#`` name the
source and its date::

    # Makers licensed in Exampleland, Ministry of the Interior, 2026-03-01
    code,name
    INDU,Industrias Ejemplo S.A.
"""

from __future__ import annotations

import csv
import hashlib
import io
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from markcode.errors import TableError
from markcode.model import Elements

__all__ = ["CodeList"]

_HEADER = ["code", "name"]


@dataclass(frozen=True)
class CodeList:
    """The codes of one element, with their names."""

    element: str
    entries: Mapping[str, str]
    """Name by code."""
    source: str = ""
    """What the ``#`` lines say, joined by one space."""
    filename: str = ""
    sha256: str = ""
    """Of the file, in hexadecimal."""
    raw: bytes = field(default=b"", repr=False)
    """The file itself: a job that used the list holds a copy."""

    @classmethod
    def read(cls, element: str, path: str | Path) -> CodeList:
        """Read a file. Raises `TableError` that names file, line and what is wrong with it."""
        path = Path(path)
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise TableError(
                f"{path}: the code list of {element} cannot be read: {error.strerror or error}"
            ) from None
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise TableError(
                f"{path}: byte {error.start} is not UTF-8; save the code list as UTF-8"
            ) from None
        comments, rows = _split(text)
        entries = _entries(path, rows, len(comments))
        source = " ".join(comment.lstrip("#").strip() for comment in comments)
        digest = hashlib.sha256(raw).hexdigest()
        return cls(element, Elements(entries), source, path.name, digest, raw)

    def code_of(self, value: str) -> str | None:
        """Return the code that ``value`` is, or is the name of; None where it is neither.

        Codes are compared exactly, names without regard to case.

        >>> makers = CodeList("manufacturer", {"INDU": "Industrias Ejemplo"})
        >>> makers.code_of("INDU"), makers.code_of("industrias ejemplo"), makers.code_of("indu")
        ('INDU', 'INDU', None)
        """
        return value if value in self.entries else self._by_name.get(value.casefold())

    def name_of(self, code: str) -> str | None:
        """Return the name of a code, or None."""
        return self.entries.get(code)

    @cached_property
    def _by_name(self) -> dict[str, str]:
        return {name.casefold(): code for code, name in self.entries.items()}


def _split(text: str) -> tuple[list[str], list[str]]:
    """Return the leading ``#`` lines and the lines after them, with their endings."""
    # Lines end as csv has it, and not at every separator that Unicode knows.
    lines = list(io.StringIO(text, newline=""))
    count = next((at for at, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return lines[:count], lines[count:]


def _entries(path: Path, lines: list[str], skipped: int) -> dict[str, str]:
    entries: dict[str, str] = {}
    seen: dict[str, int] = {}
    for number, row in _rows(path, lines, skipped):
        fault = _fault(row)
        if fault is None:
            # A code may be its own name, but never a word for another entry.
            words = {row[0].casefold(), row[1].casefold()}
            used = sorted(word for word in words if word in seen)
            if used:
                fault = f"{used[0]!r} stands in line {seen[used[0]]} already, as code or as name"
            seen.update(dict.fromkeys(words, number))
        if fault is not None:
            raise TableError(f"{path}, line {number}: {fault}")
        entries[row[0]] = row[1]
    if not entries:
        raise TableError(f"{path}: the code list holds no codes")
    return entries


def _rows(path: Path, lines: list[str], skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and fields of each row after the header that is not blank."""
    reader = csv.reader(lines, strict=True)
    try:
        header = next(reader, [])
        if header != _HEADER:
            found = ",".join(header) or "nothing"
            raise TableError(
                f"{path}, line {skipped + 1}: the header must be code,name and not {found}"
            )
        for row in reader:
            if row:
                yield skipped + reader.line_num, row
    except csv.Error as error:
        line = skipped + reader.line_num
        raise TableError(f"{path}, line {line}: broken CSV: {error}") from None


def _fault(row: list[str]) -> str | None:
    """Return what is wrong with one row for itself."""
    if len(row) != len(_HEADER):
        return f"code,name are two fields and not {len(row)}; quote a name that holds a comma"
    for what, text in zip(_HEADER, row, strict=True):
        if not text:
            return f"the {what} is empty"
        if any(unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") for character in text):
            return f"the {what} {text!r} holds a control character"
        if text != text.strip():
            return f"the {what} {text!r} begins or ends with white space"
    return None
