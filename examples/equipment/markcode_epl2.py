"""EPL2 labels: an equipment that is not part of markcode, in one declaration and one function.

A label has the first struck line in letters and the mark's Data Matrix. The commands ``b`` and its
escapes are from the EPL programming guide, p. 68; ``N``, ``A`` and ``P1`` are general knowledge, so
the equipment is experimental until somebody has tried it on a printer.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from markcode.equipment import (
    Equipment,
    Limit,
    LineWriter,
    Machine,
    Mark,
    Setting,
    Setup,
    Values,
    refused,
)

_FILE = "labels.epl"


def _label(setup: Setup, mark: Mark) -> dict[str, bytes]:
    """Return what one mark adds to the file. Raises `InvalidMark` for what the code cannot hold."""
    assert mark.symbol is not None
    data = mark.symbol.payload.data
    if not isinstance(data, str) or not data.isascii() or not data.isprintable():
        raise refused(setup.name, "symbol", str(data), detail="the printer takes plain ASCII text")
    # A module has a whole number of dots.
    dots = setup.module_nm * setup.dpi // 25_400_000
    if dots < 2:
        raise refused(setup.name, "symbol", data, detail="a module has less than two dots")
    commands = [
        "N",
        f'A20,10,0,3,1,1,N,"{_escaped(mark.lines[0])}"',
        f'b20,50,D,h{dots},"{_escaped(data)}"',
        f"P{setup.settings['copies']}",
    ]
    return {_FILE: "".join(f"{command}\n" for command in commands).encode("ascii")}


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _open(setup: Setup) -> LineWriter:
    return LineWriter(setup, partial(_label, setup), heads={_FILE: b""})


EPL2 = Equipment(
    name="epl2",
    kind="label",
    open=_open,
    title={"en": "EPL2 labels", "es": "Etiquetas EPL2"},
    writes={"en": "one file of commands, a label a mark"},
    files=(_FILE,),
    heeds=("module", "dpi"),
    values=Values(alphabet="ascii", formula=False),
    settings=(
        Setting(
            "copies",
            "integer",
            default="1",
            least=Decimal(1),
            most=Decimal(9),
            title={"en": "Labels of each mark"},
        ),
    ),
    machines=(Machine("Zebra printers with EPL2", "V", source="EP1"),),
    limits=(Limit({"en": "Only the symbol's command was read in the vendor's guide."}, "G"),),
    experimental=True,
    symbols=("datamatrix",),
    needs_symbol=True,
)
