"""What people call the elements: headers of tables, labels of records (`labels.csv`).

Tables of events have words of their own (`event_labels.csv`).

>>> element_of("Nº de serie"), element_of("AÑO_FABRICACION"), element_of("País de importación")
('serial', 'year', 'event.country')
>>> element_of("Marca"), element_of("Marca", EVENTS), element_of("Observações", EVENTS)
('manufacturer', 'mark', 'note')
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from markcode.reference import data
from markcode.reference.names import plain

__all__ = ["ARMS", "EVENTS", "Label", "element_of", "find", "key", "label"]

ARMS = "labels.csv"
EVENTS = "event_labels.csv"
_CAMEL = re.compile("(?<=[a-z])(?=[A-Z])")
# Words of the four languages that carry no meaning in a header.
_SILENT = frozenset("a and de del da do das dos du des d of the la el l le o y e et".split())
_NUMBER = frozenset("number numero n no num nr nro".split())


class Label(NamedTuple):
    """What a header stands for."""

    element: str
    owner: str | None = None
    """`firearm` or `event` where the header itself says whose country or year it is."""


def key(header: str) -> str:
    """Return the form in which headers are compared.

    >>> key("Nº. de Serie"), key("SerialNo"), key("Numéro de série")
    ('number serie', 'serial number', 'number serie')
    """
    words = plain(_CAMEL.sub(" ", header).replace(".", " ")).split()
    meant = [word for word in words if word not in _SILENT] or words
    if len(meant) == 1:
        return meant[0]  # a bare "No." is most often the running number of the row
    return " ".join("number" if word in _NUMBER else word for word in meant)


@functools.cache
def _labels(file: str) -> dict[str, Label]:
    index: dict[str, Label] = {}
    for row in data.rows(file):
        owner, dot, element = row["element"].rpartition(".")
        index[key(row["label"])] = Label(element, owner if dot else None)
    return index


@functools.cache
def _shown(file: str) -> dict[tuple[str, str], str]:
    shown: dict[tuple[str, str], str] = {}
    for row in data.rows(file):
        shown.setdefault((row["element"], row["language"]), row["label"])
    return shown


def find(header: str, file: str = ARMS) -> Label | None:
    """Return what ``header`` stands for, or None where it is in no list."""
    return _labels(file).get(key(header))


def element_of(header: str, file: str = ARMS) -> str | None:
    """Return the element that ``header`` names, or None.

    It is ``event.country`` or ``event.year`` where the header says that it is the event's.
    """
    found = find(header, file)
    if found is None:
        return None
    return f"event.{found.element}" if found.owner == "event" else found.element


def label(element: str, language: str, file: str = ARMS) -> str:
    """Return the label to show; the element's own name where there is none.

    >>> label("serial", "es"), label("event.year", "en"), label("lot", "en")
    ('Número de serie', 'Year of import', 'lot')
    >>> label("place", "pt", EVENTS)
    'Local'
    """
    return _shown(file).get((element, language), element)
