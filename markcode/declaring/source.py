"""The text of a format file: read as TOML within bounds, with the line of every key.

A file comes from anyone, so what would cost much time or memory is refused before it is parsed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from markcode.declaring.places import TEXTS, Key, places
from markcode.errors import FormatFileError

__all__ = ["Key", "Source", "shown_key"]

_MOST_BYTES = 256 * 1024
_MOST_KEYS = 4_000
_MOST_DEPTH = 10
_MOST_REASON = 700
_MOST_NAME = 40

_TEXTS = re.compile(TEXTS, re.ASCII)
_KEY_ENDS = re.compile(r"[=\[\]{},\n]", re.ASCII)
_BARE = re.compile(rf"[\w-]{{1,{_MOST_NAME}}}", re.ASCII)


@dataclass(frozen=True)
class Source:
    """One format file: its name as the user wrote it, its bytes."""

    name: str
    raw: bytes
    variant: str = ""
    """The variant whose tables are laid over the others; errors are told where those stand."""

    @classmethod
    def read(cls, path: str | Path) -> Source:
        """Return the source in a file, no more of it than may be. Raises `FormatFileError`."""
        try:
            with Path(path).open("rb") as stream:
                return cls(str(path), stream.read(_MOST_BYTES + 1))
        except OSError as fault:
            raise FormatFileError(str(path), fault.strerror or "it cannot be read") from None
        except ValueError:
            raise FormatFileError(repr(str(path)), "this is no name of a file") from None

    @property
    def file_name(self) -> str:
        """The name of the file without its folder: that of the copy in a job."""
        return Path(self.name).name

    def parse(self) -> dict[str, Any]:
        """Return the file's tables. Raises `FormatFileError` that names the line."""
        return self._tables

    @cached_property
    def _tables(self) -> dict[str, Any]:
        if len(self.raw) > _MOST_BYTES:
            raise self.error((), f"more than {_MOST_BYTES:,} bytes are too many for a format")
        try:
            text = self._text
        except UnicodeDecodeError as fault:
            line = self.raw[: fault.start].count(b"\n") + 1
            raise FormatFileError(
                self.name, "the file is not UTF-8; save it as UTF-8", line
            ) from None
        self._refuse_what_costs(text)
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as fault:
            raise self._no_toml(str(fault), text) from None
        except RecursionError:
            raise FormatFileError(self.name, "tables or lists are nested too deeply") from None
        except ValueError:
            # What the parser of the standard library lets through: int() limits its digits.
            place = _line_of_long_number(text)
            raise FormatFileError(self.name, "a number has too many digits", place) from None

    def _no_toml(self, message: str, text: str) -> FormatFileError:
        reason, line = _syntax_error(message, text)
        return FormatFileError(self.name, _clipped(f"no TOML: {reason}"), line)

    @cached_property
    def _text(self) -> str:
        # A mark of the byte order at the start is what some editors write.
        return self.raw.decode("utf-8-sig").replace("\r\n", "\n")

    def _refuse_what_costs(self, text: str) -> None:
        bare = _TEXTS.sub(lambda found: "_" + "\n" * found[0].count("\n"), text)
        depth = 0
        for match in re.finditer(r"[\[{\]}]", bare):
            depth += 1 if match[0] in "[{" else -1
            if depth > _MOST_DEPTH:
                line = bare.count("\n", 0, match.start()) + 1
                raise FormatFileError(
                    self.name, f"tables or lists are nested more than {_MOST_DEPTH} deep", line
                )
        if bare.count(".") >= _MOST_DEPTH:
            for number, line_text in enumerate(bare.split("\n"), start=1):
                if any(part.count(".") >= _MOST_DEPTH for part in _KEY_ENDS.split(line_text)):
                    reason = f"a key has more than {_MOST_DEPTH} parts"
                    raise FormatFileError(self.name, reason, number)
        keys = bare.count("=") + bare.count("[")
        if keys > _MOST_KEYS:
            raise FormatFileError(
                self.name, f"{keys:,} keys are too many: a format takes at most {_MOST_KEYS:,}"
            )

    def error(self, key: Sequence[str], reason: str) -> FormatFileError:
        """Return the error about a key, with the line where it stands."""
        line, place = self._place_of(tuple(key))
        return FormatFileError(self.name, _clipped(reason), line, shown_key(place))

    def _place_of(self, key: Key) -> tuple[int | None, Key]:
        """Return the line of a key, or of the nearest table that holds it; and what it is there."""
        over = ("variant", self.variant, *key) if self.variant else key
        for length in range(len(key), 0, -1):
            for whole, part in ((over, over[: len(over) - len(key) + length]), (key, key[:length])):
                found = self._places.get(part)
                if found is not None:
                    return found, whole
        return self._places.get(over[:2]) if self.variant else None, key

    @cached_property
    def _places(self) -> Mapping[Key, int]:
        if len(self.raw) > _MOST_BYTES:
            return {}
        return places(self._text)


def shown_key(key: Sequence[str]) -> str:
    """Return a key as it is written, a long name cut short."""
    return ".".join(part if _BARE.fullmatch(part) else _quoted(part) for part in key)


def _quoted(part: str) -> str:
    return ascii(part if len(part) <= _MOST_NAME else part[: _MOST_NAME - 3] + "...")


def _clipped(reason: str) -> str:
    """Return a reason that quotes something long without the middle of it."""
    if len(reason) <= _MOST_REASON:
        return reason
    half = _MOST_REASON // 2
    return f"{reason[:half]} ... {reason[-half:]}"


def _syntax_error(message: str, text: str) -> tuple[str, int]:
    """Return what the parser of TOML says, and the line that it names."""
    match = re.search(r" \(at line ([0-9]+), column [0-9]+\)", message)
    if match is None:
        reason = message.removesuffix(" (at end of document)") + " at the end of the file"
        return reason, text.rstrip("\n").count("\n") + 1
    return message[: match.start()], int(match[1])


def _line_of_long_number(text: str) -> int | None:
    match = re.search(r"[0-9][0-9_]{4000}", text)
    return text.count("\n", 0, match.start()) + 1 if match else None
