"""The XML parts of a zip archive as a flat stream of nodes, within bounds.

A part may not unpack to more than a bound, a text may not be longer than one, and a document type
declaration, which no workbook has and which can make text grow without end, is refused.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

from markcode.tables.files import LIMIT

__all__ = ["Node", "nodes"]

_MOST_BYTES = 1 << 29
_CHUNK = 1 << 16


@dataclass(slots=True)
class Node:
    """The start or the end of an element; namespaces are left out."""

    name: str
    is_end: bool
    text: str = ""
    """At the end of an element without children, its text."""
    attributes: dict[str, str] | None = None

    def attribute(self, name: str, default: str = "") -> str:
        """Return an attribute by its name without namespace prefix."""
        return (self.attributes or {}).get(name, default)


class _Handler:
    """Collects nodes from the callbacks of expat."""

    def __init__(self) -> None:
        self.found: list[Node] = []
        self._text: list[str] = []
        self._length = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._clear()
        local = {_local(key): value for key, value in attributes.items()}
        self.found.append(Node(_local(name), False, "", local))

    def end(self, name: str) -> None:
        self.found.append(Node(_local(name), True, "".join(self._text)))
        self._clear()

    def data(self, text: str) -> None:
        self._length += len(text)
        if self._length > LIMIT:
            raise ValueError(f"a text has more than {LIMIT:,} characters")
        self._text.append(text)

    def doctype(self, *_: object) -> None:
        raise ValueError("it has a document type declaration")

    def _clear(self) -> None:
        self._text.clear()
        self._length = 0


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def nodes(archive: zipfile.ZipFile, part: str) -> Iterator[Node]:
    """Yield the starts and ends of the elements of ``part``. Raises `ValueError`."""
    if archive.getinfo(part).file_size > _MOST_BYTES:
        raise ValueError(f"its part {part} unpacks to more than {_MOST_BYTES >> 20} MiB")
    handler = _Handler()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.data
    parser.StartDoctypeDeclHandler = handler.doctype
    try:
        with archive.open(part) as stream:
            while True:
                chunk = stream.read(_CHUNK)
                parser.Parse(chunk, not chunk)
                yield from handler.found
                handler.found.clear()
                if not chunk:
                    return
    except expat.ExpatError as error:
        raise ValueError(f"its part {part} is broken: {error}") from None
