"""How control characters are written for people: ``{GS}``, ``{RS}``, ``{EOT}`` (contracts.md 6).

``{`` itself is written ``{{``; bytes that are no text are written ``hex:...``. The same notation is
typed on the command line.

>>> escape("[)>\\x1e06\\x1d18S0CVA5674A36458\\x1e\\x04")
'[)>{RS}06{GS}18S0CVA5674A36458{RS}{EOT}'
>>> unescape("a{GS}b{{c") == "a\\x1db{c"
True
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from markcode.errors import NotationError

__all__ = [
    "DIGITS",
    "FNC1",
    "GS1_IDENTIFIERS",
    "UPPER",
    "NotationError",
    "as_text",
    "character_class",
    "describe_alphabet",
    "escape",
    "unescape",
]

# ISO/IEC 646 (ASCII) control characters by their standard abbreviations.
_C0 = (
    "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI "
    "DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US"
).split()
_BY_CODE = dict(enumerate(_C0)) | {0x7F: "DEL"}
_BY_NAME = {name: chr(code) for code, name in _BY_CODE.items()} | {"TAB": "\t"}
_ESCAPES = {code: "{" + name + "}" for code, name in _BY_CODE.items()} | {0x7B: "{{"}
_TYPED = re.compile(r"\{\{|\{([A-Za-z0-9]*)\}?")

DIGITS = "0123456789"
UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

FNC1 = "{FNC1}"
"""How a leading FNC1 is typed; elsewhere FNC1 is received, and read, as GS."""

GS1_IDENTIFIERS = ("]C1", "]d2", "]d8", "]Q3", "]e0", "]J1")
"""Symbology identifiers of GS1 symbols (GS1 General Specifications 5.1.3; ]d8 is a rectangle of
ISO/IEC 21471)."""


_LENGTH = re.compile(r"([0-9]{1,3})(?:-([0-9]{1,3}))?", re.ASCII)
_WINDOW = re.compile(r"([0-9]{4})-([0-9]{4})", re.ASCII)

_MANY = 20
"""Letters of a script beyond ASCII that are too many to be listed run by run."""


def escape(data: str | bytes) -> str:
    """Return ``data`` with control characters by name; bytes as text where they are UTF-8."""
    if isinstance(data, str):
        return data.translate(_ESCAPES)
    try:
        return data.decode("utf-8").translate(_ESCAPES)
    except UnicodeDecodeError:
        return "hex:" + data.hex()


def as_text(data: str | bytes) -> str:
    """Return the text of data: bytes as UTF-8, or as Latin-1 where they are not that."""
    if isinstance(data, str):
        return data
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def unescape(typed: str) -> str:
    """Return the text that ``typed`` stands for. Raises `NotationError`."""

    def one(match: re.Match[str]) -> str:
        if match[0] == "{{":
            return "{"
        name = (match[1] or "").upper()
        if name == "FNC1":
            return "\x1d"
        if not match[0].endswith("}") or name not in _BY_NAME:
            raise NotationError(
                f"column {match.start() + 1}: {match[0]!r} is no control character; "
                "known are {GS} {RS} {EOT} {FNC1} {LF} and the other ASCII names, "
                "and a brace itself is typed {{"
            )
        return _BY_NAME[name]

    return _TYPED.sub(one, typed)


def read_length(text: str) -> tuple[int, int] | None:
    """Return least and most characters of a length such as ``5`` or ``2-4``; None for another text.

    >>> read_length("5"), read_length("2-4"), read_length("many")
    ((5, 5), (2, 4), None)
    """
    match = _LENGTH.fullmatch(text)
    return (int(match[1]), int(match[2] or match[1])) if match is not None else None


def read_window(text: str) -> tuple[int, int] | None:
    """Return the first and last year that two digits can mean; None for no window, or a wrong one.

    >>> read_window("1950-2049"), read_window("1950-2050")
    ((1950, 2049), None)
    """
    match = _WINDOW.fullmatch(text)
    if match is None or not 0 <= int(match[2]) - int(match[1]) <= 99:
        return None
    return int(match[1]), int(match[2])


def character_class(alphabet: str) -> str:
    """Return characters for the inside of ``[...]``, as Python and ECMAScript both read it."""
    return "".join("\\" + c if c in "\\]^-[/" else c for c in alphabet)


def _scripts(alphabet: str) -> Iterator[str]:
    """Yield the letters beyond ASCII of each script that has many, in order."""
    scripts: dict[str, list[str]] = {}
    for character in sorted(set(alphabet)):
        if not character.isascii() and character.isalpha():
            scripts.setdefault(unicodedata.name(character, "?").split()[0], []).append(character)
    yield from ("".join(letters) for letters in scripts.values() if len(letters) > _MANY)


@lru_cache(maxsize=256)
def describe_alphabet(alphabet: str) -> str:
    """Return the characters as a person writes them: runs as ranges.

    Of a script beyond ASCII with many letters, the first and the last stand for all.

    >>> describe_alphabet("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-")
    '0-9 A-Z -'
    """
    runs = list(_scripts(alphabet))
    grouped = {character for run in runs for character in run}
    for character in sorted(set(alphabet) - grouped):
        follows = runs and ord(character) == ord(runs[-1][-1]) + 1
        if follows and character.isalnum() and runs[-1][-1].isalnum():
            runs[-1] += character
        else:
            runs.append(character)
    # Digits and letters first, signs after them, the blank by name.
    runs.sort(key=lambda run: (not run[0].isalnum(), run))
    shown = [run if len(run) < 3 else f"{run[0]}-{run[-1]}" for run in runs]
    return " ".join("space" if run == " " else run for run in shown)
