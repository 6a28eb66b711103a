r"""A reader of ZPL II labels, by the vendor's guide (45541L-004), that knows nothing of our writer.

What stands in a field after ``^FH`` (page 141), and what ``^BX`` (page 102), ``^BC`` (pages 49 to
52) and ``^BQ`` make of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["Field", "Label", "labels", "read_code128", "read_data_matrix", "read_qr"]

_COMMAND = re.compile(r"[\^~]([A-Z@][A-Z0-9@])([^\^~]*)")
_PRINTS = {"A0", "BX", "BQ", "BC"}


@dataclass
class Field:
    """What is printed at one place: its command with parameters, and its data."""

    command: str = ""
    at: tuple[int, int] = (0, 0)
    data: str = ""
    bar: int = 0


@dataclass
class Label:
    """One label."""

    width: int = 0
    height: int = 0
    count: int = 0
    fields: list[Field] = field(default_factory=list)


def labels(zpl: str) -> list[Label]:
    """Return the labels that a file prints, formats that it stores filled in."""
    stored: dict[str, list[tuple[str, str]]] = {}
    printed = []
    for text in re.findall(r"\^XA(.*?)\^XZ", zpl, re.DOTALL):
        # Line ends between commands mean nothing.
        commands = [(name, rest.rstrip("\n")) for name, rest in _COMMAND.findall(text)]
        kept = next((rest for name, rest in commands if name == "DF"), None)
        if kept is not None:
            stored[kept] = commands
            continue
        used = next((rest for name, rest in commands if name == "XF"), None)
        if used is not None:
            commands = list(_filled(stored[used], dict(_data(commands))))
        printed.append(_label(commands, re.findall(r"\^PQ([0-9]+)", text)))
    return printed


def _data(commands: list[tuple[str, str]]) -> Iterator[tuple[str, tuple[str, str]]]:
    number = indicator = ""
    for name, rest in commands:
        if name == "FN":
            number, indicator = rest, ""
        elif name == "FH":
            indicator = rest or "_"
        elif name == "FD":
            yield number, (indicator, rest)


def _filled(
    commands: list[tuple[str, str]], data: dict[str, tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    for name, rest in commands:
        if name == "FN":
            indicator, text = data[rest]
            yield "FH", indicator
            yield "FD", text
        else:
            yield name, rest


def _label(commands: list[tuple[str, str]], counts: list[str]) -> Label:
    label = Label(count=int(counts[-1]))
    current, indicator, utf8, bar = Field(), "", False, 0
    for name, rest in commands:
        match name:
            case "PW":
                label.width = int(rest)
            case "LL":
                label.height = int(rest)
            case "CI":
                utf8 = rest == "28"
            case "BY":
                bar = int(rest.split(",")[0])
            case "FO":
                x, y = rest.split(",")
                current = Field(at=(int(x), int(y)))
            case "FH":
                indicator = rest or "_"
            case "FD":
                current.data = _hexadecimal(rest, indicator, "utf-8" if utf8 else "cp850")
            case "FS" if current.command:
                label.fields.append(current)
                current, indicator = Field(), ""
            case _ if name in _PRINTS:
                current.command, current.bar = f"{name}{rest}", bar
    return label


def _hexadecimal(text: str, indicator: str, encoding: str) -> str:
    if not indicator:
        return text
    raw = text.encode(encoding)
    found = re.sub(
        re.escape(indicator.encode()) + rb"([0-9A-Fa-f]{2})",
        lambda match: bytes.fromhex(match[1].decode()),
        raw,
    )
    return found.decode(encoding)


def read_data_matrix(data: str, escape: str) -> tuple[bool, bytes]:
    """Return whether FNC1 comes first, and the bytes; a later FNC1 is read as GS."""
    found = bytearray()
    gs1, at = False, 0
    while at < len(data):
        char = data[at]
        if char != escape:
            found += char.encode("latin-1")
            at += 1
            continue
        after = data[at + 1]
        if after == escape:
            found += escape.encode()
            at += 2
        elif after == "1":
            gs1 = gs1 or not at
            found += b"\x1d" if at else b""
            at += 2
        elif after == "d":
            found.append(int(data[at + 2 : at + 5]))
            at += 5
        else:
            raise AssertionError(f"{data!r} has an escape {after!r} that no payload needs")
    return gs1, bytes(found)


def read_qr(data: str) -> str:
    """Return what ``^BQ`` makes of its data: error level M, automatic."""
    assert data.startswith("MA,")
    return data.removeprefix("MA,")


_VALUES = {">0": 30, "><": 62, ">=": 94, ">1": 95, ">5": 99, ">6": 100, ">7": 101, ">8": 102}
_STARTS = {">9": "A", ">:": "B", ">;": "C"}
_SWITCHES = {">5": "C", ">6": "B", ">7": "A"}


def read_code128(data: str) -> tuple[bool, bytes, int]:
    """Return whether FNC1 comes first, the bytes, and how many symbol characters they take."""
    code_set = _STARTS[data[:2]]
    found = bytearray()
    gs1, at, count = False, 2, 1
    while at < len(data):
        count += 1
        pair = data[at : at + 2]
        if pair == ">8":
            gs1 = gs1 or count == 2
            found += b"\x1d" if count > 2 else b""
        elif pair in _SWITCHES:
            assert _SWITCHES[pair] != code_set, f"{data!r}: {pair} is FNC4 in {code_set}"
            code_set = _SWITCHES[pair]
        elif code_set == "B":
            value = _VALUES[pair] if pair[0] == ">" else ord(pair[0]) - 32
            assert 0 <= value < 96 and not (pair[0] != ">" and pair[0] in "^~\x7f")
            found.append(value + 32)
            at += 1 if pair[0] == ">" else 0
            at += 1
            continue
        else:
            value = int(pair)
            found += pair.encode() if code_set == "C" else bytes([(value + 32) % 96])
        at += 2
    return gs1, bytes(found), count
