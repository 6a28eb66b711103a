"""Files as they come: whether they can be read, which bytes they hold, their lines."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from markcode.errors import TableError

__all__ = ["LIMIT", "Lines", "TextFile", "check", "digest", "refuse_binary", "stamp"]

LIMIT = 1 << 20
"""The most characters that one record may have."""
_CHUNK = 1 << 20
_OTHER_ENCODINGS = "if a spreadsheet saved it, try --encoding cp1252"
# A file that is no text begins with one of these.
_MAGIC = {
    b"PK\x03\x04": "is a zip archive; a workbook must be named .xlsx",
    b"\xd0\xcf\x11\xe0": "is an old Excel file (.xls) or has a password; save it as .xlsx or CSV",
    b"%PDF": "is a PDF; export the table as CSV or .xlsx",
}
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise TableError(f"{path}: there is no such file") from None
    except OSError as error:
        raise TableError(f"{path}: cannot be read: {error.strerror or error}") from None


def check(path: Path) -> None:
    """Raise `TableError` unless ``path`` is a file that can be read, and again and again."""
    with _readable(path):
        path.stat()
        if path.is_dir():
            raise TableError(f"{path}: is a folder; name the table in it")
        if not path.is_file():
            raise TableError(f"{path}: is no regular file, and a table is read more than once")
        with path.open("rb"):
            pass


def stamp(path: Path) -> tuple[int, int]:
    """Return what changes when a file is written: size and time."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def digest(
    path: Path, *, check_utf8: bool = False, watch: Callable[[bytes], None] | None = None
) -> str:
    """Return the SHA-256 of a file; with ``check_utf8``, raise `TableError` at a wrong byte.

    ``watch`` sees every piece of the file, and an empty one at its end.
    """
    total = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    done = 0
    with _readable(path), path.open("rb") as stream:
        while True:
            chunk = stream.read(_CHUNK)
            total.update(chunk)
            if watch is not None:
                watch(chunk)
            if check_utf8:
                pending = len(decoder.getstate()[0])
                try:
                    decoder.decode(chunk, final=not chunk)
                except UnicodeDecodeError as error:
                    at = done - pending + error.start
                    raise TableError(
                        f"{path}: byte {at} (0x{error.object[error.start]:02x}) is not UTF-8; "
                        + _OTHER_ENCODINGS
                    ) from None
            if not chunk:
                return total.hexdigest()
            done += len(chunk)


def refuse_binary(path: Path, encoding: str | None) -> None:
    """Raise `TableError` for a file that begins like no table of text."""
    with _readable(path), path.open("rb") as stream:
        start = stream.read(4)
    for magic, reason in _MAGIC.items():
        if start.startswith(magic):
            raise TableError(f"{path}: {reason}")
    if encoding is None and start.startswith(_UTF16):
        raise TableError(f"{path}: is UTF-16 text; say --encoding utf-16")


@dataclass(frozen=True)
class TextFile:
    """A file of text and how it is decoded. Raises `TableError` for an unknown encoding."""

    path: Path
    encoding: str | None = None

    def __post_init__(self) -> None:
        try:
            "a".encode(self.encoding or "utf-8")  # of nothing, no codec is looked up
        except (LookupError, ValueError):
            raise TableError(
                f"{self.encoding!r} is no encoding of text; known are utf-8, cp1252, latin-1, "
                "utf-16 and what else Python knows"
            ) from None

    @contextmanager
    def lines(self) -> Iterator[Lines]:
        """Open the file for reading by lines; decoding errors come as lone surrogates."""
        name = codecs.lookup(self.encoding or "utf-8").name
        # The checked default has no wrong bytes; "utf-8-sig" takes a BOM off if there is one.
        errors = "strict" if self.encoding is None else "surrogateescape"
        encoding = "utf-8-sig" if name == "utf-8" else name
        try:
            with (
                _readable(self.path),
                self.path.open(encoding=encoding, errors=errors, newline="") as stream,
            ):
                yield Lines(self.path, stream)
        except UnicodeError as error:
            raise TableError(
                f"{self.path}: is not {self.encoding or 'UTF-8'} text: {error}"
            ) from None


class Lines:
    """The lines of a file with their endings, as `csv.reader` wants them; none without end."""

    def __init__(self, path: Path, stream: TextIO) -> None:
        self._path = path
        self._stream = stream
        self.number = 0
        """The number of the line read last."""
        self._size = 0

    def start_record(self) -> None:
        """Count the characters of the record that begins here."""
        self._size = 0

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        line = self._stream.readline(LIMIT + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self._size += len(line)
        if self._size > LIMIT:
            raise TableError(
                f"{self._path}: line {self.number}: a record of more than {LIMIT:,} characters; "
                "is a quote left open, or is this no table?"
            )
        if "\0" in line:
            raise TableError(
                f"{self._path}: line {self.number} holds a NUL: this is no table of text, "
                "or it is UTF-16 (--encoding utf-16)"
            )
        return line
