"""What a machine takes: each writer turns the marks of a job into its files.

An equipment is one declaration (`markcode.equipment.declaration`; ours are in ``declared/``) and
one function, which takes the sizes and settings of a job and returns its writer. A writer is pure:
it returns bytes by file name, and the batch puts them into the job. What cannot be given to the
machine refuses the row with the finding ``equipment.value``; nothing is altered to fit.

>>> text = get("text")
>>> text.open(Setup(equipment=text, lines=1)).render(Mark(812, ("CO 27",))).lines
{'line_1.txt': b'CO 27\\r\\n'}
"""

from __future__ import annotations

from markcode.equipment.declaration import Equipment, Limit, Machine
from markcode.equipment.mark import (
    EachAlone,
    InRows,
    LineWriter,
    Mark,
    Rendered,
    Writer,
    refuse_values,
    refused,
    symbol_of,
)
from markcode.equipment.registry import all_equipment, find, get, names
from markcode.equipment.settings import Setting
from markcode.equipment.setup import Setup
from markcode.equipment.values import Values

__all__ = [
    "EachAlone",
    "Equipment",
    "InRows",
    "Limit",
    "LineWriter",
    "Machine",
    "Mark",
    "Rendered",
    "Setting",
    "Setup",
    "Values",
    "Writer",
    "all_equipment",
    "find",
    "get",
    "names",
    "refuse_values",
    "refused",
    "symbol_of",
]
